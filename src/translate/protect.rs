//! What must come through a translation as it is: addresses, placeholders of programs, tags, powers of numbers, emoji.
//!
//! Patterns, not a grammar: a false find costs a little fluency, a miss breaks a link or a program. What a placeholder is,
//! regular expressions say, in tables by what must not stand in front of it; code is only what they cannot say, brackets in
//! pairs. Each is looked for where one may begin and within [`LONGEST`] bytes, so that a text full of opened brackets costs
//! no more than another. Not here: messages with branches (`message`), and how what must stay is found again (`kept`).

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Bytes of the longest placeholder or tag.
const LONGEST: usize = 160;
/// Marks that end a sentence or a bracket and do not belong to an address before them.
const TRAILING: &[char] = &['.', ',', ';', ':', '!', '?', '…', ')', ']', '}', '>', '"', '\'', '»', '”', '“', '’'];
/// Marks that open a quotation or a bracket before an address.
const LEADING: &[char] = &['(', '[', '<', '"', '«', '“', '„', '\''];
/// Marks that a placeholder begins with.
const OPENERS: &[char] = &['{', '$', '%', '<', ':', '_', '#', '@', '[', '&', '\\'];

/// An address with a scheme, up to a mark that no address has.
static LINK: LazyLock<Regex> = LazyLock::new(|| compiled(r#"[A-Za-z0-9+.-]*://[^"<>«»“”`|]*"#));

/// A word without the marks around it that is an address, or another name that stays.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"
    ^(?: (?-u:(?i)www\.)                                # www.example.com
    | [^@]+@[^.]+\.(?:[^[:ascii:]]|..)                  # a.b@example.org
    | [@\#][ALNUM_.@-]{2,}$                             # @mention, #hashtag
    | [A-Za-z]:\\ | \\\\[A-Za-z0-9]                     # C:\news\today, \\server\news
    | (?:[A-Za-z0-9-]+\.)+                              # example.com/path: with an ending that is common here
      (?:com|org|net|ua|ru|uk|eu|gov|edu|info|io|dev)(?:[/?:]|$) )",
    )
});

/// A number with its power, 10⁶, 10^6, 10^{-3}, and raised or lowered figures behind a word: м².
static POWER: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"(?:[0-9](?:[0-9.,]*[0-9])?)?(?:[RAISED]+|\^(?:\{[-−{]*[0-9]+\}?|[-−{]*[0-9]+))"));

/// Marks with something on one line between them, and neither of them in it: blocks and values of templates, keys, links,
/// comments.
const PAIRS: [(&str, &str); 7] =
    [("{{{", "}}}"), ("{{", "}}"), ("{%", "%}"), ("$t(", ")"), ("[[", "]]"), ("<%", "%>"), ("<!--", "-->")];

