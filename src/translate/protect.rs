//! What must come through a translation as it is: addresses, placeholders of programs, tags, powers of numbers, emoji.
//!
//! A scanner over words and characters, not a grammar: a false find costs a little fluency, a miss breaks a link or a
//! program. Whatever is recognised is looked for within [`LONGEST`] bytes, so that a text full of opened brackets costs no
//! more than another. Not here: messages with branches (`message`), and how what must stay is found again (`kept`).

use std::ops::Range;

use super::words;

/// Bytes of the longest placeholder or tag.
const LONGEST: usize = 160;
/// Marks that end a sentence or a bracket and do not belong to an address before them.
const TRAILING: &[char] = &['.', ',', ';', ':', '!', '?', '…', ')', ']', '}', '>', '"', '\'', '»', '”', '“', '’'];

/// The ranges of `text` that stay as they are, in order and apart.
pub(super) fn spans(text: &str) -> Vec<Range<usize>> {
    let whole = words::runs(text, |c| !c.is_whitespace());
    let mut found: Vec<Range<usize>> = whole.filter_map(|(range, word)| address(range.start, word)).collect();
    found.extend(placeholders(text));
    found.extend(powers(text));
    found.extend(emoji(text));
    apart(found)
}

/// Ranges in order; those that share a byte are one.
pub(super) fn apart(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// An address of the web or of mail, a path, a mention or a hashtag.
fn address(at: usize, word: &str) -> Option<Range<usize>> {
    if let Some(colon) = word.find("://") {
        let scheme = word[..colon].rfind(|c: char| !c.is_ascii_alphanumeric() && !"+.-".contains(c));
        let start = scheme.map_or(0, |before| before + word[before..].chars().next().map_or(1, char::len_utf8));
        let rest = &word[start..];
        let end = rest.find(['"', '<', '>', '«', '»', '“', '”', '`', '|']).unwrap_or(rest.len());
        return Some(bare(at + start, &rest[..end]));
    }
    let opened = word.trim_start_matches(['(', '[', '<', '"', '«', '“', '„', '\'']);
    let range = bare(at + (word.len() - opened.len()), opened);
    let whole = &opened[..range.len()];
    let tagged =
        |rest: &str| rest.chars().count() >= 2 && rest.chars().all(|c| c.is_alphanumeric() || "_-.@".contains(c));
    let web = whole.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    let mail = whole.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.split_once('.').is_some_and(|(name, top)| !name.is_empty() && top.len() >= 2)
    });
    let tag = whole.strip_prefix(['@', '#']).is_some_and(tagged);
    (web || mail || tag || is_path(whole) || is_domain(whole)).then_some(range)
}

/// A word without the marks of the sentence behind it. A bracket that it opens itself is part of it.
fn bare(start: usize, word: &str) -> Range<usize> {
    let whole = word.trim_end_matches(TRAILING);
    let closed = whole.contains('(') && word[whole.len()..].starts_with(')');
    start..start + whole.len() + usize::from(closed)
}

/// `C:\news\today`, `\\server\news`.
fn is_path(word: &str) -> bool {
    let drive = word.starts_with(|c: char| c.is_ascii_alphabetic()) && word[1..].starts_with(":\\");
    drive || word.strip_prefix("\\\\").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// `example.com/path`: at least one dot between labels in ASCII, and a known kind of ending.
fn is_domain(word: &str) -> bool {
    const ENDINGS: [&str; 12] = ["com", "org", "net", "ua", "ru", "uk", "eu", "gov", "edu", "info", "io", "dev"];
    let host = word.split(['/', '?', ':']).next().unwrap_or_default();
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    host.rsplit_once('.').is_some_and(|(rest, end)| ENDINGS.contains(&end) && rest.split('.').all(label))
}

/// Placeholders of programs, tags, entities and escapes, in order and apart.
fn placeholders(text: &str) -> Vec<Range<usize>> {
    const OPENERS: [char; 10] = ['{', '$', '%', '<', ':', '_', '#', '[', '&', '\\'];
    let mut found = Vec::new();
    let (mut from, mut open) = (0, 0);
    while let Some(at) = text[from..].find(|c| OPENERS.contains(&c) || c == '@').map(|at| from + at) {
        let rest = &text[at..text.floor_char_boundary((at + LONGEST).min(text.len()))];
        // What a placeholder has just ended with is no letter before the next one: %1$s%2$s.
        let length = placeholder(rest, &text[open..at]);
        if length > 0 {
            found.push(at..at + length);
            open = at + length;
        }
        from = at + length.max(1);
    }
    found
}

/// Bytes of the placeholder that `text` begins with; 0 when there is none. `head` is what stands in front of it.
fn placeholder(text: &str, head: &str) -> usize {
    let before = head.chars().next_back();
    let inside_word = before.is_some_and(char::is_alphanumeric);
    let found = match text.as_bytes().first() {
        Some(b'{') => braces(text),
        Some(b'$') => dollar(text, inside_word),
        Some(b'%') => percent(text, head),
        Some(b'<') => tag(text),
        Some(b':') if !inside_word && !matches!(before, Some(':' | '_')) => colon(text),
        Some(b'_') if !inside_word => doubled(text, "__"),
        Some(b'#') => braced(text).or_else(|| doubled(text, "##").filter(|_| !inside_word)),
        Some(b'@') => braced(text).or_else(|| doubled(text, "@@").or_else(|| linked(text)).filter(|_| !inside_word)),
        Some(b'[') => enclosed(text, "[[", "]]"),
        Some(b'&') => entity(text),
        Some(b'\\') => escape(text),
        _ => None,
    };
    found.unwrap_or(0)
}

/// Bytes of a name of a program: letters, digits, `_` and what else is named, a letter or `_` first.
fn name(text: &str, also: &str) -> usize {
    match text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        true => {
            text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_' || also.as_bytes().contains(b)).count()
        }
        false => 0,
    }
}

