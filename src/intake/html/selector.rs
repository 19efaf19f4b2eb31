//! Selectors of style sheets: an element by its name, its id and its classes, and what has to stand around it.
//!
//! `.ad > p.x` and `.ad .x` are understood. What also asks for an attribute, a place among brothers or an element before it
//! is known to be vague: whether it applies cannot be told here. What asks for a state (`:hover`) never applies to a page
//! that is only read.

use std::iter::Peekable;
use std::str::Chars;

/// How an element stands to the one that is asked for before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Link {
    Child,
    Descendant,
}

/// The most elements that one selector asks for.
const MOST_COMPOUNDS: usize = 8;

/// What is asked of one element: `p.a.b#c`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Compound {
    /// In lower case; empty for every name.
    pub(super) name: String,
    pub(super) id: String,
    pub(super) classes: Vec<String>,
}

impl Compound {
    fn is_empty(&self) -> bool {
        self.name.is_empty() && self.id.is_empty() && self.classes.is_empty()
    }

    /// True where it asks for what scripts change while a page is read: `is-open`, `no-js`, and participles, which say what
    /// was done to an element (`collapsed`, `box--loading`).
    pub(super) fn is_of_state(&self) -> bool {
        let state = |class: &String| {
            let last = class.rsplit(['-', '_']).next().unwrap_or_default();
            ["is-", "has-", "no-", "js"].iter().any(|start| class.starts_with(start))
                || last.len() >= 5 && (last.ends_with("ed") || last.ends_with("ing"))
        };
        self.classes.iter().any(state)
    }
}

/// One selector.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Selector {
    /// What it asks of the element itself.
    pub(super) last: Compound,
    /// What it asks of those around it, from the outermost, each with how the next one stands to it.
    pub(super) around: Vec<(Compound, Link)>,
    /// It asks for more than is read here.
    pub(super) vague: bool,
}

impl Selector {
    /// Reads one selector. `None` for what never applies, for every element, and for what is no selector.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut selector, mut current, mut link) = (Self::default(), Compound::default(), None);
        let (mut asks, mut moving) = (false, false);
        let mut chars = text.trim().chars().peekable();
        while let Some(c) = chars.next() {
            let found = match c {
                c if c.is_whitespace() => link.or(Some(Link::Descendant)),
                '>' => Some(Link::Child),
                '+' | '~' => {
                    selector.vague = true;
                    Some(Link::Descendant)
                }
                _ => None,
            };
            if found.is_some() {
                link = found;
                continue;
            }
            if let Some(link) = link.take() {
                // A state around it may come and go: the menu that opens.
                selector.vague |= moving || !asks;
                moving = false;
                if selector.around.len() + 1 == MOST_COMPOUNDS {
                    return None;
                }
                selector.around.push((std::mem::take(&mut current), link));
            }
            asks = true;
            match c {
                '.' => current.classes.push(word(&mut chars, None)?),
                '#' => current.id = word(&mut chars, None)?,
                '*' => {}
                '&' => selector.vague = true,
                '[' => {
                    chars.find(|c| *c == ']')?;
                    selector.vague = true;
                }
                ':' if is_still(&mut chars) => selector.vague = true,
                ':' => moving = true,
                first => current.name = word(&mut chars, Some(first))?.to_ascii_lowercase(),
            }
        }
        selector.last = current;
        (!moving && !selector.last.is_empty()).then_some(selector)
    }
}

/// A name, with what is escaped in it: `md\:block`.
fn word(chars: &mut Peekable<Chars<'_>>, first: Option<char>) -> Option<String> {
    let mut word = String::new();
    let mut next = first.or_else(|| chars.next_if(|&c| is_of_word(c)));
    while let Some(c) = next {
        if !is_of_word(c) {
            return None;
        }
        word.push(if c == '\\' { escaped(chars)? } else { c });
        next = chars.next_if(|&c| is_of_word(c));
    }
    (!word.is_empty()).then_some(word)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '\\') || !c.is_ascii()
}

/// The character that an escape stands for.
fn escaped(chars: &mut Peekable<Chars<'_>>) -> Option<char> {
    let mut code = String::new();
    while code.len() < 6
        && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
    {
        code.push(digit);
    }
    if code.is_empty() {
        return chars.next();
    }
    chars.next_if(|c| c.is_whitespace());
    u32::from_str_radix(&code, 16).ok().and_then(char::from_u32)
}

/// Reads a pseudo-class or a pseudo-element behind its first colon. True where it asks for something about the page as it
/// is, and not for a state or for a part of an element that is no element.
fn is_still(chars: &mut Peekable<Chars<'_>>) -> bool {
    let part = chars.next_if_eq(&':').is_some();
    let name = word(chars, None).unwrap_or_default().to_ascii_lowercase();
    if chars.next_if_eq(&'(').is_some() {
        let mut depth = 1_usize;
        for c in chars.by_ref() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    let still =
        ["not", "is", "where", "has", "nth-", "first-child", "first-of", "last-", "only-", "root", "lang", "dir"];
    !part && (still.iter().any(|start| name.starts_with(start)) || name == "link" || name == "any-link")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A selector as text: what it asks for, one behind the other, and a question mark where it is vague.
    fn read(text: &str) -> Option<String> {
        let selector = Selector::parse(text)?;
        let one = |it: &Compound| {
            let classes: String = it.classes.iter().map(|class| format!(".{class}")).collect();
            let id = if it.id.is_empty() { String::new() } else { format!("#{}", it.id) };
            format!("{}{id}{classes}", it.name)
        };
        let sign = |link: &Link| if *link == Link::Child { " > " } else { " " };
        let mut out: String = selector.around.iter().map(|(it, link)| one(it) + sign(link)).collect();
        out.push_str(&one(&selector.last));
        out.push_str(if selector.vague { "?" } else { "" });
        Some(out)
    }

    #[test]
    fn selectors_are_read() {
        for (text, wanted) in [
            ("P.a.b#c", Some("p#c.a.b")),
            (".ad .x", Some(".ad .x")),
            (" .ad>p.x ", Some(".ad > p.x")),
            (".ad  > .x", Some(".ad > .x")),
            ("ul li + li", Some("ul li li?")),
            (".md\\:block", Some(".md:block")),
            (".\\31 0", Some(".10")),
            ("a[href='x y'].b", Some("a.b?")),
            (".x:not(.y, .z)", Some(".x?")),
            ("li:first-child", Some("li?")),
            (".menu:hover .sub", Some(".menu .sub?")),
            (".a > * > .b", Some(".a >  > .b")),
            ("a:hover", None),
            (".x::before", None),
            (".x:before", None),
            ("*", None),
            ("", None),
            ("50%", None),
            (".", None),
            (".a[", None),
            (".x:not(", Some(".x?")),
            ("a b c d e f g h i", None),
        ] {
            assert_eq!(read(text).as_deref(), wanted, "{text}");
        }
    }
}
