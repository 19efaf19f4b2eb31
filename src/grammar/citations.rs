//! Which lines of the prompt a fact may cite.

use std::ops::RangeInclusive;

/// Most items that one fact cites.
pub(super) const MOST_CITED: usize = 3;

/// What facts may cite. A range is never empty and starts at 1 or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Citations {
    /// Any of these items, each at most once.
    Any(RangeInclusive<u32>),
    /// The first fact some of the first items, the second one some of the second, and so on.
    Each(Vec<RangeInclusive<u32>>),
}

/// What the facts have cited so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cited {
    /// The items of every fact, in order.
    items: Vec<u32>,
    /// How many of them are the last fact's.
    own: usize,
    /// Facts that have begun.
    pub(super) facts: usize,
}

impl Cited {
    /// The next fact begins.
    pub(super) fn begin_fact(&mut self) {
        self.facts += 1;
        self.own = 0;
    }

    /// The fact that has begun cites this item, too.
    pub(super) fn push(&mut self, item: u32) {
        self.items.push(item);
        self.own += 1;
    }
}

impl Citations {
    /// The items that the fact that has begun may still cite.
    fn open<'a>(&self, cited: &'a Cited) -> impl Iterator<Item = u32> + use<'a> {
        let Cited { items, own, facts } = cited;
        let (range, taken) = match self {
            Self::Any(range) => (Some(range.clone()), items.as_slice()),
            Self::Each(ranges) => (ranges.get(facts - 1).cloned(), &items[items.len() - own..]),
        };
        range.into_iter().flatten().filter(move |item| !taken.contains(item))
    }

    /// The items that a fact may cite, by its number from 0; those that others have cited among them.
    pub(super) fn of_fact(&self, fact: usize) -> RangeInclusive<u32> {
        match self {
            Self::Any(range) => range.clone(),
            Self::Each(ranges) => ranges.get(fact).or(ranges.last()).cloned().unwrap_or(1..=1),
        }
    }

    /// True when the fact that has begun may cite `item`.
    pub(super) fn allow(&self, item: u32, cited: &Cited) -> bool {
        self.open(cited).any(|open| open == item)
    }

    /// True when some item that may be cited begins with these digits.
    pub(super) fn begin(&self, digits: u32, cited: &Cited) -> bool {
        self.open(cited).any(|item| begins_with(item, digits))
    }

    /// The only item that begins with these digits (none yet when they are 0) and may be cited now.
    pub(super) fn only(&self, digits: u32, cited: &Cited) -> Option<u32> {
        let mut open = self.open(cited).filter(|&item| digits == 0 || begins_with(item, digits));
        open.next().filter(|_| open.next().is_none())
    }

    /// True when the fact may cite one item more and leave one for each of so many facts that have to follow.
    pub(super) fn spare(&self, cited: &Cited, following: usize) -> bool {
        let open = self.open(cited).count();
        cited.own < MOST_CITED
            && match self {
                Self::Any(_) => open > following,
                Self::Each(_) => open > 0,
            }
    }

    /// True when another fact finds something to cite.
    pub(super) fn is_left(&self, cited: &Cited) -> bool {
        match self {
            Self::Any(range) => range.clone().any(|item| !cited.items.contains(&item)),
            Self::Each(ranges) => cited.facts < ranges.len(),
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
