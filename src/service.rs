//! The whole way of one article, on one page.
//!
//! `read -> plan -> generate -> parse -> check -> repair`: every surface calls [`Service::summarize`] and only serialises
//! what comes back. Who looks for a kept answer in between calls its two halves, [`Service::prepare`] and
//! [`Service::write`]. A service is cheap to clone; the weights are behind its engine. Texts are translated in `translation`.
//! Not here: keeping answers.

mod check;
mod judge;
mod orders;
mod recipe;
mod repair;
mod run;
mod series;
mod translation;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::answer::{
    Answer, Author, KeyFact, ModelInfo, Reference, Resources, SourceInfo, Strategy, Summary, TimingsInfo,
};
use crate::cache::Key;
use crate::engine::{Engine, EngineError, Timings};
use crate::error::Error;
use crate::intake::{self, AnnotatedArticle, Article, Bounds, Cancel, Source};
use crate::language::Language;
use crate::plan::{self, NumberedLines, Orders, PlanStep, SummaryOptions};
use crate::translate::{Glossary, Translators};

use self::run::Run;

pub use self::check::{CheckRequest, Checker, Original};
pub use self::judge::{Calibration, Surprise};
pub use self::recipe::{Recipe, Weakness};
pub use self::series::CheckSeries;
pub use crate::engine::encoder::Encoder;
pub use crate::engine::remote::{Grammar, RequestRecord, ServerKind, ServerState};
pub use crate::translate::{
    Direction, Document, Fault, FaultKind, Format as TextFormat, OpenOptions, Opened, Sentence, Step, TranslateError,
    Translation, opened,
};

/// Weak models repeat themselves without this; it is mild enough to leave names alone.
const REPETITION_PENALTY: f32 = 1.1;
/// The temperature of an answer whose caller gave a seed.
const SEEDED_TEMPERATURE: f32 = 0.7;

/// A text and what is asked of it.
#[derive(Debug, Clone)]
pub struct SummaryRequest {
    /// The text.
    pub source: Source,
    /// What is asked of it.
    pub options: SummaryOptions,
}

/// What a watcher of a request is told, in the words of the wire: how far it is, and what is there already.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum SummaryEvent {
    /// How far it is.
    Progress {
        /// What is being done.
        stage: Stage,
        /// What of it is done.
        done: usize,
        /// All of it; 0 where nobody knows.
        total: usize,
    },
    /// Text was added to an answer, as the model writes it and before anything is checked.
    Delta {
        /// The answer's language.
        language: Language,
        /// Whole characters.
        text: String,
    },
    /// A fact was written, and it holds or it is settled what becomes of it.
    Fact {
        /// The answer's language.
        language: Language,
        /// Its place among the facts of its answer, from 0.
        index: usize,
        /// The fact.
        fact: KeyFact,
    },
    /// An answer was written and checked. What it says counts, whatever was seen before.
    Summary(Box<Summary>),
}

/// What is being done for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Others are worked on. A gateway says so; the service has no queue.
    Waiting,
    /// The parts of a text that does not fit as a whole are being read, one after another.
    Condensing,
    /// The prompt is being read, in tokens.
    Reading,
    /// The answers are being written, in pieces of text before this one.
    Writing,
    /// Lines that did not hold are being written again.
    Repairing,
    /// Sentences of the English summary are being translated into all languages.
    Translating,
}

/// An engine and what is known about its model.
#[derive(Clone)]
pub struct Service {
    engine: Engine,
    recipe: Recipe,
    translators: Translators,
    resources: Resources,
}

/// An article that was read, and the plan of what is to be written about it.
pub struct Prepared {
    subject: Subject,
    /// What to do first: the answers at once, or the facts of the parts of a long text.
    next: PlanStep,
    /// What of it the model writes itself.
    writes: SummaryOptions,
    /// Languages that are translated.
    pivoted: Vec<Language>,
    started: Instant,
}

