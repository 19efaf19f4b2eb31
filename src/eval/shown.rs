//! What a reader of an answer is shown, in numbers: words that exist, and claims that nothing is found against.
//!
//! Findings of words stand mostly on parts that are left out, so the words of what is shown are looked up again. What is only
//! quoted is the article's own and counts for neither. Not here: the form of an answer (`measure`), and whether the verdict on a
//! claim is right, which labelled claims tell (`score`).

use serde::{Deserialize, Serialize};

use super::figure::{Figure, Unit};
use crate::answer::{Place, Reference, Summary, WarningCode};

/// What is shown of one summary. A claim is its headline, its summary, or a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Shown {
    /// Claims that the model wrote.
    pub claims: u64,
    /// Those that nothing is found against.
    pub held: u64,
    /// Headlines and summaries that are the article's own words.
    pub quoted: u64,
    /// Claims that were left out because they did not hold.
    pub left_out: u64,
    /// 1 where the answer says that its language was not written.
    pub not_written: u64,
    /// Words of the claims that a dictionary can judge.
    pub words: u64,
    /// Those that a dictionary or the article has.
    pub words_known: u64,
}

/// Counts what is shown of a summary about this article.
pub(super) fn shown(summary: &Summary, reference: &Reference) -> Shown {
    let mut shown = Shown {
        quoted: summary.quoted.len() as u64,
        left_out: summary.dropped as u64,
        not_written: u64::from(summary.warnings.iter().any(|it| it.code == WarningCode::LanguageNotWritten)),
        ..Shown::default()
    };
    let mut claim = |text: &str, holds: bool| {
        let words = reference.count_words(text, summary.language);
        shown.claims += 1;
        shown.held += u64::from(holds);
        shown.words += words.judged;
        shown.words_known += words.known;
    };
    let mut missing = 0;
    for (place, text) in [(Place::Headline, &summary.headline), (Place::Summary, &summary.summary)] {
        if text.is_empty() {
            missing += 1;
        } else if !summary.quoted.contains(&place) {
            claim(text, !summary.findings.iter().any(|it| it.place == place && it.kind.is_shown()));
        }
    }
    for fact in &summary.key_facts {
        claim(&fact.text, !fact.findings.iter().any(|finding| finding.kind.is_shown()));
    }
    shown.left_out += missing;
    shown
}

/// The figures of many summaries in one language.
pub(super) fn figures(all: &[Shown]) -> Vec<Figure> {
    let sum = |of: fn(&Shown) -> u64| all.iter().map(of).sum::<u64>();
    let (answers, claims) = (all.len() as u64, sum(|it| it.claims));
    vec![
        Figure::share("words_known", sum(|it| it.words_known), sum(|it| it.words)),
        Figure::mean("claims", Unit::Claims, claims as f64, answers),
        Figure::share("claims_held", sum(|it| it.held), claims),
        Figure::share("claims_left_out", sum(|it| it.left_out), claims + sum(|it| it.left_out)),
        Figure::share("claims_quoted", sum(|it| it.quoted), claims + sum(|it| it.quoted)),
        Figure::share("language_not_written", sum(|it| it.not_written), answers),
    ]
}
