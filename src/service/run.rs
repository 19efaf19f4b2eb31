//! One request under way: the engine writes, and what it writes is checked as it comes.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use super::{REPETITION_PENALTY, SEEDED_TEMPERATURE, Service, Stage};
use crate::answer::{self, Growing, KeyFact, Strategy, Summary};
use crate::engine::constraint::{self, Alphabet, Citations, Heading, LineFormat, LineGrammar, Script, Shut};
use crate::engine::sampler::Sampling;
use crate::engine::{Branch, EngineError, Event, Finish, Job, Rules, Timings};
use crate::error::Error;
use crate::intake::{Article, Language};
use crate::plan::{self, Citable, Format, Matter, Next, Plan, Task};
use crate::translate::{Direction, Glossary};

/// Parts of a long text that are with the engine at a time. It reads one while it writes about others, and they all take
/// memory.
const PARTS_AT_ONCE: usize = 4;

/// One request under way.
pub(super) struct Run<'a> {
    pub(super) service: &'a Service,
    pub(super) article: &'a Article,
    /// Those that the article means, with their renderings.
    pub(super) terms: Glossary,
    pub(super) seed: Option<u64>,
    /// Languages that the caller sees.
    pub(super) shown: &'a [Language],
    pub(super) timings: &'a mut Timings,
    pub(super) watch: &'a mut (dyn FnMut(Stage) + Send),
}

impl Run<'_> {
    /// Reads a text that does not fit in parts, until the facts of its parts do. Gives the plan of the answers and what it
    /// is about.
    pub(super) async fn condense(
        &mut self,
        mut matter: Matter,
        mut next: Next,
        task: &Task,
    ) -> Result<(Matter, Plan), Error> {
        loop {
            let parts = match next {
                Next::Whole(plan) => return Ok((matter, plan)),
                Next::Parts(parts) => parts,
            };
            let smaller = matter.reduced(self.facts_of(&parts).await?)?;
            let (service, task) = (self.service.clone(), task.clone());
            let planning = move || {
                let next = service.with_card(|card| plan::build(&smaller, &task, card));
                next.map(|next| (smaller, next))
            };
            // Counting the tokens of a large text takes long.
            let planned = tokio::task::spawn_blocking(planning).await;
            (matter, next) = planned.map_err(|_| Error::Engine(EngineError::Dead))??;
        }
    }

    /// The facts of each part. A few parts are with the engine at a time: it reads one while it writes about others.
    async fn facts_of(&mut self, parts: &[Plan]) -> Result<Vec<Vec<(String, Vec<u32>)>>, Error> {
        let mut found = Vec::new();
        for window in parts.chunks(PARTS_AT_ONCE) {
            let begun = window.iter().map(|plan| self.service.engine.generate(job(plan, self.seed)));
            for events in begun.collect::<Result<Vec<_>, _>>()? {
                let mut text = String::new();
                let write = |_: &mut Self, event| {
                    if let Event::Delta { text: more, .. } = event {
                        text.push_str(&more);
                    }
                };
                self.follow(events, write).await?;
                found.push(answer::parse_facts(&text).into_iter().map(|fact| (fact.text, fact.cited)).collect());
                (self.watch)(Stage::Condensing { done: found.len(), total: parts.len() });
            }
        }
        Ok(found)
    }

    /// Has the engine write every answer of a plan about `matter`, and checks them.
    pub(super) async fn write(
        &mut self,
        plan: &Plan,
        matter: &Matter,
        strategy: Strategy,
    ) -> Result<Vec<Summary>, Error> {
        let events = self.service.engine.generate(job(plan, self.seed))?;
        let article = self.article;
        let growing = plan.answers.iter().map(|wanted| Some(Growing::new((article, matter), &wanted.format, strategy)));
        let mut growing: Vec<Option<Growing<'_>>> = growing.collect();
        let mut summaries: Vec<Option<Summary>> = vec![None; plan.answers.len()];
        let mut pieces = 0;
        let write = |run: &mut Self, event| match event {
            Event::Delta { branch, text } => {
                pieces += 1;
                (run.watch)(Stage::Writing { pieces });
                let facts = growing[branch].as_mut().map(|growing| growing.push(&text)).unwrap_or_default();
                run.show(plan.answers[branch].language, text, facts);
            }
            Event::Finished { branch, finish } => {
                let finish = match finish {
                    Finish::Complete => answer::Finish::Complete,
                    _ => answer::Finish::Length,
                };
                summaries[branch] = growing[branch].take().map(|growing| run.finish(growing, finish));
            }
            _ => {}
        };
        self.follow(events, write).await?;
        Ok(summaries.into_iter().flatten().collect())
    }

    /// Follows a job to its end; `write` takes what it writes.
    async fn follow(
        &mut self,
        mut events: UnboundedReceiver<Event>,
        mut write: impl FnMut(&mut Self, Event) + Send,
    ) -> Result<(), Error> {
        loop {
            match events.recv().await {
                Some(Event::Prefill { done, total }) => (self.watch)(Stage::Reading { done, total }),
                Some(Event::Done(timings)) => {
                    self.timings.add(timings);
                    return Ok(());
                }
                Some(Event::Failed(error)) => return Err(error.into()),
                Some(event) => write(self, event),
                None => return Err(EngineError::Dead.into()),
            }
        }
    }

    /// Checks an answer, and lets the watcher see it.
    fn finish(&mut self, growing: Growing<'_>, finish: answer::Finish) -> Summary {
        let (mut summary, given) = growing.finish(finish);
        self.set_terms(&mut summary);
        self.reveal(&summary, given);
        summary
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
        self.terms.render(text, Direction { from: self.article.language(), to })
    }

    /// Lets the watcher see a summary, and those of its facts that it has not seen.
    pub(super) fn reveal(&mut self, summary: &Summary, seen: usize) {
        if !self.shown.contains(&summary.language) {
            return;
        }
        for (index, fact) in summary.key_facts.iter().cloned().enumerate().skip(seen) {
            (self.watch)(Stage::Fact { language: summary.language, index, fact });
        }
        (self.watch)(Stage::Summary(Box::new(summary.clone())));
    }

    /// Lets the watcher see what was added to an answer.
    fn show(&mut self, language: Language, text: String, facts: Vec<(usize, KeyFact)>) {
        if !self.shown.contains(&language) {
            return;
        }
        (self.watch)(Stage::Delta { language, text });
        for (index, mut fact) in facts {
            fact.text = self.with_terms(&fact.text, language);
            (self.watch)(Stage::Fact { language, index, fact });
        }
    }
}