/// Something on one line between these marks, without either of them in it.
fn enclosed(text: &str, open: &str, close: &str) -> Option<usize> {
    let body = text.strip_prefix(open)?;
    let length = body.find(close)?;
    let plain = length > 0 && !body[..length].contains('\n') && !body[..length].contains(open);
    plain.then_some(open.len() + length + close.len())
}

/// `{name}`, `{0:N2}`, `{}`, `{{name}}`, `{{{name}}}`, `{% if x %}`. Words in single brackets are prose.
fn braces(text: &str) -> Option<usize> {
    /// Blanks in something that a program reads: `{when, date, short}`.
    const BLANKS: usize = 2;
    let wider =
        enclosed(text, "{{{", "}}}").or_else(|| enclosed(text, "{{", "}}")).or_else(|| enclosed(text, "{%", "%}"));
    if wider.is_some() || text.starts_with("{}") {
        return wider.or(Some(2));
    }
    if let Some(length) = choice(text) {
        return Some(length);
    }
    let length = enclosed(text, "{", "}")?;
    let body = &text[1..length - 1];
    let known = |b: u8| b.is_ascii_alphanumeric() || b"_-.: ,#/!?[]()'\"|*=<>@%&+\\$".contains(&b);
    (body.bytes().all(known) && body.matches(' ').count() <= BLANKS).then_some(length)
}

/// `{0,choice,0#no files|1#one file|1<{0} files}`: what stands in it is no text to a reader, limits and all.
fn choice(text: &str) -> Option<usize> {
    let mut head = text[1..].splitn(3, ',');
    let (argument, kind, _) = (head.next()?.trim(), head.next()?.trim(), head.next()?);
    let named = !argument.is_empty() && argument.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let mut depth = 0_usize;
    let end = text.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    (named && kind == "choice").then_some(end + 1)
}

/// Another message that is read in this place: `@:link`, `@:message.hello`, `@.lower:key`, `@:(key)`, `@:{'key'}`.
fn linked(text: &str) -> Option<usize> {
    let modifier = text[1..].strip_prefix('.').map_or(0, |rest| 1 + name(rest, ""));
    let at = 1 + modifier + 1;
    let key = text[1 + modifier..].strip_prefix(':').filter(|_| modifier != 1)?;
    let enclosed = enclosed(key, "(", ")").or_else(|| enclosed(key, "{", "}"));
    let plain = || key[..name(key, ".-")].trim_end_matches(['.', '-']).len();
    let length = enclosed.unwrap_or_else(plain);
    (length > 0).then_some(at + length)
}

/// A mark before a name in brackets: `#{name}`, `@{name}`, `%{name}`, `${name}`.
fn braced(text: &str) -> Option<usize> {
    enclosed(&text[1..], "{", "}").map(|length| 1 + length)
}

/// `${name}`, `$t(key)`, `$name`, `$NAME$`. `$US` is money.
fn dollar(text: &str, inside_word: bool) -> Option<usize> {
    if let Some(length) = braced(text).or_else(|| enclosed(text, "$t(", ")")) {
        return Some(length);
    }
    let name = name(&text[1..], "");
    let closed = text[1 + name..].strip_prefix('$');
    if name > 0 && !inside_word && closed.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric())) {
        return Some(name + 2);
    }
    let small = text[1..].starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    (small && !inside_word).then_some(1 + name)
}

