//! Messages with branches, as ICU MessageFormat has them: `{n, plural, one {# month} other {# months}}`.
//!
//! Names, keywords, numbers and brackets are read by a program and stay byte for byte; the text of each branch is a text of
//! its own and is translated by itself. In the sentence around it a message is one short placeholder, `{n}`. What cannot be
//! parsed stays whole, and so does a `choice`, whose texts stand between limits. Not here: placeholders without branches (`protect`), and which forms of a noun a language needs.

use std::collections::HashSet;
use std::ops::Range;

use super::inline::{Block, Fixed, Mark, Part};
use super::replace::overlapping;

/// Messages inside messages. One that is deeper stays as it is.
pub(super) const DEEPEST: usize = 8;

/// A message that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) range: Range<usize>,
    /// The name of its argument.
    argument: Range<usize>,
    /// The texts of its branches; empty when it cannot be parsed.
    branches: Vec<Range<usize>>,
}

/// The messages of a text, in order and apart; those inside others are not among them.
pub(super) fn messages(text: &str) -> Vec<Message> {
    let mut found = Vec::new();
    let mut end = 0;
    for (open, close) in pairs(text) {
        if open < end {
            continue;
        }
        if let Some(message) = read(text, open..close + 1) {
            end = message.range.end;
            found.push(message);
        }
    }
    found
}

