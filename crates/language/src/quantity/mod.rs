//! The one reader of quantities: the numbers, dates and times of a text.
//!
//! A mention is `Firm` when a fact that says it must have it from its source, and `Loose` when it only helps a source to
//! support a fact: "both" supports 2, but need not be proved. What can be read in two ways (1,234; 5 to 10 million) has
//! several values, and any of them may agree. `digits` and `words` read numbers, `around` what stands beside one, `date` and
//! `relative` what has to do with the calendar, `amount` says when two numbers are the same. A text is a sentence, or little
//! more: whether it tells of growth or of a game is asked of all of it. Not here: what a difference means to a reader.

mod amount;
mod around;
mod date;
mod digits;
#[cfg(test)]
mod quantity_cases;
mod relative;
mod words;
mod written;

use super::class::Class;
use std::ops::RangeInclusive;

use super::calendar::CALENDAR;
use super::decimal::Decimal;
use super::numeral;
use super::token::Token;
use super::unit::Unit;

pub use self::amount::{Amount, Bound, Change};
pub use self::relative::{Outcome, Period, outcome};
pub use self::written::{Digits, number_spellings, parts_thousands};

/// Whether a mention has to be supported, or only supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// A fact that says it must have it from its source.
    Firm,
    /// It only supports what a fact says.
    Loose,
}

/// A date, as far as it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date {
    /// From 1 to 31.
    pub day: Option<u8>,
    /// January is 1.
    pub month: u8,
    /// With its century.
    pub year: Option<u16>,
}

/// What is mentioned.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A number, with every value that it can be read as.
    Number(Amount),
    /// A part of a whole: two thirds.
    Share(u32, u32),
    /// A time of day: 9:30.
    Clock(u16, u16),
    /// The score of a game, as it stands: 5:3.
    Score(u16, u16),
    /// A date that has a month.
    Date(Date),
    /// Monday is 1.
    Weekday(u8),
    /// Winter is 1.
    Season(u8),
    /// Yesterday is the day -1, next year the year 1.
    Relative(Period, i8),
}

/// A number or a date, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// Its first byte.
    pub start: usize,
    /// The byte after its last, magnitude included.
    pub end: usize,
    /// The byte after its unit.
    pub unit_end: usize,
    /// What it says.
    pub what: What,
    /// Whether it has to be supported.
    pub weight: Weight,
}

impl Mention {
    /// True when two mentions can be of the same number, time or date, of the same things: dates agree in all that both say.
    pub fn agrees_with(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Number(ours), What::Number(theirs)) => {
                ours.has_value_of(theirs, other.weight) || theirs.has_value_of(ours, self.weight)
            }
            (What::Number(amount), What::Clock(hours, minutes))
            | (What::Clock(hours, minutes), What::Number(amount)) => {
                amount.is_time(*hours, *minutes) && (amount.clock.is_some() || amount.is_bare_or_of_time())
            }
            (What::Date(ours), What::Date(theirs)) => {
                let day = ours.day == theirs.day || ours.day.is_none() || theirs.day.is_none();
                day && ours.is_month_of(*theirs)
            }
            _ => self.has_value_of(other),
        }
    }

    /// True when two mentions say the same number, time or date, whatever they count.
    pub fn has_value_of(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Number(ours), What::Number(theirs)) => {
                ours.values.iter().any(|value| theirs.values.contains(value)) || ours.has_value_of(theirs, Weight::Firm)
            }
            (What::Number(amount), What::Clock(hours, minutes))
            | (What::Clock(hours, minutes), What::Number(amount)) => amount.is_time(*hours, *minutes),
            (What::Clock(a, b), What::Clock(c, d)) => b == d && (a == c || (*a < 24 && *c < 24 && a % 12 == c % 12)),
            (What::Clock(a, b), What::Score(c, d)) | (What::Score(c, d), What::Clock(a, b)) => (a, b) == (c, d),
            (What::Date(ours), What::Date(theirs)) => ours.day == theirs.day && ours.is_month_of(*theirs),
            (ours, theirs) => ours == theirs,
        }
    }
}

impl Date {
    /// True when the months are the same, and the years as far as both say.
    fn is_month_of(self, other: Self) -> bool {
        self.month == other.month && (self.year == other.year || self.year.is_none() || other.year.is_none())
    }
}

