//! A pasted page becomes a title, the paragraphs of the article, and a list of what was removed and why.
//!
//! This page is the order of the steps: furniture by words, the run of prose, the title, repeats, link lists.
//! When a text has no prose at all (a list, a poem) only what is surely furniture is taken away, because a summary of
//! an untidy page is better than none.

use std::collections::HashSet;
use std::ops::Range;

use super::block::Block;
use super::body::Page;
use super::furniture::{self, Found};
use super::title::Title;
use super::{Reason, Removed, choose, title};

/// What is left of a page.
#[derive(Debug)]
pub(super) struct Cleaned {
    pub(super) title: Option<String>,
    pub(super) paragraphs: Vec<Block>,
    pub(super) removed: Vec<Removed>,
}

/// A paragraph this long in characters does not stand in an article twice.
const REPEATABLE: usize = 40;

/// A longer title is cut, in characters.
const LONGEST_TITLE: usize = 500;

/// Cleans the blocks of a page. `extracted` are those that an extractor takes for the article, if one was asked. A title
/// that the user gives is kept and only its repeats are removed; `named` is the title that the page's head gives.
pub(super) fn clean(blocks: Vec<Block>, extracted: &[Block], titles: Titles) -> Cleaned {
    let given = titles
        .given
        .map(|title| one_line(&title).chars().take(LONGEST_TITLE).collect::<String>())
        .filter(|title| !title.is_empty());
    let found = furniture::find_all(&blocks);
    let page = Page::new(&blocks, &found);
    let headed = titles.named.as_deref().and_then(|named| title::headed(&blocks, named));
    let mut chosen = choose::article(&page, extracted, headed);
    if chosen.range.is_empty() {
        // Everything is kept that its words do not give away.
        let reasons: Vec<Option<Reason>> = found.iter().map(|found| found.map(|it| it.reason)).collect();
        return sort_out(blocks, &reasons, None, given);
    }
    let heading = match (&given, headed) {
        (Some(_), _) => None,
        (None, Some(index)) => Some(index),
        (None, None) if titles.named.is_some() => None,
        (None, None) => heading(&blocks, &found, &mut chosen.range),
    };
    let range = title::with_lead(&blocks, &found, &chosen.range, heading);
    let title = given.or_else(|| heading.map(|index| blocks[index].text.clone())).or(titles.named);
    let compared = title.as_deref().map(Title::new);
    let range = match &compared {
        Some(title) => after_last_title(&blocks, &page, range, title),
        None => range,
    };
    let mut reasons = reasons(&blocks, &found, &range, compared.as_ref());
    for index in chosen.strangers(&page, range) {
        reasons[index] = reasons[index].or(Some(Reason::Related));
    }
    sort_out(blocks, &reasons, heading, title)
}

/// Titles that are known before the text is looked at.
#[derive(Debug, Default)]
pub(super) struct Titles {
    /// By the user.
    pub(super) given: Option<String>,
    /// By the head of a web page.
    pub(super) named: Option<String>,
}

/// A text as one line, with one blank for any number of them.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Finds the title above the text. A title that asks looks like prose, so it may have to be taken off the text.
fn heading(blocks: &[Block], found: &[Option<Found>], range: &mut Range<usize>) -> Option<usize> {
    let first = range.start;
    if range.len() >= 2 && title::is_question(&blocks[first]) {
        let below = first + 1..range.end;
        if title::find(blocks, found, below.clone()) == Some(first) {
            *range = below;
            return Some(first);
        }
    }
    title::find(blocks, found, range.clone())
}

/// Above a repeated title stand decks and captions, which the text says again.
fn after_last_title(blocks: &[Block], page: &Page<'_>, range: Range<usize>, title: &Title) -> Range<usize> {
    let last = range.clone().rev().find(|&index| title.is_same(&blocks[index]));
    match last {
        Some(last) if page.prose(range.start..last) * 3 <= page.prose(last + 1..range.end) => last + 1..range.end,
        _ => range,
    }
}

/// Why each block is no paragraph of the article; `None` for those that are.
fn reasons(
    blocks: &[Block],
    found: &[Option<Found>],
    range: &Range<usize>,
    title: Option<&Title>,
) -> Vec<Option<Reason>> {
    let mut seen: HashSet<&str> = HashSet::new();
    let all = blocks.iter().enumerate();
    all.map(|(index, block)| match (title, found[index]) {
        (Some(title), _) if title.is_same(block) => Some(Reason::RepeatedTitle),
        (Some(title), _) if title.is_alternative(block) => Some(Reason::AlternativeText),
        (_, Some(found)) => Some(found.reason),
        _ if !range.contains(&index) => Some(Reason::OutsideArticle),
        _ => (block.chars >= REPEATABLE && !seen.insert(&block.key)).then_some(Reason::Repeated),
    })
    .collect()
}

