//! What is evaluated: one JSON object a line, an article, a translation, or claims whose truth is known.
//!
//! An article has `text`, and if it likes `id`, `lang`, `title`, and references: `summary` in its own language, or
//! `summary_en`, `summary_uk`, `summary_ru`. A translation has `source`, `reference` and the `translation` that is to be
//! scored, with `from` and `to`. Claims are read in `labelled`. Other fields are passed over, so that a file may carry its
//! licences and notes. A line that is none of these is an error with its number, and so is an id that comes twice: results are
//! kept by id.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use super::articles::{self, Articles};
use super::labelled::{self, ClaimsRow};
use crate::error::Error;
use crate::intake::Source;
use crate::language::Language;

/// What is said of a line that is none of the four.
const NO_ROW: &str = "a row needs `text` (an article), `reference` and `translation` (a translation), `claim` and `truth` (a \
    claim that is labelled), or `true_claim` and `false_claim` (a pair of them)";

/// The rows of a file.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of its bytes: what its results belong to.
    pub sha256: String,
    /// SHA-256 of the articles that its claims name, where they were given beside it.
    pub articles: Option<String>,
    /// In order.
    pub rows: Vec<Row>,
}

/// One line.
#[derive(Debug, Clone)]
pub struct Row {
    /// As given; `line-N` when not given.
    pub id: String,
    /// What is on it.
    pub what: What,
}

/// What a line holds.
#[derive(Debug, Clone)]
pub enum What {
    /// To be summarised.
    Article(ArticleRow),
    /// To be scored.
    Translation(TranslationRow),
    /// To be checked.
    Claims(ClaimsRow),
}

/// An article.
#[derive(Debug, Clone)]
pub struct ArticleRow {
    /// The text, as it is handed to `summarize`.
    pub source: Source,
    /// Summaries by others.
    pub references: BTreeMap<Language, String>,
}

/// A translation, and what it should have been.
#[derive(Debug, Clone)]
pub struct TranslationRow {
    /// From this language.
    pub from: Language,
    /// Into this one.
    pub to: Language,
    /// What a person wrote.
    pub reference: String,
    /// What is scored.
    pub translation: String,
}

/// What tells the kinds of lines apart.
#[derive(Debug, Deserialize)]
struct Shape {
    id: Option<serde_json::Value>,
    text: Option<IgnoredAny>,
    reference: Option<IgnoredAny>,
    claim: Option<IgnoredAny>,
    true_claim: Option<IgnoredAny>,
}

/// A line of an article or a translation as it is written.
#[derive(Debug, Deserialize)]
struct Line {
    lang: Option<Language>,
    title: Option<String>,
    text: Option<String>,
    summary: Option<String>,
    summary_en: Option<String>,
    summary_uk: Option<String>,
    summary_ru: Option<String>,
    from: Option<Language>,
    to: Option<Language>,
    reference: Option<String>,
    translation: Option<String>,
}

impl Dataset {
    /// Reads a whole file; its rows stay in memory. `articles` are those that its claims name; without them, claims have the
    /// texts of their articles.
    ///
    /// # Errors
    /// When it cannot be read, and when a line is wrong.
    pub fn read(path: &Path, articles: Option<&Articles>) -> Result<Self, Error> {
        let whole = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        let mut rows = Vec::new();
        let mut ids = HashSet::new();
        for (index, line) in whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |reason| Error::Record { path: path.to_owned(), line: index + 1, reason };
            let row = row((line, index + 1), articles).map_err(wrong)?;
            if !ids.insert(row.id.clone()) {
                return Err(wrong(format!("the id `{}` was there before", row.id)));
            }
            rows.push(row);
        }
        if rows.is_empty() {
            let reason = "there are no rows; give one JSON object a line".to_owned();
            return Err(Error::Record { path: path.to_owned(), line: 1, reason });
        }
        let sha256 = articles::hex(Sha256::new_with_prefix(&whole));
        Ok(Self { path: path.to_owned(), sha256, articles: articles.map(|them| them.sha256.clone()), rows })
    }

    /// True when a checker is needed.
    pub fn has_claims(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.what, What::Claims(_)))
    }

    /// True when a model is needed.
    pub fn has_articles(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.what, What::Article(_)))
    }
}

