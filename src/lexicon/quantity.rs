//! Reads the numbers and dates of a text.
//!
//! A mention is `Firm` when a fact that says it must have it from its source, and `Loose` when it only helps a source to
//! support a fact: "both" supports 2, but need not be proved. What can be read in two ways (1,234; 5 to 10 million) has
//! several values, and any of them may agree.

use super::calendar;
use super::decimal::Decimal;
use super::numeral::{self, Part};
use super::token::Token;
use super::unit::{self, Unit};

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
            self.push(i, i, What::Weekday(day), weight);
        }
        self.read_words(i)
    }

    fn push(&mut self, first: usize, last: usize, what: What, weight: Weight) {
        let (start, end) = (self.tokens[first].start, self.tokens[last].end());
        self.found.push(Mention { start, end, what, weight });
    }

    fn number(&mut self, first: usize, last: usize, value: Decimal) {
        self.push(first, last, What::Number(vec![value], Unit::Plain), Weight::Loose);
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
            self.number(i, i, value);
        }
        if let Some(month) = calendar::month_of_adjective(&token.folded) {
            self.push(i, i, What::Date(Date { day: None, month, year: None }), Weight::Loose);
        }
        if let Some(day) = calendar::weekday_of_adjective(&token.folded) {
            self.push(i, i, What::Weekday(day), Weight::Loose);
        }
    }

    fn plain(&self, i: usize) -> Option<u64> {
        let token = self.tokens.get(i).filter(|token| token.is_number)?;
        token.text.chars().all(|c| c.is_ascii_digit()).then(|| token.text.parse().ok()).flatten()
    }

    fn day(&self, i: usize) -> Option<u8> {
        let short = self.tokens.get(i).is_some_and(|token| token.text.len() <= 2);
        self.plain(i).filter(|&day| short && (1..=31).contains(&day)).and_then(|day| u8::try_from(day).ok())
    }

    fn year(&self, i: usize) -> Option<u16> {
        let long = self.tokens.get(i).is_some_and(|token| token.text.len() == 4);
        self.plain(i).filter(|_| long).and_then(|year| u16::try_from(year).ok())
    }

    /// Skips an ordinal's ending, as in 2nd, 5-го: gives the token behind it.
    fn after_ordinal(&self, i: usize) -> usize {
        let ending = ["st", "nd", "rd", "th", "го", "е", "те", "ше", "го", "й", "ї", "я", "of"];
        let mut next = i + 1;
        for _ in 0..2 {
            let near = next < self.tokens.len() && matches!(self.gap(next - 1), "" | "-" | " ");
            if near && self.word(next).is_some_and(|word| ending.contains(&word)) {
                next += 1;
            }
        }
        next
    }

    fn month(&self, i: usize) -> Option<u8> {
        let token = self.tokens.get(i).filter(|token| !token.is_number)?;
        calendar::month(&token.folded).or_else(|| {
            let beside = self.tokens.get(i + 1).is_some_and(|next| next.is_number)
                || (i > 0 && self.tokens[i - 1].is_number)
                || self.follows(
                    i,
                    &[
                        "in", "since", "until", "of", "by", "early", "late", "mid", "last", "this", "next", "from",
                        "before", "after",
                    ],
                );
            calendar::doubtful_month(&token.folded).filter(|_| beside && token.is_capitalised())
        })
    }

    fn read_date(&mut self, i: usize) -> Option<usize> {
        self.read_digits_date(i).or_else(|| self.read_day_month(i)).or_else(|| self.read_month(i))
    }

    /// 12.03.2024, 12/3/2024, 2024-03-12.
    fn read_digits_date(&mut self, i: usize) -> Option<usize> {
        let token = self.tokens.get(i).filter(|token| token.is_number)?;
        let parts: Vec<&str> = token.text.split(['.', '/']).collect();
        let number = |text: &str| text.parse::<u16>().ok();
        let (day, month, year, last) = match parts[..] {
            [day, month, year] if year.len() == 4 || year.len() == 2 => {
                (number(day)?, number(month)?, number(year)?, i)
            }
            [_] if self.year(i).is_some()
                && self.gap(i) == "-"
                && i + 2 < self.tokens.len()
                && self.gap(i + 1) == "-" =>
            {
                (u16::from(self.day(i + 2)?), u16::from(self.day(i + 1)?), self.year(i)?, i + 2)
            }
            _ => return None,
        };
        if !(1..=31).contains(&day) || !(1..=31).contains(&month) || (day > 12 && month > 12) {
            return None;
        }
        let year = Some(if year < 100 { 2000 + year } else { year });
        // Which is the day and which the month is known only when one is above 12; both readings support a fact.
        let swapped = token.text.contains('/') || month > 12;
        for (day, month, weight) in [(day, month, Weight::Firm), (month, day, Weight::Loose)] {
            if month <= 12 && (weight == Weight::Firm || swapped) {
                let date = Date { day: u8::try_from(day).ok(), month: u8::try_from(month).ok()?, year };
                self.push(i, last, What::Date(date), weight);
            }
        }
        Some(last + 1)
    }

    /// 12 March 2024, 12-15 березня, "12 and 15 March".
    fn read_day_month(&mut self, i: usize) -> Option<usize> {
        let first = self.day(i)?;
        let mut days = vec![first];
        let mut next = self.after_ordinal(i);
        let joined = |gap: &str| matches!(gap.trim(), "-" | "–" | "—" | "," | "/");
        while next < self.tokens.len() && days.len() < 4 {
            let by_word =
                self.word(next).is_some_and(|word| ["and", "to", "до", "по", "и", "й", "та", "і"].contains(&word));
            let at = if by_word { next + 1 } else { next };
            let Some(day) = self.day(at).filter(|_| by_word || joined(self.gap(next - 1))) else { break };
            days.push(day);
            next = self.after_ordinal(at);
        }
        let month = self.month(next)?;
        let (year, last) = self.year_after(next);
        for day in days {
            self.push(i, last, What::Date(Date { day: Some(day), month, year }), Weight::Firm);
            self.number(i, i, Decimal::from(u64::from(day)));
        }
        Some(last + 1)
    }

    /// March 12, 2024; March 2024; March.
    fn read_month(&mut self, i: usize) -> Option<usize> {
        let month = self.month(i)?;
        if let Some(day) = self.day(i + 1).filter(|_| matches!(self.gap(i), " " | "\u{a0}" | ". ")) {
            let mut last = self.after_ordinal(i + 1) - 1;
            let mut year = None;
            if self.gap(last).trim() == "," || self.gap(last).trim().is_empty() {
                if let Some(found) = self.year(last + 1) {
                    (year, last) = (Some(found), last + 1);
                    self.number(last, last, Decimal::from(u64::from(found)));
                }
            }
            self.push(i, last, What::Date(Date { day: Some(day), month, year }), Weight::Firm);
            self.number(i + 1, i + 1, Decimal::from(u64::from(day)));
            return Some(last + 1);
        }
        let (year, last) = self.year_after(i);
        self.push(i, last, What::Date(Date { day: None, month, year }), Weight::Firm);
        Some(last + 1)
    }

    /// The year behind a month at token `i`, and the last token of both.
    fn year_after(&mut self, i: usize) -> (Option<u16>, usize) {
        let at = if self.word(i + 1) == Some("of") { i + 2 } else { i + 1 };
        let near = at < self.tokens.len() && matches!(self.gap(at - 1).trim(), "" | "," | ".");
        match self.year(at).filter(|_| near) {
            Some(year) => {
                self.number(at, at, Decimal::from(u64::from(year)));
                (Some(year), at)
            }
            None => (None, i),
        }
    }

    /// Digits, with a magnitude and a unit: "$1.2 million", "1 200 грн", "20-25%".
    fn read_number(&mut self, i: usize) -> usize {
        let text = self.tokens[i].text;
        if let Some((hours, minutes)) = clock(text, ':') {
            self.push(i, i, What::Clock(hours, minutes), Weight::Firm);
            for part in [hours, minutes] {
                self.number(i, i, Decimal::from(u64::from(part)));
            }
            self.read_half_of_day(i, hours, minutes);
            return i + 1;
        }
        let mut values = values_of(text);
        if let Some((hours, minutes)) = clock(text, '.').filter(|&(hours, minutes)| hours < 24 && minutes < 60) {
            self.push(i, i, What::Clock(hours, minutes), Weight::Loose);
        }
        if text.len() == 4 && text.starts_with('0') {
            // 0230 UTC is a time and no number.
            let time = text.parse::<u16>().unwrap_or_default();
            self.push(i, i, What::Clock(time / 100, time % 100), Weight::Firm);
            return i + 1;
        }
        if let Some(hour) = self.day(i).filter(|&hour| hour < 24) {
            self.read_half_of_day(i, u16::from(hour), 0);
        }
        self.read_range_end(i, &values);
        let (unit, power, last) = self.behind(i);
        if let Some(power) = power {
            values = values.iter().map(|value| value.times_ten_to(power)).collect();
        } else if let Some((power, _)) = self.behind_range(i).filter(|&(power, _)| power > 0) {
            // In "5 to 10 million" the 5 may be five million.
            values.extend(values.clone().iter().map(|value| value.times_ten_to(power)));
        }
        let before = &self.text[..self.tokens[i].start];
        let signs: String = before.chars().rev().take_while(|c| !c.is_alphanumeric()).take(3).collect();
        let unit = match unit::of_signs(&signs.replace('%', "")) {
            Unit::Plain => unit,
            money => money,
        };
        self.push(i, last, What::Number(values, unit), Weight::Firm);
        last + 1
    }

    /// The magnitude and the unit behind token `i`, and their last token.
    fn behind(&self, i: usize) -> (Unit, Option<u32>, usize) {
        let (mut last, mut power) = (i, None);
        if self.gap(last).trim().is_empty()
            && let Some(word) = self.word(last + 1)
        {
            let letter = self.gap(last).is_empty().then(|| numeral::magnitude_of_letter(word)).flatten();
            power = numeral::magnitude(word).or(letter);
            last += usize::from(power.is_some());
        }
        let sign = unit::of_signs(self.gap(last).trim_start_matches('.'));
        if sign != Unit::Plain {
            return (sign, power, last);
        }
        // "10 млрд американських доларів": an adjective may stand between.
        for at in last + 1..last + 3 {
            let Some(word) = self.word(at).filter(|_| matches!(self.gap(at - 1).trim(), "" | "." | "-")) else { break };
            let unit = unit::of_word(word);
            if unit != Unit::Plain {
                return (unit, power, last);
            }
            if word != "per" && word.chars().count() < 6 && word != "us" && word != "of" {
                break;
            }
        }
        // "10-15%", "from 10 to 15 percent"
        let shared = self.behind_range(i).map_or(Unit::Plain, |(_, unit)| unit);
        (shared, power, last)
    }

    /// Magnitude and unit of the upper end of a range whose lower end is token `i`.
    fn behind_range(&self, i: usize) -> Option<(u32, Unit)> {
        let dash = matches!(self.gap(i).trim(), "-" | "–" | "—");
        let word = self.word(i + 1).is_some_and(|word| ["to", "and", "or", "до", "чи", "или", "або"].contains(&word));
        let upper = if dash { i + 1 } else { i + 2 };
        if (!dash && !word) || !self.tokens.get(upper).is_some_and(|token| token.is_number) {
            return None;
        }
        let magnitude = self.word(upper + 1).and_then(numeral::magnitude).unwrap_or(0);
        let at = if magnitude > 0 { upper + 1 } else { upper };
        let unit = match unit::of_signs(self.gap(at)) {
            Unit::Plain => self.word(at + 1).map_or(Unit::Plain, unit::of_word),
            unit => unit,
        };
        Some((magnitude, unit))
    }

    /// 3 p.m. is also 15:00.
    fn read_half_of_day(&mut self, i: usize, hours: u16, minutes: u16) {
        let after = self.word(i + 1).unwrap_or_default();
        let dotted = self.word(i + 2) == Some("m");
        let (am, pm) = (after == "am" || (after == "a" && dotted), after == "pm" || (after == "p" && dotted));
        let o_clock = self.follows(
            i,
            &["о", "об", "в", "у", "at", "after", "before", "by", "до", "після", "после", "около", "близько"],
        );
        if am || pm || after == "o'clock" || after.starts_with("годин") || after.starts_with("час") || o_clock {
            self.push(i, i, What::Clock(hours, minutes), Weight::Loose);
        }
        if pm && hours < 12 {
            self.push(i, i, What::Clock(hours + 12, minutes), Weight::Loose);
            self.number(i, i, Decimal::from(u64::from(hours) + 12));
        }
    }

    /// 1995-96 is also 1995-1996, and the 1980s the 80s.
    fn read_range_end(&mut self, i: usize, values: &[Decimal]) {
        let Some(value) = values.first().and_then(Decimal::whole) else { return };
        let year = |year: u64| (1000..2200).contains(&year);
        let dash = |gap: &str| matches!(gap, "-" | "–" | "/");
        if i > 0 && value < 100 && dash(self.gap(i - 1)) && self.plain(i - 1).is_some_and(year) {
            let century = self.plain(i - 1).unwrap_or_default() / 100 * 100;
            self.number(i, i, Decimal::from(century + value));
        }
        let decade = self.word(i + 1).is_some_and(|word| ["s", "х", "ті", "ые", "их", "ых"].contains(&word));
        if year(value) && (decade || dash(self.gap(i)) || (i > 0 && dash(self.gap(i - 1)))) {
            self.number(i, i, Decimal::from(value % 100));
        }
        if value < 100 && value % 10 == 0 && decade {
            self.number(i, i, Decimal::from(1900 + value));
        }
    }

    /// Number words: "twenty-one thousand", "двісті п'ятдесят".
    fn read_words(&mut self, i: usize) -> usize {
        let mut sum = Sum::default();
        let mut next = i;
        while let Some(word) = self.word(next) {
            let near = next == i || matches!(self.gap(next - 1), " " | "-" | "\u{a0}");
            let joins = next > i && near && word == "and" && sum.ends_in_hundreds();
            if !joins && !(near && numeral::numeral(word).is_some_and(|numeral| sum.add(numeral))) {
                break;
            }
            next += 1;
        }
        if self.word(next.saturating_sub(1)) == Some("and") && next > i {
            next -= 1;
        }
        let Some((value, parts)) = sum.value().filter(|_| next > i) else { return i + 1 };
        let last = next - 1;
        let (unit, ..) = self.behind(last);
        // One and two are often only grammar: "one of", "second" is a time. A magnitude alone is no number: "thousands".
        let only_ordinal = sum.ordinal && parts == 1;
        let firm = parts > 0 && value > if only_ordinal { 3 } else { 1 };
        let weight = if firm { Weight::Firm } else { Weight::Loose };
        self.push(i, last, What::Number(vec![Decimal::from(value)], unit), weight);
        next
    }
}

