//! How far a name in one alphabet is from being written in another: Volvo and Вольво are one name, Волга is garbled.
//!
//! Where [`super::NameKey`] hears with goodwill, because a name that it misses is an accusation, this reads letter by letter: a
//! Latin letter is one of those that translators write for it, or it is wrong (weighted edit distance, Wagner and Fischer 1974,
//! with correspondences of several letters). Endings of cases are cut on both sides. What a name means is not here: Germany is far from
//! Німеччина.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::token::fold;

const TABLE: &str = include_str!("../data/transliteration.toml");

/// Of a name's letters, the part that two ways to write it may differ by; and the part up to which it is that name, garbled. Set by
/// `cargo test -p stislo-language --release --test garbled -- --nocapture`: true pairs of names accused against garbled ones found.
const SAME: f32 = 0.06;
const GARBLED: f32 = 0.16;
/// Names of fewer letters are alike by chance.
const SHORTEST: usize = 4;
/// The longest name that is compared.
const LONGEST: usize = 24;
/// Letters that are the least that is left of a name without its ending.
const STEM: usize = 3;

const VOWEL_FOR_VOWEL: f32 = 0.35;
const VOWEL_BESIDE_VOWEL: f32 = 0.1;
const SYLLABLE: f32 = 0.5;

/// Endings of cases, their letters made equal as in the table.
const ENDINGS: &str = "а у и е я ю й о ом ем ою ею еи ам ах ами ив ов ев ей ой ям ях ями ию ия ии ий ого ому им их ими ови еви ова ове \
    ову овои ая ую ое ои ие ем ий ею";

/// Endings of plurals and of adjectives that English makes of names.
const LATIN_ENDINGS: &[&str] = &["s", "n", "an", "ian", "ish", "ese"];
/// Suffixes of adjectives, without their soft sign.
const SUFFIXES: &[&[char]] = &[&['с', 'к'], &['ц', 'к'], &['н']];

/// How a name is told from another one of another alphabet or language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same name.
    Same,
    /// The same name with letters that it cannot have.
    Garbled,
    /// Another name.
    Other,
}

/// How alike two words are by their [`name_distance`].
pub fn likeness(distance: f32) -> Likeness {
    match distance {
        distance if distance <= SAME => Likeness::Same,
        distance if distance <= GARBLED => Likeness::Garbled,
        _ => Likeness::Other,
    }
}

/// The part of two words' letters that differ when one is written in the alphabet of the other; 1 for words too short to tell.
pub fn name_distance(one: &str, other: &str) -> f32 {
    let [one, other] = [one, other].map(letters);
    stem_pairs(&one, &other).iter().map(Pair::part).fold(1.0, f32::min)
}

/// Two words without their endings, and what it costs to write one as the other.
struct Pair<'w> {
    one: &'w [char],
    other: &'w [char],
    cost: f32,
}

impl Pair<'_> {
    fn part(&self) -> f32 {
        self.cost / self.one.len().max(self.other.len()) as f32
    }
}

/// Every way to cut the endings of two words; none for words too short or too long to compare.
fn stem_pairs<'w>(one: &'w [char], other: &'w [char]) -> Vec<Pair<'w>> {
    if one.len().min(other.len()) < SHORTEST || one.len().max(other.len()) > LONGEST {
        return Vec::new();
    }
    let others = stems(other);
    let with = |one: &'w [char]| {
        others.iter().map(move |&other| Pair { one, other, cost: distance(one, other) }).collect::<Vec<_>>()
    };
    stems(one).into_iter().flat_map(with).collect()
}

