//! What is read of a text, in the one form that the command line and the gateway give.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Article, Removed, Share};
use crate::language::{Language, Sentence, SentenceId};

/// An article, cleaned and cut into sentences, with what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Extract {
    /// The title: as given, or as found above the text.
    pub title: Option<String>,
    /// The language of the text; of a mixed text, that of most of it.
    pub language: Language,
    /// How sure the language is, from 0 to 1; 1 when it was given.
    pub confidence: f32,
    /// True when a second language has a part that a reader notices.
    pub mixed: bool,
    /// The languages and their parts, the largest first.
    pub languages: Vec<Share>,
    /// Who wrote it, where a web page says so.
    pub byline: Option<String>,
    /// When it was published, as a web page spells it.
    pub published: Option<String>,
    /// The name of the site, where a web page says so.
    pub site: Option<String>,
    /// The cleaned text, without the title; an empty line is between paragraphs.
    pub text: String,
    /// Its sentences, in order.
    pub sentences: Vec<ExtractedSentence>,
    /// What was taken away, in the order of the input; last what no reader of the page sees of it.
    pub removed: Vec<Removed>,
    /// What a reader should know of the bytes: parts that are in another charset, in English.
    pub notes: Vec<String>,
    /// SHA-256 of the cleaned text, in hexadecimal.
    pub sha256: String,
}

/// Where a sentence of an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExtractedSentence {
    /// Its number.
    #[schema(value_type = u32, minimum = 1)]
    pub id: SentenceId,
    /// Its first byte in the text.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// Its language; nothing when it is none of ours.
    pub language: Option<Language>,
}

impl From<Article> for Extract {
    fn from(article: Article) -> Self {
        let language = |id| article.mixture.language(id);
        let sentence =
            |&Sentence { id, start, end, .. }: &Sentence| ExtractedSentence { id, start, end, language: language(id) };
        let sentences = article.sentences.iter().map(sentence).collect();
        Self {
            sentences,
            mixed: article.mixture.is_mixed(),
            languages: article.mixture.shares().to_vec(),
            title: article.title,
            language: article.language,
            confidence: article.confidence,
            byline: article.byline,
            published: article.published,
            site: article.site,
            text: article.text,
            removed: article.removed,
            notes: article.notes,
            sha256: article.sha256,
        }
    }
}