/// What a request is about, for every step of it.
struct Subject {
    article: Arc<AnnotatedArticle>,
    /// The article as what is written is held against it.
    reference: Reference,
    /// Its sentences as the model is shown them.
    lines: Arc<NumberedLines>,
    options: SummaryOptions,
    /// Terms with fixed renderings that the article means.
    terms: Glossary,
    /// What bounds the request, until the last thread that works for it has ended.
    permit: Option<Arc<dyn Send + Sync>>,
}

impl Prepared {
    /// Holds what bounds the request until all work on it has ended, and not only until nobody waits for it any more.
    #[must_use]
    pub fn with_permit(mut self, permit: Arc<dyn Send + Sync>) -> Self {
        self.subject.permit = Some(permit);
        self
    }

    /// The article.
    pub fn article(&self) -> &Article {
        &self.subject.article
    }
}

impl Service {
    /// A service on an engine with the model of a recipe.
    pub fn new(engine: Engine, recipe: Recipe) -> Self {
        let resources = Resources::default();
        Self { engine, recipe, translators: Translators::new(), resources }.with_translators(Translators::new())
    }

    /// A service whose answers are held against these, too.
    #[must_use]
    pub fn with_resources(self, resources: Resources) -> Self {
        Self { resources, ..self }
    }

    /// What answers are held against besides their article.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// The engine, for its health.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The key of the answer to a request that was read, among those that are kept.
    pub fn key(&self, prepared: &Prepared) -> Key {
        self.recipe.key(&prepared.subject.article, &prepared.subject.options)
    }

    /// What decides answers, for whoever keeps them.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Summarises one article. Dropping the future cancels the work.
    pub async fn summarize(
        &self,
        request: SummaryRequest,
        watch: impl FnMut(SummaryEvent) + Send,
    ) -> Result<Answer, Error> {
        let prepared = self.prepare(request).await?;
        self.write(prepared, watch).await
    }

    /// A handle whose jobs belong to this flow of the engine: those of one caller, say. Flows take turns there.
    pub fn of_flow(&self, flow: u64) -> Self {
        Self { engine: self.engine.of_flow(flow), ..self.clone() }
    }

    /// A handle whose jobs are a part of this trace, as its header says; inference servers are told.
    #[must_use]
    pub fn traced(&self, trace: Option<Arc<str>>) -> Self {
        Self { engine: self.engine.traced(trace), ..self.clone() }
    }

    /// Reads the article of a request and plans the answer; the engine is not asked. Dropping the future stops the work.
    pub async fn prepare(&self, request: SummaryRequest) -> Result<Prepared, Error> {
        let (service, cancel) = (self.clone(), Cancel::default());
        let _leaving = cancel.on_drop();
        let bounds = Bounds { cancel, ..Bounds::default() };
        // Reading and counting a large text takes long enough to be kept off the threads that serve others.
        let prepared = tokio::task::spawn_blocking(move || service.read(request, &bounds)).await;
        prepared.map_err(|_| Error::Engine(EngineError::Dead))?
    }

    /// The same on this thread, within bounds, for whoever has a thread that may be busy for long.
    ///
    /// # Errors
    /// When the task or the text is refused, or nobody wants the answer any more.
    pub fn read(&self, request: SummaryRequest, bounds: &Bounds) -> Result<Prepared, Error> {
        let started = Instant::now();
        let SummaryRequest { source, options } = request;
        options.check()?;
        let bounds = Bounds { article: bounds.article.min(plan::MOST_CHARACTERS), ..bounds.clone() };
        let article = AnnotatedArticle::of(intake::read_within(source, &bounds)?);
        tracing::info!(language = %article.language(), sentences = article.sentences().len(), "read");
        let (writes, pivoted) = self.ways(article.language(), &options);
        let orders = Orders::of(&article, None);
        let lines = NumberedLines::without(&article, &orders);
        bounds.cancel.check()?;
        let terms = self.translators.glossary().of(article.text(), article.language());
        let writes = SummaryOptions { languages: writes, ..options.clone() };
        bounds.cancel.check()?;
        let next = plan::build(&lines, &writes, self.engine.measure())?;
        bounds.cancel.check()?;
        let doubted = self.doubted(article.language(), &writes);
        let own_words = self.recipe.own_words(article.language());
        let reference = Reference::with(article.clone(), &self.resources).by(Author::Model).in_words(own_words);
        let reference = reference.doubting(doubted).translated_into(pivoted.clone()).without(orders);
        let subject = Subject { article, reference, lines: Arc::new(lines), options, terms, permit: None };
        Ok(Prepared { subject, next, writes, pivoted, started })
    }

