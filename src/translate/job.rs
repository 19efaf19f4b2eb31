//! What the desk is asked, and what it answers.

use std::ops::Range;
use std::str::FromStr;

use serde::Serialize;

use super::{Direction, Fault, Link, Want};
use crate::intake::Language;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = TextFormat)]
pub enum Format {
    /// Plain text; lines and paragraphs stay.
    #[default]
    Text,
    /// HTML, whole pages or parts of one.
    Html,
    /// Subtitles in the SubRip format.
    Srt,
}

impl FromStr for Format {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "text" | "txt" => Ok(Self::Text),
            "html" | "htm" => Ok(Self::Html),
            "srt" => Ok(Self::Srt),
            _ => Err(()),
        }
    }
}

/// A text to translate.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text.
    pub text: String,
    /// Its language; detected when not given, sentence by sentence.
    pub from: Option<Language>,
    /// The language wanted.
    pub to: Language,
    /// How it is written.
    pub format: Format,
}

/// A translated text.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Translation {
    /// The text.
    pub text: String,
    /// The language that it was taken for, or that was given.
    pub from: Language,
    /// How sure that is, from 0 to 1.
    pub confidence: f32,
    /// The language wanted.
    pub to: Language,
    /// What translated most of it; `none` when everything stayed.
    pub engine: String,
    /// Its sentences in order.
    pub sentences: Vec<Sentence>,
}

/// One sentence of a translated text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = TranslatedSentence)]
pub struct Sentence {
    /// As it was.
    pub source: String,
    /// As it is now.
    pub text: String,
    /// What translated it; absent when it stayed.
    pub engine: Option<String>,
    /// What does not hold.
    pub faults: Vec<Fault>,
}

/// One sentence to render.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) text: String,
    /// `None` when it stays.
    pub(super) direction: Option<Direction>,
    /// Parts that stay, in order.
    pub(super) fixed: Vec<Range<usize>>,
    pub(super) want: Want,
}

/// One rendered sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// What translated it; `None` when it stayed.
    pub engine: Option<String>,
    /// What does not hold.
    pub faults: Vec<Fault>,
    /// Where its words come from, where that is known and was wanted.
    pub links: Vec<Link>,
}

impl Rendered {
    pub(super) fn kept(text: &str) -> Self {
        Self { text: text.to_owned(), engine: None, faults: Vec::new(), links: Vec::new() }
    }
}
