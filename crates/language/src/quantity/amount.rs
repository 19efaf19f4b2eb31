//! An amount: the values that a number may have, what it counts, and how it stands to its sentence.
//!
//! [`Amount::is_said_by`] is the one place that says when two amounts are the same: 3500 m and 3.5 km are, 2% and two
//! percentage points are not, and neither is growing by five growing to five.

use super::super::decimal::Decimal;
use super::super::unit::{Measure, Unit};
use super::Weight;

/// Whether something changes by an amount or to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// "by 5%", "на 5%".
    By,
    /// "to 5%", "до 5%".
    To,
}

/// On which side of a number the truth lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// "at least", "понад".
    Least,
    /// "at most", "менее".
    Most,
}

/// A number and what belongs to it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Amount {
    /// Every value that it can be read as, magnitude included, unit aside.
    pub values: Vec<Decimal>,
    /// What it counts.
    pub unit: Unit,
    /// Below zero, as far as that is said: minus 5, 5 degrees of frost.
    pub negative: bool,
    /// By or to, where something grows or shrinks.
    pub change: Option<Change>,
    /// At least or at most.
    pub bound: Option<Bound>,
    /// The time of day that it may be instead: 9.30.
    pub clock: Option<(u16, u16)>,
    /// The index of the token behind it that says what is counted, where that is no unit: 12 tanks.
    pub counted: Option<usize>,
}

impl Amount {
    /// A bare number.
    pub fn of(value: Decimal) -> Self {
        Self { values: vec![value], ..Self::default() }
    }

    /// True when a source that says `source` says this: its value, unit, sign, and whether by or to.
    pub fn is_said_by(&self, source: &Self, weight: Weight) -> bool {
        self.has_value_of(source, weight) && !opposed(self.bound, source.bound)
    }

    /// The same, whether at least or at most.
    pub fn has_value_of(&self, source: &Self, weight: Weight) -> bool {
        let signs = !self.is_temperature() || !source.is_temperature() || self.negative == source.negative;
        self.fits(source, weight) && self.has_value(source) && signs && !opposed(self.change, source.change)
    }

    /// True when the source has a number that is this one rounded, of the same unit.
    pub fn rounds(&self, source: &Self, weight: Weight) -> bool {
        let (ours, theirs) = (self.in_smallest(source), source.in_smallest(self));
        self.fits(source, weight) && ours.iter().any(|rough| theirs.iter().any(|exact| rough.rounds(exact)))
    }

    /// The values in which it is looked up: as they stand, and in the smallest unit of their kind.
    pub fn keys(&self) -> Vec<Decimal> {
        let mut keys = self.values.clone();
        if let Unit::Measure(measure) = self.unit {
            keys.extend(self.values.iter().map(|value| value.times(measure.times)));
        }
        keys
    }

    fn has_value(&self, source: &Self) -> bool {
        let theirs = source.in_smallest(self);
        self.in_smallest(source).iter().any(|value| theirs.contains(value))
    }

    /// Its values in the smallest unit when the other's is of the same kind, else as they stand.
    fn in_smallest(&self, other: &Self) -> Vec<Decimal> {
        match (self.unit, other.unit) {
            (Unit::Measure(ours), Unit::Measure(theirs)) if ours.of == theirs.of => {
                self.values.iter().map(|value| value.times(ours.times)).collect()
            }
            _ => self.values.clone(),
        }
    }

    /// True when the source's number counts what this one counts, as far as both say. Where a source leaves the unit out
    /// ("12, 13 or 14 metres"), a text may fill it in; where a noun stands in its place, it may not.
    fn fits(&self, source: &Self, weight: Weight) -> bool {
        match (self.unit, source.unit) {
            (Unit::Plain, Unit::DayOfMonth) => self.counted.is_none(),
            (Unit::Plain, Unit::Plain | Unit::Times) => true,
            (Unit::Plain, _) => self.counted.is_none(),
            // Twice something happened of which there were two.
            (Unit::Times, Unit::Plain) => source.counted.is_some(),
            (Unit::Percent | Unit::Times | Unit::DayOfMonth, theirs) => self.unit == theirs,
            (Unit::Measure(ours), Unit::Measure(theirs)) => ours.of == theirs.of,
            (Unit::Money("GBP"), Unit::Measure(Measure { of: "pounds", .. }))
            | (Unit::Measure(Measure { of: "pounds", .. }), Unit::Money("GBP")) => true,
            (ours, Unit::Plain) => source.counted.is_none() && (weight == Weight::Firm || ours.is_of_time()),
            (ours, theirs) => ours == theirs,
        }
    }

    /// True when it may be this time of day: 9.30, or nine.
    pub fn is_time(&self, hours: u16, minutes: u16) -> bool {
        let hour = minutes == 0 && self.values.contains(&Decimal::from(u64::from(hours)));
        self.clock == Some((hours, minutes)) || hour
    }

    /// True when nothing is counted, or hours: 15 may be three in the afternoon.
    pub fn is_bare_or_of_time(&self) -> bool {
        self.unit.is_of_time() || (self.unit == Unit::Plain && self.counted.is_none())
    }

    fn is_temperature(&self) -> bool {
        matches!(self.unit, Unit::Measure(Measure { of: "degrees", .. }))
    }
}

fn opposed<T: PartialEq>(ours: Option<T>, theirs: Option<T>) -> bool {
    ours.is_some() && theirs.is_some() && ours != theirs
}
