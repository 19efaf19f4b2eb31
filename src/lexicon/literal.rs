//! What stands in a text as it may stand in one of any language: numbers in digits, and codes in Latin letters.
//!
//! Not here: what a number means (`quantity`).

use std::ops::Range;

/// Where the numbers of a text stand, in bytes and in order.
pub fn number_ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (places, chars): (Vec<usize>, Vec<char>) = text.char_indices().unzip();
    let mut i = 0;
    while i < chars.len() {
        if !chars[i].is_ascii_digit() {
            i += 1;
            continue;
        }
        let start = i;
        while i < chars.len() && (chars[i].is_ascii_digit() || joins(&chars, i)) {
            i += 1;
        }
        found.push(places[start]..places.get(i).copied().unwrap_or(text.len()));
    }
    found
}

/// A number as it stands in a text, but for its blanks: each kind of them is a space.
pub fn plain_number(number: &str) -> String {
    number.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

/// True for a separator inside a number: `.`, `,`, `:` or `/` between digits, and a space before a group of exactly three.
fn joins(chars: &[char], i: usize) -> bool {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    match chars[i] {
        '.' | ',' | ':' | '/' => digit(i + 1),
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => {
            let group = digit(i + 1) && digit(i + 2) && digit(i + 3) && !digit(i + 4);
            let before = (0..i).rev().take_while(|&at| chars[at].is_ascii_digit()).count();
            group && (1..=3).contains(&before)
        }
        _ => false,
    }
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
