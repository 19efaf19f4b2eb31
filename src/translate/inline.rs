//! Text with marks in it: what documents of every format become before their sentences are translated, and after.
//!
//! A document is parts: raw text that stays, and blocks. A block is plain text; tags stand beside it as marks at byte
//! offsets, and stretches that must stay are fixed, with what is written in their place. Not here: where a mark goes in
//! the translation (`place`).

use std::ops::Range;

use super::job::Rendered;
use super::kept::Kept;
use super::place;
use super::protect;
use super::replace::rewritten;

use crate::language::{self, Language};

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

    /// Adds a tag.
    pub(super) fn mark(&mut self, raw: String, kind: MarkKind) {
        self.marks.push(Mark { at: self.text.len(), raw, kind });
    }

    /// Adds text that stays, and what is written for it.
    pub(super) fn fix(&mut self, surface: &str, raw: &str) {
        let start = self.text.len();
        self.text.push_str(surface);
        self.fixed.push(Fixed::plain(start..self.text.len(), raw));
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum MarkKind {
    Open,
    Close,
    /// Stands for itself: an image, a comment.
    Alone,
    /// Stands for itself behind the word before it: the mark of a footnote.
    Behind,
}

/// A stretch that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fixed {
    pub(super) range: Range<usize>,
    /// What is written for it.
    pub(super) raw: String,
    /// The number of the message that is written for it instead.
    pub(super) message: Option<usize>,
}

impl Fixed {
    pub(super) fn plain(range: Range<usize>, raw: &str) -> Self {
        Self { range, raw: raw.to_owned(), message: None }
    }
}

/// Most tags and fixed parts of one phrase. A sentence with more is no prose: it is cut where they stand.
pub(super) const MOST_PARTS: usize = 200;

/// How plain text is written in the document.
pub(super) type Escape = fn(&str) -> String;

/// What is written for the message with this number; `None` leaves it as it was.
pub(super) type Messages<'a> = &'a dyn Fn(usize) -> Option<String>;

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
        let mut cutter = Cutter { block: self, escape, done: 0, marks: 0, fixed: 0, pieces: Vec::new() };
        for range in language::sentences(&self.text, language).iter().map(language::Sentence::range) {
            for range in self.divided(self.around_fixed(range)) {
                cutter.phrase(range);
            }
        }
        cutter.finish()
    }

    /// The fixed part that a byte is inside of.
    fn fixed_at(&self, at: usize) -> Option<&Fixed> {
        let next = self.fixed.partition_point(|fixed| fixed.range.end <= at);
        self.fixed.get(next).filter(|fixed| fixed.range.start < at)
    }

    /// A sentence that ends inside something fixed goes on to its end.
    fn around_fixed(&self, range: Range<usize>) -> Range<usize> {
        let start = self.fixed_at(range.start).map_or(range.start, |fixed| fixed.range.start);
        start..self.fixed_at(range.end).map_or(range.end, |fixed| fixed.range.end)
    }

    /// A range in pieces of at most [`MOST_PARTS`] tags and fixed parts, as far as they do not stand in one place.
    fn divided(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let marks = self.marks.partition_point(|mark| mark.at < range.start);
        let marks = self.marks[marks..].iter().map(|mark| mark.at).take_while(|&at| at < range.end);
        let fixed = self.fixed.partition_point(|fixed| fixed.range.start < range.start);
        let fixed = self.fixed[fixed..].iter().map(|fixed| fixed.range.start).take_while(|&at| at < range.end);
        let mut places: Vec<usize> = marks.chain(fixed).collect();
        places.sort_unstable();
        let (mut start, mut count, mut pieces) = (range.start, 0, Vec::new());
        for at in places {
            count += 1;
            let cut = self.fixed_at(at).map_or(at, |fixed| fixed.range.start);
            if count > MOST_PARTS && cut > start {
                pieces.push(start..cut);
                (start, count) = (cut, 1);
            }
        }
        pieces.push(start..range.end);
        pieces
    }

    /// The ranges that stay: its own, and addresses and the like beside them.
    pub(super) fn kept(&self) -> Vec<Range<usize>> {
        let own = self.fixed.iter().map(|fixed| fixed.range.clone()).filter(|range| !range.is_empty());
        let mut kept: Vec<Range<usize>> = own.collect();
        let mut next = 0;
        let more = protect::spans(&self.text).into_iter().filter(|span| {
            while self.fixed.get(next).is_some_and(|fixed| fixed.range.end <= span.start) {
                next += 1;
            }
            self.fixed.get(next).is_none_or(|fixed| span.end <= fixed.range.start)
        });
        kept.extend(more);
        kept.sort_by_key(|range| range.start);
        kept
    }

    /// Writes the translation with marks and fixed parts in their places; `message` gives what is written for a message.
    pub(super) fn write(&self, rendered: &Rendered, escape: Escape, message: Messages<'_>) -> String {
        let target = &rendered.text;
        let marks = place::places(self, rendered);
        let mut cuts: Vec<(Range<usize>, String)> =
            marks.into_iter().map(|(at, mark)| (at..at, mark.raw.clone())).collect();
        let ranges: Vec<Range<usize>> = self.fixed.iter().map(|fixed| fixed.range.clone()).collect();
        let assigned = match self.text == *target {
            true => ranges.iter().cloned().map(Some).collect(),
            false => Kept::new(&self.text, &ranges).assigned(target),
        };
        for (fixed, range) in self.fixed.iter().zip(assigned) {
            // What was lost is said by a fault; its raw form is not thrown away.
            let range = range.unwrap_or(target.len()..target.len());
            let written = fixed.message.and_then(message);
            cuts.push((range, written.unwrap_or_else(|| fixed.raw.clone())));
        }
        // Marks of one place keep their order; a mark inside a fixed part goes behind it.
        cuts.sort_by_key(|(range, _)| range.start);
        rewritten(target, cuts, escape)
    }
}

