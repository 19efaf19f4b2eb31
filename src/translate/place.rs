//! Where the tags of a sentence go in its translation.
//!
//! An element goes around the words that its own words became. Which those are the translator's links say; without
//! links, words that are the same on both sides (names, numbers), and else the place in the sentence. Elements never
//! cross: each is set inside its parent and behind the one before it, so what was well formed stays so.

use std::collections::HashMap;
use std::ops::Range;

use super::check;
use super::inline::{Block, Mark, MarkKind};
use super::job::Rendered;

/// Marks of one sentence that are placed by words. A sentence with more is no prose; its tags go to its ends.
const MOST_MARKS: usize = 200;

/// The byte of the translation at which each mark is written, in the order of writing.
pub(super) fn places<'m>(source: &'m Block, rendered: &Rendered) -> Vec<(usize, &'m Mark)> {
    let marks = &source.marks[..];
    if marks.is_empty() || source.text == rendered.text {
        return marks.iter().map(|mark| (mark.at, mark)).collect();
    }
    let end = rendered.text.len();
    if marks.len() > MOST_MARKS {
        let closing = marks.iter().rev().take_while(|mark| mark.kind == MarkKind::Close).count();
        let last = marks.len() - closing;
        return marks.iter().enumerate().map(|(index, mark)| (if index < last { 0 } else { end }, mark)).collect();
    }
    let words = Words::new(source, rendered);
    let mut roots = tree(marks, &|mark: &Mark, close: Option<&Mark>| match close {
        Some(close) => words.span(mark.at..close.at),
        None if mark.at >= source.text.trim_end().len() => end..end,
        None => words.point(mark.at)..words.point(mark.at),
    });
    let mut placed = Vec::with_capacity(marks.len());
    set(&mut roots, 0..end, &mut placed);
    placed.into_iter().map(|(at, index)| (at, &marks[index])).collect()
}

/// An element, or a mark without a partner.
struct Node {
    open: usize,
    close: Option<usize>,
    /// Bytes of the translation that it wants to be around.
    span: Range<usize>,
    children: Vec<Node>,
}

/// The elements of a sentence, each in its parent.
fn tree(marks: &[Mark], span: &dyn Fn(&Mark, Option<&Mark>) -> Range<usize>) -> Vec<Node> {
    let partners = partners(marks);
    let mut open: Vec<Node> = Vec::new();
    let mut roots = Vec::new();
    for (index, mark) in marks.iter().enumerate() {
        let node = match (mark.kind, partners[index]) {
            (MarkKind::Open, Some(partner)) => {
                let span = span(mark, Some(&marks[partner]));
                open.push(Node { open: index, close: Some(partner), span, children: Vec::new() });
                continue;
            }
            (MarkKind::Close, Some(_)) => open.pop(),
            _ => Some(Node { open: index, close: None, span: span(mark, None), children: Vec::new() }),
        };
        open.last_mut().map_or(&mut roots, |parent| &mut parent.children).extend(node);
    }
    roots
}

/// Sets elements in `room` in the order of their words. No deeper than there are marks, which is bounded.
fn set(nodes: &mut [Node], room: Range<usize>, placed: &mut Vec<(usize, usize)>) {
    nodes.sort_by_key(|node| node.span.start);
    let mut cursor = room.start;
    for node in nodes {
        let start = node.span.start.clamp(cursor, room.end);
        let end = node.span.end.clamp(start, room.end);
        placed.push((start, node.open));
        set(&mut node.children, start..end, placed);
        placed.extend(node.close.map(|close| (end, close)));
        cursor = end;
    }
}

/// The index of the mark that closes or opens each mark, where both are in the sentence and properly nested.
fn partners(marks: &[Mark]) -> Vec<Option<usize>> {
    let mut partners = vec![None; marks.len()];
    let mut open = Vec::new();
    for (index, mark) in marks.iter().enumerate() {
        match mark.kind {
            MarkKind::Open => open.push(index),
            MarkKind::Close => {
                // The parser gives nested marks; a tag that closes another element ends the nesting.
                if let Some(opened) = open.pop().filter(|&opened| name(&marks[opened].raw) == name(&mark.raw)) {
                    partners[opened] = Some(index);
                    partners[index] = Some(opened);
                }
            }
            MarkKind::Alone => {}
        }
    }
    partners
}

