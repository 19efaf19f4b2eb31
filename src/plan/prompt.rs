//! The words that the model is given: `prompts/*.md` with the article and the task filled in.
//!
//! Each file is front matter between `---` lines, then the text. Placeholders are replaced in one pass over the template,
//! so that braces in an article are never taken for one.

use super::{Length, Task, Written};
use crate::intake::{Article, Language};

const ARTICLE: &str = include_str!("../../prompts/article.md");
const ENGLISH: &str = include_str!("../../prompts/summarize.en.md");
const UKRAINIAN: &str = include_str!("../../prompts/summarize.uk.md");
const RUSSIAN: &str = include_str!("../../prompts/summarize.ru.md");

const WRITTEN: &str = include_str!("../../prompts/written.md");
const TO_ENGLISH: &str = include_str!("../../prompts/translate.en.md");
const TO_UKRAINIAN: &str = include_str!("../../prompts/translate.uk.md");
const TO_RUSSIAN: &str = include_str!("../../prompts/translate.ru.md");

/// Every prompt as it stands in its file: an answer depends on them.
pub fn all() -> [&'static str; 8] {
    [ARTICLE, ENGLISH, UKRAINIAN, RUSSIAN, WRITTEN, TO_ENGLISH, TO_UKRAINIAN, TO_RUSSIAN]
}

/// The system message, and the article as numbered sentences.
pub(super) fn article(article: &Article) -> (String, String) {
    let (system, shared) = body(ARTICLE).split_once("\n===\n").expect("the article prompt has two parts");
    let lines: Vec<String> = article
        .sentences()
        .iter()
        .map(|sentence| format!("[{}] {}", sentence.id, one_line(&article.text()[sentence.start..sentence.end])))
        .collect();
    let title = one_line(article.title().unwrap_or_default());
    let shared = fill(shared, &[("title", &title), ("sentences", &lines.join("\n"))]);
    (system.to_owned(), shared.trim().to_owned())
}

/// The system message, and a summary as lines.
pub(super) fn written(written: &Written) -> (String, String) {
    let (system, shared) = body(WRITTEN).split_once("\n===\n").expect("the prompt for translation has two parts");
    let facts: Vec<String> =
        written.facts.iter().map(|(sentence, text)| format!("- [{sentence}] {}", one_line(text))).collect();
    let (headline, summary) = (one_line(&written.headline), one_line(&written.summary));
    let values = [("headline", headline.as_str()), ("summary", summary.as_str()), ("facts", &facts.join("\n"))];
    (system.to_owned(), fill(shared, &values).trim().to_owned())
}

/// The instructions for the translation into one language.
pub(super) fn translation(language: Language) -> String {
    let template = match language {
        Language::En => TO_ENGLISH,
        Language::Uk => TO_UKRAINIAN,
        Language::Ru => TO_RUSSIAN,
    };
    body(template).trim_end().to_owned()
}

/// The instructions for one language.
pub(super) fn instructions(language: Language, task: &Task) -> String {
    let (template, sentences) = match language {
        Language::En => (ENGLISH, ["1 sentence", "2 to 3 sentences", "4 to 5 sentences"]),
        Language::Uk => (UKRAINIAN, ["1 речення", "2–3 речення", "4–5 речень"]),
        Language::Ru => (RUSSIAN, ["1 предложение", "2–3 предложения", "4–5 предложений"]),
    };
    let sentences = sentences[match task.length {
        Length::Short => 0,
        Length::Medium => 1,
        Length::Long => 2,
    }];
    fill(body(template).trim_end(), &[("sentences", sentences), ("facts", &task.facts.to_string())])
}

/// A sentence stays on the line of its number.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text after the front matter.
fn body(file: &str) -> &str {
    file.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(file, |(_, text)| text)
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let named = after.split_once('}').and_then(|(name, tail)| {
            let value = values.iter().find(|(known, _)| *known == name)?;
            Some((value.1, tail))
        });
        match named {
            Some((value, tail)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_templates() {
        assert_eq!(fill("{a} {b} {c", &[("a", "{b}"), ("b", "2")]), "{b} 2 {c");
    }

    #[test]
    fn every_prompt_is_filled() {
        let task = Task { languages: vec![], facts: 5, length: Length::Long };
        for language in Language::ALL {
            let text = instructions(language, &task);
            assert!(text.contains('5') && text.contains("[1]") && !text.contains('{'), "{text}");
            assert!(text.starts_with("\n\n"), "the tail starts after an empty line");
        }
    }
}
