//! Lets through what a reader of a page sees, in running text: hidden and struck-out elements are left out and noted,
//! raised and lowered numbers are written as such, quotations of `<q>` get their marks.
//!
//! It stands before everything else that reads the page, so that the extractor sees the same text. A stack of open
//! elements is kept as the HTML standard has it, as far as that takes no search: every step costs the same however deep
//! it is, and time is linear in the length of the page. Styles are read in `style`; the words of raised text in `raise`.

use std::collections::HashMap;

use html5gum::{EndTag, StartTag};

use super::colour::{self, Colour};
use super::element::{self, Role, attribute, is_block, is_silent};
use super::entity::{self, Beforehand};
use super::raise::{self, Outcome, Place};
use super::style::{Background, Declared, Element, Rules, is_page};
use super::tag::{self, Tag};
use crate::intake::{Reason, Removed};

/// What reads the tags and texts that are let through.
pub(super) trait Sink {
    fn start(&mut self, start: &StartTag<()>);
    fn end(&mut self, end: &EndTag<()>);
    fn text(&mut self, text: &str);
}

/// Elements, those that they end when they begin, and those that keep these apart.
const ENDED: [(&str, &[&str], &[&str]); 8] = [
    ("li", &["li"], &["ul", "ol", "menu", "dir"]),
    ("dt", &["dt", "dd"], &["dl"]),
    ("dd", &["dt", "dd"], &["dl"]),
    ("option", &["option"], &["select", "datalist"]),
    ("tr", &["tr"], &["table"]),
    ("td", &["td", "th"], &["tr", "table"]),
    ("th", &["td", "th"], &["tr", "table"]),
    ("a", &["a"], &["table", "td"]),
];

/// Elements that end tags of others do not reach out of.
const BORDERS: [&str; 7] = ["table", "td", "th", "caption", "template", "html", "object"];

/// The most bytes of unseen text that are noted: pages hide data that is longer than their article.
const MOST_NOTED: usize = 64 * 1024;

/// The longest text of a raised element, in bytes. What is longer was never ended.
const LONGEST_RAISED: usize = 200;

/// How much of the text before a raised number is kept, in bytes.
const TAIL: usize = 64;

/// Whether the text of an element is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Seen,
    /// Whatever is in it.
    Gone,
    /// Unless something in it is visible again, has a size, or a colour of its own.
    Invisible,
    Tiny,
    Colourless,
    Struck,
    /// It is no text: a script, a drawing.
    Silent,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    name: usize,
    sight: Sight,
    role: Role,
    ground: Option<Colour>,
    letters: Option<Colour>,
    /// The places of the innermost paragraph, border and block here, from 1; 0 for none.
    paragraph: usize,
    border: usize,
    block: usize,
}

/// A name of elements, and where those that are open stand.
#[derive(Debug)]
struct Name {
    tag: Option<Tag>,
    border: bool,
    places: Vec<usize>,
}

/// A raised text, or a link to a note, that is being read.
#[derive(Debug)]
struct Raised {
    /// Where its element stands.
    at: usize,
    place: Option<Place>,
    note: bool,
    text: String,
}

/// The state between two tokens.
#[derive(Debug, Default)]
pub(super) struct Shown {
    rules: Rules,
    escaped_twice: bool,
    names: Vec<Name>,
    numbers: HashMap<Box<[u8]>, usize>,
    open: Vec<Open>,
    raised: Option<Raised>,
    /// A raised number that goes unless a stroke follows.
    held: Option<String>,
    /// The end of the text so far.
    tail: String,
    /// Open quotations, and more Cyrillic than Latin letters so far.
    quotations: usize,
    leaning: i32,
    /// A quotation was opened and has no text yet; the last mark was set here.
    opening: bool,
    closed: bool,
    code: usize,
    unseen: String,
    noted: usize,
    removed: Vec<Removed>,
}

impl Shown {
    pub(super) fn new(page: &Beforehand) -> Self {
        Self { rules: Rules::parse(&page.css), escaped_twice: page.escaped_twice, ..Self::default() }
    }

    /// What was left out.
    pub(super) fn finish(mut self, sink: &mut impl Sink) -> Vec<Removed> {
        self.close_to(0, sink);
        self.removed
    }

