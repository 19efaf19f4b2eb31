//! What is written again because it does not hold, and what becomes of it.
//!
//! A fact that says something wrong, or more than its sentences say, is written again once, from those sentences alone. The
//! new one is checked like the first, and the better of the two counts. What is still wrong then is left out, and how many
//! facts were is said; what is only weak stays, with its finding, but in another language only where too few others are. A
//! headline and a summary cannot be left out: they are written again from the sentences of the facts, and the better one
//! stays; where that still has a wrong number, or is in another language, a fact that holds takes its place. Where too few
//! facts hold, others are written beside, and those that hold take the places that are free. An answer that was broken off
//! is whole when all its parts are in the end. Not here: who writes, and from what prompt.

use super::reference::Reference;
use super::{DraftFact, Finding, FindingKind, Finish, KeyFact, Place, Summary};
use crate::plan::{LEAST_FACTS, Strictness};

/// Most sentences that one part is written again from.
const MOST_SENTENCES: usize = 6;
/// The parts above the facts, and what findings call their places.
const HEADING: [(Part, Place); 2] = [(Part::Headline, Place::Headline), (Part::Summary, Place::Summary)];

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Holds,
    /// Its sentences do not bear it out, or its form is not what was asked for.
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

/// True for a summary of which nothing is to be written again.
pub fn is_sound(summary: &Summary) -> bool {
    failing(summary).is_empty() && missing(summary) == 0
}

/// The parts of a summary that do not hold, because they are wrong or weak.
pub fn failing(summary: &Summary) -> Vec<Failing> {
    let fails = |place| verdict(summary.findings.iter().filter(|it| it.place == place)) > Verdict::Holds;
    let heading = HEADING.into_iter().filter(|(_, place)| fails(*place));
    let mut found: Vec<Failing> = heading.map(|(part, _)| Failing { part, sentences: of_facts(summary) }).collect();
    let facts = summary.key_facts.iter().enumerate().filter(|(_, fact)| !holds(fact));
    found.extend(facts.map(|(at, fact)| Failing { part: Part::Fact(at), sentences: first(fact.cited()) }));
    found
}

/// How many facts are to be written because some are missing: two more than that, since what is written of the first
/// sentences may only repeat the summary, and those of a fact that was left out have failed before. A model of which no
/// fact holds is not asked for more.
pub fn missing(summary: &Summary) -> usize {
    match wanted(summary).saturating_sub(readable(summary)) {
        missing if missing > 0 && summary.key_facts.iter().any(holds) => missing + 2,
        _ => 0,
    }
}

/// The fewest facts of a whole answer, and one more for each part that a fact has to stand in for.
fn wanted(summary: &Summary) -> usize {
    LEAST_FACTS + open(summary)
}

/// How many of the parts above the facts may be given to a fact, because nobody can use them.
pub(super) fn open(summary: &Summary) -> usize {
    HEADING.iter().filter(|(_, place)| is_unusable(summary, *place)).count()
}

/// How many facts are in the language that was asked for.
fn readable(summary: &Summary) -> usize {
    summary.key_facts.iter().filter(|fact| !is_foreign(fact)).count()
}

fn is_foreign(fact: &KeyFact) -> bool {
    fact.findings.iter().any(|it| it.kind == FindingKind::WrongLanguage)
}

/// True for a part with a number that the article does not have, or in another language.
fn is_unusable(summary: &Summary, place: Place) -> bool {
    let unusable = [FindingKind::NumberNotInSource, FindingKind::WrongLanguage];
    summary.findings.iter().any(|it| it.place == place && unusable.contains(&it.kind))
}

/// True for a fact with nothing against it.
pub(super) fn holds(fact: &KeyFact) -> bool {
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

fn verdict<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Verdict {
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
        // Half a sentence may say anything.
        | FindingKind::Truncated => Verdict::Wrong,
        // Another language is a fault of form: what it says can be right.
        FindingKind::EvidenceWeak | FindingKind::WrongLanguage | FindingKind::Uncited => Verdict::Weak,
        // The right sentence stands there now; a repeated fact is none.
        FindingKind::CitationCorrected | FindingKind::Repeated => Verdict::Holds,
    }
}

