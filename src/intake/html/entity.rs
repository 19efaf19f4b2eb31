//! Entities that were escaped twice: `&amp;#39;` shows a reader `&#39;` where the author wrote an apostrophe.
//!
//! They are decoded once more when the page looks escaped twice as a whole: an entity touches a letter, as in
//! `council&#39;s`, or stands between blanks where its character does (`Pell &amp; Sons`). A page that speaks of entities
//! shows them apart from words, or as code, or says what they are, and keeps them.

use std::borrow::Cow;

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// The longest entity that is looked for, in bytes.
const LONGEST: usize = 10;

/// Elements whose text is code, or no text.
const CODE: [&str; 10] = ["code", "pre", "kbd", "samp", "tt", "xmp", "textarea", "script", "style", "noscript"];

/// Parts of words that a text on markup has, in lower case.
const MARKUP: [&str; 6] = ["html", "xml", "markup", "ampersand", "амперсанд", "мнемоник"];

/// What is known of a page before it is read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Beforehand {
    /// The text of its `<style>` elements.
    pub(super) css: String,
    /// It names style sheets in other files.
    pub(super) sheets_elsewhere: bool,
    /// Its text was escaped twice.
    pub(super) escaped_twice: bool,
}

/// Where the text of a page has entities that were escaped once more.
#[derive(Debug, Default, Clone, Copy)]
struct Leftovers {
    /// One touches a letter.
    attached: bool,
    /// One stands where its character may stand, between blanks.
    apart: bool,
    /// The text speaks of markup.
    explained: bool,
}

impl Leftovers {
    /// Looks through a part of the text.
    fn look(&mut self, text: &str, mark: &str) {
        if !self.attached {
            self.attached = has_leftover(text, mark, is_attached);
            self.apart = self.apart || has_leftover(text, mark, is_apart);
        }
        self.explained = self.explained || speaks_of_markup(text);
    }

    fn are_mistakes(self) -> bool {
        self.attached || self.apart && !self.explained
    }
}

impl Beforehand {
    /// Looks through a page once: comments, scripts and attributes are passed over.
    pub(super) fn of(html: &str) -> Self {
        let mut page = Self::default();
        let (mut leftovers, mut shown_as_code) = (Leftovers::default(), false);
        // Most pages have nothing of the kind.
        let any = html.contains("&amp;");
        let mut rest = html;
        loop {
            let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            if any && !text.trim().is_empty() {
                leftovers.look(text, "&amp;");
            }
            let Some(inside) = tag.strip_prefix('<') else { break };
            if let Some(comment) = inside.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let (tag, after) = inside.split_once('>').unwrap_or((inside, ""));
            let end = tag.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tag.len()).min(10);
            let name = tag[..end].to_ascii_lowercase();
            rest = after;
            page.sheets_elsewhere |= name == "link" && tag.to_ascii_lowercase().contains("stylesheet");
            if CODE.contains(&name.as_str()) {
                let content = &after[..end_tag(after, &name)];
                match name.as_str() {
                    "style" => page.add_sheet(tag, content),
                    "script" | "noscript" => {}
                    _ => shown_as_code |= has_leftover(content, "&amp;", |_| true),
                }
                rest = &after[content.len()..];
            }
        }
        page.escaped_twice = leftovers.are_mistakes() && !shown_as_code;
        page
    }

    /// Adds a `<style>` with this tag.
    fn add_sheet(&mut self, tag: &str, content: &str) {
        self.sheets_elsewhere |= content.contains("@import");
        match media_of(&tag.to_ascii_lowercase()) {
            Some(media) => self.css.extend(["@media ", media, "{", content, "}\n"]),
            None => self.css.extend([content, "\n"]),
        }
    }
}

