//! Names across alphabets: what a word sounds like, and how far two sounds are apart.
//!
//! One name has many spellings: Зеленський and Зеленский, Zelensky and Zelenskyy (KMU resolution 55 of 2010 writes
//! Zelenskyi), Гаврилита and Gavriliță. Each is turned into the same coarse letters, and two such strings are aligned
//! (weighted edit distance, Wagner and Fischer 1974): vowels cost little, related consonants some, others much; endings,
//! which cases and adjectives change, cost little too. What sounds nothing alike (Німеччина, Germany) is in `table`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::token::fold;

const TABLE: &str = include_str!("../data/name_key.toml");

/// Letters at the end that a language's cases may change.
const ENDING: usize = 4;
/// Sounds of which an ending may consist, vowels aside: -ого, -ому, -ами, -ов, -ский, -ian, -ese, -s.
const IN_ENDINGS: &[u8] = b"hGmvskni";
/// Two names may differ by this share of a letter for each letter of the longer, and by [`MOST`] at most: less than a whole
/// consonant, because Irkutsk is not Yakutsk. Set by `cargo test --release --test it names -- --nocapture`.
const EACH: f32 = 0.14;
const MOST: f32 = 0.95;
/// Sounds at the beginning of a name whose vowels are told apart.
const EXACT: usize = 3;
/// The longest name that is compared as a whole.
const LONGEST: usize = 24;

/// What a word sounds like: one byte a sound, vowels as `a e i o u`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameKey(Vec<u8>);

impl NameKey {
    /// The sound of a word in Latin or Cyrillic letters. Other characters are silent.
    pub fn of(word: &str) -> Self {
        let folded = fold(word);
        let folded = folded.strip_suffix("'s").unwrap_or(&folded);
        let letters: Vec<char> = folded.chars().take(2 * LONGEST).collect();
        let mut sounds = Vec::with_capacity(letters.len());
        let mut i = 0;
        while i < letters.len() {
            i += hear(&letters, i, &mut sounds);
        }
        sounds.dedup();
        sounds.truncate(LONGEST);
        Self(sounds)
    }

    /// True when two words can be the same name, or one is made of the other: Tartu, тартуский.
    pub fn is_like(&self, other: &Self) -> bool {
        self.is_within(other, 1.0) || self.is_made_of(other) || other.is_made_of(self)
    }

    /// True when two words are the same name beyond doubt.
    pub fn is_close(&self, other: &Self) -> bool {
        self.is_within(other, 0.5)
    }

