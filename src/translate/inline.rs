//! Text with marks in it: what documents of every format become before their sentences are translated, and after.
//!
//! A document is parts: raw text that stays, and blocks. A block is plain text; tags stand beside it as marks at byte
//! offsets, and stretches that must stay are fixed, with what is written in their place. Not here: where a mark goes in
//! the translation (`place`).

use std::ops::Range;

use super::job::Rendered;
use super::place;
use super::protect;
use crate::intake::{self, Language};

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Stays as it is.
    Raw(String),
    /// Is translated.
    Block(Block),
}

/// Text that is read in one go: a paragraph, a heading, a cue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) text: String,
    /// In order.
    pub(super) marks: Vec<Mark>,
    /// In order.
    pub(super) fixed: Vec<Fixed>,
    /// Lines that it is set in; 0 leaves that alone.
    pub(super) lines: usize,
}

impl Block {
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// A tag, kept byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) at: usize,
    pub(super) raw: String,
    pub(super) kind: MarkKind,
}

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkKind {
    Open,
    Close,
    /// Stands for itself: an image, a comment.
    Alone,
}

/// A stretch that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fixed {
    pub(super) range: Range<usize>,
    /// What is written for it.
    pub(super) raw: String,
}

/// How plain text is written in the document.
pub(super) type Escape = fn(&str) -> String;

/// A piece of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// What stands between sentences, written as it will be.
    Gap(String),
    /// A sentence; a block without the range of its text.
    Phrase(Block),
}

impl Block {
    /// Its sentences and what is between them.
    pub(super) fn pieces(&self, language: Language, escape: Escape) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let (mut end, mut marks) = (0, &self.marks[..]);
        for range in intake::sentences(&self.text, language) {
            let range = self.around_fixed(range);
            if range.start < end {
                continue;
            }
            let before = marks.partition_point(|mark| mark.at < range.start);
            let opening =
                marks[before..].iter().take_while(|mark| mark.at == range.start && mark.kind == MarkKind::Close);
            let (gap, rest) = marks.split_at(before + opening.count());
            pieces.push(self.gap(end..range.start, gap, escape));
            let within = rest.partition_point(|mark| mark.at < range.end);
            let closing = rest[within..].iter().take_while(|mark| mark.at == range.end && mark.kind == MarkKind::Close);
            let (own, rest) = rest.split_at(within + closing.count());
            pieces.push(Piece::Phrase(self.cut(range.clone(), own)));
            (end, marks) = (range.end, rest);
        }
        pieces.push(self.gap(end..self.text.len(), marks, escape));
        pieces
    }

    /// A sentence that ends inside something fixed goes on to its end.
    fn around_fixed(&self, range: Range<usize>) -> Range<usize> {
        let cut = |at: usize| self.fixed.iter().find(|fixed| fixed.range.start < at && at < fixed.range.end);
        let start = cut(range.start).map_or(range.start, |fixed| fixed.range.start);
        start..cut(range.end).map_or(range.end, |fixed| fixed.range.end)
    }

    fn gap(&self, range: Range<usize>, marks: &[Mark], escape: Escape) -> Piece {
        let block = self.cut(range, marks);
        Piece::Gap(block.write(&Rendered::kept(&block.text), escape))
    }

    fn cut(&self, range: Range<usize>, marks: &[Mark]) -> Self {
        let shift = |mark: &Mark| Mark { at: mark.at - range.start, ..mark.clone() };
        let inside = |fixed: &&Fixed| range.start <= fixed.range.start && fixed.range.end <= range.end;
        let moved = |fixed: &Fixed| Fixed {
            range: fixed.range.start - range.start..fixed.range.end - range.start,
            raw: fixed.raw.clone(),
        };
        Self {
            text: self.text[range.clone()].to_owned(),
            marks: marks.iter().map(shift).collect(),
            fixed: self.fixed.iter().filter(inside).map(moved).collect(),
            lines: 0,
        }
    }

    /// The ranges that stay: its own, and addresses and the like between them.
    pub(super) fn kept(&self) -> Vec<Range<usize>> {
        let mut kept: Vec<Range<usize>> = self.fixed.iter().map(|fixed| fixed.range.clone()).collect();
        let apart = |range: &Range<usize>| kept.iter().all(|own| range.end <= own.start || own.end <= range.start);
        let more: Vec<_> = protect::spans(&self.text).into_iter().filter(apart).collect();
        kept.extend(more);
        kept.sort_by_key(|range| range.start);
        kept
    }

    /// Writes the translation with marks and fixed parts in their places.
    pub(super) fn write(&self, rendered: &Rendered, escape: Escape) -> String {
        let target = &rendered.text;
        let mut cuts: Vec<(Range<usize>, &str)> =
            place::places(self, rendered).into_iter().map(|(at, mark)| (at..at, mark.raw.as_str())).collect();
        let mut taken: Vec<Range<usize>> = Vec::new();
        for fixed in self.fixed.iter().filter(|fixed| !fixed.range.is_empty()) {
            let surface = &self.text[fixed.range.clone()];
            let mut found = target.match_indices(surface).map(|(at, _)| at..at + surface.len());
            let free =
                found.find(|range| taken.iter().all(|other| range.end <= other.start || other.end <= range.start));
            // What was lost is said by a fault; its raw form is not thrown away.
            let range = free.unwrap_or(target.len()..target.len());
            taken.push(range.clone());
            cuts.push((range, fixed.raw.as_str()));
        }
        // Marks of one place keep their order; a mark inside a fixed part goes behind it.
        cuts.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(target.len() + 16 * cuts.len());
        let mut done = 0;
        for (range, raw) in cuts {
            out.push_str(&escape(&target[done..range.start.max(done)]));
            out.push_str(raw);
            done = done.max(range.end);
        }
        out.push_str(&escape(&target[done..]));
        out
    }
}

/// Sets a text in so many lines of about the same length.
pub(super) fn wrap(text: &str, lines: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut left) = (text, lines);
    while left > 1 {
        let wanted = rest.chars().count().div_ceil(left);
        let nearest =
            rest.char_indices().enumerate().filter(|(_, (_, c))| *c == ' ').min_by_key(|(n, _)| n.abs_diff(wanted));
        let Some((_, (at, _))) = nearest else { break };
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        left -= 1;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn a_block_is_its_pieces() {
        let mark = |at, raw: &str, kind| Mark { at, raw: raw.to_owned(), kind };
        let block = Block {
            marks: vec![
                mark(0, "<b>", MarkKind::Open),
                mark(9, "</b>", MarkKind::Close),
                mark(10, "<i>", MarkKind::Open),
                mark(19, "</i>", MarkKind::Close),
            ],
            ..Block::plain("He left.  She stayed. ")
        };
        let text: String = block
            .pieces(Language::En, raw)
            .into_iter()
            .map(|piece| match piece {
                Piece::Gap(gap) => gap,
                Piece::Phrase(phrase) => phrase.write(&Rendered::kept(&phrase.text), raw),
            })
            .collect();
        assert_eq!(text, "<b>He left. </b> <i>She staye</i>d. ");
    }

    #[test]
    fn lines_are_about_as_long() {
        assert_eq!(wrap("один два три чотири", 2), "один два\nтри чотири");
        assert_eq!(wrap("слово", 3), "слово");
    }
}
