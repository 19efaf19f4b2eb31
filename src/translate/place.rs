//! Where the tags of a sentence go in its translation.
//!
//! An element goes around the words that its own words became. Which those are the translator's links say; without
//! links, words that are the same on both sides (names, numbers), and else the place in the sentence. Elements never
//! cross: each is set inside its parent and behind the one before it, so what was well formed stays so. One that had words
//! gets words, as long as there are enough; one that comes out empty is named.

use crate::language::placed_words;
use std::collections::HashMap;
use std::ops::Range;

use super::inline::{Block, MOST_PARTS, Mark, MarkKind};
use super::job::Rendered;

/// The byte of the translation at which each mark is written, in the order of writing.
pub(super) fn places<'m>(source: &'m Block, rendered: &Rendered) -> Vec<(usize, &'m Mark)> {
    placed(source, rendered).0
}

/// The tags of elements that had words and have none in the translation.
pub(super) fn emptied(source: &Block, rendered: &Rendered) -> Vec<String> {
    placed(source, rendered).1.into_iter().map(|mark| mark.raw.clone()).collect()
}

fn placed<'m>(source: &'m Block, rendered: &Rendered) -> (Vec<(usize, &'m Mark)>, Vec<&'m Mark>) {
    let marks = &source.marks[..];
    if marks.is_empty() || source.text == rendered.text {
        return (marks.iter().map(|mark| (mark.at, mark)).collect(), Vec::new());
    }
    let end = rendered.text.len();
    if marks.len() > 2 * MOST_PARTS {
        // So many in one place are no prose; they go to the ends.
        let closing = marks.iter().rev().take_while(|mark| mark.kind == MarkKind::Close).count();
        let last = marks.len() - closing;
        let at = |index: usize| if index < last { 0 } else { end };
        return (marks.iter().enumerate().map(|(index, mark)| (at(index), mark)).collect(), Vec::new());
    }
    let words = Words::new(source, rendered);
    let mut roots = tree(marks, &words);
    let mut setting = Setting { words: &words, placed: Vec::with_capacity(marks.len()), emptied: Vec::new() };
    setting.set(&mut roots, 0..end);
    let places = setting.placed.into_iter().map(|(at, index)| (at, &marks[index])).collect();
    (places, setting.emptied.into_iter().map(|index| &marks[index]).collect())
}

/// An element, or a mark without a partner.
struct Node {
    open: usize,
    close: Option<usize>,
    /// Bytes of the translation that it wants to be around.
    span: Range<usize>,
    /// Words that it and its children have to be around.
    need: usize,
    children: Vec<Node>,
}

/// The elements of a sentence, each in its parent.
fn tree(marks: &[Mark], words: &Words<'_>) -> Vec<Node> {
    let partners = partners(marks);
    let mut open: Vec<Node> = Vec::new();
    let mut roots = Vec::new();
    for (index, mark) in marks.iter().enumerate() {
        let node = match (mark.kind, partners[index]) {
            (MarkKind::Open, Some(partner)) => {
                let within = mark.at..marks[partner].at;
                let need = usize::from(!words.within(&within).is_empty());
                open.push(Node {
                    open: index,
                    close: Some(partner),
                    span: words.span(within),
                    need,
                    children: Vec::new(),
                });
                continue;
            }
            (MarkKind::Close, Some(_)) => open.pop(),
            _ => {
                let at = words.alone(mark);
                Some(Node { open: index, close: None, span: at..at, need: 0, children: Vec::new() })
            }
        };
        let Some(node) = node else { continue };
        match open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => roots.push(node),
        }
    }
    roots.iter_mut().for_each(Node::count);
    roots
}

impl Node {
    /// Sums up what the children need. No deeper than there are marks, which is bounded.
    fn count(&mut self) {
        self.children.iter_mut().for_each(Self::count);
        self.need = self.need.max(self.children.iter().map(|child| child.need).sum());
    }
}

/// Elements on their way into the translation.
struct Setting<'w, 's> {
    words: &'w Words<'s>,
    /// Bytes and numbers of marks, in the order of writing.
    placed: Vec<(usize, usize)>,
    emptied: Vec<usize>,
}