    pub(super) fn text(&mut self, text: &str, sink: &mut impl Sink) {
        let sight = self.sight();
        if sight != Sight::Seen {
            if sight != Sight::Silent && self.noted < MOST_NOTED {
                let raw = self.open.last().map(|open| open.name) == self.numbers.get(b"noscript".as_slice()).copied();
                match raw {
                    true => push_without_tags(text, &mut self.unseen),
                    false => self.unseen.push_str(text),
                }
                self.noted += text.len();
            }
            return;
        }
        let decoded = (self.escaped_twice && self.code == 0).then(|| entity::decoded(text));
        let text = decoded.as_deref().unwrap_or(text);
        match &mut self.raised {
            Some(raised) => {
                raised.text.push_str(text);
                if raised.text.len() > LONGEST_RAISED {
                    self.lower(sink);
                }
            }
            None => self.say(text, sink),
        }
    }

    /// Text of the line.
    fn say(&mut self, text: &str, sink: &mut impl Sink) {
        if text.is_empty() {
            return;
        }
        self.closed = false;
        if let Some(held) = self.held.take()
            && text.trim_start().starts_with(['/', '⁄', '∕'])
        {
            self.pass(&held, sink);
        }
        if self.opening && !text.trim_start().is_empty() {
            self.opening = false;
            if !text.trim_start().starts_with(['«', '“', '„', '"', '‘', '”']) {
                let mark = self.quotation_marks().0;
                self.pass(mark, sink);
            }
        }
        self.pass(text, sink);
    }

    fn pass(&mut self, text: &str, sink: &mut impl Sink) {
        for c in text.chars().take(200) {
            match c {
                '\u{400}'..='\u{52f}' => self.leaning = (self.leaning + 1).min(100),
                'a'..='z' | 'A'..='Z' => self.leaning = (self.leaning - 1).max(-100),
                _ => {}
            }
        }
        self.tail.push_str(&text[text.ceil_char_boundary(text.len().saturating_sub(TAIL))..]);
        if self.tail.len() > 2 * TAIL {
            let from = self.tail.ceil_char_boundary(self.tail.len() - TAIL);
            self.tail.drain(..from);
        }
        sink.text(text);
    }

    /// The marks of the innermost quotation, by the letters around it.
    fn quotation_marks(&self) -> (&'static str, &'static str) {
        match (self.leaning > 0, self.quotations % 2 == 1) {
            (true, true) => ("«", "»"),
            (true, false) => ("„", "“"),
            (false, true) => ("“", "”"),
            (false, false) => ("‘", "’"),
        }
    }

    pub(super) fn start(&mut self, start: &StartTag<()>, sink: &mut impl Sink) {
        let name = self.number(&start.name);
        let tag = self.names[name].tag;
        let inside_silence = self.sight() == Sight::Silent;
        if !inside_silence {
            self.close_implied(&start.name, tag, sink);
            if is_block(tag) {
                self.lower(sink);
                self.new_line();
            }
        }
        let around = self.sight();
        if element::is_void(start) {
            // A space keeps what a hidden break parted.
            if around == Sight::Seen && self.raised.is_none() {
                self.break_line(&start.name);
                sink.start(start);
            } else if around != Sight::Seen && start.name.as_slice() == b"br" {
                self.unseen.push('\n');
            }
            return;
        }
        let open = self.opened(name, start);
        if open.sight == Sight::Seen {
            self.begin(open.role, start, sink);
        } else if around == Sight::Seen && matches!(start.name.as_slice(), b"script" | b"style") {
            // These are read by others too, who know what they are.
            sink.start(start);
        } else if is_block(tag) {
            self.unseen.push('\n');
        }
        self.push(open);
    }

    fn break_line(&mut self, name: &[u8]) {
        if matches!(name, b"br" | b"hr") {
            self.new_line();
        }
    }

    fn new_line(&mut self) {
        self.tail.clear();
        self.held = None;
    }

    /// What an element that is seen begins.
    fn begin(&mut self, role: Role, start: &StartTag<()>, sink: &mut impl Sink) {
        let at = self.open.len();
        match (role, &mut self.raised) {
            (Role::Raised(place), None) => {
                let note = element::is_note(start);
                self.raised = Some(Raised { at, place: Some(place), note, text: String::new() });
                return;
            }
            (Role::Raised(place), Some(raised)) if raised.place.is_none() && raised.text.trim().is_empty() => {
                raised.place = Some(place);
                return;
            }
            (Role::Note, None) => {
                sink.start(start);
                self.raised = Some(Raised { at, place: None, note: true, text: String::new() });
                return;
            }
            (Role::Note, Some(raised)) => raised.note = true,
            (Role::Quotation, None) => {
                if self.opening {
                    self.pass(self.quotation_marks().0, sink);
                }
                self.quotations += 1;
                self.opening = true;
            }
            (Role::Code, _) => self.code += 1,
            _ => {}
        }
        if self.raised.is_none() {
            sink.start(start);
        }
    }

