//! Finds the title above the article.
//!
//! A title is a short line whose words come back in the text; pages repeat it in the breadcrumb, in the window title or
//! above the picture. Captions also share words with the text, but they stand below the title, so of equals the upper
//! one wins. A title that stands only in metadata cannot be found here.

use crate::language::words;
use std::collections::HashSet;
use std::ops::Range;

use super::block::{Block, key_of};
use super::furniture::Found;

/// How far above the text a title is looked for, in blocks.
const REACH: usize = 25;

/// Letters in which two forms of one word agree: Ukrainian and Russian change the rest.
const STEM: usize = 5;

/// How far above the text a repeat of the title is looked for, in blocks.
const REPEATS: usize = 300;

/// With no more blocks than this above the text, the input is a text and not a page.
const TOP: usize = 4;

/// Words of a line that is a first paragraph rather than a caption.
const LEAD_WORDS: usize = 10;

/// The fewest points of a title that nothing but its place speaks for.
const ENOUGH: f32 = 1.5;

/// The block that holds the title, if one above the text looks like it.
pub(super) fn find(blocks: &[Block], found: &[Option<Found>], text: Range<usize>) -> Option<usize> {
    let first = text.start.saturating_sub(REACH);
    let nearby = text.start.saturating_sub(REPEATS)..(text.start + REACH).min(text.end);
    let likenesses = likenesses(blocks, found, first, &text);
    let mut best: Option<(f32, usize)> = None;
    // Buttons and dates between a title and its text do not put it further away.
    let mut away = found[first..text.start].iter().filter(|found| found.is_none()).count();
    for index in first..text.start {
        let mut points = likenesses[index - first];
        if found[index].is_none() {
            away -= 1;
        }
        if points <= 0.0 {
            continue;
        }
        if repeated(blocks, index, nearby.clone()) {
            points += 4.0;
        }
        points -= 0.2 * away.min(10) as f32;
        // Right below a good candidate stand the deck and the caption.
        if best.is_some_and(|(_, above)| index - above <= 3) {
            points -= 2.0;
        }
        if best.is_none_or(|(most, _)| points > most) {
            best = Some((points, index));
        }
    }
    let top = text.start > 0 && text.start <= TOP && found[0].is_none() && could_be(&blocks[0]);
    match best {
        Some((points, index)) if points >= ENOUGH => Some(index),
        // Where hardly anything stands above the text, the first line is a title whatever its words are.
        _ => top.then_some(0),
    }
}

/// Points of the blocks from `first` up to the text. What stands between a candidate and the text counts as text.
fn likenesses(blocks: &[Block], found: &[Option<Found>], first: usize, text: &Range<usize>) -> Vec<f32> {
    let mut below: HashSet<String> = blocks[text.clone()].iter().take(60).flat_map(|block| stems(&block.key)).collect();
    let mut points = vec![0.0; text.start - first];
    for index in (first..text.start).rev() {
        if found[index].is_some() {
            continue;
        }
        if could_be(&blocks[index]) {
            points[index - first] = likeness(&blocks[index], &below);
        }
        if blocks[index].words >= LEAD_WORDS {
            below.extend(stems(&blocks[index].key));
        }
    }
    points
}

/// Where the text begins when its first paragraphs have no full stop: long lines right above it, below the title.
pub(super) fn with_lead(
    blocks: &[Block],
    found: &[Option<Found>],
    text: &Range<usize>,
    title: Option<usize>,
) -> Range<usize> {
    let Some(title) = title else {
        return text.clone();
    };
    let mut start = text.start;
    for index in (title + 1..text.start).rev().take(3) {
        if found[index].is_some() || blocks[index].words < 6 {
            break;
        }
        if blocks[index].words >= LEAD_WORDS {
            start = index;
        }
    }
    start..text.end
}

fn could_be(block: &Block) -> bool {
    (2..=35).contains(&block.words) && block.chars <= 250 && !block.text.ends_with([',', ';'])
}

