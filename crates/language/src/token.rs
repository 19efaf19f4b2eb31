//! Cuts a text into words and numbers, with their places.
//!
//! A word is a run of letters, with apostrophes inside (п'ять, don't) and digits after its first letter (G7, F16). Hyphens
//! part words, because the parts of Ivano-Frankivsk are looked up one by one. A number is a run of digits with the separators inside it.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::class::{Class, Classes};
use super::stem::stem;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, and digits behind them.
    Word,
    /// Digits, with separators inside.
    Number,
}

/// A word or a number of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// As it stands.
    pub text: String,
    /// Its first byte.
    pub start: usize,
    /// As it is looked up: see [`fold`].
    pub folded: String,
    /// What its forms have in common, by their stem. A number's are its digits.
    pub lemma: String,
    /// What it is.
    pub kind: TokenKind,
    classes: Classes,
}

impl Token {
    /// True for digits.
    pub fn is_number(&self) -> bool {
        self.kind == TokenKind::Number
    }

    /// True for a word of this class.
    pub fn is(&self, class: Class) -> bool {
        self.classes.has(class)
    }

    /// True for a word that says little by itself.
    pub fn is_function_word(&self) -> bool {
        self.is(Class::Function) || self.folded.chars().nth(1).is_none()
    }

    /// True for an English verb of the past.
    pub fn is_past_verb(&self) -> bool {
        self.is(Class::Past) || (self.folded.is_ascii() && self.folded.len() > 4 && self.folded.ends_with("ed"))
    }

    /// The byte after its last.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// True when it begins with a capital letter.
    pub fn is_capitalised(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    /// True for two or more letters that are all capitals, as in UN and UK's.
    pub fn is_acronym(&self) -> bool {
        let text = self.text.strip_suffix("'s").or_else(|| self.text.strip_suffix("’s")).unwrap_or(&self.text);
        text.chars().count() > 1 && text.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
    }

    /// True when it is written with Cyrillic letters.
    pub fn is_cyrillic(&self) -> bool {
        self.text.starts_with(|c| ('\u{400}'..='\u{52f}').contains(&c))
    }
}

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |i: usize| chars.get(i).map_or(text.len(), |&(start, _)| start);
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let is_number = chars[i].1.is_ascii_digit();
        let end = match chars[i] {
            _ if is_number => number_end(&chars, i),
            (start, c) if c.is_alphabetic() => i + word_at(&text[start..]).chars().count(),
            _ => i,
        };
        if end > i {
            let text = text[at(i)..at(end)].to_owned();
            let start = at(i);
            found.push(if is_number {
                let (folded, lemma) = (text.clone(), text.clone());
                Token { text, start, folded, lemma, kind: TokenKind::Number, classes: Classes::default() }
            } else {
                let folded = fold(&text);
                let (lemma, classes) = (stem(&folded), Classes::of(&folded));
                Token { text, start, folded, lemma, kind: TokenKind::Word, classes }
            });
        }
        i = end.max(i + 1);
    }
    found
}

/// The words of a text as they stand, with their bytes: runs of letters and digits, with apostrophes between letters. What needs no
/// more of them takes these; what a word says is in its [`Token`].
pub fn placed_words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> + Clone {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(char::is_alphanumeric)?;
        let word = word_at(&text[start..]);
        from = start + word.len();
        Some((start..from, word))
    })
}

/// The word that a text begins with.
fn word_at(text: &str) -> &str {
    let goes_on = |(at, c): (usize, char)| {
        let inside = is_apostrophe(c) && text[at + c.len_utf8()..].starts_with(char::is_alphabetic);
        c.is_alphanumeric() || is_combining(c) || inside
    };
    let end = text.char_indices().find(|&place| !goes_on(place)).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// The words of a text as they stand: see [`placed_words`].
pub fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    placed_words(text).map(|(_, word)| word)
}

