//! What becomes of the parts that do not hold: what fails is not shown.
//!
//! What was written again is checked like the first, and the better of the two counts. What is wrong then is left out, and how
//! many facts were is said; what is only weak stays, with its finding, in the article's own language. Facts that were written
//! beside take the places that are free. Instead of a headline or a summary that fails, a fact that holds is shown, or the
//! article's own words, marked as such, or nothing. An answer that was broken off is whole when all its parts are in the end.

use super::reference::Reference;
use super::repair::{HEADING, Part, Rewritten, Verdict, asked, holds, is_unusable, verdict, wanted};
use super::{DraftFact, Finding, FindingKind, Finish, KeyFact, Place, Summary};
use crate::plan::{Strictness, SummaryOptions};

/// Words of a headline that is written again, or of a fact that is taken for one where there is a shorter one, at most.
const MOST_HEADLINE_WORDS: usize = 14;

/// Settles what becomes of the parts that do not hold. `rewritten` has those that were written again, with their new text.
pub fn settle(
    mut summary: Summary,
    rewritten: &[Rewritten],
    reference: &Reference,
    options: &SummaryOptions,
) -> Summary {
    // Where words cannot be compared, what is weak may as well be wrong.
    let is_own = summary.language == reference.article().language();
    let may_be_weak = is_own && options.strictness != Strictness::Strict && !reference.has_to_quote(summary.language);
    let worst = if may_be_weak { Verdict::Weak } else { Verdict::Holds };
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
        best.iter().filter(|fact| verdict(&fact.findings) > worst).for_each(leave_out);
        settled[at] = best.filter(|fact| verdict(&fact.findings) <= worst);
        summary.dropped += usize::from(settled[at].is_none());
    }
    summary.key_facts = settled.into_iter().flatten().collect();
    let facts = asked(&summary, reference, options);
    fill(&mut summary, rewritten, reference, facts);
    stand_in(&mut summary, reference);
    summary.key_facts.truncate(options.facts);
    summary.findings.retain(|it| it.place != Place::Fact || it.kind != FindingKind::Truncated);
    summary.findings.extend(reference.shortage(summary.key_facts.len()));
    if !summary.findings.iter().any(|it| it.kind == FindingKind::Truncated) {
        summary.finish = Finish::Complete;
    }
    summary
}

/// Nobody is shown a headline or a summary that does not hold. In the article's own language its title stands in for the
/// headline; else a fact that holds does, but not the only one; else, in its own language, its first sentence that stands alone. What
/// nothing can stand in for is missing.
fn stand_in(summary: &mut Summary, reference: &Reference) {
    let article = reference.article();
    let is_own = summary.language == article.language();
    let leads = |at: usize| {
        reference.bears(at)
            && reference.leaning(&reference.sentences()[at], (article.language(), Place::Summary)).is_none()
    };
    let lead = article.sentences().iter().enumerate().find(|(at, _)| leads(*at));
    let lead = lead.map(|(_, sentence)| &article.text()[sentence.range()]).filter(|_| is_own);
    for (part, place) in HEADING.into_iter().rev() {
        if !is_unusable(summary, place) {
            continue;
        }
        let title = reference.title().filter(|_| is_own && part == Part::Headline);
        let lead = lead.filter(|_| part == Part::Summary);
        let sound: Vec<usize> = (0..summary.key_facts.len()).filter(|&at| holds(&summary.key_facts[at])).collect();
        let short = match part {
            Part::Headline => sound.iter().find(|&&at| is_short(&summary.key_facts[at].text)),
            // The earlier a sentence stands, the more of the event is in it.
            _ => sound.iter().min_by_key(|&&at| summary.key_facts[at].cited().into_iter().min()),
        };
        let fact = match (title, short.or(sound.first())) {
            (None, Some(&best)) if sound.len() > 1 => Some(summary.key_facts.remove(best).text),
            _ => None,
        };
        let quoted = title.or(lead).filter(|_| fact.is_none());
        summary.findings.retain(|it| it.place != place);
        summary.quoted.retain(|it| *it != place);
        if quoted.is_some() {
            summary.quoted.push(place);
        } else if fact.is_none() {
            summary.findings.push(Finding::new(FindingKind::Truncated, place, ""));
        }
        let text = fact.as_deref().or(quoted).unwrap_or_default();
        put(summary, part, as_part(part, text));
    }
}