/// A number being put together from words.
#[derive(Default)]
struct Sum {
    total: u64,
    current: u64,
    /// What may still be added: below this.
    below: u64,
    /// The last magnitude: the next has to be smaller.
    magnitude: u32,
    parts: usize,
    magnitudes: usize,
    ordinal: bool,
}

impl Sum {
    /// Adds a part, unless it cannot belong to the same number.
    fn add(&mut self, numeral: numeral::Numeral) -> bool {
        let below = if self.parts + self.magnitudes == 0 || self.below == 0 { 1000 } else { self.below };
        if self.ordinal {
            return false;
        }
        match numeral.part {
            Part::Small(value) if below > 10 || (below == 10 && value < 10) => self.put(value, 1),
            Part::Tens(value) if below >= 100 => self.put(value, 10),
            Part::Hundreds(value) if below >= 1000 => self.put(value, 100),
            Part::Hundred if self.current < 100 => {
                self.current = self.current.max(1) * 100;
                self.below = 100;
                self.parts += 1;
            }
            Part::Magnitude(power) if self.magnitude == 0 || power < self.magnitude => {
                self.total += self.current.max(1) * 10_u64.pow(power);
                (self.current, self.magnitude, self.below) = (0, power, 1000);
                self.magnitudes += 1;
            }
            _ => return false,
        }
        self.ordinal = numeral.ordinal;
        true
    }