/// `%s`, `%1$s`, `%.2f`, `%(name)s`, `%{name}`, `%<name>d`, `%name%`, `%%`, `%1`, `%1!s!`. Behind a digit it is a share.
fn percent(text: &str, head: &str) -> Option<usize> {
    if text.starts_with("%%") {
        return doubled(text, "%%").or(Some(2));
    }
    if head.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let named = name(&text[1..], ".");
    if named > 1 && text[1 + named..].starts_with('%') && !text[2 + named..].starts_with('%') {
        return Some(named + 2);
    }
    if let Some(length) = braced(text) {
        return Some(length);
    }
    let key =
        enclosed(&text[1..], "(", ")").or_else(|| enclosed(&text[1..], "<", ">").filter(|_| text.starts_with("%<")));
    let at = 1 + key.unwrap_or(0);
    let digits = |at: usize| text[at..].bytes().take_while(u8::is_ascii_digit).count();
    let numbered = at + digits(at);
    let mut at = if numbered > at && text[numbered..].starts_with('$') { numbered + 1 } else { at };
    at += text[at..].bytes().take_while(|b| b"-+#0'".contains(b)).count();
    at += if text[at..].starts_with('*') { 1 } else { digits(at) };
    if text[at..].starts_with('.') {
        at += 1 + digits(at + 1);
    }
    match text[at..].chars().next() {
        Some('@') => Some(at + 1),
        // The letters of `%lld` are one; those of `%dpx` stay together too.
        Some(c) if c.is_ascii_alphabetic() => {
            Some(at + text[at..].bytes().take_while(u8::is_ascii_alphanumeric).count())
        }
        _ => numbered_percent(text, head),
    }
}

/// `%1` as Qt has it, `%1!s!` as Windows has it. "100 %1" is a share whose blank got lost.
fn numbered_percent(text: &str, head: &str) -> Option<usize> {
    /// Digits of its number.
    const DIGITS: usize = 2;
    let digits = text[1..].bytes().take(DIGITS).take_while(u8::is_ascii_digit).count();
    let format = text[1 + digits..].strip_prefix('!').and_then(|rest| rest.split_once('!')).map(|(format, _)| format);
    let known = |format: &&str| {
        !format.is_empty() && format.bytes().all(|b| b.is_ascii_alphanumeric() || b"*.-+#".contains(&b))
    };
    let format = format.filter(known).map_or(0, |format| format.len() + 2);
    let is_share = head.trim_end_matches([' ', '\u{a0}', '\u{202f}']).ends_with(|c: char| c.is_ascii_digit());
    (digits > 0 && !is_share).then_some(1 + digits + format)
}

/// Attributes of HTML that have no value. Others need one beside them to be told from prose: `a<b and c>d`.
const BARE: &str = "allowfullscreen async autofocus autoplay checked controls default defer disabled download hidden inert \
    ismap itemscope loop multiple muted nomodule novalidate open playsinline readonly required reversed selected";

/// `<br/>`, `</g>`, `<x id="1"/>`, `<a download href=x>`, `<0>`, `<%= name %>`, `<!-- -->`: a name, and attributes.
fn tag(text: &str) -> Option<usize> {
    if text.starts_with("<%") {
        return enclosed(text, "<%", "%>");
    }
    if text.starts_with("<!--") {
        return enclosed(text, "<!--", "-->");
    }
    let mut at = 1 + usize::from(text[1..].starts_with('/'));
    let named = |b: u8| b.is_ascii_alphanumeric() || b"_.:-".contains(&b);
    let name = text[at..].bytes().take_while(|b| named(*b)).count();
    if name == 0 || !text.as_bytes()[at].is_ascii_alphanumeric() {
        return None;
    }
    at += name;
    let (mut has_values, mut is_doubtful) = (false, false);
    loop {
        let blank = text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at + blank..];
        if rest.starts_with('>') || rest.starts_with("/>") {
            let end = at + blank + 1 + usize::from(rest.starts_with('/'));
            return (has_values || !is_doubtful).then_some(end);
        }
        let attribute = rest.bytes().take_while(|b| named(*b) || *b == b'@').count();
        if blank == 0 || attribute == 0 {
            return None;
        }
        at += blank + attribute;
        match rest[attribute..].strip_prefix('=') {
            Some(value) => {
                at += 1 + value_of(value)?;
                has_values = true;
            }
            None => is_doubtful |= !BARE.split(' ').any(|name| name.eq_ignore_ascii_case(&rest[..attribute])),
        }
    }
}

/// Bytes of the value of an attribute.
fn value_of(text: &str) -> Option<usize> {
    match text.chars().next()? {
        quote @ ('"' | '\'') => Some(text[1..].find(quote)? + 2),
        _ => text.find(|c: char| c.is_whitespace() || "\"'<>=/".contains(c)).filter(|&length| length > 0),
    }
}

