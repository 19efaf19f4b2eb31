//! Weekdays and months that only one side of a translation has: FRIDAY made a Monday.
//!
//! Some words are a day or a month only sometimes: the Russian word for Wednesday is also that for surroundings, and May is a
//! verb. Such a word supports the other side and does not accuse it. Not here: days of the month and years, which are
//! numbers (`number`).

use std::collections::BTreeMap;

use crate::lexicon::{Weight, What, fold, mentions, tokens};

/// Beginnings of words that are a day or a month only sometimes.
const DOUBTFUL: [&str; 5] = ["may", "march", "august", "лют", "листопад"];
/// Letters of an abbreviation, which may be another word: Jan, Mar, sun.
const SHORT: usize = 3;

/// A day of the week or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Weekday(u8),
    Month(u8),
}

/// What a text names, with the first word for it that leaves no doubt.
fn named(text: &str) -> BTreeMap<Named, Option<String>> {
    let mut found: BTreeMap<Named, Option<String>> = BTreeMap::new();
    for mention in mentions(text, &tokens(text)) {
        let word = &text[mention.start..mention.end];
        let (named, dated) = match mention.what {
            What::Weekday(day) => (Named::Weekday(day), false),
            What::Date(date) => (Named::Month(date.month), date.day.is_some()),
            _ => continue,
        };
        let folded = fold(word);
        let sure = mention.weight == Weight::Firm
            && (dated || (folded.chars().count() > SHORT && !DOUBTFUL.iter().any(|start| folded.starts_with(start))));
        let entry = found.entry(named).or_default();
        if entry.is_none() && sure {
            *entry = Some(word.to_owned());
        }
    }
    found
}

/// The weekdays and months of either side that the other lacks, as they stand.
pub(super) fn differences(source: &str, target: &str) -> Vec<String> {
    let (source, target) = (named(source), named(target));
    let missing = source.iter().filter(|(named, _)| !target.contains_key(named));
    let added = target.iter().filter(|(named, _)| !source.contains_key(named));
    missing.chain(added).filter_map(|(_, word)| word.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_weekday_or_month_is_seen() {
        assert_eq!(differences("INSPECTION DUE FRIDAY", "ІНСПЕКЦІЯ В ПОНЕДІЛОК"), ["FRIDAY", "ПОНЕДІЛОК"]);
        assert_eq!(
            differences("They met on Wednesday.", "Они встретились в понедельник."),
            ["Wednesday", "понедельник"]
        );
        assert_eq!(differences("Суд відклали до червня.", "The court waits until July."), ["червня", "July"]);
        assert_eq!(differences("до 5 травня", "до 5 березня").len(), 2);
        assert_eq!(differences("It ended in December.", "Це скінчилося."), ["December"]);
    }

    #[test]
    fn the_same_days_and_doubtful_words_are_no_fault() {
        for (source, target) in [
            ("On Friday, 12 May", "У п'ятницю, 12 травня"),
            ("Wednesday's talks", "переговоры в среду"),
            ("protect the environment", "защитить окружающую среду"),
            ("they may march on", "вони можуть йти далі"),
            ("a fierce frost", "лютий мороз"),
            ("падав листопад", "the leaves fell"),
            ("Jan left", "Ян пішов"),
            ("in August and September", "в августе и сентябре"),
        ] {
            assert_eq!(differences(source, target), Vec::<String>::new(), "{source} / {target}");
        }
    }
}