/// Placeholders that may stand anywhere. Here and below, what must not follow one is behind its group.
const ANYWHERE: &str = r#"
    [$\#@]\{[^{}\n]+\}                                  # ${name}, #{name}, @{name}
    | \{(?:FORMAT*\x20){0,2}FORMAT*\}                   # {}, {name}, {0:N2}, {when, date, short}; more blanks are prose
    | %%(?:[A-Za-z_][A-Za-z0-9_.-]*%%)?                 # %%, %%name%%
    | </?TAG(?:\s+BARE)*\s*/?>                          # <br/>, </g>, <0>, <option selected>
    | </?TAG(?:\s+ATTRIBUTE(?:VALUE)?)*?                # <x id="1"/>, <a download href=x>: a value tells it from prose,
      \s+ATTRIBUTE VALUE                                # a<b and c>d
      (?:\s+ATTRIBUTE(?:VALUE)?)*\s*/?>
    | &\#[xX]*[0-9A-Fa-f]+; | &[A-Za-z_]\w{1,30};       # &#160;, &#xa0;, &nbsp;; one letter is an and: R&D;
    | \\u[0-9A-Fa-f]{4} | \\x[0-9A-Fa-f]{2} | \\[nNtrbfvh0"'\\/]"#;

/// Placeholders that do not stand behind a letter or a digit.
const OUTSIDE_WORDS: &str = r"
    (\$NAME\$)(?:[^A-Za-z0-9]|\z) | \$[a-z_]\w*         # $NAME$, $name; $US is money
    | __(?:[A-Za-z]|_[A-Za-z0-9.-])(?:_?[A-Za-z0-9.-])*__
    | \#\#[A-Za-z_][A-Za-z0-9_.-]*\#\#                  # __name__, ##name##, @@name@@
    | @@[A-Za-z_][A-Za-z0-9_.-]*@@
    | @(?:\.NAME)?:                                     # @:link, @:message.hello, @.lower:key, @:(key), @:{'key'}
      (?:\([^()\n]+\)|\{[^{}\n]+\}|[A-Za-z_](?:[A-Za-z0-9_.-]*\w)?)";

/// Those with a colon: that of a time and the second of two are none.
const BEHIND_NO_NAME: &str = r"(:NAME:)(?:[^ALNUM:]|\z) | (:NAME)(?:[^ALNUM_]|\z)"; // :name:, :name

/// Those with a percent sign; behind a digit it is a share.
const BEHIND_NO_DIGIT: &str = r"
    (%[A-Za-z_][A-Za-z0-9_.]+%)(?:[^%]|\z)              # %user.name%
    | %\{[^{}\n]+\}                                     # %{name}
    | %(?:\([^()\n]+\)|<[^<>\n]+>)?(?:[0-9]+\$)?        # %(name)s, %<name>d, %1$s
      [-+\#0']*(?:\*|[0-9]*)(?:\.[0-9]*)?               # %-10s, %*d, %.2f; the letters of %lld are one
      (?:@|[A-Za-z][A-Za-z0-9]*)";

/// %1 as Qt has it, %1!s! as Windows has it. In "100 %1" it is a share whose blank got lost.
const BEHIND_NO_NUMBER: &str = r"%[0-9]{1,2}(?:![A-Za-z0-9*.\#+-]+!)?";

/// What has an order: tags, escapes, `{}`, and what begins, parts or ends a block of a template: `{{#if x}}`, `{{else}}`,
/// `{% if x %}`, `{:else}`.
static ORDERED: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"^(?: [<\\] | \{\}$ | \{\{?[~\x20-]*(?:[\#/^%:]|else(?:[^A-Za-z0-9_]|$)) )"));
/// What begins with a percent sign and has none: it has a name, or a number.
static FREE: LazyLock<Regex> = LazyLock::new(|| compiled(r"[$({] | ..%$ | ^%+L*[0-9]+(?:!|$)"));
/// How a choice between forms begins; its brackets come in pairs.
static CHOICE: LazyLock<Regex> = LazyLock::new(|| compiled(r"^\{\s*\w+\s*,\s*choice\s*,"));

/// What the names in capitals stand for in the patterns.
const NAMES: [(&str, &str); 9] = [
    ("ALNUM", r"\p{Alphabetic}\p{N}"),
    ("RAISED", "²³¹\u{2070}-\u{2079}\u{207a}-\u{208e}"),
    ("FORMAT", r##"[A-Za-z0-9_.:,\#/!?\[\]()'"|*=<>@%&+\\$-]"##),
    ("ATTRIBUTE", "[A-Za-z0-9_.:@-]+"),
    ("VALUE", r#"=(?:"[^"]*"|'[^']*'|[^\s"'<>=/]+)"#),
    ("TAG", "[A-Za-z0-9][A-Za-z0-9_.:-]*"),
    // Attributes of HTML that have no value.
    (
        "BARE",
        "(?i-u:allowfullscreen|async|autofocus|autoplay|checked|controls|default|defer|disabled|download|hidden|inert|ismap|\
        itemscope|loop|multiple|muted|nomodule|novalidate|open|playsinline|readonly|required|reversed|selected)",
    ),
    ("NAME", r"[A-Za-z_]\w*"),
    (r"\w", "[A-Za-z0-9_]"),
];

/// Whether a placeholder may follow this text.
type MayFollow = fn(&str) -> bool;

/// What must not stand in front of a placeholder, and the patterns of those, in the order in which they are tried.
static PLACEHOLDERS: LazyLock<[(MayFollow, Regex); 5]> = LazyLock::new(|| {
    let beginning = |patterns: &str| compiled(&format!("^(?:{patterns}\n)"));
    [
        (|_| true, beginning(ANYWHERE)),
        (|head| !head.ends_with(char::is_alphanumeric), beginning(OUTSIDE_WORDS)),
        (|head| !head.ends_with(|c: char| c.is_alphanumeric() || ":_".contains(c)), beginning(BEHIND_NO_NAME)),
        (|head| !ends_with_digit(head), beginning(BEHIND_NO_DIGIT)),
        (|head| !ends_with_digit(head.trim_end_matches([' ', '\u{a0}', '\u{202f}'])), beginning(BEHIND_NO_NUMBER)),
    ]
});

/// A pattern of ours, with its names spelled out.
fn compiled(pattern: &str) -> Regex {
    let spelled = NAMES.iter().fold(format!("(?xs){pattern}"), |text, (name, meaning)| text.replace(name, meaning));
    Regex::new(&spelled).expect("the patterns of this file are regular expressions")
}

/// The ranges of `text` that stay as they are, in order and apart.
pub(super) fn spans(text: &str) -> Vec<Range<usize>> {
    let whole = runs(text, |c| !c.is_whitespace());
    let mut found: Vec<Range<usize>> = whole.filter_map(|(range, word)| address(range.start, word)).collect();
    found.extend(placeholders(text));
    found.extend(POWER.find_iter(text).map(|power| power.range()));
    // Runs of emoji with what joins them.
    let joined = runs(text, |c| is_emoji(c) || matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}'));
    found.extend(joined.filter_map(|(range, run)| Some(range.start + run.find(is_emoji)?..range.end)));
    apart(found)
}

/// The runs of characters that `belongs` accepts, with their bytes, in order.
fn runs(text: &str, belongs: fn(char) -> bool) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(belongs)?;
        let length = text[start..].find(|c| !belongs(c)).unwrap_or(text.len() - start);
        from = start + length;
        Some((start..from, &text[start..from]))
    })
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
    if let Some(link) = LINK.find(word) {
        return Some(bare(at + link.start(), link.as_str()));
    }
    let opened = word.trim_start_matches(LEADING);
    let range = bare(at + (word.len() - opened.len()), opened);
    ADDRESS.is_match(&opened[..range.len()]).then_some(range)
}