/// Latin letters and the Cyrillic ones that look like them, in lower case.
const LOOK_ALIKE: [(char, char); 12] = [
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('i', 'і'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
];

/// A word as it is looked up: lower case, straight apostrophes, no stress marks, ё as е, Latin letters without their accents.
/// A word that mixes two alphabets is written in the one that has the letters without a double: сiчня with a Latin i.
pub fn fold(word: &str) -> String {
    let cyrillic = |c: char| ('\u{400}'..='\u{52f}').contains(&c);
    let folded = fold_letters(word);
    if !folded.contains(cyrillic) || !folded.contains(|c: char| c.is_ascii_alphabetic()) {
        return folded;
    }
    let (mut only_latin, mut only_cyrillic) = (0, 0);
    for c in folded.chars() {
        only_latin +=
            usize::from(c.is_ascii_alphabetic() && c != 'y' && !LOOK_ALIKE.iter().any(|(latin, _)| *latin == c));
        only_cyrillic += usize::from(cyrillic(c) && c != 'у' && !LOOK_ALIKE.iter().any(|(_, it)| *it == c));
    }
    let to_cyrillic = |c: char| match c {
        'y' => 'у',
        c => LOOK_ALIKE.iter().find(|(latin, _)| *latin == c).map_or(c, |&(_, it)| it),
    };
    let to_latin = |c: char| match c {
        'у' => 'y',
        c => LOOK_ALIKE.iter().find(|(_, it)| *it == c).map_or(c, |&(latin, _)| latin),
    };
    match (only_latin, only_cyrillic) {
        (0, 1..) => folded.chars().map(to_cyrillic).collect(),
        (1.., 0) => folded.chars().map(to_latin).collect(),
        _ => folded,
    }
}

fn fold_letters(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ё' => out.push('е'),
            '’' | 'ʼ' | '`' | '‘' => out.push('\''),
            '\u{300}'..='\u{36f}' => {}
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            // й and ї are letters of their own, so only Latin ones lose their accents.
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                out.extend(c.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// True for an accent that stands behind its letter.
fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`')
}

/// Where the number ends that begins at `start`. Blanks and apostrophes part thousands only between groups of three: in "in
/// 2024 300 men", four digits are no group, and "0 300" is none either.
pub(super) fn number_end(chars: &[(usize, char)], start: usize) -> usize {
    let digit = |i: usize| chars.get(i).is_some_and(|(_, c)| c.is_ascii_digit());
    let (mut i, mut run, mut parted) = (start, start, false);
    while let Some(&(_, c)) = chars.get(i) {
        let joined = match c {
            '0'..='9' => true,
            '.' | ',' | ':' | '/' => digit(i + 1),
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’' => {
                let three = digit(i + 1) && digit(i + 2) && digit(i + 3) && !digit(i + 4);
                three && (1..=3).contains(&(i - run)) && chars[run].1 != '0' && !parted
            }
            _ => false,
        };
        if !joined {
            break;
        }
        parted |= matches!(c, ':' | '/' | '.');
        if !c.is_ascii_digit() {
            run = i + 1;
        }
        i += 1;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_and_numbers_are_cut() {
        assert_eq!(texts("П’ять F-16, G7: 1 200,5 грн."), ["П’ять", "F", "16", "G7", "1 200,5", "грн"]);
        assert_eq!(
            texts("in 2024 300 men, 9:30, 12.03.2024, 5-3"),
            ["in", "2024", "300", "men", "9:30", "12.03.2024", "5", "3"]
        );
        assert_eq!(texts("160km/h 60th don't"), ["160", "km", "h", "60", "th", "don't"]);
        assert_eq!(texts("1'250'000, 1’250 і 12 '450"), ["1'250'000", "1’250", "і", "12", "450"]);
        for text in ["", "…", "'", "1", "1,", "1 ", "е\u{301}"] {
            assert!(texts(text).len() <= 1, "{text}");
        }
    }

    #[test]
    fn words_come_with_their_places() {
        let text = "— П’ять км, far-off 3, the boys' l'a.";
        assert_eq!(words(text).collect::<Vec<_>>(), ["П’ять", "км", "far", "off", "3", "the", "boys", "l'a"]);
        assert!(placed_words(text).all(|(range, word)| &text[range] == word));
        assert_eq!(words(" …").count() + words("").count(), 0);
    }

    #[test]
    fn words_are_folded() {
        assert_eq!(fold("П’ЯТЬ"), "п'ять");
        assert_eq!(fold("Пётр"), "петр");
        assert_eq!(fold("Erdoğan"), "erdogan");
        assert_eq!(fold("Їжак"), "їжак");
        assert_eq!((fold("сiчня"), fold("Львiв")), ("січня".into(), "львів".into()), "with a Latin i");
        assert_eq!((fold("Mаrch"), fold("T90М"), fold("СOVID")), ("march".into(), "t90м".into(), "covid".into()));
    }
}