impl Setting<'_, '_> {
    /// Sets elements in `room` in the order of their words.
    fn set(&mut self, nodes: &mut [Node], room: Range<usize>) {
        nodes.sort_by_key(|node| node.span.start);
        let mut cursor = room.start;
        let mut later: usize = nodes.iter().map(|node| node.need).sum();
        for node in nodes {
            later -= node.need;
            let free = cursor..room.end;
            let around = self.around(node, &free, later).unwrap_or_else(|| {
                let start = node.span.start.clamp(free.start, free.end);
                start..node.span.end.clamp(start, free.end)
            });
            if node.need > 0 && !self.words.rendered[around.clone()].contains(char::is_alphanumeric) {
                self.emptied.push(node.open);
            }
            self.placed.push((around.start, node.open));
            self.set(&mut node.children, around.clone());
            self.placed.extend(node.close.map(|close| (around.end, close)));
            cursor = around.end;
        }
    }

    /// The bytes around as many words as an element needs, near those that it wants, with `later` words left behind it;
    /// `None` when it needs none, or there are not enough.
    fn around(&self, node: &Node, free: &Range<usize>, later: usize) -> Option<Range<usize>> {
        let target = &self.words.target;
        let first = target.partition_point(|word| word.start < free.start);
        let last = target.partition_point(|word| word.end <= free.end).saturating_sub(later);
        if node.need == 0 || last < first + node.need {
            return None;
        }
        let start = target.partition_point(|word| word.start < node.span.start).clamp(first, last - node.need);
        let end = target.partition_point(|word| word.end <= node.span.end).clamp(start + node.need, last);
        // What is around the whole sentence is around its marks, too.
        let whole = node.span == (0..self.words.rendered.len());
        let from = if whole && start == first { free.start } else { target[start].start };
        let to = if whole && later == 0 && end == last { free.end } else { target[end - 1].end };
        Some(from..to)
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
            MarkKind::Alone | MarkKind::Behind => {}
        }
    }
    partners
}