    /// Has the engine write what was prepared. Dropping the future cancels the work.
    pub async fn write(&self, prepared: Prepared, mut watch: impl FnMut(SummaryEvent) + Send) -> Result<Answer, Error> {
        let Prepared { subject, next, writes, pivoted, started } = self.without_orders(prepared).await?;
        let subject = Arc::new(subject);
        let mut run = Run { service: self, subject: subject.clone(), timings: Timings::default(), watch: &mut watch };
        let (lines, plan) = run.condense(next, &writes).await?;
        let mut summaries = run.write(&plan, &lines, Strategy::Direct).await?;
        let mut translated = Vec::new();
        for source in &summaries {
            let to: Vec<Language> = pivoted
                .iter()
                .copied()
                .filter(|&to| self.source(&summaries, &subject, to) == source.language)
                .collect();
            translated.extend(run.pivot(source, &to).await?);
        }
        summaries.extend(translated);
        // What was only written to be translated is not shown.
        let place =
            |summary: &Summary| subject.options.languages.iter().position(|&language| language == summary.language);
        summaries.retain(|summary| place(summary).is_some());
        summaries.iter_mut().for_each(|summary| run.dress(summary));
        summaries.sort_by_key(place);
        Ok(self.answer(source_info(&subject.article, &lines), summaries, timings_info(run.timings, started)))
    }

    /// Summarises one article in several languages and compares what they say. Dropping the future cancels the work.
    pub async fn compare(
        &self,
        request: SummaryRequest,
        watch: impl FnMut(SummaryEvent) + Send,
    ) -> Result<Answer, Error> {
        request.options.check_comparison()?;
        Ok(self.summarize(request, watch).await?.compared())
    }

    /// The languages that the model writes itself, and those that are translated.
    fn ways(&self, own: Language, options: &SummaryOptions) -> (Vec<Language>, Vec<Language>) {
        // A model that reads a language copies its sentences well, so the article's own language is always direct.
        let recipe = &self.recipe;
        let is_direct = |&language: &Language| match options.strategy {
            _ if language == own => true,
            Some(strategy) => strategy == Strategy::Direct,
            None => recipe.fluent.contains(&language) && !recipe.misread.contains(&own),
        };
        let (mut direct, pivoted): (Vec<_>, Vec<_>) =
            options.languages.iter().partition(|language| is_direct(language));
        if !pivoted.is_empty() && !direct.contains(&own) {
            direct.push(own);
        }
        (direct, pivoted)
    }

    /// The language of the answer that a language is translated from: the article's own, unless another was written that it is
    /// translated from better.
    fn source(&self, written: &[Summary], subject: &Subject, to: Language) -> Language {
        let quality =
            |from: Language| self.translators.best(Direction { from, to }).map_or(0.0, |(_, quality)| quality);
        let own = subject.article.language();
        let others = written.iter().map(|summary| summary.language).filter(|&it| it != own);
        others.fold(own, |best, other| if quality(other) > quality(best) { other } else { best })
    }

    /// The languages in which little of what is written about an article in `own` will hold: the model writes them, itself or
    /// as the translator, and does not write them well, or does not read the article well.
    fn doubted(&self, own: Language, writes: &SummaryOptions) -> Vec<Language> {
        let is_written = |language: Language| writes.languages.contains(&language);
        let by_model = |language: Language| {
            let best = self.translators.best(Direction { from: own, to: language });
            is_written(language) || best.is_none_or(|(name, _)| name == self.recipe.model.name)
        };
        let recipe = &self.recipe;
        let is_weak = |language: &Language| {
            recipe.weak.contains_key(language) || (is_written(*language) && recipe.misread.contains(&own))
        };
        Language::ALL
            .into_iter()
            .filter(|language| *language != own && is_weak(language) && by_model(*language))
            .collect()
    }

