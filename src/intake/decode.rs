//! Bytes to tidy text: what a file holds, one form of every letter, one kind of line end, one kind of blank.
//!
//! What a file holds is judged by its content and never by its name. Later rooms compare letters and count bytes, so two
//! spellings of й or an invisible soft hyphen inside a word would make equal words unequal. What is dropped here is invisible
//! on a page. Wrappings are in `unpack`, charsets in `charset`, pages in `html`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::error::IntakeError;
use super::{Reason, Removed, charset, html, lookalike, markdown, unpack};

/// The most bytes of text that are read: some forty times the longest article of a newspaper. A page in HTML may be longer
/// (see [`super::MAX_FILE_BYTES`]), when it does not show more text than this.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Bytes at the start in which the signs of HTML are looked for.
const HTML_WINDOW: usize = 2048;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// Plain text, tidied.
    Plain(String),
    /// A web page in HTML.
    Page(String),
    /// HTML made of Markdown: all of it is the article.
    Document(String),
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) content: Content,
    /// What is struck out in plain text.
    pub(super) struck: Vec<Removed>,
    /// What a reader should know of its bytes.
    pub(super) notes: Vec<String>,
}

/// Unpacks, decodes, and tidies plain text, which may have so many characters, unpacked.
pub(super) fn decode(bytes: Vec<u8>, name: &str, most: usize) -> Result<Decoded, IntakeError> {
    // No character takes more than four bytes, so more than these are certainly too many.
    let (bytes, charset) = unpack::unpack(bytes, name, most.saturating_mul(4))?;
    let characters = characters(&bytes);
    if characters > most {
        return Err(IntakeError::TooMuch { name: name.to_owned(), characters, limit: most });
    }
    let too_large = |limit| IntakeError::TooLarge { name: name.to_owned(), bytes: bytes.len(), limit };
    if bytes.len() > unpack::MAX_FILE_BYTES {
        return Err(too_large(unpack::MAX_FILE_BYTES));
    }
    let charset::Decoded { text, notes } = charset::decode(&bytes, charset.as_deref())
        .map_err(|offset| IntakeError::NotText { name: name.to_owned(), offset })?;
    let whole = |content| Decoded { content, struck: Vec::new(), notes: notes.clone() };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(IntakeError::Empty { name: name.to_owned() });
    }
    if looks_like_html(text) {
        return Ok(whole(Content::Page(text.to_owned())));
    }
    if text.len() > MAX_BYTES {
        return Err(too_large(MAX_BYTES));
    }
    if markdown::is_markdown(text) {
        return Ok(whole(Content::Document(markdown::to_html(text))));
    }
    let (text, struck) = without_struck(tidy(&html::leftovers_decoded(text)));
    if text.is_empty() {
        return Err(IntakeError::Empty { name: name.to_owned() });
    }
    Ok(Decoded { content: Content::Plain(text), struck, notes })
}

/// The longest passage that is struck out of plain text, in bytes.
const LONGEST_STRUCK: usize = 500;

/// Plain text without what stands between two `~~` in one line, and that.
fn without_struck(text: String) -> (String, Vec<Removed>) {
    let (mut out, mut struck) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("~~") {
        out.push_str(before);
        let near = &after[..after.floor_char_boundary(LONGEST_STRUCK)];
        let inside = near.lines().next().and_then(|line| line.split_once("~~")).map(|(inside, _)| inside);
        match inside.filter(|it| !it.is_empty() && !it.starts_with([' ', '~']) && !it.ends_with(' ')) {
            Some(inside) => {
                struck.push(Removed { text: inside.to_owned(), reason: Reason::Struck });
                rest = &after[inside.len() + 2..];
            }
            None => {
                out.push_str("~~");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    if struck.is_empty() { (text, struck) } else { (tidy(&out), struck) }
}

/// The characters of some bytes. In those that are no UTF-8, whatever stands for a character counts as one.
pub(super) fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

fn looks_like_html(text: &str) -> bool {
    let end = text.floor_char_boundary(HTML_WINDOW);
    let mut start = text[..end].trim_start().to_ascii_lowercase();
    while let Some((_, after)) = start.strip_prefix("<!--").and_then(|comment| comment.split_once("-->")) {
        start = after.trim_start().to_owned();
    }
    let opens = ["<!doctype html", "<html", "<head", "<body", "<?xml"];
    if opens.iter().any(|tag| start.starts_with(tag)) {
        return true;
    }
    // A page that begins in the middle: a tag first, and closing tags soon after.
    let tag = start.strip_prefix('<').is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
    tag && start.matches("</").count() >= 3
}

/// The most marks over one letter: what needs more is made to break readers.
const MOST_MARKS: usize = 8;

/// One form for every letter, invisible characters gone, blanks single, at most one empty line together.
pub(super) fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    let mut breaks = 0_usize;
    for c in visible(&text).nfc() {
        match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}' => {
                breaks += 1;
                continue;
            }
            _ if c.is_whitespace() => {
                blank = true;
                continue;
            }
            _ => {}
        }
        if !out.is_empty() {
            match breaks {
                0 if blank => out.push(' '),
                0 => {}
                1 => out.push('\n'),
                _ => out.push_str("\n\n"),
            }
        }
        (blank, breaks) = (false, 0);
        out.push(c);
    }
    lookalike::folded(&out)
}

