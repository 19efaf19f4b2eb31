//! Entities that were escaped twice: `&amp;#39;` shows a reader `&#39;` where the author wrote an apostrophe.
//!
//! They are decoded once more when the page looks escaped twice as a whole: an entity touches a letter, as in
//! `council&#39;s`. A page that speaks of entities shows them apart from words, or as code, and keeps them.

use std::borrow::Cow;

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// Names of characters of running text. Numbers count too.
const TEXTUAL: [&str; 20] = [
    "quot", "apos", "amp", "nbsp", "rsquo", "lsquo", "ldquo", "rdquo", "bdquo", "sbquo", "laquo", "raquo", "mdash",
    "ndash", "hellip", "shy", "euro", "pound", "deg", "eacute",
];

/// The longest entity that is looked for, in bytes.
const LONGEST: usize = 10;

/// Elements whose text is code, or no text.
const CODE: [&str; 10] = ["code", "pre", "kbd", "samp", "tt", "xmp", "textarea", "script", "style", "noscript"];

/// What is known of a page before it is read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Beforehand {
    /// The text of its `<style>` elements.
    pub(super) css: String,
    /// Its text was escaped twice.
    pub(super) escaped_twice: bool,
}

impl Beforehand {
    /// Looks through a page once: comments, scripts and attributes are passed over.
    pub(super) fn of(html: &str) -> Self {
        let (mut css, mut twice, mut shown_as_code) = (String::new(), false, false);
        let mut rest = html;
        loop {
            let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            twice = twice || has_leftover(text, "&amp;", is_attached);
            let Some(inside) = tag.strip_prefix('<') else { break };
            if let Some(comment) = inside.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let after = inside.split_once('>').map_or("", |(_, after)| after);
            let end = inside.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(inside.len()).min(10);
            let name = inside[..end].to_ascii_lowercase();
            rest = after;
            if CODE.contains(&name.as_str()) {
                let content = &after[..end_tag(after, &name)];
                match name.as_str() {
                    "style" => css.extend([content, "\n"]),
                    "script" | "noscript" => {}
                    _ => shown_as_code |= has_leftover(content, "&amp;", |_, _, _| true),
                }
                rest = &after[content.len()..];
            }
        }
        Self { css, escaped_twice: twice && !shown_as_code }
    }
}

/// Where the end tag of this name begins.
fn end_tag(html: &str, name: &str) -> usize {
    let is_end = |at: &usize| {
        let tag = html.as_bytes().get(at + 2..at + 2 + name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    };
    html.match_indices("</").map(|(at, _)| at).find(is_end).unwrap_or(html.len())
}

/// True when the text has an entity behind this mark that fits: with the character before and the one behind it.
fn has_leftover(text: &str, mark: &str, fits: fn(Option<char>, &str, Option<char>) -> bool) -> bool {
    text.match_indices(mark).any(|(at, _)| {
        let body = &text[at + mark.len()..];
        let Some((name, after)) = body[..body.floor_char_boundary(LONGEST)].split_once(';') else { return false };
        let digits = name
            .strip_prefix('#')
            .is_some_and(|it| !it.is_empty() && it.chars().all(|c| c.is_ascii_hexdigit() || c == 'x'));
        let after = after.chars().next().or_else(|| body[name.len() + 1..].chars().next());
        (digits || TEXTUAL.contains(&name)) && fits(text[..at].chars().next_back(), name, after)
    })
}

/// A letter or a digit touches it.
fn is_attached(before: Option<char>, _: &str, after: Option<char>) -> bool {
    before.is_some_and(char::is_alphanumeric) || after.is_some_and(char::is_alphanumeric)
}

/// The text, decoded once more.
pub(in crate::intake) fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let safe = text.replace('<', "&lt;");
    let mut out = String::with_capacity(text.len());
    for token in Tokenizer::new_with_emitter(safe.as_str(), DefaultEmitter::<()>::default()) {
        let Ok(token) = token;
        if let Token::String(text) = token {
            out.push_str(&String::from_utf8_lossy(&text.value));
        }
    }
    out
}

/// Plain text that was taken out of a page without being decoded, decoded; as it is where no entity touches a word.
pub(in crate::intake) fn leftovers_decoded(text: &str) -> Cow<'_, str> {
    match has_leftover(text, "&", is_attached) {
        true => Cow::Owned(decoded(text)),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_were_escaped_twice_are_known() {
        for html in ["<p>Tom&amp;#39;s", "<p>R&amp;amp;D", "<p>said: &amp;quot;Yes&amp;quot;.</p>", "<p>5&amp;nbsp;000"]
        {
            assert!(Beforehand::of(html).escaped_twice, "{html}");
        }
        for html in [
            "<p>write &amp;quot; for it",
            "<p>Tom&amp;#39;s <code>&amp;#39;</code>",
            "<p data-x=\"Tom&amp;#39;s\">R&amp;D",
            "<!-- Tom&amp;#39;s --><script>Tom&amp;#39;s</script>",
            "<p>a&amp;lt;b",
            "",
        ] {
            assert!(!Beforehand::of(html).escaped_twice, "{html}");
        }
    }

    #[test]
    fn text_is_decoded_once_more() {
        assert_eq!(decoded("Tom&#39;s &quot;a < b&quot; &amp; c&nbsp;&laquo;d&raquo;"), "Tom's \"a < b\" & c\u{a0}«d»");
        assert_eq!(leftovers_decoded("the council&#39;s vote"), "the council's vote");
        assert_eq!(leftovers_decoded("write &quot; for it"), "write &quot; for it");
        assert_eq!(leftovers_decoded("AT&T; &ж;"), "AT&T; &ж;");
    }

    #[test]
    fn styles_are_found_where_they_count() {
        let html = "<STYLE media=x>.a{}</STYLE><!-- <style>.b{}</style> --><script>'<style>.c{}</style>'</script>\
            <noscript><style>.d{}</style></noscript><style>.e{}";
        assert_eq!(Beforehand::of(html).css, ".a{}\n.e{}\n");
    }
}
