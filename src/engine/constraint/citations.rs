//! Which lines of the prompt a fact may cite.

use std::ops::RangeInclusive;

/// What facts may cite. A range is never empty and starts at 1 or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Citations {
    /// Any of these items, each at most once.
    Any(RangeInclusive<u32>),
    /// The first fact one of the first items, the second one of the second, and so on.
    Each(Vec<RangeInclusive<u32>>),
}

impl Citations {
    /// The items that the next fact may cite, after those that cite `cited`.
    fn open<'a>(&self, cited: &'a [u32]) -> impl Iterator<Item = u32> + use<'a> {
        let (range, once) = match self {
            Self::Any(range) => (Some(range.clone()), true),
            Self::Each(ranges) => (ranges.get(cited.len()).cloned(), false),
        };
        range.into_iter().flatten().filter(move |item| !(once && cited.contains(item)))
    }

    /// True when the next fact may cite `item`.
    pub(super) fn allow(&self, item: u32, cited: &[u32]) -> bool {
        self.open(cited).any(|open| open == item)
    }

    /// True when some item that may be cited begins with these digits.
    pub(super) fn begin(&self, digits: u32, cited: &[u32]) -> bool {
        self.open(cited).any(|item| begins_with(item, digits))
    }

    /// The only item that begins with these digits (none yet when they are 0) and may be cited now.
    pub(super) fn only(&self, digits: u32, cited: &[u32]) -> Option<u32> {
        let mut open = self.open(cited).filter(|&item| digits == 0 || begins_with(item, digits));
        open.next().filter(|_| open.next().is_none())
    }

    pub(super) fn count(&self) -> usize {
        match self {
            Self::Any(range) => range.clone().count(),
            Self::Each(ranges) => ranges.len(),
        }
    }
}

/// True when the decimal digits of `number` begin with those of `start`.
fn begins_with(mut number: u32, start: u32) -> bool {
    while number > start {
        number /= 10;
    }
    number == start
}
