//! The whole way of one article, on one page.
//!
//! `read -> plan -> generate -> parse -> check`: every surface calls [`Service::summarize`] and only serialises what comes
//! back. A service is cheap to clone; the weights are behind its engine.

use std::sync::Arc;
use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::answer::{self, Answer, ModelInfo, SourceInfo, Strategy, Summary, TimingsInfo};
use crate::engine::constraint::{self, Alphabet, Citations, Heading, LineFormat, LineGrammar, Script, Shut};
use crate::engine::sampler::Sampling;
use crate::engine::{Branch, Engine, EngineError, Event, Finish, Job, Rules, Timings};
use crate::error::Error;
use crate::intake::{self, Article, Language, Source};
use crate::plan::{self, Citable, Format, Matter, Next, Plan, Task};

/// Facts when the caller does not say how many.
pub const FACTS: usize = 5;
/// Parts of a long text that are with the engine at a time. It reads one while it writes about others, and they all take
/// memory.
const PARTS_AT_ONCE: usize = 4;
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
    /// The parts of a text that does not fit as a whole are being read, one after another.
    Condensing {
        /// Parts whose facts are there.
        done: usize,
        /// Parts.
        total: usize,
    },
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
        let languages = task.languages.clone();
        // Reading a large text takes long enough to be kept off the threads that serve others.
        let read = tokio::task::spawn_blocking(move || intake::read(source)).await;
        let article = read.map_err(|_| Error::Engine(EngineError::Dead))??;
        tracing::info!(language = %article.language(), sentences = article.sentences().len(), "read");
        let (direct, pivoted) = self.ways(article.language(), &task.languages, strategy);
        let mut timings = Timings::default();
        let mut run = Run { service: self, article: &article, seed, timings: &mut timings, watch: &mut watch };
        let (matter, plan) = run.condense(Task { languages: direct, ..task }).await?;
        let mut summaries = run.write(&plan, &matter, Strategy::Direct).await?;
        if !pivoted.is_empty() {
            let english = summaries.iter().find(|summary| summary.language == Language::En);
            let english = english.expect("a plan with pivoted languages writes English");
            let plan = self.plan_translation(english, &pivoted)?;
            // A translation's citations are sentences already.
            summaries.extend(run.write(&plan, &Matter::of(&article), Strategy::Pivot).await?);
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

    /// The languages that the model writes itself, and those that are translated from its English.
    fn ways(&self, own: Language, wanted: &[Language], strategy: Option<Strategy>) -> (Vec<Language>, Vec<Language>) {
        // A model that reads a language copies its sentences well, so the article's own language is always direct.
        let is_direct = |&language: &Language| match strategy {
            Some(Strategy::Direct) => true,
            Some(Strategy::Pivot) => language == Language::En,
            None => language == Language::En || language == own || self.fluent.contains(&language),
        };
        let (mut direct, pivoted): (Vec<_>, Vec<_>) = wanted.iter().partition(|language| is_direct(language));
        if !pivoted.is_empty() && !direct.contains(&Language::En) {
            direct.push(Language::En);
        }
        (direct, pivoted)
    }

    fn plan_translation(&self, english: &Summary, to: &[Language]) -> Result<Plan, Error> {
        let facts = english.key_facts.iter();
        let written = plan::Written {
            headline: english.headline.clone(),
            summary: english.summary.clone(),
            facts: facts.filter_map(|fact| Some((fact.evidence.first()?.sentence.get(), fact.text.clone()))).collect(),
        };
        Ok(self.with_card(|card| plan::translate(&written, Language::En, to, card))?)
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

type Events = tokio::sync::mpsc::UnboundedReceiver<Event>;

/// One request under way.
struct Run<'a> {
    service: &'a Service,
    article: &'a Article,
    seed: Option<u64>,
    timings: &'a mut Timings,
    watch: &'a mut (dyn FnMut(Stage) + Send),
}

impl Run<'_> {
    /// Plans the answers. A text that does not fit is read in parts first, until the facts of its parts do.
    async fn condense(&mut self, task: Task) -> Result<(Matter, Plan), Error> {
        let mut matter = Matter::of(self.article);
        loop {
            let (service, task) = (self.service.clone(), task.clone());
            let planning = move || {
                let next = service.with_card(|card| plan::build(&matter, &task, card));
                next.map(|next| (matter, next))
            };
            // Counting the tokens of a large text takes long, too.
            let planned = tokio::task::spawn_blocking(planning).await;
            let (whole, next) = planned.map_err(|_| Error::Engine(EngineError::Dead))??;
            match next {
                Next::Whole(plan) => return Ok((whole, plan)),
                Next::Parts(parts) => matter = whole.reduced(self.facts_of(&parts).await?)?,
            }
        }
    }

    /// The facts of each part. A few parts are with the engine at a time: it reads one while it writes about others.
    async fn facts_of(&mut self, parts: &[Plan]) -> Result<Vec<Vec<(String, Vec<u32>)>>, Error> {
        let mut found = Vec::new();
        for window in parts.chunks(PARTS_AT_ONCE) {
            let begun = window.iter().map(|plan| self.service.engine.generate(job(plan, self.seed)));
            for events in begun.collect::<Result<Vec<_>, _>>()? {
                let written = self.collect(events, 1).await?;
                let facts = answer::parse_facts(&written[0].0).into_iter().map(|fact| (fact.text, fact.cited));
                found.push(facts.collect());
                (self.watch)(Stage::Condensing { done: found.len(), total: parts.len() });
            }
        }
        Ok(found)
    }

    /// Has the engine write every answer of a plan about `matter`, and checks them.
    async fn write(&mut self, plan: &Plan, matter: &Matter, strategy: Strategy) -> Result<Vec<Summary>, Error> {
        let events = self.service.engine.generate(job(plan, self.seed))?;
        let written = self.collect(events, plan.answers.len()).await?;
        let checked = plan.answers.iter().zip(written).map(|(wanted, (text, finish))| {
            let mut draft = answer::parse(&text);
            for fact in &mut draft.facts {
                fact.cited = matter.sentences_of(&fact.cited);
            }
            answer::run(draft, self.article, &wanted.format, answer::Made { strategy, finish })
        });
        Ok(checked.collect())
    }

    /// Waits for a job's answers, one for each branch.
    async fn collect(&mut self, mut events: Events, branches: usize) -> Result<Vec<(String, answer::Finish)>, Error> {
        let mut written = vec![(String::new(), answer::Finish::Length); branches];
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
                    return Ok(written);
                }
                Some(Event::Failed(error)) => return Err(error.into()),
                None => return Err(EngineError::Dead.into()),
            }
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