    /// True when one of two sounds begins the other and enough of it is there to tell, as somebody hears it who mixes up г with
    /// х and the vowels behind the first letters: of a word that is being written, to somebody else's name.
    pub fn begins_like(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.coarse(), other.coarse());
        ours.len().min(theirs.len()) >= EXACT && (ours.starts_with(&theirs) || theirs.starts_with(&ours))
    }

    /// True when one of two sounds is the beginning of the other, however short: J., Ben and Benjamin.
    pub fn begins_like_short(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.coarse(), other.coarse());
        !ours.is_empty() && !theirs.is_empty() && (ours.starts_with(&theirs) || theirs.starts_with(&ours))
    }

    fn coarse(&self) -> Vec<u8> {
        let heard = |(at, &sound): (usize, &u8)| match sound {
            b'g' | b'G' => b'h',
            sound if at >= EXACT && is_vowel(sound) => b'-',
            sound => sound,
        };
        let mut coarse: Vec<u8> = self.0.iter().enumerate().map(heard).collect();
        coarse.dedup();
        coarse
    }

    /// A key that words of one root have in common across languages, such as університет and university; `None` for
    /// short ones.
    pub(super) fn cognate(&self) -> Option<String> {
        let mut key = String::new();
        for &sound in &self.0 {
            let class = match sound {
                b'i' => continue,
                sound if is_vowel(sound) => 'a',
                b'g' | b'h' | b'G' | b'k' => 'k',
                b's' | b'z' | b'c' | b'j' => 's',
                b'f' | b'v' => 'v',
                sound => char::from(sound),
            };
            if !key.ends_with(class) {
                key.push(class);
            }
            if key.len() == 6 {
                break;
            }
        }
        (key.len() >= 5).then_some(key)
    }

    /// True when the distance is at most this part of what two spellings of one name may differ by.
    fn is_within(&self, other: &Self, part: f32) -> bool {
        let (a, b) = (&self.0, &other.0);
        let length = a.len().max(b.len());
        if a.is_empty() || b.is_empty() || a.len().abs_diff(b.len()) > ENDING + 1 {
            return false;
        }
        if length <= 2 {
            return a == b;
        }
        let starts = |x: &[u8], y: &[u8]| {
            let without_first = drop(x, 0) < 1.0 && x.get(1).is_some_and(|&x| substitution(x, y[0]) < 1.0);
            substitution(x[0], y[0]) < 1.0 || without_first
        };
        (starts(a, b) || starts(b, a)) && self.distance(other) <= part * (EACH * length as f32).min(MOST)
    }

    /// True for an adjective in -ский or -ський of the other name.
    fn is_made_of(&self, other: &Self) -> bool {
        let Self(sounds) = self;
        let suffix = (3..sounds.len().saturating_sub(1)).rev().find(|&i| matches!(&sounds[i..i + 2], b"sk" | b"ck"));
        let Some(stem) = suffix.filter(|&i| i + 6 >= sounds.len()).map(|i| &sounds[..i]) else { return false };
        let least = stem.len().saturating_sub(1).max(3);
        (least..=stem.len() + 1).any(|length| {
            let beginning = other.0.get(..length).filter(|_| other.0.len() <= length + ENDING);
            beginning.is_some_and(|beginning| Self(stem.to_vec()).is_within(&Self(beginning.to_vec()), 0.6))
        })
    }

    fn distance(&self, other: &Self) -> f32 {
        let (a, b) = (&self.0, &other.0);
        let mut row: Vec<f32> = Vec::with_capacity(b.len() + 1);
        row.push(0.0);
        for j in 1..=b.len() {
            row.push(row[j - 1] + drop(b, j - 1));
        }
        for i in 1..=a.len() {
            let mut diagonal = row[0];
            row[0] += drop(a, i - 1);
            for j in 1..=b.len() {
                let change = diagonal + substitution(a[i - 1], b[j - 1]);
                diagonal = row[j];
                row[j] = change.min(row[j] + drop(a, i - 1)).min(row[j - 1] + drop(b, j - 1));
            }
        }
        row[b.len()]
    }
}

/// What it costs that a sound is missing on the other side.
fn drop(sounds: &[u8], i: usize) -> f32 {
    let in_ending = i >= 3 && i + ENDING >= sounds.len();
    let next = sounds.get(i + 1);
    match sounds[i] {
        sound if in_ending && IN_ENDINGS.contains(&sound) => cost(sound).min(0.25),
        // Quiroga, Кирога: a v that only English says.
        b'v' if i > 0 && sounds[i - 1] == b'k' => 0.3,
        // Джонсон, Johnson: the first of two sounds that are one.
        b'd' if matches!(next, Some(b'z' | b'j' | b'c')) => 0.2,
        b't' if matches!(next, Some(b'c' | b's')) => 0.2,
        sound if in_ending => cost(sound) * 0.6,
        sound => cost(sound),
    }
}

fn is_vowel(sound: u8) -> bool {
    matches!(sound, b'a' | b'e' | b'i' | b'o' | b'u')
}

fn cost(sound: u8) -> f32 {
    match sound {
        b'i' => 0.1,
        b'h' => 0.35,
        sound if is_vowel(sound) => 0.25,
        _ => 1.0,
    }
}

fn substitution(a: u8, b: u8) -> f32 {
    if a == b {
        return 0.0;
    }
    if is_vowel(a) && is_vowel(b) {
        return 0.15;
    }
    SOUNDS.costs.get(&(a, b)).copied().unwrap_or(1.0)
}

/// The file.
#[derive(Deserialize)]
struct File {
    groups: Vec<(String, String)>,
    costs: Vec<(f32, String)>,
}