/// Cuts a block into its pieces in order; what has been cut off is not looked at again.
struct Cutter<'b> {
    block: &'b Block,
    escape: Escape,
    /// Bytes, marks and fixed parts that are in a piece.
    done: usize,
    marks: usize,
    fixed: usize,
    pieces: Vec<Piece>,
}

impl Cutter<'_> {
    fn phrase(&mut self, range: Range<usize>) {
        // The sentence before may have gone on to the end of something fixed.
        let first = range.start.max(self.done).min(range.end);
        let text = &self.block.text[first..range.end];
        let start = first + (text.len() - text.trim_start().len());
        let range = start..start + text.trim().len();
        if range.is_empty() {
            return;
        }
        let marks = &self.block.marks;
        let opens = |mark: &Mark| mark.at < range.start || (mark.at == range.start && mark.kind == MarkKind::Close);
        let gap = self.marks + marks[self.marks..].iter().take_while(|mark| opens(mark)).count();
        self.gap(range.start, gap);
        // What stands right behind a word goes with it.
        let behind = |mark: &Mark| matches!(mark.kind, MarkKind::Close | MarkKind::Behind);
        let closes = |mark: &Mark| mark.at < range.end || (mark.at == range.end && behind(mark));
        let own = self.marks + marks[self.marks..].iter().take_while(|mark| closes(mark)).count();
        let phrase = self.cut(range.end, own);
        self.pieces.push(Piece::Phrase(phrase));
    }

    fn gap(&mut self, end: usize, marks: usize) {
        let block = self.cut(end, marks);
        let text = block.write(&Rendered::kept(&block.text), self.escape, &|_| None);
        self.pieces.push(Piece::Gap(text));
    }

    /// What is left up to a byte and a mark.
    fn cut(&mut self, end: usize, marks: usize) -> Block {
        let start = self.done;
        let shifted = |mark: &Mark| Mark { at: mark.at - start, ..mark.clone() };
        let left = &self.block.fixed[self.fixed..];
        let within = &left[..left.iter().take_while(|fixed| fixed.range.start < end).count()];
        let whole = within.iter().filter(|fixed| start <= fixed.range.start && fixed.range.end <= end);
        let moved =
            |fixed: &Fixed| Fixed { range: fixed.range.start - start..fixed.range.end - start, ..fixed.clone() };
        let block = Block {
            text: self.block.text[start..end].to_owned(),
            marks: self.block.marks[self.marks..marks].iter().map(shifted).collect(),
            fixed: whole.map(moved).collect(),
            lines: 0,
        };
        self.fixed += within.len();
        (self.done, self.marks) = (end, marks);
        block
    }

    fn finish(mut self) -> Vec<Piece> {
        self.gap(self.block.text.len(), self.block.marks.len());
        self.pieces
    }
}

