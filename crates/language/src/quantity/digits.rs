//! Numbers in digits, with what belongs to them: 1.2 million, $14.7bn, 20-25%, 9:30, 3-1, the 1980s, 10⁶.

use super::super::class::Class;
use super::super::unit::{self, Unit};
use super::around::Behind;
use super::{Amount, Decimal, Reader, Weight, What};

/// Superscript digits, in the order of their values.
const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/// Nobody writes higher powers in news, and a number of more digits would only cost memory.
const HIGHEST_POWER: u32 = 60;

impl Reader<'_> {
    /// Digits, with a magnitude and a unit: "$1.2 million", "1 200 грн", "20-25%".
    pub(super) fn read_number(&mut self, i: usize) -> usize {
        let text = self.tokens[i].text.as_str();
        if let Some(next) = self.read_colon(i).or_else(|| self.read_score(i)) {
            return next;
        }
        if let Some((hours, minutes)) = military(text) {
            self.push(i..=i, What::Clock(hours, minutes), Weight::Firm);
            return i + 1;
        }
        if let Some(hour) = self.day(i).filter(|&hour| hour < 24) {
            self.read_half_of_day(i, u16::from(hour), 0);
        }
        let mut values = values_of(text);
        if let (true, [whole, fraction]) = (self.is_english && !text.contains('/'), &values[..]) {
            values = vec![if text.contains(',') { whole.clone() } else { fraction.clone() }];
        }
        self.read_range_end(i, &values);
        let (power, end) = self.raised(i);
        let at = end.max(i);
        if let Some(power) = power {
            values = values.iter().map(|value| value.to_the(power)).collect();
        }
        let mut behind = self.behind(at);
        if let Some(next) = self.read_digit_share(i, &values, behind) {
            return next;
        }
        if let Some((_, end)) = self.and_a_half(at) {
            values = values.iter().filter_map(Decimal::and_a_half).collect();
            behind = self.behind(end);
        } else if let Some(quarters) = quarters(self.gap(at)) {
            values = values.iter().map(|value| value.plus_quarters(quarters)).collect();
        }
        let money = self.sign_before(i);
        if money != Unit::Plain {
            behind.unit = money;
        }
        if let Some(power) = behind.power {
            let alone = self.gap(at).is_empty() && self.word(at + 1) == Some("m") && money == Unit::Plain;
            // 100m is a hundred metres as well as a hundred million.
            let metres = if alone { values.clone() } else { Vec::new() };
            values = values.iter().map(|value| value.times_ten_to(power)).chain(metres).collect();
        } else if let Some((power, _)) = self.behind_range(i).filter(|&(power, _)| power > 0) {
            // In "5 to 10 million" the 5 may be five million.
            values.extend(values.clone().iter().map(|value| value.times_ten_to(power)));
        }
        if let Some(last) = self.basis_points(behind.last) {
            values = values.iter().map(Decimal::hundredth).collect();
            (behind.unit, behind.unit_last) = (Unit::Points, last);
        }
        if let Some(value) = values.first().cloned() {
            self.read_ratio(i, i, &value);
        }
        if self.read_dotted(i, behind) {
            return i + 1;
        }
        self.push_amount(i, (values, Weight::Firm), behind);
        behind.last + 1
    }

    /// The currency whose sign stands in front of token `i`.
    fn sign_before(&self, i: usize) -> Unit {
        let before = self.text[..self.tokens[i].start].trim_end_matches([' ', '\u{a0}', '\u{202f}']);
        let sign = before.chars().next_back().filter(|sign| !matches!(sign, '%' | '°'));
        sign.map_or(Unit::Plain, |sign| unit::of_signs(&sign.to_string()))
    }

    /// 9:30 is a time of day, 3:1 a score, and 10:12 may be both.
    fn read_colon(&mut self, i: usize) -> Option<usize> {
        let text = self.tokens[i].text.as_str();
        let (hours, minutes) = pair(text, ':')?;
        let is_time = hours < 24 && minutes < 60 && text.len() - text.find(':')? == 3;
        if is_time {
            self.push(i..=i, What::Clock(hours, minutes), Weight::Firm);
            self.push(i..=i, What::Score(hours, minutes), Weight::Loose);
            for part in [hours, minutes] {
                self.number(i, Decimal::from(u64::from(part)));
            }
            self.read_half_of_day(i, hours, minutes);
        } else {
            self.push_score(i..=i, (hours, minutes), Weight::Firm);
        }
        Some(i + 1)
    }

    /// 3-1 is a score where there was a game, and two numbers elsewhere.
    fn read_score(&mut self, i: usize) -> Option<usize> {
        let goals = |at: usize| {
            self.plain(at).filter(|_| self.tokens[at].text.len() <= 3).and_then(|it| u16::try_from(it).ok())
        };
        let dash = |at: usize| matches!(self.gap(at), "-" | "–" | "—");
        let first_of_pair = i == 0 || !dash(i - 1) || !self.tokens[i - 1].is_number();
        let second = i + 1;
        if !first_of_pair || !dash(i) || !self.tokens.get(second).is_some_and(|token| token.is_number()) {
            return None;
        }
        let score = (goals(i)?, goals(second)?);
        let more = dash(second) && self.tokens.get(second + 1).is_some_and(|token| token.is_number());
        if more || self.behind(second).unit != Unit::Plain || self.month(second + 1).is_some() {
            return None;
        }
        if self.has_game {
            self.push_score(i..=second, score, Weight::Firm);
            return Some(second + 1);
        }
        self.push(i..=second, What::Score(score.0, score.1), Weight::Loose);
        None
    }

    fn push_score(&mut self, tokens: std::ops::RangeInclusive<usize>, (ours, theirs): (u16, u16), weight: Weight) {
        let (first, last) = (*tokens.start(), *tokens.end());
        self.push(tokens, What::Score(ours, theirs), weight);
        for (at, part) in [(first, ours), (last, theirs)] {
            self.number(at, Decimal::from(u64::from(part)));
        }
    }

    /// 9.30 is a time behind "at", and may be one behind many other words; gives whether it can be nothing else.
    fn read_dotted(&mut self, i: usize, behind: Behind) -> bool {
        let Some((hours, minutes)) = self.dotted(i, behind) else { return false };
        let next = self.word(i + 1).unwrap_or_default();
        let dotted_half =
            matches!(next, "a" | "p") && self.word(i + 2) == Some("m") && self.gap(i + 1).starts_with('.');
        let sure = (i > 0 && self.is(i - 1, Class::AtTime)) || self.is(i + 1, Class::OfDay) || dotted_half;
        self.push(i..=i, What::Clock(hours, minutes), if sure { Weight::Firm } else { Weight::Loose });
        if sure {
            self.read_half_of_day(i, hours, minutes);
            for part in [hours, minutes] {
                self.number(i, Decimal::from(u64::from(part)));
            }
        }
        sure
    }

    /// The time of day that digits with a full stop may be.
    pub(super) fn dotted(&self, i: usize, behind: Behind) -> Option<(u16, u16)> {
        let text = self.tokens.get(i).filter(|token| token.is_number())?.text.as_str();
        let (hours, minutes) = pair(text, '.')?;
        let two_digits = text.len() - text.find('.')? == 3;
        let counts_nothing = behind.unit == Unit::Plain && behind.power.is_none();
        let of_day = self.is(i + 1, Class::OfDay);
        (two_digits && hours < 24 && minutes < 60 && (counts_nothing || of_day)).then_some((hours, minutes))
    }

    /// "3/4", "2 fifths".
    fn read_digit_share(&mut self, i: usize, values: &[Decimal], behind: Behind) -> Option<usize> {
        let numerator =
            values.first()?.whole().and_then(|it| u32::try_from(it).ok()).filter(|it| (1..10).contains(it))?;
        if behind.last != i {
            return None;
        }
        let denominator = self.denominator_behind(i, numerator)?;
        self.push(i..=i + 1, What::Share(numerator, denominator), Weight::Firm);
        Some(i + 2)
    }

    /// The power that stands behind a number as in 10⁶ and 10^6, and the last token of both. In "1.5 × 10⁶" it is that of
    /// the ten. Raised behind another number, digits are those of an inserted article of a law, or the mark of a note.
    fn raised(&self, i: usize) -> (Option<u32>, usize) {
        let gap = self.gap(i);
        let digits: String = gap
            .chars()
            .map_while(|c| RAISED.chars().position(|it| it == c))
            .filter_map(|digit| char::from_digit(digit as u32, 10))
            .collect();
        if let Ok(power) = digits.parse::<u32>() {
            return (Some(power).filter(|&power| power <= HIGHEST_POWER && self.tokens[i].text == "10"), i);
        }
        match self.plain(i + 1).filter(|_| gap == "^").and_then(|it| u32::try_from(it).ok()) {
            Some(power) if power <= HIGHEST_POWER => (Some(power), i + 1),
            _ => (None, i),
        }
    }

    /// 3 p.m. is also 15:00.
    pub(super) fn read_half_of_day(&mut self, i: usize, hours: u16, minutes: u16) {
        let after = self.word(i + 1).unwrap_or_default();
        let dotted = self.word(i + 2) == Some("m");
        let (am, pm) = (after == "am" || (after == "a" && dotted), after == "pm" || (after == "p" && dotted));
        let by_word = after == "o'clock" || after.starts_with("годин") || after.starts_with("час") || after == "год";
        let o_clock = i > 0 && self.is(i - 1, Class::NearTime);
        let evening = hours < 12 && (1..=3).any(|on| matches!(self.word(i + on), Some("вечора" | "вечера" | "дня")));
        if am || pm || by_word || o_clock {
            self.push(i..=i, What::Clock(hours, minutes), Weight::Loose);
        }
        if (pm || evening) && hours < 12 {
            self.push(i..=i, What::Clock(hours + 12, minutes), Weight::Loose);
            self.number(i, Decimal::from(u64::from(hours) + 12));
        }
        // "7 год. 45 хв."
        let minute = |word: &str| word.starts_with("хв") || word.starts_with("мин") || word.starts_with("min");
        if by_word && let Some(minutes) = self.day_or_minute(i + 2).filter(|_| self.word(i + 3).is_some_and(minute)) {
            self.push(i..=i, What::Clock(hours, minutes), Weight::Loose);
        }
    }

    fn day_or_minute(&self, i: usize) -> Option<u16> {
        self.plain(i).and_then(|it| u16::try_from(it).ok()).filter(|&minutes| minutes < 60)
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

    /// Notes an amount that begins at token `first`.
    pub(super) fn push_amount(&mut self, first: usize, (values, weight): (Vec<Decimal>, Weight), behind: Behind) {
        let Behind { unit, last, unit_last, .. } = behind;
        let is_year = first == last && self.is_year(first) && unit.is_of_time();
        let unit = if is_year { Unit::Plain } else { unit };
        let counted = if unit == Unit::Plain && unit_last == last { self.counted(first, last) } else { None };
        let amount = Amount {
            values,
            unit,
            negative: self.is_negative(first, unit_last),
            change: self.change(first, unit_last, unit),
            bound: self.bound(first),
            clock: self.dotted(first, behind),
            counted: if is_year { None } else { counted },
        };
        self.push(first..=last, What::Number(amount), weight);
        if let Some(mention) = self.found.last_mut() {
            mention.unit_end = self.tokens[unit_last.max(last)].end();
        }
    }
}

