//! Tags that say in which language a text is: `lang`, `xml:lang`, `og:locale`, `content-language`.
//!
//! A translated page says its new language, or else a browser hyphenates, reads aloud and offers to translate in the old
//! one. Only values change; the rest of a tag stays byte for byte. Texts in a language that is not ours stay as they are, and
//! so do their tags. Not here: which way a text runs, which is the same in all three.

use std::ops::Range;

use super::replace::replaced;
use crate::language::Language;

/// A start tag of this name in small letters, with the language `to` where it names one of ours.
pub(super) fn renamed(raw: &str, name: &str, to: Language) -> String {
    let found = attributes(raw, name.len() + 1);
    let value = |wanted: &str| {
        let mut named = found.iter().filter(|(name, _)| raw[name.clone()].eq_ignore_ascii_case(wanted));
        named.next().map(|(_, value)| value.clone())
    };
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    for attribute in ["lang", "xml:lang"] {
        let own = value(attribute).filter(|range| {
            let given = primary(&raw[range.clone()]);
            let ours = Language::ALL.iter().any(|language| language.code() == given);
            given != to.code() && !given.is_empty() && (ours || name == "html")
        });
        changes.extend(own.map(|range| (range, to.code().to_owned())));
    }
    if name == "meta" {
        let says = |attribute: &str, wanted: &str| {
            value(attribute).is_some_and(|range| raw[range].trim().eq_ignore_ascii_case(wanted))
        };
        let content = value("content");
        if says("property", "og:locale") || says("name", "og:locale") {
            changes.extend(content.map(|range| (range, locale(to).to_owned())));
        } else if says("http-equiv", "content-language") {
            changes.extend(content.map(|range| (range, to.code().to_owned())));
        }
    }
    changes.sort_by_key(|(range, _)| range.start);
    replaced(raw, changes)
}

/// The language of a tag such as `en-GB`, in small letters.
fn primary(value: &str) -> String {
    value.trim().split(['-', '_']).next().unwrap_or_default().to_lowercase()
}

/// A language with the country that pages in it name first.
fn locale(language: Language) -> &'static str {
    match language {
        Language::En => "en_US",
        Language::Uk => "uk_UA",
        Language::Ru => "ru_RU",
    }
}

/// The bytes of each attribute's name and of its value, without quotation marks, from a byte on.
fn attributes(raw: &str, from: usize) -> Vec<(Range<usize>, Range<usize>)> {
    let blank = |c: char| c.is_ascii_whitespace() || c == '/';
    let skip = |at: usize| at + (raw[at..].len() - raw[at..].trim_start_matches(blank).len());
    let mut found = Vec::new();
    let mut at = from.min(raw.len());
    while !raw.is_char_boundary(at) {
        at += 1;
    }
    loop {
        at = skip(at);
        let length = raw[at..].find(|c: char| blank(c) || c == '=' || c == '>').unwrap_or(raw.len() - at);
        let name = at..at + length;
        let behind = skip(name.end);
        if !raw[behind..].starts_with('=') {
            if length == 0 {
                return found;
            }
            at = behind;
            continue;
        }
        let start =
            raw[behind + 1..].find(|c: char| !c.is_ascii_whitespace()).map_or(raw.len(), |blank| behind + 1 + blank);
        let quote = raw[start..].chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => start + 1..raw[start + 1..].find(quote).map_or(raw.len(), |length| start + 1 + length),
            None => {
                start
                    ..raw[start..]
                        .find(|c: char| c.is_ascii_whitespace() || c == '>')
                        .map_or(raw.len(), |length| start + length)
            }
        };
        at = (value.end + usize::from(quote.is_some())).min(raw.len());
        found.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_the_new_language() {
        use Language::{En, Ru, Uk};
        for (raw, name, to, wanted) in [
            ("<html lang=\"en\" dir=ltr>", "html", Uk, "<html lang=\"uk\" dir=ltr>"),
            ("<HTML xml:lang='en-GB' LANG=en-GB>", "html", Ru, "<HTML xml:lang='ru' LANG=ru>"),
            ("<html lang=fr class=a>", "html", Uk, "<html lang=uk class=a>"),
            ("<p data-lang=\"en\" lang = \"uk\">", "p", En, "<p data-lang=\"en\" lang = \"en\">"),
            ("<q lang=fr>", "q", Uk, "<q lang=fr>"),
            ("<a hreflang=en title='lang=en'>", "a", Uk, "<a hreflang=en title='lang=en'>"),
            (
                "<meta property=\"og:locale\" content=\"en_US\"/>",
                "meta",
                Uk,
                "<meta property=\"og:locale\" content=\"uk_UA\"/>",
            ),
            (
                "<meta property=\"og:locale:alternate\" content=\"en_US\">",
                "meta",
                Uk,
                "<meta property=\"og:locale:alternate\" content=\"en_US\">",
            ),
            (
                "<meta content=uk http-equiv=Content-Language>",
                "meta",
                Ru,
                "<meta content=ru http-equiv=Content-Language>",
            ),
            ("<meta name=description content=\"lang\">", "meta", Ru, "<meta name=description content=\"lang\">"),
        ] {
            assert_eq!(renamed(raw, name, to), wanted);
        }
        for broken in ["<p lang", "<p lang=", "<p lang='en", "<p = = lang=en", "<p/ / />", "<", "<ї lang=en>"] {
            let _ = renamed(broken, "p", Uk);
        }
    }
}
