//! What the verdict says of claims whose truth is known: the same verdict as `stislo check`.
//!
//! A claim that is refused, or whose article is, counts as accused: nobody would be shown it. Findings that no reader is shown
//! are none. Not here: how many of the verdicts are right (`score`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::labelled::{ClaimsRow, Fluency, LabelledClaim, Truth};
use super::measure::code;
use crate::answer::CheckReport;
use crate::error::Error;
use crate::intake::Source;
use crate::language::Language;
use crate::service::CheckSeries;

/// What stands for the finding of a claim that could not be read.
pub(super) const REFUSED: &str = "refused";

/// The claims of a row, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedClaims {
    /// The language of the article; none when it was refused and nobody said.
    pub article_language: Option<Language>,
    /// What is wrong with the false one of a pair, or where the claim stood.
    pub kind: Option<String>,
    /// One, or the two of a pair with the true one first.
    pub claims: Vec<CheckedClaim>,
}

/// A claim: what its labels say, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedClaim {
    /// Its language; none when it was refused and nobody said.
    pub language: Option<Language>,
    /// Whether the article says it.
    pub truth: Truth,
    /// How it is written.
    pub fluency: Fluency,
    /// The kinds of what was found against it.
    pub findings: BTreeSet<String>,
}

impl CheckedClaim {
    /// True for a claim that may be shown.
    pub fn is_good(&self) -> bool {
        self.truth == Truth::True && self.fluency != Fluency::Broken
    }

    /// True for a claim that something is found against.
    pub fn is_accused(&self) -> bool {
        !self.findings.is_empty()
    }
}

/// Checks the claims of a row.
pub(super) async fn check(row: &ClaimsRow, series: &mut CheckSeries<'_>) -> Result<CheckedClaims, Error> {
    let (mut article_language, mut claims) = (row.article.language, Vec::new());
    for LabelledClaim { text, truth, fluency } in &row.claims {
        let source =
            Source { bytes: text.clone().into(), name: "claim".to_owned(), title: None, language: row.language };
        let (language, findings) = match series.check((source, row.author), &row.article).await {
            Ok(report) => {
                article_language = Some(report.source.language);
                (Some(report.language), kinds(&report))
            }
            Err(Error::Intake(_)) => (row.language, BTreeSet::from([REFUSED.to_owned()])),
            Err(error) => return Err(error),
        };
        claims.push(CheckedClaim { language, truth: *truth, fluency: *fluency, findings });
    }
    Ok(CheckedClaims { article_language, kind: row.kind.clone(), claims })
}

/// The kinds of everything that was found.
fn kinds(report: &CheckReport) -> BTreeSet<String> {
    let findings = report.sentences.iter().flat_map(|sentence| &sentence.findings);
    findings.filter(|finding| finding.kind.is_shown()).map(|finding| code(finding.kind)).collect()
}
