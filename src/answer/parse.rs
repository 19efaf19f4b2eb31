//! Reads the lines of an answer, tolerantly.
//!
//! The shape that is asked for is a headline, a summary, then lines `- [k] fact`. Under the grammar a model cannot miss it;
//! without, models add labels, numbering, bold marks and empty lines, put citations at the end of a line, or spread the
//! summary over several lines. All of that is read; nothing that was written is lost.

use crate::plan::is_label;

/// An answer as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// The first line.
    pub headline: String,
    /// The lines up to the first fact.
    pub summary: String,
    /// The facts.
    pub facts: Vec<DraftFact>,
}

/// A fact as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFact {
    /// The text without its citations.
    pub text: String,
    /// The numbers that it cites, which need not exist.
    pub cited: Vec<u32>,
}

/// Reads an answer.
pub fn parse(text: &str) -> Draft {
    let mut draft = Draft::default();
    let mut summary = Vec::new();
    for line in text.lines() {
        let (line, listed) = strip_marks(line);
        let (body, cited) = citations(line);
        let body = without_items(strip_label(body.trim()));
        if body.is_empty() {
            continue;
        }
        let fact = !draft.headline.is_empty() && (listed || !cited.is_empty());
        if fact {
            draft.facts.push(DraftFact { text: body, cited });
        } else if draft.headline.is_empty() {
            draft.headline = body;
        } else if let Some(last) = draft.facts.last_mut() {
            // A line without a mark goes on with the fact before it.
            last.text = format!("{} {body}", last.text);
        } else {
            summary.push(body);
        }
    }
    draft.summary = summary.join(" ");
    draft
}

/// Reads an answer that is facts alone, without headline and summary. A line without a citation is not one.
pub fn parse_facts(text: &str) -> Vec<DraftFact> {
    let facts = text.lines().map(|line| citations(strip_marks(line).0));
    let cited = facts.filter(|(body, cited)| !cited.is_empty() && !body.trim().is_empty());
    cited.map(|(body, cited)| DraftFact { text: without_items(body.trim()), cited }).collect()
}

/// Takes list marks, headings and bold marks off a line; true when it was an item of a list.
fn strip_marks(line: &str) -> (&str, bool) {
    let line = line.trim().trim_start_matches('#').trim_matches('*').trim();
    for mark in ["- ", "* ", "• ", "– "] {
        if let Some(rest) = line.strip_prefix(mark) {
            return (rest.trim(), true);
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") ")) {
        Some(rest) if (1..=2).contains(&digits) => (rest.trim(), true),
        _ => (line, false),
    }
}

/// A line whose sentences stand as items of a list, as sentences: "It closed. - It opens in May."
fn without_items(line: &str) -> String {
    let mut parts = line.split(" - ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_item = out.ends_with(['.', '!', '?']) && part.starts_with(char::is_uppercase);
        out.push_str(if is_item { " " } else { " - " });
        out.push_str(part);
    }
    out
}

fn strip_label(line: &str) -> &str {
    match line.split_once(':') {
        Some((label, rest)) if is_label(label) => rest.trim_start_matches('*').trim(),
        _ => line,
    }
}

/// Takes citations such as `[3]` and `[3, 4]` from the start or the end of a line.
fn citations(line: &str) -> (&str, Vec<u32>) {
    let mut rest = line;
    let mut cited = Vec::new();
    while let Some((inside, after)) = rest.strip_prefix('[').and_then(|open| open.split_once(']')) {
        let Some(numbers) = numbers(inside) else { break };
        cited.extend(numbers);
        rest = after.trim_start();
    }
    let mut end = Vec::new();
    loop {
        let bare = rest.trim_end().trim_end_matches('.').trim_end();
        let Some((before, inside)) = bare.strip_suffix(']').and_then(|open| open.rsplit_once('[')) else { break };
        let Some(numbers) = numbers(inside) else { break };
        end.splice(0..0, numbers);
        rest = before.trim_end();
    }
    cited.extend(end);
    (rest, cited)
}

fn numbers(inside: &str) -> Option<Vec<u32>> {
    inside.split([',', ';', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_that_is_asked_for() {
        let draft = parse("A head\n\nA summary. More.\n- [3] One fact.\n- [4, 5] Two.\n");
        assert_eq!((draft.headline.as_str(), draft.summary.as_str()), ("A head", "A summary. More."));
        assert_eq!(draft.facts[0], DraftFact { text: "One fact.".into(), cited: vec![3] });
        assert_eq!(draft.facts[1].cited, [4, 5]);
    }

    #[test]
    fn shapes_that_models_make_of_it() {
        for text in [
            "**Headline: A head**\n**Summary:** A summary.\n\n**Key facts:**\n1. [3] One fact.",
            "# A head\nA summary.\n* One fact [3].",
            "Title: A head\nA summary.\n[3] One fact.",
            "Main headline: A head\nShort summary: A summary.\n1. [3] One fact.",
            "Головний заголовок: A head\nСтислий виклад: A summary.\nФакти:\n- [3] One fact.",
            "A head\r\nA summary.\r\n• [3] One fact.\r\n",
        ] {
            let draft = parse(text);
            assert_eq!(draft.headline, "A head", "{text}");
            assert_eq!(draft.summary, "A summary.", "{text}");
            assert_eq!(draft.facts.len(), 1, "{text}");
            assert_eq!(draft.facts[0].text.trim_end_matches('.'), "One fact", "{text}");
            assert_eq!(draft.facts[0].cited, [3], "{text}");
        }
    }

    #[test]
    fn sentences_in_a_list_are_sentences() {
        let draft = parse("A head\nIt closed. - It opens in May - or in June. - 2 men left.\n- [3] One fact.");
        assert_eq!(draft.summary, "It closed. It opens in May - or in June. - 2 men left.");
    }

    #[test]
    fn what_begins_like_a_label_is_none() {
        for head in
            ["Titles: who won them", "Kyiv: a bridge opens", "Викладачі: страйк триває", "Переводы: новые правила"]
        {
            assert_eq!(parse(head).headline, head);
        }
    }

    #[test]
    fn nothing_written_is_lost() {
        let draft = parse("A head\nFirst.\nSecond.\n- [1] Fact\ngoes on.\n- no citation");
        assert_eq!(draft.summary, "First. Second.");
        assert_eq!(draft.facts[0].text, "Fact goes on.");
        assert!(draft.facts[1].cited.is_empty());
        assert_eq!(parse(""), Draft::default());
        assert_eq!(parse("[99999999999] x").headline, "[99999999999] x");
    }
}
