//! Names and words that only a dictionary can match across the three languages: `data/names.toml`, `data/words.toml`.
//!
//! A row is one concept in three languages. Which language a word is of does not matter here: any spelling of a row
//! stands for its concept. Words are found by their first letters, so a look-up costs the same however long the tables are.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::Language;
use super::token::{Token, tokens};

const NAMES: &str = include_str!("../data/names.toml");
const WORDS: &str = include_str!("../data/words.toml");
/// Endings of nouns that `+` stands for.
const ENDINGS: &[&str] = &[
    "", "а", "у", "і", "и", "е", "я", "ю", "ї", "є", "ь", "й", "ом", "ем", "ою", "ею", "єю", "ам", "ах", "ами", "ів",
    "ой", "ей", "ы", "ов", "ев", "ям", "ях", "ями", "ию", "ії", "ью", "ія", "ию", "ии", "ия", "ією", "ией", "ією",
    "ий", "s", "es",
];

/// What a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A name: a fact that says it must have it from its source.
    Name,
    /// A word: it helps to find the source.
    Word,
}

/// A row of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Concept {
    /// Which table.
    pub kind: Kind,
    /// Which row.
    pub row: usize,
}

#[derive(Deserialize)]
struct NamesFile {
    names: Vec<[String; 3]>,
}

#[derive(Deserialize)]
struct WordsFile {
    titles: String,
    words: Vec<[String; 3]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    None,
    OfNouns,
    Any,
}

#[derive(Debug)]
struct Piece {
    start: String,
    ending: Ending,
    /// The word has to be written with a capital, or with capitals alone.
    capital: bool,
    acronym: bool,
    /// Its `*` takes endings of any length, as those of names.
    any_length: bool,
}

#[derive(Debug)]
struct Spelling {
    pieces: Vec<Piece>,
    concept: Concept,
    /// The language it is of, in the order of the columns.
    column: usize,
}

/// The tables, ready to be searched.
#[derive(Debug)]
pub struct Table {
    /// By the first two letters.
    spellings: HashMap<[char; 2], Vec<Spelling>>,
    /// Common English words that titles and names of works write with capitals.
    titles: HashSet<String>,
}

impl Default for Table {
    fn default() -> Self {
        Self::new()
    }
}

impl Table {
    /// The tables that are part of the program, read once.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Table> = LazyLock::new(Table::new);
        &SHARED
    }

    /// Reads the tables that are part of the program. Who only looks them up takes [`Table::shared`].
    pub fn new() -> Self {
        let names: NamesFile = toml::from_str(NAMES).expect("data/names.toml is well-formed; a test reads it");
        let words: WordsFile = toml::from_str(WORDS).expect("data/words.toml is well-formed; a test reads it");
        let mut table =
            Self { spellings: HashMap::new(), titles: words.titles.split_whitespace().map(str::to_owned).collect() };
        for (kind, rows) in [(Kind::Name, names.names), (Kind::Word, words.words)] {
            for (row, columns) in rows.iter().enumerate() {
                for (column, spellings) in columns.iter().enumerate() {
                    spellings.split(',').for_each(|spelling| table.add(spelling, Concept { kind, row }, column));
                }
            }
        }
        table
    }

    fn add(&mut self, spelling: &str, concept: Concept, column: usize) {
        let words = spelling.split([' ', '.', '-']).filter(|word| !word.is_empty());
        let pieces: Vec<Piece> = words.filter_map(|word| piece(word, concept.kind)).collect();
        if let Some(first) = pieces.first() {
            self.spellings.entry(initials(&first.start)).or_default().push(Spelling { pieces, concept, column });
        }
    }

    /// How the names among these concepts begin in a language, in lower case.
    pub fn beginnings(&self, concepts: &HashSet<Concept>, language: Language) -> Vec<&str> {
        let fits = |it: &&Spelling| {
            it.concept.kind == Kind::Name && it.column == language as usize && concepts.contains(&it.concept)
        };
        let pieces = self.spellings.values().flatten().filter(fits).flat_map(|it| &it.pieces);
        pieces.filter(|piece| !piece.acronym).map(|piece| piece.start.as_str()).collect()
    }

    /// True for a common English word that a title may write with a capital: Leader, Papers. The word is folded.
    pub fn is_common(&self, word: &str) -> bool {
        let word = word.strip_suffix("'s").unwrap_or(word);
        self.titles.contains(word) || word.strip_suffix('s').is_some_and(|singular| self.titles.contains(singular))
    }

    /// The concepts whose spelling begins at token `i`, and how many tokens each takes.
    pub fn at(&self, tokens: &[Token], i: usize) -> Vec<(Concept, usize)> {
        let Some(token) = tokens.get(i).filter(|token| !token.is_number()) else { return Vec::new() };
        let spellings = self.spellings.get(&initials(&token.folded)).map_or(&[][..], Vec::as_slice);
        let fits = |spelling: &&Spelling| {
            let mut pieces = spelling.pieces.iter().enumerate();
            pieces.all(|(at, piece)| tokens.get(i + at).is_some_and(|token| piece.fits(token)))
        };
        let mut found: Vec<_> = spellings.iter().filter(fits).map(|it| (it.concept, it.pieces.len())).collect();
        found.dedup();
        found
    }
}

