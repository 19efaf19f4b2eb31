//! What declarations of styles can say of an element, as a set: what is said, and whether it holds.
//!
//! Rules go one over the other thousands of times a page, which as two numbers costs nothing. Which declarations say what is
//! written in `style`.

/// What declarations can say. Most of it hides text, alone or with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Fact {
    Undisplayed,
    Invisible,
    /// Letters of no size.
    Tiny,
    Struck,
    /// Offsets count.
    Positioned,
    Left,
    Right,
    Top,
    Bottom,
    Indented,
    MarginLeft,
    MarginRight,
    MarginTop,
    OverflowHidden,
    NoWidth,
    NoHeight,
    NoMaxWidth,
    NoMaxHeight,
    /// At most one pixel.
    Narrow,
    Low,
    Clipped,
    ClippedPath,
    Faint,
    Filtered,
    /// Moved or shrunk out of sight.
    Transformed,
    /// Moved into sight while the page opens: it begins transparent.
    Moving,
    /// What a margin takes away is given back inside.
    Padded,
    /// Letters show their ground or a shadow instead of a colour.
    Cut,
}

/// Facts of which it is the contrary that hides.
const SHOWING: [Fact; 3] = [Fact::Moving, Fact::Padded, Fact::Cut];

impl Fact {
    const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// Facts that are said, and those that hold among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Facts {
    said: u32,
    holding: u32,
}

impl Facts {
    pub(super) fn say(&mut self, fact: Fact, holds: bool) {
        self.said |= fact.bit();
        self.holding = if holds { self.holding | fact.bit() } else { self.holding & !fact.bit() };
    }

    pub(super) fn get(self, fact: Fact) -> Option<bool> {
        (self.said & fact.bit() != 0).then_some(self.holding & fact.bit() != 0)
    }

    pub(super) fn holds(self, fact: Fact) -> bool {
        self.holding & fact.bit() != 0
    }

    pub(super) fn any(self, facts: &[Fact]) -> bool {
        facts.iter().any(|&fact| self.holds(fact))
    }

    /// What `over` says goes over this.
    pub(super) fn overlay(&mut self, over: Self) {
        self.holding = self.holding & !over.said | over.holding;
        self.said |= over.said;
    }

    /// Those that do not hide.
    pub(super) fn showing(self) -> Self {
        let inverted = SHOWING.iter().fold(0, |bits, fact| bits | fact.bit());
        let said = self.said & !self.holding & !inverted | self.holding & inverted;
        Self { said, holding: self.holding & said }
    }
}
