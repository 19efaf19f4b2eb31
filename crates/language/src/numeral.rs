//! Number words of the three languages: `data/numbers.toml`. Parts and multiples too: half, дві третини, півтора, a dozen, вдвічі.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::decimal::Decimal;
use super::word_map::{WordMap, list, rows};

const TABLE: &str = include_str!("../data/numbers.toml");

/// What a word contributes to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// 1 to 19.
    Small(u64),
    /// 20, 30 and so on to 90.
    Tens(u64),
    /// 100, 200 and so on to 900, in one word.
    Hundreds(u64),
    /// The English "hundred".
    Hundred,
    /// A power of ten: 3 for thousand.
    Magnitude(u32),
}

/// A number word: what it adds, and whether it is an ordinal, which ends a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numeral {
    pub(super) part: Part,
    pub(super) ordinal: bool,
}

/// A value and its words.
type Row<T> = (T, String);

/// The file.
#[derive(Deserialize)]
struct File {
    english: Vec<(u64, String, String)>,
    cardinals: Vec<Row<u64>>,
    regular: Vec<Row<u64>>,
    hundreds: Vec<Row<u64>>,
    ordinals: Vec<Row<u64>>,
    adjective_endings: String,
    in_passing: Vec<Row<String>>,
    compound_heads: Vec<Row<String>>,
    #[serde(flatten)]
    maps: NumberWords,
}

/// Words that need only be looked up.
#[derive(Deserialize)]
pub(super) struct NumberWords {
    #[serde(deserialize_with = "rows")]
    magnitudes: WordMap<u32>,
    #[serde(deserialize_with = "rows")]
    abbreviated: WordMap<u32>,
    #[serde(deserialize_with = "list")]
    compound_of: WordMap<()>,
    #[serde(deserialize_with = "list")]
    spans: WordMap<()>,
    /// Factors: 3 for "втричі" and "tripled".
    #[serde(deserialize_with = "rows")]
    pub(super) factors: WordMap<u64>,
    /// What parts divide by: 3 for "third" and "третини".
    #[serde(deserialize_with = "rows")]
    pub(super) parts: WordMap<u32>,
    /// "півтора".
    #[serde(deserialize_with = "list")]
    pub(super) one_and_a_half: WordMap<()>,
    /// What groups multiply by: 12 for "dozen".
    #[serde(deserialize_with = "rows")]
    pub(super) groups: WordMap<u64>,
}

/// Number words, ready to be looked up.
pub(super) struct Numbers {
    /// Number words in every form.
    forms: HashMap<String, Numeral>,
    in_passing: Vec<(Decimal, WordMap<()>)>,
    compound_heads: Vec<(Decimal, String)>,
    pub(super) maps: NumberWords,
}

/// The number words, read once.
pub(super) static NUMBERS: LazyLock<Numbers> = LazyLock::new(|| {
    let file: File = toml::from_str(TABLE).expect("data/numbers.toml is well-formed; a test reads it");
    let listed = file.compound_heads.iter();
    let listed =
        listed.flat_map(|(value, words)| words.split(' ').map(|word| (Decimal::parse(value), word.to_owned())));
    let regular = words_of(&file.regular).map(|(value, start)| (Decimal::from(value), format!("{start}и")));
    let in_passing = |(value, words): &Row<String>| (Decimal::parse(value), WordMap::of([(words.as_str(), ())]));
    Numbers {
        forms: forms(&file),
        in_passing: file.in_passing.iter().map(in_passing).collect(),
        compound_heads: listed.chain(regular).collect(),
        maps: file.maps,
    }
});

/// The words of a row one by one, with its value.
fn words_of<T: Copy>(rows: &[Row<T>]) -> impl Iterator<Item = (T, &str)> {
    rows.iter().flat_map(|(value, words)| words.split(' ').map(|word| (*value, word)))
}