impl Piece {
    fn fits(&self, token: &Token) -> bool {
        let word = token.folded.strip_suffix("'s").or_else(|| token.folded.strip_suffix("s'")).unwrap_or(&token.folded);
        self.takes(word, token) || hardened(word).is_some_and(|word| self.takes(&word, token))
    }

    fn takes(&self, word: &str, token: &Token) -> bool {
        let Some(rest) = word.strip_prefix(self.start.as_str()) else { return false };
        let ending = match self.ending {
            Ending::None => rest.is_empty(),
            Ending::OfNouns => ENDINGS.contains(&rest),
            // "вер*" is to believe and not Вермонт.
            Ending::Any => self.any_length || rest.chars().count() <= longest_ending(self.start.chars().count()),
        };
        ending
            && (!self.capital || token.is_capitalised())
            && (!self.acronym || token.is_acronym() || token.text.len() == 1)
    }
}

/// How long an ending may be behind a beginning of this many letters.
fn longest_ending(start: usize) -> usize {
    match start {
        0..=3 => 3,
        4 => 5,
        _ => usize::MAX,
    }
}

/// Ukrainian changes the last consonant before -і: Гонконг, у Гонконзі. This gives the word as the table has it.
fn hardened(word: &str) -> Option<String> {
    [("зі", "гі"), ("ці", "кі"), ("сі", "хі")]
        .iter()
        .find_map(|(soft, hard)| Some(word.strip_suffix(soft)?.to_owned() + hard))
}

fn piece(word: &str, kind: Kind) -> Option<Piece> {
    let (start, ending) = match word.strip_suffix('*') {
        Some(start) => (start, Ending::Any),
        None => word.strip_suffix('+').map_or((word, Ending::None), |start| (start, Ending::OfNouns)),
    };
    let token = tokens(start).into_iter().next()?;
    let acronym = token.is_acronym();
    // Adjectives of names have no capital in Ukrainian and Russian, and those are written with `*`.
    let capital = kind == Kind::Name && ending != Ending::Any && token.is_capitalised();
    Some(Piece { start: token.folded, ending, capital, acronym, any_length: kind == Kind::Name })
}

fn initials(word: &str) -> [char; 2] {
    let mut letters = word.chars();
    [letters.next().unwrap_or(' '), letters.next().unwrap_or(' ')]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(table: &Table, text: &str) -> Vec<usize> {
        let tokens = tokens(text);
        let found = (0..tokens.len()).flat_map(|i| table.at(&tokens, i));
        found.filter(|(concept, _)| concept.kind == Kind::Name).map(|(concept, _)| concept.row).collect()
    }

    #[test]
    fn spellings_of_a_row_are_one_name() {
        let table = Table::new();
        for words in [
            ["Kyiv", "Києва", "Киеву"],
            ["Syrian", "сирійський", "Сирией"],
            ["Germany's", "Німеччини", "немецкий"],
            ["United States", "Сполучених Штатів", "США"],
            ["U.S.", "американський", "Америки"],
            ["Hong Kong", "Гонконзі", "Гонконга"],
            ["NATO's", "НАТО", "Альянса"],
        ] {
            let rows: Vec<_> = words.iter().map(|word| names(&table, word)).collect();
            assert!(rows.iter().all(|found| !found.is_empty() && found == &rows[0]), "{words:?}: {rows:?}");
        }
        for word in ["us", "газ", "who", "раді", "пол"] {
            assert!(names(&table, word).is_empty(), "{word}");
        }
    }
}