/// Letters behind a first one, and what all of them sound like.
type Group = (Vec<char>, Vec<u8>);

/// What letters sound like, and how far sounds are apart.
struct Sounds {
    /// By their first letter, the longest first.
    groups: HashMap<char, Vec<Group>>,
    costs: HashMap<(u8, u8), f32>,
}

static SOUNDS: LazyLock<Sounds> = LazyLock::new(|| {
    let file: File = toml::from_str(TABLE).expect("data/name_key.toml is well-formed; a test reads it");
    let mut groups: HashMap<char, Vec<_>> = HashMap::new();
    for (letters, sounds) in file.groups {
        let mut letters = letters.chars();
        groups.entry(letters.next().unwrap_or(' ')).or_default().push((letters.collect(), sounds.into_bytes()));
    }
    let pairs = file.costs.iter().flat_map(|(cost, pairs)| pairs.split(' ').map(move |pair| (pair.as_bytes(), *cost)));
    let costs = pairs.flat_map(|(pair, cost)| [((pair[0], pair[1]), cost), ((pair[1], pair[0]), cost)]).collect();
    Sounds { groups, costs }
});

/// Adds the sound of the letters at `i`; gives how many they are.
fn hear(letters: &[char], i: usize, out: &mut Vec<u8>) -> usize {
    let groups = SOUNDS.groups.get(&letters[i]).map_or(&[][..], Vec::as_slice);
    if let Some((rest, sounds)) = groups.iter().find(|(rest, _)| letters[i + 1..].starts_with(rest)) {
        // "Xavier" begins with an s.
        let initial = i == 0 && letters[i] == 'x';
        out.extend(if initial { &b"s"[..] } else { sounds });
        return 1 + rest.len();
    }
    match letters[i] {
        'c' if matches!(letters.get(i + 1), Some('e' | 'i' | 'y')) => out.push(b's'),
        'c' => out.push(b'k'),
        c if c.is_ascii_alphabetic() => out.push(c as u8),
        _ => {}
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_many_spellings() {
        for names in [
            &["Zelensky", "Zelenskyy", "Zelenskyi", "Зеленський", "Зеленського", "Зеленский", "Зеленским"][..],
            &["Biden", "Байден", "Байдена", "Байденом"],
            &["Gavriliță", "Gavrilita", "Гаврилиця", "Гаврилица"],
            &["Johnson", "Джонсон", "Джонсона"],
            &["Eisgruber", "Айсгрубер"],
            &["Stoltenberg", "Столтенберг", "Столтенберга"],
            &["Resnikov", "Резніков", "Резников", "Reznikov"],
            &["Wright", "Райт"],
            &["Kharkiv", "Харків", "Харкова", "Kharkov"],
            &["Shcherbakova", "Щербакова", "Щербаковой"],
            &["Guinness", "Гіннесс", "Гиннесс"],
        ] {
            for name in names {
                assert!(NameKey::of(names[0]).is_like(&NameKey::of(name)), "{} {name}", names[0]);
            }
        }
    }

    #[test]
    fn other_names_are_other_names() {
        for (a, b) in [
            ("Putin", "Rutte"),
            ("Biden", "Trump"),
            ("Київ", "Лондон"),
            ("Macron", "Мерон"),
            ("Ma", "Mo"),
            ("Paris", "Париж"),
        ] {
            assert_eq!(NameKey::of(a).is_like(&NameKey::of(b)), a == "Paris", "{a} {b}");
        }
        assert!(!NameKey::of("").is_like(&NameKey::of("")));
        NameKey::of(&"щ".repeat(9999)).is_like(&NameKey::of(&"x".repeat(9999)));
    }

    #[test]
    fn words_of_one_root_share_a_key() {
        assert_eq!(NameKey::of("university").cognate(), NameKey::of("університету").cognate());
        assert_eq!(NameKey::of("президент").cognate(), NameKey::of("president").cognate());
        assert_eq!((NameKey::of("дім").cognate(), NameKey::of("рок").cognate()), (None, None));
    }
}
