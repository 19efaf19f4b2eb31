//! Lines that do not hold are written again, all of them in one job.
//!
//! Each line of each language is a branch with its own sentences in its prompt, and the digits that it may write are those
//! of its sentences. Not here: what does not hold, and whether the new line is better, which is for `answer`.

use std::sync::Arc;

use super::judge::Claims;
use super::run::{Run, job};
use super::{Service, Stage, Subject};
use crate::answer::{self, Failing, KeyFact, Part, Rewritten, Summary};
use crate::engine::{Event, Finish};
use crate::error::Error;
use crate::plan::{self, Line, NumberedLines, Plan, RewriteRequest};

/// A line that is written again.
pub(super) struct Rewriting {
    /// The summary that it is of, by its place.
    summary: usize,
    line: Rewritten,
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
            let missing = |(summary, tried)| missing(summary, lines, tried);
            let missing: Vec<Vec<Failing>> = settled.iter().zip(&mut tried).map(missing).collect();
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
            let own: Vec<Rewritten> = own.collect();
            let texts = own.iter().map(|line| line.text.trim().to_owned()).collect();
            self.judge(Claims { texts, language: summary.language }).await?;
            let settling = self
                .beside(move |subject| answer::settle(summary, &own, &subject.reference, subject.options.strictness));
            settled.push(settling.await?);
        }
        Ok(settled)
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

    /// `None` for a line that rests on nothing, or on more than fits: it stays as it is.
    fn plan_line(&self, summary: &Summary, failing: &Failing) -> Option<Plan> {
        let line = match failing.part {
            Part::Headline => Line::Headline,
            Part::Summary => Line::Summary(self.subject.options.length),
            Part::Fact(_) | Part::Another => Line::Fact,
        };
        let lines = self.lines.of_sentences(&self.subject.article, &failing.sentences);
        let request = RewriteRequest { line, language: summary.language, lines };
        if request.lines.is_empty() { None } else { plan::rewrite(&request, self.service.engine.card()).ok() }
    }
}

/// The facts that are missing, each with sentences that no fact is about and none was written of before.
fn missing(summary: &Summary, lines: &NumberedLines, tried: &mut Vec<Vec<u32>>) -> Vec<Failing> {
    let count = answer::missing(summary);
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
