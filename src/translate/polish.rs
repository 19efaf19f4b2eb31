//! What surrounds the words of a sentence: marks before and after it, capitals, quotation marks.
//!
//! Taken off before a network sees the sentence, because networks drop or double such things, and put back afterwards.
//! Not here: what stays inside the sentence (`protect`).

use std::ops::Range;

use super::protect;
use crate::intake::Language;

/// A sentence without what a network should not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bare {
    /// The bytes of the sentence that are translated.
    pub(super) core: Range<usize>,
    /// It is in capitals: it is translated in small letters and set in capitals again.
    pub(super) shouted: bool,
}

/// Takes off what stands around the words; `fixed` are ranges that stay. `None` when there is no word to translate.
pub(super) fn strip(text: &str, fixed: &[Range<usize>]) -> Option<Bare> {
    let is_fixed = |at: usize| fixed.iter().any(|range| range.contains(&at));
    let letter = |&(at, c): &(usize, char)| c.is_alphabetic() && !is_fixed(at);
    let first = text.char_indices().find(letter)?.0;
    let start = text[..first]
        .char_indices()
        .filter(|&(at, c)| !belongs(c) || is_fixed(at))
        .map(|(at, c)| at + c.len_utf8())
        .max();
    let last = text.char_indices().rfind(letter)?.0;
    let end =
        text[last..].char_indices().find(|&(at, c)| is_fixed(last + at) || protect::is_emoji(c) || c.is_control());
    let end = end.map_or(text.len(), |(at, _)| last + at);
    let start = start.unwrap_or(0);
    let core = text[start..end].trim_start();
    let start = end - core.len();
    let core = start..start + core.trim_end().len();
    Some(Bare { shouted: is_shouted(&text[core.clone()]), core })
}

/// True for a character that may open a sentence: digits and the marks of quotations, brackets and sums.
fn belongs(c: char) -> bool {
    c.is_ascii_digit() || "\"'«»“”„‘’([$€£₴₽№%.,-+±~:/ ".contains(c) || c == '\u{a0}'
}

/// Several words in capitals.
fn is_shouted(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    let small = letters.clone().any(char::is_lowercase);
    !small && words >= 3 && letters.count() >= 10
}

/// A shouted sentence as a plain one: a capital, then small letters. Ranges stay valid only where no letter changes its
/// length, so it is given without fixed parts.
pub(super) fn calm(text: &str) -> String {
    let lower = text.to_lowercase();
    capital(&lower)
}

/// The text with its first letter as a capital.
fn capital(text: &str) -> String {
    match text.char_indices().find(|(_, c)| c.is_alphabetic()) {
        Some((at, c)) => format!("{}{}{}", &text[..at], c.to_uppercase(), &text[at + c.len_utf8()..]),
        None => text.to_owned(),
    }
}

/// Gives a translation the capitals, the end and the quotation marks that belong to it.
pub(super) fn finish(source: &str, target: &str, language: Language, shouted: bool) -> String {
    let mut text = target.split_whitespace().collect::<Vec<_>>().join(" ");
    if shouted {
        return quotes(source, &text.to_uppercase(), language);
    }
    // A translation that begins with a number goes on in small letters.
    let worded = text.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_alphabetic);
    if worded && source.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase) {
        text = capital(&text);
    }
    quotes(source, &end(source, text), language)
}

/// The same mark at the end as in the source, as clients of translation servers expect.
fn end(source: &str, mut target: String) -> String {
    let mark = |c: char| matches!(c, '.' | '!' | '?' | '…' | ':' | ';');
    match (source.chars().next_back(), target.chars().next_back()) {
        // One full stop that the network added; those of an ellipsis or an abbreviation stay.
        (Some(from), Some('.')) if !mark(from) && !source.contains('.') => {
            target.pop();
        }
        (Some(from), Some(to)) if mark(from) && to.is_alphanumeric() => target.push(from),
        _ => {}
    }
    target
}

