//! Holds the numbers and dates of a text against its evidence, then against the whole article.
//!
//! A number that only another sentence has is the most common mistake of a weak model, so it is a finding as well
//! (`evidence_weak` with the number); one that the whole article lacks is `number_not_in_source`.

use super::FindingKind;
use super::reading::Reading;
use super::reference::Reference;
use crate::lexicon::{Date, Decimal, Mention, Unit, Weight, What, is_function_word, lists};

/// Words in front of a number that is rounded.
const ROUGHLY: &str = "about around nearly almost over roughly approximately than least близько майже понад приблизно більше більш \
    ніж около почти свыше более больше примерно чем порядка";
/// Whole numbers between these are mostly years, which nobody rounds.
const YEARS: std::ops::Range<u64> = 1500..2200;

/// The findings about a text's numbers and dates.
pub(super) fn check(
    text: &Reading<'_>,
    evidence: Option<&[usize]>,
    reference: &Reference<'_>,
) -> Vec<(FindingKind, String)> {
    let everywhere = reference.everywhere();
    let mut found = Vec::new();
    for mention in text.mentions.iter().filter(|mention| mention.weight == Weight::Firm) {
        let holds = |sentences: &[usize]| is_said(text, mention, sentences, reference);
        if evidence.is_some_and(&holds) {
            continue;
        }
        let value = text.text[mention.start..mention.end].to_owned();
        if !holds(&everywhere) {
            found.push((FindingKind::NumberNotInSource, value));
        } else if evidence.is_some() {
            found.push((FindingKind::EvidenceWeak, value));
        }
    }
    found.dedup();
    found
}

fn is_said(text: &Reading<'_>, mention: &Mention, sentences: &[usize], reference: &Reference<'_>) -> bool {
    let mentions = || reference.mentions_in(sentences);
    match &mention.what {
        What::Number(values, unit) => {
            let counts = counts_something(text, mention);
            let agrees = |of: Unit| unit.agrees_with(of) && !(counts && of == Unit::DayOfMonth);
            reference.has_number(values, agrees, sentences)
                || (is_rough(text, mention) && mentions().any(|what| is_rounded(values, what)))
                || is_clock_hour(values, *unit, mentions())
        }
        What::Clock(hours, minutes) => has_clock(*hours, *minutes, sentences, reference),
        What::Weekday(day) => mentions().any(|what| *what == What::Weekday(*day)),
        What::Date(date) => has_date(*date, sentences, reference),
    }
}

/// True when a word says what the number counts. Of "3 November", neither "3 boats" holds nor a month that does not exist.
fn counts_something(text: &Reading<'_>, mention: &Mention) -> bool {
    let next = text.tokens.partition_point(|token| token.start < mention.end);
    text.tokens.get(next).is_some_and(|token| {
        matches!(&text.text[mention.end..token.start], " " | "\u{a0}")
            && !(token.is_number || token.folded.starts_with("числ") || is_function_word(&token.folded))
    })
}

/// True when a word before the number says that it is not exact, or its digits are few: 1.2 million.
fn is_rough(text: &Reading<'_>, mention: &Mention) -> bool {
    let before = text.tokens.iter().rfind(|token| token.end() <= mention.start);
    let year = matches!(&mention.what, What::Number(values, Unit::Plain) if values.iter().any(|it| it.whole().is_some_and(|it| YEARS.contains(&it))));
    if year {
        return false;
    }
    let word = text.text[mention.start..mention.end].contains(char::is_alphabetic);
    word || before.is_some_and(|token| lists(ROUGHLY, &token.folded))
}

fn is_rounded(values: &[Decimal], what: &What) -> bool {
    matches!(what, What::Number(exact, _) if values.iter().any(|value| exact.iter().any(|exact| value.rounds(exact))))
}

/// 15 for 15:00.
fn is_clock_hour<'w>(values: &[Decimal], unit: Unit, mut mentions: impl Iterator<Item = &'w What>) -> bool {
    let hour = |hours: u16| values.contains(&Decimal::from(u64::from(hours)));
    unit == Unit::Plain && mentions.any(|what| matches!(what, What::Clock(hours, 0) if hour(*hours)))
}

