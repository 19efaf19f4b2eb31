//! Bytes of one text become an `Article`: title, language, cleaned text, numbered sentences.
//!
//! This page is the way of one text: `decode` (bytes to tidy text), `plain` (pasted page to title and paragraphs),
//! `language`, `sentence`. Sentences are byte ranges into one immutable string, so that a citation can be checked
//! later by anyone who has the text. Models, prompts and HTML are not known here.

mod abbreviation;
mod block;
mod body;
mod cyrillic;
mod decode;
mod error;
mod furniture;
pub mod language;
mod phrases;
mod plain;
mod sentence;
mod title;

use std::fmt;
use std::fmt::Write as _;
use std::num::NonZeroU32;

use serde::Serialize;
use sha2::{Digest, Sha256};

pub use decode::MAX_BYTES;
pub use error::IntakeError;
pub use language::{Language, UnknownLanguage};

/// The fewest characters that make an article: two short sentences.
pub const MIN_CHARACTERS: usize = 80;

/// A text as it was handed in.
#[derive(Debug, Clone)]
pub struct Source {
    /// The bytes, which should be UTF-8.
    pub bytes: Vec<u8>,
    /// What messages call it: a file name or "standard input".
    pub name: String,
    /// The title, when the user gives it. Otherwise it is looked for.
    pub title: Option<String>,
    /// The language, when the user gives it. Otherwise it is detected.
    pub language: Option<Language>,
}

/// Number of a sentence in its article. The first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct SentenceId(NonZeroU32);

impl SentenceId {
    /// The id with this number, unless it is 0.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number, from 1.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for SentenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One sentence: a range of bytes in `Article::text`, without blanks at either end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// Its number.
    pub id: SentenceId,
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// Number of its paragraph, from 0.
    pub paragraph: usize,
}

/// A piece of the input that is not part of the article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// The piece, tidied.
    pub text: String,
    /// Why it was removed.
    pub reason: Reason,
}

/// Why a piece was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// A menu, a list of sections, buttons.
    Menu,
    /// A notice about cookies or privacy.
    Cookies,
    /// A plea to subscribe or to log in.
    Subscription,
    /// A plea for money.
    Donation,
    /// Buttons to share the article.
    Share,
    /// Links to other articles.
    Related,
    /// An advertisement or its label.
    Advertisement,
    /// A plea to switch off an ad blocker.
    AdBlocker,
    /// Comments of readers.
    Comments,
    /// A copyright line or rules for reprinting.
    Copyright,
    /// A plea to report mistakes.
    Correction,
    /// The caption of a picture, or its credit.
    Caption,
    /// The text that stands for a picture.
    AlternativeText,
    /// Author and date.
    Byline,
    /// Who else worked on the article, where it was first published.
    Credits,
    /// The title once more.
    RepeatedTitle,
    /// A paragraph that stood before already.
    Repeated,
    /// Before the article begins or after it ends.
    OutsideArticle,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Menu => "menu",
            Self::Cookies => "cookie or privacy notice",
            Self::Subscription => "subscription or login",
            Self::Donation => "donation appeal",
            Self::Share => "share buttons",
            Self::Related => "related articles",
            Self::Advertisement => "advertisement",
            Self::AdBlocker => "ad blocker notice",
            Self::Comments => "comments",
            Self::Copyright => "copyright or reprint rules",
            Self::Correction => "correction notice",
            Self::Caption => "caption",
            Self::AlternativeText => "picture description",
            Self::Byline => "author or date",
            Self::Credits => "credits",
            Self::RepeatedTitle => "repeated title",
            Self::Repeated => "repeated paragraph",
            Self::OutsideArticle => "outside the article",
        })
    }
}

/// An article, cleaned and cut into sentences. Paragraphs of its text are separated by an empty line.
#[derive(Debug, Clone)]
pub struct Article {
    title: Option<String>,
    language: Language,
    confidence: f32,
    text: String,
    sentences: Vec<Sentence>,
    removed: Vec<Removed>,
    sha256: String,
}

impl Article {
    /// The title: as given, or as found above the text.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The language of the text.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// How sure the language is, from 0 to 1; 1 when the user gave it.
    #[must_use]
    pub const fn confidence(&self) -> f32 {
        self.confidence
    }

    /// The cleaned text, without the title. Offsets of sentences refer to it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The sentences in order. Together they cover every letter of the text.
    #[must_use]
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// The text of one sentence, unless there is no such sentence.
    #[must_use]
    pub fn sentence_text(&self, id: SentenceId) -> Option<&str> {
        let index = usize::try_from(id.get()).ok()?.checked_sub(1)?;
        let sentence = self.sentences.get(index)?;
        self.text.get(sentence.start..sentence.end)
    }

    /// What was taken away, in the order of the input.
    #[must_use]
    pub fn removed(&self) -> &[Removed] {
        &self.removed
    }

    /// How many characters were taken away.
    #[must_use]
    pub fn removed_characters(&self) -> usize {
        self.removed.iter().map(|piece| piece.text.chars().count()).sum()
    }

    /// SHA-256 of the cleaned text, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// Reads one text.
///
/// # Errors
/// When the bytes are no text, when nothing but furniture is left, or when the language is not one of ours.
pub fn read(source: Source) -> Result<Article, IntakeError> {
    let Source { bytes, name, title, language } = source;
    let decoded = decode::decode(&bytes, &name)?;
    let plain::Cleaned { title, paragraphs, removed } = plain::clean(&decoded, title);
    let text = paragraphs.join("\n\n");
    let (language, confidence) = match language {
        Some(given) => (given, 1.0),
        None => detect(if text.is_empty() { &decoded } else { &text }, &name)?,
    };
    let characters = text.chars().count();
    if characters < MIN_CHARACTERS {
        return Err(IntakeError::TooShort { name, characters, limit: MIN_CHARACTERS });
    }
    let sentences = sentence::split(&text, language);
    Ok(Article { title, language, confidence, sentences, removed, sha256: hex_sha256(&text), text })
}

fn detect(text: &str, name: &str) -> Result<(Language, f32), IntakeError> {
    let Some(guess) = language::language_of(text) else {
        return Err(IntakeError::TooShort { name: name.to_owned(), characters: 0, limit: MIN_CHARACTERS });
    };
    match guess.language {
        Some(language) => Ok((language, guess.confidence)),
        None => Err(IntakeError::UnsupportedLanguage {
            name: name.to_owned(),
            detected: guess.name.to_owned(),
        }),
    }
}

fn hex_sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
