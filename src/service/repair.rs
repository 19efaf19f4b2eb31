//! Lines that do not hold are written again, all of them in one job.
//!
//! Each line of each language is a branch with its own sentences in its prompt, and the digits that it may write are those
//! of its sentences. Not here: what does not hold, and whether the new line is better, which is for `answer`.

use std::sync::Arc;

use super::judge::Claims;
use super::run::{Run, job};
use super::{Service, Stage, Subject};
use crate::answer::{self, DraftFact, Failing, KeyFact, Part, Rewritten, Summary};
use crate::engine::{Event, Finish};
use crate::error::Error;
use crate::plan::{self, Line, NumberedLines, Plan, RewriteRequest};

/// A line that is written again.
pub(super) struct Rewriting {
    /// The summary that it is of, by its place.
    summary: usize,
    line: Rewritten,
}

impl Rewriting {
    /// A fact that may take a free place of the summary at this place.
    pub(super) fn another(summary: usize, fact: DraftFact) -> Self {
        Self { summary, line: Rewritten::another(fact) }
    }
}

/// So often facts that are missing are written, each time of other sentences.
const MOST_ROUNDS: usize = 2;
/// A sentence with fewer characters seldom bears a fact.
const LEAST_OF_FACT: usize = 40;

impl Run<'_> {
    /// Has the lines that do not hold written again, and settles what becomes of them; then the facts that are missing.
    pub(super) async fn repair(
        &mut self,
        summaries: Vec<Summary>,
        lines: &Arc<NumberedLines>,
    ) -> Result<Vec<Summary>, Error> {
        let failing = summaries.iter().map(answer::failing).collect();
        let mut settled = self.round(summaries, failing, lines).await?;
        let mut tried = vec![Vec::new(); settled.len()];
        for _ in 0..MOST_ROUNDS {
            let counts: Vec<usize> = settled.iter().map(|it| answer::missing(it, self.asked(it))).collect();
            let missing = |((summary, tried), count)| missing(summary, count, lines, tried);
            let missing: Vec<Vec<Failing>> = settled.iter().zip(&mut tried).zip(counts).map(missing).collect();
            if missing.iter().all(Vec::is_empty) {
                break;
            }
            settled = self.round(settled, missing, lines).await?;
        }
        Ok(settled)
    }

    /// Has these lines of each summary written again, and settles what becomes of them.
    async fn round(
        &mut self,
        summaries: Vec<Summary>,
        failing: Vec<Vec<Failing>>,
        lines: &Arc<NumberedLines>,
    ) -> Result<Vec<Summary>, Error> {
        if failing.iter().all(Vec::is_empty) {
            return self.settle(summaries, Vec::new()).await;
        }
        let (service, lines) = (self.service.clone(), lines.clone());
        // All lines are looked through and tokens counted, which takes longer than those who serve others may stand still.
        let planning = self.beside(move |subject| {
            let planner = Planner { service: &service, subject, lines: &lines };
            (planner.plan(&summaries, failing), summaries)
        });
        let ((mut rewriting, plan), summaries) = planning.await?;
        if let Some(plan) = plan {
            self.rewrite(&plan, &mut rewriting).await?;
        }
        self.settle(summaries, rewriting).await
    }

    /// Settles what becomes of the lines that do not hold: those that were written again may do better, and the others are
    /// left out.
    pub(super) async fn settle(
        &mut self,
        summaries: Vec<Summary>,
        rewriting: Vec<Rewriting>,
    ) -> Result<Vec<Summary>, Error> {
        let mut settled = Vec::with_capacity(summaries.len());
        for (at, summary) in summaries.into_iter().enumerate() {
            let own = rewriting.iter().filter(|it| it.summary == at).map(|it| &it.line);
            let own = own.filter_map(|line| {
                let text = answer::parse_facts(&line.text).into_iter().next()?.text;
                Some(Rewritten { text, ..line.clone() })
            });
            let mut own: Vec<Rewritten> = own.collect();
            own.extend(self.sentences_for(&summary).await?);
            let texts: Vec<String> = own.iter().map(|line| line.text.trim().to_owned()).collect();
            let texts = self.subject.reference.unasked(texts.iter());
            self.judge(Claims { texts, language: summary.language }).await?;
            let settling =
                self.beside(move |subject| answer::settle(summary, &own, &subject.reference, &subject.options));
            settled.push(settling.await?);
        }
        Ok(settled)
    }

    /// Sentences that may take the free places of an answer that has to be in the article's words: those first that its facts were
    /// written of and that do not hold.
    async fn sentences_for(&mut self, summary: &Summary) -> Result<Vec<Rewritten>, Error> {
        if !self.subject.reference.has_to_quote(summary.language) || self.is_sound(summary) {
            return Ok(Vec::new());
        }
        let of_facts = |holds: bool| {
            let facts = summary.key_facts.iter().filter(move |fact| answer::holds(fact) == holds);
            facts.flat_map(KeyFact::cited).collect::<Vec<u32>>()
        };
        let (mut told, failed) = (of_facts(true), of_facts(false));
        told.extend(self.subject.reference.quoted_in(&summary.summary));
        let mut sentences = self.beside(move |subject| subject.reference.standing_alone(&told)).await?;
        sentences.sort_by_key(|fact| !fact.cited.iter().any(|it| failed.contains(it)));
        sentences.truncate(2 * self.subject.options.facts);
        Ok(sentences.into_iter().map(Rewritten::another).collect())
    }

    async fn rewrite(&mut self, plan: &Plan, rewriting: &mut [Rewriting]) -> Result<(), Error> {
        let mut events = self.service.engine.submit(job(plan, self.subject.options.seed)).await?;
        let total = rewriting.len();
        tracing::info!(lines = total, "written again");
        self.progress(Stage::Repairing, 0, total);
        let mut done = 0;
        while let Some(event) = self.next(&mut events).await? {
            match event {
                Event::Delta { branch, text } => rewriting[branch].line.text.push_str(&text),
                Event::Finished { branch, finish } => {
                    // Half a sentence may say anything.
                    if finish != Finish::Complete {
                        rewriting[branch].line.text.clear();
                    }
                    done += 1;
                    self.progress(Stage::Repairing, done, total);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What a repair is planned from.
struct Planner<'a> {
    service: &'a Service,
    subject: &'a Subject,
    lines: &'a NumberedLines,
}

impl Planner<'_> {
    /// The lines that are to be written again, and the plan of the job that does it.
    fn plan(&self, summaries: &[Summary], failing: Vec<Vec<Failing>>) -> (Vec<Rewriting>, Option<Plan>) {
        let mut rewriting = Vec::new();
        let mut whole: Option<Plan> = None;
        for (at, (summary, failing)) in summaries.iter().zip(failing).enumerate() {
            for failing in failing {
                let Some(plan) = self.plan_line(summary, &failing) else { continue };
                let Failing { part, sentences } = failing;
                rewriting.push(Rewriting { summary: at, line: Rewritten { part, text: String::new(), sentences } });
                match &mut whole {
                    Some(whole) => whole.answers.extend(plan.answers),
                    None => whole = Some(plan),
                }
            }
        }
        (rewriting, whole)
    }

    /// `None` for a line that rests on nothing, on more than fits, or whose words are to be the article's: it stays as it is.
    fn plan_line(&self, summary: &Summary, failing: &Failing) -> Option<Plan> {
        if self.subject.reference.has_to_quote(summary.language) {
            // Sentences of the article do better.
            return None;
        }
        let line = match failing.part {
            Part::Headline => Line::Headline,
            Part::Summary => Line::Summary(self.subject.options.length),
            Part::Fact(_) | Part::Another => Line::Fact,
        };
        let lines = self.lines.of_sentences(&self.subject.article, &failing.sentences);
        let request = RewriteRequest { line, language: summary.language, lines };
        if request.lines.is_empty() { None } else { plan::rewrite(&request, self.service.engine.measure()).ok() }
    }
}

/// So many facts that are missing, each with sentences that no fact is about and none was written of before.
fn missing(summary: &Summary, count: usize, lines: &NumberedLines, tried: &mut Vec<Vec<u32>>) -> Vec<Failing> {
    if count == 0 {
        return Vec::new();
    }
    let fresh: Vec<Vec<u32>> =
        uncited(summary, lines).into_iter().filter(|it| !tried.contains(it)).take(count).collect();
    tried.extend(fresh.iter().cloned());
    fresh.into_iter().map(|sentences| Failing { part: Part::Another, sentences }).collect()
}

/// The sentences of each line that no fact is about, in order.
fn uncited(summary: &Summary, lines: &NumberedLines) -> Vec<Vec<u32>> {
    let cited: Vec<u32> = summary.key_facts.iter().flat_map(KeyFact::cited).collect();
    let all = lines.all();
    let long = lines.numbered(&all).filter(|(_, line)| line.chars().count() >= LEAST_OF_FACT);
    let sentences = long.map(|(number, _)| lines.sentences_of(&[number]));
    sentences.filter(|sentences| !sentences.iter().any(|it| cited.contains(it))).collect()
}
