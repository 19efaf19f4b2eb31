//! What a service does with its translators: translate texts, and make the other languages of a summary from its English.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::try_join_all;

use super::run::Run;
use super::{Direction, Document, OpenOptions, Service, Stage, Step, SummaryEvent, TextFormat, Translation, opened};
use crate::answer::{self, Draft, DraftFact, Made, Strategy, Summary};
use crate::error::Error;
use crate::intake::one_line;
use crate::language::Language;
use crate::plan::NumberedLines;
use crate::translate::{Glossary, Translators, Writer};

/// chrF that is taken for a model in a language that it writes well; translation models state more.
const FLUENT: f32 = 55.0;
/// And in one that it does not.
const HALTING: f32 = 35.0;

impl Service {
    /// A service whose translations come from these; its engine stands in where they have nothing better.
    pub fn with_translators(self, translators: Translators) -> Self {
        let quality = |language: Language| if self.recipe.fluent.contains(&language) { FLUENT } else { HALTING };
        let quality = Language::ALL.map(|language| (language, quality(language)));
        let writer = Writer::new(self.engine.clone(), self.recipe.model.name.clone(), quality.to_vec());
        Self { translators: translators.with(writer), ..self }
    }

    /// The same service with another glossary; `translators` is what translates from then on, as the recipe tells it.
    pub fn with_glossary(mut self, glossary: Glossary, translators: Vec<String>) -> Self {
        self.recipe.translators = translators;
        Self { translators: self.translators.with_glossary(glossary), ..self }
    }

    /// What translates, the engine included.
    pub fn translators(&self) -> &Translators {
        &self.translators
    }

    /// Reads a text and translates it. Dropping the future cancels the work.
    ///
    /// # Errors
    /// When the text is refused, or nothing here can translate it.
    pub async fn translate(
        &self,
        document: Document,
        options: OpenOptions,
        watch: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<Translation, Error> {
        let opened = opened(document, options).await?;
        Ok(self.translators.translate_opened(opened, watch).await?)
    }
}

impl Run<'_> {
    /// Other languages of an English summary, with its citations, translated. Sentence by sentence, because a
    /// small model that is given a whole summary to translate loses its form.
    pub(super) async fn pivot(
        &mut self,
        english: &Summary,
        to: &[Language],
        lines: &Arc<NumberedLines>,
    ) -> Result<Vec<Summary>, Error> {
        let (mut summaries, mut own, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for (&language, text) in to.iter().zip(self.translated(english, to).await?) {
            let by = self.service.translators.best(Direction { from: Language::En, to: language });
            let made = Made { language, strategy: Strategy::Pivot, finish: english.finish };
            let summary = self.check(draft(english, &text), made).await?;
            if answer::is_sound(&summary) {
                self.reveal(&summary, 0);
                summaries.push(summary);
            } else if by.is_some_and(|(name, _)| name == self.service.recipe.model.name) {
                own.push(summary);
            } else {
                // A line of another translator is not written again: the model writes the language worse.
                others.push(summary);
            }
        }
        let settled = [self.repair(own, lines).await?, self.settle(others, Vec::new()).await?].concat();
        settled.iter().for_each(|summary| self.reveal(summary, 0));
        summaries.extend(settled);
        Ok(summaries)
    }

    /// The English summary in other languages, as paragraphs; all at once, because each may have a translator of its own.
    async fn translated(&mut self, english: &Summary, to: &[Language]) -> Result<Vec<String>, Error> {
        let text = lines_of(english).join("\n\n");
        let service = self.service;
        let progress = Mutex::new((0, &mut *self.watch));
        let into = async |language| {
            let document =
                Document { text: text.clone(), from: Some(Language::En), to: language, format: TextFormat::Text };
            let mut step = |step: Step<'_>| {
                if let Step::Ready { total, .. } = step {
                    let (done, watch) = &mut *progress.lock().unwrap_or_else(PoisonError::into_inner);
                    *done += 1;
                    watch(SummaryEvent::Progress { stage: Stage::Translating, done: *done, total: total * to.len() });
                }
            };
            service.translate(document, OpenOptions::default(), &mut step).await.map(|translation| translation.text)
        };
        try_join_all(to.iter().map(|&language| into(language))).await
    }
}

/// A summary as paragraphs of one line, so that none can be taken for the end of another.
fn lines_of(summary: &Summary) -> Vec<String> {
    let texts = [&summary.headline, &summary.summary];
    let facts = summary.key_facts.iter().map(|fact| &fact.text);
    texts.into_iter().chain(facts).map(|text| one_line(text)).collect()
}

/// The translated paragraphs, with the citations of what they translate.
fn draft(english: &Summary, text: &str) -> Draft {
    let mut lines = text.split("\n\n").map(str::to_owned);
    let mut next = || lines.next().unwrap_or_default();
    let (headline, summary) = (next(), next());
    let facts = english.key_facts.iter().map(|fact| DraftFact { text: next(), cited: fact.cited() });
    Draft { headline, summary, facts: facts.collect() }
}