    pub(super) fn end(&mut self, end: &EndTag<()>, sink: &mut impl Sink) {
        let found = self.numbers.get(end.name.as_slice()).copied();
        let place = found.and_then(|name| self.names[name].places.last().copied());
        let Some((name, at)) = found.zip(place) else {
            // What was never opened is not looked at in hidden text.
            if self.sight() == Sight::Seen && self.raised.is_none() {
                sink.end(end);
            }
            return;
        };
        let top = self.open.last().copied();
        let own = &self.names[name];
        let limit = top.map_or(0, |top| if is_block(own.tag) || own.border { top.border } else { top.block });
        // Inside a cell nothing is ended that stands around the table, and an inline end tag ends no block.
        let reaches = at + 1 >= limit || own.tag == Some(Tag::Row) || own.border && own.tag != Some(Tag::Cell);
        let raw = matches!(end.name.as_slice(), b"script" | b"style");
        if !reaches {
            if self.sight() == Sight::Seen && self.raised.is_none() {
                sink.end(end);
            }
            return;
        }
        let seen = self.open[at].sight == Sight::Seen;
        let seen_around = at.checked_sub(1).is_none_or(|outer| self.open[outer].sight == Sight::Seen);
        let raised = self.raised.as_ref().is_some_and(|raised| raised.at < at);
        self.close_to(at, sink);
        if is_block(self.names[name].tag) && seen {
            self.new_line();
        }
        if (seen || raw && seen_around) && !raised {
            sink.end(end);
        }
    }

    /// Ends what the standard ends by itself.
    fn close_implied(&mut self, name: &[u8], tag: Option<Tag>, sink: &mut impl Sink) {
        let top = self.open.last().copied();
        let paragraph = top.map_or(0, |top| top.paragraph);
        if paragraph > 0 && is_block(tag) && !matches!(tag, Some(Tag::Row | Tag::Cell)) {
            self.close_to(paragraph - 1, sink);
        }
        let Some(&(_, same, around)) = ENDED.iter().find(|(own, ..)| own.as_bytes() == name) else { return };
        let last = |names: &[&str]| {
            let places = names.iter().filter_map(|name| self.numbers.get(name.as_bytes()));
            places.filter_map(|&name| self.names[name].places.last().copied()).max()
        };
        if let Some(at) = last(same)
            && last(around).is_none_or(|around| around < at)
        {
            self.close_to(at, sink);
        }
    }

    /// Closes all elements from this place on.
    fn close_to(&mut self, at: usize, sink: &mut impl Sink) {
        while self.open.len() > at {
            let Some(open) = self.open.pop() else { return };
            self.names[open.name].places.pop();
            if self.raised.as_ref().is_some_and(|raised| raised.at >= self.open.len()) {
                self.lower(sink);
            }
            match open.role {
                Role::Quotation if open.sight == Sight::Seen => self.close_quotation(sink),
                Role::Code if open.sight == Sight::Seen => self.code = self.code.saturating_sub(1),
                _ => {}
            }
            if open.sight != Sight::Seen && self.sight() == Sight::Seen {
                self.note(open.sight);
            }
        }
    }

    fn close_quotation(&mut self, sink: &mut impl Sink) {
        // Inside a raised text no quotation was opened.
        if self.quotations == 0 || self.raised.is_some() {
            return;
        }
        let mark = self.quotation_marks().1;
        let marked = !self.closed && self.tail.trim_end().ends_with(['»', '”', '"']);
        if !std::mem::take(&mut self.opening) && !marked {
            self.pass(mark, sink);
            self.closed = true;
        }
        self.quotations -= 1;
    }

    /// Keeps what was not seen.
    fn note(&mut self, sight: Sight) {
        let text = crate::intake::decode::tidy(&std::mem::take(&mut self.unseen));
        if text.contains(char::is_alphanumeric) {
            let reason = if sight == Sight::Struck { Reason::Struck } else { Reason::Hidden };
            self.removed.push(Removed { text, reason });
        }
    }

    /// Writes the raised text that has come to its end.
    fn lower(&mut self, sink: &mut impl Sink) {
        let Some(raised) = self.raised.take() else { return };
        let Some(place) = raised.place else {
            if !raise::is_note_label(&raised.text) {
                self.say(&raised.text, sink);
            }
            return;
        };
        if raised.text.len() > LONGEST_RAISED {
            self.say(&raised.text, sink);
            return;
        }
        match raise::written(place, &self.tail, &raised.text, raised.note) {
            Outcome::Text(text) => self.say(&text, sink),
            Outcome::Gone => {}
            Outcome::GoneUnlessFraction(text) => self.held = Some(text),
        }
    }