/// What a folded word adds to a number, when it is a number word.
pub(super) fn numeral(word: &str) -> Option<Numeral> {
    let known = NUMBERS.forms.get(word).copied();
    known.or_else(|| magnitude(word).map(|power| Numeral { part: Part::Magnitude(power), ordinal: false }))
}

/// Every number word in every form.
fn forms(file: &File) -> HashMap<String, Numeral> {
    /// Endings of cardinals like двадцять.
    const CARDINAL_ENDINGS: [&str; 8] = ["ь", "и", "ью", "ьох", "ьом", "ьма", "ьома", ""];
    let mut forms = HashMap::new();
    let mut add = |word: String, part, ordinal| {
        forms.entry(word).or_insert(Numeral { part, ordinal });
    };
    for (value, cardinal, ordinals) in &file.english {
        add(cardinal.clone(), part_of(*value), false);
        ordinals.split(' ').for_each(|word| add(word.to_owned(), part_of(*value), true));
    }
    words_of(&file.cardinals).for_each(|(value, word)| add(word.to_owned(), part_of(value), false));
    words_of(&file.hundreds).for_each(|(value, word)| add(word.to_owned(), Part::Hundreds(value), false));
    add("hundred".to_owned(), Part::Hundred, false);
    add("hundredth".to_owned(), Part::Hundred, true);
    for (value, start) in words_of(&file.regular) {
        CARDINAL_ENDINGS.iter().for_each(|ending| add(format!("{start}{ending}"), part_of(value), false));
    }
    for (value, start) in words_of(&file.regular).chain(words_of(&file.ordinals)) {
        file.adjective_endings.split(' ').for_each(|ending| add(format!("{start}{ending}"), part_of(value), true));
    }
    forms
}

fn part_of(value: u64) -> Part {
    match value {
        0..=19 => Part::Small(value),
        20..=99 => Part::Tens(value),
        _ => Part::Hundreds(value),
    }
}

/// The power of ten that a folded word names: 6 for million and млн.
pub(super) fn magnitude(word: &str) -> Option<u32> {
    // "тисячолітній" and "millionaire" are no numbers.
    let noun = |rest: &str| rest.chars().count() <= 3 && rest != "ер";
    let in_full = || NUMBERS.maps.magnitudes.matches(word).find(|(_, rest)| noun(rest)).map(|(power, _)| power);
    NUMBERS.maps.abbreviated.get(word).or_else(in_full)
}

/// The power of ten of a letter behind the digits: 5m, 10k.
pub(super) fn magnitude_of_letter(word: &str) -> Option<u32> {
    match word {
        "k" | "к" => Some(3),
        "m" => Some(6),
        "b" => Some(9),
        _ => None,
    }
}

/// Numbers that a folded word says in passing.
pub(super) fn in_passing(word: &str) -> impl Iterator<Item = &'static Decimal> {
    NUMBERS.in_passing.iter().filter(move |(_, words)| words.get(word).is_some()).map(|(value, _)| value)
}

/// The number in a word like трирічний or двадцатипятилетний, and what it counts: "річний", "летний".
pub(super) fn compound(word: &str) -> Option<(Decimal, &str)> {
    let (value, rest) = head(word)?;
    let more =
        head(rest).filter(|(unit, rest)| is_ten(&value) && unit.whole().is_some_and(|it| it < 10) && !rest.is_empty());
    let (value, rest) = match more {
        Some((unit, rest)) => (Decimal::from(value.whole()? + unit.whole()?), rest),
        None => (value, rest),
    };
    (rest.chars().count() > 2).then_some((value, rest))
}

/// True when what a compound counts stands for nothing but its number: "поверховий", and no "ліття".
pub(super) fn counts_in_compound(rest: &str) -> bool {
    NUMBERS.maps.compound_of.get(rest).is_some()
}

/// True for the end of a noun like десятиліття.
pub(super) fn is_span(rest: &str) -> bool {
    NUMBERS.maps.spans.get(rest).is_some()
}

fn is_ten(value: &Decimal) -> bool {
    value.whole().is_some_and(|value| (20..100).contains(&value) && value % 10 == 0)
}

