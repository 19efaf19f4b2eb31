//! What each HTML element is to a reader of text: it breaks lines, opens a list, or is not shown at all.
//!
//! Elements that are not listed are inline: their tags are dropped and their text flows on. Names are those of the HTML
//! standard (WHATWG, "The elements of HTML"), and some old ones that pages still have.

/// The part that an element plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// A paragraph: it breaks the text and holds no other block.
    Paragraph,
    /// A heading.
    Heading,
    /// A container that breaks the text.
    Block,
    /// A line break inside a paragraph.
    Break,
    /// A break that holds nothing.
    Rule,
    /// A list without and with numbers, and one item.
    Bullets,
    Numbers,
    Item,
    /// A list of terms and what they mean.
    Definitions,
    Term,
    Definition,
    /// A table and its parts.
    Table,
    Row,
    Cell,
    /// Text whose line ends count.
    Preformatted,
    /// Text that somebody else said.
    Quotation,
    /// Links to the rest of the site.
    Navigation,
    /// Beside the article.
    Aside,
    Footer,
    /// A picture, and what stands below it.
    Figure,
    Caption,
    /// A link.
    Link,
    /// The page's name, in its head.
    Title,
    /// Not shown as text. A paragraph inside it belongs to it.
    Hidden,
    /// A button or the like. A paragraph means that its end tag was forgotten.
    Control,
}

/// Sorted by name, for a binary search.
const TAGS: [(&str, Tag); 75] = [
    ("a", Tag::Link),
    ("address", Tag::Block),
    ("applet", Tag::Hidden),
    ("article", Tag::Block),
    ("aside", Tag::Aside),
    ("audio", Tag::Hidden),
    ("blockquote", Tag::Quotation),
    ("body", Tag::Block),
    ("br", Tag::Break),
    ("button", Tag::Control),
    ("canvas", Tag::Hidden),
    ("caption", Tag::Block),
    ("center", Tag::Block),
    ("datalist", Tag::Control),
    ("dd", Tag::Definition),
    ("details", Tag::Block),
    ("dialog", Tag::Aside),
    ("dir", Tag::Bullets),
    ("div", Tag::Block),
    ("dl", Tag::Definitions),
    ("dt", Tag::Term),
    ("fieldset", Tag::Block),
    ("figcaption", Tag::Caption),
    ("figure", Tag::Figure),
    ("footer", Tag::Footer),
    ("form", Tag::Block),
    ("frameset", Tag::Block),
    ("h1", Tag::Heading),
    ("h2", Tag::Heading),
    ("h3", Tag::Heading),
    ("h4", Tag::Heading),
    ("h5", Tag::Heading),
    ("h6", Tag::Heading),
    ("head", Tag::Block),
    ("header", Tag::Block),
    ("hgroup", Tag::Block),
    ("hr", Tag::Rule),
    ("html", Tag::Block),
    ("iframe", Tag::Hidden),
    ("legend", Tag::Block),
    ("li", Tag::Item),
    ("main", Tag::Block),
    ("map", Tag::Hidden),
    ("math", Tag::Hidden),
    ("menu", Tag::Bullets),
    ("nav", Tag::Navigation),
    ("noembed", Tag::Hidden),
    ("noframes", Tag::Hidden),
    ("noscript", Tag::Hidden),
    ("object", Tag::Hidden),
    ("ol", Tag::Numbers),
    ("optgroup", Tag::Control),
    ("option", Tag::Control),
    ("p", Tag::Paragraph),
    ("pre", Tag::Preformatted),
    ("script", Tag::Hidden),
    ("search", Tag::Navigation),
    ("section", Tag::Block),
    ("select", Tag::Control),
    ("style", Tag::Hidden),
    ("summary", Tag::Block),
    ("svg", Tag::Hidden),
    ("table", Tag::Table),
    ("tbody", Tag::Block),
    ("td", Tag::Cell),
    ("template", Tag::Hidden),
    ("textarea", Tag::Control),
    ("tfoot", Tag::Block),
    ("th", Tag::Cell),
    ("thead", Tag::Block),
    ("title", Tag::Title),
    ("tr", Tag::Row),
    ("ul", Tag::Bullets),
    ("video", Tag::Hidden),
    ("xmp", Tag::Preformatted),
];

/// The element of this name in lower case, unless it is inline or unknown.
pub(super) fn known(name: &[u8]) -> Option<(&'static str, Tag)> {
    let at = TAGS.binary_search_by(|(known, _)| known.as_bytes().cmp(name)).ok()?;
    Some(TAGS[at])
}

impl Tag {
    /// True for what can stand around other elements, and therefore is remembered until it ends.
    pub(super) const fn holds(self) -> bool {
        !matches!(
            self,
            Self::Paragraph
                | Self::Heading
                | Self::Break
                | Self::Rule
                | Self::Link
                | Self::Title
                | Self::Hidden
                | Self::Control
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(TAGS.is_sorted_by_key(|(name, _)| *name));
        assert_eq!(known(b"h2"), Some(("h2", Tag::Heading)));
        assert_eq!(known(b"span"), None);
    }
}