    fn sight(&self) -> Sight {
        self.open.last().map_or(Sight::Seen, |open| open.sight)
    }

    /// The number of a name of elements.
    fn number(&mut self, name: &[u8]) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let tag = tag::known(name).map(|(_, tag)| tag);
        let border = BORDERS.iter().any(|it| it.as_bytes() == name);
        self.names.push(Name { tag, border, places: Vec::new() });
        self.numbers.insert(name.into(), self.names.len() - 1);
        self.names.len() - 1
    }

    /// An element as its attributes, the rules and what stands around it make it.
    fn opened(&self, name: usize, start: &StartTag<()>) -> Open {
        let around = self.open.last().copied();
        let place = self.open.len() + 1;
        let tag = self.names[name].tag;
        let (mut open, inherited) = match around {
            Some(around) => (Open { name, role: Role::None, ..around }, around.sight),
            None => {
                let (role, sight) = (Role::None, Sight::Seen);
                (Open { name, sight, role, ground: None, letters: None, paragraph: 0, border: 0, block: 0 }, sight)
            }
        };
        if tag == Some(Tag::Paragraph) {
            open.paragraph = place;
        }
        if is_block(tag) {
            open.block = place;
        }
        if self.names[name].border {
            (open.border, open.paragraph) = (place, 0);
        }
        if inherited == Sight::Silent || inherited == Sight::Gone && !is_silent(&start.name) {
            return open;
        }
        open.role = element::role(start);
        self.look(&mut open, inherited, start);
        open
    }

    /// Whether the text of an element is seen.
    fn look(&self, open: &mut Open, inherited: Sight, start: &StartTag<()>) {
        let declared = self.declared(start);
        // A class or an id may paint the ground by a rule that is not known.
        let painted = attribute(start, "class").is_some() || attribute(start, "id").is_some();
        open.ground = match declared.background {
            Some(Background::Plain(colour)) => Some(colour),
            Some(Background::Other) => None,
            None => open.ground.filter(|_| !painted),
        };
        open.letters = declared.colour.or(open.letters.filter(|_| !painted));
        let alike = open.ground.zip(open.letters).is_some_and(|(ground, letters)| colour::alike(letters, ground));
        open.sight = match inherited {
            _ if is_silent(&start.name) => Sight::Silent,
            Sight::Gone | Sight::Silent => inherited,
            _ if is_page(&String::from_utf8_lossy(&start.name)) => inherited,
            _ if element::is_gone(start) || declared.displayed == Some(false) || declared.away => Sight::Gone,
            Sight::Struck => Sight::Struck,
            _ if declared.struck || matches!(start.name.as_slice(), b"del" | b"s" | b"strike") => Sight::Struck,
            _ if declared.visible == Some(false) => Sight::Invisible,
            Sight::Invisible if declared.visible.is_none() => Sight::Invisible,
            _ if declared.sized == Some(false) => Sight::Tiny,
            Sight::Tiny if declared.sized.is_none() => Sight::Tiny,
            _ if alike => Sight::Colourless,
            _ => Sight::Seen,
        };
    }

    /// What rules, style and old attributes say.
    fn declared(&self, start: &StartTag<()>) -> Declared {
        let value = |name| attribute(start, name).map(String::from_utf8_lossy);
        let own = value("style").map(|style| Declared::parse(&style)).unwrap_or_default();
        let (id, classes) = (value("id").unwrap_or_default(), value("class").unwrap_or_default());
        let name = String::from_utf8_lossy(&start.name);
        let ruled = self.rules.of(Element { name: &name, id: &id, classes: &classes });
        let old = |name| value(name).and_then(|it| colour::parse(&it));
        Declared {
            displayed: own.displayed.or(ruled.displayed),
            visible: own.visible.or(ruled.visible),
            away: own.away || ruled.away,
            struck: own.struck || ruled.struck,
            colour: own.colour.or_else(|| old("color")),
            background: own.background.or_else(|| old("bgcolor").map(Background::Plain)),
            ..own
        }
    }

    fn push(&mut self, open: Open) {
        self.names[open.name].places.push(self.open.len());
        self.open.push(open);
    }
}

/// The tokenizer takes the content of `<noscript>` for text, tags and all.
fn push_without_tags(text: &str, out: &mut String) {
    for (at, part) in text.split('<').enumerate() {
        out.push_str(if at == 0 { part } else { part.split_once('>').map_or("", |(_, after)| after) });
        out.push(' ');
    }
}
