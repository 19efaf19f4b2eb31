//! Lets through what a reader of a page sees: hidden and struck-out elements are left out and noted.
//!
//! It stands before everything else that reads the page, so that the extractor sees the same text. A stack of open
//! elements is kept as the HTML standard has it, as far as that takes no search: every step costs the same however deep
//! it is, and time is linear in the length of the page. Styles are read in `style` and `rules`; how the text that is seen is
//! written, is in `line`.

use std::collections::HashMap;

use html5gum::{EndTag, StartTag};

use super::Sink;
use super::colour::{self, Colour, Paint};
use super::element::{self, Role, attribute, is_block, is_silent};
use super::entity::{self, Beforehand};
use super::facts::Fact;
use super::line::Line;
use super::rules::{Element, Met, Rules, is_page};
use super::style::{Declared, Style};
use super::tag::{self, Tag};
use crate::intake::{Reason, Removed};

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

/// Whether the text of an element is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Sight {
    #[default]
    Seen,
    /// Whatever is in it.
    Gone,
    /// Unless something in it is visible again, has a size, or a colour of its own.
    Invisible,
    Tiny,
    /// Tiny by a rule: what has a class may have a size by rules that are not here.
    Shrunk,
    Colourless,
    Struck,
    /// It is no text: a script, a drawing.
    Silent,
}

#[derive(Debug, Clone, Copy, Default)]
struct Open {
    name: usize,
    sight: Sight,
    role: Role,
    ground: Option<Colour>,
    letters: Option<Paint>,
    met: Met,
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

/// The state between two tokens.
#[derive(Debug, Default)]
pub(super) struct Shown {
    rules: Rules,
    /// There are style sheets that are not here: the page names them, or it is a part of one and has none.
    sheets_elsewhere: bool,
    escaped_twice: bool,
    names: Vec<Name>,
    numbers: HashMap<Box<[u8]>, usize>,
    open: Vec<Open>,
    line: Line,
    code: usize,
    unseen: String,
    noted: usize,
    removed: Vec<Removed>,
}

impl Shown {
    pub(super) fn new(page: &Beforehand) -> Self {
        Self {
            rules: Rules::parse(&page.css),
            sheets_elsewhere: page.sheets_elsewhere || page.css.is_empty(),
            escaped_twice: page.escaped_twice,
            ..Self::default()
        }
    }

    /// What was left out.
    pub(super) fn finish(mut self, sink: &mut Sink) -> Vec<Removed> {
        self.close_to(0, sink);
        self.removed
    }

    pub(super) fn text(&mut self, text: &str, sink: &mut Sink) {
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
        self.line.text(text, sink);
    }

    pub(super) fn start(&mut self, start: &StartTag<()>, sink: &mut Sink) {
        let name = self.number(&start.name);
        let tag = self.names[name].tag;
        let inside_silence = self.sight() == Sight::Silent;
        if !inside_silence {
            self.close_implied(&start.name, tag, sink);
            if is_block(tag) {
                self.line.lower(sink);
                self.line.end();
            }
        }
        let around = self.sight();
        if element::is_void(start) {
            // A space keeps what a hidden break parted.
            if around == Sight::Seen && self.line.raised_at().is_none() {
                if matches!(start.name.as_slice(), b"br" | b"hr") {
                    self.line.end();
                }
                sink.start(start);
            } else if around != Sight::Seen && start.name.as_slice() == b"br" {
                self.unseen.push('\n');
            }
            return;
        }
        let open = self.opened(name, start);
        if open.sight == Sight::Seen {
            self.code += usize::from(open.role == Role::Code);
            self.line.begin((open.role, self.open.len()), start, sink);
        } else if around == Sight::Seen && matches!(start.name.as_slice(), b"script" | b"style") {
            // These are read by others too, who know what they are.
            sink.start(start);
        } else if is_block(tag) {
            self.unseen.push('\n');
        }
        self.names[name].places.push(self.open.len());
        self.open.push(open);
    }

    pub(super) fn end(&mut self, end: &EndTag<()>, sink: &mut Sink) {
        let found = self.numbers.get(end.name.as_slice()).copied();
        let place = found.and_then(|name| self.names[name].places.last().copied());
        let Some((name, at)) = found.zip(place).filter(|&(name, at)| self.reaches(name, at)) else {
            // What was never opened is not looked at in hidden text.
            if self.sight() == Sight::Seen && self.line.raised_at().is_none() {
                sink.end(end);
            }
            return;
        };
        let raw = matches!(end.name.as_slice(), b"script" | b"style");
        let seen = self.open[at].sight == Sight::Seen;
        let seen_around = at.checked_sub(1).is_none_or(|outer| self.open[outer].sight == Sight::Seen);
        let raised = self.line.raised_at().is_some_and(|raised| raised < at);
        self.close_to(at, sink);
        if is_block(self.names[name].tag) && seen {
            self.line.end();
        }
        if (seen || raw && seen_around) && !raised {
            sink.end(end);
        }
    }

    /// True where an end tag of this name ends the element at this place: inside a cell nothing is ended that stands around
    /// the table, and an inline end tag ends no block.
    fn reaches(&self, name: usize, at: usize) -> bool {
        let own = &self.names[name];
        let limit = |top: &Open| if is_block(own.tag) || own.border { top.border } else { top.block };
        at + 1 >= self.open.last().map_or(0, limit)
            || own.tag == Some(Tag::Row)
            || own.border && own.tag != Some(Tag::Cell)
    }