/// What the engine is asked: one branch a language.
fn job(plan: &Plan, seed: Option<u64>) -> Job {
    let sampling = Sampling {
        temperature: if seed.is_some() { SEEDED_TEMPERATURE } else { 0.0 },
        seed: seed.unwrap_or_default(),
        repetition_penalty: REPETITION_PENALTY,
        ..Sampling::default()
    };
    let branches = plan.answers.iter().map(|wanted| {
        let constraint = Box::new(LineGrammar::new(line_format(&wanted.format)));
        let rules = Rules { max_tokens: wanted.max_tokens, sampling, constraint };
        Branch { tail: wanted.tail.clone(), rules }
    });
    Job { system: plan.system.clone(), shared: plan.shared.clone(), branches: branches.collect() }
}

fn line_format(format: &Format) -> LineFormat {
    let alphabet = match format.language {
        Language::En => Alphabet::Latin,
        Language::Uk => Alphabet::Ukrainian,
        Language::Ru => Alphabet::Russian,
    };
    let length = |(least, wanted)| constraint::Length { least, wanted };
    LineFormat {
        script: Script::new(alphabet, format.listed.clone()),
        heading: format.heading.map(|head| Heading { headline: length(head.headline), summary: length(head.summary) }),
        fact: length(format.fact),
        least_facts: *format.facts.start(),
        most_facts: *format.facts.end(),
        citations: match &format.citable {
            Citable::Any(lines) => Citations::Any(lines.clone()),
            Citable::Each(lines) => Citations::Each(lines.clone()),
        },
        shut: Shut {
            openings: format.labels.iter().map(|&label| label.to_owned()).collect(),
            words: Arc::new(format.foreign.clone()),
        },
    }
}
