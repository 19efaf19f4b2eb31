//! The whole way of one article, on one page.
//!
//! `read -> plan -> generate -> parse -> check`: every surface calls [`Service::summarize`] and only serialises what comes
//! back. A service is cheap to clone; the weights are behind its engine.

use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::answer::{self, Answer, ModelInfo, SourceInfo, Strategy, Summary, TimingsInfo};
use crate::engine::constraint::{self, Alphabet, Citations, LineFormat, LineGrammar, Script};
use crate::engine::sampler::Sampling;
use crate::engine::{Branch, Engine, EngineError, Event, Finish, Job, Rules, Timings};
use crate::error::Error;
use crate::intake::{self, Article, Language, Source};
use crate::plan::{self, Citable, Format, Plan, Task};

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
    /// How languages that the model does not write well are made; by the model's manifest when not given.
    pub strategy: Option<Strategy>,
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
    /// Languages that the model writes well.
    fluent: Vec<Language>,
    warnings: Vec<String>,
}

impl Service {
    /// A service on an engine whose model writes every language well.
    pub fn new(engine: Engine, model: ModelInfo) -> Self {
        Self { engine, model, fluent: Language::ALL.to_vec(), warnings: Vec::new() }
    }

    /// Says which languages the model writes well. The others are translated from its English.
    pub fn with_fluent(self, fluent: Vec<Language>) -> Self {
        Self { fluent, ..self }
    }

    /// Says what a reader of every answer should know about the model.
    pub fn with_warning(mut self, warning: String) -> Self {
        self.warnings.push(warning);
        self
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
    pub async fn summarize(&self, request: Request, mut watch: impl FnMut(Stage) + Send) -> Result<Answer, Error> {
        let started = Instant::now();
        let Request { source, task, strategy, seed } = request;
        task.check()?;
        let service = self.clone();
        let languages = task.languages.clone();
        // Reading and counting a large text takes long enough to be kept off the threads that serve others.
        let prepared = tokio::task::spawn_blocking(move || service.prepare(source, task, strategy)).await;
        let (article, direct, pivoted) = prepared.map_err(|_| Error::Engine(EngineError::Dead))??;
        let mut timings = Timings::default();
        let mut run = Run { service: self, article: &article, seed, timings: &mut timings, watch: &mut watch };
        let mut summaries = run.write(&direct, Strategy::Direct).await?;
        if !pivoted.is_empty() {
            let english = summaries.iter().find(|summary| summary.language == Language::En);
            let english = english.expect("a plan with pivoted languages writes English");
            let plan = self.plan_translation(&article, english, &pivoted)?;
            summaries.extend(run.write(&plan, Strategy::Pivot).await?);
        }
        // English that was only written to be translated is not shown.
        let place = |summary: &Summary| languages.iter().position(|&language| language == summary.language);
        summaries.retain(|summary| place(summary).is_some());
        summaries.sort_by_key(place);
        Ok(self.answer(&article, summaries, timings_info(timings, started)))
    }

    /// Summarises one article in several languages and compares what they say. Dropping the future cancels the work.
    pub async fn compare(&self, request: Request, watch: impl FnMut(Stage) + Send) -> Result<Answer, Error> {
        request.task.check_comparison()?;
        Ok(self.summarize(request, watch).await?.compared())
    }

    /// Reads the article and plans what the model writes itself; the languages that are translated are left over.
    fn prepare(&self, source: Source, task: Task, strategy: Option<Strategy>) -> Result<Prepared, Error> {
        let article = intake::read(source)?;
        // A model that reads a language copies its sentences well, so the article's own language is always direct.
        let fluent = |language: Language| language == article.language() || self.fluent.contains(&language);
        let is_direct = |&language: &Language| match strategy {
            Some(Strategy::Direct) => true,
            Some(Strategy::Pivot) => language == Language::En,
            None => language == Language::En || fluent(language),
        };
        let (mut direct, pivoted): (Vec<_>, Vec<_>) = task.languages.iter().partition(|language| is_direct(language));
        if !pivoted.is_empty() && !direct.contains(&Language::En) {
            direct.push(Language::En);
        }
        let plan = self.with_card(|card| plan::build(&article, &Task { languages: direct, ..task }, card))?;
        tracing::info!(language = %article.language(), sentences = article.sentences().len(), "read");
        Ok((article, plan, pivoted))
    }

    fn plan_translation(&self, article: &Article, english: &Summary, to: &[Language]) -> Result<Plan, Error> {
        let facts = english.key_facts.iter();
        let written = plan::Written {
            headline: english.headline.clone(),
            summary: english.summary.clone(),
            facts: facts.filter_map(|fact| Some((fact.evidence.first()?.sentence.get(), fact.text.clone()))).collect(),
        };
        Ok(self.with_card(|card| plan::translate(article, &written, to, card))?)
    }

    fn with_card<T>(&self, work: impl FnOnce(&plan::Card<'_>) -> T) -> T {
        let card = self.engine.card();
        let count = |system: &str, shared: &str, tail: &str| card.count(system, shared, tail);
        work(&plan::Card { context: card.context, count: &count })
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

/// An article, the plan of what is written directly, and the languages that are translated from it.
type Prepared = (Article, Plan, Vec<Language>);

/// One request under way.
struct Run<'a> {
    service: &'a Service,
    article: &'a Article,
    seed: Option<u64>,
    timings: &'a mut Timings,
    watch: &'a mut (dyn FnMut(Stage) + Send),
}

impl Run<'_> {
    /// Has the engine write every answer of a plan, and checks them.
    async fn write(&mut self, plan: &Plan, strategy: Strategy) -> Result<Vec<Summary>, Error> {
        let mut events = self.service.engine.generate(job(plan, self.seed))?;
        let mut written = vec![(String::new(), answer::Finish::Length); plan.answers.len()];
        let mut pieces = 0;
        loop {
            match events.recv().await {
                Some(Event::Prefill { done, total }) => (self.watch)(Stage::Reading { done, total }),
                Some(Event::Delta { branch, text }) => {
                    written[branch].0.push_str(&text);
                    pieces += 1;
                    (self.watch)(Stage::Writing { pieces });
                }
                Some(Event::Finished { branch, finish: Finish::Complete }) => {
                    written[branch].1 = answer::Finish::Complete
                }
                Some(Event::Finished { .. }) => {}
                Some(Event::Done(timings)) => {
                    self.timings.add(timings);
                    break;
                }
                Some(Event::Failed(error)) => return Err(error.into()),
                None => return Err(EngineError::Dead.into()),
            }
        }
        let answers = plan.answers.iter().zip(written);
        let checked = answers.map(|(wanted, (text, finish))| {
            answer::run(answer::parse(&text), self.article, &wanted.format, answer::Made { strategy, finish })
        });
        Ok(checked.collect())
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
        citations: match &format.citable {
            Citable::UpTo(last) => Citations::UpTo(*last),
            Citable::These(sentences) => Citations::These(sentences.clone()),
        },
        labels: format.labels.iter().map(|&label| label.to_owned()).collect(),
    }
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
