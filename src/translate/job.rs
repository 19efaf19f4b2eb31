//! What translators are asked, and what comes of it.

use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;

use super::inline::{Block, MarkKind};
use super::polish::{self, Bare};
use super::{Direction, Fault, Link, Want, check};
use crate::language::Language;

/// How a text is written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, serde::Deserialize, utoipa::ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
#[schema(as = TextFormat)]
pub enum Format {
    /// Plain text; lines and paragraphs stay.
    #[default]
    #[value(help = None::<&'static str>)]
    Text,
    /// HTML, whole pages or parts of one.
    #[value(help = None::<&'static str>)]
    Html,
    /// Subtitles in the SubRip format.
    #[value(help = None::<&'static str>)]
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

/// One sentence to render. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Its text, with its tags beside it.
    pub(super) phrase: Arc<Block>,
    /// `None` when it stays.
    pub(super) direction: Option<Direction>,
    /// Parts that stay, in order.
    pub(super) fixed: Arc<[Range<usize>]>,
    /// What is translated of it; `None` when that is nothing.
    pub(super) bare: Option<Bare>,
}

/// What two sentences have in common whose rendering is the same.
pub(super) type Likeness<'u> = (&'u str, Option<Direction>, &'u [Range<usize>], Vec<(usize, MarkKind)>);

impl Unit {
    pub(super) fn new(phrase: Block, direction: Option<Direction>) -> Self {
        let fixed = phrase.kept();
        let bare = direction.and_then(|_| polish::strip(&phrase.text, &fixed));
        Self { phrase: Arc::new(phrase), direction, fixed: fixed.into(), bare }
    }

    pub(super) fn text(&self) -> &str {
        &self.phrase.text
    }

    /// What is wanted of a translator besides the text.
    pub(super) fn want(&self) -> Want {
        if self.phrase.marks.is_empty() { Want::Text } else { Want::Links }
    }

    pub(super) fn likeness(&self) -> Likeness<'_> {
        let marks = self.phrase.marks.iter().map(|mark| (mark.at, mark.kind));
        (self.text(), self.direction, &self.fixed, marks.collect())
    }
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

    /// How bad it is as a rendering of `source`; less is better. What breaks a program or is made up comes first.
    pub(super) fn badness(&self, source: &str) -> (usize, usize) {
        let grave = |fault: &&Fault| fault.kind.breaks_what_stays() || check::is_made_up(fault, source, &self.text);
        (self.faults.iter().filter(grave).count(), self.faults.len())
    }
}