/// Double quotation marks.
const DOUBLE: &[char] = &['"', '“', '”', '„', '«', '»', '‟'];

/// Sets quotation marks as the language has them: “…” in English, «…» with „…“ inside in Ukrainian and Russian. Straight
/// ones of a source stay in English. Marks that do not pair up are left alone.
fn quotes(source: &str, target: &str, language: Language) -> String {
    let straight = language == Language::En && !source.contains(&DOUBLE[1..]);
    if straight || !target.contains(DOUBLE) {
        return target.to_owned();
    }
    let (outer, inner) = match language {
        Language::En => (('“', '”'), ('‘', '’')),
        Language::Uk | Language::Ru => (('«', '»'), ('„', '“')),
    };
    let mut out = String::with_capacity(target.len());
    let mut depth = 0_usize;
    let mut last = None;
    for (at, c) in target.char_indices() {
        let next = target[at + c.len_utf8()..].chars().next();
        let opens = match c {
            '«' | '„' => true,
            '»' | '”' => false,
            _ => {
                last.is_none_or(|l: char| l.is_whitespace() || "([—–-«„“".contains(l))
                    && next.is_some_and(|n| !n.is_whitespace())
            }
        };
        match (DOUBLE.contains(&c), opens) {
            (false, _) => out.push(c),
            (true, true) => {
                out.push(if depth == 0 { outer.0 } else { inner.0 });
                depth += 1;
            }
            (true, false) => {
                let Some(outside) = depth.checked_sub(1) else { return target.to_owned() };
                depth = outside;
                out.push(if depth == 0 { outer.1 } else { inner.1 });
            }
        }
        last = Some(c);
    }
    if depth == 0 { out } else { target.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::Language::{En, Ru, Uk};
    use super::*;

    fn core(text: &str) -> Option<&str> {
        strip(text, &protect::spans(text)).map(|bare| &text[bare.core])
    }

    #[test]
    fn marks_around_a_sentence_are_taken_off() {
        assert_eq!(core("🔥 Fire in Kyiv! 🔥🔥"), Some("Fire in Kyiv!"));
        assert_eq!(core("* “Stop,” he said."), Some("“Stop,” he said."));
        assert_eq!(core("300 men left"), Some("300 men left"));
        assert_eq!(core("→ Read more: https://a.ua/b"), Some("Read more:"));
        for nothing in ["", "  ", "12:30", "🔥", "https://a.ua", "\0", "—"] {
            assert_eq!(core(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn shouting_is_calmed_and_restored() {
        let text = "BREAKING NEWS FROM KYIV";
        assert!(strip(text, &[]).unwrap().shouted);
        assert_eq!(calm(text), "Breaking news from kyiv");
        assert_eq!(finish(text, "Термінові новини", Uk, true), "ТЕРМІНОВІ НОВИНИ");
        assert!(!strip("NATO and USA", &[]).unwrap().shouted);
    }

    #[test]
    fn quotation_marks_are_those_of_the_language() {
        assert_eq!(quotes("say \"x\"", "He said \"yes\".", En), "He said \"yes\".");
        assert_eq!(quotes("«x»", "He said «yes».", En), "He said “yes”.");
        assert_eq!(quotes("\"x\"", "Він сказав: \"Так\".", Uk), "Він сказав: «Так».");
        assert_eq!(quotes("“x”", "“Он “да” сказал”", Ru), "«Он „да“ сказал»");
        assert_eq!(quotes("“x”", "екран 15\" і все", Uk), "екран 15\" і все", "an inch is no quotation");
    }

    #[test]
    fn the_end_is_that_of_the_source() {
        assert_eq!(finish("Kyiv today", "київ сьогодні.", Uk, false), "Київ сьогодні");
        assert_eq!(finish("In town 300 men left.", "300 людей пішли.", Uk, false), "300 людей пішли.");
        assert_eq!(finish("Really?", "Справді", Uk, false), "Справді?");
        assert_eq!(finish("He left.", "Він пішов.", Uk, false), "Він пішов.");
    }
}
