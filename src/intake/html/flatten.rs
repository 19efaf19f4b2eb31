//! HTML tokens become pieces of text: one a paragraph, heading, list item or row of a table, in the order of the page.
//!
//! No tree is built, so depth costs nothing and time is linear in the length of the page. What a tree would know is kept on
//! a short stack of the elements around. Pages are written by hand and by bad programs: an end tag without its start is
//! passed over, a missing one ends with its parent. Which pieces are the article is not judged here.

use html5gum::{EndTag, StartTag};

use super::element::attribute;
use super::row::Rows;
use super::tag::{self, Tag};
use crate::intake::{Reason, one_line};

/// A block of text as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::intake) struct Piece {
    /// The text. Line breaks are those that the page asks for; other blanks are not tidied yet.
    pub(in crate::intake) text: String,
    /// How many of its bytes are inside links.
    pub(in crate::intake) linked: usize,
    /// Why it is no part of an article, as far as the elements around it tell.
    pub(in crate::intake) mark: Option<Reason>,
    /// True for a heading.
    pub(in crate::intake) heading: bool,
    /// True where its links lead to places of the same page.
    pub(in crate::intake) anchored: bool,
}

impl Piece {
    /// True when most of it is links.
    pub(in crate::intake) fn is_links(&self) -> bool {
        self.linked * 3 > self.text.len() * 2
    }
}

/// The elements that are remembered around a piece. Real pages stay below a half of it.
const DEEPEST: usize = 128;

/// An element that is open.
#[derive(Debug)]
struct Open {
    name: &'static str,
    tag: Tag,
    mark: Option<Reason>,
    /// Items so far, in a list with numbers.
    items: usize,
}

