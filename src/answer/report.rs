//! What a check of a text says, in the one form that the command line and the gateway give.
//!
//! Not here: the check itself.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Checked, Held};
use crate::intake::Article;
use crate::language::Language;

/// A text that was held against an article, sentence by sentence.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CheckReport {
    /// What it was held against.
    pub source: CheckedSource,
    /// The language of the text.
    pub language: Language,
    /// The sentences of the text, in order.
    pub sentences: Vec<Held>,
    /// All findings together.
    pub findings: usize,
}

/// The article that a text was held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckedSource {
    /// Its title, if it has one.
    pub title: Option<String>,
    /// Its language.
    pub language: Language,
    /// Its sentences.
    pub sentences: usize,
    /// SHA-256 of the cleaned text.
    pub sha256: String,
}

impl CheckReport {
    /// The report of a check against an article.
    pub fn new(checked: Checked, article: &Article) -> Self {
        let source = CheckedSource {
            title: article.title().map(str::to_owned),
            language: article.language(),
            sentences: article.sentences().len(),
            sha256: article.sha256().to_owned(),
        };
        let findings = checked.findings();
        let Checked { language, sentences } = checked;
        Self { source, language, sentences, findings }
    }
}
