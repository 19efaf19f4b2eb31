//! What a sentence has of an order to a program that reads: commands to write, an address, words for an answer and its parts.
//!
//! Each is a yes or no by itself, and news has each of them somewhere; how much each of them counts, alone and together with
//! others, is for `score`. What stands in quotation marks is somebody's words, and is told apart. The words are in `prompts/address.toml`;
//! the plural of commands in Ukrainian and Russian is known by its endings. A sentence is gone through once.

use std::sync::LazyLock;

use serde::Deserialize;

use super::phrases::unquoted;
use crate::grammar::is_listed;
use crate::language::{WordMap, fold};

const WORDS: &str = include_str!("../../../prompts/address.toml");

/// What is told of a sentence, in this order: the parts, then those of them that stand together.
pub const FEATURES: usize = 24;
/// The parts.
const PARTS: usize = 11;

/// So many single letters in a row are a word that is spelled out.
const SPELLED: usize = 6;
/// A run of letters and digits that is so long and has both cases is code.
const CODE: usize = 20;

/// The words of the file.
#[derive(Deserialize)]
struct Lists {
    joints: Vec<String>,
    machine: Vec<String>,
    task: Vec<String>,
    text: Vec<String>,
    begins_command: Vec<String>,
    command: Vec<String>,
    duty: Vec<String>,
    second_singular: Vec<String>,
    second: Vec<String>,
    address: Vec<String>,
}

/// What a word of the file is. The numbers are places among the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Command = 0,
    Plural = 1,
    Singular = 2,
    SecondSingular = 3,
    Second = 4,
    Task = 5,
    Text = 6,
    Machine = 7,
    Duty = 8,
    Address = 9,
    Code = 10,
}

/// An entry of the file: what it is, whether only at the beginning of a clause, and its words behind the first.
struct Entry {
    class: Class,
    begins: bool,
    rest: Vec<String>,
}

struct Lexicon {
    joints: WordMap<()>,
    words: WordMap<usize>,
    entries: Vec<Entry>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let lists: Lists = toml::from_str(WORDS).expect("prompts/address.toml is well-formed; a test reads it");
    let (mut words, mut entries) = (WordMap::default(), Vec::new());
    let classes = [
        (lists.machine, Class::Machine, false),
        (lists.task, Class::Task, false),
        (lists.text, Class::Text, false),
        (lists.begins_command, Class::Command, true),
        (lists.command, Class::Command, false),
        (lists.duty, Class::Duty, false),
        (lists.second_singular, Class::SecondSingular, false),
        (lists.second, Class::Second, false),
        (lists.address, Class::Address, true),
    ];
    for (list, class, begins) in classes {
        for phrase in list {
            let mut parts = phrase.split(' ').map(str::to_owned);
            let first = parts.next().unwrap_or_default();
            words.add_word(&first, entries.len());
            entries.push(Entry { class, begins, rest: parts.collect() });
        }
    }
    Lexicon { joints: WordMap::of(lists.joints.iter().map(|word| (word.as_str(), ()))), words, entries }
});

/// A word, and whether a clause begins with it.
struct Word<'t> {
    text: &'t str,
    begins: bool,
}

/// What a sentence has, each 0 or 1.
#[must_use]
pub fn features(sentence: &str) -> [f32; FEATURES] {
    let folded = fold(sentence);
    let mut has = parts(&unquoted(&folded));
    has[Class::Code as usize] |= sentence.split_whitespace().any(is_code);
    let (outside, all) = (together(has), together(parts(&folded)));
    let is_quoted = |at: usize| all[at] && !outside[at];
    let quoted = QUOTED.map(is_quoted);
    let mut features = [0.0; FEATURES];
    for (feature, has) in features.iter_mut().zip(has.into_iter().chain(outside).chain(quoted)) {
        *feature = f32::from(u8::from(has));
    }
    features
}

/// The parts that a folded text has.
fn parts(text: &str) -> [bool; PARTS] {
    let lexicon = &*LEXICON;
    let words = words(text, lexicon);
    let mut has = [false; PARTS];
    for (at, word) in words.iter().enumerate() {
        for (entry, _) in lexicon.words.matches(word.text) {
            let Entry { class, begins, rest } = &lexicon.entries[entry];
            let follows = || {
                let behind = words[at + 1..].iter().map(|word| word.text);
                words.len() - at > rest.len() && rest.iter().zip(behind).all(|(wanted, word)| is_listed(wanted, word))
            };
            has[*class as usize] |= (word.begins || !begins) && follows();
        }
        has[Class::Plural as usize] |= is_plural_command(word.text);
        has[Class::Singular as usize] |= word.begins && is_singular_command(word.text);
    }
    has[Class::Code as usize] = is_spelled(&words);
    has
}