fn name(tag: &str) -> String {
    tag.trim_start_matches(['<', '/']).chars().take_while(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// The words of both sides, and which word of the source each word of the target is.
struct Words<'s> {
    block: &'s Block,
    rendered: &'s str,
    source: Vec<Range<usize>>,
    target: Vec<Range<usize>>,
    from: Vec<usize>,
}

impl<'s> Words<'s> {
    fn new(block: &'s Block, rendered: &'s Rendered) -> Self {
        let (source, own): (Vec<_>, Vec<_>) = placed_words(&block.text).unzip();
        let (target, theirs): (Vec<_>, Vec<_>) = placed_words(&rendered.text).unzip();
        let from = match rendered.links.is_empty() {
            true => guessed(&own, &theirs),
            false => linked(rendered, &source, &target),
        };
        Self { block, rendered: &rendered.text, source, target, from }
    }

    /// The numbers of the words that begin in these bytes of the source.
    fn within(&self, source: &Range<usize>) -> Range<usize> {
        let first = self.source.partition_point(|word| word.start < source.start);
        first..self.source.partition_point(|word| word.start < source.end).max(first)
    }

    /// The bytes of the target that the words in these bytes of the source became.
    fn span(&self, source: Range<usize>) -> Range<usize> {
        let text = &self.block.text;
        if text[..source.start].trim().is_empty() && text[source.end..].trim().is_empty() {
            return 0..self.rendered.len();
        }
        let own = self.within(&source);
        if own.is_empty() {
            // Marks alone: the same marks, where the other side has them.
            let surface = text[source.clone()].trim();
            let found =
                Some(surface).filter(|surface| !surface.is_empty()).and_then(|surface| self.rendered.find(surface));
            let start = found.unwrap_or_else(|| self.point(source.start));
            return start..start + found.map_or(0, |_| surface.len());
        }
        let (mut best, mut run) = (0..0, 0..0);
        for at in (0..self.from.len()).filter(|at| own.contains(&self.from[*at])) {
            // A word in between, such as an article, does not break a run.
            run = if run.is_empty() || at > run.end + 1 { at..at + 1 } else { run.start..at + 1 };
            if run.len() > best.len() {
                best = run.clone();
            }
        }
        match best.is_empty() {
            // None of its words is known again: about the same place.
            true if self.target.is_empty() => self.rendered.len()..self.rendered.len(),
            true => self.target[self.near(own.start)].clone(),
            false => self.target[best.start].start..self.target[best.end - 1].end,
        }
    }

    /// The word of the target at about the same place as this one of the source.
    fn near(&self, word: usize) -> usize {
        (word * self.target.len() / self.source.len().max(1)).min(self.target.len().saturating_sub(1))
    }

    /// The byte of the target in front of the word that stands at this byte of the source.
    fn point(&self, source: usize) -> usize {
        let word = self.source.partition_point(|word| word.end <= source);
        let same = self.from.iter().position(|&from| from == word);
        let near = || word * self.target.len() / self.source.len().max(1);
        self.target.get(same.unwrap_or_else(near)).map_or(self.rendered.len(), |word| word.start)
    }

    /// The byte of the target for a mark that encloses nothing.
    fn alone(&self, mark: &Mark) -> usize {
        let before = self.block.text[..mark.at].trim_end();
        if mark.at >= self.block.text.trim_end().len() {
            return self.rendered.len();
        }
        let words = self.source.partition_point(|word| word.end <= mark.at);
        if words == self.source.len() && mark.kind != MarkKind::Behind {
            // Nothing but the marks that end the sentence is behind it.
            return self
                .rendered
                .trim_end()
                .trim_end_matches(|c: char| !c.is_alphanumeric() && !c.is_whitespace())
                .len();
        }
        let Some(word) = words.checked_sub(1).filter(|_| mark.kind == MarkKind::Behind) else {
            return self.point(mark.at);
        };
        let same = self.from.iter().rposition(|&from| from == word);
        let Some(end) = self.target.get(same.unwrap_or_else(|| self.near(word))).map(|word| word.end) else { return 0 };
        // A mark behind a full stop or a comma stays behind it.
        let marks = self.rendered[end..].find(|c: char| c.is_alphanumeric() || c.is_whitespace());
        let outside = !before.ends_with(char::is_alphanumeric);
        end + marks.filter(|_| outside).unwrap_or(0)
    }
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
        block.write(&Rendered { links, ..Rendered::kept(target) }, str::to_owned, &|_| None)
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
    fn what_stands_in_front_of_the_last_full_stop_stays_there() {
        let image = |at| vec![Mark { at, raw: "<x/>".to_owned(), kind: MarkKind::Alone }];
        assert_eq!(written("Sent by .", image(8), "Надіслано через .", vec![]), "Надіслано через <x/>.");
        assert_eq!(written("Sent (see ).", image(10), "Надіслано (див. ).", vec![]), "Надіслано (див. <x/>).");
        assert_eq!(written("Sent by. ", image(8), "Надіслано.", vec![]), "Надіслано.<x/>");
    }

    #[test]
    fn an_element_with_words_gets_words() {
        let marks =
            vec![mark(0, "<b>"), mark(4, "</b>"), mark(5, "<i>"), mark(8, "</i>"), mark(9, "<u>"), mark(12, "</u>")];
        let block = Block { marks, ..Block::plain("Very big man left") };
        let both = |target: &str, links: Vec<Link>| {
            let rendered = Rendered { links, ..Rendered::kept(target) };
            (block.write(&rendered, str::to_owned, &|_| None), emptied(&block, &rendered))
        };
        // Of the three words with tags, the translator knows one again.
        let link = |source, target| Link { source, target };
        let (text, faults) = both(
            "Чоловіки пішли геть звідси",
            vec![link(0, 0..16), link(13, 17..27), link(13, 28..36), link(13, 37..49)],
        );
        assert_eq!((text.as_str(), faults.len()), ("<b>Чоловіки</b> <i>пішли</i> <u>геть</u> звідси", 0));
        let (text, faults) = both("Пішов", vec![]);
        assert_eq!((text.matches('<').count(), faults.len()), (6, 2), "{text}");
    }

    #[test]
    fn the_mark_of_a_footnote_stays_behind_its_word() {
        let behind = |at| Mark { at, raw: "<sup>1</sup>".to_owned(), kind: MarkKind::Behind };
        let links = vec![Link { source: 4, target: 10..20 }, Link { source: 0, target: 0..9 }];
        assert_eq!(
            written("Red bridge, long", vec![behind(10)], "Довгий Red bridge, red", vec![]),
            "Довгий Red bridge<sup>1</sup>, red"
        );
        assert_eq!(written("Red bridge. ok", vec![behind(11)], "Red bridge! ok", vec![]), "Red bridge!<sup>1</sup> ok");
        assert_eq!(written("Red bridge", vec![behind(10)], "Червоний міст", links), "Червоний міст<sup>1</sup>");
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
