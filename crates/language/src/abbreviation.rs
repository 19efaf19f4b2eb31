//! Abbreviations of three languages, sorted by what a full stop after them can mean: `data/abbreviations.toml`. How the kinds are
//! used is written in `sentence`.

use std::collections::HashMap;
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

/// The lists of a language: words with blanks between them, where `_` stands for a blank inside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
enum List {
    Inside,
    Place,
    BeforeNumber,
    Company,
    Measure,
    Year,
    /// Measures after a number, and something else anywhere else: "5 м." and "м. Київ".
    MeasureAfterNumber,
    YearAfterNumber,
    /// Abbreviations that are words too: a goal, of chapters.
    WordsToo,
    /// Words in lower case that, with a capital, begin a sentence and are no name.
    Starters,
    /// Verbs that follow the speaker behind a quotation.
    Said,
}

static LISTS: LazyLock<HashMap<Language, WordMap<List>>> = LazyLock::new(|| {
    let file: HashMap<Language, HashMap<List, String>> =
        toml::from_str(TABLE).expect("data/abbreviations.toml is well-formed; a test reads it");
    let words_of = |lists: HashMap<List, String>| {
        let mut words = WordMap::default();
        for (list, text) in lists {
            text.split_whitespace().for_each(|word| words.add_word(&word.replace('_', " "), list));
        }
        words
    };
    file.into_iter().map(|(language, lists)| (language, words_of(lists))).collect()
});

fn has(language: Language, word: &str, list: List) -> bool {
    LISTS[&language].matches(word).any(|(known, _)| known == list)
}

/// What a full stop after `word` tells. `word` is in lower case and may hold inner full stops ("т.д").
pub(super) fn kind(language: Language, word: &str, after_number: bool) -> Option<Kind> {
    let is = |list| has(language, word, list);
    let shortened = is_shortened(word);
    if is(List::Year) || (after_number && is(List::YearAfterNumber)) {
        Some(Kind::Year)
    } else if is(List::Measure) || (after_number && (is(List::MeasureAfterNumber) || shortened)) {
        Some(Kind::Measure)
    } else if is(List::BeforeNumber) || calendar::is_abbreviation(word) {
        Some(Kind::BeforeNumber)
    } else if is(List::Company) {
        Some(Kind::Company)
    } else if is(List::Inside) {
        Some(Kind::Inside)
    } else {
        (is(List::Place) || shortened).then_some(Kind::Place)
    }
}

/// True for an abbreviation that is a word too, so that only its place tells.
pub(super) fn is_word_too(language: Language, word: &str) -> bool {
    has(language, word, List::WordsToo)
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
    has(language, word, List::Starters)
}

/// True for a verb that follows the speaker behind an English quotation.
pub(super) fn is_said(word: &str) -> bool {
    has(Language::En, word, List::Said)
}
