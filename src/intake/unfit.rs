//! Judges whether a cleaned text is an article at all: code, a table of numbers, a list of links, a cookie wall are not.
//!
//! Only what is surely something else is refused; a poem, a recipe and a list with sentences are summarised as they are.

use std::fmt;

use serde::Serialize;

use super::block::Block;
use super::{Reason, Removed};

/// What a text is instead of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unfit {
    /// Headlines or links without sentences between them.
    Links,
    /// The source of a program, or data for one.
    Code,
    /// Numbers with hardly a word.
    Numbers,
    /// A notice about cookies, and nothing behind it.
    CookieWall,
    /// A plea to subscribe or to log in, and nothing behind it.
    Paywall,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Links => "it is a list of links or headlines",
            Self::Code => "it is code or data",
            Self::Numbers => "it is a table of numbers",
            Self::CookieWall => "only a notice about cookies is shown",
            Self::Paywall => "only a plea to subscribe or to log in is shown",
        })
    }
}

/// The fewest lines by which lists and code are known.
const LINES: usize = 6;

/// The fewest words of a headline.
const HEADLINE: usize = 4;

/// What the text is instead of an article. `kept` are the blocks of the article.
pub(super) fn judge(kept: &[Block], removed: &[Removed], shortest: usize) -> Option<Unfit> {
    let chars: usize = kept.iter().map(|block| block.chars).sum();
    if chars < shortest {
        let all: usize = removed.iter().map(|piece| piece.text.len()).sum();
        let code: usize = removed.iter().filter(|piece| is_code(&piece.text)).map(|piece| piece.text.len()).sum();
        if code >= shortest && code * 2 >= all {
            return Some(Unfit::Code);
        }
        let (digits, letters) = signs(removed.iter().map(|piece| piece.text.as_str()));
        if digits >= shortest && digits > letters {
            return Some(Unfit::Numbers);
        }
        let links = removed.iter().filter(|piece| matches!(piece.reason, Reason::Related | Reason::Menu));
        let lines = links.flat_map(|piece| piece.text.lines());
        let headlines = lines.filter(|line| line.split(' ').count() >= HEADLINE).count();
        return wall(removed).or((headlines >= LINES).then_some(Unfit::Links));
    }
    let count = |wanted: fn(&Block) -> bool| kept.iter().filter(|block| wanted(block)).count();
    // By length, because an article about programs may have many short lines of code.
    let code: usize = kept.iter().filter(|block| is_code(&block.text)).map(|block| block.chars).sum();
    if code * 2 >= chars && kept.len() >= 3 {
        return Some(Unfit::Code);
    }
    let (digits, letters) = signs(kept.iter().map(|block| block.text.as_str()));
    if digits > letters {
        return Some(Unfit::Numbers);
    }
    let prose = count(|block| block.is_prose() && !is_address(&block.text));
    (kept.len() >= LINES
        && prose * 20 <= kept.len()
        && count(|block| block.words >= HEADLINE || is_address(&block.text)) * 2 > kept.len())
    .then_some(Unfit::Links)
}

/// True for a page that shows hardly anything but links.
pub(super) fn is_all_links(shown: &[Block]) -> bool {
    let links = shown.iter().filter(|block| block.linked && block.words >= 2).count();
    links >= LINES && links * 2 > shown.len()
}

/// The fewest teasers that make a front page.
const TEASERS: usize = 4;

/// The longest text of one teaser in characters, and the most lines between two headlines.
const LONGEST_TEASER: usize = 400;
const TEASER_LINES: usize = 5;

/// More prose outside the teasers than this makes an article of a page, in characters.
const OWN_PROSE: usize = 250;

/// True for a page whose text stands below headlines that lead elsewhere: a front page, a section, a result of a search.
pub(super) fn is_front_page(shown: &[Block]) -> bool {
    let blocks: Vec<&Block> = shown.iter().filter(|it| matches!(it.mark, None | Some(Reason::Related))).collect();
    let is_headline = |block: &Block| block.linked && block.words >= 2 && (block.heading || !block.ended);
    let tells = |it: &Block| it.words >= 4 && (it.ended || !it.linked && it.words > HEADLINE);
    let is_own = |it: &&&Block| !it.linked && it.ended && it.words >= 4;
    let (mut teasers, mut teased, mut own, mut at) = (0, 0, 0, 0);
    while at < blocks.len() {
        let below = at + usize::from(is_headline(blocks[at]));
        let end = blocks[below..].iter().position(|it| is_headline(it)).map_or(blocks.len(), |next| below + next);
        let end = end.max(at + 1);
        let text: usize = blocks[below.min(end)..end].iter().filter(|it| tells(it)).map(|it| it.chars).sum();
        // The last teaser is followed by the rest of the page.
        let short = end - at <= TEASER_LINES || end == blocks.len();
        match below > at && text > 0 && text <= LONGEST_TEASER && short {
            true => (teasers, teased) = (teasers + 1, teased + text),
            false => own += blocks[at..end].iter().filter(is_own).map(|it| it.chars).sum::<usize>(),
        }
        at = end;
    }
    // A short article may have teasers of others below.
    teasers >= TEASERS && own < OWN_PROSE && own * 2 < teased
}