    fn answer(&self, source: SourceInfo, summaries: Vec<Summary>, timings: TimingsInfo) -> Answer {
        let (model, warnings) = (self.recipe.model.clone(), self.recipe.warned(&source));
        let id = answer_id(&source, &model, &summaries);
        Answer { id, source, model, summaries, comparison: None, timings, warnings }
    }
}

/// The encoder of a file, for the resources of checks.
///
/// # Errors
/// When the file cannot be read or is broken.
pub fn encoder(path: &Path) -> Result<Encoder, Error> {
    Ok(Encoder::load(path)?)
}

fn source_info(article: &Article, lines: &NumberedLines) -> SourceInfo {
    SourceInfo {
        // One that is an order is shown to nobody.
        title: Some(lines.title()).filter(|title| !title.is_empty()).and(article.title()).map(str::to_owned),
        language: article.language(),
        characters: article.text().chars().count(),
        sentences: article.sentences().len(),
        removed_characters: article.removed_characters(),
        orders: lines.orders.clone(),
        sha256: article.sha256().to_owned(),
    }
}

fn timings_info(timings: Timings, started: Instant) -> TimingsInfo {
    let ms = |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    TimingsInfo {
        queue_ms: ms(timings.queue),
        load_ms: 0,
        prefill_ms: ms(timings.prefill),
        decode_ms: ms(timings.decode),
        choose_ms: ms(timings.choosing),
        total_ms: ms(started.elapsed()),
        prompt_tokens: timings.prompt_tokens,
        shared_tokens: timings.shared_tokens,
        completion_tokens: timings.completion_tokens,
    }
}

/// What an answer is called: the same for the same words about the same article.
fn answer_id(source: &SourceInfo, model: &ModelInfo, summaries: &[Summary]) -> String {
    let mut texts = vec![source.sha256.as_str(), &model.name];
    for summary in summaries {
        texts.extend([summary.language.code(), &summary.headline, &summary.summary]);
        texts.extend(summary.key_facts.iter().map(|fact| fact.text.as_str()));
    }
    identity(&texts)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Evidence, Finding, FindingKind, Finish};
    use crate::language::SentenceId;

    fn summary(fact: &str) -> Summary {
        let sentence = SentenceId::new(1).unwrap();
        let evidence = vec![Evidence { sentence, start: 0, end: 4, text: "Text".into() }];
        Summary {
            language: Language::En,
            strategy: Strategy::Direct,
            headline: "A bridge opens".into(),
            summary: "It opened.".into(),
            key_facts: vec![KeyFact { text: fact.into(), evidence, findings: Vec::new() }],
            findings: Vec::new(),
            dropped: 0,
            quoted: Vec::new(),
            warnings: Vec::new(),
            finish: Finish::Complete,
        }
    }

    #[test]
    fn an_answer_is_called_by_its_words_and_not_by_what_its_fields_are_called() {
        let source = intake::Source {
            bytes: "The harbour bridge reopened on Saturday after four years, and a bus was the first to cross it."
                .into(),
            name: "test".into(),
            title: None,
            language: Some(Language::En),
        };
        let article = intake::read(source).unwrap();
        let source = source_info(&article, &NumberedLines::of(&AnnotatedArticle::of(article.clone())));
        let model = ModelInfo { name: "m".into(), revision: None, quantization: None, engine: "e".into() };
        let id = |summary: Summary| answer_id(&source, &model, &[summary]);
        let first = id(summary("A bus crossed it."));
        assert_eq!(first, identity(&[&source.sha256, "m", "en", "A bridge opens", "It opened.", "A bus crossed it."]));
        let finding = Finding::new(FindingKind::CitationCorrected, crate::answer::Place::Fact, "3");
        assert_eq!(id(Summary { findings: vec![finding], dropped: 1, ..summary("A bus crossed it.") }), first);
        assert_ne!(id(summary("A tram crossed it.")), first);
    }
}
