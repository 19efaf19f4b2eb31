//! Reads the numbers and dates of a text.
//!
//! A mention is `Firm` when a fact that says it must have it from its source, and `Loose` when it only helps a source to
//! support a fact: "both" supports 2, but need not be proved. What can be read in two ways (1,234; 5 to 10 million) has
//! several values, and any of them may agree.

mod date;
mod digits;
#[cfg(test)]
mod quantity_cases;
mod words;

use std::ops::RangeInclusive;

use super::calendar;
use super::decimal::Decimal;
use super::numeral;
use super::token::Token;
use super::unit::Unit;

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
    Number(Vec<Decimal>, Unit),
    /// A time of day or a score, as it stands: 9:30, 5:3.
    Clock(u16, u16),
    /// A date that has a month.
    Date(Date),
    /// Monday is 1.
    Weekday(u8),
}

/// A number or a date, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// What it says.
    pub what: What,
    /// Whether it has to be supported.
    pub weight: Weight,
}

/// The numbers and dates of a text that was cut into these tokens, in order.
pub fn mentions(text: &str, tokens: &[Token<'_>]) -> Vec<Mention> {
    let mut reader = Reader { text, tokens, found: Vec::new() };
    let mut i = 0;
    while i < tokens.len() {
        i = reader.read(i).max(i + 1);
    }
    reader.found
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token<'t>],
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
        if token.is_number {
            return self.read_number(i);
        }
        if let Some(day) = calendar::weekday(&token.folded) {
            // In Russian среда and неделя are also the environment and the week.
            let weight = if token.folded.starts_with("сред") && !self.follows(i, &["в", "во"]) {
                Weight::Loose
            } else {
                Weight::Firm
            };
            self.push(i..=i, What::Weekday(day), weight);
        }
        self.read_words(i)
    }

    /// Notes what these tokens say.
    fn push(&mut self, tokens: RangeInclusive<usize>, what: What, weight: Weight) {
        let (start, end) = (self.tokens[*tokens.start()].start, self.tokens[*tokens.end()].end());
        self.found.push(Mention { start, end, what, weight });
    }

    /// Notes that a token supports a number.
    fn number(&mut self, at: usize, value: Decimal) {
        self.push(at..=at, What::Number(vec![value], Unit::Plain), Weight::Loose);
    }

    /// Notes that a token is the day of a date.
    fn day_of_month(&mut self, at: usize, day: u8) {
        let day = vec![Decimal::from(u64::from(day))];
        self.push(at..=at, What::Number(day, Unit::DayOfMonth), Weight::Loose);
    }

    /// What stands between token `i` and the next.
    fn gap(&self, i: usize) -> &str {
        let end = self.tokens.get(i + 1).map_or(self.text.len(), |next| next.start);
        &self.text[self.tokens[i].end()..end]
    }

    fn word(&self, i: usize) -> Option<&str> {
        self.tokens.get(i).filter(|token| !token.is_number).map(|token| token.folded.as_str())
    }

    fn follows(&self, i: usize, words: &[&str]) -> bool {
        i > 0 && self.word(i - 1).is_some_and(|word| words.contains(&word))
    }

    /// Values that support and need no support: "both", "трирічний", "XXI".
    fn read_in_passing(&mut self, i: usize) {
        let token = &self.tokens[i];
        if token.is_number {
            return;
        }
        let mut values: Vec<Decimal> = numeral::in_passing(&token.folded).map(Decimal::parse).collect();
        values.extend(numeral::compound(&token.folded).map(Decimal::from));
        if token.is_acronym() || token.text.chars().count() == 1 {
            values.extend(numeral::roman(token.text).map(Decimal::from));
        }
        for value in values {
            self.number(i, value);
        }
        if let Some(month) = calendar::month_of_adjective(&token.folded) {
            self.push(i..=i, What::Date(Date { day: None, month, year: None }), Weight::Loose);
        }
        if let Some(day) = calendar::weekday_of_adjective(&token.folded) {
            self.push(i..=i, What::Weekday(day), Weight::Loose);
        }
    }
}
