//! What does not hold and is to be written again.
//!
//! A fact that says something wrong, or more than its sentences say, is written again once, from those sentences alone; a
//! headline and a summary are from the sentences of the facts. Where too few facts hold, others are written beside. Not here:
//! who writes, and from what prompt; and what becomes of it, which is for `settle`.

use super::reference::Reference;
use super::{DraftFact, Finding, FindingKind, KeyFact, Place, Strategy, Summary};
use crate::plan::{LEAST_FACTS, SummaryOptions};

/// Most sentences that one part is written again from.
const MOST_SENTENCES: usize = 6;
/// The parts above the facts, and what findings call their places.
pub(super) const HEADING: [(Part, Place); 2] = [(Part::Headline, Place::Headline), (Part::Summary, Place::Summary)];

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Holds,
    /// Its sentences do not bear it out, or it cites none.
    Weak,
    /// It says what the article does not.
    Wrong,
}

/// A part of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The headline.
    Headline,
    /// The summary.
    Summary,
    /// The fact at this place, from 0.
    Fact(usize),
    /// A fact more, of a sentence that no fact is about.
    Another,
}

/// A part that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Which one.
    pub part: Part,
    /// The numbers of the sentences that it is to be written again from; empty when there are none.
    pub sentences: Vec<u32>,
}

/// A part that was written again.
#[derive(Debug, Clone)]
pub struct Rewritten {
    /// Which one.
    pub part: Part,
    /// Its new text.
    pub text: String,
    /// The numbers of the sentences that it was written from.
    pub sentences: Vec<u32>,
}

impl Rewritten {
    /// A fact that may take a place that is free.
    pub fn another(DraftFact { text, cited }: DraftFact) -> Self {
        Self { part: Part::Another, text, sentences: cited }
    }
}

/// True for a summary of which nothing is to be written again, that is to have so many facts.
pub fn is_sound(summary: &Summary, facts: usize) -> bool {
    failing(summary).is_empty() && missing(summary, facts) == 0
}

/// The parts of a summary that do not hold, because they are wrong or weak.
pub fn failing(summary: &Summary) -> Vec<Failing> {
    let fails = |place| verdict(summary.findings.iter().filter(|it| it.place == place)) > Verdict::Holds;
    let heading = HEADING.into_iter().filter(|(_, place)| fails(*place));
    let mut found: Vec<Failing> = heading.map(|(part, _)| Failing { part, sentences: of_facts(summary) }).collect();
    let facts = summary.key_facts.iter().enumerate().filter(|(_, fact)| !holds(fact));
    found.extend(facts.map(|(at, fact)| Failing { part: Part::Fact(at), sentences: first(origin(fact)) }));
    found
}

/// The numbers of the sentences that a fact is written again from: those that it cites, and the one before the first of them
/// where that may tell what is meant.
fn origin(fact: &KeyFact) -> Vec<u32> {
    let mut cited = fact.cited();
    let leans = fact.findings.iter().any(|it| it.kind == FindingKind::ContextMissing);
    let before = cited.iter().min().filter(|_| leans).and_then(|first| first.checked_sub(1));
    cited.extend(before.filter(|&number| number > 0));
    cited
}

/// How many facts are to be written because some of so many are missing: two more than that, since what is written of the first
/// sentences may only repeat the summary, and those of a fact that was left out have failed before. A model of which no
/// fact holds is not asked for more.
pub fn missing(summary: &Summary, facts: usize) -> usize {
    match wanted(summary, facts).saturating_sub(summary.key_facts.len()) {
        missing if missing > 0 && summary.key_facts.iter().any(holds) => missing + 2,
        _ => 0,
    }
}

/// How many facts an answer is to have. Where sentences of the article stand in for those that fail, translated or not, all that are
/// asked for; else, since a model has to write them again, the fewest of a whole answer.
pub fn asked(summary: &Summary, reference: &Reference, options: &SummaryOptions) -> usize {
    let by_sentences = summary.strategy == Strategy::Pivot || reference.has_to_quote(summary.language);
    if by_sentences { options.facts } else { LEAST_FACTS }
}

/// So many facts, and one more for each part that a fact has to stand in for.
pub(super) fn wanted(summary: &Summary, facts: usize) -> usize {
    facts + open(summary)
}

/// How many of the parts above the facts may be given to a fact, because nobody can use them.
pub(super) fn open(summary: &Summary) -> usize {
    HEADING.iter().filter(|(_, place)| is_unusable(summary, *place)).count()
}

/// True for a part that says what the article does not, or of somebody else, or is in another language; and for a summary that
/// is only quoted, because a fact does better.
pub(super) fn is_unusable(summary: &Summary, place: Place) -> bool {
    let quoted = place == Place::Summary && summary.quoted.contains(&place);
    let of_another = |it: &Finding| it.kind == FindingKind::EvidenceWeak && !it.value.is_empty();
    let mut findings = summary.findings.iter().filter(|it| it.place == place);
    quoted || findings.any(|it| verdict_of(it.kind) == Verdict::Wrong || of_another(it))
}

/// True for a fact with nothing against it.
pub fn holds(fact: &KeyFact) -> bool {
    verdict(&fact.findings) == Verdict::Holds
}

/// The sentences that the facts rest on, those that do not hold aside.
fn of_facts(summary: &Summary) -> Vec<u32> {
    let sound: Vec<u32> = summary.key_facts.iter().filter(|fact| holds(fact)).flat_map(KeyFact::cited).collect();
    let sentences = if sound.is_empty() { summary.key_facts.iter().flat_map(KeyFact::cited).collect() } else { sound };
    first(sentences)
}

/// The first of these, each once and in the order of the article.
fn first(sentences: Vec<u32>) -> Vec<u32> {
    let mut found = Vec::new();
    for sentence in sentences {
        if found.len() < MOST_SENTENCES && !found.contains(&sentence) {
            found.push(sentence);
        }
    }
    found.sort_unstable();
    found
}

pub(super) fn verdict<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Verdict {
    findings.into_iter().map(|finding| verdict_of(finding.kind)).max().unwrap_or(Verdict::Holds)
}

fn verdict_of(kind: FindingKind) -> Verdict {
    match kind {
        FindingKind::NumberNotInSource
        | FindingKind::NameNotInSource
        | FindingKind::Contradiction
        | FindingKind::NegationChanged
        | FindingKind::AttributionChanged
        | FindingKind::QuotationChanged
        | FindingKind::WordUnknown
        | FindingKind::Unsupported
        | FindingKind::MeaningChanged
        | FindingKind::NameChanged
        | FindingKind::RoleChanged
        | FindingKind::UnitChanged
        | FindingKind::DateChanged
        // Who has not read the article does not know of what it speaks.
        | FindingKind::ContextMissing
        // What is in another language may be right, but not for who asked for this one.
        | FindingKind::WrongLanguage
        // Half a sentence may say anything.
        | FindingKind::Truncated => Verdict::Wrong,
        FindingKind::EvidenceWeak | FindingKind::Uncited => Verdict::Weak,
        // The right sentence stands there now; a repeated fact is none.
        FindingKind::CitationCorrected | FindingKind::Repeated => Verdict::Holds,
    }
}
