//! Subtitles in the SubRip format: numbers and times stay, the lines of a cue are one text and are set in as many lines.

use super::inline::{Block, MarkKind, Part};

/// The parts of a subtitle file; `None` when there is no cue with a time in it.
pub(super) fn read(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut cue: Vec<&str> = Vec::new();
    let mut inside = false;
    let mut cues = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        if inside && !body.trim().is_empty() {
            cue.push(line);
            continue;
        }
        flush(&mut cue, &mut parts);
        inside = body.contains("-->");
        cues += usize::from(inside);
        parts.push(Part::Raw(line.to_owned()));
    }
    flush(&mut cue, &mut parts);
    (cues > 0).then_some(parts)
}

/// The lines of a cue as one block, and the end of the last.
fn flush(cue: &mut Vec<&str>, parts: &mut Vec<Part>) {
    let Some(last) = cue.last() else { return };
    let end = &last[last.trim_end_matches(['\n', '\r']).len()..];
    // Two speakers in one cue are two texts.
    let speakers = cue.iter().all(|line| line.trim_start().starts_with(['-', '–', '—'])) && cue.len() > 1;
    if speakers {
        for line in cue.iter() {
            let body = line.trim_end();
            let dash = body.len() - body.trim_start_matches(['-', '–', '—', ' ']).len();
            parts.push(Part::Raw(body[..dash].to_owned()));
            parts.push(Part::Block(tagged(&body[dash..], 0)));
            parts.push(Part::Raw(line[body.len()..].to_owned()));
        }
    } else {
        let joined = cue.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        parts.push(Part::Block(tagged(&joined, cue.len())));
        parts.push(Part::Raw(end.to_owned()));
    }
    cue.clear();
}

/// Takes `<i>`, `</font>`, `{\an8}` and the like out of a text, as marks.
fn tagged(text: &str, lines: usize) -> Block {
    let mut block = Block { lines, ..Block::default() };
    let mut rest = text;
    // Behind the last bracket that closes, none is looked for again.
    let last = |close: char| text.rfind(close).unwrap_or(0);
    let (angle, brace) = (last('>'), last('}'));
    while let Some(at) = rest.find(['<', '{']) {
        let (close, last) = if rest[at..].starts_with('<') { ('>', angle) } else { ('}', brace) };
        let is_tag = rest[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '\\'));
        let closed = text.len() - rest.len() + at < last;
        let Some(end) = rest[at..].find(close).filter(|_| is_tag && closed).map(|length| at + length + 1) else {
            block.text.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        };
        block.text.push_str(&rest[..at]);
        let raw = rest[at..end].to_owned();
        let kind = match (raw.starts_with("</"), close) {
            (true, _) => MarkKind::Close,
            (false, '>') => MarkKind::Open,
            (false, _) => MarkKind::Alone,
        };
        block.mark(raw, kind);
        rest = &rest[end..];
    }
    block.text.push_str(rest);
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_blocks_and_the_rest_stays() {
        let text = "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>One 2 < 3</i>\r\nline\r\n\r\n2\n00:00:03,000 --> 00:00:04,000\n- Yes.\n- No.\n";
        let parts = read(text).unwrap();
        let blocks: Vec<&Block> =
            parts.iter().filter_map(|part| if let Part::Block(block) = part { Some(block) } else { None }).collect();
        let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(texts, ["One 2 < 3 line", "Yes.", "No."]);
        assert_eq!((blocks[0].lines, blocks[0].marks.len()), (2, 2));
        let raw: String =
            parts.iter().filter_map(|part| if let Part::Raw(raw) = part { Some(raw.as_str()) } else { None }).collect();
        assert!(raw.contains("00:00:01,000 --> 00:00:02,500\r\n") && raw.ends_with("- \n- \n"), "{raw:?}");
        assert!(read("no subtitles here\n").is_none());
    }
}
