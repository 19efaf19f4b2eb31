//! What surrounds the words of a sentence: marks before and after it, capitals, quotation marks.
//!
//! Taken off before a network sees the sentence, because networks drop or double such things, and put back afterwards.
//! Not here: what stays inside the sentence (`protect`).

use std::ops::Range;

use super::protect;
use super::replace::{overlapping, rewritten};
use crate::language::Language;

/// What decides the capitals of a translation.
pub(super) struct Capitals<'a> {
    /// All of it is in capitals.
    pub(super) shouted: bool,
    /// The places in a text, in order, that stay as they are.
    pub(super) stays: &'a dyn Fn(&str) -> Vec<Range<usize>>,
}

/// A sentence without what a network should not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bare {
    /// The bytes of the sentence that are translated.
    pub(super) core: Range<usize>,
    /// It is in capitals: it is translated in small letters and set in capitals again.
    pub(super) shouted: bool,
}

/// Takes off what stands around the words; `fixed` are ranges that stay, in order. `None` when there is no word to translate.
pub(super) fn strip(text: &str, fixed: &[Range<usize>]) -> Option<Bare> {
    let is_fixed = |at: usize| overlapping(fixed, &(at..at + 1)).is_some();
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
    Some(Bare { shouted: is_shouted(text, &core, &is_fixed), core })
}

/// True for a character that may open a sentence: digits and the marks of quotations, brackets and sums.
fn belongs(c: char) -> bool {
    c.is_ascii_digit() || "\"'«»“”„‘’([$€£₴₽№%.,-+±~:/ ".contains(c) || c == '\u{a0}'
}

/// Several words in capitals, what stays aside.
fn is_shouted(text: &str, core: &Range<usize>, is_fixed: &dyn Fn(usize) -> bool) -> bool {
    let (mut letters, mut words, mut inside) = (0, 0, false);
    for (at, c) in text[core.clone()].char_indices() {
        let own = c.is_alphabetic() && !is_fixed(core.start + at);
        if own && c.is_lowercase() {
            return false;
        }
        letters += usize::from(own);
        words += usize::from(own && !inside);
        inside = (inside || own) && !c.is_whitespace();
    }
    words >= 3 && letters >= 10
}

/// A shouted sentence as a plain one: a capital, then small letters. What stands at `stays`, in order, stays.
pub(super) fn calm(text: &str, stays: &[Range<usize>]) -> String {
    capital(&outside(text, stays, |text| text.to_lowercase()))
}

/// A text that is changed, but for what stands at `stays`.
fn outside(text: &str, stays: &[Range<usize>], change: fn(&str) -> String) -> String {
    rewritten(text, stays.iter().map(|range| (range.clone(), &text[range.clone()])), change)
}

/// The text with its first letter as a capital.
fn capital(text: &str) -> String {
    match text.char_indices().find(|(_, c)| c.is_alphabetic()) {
        Some((at, c)) => format!("{}{}{}", &text[..at], c.to_uppercase(), &text[at + c.len_utf8()..]),
        None => text.to_owned(),
    }
}

/// Gives a translation the capitals, the end and the quotation marks that belong to it.
pub(super) fn finish(source: &str, target: &str, language: Language, capitals: &Capitals<'_>) -> String {
    let mut text = target.split_whitespace().collect::<Vec<_>>().join(" ");
    let stays = (capitals.stays)(&text);
    if capitals.shouted {
        return quotes(source, &outside(&text, &stays, |text| text.to_uppercase()), language);
    }
    // A translation that begins with a number goes on in small letters.
    let first = text.char_indices().find(|(_, c)| c.is_alphanumeric());
    let worded = first.is_some_and(|(at, c)| c.is_alphabetic() && !stays.iter().any(|range| range.contains(&at)));
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

    const QUIET: Capitals<'_> = Capitals { shouted: false, stays: &protect::spans };

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
        assert_eq!(calm(text, &[]), "Breaking news from kyiv");
        let loud = Capitals { shouted: true, stays: &protect::spans };
        assert_eq!(finish(text, "Термінові новини", Uk, &loud), "ТЕРМІНОВІ НОВИНИ");
        let text = "FREE %d SEATS FOR {Name} TODAY";
        let fixed = protect::spans(text);
        assert!(strip(text, &fixed).unwrap().shouted);
        assert_eq!(calm(text, &fixed), "Free %d seats for {Name} today");
        assert_eq!(finish(text, "вільні %d місць для {Name}", Uk, &loud), "ВІЛЬНІ %d МІСЦЬ ДЛЯ {Name}");
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
        assert_eq!(finish("Kyiv today", "київ сьогодні.", Uk, &QUIET), "Київ сьогодні");
        assert_eq!(finish("In town 300 men left.", "300 людей пішли.", Uk, &QUIET), "300 людей пішли.");
        assert_eq!(finish("Hello {name}", "{name}, вітаю", Uk, &QUIET), "{name}, вітаю");
        assert_eq!(finish("Really?", "Справді", Uk, &QUIET), "Справді?");
        assert_eq!(finish("He left.", "Він пішов.", Uk, &QUIET), "Він пішов.");
    }
}
