//! What a weak model gives back instead of a translation: talk about its task, and the worked examples of its prompt.
//!
//! Not here: what is done about it (`writer`).

use super::{Direction, check};
use crate::intake::Language;

const PROMPT: &str = include_str!("../../prompts/sentence.md");
const TALK: &str = include_str!("../../prompts/talk.txt");
/// Words in a row that a rendering has by chance in common with a worked example.
const CHANCE: usize = 3;

/// The instructions, with `{from}` and `{to}` in the place of the languages.
pub(super) fn instructions() -> &'static str {
    PROMPT.split("\n===\n").next().and_then(|system| system.rsplit("---\n").next()).unwrap_or_default()
}

/// The worked examples, in three languages each.
pub(super) fn examples() -> impl Iterator<Item = &'static str> {
    PROMPT.rsplit("\n===\n").next().unwrap_or_default().split("\n\n")
}

/// A worked example in one language.
pub(super) fn line_of(example: &str, language: Language) -> &str {
    let mut lines = example.lines();
    lines.find_map(|line| line.strip_prefix(language.code())?.strip_prefix(": ")).unwrap_or_default()
}

/// The worked examples that a rendering repeats words of, though its source says nothing of the kind.
pub(super) fn echoed(source: &str, text: &str, Direction { from, to }: Direction) -> Vec<&'static str> {
    let like = |example: &str, text: &str| {
        let words = |text: &str| check::words(text).map(str::to_lowercase).collect::<Vec<_>>();
        let (own, others) = (words(example), words(text));
        own.windows(CHANCE + 1).any(|run| others.windows(CHANCE + 1).any(|other| run == other))
    };
    examples().filter(|it| like(line_of(it, to), text) && !like(line_of(it, from), source)).collect()
}

/// How talk begins that nothing in a source is a reason for.
pub(super) fn unreasoned(source: &str) -> Vec<&'static str> {
    let source = source.to_lowercase();
    let rows = TALK.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
    rows.filter(|(_, reasons)| !reasons.split(", ").any(|reason| source.contains(reason))).map(|row| row.0).collect()
}

/// How many words of a rendering begin like this.
pub(super) fn said(talk: &[&str], text: &str) -> usize {
    let lower = text.to_lowercase();
    check::words(&lower).filter(|word| talk.iter().any(|talk| word.starts_with(talk))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_examples_are_noticed_unless_the_source_says_the_same() {
        let direction = Direction { from: Language::En, to: Language::Uk };
        let source = "The paper says that nine of ten are small.";
        let text = "Учені з'ясували, що ці птахи можуть літати. Газета каже, що дев'ять із десяти малі.";
        let found = echoed(source, text, direction);
        assert!(matches!(found[..], [example] if example.contains("birds")), "{found:?}");
        let asked = "Scientists have found that these birds swim.";
        assert_eq!(echoed(asked, "Учені з'ясували, що ці птахи плавають.", direction), Vec::<&str>::new());
    }

    #[test]
    fn talk_is_noticed_unless_the_source_is_a_reason() {
        assert_eq!(said(&unreasoned("Nine of ten are small."), "Це українська версія цього тексту."), 3);
        assert_eq!(said(&unreasoned("The Ukrainian text"), "Український текст."), 0);
        assert!(unreasoned("Nine of ten.").contains(&"якщо в") && !unreasoned("If it rains").contains(&"якщо в"));
    }
}