/// True for a text that is short enough for a headline.
fn is_short(text: &str) -> bool {
    text.split_whitespace().count() <= MOST_HEADLINE_WORDS
}

/// A sentence as a part above the facts.
fn as_part(part: Part, text: &str) -> &str {
    if part == Part::Headline { as_headline(text) } else { text }
}

/// A headline has no full stop; that of "U.S." is none.
pub(super) fn as_headline(text: &str) -> &str {
    let is_end = |bare: &&str| !bare.rsplit(' ').next().is_some_and(|word| word.contains('.') || bare.ends_with('.'));
    text.strip_suffix('.').filter(is_end).unwrap_or(text)
}

fn put(summary: &mut Summary, part: Part, text: &str) {
    let place = if part == Part::Headline { &mut summary.headline } else { &mut summary.summary };
    text.clone_into(place);
}

/// Gives the places that are free to facts that were written beside and hold; those that name and count nothing come last.
fn fill(summary: &mut Summary, rewritten: &[Rewritten], reference: &Reference, facts: usize) {
    let mut bare = Vec::new();
    for line in rewritten.iter().filter(|it| it.part == Part::Another) {
        if summary.key_facts.len() >= wanted(summary, facts) {
            return;
        }
        let draft = DraftFact { text: line.text.trim().to_owned(), cited: line.sentences.clone() };
        let Some(fact) = another(reference.check(draft, summary.language), summary, reference) else { continue };
        if holds(&fact) {
            summary.key_facts.push(fact);
        } else if fact.findings.iter().all(|it| it.kind == FindingKind::ContextMissing && it.value.is_empty()) {
            bare.push(KeyFact { findings: Vec::new(), ..fact });
        } else {
            leave_out(&fact);
        }
    }
    for fact in bare {
        if summary.key_facts.len() < wanted(summary, facts) {
            summary.key_facts.extend(another(fact, summary, reference));
        }
    }
}

/// A fact as it stands beside the others; nothing when it repeats one, or rests on a sentence that one rests on.
fn another(fact: KeyFact, summary: &Summary, reference: &Reference) -> Option<KeyFact> {
    let cited = fact.cited();
    let is_told = summary.key_facts.iter().flat_map(KeyFact::cited).any(|it| cited.contains(&it));
    (!is_told).then(|| reference.beside(fact, [&summary.headline, &summary.summary], summary.key_facts.iter()).ok())?
}

/// Puts a new headline or summary in the place of the old one when it is better.
fn heading(summary: &mut Summary, (part, place): (Part, Place), text: &str, reference: &Reference) {
    let text = as_part(part, text);
    let findings = reference.heading(text, summary.language, place);
    let (old, others): (Vec<Finding>, Vec<Finding>) = summary.findings.drain(..).partition(|it| it.place == place);
    let fits = part != Part::Headline || is_short(text);
    let better = fits && (verdict(&findings), findings.len()) < (verdict(&old), old.len());
    summary.findings = if better { findings } else { old };
    summary.findings.extend(others);
    if better {
        put(summary, part, text);
    }
}

/// Says in the log what is not shown, and why.
fn leave_out(fact: &KeyFact) {
    let findings: Vec<String> = fact.findings.iter().map(|it| format!("{:?} {}", it.kind, it.value)).collect();
    tracing::debug!(text = fact.text, findings = findings.join("; "), "left out");
}

/// The less, the better. Of two that are alike the first is taken, which is the one that was written again.
fn grade(fact: &KeyFact) -> (Verdict, usize) {
    (verdict(&fact.findings), fact.findings.len())
}
