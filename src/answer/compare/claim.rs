//! A fact as it is compared: the sentences that it cites, its numbers, and its names.

use std::collections::BTreeSet;

use super::super::{KeyFact, Summary};
use super::name::{Word, words};
use super::number::{Number, Numbers};
use crate::language::SentenceId;

/// One fact of one language.
pub(super) struct Claim {
    /// The place of its language among the summaries.
    pub(super) language: usize,
    /// Its place among the facts of its language.
    pub(super) index: usize,
    /// What it cites.
    pub(super) sentences: BTreeSet<SentenceId>,
    pub(super) numbers: Numbers,
    words: Vec<Word>,
    /// Those of its words that are names.
    names: Vec<Word>,
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

    fn names_not_in<'a>(&'a self, other: &Self) -> impl Iterator<Item = &'a Word> {
        let known = |name: &&Word| !other.words.iter().any(|word| word.sounds_like(name));
        self.names.iter().filter(known)
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

/// A capital inside a sentence, and the language of the summary that it stands in; no language for cited sentences.
struct Known {
    word: Word,
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
    let words = words(&fact.text);
    let elsewhere = |word: &Word| known.iter().any(|it| it.language != Some(language) && it.word.sounds_like(word));
    let names = words.iter().filter(|word| word.may_be_name() && elsewhere(word)).cloned().collect();
    let sentences = fact.evidence.iter().map(|evidence| evidence.sentence).collect();
    Claim { language, index, sentences, numbers: Numbers::read(&fact.text), words, names }
}

fn known(summaries: &[Summary]) -> Vec<Known> {
    let mut found = Vec::new();
    let mut add = |text: &str, language| {
        let proper = words(text).into_iter().filter(Word::is_proper);
        found.extend(proper.map(|word| Known { word, language }));
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
