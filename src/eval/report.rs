//! Results added up: figures with their denominators, for each language and each direction of translation.
//!
//! A share is a sum over a sum, so that an article with many facts counts for more than one with few; ROUGE-L is the mean
//! over articles, as its paper has it; chrF and BLEU are those of the whole corpus, as sacreBLEU has them. Labelled claims are
//! added up in `score`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bleu::Bleu;
use super::chrf::Chrf;
use super::figure::{Figure, Unit};
use super::measure::{Answered, Measures, Outcome, Record};
use super::score::{self, ClaimFigures};
use super::shown::{self, Shown};
use super::verdict::CheckedClaims;
use crate::answer::ModelInfo;
use crate::language::Language;

/// Everything that an evaluation found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// The model that writes or judges; none when there were only translations to score, or claims for rules.
    pub model: Option<ModelInfo>,
    /// Name of the dataset's file.
    pub dataset: String,
    /// SHA-256 of the file.
    pub dataset_sha256: String,
    /// Articles, translations, and claims or pairs of them that results are from.
    pub rows: usize,
    /// Articles that were refused, by the error's code.
    pub refused: BTreeMap<String, usize>,
    /// What an answered article takes.
    pub pace: Vec<Figure>,
    /// The summaries of each language.
    pub languages: BTreeMap<Language, Vec<Figure>>,
    /// The translations of each direction, such as `en-uk`.
    pub translations: BTreeMap<String, Vec<Figure>>,
    /// What labelled claims were held against their articles with.
    #[serde(default)]
    pub checks: Vec<String>,
    /// How right the verdicts on labelled claims are.
    #[serde(default)]
    pub claims: ClaimFigures,
}

/// Adds results up. What they are of is for the caller to say.
pub(super) fn report(records: &[Record]) -> Report {
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut answered: Vec<&Answered> = Vec::new();
    let mut pairs: BTreeMap<String, (Chrf, Bleu, u64)> = BTreeMap::new();
    let mut checked: Vec<&CheckedClaims> = Vec::new();
    for record in records {
        match &record.outcome {
            Outcome::Answered(article) => answered.push(article),
            Outcome::Refused(code) => *refused.entry(code.clone()).or_default() += 1,
            Outcome::Translated(one) => {
                let (chrf, bleu, count) = pairs.entry(format!("{}-{}", one.from, one.to)).or_default();
                chrf.add(&one.chrf);
                bleu.add(&one.bleu);
                *count += 1;
            }
            Outcome::Checked(claims) => checked.push(claims),
        }
    }
    let articles = (answered.len() + refused.values().sum::<usize>()) as u64;
    let languages = Language::ALL.into_iter().filter_map(|language| {
        let measured: Vec<&Measures> = answered.iter().filter_map(|it| it.languages.get(&language)).collect();
        (!measured.is_empty()).then(|| (language, of_language(&measured)))
    });
    let translations = pairs.into_iter().map(|(pair, (chrf, bleu, count))| {
        (pair, vec![Figure::score("chrf2", chrf.score(), count), Figure::score("bleu", bleu.score(), count)])
    });
    Report {
        rows: records.len(),
        refused,
        pace: if articles > 0 { pace(&answered, articles) } else { Vec::new() },
        languages: languages.collect(),
        translations: translations.collect(),
        claims: score::figures(&checked),
        ..Report::default()
    }
}

fn pace(answered: &[&Answered], articles: u64) -> Vec<Figure> {
    let count = answered.len() as u64;
    let mut seconds: Vec<f64> = answered.iter().map(|it| it.seconds).collect();
    seconds.sort_unstable_by(f64::total_cmp);
    let at = |place: usize| seconds.get(place).copied().unwrap_or_default();
    let last = seconds.len().saturating_sub(1);
    let tokens = |of: fn(&Answered) -> usize| answered.iter().map(|it| of(it) as f64).sum();
    vec![
        Figure::share("answered", count, articles),
        Figure::mean("seconds", Unit::Seconds, seconds.iter().sum(), count),
        Figure {
            value: (at(last / 2) + at(seconds.len() / 2)) / 2.0,
            ..Figure::mean("seconds_median", Unit::Seconds, 0.0, count)
        },
        Figure { value: at(last), ..Figure::mean("seconds_longest", Unit::Seconds, 0.0, count) },
        Figure::mean("prompt_tokens", Unit::Tokens, tokens(|it| it.prompt_tokens), count),
        Figure::mean("completion_tokens", Unit::Tokens, tokens(|it| it.completion_tokens), count),
    ]
}

