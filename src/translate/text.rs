//! Plain text as blocks: lines with their indents and list marks, joined where a sentence was only wrapped.
//!
//! Every line break stays but one: where a line of prose ends in the middle of a sentence and the next goes on in small
//! letters, the text was wrapped by an editor, and sentences are worth more than its width. A message with branches may go
//! over several lines and is never cut.

use super::inline::{Block, Part};
use super::message;
use super::replace::overlapping;

/// A line shorter than this was not wrapped but ended.
const WRAPPED: usize = 45;

/// The parts of a plain text.
pub(super) fn read(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut paragraph = String::new();
    // Characters of the line before.
    let mut width = 0;
    let messages = message::ranges(text);
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let start = end;
        end += line.len();
        if overlapping(&messages, &(start..start)).is_some() {
            paragraph.push_str(line);
            width = 0;
            continue;
        }
        let body = line.trim_end_matches(['\n', '\r']);
        let (mark, rest) = body.split_at(mark(body));
        let wrapped = width >= WRAPPED && mark.is_empty() && goes_on(&paragraph, rest);
        width = body.chars().count();
        if wrapped {
            let kept = paragraph.trim_end().len();
            paragraph.truncate(kept);
            paragraph.push(' ');
            paragraph.push_str(&line[mark.len()..]);
            continue;
        }
        flush(&mut paragraph, &mut parts);
        parts.push(Part::Raw(mark.to_owned()));
        paragraph.push_str(&line[mark.len()..]);
    }
    flush(&mut paragraph, &mut parts);
    parts.retain(|part| !matches!(part, Part::Raw(raw) if raw.is_empty()));
    parts
}

/// True when a paragraph stops in the middle of a sentence and the next line goes on with it.
fn goes_on(paragraph: &str, next: &str) -> bool {
    let open = paragraph.trim_end().chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ',');
    open && next.starts_with(char::is_lowercase)
}

/// A line and its end as parts; a tab separates cells of a table.
fn flush(paragraph: &mut String, parts: &mut Vec<Part>) {
    let body = paragraph.trim_end_matches(['\n', '\r']).len();
    for cell in cells(&paragraph[..body]) {
        let text = cell.trim_end();
        parts.push(Part::Block(Block::plain(text)));
        parts.push(Part::Raw(cell[text.len()..].to_owned()));
    }
    parts.push(Part::Raw(paragraph[body..].to_owned()));
    paragraph.clear();
}

/// What tabs end, each with its tab; those inside a message end nothing.
fn cells(text: &str) -> Vec<&str> {
    let messages = if text.contains('\t') { message::ranges(text) } else { Vec::new() };
    let (mut start, mut cells) = (0, Vec::new());
    for (at, _) in text.match_indices('\t') {
        if overlapping(&messages, &(at..at + 1)).is_none() {
            cells.push(&text[start..=at]);
            start = at + 1;
        }
    }
    cells.extend(Some(&text[start..]).filter(|rest| !rest.is_empty()));
    cells
}

/// Bytes of the indent and the list mark that a line begins with.
fn mark(line: &str) -> usize {
    let rest = line.trim_start();
    let indent = line.len() - rest.len();
    let bullet = rest.strip_prefix(['-', '–', '—', '•', '*', '·', '▪', '◦', '‣', '>', '+']);
    let heading = || Some(rest.trim_start_matches('#')).filter(|after| (1..=6).contains(&(rest.len() - after.len())));
    let number = || {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = rest.len() - after.len();
        after.strip_prefix(['.', ')']).filter(|_| (1..=3).contains(&digits))
    };
    let letter = || {
        let mut chars = rest.chars();
        chars.next().filter(|c| c.is_alphabetic())?;
        chars.as_str().strip_prefix(')')
    };
    let after = bullet.or_else(heading).or_else(number).or_else(letter);
    // A list mark is followed by a blank: "3.5 million" is none.
    match after.filter(|after| after.starts_with([' ', '\t'])) {
        Some(after) => indent + (rest.len() - after.trim_start().len()),
        None => indent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks in brackets, raw text as it is.
    fn shown(text: &str) -> String {
        let show = |part: Part| match part {
            Part::Raw(raw) => raw,
            Part::Block(block) if block.text.is_empty() => String::new(),
            Part::Block(block) => format!("[{}]", block.text),
        };
        read(text).into_iter().map(show).collect()
    }

    #[test]
    fn lines_lists_and_indents_stay() {
        let text = "Title\r\n\r\n  - one item\n\n 12. two\n3.5 million\na) three\n## Head\nA\tB c\n";
        let wanted = "[Title]\r\n\r\n  - [one item]\n\n 12. [two]\n[3.5 million]\na) [three]\n## [Head]\n[A]\t[B c]\n";
        assert_eq!(shown(text), wanted);
    }

    #[test]
    fn wrapped_lines_are_joined() {
        let text = "The mayor said on Monday that the bridge over the\nriver would open. It\nwas late.\n";
        assert_eq!(
            shown(text),
            "[The mayor said on Monday that the bridge over the river would open. It]\n[was late.]\n"
        );
    }

    #[test]
    fn nothing_is_lost() {
        for text in ["", "\n", "\r\n\t\n", "- ", "1.", "—", "a\tb\t", "\u{feff}x\0y"] {
            assert_eq!(shown(text).replace(['[', ']'], ""), text);
        }
    }
}
