//! Claims whose truth is known: what a line of a dataset says of them.
//!
//! A line has one claim with its labels (`claim`, `truth`, `language`), or a pair of a true and a false one (`true_claim`,
//! `false_claim`). `article` is the id of an article that was given beside the dataset, and without any the text itself. What
//! the labels mean is told in `tests/corpus/README.md`. Not here: whether the verdict agrees with them (`verdict`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::articles::Articles;
use crate::answer::Author;
use crate::intake::Source;
use crate::language::Language;

/// How true a claim is, by its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Truth {
    /// The article says all of it.
    True,
    /// Its core is right, and something beside it is not.
    Half,
    /// The article says otherwise, or nothing of the kind.
    False,
    /// Nothing is claimed.
    None,
}

impl Truth {
    /// Its name in a dataset.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::Half => "half",
            Self::False => "false",
            Self::None => "none",
        }
    }
}

/// How well a claim is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fluency {
    /// A newspaper would print it.
    Good,
    /// A reader notices that something is off.
    Rough,
    /// A reader has to guess, or it is another language.
    Broken,
}

/// A claim and its labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledClaim {
    /// As it is shown.
    pub text: String,
    /// Whether the article says it.
    pub truth: Truth,
    /// How it is written.
    pub fluency: Fluency,
}

/// The claims of one line.
#[derive(Debug, Clone)]
pub struct ClaimsRow {
    /// The article.
    pub article: Arc<Source>,
    /// The language of the claims; told by their letters when not given.
    pub language: Option<Language>,
    /// What is wrong with the false one of a pair, or where the claim stood.
    pub kind: Option<String>,
    /// Who wrote them: what stood at a place of an answer is a model's.
    pub author: Author,
    /// One, or the two of a pair with the true one first.
    pub claims: Vec<LabelledClaim>,
}

/// A claim as it is written.
#[derive(Debug, Deserialize)]
struct ClaimLine {
    article: String,
    claim: String,
    lang: Option<Language>,
    article_lang: Option<Language>,
    kind: Option<String>,
    place: Option<String>,
    truth: Truth,
    language: Fluency,
}

/// A pair as it is written.
#[derive(Debug, Deserialize)]
struct PairLine {
    article: String,
    true_claim: String,
    false_claim: String,
    claim_lang: Option<Language>,
    article_lang: Option<Language>,
    kind: Option<String>,
}

/// Reads a line with one claim.
pub(super) fn claim(line: &str, articles: Option<&Articles>) -> Result<ClaimsRow, String> {
    let line: ClaimLine = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let claim = LabelledClaim { text: line.claim, truth: line.truth, fluency: line.language };
    Ok(ClaimsRow {
        article: article((line.article, line.article_lang), articles)?,
        language: line.lang,
        author: if line.place.is_some() { Author::Model } else { Author::Person },
        kind: line.kind.or(line.place),
        claims: vec![claim],
    })
}

/// Reads a line with a pair.
pub(super) fn pair(line: &str, articles: Option<&Articles>) -> Result<ClaimsRow, String> {
    let line: PairLine = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let claim = |text, truth| LabelledClaim { text, truth, fluency: Fluency::Good };
    Ok(ClaimsRow {
        article: article((line.article, line.article_lang), articles)?,
        language: line.claim_lang,
        kind: line.kind,
        author: Author::Person,
        claims: vec![claim(line.true_claim, Truth::True), claim(line.false_claim, Truth::False)],
    })
}

/// The article that a line names, or that stands in it.
fn article((named, language): (String, Option<Language>), articles: Option<&Articles>) -> Result<Arc<Source>, String> {
    let Some(articles) = articles else {
        // Held against an id, every claim would be false.
        if !named.trim().contains(char::is_whitespace) {
            return Err(format!(
                "`{named}` is no text of an article; if it is an id, give the articles with --articles"
            ));
        }
        return Ok(Arc::new(Source { bytes: named.into_bytes(), name: "article".to_owned(), title: None, language }));
    };
    let found = articles.get(&named).ok_or_else(|| format!("{} has no article `{named}`", articles.path.display()))?;
    Ok(match language {
        Some(_) if language != found.language => Arc::new(Source { language, ..Source::clone(found) }),
        _ => found.clone(),
    })
}