/// The characters that take a place on a page. Done before letters are composed, because an invisible one between a letter
/// and its mark would keep them apart.
fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    let (mut base, mut marks) = (None, 0);
    text.chars().filter(move |&c| {
        if is_invisible(c) {
            return false;
        }
        if !is_combining_mark(c) {
            (base, marks) = (Some(c), 0);
            return true;
        }
        marks += 1;
        marks <= MOST_MARKS && !is_stress(base, c)
    })
}

/// Soft hyphens, zero widths, direction marks, variation selectors and what else takes no place on a page.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}'
        | '\u{e0000}'..='\u{e0fff}')
        || c.is_control() && !c.is_whitespace()
}

/// A stress mark over a Cyrillic letter helps to read aloud, and makes two spellings of one word.
fn is_stress(before: Option<char>, c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}' | '\u{340}' | '\u{341}')
        && before.is_some_and(|letter| ('\u{400}'..='\u{52f}').contains(&letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Result<Content, IntakeError> {
        Ok(Content::Plain(text.to_owned()))
    }

    fn decode(bytes: Vec<u8>, name: &str) -> Result<Content, IntakeError> {
        super::decode(bytes, name, usize::MAX).map(|decoded| decoded.content)
    }

    #[test]
    fn what_is_struck_out_of_plain_text_is_told() {
        for (text, left, struck) in [
            ("the cost was ~~3.1~~ 2.4 million", "the cost was 2.4 million", "3.1"),
            ("~~a b~~ c ~~d~~", "c", "a b|d"),
            ("~~ a ~~ b", "~~ a ~~ b", ""),
            ("a ~~ b", "a ~~ b", ""),
            ("~~a\nb~~", "~~a\nb~~", ""),
            ("~~~~ fence", "~~~~ fence", ""),
        ] {
            let decoded = super::decode(text.as_bytes().to_vec(), "a", usize::MAX).unwrap();
            assert_eq!(decoded.content, Content::Plain(left.to_owned()));
            let texts: Vec<&str> = decoded.struck.iter().map(|it| it.text.as_str()).collect();
            assert_eq!(texts.join("|"), struck);
        }
    }

    #[test]
    fn text_is_tidied() {
        let many = format!("z{}alg", "\u{30d}".repeat(1000));
        let few = format!("z{}alg", "\u{30d}".repeat(MOST_MARKS));
        let cases = [
            ("\u{feff}one\r\ntwo\rthree", "one\ntwo\nthree"),
            ("  a \t b\u{a0}\u{2009}c  \n \n\n\n d", "a b c\n\nd"),
            ("со\u{ad}став\u{200b}, \u{202a}да\u{202c}", "состав, да"),
            ("и\u{306}ти і\u{308}жак", "йти їжак"),
            ("перемо\u{301}га cafe\u{200b}\u{301}", "перемога café"),
            ("the council&#39;s 5&nbsp;000", "the council's 5 000"),
            ("one\u{2028}two\u{2029}\u{2029}three", "one\ntwo\n\nthree"),
            (&many, &few),
        ];
        for (given, wanted) in cases {
            assert_eq!(decode(given.as_bytes().to_vec(), "a"), plain(wanted), "{given:?}");
        }
    }

    #[test]
    fn content_is_known_without_a_name() {
        for page in ["  <!DOCTYPE html><p>a", "<!-- saved --><html>", "<div><p>a</p><p>b</p></div>"] {
            assert_eq!(decode(page.as_bytes().to_vec(), "a.txt"), Ok(Content::Page(page.to_owned())));
        }
        for text in ["<sigh> it rained", "a < b </p>", "5 <- 6"] {
            assert_eq!(decode(text.as_bytes().to_vec(), "a.html"), plain(text));
        }
        let markdown = b"# Title\n\nText with **weight**.".to_vec();
        assert!(matches!(decode(markdown, "a"), Ok(Content::Document(html)) if html.contains("<h1>Title</h1>")));
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        let name = || "a.bin".to_owned();
        let cases: [(&[u8], IntakeError); 3] = [
            (b"", IntakeError::Empty { name: name() }),
            (b"\xef\xbb\xbf \n\t ", IntakeError::Empty { name: name() }),
            (b"abc\0d", IntakeError::NotText { name: name(), offset: 3 }),
        ];
        for (bytes, error) in cases {
            assert_eq!(decode(bytes.to_vec(), "a.bin"), Err(error));
        }
        let long = vec![b'a'; MAX_BYTES + 1];
        assert!(matches!(decode(long, "a"), Err(IntakeError::TooLarge { limit: MAX_BYTES, .. })));
        let longer = vec![b'a'; super::unpack::MAX_FILE_BYTES + 1];
        assert!(matches!(decode(longer, "a"), Err(IntakeError::TooLarge { limit: super::unpack::MAX_FILE_BYTES, .. })));
    }
}
