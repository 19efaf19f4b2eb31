//! Lines of a pasted text become blocks: one heading, label or paragraph each, with what is measured on it.
//!
//! Pages paste with one line a paragraph, with or without empty lines between. Mail and PDF paste with hard line ends
//! inside paragraphs, and those are joined again. Pieces of a web page become blocks too. What a block is for is judged in
//! `furniture` and `body`.

use std::collections::HashSet;

use super::Reason;
use super::decode::tidy;
use super::html::Piece;

/// One block and its measures.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// The text as it will be kept.
    pub(super) text: String,
    /// The text in lower case, with one kind of apostrophe and without ё, for phrases to be found in.
    pub(super) key: String,
    /// Length in characters.
    pub(super) chars: usize,
    /// Parts with a letter or a digit in them.
    pub(super) words: usize,
    /// True when the end looks like the end of a sentence and not of a heading.
    pub(super) ended: bool,
    /// Why it is no part of an article, as far as the elements of a web page around it tell.
    pub(super) mark: Option<Reason>,
    /// Nothing but a link.
    pub(super) linked: bool,
    /// A heading of a web page.
    pub(super) heading: bool,
}

/// A line shorter than this never looks hard-wrapped, a longer one than `WRAP_MAX` neither.
const WRAP_MIN: usize = 40;
const WRAP_MAX: usize = 120;

/// Most lines into which links cut one sentence.
const LONGEST_CHAIN: usize = 10;

impl Block {
    pub(super) fn new(text: String) -> Self {
        let words = text.split(' ').filter(|part| part.contains(char::is_alphanumeric)).count();
        let ended = ends_as_sentence(&text, words);
        Self {
            key: key_of(&text),
            chars: text.chars().count(),
            words,
            ended,
            mark: None,
            linked: false,
            heading: false,
            text,
        }
    }

    /// Text of the article rather than a label: it ends as a sentence, or it is too long for a heading.
    pub(super) fn is_prose(&self) -> bool {
        self.ended || self.is_long()
    }

    /// Too long for a heading even without a full stop.
    pub(super) fn is_long(&self) -> bool {
        self.chars >= 120 && self.words >= 16
    }

    /// A row of a table, as `html` writes it.
    pub(super) fn is_row(&self) -> bool {
        self.text.starts_with("| ") && self.text.ends_with(" |")
    }

    /// An item of a list that belongs to the text: it begins with a bullet, a dash or a number.
    pub(super) fn is_item(&self) -> bool {
        let rest = self.text.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = rest.len() < self.text.len() && rest.starts_with([')', '.']);
        numbered
            || self.is_row()
            || self.text.starts_with(['-', '–', '—', '•', '*', '·', '▪', '●'])
            || self.text.ends_with([';', ','])
    }
}

/// The blocks of a web page.
pub(super) fn of_pieces(pieces: Vec<Piece>) -> Vec<Block> {
    let mut blocks = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (mark, heading) = (piece.mark, piece.heading);
        let linked = piece.is_links() && !(heading && piece.anchored);
        blocks.extend(split(&tidy(&piece.text)).into_iter().map(|block| Block { mark, linked, heading, ..block }));
    }
    mark_links(&mut blocks);
    distrust(&mut blocks);
    blocks
}

/// The most paragraphs in a row that are links and belong to the text all the same.
const LINKED_PARAGRAPHS: usize = 2;

/// A heading is often a link to itself; whatever else is nothing but a link leads away. But a whole sentence between
/// paragraphs of the article is one of them, only that it is a link too.
fn mark_links(blocks: &mut [Block]) {
    let is_body = |block: &Block| !block.linked && block.mark.is_none() && block.ended && block.words >= 8;
    let leads_away = |block: &Block| block.linked && !block.heading && block.mark.is_none();
    let mut at = 0;
    while at < blocks.len() {
        let run = blocks[at..].iter().take_while(|block| leads_away(block)).count();
        let next = at + run;
        let amid = at > 0 && is_body(&blocks[at - 1]) && blocks.get(next).is_some_and(is_body);
        let kept = amid && run <= LINKED_PARAGRAPHS && blocks[at..next].iter().all(is_statement);
        if !kept {
            blocks[at..next].iter_mut().for_each(|block| block.mark = Some(Reason::Related));
        }
        at = next + 1;
    }
}

/// A whole sentence with a full stop, as headlines have none.
fn is_statement(block: &Block) -> bool {
    let bare = block.text.trim_end_matches(['"', '”', '“', '»', '’', ')']);
    block.words >= 8 && bare.ends_with('.') && !bare.ends_with("..")
}

/// The part of the article that a mark may take away before it is taken for a mistake of the page.
const MOST_MARKED: usize = 3;

/// Drops marks of a reason that covers much of the prose: an element that was never ended, or a class of the whole page.
fn distrust(blocks: &mut [Block]) {
    let prose = |wanted: Option<Reason>| -> usize {
        let of = |block: &&Block| block.ended && block.words >= 8 && (wanted.is_none() || block.mark == wanted);
        blocks.iter().filter(of).map(|block| block.chars).sum()
    };
    let all = prose(None);
    let reasons: HashSet<Reason> = blocks.iter().filter_map(|block| block.mark).collect();
    let wrong: Vec<Reason> = reasons.into_iter().filter(|&reason| prose(Some(reason)) * MOST_MARKED > all).collect();
    for block in blocks {
        block.mark = block.mark.filter(|mark| !wrong.contains(mark));
    }
}

