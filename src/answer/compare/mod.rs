//! What summaries of one article say alike, and where they differ.
//!
//! The same article in three languages should be the same facts three times. [`compare`] aligns the facts (`align`) by the
//! sentences that they cite and by their numbers and names, and reports what only one language says, and numbers and names
//! that differ within a row. Deterministic: no model is asked, and nothing is said about style. What two languages get wrong
//! alike is not seen here; the checks against the article are there for that.

mod align;
mod claim;
mod number;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::claim::Claim;
use super::Summary;
use crate::language::{Language, SentenceId};

/// A comparison of summaries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// The facts of all languages; each is in one row.
    pub rows: Vec<Row>,
    /// For each language, the places of its facts that no other language has, from 0. A fact that stands alone only because
    /// another language has it together with more is not among them.
    pub only_in: BTreeMap<Language, Vec<usize>>,
    /// Rows in which a language lacks a number that another has.
    pub numbers: Vec<Difference>,
    /// Rows in which two languages have a name each that the other lacks.
    pub names: Vec<Difference>,
    /// How far the languages agree, from 0 to 1, rounded to thousandths; none when there are no facts.
    ///
    /// The mean over the rows of `(k - 1) / (n - 1) * a / (a + d)`: k of n languages have the fact; a numbers and names are
    /// in all k, and d is the most that one of them has and another lacks (the second factor is 1 when a row has neither).
    /// So 1 means that every language says every fact with the same numbers and names, and 0 that no two say the same.
    pub score: Option<f64>,
}

/// One fact, in the languages that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Row {
    /// The sentences that the facts cite, together.
    #[schema(value_type = Vec<u32>)]
    pub sentences: Vec<SentenceId>,
    /// For each language that has it, its place among the key facts, from 0.
    pub facts: BTreeMap<Language, usize>,
}

/// Something in which the facts of a row differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The place of the row, from 0.
    pub row: usize,
    /// For each language of the row, what it has and some other lacks; empty when it only lacks.
    pub values: BTreeMap<Language, Vec<String>>,
}

/// Compares summaries of one article, each in another language.
pub fn compare(summaries: &[Summary]) -> Comparison {
    let claims = claim::claims(summaries);
    let aligned = align::rows(&claims);
    let language = |claim: &Claim| summaries[claim.language].language;
    let mut only_in: BTreeMap<Language, Vec<usize>> =
        summaries.iter().map(|summary| (summary.language, Vec::new())).collect();
    let (mut rows, mut numbers, mut names, mut score) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
    for (row, places) in aligned.iter().enumerate() {
        let found: Vec<&Claim> = places.iter().map(|&place| &claims[place]).collect();
        let sentences: BTreeSet<SentenceId> = found.iter().flat_map(|claim| claim.sentences.clone()).collect();
        let facts = found.iter().map(|claim| (language(claim), claim.index)).collect();
        rows.push(Row { sentences: sentences.into_iter().collect(), facts });
        if let [alone] = found[..]
            && !claims.iter().any(|other| is_within(alone, other))
        {
            only_in.entry(language(alone)).or_default().push(alone.index);
        }
        let differing = Differing::of(&found);
        score +=
            (found.len() - 1) as f64 / summaries.len().saturating_sub(1).max(1) as f64 * differing.agreement(&found);
        let difference = |lists: Vec<Vec<String>>| {
            let differs = lists.iter().any(|list| !list.is_empty());
            let values = found.iter().map(|claim| language(claim)).zip(lists).collect();
            differs.then_some(Difference { row, values })
        };
        numbers.extend(difference(differing.numbers));
        names.extend(difference(differing.names));
    }
    let score = (!rows.is_empty()).then(|| (score / rows.len() as f64 * 1000.0).round() / 1000.0);
    Comparison { rows, only_in, numbers, names, score }
}

/// True when a fact of another language cites the same sentences and more, and has all its numbers: it tells both.
fn is_within(fact: &Claim, other: &Claim) -> bool {
    other.language != fact.language
        && !fact.sentences.is_empty()
        && other.sentences.len() > fact.sentences.len()
        && other.sentences.is_superset(&fact.sentences)
        && fact.numbers_not_in(other).next().is_none()
}

/// What each fact of a row has and another lacks.
struct Differing {
    numbers: Vec<Vec<String>>,
    names: Vec<Vec<String>>,
}

impl Differing {
    fn of(row: &[&Claim]) -> Self {
        let numbers = row.iter().map(|claim| {
            let lacked = |text: &&String| {
                let number = |it: &&Claim| claim.numbers_not_in(it).any(|number| number.text == **text);
                row.iter().any(number)
            };
            claim.numbers.digits.iter().map(|number| &number.text).filter(lacked).cloned().collect()
        });
        let names = row.iter().map(|claim| {
            let mut others: Vec<String> = Vec::new();
            for name in row.iter().flat_map(|other| claim.other_names(other)) {
                if !others.iter().any(|known| known == name) {
                    others.push(name.to_owned());
                }
            }
            others
        });
        Self { numbers: numbers.collect(), names: names.collect() }
    }

    /// The share of numbers and names on which the row agrees; 1 when there are none.
    fn agreement(&self, row: &[&Claim]) -> f64 {
        let [first, others @ ..] = row else { return 1.0 };
        let numbers = first.numbers.digits.iter().filter(|number| others.iter().all(|it| it.numbers.has(number)));
        let names = others.iter().map(|other| first.shared_names(other)).min().unwrap_or(0);
        let agreed = numbers.count() + names;
        let most = |lists: &[Vec<String>]| lists.iter().map(Vec::len).max().unwrap_or(0);
        let different = most(&self.numbers) + most(&self.names);
        if agreed + different == 0 { 1.0 } else { agreed as f64 / (agreed + different) as f64 }
    }
}

#[cfg(test)]
mod compare_cases;
