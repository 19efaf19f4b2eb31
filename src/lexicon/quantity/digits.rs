//! Numbers in digits, with what belongs to them: 1.2 million, $14.7bn, 20-25%, 9:30, the 1980s.

use super::super::numeral;
use super::super::unit::{self, Unit};
use super::{Decimal, Reader, Weight, What};

impl Reader<'_> {
    /// Digits, with a magnitude and a unit: "$1.2 million", "1 200 грн", "20-25%".
    pub(super) fn read_number(&mut self, i: usize) -> usize {
        let text = self.tokens[i].text;
        if let Some((hours, minutes)) = clock(text, ':') {
            self.push(i..=i, What::Clock(hours, minutes), Weight::Firm);
            for part in [hours, minutes] {
                self.number(i, Decimal::from(u64::from(part)));
            }
            self.read_half_of_day(i, hours, minutes);
            return i + 1;
        }
        let mut values = values_of(text);
        if let Some((hours, minutes)) = clock(text, '.').filter(|&(hours, minutes)| hours < 24 && minutes < 60) {
            self.push(i..=i, What::Clock(hours, minutes), Weight::Loose);
        }
        if text.len() == 4 && text.starts_with('0') {
            // 0230 UTC is a time and no number.
            let time = text.parse::<u16>().unwrap_or_default();
            self.push(i..=i, What::Clock(time / 100, time % 100), Weight::Firm);
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
        self.push(i..=last, What::Number(values, unit), Weight::Firm);
        last + 1
    }

    /// The magnitude and the unit behind token `i`, and their last token.
    pub(super) fn behind(&self, i: usize) -> (Unit, Option<u32>, usize) {
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
    pub(super) fn behind_range(&self, i: usize) -> Option<(u32, Unit)> {
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
    pub(super) fn read_half_of_day(&mut self, i: usize, hours: u16, minutes: u16) {
        let after = self.word(i + 1).unwrap_or_default();
        let dotted = self.word(i + 2) == Some("m");
        let (am, pm) = (after == "am" || (after == "a" && dotted), after == "pm" || (after == "p" && dotted));
        let o_clock = self.follows(
            i,
            &["о", "об", "в", "у", "at", "after", "before", "by", "до", "після", "после", "около", "близько"],
        );
        if am || pm || after == "o'clock" || after.starts_with("годин") || after.starts_with("час") || o_clock {
            self.push(i..=i, What::Clock(hours, minutes), Weight::Loose);
        }
        if pm && hours < 12 {
            self.push(i..=i, What::Clock(hours + 12, minutes), Weight::Loose);
            self.number(i, Decimal::from(u64::from(hours) + 12));
        }
    }

    /// 1995-96 is also 1995-1996, and the 1980s the 80s.
    pub(super) fn read_range_end(&mut self, i: usize, values: &[Decimal]) {
        let Some(value) = values.first().and_then(Decimal::whole) else { return };
        let year = |year: u64| (1000..2200).contains(&year);
        let dash = |gap: &str| matches!(gap, "-" | "–" | "/");
        if i > 0 && value < 100 && dash(self.gap(i - 1)) && self.plain(i - 1).is_some_and(year) {
            let century = self.plain(i - 1).unwrap_or_default() / 100 * 100;
            self.number(i, Decimal::from(century + value));
        }
        let decade = self.word(i + 1).is_some_and(|word| ["s", "х", "ті", "ые", "их", "ых"].contains(&word));
        if year(value) && (decade || dash(self.gap(i)) || (i > 0 && dash(self.gap(i - 1)))) {
            self.number(i, Decimal::from(value % 100));
        }
        if value < 100 && value % 10 == 0 && decade {
            self.number(i, Decimal::from(1900 + value));
        }
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
        [',' | '.'] => vec![Decimal::parse(&parts.join("."))],
        _ if groups => vec![Decimal::parse(&parts.concat())],
        _ => {
            // 1,234.56 and 1 234,56: the last mark is the point.
            let (fraction, whole) = parts.split_last().unwrap_or((&"", &[]));
            vec![Decimal::parse(&format!("{}.{fraction}", whole.concat()))]
        }
    }
}
