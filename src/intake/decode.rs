//! Bytes to tidy text: UTF-8, one form of every letter, one kind of line end, one kind of blank.
//!
//! Later rooms compare letters and count bytes, so two spellings of й or an invisible soft hyphen inside a word would
//! make equal words unequal. What is dropped here is invisible on a page. Old charsets and HTML are not read here.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::error::IntakeError;

/// The most bytes that are read: some forty times the longest article of a newspaper.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Bytes at the start in which the signs of HTML are looked for.
const HTML_WINDOW: usize = 2048;

/// Decodes and tidies. Lines are separated by `\n`, have no blanks at either end and no double blanks.
pub(super) fn decode(bytes: &[u8], name: &str) -> Result<String, IntakeError> {
    if bytes.len() > MAX_BYTES {
        return Err(IntakeError::TooLarge { name: name.to_owned(), bytes: bytes.len(), limit: MAX_BYTES });
    }
    let not_text = |offset| IntakeError::NotText { name: name.to_owned(), offset };
    let text = std::str::from_utf8(bytes).map_err(|error| not_text(error.valid_up_to()))?;
    if let Some(offset) = bytes.iter().position(|&byte| byte == 0) {
        return Err(not_text(offset));
    }
    if looks_like_html(text) {
        return Err(IntakeError::LooksLikeHtml { name: name.to_owned() });
    }
    let text = tidy(text);
    if text.is_empty() {
        return Err(IntakeError::Empty { name: name.to_owned() });
    }
    Ok(text)
}

fn looks_like_html(text: &str) -> bool {
    let end = text.floor_char_boundary(HTML_WINDOW);
    let start = text[..end].trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let opens = ["<!doctype html", "<html", "<head", "<body", "<?xml"];
    if opens.iter().any(|tag| start.starts_with(tag)) {
        return true;
    }
    // A page that begins in the middle: a tag first, and closing tags soon after.
    start.starts_with('<') && start.matches("</").count() >= 3
}

/// One form for every letter, invisible characters gone, blanks single, at most one empty line together.
fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    let mut breaks = 0_usize;
    let mut last = None;
    for c in text.nfc() {
        match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}' => {
                breaks += 1;
                continue;
            }
            _ if c.is_whitespace() => {
                blank = true;
                continue;
            }
            _ if is_invisible(c) || is_stress(last, c) => continue,
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
        last = Some(c);
    }
    out
}

/// Soft hyphens, zero widths, direction marks, variation selectors and what else takes no place on a page.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}'
        | '\u{e0000}'..='\u{e0fff}')
        || c.is_control()
}

/// A stress mark over a Cyrillic letter helps to read aloud, and makes two spellings of one word.
fn is_stress(before: Option<char>, c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}')
        && is_combining_mark(c)
        && before.is_some_and(|letter| ('\u{400}'..='\u{52f}').contains(&letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_tidied() {
        let cases = [
            ("\u{feff}one\r\ntwo\rthree", "one\ntwo\nthree"),
            ("  a \t b\u{a0}\u{2009}c  \n \n\n\n d", "a b c\n\nd"),
            ("со\u{ad}став\u{200b}, \u{202a}да\u{202c}\u{7}", "состав, да"),
            ("и\u{306}ти і\u{308}жак", "йти їжак"),
            ("перемо\u{301}га cafe\u{301}", "перемога café"),
            ("one\u{2028}two\u{2029}\u{2029}three", "one\ntwo\n\nthree"),
        ];
        for (given, wanted) in cases {
            assert_eq!(decode(given.as_bytes(), "a").as_deref(), Ok(wanted), "{given:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        let name = || "a.bin".to_owned();
        let cases: [(&[u8], IntakeError); 7] = [
            (b"", IntakeError::Empty { name: name() }),
            (b"\xef\xbb\xbf \n\t ", IntakeError::Empty { name: name() }),
            (b"ab\xff", IntakeError::NotText { name: name(), offset: 2 }),
            (b"abc\0d", IntakeError::NotText { name: name(), offset: 3 }),
            (b"\xff\xfea\0b\0", IntakeError::NotText { name: name(), offset: 0 }),
            (b"  <!DOCTYPE html><p>a", IntakeError::LooksLikeHtml { name: name() }),
            (b"<div><p>a</p><p>b</p></div>", IntakeError::LooksLikeHtml { name: name() }),
        ];
        for (bytes, error) in cases {
            assert_eq!(decode(bytes, "a.bin"), Err(error));
        }
        let long = vec![b'a'; MAX_BYTES + 1];
        assert!(matches!(decode(&long, "a"), Err(IntakeError::TooLarge { bytes, .. }) if bytes == long.len()));
    }
}