fn name(tag: &str) -> String {
    tag.trim_start_matches(['<', '/']).chars().take_while(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// The words of both sides, and which word of the source each word of the target is.
struct Words {
    source: Vec<Range<usize>>,
    target: Vec<Range<usize>>,
    from: Vec<usize>,
    length: usize,
}

impl Words {
    fn new(block: &Block, rendered: &Rendered) -> Self {
        let ranges = |text: &str| -> Vec<Range<usize>> {
            let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
            check::words(text).map(|word| start(word)..start(word) + word.len()).collect()
        };
        let (source, target) = (ranges(&block.text), ranges(&rendered.text));
        let from = match rendered.links.is_empty() {
            true => guessed(&words_of(&block.text, &source), &words_of(&rendered.text, &target)),
            false => linked(rendered, &source, &target),
        };
        Self { from, source, target, length: rendered.text.len() }
    }

    /// The bytes of the target that the words in these bytes of the source became.
    fn span(&self, source: Range<usize>) -> Range<usize> {
        let first = self.source.partition_point(|word| word.start < source.start);
        let last = self.source.partition_point(|word| word.start < source.end);
        let mut best = 0..0;
        let mut run = 0..0;
        let within = |at: &usize| (first..last).contains(&self.from[*at]);
        for at in (0..self.from.len()).filter(within) {
            // A word in between, such as an article, does not break a run.
            run = if run.is_empty() || at > run.end + 1 { at..at + 1 } else { run.start..at + 1 };
            if run.len() > best.len() {
                best = run.clone();
            }
        }
        match best.is_empty() {
            // None of its words is known again: about the same place, and something to be around.
            true if first < last && !self.target.is_empty() => {
                self.target[(first * self.target.len() / self.source.len()).min(self.target.len() - 1)].clone()
            }
            true => {
                let point = self.point(source.start);
                point..point
            }
            false => self.target[best.start].start..self.target[best.end - 1].end,
        }
    }

    /// The byte of the target in front of the word that stands at this byte of the source.
    fn point(&self, source: usize) -> usize {
        let word = self.source.partition_point(|word| word.end <= source);
        let same = self.from.iter().position(|&from| from == word);
        let near = || word * self.target.len() / self.source.len().max(1);
        let at = same.unwrap_or_else(near);
        self.target.get(at).map_or(self.length, |word| word.start)
    }
}

fn words_of<'a>(text: &'a str, ranges: &[Range<usize>]) -> Vec<&'a str> {
    ranges.iter().map(|range| &text[range.clone()]).collect()
}

/// The word of the source for each word of the target, as the translator says.
fn linked(rendered: &Rendered, source: &[Range<usize>], target: &[Range<usize>]) -> Vec<usize> {
    let mut links = rendered.links.iter().peekable();
    let mut last = 0;
    let found = target.iter().map(|word| {
        while links.next_if(|link| link.target.end <= word.start).is_some() {}
        let link = links.peek().filter(|link| link.target.start < word.end);
        last = link.map_or(last, |link| source.partition_point(|word| word.end <= link.source));
        last
    });
    found.collect()
}

/// The word of the source for each word of the target, by words that are the same in both, evenly between them.
fn guessed(source: &[&str], target: &[&str]) -> Vec<usize> {
    let places: HashMap<&str, usize> = source.iter().enumerate().map(|(at, word)| (*word, at)).collect();
    let mut from = Vec::with_capacity(target.len());
    let mut fill = |upto: usize, source_start: usize, source_end: usize| {
        let (start, words) = (from.len(), upto - from.len());
        from.extend((start..upto).map(|at| source_start + (at - start) * (source_end - source_start) / words));
    };
    let mut next = 0;
    for (at, word) in target.iter().enumerate() {
        if let Some(&anchor) = places.get(word).filter(|&&anchor| anchor >= next) {
            fill(at, next, anchor);
            fill(at + 1, anchor, anchor + 1);
            next = anchor + 1;
        }
    }
    fill(target.len(), next, source.len());
    from
}

#[cfg(test)]
mod tests {
    use super::super::Link;
    use super::*;

    fn mark(at: usize, raw: &str) -> Mark {
        let kind = if raw.starts_with("</") { MarkKind::Close } else { MarkKind::Open };
        Mark { at, raw: raw.to_owned(), kind }
    }

    fn written(source: &str, marks: Vec<Mark>, target: &str, links: Vec<Link>) -> String {
        let block = Block { marks, ..Block::plain(source) };
        block.write(&Rendered { links, ..Rendered::kept(target) }, str::to_owned)
    }

    #[test]
    fn tags_follow_their_words() {
        let marks = vec![mark(4, "<b>"), mark(7, "</b>"), mark(8, "<i>"), mark(13, "</i>")];
        let link = |source, target: Range<usize>| Link { source, target };
        // "The red house" -> "maison rouge": the order turns.
        let links = vec![link(8, 0..6), link(4, 7..12)];
        let turned = written("The red house", marks.clone(), "maison rouge", links);
        assert_eq!(turned, "<i>maison</i> <b>rouge</b>");
        assert_eq!(written("The red house", marks, "La rouge maison", vec![]), "La <b>rouge</b> <i>maison</i>");
    }

    #[test]
    fn an_element_around_everything_stays_around_everything() {
        let marks = vec![mark(0, "<p>"), mark(0, "<b>"), mark(3, "</b>"), mark(12, "</p>")];
        assert_eq!(written("One two tree", marks, "Раз два три", vec![]), "<p><b>Раз</b> два три</p>");
    }

    #[test]
    fn hostile_marks_are_all_written_once() {
        let marks: Vec<Mark> = (0..4000).map(|n| mark(n % 3, ["<b>", "<i>", "</b>", "</u>"][n % 4])).collect();
        let mut sorted = marks.clone();
        sorted.sort_by_key(|mark| mark.at);
        let out = written("a b c", sorted, "а б в г", vec![]);
        assert_eq!(out.matches('<').count(), 4000);
    }
}
