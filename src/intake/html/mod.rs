//! A web page in HTML becomes pieces of text, what its head says about it, and an extractor's opinion where the article is.
//!
//! The page is read once, token by token. `shown` lets through what a reader sees; of that, `flatten` makes the pieces and
//! `slim` a bounded copy for the extractor, which is the crate dom_smoothie (Mozilla's Readability in Rust). Its answer is
//! flattened in the same way, so the two lists can be laid side by side. Who is right where they differ is decided in
//! `intake::choose`, not here.

mod colour;
mod element;
mod entity;
mod facts;
mod flatten;
mod line;
mod opinion;
mod raise;
mod row;
mod rules;
mod selector;
mod shown;
#[cfg(test)]
mod shown_cases;
mod slim;
mod style;
mod tag;

use html5gum::{DefaultEmitter, EndTag, StartTag, Token, Tokenizer};

pub(super) use entity::leftovers_decoded;
pub(super) use flatten::Piece;
pub(super) use opinion::Head;

use super::Removed;
use entity::Beforehand;
use shown::Shown;

/// What is read off a page.
#[derive(Debug)]
pub(super) struct Page {
    /// Its text in order, furniture and all.
    pub(super) pieces: Vec<Piece>,
    /// What its head says.
    pub(super) head: Head,
    /// The pieces that the extractor takes for the article; empty when it has no opinion.
    pub(super) extracted: Vec<Piece>,
    /// What nobody sees of it, and what is struck out.
    pub(super) unseen: Vec<Removed>,
}

/// Reads a page. `None` when it shows more than `limit` bytes of text.
pub(super) fn read(html: &str, limit: usize) -> Option<Page> {
    let page = Beforehand::of(html);
    let sink = Sink { flattener: flatten::Flattener::default(), slim: Some(slim::Slim::default()) };
    let (Sink { flattener, slim }, unseen) = pass(html, limit, &page, sink)?;
    let (pieces, title) = flattener.finish();
    let (mut head, content) = slim.and_then(slim::Slim::finish).map(opinion::ask).unwrap_or_default();
    if page.escaped_twice {
        let once = |text: &mut Option<String>| *text = text.take().map(|text| entity::decoded(&text));
        [&mut head.title, &mut head.byline, &mut head.site].into_iter().for_each(once);
    }
    let extracted = content.and_then(|content| {
        let alone = Sink { flattener: flatten::Flattener::default(), slim: None };
        pass(&content, limit, &Beforehand::default(), alone)
    });
    let extracted = extracted.map(|(read, _)| read.flattener.finish().0).unwrap_or_default();
    let head = Head { title: head.title.or(title), ..head };
    Some(Page { pieces, head, extracted, unseen })
}

/// What reads the tags and texts that are seen.
struct Sink {
    flattener: flatten::Flattener,
    slim: Option<slim::Slim>,
}

impl Sink {
    fn start(&mut self, start: &StartTag<()>) {
        self.flattener.start(start);
        if let Some(slim) = &mut self.slim {
            slim.start(start);
        }
    }

    fn end(&mut self, end: &EndTag<()>) {
        self.flattener.end(end);
        if let Some(slim) = &mut self.slim {
            slim.end(end);
        }
    }

    fn text(&mut self, text: &str) {
        self.flattener.text(text);
        if let Some(slim) = &mut self.slim {
            slim.text(text);
        }
    }
}

/// Passes the tokens of a page on, and gives what nobody sees of it.
fn pass(html: &str, limit: usize, page: &Beforehand, mut sink: Sink) -> Option<(Sink, Vec<Removed>)> {
    let mut emitter = DefaultEmitter::<()>::default();
    // Scripts hold no tags.
    emitter.naively_switch_states(true);
    let mut shown = Shown::new(page);
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match &token {
            Token::StartTag(start) => shown.start(start, &mut sink),
            Token::EndTag(end) => shown.end(end, &mut sink),
            Token::String(text) => shown.text(&String::from_utf8_lossy(&text.value), &mut sink),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if sink.flattener.bytes() > limit {
            return None;
        }
    }
    let unseen = shown.finish(&mut sink);
    Some((sink, unseen))
}
