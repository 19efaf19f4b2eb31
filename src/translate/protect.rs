//! What must come through a translation as it is: addresses, placeholders of programs, emoji.
//!
//! A scanner over words and characters, not a grammar: a false find costs a little fluency, a miss breaks a link.

use std::ops::Range;

/// Marks that end a sentence or a bracket and do not belong to an address before them.
const TRAILING: &[char] = &['.', ',', ';', ':', '!', '?', '…', ')', ']', '}', '>', '"', '\'', '»', '”', '“', '’'];

/// The ranges of `text` that stay as they are, in order and apart.
pub(super) fn spans(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = words(text).filter_map(|(at, word)| address(at, word)).collect();
    found.extend(placeholders(text));
    found.extend(emoji(text));
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in found {
        match apart.last() {
            Some(last) if range.start < last.end => {}
            _ => apart.push(range),
        }
    }
    apart
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// An address of the web or of mail, a mention or a hashtag.
fn address(at: usize, word: &str) -> Option<Range<usize>> {
    let opened = word.trim_start_matches(['(', '[', '<', '"', '«', '“', '„', '\'']);
    let start = at + (word.len() - opened.len());
    let mut whole = opened.trim_end_matches(TRAILING);
    // A bracket that the address opens itself is part of it.
    if whole.contains('(') && opened[whole.len()..].starts_with(')') {
        whole = &opened[..whole.len() + 1];
    }
    let tagged =
        |rest: &str| rest.chars().count() >= 2 && rest.chars().all(|c| c.is_alphanumeric() || "_-.@".contains(c));
    let web = whole.contains("://") || whole.to_ascii_lowercase().starts_with("www.");
    let mail = whole.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.split_once('.').is_some_and(|(name, top)| !name.is_empty() && top.len() >= 2)
    });
    let tag = whole.strip_prefix(['@', '#']).is_some_and(tagged);
    (web || mail || tag || is_domain(whole)).then(|| start..start + whole.len())
}

/// `example.com/path`: at least one dot between labels in ASCII, and a known kind of ending.
fn is_domain(word: &str) -> bool {
    const ENDINGS: [&str; 12] = ["com", "org", "net", "ua", "ru", "uk", "eu", "gov", "edu", "info", "io", "dev"];
    let host = word.split(['/', '?', ':']).next().unwrap_or_default();
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    host.rsplit_once('.').is_some_and(|(rest, end)| ENDINGS.contains(&end) && rest.split('.').all(label))
}

/// `{name}`, `{{name}}`, `${name}`, `%(name)s`, `%1$s`, `%s`, `<0>`.
fn placeholders(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(['{', '$', '%', '<']).map(|at| from + at) {
        let length = placeholder(&text[at..]);
        if length > 0 {
            found.push(at..at + length);
        }
        from = at + length.max(1);
    }
    found
}

/// Bytes of the placeholder that `text` begins with; 0 when there is none.
fn placeholder(text: &str) -> usize {
    const LONGEST: usize = 64;
    let inside = |open: &str, close: &str, body: &str| {
        let rest = text.strip_prefix(open)?;
        let (name, _) = rest.split_once(close)?;
        let plain = (!name.is_empty() || body.is_empty())
            && name.len() <= LONGEST
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || body.as_bytes().contains(&b));
        plain.then_some(open.len() + name.len() + close.len())
    };
    let name = "_-.: ,#/";
    let braces = inside("{{", "}}", name).or_else(|| inside("${", "}", name)).or_else(|| inside("{", "}", name));
    if let Some(length) = braces {
        return length;
    }
    if let Some(length) = inside("<", ">", "/").filter(|&length| text[..length].contains(|c: char| c.is_ascii_digit()))
    {
        return length;
    }
    if !text.starts_with('%') {
        return 0;
    }
    let conversion = |at: usize| {
        let known = text[at..].starts_with(['s', 'd', 'f', 'i', 'u', 'x', '@']);
        let alone = text[at..].chars().nth(1).is_none_or(|c| !c.is_alphanumeric());
        (known && alone).then_some(at + 1)
    };
    let named = inside("%(", ")", "_").and_then(conversion);
    let numbered = || {
        let digits = text[1..].bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0 && text[1 + digits..].starts_with('$')).then(|| conversion(digits + 2)).flatten()
    };
    named.or_else(numbered).or_else(|| conversion(1)).unwrap_or(0)
}

/// Runs of emoji with what joins them.
fn emoji(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match found.last_mut() {
            Some(last) if last.end == at && (is_emoji(c) || matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}')) => {
                last.end = end;
            }
            _ if is_emoji(c) => found.push(at..end),
            _ => {}
        }
    }
    found
}

/// A picture character. Digits and marks that only a selector turns into one are not.
pub(super) fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}' | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::spans;

    #[test]
    fn addresses_placeholders_and_emoji_are_found() {
        let text = "See https://a.ua/x?y=1, (www.b.com/z_(1)) or mail to a.b@c.org. Hi {user_name}, %s of %1$d: 👩‍🚀👍 #Kyiv @desk t.co nasa.gov!";
        let found: Vec<&str> = spans(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(
            found,
            [
                "https://a.ua/x?y=1",
                "www.b.com/z_(1)",
                "a.b@c.org",
                "{user_name}",
                "%s",
                "%1$d",
                "👩‍🚀👍",
                "#Kyiv",
                "@desk",
                "nasa.gov"
            ]
        );
    }

    #[test]
    fn prose_is_not_taken_for_one() {
        for text in [
            "It grew by 5% and so on.",
            "50 % of men",
            "a < b > c",
            "Mr. Smith vs. U.S.",
            "«Так», — сказав він.",
            "$100 {",
            "",
        ] {
            assert!(spans(text).is_empty(), "{text}: {:?}", spans(text));
        }
    }
}
