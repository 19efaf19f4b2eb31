//! Which characters a text may have, and which words in foreign letters and which numbers.
//!
//! Letters of the alphabet are free. A number, or a word in Latin letters where the alphabet is not Latin, must be one that
//! is listed; it is checked letter by letter, so that a listed word can always be finished.

use std::collections::BTreeSet;
use std::ops::Bound;

use crate::language::Language;

/// Marks that a text may have besides letters, digits and spaces.
pub(super) const PUNCTUATION: &str = ".,;:!?-–—()«»„“”\"'’ʼ‘%№$€£₴₽°&…";

/// A language with the numbers and foreign words that may be written in it.
#[derive(Debug, Clone)]
pub struct Script {
    /// The language.
    pub language: Language,
    /// Numbers with their separators, and words in Latin letters.
    listed: BTreeSet<String>,
}

impl Script {
    /// A script; `listed` are the numbers and, where the language has no Latin letters, the Latin words that may be written.
    pub fn new(language: Language, listed: BTreeSet<String>) -> Self {
        Self { language, listed }
    }

    /// The same with more numbers and words.
    pub(super) fn with<'a>(&'a self, more: impl Iterator<Item = &'a String>) -> Self {
        Self { listed: self.listed.iter().chain(more).cloned().collect(), ..*self }
    }

    /// The numbers and foreign words that may be written, in order.
    pub(super) fn listed(&self) -> &BTreeSet<String> {
        &self.listed
    }

    /// True for a letter that may be written freely: in English also those with the accents of names.
    pub(super) fn has_letter(&self, c: char) -> bool {
        match self.language {
            Language::En => c.is_ascii_alphabetic() || (matches!(c, 'À'..='ſ') && c.is_alphabetic()),
            language => {
                matches!(c, 'А'..='я' | 'Ё' | 'ё' | 'Є' | 'є' | 'І' | 'і' | 'Ї' | 'ї' | 'Ґ' | 'ґ')
                    && !language.letters_of_the_other().contains(c)
            }
        }
    }

    /// A few characters for each way that an allowed character can start in UTF-8.
    pub(super) fn samples(&self) -> impl Iterator<Item = char> {
        let letters = if self.language == Language::En { 'À'..='ſ' } else { 'Ѐ'..='ґ' };
        letters.filter(|&c| self.has_letter(c)).chain(PUNCTUATION.chars())
    }

    /// True when there is a number to write.
    pub(super) fn has_numbers(&self) -> bool {
        ('0'..='9').any(|digit| begins_one(&self.listed, &digit.to_string()))
    }
}

/// True when `start` is the beginning of one of these words.
pub(super) fn begins_one(words: &BTreeSet<String>, start: &str) -> bool {
    let next = words.range::<str, _>((Bound::Included(start), Bound::Unbounded)).next();
    next.is_some_and(|word| word.starts_with(start))
}

/// The number or foreign word that is being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ListedWord(String);

impl ListedWord {
    /// True when nothing listed is left half written.
    pub(super) fn is_complete(&self, script: &Script) -> bool {
        let whole = self.whole();
        whole.is_empty() || script.listed.contains(whole)
    }

    /// The word without a separator at its end: in `in 2024, he` the comma belongs to the sentence.
    pub(super) fn whole(&self) -> &str {
        self.0.trim_end_matches(|c: char| !c.is_alphanumeric())
    }

    /// What is being written, with the separator that may go on with it.
    pub(super) fn written(&self) -> &str {
        &self.0
    }

    /// True when no number or foreign word is being written.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True when this character goes on with a listed number or word.
    pub(super) fn extends(&self, c: char, script: &Script) -> bool {
        !self.0.is_empty() && begins_one(&script.listed, &format!("{}{c}", self.0))
    }

