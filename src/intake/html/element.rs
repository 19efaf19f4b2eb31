//! What one start tag says by itself: whether it hides, raises, quotes, leads to a note, or holds nothing.
//!
//! Styles are read in `style`; what stands around an element is known to `shown`.

use html5gum::StartTag;

use super::raise::Place;
use super::tag::Tag;

/// Elements without content.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Classes by which frameworks and publishing systems name text for screen readers alone.
const UNSEEN_CLASSES: [&str; 9] = [
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "screen-reader-text",
    "screen-reader-only",
    "screenreader-only",
    "element-invisible",
    "u-visually-hidden",
    "a11y-hidden",
];

/// What an element does beside hiding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    #[default]
    None,
    Raised(Place),
    /// A link to a note.
    Note,
    Quotation,
    Code,
}

/// True for what holds nothing.
pub(super) fn is_void(start: &StartTag<()>) -> bool {
    start.self_closing || VOID.iter().any(|it| it.as_bytes() == start.name.as_slice())
}

/// The value of an attribute.
pub(super) fn attribute<'a>(start: &'a StartTag<()>, name: &str) -> Option<&'a [u8]> {
    start.attributes.get(name.as_bytes()).map(|value| value.value.as_slice())
}

/// True for what stands in a line of its own.
pub(super) fn is_block(tag: Option<Tag>) -> bool {
    !matches!(tag, None | Some(Tag::Link | Tag::Break | Tag::Title | Tag::Hidden | Tag::Control))
}

/// True for what holds text that is not shown.
fn is_markup(start: &StartTag<()>) -> bool {
    matches!(start.name.as_slice(), b"template" | b"noscript")
}

/// Elements whose content is no text.
pub(super) fn is_silent(tag: Option<Tag>, start: &StartTag<()>) -> bool {
    tag == Some(Tag::Hidden) && !is_markup(start)
}

/// Not shown by its name, its attributes or a class that everybody knows.
pub(super) fn is_gone(start: &StartTag<()>) -> bool {
    let has = |name: &str| attribute(start, name).is_some();
    let unseen = |class: &[u8]| UNSEEN_CLASSES.iter().any(|it| class.eq_ignore_ascii_case(it.as_bytes()));
    let classes = attribute(start, "class").unwrap_or_default();
    is_markup(start)
        || start.name.as_slice() == b"dialog" && !has("open")
        || has("hidden")
        || has("popover")
        || classes[..classes.len().min(1000)].split(u8::is_ascii_whitespace).any(unseen)
}

/// Words by which pages name their notes in fragments of addresses and in classes.
const NOTES: [&str; 8] = ["fn", "ftn", "footnote", "endnote", "note", "cite", "edn", "reference"];

/// True where an element says that it leads to a note or labels one.
pub(super) fn is_note(start: &StartTag<()>) -> bool {
    let lower = |name| attribute(start, name).map(|it| String::from_utf8_lossy(it).to_ascii_lowercase());
    let class = lower("class").unwrap_or_default();
    let named =
        class.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| NOTES.contains(&word) || word == "noteref");
    let fragment = lower("href").unwrap_or_default();
    let fragment = fragment.split_once('#').map_or("", |(_, it)| it).trim_start_matches(['_', '-']);
    let target = NOTES.iter().any(|note| fragment.starts_with(note)) || fragment.contains("note");
    named || target || lower("role").is_some_and(|role| role.contains("noteref"))
}

/// What an element does beside hiding.
pub(super) fn role(start: &StartTag<()>) -> Role {
    match start.name.as_slice() {
        b"sup" => Role::Raised(Place::Above),
        b"sub" => Role::Raised(Place::Below),
        b"a" if is_note(start) => Role::Note,
        b"q" => Role::Quotation,
        b"code" | b"pre" | b"kbd" | b"samp" | b"tt" | b"xmp" | b"textarea" => Role::Code,
        _ => Role::None,
    }
}
