//! Markdown becomes HTML, by the crate pulldown-cmark, so that its headings, links and lists are read like a page's.
//!
//! Plain text is not Markdown because of one star or one number sign: at least two marks of different places are asked for.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Bytes at the start in which the marks are counted.
const WINDOW: usize = 64 * 1024;

/// True when headings, links and emphasis show that the text was written as Markdown.
pub(super) fn is_markdown(text: &str) -> bool {
    let window = &text[..text.floor_char_boundary(WINDOW)];
    let headings = window.lines().filter(|line| is_heading(line)).count();
    let links = window.matches("](http").count();
    let strong = (window.matches("**").count() + window.matches("~~").count()) / 2;
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
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    // One tilde strikes nothing out: "~5 km" is "about".
    let events = Parser::new_ext(text, options).into_offset_iter().map(|(event, range)| {
        let single = !text[range].starts_with("~~");
        match event {
            Event::Start(Tag::Strikethrough) | Event::End(TagEnd::Strikethrough) if single => Event::Text("~".into()),
            event => event,
        }
    });
    html::push_html(&mut out, events);
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

    #[test]
    fn two_tildes_strike_out_and_one_does_not() {
        assert_eq!(to_html("a ~~b~~ c"), "<p>a <del>b</del> c</p>\n");
        assert_eq!(to_html("5~6 and 7~8"), "<p>5~6 and 7~8</p>\n");
    }
}
