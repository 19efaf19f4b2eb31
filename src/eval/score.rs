//! How right the verdicts on labelled claims are: bad claims that are found, and good ones that are accused.
//!
//! Good is what is true and not broken; everything else is bad. Of a pair it is also counted whether its false claim has a
//! finding that its true one has not, and whether that finding fits what is wrong with it (`fault`). Figures are for all claims,
//! for each pair of languages, each language of claims, each kind, and each truth. Not here: the verdict itself (`verdict`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::fault::fitting;
use super::figure::Figure;
use super::labelled::Fluency;
use super::verdict::{CheckedClaim, CheckedClaims, REFUSED};
use crate::language::Language;

/// Figures of a group, by its name.
pub type Groups = BTreeMap<String, Vec<Figure>>;

/// The figures of labelled claims.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClaimFigures {
    /// All of them, with the kinds of findings that did it.
    pub all: Vec<Figure>,
    /// By the languages of article and claim, such as `en-uk`.
    pub pairs: Groups,
    /// By the language of the claim.
    pub languages: Groups,
    /// By what is wrong with the false one of a pair, or by the place of the claim.
    pub kinds: Groups,
    /// By the truth of single claims: `true`, `half`, `false`, `none`.
    pub truths: Groups,
}

impl ClaimFigures {
    /// The groups, with what they go by.
    pub fn groups(&self) -> [(&'static str, &Groups); 4] {
        [("article-claim", &self.pairs), ("language", &self.languages), ("kind", &self.kinds), ("truth", &self.truths)]
    }

    /// The languages of the claims.
    pub fn claim_languages(&self) -> Vec<Language> {
        self.languages.keys().filter_map(|code| code.parse().ok()).collect()
    }
}

/// A count of all, and of those that are as they should not be or should be.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    count: u64,
    of: u64,
}

impl Share {
    fn add(&mut self, counts: bool) {
        self.count += u64::from(counts);
        self.of += 1;
    }

    fn figure(self, name: &str) -> Figure {
        Figure::share(name, self.count, self.of)
    }
}

/// What is counted of a group.
#[derive(Debug, Default)]
struct Tally {
    found: Share,
    found_fluent: Share,
    false_alarms: Share,
    told_apart: Share,
    found_fitting: Share,
    /// Bad claims that a kind of finding is in.
    found_by: BTreeMap<String, u64>,
    /// Good claims that a kind of finding is in.
    accused_of: BTreeMap<String, u64>,
}

impl Tally {
    fn add(&mut self, claim: &CheckedClaim) {
        let by = if claim.is_good() { &mut self.accused_of } else { &mut self.found_by };
        claim.findings.iter().for_each(|kind| *by.entry(kind.clone()).or_default() += 1);
        if claim.is_good() {
            self.false_alarms.add(claim.is_accused());
            return;
        }
        self.found.add(claim.is_accused());
        if claim.fluency != Fluency::Broken {
            self.found_fluent.add(claim.is_accused());
        }
    }

    fn add_pair(&mut self, pair: &Pair) {
        self.told_apart.add(pair.is_told_apart);
        if let Some(fits) = pair.fits {
            self.found_fitting.add(fits);
        }
    }

    fn figures(&self) -> Vec<Figure> {
        let mut figures = vec![self.found.figure("found"), self.false_alarms.figure("false_alarms")];
        if self.found_fluent.of < self.found.of {
            figures.push(self.found_fluent.figure("found_fluent"));
        }
        let of_pairs = [(self.told_apart, "told_apart"), (self.found_fitting, "found_fitting")];
        figures.extend(of_pairs.into_iter().filter(|(share, _)| share.of > 0).map(|(share, name)| share.figure(name)));
        figures
    }

    /// Which kinds of findings did it.
    fn findings(&self) -> Vec<Figure> {
        let of = |kinds: &BTreeMap<String, u64>, name: &str, all: u64| -> Vec<Figure> {
            kinds.iter().map(|(kind, count)| Figure::share(&format!("{name}_{kind}"), *count, all)).collect()
        };
        let found = of(&self.found_by, "found_by", self.found.of);
        [found, of(&self.accused_of, "accused_of", self.false_alarms.of)].concat()
    }
}

/// How the two claims of a pair differ.
struct Pair {
    is_told_apart: bool,
    /// Whether what is new fits the fault; none for a kind that we know no fitting findings of.
    fits: Option<bool>,
}

impl Pair {
    fn of(row: &CheckedClaims) -> Option<Self> {
        let [sound, faulty] = row.claims.as_slice() else { return None };
        let new: BTreeSet<&str> = faulty.findings.difference(&sound.findings).map(String::as_str).collect();
        let new: Vec<&str> = new.into_iter().filter(|kind| *kind != REFUSED).collect();
        let fits = row.kind.as_deref().and_then(fitting);
        let fits = fits.map(|fits| new.iter().any(|kind| fits.contains(*kind)));
        Some(Self { is_told_apart: !new.is_empty(), fits })
    }
}

