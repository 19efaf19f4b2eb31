//! A fact as it is compared: the sentences that it cites, its numbers, and its names.

use std::collections::BTreeSet;

use super::super::{KeyFact, Summary};
use super::number::{Number, Numbers};
use crate::language::{Annotation, NameKey, SentenceId, Token};

/// A word that is a name, and what it sounds like.
#[derive(Clone)]
struct Name {
    text: String,
    key: NameKey,
}

/// One fact of one language.
pub(super) struct Claim {
    /// The place of its language among the summaries.
    pub(super) language: usize,
    /// Its place among the facts of its language.
    pub(super) index: usize,
    /// What it cites.
    pub(super) sentences: BTreeSet<SentenceId>,
    pub(super) numbers: Numbers,
    /// The keys of its words.
    words: Vec<NameKey>,
    /// Those of its words that are names.
    names: Vec<Name>,
}

impl Claim {
    /// The numbers that the other has not.
    pub(super) fn numbers_not_in<'a>(&'a self, other: &Self) -> impl Iterator<Item = &'a Number> {
        self.numbers.digits.iter().filter(|number| !other.numbers.has(number))
    }

    /// The names that the other has not, when both have one that the other has not. A name that only one has is left
    /// unsaid by the other (`the general`), and that is no difference.
    pub(super) fn other_names<'a>(&'a self, other: &Self) -> Vec<&'a str> {
        if other.names_not_in(self).next().is_none() {
            return Vec::new();
        }
        self.names_not_in(other).map(|name| name.text.as_str()).collect()
    }

    fn names_not_in<'a>(&'a self, other: &Self) -> impl Iterator<Item = &'a Name> {
        self.names.iter().filter(|name| !other.words.iter().any(|word| word.is_like(&name.key)))
    }

    /// Names that the other has as well.
    pub(super) fn shared_names(&self, other: &Self) -> usize {
        self.names.len() - self.names_not_in(other).count()
    }

    /// Which share of the numbers and names of both each has from the other; nothing when there are none.
    pub(super) fn agreement(&self, other: &Self) -> Option<f64> {
        let all = self.marks() + other.marks();
        let lost = self.lost(other) + other.lost(self);
        (all > 0).then(|| (all - lost) as f64 / all as f64)
    }

    fn marks(&self) -> usize {
        self.numbers.digits.len() + self.names.len()
    }

    fn lost(&self, other: &Self) -> usize {
        self.numbers_not_in(other).count() + self.names_not_in(other).count()
    }
}

/// A name inside a sentence, and the language of the summary that it stands in; no language for cited sentences.
struct Known {
    key: NameKey,
    language: Option<usize>,
}

/// Every fact of every language.
pub(super) fn claims(summaries: &[Summary]) -> Vec<Claim> {
    let known = known(summaries);
    let of_language = |(language, summary): (usize, &Summary)| {
        let facts = summary.key_facts.iter().enumerate();
        facts.map(|(index, fact)| claim(fact, (language, index), &known)).collect::<Vec<_>>()
    };
    summaries.iter().enumerate().flat_map(of_language).collect()
}

fn claim(fact: &KeyFact, (language, index): (usize, usize), known: &[Known]) -> Claim {
    let text = Annotation::of_claim(&fact.text);
    let elsewhere = |name: &Name| known.iter().any(|it| it.language != Some(language) && it.key.is_like(&name.key));
    let heard = text.tokens.iter().zip(&text.name_keys).filter(|(token, _)| may_be_name(token));
    let names =
        heard.map(|(token, key)| Name { text: token.text.clone(), key: key.clone() }).filter(elsewhere).collect();
    let sentences = fact.evidence.iter().map(|evidence| evidence.sentence).collect();
    Claim { language, index, sentences, numbers: Numbers::of(&text), words: text.name_keys, names }
}

/// True for a word that may be a name, as far as it can be told from the word alone. Acronyms are translated too often (EU, ЄС)
/// to be compared.
fn may_be_name(token: &Token) -> bool {
    token.is_capitalised() && token.text.chars().skip(1).any(char::is_lowercase)
}

fn known(summaries: &[Summary]) -> Vec<Known> {
    let mut found = Vec::new();
    let mut add = |text: &str, language| {
        let text = Annotation::of_claim(text);
        let proper = (0..text.tokens.len()).filter(|&i| text.tokens[i].is_capitalised() && !text.begins(i));
        found.extend(proper.map(|i| Known { key: text.name_keys[i].clone(), language }));
    };
    let mut cited = BTreeSet::new();
    for (language, summary) in summaries.iter().enumerate() {
        for text in [&summary.headline, &summary.summary].into_iter().chain(summary.key_facts.iter().map(|it| &it.text))
        {
            add(text, Some(language));
        }
        for evidence in summary.key_facts.iter().flat_map(|fact| &fact.evidence) {
            if cited.insert(evidence.sentence) {
                add(&evidence.text, None);
            }
        }
    }
    found
}
