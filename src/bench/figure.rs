//! A figure: its name, its unit, every run of it, and their median.
//!
//! The median, because one run in which the machine was busy with something else should not move what is reported.

use serde::Serialize;

use super::workload::SEQUENCES;

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

impl Name {
    /// The name in JSON; the same in every version.
    pub fn code(self) -> String {
        match self {
            Self::Load => "load".to_owned(),
            Self::FirstTokenShort => "first_token_short".to_owned(),
            Self::FirstTokenArticle => "first_token_article".to_owned(),
            Self::Prefill => "prefill".to_owned(),
            Self::Decode(sequences) => format!("decode_{sequences}"),
            Self::ThreeLanguages => "three_languages".to_owned(),
            Self::Summaries => "summaries".to_owned(),
            Self::Rules => "rules".to_owned(),
        }
    }

    /// The name in a table.
    pub fn words(self) -> String {
        match self {
            Self::Load => "load the model".to_owned(),
            Self::FirstTokenShort => "first token, short prompt".to_owned(),
            Self::FirstTokenArticle => "first token, article".to_owned(),
            Self::Prefill => "read the article".to_owned(),
            Self::Decode(1) => "write 1 sequence".to_owned(),
            Self::Decode(sequences) => format!("write {sequences} together"),
            Self::ThreeLanguages => "three languages".to_owned(),
            Self::Summaries => "three real summaries".to_owned(),
            Self::Rules => "rules, part of writing".to_owned(),
        }
    }

    /// The words for a code, or the code itself where another version wrote it.
    pub(super) fn words_of(code: &str) -> String {
        let decode = (1..=SEQUENCES).map(Self::Decode);
        let known = [
            Self::Load,
            Self::FirstTokenShort,
            Self::FirstTokenArticle,
            Self::Prefill,
            Self::ThreeLanguages,
            Self::Summaries,
            Self::Rules,
        ];
        let found = known.into_iter().chain(decode).find(|name| name.code() == code);
        found.map_or_else(|| code.to_owned(), Self::words)
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
    pub words: String,
    /// What the numbers count.
    pub unit: &'static str,
    /// The middle of the runs; the mean of the two in the middle where their number is even.
    pub median: f64,
    /// Each run, in the order in which they were made.
    pub runs: Vec<f64>,
}

/// Brings samples, run after run, together into figures, in the order in which their names came first.
pub fn gather(samples: &[(Name, f64)]) -> Vec<Figure> {
    let mut names: Vec<Name> = Vec::new();
    for (name, _) in samples {
        if !names.contains(name) {
            names.push(*name);
        }
    }
    let figure = |name: Name| {
        let runs: Vec<f64> = samples.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value).collect();
        Figure { name: name.code(), words: name.words(), unit: name.unit(), median: median(&runs), runs }
    };
    names.into_iter().map(figure).collect()
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
