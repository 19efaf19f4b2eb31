//! Finds where the article stands on the page: the run of blocks with the most prose in it.
//!
//! Every block has a weight: prose counts by its length, labels and headlines count against. The best run is the one
//! with the largest sum, found in one pass. Inside it single subheadings survive, while menus before and link lists
//! after pull the sum down and stay outside. Words of a block are judged in `furniture`.

use std::ops::Range;

use super::Reason;
use super::block::Block;
use super::furniture::Found;

/// More prose than this in one block says nothing new, in characters.
const MOST_PER_BLOCK: i64 = 300;

/// What a headline, a label or other short line costs.
const SHORT_LINE: i64 = -35;

/// What furniture costs, and furniture that ends articles.
const FURNITURE: i64 = -50;
const ENDING: i64 = -100;

/// The fewest blocks in a row that make a list of links, and the most that a "read also" announces.
const LINK_LIST: usize = 3;
const ANNOUNCED: usize = 8;

/// The blocks in which the article stands. Empty when the page has no prose.
pub(super) fn find(blocks: &[Block], found: &[Option<Found>]) -> Range<usize> {
    let mut best = 0..0;
    let mut best_sum = 0;
    let (mut start, mut sum) = (0, 0);
    for (index, block) in blocks.iter().enumerate() {
        if sum <= 0 {
            (start, sum) = (index, 0);
        }
        sum += weight(blocks, found, index);
        if sum > best_sum && block.is_prose() {
            best_sum = sum;
            best = start..index + 1;
        }
    }
    let ended = end_at_marker(blocks, found, best);
    with_last_line(blocks, found, ended)
}

fn weight(blocks: &[Block], found: &[Option<Found>], index: usize) -> i64 {
    let block = &blocks[index];
    if let Some(found) = found[index] {
        return if found.ends { ENDING } else { FURNITURE };
    }
    let length = i64::try_from(block.chars).unwrap_or(MOST_PER_BLOCK).min(MOST_PER_BLOCK);
    if block.ended {
        // Headlines often ask; paragraphs seldom do nothing else.
        return if block.text.ends_with('?') { length / 2 } else { length };
    }
    if block.is_long() { length / 2 } else { SHORT_LINE }
}

fn prose(blocks: &[Block], found: &[Option<Found>], range: Range<usize>) -> usize {
    range
        .filter(|&index| found[index].is_none() && blocks[index].is_prose())
        .map(|index| blocks[index].chars)
        .sum()
}

/// Cuts at the first block that ends articles, if most of the prose stands before it.
fn end_at_marker(blocks: &[Block], found: &[Option<Found>], range: Range<usize>) -> Range<usize> {
    let all = prose(blocks, found, range.clone());
    let mut before = 0;
    for index in range.clone() {
        match found[index] {
            Some(Found { ends: true, .. }) if before * 2 >= all => return range.start..index,
            None if blocks[index].is_prose() => before += blocks[index].chars,
            _ => {}
        }
    }
    range
}

/// The last line of a text may have lost its full stop. It counts when nothing follows it.
fn with_last_line(blocks: &[Block], found: &[Option<Found>], range: Range<usize>) -> Range<usize> {
    let last = range.end;
    let lone = !range.is_empty()
        && last + 1 == blocks.len()
        && found[last].is_none()
        && blocks[last].words >= 6
        && blocks[last - 1].is_prose();
    if lone { range.start..last + 1 } else { range }
}

/// Marks lists of links inside the article: what a "read also" announces, and rows of headlines.
pub(super) fn mark_links(blocks: &[Block], found: &mut [Option<Found>], range: Range<usize>) {
    let related = Found { reason: Reason::Related, ends: false, announces: false };
    let mut index = range.start;
    while index < range.end {
        let announced = index > 0 && found[index - 1].is_some_and(|before| before.announces);
        let row = (index..range.end)
            .take_while(|&at| found[at].is_none() && is_headline(&blocks[at]))
            .count();
        let dropped = if announced {
            row.min(ANNOUNCED)
        } else if row >= LINK_LIST && !introduced(blocks, index) {
            row
        } else {
            0
        };
        found[index..index + dropped].fill(Some(related));
        index += row.max(1);
    }
}

fn is_headline(block: &Block) -> bool {
    !block.is_prose() && !block.is_item()
}

/// A line with a colon before a row of short lines makes it a list of the article.
fn introduced(blocks: &[Block], index: usize) -> bool {
    index > 0 && blocks[index - 1].text.ends_with(':')
}