/// Parts that stand together.
fn together(has: [bool; PARTS]) -> [bool; 9] {
    let is = |class: Class| has[class as usize];
    let command = is(Class::Command) || is(Class::Plural) || is(Class::Singular);
    let directs = command || is(Class::Duty) || is(Class::SecondSingular);
    [
        is(Class::Command) && is(Class::Task),
        is(Class::Command) && is(Class::Text),
        directs && is(Class::Machine),
        directs && is(Class::Task),
        (is(Class::SecondSingular) || is(Class::Second)) && is(Class::Task),
        is(Class::Address) && directs,
        is(Class::Machine) && is(Class::Task),
        command && is(Class::SecondSingular),
        is(Class::Command) && is(Class::SecondSingular),
    ]
}

/// Of those, what counts in a quotation, too: commands and duties of what is to be written, or of a program.
const QUOTED: [usize; 4] = [0, 2, 3, 6];

/// The words of a folded text. A clause begins behind any mark, and behind the words that join clauses there.
fn words<'t>(text: &'t str, lexicon: &Lexicon) -> Vec<Word<'t>> {
    let (mut words, mut begins, mut rest) = (Vec::new(), true, text);
    while let Some(c) = rest.chars().next() {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "-'".contains(c))).unwrap_or(rest.len());
        if c.is_alphanumeric() {
            let text = &rest[..end];
            words.push(Word { text, begins });
            begins &= lexicon.joints.get(text).is_some();
        } else {
            begins |= !c.is_whitespace() || c == '\n';
        }
        rest = &rest[if c.is_alphanumeric() { end } else { c.len_utf8() }..];
    }
    words
}

/// True for a Ukrainian or Russian command to more than one, or to one politely: додайте, скажіть, напишите.
fn is_plural_command(word: &str) -> bool {
    let stem = |ending: &str| word.strip_suffix(ending).is_some_and(|stem| stem.chars().count() >= 2);
    let endings = ["йте", "ите", "іте", "ьте"];
    endings.into_iter().any(stem) || (stem("іть") && !word.ends_with("ість") && !word.ends_with("їть"))
}

/// True for a word that has the ending of a Ukrainian or Russian command to one: повторюй, розшифруй.
fn is_singular_command(word: &str) -> bool {
    let word = word.strip_suffix("ся").or_else(|| word.strip_suffix("сь")).unwrap_or(word);
    let endings = ["уй", "юй", "ай", "яй"];
    endings.into_iter().any(|ending| word.strip_suffix(ending).is_some_and(|stem| stem.chars().count() >= 2))
}

fn is_spelled(words: &[Word<'_>]) -> bool {
    let single = |word: &Word<'_>| word.text.chars().count() == 1 && word.text.chars().all(char::is_alphabetic);
    words.windows(SPELLED).any(|run| run.iter().all(single))
}

fn is_code(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let of_code = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    word.len() >= CODE
        && word.chars().all(of_code)
        && word.contains(|c: char| c.is_ascii_uppercase())
        && word.contains(|c: char| c.is_ascii_lowercase())
        && word.contains(|c: char| c.is_ascii_digit() || c == '=' || c == '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(sentence: &str, class: Class) -> bool {
        features(sentence)[class as usize] > 0.0
    }

    #[test]
    fn commands_are_known_where_a_clause_begins() {
        for text in [
            "Write a poem.",
            "If you can, write a poem.",
            "Please write a poem.",
            "Напиши вірш.",
            "Вірш напишіть!",
            "Слово вставьте.",
        ] {
            assert!(has(text, Class::Command) || has(text, Class::Plural), "{text}");
        }
        for text in [
            "They write poems.",
            "Він написав вірш.",
            "Промисловість росте.",
            "“Write a poem,” she told the whole class.",
        ] {
            assert!(!has(text, Class::Command) && !has(text, Class::Plural), "{text}");
        }
        assert!(has("Розшифруй цей рядок", Class::Singular) && !has("Нова будівля", Class::Singular));
    }

    #[test]
    fn what_is_no_word_is_code() {
        for text in ["Read b a n a n a s", "Use 0KjQutC+0LvRgyDQutGD0L/QuNC70LAg0YTRltGA0LzQsA=="] {
            assert!(has(text, Class::Code), "{text}");
        }
        for text in ["A B C", "see https://news.example/a/very/long/Address2024", "Internationalisation"] {
            assert!(!has(text, Class::Code), "{text}");
        }
    }

    #[test]
    fn several_words_stand_for_one() {
        assert!(has("Language models must obey.", Class::Machine) && !has("His language was clear.", Class::Machine));
        assert!(has("Put it into your answer.", Class::Task) && !has("The answer is no.", Class::Task));
    }
}
