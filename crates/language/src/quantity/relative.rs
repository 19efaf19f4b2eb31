//! Yesterday, next year, in spring; and who won a game.
//!
//! These are compared among themselves alone: which day "yesterday" was, nobody knows here.

use std::sync::OnceLock;

use super::super::token::{Beginnings, Token, lists};
use super::{Reader, Weight, What};

/// What a relative date counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// Words that name a day or a year by themselves.
const ALONE: [(Period, i8, &str); 7] = [
    (Period::Day, -2, "позавчора позавчера"),
    (Period::Day, -1, "yesterday вчора учора вчера"),
    (Period::Day, 0, "today сьогодні сегодня"),
    (Period::Day, 1, "tomorrow завтра"),
    (Period::Day, 2, "післязавтра послезавтра"),
    (Period::Year, -1, "торік"),
    (Period::Year, -2, "позаторік"),
];
/// Words in front of a period.
const WHICH: [(i8, &str, &str); 4] = [
    (-2, "", "позамин позапрош"),
    (-1, "last previous", "минул прошл"),
    (0, "this current цього цьому цей цієї цій цю ця этого этом этот эту этой эта", "нинішн нынешн поточн текущ"),
    (1, "next coming", "наступн следующ будущ"),
];
const PERIODS: [(Period, &str); 3] = [
    (Period::Week, "week тижня тижні тижнем тиждень неделе неделя неделю недели неделей"),
    (Period::Month, "month місяця місяці місяць місяцем месяца месяце месяц месяцем"),
    (Period::Year, "year року році рік роком года году год годом"),
];
const SEASONS: [(u8, &str); 4] = [
    (1, "winter зима зими зиму зимі зимою взимку зимы зиме зимой"),
    (2, "spring весна весни весну весні весною навесні весны весне весной"),
    (3, "summer літо літом влітку улітку лето летом лету"),
    (4, "autumn осінь осені осінню восени осень осени осенью"),
];
/// Beginnings of words for a game and its end.
const GAME: &str = "score goal match game victor beat defeat рахун матч перемог перемаг переміг здола обігра програ \
    виграл виграв нічи счет счёт победи обыгра выигра проигра разгром розгром турнір турнир ничь финал фінал";
const WON: &str = "beat won wins defeat victor thrash переміг перемог здолав здолал обігра виграл виграв розгром побед обыгра \
    выигра разгром одолел";
const LOST: &str = "lost lose losing програ поступ зазнал проигра уступи поражен поразк";

fn game() -> &'static Beginnings {
    static WORDS: OnceLock<Beginnings> = OnceLock::new();
    WORDS.get_or_init(|| Beginnings::of(GAME))
}

/// True when a text is about a game.
pub(super) fn is_of_game(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|token| game().begin(&token.folded))
}

/// How a game ended, when only one end is told of.
pub fn outcome(tokens: &[Token<'_>]) -> Option<Outcome> {
    static WORDS: OnceLock<[Beginnings; 2]> = OnceLock::new();
    let [won, lost] = WORDS.get_or_init(|| [Beginnings::of(WON), Beginnings::of(LOST)]);
    let tells = |words: &Beginnings| tokens.iter().any(|token| words.begin(&token.folded));
    match (tells(won), tells(lost)) {
        (true, false) => Some(Outcome::Won),
        (false, true) => Some(Outcome::Lost),
        _ => None,
    }
}

impl Reader<'_> {
    /// Yesterday, last year, next spring; gives the token behind.
    pub(super) fn read_relative(&mut self, i: usize) -> Option<usize> {
        let word = self.word(i)?;
        if let Some(&(period, offset, _)) = ALONE.iter().find(|(.., words)| lists(words, word)) {
            self.push(i..=i, What::Relative(period, offset), Weight::Firm);
            return Some(i + 1);
        }
        if let Some(&(season, _)) = SEASONS.iter().find(|(_, words)| lists(words, word)) {
            self.push(i..=i, What::Season(season), Weight::Firm);
            return Some(i + 1);
        }
        let begun = |starts: &str| starts.split(' ').any(|start| !start.is_empty() && word.starts_with(start));
        let &(offset, ..) = WHICH.iter().find(|(_, words, starts)| lists(words, word) || begun(starts))?;
        let next = self.word(i + 1).filter(|_| self.gap(i) == " ")?;
        let &(period, _) = PERIODS.iter().find(|(_, words)| lists(words, next))?;
        self.push(i..=i + 1, What::Relative(period, offset), Weight::Firm);
        Some(i + 2)
    }
}