fn has_clock(hours: u16, minutes: u16, sentences: &[usize], reference: &Reference<'_>) -> bool {
    // A time may be told by twelve hours or by twenty-four, and a score with any mark: 5:3, 5-3.
    let same = |h: u16, m: u16| m == minutes && (h == hours || (h < 24 && hours < 24 && h % 12 == hours % 12));
    let part = |value: u16| reference.has_number(&[Decimal::from(u64::from(value))], |_| true, sentences);
    reference.mentions_in(sentences).any(|what| match what {
        What::Clock(h, m) => same(*h, *m),
        What::Number(values, _) => minutes == 0 && hours < 24 && values.contains(&Decimal::from(u64::from(hours))),
        _ => false,
    }) || (hours < 60 && part(hours) && part(minutes))
}

fn has_date(date: Date, sentences: &[usize], reference: &Reference<'_>) -> bool {
    let year_fits = |theirs: Option<u16>| match (date.year, theirs) {
        (Some(year), Some(theirs)) => year == theirs,
        (Some(year), None) => reference.has_number(&[Decimal::from(u64::from(year))], |_| true, sentences),
        (None, _) => true,
    };
    reference.mentions_in(sentences).any(|what| match what {
        What::Date(theirs) => {
            let day = date.day.is_none() || theirs.day == date.day;
            theirs.month == date.month && day && year_fits(theirs.year)
        }
        _ => false,
    })
}

/// The findings about one part of a summary, as they are shown.
pub(super) fn findings(
    text: &Reading<'_>,
    evidence: Option<&[usize]>,
    reference: &Reference<'_>,
    place: &'static str,
) -> Vec<super::Finding> {
    check(text, evidence, reference).into_iter().map(|(kind, value)| super::Finding { kind, place, value }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Language, Source, read};

    const TEXT: &str = "On 12 March 2024 the council paid 1,234,567 dollars for 14 boats, 20% more than in 2019.\n\n\
        The first boat left at 3 p.m. on Friday with twenty-one people, 5-3 of them for the trip.\n\n\
        In April 300 men came.";

    fn kinds(text: &str, evidence: &[usize]) -> Vec<(FindingKind, String)> {
        let source = Source { bytes: TEXT.into(), name: "test".into(), title: None, language: Some(Language::En) };
        let article = read(source).unwrap();
        let reference = Reference::new(&article);
        check(&Reading::new(text, reference.table), Some(evidence), &reference)
    }

    #[test]
    fn what_the_evidence_says_holds_in_any_language() {
        for text in [
            "12 березня 2024 року рада заплатила 1 234 567 доларів",
            "12.03.2024 заплатили 1,2 млн долларов",
            "Рада купила чотирнадцять човнів, на 20 відсотків більше",
            "14 boats on March 12",
            "Рада заплатила 12-го, тобто 12 числа",
        ] {
            assert_eq!(kinds(text, &[0]), [], "{text}");
        }
        for text in ["о 15:00 в п'ятницю", "в 15 часов 21 человек", "счёт 5:3"] {
            assert_eq!(kinds(text, &[1]), [], "{text}");
        }
    }

    #[test]
    fn what_it_does_not_say_is_found() {
        use FindingKind::{EvidenceWeak, NumberNotInSource};
        for (text, kind) in [
            ("16 boats", NumberNotInSource),
            ("13 березня", NumberNotInSource),
            ("12 травня 2024", NumberNotInSource),
            ("12 бередня 2024", NumberNotInSource),
            ("12 boats", NumberNotInSource),
            ("12 March 2025", NumberNotInSource),
            ("14%", NumberNotInSource),
            ("nearly 2020", NumberNotInSource),
            ("1,234,567 euros", NumberNotInSource),
            ("300 men", EvidenceWeak),
            ("в апреле", EvidenceWeak),
            ("on Friday", EvidenceWeak),
            ("twenty-one people", EvidenceWeak),
        ] {
            let found = kinds(text, &[0]);
            assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), [kind], "{text}: {found:?}");
        }
    }
}
