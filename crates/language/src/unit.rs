//! What a number counts, as far as a changed unit would be a changed fact: percent and points, money, measures.
//!
//! The words are in `data/units.toml`. Measures of one kind are compared by value (3500 m are 3.5 km), those of two
//! kinds, and two currencies, never. Not here: nouns that are no units; a number knows only that one stands behind it.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::class::{Class, Classes};
use super::word_map::WordMap;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Unit {
    /// Things, or something that is not known here.
    #[default]
    Plain,
    /// Percent.
    Percent,
    /// Percentage points.
    Points,
    /// Money of one currency: its ISO 4217 code, or that of the first of the currencies with its name.
    Money(&'static str),
    /// A physical measure.
    Measure(Measure),
    /// How often, or by which factor: "three times", "втричі".
    Times,
    /// Nothing: the 3 of 3 March. It supports a 3 that counts nothing either.
    DayOfMonth,
}

/// A unit of length, time and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Measure {
    /// What is measured: "length".
    pub of: &'static str,
    /// How many of the smallest unit of its kind it is.
    pub times: u64,
}

const TABLE: &str = include_str!("../data/units.toml");
const SIGNS: [(char, &str); 10] = [
    ('$', "USD"),
    ('€', "EUR"),
    ('£', "GBP"),
    ('₴', "UAH"),
    ('₽', "RUB"),
    ('¥', "JPY"),
    ('₺', "TRY"),
    ('₸', "KZT"),
    ('₹', "INR"),
    ('₾', "GEL"),
];
/// How long an ending may be that `*` stands for.
const LONGEST_ENDING: usize = 5;

#[derive(Deserialize)]
struct File {
    percent: String,
    times: String,
    currencies: HashMap<String, String>,
    measures: Vec<MeasureRow>,
}

#[derive(Deserialize)]
struct MeasureRow {
    of: String,
    units: Vec<(u64, String)>,
}

static UNITS: LazyLock<WordMap<Unit>> = LazyLock::new(|| {
    let file: File = toml::from_str(TABLE).expect("data/units.toml is well-formed; a test reads it");
    let mut units = WordMap::of([(file.percent.as_str(), Unit::Percent), (&file.times, Unit::Times)]);
    for (code, words) in file.currencies {
        units.add(&words, Unit::Money(String::leak(code)));
    }
    for MeasureRow { of, units: row } in file.measures {
        let of: &'static str = String::leak(of);
        row.iter().for_each(|(times, words)| units.add(words, Unit::Measure(Measure { of, times: *times })));
    }
    units
});

/// The unit that these signs say, in front of a number or behind it.
pub(super) fn of_signs(signs: &str) -> Unit {
    let signs = signs.trim_start_matches(|c: char| c.is_whitespace() || c == '.');
    if signs.starts_with('%') {
        return Unit::Percent;
    }
    if signs.starts_with(['°', 'º', '℃', '℉']) {
        return of_word("°");
    }
    let sign = SIGNS.iter().find(|(sign, _)| signs.chars().take(3).any(|c| c == *sign));
    sign.map_or(Unit::Plain, |&(_, code)| Unit::Money(code))
}

/// The unit that a folded word names.
pub(super) fn of_word(word: &str) -> Unit {
    let plain = word.trim_end_matches(['²', '³']);
    if plain.len() < word.len() {
        return of_word(plain).to_the(if word.ends_with('²') { 2 } else { 3 });
    }
    // "европейский" and "поштовий" are no units.
    let is_ending = |rest: &str| rest.chars().count() <= LONGEST_ENDING && !rest.starts_with(['п', 'с', 'з', 'k', 'p']);
    UNITS.matches(word).find(|(_, rest)| is_ending(rest)).map_or(Unit::Plain, |(unit, _)| unit)
}

/// The power of length that a folded word announces: 2 for square, 3 for cubic.
pub(super) fn power_of_length(word: &str) -> Option<u32> {
    let classes = Classes::of(word);
    let cubic = || classes.has(Class::Cubic).then_some(3);
    classes.has(Class::Square).then_some(2).or_else(cubic)
}

impl Unit {
    /// Area or volume of a unit of length.
    pub(super) fn to_the(self, power: u32) -> Self {
        // Ten thousand of the smallest unit of length are a metre; areas are counted in square metres, and volumes in
        // millilitres, and what is smaller is a unit by itself.
        const METRE: u64 = 10_000;
        let Self::Measure(Measure { of: "length", times }) = self else { return self };
        match (power, times.checked_div(METRE), times % METRE) {
            (2, Some(metres @ 1..), 0) => Self::Measure(Measure { of: "area", times: metres * metres }),
            (3, Some(metres @ 1..=10_000), 0) => {
                Self::Measure(Measure { of: "volume", times: metres * metres * metres * 1_000_000 })
            }
            (2, ..) => Self::Measure(Measure { of: "area of small units", times }),
            _ => Self::Measure(Measure { of: "volume of small units", times }),
        }
    }

    /// The currency that a folded word names: "usd", "гривень".
    pub fn currency(word: &str) -> Option<Self> {
        Some(of_word(word)).filter(|unit| matches!(unit, Self::Money(_)))
    }

    /// True for two units of one kind: two currencies, or two lengths.
    pub fn is_comparable_with(self, other: Self) -> bool {
        match (self, other) {
            (Self::Money(_), Self::Money(_)) => true,
            (Self::Measure(ours), Self::Measure(theirs)) => ours.of == theirs.of,
            (ours, theirs) => ours == theirs,
        }
    }

    /// True for hours, years and the like.
    pub(super) fn is_of_time(self) -> bool {
        matches!(self, Self::Measure(Measure { of: "time" | "months", .. }))
    }

    /// A code that a reader of two languages knows: `%`, `UAH`, `length`.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Percent => Some("%"),
            Self::Points => Some("percentage points"),
            Self::Money(code) => Some(code),
            Self::Measure(measure) => Some(measure.of),
            Self::Plain | Self::Times | Self::DayOfMonth => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(of: &'static str, times: u64) -> Unit {
        Unit::Measure(Measure { of, times })
    }

    #[test]
    fn signs_and_words_name_units() {
        assert_eq!(of_signs(" US$"), Unit::Money("USD"));
        assert_eq!(of_signs(" %"), Unit::Percent);
        assert_eq!(of_signs("° C"), measure("degrees", 1));
        assert_eq!(of_word("відсотків"), Unit::Percent);
        assert_eq!(of_word("рублей"), Unit::Money("RUB"));
        assert_eq!(of_word("евро"), Unit::Money("EUR"));
        assert_eq!(of_word("леїв"), Unit::Money("MDL"));
        assert_eq!(of_word("кілограмів"), measure("mass", 1_000_000));
        assert_eq!(of_word("річний"), measure("months", 12));
        for word in ["европейских", "європейських", "people", "европа", "метрополітен", "тоннель", "рокер", "вона"]
        {
            assert_eq!(of_word(word), Unit::Plain, "{word}");
        }
    }

    #[test]
    fn powers_of_length_are_areas_and_volumes() {
        assert_eq!((of_word("км²"), of_word("гектарів")), (measure("area", 1_000_000), measure("area", 10_000)));
        assert_eq!(of_word("метрів").to_the(3), of_word("кубометрів"));
        assert_eq!((power_of_length("квадратних"), power_of_length("cubic")), (Some(2), Some(3)));
    }
}