/// A word without the marks of the sentence behind it. A bracket that it opens itself is part of it.
fn bare(start: usize, word: &str) -> Range<usize> {
    let whole = word.trim_end_matches(TRAILING);
    let closed = whole.contains('(') && word[whole.len()..].starts_with(')');
    start..start + whole.len() + usize::from(closed)
}

/// Placeholders of programs, tags, entities and escapes, in order and apart.
fn placeholders(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut from, mut open) = (0, 0);
    while let Some(at) = text[from..].find(OPENERS).map(|at| from + at) {
        let rest = &text[at..text.floor_char_boundary(at + LONGEST)];
        // What a placeholder has just ended with is no letter before the next one: %1$s%2$s.
        let length = placeholder(rest, &text[open..at]);
        if let Some(length) = length {
            found.push(at..at + length);
            open = at + length;
        }
        from = at + length.unwrap_or(1);
    }
    found
}

/// Bytes of the placeholder that `text` begins with. `head` is what stands in front of it.
fn placeholder(text: &str, head: &str) -> Option<usize> {
    let enclosed = PAIRS.iter().find_map(|(open, close)| enclosed(text, open, close));
    enclosed.or_else(|| choice(text)).or_else(|| {
        PLACEHOLDERS.iter().filter(|(may_follow, _)| may_follow(head)).find_map(|(_, pattern)| {
            let found = pattern.captures(text)?;
            found.iter().flatten().last().map(|group| group.len())
        })
    })
}

/// Something on one line between these marks, without either of them in it.
fn enclosed(text: &str, open: &str, close: &str) -> Option<usize> {
    let body = text.strip_prefix(open)?;
    let length = body.find(close)?;
    let plain = length > 0 && !body[..length].contains('\n') && !body[..length].contains(open);
    plain.then_some(open.len() + length + close.len())
}

/// `{0,choice,0#no files|1#one file|1<{0} files}`: what stands in it is no text to a reader, limits and all.
fn choice(text: &str) -> Option<usize> {
    CHOICE.is_match(text).then_some(())?;
    let mut depth = 0_usize;
    let end = text.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some(end + 1)
}

fn ends_with_digit(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit())
}

/// A raised or lowered figure or sign.
pub(super) fn is_raised(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '\u{2070}'..='\u{2079}' | '\u{207a}'..='\u{208e}')
}

/// True when the order of what stays matters: programs fill in `%s` one after another, and tags and blocks enclose what is
/// between them; a placeholder with a name or a number may stand where the other language wants it.
pub(super) fn is_ordered(surface: &str) -> bool {
    ORDERED.is_match(surface) || (surface.starts_with('%') && !FREE.is_match(surface))
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
