//! Abbreviations of three languages, sorted by what a full stop after them can mean: `data/abbreviations.toml`. How the kinds are
//! used is written in `sentence`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Language;
use super::calendar;
use super::word_map::WordMap;

const TABLE: &str = include_str!("../data/abbreviations.toml");

/// What the full stop after an abbreviation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something always follows: a title before a name, "e.g.".
    Inside,
    /// It goes on with a name or a number, and ends where another word follows: "Main St.", "Одеська обл.".
    Place,
    /// A number follows, or else it is the end: "No. 5", "Sept. 12".
    BeforeNumber,
    /// A name goes on behind it more often than not: "Inc.", "p.m.".
    Company,
    /// A measure or an "and so on", which ends sentences as often as not.
    Measure,
    /// A year or a century: like a measure, but subjects follow it in mid-sentence.
    Year,
}

/// The file.
#[derive(Deserialize)]
struct File {
    said: String,
    en: Lists,
    uk: Lists,
    ru: Lists,
}

/// Lists of words with blanks between them; `_` stands for a blank inside one.
#[derive(Deserialize)]
struct Lists {
    inside: String,
    place: String,
    before_number: String,
    company: String,
    measure: String,
    year: String,
    /// Measures after a number, and something else anywhere else: "5 м." and "м. Київ".
    measure_after_number: String,
    year_after_number: String,
    /// Abbreviations that are words too: a goal, of chapters.
    words_too: String,
    /// Words in lower case that, with a capital, begin a sentence and are no name.
    starters: String,
}

/// What the lists say of a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    Kind(Kind),
    AfterNumber(Kind),
    WordToo,
    Starter,
}

struct Abbreviations {
    said: WordMap<()>,
    /// In the order of [`Language::ALL`].
    words: [WordMap<Entry>; 3],
}

static ABBREVIATIONS: LazyLock<Abbreviations> = LazyLock::new(|| {
    let File { said, en, uk, ru } =
        toml::from_str(TABLE).expect("data/abbreviations.toml is well-formed; a test reads it");
    Abbreviations { said: WordMap::of([(said.as_str(), ())]), words: [en, uk, ru].map(|lists| words_of(&lists)) }
});

fn words_of(lists: &Lists) -> WordMap<Entry> {
    let mut words = WordMap::default();
    for (list, entry) in [
        (&lists.inside, Entry::Kind(Kind::Inside)),
        (&lists.place, Entry::Kind(Kind::Place)),
        (&lists.before_number, Entry::Kind(Kind::BeforeNumber)),
        (&lists.company, Entry::Kind(Kind::Company)),
        (&lists.measure, Entry::Kind(Kind::Measure)),
        (&lists.year, Entry::Kind(Kind::Year)),
        (&lists.measure_after_number, Entry::AfterNumber(Kind::Measure)),
        (&lists.year_after_number, Entry::AfterNumber(Kind::Year)),
        (&lists.words_too, Entry::WordToo),
        (&lists.starters, Entry::Starter),
    ] {
        list.split_whitespace().for_each(|word| words.add_word(&word.replace('_', " "), entry));
    }
    words
}

fn has(language: Language, word: &str, entry: Entry) -> bool {
    ABBREVIATIONS.words[language as usize].matches(word).any(|(known, _)| known == entry)
}

/// What a full stop after `word` tells. `word` is in lower case and may hold inner full stops ("т.д").
pub(super) fn kind(language: Language, word: &str, after_number: bool) -> Option<Kind> {
    let is = |kind| has(language, word, Entry::Kind(kind));
    let behind = |kind| after_number && has(language, word, Entry::AfterNumber(kind));
    if behind(Kind::Year) || is(Kind::Year) {
        return Some(Kind::Year);
    }
    if behind(Kind::Measure) || (after_number && is_shortened(word)) || is(Kind::Measure) {
        return Some(Kind::Measure);
    }
    if calendar::is_abbreviation(word) {
        return Some(Kind::BeforeNumber);
    }
    let listed = [Kind::BeforeNumber, Kind::Company, Kind::Inside, Kind::Place].into_iter().find(|&kind| is(kind));
    listed.or_else(|| is_shortened(word).then_some(Kind::Place))
}

/// True for an abbreviation that is a word too, so that only its place tells.
pub(super) fn is_word_too(language: Language, word: &str) -> bool {
    has(language, word, Entry::WordToo)
}

/// No word is without a vowel: an abbreviation that is not listed. Acronyms are in capitals and are not asked for.
fn is_shortened(word: &str) -> bool {
    word.chars().count() >= 2 && word.chars().all(|c| c.is_alphabetic() && !"aeiouyаеєиіїоуюяыэё".contains(c))
}

/// True for what stands behind the name of a company.
pub(super) fn is_company_form(word: &str) -> bool {
    matches!(word, "Inc" | "Ltd" | "Corp" | "LLC" | "Co" | "plc" | "PLC" | "AG" | "GmbH" | "SA")
}

/// True for a word that begins a sentence and is no name.
pub(super) fn is_starter(language: Language, word: &str) -> bool {
    has(language, word, Entry::Starter)
}

/// True for a verb that follows the speaker behind an English quotation.
pub(super) fn is_said(word: &str) -> bool {
    ABBREVIATIONS.said.get(word).is_some()
}