/// `:name`, `:name:`. A colon inside a time or before a blank is none.
fn colon(text: &str) -> Option<usize> {
    let name = name(&text[1..], "");
    let rest = &text[1 + name..];
    let closed = rest.starts_with(':') && !rest[1..].starts_with(|c: char| c.is_alphanumeric() || c == ':');
    (name > 0 && !rest.starts_with(char::is_alphanumeric)).then_some(1 + name + usize::from(closed))
}

/// A name between doubled marks: `__name__`, `##name##`, `%%name%%`.
fn doubled(text: &str, mark: &str) -> Option<usize> {
    let body = text.strip_prefix(mark)?;
    let length = body.find(mark)?;
    (length > 0 && name(&body[..length], ".-") == length).then_some(length + 2 * mark.len())
}

/// `&nbsp;`, `&#160;`, `&#xa0;`. One letter is a name with an and in it: `R&D;`.
fn entity(text: &str) -> Option<usize> {
    let length = text.find(';')?;
    let body = &text[1..length];
    let number = body.strip_prefix('#').map(|number| number.trim_start_matches(['x', 'X']));
    let known = match number {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()),
        None => body.len() > 1 && body.len() < 32 && name(body, "") == body.len(),
    };
    known.then_some(length + 1)
}

/// `\n`, `\"`, `\u00a0`, `\x41`.
fn escape(text: &str) -> Option<usize> {
    let hex = |digits: usize| {
        let body = text.as_bytes().get(2..2 + digits)?;
        body.iter().all(u8::is_ascii_hexdigit).then_some(2 + digits)
    };
    match text.as_bytes().get(1)? {
        b'u' => hex(4),
        b'x' => hex(2),
        b'n' | b'N' | b't' | b'r' | b'b' | b'f' | b'v' | b'h' | b'0' | b'"' | b'\'' | b'\\' | b'/' => Some(2),
        _ => None,
    }
}

/// Numbers with their powers, 10⁶ or 10^6, and raised or lowered figures behind a word: м².
fn powers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (range, run) in words::runs(text, |c| c.is_ascii_digit() || is_raised(c) || "^-−{}.,".contains(c)) {
        let mut at = 0;
        while let Some(mark) = run[at..].find(|c| is_raised(c) || c == '^').map(|mark| at + mark) {
            let rest = &run[mark..];
            let raised = rest.find(|c| !is_raised(c)).unwrap_or(rest.len());
            let length = if raised == 0 { caret(rest) } else { raised };
            let head = &run[at..mark];
            let number = head
                .rfind(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')
                .map_or(0, |last| last + head[last..].chars().next().map_or(1, char::len_utf8));
            let number = head[number..].trim_start_matches(['.', ',']);
            let base = if number.ends_with(['.', ',']) { mark } else { mark - number.len() };
            if length > 0 {
                found.push(range.start + base..range.start + mark + length);
            }
            at = mark + length.max(1);
        }
    }
    found
}

/// Bytes of `^6`, `^-6`, `^{6}`.
fn caret(text: &str) -> usize {
    let body = text[1..].trim_start_matches(['-', '−', '{']);
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let closed = text[1..].starts_with('{') && body[digits..].starts_with('}');
    if digits == 0 { 0 } else { text.len() - body.len() + digits + usize::from(closed) }
}

/// A raised or lowered figure or sign.
pub(super) fn is_raised(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '\u{2070}'..='\u{2079}' | '\u{207a}'..='\u{208e}')
}

/// True when the order of what stays matters: programs fill in `%s` one after another, and tags and blocks enclose what is
/// between them; a placeholder with a name or a number may stand where the other language wants it.
pub(super) fn is_ordered(surface: &str) -> bool {
    let named = || surface.contains(['$', '(', '{']) || (surface.len() > 2 && surface.ends_with('%'));
    let number = surface.trim_start_matches('%').trim_start_matches('L');
    let is_numbered = || {
        let rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < number.len() && (rest.is_empty() || rest.starts_with('!'))
    };
    let in_turn = surface.starts_with('%') && !named() && !is_numbered();
    surface.starts_with(['<', '\\']) || in_turn || surface == "{}" || is_block(surface)
}

/// True for what begins, parts or ends a block of a template: `{{#if x}}`, `{{else}}`, `{{/if}}`, `{% if x %}`, `{:else}`.
fn is_block(surface: &str) -> bool {
    let Some(inside) = surface.strip_prefix('{').map(|rest| rest.strip_prefix('{').unwrap_or(rest)) else {
        return false;
    };
    let inside = inside.trim_start_matches(['~', '-', ' ']);
    inside.starts_with(['#', '/', '^', '%', ':']) || &inside[..name(inside, "")] == "else"
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
#[path = "protect_cases.rs"]
mod cases;
