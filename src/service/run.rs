//! One request under way: the engine writes, what it writes is checked as it comes, and what does not hold is written again.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use super::judge::Claims;
use super::{REPETITION_PENALTY, SEEDED_TEMPERATURE, Service, Stage, Subject, SummaryEvent};
use crate::answer::{self, Draft, Growing, Made, Strategy, Summary};
use crate::engine::sampler::Sampling;
use crate::engine::{self, EngineError, Event, Finish, Job, Rules, Timings};
use crate::error::Error;
use crate::grammar::AnswerGrammar;
use crate::language::Language;
use crate::plan::{self, NumberedLines, Plan, PlanStep, SummaryOptions};
use crate::translate::Direction;

/// Parts of a long text that are with the engine at a time. It reads one while it writes about others, and they all take
/// memory.
const PARTS_AT_ONCE: usize = 4;

/// A language with fewer claims that hold was not written.
const LEAST_CLAIMS: usize = 2;

/// One request under way.
pub(super) struct Run<'a> {
    pub(super) service: &'a Service,
    pub(super) subject: Arc<Subject>,
    pub(super) timings: Timings,
    pub(super) watch: &'a mut (dyn FnMut(SummaryEvent) + Send),
}

/// One answer under way.
struct Branch<'a> {
    made: Made,
    growing: Growing<'a>,
    /// The answer, checked, when it is written.
    summary: Option<Summary>,
}

