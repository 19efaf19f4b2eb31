//! Holds a draft against the article. Deterministic: no model is asked.
//!
//! Checked here: citations exist, numbers stand in the article, each part is in the language asked for, parts are there
//! and end as sentences, and facts differ. A fact that only repeats another is dropped, because showing it twice tells a
//! reader nothing; everything else is kept with its finding.

use std::collections::HashSet;

use super::evidence;
use super::{Draft, DraftFact, Finding, FindingKind, Finish, KeyFact, Strategy, Summary};
use crate::intake::language::language_of;
use crate::intake::{Article, Language};
use crate::plan::{Format, LEAST_FACTS, numbers_of};

/// A text must be this long before a guess of its language counts.
const LEAST_FOR_LANGUAGE: usize = 20;
/// Below this a guess about a short text is wrong too often to call it a finding.
const SURE: f32 = 0.7;

/// How a draft came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// The way it took.
    pub strategy: Strategy,
    /// Whether it is whole.
    pub finish: Finish,
}

/// Checks a draft and links its evidence.
pub fn run(draft: Draft, article: &Article, format: &Format, made: Made) -> Summary {
    let mut findings = Vec::new();
    for (place, text, sentence) in [("headline", &draft.headline, false), ("summary", &draft.summary, true)] {
        findings.extend(findings_of(place, text, sentence, format));
    }
    let mut said: HashSet<String> = [words(&draft.headline), words(&draft.summary)].into();
    let mut key_facts = Vec::new();
    for fact in draft.facts {
        if said.insert(words(&fact.text)) {
            key_facts.push(key_fact(fact, article, format));
        } else {
            findings.push(Finding { kind: FindingKind::Repeated, place: "fact", value: fact.text });
        }
    }
    if key_facts.len() < LEAST_FACTS.min(article.sentences().len()) {
        findings.push(Finding { kind: FindingKind::Truncated, place: "fact", value: String::new() });
    }
    let Draft { headline, summary, .. } = draft;
    Summary {
        language: format.language,
        strategy: made.strategy,
        headline,
        summary,
        key_facts,
        findings,
        finish: made.finish,
    }
}

fn key_fact(fact: DraftFact, article: &Article, format: &Format) -> KeyFact {
    let evidence = evidence::link(&fact.text, &fact.cited, article, format.language);
    let mut findings = findings_of("fact", &fact.text, true, format);
    if evidence.is_empty() {
        let value = fact.cited.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        findings.push(Finding { kind: FindingKind::Uncited, place: "fact", value });
    }
    KeyFact { text: fact.text, evidence, findings }
}

/// What does not hold in one text. A `sentence` has to end as one.
fn findings_of(place: &'static str, text: &str, sentence: bool, format: &Format) -> Vec<Finding> {
    let finding = |kind, value: &str| Finding { kind, place, value: value.to_owned() };
    let mut found = Vec::new();
    let ended = text.trim_end_matches(['»', '”', '"', ')']).ends_with(['.', '!', '?', '…']);
    if text.is_empty() || (sentence && !ended) {
        found.push(finding(FindingKind::Truncated, text));
    }
    for number in numbers_of(text) {
        if !format.listed.contains(&number) {
            found.push(finding(FindingKind::NumberNotInSource, &number));
        }
    }
    if !is_in(text, format.language) {
        found.push(finding(FindingKind::WrongLanguage, text));
    }
    found
}

fn is_in(text: &str, wanted: Language) -> bool {
    if text.chars().filter(|c| c.is_alphabetic()).count() < LEAST_FOR_LANGUAGE {
        return true;
    }
    language_of(text).is_none_or(|guess| guess.language == Some(wanted) || guess.confidence < SURE)
}

/// The words of a text alone, to tell whether two texts say the same.
fn words(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