/// The media that a tag in lower case is for.
fn media_of(tag: &str) -> Option<&str> {
    let value = tag.split_once("media")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quoted = value.strip_prefix('"').map(|it| (it, '"')).or_else(|| value.strip_prefix('\'').map(|it| (it, '\'')));
    match quoted {
        Some((inside, mark)) => inside.split(mark).next(),
        None => value.split([' ', '\n', '/']).next(),
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

/// An entity, and the text on both sides of it.
struct Found<'t> {
    before: &'t str,
    /// What it stands for.
    character: char,
    after: &'t str,
}

/// True when the text has an entity behind this mark that fits.
fn has_leftover(text: &str, mark: &str, fits: fn(&Found<'_>) -> bool) -> bool {
    text.match_indices(mark).any(|(at, _)| {
        let body = &text[at + mark.len()..];
        let Some((name, _)) = body[..body.floor_char_boundary(LONGEST)].split_once(';') else { return false };
        let character = meaning(name);
        character
            .is_some_and(|character| fits(&Found { before: &text[..at], character, after: &body[name.len() + 1..] }))
    })
}

/// The character that an entity stands for. Those of markup are no letters that an author wrote.
fn meaning(name: &str) -> Option<char> {
    if !name.starts_with('#') && !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let entity = format!("&{name};");
    let text = decoded(&entity);
    let mut chars = text.chars();
    let first = chars.next().filter(|_| chars.next().is_none())?;
    (!matches!(first, '<' | '>')).then_some(first)
}

/// A letter or a digit touches it.
fn is_attached(found: &Found<'_>) -> bool {
    found.before.ends_with(char::is_alphanumeric) || found.after.starts_with(char::is_alphanumeric)
}

/// It stands between blanks, with words on one side at least, and its character is a sign that does so in running text: no
/// letter, and no mark of a quotation.
fn is_apart(found: &Found<'_>) -> bool {
    let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let sign = !found.character.is_alphanumeric() && !"\"'“”„‘’‚«»‹›`".contains(found.character);
    let words = |text: &str| !text.trim().is_empty();
    sign && blank(found.before.chars().next_back())
        && blank(found.after.chars().next())
        && (words(found.before) || words(found.after))
}

/// True for a text that tells how signs are written in markup.
fn speaks_of_markup(text: &str) -> bool {
    let lower = text.to_lowercase();
    MARKUP.iter().any(|part| lower.contains(part))
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

/// Plain text that was taken out of a page without being decoded, decoded; as it is where no entity stands for a character.
pub(in crate::intake) fn leftovers_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut leftovers = Leftovers::default();
    leftovers.look(text, "&");
    match leftovers.are_mistakes() {
        true => Cow::Owned(decoded(text)),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_were_escaped_twice_are_known() {
        for html in [
            "<p>Tom&amp;#39;s",
            "<p>R&amp;amp;D",
            "<p>said: &amp;quot;Yes&amp;quot;.</p>",
            "<p>5&amp;nbsp;000",
            "<p>in M&amp;uuml;nchen",
            "<p>Pell &amp;amp; Sons",
            "<p><b>Pell</b> &amp;amp; Sons",
            "<p>It is final &amp;mdash; said the mayor",
            "<footer>&amp;copy; 2024 Courier",
        ] {
            assert!(Beforehand::of(html).escaped_twice, "{html}");
        }
        for html in [
            "<p>write &amp;quot; for it",
            "<p>Tom&amp;#39;s <code>&amp;#39;</code>",
            "<p data-x=\"Tom&amp;#39;s\">R&amp;D",
            "<!-- Tom&amp;#39;s --><script>Tom&amp;#39;s</script>",
            "<p>a&amp;lt;b",
            "<p>In HTML the sign is written &amp;amp; and nothing else",
            "<p>write &amp;amp; for it</p><p>An entity begins with an ampersand.",
            "<table><tr><td>&amp;amp;</td><td>and</td></tr></table>",
            "<p>the letter &amp;uuml; is written so",
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
        assert_eq!(leftovers_decoded("Marks &amp; Spencer closed shops"), "Marks & Spencer closed shops");
        assert_eq!(leftovers_decoded("write &amp; in HTML"), "write &amp; in HTML");
    }

    #[test]
    fn styles_are_found_where_they_count() {
        let html = "<STYLE media=x>.a{}</STYLE><!-- <style>.b{}</style> --><script>'<style>.c{}</style>'</script>\
            <noscript><style>.d{}</style></noscript><style>.e{}";
        let page = Beforehand::of(html);
        assert_eq!(page.css, "@media x{.a{}}\n.e{}\n");
        assert!(!page.sheets_elsewhere);
        assert_eq!(
            Beforehand::of("<style media=\"print and (x)\" a=b>.a{}</style>").css,
            "@media print and (x){.a{}}\n"
        );
        for html in ["<link rel='stylesheet' href=a.css>", "<style>@import 'a.css';</style>"] {
            assert!(Beforehand::of(html).sheets_elsewhere, "{html}");
        }
    }
}