    fn put(&mut self, value: u64, below: u64) {
        self.current += value;
        self.below = below;
        self.parts += 1;
    }

    fn ends_in_hundreds(&self) -> bool {
        self.below == 100 || (self.current == 0 && self.magnitudes > 0)
    }

    /// The number and how many words it has, magnitudes aside.
    fn value(&self) -> Option<(u64, usize)> {
        (self.parts + self.magnitudes > 0).then_some((self.total + self.current, self.parts))
    }
}

/// Two numbers with this mark between them.
fn clock(text: &str, mark: char) -> Option<(u16, u16)> {
    let (hours, minutes) = text.split_once(mark)?;
    let short = |part: &str| (1..=3).contains(&part.len());
    let number = |part: &str| part.parse::<u16>().ok();
    (short(hours) && short(minutes) && (mark == ':' || minutes.len() == 2))
        .then_some((number(hours)?, number(minutes)?))
}

/// What digits with separators can mean.
fn values_of(text: &str) -> Vec<Decimal> {
    let parts: Vec<&str> = text.split([',', '.', ' ', '\u{a0}', '\u{202f}', '\u{2009}']).collect();
    let groups = (1..=3).contains(&parts[0].len()) && parts[1..].iter().all(|part| part.len() == 3);
    let marks: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    if text.contains('/') {
        return text.split('/').map(Decimal::parse).collect();
    }
    match marks[..] {
        [] => vec![Decimal::parse(text)],
        [mark] if groups && matches!(mark, ',' | '.') && !text.starts_with('0') => {
            vec![Decimal::parse(&parts.concat()), Decimal::parse(&parts.join("."))]
        }
        [mark] if matches!(mark, ',' | '.') => vec![Decimal::parse(&parts.join("."))],
        _ if groups => vec![Decimal::parse(&parts.concat())],
        _ => {
            // 1,234.56 and 1 234,56: the last mark is the point.
            let (fraction, whole) = parts.split_last().unwrap_or((&"", &[]));
            vec![Decimal::parse(&format!("{}.{fraction}", whole.concat()))]
        }
    }
}

#[cfg(test)]
#[path = "quantity_cases.rs"]
mod tests;