/// Adds checked claims up.
pub(super) fn figures(rows: &[&CheckedClaims]) -> ClaimFigures {
    let mut tallies: BTreeMap<(usize, String), Tally> = BTreeMap::new();
    let mut all = Tally::default();
    for row in rows {
        let pair = Pair::of(row);
        for claim in &row.claims {
            all.add(claim);
            for key in keys(row, claim) {
                tallies.entry(key).or_default().add(claim);
            }
        }
        if let (Some(pair), Some(claim)) = (&pair, row.claims.first()) {
            all.add_pair(pair);
            for key in keys(row, claim) {
                tallies.entry(key).or_default().add_pair(pair);
            }
        }
    }
    if rows.is_empty() {
        return ClaimFigures::default();
    }
    let group = |at: usize| -> Groups {
        let own = tallies.iter().filter(|((group, _), _)| *group == at);
        own.map(|((_, name), tally)| (name.clone(), tally.figures())).collect()
    };
    ClaimFigures {
        all: [all.figures(), all.findings()].concat(),
        pairs: group(0),
        languages: group(1),
        kinds: group(2),
        truths: group(3),
    }
}

/// The groups that a claim is in, as [`ClaimFigures::groups`] counts them. Both claims of a pair are in one language.
fn keys(row: &CheckedClaims, claim: &CheckedClaim) -> Vec<(usize, String)> {
    let pair = row.article_language.zip(claim.language).map(|(article, claim)| format!("{article}-{claim}"));
    let is_single = row.claims.len() == 1;
    let truth = is_single.then(|| claim.truth.code().to_owned());
    let groups = [pair, claim.language.map(|language| language.to_string()), row.kind.clone(), truth];
    groups.into_iter().enumerate().filter_map(|(at, name)| Some((at, name?))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::labelled::Truth;
    use super::*;

    fn claim(truth: Truth, fluency: Fluency, findings: &[&str]) -> CheckedClaim {
        let findings = findings.iter().map(|&kind| kind.to_owned()).collect();
        CheckedClaim { language: Some(Language::Uk), truth, fluency, findings }
    }

    fn row(kind: &str, claims: Vec<CheckedClaim>) -> CheckedClaims {
        CheckedClaims { article_language: Some(Language::En), kind: Some(kind.to_owned()), claims }
    }

    fn said(figures: &[Figure]) -> Vec<String> {
        figures.iter().map(|figure| format!("{} {figure}", figure.name)).collect()
    }

    #[test]
    fn what_is_broken_is_bad_though_it_is_true() {
        let rows = [
            row("fact", vec![claim(Truth::True, Fluency::Rough, &[])]),
            row("fact", vec![claim(Truth::True, Fluency::Good, &["unsupported"])]),
            row("fact", vec![claim(Truth::True, Fluency::Broken, &["word_unknown", "unsupported"])]),
            row("headline", vec![claim(Truth::Half, Fluency::Good, &[])]),
        ];
        let figures = figures(&rows.iter().collect::<Vec<_>>());
        let all = [
            "found 50.0% (1/2)",
            "false_alarms 50.0% (1/2)",
            "found_fluent 0.0% (0/1)",
            "found_by_unsupported 50.0% (1/2)",
            "found_by_word_unknown 50.0% (1/2)",
            "accused_of_unsupported 50.0% (1/2)",
        ];
        assert_eq!(said(&figures.all), all);
        assert_eq!(said(&figures.kinds["headline"]), ["found 0.0% (0/1)", "false_alarms none"]);
        assert_eq!(said(&figures.truths["half"]), ["found 0.0% (0/1)", "false_alarms none"]);
        assert_eq!(said(&figures.pairs["en-uk"])[0], "found 50.0% (1/2)");
        assert_eq!(figures.claim_languages(), [Language::Uk]);
    }

    #[test]
    fn of_a_pair_what_is_new_counts_apart() {
        let pair = |kind, sound: &[&str], faulty: &[&str]| {
            row(kind, vec![claim(Truth::True, Fluency::Good, sound), claim(Truth::False, Fluency::Good, faulty)])
        };
        let rows = [
            pair("decimals", &[], &["number_not_in_source"]),
            pair("decimals", &[], &["name_changed"]),
            pair("decimals", &["unsupported"], &["unsupported"]),
            pair("of_my_own", &[], &["name_changed"]),
            pair("decimals", &[], &[REFUSED]),
        ];
        let figures = figures(&rows.iter().collect::<Vec<_>>());
        let heads = ["found 100.0% (5/5)", "false_alarms 20.0% (1/5)", "told_apart 60.0% (3/5)"];
        assert_eq!(said(&figures.all)[..3], heads);
        assert_eq!(said(&figures.all)[3], "found_fitting 25.0% (1/4)");
        assert!(figures.truths.is_empty() && figures.kinds.len() == 2);
        assert_eq!(said(&figures.kinds["of_my_own"]).last().map(String::as_str), Some("told_apart 100.0% (1/1)"));
    }
}