/// The letters of a word, those made equal that the languages in Cyrillic letters write for one sound.
fn letters(word: &str) -> Vec<char> {
    let folded = fold(word);
    let word = folded.strip_suffix("'s").unwrap_or(&folded);
    let level = |c| match c {
        'і' | 'ї' | 'ы' => 'и',
        'є' | 'э' | 'ё' => 'е',
        'ґ' => 'г',
        c => c,
    };
    let mut letters: Vec<char> =
        word.chars().filter(|c| c.is_alphabetic() && !matches!(c, 'ь' | 'ъ')).map(level).collect();
    if !word.is_ascii() {
        letters.dedup();
    }
    letters
}

/// A word, and what is left of it without each ending that it may have.
fn stems(word: &[char]) -> Vec<&[char]> {
    let text: String = word.iter().collect();
    let without = |ending: usize| word.len().checked_sub(ending).filter(|left| *left >= STEM).map(|left| &word[..left]);
    let mut stems = vec![word];
    if text.is_ascii() {
        let derived = LATIN_ENDINGS.iter().filter(|ending| text.ends_with(*ending));
        stems.extend(derived.filter_map(|ending| without(ending.len())));
        let vowels = word.iter().rev().take_while(|c| is_vowel(**c)).count();
        stems.extend((1..=vowels.min(2)).filter_map(without));
    } else {
        let endings = ENDINGS.split_whitespace().filter(|ending| text.ends_with(*ending));
        stems.extend(endings.filter_map(|ending| without(ending.chars().count())));
        // An adjective that is made of the name: Трафальгарська, Ліберальна.
        let made = |stem: &&[char]| SUFFIXES.iter().find(|it| stem.ends_with(it)).map(|it| stem.len() - it.len());
        let made: Vec<&[char]> =
            stems.iter().filter_map(|stem| made(stem).filter(|left| *left > STEM).map(|left| &word[..left])).collect();
        stems.extend(made);
    }
    stems
}

/// What it costs to write one word as the other.
fn distance(one: &[char], other: &[char]) -> f32 {
    // A Latin word is read by the table; the other is what it may read.
    let (one, other) = if other.first().is_some_and(char::is_ascii) { (other, one) } else { (one, other) };
    let mut costs = vec![vec![f32::INFINITY; other.len() + 1]; one.len() + 1];
    costs[0][0] = 0.0;
    for i in 0..=one.len() {
        let readings = readings(&one[i..]);
        for j in 0..=other.len() {
            let here = costs[i][j];
            if here.is_infinite() {
                continue;
            }
            let mut reach = |i: usize, j: usize, cost: f32| costs[i][j] = costs[i][j].min(here + cost);
            if i < one.len() {
                reach(i + 1, j, missing(one, i));
            }
            if j < other.len() {
                reach(i, j + 1, missing(other, j));
            }
            if i < one.len() && j < other.len() {
                let written = readings.iter().filter(|(length, reading)| *length == 1 && reading.len() == 1);
                let cost = written.map(|(_, reading)| substitution(reading[0], other[j])).fold(1.0, f32::min);
                let beside = is_beside_vowel(one, i) || is_beside_vowel(other, j);
                reach(i + 1, j + 1, if cost == VOWEL_FOR_VOWEL && beside { VOWEL_BESIDE_VOWEL } else { cost });
            }
            for (length, reading) in readings.iter().filter(|(_, reading)| other[j..].starts_with(reading)) {
                reach(i + length, j + reading.len(), 0.0);
            }
            // A letter twice is one.
            if i > 0 && i < one.len() && one[i] == one[i - 1] {
                reach(i + 1, j, 0.0);
            }
        }
    }
    costs[one.len()][other.len()]
}

/// What the beginning of some letters may be in Cyrillic, and how many letters that is.
fn readings(letters: &[char]) -> Vec<(usize, Vec<char>)> {
    match letters.first() {
        None => Vec::new(),
        Some(c) if !c.is_ascii() => vec![(1, vec![*c])],
        Some(c) => {
            let groups = LETTERS.latin.get(c).map_or(&[][..], Vec::as_slice);
            let here = groups.iter().filter(|(group, _)| letters.starts_with(group));
            here.flat_map(|(group, written)| written.iter().map(|it| (group.len(), it.clone()))).collect()
        }
    }
}

