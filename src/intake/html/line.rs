//! How the text of a page is written in one line: raised and lowered numbers as such, marks of footnotes left out, and
//! quotations of `<q>` with their marks. What a raised text is, `raise` decides.

use html5gum::StartTag;

use super::Sink;
use super::element::{self, Role};
use super::raise::{self, Outcome, Place};

/// The longest text of a raised element, in bytes. What is longer was never ended.
const LONGEST_RAISED: usize = 200;

/// How much of the text before a raised number is kept, in bytes.
const TAIL: usize = 64;

/// A raised text, or a link to a note, that is being read.
#[derive(Debug)]
struct Raised {
    /// Where its element stands.
    at: usize,
    place: Option<Place>,
    note: bool,
    text: String,
}

/// The text of the line so far, and what is open in it.
#[derive(Debug, Default)]
pub(super) struct Line {
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
}

impl Line {
    /// The place of the raised element that is being read. Where there is none, tags go through.
    pub(super) fn raised_at(&self) -> Option<usize> {
        self.raised.as_ref().map(|raised| raised.at)
    }

    /// Takes text that is seen.
    pub(super) fn text(&mut self, text: &str, sink: &mut Sink) {
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

    /// The line ends: nothing raised belongs to it any more.
    pub(super) fn end(&mut self) {
        self.tail.clear();
        self.held = None;
    }

    /// Text of the line.
    fn say(&mut self, text: &str, sink: &mut Sink) {
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

    fn pass(&mut self, text: &str, sink: &mut Sink) {
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

    /// An element that is seen begins, at this place among those that are open.
    pub(super) fn begin(&mut self, (role, at): (Role, usize), start: &StartTag<()>, sink: &mut Sink) {
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
            _ => {}
        }
        if self.raised.is_none() {
            sink.start(start);
        }
    }

    pub(super) fn close_quotation(&mut self, sink: &mut Sink) {
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

    /// Writes the raised text that has come to its end.
    pub(super) fn lower(&mut self, sink: &mut Sink) {
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
}
