//! Holds a draft against the article, part by part. Deterministic: the model that writes is not asked.
//!
//! A fact is held against the sentences that it cites, or against a better one if there is one; headline and summary, which
//! cite nothing, against those that each of their sentences comes from, and the title. A fact that only repeats another is dropped, because showing it twice tells a
//! reader nothing; everything else is kept with its findings, until `repair` settles what becomes of it.

use super::reference::{OwnWords, Reference};
use super::{Draft, DraftFact, Finding, FindingKind, Finish, KeyFact, Place, Strategy, Summary};
use super::{between, direction, evidence, figures, form, names, people, quote, settle, stance};
use crate::language::{Annotation, Language, LanguageMatch, sentences};
use crate::plan::LEAST_FACTS;

/// How a draft came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// The language that was asked for.
    pub language: Language,
    /// The way it took.
    pub strategy: Strategy,
    /// Whether it is whole.
    pub finish: Finish,
}

/// Checks a draft and links its evidence.
pub fn run(mut draft: Draft, reference: &Reference, made: Made) -> Summary {
    let language = made.language;
    draft.headline = settle::as_headline(&draft.headline).to_owned();
    let mut findings = Vec::new();
    for (place, text) in [(Place::Headline, &draft.headline), (Place::Summary, &draft.summary)] {
        findings.extend(reference.heading(text, language, place));
    }
    let mut key_facts: Vec<KeyFact> = Vec::new();
    for fact in draft.facts {
        let checked = reference.check(fact, language);
        match reference.beside(checked, [&draft.headline, &draft.summary], key_facts.iter()) {
            Ok(fact) => key_facts.push(fact),
            Err(KeyFact { text, .. }) => {
                findings.push(Finding::new(FindingKind::Repeated, Place::Fact, text));
            }
        }
    }
    findings.extend(reference.shortage(key_facts.len()));
    let Draft { headline, summary, .. } = draft;
    Summary {
        language,
        strategy: made.strategy,
        headline,
        summary,
        key_facts,
        findings,
        dropped: 0,
        quoted: Vec::new(),
        warnings: Vec::new(),
        finish: made.finish,
    }
}

/// Who named the sentences that a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The text cites them.
    Cited,
    /// They were looked for, and others may be meant.
    Searched,
}

/// A text that is held against the article.
pub(super) struct Claim<'c> {
    pub(super) text: &'c Annotation,
    /// Indexes of the sentences that it comes from; empty for a text that cites nothing.
    pub(super) sentences: &'c [usize],
    pub(super) language_match: LanguageMatch,
    /// Who says that it comes from there.
    pub(super) origin: Origin,
    /// Where it stands, for its findings.
    pub(super) place: Place,
}

impl<'c> Claim<'c> {
    /// The sentences that it comes from, where it has any of its own.
    pub(super) fn evidence(&self) -> Option<&'c [usize]> {
        (!self.sentences.is_empty()).then_some(self.sentences)
    }

    /// A finding about it.
    pub(super) fn finding(&self, kind: FindingKind, value: impl Into<String>) -> Finding {
        Finding::new(kind, self.place, value)
    }

    /// True when it cites its sentence in another language.
    pub(super) fn is_translated(&self) -> bool {
        self.language_match == LanguageMatch::Other && self.origin == Origin::Cited
    }
}

impl Reference {
    /// Checks one fact in this language: links its evidence and says what does not hold.
    pub fn check(&self, fact: DraftFact, language: Language) -> KeyFact {
        let reading = self.claim(&fact.text);
        let mut findings = form::check(&reading, self, (language, Place::Fact));
        // What was written in another language than asked for cannot be compared word by word either.
        let foreign = findings.iter().any(|it| it.kind == FindingKind::WrongLanguage && it.value == fact.text);
        let language_match = if foreign { LanguageMatch::Other } else { self.language_match(language) };
        let cited = fact.cited.iter().filter_map(|&number| (number as usize).checked_sub(1));
        let cited: Vec<usize> = cited.filter(|&at| at < self.sentences().len()).collect();
        let link = evidence::link(&reading, &cited, self, language_match);
        let link = if cited.is_empty() { link } else { self.nearer(&fact.text, language, link) };
        let numbers = || fact.cited.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let finding = |kind, value| Finding::new(kind, Place::Fact, value);
        if cited.is_empty() {
            findings.push(finding(FindingKind::Uncited, numbers()));
        }
        if link.corrected {
            findings.push(finding(FindingKind::CitationCorrected, numbers()));
        }
        if link.weak {
            findings.push(finding(FindingKind::EvidenceWeak, String::new()));
        }
        findings.extend(self.held(&Claim {
            text: &reading,
            sentences: &link.sentences,
            language_match,
            origin: Origin::Cited,
            place: Place::Fact,
        }));
        findings.extend(self.reworded(&reading, language, Place::Fact).filter(|_| !foreign));
        findings.extend(self.judged(&fact.text, language, Place::Fact));
        let likeness = self.likeness(&fact.text, language, &link.sentences);
        findings.extend(likeness.and_then(|it| it.finding(Place::Fact)));
        let evidence = link.sentences.iter().map(|&at| evidence::evidence(at, self)).collect();
        KeyFact { text: fact.text, evidence, findings }
    }

