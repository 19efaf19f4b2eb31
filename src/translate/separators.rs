//! Separators of numbers: 2,300.5 in English is 2300,5 in Ukrainian and Russian.
//!
//! A translator often copies a number as it stands, and then "2,300 квартир" are two flats and a bit. Such a number gets the
//! separators of its new language. Only what is an amount is changed: a version, a date, a time, a code or an address stays,
//! and so does whatever might be one. Not here: whether the value is the same (`number`).

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::replace::{overlapping, replaced};
use super::{Direction, number};
use crate::language::{
    Class, Classes, Digits, Language, Unit, What, fold, mentions, number_ranges, plain_number, tokens,
};

/// Words before the number of a version, a chapter or an article, and before a time or a date.
const NUMBERED: &str = "version versions v ver release build section sections chapter chapters article articles paragraph \
    clause item figure fig table appendix part no rfc версія версії версію версією версиях версия версии версию версией \
    випуск реліз релиз розділ розділу розділі раздел раздела разделе глава глави главы главе стаття статті статтю статья \
    статьи статье пункт пункту пункті пункта пункте п пп ст гл рис табл том параграф";
const TIMED: &str =
    "at from until till since before after on о об в у до після после с з із зі к около близько по від от";

/// The amounts of a text in this direction's source language, as they stand, and as the target language writes them.
pub(super) fn respellings(source: &str, direction: Direction) -> HashMap<String, String> {
    let sure = amounts(source, direction).into_iter().filter(|(_, amount)| !amount.is_doubtful);
    sure.map(|(old, amount)| (old, amount.new)).collect()
}

/// The translation with the separators of its language; what stands at `kept` is not touched.
pub(super) fn set(source: &str, target: &str, direction: Direction, kept: &[Range<usize>]) -> String {
    replaced(target, changes(source, target, direction, kept))
}

/// The numbers of a translation that stand as in the source and would be read as others.
pub(super) fn left(source: &str, target: &str, direction: Direction) -> Vec<String> {
    changes(source, target, direction, &[]).into_iter().map(|(range, _)| plain_number(&target[range])).collect()
}

/// The numbers that have to be written in another way, with that.
fn changes(source: &str, target: &str, direction: Direction, kept: &[Range<usize>]) -> Vec<(Range<usize>, String)> {
    if (direction.from == Language::En) == (direction.to == Language::En) {
        return Vec::new();
    }
    let amounts = amounts(source, direction);
    if amounts.is_empty() {
        return Vec::new();
    }
    let context = Context::new(target);
    let free = number_ranges(target).into_iter().filter(|range| overlapping(kept, range).is_none());
    let changes = free.filter_map(|range| {
        let old = plain_number(&target[range.clone()]);
        // The same digits may be a version as well; then what stands around them in the translation says which they are.
        let amount = amounts.get(&old)?;
        let known = !amount.is_doubtful || context.is_amount(&range, old.contains(','));
        known.then(|| (range, amount.new.clone()))
    });
    changes.collect()
}

struct Amount {
    new: String,
    /// The same digits stand for something else there, too.
    is_doubtful: bool,
}

/// The amounts of a source that are written with separators, by how they stand.
fn amounts(source: &str, direction: Direction) -> HashMap<String, Amount> {
    let mut amounts: HashMap<String, Amount> = HashMap::new();
    let mut others: HashSet<String> = HashSet::new();
    let mut context = None;
    for range in number_ranges(source) {
        let old = plain_number(&source[range.clone()]);
        let separated = old.contains(|c: char| !c.is_ascii_digit());
        let number = Digits::read(&old, direction.from).filter(|it| separated && it.is_written(&old, direction.from));
        let Some(number) = number else { continue };
        let context = context.get_or_insert_with(|| Context::new(source));
        if context.is_amount(&range, number.is_grouped) {
            amounts.entry(old).or_insert_with(|| Amount { new: number.set(direction.to), is_doubtful: false });
        } else {
            others.insert(old);
        }
    }
    amounts.iter_mut().for_each(|(old, amount)| amount.is_doubtful = others.contains(old));
    amounts
}

/// What stands around the numbers of a text.
struct Context<'t> {
    text: &'t str,
    /// Where each mention of a number begins, how far it goes, and whether it counts something that is known.
    measured: HashMap<usize, (usize, bool)>,
}

impl<'t> Context<'t> {
    fn new(text: &'t str) -> Self {
        let mut measured: HashMap<usize, (usize, bool)> = HashMap::new();
        for mention in mentions(text, &tokens(text)) {
            if let What::Number(amount) = mention.what {
                let (end, counts) = measured.entry(mention.start).or_default();
                *end = mention.end.max(*end);
                *counts |= !matches!(amount.unit, Unit::Plain | Unit::DayOfMonth);
            }
        }
        Self { text, measured }
    }

    /// True for an amount, false for whatever may be a code, a version, a time or a date. A number in groups is an amount.
    fn is_amount(&self, range: &Range<usize>, grouped: bool) -> bool {
        let (before, after) = (&self.text[..range.start], &self.text[range.end..]);
        if before.ends_with(|c: char| c.is_alphanumeric() || "_#№§@/\\.".contains(c)) {
            return false;
        }
        let hyphen = before.strip_suffix(['-', '‑']);
        if hyphen.is_some_and(|before| before.ends_with(char::is_alphabetic)) {
            return false;
        }
        let lettered = after.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if grouped || self.is_measured(range) {
            return !after.starts_with('_');
        }
        !lettered && !self.is_numbered(range)
    }

