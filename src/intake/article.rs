//! The article: one immutable text, and sentences as numbered byte ranges into it.
//!
//! Its fields are private, so that nobody else can make ranges that do not fit the text. Only `read` makes articles.

use sha2::{Digest, Sha256};

use super::Removed;
use super::mixture::Mixture;
use crate::language::{Language, Sentence, SentenceId, sentences};

/// An article, cleaned and cut into sentences. Paragraphs of its text are separated by an empty line.
#[derive(Debug, Clone)]
pub struct Article {
    pub(super) title: Option<String>,
    pub(super) byline: Option<String>,
    pub(super) published: Option<String>,
    pub(super) site: Option<String>,
    pub(super) mixture: Mixture,
    pub(super) language: Language,
    pub(super) confidence: f32,
    pub(super) text: String,
    pub(super) sentences: Vec<Sentence>,
    pub(super) removed: Vec<Removed>,
    pub(super) notes: Vec<String>,
    pub(super) sha256: String,
}

impl Article {
    /// A cleaned text in a known language, cut into sentences. Nothing else is known about it yet.
    pub(super) fn of(text: String, language: Language, confidence: f32) -> Self {
        let sentences = sentences(&text, language);
        Self {
            title: None,
            byline: None,
            published: None,
            site: None,
            mixture: Mixture::of(&text, &sentences, language),
            language,
            confidence,
            sha256: Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect(),
            text,
            sentences,
            removed: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The title: as given, or as found above the text.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Who wrote it, where a web page says so.
    pub fn byline(&self) -> Option<&str> {
        self.byline.as_deref()
    }

    /// When it was published, as a web page spells it.
    pub fn published(&self) -> Option<&str> {
        self.published.as_deref()
    }

    /// The name of the site, where a web page says so.
    pub fn site(&self) -> Option<&str> {
        self.site.as_deref()
    }

    /// The language of the text; of a mixed text, that of most of it.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// How sure the language is, from 0 to 1; 1 when the user gave it.
    pub const fn confidence(&self) -> f32 {
        self.confidence
    }

    /// The languages of the sentences, one by one and together.
    pub const fn mixture(&self) -> &Mixture {
        &self.mixture
    }

    /// The cleaned text, without the title. Offsets of sentences refer to it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The sentences in order. Together they cover every letter of the text.
    pub fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// The text of one sentence, unless there is no such sentence.
    pub fn sentence_text(&self, id: SentenceId) -> Option<&str> {
        let sentence = self.sentences.iter().find(|sentence| sentence.id == id)?;
        Some(&self.text[sentence.range()])
    }

    /// What was taken away, in the order of the input; last what no reader of the page sees of it.
    pub fn removed(&self) -> &[Removed] {
        &self.removed
    }

    /// What a reader should know of the bytes: parts that are in another charset, in English.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many characters were taken away.
    pub fn removed_characters(&self) -> usize {
        self.removed.iter().map(|piece| piece.text.chars().count()).sum()
    }

    /// SHA-256 of the cleaned text, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}
