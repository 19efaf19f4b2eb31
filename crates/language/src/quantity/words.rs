//! Numbers in words: twenty-one thousand, двісті п'ятдесят; half a million, півтора, two thirds, вдвічі, трирічний.

use super::super::class::Class;
use super::super::numeral::{self, NUMBERS, Numeral, Part};
use super::super::unit::{self, Unit};
use super::around::Behind;
use super::{Amount, Decimal, Reader, Weight, What};

/// A fraction in its lowest terms.
fn reduced(numerator: u32, denominator: u32) -> (u32, u32) {
    let (mut a, mut b) = (numerator, denominator);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    (numerator / a.max(1), denominator / a.max(1))
}

impl Reader<'_> {
    /// Number words: "twenty-one thousand", "двісті п'ятдесят".
    pub(super) fn read_words(&mut self, i: usize) -> usize {
        if let Some(next) = self.read_fraction(i) {
            return next;
        }
        let (sum, next) = self.sum(i);
        let Some((value, parts)) = sum.value().filter(|_| next > i) else { return i + 1 };
        if let Some(next) = self.read_share(i, next, &sum) {
            return next;
        }
        let (mut last, mut value) = (next - 1, Decimal::from(value));
        if let Some((half, end)) = self.and_a_half(last) {
            (value, last) = (value.and_a_half().unwrap_or(half), end);
        } else if let Some(times) = self
            .word(next)
            .and_then(|word| NUMBERS.maps.groups.get(word))
            .filter(|_| !sum.ordinal && sum.magnitudes == 0)
        {
            (value, last) = (value.times(times), next);
        }
        let mut behind = self.behind(last);
        if let Some(power) = behind.power {
            value = value.times_ten_to(power);
        } else if behind.unit_last > last
            && let Some((_, end)) = self.and_a_half(behind.unit_last)
        {
            // "two years and a half"
            value = value.and_a_half().unwrap_or(value);
            (behind.last, behind.unit_last) = (end, end);
        }
        // One and two are often only grammar: "one of", "second" is a time. A magnitude alone is no number: "thousands".
        let only_ordinal = sum.ordinal && parts == 1;
        let least = if only_ordinal { 3 } else { 1 };
        // "Several hundred" is no hundred; "a hundred" is.
        let counted = self.word(i) != Some("hundred") || i.checked_sub(1).is_some_and(|i| self.word(i) == Some("a"));
        let firm = parts > 0 && counted && value.whole().is_none_or(|value| value > least);
        self.read_ratio(i, last, &value);
        self.push_amount(i, (vec![value], if firm { Weight::Firm } else { Weight::Loose }), behind);
        behind.last + 1
    }

    /// The number that the words from token `i` on add up to, and the token behind them.
    pub(super) fn sum(&self, i: usize) -> (Sum, usize) {
        let mut sum = Sum::default();
        let mut next = i;
        while let Some(word) = self.word(next) {
            let near = next == i || matches!(self.gap(next - 1), " " | "-" | "\u{a0}");
            let joins = next > i && near && word == "and" && sum.ends_in_hundreds();
            let belongs = joins || (near && numeral::numeral(word).is_some_and(|numeral| sum.add(numeral)));
            if !belongs {
                break;
            }
            next += 1;
        }
        if next > i && self.word(next - 1) == Some("and") {
            next -= 1;
        }
        (sum, next)
    }

    /// "and a half", "з половиною" behind token `last`: a half, and its last token.
    pub(super) fn and_a_half(&self, last: usize) -> Option<(Decimal, usize)> {
        let words = [self.word(last + 1)?, self.word(last + 2)?, self.word(last + 3).unwrap_or_default()];
        match words {
            ["and", "a", "half"] => Some((numeral::half(), last + 3)),
            ["з" | "із" | "с", "половиною" | "половиной", _] => Some((numeral::half(), last + 2)),
            _ => None,
        }
    }

    /// Halves, parts and multiples in words of their own; gives the token behind.
    fn read_fraction(&mut self, i: usize) -> Option<usize> {
        let word = self.word(i)?.to_owned();
        if let Some(factor) = NUMBERS.maps.factors.get(&word) {
            let behind = Behind { unit: Unit::Times, power: None, last: i, unit_last: i };
            self.push_amount(i, (vec![Decimal::from(factor)], Weight::Firm), behind);
            return Some(i + 1);
        }
        if NUMBERS.maps.one_and_a_half.get(&word).is_some() {
            let behind = self.behind(i);
            let value = Decimal::parse("1.5").times_ten_to(behind.power.unwrap_or(0));
            self.push_amount(i, (vec![value], Weight::Firm), behind);
            return Some(behind.last + 1);
        }
        if let Some(rest) = numeral::after_half(&word) {
            let power = numeral::magnitude(rest);
            let behind = self.behind(i);
            let unit = if power.is_some() { behind.unit } else { unit::of_word(rest) };
            if power.is_some() || matches!(unit, Unit::Measure(_)) {
                let behind = Behind { unit, power: None, last: i, unit_last: behind.unit_last.max(i) };
                self.push_amount(i, (vec![numeral::half().times_ten_to(power.unwrap_or(0))], Weight::Firm), behind);
                return Some(i + 1);
            }
        }
        let whole = self.read_one_and_a_half(i, &word);
        whole.or_else(|| self.read_half(i, &word)).or_else(|| self.read_part(i, &word)).or_else(|| {
            let alone = NUMBERS.maps.groups.get(&word).filter(|&group| group == 12)?;
            let behind = self.behind(i);
            self.push_amount(i, (vec![Decimal::from(alone)], Weight::Firm), behind);
            Some(behind.last + 1)
        })
    }

    /// "a year and a half", "рік з половиною": one of a unit, and half of it.
    fn read_one_and_a_half(&mut self, i: usize, word: &str) -> Option<usize> {
        let at = if matches!(word, "a" | "an" | "one") { i + 1 } else { i };
        let counted = self.word(at).filter(|counted| at > i || !counted.is_ascii())?;
        let (unit, power) = (unit::of_word(counted), numeral::magnitude(counted));
        if power.is_none() && !matches!(unit, Unit::Measure(_) | Unit::Money(_)) {
            return None;
        }
        let (_, last) = self.and_a_half(at)?;
        let behind = match power {
            Some(_) => Behind { power: None, ..self.behind(last) },
            None => Behind { unit, power: None, last, unit_last: last },
        };
        let value = Decimal::parse("1.5").times_ten_to(power.unwrap_or(0));
        self.push_amount(i, (vec![value], Weight::Firm), behind);
        Some(last + 1)
    }

    /// "half a million", "half an hour", "пів мільйона", "half a dozen", "half of".
    fn read_half(&mut self, i: usize, word: &str) -> Option<usize> {
        if !matches!(word, "half" | "пів" | "пол") {
            return None;
        }
        // "о пів на восьму" is a time.
        if self.word(i + 1) == Some("на") {
            return Some(i + 1);
        }
        let at = if matches!(self.word(i + 1), Some("a" | "an")) { i + 1 } else { i };
        let next = self.word(at + 1).unwrap_or_default();
        let (power, group) = (numeral::magnitude(next), NUMBERS.maps.groups.get(next));
        if power.is_some() || group.is_some() {
            let times = Decimal::from(group.unwrap_or(1)).times_ten_to(power.unwrap_or(0));
            let behind = Behind { power: None, ..self.behind(at + 1) };
            self.push_amount(i, (vec![times.halved()], Weight::Firm), behind);
            return Some(behind.last + 1);
        }
        let measured = matches!(unit::of_word(next), Unit::Measure(_) | Unit::Money(_) | Unit::Percent);
        if measured && (at > i || word != "half") {
            let behind = Behind { last: at, ..self.behind(at) };
            self.push_amount(i, (vec![numeral::half()], Weight::Firm), behind);
            return Some(at + 1);
        }
        let of = self.is(i + 1, Class::HalfOf) || self.follows(i, &["by", "in"]);
        let of_two = i > 0 && self.is(i - 1, Class::OneOfTwo);
        (word == "half" && of && !of_two).then(|| {
            self.push_share(i, i, (1, 2));
            i + 1
        })
    }

    /// A part in one word: "половину", "третина", "a third of".
    fn read_part(&mut self, i: usize, word: &str) -> Option<usize> {
        let part = NUMBERS.maps.parts.get(word).filter(|_| word != "half")?;
        let before = i.checked_sub(1).and_then(|at| self.word(at)).unwrap_or_default();
        let firm = match word.is_ascii() {
            true => {
                let next = self.word(i + 1).unwrap_or_default();
                let gap = self.gap(i).trim();
                let ends = (!gap.is_empty() && !gap.starts_with('-')) || next.is_empty();
                let of_hour = next == "of" && self.word(i + 3) == Some("hour");
                matches!(before, "a" | "one")
                    && !word.ends_with('s')
                    && !of_hour
                    && (ends || self.is(i + 1, Class::PartOf))
            }
            false => i == 0 || !self.is(i - 1, Class::OneOfTwo),
        };
        firm.then(|| {
            self.push_share(i, i, (1, part));
            i + 1
        })
    }

    /// "two thirds", "дві п'ятих", "three quarters": a number in words or digits up to `next`, and what it divides.
    fn read_share(&mut self, i: usize, next: usize, sum: &Sum) -> Option<usize> {
        let (value, _) = sum.value().filter(|_| !sum.ordinal)?;
        let numerator = u32::try_from(value).ok().filter(|value| (1..10).contains(value))?;
        let denominator = self.denominator_behind(next - 1, numerator)?;
        self.push_share(i, next, (numerator, denominator));
        Some(next + 1)
    }

    /// "one in five", "семь из десяти", "every third": a share that needs no proof, because its numbers do.
    pub(super) fn read_ratio(&mut self, first: usize, last: usize, value: &Decimal) {
        let Some(value) = value.whole().and_then(|value| u32::try_from(value).ok()) else { return };
        if (2..=10).contains(&value) && (first > 0 && self.is(first - 1, Class::Each)) {
            self.push(first..=last, What::Share(1, value), Weight::Loose);
            return;
        }
        let at = match (self.word(last + 1), self.word(last + 2)) {
            (Some("out"), Some("of")) => last + 3,
            (Some("in" | "of" | "з" | "із" | "зі" | "из"), _) => last + 2,
            _ => return,
        };
        let whole = self.plain(at).or_else(|| self.sum(at).0.value().map(|(whole, _)| whole));
        if let Some(whole) =
            whole.and_then(|it| u32::try_from(it).ok()).filter(|&whole| value > 0 && value < whole && whole <= 100)
        {
            let share = reduced(value, whole);
            self.push(first..=last, What::Share(share.0, share.1), Weight::Loose);
        }
    }

    /// What the word behind token `last` divides by, when that many parts are meant.
    pub(super) fn denominator_behind(&self, last: usize, numerator: u32) -> Option<u32> {
        let word = self.word(last + 1).filter(|_| matches!(self.gap(last), " " | "-" | "\u{a0}"))?;
        if word.is_ascii() {
            // "one third party", and two quarters are half a year.
            let of_year = word == "quarters" && numerator != 3;
            let plural = word.ends_with('s') && !of_year;
            let one = numerator == 1 && (self.word(last + 2).is_none() || self.is(last + 2, Class::PartOf));
            return NUMBERS.maps.parts.get(word).filter(|_| plural || one);
        }
        let ordinal = || {
            let plural = word.ends_with("их")
                || word.ends_with("ых")
                || (numerator == 1
                    && (word.ends_with('а') || word.ends_with("ую") || word.ends_with('у') || word.ends_with("ая")));
            match numeral::numeral(word)? {
                Numeral { part: Part::Small(value), ordinal: true } if plural && value > 2 => u32::try_from(value).ok(),
                _ => None,
            }
        };
        NUMBERS.maps.parts.get(word).or_else(ordinal).filter(|&denominator| denominator > numerator)
    }

    fn push_share(&mut self, first: usize, last: usize, (numerator, denominator): (u32, u32)) {
        let (numerator, denominator) = reduced(numerator, denominator);
        self.push(first..=last, What::Share(numerator, denominator), Weight::Firm);
        let hundredths = 100 * u64::from(numerator);
        let (down, up) = (hundredths / u64::from(denominator), hundredths.div_ceil(u64::from(denominator)));
        for percent in [down, up] {
            let amount = Amount { unit: Unit::Percent, ..Amount::of(Decimal::from(percent)) };
            self.push(first..=last, What::Number(amount), Weight::Loose);
        }
    }

    /// A number inside a word: трирічний, п'ятиповерховий, двадцатипятилетняя.
    pub(super) fn read_compound(&mut self, i: usize) {
        let Some((value, rest)) = numeral::compound(&self.tokens[i].folded) else { return };
        let unit = unit::of_word(rest);
        let counts = unit != Unit::Plain || numeral::counts_in_compound(rest);
        let firm = counts && !numeral::is_span(rest) && value != Decimal::from(1);
        if counts || numeral::is_span(rest) {
            let behind = Behind { unit, power: None, last: i, unit_last: i };
            self.push_amount(i, (vec![value], if firm { Weight::Firm } else { Weight::Loose }), behind);
        }
    }
}

/// A number being put together from words.
#[derive(Default)]
pub(super) struct Sum {
    total: u64,
    current: u64,
    /// What may still be added: below this.
    below: u64,
    /// The last magnitude: the next has to be smaller.
    magnitude: u32,
    parts: usize,
    magnitudes: usize,
    pub(super) ordinal: bool,
}

impl Sum {
    /// Adds a part, unless it cannot belong to the same number.
    fn add(&mut self, numeral: Numeral) -> bool {
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
    pub(super) fn value(&self) -> Option<(u64, usize)> {
        (self.parts + self.magnitudes > 0).then_some((self.total + self.current, self.parts))
    }
}
