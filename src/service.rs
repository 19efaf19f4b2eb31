//! The whole way of one article, on one page.
//!
//! `read -> plan -> generate -> parse -> check`: every surface calls [`Service::summarize`] and only serialises what comes
//! back. A service is cheap to clone; the weights are behind its engine.

use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::answer::{self, Answer, ModelInfo, SourceInfo, Summary, TimingsInfo};
use crate::engine::constraint::{self, Alphabet, LineFormat, LineGrammar, Script};
use crate::engine::sampler::Sampling;
use crate::engine::{Branch, Engine, EngineError, Event, Finish, Job, Rules, Timings};
use crate::error::Error;
use crate::intake::{self, Article, Language, Source};
use crate::plan::{self, Format, Plan, Task};

/// Facts when the caller does not say how many.
pub const FACTS: usize = 5;
/// Weak models repeat themselves without this; it is mild enough to leave names alone.
const REPETITION_PENALTY: f32 = 1.1;
/// The temperature of an answer whose caller gave a seed.
const SEEDED_TEMPERATURE: f32 = 0.7;

/// A text and what to do with it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The text.
    pub source: Source,
    /// What is asked for.
    pub task: Task,
    /// With a seed, sampled; without, greedy: the same text always gives the same answer.
    pub seed: Option<u64>,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The prompt is being read.
    Reading {
        /// Tokens read.
        done: usize,
        /// Tokens to read.
        total: usize,
    },
    /// The answers are being written.
    Writing {
        /// Pieces of text so far.
        pieces: usize,
    },
}

/// An engine and what is known about its model.
#[derive(Clone)]
pub struct Service {
    engine: Engine,
    model: ModelInfo,
    warnings: Vec<String>,
}

impl Service {
    /// A service on an engine. The warnings go into every answer.
    pub fn new(engine: Engine, model: ModelInfo, warnings: Vec<String>) -> Self {
        Self { engine, model, warnings }
    }

    /// The engine, for its health.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The model.
    pub fn model(&self) -> &ModelInfo {
        &self.model
    }

    /// Summarises one article. Dropping the future cancels the work.
    pub async fn summarize(&self, request: Request, mut watch: impl FnMut(Stage)) -> Result<Answer, Error> {
        let started = Instant::now();
        let Request { source, task, seed } = request;
        let service = self.clone();
        // Reading and counting a large text takes long enough to be kept off the threads that serve others.
        let prepared = tokio::task::spawn_blocking(move || service.prepare(source, &task));
        let (article, plan) = prepared.await.map_err(|_| Error::Engine(EngineError::Dead))??;
        let mut events = self.engine.generate(job(&plan, seed))?;
        let mut written = vec![(String::new(), Finish::Length); plan.answers.len()];
        let mut pieces = 0;
        let timings = loop {
            match events.recv().await {
                Some(Event::Prefill { done, total }) => watch(Stage::Reading { done, total }),
                Some(Event::Delta { branch, text }) => {
                    written[branch].0.push_str(&text);
                    pieces += 1;
                    watch(Stage::Writing { pieces });
                }
                Some(Event::Finished { branch, finish }) => written[branch].1 = finish,
                Some(Event::Done(timings)) => break timings,
                Some(Event::Failed(error)) => return Err(error.into()),
                None => return Err(EngineError::Dead.into()),
            }
        };
        let summaries = plan.answers.iter().zip(written).map(|(wanted, text)| summary(text, &article, &wanted.format));
        Ok(self.answer(&article, summaries.collect(), timings_info(timings, started)))
    }

    fn prepare(&self, source: Source, task: &Task) -> Result<(Article, Plan), Error> {
        let article = intake::read(source)?;
        let card = self.engine.card();
        let count = |system: &str, shared: &str, tail: &str| card.count(system, shared, tail);
        let plan = plan::build(&article, task, &plan::Card { context: card.context, count: &count })?;
        tracing::info!(language = %article.language(), sentences = article.sentences().len(), "read");
        Ok((article, plan))
    }

    fn answer(&self, article: &Article, summaries: Vec<Summary>, timings: TimingsInfo) -> Answer {
        let source = SourceInfo {
            title: article.title().map(str::to_owned),
            language: article.language(),
            characters: article.text().chars().count(),
            sentences: article.sentences().len(),
            removed_characters: article.removed_characters(),
            sha256: article.sha256().to_owned(),
        };
        let id = identity(&[&source.sha256, &self.model.name, &format!("{summaries:?}")]);
        let (model, warnings) = (self.model.clone(), self.warnings.clone());
        Answer { id, source, model, summaries, comparison: None, timings, warnings }
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
        headline: length(format.headline),
        summary: length(format.summary),
        fact: length(format.fact),
        least_facts: *format.facts.start(),
        most_facts: *format.facts.end(),
        items: format.sentences,
    }
}

fn summary((text, finish): (String, Finish), article: &Article, format: &Format) -> Summary {
    let finish = match finish {
        Finish::Complete => answer::Finish::Complete,
        Finish::Length | Finish::Loop => answer::Finish::Length,
    };
    answer::run(answer::parse(&text), article, format, finish)
}

fn timings_info(timings: Timings, started: Instant) -> TimingsInfo {
    let ms = |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    TimingsInfo {
        queue_ms: ms(timings.queue),
        load_ms: 0,
        prefill_ms: ms(timings.prefill),
        decode_ms: ms(timings.decode),
        total_ms: ms(started.elapsed()),
        prompt_tokens: timings.prompt_tokens,
        shared_tokens: timings.shared_tokens,
        completion_tokens: timings.completion_tokens,
    }
}

/// Sixteen hexadecimal digits that stand for these texts.
fn identity(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