/// Settles what becomes of the parts that do not hold. `rewritten` has those that were written again, with their new text.
pub fn settle(mut summary: Summary, rewritten: &[Rewritten], reference: &Reference, strictness: Strictness) -> Summary {
    let new = |part: Part| rewritten.iter().find(|it| it.part == part).map(|it| it.text.trim());
    let new = |part: Part| new(part).filter(|text| !text.is_empty());
    for (part, place) in HEADING {
        if let Some(text) = new(part) {
            heading(&mut summary, (part, place), text, reference);
        }
    }
    let facts = std::mem::take(&mut summary.key_facts);
    // What holds stays, and what does not has to stand beside it.
    let mut settled: Vec<Option<KeyFact>> = facts.iter().map(|fact| holds(fact).then(|| fact.clone())).collect();
    for (at, fact) in facts.into_iter().enumerate().filter(|(_, fact)| !holds(fact)) {
        let again = new(Part::Fact(at)).map(|text| DraftFact { text: text.to_owned(), cited: fact.cited() });
        let again = again.map(|draft| reference.check(draft, summary.language));
        let beside = |mut fact: KeyFact| {
            fact.findings.retain(|finding| finding.kind != FindingKind::Contradiction);
            reference.beside(fact, [&summary.headline, &summary.summary], settled.iter().flatten()).ok()
        };
        let best = [again, Some(fact)].into_iter().flatten().filter_map(beside).min_by_key(grade);
        let worst = if strictness == Strictness::Strict { Verdict::Holds } else { Verdict::Weak };
        settled[at] = best.filter(|fact| verdict(&fact.findings) <= worst);
        summary.dropped += usize::from(settled[at].is_none());
    }
    summary.key_facts = settled.into_iter().flatten().collect();
    fill(&mut summary, rewritten, reference);
    stand_in(&mut summary);
    leave_out_foreign(&mut summary);
    summary.findings.retain(|it| it.place != Place::Fact || it.kind != FindingKind::Truncated);
    summary.findings.extend(reference.shortage(summary.key_facts.len()));
    if !summary.findings.iter().any(|it| it.kind == FindingKind::Truncated) {
        summary.finish = Finish::Complete;
    }
    summary
}

/// Has the first facts that hold take the places of a summary and a headline that nobody can use, but not the only one.
fn stand_in(summary: &mut Summary) {
    for (part, place) in HEADING.into_iter().rev() {
        let mut sound = (0..summary.key_facts.len()).filter(|&at| holds(&summary.key_facts[at]));
        if let (true, Some(first), Some(_)) = (is_unusable(summary, place), sound.next(), sound.next()) {
            let fact = summary.key_facts.remove(first);
            put(summary, part, as_part(part, &fact.text));
            summary.findings.retain(|it| it.place != place);
        }
    }
}

/// Leaves out facts in another language, as long as enough others are there.
fn leave_out_foreign(summary: &mut Summary) {
    while summary.key_facts.len() > LEAST_FACTS {
        let Some(at) = summary.key_facts.iter().rposition(is_foreign) else { return };
        summary.key_facts.remove(at);
        summary.dropped += 1;
    }
}

/// A sentence as a part above the facts: a headline has no full stop.
fn as_part(part: Part, text: &str) -> &str {
    let bare = text.strip_suffix('.').filter(|text| part == Part::Headline && !text.ends_with('.'));
    bare.unwrap_or(text)
}

fn put(summary: &mut Summary, part: Part, text: &str) {
    let place = if part == Part::Headline { &mut summary.headline } else { &mut summary.summary };
    text.clone_into(place);
}

/// Gives the places that are free to facts that were written beside and hold.
fn fill(summary: &mut Summary, rewritten: &[Rewritten], reference: &Reference) {
    for line in rewritten.iter().filter(|it| it.part == Part::Another) {
        if readable(summary) >= wanted(summary) {
            return;
        }
        let draft = DraftFact { text: line.text.trim().to_owned(), cited: line.sentences.clone() };
        let fact = reference.check(draft, summary.language);
        let fact = reference.beside(fact, [&summary.headline, &summary.summary], summary.key_facts.iter());
        summary.key_facts.extend(fact.ok().filter(holds));
    }
}

/// Puts a new headline or summary in the place of the old one when it is better.
fn heading(summary: &mut Summary, (part, place): (Part, Place), text: &str, reference: &Reference) {
    let text = as_part(part, text);
    let findings = reference.heading(text, summary.language, place);
    let (old, others): (Vec<Finding>, Vec<Finding>) = summary.findings.drain(..).partition(|it| it.place == place);
    let better = (verdict(&findings), findings.len()) < (verdict(&old), old.len());
    summary.findings = if better { findings } else { old };
    summary.findings.extend(others);
    if better {
        put(summary, part, text);
    }
}

/// The less, the better. Of two that are alike the first is taken, which is the one that was written again.
fn grade(fact: &KeyFact) -> (Verdict, usize) {
    (verdict(&fact.findings), fact.findings.len())
}
