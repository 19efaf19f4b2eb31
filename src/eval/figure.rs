//! A figure: a name, a value, and what it is of. One flat kind, so that table, JSON and charts need not know them all.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Its name; the same in every version. See [`words`].
    pub name: String,
    /// What the value counts.
    pub unit: Unit,
    /// The value: a share from 0 to 1, a score from 0 to 100, or a mean.
    pub value: f64,
    /// What a share counts.
    pub count: Option<u64>,
    /// Of how many: parts, numbers, facts, claims, articles.
    pub of: u64,
}

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share, from 0 to 1.
    Share,
    /// A score, from 0 to 100.
    Score,
    /// Seconds.
    Seconds,
    /// Tokens.
    Tokens,
    /// Characters.
    Characters,
    /// Facts.
    Facts,
    /// Claims: headlines, summaries and facts.
    Claims,
}

/// Figures in words.
const WORDS: [(&str, &str); 30] = [
    ("valid", "valid answers"),
    ("in_language", "parts in the language"),
    ("foreign_letters", "letters of no such alphabet"),
    ("numbers_grounded", "numbers of the article"),
    ("citations_held", "citations that hold"),
    ("clean_facts", "facts without a finding but a corrected citation"),
    ("dropped_facts", "facts left out"),
    ("facts", "facts an answer"),
    ("characters", "characters an answer"),
    ("words_known", "words that are words"),
    ("claims", "claims an answer"),
    ("claims_held", "claims with nothing against them"),
    ("claims_left_out", "claims left out"),
    ("claims_quoted", "shown, but only quoted"),
    ("language_not_written", "answers: language not written"),
    ("rouge_l", "ROUGE-L of the summary"),
    ("chrf", "chrF of the summary"),
    ("chrf2", "chrF2"),
    ("bleu", "BLEU"),
    ("answered", "articles answered"),
    ("seconds", "seconds an article, mean"),
    ("seconds_median", "seconds an article, median"),
    ("seconds_longest", "seconds an article, longest"),
    ("prompt_tokens", "tokens read an article"),
    ("completion_tokens", "tokens written an article"),
    ("found", "found"),
    ("found_fluent", "found, broken aside"),
    ("false_alarms", "false alarms"),
    ("told_apart", "pairs told apart"),
    ("found_fitting", "by a fitting finding"),
];

/// A figure's name for people.
pub fn words(name: &str) -> String {
    let spaced = || name.replace('_', " ");
    if let Some(kind) = name.strip_prefix("finding_") {
        return format!("parts with {}", kind.replace('_', " "));
    }
    let known = WORDS.iter().find(|(known, _)| *known == name);
    known.map_or_else(spaced, |(_, words)| (*words).to_owned())
}

impl fmt::Display for Figure {
    /// `97.5% (39/40)`, `45.2 (22)`, `12.3 s`: the value, and what it is of where it is not of every article.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, of) = (self.value, self.of);
        match (self.unit, self.count) {
            (Unit::Share, Some(count)) if of > 0 => write!(f, "{:.1}% ({count}/{of})", value * 100.0),
            (Unit::Share, _) => f.write_str("none"),
            (Unit::Score, _) => write!(f, "{value:.2} ({of})"),
            (Unit::Seconds, _) => write!(f, "{value:.1} s"),
            (Unit::Tokens | Unit::Characters, _) => write!(f, "{value:.0}"),
            (Unit::Facts | Unit::Claims, _) => write!(f, "{value:.1}"),
        }
    }
}

impl Figure {
    pub(super) fn share(name: &str, count: u64, of: u64) -> Self {
        let value = if of == 0 { 0.0 } else { count as f64 / of as f64 };
        Self { name: name.to_owned(), unit: Unit::Share, value, count: Some(count), of }
    }

    pub(super) fn mean(name: &str, unit: Unit, sum: f64, of: u64) -> Self {
        let value = if of == 0 { 0.0 } else { sum / of as f64 };
        Self { name: name.to_owned(), unit, value, count: None, of }
    }

    pub(super) fn score(name: &str, value: f64, of: u64) -> Self {
        Self { name: name.to_owned(), unit: Unit::Score, value, count: None, of }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_words() {
        assert_eq!(Figure::share("x", 39, 40).to_string(), "97.5% (39/40)");
        assert_eq!(Figure::share("x", 0, 0).to_string(), "none");
        assert_eq!(Figure::score("x", 45.214, 22).to_string(), "45.21 (22)");
        assert_eq!(words("finding_wrong_language"), "parts with wrong language");
        assert_eq!(words("found_by_name_changed"), "found by name changed");
        assert_eq!((words("valid"), words("something_new")), ("valid answers".into(), "something new".into()));
    }
}
