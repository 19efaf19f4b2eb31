//! Classes of words that reading and checking ask for: negations, words of saying, "about" before a number. The table is
//! `data/classes.toml`; a word may be of many classes, and which language it is of does not matter.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::word_map::WordMap;

const TABLE: &str = include_str!("../data/classes.toml");

/// A class of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Words that say little about what a sentence says.
    Function,
    /// English verbs of the past that do not end in -ed.
    Past,
    /// English verbs that stand before the past participle.
    Auxiliary,
    /// Words for somebody who was named before.
    Pronoun,
    /// Words for what was said before.
    Demonstrative,
    /// The English word for a thing that was named before.
    It,
    /// What may follow it where it stands for what comes: it is not known whether.
    TellsIt,
    /// Words for whoever speaks.
    FirstPerson,
    /// Words for what comes after something that was named before.
    Sequel,
    /// Words that join a sentence to the one before it.
    Joining,
    /// Spans of time.
    Span,
    /// Words for people that any number may count.
    Anybody,
    /// Words with which another clause begins.
    BeginsClause,
    /// Before the name of the place where something is.
    InPlace,
    /// Before what something comes from, or is no more.
    FromPoint,
    /// Before what something goes to, or is now.
    ToPoint,
    /// Words behind which it stands what somebody says, or doubts.
    That,
    /// Words that may stand between a preposition and its number.
    Roughly,
    /// Words behind which a number may be rounded.
    Rounding,
    /// Words that say that something grows or shrinks.
    Change,
    /// Words that compare one amount with another.
    Comparing,
    /// The number behind them may be larger.
    AtLeast,
    /// The number behind them may be smaller.
    AtMost,
    /// The same; in English "than" has to follow.
    More,
    /// The same; in English "than" has to follow.
    Fewer,
    /// What follows them.
    Than,
    /// In front of a number below zero.
    Minus,
    /// Behind a temperature below zero.
    Cold,
    /// Behind a temperature, before "zero".
    Below,
    /// Behind "half" where a half of something is meant.
    HalfOf,
    /// Before "half" where one of two halves is meant.
    OneOfTwo,
    /// Behind an English part of a whole: a third of, a quarter less.
    PartOf,
    /// Before "third" where every third one is meant.
    Each,
    /// Behind a Roman numeral that is a number.
    OfRoman,
    /// Before a unit of length that makes an area of it.
    Square,
    /// Before a unit of length that makes a volume of it.
    Cubic,
    /// Before a time of day, for certain.
    AtTime,
    /// Before a time of day.
    NearTime,
    /// Behind a time of day.
    OfDay,
    /// Between two days of one month.
    JoinsDays,
    /// Words of games and their ends.
    Game,
    /// Who is spoken of has won.
    Won,
    /// Who is spoken of has lost.
    Lost,
    /// Words that deny what follows.
    Negation,
    /// Words that deny nothing by themselves in Ukrainian and Russian: another negation stands beside them.
    Concordant,
    /// Words and prefixes that they stand beside.
    Concording,
    /// Before a negation that denies nothing: чуть не.
    BeforeIdiom,
    /// Some words before such a negation: доки не.
    Until,
    /// Words that deny by their meaning.
    Implicit,
    /// Words that only look as if they began with a negation.
    NotNegated,
    /// Words for what was not done, or is said not to have been.
    Refusing,
    /// Words for what is not certain.
    Hedge,
    /// Words for what is held for true, or possible, and no more.
    Doubt,
    /// Words that doubt what follows "that".
    DoubtBeforeThat,
    /// Words that deny what follows "that".
    Denial,
    /// Words that doubt what follows "that" when they are denied themselves.
    Confirming,
    /// Words for what has not happened.
    Plan,
    /// Words for what is certain.
    Proof,
    /// Words of saying.
    Saying,
}

/// The classes of one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Classes(u64);

static WORDS: LazyLock<WordMap<Class>> = LazyLock::new(|| {
    let lists: HashMap<Class, String> =
        toml::from_str(TABLE).expect("data/classes.toml is well-formed; a test reads it");
    WordMap::of(lists.iter().map(|(class, words)| (words.as_str(), *class)))
});

impl Classes {
    /// Of a folded word.
    pub fn of(word: &str) -> Self {
        Self(WORDS.matches(word).fold(0, |classes, (class, _)| classes | 1 << class as u32))
    }

    /// True when the word is of this class.
    pub fn has(self, class: Class) -> bool {
        self.0 & 1 << class as u32 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_of_its_classes() {
        let word = Classes::of("мінус");
        assert!(word.has(Class::Minus) && !word.has(Class::Cold));
        assert!(Classes::of("зросла").has(Class::Change) == Classes::of("зросли").has(Class::Change));
        assert!(Classes::of("not").has(Class::Negation) && Classes::of("not").has(Class::Function));
        assert_eq!(Classes::of(""), Classes::default());
    }

    #[test]
    fn words_of_the_table_are_folded() {
        for word in TABLE
            .lines()
            .filter(|line| !line.starts_with('#') && !line.contains("\"\"\""))
            .flat_map(str::split_whitespace)
        {
            assert_eq!(crate::fold(word.trim_end_matches('*')), word.trim_end_matches('*'));
        }
    }
}
