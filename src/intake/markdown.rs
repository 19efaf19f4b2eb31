//! Markdown becomes HTML, by the crate pulldown-cmark, so that its headings, links and lists are read like a page's.
//!
//! Plain text is not Markdown because of one star or one number sign: at least two marks of different places are asked for.

use pulldown_cmark::{Options, Parser, html};

/// Bytes at the start in which the marks are counted.
const WINDOW: usize = 64 * 1024;

/// True when headings, links and emphasis show that the text was written as Markdown.
pub(super) fn is_markdown(text: &str) -> bool {
    let window = &text[..text.floor_char_boundary(WINDOW)];
    let headings = window.lines().filter(|line| is_heading(line)).count();
    let links = window.matches("](http").count();
    let strong = window.matches("**").count() / 2;
    let fences = window.lines().filter(|line| line.starts_with("```")).count() / 2;
    links >= 2 || headings >= 1 && headings + links + strong + fences >= 2
}

/// `# Title` to `###### Title`.
fn is_heading(line: &str) -> bool {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    (1..=6).contains(&level) && line[level..].strip_prefix(' ').is_some_and(|text| text.contains(char::is_alphabetic))
}

/// The text as HTML.
pub(super) fn to_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, Parser::new_ext(text, Options::ENABLE_TABLES));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_markdown() {
        for text in ["# 1 in the charts", "He *said* so.\n- one\n- two", "#7 Reader", "a ** b ** c"] {
            assert!(!is_markdown(text), "{text}");
        }
        for text in ["# Title\n\n## Part\n\nText.", "See [a](http://a.b) and [c](https://c.d).", "# Title\n\n**Lead.**"]
        {
            assert!(is_markdown(text), "{text}");
        }
    }
}