fn of_language(measured: &[&Measures]) -> Vec<Figure> {
    let articles = measured.len() as u64;
    let sum = |of: fn(&Measures) -> u64| measured.iter().map(|it| of(it)).sum::<u64>();
    let parts = sum(|it| it.parts);
    let mut figures = vec![
        Figure::share("valid", sum(|it| u64::from(it.valid)), articles),
        Figure::share("in_language", sum(|it| it.parts_in_language), parts),
        Figure::share("foreign_letters", sum(|it| it.foreign_letters), sum(|it| it.letters)),
        Figure::share("numbers_grounded", sum(|it| it.numbers_grounded), sum(|it| it.numbers)),
        Figure::share("citations_held", sum(|it| it.citations_held), sum(|it| it.citations)),
        Figure::share("clean_facts", sum(|it| it.clean_facts), sum(|it| it.facts)),
        Figure::share("dropped_facts", sum(|it| it.dropped), sum(|it| it.facts + it.dropped)),
        Figure::mean("facts", Unit::Facts, sum(|it| it.facts) as f64, articles),
        Figure::mean("characters", Unit::Characters, sum(|it| it.characters) as f64, articles),
    ];
    // Journals of earlier versions do not have it.
    let shown: Vec<Shown> = measured.iter().filter_map(|it| it.shown).collect();
    if !shown.is_empty() {
        figures.extend(shown::figures(&shown));
    }
    let mut findings: BTreeMap<&str, u64> = BTreeMap::new();
    for (kind, count) in measured.iter().flat_map(|it| &it.findings) {
        *findings.entry(kind).or_default() += count;
    }
    figures.extend(findings.into_iter().map(|(kind, count)| Figure::share(&format!("finding_{kind}"), count, parts)));
    let likenesses: Vec<f64> = measured.iter().filter_map(|it| it.rouge_l).collect();
    let mut chrf = Chrf::default();
    measured.iter().filter_map(|it| it.chrf.as_ref()).for_each(|counts| chrf.add(counts));
    if !likenesses.is_empty() {
        let count = likenesses.len() as u64;
        figures.push(Figure::mean("rouge_l", Unit::Score, likenesses.iter().sum(), count));
        figures.push(Figure::score("chrf", chrf.score(), count));
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(seconds: f64, measures: Measures) -> Record {
        let languages = [(Language::Uk, measures)].into();
        let answered = Answered { seconds, prompt_tokens: 100, completion_tokens: 10, languages };
        Record { id: String::new(), outcome: Outcome::Answered(answered) }
    }

    fn figure<'a>(figures: &'a [Figure], name: &str) -> &'a Figure {
        figures.iter().find(|figure| figure.name == name).unwrap_or_else(|| panic!("{name} is missing: {figures:?}"))
    }

    #[test]
    fn shares_are_sums_over_sums() {
        let one = Measures {
            valid: true,
            numbers: 9,
            numbers_grounded: 9,
            rouge_l: Some(20.0),
            parts: 5,
            ..Default::default()
        };
        let findings = [("wrong_language".to_owned(), 2)].into();
        let other = Measures { numbers: 1, parts: 5, findings, ..Default::default() };
        let refused = Record { id: String::new(), outcome: Outcome::Refused("too_long".into()) };
        let report = report(&[answered(1.0, one), refused, answered(4.0, other)]);
        let uk = &report.languages[&Language::Uk];
        assert_eq!((figure(uk, "valid").value, figure(uk, "valid").of), (0.5, 2));
        assert_eq!((figure(uk, "numbers_grounded").value, figure(uk, "numbers_grounded").of), (0.9, 10));
        assert_eq!(
            (figure(uk, "rouge_l").value, figure(uk, "rouge_l").of),
            (20.0, 1),
            "only where there is a reference"
        );
        assert_eq!(figure(uk, "finding_wrong_language").count, Some(2));
        assert_eq!((figure(&report.pace, "answered").value, report.rows), (2.0 / 3.0, 3));
        let seconds = ["seconds", "seconds_median", "seconds_longest"].map(|name| figure(&report.pace, name).value);
        assert_eq!(seconds, [2.5, 2.5, 4.0]);
        assert_eq!(report.refused["too_long"], 1);
        assert!(!report.languages.contains_key(&Language::En));
    }
}
