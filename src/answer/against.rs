//! Holds a text that a person wrote against an article: each of its sentences, as a fact that cites nothing.

use serde::Serialize;
use utoipa::ToSchema;

use super::check::{Claim, Origin};
use super::reference::Reference;
use super::{Author, Evidence, Finding, FindingKind, Place, evidence, form};
use crate::intake::{Article, Cancel, IntakeError};
use crate::language::{Annotation, Language, LanguageMatch};

/// A text, checked sentence by sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// The text's language.
    pub language: Language,
    /// Its sentences, in order.
    pub sentences: Vec<Held>,
}

/// A sentence of the text and what the article says about it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CheckedSentence)]
pub struct Held {
    /// The sentence.
    pub text: String,
    /// The sentences of the article that say it.
    pub evidence: Vec<Evidence>,
    /// What does not hold.
    pub findings: Vec<Finding>,
    /// What was measured, for whoever sets thresholds of his own.
    #[serde(skip_serializing_if = "Signals::is_empty")]
    #[schema(required = false)]
    pub signals: Signals,
}

/// What was measured of a sentence, in numbers. Absent where there is no model that tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct Signals {
    /// How near the article comes to it, from -1 to 1: the greatest product of its vector with those of a sentence of the
    /// article or the title, each without what is common to its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder: Option<f32>,
    /// The same with the sentences that stand as its evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder_evidence: Option<f32>,
    /// How much of the words of a model one sentence of the article has, or the title, where they are in its language: 1 for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f32>,
    /// How many standard deviations the model's belief in it stands above that in true claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge: Option<f32>,
    /// How much the words surprise the model behind the article, as a share of what true claims of its own do at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surprise: Option<f32>,
}

impl Checked {
    /// How many findings there are in all sentences.
    pub fn findings(&self) -> usize {
        self.sentences.iter().map(|held| held.findings.len()).sum()
    }
}

impl Signals {
    /// True when nothing was measured.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Checks a text against an article, which may be in another of the three languages.
pub fn against(text: &Article, reference: &Reference) -> Checked {
    let sentences = text.sentences().iter().map(|sentence| &text.text()[sentence.range()]);
    let language = text.language();
    Checked { language, sentences: sentences.map(|sentence| held(sentence, language, reference)).collect() }
}

/// The same as long as somebody wants to know.
///
/// # Errors
/// When nobody does any more.
pub fn against_while(text: &Article, reference: &Reference, cancel: &Cancel) -> Result<Checked, IntakeError> {
    let language = text.language();
    let sentences = text.sentences().iter().map(|sentence| {
        cancel.check()?;
        Ok(held(&text.text()[sentence.range()], language, reference))
    });
    Ok(Checked { language, sentences: sentences.collect::<Result<_, IntakeError>>()? })
}

fn held(text: &str, language: Language, reference: &Reference) -> Held {
    let reading = Annotation::of_claim(text);
    let language_match = reference.language_match(language);
    let link = evidence::search(&reading, reference, language_match);
    let link = reference.nearer(text, language, link);
    let mut findings = form::check(&reading, reference, (language, Place::Sentence));
    if link.weak {
        findings.push(Finding::new(FindingKind::EvidenceWeak, Place::Sentence, ""));
    }
    findings.extend(reference.held(&Claim {
        text: &reading,
        sentences: &link.sentences,
        language_match,
        origin: Origin::Searched,
        place: Place::Sentence,
    }));
    findings.extend(reference.judged(text, language, Place::Sentence));
    let likeness = reference.likeness(text, language, &link.sentences);
    findings.extend(likeness.and_then(|it| it.finding(Place::Sentence)));
    let opinion = reference.opinion(text).unwrap_or_default();
    let is_own = reference.author == Author::Model && language_match == LanguageMatch::Same;
    let signals = Signals {
        encoder: likeness.map(|it| it.best),
        encoder_evidence: likeness.and_then(|it| it.evidence),
        share: is_own.then(|| evidence::share_of_one(&reading, reference)),
        judge: opinion.belief,
        surprise: opinion.surprise,
    };
    let evidence = link.sentences.iter().map(|&at| evidence::evidence(at, reference)).collect();
    Held { text: text.to_owned(), evidence, findings, signals }
}