/// The form in which phrases are compared.
pub(super) fn key_of(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ё' => 'е',
            '’' | '‘' | 'ʼ' | '`' => '\'',
            other => other,
        })
        .collect()
}

fn ends_as_sentence(text: &str, words: usize) -> bool {
    let bare = text.trim_end_matches(['"', '”', '“', '»', '’', '\'', ')', ']', ' ']);
    match bare.chars().next_back() {
        // Cut-off headlines of link lists end in dots too.
        Some('…') => words >= 15,
        Some('.') if bare.ends_with("..") => words >= 15,
        Some('.' | '!' | '?') => true,
        Some(':' | ';' | ',') => words >= 5,
        _ => false,
    }
}

/// Splits tidy text (see `decode`) into blocks.
pub(super) fn split(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for group in text.split("\n\n") {
        let lines: Vec<&str> = group.split('\n').filter(|line| !line.is_empty()).collect();
        if is_wrapped(&lines) {
            join(&lines, &mut blocks);
        } else {
            blocks.extend(lines.iter().map(|&line| Block::new(line.to_owned())));
        }
    }
    stitch(blocks)
}

/// Joins a sentence that links cut into lines: "As the mayor wrote", "on his page", "on Monday, it is over."
fn stitch(blocks: Vec<Block>) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut rest = blocks.into_iter().peekable();
    while let Some(block) = rest.next() {
        let mut chain = vec![block];
        while chain.len() <= LONGEST_CHAIN
            && chain.last().is_some_and(|last| !last.ended)
            && chain[0].words >= 2
            && rest.peek().is_some_and(|next| next.text.starts_with(char::is_lowercase))
            && let Some(next) = rest.next()
        {
            chain.push(next);
        }
        // Menus in lower case never come to a full stop.
        if chain.len() > 1 && chain.last().is_some_and(|last| last.ended && last.words >= 3) {
            let texts: Vec<&str> = chain.iter().map(|block| block.text.as_str()).collect();
            out.push(Block::new(texts.join(" ")));
        } else {
            out.append(&mut chain);
        }
    }
    out
}

/// Hard-wrapped lines are all short, and many of them stop in the middle of a sentence.
fn is_wrapped(lines: &[&str]) -> bool {
    if lines.len() < 2 || lines.iter().any(|line| line.chars().count() > WRAP_MAX) {
        return false;
    }
    let pairs = lines.len() - 1;
    let broken = lines
        .windows(2)
        .filter(|pair| {
            pair[0].chars().count() >= WRAP_MIN
                && !pair[0].ends_with(['.', '!', '?', ';', ':'])
                && pair[1].starts_with(char::is_lowercase)
        })
        .count();
    broken * 3 >= pairs
}

/// Joins wrapped lines. A clearly shorter line with a full stop ends a paragraph.
fn join(lines: &[&str], blocks: &mut Vec<Block>) {
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let mut paragraph = String::new();
    for line in lines {
        if let Some(word) = paragraph.strip_suffix('-')
            && word.ends_with(char::is_lowercase)
            && line.starts_with(char::is_lowercase)
        {
            paragraph.truncate(word.len());
        } else if !paragraph.is_empty() {
            paragraph.push(' ');
        }
        paragraph.push_str(line);
        if line.chars().count() * 4 < longest * 3 && line.ends_with(['.', '!', '?', '»', '”', '"']) {
            blocks.push(Block::new(std::mem::take(&mut paragraph)));
        }
    }
    if !paragraph.is_empty() {
        blocks.push(Block::new(paragraph));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        split(text).into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn lines_are_blocks() {
        assert_eq!(texts("Home\nNews\n\nA sentence of the text."), ["Home", "News", "A sentence of the text."]);
    }

    #[test]
    fn wrapped_lines_are_joined() {
        let text = "The bridge was closed for four years after the acci-\n\
                    dent and reopened on Saturday with a brass band and\n\
                    a procession of cyclists.\n\
                    The mayor said that the city had paid a high price\n\
                    for an old mistake.";
        assert_eq!(
            texts(text),
            [
                "The bridge was closed for four years after the accident and reopened on Saturday with a brass band and a procession of cyclists.",
                "The mayor said that the city had paid a high price for an old mistake.",
            ]
        );
    }

    #[test]
    fn sentences_cut_by_links_are_joined() {
        let text = "As the mayor\nwrote on\nher page, the bridge is open.\nFollow us\nfacebook\ntelegram\nNews";
        assert_eq!(
            texts(text),
            ["As the mayor wrote on her page, the bridge is open.", "Follow us", "facebook", "telegram", "News"]
        );
    }

    #[test]
    fn ends_of_sentences_are_seen() {
        let cases = [
            ("He said so.", true),
            ("“Yes, your honor.”", true),
            ("(Reuters was told.)", true),
            ("The council lists three reasons:", true),
            ("Related:", false),
            ("What the bridge cost", false),
            ("Новый полпред обещал жесточайший…", false),
        ];
        for (text, ended) in cases {
            assert_eq!(Block::new(text.to_owned()).ended, ended, "{text}");
        }
    }
}