/// Sets a text in so many lines of about the same length. A blank inside a tag is no place for a break.
pub(super) fn wrap(text: &str, lines: usize) -> String {
    let mut blanks = Vec::new();
    let mut inside = false;
    for (n, (at, c)) in text.char_indices().enumerate() {
        match c {
            '<' if text[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || next == '/') => inside = true,
            '>' => inside = false,
            ' ' if !inside => blanks.push((n, at)),
            _ => {}
        }
    }
    let count = text.chars().count();
    let mut out = text.as_bytes().to_vec();
    // Of characters: where the line begins.
    let (mut start, mut next) = (0, 0);
    for left in (2..=lines).rev() {
        let wanted = start + (count - start).div_ceil(left);
        while blanks.get(next + 1).is_some_and(|&(n, _)| n.abs_diff(wanted) < blanks[next].0.abs_diff(wanted)) {
            next += 1;
        }
        let Some(&(n, at)) = blanks.get(next) else { break };
        out[at] = b'\n';
        (start, next) = (n + 1, next + 1);
    }
    // A blank was one byte and so is a line break.
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
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
                Piece::Phrase(phrase) => phrase.write(&Rendered::kept(&phrase.text), raw, &|_| None),
            })
            .collect();
        assert_eq!(text, "<b>He left. </b> <i>She staye</i>d. ");
    }

    #[test]
    fn a_sentence_that_begins_inside_something_fixed_goes_on_behind_it() {
        let text = "Type end. Go here. Then stop.";
        let block = Block { fixed: vec![Fixed::plain(5..12, "<code>end. Go</code>")], ..Block::plain(text) };
        let phrases = block.pieces(Language::En, raw).into_iter().filter_map(|piece| match piece {
            Piece::Phrase(phrase) => Some(phrase.text),
            Piece::Gap(_) => None,
        });
        assert_eq!(phrases.collect::<Vec<_>>(), ["Type end. Go", "here.", "Then stop."]);
    }

    #[test]
    fn a_phrase_has_a_bounded_number_of_parts() {
        let parts: Vec<Fixed> = (0..1000).map(|at| Fixed::plain(2 * at..2 * at + 1, "<code>x</code>")).collect();
        let block = Block { fixed: parts, ..Block::plain(&"x ".repeat(1000)) };
        let pieces = block.pieces(Language::En, raw);
        let counts = pieces.iter().filter_map(|piece| match piece {
            Piece::Phrase(phrase) => Some(phrase.fixed.len()),
            Piece::Gap(_) => None,
        });
        let counts: Vec<usize> = counts.collect();
        assert!(counts.iter().sum::<usize>() == 1000 && counts.iter().all(|&count| count <= MOST_PARTS), "{counts:?}");
    }

    #[test]
    fn lines_are_about_as_long() {
        assert_eq!(wrap("один два три чотири", 2), "один два\nтри чотири");
        assert_eq!(wrap("слово", 3), "слово");
        assert_eq!(
            wrap("<font color=\"a\">one</font> two", 2),
            "<font color=\"a\">one</font>\ntwo",
            "not inside a tag"
        );
    }
}