/// How many digits and how many letters texts have.
fn signs<'a>(texts: impl Iterator<Item = &'a str>) -> (usize, usize) {
    texts.flat_map(str::chars).fold((0, 0), |(digits, letters), c| {
        (digits + usize::from(c.is_numeric()), letters + usize::from(c.is_alphabetic()))
    })
}

/// What hides the article, when hardly anything else was there.
fn wall(removed: &[Removed]) -> Option<Unfit> {
    let chars = |wanted: Reason| -> usize {
        removed.iter().filter(|piece| piece.reason == wanted).map(|piece| piece.text.chars().count()).sum()
    };
    let (cookies, pleas) = (chars(Reason::Cookies), chars(Reason::Subscription));
    match (cookies, pleas) {
        (0..80, 0..80) => None,
        _ if cookies >= pleas => Some(Unfit::CookieWall),
        _ => Some(Unfit::Paywall),
    }
}

fn is_address(line: &str) -> bool {
    line.contains("://") || line.starts_with("www.")
}

/// A line that a compiler or a parser reads and a person does not.
fn is_code(line: &str) -> bool {
    let line = line.trim();
    let ends = line.ends_with(['{', '}', ';', '[', ']', '\\', '>']) || line.ends_with("},") || line.ends_with("],");
    let signs = line.chars().filter(|c| "{}[]();=<>$&|\\_\"':#*/".contains(*c)).count();
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let begins = [
        "import ", "from ", "def ", "fn ", "return ", "#include", "//", "/*", "const ", "let ", "var ", "public ",
        "if (",
    ];
    let begun = begins.iter().any(|word| line.starts_with(word));
    // A sentence may end in a bracket too, and has ten times more letters.
    signs >= 2 && (ends || begun) && signs * 10 >= letters || signs >= 3 && signs * 3 > letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(lines: &[&str]) -> Option<Unfit> {
        let blocks: Vec<Block> = lines.iter().map(|line| Block::new((*line).to_owned())).collect();
        judge(&blocks, &[], 80)
    }

    #[test]
    fn what_is_no_article_is_named() {
        let code = [
            "fn main() {",
            "let x = read(&path)?;",
            "for line in x.lines() {",
            "println!(\"{line}\");",
            "}",
            "}",
            "// end: of(file)",
        ];
        assert_eq!(judged(&code), Some(Unfit::Code));
        let numbers = [
            "2019 1,204 88.1",
            "2020 1,377 91.0",
            "2021 1,490 93.5 a",
            "2022 1,502 94.2",
            "2023 1,611 95.9",
            "2024 1,702",
        ];
        assert_eq!(judged(&numbers), Some(Unfit::Numbers));
        let links = [
            "Council rejects the toll on the bridge",
            "Ferry to stop running in the spring",
            "Storm warning for the coast lifted",
            "New school opens its doors in Galmouth",
            "Fish prices at a record high",
            "Library to close on Mondays",
        ];
        assert_eq!(judged(&links), Some(Unfit::Links));
    }

    #[test]
    fn articles_are_articles() {
        let recipe = [
            "You need:",
            "- 300 g of flour",
            "- 2 eggs",
            "- salt",
            "- milk",
            "Mix everything and bake it for 20 minutes.",
            "Serve it warm, with butter and a little salt on top.",
        ];
        assert_eq!(judged(&recipe), None);
        let report = ["The bank set the rate at 5.25% on 4 May 2023 (2022: 1.75%).", "It had been 0.1% in 2021."];
        assert_eq!(judged(&report), None);
        let about_code = [
            "The call `free(ptr);` came twice; the error is in line 12 of main.c.",
            "A fix was published on Monday, the company said.",
            "It is version 2.0.1 (see below).",
        ];
        assert_eq!(judged(&about_code), None);
    }

    fn headline(text: &str) -> Block {
        Block { linked: true, heading: true, ..Block::new(text.to_owned()) }
    }

    #[test]
    fn teasers_below_linked_headlines_are_a_front_page() {
        let teaser = |n: usize| {
            [
                headline(&format!("Council closes school {n}")),
                Block::new(format!("Parents of {n} pupils were told on Monday.")),
            ]
        };
        let page: Vec<Block> = (0..6).flat_map(teaser).collect();
        assert!(is_front_page(&page));
        let body =
            "The council voted on Monday to close the old school and to move its pupils to a new one by the river. ";
        let article: Vec<Block> = (0..4).map(|_| Block::new(body.repeat(2))).chain((0..6).flat_map(teaser)).collect();
        assert!(!is_front_page(&article));
        let sections: Vec<Block> =
            (0..6).flat_map(|n| [headline(&format!("Part {n}")), Block::new(body.repeat(6))]).collect();
        assert!(!is_front_page(&sections), "headings that link to themselves");
        assert!(!is_front_page(&[]));
    }

    #[test]
    fn a_wall_is_named() {
        let notice = |reason| Removed { text: "word ".repeat(40), reason };
        assert_eq!(judge(&[], &[notice(Reason::Cookies)], 80), Some(Unfit::CookieWall));
        assert_eq!(judge(&[], &[notice(Reason::Subscription)], 80), Some(Unfit::Paywall));
        assert_eq!(judge(&[], &[notice(Reason::Menu)], 80), None);
    }
}