    /// True when a unit or a magnitude goes with a number: 3.5%, 3.5 million, $3.5.
    fn is_measured(&self, range: &Range<usize>) -> bool {
        self.measured.get(&range.start).is_some_and(|&(end, counts)| counts || end > range.end)
    }

    /// True when the word before a number may say that it is a name, a version, a time or a date.
    fn is_numbered(&self, range: &Range<usize>) -> bool {
        let before = self.text[..range.start].trim_end_matches([' ', '\u{a0}', '.']);
        let start = before.trim_end_matches(|c: char| c.is_alphanumeric() || "'’ʼ".contains(c)).len();
        let word = &before[start..];
        let folded = fold(word);
        let is = |list: &str| list.split_whitespace().any(|one| one == folded);
        if word.is_empty() {
            return before.ends_with(['№', '#', '§']);
        }
        let (left, right) = self.text[range.clone()].split_once(['.', ',']).unwrap_or_default();
        let below = |part: &str, most: u32| part.len() <= 2 && part.parse::<u32>().is_ok_and(|number| number <= most);
        let timed = right.len() == 2 && (below(left, 24) && below(right, 59) || below(left, 31) && below(right, 12));
        let named = word.starts_with(char::is_uppercase)
            && folded.chars().nth(1).is_some()
            && !Classes::of(&folded).has(Class::Function)
            && !is_date(word);
        is(NUMBERED) || named || (timed && is(TIMED))
    }
}

/// A weekday or a month.
fn is_date(word: &str) -> bool {
    mentions(word, &tokens(word)).iter().any(number::is_date)
}

#[cfg(test)]
mod tests {
    use super::Language::{En, Ru, Uk};
    use super::*;

    fn set(source: &str, target: &str, from: Language, to: Language) -> String {
        super::set(source, target, Direction { from, to }, &[])
    }

    #[test]
    fn amounts_take_the_separators_of_the_target() {
        for (source, target, from, to, wanted) in [
            ("Of the 2,300 flats", "Із 2,300 квартир", En, Uk, "Із 2300 квартир"),
            ("Of the 2,300 flats", "Из 2,300 квартир", En, Ru, "Из 2300 квартир"),
            ("It has 1,234,567.8 tons", "Має 1,234,567.8 тонни", En, Uk, "Має 1\u{a0}234\u{a0}567,8 тонни"),
            ("rose by 3.5% to $0.25", "зросло на 3.5% до $0.25", En, Uk, "зросло на 3,5% до $0,25"),
            ("about 2.5 times", "примерно в 2.5 раза", En, Ru, "примерно в 2,5 раза"),
            ("Понад 12 500 осіб", "Over 12 500 people", Uk, En, "Over 12,500 people"),
            ("Більш як 12\u{a0}500,5 т", "More than 12 500,5 t", Uk, En, "More than 12,500.5 t"),
            ("в 2,5 раза", "2,5 times", Ru, En, "2.5 times"),
            ("у 2,5 раза", "в 2,5 раза", Uk, Ru, "в 2,5 раза"),
            ("It has 2,300 men", "Там 2300 людей", En, Uk, "Там 2300 людей"),
        ] {
            assert_eq!(set(source, target, from, to), wanted, "{source}");
        }
    }

    #[test]
    fn versions_dates_times_and_codes_stay() {
        for (source, target) in [
            ("Python 3.11 is out", "Вийшов Python 3.11"),
            ("in version 2.5 of it", "у версії 2.5"),
            ("the GPT-4.5 and v1.2", "GPT-4.5 і v1.2"),
            ("release 3.5.1 at 10.0.0.1", "випуск 3.5.1 на 10.0.0.1"),
            ("on 12.03.2024 at 9.30", "12.03.2024 о 9.30"),
            ("under section 4.2 and № 7.1", "за розділом 4.2 і № 7.1"),
            ("at 10:30, 1/2.5", "о 10:30, 1/2.5"),
            ("rooms 1,2,3", "кімнати 1,2,3"),
        ] {
            assert_eq!(set(source, target, En, Uk), target, "{source}");
        }
        let both = "Python 3.5 needs 3.5 GB, or 3.5 million bytes";
        assert_eq!(set(both, "Python 3.5 потребує 3.5 млн байтів", En, Uk), "Python 3.5 потребує 3,5 млн байтів");
    }

    #[test]
    fn what_stays_is_not_touched_and_what_is_left_is_named() {
        let direction = Direction { from: En, to: Uk };
        let target = "Дивись x.ua/2,300 і 2,300";
        let address = std::slice::from_ref(&(13..23));
        assert_eq!(super::set("See x.ua/2,300 and 2,300", target, direction, address), "Дивись x.ua/2,300 і 2300");
        assert_eq!(left("Of 2,300 flats", "Із 2,300 квартир", direction), ["2,300"]);
        assert_eq!(left("Of 2,300 flats", "Із 2300 квартир", direction), [""; 0]);
    }
}
