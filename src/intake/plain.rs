//! A pasted page becomes a title, the paragraphs of the article, and a list of what was removed and why.
//!
//! This page is the order of the steps: blocks, furniture by words, the run of prose, the title, repeats, link lists.
//! When a text has no prose at all (a list, a poem) only what is surely furniture is taken away, because a summary of
//! an untidy page is better than none.

use std::collections::HashSet;
use std::ops::Range;

use super::block::{self, Block};
use super::furniture::{self, Found};
use super::{Reason, Removed, body, title};

/// What is left of a page.
#[derive(Debug)]
pub(super) struct Cleaned {
    pub(super) title: Option<String>,
    pub(super) paragraphs: Vec<String>,
    pub(super) removed: Vec<Removed>,
}

/// A paragraph this long in characters does not stand in an article twice.
const REPEATABLE: usize = 40;

/// Cleans tidy text (see `decode`). A title that the user gives is kept and only its repeats are removed.
pub(super) fn clean(text: &str, given: Option<String>) -> Cleaned {
    let given = given.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    let given = given.filter(|title| !title.is_empty());
    let blocks = block::split(text);
    let mut found: Vec<Option<Found>> = blocks.iter().map(furniture::find).collect();
    let mut range = body::find(&blocks, &found);
    if range.is_empty() {
        return without_prose(blocks, &found, given);
    }
    let heading = if given.is_none() { title::find(&blocks, &found, range.clone()) } else { None };
    range = title::with_lead(&blocks, &found, &range, heading);
    let title = given.or_else(|| heading.map(|index| blocks[index].text.clone()));
    if let Some(title) = &title {
        range = after_last_title(&blocks, &found, range, title);
    }
    body::mark_links(&blocks, &mut found, range.clone());
    let reasons = reasons(&blocks, &found, &range, title.as_deref());
    sort_out(blocks, &reasons, heading, title)
}

/// Above a repeated title stand decks and captions, which the text says again.
fn after_last_title(
    blocks: &[Block],
    found: &[Option<Found>],
    range: Range<usize>,
    title: &str,
) -> Range<usize> {
    let last = range.clone().rev().find(|&index| title::is_same(title, &blocks[index]));
    let Some(last) = last else { return range };
    let prose = |part: Range<usize>| -> usize {
        part.filter(|&at| found[at].is_none() && blocks[at].is_prose())
            .map(|at| blocks[at].chars)
            .sum()
    };
    if prose(range.start..last) * 3 <= prose(last + 1..range.end) {
        last + 1..range.end
    } else {
        range
    }
}

/// Why each block is no paragraph of the article; `None` for those that are.
fn reasons(
    blocks: &[Block],
    found: &[Option<Found>],
    range: &Range<usize>,
    title: Option<&str>,
) -> Vec<Option<Reason>> {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut reasons = Vec::with_capacity(blocks.len());
    for (index, block) in blocks.iter().enumerate() {
        let by_title = title.and_then(|title| {
            if title::is_same(title, block) {
                Some(Reason::RepeatedTitle)
            } else {
                title::is_alternative(title, block).then_some(Reason::AlternativeText)
            }
        });
        let reason = by_title.or(found[index].map(|found| found.reason)).or_else(|| {
            if !range.contains(&index) {
                Some(Reason::OutsideArticle)
            } else if block.chars >= REPEATABLE && !seen.insert(&block.key) {
                Some(Reason::Repeated)
            } else {
                None
            }
        });
        reasons.push(reason);
    }
    reasons
}

fn sort_out(
    blocks: Vec<Block>,
    reasons: &[Option<Reason>],
    heading: Option<usize>,
    title: Option<String>,
) -> Cleaned {
    let mut cleaned = Cleaned { title, paragraphs: Vec::new(), removed: Vec::new() };
    for (index, block) in blocks.into_iter().enumerate() {
        match reasons[index] {
            _ if heading == Some(index) => {}
            Some(reason) => cleaned.removed.push(Removed { text: block.text, reason }),
            None => cleaned.paragraphs.push(block.text),
        }
    }
    cleaned
}

/// Keeps everything that its words do not give away.
fn without_prose(
    blocks: Vec<Block>,
    found: &[Option<Found>],
    title: Option<String>,
) -> Cleaned {
    let reasons: Vec<Option<Reason>> = found.iter().map(|found| found.map(|it| it.reason)).collect();
    sort_out(blocks, &reasons, None, title)
}
