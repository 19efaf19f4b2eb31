//! What stands in a text as it may stand in one of any language: numbers in digits, and codes in Latin letters.
//!
//! Not here: what a number means (`quantity`).

use std::ops::Range;

use super::token::number_end;

/// Where the numbers of a text stand, in bytes and in order, those inside words too: F16.
pub fn number_ranges(text: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let place = |i: usize| chars.get(i).map_or(text.len(), |&(start, _)| start);
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if !chars[i].1.is_ascii_digit() {
            i += 1;
            continue;
        }
        let end = number_end(&chars, i);
        found.push(place(i)..place(end));
        i = end;
    }
    found
}

/// A number as it stands in a text, but for its blanks: each kind of them is a space.
pub fn plain_number(number: &str) -> String {
    number.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

/// The words of a text that have a Latin letter; hyphens part them.
pub fn latin_words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()))
}

/// True for an acronym, a code or a brand with inner capitals: HUR, F16, YouTube. A name is none.
pub fn is_code(word: &str) -> bool {
    let digits = word.contains(|c: char| c.is_ascii_digit());
    let inner = word.chars().skip(1).any(|c| c.is_ascii_uppercase());
    inner || (digits && word.contains(|c: char| c.is_ascii_uppercase()))
}
