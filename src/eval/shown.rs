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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Finding, FindingKind, Finish, KeyFact, LanguageWarning, Resources, Strategy};
    use crate::intake::{AnnotatedArticle, Source, read};
    use crate::language::{Dictionaries, DictionaryFiles, Language};

    const ARTICLE: &str =
        "The council approved a new bridge over the river on Monday, 4 March. The ferry stops in 2027.";

    fn reference() -> Reference {
        let folder = tempfile::tempdir().unwrap();
        let files = DictionaryFiles { affixes: folder.path().join("en.aff"), stems: folder.path().join("en.dic") };
        std::fs::write(&files.affixes, "SET UTF-8\n").unwrap();
        std::fs::write(&files.stems, "5\nthe\nbridge\nwas\napproved\nferry\n").unwrap();
        let dictionaries = Dictionaries::of([(Language::En, files)]);
        dictionaries.load(Language::En).unwrap();
        let source = Source { bytes: ARTICLE.into(), name: "t".into(), title: None, language: Some(Language::En) };
        let resources = Resources { dictionaries, ..Resources::default() };
        Reference::with(AnnotatedArticle::of(read(source).unwrap()), &resources)
    }

    fn fact(text: &str, findings: Vec<Finding>) -> KeyFact {
        KeyFact { text: text.into(), evidence: Vec::new(), findings }
    }

    fn summary() -> Summary {
        let corrected = Finding::new(FindingKind::CitationCorrected, Place::Fact, "9");
        let weak = Finding::new(FindingKind::EvidenceWeak, Place::Fact, "");
        Summary {
            language: Language::En,
            strategy: Strategy::Direct,
            headline: "The bridge was approved".into(),
            summary: "The council approved a new bridge.".into(),
            key_facts: vec![
                fact("The council approved it.", vec![corrected]),
                fact("The ferry lendified.", vec![weak]),
            ],
            findings: Vec::new(),
            dropped: 2,
            quoted: vec![Place::Summary],
            warnings: Vec::new(),
            finish: Finish::Complete,
        }
    }

    #[test]
    fn what_is_quoted_is_no_claim_and_a_corrected_citation_no_fault() {
        let got = shown(&summary(), &reference());
        assert_eq!((got.claims, got.held, got.quoted, got.left_out, got.not_written), (3, 2, 1, 2, 0));
        assert_eq!((got.words, got.words_known), (10, 9), "the quoted words are not counted, lendified is none");
    }

    #[test]
    fn what_is_missing_was_left_out() {
        let warning = LanguageWarning::new(WarningCode::LanguageNotWritten, "m", Language::En, Vec::new());
        let bare = Summary { headline: String::new(), warnings: vec![warning], ..summary() };
        let got = shown(&bare, &reference());
        assert_eq!((got.claims, got.left_out, got.not_written), (2, 3, 1));
        let figures = figures(&[got, shown(&summary(), &reference())]);
        let said: Vec<String> = figures.iter().map(|it| format!("{} {it}", it.name)).collect();
        assert_eq!(
            said,
            [
                "words_known 87.5% (14/16)",
                "claims 2.5",
                "claims_held 60.0% (3/5)",
                "claims_left_out 50.0% (5/10)",
                "claims_quoted 28.6% (2/7)",
                "language_not_written 50.0% (1/2)"
            ]
        );
    }
}
