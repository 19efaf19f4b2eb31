//! Words that say the opposite of each other: rise and fall, підтвердити and опровергнуть. The table is `data/opposites.toml`.
//!
//! A row has two sides, and which language a word is of does not matter. Whether a word is negated is not asked here.

use std::sync::LazyLock;

use serde::Deserialize;

use super::word_map::WordMap;

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

static OPPOSITES: LazyLock<WordMap<Pole>> = LazyLock::new(|| {
    let file: File = toml::from_str(TABLE).expect("data/opposites.toml is well-formed; a test reads it");
    let rows = file.opposites.iter().enumerate();
    let sides = rows
        .flat_map(|(row, [first, second])| [(first, Pole { row, first: true }), (second, Pole { row, first: false })]);
    WordMap::of(sides.map(|(words, pole)| (words.as_str(), pole)))
});

/// The sides that a folded word is on.
pub fn poles(word: &str) -> Vec<Pole> {
    OPPOSITES.matches(word).map(|(pole, _)| pole).collect()
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