/// Each opened bracket with the one that closes it, in the order of the first.
fn pairs(text: &str) -> Vec<(usize, usize)> {
    let (mut open, mut pairs) = (Vec::new(), Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => pairs.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The message between these brackets, if it is one.
fn read(text: &str, range: Range<usize>) -> Option<Message> {
    /// Bytes in which a message says what it is.
    const HEAD: usize = 200;
    let last = range.end - 1;
    let head = &text[range.start + 1..text.floor_char_boundary((range.start + HEAD).min(last))];
    let (argument, rest) = head.split_once(',')?;
    let (kind, _) = rest.split_once(',')?;
    let argument_start = range.start + 1 + (argument.len() - argument.trim_start().len());
    let name = argument.trim();
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    let is_choice = kind.trim() == "choice";
    let is_kind = is_choice || ["plural", "selectordinal", "select"].contains(&kind.trim());
    let body = range.start + 1 + argument.len() + 1 + kind.len() + 1;
    let branches = if is_choice { Vec::new() } else { branches(text, body..last).unwrap_or_default() };
    let argument = argument_start..argument_start + name.len();
    (is_name && is_kind).then_some(Message { range, argument, branches })
}

/// The texts of branches; `None` when something else stands between them.
fn branches(text: &str, range: Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut at = range.start;
    loop {
        let rest = &text[at..range.end];
        let blank = rest.len() - rest.trim_start().len();
        let selector =
            rest[blank..].find(|c: char| c.is_whitespace() || "{}".contains(c)).unwrap_or(rest.len() - blank);
        if selector == 0 {
            // At the end, and nowhere else, a branch need not follow.
            return (blank == rest.len() && !found.is_empty()).then_some(found);
        }
        at += blank + selector;
        if found.is_empty() && rest[blank..].starts_with("offset:") {
            continue;
        }
        let open = text[at..range.end].find('{').filter(|&blank| text[at..at + blank].trim().is_empty())?;
        let close = closing(&text[at + open..range.end])?;
        found.push(at + open + 1..at + open + close);
        at += open + close + 1;
    }
}

/// The byte of the bracket that closes the one at the beginning. An apostrophe before a bracket quotes up to the next one.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_usize, false);
    let bytes = text.as_bytes();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' if quoted => quoted = false,
            b'\'' => quoted = matches!(bytes.get(at + 1), Some(b'{' | b'}')),
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

impl Message {
    /// True when it has texts to translate.
    pub(super) fn has_branches(&self) -> bool {
        !self.branches.is_empty()
    }

    /// Its parts: the branches as blocks, and everything else as it is.
    pub(super) fn parts(&self, text: &str) -> Vec<Part> {
        let mut parts = Vec::with_capacity(2 * self.branches.len() + 1);
        let mut done = self.range.start;
        for branch in &self.branches {
            let body = &text[branch.clone()];
            let inner = body.trim();
            let start = branch.start + (body.len() - body.trim_start().len());
            parts.push(Part::Raw(text[done..start].to_owned()));
            parts.push(Part::Block(branch_of(inner)));
            done = start + inner.len();
        }
        parts.push(Part::Raw(text[done..self.range.end].to_owned()));
        parts
    }

    /// What stands between its branches.
    fn frame(&self) -> Vec<Range<usize>> {
        let starts = std::iter::once(self.range.start).chain(self.branches.iter().map(|branch| branch.end));
        let ends = self.branches.iter().map(|branch| branch.start).chain([self.range.end]);
        starts.zip(ends).map(|(start, end)| start..end).collect()
    }
}

/// Where the messages of a text stand, in order and apart.
pub(super) fn ranges(text: &str) -> Vec<Range<usize>> {
    messages(text).into_iter().map(|message| message.range).collect()
}

/// The text of a branch. `#` stands for a number, here or further inside, where that message says so.
fn branch_of(text: &str) -> Block {
    let inner = ranges(text);
    let signs = text.match_indices('#').map(|(at, _)| at..at + 1);
    let outside = signs.filter(|sign| overlapping(&inner, sign).is_none());
    Block { fixed: outside.map(|sign| Fixed::plain(sign, "#")).collect(), ..Block::plain(text) }
}

/// The block with a short placeholder for each message, and the parts of the messages in order. One with tags inside stays
/// in the sentence, and its frame is kept.
pub(super) fn lifted(block: &Block) -> (Block, Vec<Vec<Part>>) {
    let messages = messages(&block.text);
    if messages.is_empty() {
        return (block.clone(), Vec::new());
    }
    let mut lifting = Lifting {
        from: block,
        out: Block { lines: block.lines, ..Block::default() },
        taken: placeholders(&block.text, &messages),
        marks: 0,
        fixed: 0,
        done: 0,
        parts: Vec::new(),
    };
    for message in &messages {
        lifting.take(message);
    }
    lifting.copy(block.text.len());
    lifting
        .out
        .marks
        .extend(block.marks[lifting.marks..].iter().map(|mark| Mark { at: lifting.out.text.len(), ..mark.clone() }));
    (lifting.out, lifting.parts)
}

/// The block with its messages as parts that stay: they are too deep to be read.
pub(super) fn whole(block: &Block) -> (Block, Vec<Vec<Part>>) {
    let mut block = block.clone();
    let messages = ranges(&block.text);
    // A sign for a number may stand inside.
    block.fixed.retain(|own| overlapping(&messages, &own.range).is_none());
    block.fixed.extend(messages.into_iter().map(|range| Fixed::plain(range.clone(), &block.text[range])));
    block.fixed.sort_by_key(|fixed| fixed.range.start);
    (block, Vec::new())
}

/// The short placeholders that a text has already, beside its messages.
fn placeholders(text: &str, messages: &[Message]) -> HashSet<String> {
    let outside = |&(open, close): &(usize, usize)| {
        let next = messages.partition_point(|message| message.range.end <= open);
        close - open < 64 && messages.get(next).is_none_or(|message| open < message.range.start)
    };
    pairs(text).into_iter().filter(outside).map(|(open, close)| text[open..=close].to_owned()).collect()
}

struct Lifting<'b> {
    from: &'b Block,
    out: Block,
    taken: HashSet<String>,
    /// Marks, fixed parts and bytes of `from` that are in `out`.
    marks: usize,
    fixed: usize,
    done: usize,
    parts: Vec<Vec<Part>>,
}

impl Lifting<'_> {
    /// Copies everything up to a byte.
    fn copy(&mut self, end: usize) {
        let (start, shift) = (self.done, self.out.text.len());
        let place = |at: usize| at - start + shift;
        while let Some(mark) = self.from.marks.get(self.marks).filter(|mark| mark.at < end) {
            self.out.marks.push(Mark { at: place(mark.at.max(start)), ..mark.clone() });
            self.marks += 1;
        }
        while let Some(fixed) = self.from.fixed.get(self.fixed).filter(|fixed| fixed.range.start < end) {
            if start <= fixed.range.start && fixed.range.end <= end {
                let range = place(fixed.range.start)..place(fixed.range.end);
                self.out.fixed.push(Fixed { range, ..fixed.clone() });
            }
            self.fixed += 1;
        }
        self.out.text.push_str(&self.from.text[start..end]);
        self.done = end;
    }

    fn take(&mut self, message: &Message) {
        let Range { start, end } = message.range;
        let crosses = self.from.fixed[self.fixed..]
            .iter()
            .take_while(|fixed| fixed.range.start < end)
            .any(|fixed| fixed.range.end > start);
        if crosses {
            return;
        }
        self.copy(start);
        let tagged = self.from.marks[self.marks..].first().is_some_and(|mark| start < mark.at && mark.at < end);
        if tagged {
            for range in message.frame() {
                let raw = &self.from.text[range.clone()];
                // The branch before, with its tags.
                self.copy(range.start);
                let start = self.out.text.len();
                self.copy(range.end);
                self.out.fixed.push(Fixed::plain(start..self.out.text.len(), raw));
            }
            return;
        }
        while self.from.marks.get(self.marks).is_some_and(|mark| mark.at <= start) {
            let mark = &self.from.marks[self.marks];
            self.out.mark(mark.raw.clone(), mark.kind);
            self.marks += 1;
        }
        let surface = self.surface(&self.from.text[message.argument.clone()]);
        let at = self.out.text.len();
        self.out.text.push_str(&surface);
        let whole = &self.from.text[message.range.clone()];
        let fixed = Fixed::plain(at..self.out.text.len(), whole);
        self.out.fixed.push(Fixed { message: Some(self.parts.len()), ..fixed });
        self.parts.push(message.parts(&self.from.text));
        self.done = end;
    }

    /// A placeholder that no other part of the text is like.
    fn surface(&mut self, name: &str) -> String {
        let plain = format!("{{{name}}}");
        let numbered = (self.parts.len() + 2..).map(|number| format!("{{{name}_{number}}}"));
        let free = std::iter::once(plain).chain(numbered).find(|surface| !self.taken.contains(surface));
        let surface = free.unwrap_or_default();
        self.taken.insert(surface.clone());
        surface
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let (block, messages) = lifted(&Block::plain(text));
        let show = |part: Part| match part {
            Part::Raw(raw) => raw,
            Part::Block(block) => format!("[{}]", block.text),
        };
        let messages = messages.into_iter().map(|parts| parts.into_iter().map(show).collect::<String>());
        std::iter::once(block.text).chain(messages).collect()
    }

    #[test]
    fn branches_are_texts_and_the_frame_stays() {
        assert_eq!(
            shown("Sent {n, plural, offset:1 =0 {to nobody} one { to {name} } other{to # people}} today"),
            ["Sent {n} today", "{n, plural, offset:1 =0 {[to nobody]} one { [to {name}] } other{[to # people]}}"]
        );
        assert_eq!(
            shown("{who, select, a {{n, plural, one {1 day} other {# days}}} other {never}}"),
            ["{who}", "{who, select, a {[{n, plural, one {1 day} other {# days}}]} other {[never]}}"]
        );
        assert_eq!(
            shown("{n} of {n, plural, other {all {x}}}, {x, plural, other {more}}"),
            ["{n} of {n_2}, {x}", "{n, plural, other {[all {x}]}}", "{x, plural, other {[more]}}"]
        );
    }

    #[test]
    fn what_is_no_message_or_broken_stays_whole() {
        for text in ["{n, number, integer}", "{a} {b, c}", "{n, plural, one {x", "{ plural, one {x} }", "{}"] {
            assert_eq!(shown(text), [text], "{text}");
        }
        for broken in ["{0,choice,0#no files|1#one file|1<{0} files}", "{0,choice,0#none|1<{0} {1}}"] {
            assert_eq!(shown(broken), ["{0}", broken], "kept whole");
        }
        for broken in ["{n, plural, one x other}", "{n, plural, {x}}", "{n, select, a {x} b}", "{n, plural,}"] {
            assert_eq!(shown(broken), ["{n}", broken], "kept whole");
        }
        assert_eq!(shown("{n, select, a {it's '{x}' here} b {z}}")[1], "{n, select, a {[it's '{x}' here]} b {[z]}}");
    }

    #[test]
    fn opened_brackets_cost_no_more_than_others() {
        let deep = "{a, plural, other {".repeat(2000) + &"}}".repeat(2000);
        assert_eq!(messages(&deep).len(), 1);
        assert_eq!(messages(&"{a, plural, ".repeat(5000)), []);
    }
}