    /// Takes one more character, or refuses it. `last` is the character before.
    pub(super) fn push(&mut self, c: char, last: Option<char>, script: &Script) -> bool {
        let own = script.has_letter(c);
        let listed_kind = c.is_ascii_digit() || (c.is_ascii_alphabetic() && !own);
        if self.extends(c, script) {
            self.0.push(c);
            return true;
        }
        if listed_kind {
            let fresh = self.0.is_empty() || !last.is_some_and(|l| self.0.ends_with(l) && l.is_alphanumeric());
            // A separator that turned out to be the sentence's: what stood before it must have been whole.
            let ended = fresh && self.is_complete(script) && !self.holds_number(c, last);
            let glued = last.is_some_and(|l| l.is_alphabetic() && script.has_letter(l) && !l.is_ascii());
            let restarts = ended && !glued && begins_one(&script.listed, &c.to_string());
            if restarts {
                self.0 = c.to_string();
            }
            return restarts;
        }
        // Letters may follow a number in Latin script (1990s, 19th); elsewhere they would make a mixed word.
        let mixed = own
            && last.is_some_and(|l| l.is_ascii_alphanumeric())
            && !self.0.is_empty()
            && script.language != Language::En;
        if mixed || !self.is_complete(script) {
            return false;
        }
        // A number keeps its separator in mind, so that "50" and "1" cannot become "50,1".
        let keeps = is_separator(c) && self.0.ends_with(|l: char| l.is_ascii_digit());
        if keeps {
            self.0.push(c);
        } else {
            self.0.clear();
        }
        true
    }

    /// True when a digit now would be read as part of the number before a separator.
    fn holds_number(&self, c: char, last: Option<char>) -> bool {
        c.is_ascii_digit() && last.is_some_and(is_separator) && self.0.ends_with(is_separator)
    }
}

/// Marks that join digits into one number.
fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | ':' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters of `text` that get through before the first refusal; `+` at the end when it is also whole.
    fn accepted(language: Language, listed: &[&str], text: &str) -> String {
        let script = Script::new(language, listed.iter().map(|s| s.to_string()).collect());
        let (mut word, mut last, mut out) = (ListedWord::default(), None, String::new());
        for c in text.chars() {
            if !word.push(c, last, &script) {
                return out;
            }
            out.push(c);
            last = Some(c);
        }
        if word.is_complete(&script) {
            out.push('+');
        }
        out
    }

    #[test]
    fn numbers_are_those_of_the_list() {
        let listed = ["50", "1", "2024", "1,200", "1 200", "3.5", "300"];
        for (text, want) in [
            ("in 2024, he", "in 2024, he+"),
            ("in 2025", "in 202"),
            ("50 of 1 200.", "50 of 1 200.+"),
            ("501", "50"),
            ("50,1", "50,"),
            ("50, 1", "50, 1+"),
            ("1,200 men", "1,200 men+"),
            ("3.5%", "3.5%+"),
            ("3 men", "3"),
            ("S-300", "S-300+"),
            ("in 2024 50", "in 2024 50+"),
        ] {
            assert_eq!(accepted(Language::En, &listed, text), want, "{text}");
        }
    }

    #[test]
    fn latin_words_in_cyrillic_text_are_those_of_the_list() {
        let listed = ["HUR", "ISW", "300", "S"];
        for (text, want) in [
            ("дані HUR, ISW.", "дані HUR, ISW.+"),
            ("комплекс S-300 там", "комплекс S-300 там+"),
            ("general", ""),
            ("HUX", "HU"),
            ("HU ", "HU"),
            ("HURа", "HUR"),
            ("вHUR", "в"),
        ] {
            assert_eq!(accepted(Language::Uk, &listed, text), want, "{text}");
        }
    }

    #[test]
    fn alphabets_exclude_each_other() {
        let [en, uk, ru] = Language::ALL.map(|language| Script::new(language, BTreeSet::new()));
        assert!("єіїґЄІЇҐ".chars().all(|c| uk.has_letter(c) && !ru.has_letter(c)));
        assert!("ыэёъЫЭЁЪ".chars().all(|c| ru.has_letter(c) && !uk.has_letter(c)));
        assert!(!en.has_letter('а') && en.has_letter('é') && !en.has_letter('中'));
    }
}
