//! How no line of an answer begins: with a label of its part, or with talk about the task.
//!
//! The words are in `prompts/labels.toml`. The labels that the prompts use are taken from the prompts, so that a prompt that
//! is written anew brings its own. Talk about a text is refused where the article gives no reason for it. Not here: where in
//! a line a label becomes one, which the rule of the answer decides letter by letter.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::prompt;
use crate::grammar::{Openings, Talk, has_word};
use crate::language::{Language, words};

/// The file, whose words answers depend on.
const LABELS: &str = include_str!("../../prompts/labels.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    labels: Openings,
    talk: Vec<Talk>,
}

/// The file, read once.
static READ: LazyLock<HashMap<Language, Labels>> =
    LazyLock::new(|| toml::from_str(LABELS).expect("prompts/labels.toml is well-formed; a test reads it"));

/// What lines in this language about this text may not begin with.
pub(super) fn openings(language: Language, text: &str) -> Openings {
    let Some(Labels { labels, talk }) = READ.get(&language) else { return Openings::default() };
    let mut openings = labels.clone();
    // The last word of a label names the part.
    for label in prompt::labels(language) {
        let mut words: Vec<String> = words(&label.to_lowercase()).map(str::to_owned).collect();
        openings.parts.extend(words.pop());
        openings.beside.extend(words);
    }
    let text = text.to_lowercase();
    let source: Vec<&str> = words(&text).collect();
    let refused = talk.iter().filter(|talk| !talk.is_excused(&source));
    openings.phrases = refused.flat_map(Talk::says).map(str::to_owned).collect();
    openings
}

/// True for words that only say which part of an answer stands behind them, in any language: "Key facts", "Summary of 2 to 3
/// sentences about the content". Those that name parts outnumber those that a label need not have.
pub fn is_label(text: &str) -> bool {
    let text = text.to_lowercase();
    READ.values().any(|Labels { labels, .. }| {
        let known = |word: &&str| {
            let lists = [&labels.parts, &labels.beside, &labels.presenters];
            lists.into_iter().any(|list| has_word(list, word))
        };
        let (parts, all) = (words(&text).filter(|word| has_word(&labels.parts, word)).count(), words(&text).count());
        parts > 0 && all - words(&text).filter(known).count() < parts
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_every_language_in_lower_case_and_each_word_once() {
        assert_eq!(READ.len(), Language::ALL.len());
        for line in LABELS.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line, line.to_lowercase());
        }
        for (language, labels) in READ.iter() {
            let Labels { labels, talk } = labels;
            let all: Vec<&String> = labels.beside.iter().chain(&labels.parts).collect();
            for (at, word) in all.iter().enumerate() {
                assert!(!all[..at].contains(word), "{language}: {word} stands twice");
            }
            assert!(!talk.is_empty(), "{language}");
            assert!(!labels.parts.iter().any(|part| part.contains('*')), "{language}: Titles is no Title");
            for numbered in &labels.numbered {
                assert!(has_word(&labels.parts, numbered), "{language}: {numbered} is no part");
            }
        }
    }

    #[test]
    fn labels_are_known_in_front_of_a_colon() {
        let long = "Summary of 20 to 3 sentences about the article content";
        for label in
            ["Headline", "KEY FACTS", "Main headline", "Ключові факти", "Стислий виклад", "Краткое изложение", long]
        {
            assert!(is_label(label), "{label}");
        }
        for text in ["Kyiv", "Article 5", "Title fight", "Surely", "Викладачі", "Фактично", "The", "", "Голова уряду"]
        {
            assert!(!is_label(text), "{text}");
        }
    }

    #[test]
    fn talk_about_a_text_is_refused_unless_the_article_speaks_of_one() {
        let refuses =
            |language, text: &str, talk: &str| openings(language, text).phrases.iter().any(|phrase| phrase == talk);
        assert!(refuses(Language::En, "The bridge reopened.", "the text"));
        assert!(!refuses(Language::En, "The TEXT of the treaty is out.", "the text"));
        assert!(!refuses(Language::En, "Опубліковано текст угоди.", "the text"), "in whatever language");
        assert!(refuses(Language::Uk, "The bridge reopened.", "якщо ви"));
        assert!(!refuses(Language::Uk, "Стаття 5 договору.", "у статті"));
        assert!(refuses(Language::Uk, "Він може стати міністром.", "у статті"));
        assert!(!refuses(Language::Ru, "If you leave, tell us.", "если вы"));
        assert!(refuses(Language::Ru, "Выборы прошли, и вывезли всё.", "если вы"), "no word that only begins so");
    }
}

#[cfg(test)]
#[path = "label_cases.rs"]
mod cases;
