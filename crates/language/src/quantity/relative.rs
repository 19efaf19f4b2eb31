//! Yesterday, next year, in spring; and who won a game.
//!
//! These are compared among themselves alone: which day "yesterday" was, nobody knows here.

use serde::Deserialize;

use super::super::calendar::CALENDAR;
use super::super::class::Class;
use super::super::token::Token;
use super::{Reader, Weight, What};

/// What a relative date counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// Days: yesterday.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years: торік.
    Year,
}

/// How a game ended for the one who is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Beat, won.
    Won,
    /// Lost.
    Lost,
}

/// True when a text is about a game.
pub(super) fn is_of_game(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| token.is(Class::Game))
}

/// How a game ended, when only one end is told of.
pub fn outcome(tokens: &[Token]) -> Option<Outcome> {
    let tells = |class| tokens.iter().any(|token| token.is(class));
    match (tells(Class::Won), tells(Class::Lost)) {
        (true, false) => Some(Outcome::Won),
        (false, true) => Some(Outcome::Lost),
        _ => None,
    }
}

impl Reader<'_> {
    /// Yesterday, last year, next spring; gives the token behind.
    pub(super) fn read_relative(&mut self, i: usize) -> Option<usize> {
        let word = self.word(i)?;
        if let Some((period, offset)) = CALENDAR.relative.get(word) {
            self.push(i..=i, What::Relative(period, offset), Weight::Firm);
            return Some(i + 1);
        }
        if let Some(season) = CALENDAR.seasons.get(word) {
            self.push(i..=i, What::Season(season), Weight::Firm);
            return Some(i + 1);
        }
        let offset = CALENDAR.which.get(word)?;
        let next = self.word(i + 1).filter(|_| self.gap(i) == " ")?;
        let period = CALENDAR.periods.get(next)?;
        self.push(i..=i + 1, What::Relative(period, offset), Weight::Firm);
        Some(i + 2)
    }
}
