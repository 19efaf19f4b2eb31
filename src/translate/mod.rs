//! Translation: sentences in, sentences out, and the care that makes a text of them again.
//!
//! A [`Translator`] renders plain sentences in one direction or more. [`open`] reads a text once, and [`Translators`] picks
//! routes by stated quality, translates each sentence once, checks it, and has the next translator try what fails. The
//! documents around the sentences are `text`, `html` (with `shown`, `raised` and `tag_language`) and `subtitle`, and
//! `message` where a program's message has branches; what a sentence has besides words is `protect`, `kept`, `number`,
//! `separators` and `polish`; `check` judges, `glossary` fixes names. Translators: `student` (small networks) and `marian`
//! (larger ones), each on a thread of its own (`network`), and `writer` (the engine), with `talk` and `task_words`, which a
//! weak model gives back instead. Not here: downloads, HTTP, the command line.

mod check;
mod error;
mod glossary;
mod html;
mod inline;
mod job;
mod kept;
mod layout;
#[cfg(test)]
mod linear_cases;
mod marian;
mod message;
mod name;
mod network;
mod number;
mod place;
mod polish;
mod protect;
mod raised;
mod replace;
mod route;
mod separators;
mod shown;
mod split;
mod student;
mod subtitle;
mod tag_language;
mod talk;
mod task_words;
mod text;
mod translators;
mod writer;

use std::future::Future;
use std::ops::Range;
use std::pin::Pin;

use serde::Serialize;

pub use self::check::{Fault, FaultKind};
pub use self::error::TranslateError;
pub use self::glossary::{Glossary, Term};
pub use self::job::{Document, Format, Rendered, Sentence, Translation};
pub use self::layout::{OpenOptions, Opened, open};
pub use self::network::NetworkTranslator;
pub use self::translators::{Step, Translators, opened};
pub use self::writer::{ENGINE, Preamble, Writer, agreement};

use crate::language::Language;

/// From one language into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Direction {
    /// What is read.
    pub from: Language,
    /// What is written.
    pub to: Language,
}

impl std::fmt::Display for Direction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.from.english_name(), self.to.english_name())
    }
}

/// Sentences that are translated together.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The direction of all of them.
    pub direction: Direction,
    /// The sentences, without marks or blanks around them. Each has a letter.
    pub sentences: Vec<String>,
    /// What is wanted besides the text.
    pub want: Want,
}

/// What is wanted of a translator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Want {
    /// The text alone.
    Text,
    /// Where its words come from too, as far as the translator knows.
    Links,
}

/// One translated sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The text.
    pub text: String,
    /// Which words belong together; empty where the translator does not know.
    pub links: Vec<Link>,
}

impl From<String> for Output {
    fn from(text: String) -> Self {
        Self { text, links: Vec::new() }
    }
}

/// A part of the translation and the place that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Byte of the source sentence.
    pub source: usize,
    /// Bytes of the translation.
    pub target: Range<usize>,
}

/// A batch under way. Dropping it cancels the work.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Vec<Output>, TranslateError>> + Send + 'a>>;

/// Something that translates sentences.
pub trait Translator: Send + Sync {
    /// What answers call it.
    fn name(&self) -> &str;

    /// How well it translates in this direction, as chrF on FLORES-200 from 0 to 100; `None` when it does not.
    fn quality(&self, direction: Direction) -> Option<f32>;

    /// True when a user who types this means this translator.
    fn answers_to(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// True for a model that is told its task, so that it may speak of it, or give back what it was told.
    fn has_prompt(&self) -> bool {
        false
    }

    /// Translates a short batch; the answer has one output a sentence, in order.
    fn translate(&self, batch: Batch) -> Pending<'_>;
}