impl Run<'_> {
    /// Reads a text that does not fit in parts, until the facts of its parts do. Gives the plan of the answers and what it
    /// is about.
    pub(super) async fn condense(
        &mut self,
        mut next: PlanStep,
        writes: &SummaryOptions,
    ) -> Result<(Arc<NumberedLines>, Plan), Error> {
        let mut lines = self.subject.lines.clone();
        loop {
            let parts = match next {
                PlanStep::Whole(plan) => return Ok((lines, plan)),
                PlanStep::Parts(parts) => parts,
            };
            let smaller = lines.reduced(self.facts_of(&parts).await?)?;
            let (service, writes) = (self.service.clone(), writes.clone());
            // Counting the tokens of a large text takes long.
            let planned = self.beside(move |_| {
                let next = plan::build(&smaller, &writes, service.engine.measure());
                next.map(|next| (Arc::new(smaller), next))
            });
            (lines, next) = planned.await??;
        }
    }

    /// A draft, checked: what the rules have nothing against, the model is asked about.
    pub(super) async fn check(&mut self, draft: Draft, made: Made) -> Result<Summary, Error> {
        let again = draft.clone();
        let (summary, undecided) = self
            .beside(move |subject| {
                let summary = answer::run(draft, &subject.reference, made);
                let undecided = subject.reference.undecided(&summary);
                (summary, undecided)
            })
            .await?;
        match self.judge(Claims { texts: undecided, language: made.language }).await? {
            true => self.beside(move |subject| answer::run(again, &subject.reference, made)).await,
            false => Ok(summary),
        }
    }

    /// Asks the model about claims. False when there was nothing to ask, or nobody.
    pub(super) async fn judge(&mut self, claims: Claims) -> Result<bool, Error> {
        if self.service.recipe.judge.is_none() {
            return Ok(false);
        }
        let service = self.service.clone();
        let questions = self.beside(move |subject| service.questions(&subject.lines, claims)).await?;
        let Some(questions) = questions else { return Ok(false) };
        self.timings.add(self.service.ask(&self.subject.reference, questions).await?);
        Ok(true)
    }

    /// Does work that takes longer than the threads that serve everybody may stand still. What bounds the request is held
    /// until it is done.
    pub(super) async fn beside<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Subject) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let subject = self.subject.clone();
        tokio::task::spawn_blocking(move || work(&subject)).await.map_err(|_| Error::Engine(EngineError::Dead))
    }

    /// The facts of each part. A few parts are with the engine at a time: it reads one while it writes about others.
    async fn facts_of(&mut self, parts: &[Plan]) -> Result<Vec<Vec<(String, Vec<u32>)>>, Error> {
        let mut found = Vec::new();
        for window in parts.chunks(PARTS_AT_ONCE) {
            let mut begun = Vec::with_capacity(window.len());
            for plan in window {
                begun.push(self.service.engine.submit(job(plan, self.subject.options.seed)).await?);
            }
            for mut events in begun {
                let mut text = String::new();
                while let Some(event) = self.next(&mut events).await? {
                    match event {
                        Event::Prefill { done, total } => self.progress(Stage::Reading, done, total),
                        Event::Delta { text: more, .. } => text.push_str(&more),
                        _ => {}
                    }
                }
                found.push(answer::parse_facts(&text).into_iter().map(|fact| (fact.text, fact.cited)).collect());
                self.progress(Stage::Condensing, found.len(), parts.len());
            }
        }
        Ok(found)
    }

    /// Has the engine write every answer of a plan about `lines`, checks them, and has what does not hold written again.
    pub(super) async fn write(
        &mut self,
        plan: &Plan,
        lines: &Arc<NumberedLines>,
        strategy: Strategy,
    ) -> Result<Vec<Summary>, Error> {
        let mut events = self.service.engine.submit(job(plan, self.subject.options.seed)).await?;
        let branch = |wanted: &plan::PlannedAnswer| {
            let made = Made { language: wanted.language, strategy, finish: answer::Finish::Length };
            Branch { made, growing: Growing::new(lines), summary: None }
        };
        let mut branches: Vec<Branch<'_>> = plan.answers.iter().map(branch).collect();
        let mut pieces = 0;
        while let Some(event) = self.next(&mut events).await? {
            match event {
                Event::Prefill { done, total } => self.progress(Stage::Reading, done, total),
                Event::Delta { branch, text } => {
                    self.progress(Stage::Writing, pieces, 0);
                    pieces += 1;
                    self.grow(&mut branches[branch], text).await?;
                }
                Event::Finished { branch, finish } => {
                    let branch = &mut branches[branch];
                    tracing::debug!(language = %branch.made.language, ?finish, "an answer is written");
                    if finish == Finish::Complete {
                        branch.made.finish = answer::Finish::Complete;
                    }
                    let summary = self.check(branch.growing.whole(), branch.made).await?;
                    if self.is_sound(&summary) {
                        self.reveal(&summary, branch.growing.given());
                    }
                    branch.summary = Some(summary);
                }
                _ => {}
            }
        }
        let (seen, written): (Vec<_>, Vec<_>) =
            branches.into_iter().filter_map(|branch| Some((branch.growing.given(), branch.summary?))).unzip();
        let open: Vec<bool> = written.iter().map(|summary| !self.is_sound(summary)).collect();
        let settled = self.repair(written, lines).await?;
        for ((summary, seen), _) in settled.iter().zip(seen).zip(open).filter(|(_, open)| *open) {
            self.reveal(summary, seen);
        }
        Ok(settled)
    }

    /// How many facts an answer is to have.
    pub(super) fn asked(&self, summary: &Summary) -> usize {
        answer::asked(summary, &self.subject.reference, &self.subject.options)
    }

    /// True for an answer of which nothing is to be written again.
    pub(super) fn is_sound(&self, summary: &Summary) -> bool {
        answer::is_sound(summary, self.asked(summary))
    }

    /// Adds text to an answer, and lets the watcher see it with the facts that it ends.
    async fn grow(&mut self, branch: &mut Branch<'_>, text: String) -> Result<(), Error> {
        let language = branch.made.language;
        let draft = branch.growing.push(&text);
        if !self.is_shown(language) {
            return Ok(());
        }
        (self.watch)(SummaryEvent::Delta { language, text });
        if let Some(draft) = draft {
            let checked = self.check(draft, branch.made).await?;
            for (index, mut fact) in branch.growing.settled(checked) {
                fact.text = self.with_terms(&fact.text, language);
                (self.watch)(SummaryEvent::Fact { language, index, fact });
            }
        }
        Ok(())
    }

    /// Tells the watcher how far it is.
    pub(super) fn progress(&mut self, stage: Stage, done: usize, total: usize) {
        (self.watch)(SummaryEvent::Progress { stage, done, total });
    }

    /// The next event of a job that is going on; `None` at its end.
    pub(super) async fn next(&mut self, events: &mut UnboundedReceiver<Event>) -> Result<Option<Event>, Error> {
        match events.recv().await {
            Some(Event::Done(timings)) => {
                self.timings.add(timings);
                Ok(None)
            }
            Some(Event::Failed(error)) => Err(error.into()),
            Some(event) => Ok(Some(event)),
            None => Err(EngineError::Dead.into()),
        }
    }

    /// Gives a summary that is checked what it is shown with: the terms of the glossary, and what a reader should know of
    /// its language.
    pub(super) fn dress(&self, summary: &mut Summary) {
        self.set_terms(summary);
        let language = summary.language;
        let recipe = self.service.recipe();
        let own = self.subject.article.language();
        let translator = || self.service.translators.best(Direction { from: own, to: language });
        let by_model =
            summary.strategy == Strategy::Direct || translator().is_none_or(|(name, _)| name == recipe.model.name);
        let warning = recipe.warned_of(language, own).filter(|_| by_model);
        let unwritten = (summary.claims() < LEAST_CLAIMS).then(|| recipe.not_written(language, own));
        summary.warnings = unwritten.or(warning).into_iter().collect();
    }

    /// Gives the terms of the glossary their renderings. What was checked is what the model wrote: a rendering is the
    /// user's word, and the article need not have it.
    fn set_terms(&self, summary: &mut Summary) {
        let facts = summary.key_facts.iter_mut().map(|fact| &mut fact.text);
        for text in [&mut summary.headline, &mut summary.summary].into_iter().chain(facts) {
            *text = self.with_terms(text, summary.language);
        }
    }

    fn with_terms(&self, text: &str, to: Language) -> String {
        self.subject.terms.render(text, Direction { from: self.subject.article.language(), to })
    }

    /// Lets the watcher see a summary, and those of its facts that it has not seen.
    pub(super) fn reveal(&mut self, summary: &Summary, seen: usize) {
        if !self.is_shown(summary.language) {
            return;
        }
        let mut summary = summary.clone();
        self.dress(&mut summary);
        for (index, fact) in summary.key_facts.iter().cloned().enumerate().skip(seen) {
            (self.watch)(SummaryEvent::Fact { language: summary.language, index, fact });
        }
        (self.watch)(SummaryEvent::Summary(Box::new(summary)));
    }

    /// True for a language that the caller asked for.
    fn is_shown(&self, language: Language) -> bool {
        self.subject.options.languages.contains(&language)
    }
}

/// What the engine is asked: one branch a language.
pub(super) fn job(plan: &Plan, seed: Option<u64>) -> Job {
    let sampling = Sampling {
        temperature: if seed.is_some() { SEEDED_TEMPERATURE } else { 0.0 },
        seed: seed.unwrap_or_default(),
        repetition_penalty: REPETITION_PENALTY,
        ..Sampling::default()
    };
    let branches = plan.answers.iter().map(|wanted| {
        let constraint = Box::new(AnswerGrammar::new(wanted.format.clone()));
        let rules = Rules { max_tokens: wanted.max_tokens, sampling, constraint };
        engine::Branch { tail: wanted.tail.clone(), output: engine::Output::Text(rules) }
    });
    Job { system: plan.system.clone(), shared: plan.shared.clone(), branches: branches.collect() }
}
