//! What is measured on: named articles, and the prompts that they become for one model.
//!
//! An article is part of what a figure means, so a published one never changes: another text gets another name. They were
//! written for this project. Not here: how long anything takes.

use std::sync::Arc;

use serde::Serialize;

use crate::engine::Card;
use crate::error::Error;
use crate::intake::{self, AnnotatedArticle, Source};
use crate::plan::{self, NumberedLines, SummaryOptions};

/// The article when none is named.
pub const ARTICLE: &str = "harbour-bridge-en";
/// Tokens of each of the three answers of the job that is compared with other engines.
pub const ANSWER_TOKENS: usize = 150;
/// Most sequences that are written together.
pub const SEQUENCES: usize = 4;

const ARTICLES: [(&str, &str); 3] = [
    ("harbour-bridge-en", include_str!("../../benches/articles/harbour-bridge-en.txt")),
    ("harbour-bridge-uk", include_str!("../../benches/articles/harbour-bridge-uk.txt")),
    ("harbour-bridge-ru", include_str!("../../benches/articles/harbour-bridge-ru.txt")),
];

const SYSTEM: &str = "You are a careful editor.";
const QUESTION: &str = "Name three rivers of Europe.";

/// The names of the articles.
pub fn articles() -> impl Iterator<Item = &'static str> {
    ARTICLES.iter().map(|(name, _)| *name)
}

/// A named article as a source.
pub(super) fn source(name: &str) -> Option<Source> {
    let (name, text) = ARTICLES.iter().find(|(known, _)| *known == name)?;
    Some(Source { bytes: text.as_bytes().to_vec(), name: (*name).to_owned(), title: None, language: None })
}

/// A prompt in words: what the engine is told, before the model's template and vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    system: String,
    shared: String,
    /// One for each answer.
    tails: Vec<String>,
}

impl Words {
    /// A question of one line.
    pub(super) fn short() -> Self {
        Self { system: SYSTEM.to_owned(), shared: QUESTION.to_owned(), tails: vec![String::new()] }
    }

    /// The article with the instructions for each language, as `summarize` asks for it when nothing else is said.
    pub(super) fn of(article: &AnnotatedArticle) -> Self {
        let plan = plan::unmeasured(&NumberedLines::of(article), &SummaryOptions::default());
        let tails = plan.answers.into_iter().map(|answer| answer.tail).collect();
        Self { system: plan.system, shared: plan.shared, tails }
    }

    /// The tokens that the model is given.
    pub(super) fn tokens(&self, card: &Card) -> Prompt {
        let (chat, tokenizer) = (card.chat, &card.tokenizer);
        Prompt {
            shared: chat.shared(tokenizer, &self.system, &self.shared),
            tails: self.tails.iter().map(|tail| chat.tail(tokenizer, tail)).collect(),
        }
    }
}

/// A prompt in tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prompt {
    /// The part that all answers share.
    pub shared: Vec<u32>,
    /// The rest of the prompt of each answer.
    pub tails: Vec<Vec<u32>>,
}

impl Prompt {
    /// All tokens of the prompt of the first answer.
    pub(super) fn first(&self) -> Vec<u32> {
        let tail = self.tails.first().map_or(&[][..], Vec::as_slice);
        [&self.shared, tail].concat()
    }
}

/// Reads a named article.
pub(super) fn article(name: &str) -> Result<Arc<AnnotatedArticle>, Error> {
    let unknown = || Error::Setting {
        name: "--article",
        reason: format!("`{name}` is not known; take one of {}", articles().collect::<Vec<_>>().join(", ")),
    };
    Ok(AnnotatedArticle::of(intake::read(source(name).ok_or_else(unknown)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_article_is_read() {
        for name in articles() {
            let read = article(name).expect(name);
            assert!(name.ends_with(read.language().code()), "{name}");
            assert_eq!(read.sentences().len(), 26, "{name}");
        }
        assert!(articles().any(|name| name == ARTICLE));
        assert!(article("x").unwrap_err().to_string().contains(ARTICLE));
    }
}
