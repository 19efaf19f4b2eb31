//! Finds where the article stands on the page: the run of blocks with the most prose in it.
//!
//! Every block has a weight: prose counts by its length, labels and headlines count against. The best run is the one
//! with the largest sum, found in one pass. Inside it single subheadings survive, while menus before and link lists
//! after pull the sum down and stay outside. Words of a block are judged in `furniture`.

use std::ops::Range;

use super::Reason;
use super::block::Block;
use super::furniture::{Found, Then};

/// More prose than this in one block says nothing new, in characters.
const MOST_PER_BLOCK: i64 = 300;

/// What a headline, a label or other short line costs on a page, and in a text that has little else than prose.
const SHORT_LINE: i64 = -35;
const SUBHEADING: i64 = -5;

/// What furniture costs, and furniture that ends articles.
const FURNITURE: i64 = -50;
const ENDING: i64 = -100;

/// Comments can be longer than the article. They end it when this many characters of prose stand before them.
const COMMENTED: usize = 400;

/// This much furniture makes a page of a text, in blocks.
const PAGE: usize = 3;

/// The fewest blocks in a row that make a list of links, and the most that a "read also" announces.
const LINK_LIST: usize = 3;
const ANNOUNCED: usize = 8;

/// What a block is to the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Something that `furniture` knows.
    Furniture,
    /// A paragraph.
    Prose,
    /// One line of a list that the text introduces or that has bullets.
    Item,
    /// A headline, a label, a link.
    Short,
}

/// The blocks of a page with their roles.
pub(super) struct Page<'a> {
    pub(super) blocks: &'a [Block],
    found: &'a [Option<Found>],
    roles: Vec<Role>,
    /// What a short line costs here.
    short_line: i64,
}

impl<'a> Page<'a> {
    pub(super) fn new(blocks: &'a [Block], found: &'a [Option<Found>]) -> Self {
        let mut roles: Vec<Role> = Vec::with_capacity(blocks.len());
        let mut listing = false;
        let is_feed = |index: usize| found.get(index).is_some_and(|it| it.is_some_and(|it| it.then == Then::Teaser));
        for (index, (block, found)) in blocks.iter().zip(found).enumerate() {
            let teaser = index > 0 && is_feed(index - 1) && is_feed(index + 1);
            let role = match (found, block.is_prose()) {
                (Some(_), _) => Role::Furniture,
                (None, _) if teaser => Role::Furniture,
                (None, true) => Role::Prose,
                (None, false) if listing || block.is_item() => Role::Item,
                (None, false) => Role::Short,
            };
            listing = match role {
                Role::Furniture | Role::Short => false,
                Role::Prose => block.text.ends_with(':'),
                Role::Item => listing,
            };
            roles.push(role);
        }
        let count = |wanted| roles.iter().filter(|&&role| role == wanted).count();
        let (furniture, short, prose) = (count(Role::Furniture), count(Role::Short), count(Role::Prose));
        let is_page = furniture >= PAGE || short > prose + PAGE;
        Self { blocks, found, short_line: if is_page { SHORT_LINE } else { SUBHEADING }, roles }
    }

    /// The blocks in which the article stands. Empty when the page has no prose.
    pub(super) fn body(&self) -> Range<usize> {
        let mut best = 0..0;
        let mut best_sum = 0;
        let (mut start, mut sum) = (0, 0);
        for (index, role) in self.roles.iter().enumerate() {
            if sum <= 0 {
                (start, sum) = (index, 0);
            }
            sum += self.weight(index);
            if sum > best_sum && matches!(role, Role::Prose | Role::Item) {
                best_sum = sum;
                best = start..index + 1;
            }
        }
        self.with_last_line(self.end_at_marker(best))
    }

    fn weight(&self, index: usize) -> i64 {
        let block = &self.blocks[index];
        let length = i64::try_from(block.chars).unwrap_or(MOST_PER_BLOCK).min(MOST_PER_BLOCK);
        match self.roles[index] {
            Role::Furniture if self.then(index) == Some(Then::End) => ENDING,
            Role::Furniture => FURNITURE,
            Role::Item => 1,
            Role::Short => self.short_line,
            // Headlines often ask; paragraphs seldom do nothing else.
            Role::Prose if !block.ended || block.text.ends_with('?') => length / 2,
            Role::Prose => length,
        }
    }

    fn then(&self, index: usize) -> Option<Then> {
        self.found.get(index)?.map(|found| found.then)
    }

    /// How many characters of prose stand in a range.
    pub(super) fn prose(&self, range: Range<usize>) -> usize {
        let prose = range.filter(|&index| self.roles[index] == Role::Prose);
        prose.map(|index| self.blocks[index].chars).sum()
    }

    /// True for a paragraph, or an item of a list that belongs to the text.
    pub(super) fn is_text(&self, index: usize) -> bool {
        matches!(self.roles[index], Role::Prose | Role::Item)
    }

    /// Cuts at the first block that ends articles, if enough of the prose stands before it.
    fn end_at_marker(&self, range: Range<usize>) -> Range<usize> {
        let all = self.prose(range.clone());
        let mut before = 0;
        for index in range.clone() {
            if self.then(index) == Some(Then::End) {
                let comments = self.found[index].is_some_and(|it| it.reason == Reason::Comments);
                if before * 2 >= all || comments && before >= COMMENTED {
                    return range.start..self.last_prose(range.start..index);
                }
            }
            before += self.prose(index..index + 1);
        }
        range
    }

    /// The end of a range without the labels and buttons that it ends in.
    fn last_prose(&self, range: Range<usize>) -> usize {
        range.clone().rev().find(|&index| self.is_text(index)).map_or(range.end, |index| index + 1)
    }

    /// The last line of a text may have lost its full stop. It counts when nothing follows it.
    fn with_last_line(&self, range: Range<usize>) -> Range<usize> {
        let last = range.end;
        let lone = !range.is_empty()
            && last + 1 == self.blocks.len()
            && self.roles[last] == Role::Short
            && self.blocks[last].words >= 6
            && self.roles[last - 1] == Role::Prose;
        if lone { range.start..last + 1 } else { range }
    }

    /// Blocks inside the article that are links by their place: teasers, what a "read also" announces, and rows of headlines.
    pub(super) fn links(&self, range: Range<usize>) -> Vec<usize> {
        let is_page = self.short_line == SHORT_LINE;
        let mut links = Vec::new();
        let mut index = range.start;
        while index < range.end {
            let announced = index > 0 && self.then(index - 1) == Some(Then::Links);
            let row = self.roles[index..range.end].iter().take_while(|&&role| role == Role::Short).count();
            if announced {
                links.extend(index..index + row.min(ANNOUNCED));
            } else if is_page && row >= LINK_LIST {
                links.extend(index..index + row);
            }
            if row == 0 && self.roles[index] == Role::Furniture {
                links.push(index);
            }
            index += row.max(1);
        }
        links
    }
}