    /// What does not hold in a text.
    pub(super) fn held(&self, claim: &Claim<'_>) -> Vec<Finding> {
        let checks = [figures::check, names::check, people::check, direction::check, stance::check, quote::check];
        let mut found: Vec<Finding> = Vec::new();
        for finding in checks.into_iter().flat_map(|check| check(claim, self)) {
            // A name that is another one is no second fault where it is not in the evidence either.
            if !found.iter().any(|it| it.value.contains(&finding.value) && it.kind == finding.kind) {
                found.push(finding);
            }
        }
        found
    }

    /// The finding that a sentence in the article's language is not in the words that its writer can be trusted with.
    fn reworded(&self, text: &Annotation, language: Language, place: Place) -> Option<Finding> {
        let is_sound = match self.own_words(language) {
            OwnWords::Any => true,
            OwnWords::OfOne(least) => evidence::share_of_one(text, self) >= least,
            OwnWords::Verbatim => self.wording().has(&text.text),
        };
        (!is_sound).then(|| Finding::new(FindingKind::Unsupported, place, text.text.as_str()))
    }

    /// What does not hold in a headline or a summary. They cite nothing: what each of their sentences rests on is looked for, and
    /// the title may bear it, too.
    pub(super) fn heading(&self, text: &str, language: Language, place: Place) -> Vec<Finding> {
        let language_match = self.language_match(language);
        let mut found = form::check(&self.claim(text), self, (language, place));
        for sentence in sentences(text, language) {
            let reading = self.claim(&text[sentence.range()]);
            let link = evidence::search(&reading, self, language_match);
            let mut evidence = self.nearer(&reading.text, language, link).sentences;
            evidence.extend(self.title().map(|_| self.sentences().len()));
            let claim = Claim { text: &reading, sentences: &evidence, language_match, origin: Origin::Searched, place };
            let findings = self.held(&claim);
            found.extend(findings);
            found.extend(self.reworded(&reading, language, place));
        }
        found.extend(self.judged(text, language, place));
        found.extend(self.likeness(text, language, &[]).and_then(|it| it.finding(place)));
        found
    }

    /// The finding that there are too few facts.
    pub(super) fn shortage(&self, facts: usize) -> Option<Finding> {
        let few = facts < LEAST_FACTS.min(self.article.sentences().len());
        few.then(|| Finding::new(FindingKind::Truncated, Place::Fact, ""))
    }

    /// A fact as it stands beside headline, summary and other facts, with a finding where it contradicts one; as an error
    /// when it only repeats one.
    pub(super) fn beside<'f>(
        &self,
        mut fact: KeyFact,
        parts: [&'f String; 2],
        facts: impl Iterator<Item = &'f KeyFact>,
    ) -> Result<KeyFact, KeyFact> {
        match self.relation(&fact, parts, facts) {
            between::Relation::Repeats => return Err(fact),
            between::Relation::Contradicts(value) => {
                fact.findings.push(Finding::new(FindingKind::Contradiction, Place::Fact, value));
            }
            between::Relation::None => {}
        }
        Ok(fact)
    }

    /// How a fact stands to headline, summary and other facts. Where its own sentences have its numbers, it contradicts only
    /// what rests on the same sentences: an article may well say two numbers of two things in nearly the same words.
    fn relation<'f>(
        &self,
        fact: &KeyFact,
        parts: [&'f String; 2],
        facts: impl Iterator<Item = &'f KeyFact>,
    ) -> between::Relation {
        let reading = self.claim(&fact.text);
        let of_number = |it: &Finding| matches!(it.kind, FindingKind::NumberNotInSource | FindingKind::EvidenceWeak);
        let grounded = !fact.evidence.is_empty() && !fact.findings.iter().any(of_number);
        let shares = |other: &KeyFact| other.evidence.iter().any(|it| fact.evidence.contains(it));
        let language = self.article.language();
        let of_part = |text: &'f String| sentences(text, language).into_iter().map(|it| (&text[it.range()], !grounded));
        let parts = parts.into_iter().flat_map(of_part);
        let facts = facts.map(|other| (other.text.as_str(), !grounded || shares(other)));
        let relations =
            parts.chain(facts).map(|(text, comparable)| match between::relation(&reading, &self.claim(text)) {
                between::Relation::Contradicts(_) if !comparable => between::Relation::None,
                relation => relation,
            });
        relations.fold(between::Relation::None, |worst, relation| match (&worst, &relation) {
            (between::Relation::Repeats, _) | (_, between::Relation::None) => worst,
            _ => relation,
        })
    }
}
