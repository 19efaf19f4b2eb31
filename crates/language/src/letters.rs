//! How letters follow each other in Ukrainian and in Russian: whether a text reads as words at all, and as which of the two.
//!
//! The table beside this file says where its figures are from and by what command they were made. It holds pairs of
//! letters, with the natural logarithm of the second's probability behind the first in each language, and up to four
//! letters, with the logarithm of how much likelier the last of them is in Ukrainian than in Russian.

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../data/letters.tsv");

/// A text of words has at least this likelihood; what a wrong charset makes of one has less.
pub const LEAST: f32 = -5.0;

/// What a pair costs that no word has, and a letter of neither alphabet.
const RARE: f32 = -9.0;

/// What the first letter of a word costs, and a mark that stands between words.
const FIRST: f32 = -3.5;
const MARK: f32 = -3.0;

/// What a letter costs right behind a mark that stands apart: "об€зал" is no word.
const GLUED: f32 = -7.0;

/// Marks of running text.
const MARKS: &str = "«»“”„‘’–—…№°§·•€₴₽©®™±×\u{a0}\u{ad}";

/// Those of them behind which a blank or a digit follows.
const APART: &str = "–—…№§•€₴₽©®™±×";

/// Figures of the table are tenths.
const SCALE: f32 = 10.0;

struct Letters {
    pairs: HashMap<[char; 2], f32>,
    leanings: HashMap<String, f32>,
}

static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    let mut letters = Letters { pairs: HashMap::new(), leanings: HashMap::new() };
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let first = fields.next().unwrap_or_default();
        for entry in fields {
            let mut chars = entry.chars();
            let Some(last) = chars.next() else { continue };
            let Ok(figure) = chars.as_str().parse::<f32>() else { continue };
            match first.strip_prefix('=').and_then(|it| it.chars().next()) {
                Some(before) => drop(letters.pairs.insert([before, last], figure / SCALE)),
                None => drop(letters.leanings.insert(format!("{first}{last}"), figure / SCALE)),
            }
        }
    }
    letters
});

/// How likely a Cyrillic text is, in natural units a character beyond ASCII; 0 for a text without any.
pub fn likelihood(text: &str) -> f32 {
    let (mut sum, mut count) = (0.0, 0_usize);
    let (mut before, mut apart) = (None::<char>, false);
    for c in text.chars() {
        let glued = std::mem::replace(&mut apart, APART.contains(c));
        if c.is_ascii() {
            before = None;
            continue;
        }
        count += 1;
        let lower = c.to_lowercase().next().unwrap_or(c);
        let capital_inside = c.is_uppercase() && before.is_some_and(char::is_lowercase);
        sum += match before.and_then(|it| it.to_lowercase().next()) {
            _ if MARKS.contains(c) => MARK,
            _ if capital_inside || !is_ours(lower) => RARE,
            None if glued => GLUED,
            None => FIRST,
            Some(before) => LETTERS.pairs.get(&[before, lower]).copied().unwrap_or(RARE),
        };
        before = c.is_alphabetic().then_some(c);
    }
    if count == 0 { 0.0 } else { sum / count as f32 }
}

/// A letter of Ukrainian or Russian, in lower case.
pub fn is_ours(c: char) -> bool {
    matches!(c, 'а'..='я' | 'ё' | 'є' | 'і' | 'ї' | 'ґ')
}

/// How much likelier the words of a text, in lower case, are in Ukrainian than in Russian: the logarithm.
pub(super) fn leaning(text: &str) -> f32 {
    let apostrophe = |c: char| matches!(c, '\'' | '’' | 'ʼ');
    let mut sum = 0.0;
    for word in text.split(|c: char| !is_ours(c) && !apostrophe(c)) {
        let letters: Vec<char> = word.chars().filter(|c| !apostrophe(*c)).collect();
        for end in 1..=letters.len() {
            let context = &letters[end.saturating_sub(4)..end];
            let found =
                (0..context.len()).find_map(|from| LETTERS.leanings.get(&context[from..].iter().collect::<String>()));
            sum += found.copied().unwrap_or(0.0);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        assert!(
            LETTERS.pairs.len() > 900 && LETTERS.leanings.len() > 10_000,
            "{} {}",
            LETTERS.pairs.len(),
            LETTERS.leanings.len()
        );
        for c in "абвгдежзийклмнопрстуфхцчшщьюяіїєґыэёъ".chars() {
            assert!(is_ours(c));
        }
    }

    #[test]
    fn words_are_likelier_than_what_a_wrong_charset_makes_of_them() {
        for text in [
            "Міст відкрили в суботу, сказав мер.",
            "Суд обязал завод выплатить",
            "КИЇВ, 5 ТРАВНЯ",
            "под «съёмкой» объекта",
        ] {
            assert!(likelihood(text) > LEAST, "{text}: {}", likelihood(text));
        }
        for text in ["РЎСѓРґ РІ РЎР°РјР°СЂРµ", "яСД Б яЮЛЮПЕ НАЪГЮК", "ёЫЖ ЪЩ ЁЮЙЁЮЦ"]
        {
            assert!(likelihood(text) < LEAST, "{text}: {}", likelihood(text));
        }
        // A charset that has most of its letters in the same places is less likely, though it reads.
        assert!(likelihood("‘уд в ‘амаре обЯзал") < likelihood("Суд в Самаре обязал"));
        assert!(likelihood("—уд в —амаре об€зал завод") < likelihood("Суд в Самаре обязал завод"));
    }

    #[test]
    fn words_lean_to_their_language() {
        for text in ["новини", "перемога", "головна", "ранку", "завершено голосування"]
        {
            assert!(leaning(text) > 0.5, "{text}: {}", leaning(text));
        }
        for text in ["новости", "победа", "главная", "пожар на складе", "завершено голосование"]
        {
            assert!(leaning(text) < -0.5, "{text}: {}", leaning(text));
        }
    }
}
