//! Holds a text that a person wrote against an article: each of its sentences, as a fact that cites nothing.

use serde::Serialize;

use super::check::{Claim, Origin};
use super::form::{self, Ending};
use super::reading::Reading;
use super::reference::Reference;
use super::{Evidence, Finding, FindingKind, Place, evidence};
use crate::intake::Article;
use crate::language::Language;

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

/// Checks a text against an article. Both may be in any of the three languages.
pub fn against(text: &Article, article: &Article) -> Checked {
    let reference = Reference::new(article);
    let sentences = text.sentences().iter().map(|sentence| &text.text()[sentence.start..sentence.end]);
    let language = text.language();
    Checked { language, sentences: sentences.map(|sentence| held(sentence, language, &reference)).collect() }
}

fn held(text: &str, language: Language, reference: &Reference<'_>) -> Held {
    let reading = Reading::of_claim(text, reference.table);
    let tongue = reference.tongue(language);
    let link = evidence::search(&reading, reference, tongue);
    let mut findings = form::findings(text, Ending::Free, language, Place::Sentence);
    if link.weak {
        findings.push(Finding { kind: FindingKind::EvidenceWeak, place: Place::Sentence, value: String::new() });
    }
    findings.extend(reference.held(&Claim {
        text: &reading,
        sentences: &link.sentences,
        tongue,
        origin: Origin::Searched,
        place: Place::Sentence,
    }));
    let evidence = link.sentences.iter().map(|&at| evidence::evidence(at, reference)).collect();
    Held { text: text.to_owned(), evidence, findings }
}