/// Reads tokens, and holds the pieces so far.
#[derive(Debug, Default)]
pub(super) struct Flattener {
    open: Vec<Open>,
    /// Elements deeper than `DEEPEST`, which are only counted.
    deeper: usize,
    piece: Piece,
    in_link: bool,
    to_anchor: bool,
    prefix: Option<String>,
    /// The element whose content is not shown, how often it is nested in itself, and whether a paragraph ends it.
    skipped: Option<(&'static str, usize, Tag)>,
    in_title: bool,
    title: String,
    rows: Rows,
    /// The terms that the next definition is of, and whether they have one.
    terms: Vec<String>,
    defined: bool,
    bytes: usize,
}

/// The most terms that one definition is of, and how long they are together, in characters.
const MOST_TERMS: usize = 8;
const LONGEST_TERM: usize = 200;

/// What stands before the first line of a definition.
fn definition_prefix(terms: &[String]) -> String {
    let term: String = terms[..terms.len().min(MOST_TERMS)].join(", ").chars().take(LONGEST_TERM).collect();
    match term.chars().next_back() {
        None => "• ".to_owned(),
        Some(':' | '?' | '!' | '.' | '—' | '–') => format!("• {term} "),
        Some(_) => format!("• {term}: "),
    }
}

/// Words in the class or id of an element that say what it holds, where elements of HTML do not.
const CLASSES: [(&str, Reason); 14] = [
    ("caption", Reason::Caption),
    ("figcaption", Reason::Caption),
    ("credit", Reason::Caption),
    ("comments", Reason::Comments),
    ("commentlist", Reason::Comments),
    ("disqus", Reason::Comments),
    ("breadcrumb", Reason::Menu),
    ("breadcrumbs", Reason::Menu),
    ("navbar", Reason::Menu),
    ("cookie", Reason::Cookies),
    ("cookies", Reason::Cookies),
    ("share", Reason::Share),
    ("sharing", Reason::Share),
    ("newsletter", Reason::Subscription),
];

impl Flattener {
    /// How many bytes of text were read.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The pieces in order, and the page's name in its head.
    pub(super) fn finish(mut self) -> (Vec<Piece>, Option<String>) {
        self.flush();
        self.end_definitions();
        let title = one_line(&self.title);
        (self.rows.finish(), Some(title).filter(|title| !title.is_empty()))
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.in_title && self.title.len() < 1000 {
            self.title.push_str(text);
        }
        if self.in_title || self.skipped.is_some() {
            return;
        }
        self.bytes += text.len();
        if self.in_link {
            self.piece.linked += text.len();
            self.piece.anchored = self.to_anchor;
        }
        if self.open.iter().rev().take(4).any(|open| open.tag == Tag::Preformatted) {
            self.piece.text.push_str(text);
        } else {
            self.piece
                .text
                .extend(text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t' | '\u{c}') { ' ' } else { c }));
        }
    }

    pub(super) fn start(&mut self, start: &StartTag<()>) {
        let Some((name, tag)) = tag::known(&start.name) else { return };
        if let Some((skipped, depth, kind)) = &mut self.skipped {
            if *skipped == name {
                *depth += 1;
                return;
            }
            let forgotten = *kind == Tag::Control && matches!(tag, Tag::Paragraph | Tag::Heading | Tag::Block);
            if !forgotten {
                return;
            }
            self.skipped = None;
        }
        match tag {
            Tag::Link => {
                self.in_link = true;
                self.to_anchor = attribute(start, "href").is_some_and(|href| href.starts_with(b"#"));
            }
            Tag::Title => self.in_title = self.title.is_empty(),
            Tag::Break => self.piece.text.push('\n'),
            Tag::Hidden | Tag::Control => {
                if !start.self_closing {
                    self.skipped = Some((name, 0, tag));
                }
            }
            Tag::Paragraph | Tag::Heading | Tag::Rule => {
                self.flush();
                self.piece.heading = tag == Tag::Heading;
            }
            _ => self.open(name, tag, start),
        }
    }

    /// Opens an element that holds others.
    fn open(&mut self, name: &'static str, tag: Tag, start: &StartTag<()>) {
        self.flush();
        match tag {
            Tag::Table => self.rows.open(),
            Tag::Row => self.rows.end_row(),
            Tag::Cell => self.rows.next_cell(),
            Tag::Item => {
                // The end tag of an item is optional.
                if self.open.last().is_some_and(|open| open.tag == Tag::Item) {
                    self.open.pop();
                }
                // The term of a list of items stands above it.
                if let Some(term) = self.prefix.take().filter(|prefix| prefix.starts_with("• ") && prefix.len() > 4) {
                    self.rows.push(Piece { text: term.trim_end().to_owned(), ..Piece::default() });
                }
                self.prefix = Some(self.item_prefix());
            }
            Tag::Term | Tag::Definition => self.open_definition(tag),
            _ => {}
        }
        if self.open.len() >= DEEPEST {
            self.deeper += 1;
            return;
        }
        let around = self.open.last();
        let mark = own_mark(tag, start);
        let content = matches!(tag, Tag::Table | Tag::Quotation | Tag::Preformatted);
        let inherited = around.and_then(|open| open.mark).filter(|mark| !(content && *mark == Reason::Caption));
        // A figure that holds a table or a quotation is no picture.
        self.open.push(Open { name, tag, mark: inherited.or(mark), items: 0 });
    }

    /// A term is kept for the definitions that follow it.
    fn open_definition(&mut self, tag: Tag) {
        // The end tags of both are optional.
        if self.open.last().is_some_and(|open| matches!(open.tag, Tag::Term | Tag::Definition)) {
            self.open.pop();
        }
        match tag {
            Tag::Term if self.defined => self.terms.clear(),
            Tag::Term => {}
            _ => self.prefix = Some(definition_prefix(&self.terms)),
        }
        self.defined = tag == Tag::Definition;
    }

    fn item_prefix(&mut self) -> String {
        let list = self.open.iter_mut().rev().take(8).find(|open| matches!(open.tag, Tag::Bullets | Tag::Numbers));
        match list {
            Some(list) if list.tag == Tag::Numbers => {
                list.items += 1;
                format!("{}. ", list.items)
            }
            _ => "• ".to_owned(),
        }
    }

    pub(super) fn end(&mut self, end: &EndTag<()>) {
        let Some((name, tag)) = tag::known(&end.name) else { return };
        if let Some((skipped, depth, _)) = &mut self.skipped {
            if *skipped == name {
                match depth.checked_sub(1) {
                    Some(less) => *depth = less,
                    None => self.skipped = None,
                }
            }
            return;
        }
        match tag {
            Tag::Link => self.in_link = false,
            Tag::Title => self.in_title = false,
            Tag::Paragraph | Tag::Heading => self.flush(),
            _ if tag.holds() => self.close(name, tag),
            _ => {}
        }
    }

    fn close(&mut self, name: &'static str, tag: Tag) {
        self.flush();
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        // An end tag inside a cell does not end what stands around the table.
        let inside_cell = self.open[at..].iter().skip(1).any(|open| open.tag == Tag::Cell);
        if inside_cell && !matches!(tag, Tag::Table | Tag::Row | Tag::Block) {
            return;
        }
        while self.open.len() > at {
            let Some(open) = self.open.pop() else { return };
            match open.tag {
                Tag::Table => self.rows.close(),
                Tag::Row => self.rows.end_row(),
                Tag::Item | Tag::Definition => self.prefix = None,
                Tag::Definitions => self.end_definitions(),
                _ => {}
            }
        }
    }

    /// Terms that nothing defines stand for themselves.
    fn end_definitions(&mut self) {
        if !std::mem::take(&mut self.defined) {
            for text in std::mem::take(&mut self.terms) {
                self.rows.push(Piece { text: format!("• {text}"), ..Piece::default() });
            }
        }
        self.terms.clear();
    }

    /// Ends the piece that is being read.
    fn flush(&mut self) {
        let mut piece = std::mem::take(&mut self.piece);
        if piece.text.trim().is_empty() {
            return;
        }
        piece.mark = self.open.last().and_then(|open| open.mark);
        if self.open.iter().rev().take(4).any(|open| open.tag == Tag::Term) && !piece.is_links() {
            self.terms.push(one_line(&piece.text));
            return;
        }
        if let Some(prefix) = self.prefix.take()
            && !piece.is_links()
            && piece.text.contains(char::is_alphanumeric)
        {
            piece.text.insert_str(0, &prefix);
        }
        self.rows.push(piece);
    }
}

/// What an element says about its content.
fn own_mark(tag: Tag, start: &StartTag<()>) -> Option<Reason> {
    // Hidden from those who hear a page, and not always from those who see it.
    let unheard = attribute(start, "aria-hidden") == Some(b"true");
    if unheard && !matches!(start.name.as_slice(), b"body" | b"html" | b"main" | b"article") {
        return Some(Reason::Hidden);
    }
    match tag {
        Tag::Navigation => return Some(Reason::Menu),
        Tag::Footer => return Some(Reason::OutsideArticle),
        Tag::Aside => return Some(Reason::Related),
        Tag::Figure | Tag::Caption => return Some(Reason::Caption),
        _ => {}
    }
    match attribute(start, "role") {
        Some(b"navigation" | b"menu" | b"menubar") => return Some(Reason::Menu),
        Some(b"contentinfo" | b"complementary") => return Some(Reason::OutsideArticle),
        _ => {}
    }
    // The class of a whole page or article tells of what it may hold.
    if tag != Tag::Block || matches!(start.name.as_slice(), b"body" | b"html" | b"main" | b"article") {
        return None;
    }
    let mut words = ["class", "id"].into_iter().filter_map(|name| attribute(start, name)).flat_map(|value| {
        let end = value.len().min(300);
        value[..end].split(|byte| !byte.is_ascii_alphanumeric())
    });
    words.find_map(|word| {
        CLASSES.iter().find(|(class, _)| word.eq_ignore_ascii_case(class.as_bytes())).map(|found| found.1)
    })
}
