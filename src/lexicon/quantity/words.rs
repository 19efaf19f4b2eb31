//! Numbers in words: twenty-one thousand, двісті п'ятдесят.

use super::super::numeral::{self, Part};
use super::{Decimal, Reader, Weight, What};

impl Reader<'_> {
    /// Number words: "twenty-one thousand", "двісті п'ятдесят".
    pub(super) fn read_words(&mut self, i: usize) -> usize {
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
        self.push(i..=last, What::Number(vec![Decimal::from(value)], unit), weight);
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
