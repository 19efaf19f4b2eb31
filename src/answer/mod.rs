//! From the text that a model wrote to a checked summary.
//!
//! `parse` reads lines into a [`Draft`], as tolerantly as it can. An article is prepared once as a [`Reference`]; `evidence`
//! finds the sentences of a fact in it, and `figures`, `names`, `stance` with `modality`, and `quote` hold the fact against them, each for one
//! kind of mistake. `check` makes a [`Summary`] of it all, with a finding for everything that is missing or does not hold;
//! `between` compares facts with each other; `repair` says what is to be written again, and settles what becomes of it;
//! `against` does the same for a text that a person wrote, and `report` is what is said of it; `compare` holds summaries of several languages against each
//! other; `growing` reads an answer line by line while it is written. The model that writes is not asked; where an encoder is
//! among the [`Resources`], `meaning` tells by it whether a text is said at all. Nothing in this room knows tokens.

mod against;
mod alone;
mod between;
mod centres;
mod check;
mod clause;
mod compare;
mod direction;
mod evidence;
mod figures;
#[cfg(test)]
mod figures_cases;
mod finding;
mod form;
mod growing;
mod judged;
mod meaning;
mod modality;
mod names;
mod parse;
mod people;
#[cfg(test)]
mod people_cases;
mod persons;
mod quote;
mod reference;
mod repair;
mod report;
mod resources;
mod settle;
mod spelling;
mod stance;
#[cfg(test)]
mod stance_cases;
mod warning;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::against::{Checked, Held, Signals, against, against_while};
pub use self::check::{Made, run};
pub use self::compare::{Comparison, Difference, Row, compare};
pub use self::finding::{Finding, FindingKind, Place};
pub use self::growing::Growing;
pub use self::judged::Opinion;
pub use self::parse::{Draft, DraftFact, parse, parse_facts};
pub use self::reference::{Author, OwnWords, Reference};
pub use self::repair::{Failing, Part, Rewritten, asked, failing, holds, is_sound, missing};
pub use self::report::{CheckReport, CheckedSource};
pub use self::resources::Resources;
pub use self::settle::settle;
pub use self::spelling::WordCount;
pub use self::warning::{LanguageWarning, WarningCode};
use crate::language::{Language, SentenceId};
pub use crate::plan::Strategy;

/// The whole answer to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// The same for the same article, model and options.
    pub id: String,
    /// What was read.
    pub source: SourceInfo,
    /// What wrote it.
    pub model: ModelInfo,
    /// One for each language, in the order asked for.
    pub summaries: Vec<Summary>,
    /// The comparison across languages, when asked for.
    pub comparison: Option<Comparison>,
    /// Where the time went.
    pub timings: TimingsInfo,
    /// What a reader should know about this answer.
    pub warnings: Vec<String>,
}

impl Answer {
    /// The same answer with the comparison of its languages.
    #[must_use]
    pub fn compared(self) -> Self {
        Self { comparison: Some(compare(&self.summaries)), ..self }
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceInfo {
    /// The article's title, if it has one.
    pub title: Option<String>,
    /// Its language.
    pub language: Language,
    /// Characters of the cleaned text.
    pub characters: usize,
    /// Its sentences.
    pub sentences: usize,
    /// Characters that were removed as not of the article.
    pub removed_characters: usize,
    /// Sentences that give orders to a language model, and those beside them: the model was not shown them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<u32>)]
    pub orders: Vec<SentenceId>,
    /// SHA-256 of the cleaned text.
    pub sha256: String,
}

impl SourceInfo {
    /// What a reader of an answer about this source should know.
    pub fn warning(&self) -> Option<String> {
        let orders: Vec<String> = self.orders.iter().map(|sentence| format!("[{sentence}]")).collect();
        let them = if orders.len() == 1 { "it" } else { "them" };
        (!orders.is_empty()).then(|| {
            format!("the text gives orders to a language model, which was not shown {them}: {}", orders.join(" "))
        })
    }
}

/// What wrote the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelInfo {
    /// Name of the manifest, or of the file.
    pub name: String,
    /// Commit of the hub repository, where known.
    pub revision: Option<String>,
    /// How the weights are stored.
    pub quantization: Option<String>,
    /// This program and its version.
    pub engine: String,
}

/// Times in milliseconds, and tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TimingsInfo {
    /// Waiting for other jobs.
    pub queue_ms: u64,
    /// Always 0: the model is loaded before requests are taken. It stays for those who read it.
    pub load_ms: u64,
    /// Annotation the prompt.
    pub prefill_ms: u64,
    /// Writing.
    pub decode_ms: u64,
    /// What of writing went into choosing tokens: the rules of the answer, and the sampler.
    #[serde(default)]
    pub choose_ms: u64,
    /// All of it, with reading and checking the text.
    pub total_ms: u64,
    /// Tokens of the prompts, the shared part counted once.
    pub prompt_tokens: usize,
    /// Tokens that the languages share.
    pub shared_tokens: usize,
    /// Tokens written.
    pub completion_tokens: usize,
}

/// One language's summary, checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// Its language.
    pub language: Language,
    /// How it was made.
    pub strategy: Strategy,
    /// One line.
    pub headline: String,
    /// A few sentences.
    pub summary: String,
    /// The facts, each with its evidence.
    pub key_facts: Vec<KeyFact>,
    /// What does not hold in headline and summary, or is missing.
    pub findings: Vec<Finding>,
    /// Facts that were left out because they did not hold, also when they were written again.
    #[serde(default)]
    pub dropped: usize,
    /// Of headline and summary, what is the article's own words, because what was written did not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub quoted: Vec<Place>,
    /// What a reader should know about a text in this language by this model.
    #[serde(default)]
    pub warnings: Vec<LanguageWarning>,
    /// Whether it is whole.
    pub finish: Finish,
}

/// Whether an answer is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Finish {
    /// It is.
    Complete,
    /// It was broken off at its limit, or because it repeated itself, and a part or facts are missing now.
    Length,
}

/// A fact and the sentences that it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyFact {
    /// The fact.
    pub text: String,
    /// The sentences.
    pub evidence: Vec<Evidence>,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

impl Summary {
    /// How many claims there are: headline, summary and facts, without what is only quoted.
    pub fn claims(&self) -> usize {
        let heading = [(Place::Headline, &self.headline), (Place::Summary, &self.summary)];
        let written = heading.iter().filter(|(place, text)| !text.is_empty() && !self.quoted.contains(place));
        written.count() + self.key_facts.len()
    }
}

impl KeyFact {
    /// The numbers of the sentences that it rests on.
    #[must_use]
    pub fn cited(&self) -> Vec<u32> {
        self.evidence.iter().map(|evidence| evidence.sentence.get()).collect()
    }
}

/// A sentence of the article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Its number.
    #[schema(value_type = u32, minimum = 1)]
    pub sentence: SentenceId,
    /// Its first byte in the cleaned text.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The sentence itself.
    pub text: String,
}
