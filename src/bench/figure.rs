//! A figure: its name, its unit, every run of it, and their median.
//!
//! The median, because one run in which the machine was busy with something else should not move what is reported.

use serde::Serialize;

use super::workload::SEQUENCES;
use crate::chart::each_once;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// From the file to a model that can be asked, in seconds; the file is in the system's cache from the second run on.
    Load,
    /// From the words of a one-line prompt to the first token of the answer, in seconds.
    FirstTokenShort,
    /// The same for the article's prompt, in English.
    FirstTokenArticle,
    /// The same prompt without finding its tokens, as tokens read in a second.
    Prefill,
    /// Tokens written in a second by so many sequences together, each behind the article's prompt.
    Decode(usize),
    /// One reading of the article and three answers of a fixed length, in seconds.
    ThreeLanguages,
    /// The article to three checked summaries, the way that `summarize --strategy direct` goes, in seconds.
    Summaries,
    /// What of the writing of these went into choosing tokens by the rules of an answer, in percent.
    Rules,
}

/// All of them, as they are spelled in JSON and in a table; the same in every version.
const NAMES: [(Name, &str, &str); 7 + SEQUENCES] = [
    (Name::Load, "load", "load the model"),
    (Name::FirstTokenShort, "first_token_short", "first token, short prompt"),
    (Name::FirstTokenArticle, "first_token_article", "first token, article"),
    (Name::Prefill, "prefill", "read the article"),
    (Name::Decode(1), "decode_1", "write 1 sequence"),
    (Name::Decode(2), "decode_2", "write 2 together"),
    (Name::Decode(3), "decode_3", "write 3 together"),
    (Name::Decode(4), "decode_4", "write 4 together"),
    (Name::ThreeLanguages, "three_languages", "three languages"),
    (Name::Summaries, "summaries", "three real summaries"),
    (Name::Rules, "rules", "rules, part of writing"),
];

impl Name {
    fn spelled(self) -> (&'static str, &'static str) {
        let found = NAMES.iter().find(|(name, ..)| *name == self);
        found.map(|&(_, code, words)| (code, words)).expect("at most SEQUENCES are written together")
    }

    /// The name in JSON.
    pub fn code(self) -> &'static str {
        self.spelled().0
    }

    /// The name in a table.
    pub fn words(self) -> &'static str {
        self.spelled().1
    }

    /// The words for a code, or the code itself where another version wrote it.
    pub(super) fn words_of(code: &str) -> &str {
        NAMES.iter().find(|(_, known, _)| *known == code).map_or(code, |(_, _, words)| words)
    }

    /// What the numbers count.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Prefill | Self::Decode(_) => "tokens/s",
            Self::Rules => "%",
            _ => "s",
        }
    }
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Its [`Name::code`].
    pub name: String,
    /// Its [`Name::words`]; for people, so not in the JSON.
    #[serde(skip)]
    pub words: &'static str,
    /// What the numbers count.
    pub unit: &'static str,
    /// The middle of the runs; the mean of the two in the middle where their number is even.
    pub median: f64,
    /// Each run, in the order in which they were made.
    pub runs: Vec<f64>,
}

/// Brings samples, run after run, together into figures, in the order in which their names came first.
pub fn gather(samples: &[(Name, f64)]) -> Vec<Figure> {
    let figure = |name: Name| {
        let runs: Vec<f64> = samples.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value).collect();
        Figure { name: name.code().to_owned(), words: name.words(), unit: name.unit(), median: median(&runs), runs }
    };
    each_once(samples.iter().map(|(name, _)| *name), |name| name).into_iter().map(figure).collect()
}

/// The median of at least one number.
fn median(runs: &[f64]) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_the_middle() {
        assert_eq!(median(&[3.0]), 3.0);
        assert_eq!(median(&[9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 100.0]), 3.0);
    }

    #[test]
    fn samples_are_brought_together_by_name() {
        let samples = [(Name::Load, 1.0), (Name::Decode(2), 9.0), (Name::Load, 3.0), (Name::Decode(2), 7.0)];
        let figures = gather(&samples);
        assert_eq!(figures.len(), 2);
        assert_eq!((figures[0].name.as_str(), figures[0].unit, figures[0].median), ("load", "s", 2.0));
        assert_eq!((figures[1].name.as_str(), figures[1].unit), ("decode_2", "tokens/s"));
        assert_eq!(figures[1].runs, [9.0, 7.0], "in the order of the runs");
    }
}
