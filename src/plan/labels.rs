//! How no line of an answer begins: with a label of its part, or with talk about the task.
//!
//! The words are in `prompts/labels.toml`. The labels that the prompts use are taken from the prompts, so that a prompt that
//! is written anew brings its own. Talk about a text is refused where the article gives no reason for it. Not here: where in
//! a line a label becomes one, which the rule of the answer decides letter by letter.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::prompt;
use crate::grammar::{Openings, is_listed, words};
use crate::language::Language;

/// The file, whose words answers depend on.
pub(super) const LABELS: &str = include_str!("../../prompts/labels.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    beside: String,
    parts: String,
    numbered: String,
    presenters: String,
    exclaimed: Vec<String>,
    talk: Vec<Talk>,
}

/// Talk, and the words that are a reason for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Talk {
    says: Vec<String>,
    unless: Vec<String>,
}

/// The file, read once.
static READ: LazyLock<HashMap<Language, Labels>> =
    LazyLock::new(|| toml::from_str(LABELS).expect("prompts/labels.toml is well-formed; a test reads it"));

/// What lines in this language about this text may not begin with.
pub(super) fn openings(language: Language, text: &str) -> Openings {
    let Some(labels) = READ.get(&language) else { return Openings::default() };
    let owned = |words: &str| words.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let text = text.to_lowercase();
    let reason = |talk: &Talk| words(&text).any(|word| talk.unless.iter().any(|reason| is_listed(reason, word)));
    let mut parts = owned(&labels.parts);
    let mut beside = owned(&labels.beside);
    // The last word of a label names the part.
    for label in prompt::labels(language) {
        let mut words: Vec<String> = words(&label.to_lowercase()).map(str::to_owned).collect();
        parts.extend(words.pop());
        beside.extend(words);
    }
    Openings {
        beside,
        parts,
        numbered: owned(&labels.numbered),
        presenters: owned(&labels.presenters),
        exclaimed: labels.exclaimed.clone(),
        phrases: labels.talk.iter().filter(|talk| !reason(talk)).flat_map(|talk| talk.says.iter().cloned()).collect(),
        ..Openings::default()
    }
}

/// True for words that only say which part of an answer stands behind them, in any language: "Key facts".
pub fn is_label(text: &str) -> bool {
    let text = text.to_lowercase();
    READ.values().any(|labels| {
        let part = |word: &str| lists(&labels.parts, word);
        let known = |word: &str| part(word) || lists(&labels.beside, word) || lists(&labels.presenters, word);
        words(&text).any(part) && words(&text).all(known)
    })
}

fn lists(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| is_listed(known, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_every_language_in_lower_case_and_each_word_once() {
        assert_eq!(READ.len(), Language::ALL.len());
        for (language, labels) in READ.iter() {
            let all: Vec<&str> =
                [&labels.beside, &labels.parts].into_iter().flat_map(|it| it.split_whitespace()).collect();
            for (at, word) in all.iter().enumerate() {
                assert!(!all[..at].contains(word), "{language}: {word} stands twice");
            }
            let talk = labels.talk.iter().flat_map(|talk| talk.says.iter().chain(&talk.unless));
            for text in all.iter().copied().chain(talk.chain(&labels.exclaimed).map(String::as_str)) {
                assert_eq!(text, text.to_lowercase(), "{language}");
            }
            assert!(!labels.parts.contains('*'), "{language}: Titles is no Title");
            for numbered in labels.numbered.split_whitespace() {
                assert!(lists(&labels.parts, numbered), "{language}: {numbered} is no part");
            }
        }
    }

    #[test]
    fn labels_are_known_in_front_of_a_colon() {
        for label in ["Headline", "KEY FACTS", "Main headline", "Ключові факти", "Стислий виклад", "Краткое изложение"]
        {
            assert!(is_label(label), "{label}");
        }
        for text in ["Kyiv", "Title fight", "Surely", "Викладачі", "Фактично", "The", "", "Голова уряду"]
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