/// The longest number at the beginning of a word, and the rest.
fn head(word: &str) -> Option<(Decimal, &str)> {
    let heads = NUMBERS.compound_heads.iter();
    let found = heads.filter_map(|(value, start)| Some((value.clone(), word.strip_prefix(start.as_str())?)));
    found.min_by_key(|(_, rest)| rest.len())
}

/// The value of a Roman numeral, in Latin or Cyrillic capitals.
pub(super) fn roman(word: &str) -> Option<u64> {
    let value = |c: char| match c {
        'I' | 'І' => Some(1),
        'V' => Some(5),
        'X' | 'Х' => Some(10),
        _ => None,
    };
    let values: Option<Vec<u64>> = word.chars().map(value).collect();
    let values = values.filter(|values| (1..=6).contains(&values.len()))?;
    let sum = |(i, &value): (usize, &u64)| match values.get(i + 1) {
        Some(&next) if next > value => -(value as i64),
        _ => value as i64,
    };
    u64::try_from(values.iter().enumerate().map(sum).sum::<i64>()).ok()
}

/// What follows "half" within one word: "мільйона" of "півмільйона", "года" of "полгода".
pub(super) fn after_half(word: &str) -> Option<&str> {
    let rest = ["пів", "полу", "пол"].iter().find_map(|half| word.strip_prefix(half))?;
    // "півдня" is also of the south.
    (rest.chars().count() > 2 && !rest.starts_with("дн") && !rest.starts_with("ден"))
        .then_some(rest.trim_start_matches('\''))
}

/// One half.
pub(super) fn half() -> Decimal {
    Decimal::parse("0.5")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_values() {
        for (word, value) in [("seven", 7), ("сімома", 7), ("семью", 7), ("п'ятнадцяти", 15), ("ninetieth", 90)]
        {
            assert_eq!(numeral(word).map(|it| it.part), Some(part_of(value)), "{word}");
        }
        assert_eq!(numeral("двісті").map(|it| it.part), Some(Part::Hundreds(200)));
        assert!(numeral("двадцятого").is_some_and(|it| it.ordinal) && numeral("третья").is_some_and(|it| it.ordinal));
        for word in ["друзі", "семья", "стол", "once", "тен"] {
            assert_eq!(numeral(word), None, "{word}");
        }
        assert_eq!((magnitude("мільйонів"), magnitude("millionaire"), magnitude("тыс")), (Some(6), None, Some(3)));
        assert_eq!((magnitude("trn"), magnitude("tn"), magnitude("трлн")), (Some(12), Some(12), Some(12)));
        assert_eq!(
            (compound("трирічний"), compound("двадцатипятилетний")),
            (Some((Decimal::from(3), "річний")), Some((Decimal::from(25), "летний")))
        );
        assert_eq!((compound("полутораметровый"), compound("три")), (Some((Decimal::parse("1.5"), "метровый")), None));
        assert!(is_span("ліття") && !is_span("літній") && !is_span("летнего"));
        assert_eq!((roman("XXI"), roman("ХХІ"), roman("XIV"), roman("Х")), (Some(21), Some(21), Some(14), Some(10)));
    }

    #[test]
    fn parts_and_multiples_have_their_values() {
        let NumberWords { factors, parts, groups, .. } = &NUMBERS.maps;
        assert_eq!(
            (factors.get("втричі"), factors.get("удвоились"), factors.get("tenfold")),
            (Some(3), Some(2), Some(10))
        );
        assert_eq!((factors.get("двері"), factors.get("однажды")), (None, None));
        assert_eq!((parts.get("третини"), parts.get("четверть"), parts.get("третій")), (Some(3), Some(4), None));
        assert_eq!((after_half("півгодини"), after_half("полмиллиона")), (Some("години"), Some("миллиона")));
        assert_eq!((after_half("півдня"), after_half("полк"), groups.get("dozen")), (None, None, Some(12)));
    }
}