/// 0230 UTC is a time and no number; 0.25 is none.
fn military(text: &str) -> Option<(u16, u16)> {
    let digits = text.len() == 4 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    let time: u16 = text.parse().ok().filter(|_| digits)?;
    Some((time / 100, time % 100)).filter(|(_, minutes)| *minutes < 60)
}

/// Two numbers with this mark between them.
fn pair(text: &str, mark: char) -> Option<(u16, u16)> {
    let (first, second) = text.split_once(mark)?;
    let short = |part: &str| (1..=3).contains(&part.len());
    let number = |part: &str| part.parse::<u16>().ok();
    (short(first) && short(second)).then_some((number(first)?, number(second)?))
}

/// The quarters that a sign behind a number adds.
fn quarters(gap: &str) -> Option<u64> {
    match gap.chars().next()? {
        '¼' => Some(1),
        '½' => Some(2),
        '¾' => Some(3),
        _ => None,
    }
}

/// What digits with separators can mean.
pub(super) fn values_of(text: &str) -> Vec<Decimal> {
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    let groups = (1..=3).contains(&parts[0].len()) && parts[1..].iter().all(|part| part.len() == 3);
    let marks: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    if text.contains(['/', ':']) {
        return text.split(['/', ':']).flat_map(values_of).collect();
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