fn sort_out(blocks: Vec<Block>, reasons: &[Option<Reason>], heading: Option<usize>, title: Option<String>) -> Cleaned {
    let mut cleaned = Cleaned { title, paragraphs: Vec::new(), removed: Vec::new() };
    for (index, block) in blocks.into_iter().enumerate() {
        match reasons[index] {
            _ if heading == Some(index) => {}
            Some(reason) => cleaned.removed.push(Removed { text: block.text, reason }),
            None => cleaned.paragraphs.push(block),
        }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::super::block;
    use super::*;

    const FIRST: &str = "The harbour bridge reopened to traffic on Saturday, four years after a ship struck it.";
    const SECOND: &str = "The repair cost 38 million, which is more than the council agreed to pay in 2021.";
    const THIRD: &str = "The mayor told the crowd that the city had paid a high price for an old mistake.";

    /// What is left, with the paragraphs as texts.
    struct Left {
        title: Option<String>,
        paragraphs: Vec<String>,
        removed: Vec<Removed>,
    }

    fn left(text: &str, given: Option<String>) -> Left {
        let titles = Titles { given, named: None };
        let Cleaned { title, paragraphs, removed } = clean(block::split(text), &[], titles);
        Left { title, paragraphs: paragraphs.into_iter().map(|block| block.text).collect(), removed }
    }

    fn cleaned(parts: &[&str]) -> Left {
        left(&parts.join("\n\n"), None)
    }

    #[test]
    fn a_clean_text_comes_through_whole() {
        let cleaned = cleaned(&["Harbour bridge reopens", FIRST, "What it cost", SECOND, THIRD]);
        assert_eq!(cleaned.title.as_deref(), Some("Harbour bridge reopens"));
        assert_eq!(cleaned.paragraphs, [FIRST, "What it cost", SECOND, THIRD]);
        assert_eq!(cleaned.removed, []);
    }

    #[test]
    fn furniture_goes_with_a_reason() {
        let cleaned = cleaned(&[
            "Home",
            "News",
            "Sport",
            "Bridge reopens after four years",
            "By Ann Lee",
            "3 May 2024, 10:00",
            "The bridge on Saturday. Photo: Ben Ash / Courier",
            "Bridge reopens after four years",
            FIRST,
            "Read also: Ferry to stop running",
            SECOND,
            "Advertisement",
            THIRD,
            "Related:",
            "Ferry to stop running",
            "Council rejects toll",
            "© 2024 Courier",
        ]);
        assert_eq!(cleaned.title.as_deref(), Some("Bridge reopens after four years"));
        assert_eq!(cleaned.paragraphs, [FIRST, SECOND, THIRD]);
        let reasons: Vec<Reason> = cleaned.removed.iter().map(|piece| piece.reason).collect();
        assert_eq!(
            reasons,
            [
                Reason::Menu,
                Reason::OutsideArticle,
                Reason::OutsideArticle,
                Reason::RepeatedTitle,
                Reason::Byline,
                Reason::Byline,
                Reason::Caption,
                Reason::Related,
                Reason::Advertisement,
                Reason::Related,
                Reason::OutsideArticle,
                Reason::OutsideArticle,
                Reason::Copyright,
            ]
        );
    }

    #[test]
    fn a_given_title_is_kept_and_its_repeat_removed() {
        let text = [FIRST, SECOND].join("\n\n");
        let cleaned = left(&format!("Bridge reopens – Courier\n\n{text}"), Some(" Bridge \n reopens ".into()));
        assert_eq!(cleaned.title.as_deref(), Some("Bridge reopens"));
        assert_eq!(cleaned.paragraphs, [FIRST, SECOND]);
        assert_eq!(cleaned.removed[0].reason, Reason::RepeatedTitle);
    }

    #[test]
    fn a_question_can_be_the_title() {
        let cleaned = cleaned(&["Why did the repair of the bridge cost so much?", FIRST, SECOND, THIRD]);
        assert_eq!(cleaned.title.as_deref(), Some("Why did the repair of the bridge cost so much?"));
        assert_eq!(cleaned.paragraphs, [FIRST, SECOND, THIRD]);
    }

    #[test]
    fn a_lead_without_a_full_stop_stays() {
        let lead = "The bridge that a cargo ship destroyed four years ago is open to traffic once again";
        let cleaned = cleaned(&["Harbour bridge reopens", lead, FIRST, SECOND]);
        assert_eq!(cleaned.paragraphs, [lead, FIRST, SECOND]);
    }

    #[test]
    fn a_row_of_headlines_inside_goes_and_a_list_stays() {
        let cleaned = cleaned(&[
            "Menu",
            "Search",
            "Log in",
            FIRST,
            "Partner site",
            "Ferry to stop running",
            "Council rejects toll",
            SECOND,
            "The council named these steps:",
            "new piers",
            "wider lanes",
            "no toll",
            THIRD,
            "- first\n- second\n- third",
            THIRD,
        ]);
        assert!(!cleaned.paragraphs.iter().any(|text| text.contains("Ferry")), "{:?}", cleaned.paragraphs);
        assert!(cleaned.paragraphs.iter().any(|text| text == "wider lanes"), "{:?}", cleaned.paragraphs);
        assert!(cleaned.paragraphs.iter().any(|text| text == "- second"), "{:?}", cleaned.paragraphs);
        assert_eq!(cleaned.removed.last().map(|piece| piece.reason), Some(Reason::Repeated));
    }

    #[test]
    fn without_prose_only_furniture_goes() {
        let cleaned = cleaned(&["bread", "milk", "Advertisement", "apples"]);
        assert_eq!(cleaned.paragraphs, ["bread", "milk", "apples"]);
    }
}
