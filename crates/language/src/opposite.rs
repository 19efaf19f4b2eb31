//! Words that say the opposite of each other: rise and fall, підтвердити and опровергнуть. The table is `data/opposites.toml`.
//!
//! A row has two sides, and which language a word is of does not matter. Whether a word is negated is not asked here.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

const TABLE: &str = include_str!("../data/opposites.toml");

/// One side of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pole {
    /// Which row.
    pub row: usize,
    /// Whether it is the first side.
    pub first: bool,
}

#[derive(Deserialize)]
struct File {
    opposites: Vec<[String; 2]>,
}

/// The words of the file, ready to be looked up.
#[derive(Default)]
struct Opposites {
    whole: HashMap<&'static str, Vec<Pole>>,
    /// Beginnings, by their first letter.
    begun: HashMap<char, Vec<(&'static str, Pole)>>,
}

impl Opposites {
    fn read() -> Self {
        let file: File = toml::from_str(TABLE).expect("data/opposites.toml is well-formed; a test reads it");
        let mut opposites = Self::default();
        for (row, sides) in file.opposites.into_iter().enumerate() {
            for (at, side) in sides.into_iter().enumerate() {
                opposites.add(String::leak(side), Pole { row, first: at == 0 });
            }
        }
        opposites
    }

    fn add(&mut self, words: &'static str, pole: Pole) {
        for word in words.split_whitespace() {
            match word.strip_suffix('*') {
                Some(start) => {
                    self.begun.entry(start.chars().next().unwrap_or(' ')).or_default().push((start, pole));
                }
                None => self.whole.entry(word).or_default().push(pole),
            }
        }
    }
}

/// The sides that a folded word is on.
pub fn poles(word: &str) -> Vec<Pole> {
    static OPPOSITES: OnceLock<Opposites> = OnceLock::new();
    let Opposites { whole, begun } = OPPOSITES.get_or_init(Opposites::read);
    let mut found = whole.get(word).cloned().unwrap_or_default();
    let starts = word.chars().next().and_then(|first| begun.get(&first)).map_or(&[][..], Vec::as_slice);
    found.extend(starts.iter().filter(|(start, _)| word.starts_with(start)).map(|&(_, pole)| pole));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_of_a_row_are_the_same_in_three_languages() {
        for (these, those) in [
            (["rose", "зросли", "выросли"], ["fell", "впали", "упали"]),
            (["confirmed", "підтвердив", "подтвердил"], ["denied", "спростував", "опроверг"]),
            (["agreed", "погодився", "согласился"], ["refused", "відмовився", "отказался"]),
        ] {
            let row = poles(these[0])[0];
            assert!(these.iter().all(|word| poles(word).contains(&row)), "{these:?}");
            assert!(those.iter().all(|word| poles(word).contains(&Pole { first: !row.first, ..row })), "{those:?}");
        }
        assert_eq!((poles("bridge"), poles("")), (vec![], vec![]));
    }
}