/// True for a line that is one question and short enough for a title.
pub(super) fn is_question(block: &Block) -> bool {
    let bare = block.text.trim_end_matches(['"', '”', '»', '’']);
    bare.ends_with('?') && could_be(block) && block.words <= 20 && bare.matches(['.', '!', '?']).count() == 1
}

/// Points for words that the text has too, as a number and as a share.
fn likeness(block: &Block, body: &HashSet<String>) -> f32 {
    let own: HashSet<String> = stems(&block.key).collect();
    let shared = own.iter().filter(|stem| body.contains(*stem)).count();
    if shared == 0 {
        return 0.0;
    }
    let points = (shared as f32).min(6.0) * 0.5 + shared as f32 / own.len() as f32 * 2.0;
    // A sentence is the deck, two or three words are the author or the section.
    let sentence = block.ended && !block.text.ends_with(['?', '!']);
    points - if sentence || block.words <= 3 { 2.0 } else { 0.0 }
}

/// True when another line says the same, or is the same cut short, or has it in a breadcrumb.
fn repeated(blocks: &[Block], index: usize, range: Range<usize>) -> bool {
    let name = letters(&blocks[index].key);
    let head: String = name.chars().take(25).collect();
    head.chars().count() >= 15
        && range.into_iter().any(|at| {
            let other = &blocks[at];
            at != index && other.chars <= 300 && !other.ended && letters(&other.key).contains(&head)
        })
}

/// The block that shows the title which a page's head names. Heads often put the site's name behind it.
pub(super) fn headed(blocks: &[Block], named: &str) -> Option<usize> {
    let named = letters(&key_of(named));
    let fits = |block: &Block| {
        let line = if block.chars <= 300 { letters(&block.key) } else { String::new() };
        let (line, named) = (line.as_str(), named.as_str());
        // A shorter name in the head was cut; a shorter line is the title without the site.
        line.chars().count() >= 8 && named.chars().count() >= 8 && (named.starts_with(line) || line == named)
    };
    let longest = blocks.iter().enumerate().filter(|(_, block)| fits(block)).map(|(at, block)| (block.chars, at));
    longest.max_by_key(|&(chars, at)| (chars, std::cmp::Reverse(at))).map(|(_, at)| at)
}

/// A title that lines are compared with. What of it is compared is made once: a page can have a million lines.
pub(super) struct Title {
    /// Length in characters.
    chars: usize,
    /// It ends as a sentence does, or with a quotation.
    ended: bool,
    letters: String,
    stems: HashSet<String>,
}

impl Title {
    pub(super) fn new(title: &str) -> Self {
        let key = key_of(title);
        Self {
            chars: title.chars().count(),
            ended: title.ends_with(['.', '!', '?', '…', '"', '»', '”']),
            letters: letters(&key),
            stems: stems(&key).collect(),
        }
    }

    /// True when a line is the title once more, perhaps with the name of the site behind it.
    pub(super) fn is_same(&self, block: &Block) -> bool {
        // The first sentence of the text may say what the title says.
        if block.chars > self.chars + 60 || (block.ended && !self.ended) || self.letters.chars().count() < 8 {
            return false;
        }
        let line = letters(&block.key);
        line == self.letters || (line.contains(&self.letters) && !block.ended)
    }

    /// True for the text that stands for a picture: the words of the title in a row, without capitals or stops.
    pub(super) fn is_alternative(&self, block: &Block) -> bool {
        if self.stems.len() < 3 || block.is_item() || block.ended || block.text.contains(char::is_uppercase) {
            return false;
        }
        let own: HashSet<String> = stems(&block.key).collect();
        self.stems.intersection(&own).count() * 5 >= self.stems.len() * 3
    }
}

fn letters(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn stems(key: &str) -> impl Iterator<Item = String> + '_ {
    words(key).filter(|word| word.chars().count() >= 4).map(|word| word.chars().take(STEM).collect())
}
