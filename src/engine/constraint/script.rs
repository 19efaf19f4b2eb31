//! Which characters a text may have, and which words in foreign letters and which numbers.
//!
//! Letters of the alphabet are free. A number, or a word in Latin letters where the alphabet is not Latin, must be one that
//! is listed; it is checked letter by letter, so that a listed word can always be finished.

use std::collections::BTreeSet;

use super::wording::Word;

/// The letters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// English: Latin letters, with the accents of names.
    Latin,
    /// Ukrainian: no ы э ё ъ.
    Ukrainian,
    /// Russian: no і ї є ґ.
    Russian,
}

impl Alphabet {
    /// True for a letter that may be written freely.
    pub fn has(self, c: char) -> bool {
        match self {
            Self::Latin => c.is_ascii_alphabetic() || (matches!(c, 'À'..='ſ') && c.is_alphabetic()),
            Self::Ukrainian => {
                matches!(c, 'А'..='я' | 'Є' | 'є' | 'І' | 'і' | 'Ї' | 'ї' | 'Ґ' | 'ґ') && !"ЫЭЪыэъ".contains(c)
            }
            Self::Russian => matches!(c, 'А'..='я' | 'Ё' | 'ё'),
        }
    }

    /// A few characters for each way that an allowed character can start in UTF-8.
    pub(super) fn samples(self) -> impl Iterator<Item = char> {
        let letters = match self {
            Self::Latin => 'À'..='ſ',
            Self::Ukrainian | Self::Russian => 'Ѐ'..='ґ',
        };
        letters.filter(move |&c| self.has(c)).chain(PUNCTUATION.chars())
    }
}

/// Marks that a text may have besides letters, digits and spaces.
pub(super) const PUNCTUATION: &str = ".,;:!?-–—()«»„“”\"'’ʼ‘%№$€£₴₽°&…";

/// An alphabet with the numbers and foreign words that may be written.
#[derive(Debug, Clone)]
pub struct Script {
    alphabet: Alphabet,
    /// Numbers with their separators, and words in Latin letters.
    listed: BTreeSet<String>,
}

impl Script {
    /// A script; `listed` are the numbers and, where the alphabet is not Latin, the Latin words that may be written.
    pub fn new(alphabet: Alphabet, listed: BTreeSet<String>) -> Self {
        Self { alphabet, listed }
    }

    /// The alphabet.
    pub fn alphabet(&self) -> Alphabet {
        self.alphabet
    }

    /// True when `run` is the beginning of a listed number or word.
    fn begins(&self, run: &str) -> bool {
        self.listed
            .range::<str, _>((std::ops::Bound::Included(run), std::ops::Bound::Unbounded))
            .next()
            .is_some_and(|next| next.starts_with(run))
    }

    /// True when there is a number to write.
    pub(super) fn has_numbers(&self) -> bool {
        ('0'..='9').any(|digit| self.begins(&digit.to_string()))
    }

    fn complete(&self, run: &str) -> bool {
        run.is_empty() || self.listed.contains(run)
    }
}

/// The number or foreign word that is being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Run(String);

impl Run {
    /// What is being written, or was written last.
    pub(super) fn word(&self) -> Word {
        if self.0.is_empty() { Word::Free } else { Word::Listed }
    }

    /// True when nothing listed is left half written.
    pub(super) fn is_complete(&self, script: &Script) -> bool {
        script.complete(self.whole())
    }

    /// The run without a separator at its end: in `in 2024, he` the comma belongs to the sentence.
    pub(super) fn whole(&self) -> &str {
        self.0.trim_end_matches(|c: char| !c.is_alphanumeric())
    }

    /// True when no number or foreign word is being written.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True when this digit goes on with a listed number, as the 5 of 3.5 does.
    pub(super) fn continues(&self, c: char, script: &Script) -> bool {
        c.is_ascii_digit() && self.extends(c, script)
    }

    /// True when this character goes on with a listed number or word.
    pub(super) fn extends(&self, c: char, script: &Script) -> bool {
        !self.0.is_empty() && script.begins(&format!("{}{c}", self.0))
    }

    /// Takes one more character, or refuses it. `last` is the character before.
    pub(super) fn push(&mut self, c: char, last: Option<char>, script: &Script) -> bool {
        let own = script.alphabet.has(c);
        let listed_kind = c.is_ascii_digit() || (c.is_ascii_alphabetic() && !own);
        let longer = self.extends(c, script);
        if listed_kind {
            let fresh = self.0.is_empty() || !last.is_some_and(|l| self.0.ends_with(l) && l.is_alphanumeric());
            // A separator that turned out to be the sentence's: what stood before it must have been whole.
            let restart =
                fresh && self.is_complete(script) && script.begins(&c.to_string()) && !self.holds_number(c, last);
            let glued = last.is_some_and(|l| l.is_alphabetic() && script.alphabet.has(l) && !l.is_ascii());
            match (longer, restart && !glued) {
                (true, _) => self.0.push(c),
                (false, true) => self.0 = c.to_string(),
                (false, false) => return false,
            }
            return true;
        }
        if longer {
            self.0.push(c);
            return true;
        }
        // Letters may follow a number in Latin script (1990s, 19th); elsewhere they would make a mixed word.
        let mixed = own
            && last.is_some_and(|l| l.is_ascii_alphanumeric())
            && !self.0.is_empty()
            && script.alphabet != Alphabet::Latin;
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
    fn accepted(alphabet: Alphabet, listed: &[&str], text: &str) -> String {
        let script = Script::new(alphabet, listed.iter().map(|s| s.to_string()).collect());
        let (mut run, mut last, mut out) = (Run::default(), None, String::new());
        for c in text.chars() {
            if !run.push(c, last, &script) {
                return out;
            }
            out.push(c);
            last = Some(c);
        }
        if run.is_complete(&script) {
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
            assert_eq!(accepted(Alphabet::Latin, &listed, text), want, "{text}");
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
            assert_eq!(accepted(Alphabet::Ukrainian, &listed, text), want, "{text}");
        }
    }

    #[test]
    fn alphabets_exclude_each_other() {
        assert!("єіїґ".chars().all(|c| Alphabet::Ukrainian.has(c) && !Alphabet::Russian.has(c)));
        assert!("ыэёъ".chars().all(|c| Alphabet::Russian.has(c) && !Alphabet::Ukrainian.has(c)));
        assert!(!Alphabet::Latin.has('а') && Alphabet::Latin.has('é') && !Alphabet::Latin.has('中'));
    }
}