fn row((line, number): (&str, usize), articles: Option<&Articles>) -> Result<Row, String> {
    let shape: Shape = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let id = match &shape.id {
        Some(serde_json::Value::String(id)) => id.clone(),
        Some(other) => other.to_string(),
        None => format!("line-{number}"),
    };
    let of_claim = |reason| format!("the claim `{id}`: {reason}");
    let other = || serde_json::from_str::<Line>(line).map_err(|error| error.to_string());
    let what = match shape {
        Shape { text: Some(_), .. } => What::Article(other()?.article(&id)?),
        Shape { reference: Some(_), .. } => What::Translation(other()?.translation()?),
        Shape { claim: Some(_), .. } => What::Claims(labelled::claim(line, articles).map_err(of_claim)?),
        Shape { true_claim: Some(_), .. } => What::Claims(labelled::pair(line, articles).map_err(of_claim)?),
        _ => return Err(NO_ROW.to_owned()),
    };
    Ok(Row { id, what })
}

impl Line {
    fn article(self, id: &str) -> Result<ArticleRow, String> {
        let named = [(Language::En, self.summary_en), (Language::Uk, self.summary_uk), (Language::Ru, self.summary_ru)];
        let mut references: BTreeMap<Language, String> =
            named.into_iter().filter_map(|(language, text)| Some((language, text?))).collect();
        match (self.summary, self.lang) {
            (Some(summary), Some(language)) => {
                // A reference in the article's own language may come by either name.
                references.entry(language).or_insert(summary);
            }
            (Some(_), None) => return Err("a row with `summary` needs `lang`".to_owned()),
            (None, _) => {}
        }
        references.retain(|_, text| !text.trim().is_empty());
        let bytes = self.text.unwrap_or_default().into_bytes();
        let source = Source { bytes, name: id.to_owned(), title: self.title, language: self.lang };
        Ok(ArticleRow { source, references })
    }

    fn translation(self) -> Result<TranslationRow, String> {
        let (Some(from), Some(to)) = (self.from, self.to) else {
            return Err("a translation needs `from` and `to`".to_owned());
        };
        let (Some(reference), Some(translation)) = (self.reference, self.translation) else {
            return Err("a translation needs `translation`, the text that is to be scored".to_owned());
        };
        Ok(TranslationRow { from, to, reference, translation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Dataset, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.jsonl");
        std::fs::write(&path, text).unwrap();
        Dataset::read(&path, None)
    }

    #[test]
    fn rows_of_both_kinds_are_read() {
        let dataset = read(concat!(
            "{\"id\": \"a\", \"lang\": \"uk\", \"text\": \"Текст\", \"summary\": \"Стисло\", \"summary_en\": \"In brief\", \"note\": 1}\n\n",
            "{\"id\": 7, \"source\": \"Hi\", \"reference\": \"Привіт\", \"translation\": \"Вітаю\", \"from\": \"en\", \"to\": \"uk\"}\n",
            "{\"text\": \"no more than this\", \"source\": \"a paper\"}",
        ))
        .unwrap();
        let ids: Vec<&str> = dataset.rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!((ids, dataset.sha256.len()), (vec!["a", "7", "line-4"], 64));
        let What::Article(article) = &dataset.rows[0].what else { panic!("{:?}", dataset.rows[0]) };
        assert_eq!(article.references.keys().copied().collect::<Vec<_>>(), [Language::En, Language::Uk]);
        assert_eq!((article.source.language, article.source.name.as_str()), (Some(Language::Uk), "a"));
        assert!(matches!(&dataset.rows[1].what, What::Translation(row) if row.to == Language::Uk));
        assert!(dataset.has_articles());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line, hint) in [
            ("", 1, "no rows"),
            ("{\"text\": \"x\"}\n{", 2, "EOF"),
            ("{\"text\": \"x\", \"lang\": \"de\"}", 1, "de"),
            ("{\"text\": \"x\", \"summary\": \"y\"}", 1, "lang"),
            ("{\"reference\": \"x\", \"translation\": \"y\", \"to\": \"uk\"}", 1, "from"),
            ("{\"reference\": \"x\", \"from\": \"en\", \"to\": \"uk\"}", 1, "translation"),
            ("{\"id\": 1}", 1, "text"),
            ("{\"id\": 1, \"text\": \"x\"}\n{\"id\": \"1\", \"text\": \"y\"}", 2, "before"),
        ] {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains(&format!("line {line}")) && message.contains(hint), "{text}: {message}");
        }
    }
}
