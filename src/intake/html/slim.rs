//! A bounded copy of a page for the extractor: only the tags and attributes that it looks at, and never too deep.
//!
//! The extractor builds a tree by the standard's algorithm, which is quadratic in the depth of elements, in unclosed
//! formatting and in attributes of one tag. In the copy all three are bounded, and it is a tenth of the page. Scripts,
//! styles and drawings are left out, but for the JSON-LD that tells title, author and date.

use html5gum::{EndTag, StartTag};

use super::element::attribute;
use super::tag::{self, Tag};

/// The longest copy in bytes, and the most elements. Beyond either there is no copy.
const LONGEST: usize = 2 * 1024 * 1024;
const MOST: usize = 40_000;

/// The deepest element. What is deeper flows into it.
const DEEPEST: usize = 120;

/// The longest value of an attribute, in bytes.
const LONGEST_VALUE: usize = 400;

const ATTRIBUTES: [&str; 14] = [
    "class",
    "id",
    "role",
    "itemprop",
    "itemtype",
    "property",
    "name",
    "content",
    "rel",
    "hidden",
    "aria-hidden",
    "datetime",
    "type",
    "href",
];

const VOID: [&str; 4] = ["br", "hr", "meta", "link"];

/// Elements beside those of `tag` that the extractor looks at.
const MORE: [&str; 3] = ["meta", "time", "cite"];

/// The copy so far.
#[derive(Debug, Default)]
pub(super) struct Slim {
    out: String,
    open: Vec<&'static str>,
    elements: usize,
    /// What is left out until its end tag comes, and how deep it is nested in itself.
    skipped: Option<(&'static str, usize)>,
}

impl Slim {
    /// The copy, unless it grew too large.
    pub(super) fn finish(self) -> Option<String> {
        (!self.is_full()).then_some(self.out)
    }

    fn is_full(&self) -> bool {
        self.out.len() > LONGEST || self.elements > MOST
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.skipped.is_some() || self.is_full() {
            return;
        }
        match self.open.last() {
            Some(&"script") => self.out.push_str(text),
            _ => escape(text, &mut self.out),
        }
    }

    pub(super) fn start(&mut self, start: &StartTag<()>) {
        if self.is_full() {
            return;
        }
        let Some((name, tag)) = named(&start.name) else { return };
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth += usize::from(*skipped == name);
            return;
        }
        let is_data = name == "script" && value(start, "type").is_some_and(|kind| kind == "application/ld+json");
        if matches!(tag, Some(Tag::Hidden | Tag::Control)) && !is_data {
            if !start.self_closing {
                self.skipped = Some((name, 0));
            }
            return;
        }
        self.close_implied(name, tag);
        let void = VOID.contains(&name);
        if !void && self.open.len() >= DEEPEST {
            return;
        }
        self.elements += 1;
        self.out.extend(["<", name]);
        for name in ATTRIBUTES {
            if let Some(value) = value(start, name) {
                self.out.extend([" ", name, "=\""]);
                escape(value, &mut self.out);
                self.out.push('"');
            }
        }
        self.out.push('>');
        if !void {
            self.open.push(name);
        }
    }

    /// Ends what the standard ends by itself, so that the depth here is the depth there.
    fn close_implied(&mut self, name: &'static str, tag: Option<Tag>) {
        let inline = matches!(tag, None | Some(Tag::Link | Tag::Break | Tag::Title));
        if !inline && self.open.last() == Some(&"p") {
            self.close("p");
        }
        if matches!(name, "a" | "li" | "option" | "td" | "tr" | "dd" | "dt") && self.open.last() == Some(&name) {
            self.close(name);
        }
    }

    pub(super) fn end(&mut self, end: &EndTag<()>) {
        let Some((name, _)) = named(&end.name) else { return };
        if let Some((skipped, depth)) = &mut self.skipped {
            if *skipped == name {
                match depth.checked_sub(1) {
                    Some(less) => *depth = less,
                    None => self.skipped = None,
                }
            }
            return;
        }
        if !self.is_full() && self.open.contains(&name) {
            self.close(name);
        }
    }

    /// Ends everything up to the innermost element of this name.
    fn close(&mut self, name: &'static str) {
        while let Some(open) = self.open.pop() {
            self.out.extend(["</", open, ">"]);
            if open == name {
                break;
            }
        }
    }
}

fn named(name: &[u8]) -> Option<(&'static str, Option<Tag>)> {
    let other = || MORE.iter().find(|more| more.as_bytes() == name).map(|more| (*more, None));
    tag::known(name).map(|(name, tag)| (name, Some(tag))).or_else(other)
}

/// A short value of an attribute, if it is text.
fn value<'a>(start: &'a StartTag<()>, name: &str) -> Option<&'a str> {
    let value = std::str::from_utf8(attribute(start, name)?).ok()?;
    Some(&value[..value.floor_char_boundary(LONGEST_VALUE)])
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\0' => {}
            other => out.push(other),
        }
    }
}
