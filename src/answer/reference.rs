//! An article, prepared once so that every fact can be held against it at a cost that does not grow with the article.
//!
//! Every word, number and name of the article leads to the sentences that have it (an inverted index). A fact's words are
//! looked up, and a sentence supports the fact by the share of the fact's words that it has, rare words counting more
//! (inverse document frequency, Spärck Jones 1972).

use std::collections::{BTreeMap, HashMap};

use super::reading::{Key, Reading, Tongue};
use crate::intake::Article;
use crate::language::{Date, Decimal, Language, Mention, Sound, Table, Token, What};

/// A number or a date that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Figure {
    Number(Decimal),
    Share(u32, u32),
    Clock(u16, u16),
    Score(u16, u16),
    /// Day and month.
    Day(u8, u8),
    Month(u8),
    Weekday(u8),
    Season(u8),
}

/// A word of the article that may be a name.
#[derive(Debug)]
struct SourceName {
    sound: Sound,
    sentences: Vec<usize>,
    /// It has its capital also where no sentence begins.
    certain: bool,
}

/// An article that facts are held against.
#[derive(Debug)]
pub struct Reference<'a> {
    pub(super) article: &'a Article,
    pub(super) table: &'static Table,
    pub(super) sentences: Vec<Reading<'a>>,
    pub(super) title: Option<Reading<'a>>,
    words: HashMap<Key, Vec<usize>>,
    figures: HashMap<Figure, Vec<usize>>,
    names: Vec<SourceName>,
}

impl<'a> Reference<'a> {
    /// Prepares an article.
    pub fn new(article: &'a Article) -> Self {
        let table = Table::shared();
        let read = |text| Reading::new(text, table);
        let sentences: Vec<Reading<'a>> =
            article.sentences().iter().map(|sentence| read(&article.text()[sentence.start..sentence.end])).collect();
        let title = article.title().map(read);
        let (mut words, mut figures): (HashMap<_, Vec<usize>>, HashMap<_, Vec<usize>>) = Default::default();
        let mut names: BTreeMap<&str, SourceName> = BTreeMap::new();
        // The title stands behind the last sentence: it supports names and numbers, and is never evidence.
        for (at, reading) in sentences.iter().chain(&title).enumerate() {
            for key in reading.keys.iter().flatten() {
                add(words.entry(key.clone()).or_default(), at);
            }
            for figure in reading.mentions.iter().flat_map(|mention| figures_of(&mention.what)) {
                add(figures.entry(figure).or_default(), at);
            }
            for (i, token) in reading.tokens.iter().enumerate().filter(|(_, token)| may_name(token)) {
                let name = names.entry(token.text).or_insert_with(|| SourceName {
                    sound: Sound::of(token.text),
                    sentences: Vec::new(),
                    certain: false,
                });
                add(&mut name.sentences, at);
                name.certain |= token.is_capitalised() && !reading.begins(i);
            }
        }
        let names = names.into_values().collect();
        Self { article, table, sentences, title, words, figures, names }
    }

    /// Whether a fact in this language can be compared word by word.
    pub(super) fn tongue(&self, language: Language) -> Tongue {
        if language == self.article.language() { Tongue::Same } else { Tongue::Other }
    }

    /// The sentences that have a word by any of these keys.
    pub(super) fn with_keys<'k>(&self, keys: impl Iterator<Item = &'k Key>) -> Vec<usize> {
        merged(keys.filter_map(|key| self.words.get(key)))
    }

    /// The sentences that have any of these figures.
    pub(super) fn with_figures(&self, figures: &[Figure]) -> Vec<usize> {
        merged(figures.iter().filter_map(|figure| self.figures.get(figure)))
    }

    /// The sentences with a name that sounds like this one, and whether it is a name for certain.
    pub(super) fn with_sound(&self, sound: &Sound) -> (Vec<usize>, bool) {
        let alike: Vec<&SourceName> = self.names.iter().filter(|name| name.sound.is_like(sound)).collect();
        (
            merged(alike.iter().map(|name| &name.sentences)),
            alike.iter().any(|name| name.certain && name.sound.is_close(sound)),
        )
    }

    /// What a word is worth that this many sentences have.
    pub(super) fn weight(&self, sentences: usize) -> f32 {
        let all = self.sentences.len() as f32;
        (1.0 + all / sentences.max(1) as f32).ln()
    }
}

/// True for a word with a capital, and for an adjective that may be made of a name: тартуский.
fn may_name(token: &Token<'_>) -> bool {
    let adjective = token.is_cyrillic() && ["ськ", "цьк", "ск"].iter().any(|suffix| token.folded.contains(suffix));
    token.is_capitalised() || adjective
}

fn add(sentences: &mut Vec<usize>, at: usize) {
    if sentences.last() != Some(&at) {
        sentences.push(at);
    }
}

fn merged<'v>(lists: impl Iterator<Item = &'v Vec<usize>>) -> Vec<usize> {
    let mut all: Vec<usize> = lists.flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What a mention can be looked up by.
pub(super) fn figures_of(what: &What) -> Vec<Figure> {
    match what {
        What::Number(amount) => amount.keys().into_iter().map(Figure::Number).collect(),
        What::Share(part, whole) => vec![Figure::Share(*part, *whole)],
        What::Score(ours, theirs) => vec![Figure::Score(*ours, *theirs)],
        What::Season(season) => vec![Figure::Season(*season)],
        // Which day it was, nobody knows.
        What::Relative(..) => Vec::new(),
        What::Clock(hours, minutes) => vec![Figure::Clock(*hours, *minutes)],
        What::Weekday(day) => vec![Figure::Weekday(*day)],
        What::Date(Date { day, month, year }) => {
            let mut figures = vec![Figure::Month(*month)];
            figures.extend(day.map(|day| Figure::Day(day, *month)));
            let year = year.map(|year| Figure::Number(Decimal::from(u64::from(year))));
            figures.extend(year);
            figures
        }
    }
}

impl<'a> Reference<'a> {
    /// True when any of these sentences has this bare number, whatever it counts.
    pub(super) fn has_value(&self, value: &Decimal, sentences: &[usize]) -> bool {
        let has = |mention: &Mention| matches!(&mention.what, What::Number(amount) if amount.values.contains(value));
        self.mentions_in(sentences).any(has)
    }

    /// What these sentences mention; the title when its index is among them.
    pub(super) fn mentions_in<'s>(&'s self, sentences: &'s [usize]) -> impl Iterator<Item = &'s Mention> {
        self.readings(sentences).flat_map(|reading| &reading.mentions)
    }

    /// These sentences; the title when its index is among them.
    pub(super) fn readings<'s>(&'s self, sentences: &'s [usize]) -> impl Iterator<Item = &'s Reading<'a>> {
        sentences.iter().filter_map(|&at| self.sentences.get(at).or(self.title.as_ref()))
    }

    /// Every sentence, and the title.
    pub(super) fn everywhere(&self) -> Vec<usize> {
        (0..self.sentences.len() + usize::from(self.title.is_some())).collect()
    }
}