/// What it costs that a letter has nothing on the other side.
fn missing(word: &[char], i: usize) -> f32 {
    match word[i] {
        'й' => VOWEL_BESIDE_VOWEL,
        c if is_vowel(c) && is_beside_vowel(word, i) => VOWEL_BESIDE_VOWEL,
        c if is_vowel(c) => SYLLABLE,
        _ => 1.0,
    }
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'а' | 'е' | 'и' | 'о' | 'у' | 'ю' | 'я')
}

fn is_beside_vowel(word: &[char], i: usize) -> bool {
    let vowel = |at: Option<usize>| at.and_then(|at| word.get(at)).is_some_and(|c| is_vowel(*c) || *c == 'й');
    vowel(i.checked_sub(1)) || vowel(Some(i + 1))
}

/// What it costs that one Cyrillic letter stands in the place of another.
fn substitution(a: char, b: char) -> f32 {
    if a == b {
        return 0.0;
    }
    let near = LETTERS.near.get(&(a, b)).copied();
    near.unwrap_or(if is_vowel(a) && is_vowel(b) { VOWEL_FOR_VOWEL } else { 1.0 })
}

/// The file.
#[derive(Deserialize)]
struct File {
    latin: Vec<(String, String)>,
    near: Vec<(f32, String)>,
}

/// Letters, and what they may be in Cyrillic.
type Group = (Vec<char>, Vec<Vec<char>>);

struct Letters {
    /// By their first letter.
    latin: HashMap<char, Vec<Group>>,
    near: HashMap<(char, char), f32>,
}

static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    let file: File = toml::from_str(TABLE).expect("data/transliteration.toml is well-formed; a test reads it");
    let mut latin: HashMap<char, Vec<Group>> = HashMap::new();
    for (letters, written) in &file.latin {
        let written = written.split(' ').map(|it| it.chars().filter(|c| *c != '-').collect()).collect();
        let group: Vec<char> = letters.chars().collect();
        latin.entry(group[0]).or_default().push((group, written));
    }
    let mut near = HashMap::new();
    for (cost, pairs) in &file.near {
        for pair in pairs.split(' ') {
            let mut pair = pair.chars();
            if let (Some(a), Some(b)) = (pair.next(), pair.next()) {
                near.insert((a, b), *cost);
                near.insert((b, a), *cost);
            }
        }
    }
    Letters { latin, near }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_the_ways_to_write_it_are_the_same() {
        for (one, other) in [
            ("Volvo", "Вольво"),
            ("Pryce", "Прайса"),
            ("Kojima", "Кодзіми"),
            ("Nautilus", "Наутілус"),
            ("Tarnavska", "Тарнавської"),
            ("Варум", "Varum"),
            ("Анжелика", "Angelica"),
            ("Зеленський", "Зеленским"),
            ("Гаврилиця", "Gavrilita"),
            ("Johnson", "Джонсоном"),
            ("Wright", "Райта"),
        ] {
            assert_eq!(
                likeness(name_distance(one, other)),
                Likeness::Same,
                "{one} {other} {}",
                name_distance(one, other)
            );
        }
    }

    #[test]
    fn letters_that_a_name_cannot_have_garble_it() {
        for (one, other) in [
            ("Pryce", "Прайз"),
            ("Kojima", "Койма"),
            ("Nautilus", "Натульс"),
            ("Тарнавська", "Ternovska"),
            ("Тарнавська", "Тарнавкая"),
        ] {
            assert_eq!(
                likeness(name_distance(one, other)),
                Likeness::Garbled,
                "{one} {other} {}",
                name_distance(one, other)
            );
        }
        assert_eq!(likeness(name_distance("Biden", "Трамп")), Likeness::Other);
        assert_eq!(likeness(name_distance("", "Трамп")), Likeness::Other);
    }
}
