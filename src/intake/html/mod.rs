//! A web page in HTML becomes pieces of text, what its head says about it, and an extractor's opinion where the article is.
//!
//! The page is read once, token by token: `flatten` makes the pieces, `slim` a bounded copy for the extractor, which is the
//! crate dom_smoothie (Mozilla's Readability in Rust). Its answer is flattened in the same way, so the two lists can be
//! laid side by side. Who is right where they differ is decided in `intake::choose`, not here.

mod flatten;
mod opinion;
mod row;
mod slim;
mod tag;

use html5gum::{DefaultEmitter, Token, Tokenizer};

pub(super) use flatten::Piece;
pub(super) use opinion::Head;

/// What is read off a page.
#[derive(Debug)]
pub(super) struct Page {
    /// Its text in order, furniture and all.
    pub(super) pieces: Vec<Piece>,
    /// What its head says.
    pub(super) head: Head,
    /// The pieces that the extractor takes for the article; empty when it has no opinion.
    pub(super) extracted: Vec<Piece>,
}

/// Reads a page. `None` when it shows more than `limit` bytes of text.
pub(super) fn read(html: &str, limit: usize) -> Option<Page> {
    let mut slim = slim::Slim::default();
    let (pieces, title) = flatten(html, limit, Some(&mut slim))?;
    let (head, content) = slim.finish().map(opinion::ask).unwrap_or_default();
    let extracted = content.and_then(|content| flatten(&content, limit, None)).map(|(pieces, _)| pieces);
    let head = Head { title: head.title.or(title), ..head };
    Some(Page { pieces, head, extracted: extracted.unwrap_or_default() })
}

/// The pieces and the title of a page.
fn flatten(html: &str, limit: usize, mut slim: Option<&mut slim::Slim>) -> Option<(Vec<Piece>, Option<String>)> {
    let mut emitter = DefaultEmitter::<()>::default();
    // Scripts hold no tags.
    emitter.naively_switch_states(true);
    let mut flattener = flatten::Flattener::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match &token {
            Token::StartTag(start) => {
                flattener.start(start);
                if let Some(slim) = &mut slim {
                    slim.start(start);
                }
            }
            Token::EndTag(end) => {
                flattener.end(end);
                if let Some(slim) = &mut slim {
                    slim.end(end);
                }
            }
            Token::String(text) => {
                let text = String::from_utf8_lossy(&text.value);
                flattener.text(&text);
                if let Some(slim) = &mut slim {
                    slim.text(&text);
                }
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if flattener.bytes() > limit {
            return None;
        }
    }
    Some(flattener.finish())
}