/// The numbers and dates of a text that was cut into these tokens, in order.
pub fn mentions(text: &str, tokens: &[Token]) -> Vec<Mention> {
    let mut reader = Reader {
        text,
        tokens,
        has_change: false,
        has_game: relative::is_of_game(tokens),
        is_english: is_english(tokens),
        found: Vec::new(),
    };
    reader.has_change = reader.tells_of_change();
    let mut i = 0;
    while i < tokens.len() {
        i = reader.read(i).max(i + 1);
    }
    reader.found
}

/// True when a text has words, and none in Cyrillic letters.
fn is_english(tokens: &[Token]) -> bool {
    let mut words = tokens.iter().filter(|token| !token.is_number()).peekable();
    words.peek().is_some() && !words.any(Token::is_cyrillic)
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// The text says that something grows or shrinks.
    has_change: bool,
    /// The text is about a game.
    has_game: bool,
    /// The text is in English: a comma before three digits parts thousands, and a full stop decimals.
    is_english: bool,
    found: Vec<Mention>,
}

impl Reader<'_> {
    /// Reads what begins at token `i`; gives the token after it.
    fn read(&mut self, i: usize) -> usize {
        let token = &self.tokens[i];
        self.read_in_passing(i);
        if let Some(next) = self.read_date(i) {
            return next;
        }
        if token.is_number() {
            return self.read_number(i);
        }
        if let Some(day) = CALENDAR.weekday(&token.folded) {
            self.push(i..=i, What::Weekday(day), self.weight_of_weekday(i));
        }
        if let Some(next) = self.read_relative(i) {
            return next;
        }
        self.read_words(i)
    }

    /// Notes what these tokens say.
    fn push(&mut self, tokens: RangeInclusive<usize>, what: What, weight: Weight) {
        let (start, end) = (self.tokens[*tokens.start()].start, self.tokens[*tokens.end()].end());
        self.found.push(Mention { start, end, unit_end: end, what, weight });
    }

    /// Notes that a token supports a number.
    fn number(&mut self, at: usize, value: Decimal) {
        self.push(at..=at, What::Number(Amount::of(value)), Weight::Loose);
    }

    /// Notes that a token is the day of a date.
    fn day_of_month(&mut self, at: usize, day: u8) {
        let day = Amount { unit: Unit::DayOfMonth, ..Amount::of(Decimal::from(u64::from(day))) };
        self.push(at..=at, What::Number(day), Weight::Loose);
    }

    /// What stands between token `i` and the next.
    fn gap(&self, i: usize) -> &str {
        let end = self.tokens.get(i + 1).map_or(self.text.len(), |next| next.start);
        &self.text[self.tokens[i].end()..end]
    }

    /// True when token `i` is a word of this class.
    fn is(&self, i: usize, class: Class) -> bool {
        self.tokens.get(i).is_some_and(|token| token.is(class))
    }

    fn word(&self, i: usize) -> Option<&str> {
        self.tokens.get(i).filter(|token| !token.is_number()).map(|token| token.folded.as_str())
    }

    /// True when token `i` may be a year: four digits alone.
    fn is_year(&self, i: usize) -> bool {
        self.year(i).is_some_and(|year| (1000..2200).contains(&year))
    }

    fn follows(&self, i: usize, words: &[&str]) -> bool {
        i > 0 && self.word(i - 1).is_some_and(|word| words.contains(&word))
    }

    /// Values that support and need no support: "both", "трирічний", "XXI".
    fn read_in_passing(&mut self, i: usize) {
        let token = &self.tokens[i];
        if token.is_number() {
            return;
        }
        let values: Vec<Decimal> = numeral::in_passing(&token.folded).cloned().collect();
        for value in values {
            self.number(i, value);
        }
        self.read_compound(i);
        if (token.is_acronym() || token.text.chars().count() == 1)
            && let Some(value) = numeral::roman(&token.text)
        {
            // A century is a number; Charles V and an X elsewhere only may be.
            let counts = self.is(i + 1, Class::OfRoman);
            let weight = if counts { Weight::Firm } else { Weight::Loose };
            self.push(i..=i, What::Number(Amount::of(Decimal::from(value))), weight);
        }
        if let Some(month) = CALENDAR.month_adjectives.get(&token.folded) {
            self.push(i..=i, What::Date(Date { day: None, month, year: None }), Weight::Loose);
        }
        if let Some(day) = CALENDAR.weekday_adjectives.get(&token.folded) {
            self.push(i..=i, What::Weekday(day), Weight::Loose);
        }
        self.read_shortened(i);
    }
}