    /// Ends what the standard ends by itself.
    fn close_implied(&mut self, name: &[u8], tag: Option<Tag>, sink: &mut Sink) {
        let paragraph = self.open.last().map_or(0, |top| top.paragraph);
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
    fn close_to(&mut self, at: usize, sink: &mut Sink) {
        while self.open.len() > at {
            let Some(open) = self.open.pop() else { return };
            self.names[open.name].places.pop();
            if self.line.raised_at().is_some_and(|raised| raised >= self.open.len()) {
                self.line.lower(sink);
            }
            match open.role {
                Role::Quotation if open.sight == Sight::Seen => self.line.close_quotation(sink),
                Role::Code if open.sight == Sight::Seen => self.code = self.code.saturating_sub(1),
                _ => {}
            }
            if open.sight != Sight::Seen && self.sight() == Sight::Seen {
                self.note(open.sight);
            }
        }
    }

    /// Keeps what was not seen.
    fn note(&mut self, sight: Sight) {
        let text = crate::intake::decode::tidy(&std::mem::take(&mut self.unseen));
        if text.contains(char::is_alphanumeric) {
            let reason = if sight == Sight::Struck { Reason::Struck } else { Reason::Hidden };
            self.removed.push(Removed { text, reason });
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
        let around = self.open.last().copied().unwrap_or_default();
        let place = self.open.len() + 1;
        let tag = self.names[name].tag;
        let mut open = Open { name, role: Role::None, ..around };
        if tag == Some(Tag::Paragraph) {
            open.paragraph = place;
        }
        if is_block(tag) {
            open.block = place;
        }
        if self.names[name].border {
            (open.border, open.paragraph) = (place, 0);
        }
        if open.sight == Sight::Silent || open.sight == Sight::Gone && !is_silent(tag, start) {
            return open;
        }
        open.role = element::role(start);
        self.look(&mut open, tag, start);
        open
    }

    /// Whether the text of an element is seen.
    fn look(&self, open: &mut Open, tag: Option<Tag>, start: &StartTag<()>) {
        let value = |name| attribute(start, name).map(String::from_utf8_lossy);
        let own = value("style").map(|style| Style::parse(&style)).unwrap_or_default();
        let (id, classes) = (value("id").unwrap_or_default(), value("class").unwrap_or_default());
        let name = String::from_utf8_lossy(&start.name);
        let element = Element { name: &name, id: &id, classes: &classes };
        let (declared, met) = self.rules.of(element, open.met, &own);
        open.met = met;
        // Rules that are not here may say more of what has a class or an id.
        let classed = !(id.is_empty() && classes.is_empty());
        let unknown = self.sheets_elsewhere && classed;
        let ruled = own.normal.colour.is_none() && own.important.colour.is_none() && declared.colour.is_some();
        // A rule that is not known may paint the ground, or put the element before a picture.
        let painted = (classed || ruled) && (self.sheets_elsewhere || declared.facts.holds(Fact::Positioned));
        let alike = Self::paint(open, &declared, painted, start);
        let says = |fact| declared.facts.get(fact);
        let tiny_itself = [own.normal, own.important].iter().any(|it| it.facts.holds(Fact::Tiny));
        open.sight = match open.sight {
            _ if is_silent(tag, start) => Sight::Silent,
            inherited @ (Sight::Gone | Sight::Silent) => inherited,
            inherited if is_page(&name) => inherited,
            _ if element::is_gone(start) || declared.is_gone() => Sight::Gone,
            Sight::Struck => Sight::Struck,
            _ if declared.facts.holds(Fact::Struck) || matches!(start.name.as_slice(), b"del" | b"s" | b"strike") => {
                Sight::Struck
            }
            _ if says(Fact::Invisible) == Some(true) => Sight::Invisible,
            Sight::Invisible if says(Fact::Invisible).is_none() => Sight::Invisible,
            _ if says(Fact::Tiny) == Some(true) && tiny_itself => Sight::Tiny,
            _ if says(Fact::Tiny) == Some(true) => Sight::Shrunk,
            Sight::Tiny if says(Fact::Tiny).is_none() => Sight::Tiny,
            Sight::Shrunk if says(Fact::Tiny).is_none() && !unknown => Sight::Shrunk,
            _ if alike => Sight::Colourless,
            _ => Sight::Seen,
        };
    }

    /// Takes the colours of an element, which unknown rules may have `painted`, too. True where nobody can tell its letters
    /// from their ground.
    fn paint(open: &mut Open, declared: &Declared, painted: bool, start: &StartTag<()>) -> bool {
        let old = |name| {
            let value = attribute(start, name).map(String::from_utf8_lossy);
            value.map(|it| colour::parse(&it)).filter(|paint| matches!(paint, Paint::Plain(_)))
        };
        open.ground = match declared.background.or_else(|| old("bgcolor")) {
            Some(Paint::Plain(colour)) => Some(colour),
            Some(Paint::Other) => None,
            Some(Paint::Clear) => open.ground,
            None => open.ground.filter(|_| !painted),
        };
        open.letters = declared.colour.or_else(|| old("color")).or(open.letters.filter(|_| !painted));
        if declared.facts.holds(Fact::Cut) {
            open.letters = None;
        }
        match open.letters {
            Some(Paint::Clear) => true,
            Some(Paint::Plain(letters)) => open.ground.is_some_and(|ground| colour::alike(letters, ground)),
            _ => false,
        }
    }
}

/// The tokenizer takes the content of `<noscript>` for text, tags and all.
fn push_without_tags(text: &str, out: &mut String) {
    for (at, part) in text.split('<').enumerate() {
        out.push_str(if at == 0 { part } else { part.split_once('>').map_or("", |(_, after)| after) });
        out.push(' ');
    }
}
