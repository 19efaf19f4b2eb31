//! Decides which blocks of a page are the article, between two opinions: the extractor's and the run of prose.
//!
//! The extractor (see `html::opinion`) knows the elements and not the words; `body` knows the words and not the elements.
//! Measured on pages that neither was made for, the extractor is right more often, so it is believed unless it finds next
//! to nothing. What it leaves out in the middle of the article, or between the title and its beginning, comes back when the
//! run of prose has it too: extractors drop paragraphs that are full of links, and leads that stand apart.

use std::collections::HashSet;
use std::ops::Range;

use super::block::Block;
use super::body::Page;

/// With less prose than this, in characters, the extractor has found a teaser and not the article.
const TEASER: usize = 300;

/// A block this long in characters is not on a page twice by chance.
const LONG: usize = 40;

/// How far behind the last long block of the article its short ones still belong to it.
const TAIL: usize = 3;

/// How much an extractor may lose of what it keeps, as a fraction.
const LOST: (usize, usize) = (2, 3);

/// How far above the article its title stands, in blocks.
const LEAD: usize = 12;

/// The article on a page.
pub(super) struct Chosen {
    /// The blocks among which it stands. Empty when there is none.
    pub(super) range: Range<usize>,
    /// For each block of the page whether the extractor takes it; `None` when the run of prose was chosen.
    taken: Option<Vec<bool>>,
}

impl Chosen {
    /// The blocks of a range that are no part of the article though they stand in it.
    pub(super) fn strangers(&self, page: &Page<'_>, range: Range<usize>) -> Vec<usize> {
        match &self.taken {
            Some(taken) => range.filter(|&index| !taken[index]).collect(),
            None => page.links(range),
        }
    }
}

/// Chooses. `heading` is the block that shows the title, where the page names it; `extracted` may be empty.
pub(super) fn article(page: &Page<'_>, extracted: &[Block], heading: Option<usize>) -> Chosen {
    let run = page.body();
    let mut taken = matched(page.blocks, extracted);
    let first = taken.iter().position(|&it| it);
    let last = taken.iter().rposition(|&it| it);
    let own: usize = (0..taken.len()).filter(|&index| taken[index]).map(|index| page.prose(index..index + 1)).sum();
    let (Some(first), Some(last)) = (first, last) else { return Chosen { range: run, taken: None } };
    if own < TEASER && own * 2 < page.prose(run.clone()) {
        return Chosen { range: run, taken: None };
    }
    let top =
        heading.filter(|&heading| heading < first && first - heading <= LEAD).map_or(first, |heading| heading + 1);
    let links: HashSet<usize> = page.links(run.clone()).into_iter().collect();
    let left_out = |index: &usize| !taken[*index] && run.contains(index) && !links.contains(index);
    let lost: Vec<usize> = (top..last + 1).filter(left_out).filter(|&index| page.is_text(index)).collect();
    // A few paragraphs and lists were lost; many are a gallery or another article.
    let prose: usize = lost.iter().map(|&index| page.blocks[index].chars).sum();
    let mut range = first..last + 1;
    if prose * LOST.1 <= own * LOST.0 {
        for index in lost {
            taken[index] = true;
            range.start = range.start.min(index);
        }
    }
    Chosen { range, taken: Some(taken) }
}

/// For each block of the page whether the extractor has it too. Short blocks count between long ones only, because a menu
/// says "Ukraine" as well.
fn matched(blocks: &[Block], extracted: &[Block]) -> Vec<bool> {
    let keys: HashSet<&str> = extracted.iter().map(|block| block.key.as_str()).collect();
    let known: Vec<bool> = blocks.iter().map(|block| keys.contains(block.key.as_str())).collect();
    let long = |index: &usize| known[*index] && blocks[*index].chars >= LONG;
    let first = (0..blocks.len()).find(long);
    let last = (0..blocks.len()).rev().find(long);
    let (Some(first), Some(last)) = (first, last) else { return vec![false; blocks.len()] };
    let around = first..last + TAIL + 1;
    known.iter().enumerate().map(|(index, &known)| known && around.contains(&index)).collect()
}
