//! Holds a text that a person wrote against an article: each of its sentences, as a fact that cites nothing.

use serde::Serialize;

use super::check::{Claim, Origin};
use super::reference::Reference;
use super::{Evidence, Finding, FindingKind, Place, evidence, form};
use crate::intake::Article;
use crate::language::{Annotation, Language};

/// A text, checked sentence by sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// The text's language.
    pub language: Language,
    /// Its sentences, in order.
    pub sentences: Vec<Held>,
}

/// A sentence of the text and what the article says about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// The sentence.
    pub text: String,
    /// The sentences of the article that say it.
    pub evidence: Vec<Evidence>,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

/// Checks a text against an article, which may be in another of the three languages.
pub fn against(text: &Article, reference: &Reference) -> Checked {
    let sentences = text.sentences().iter().map(|sentence| &text.text()[sentence.range()]);
    let language = text.language();
    Checked { language, sentences: sentences.map(|sentence| held(sentence, language, reference)).collect() }
}

fn held(text: &str, language: Language, reference: &Reference) -> Held {
    let reading = Annotation::of_claim(text);
    let language_match = reference.language_match(language);
    let link = evidence::search(&reading, reference, language_match);
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
    let evidence = link.sentences.iter().map(|&at| evidence::evidence(at, reference)).collect();
    Held { text: text.to_owned(), evidence, findings }
}
