//! Asks the extractor where the article stands on a page, and what the page's head says.
//!
//! The extractor is dom_smoothie 0.19; the figures by which it was chosen are in `tests/it/pages.rs`. It gets a bounded copy
//! (see `slim`). Its title, author and date come from JSON-LD, Open Graph, Dublin Core and the like.

use dom_smoothie::{Config, Readability};

use crate::intake::one_line;

/// What a page says about its article.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::intake) struct Head {
    /// The title, perhaps with the site's name behind it.
    pub(in crate::intake) title: Option<String>,
    /// Who wrote it.
    pub(in crate::intake) byline: Option<String>,
    /// When it was published, as the page spells it.
    pub(in crate::intake) published: Option<String>,
    /// The site.
    pub(in crate::intake) site: Option<String>,
}

/// The longest of these in characters.
const LONGEST: usize = 300;

/// The head, and the HTML of the article if the extractor finds one.
pub(super) fn ask(slim: String) -> (Head, Option<String>) {
    let config = Config { char_threshold: 200, ..Config::default() };
    let Ok(mut page) = Readability::new(slim, None, Some(config)) else { return (Head::default(), None) };
    let json = page.parse_json_ld();
    let meta = page.get_article_metadata(json);
    let mut head = Head {
        title: short(Some(meta.title)),
        byline: short(meta.byline),
        published: short(meta.published_time),
        site: short(meta.site_name),
    };
    let Ok(article) = page.parse() else { return (head, None) };
    head.byline = head.byline.or_else(|| short(article.byline));
    (head, Some(article.content.to_string()))
}

/// One line without blanks at its ends, unless nothing is left.
fn short(text: Option<String>) -> Option<String> {
    Some(one_line(&text?).chars().take(LONGEST).collect()).filter(|line: &String| !line.is_empty())
}
