//! The words that the model is given: `prompts/*.md` with the article and the task filled in.
//!
//! Each file is front matter between `---` lines, then the text. Placeholders are replaced in one pass over the template,
//! so that braces in an article are never taken for one.

use super::matter::{Matter, Part};
use super::{Again, Length, Line, SummaryOptions};
use crate::language::Language;

const ARTICLE: &str = include_str!("../../prompts/article.md");
const ENGLISH: &str = include_str!("../../prompts/summarize.en.md");
const UKRAINIAN: &str = include_str!("../../prompts/summarize.uk.md");
const RUSSIAN: &str = include_str!("../../prompts/summarize.ru.md");

const FACTS_ENGLISH: &str = include_str!("../../prompts/facts.en.md");
const FACTS_UKRAINIAN: &str = include_str!("../../prompts/facts.uk.md");
const FACTS_RUSSIAN: &str = include_str!("../../prompts/facts.ru.md");

const AGAIN_ENGLISH: &str = include_str!("../../prompts/again.en.md");
const AGAIN_UKRAINIAN: &str = include_str!("../../prompts/again.uk.md");
const AGAIN_RUSSIAN: &str = include_str!("../../prompts/again.ru.md");

/// Words of a label in front of a colon or a dash: one says no more than where the text is, and more are a sentence.
const LABEL_WORDS: std::ops::RangeInclusive<usize> = 2..=3;

/// The system message, and a part of the matter as numbered lines.
pub(super) fn lines(matter: &Matter, part: &Part) -> (String, String) {
    let (system, shared) = body(ARTICLE).split_once("\n===\n").expect("the article prompt has two parts");
    let shared = fill(shared, &[("title", matter.title()), ("sentences", &numbered(matter, part))]);
    (system.to_owned(), shared.trim().to_owned())
}

/// The instructions for the facts of a part.
pub(super) fn facts(language: Language, facts: usize) -> String {
    let template = match language {
        Language::En => FACTS_ENGLISH,
        Language::Uk => FACTS_UKRAINIAN,
        Language::Ru => FACTS_RUSSIAN,
    };
    fill(body(template).trim_end(), &[("facts", &facts.to_string())])
}

/// The system message, and the sentences and instructions of a line that is written again.
pub(super) fn again(again: &Again) -> (String, String) {
    let (system, _) = body(ARTICLE).split_once("\n===\n").expect("the article prompt has two parts");
    let (template, [headline, fact]) = match again.language {
        Language::En => (AGAIN_ENGLISH, ["a headline of at most 12 words", "one short sentence"]),
        Language::Uk => (AGAIN_UKRAINIAN, ["заголовок до 12 слів", "одне коротке речення"]),
        Language::Ru => (AGAIN_RUSSIAN, ["заголовок до 12 слов", "одно короткое предложение"]),
    };
    let what = match again.line {
        Line::Headline => headline,
        Line::Summary(length) => sentences(again.language, length),
        Line::Fact => fact,
    };
    let numbered = numbered(&again.matter, &again.matter.all());
    (system.to_owned(), fill(body(template).trim(), &[("sentences", &numbered), ("what", what)]))
}

/// The lines of a part, with their numbers.
fn numbered(matter: &Matter, part: &Part) -> String {
    let lines: Vec<String> = matter.lines(part).map(|(number, line)| format!("[{number}] {line}")).collect();
    lines.join("\n")
}

/// How many sentences a summary has, in words.
fn sentences(language: Language, length: Length) -> &'static str {
    let words = match language {
        Language::En => ["1 sentence", "2 to 3 sentences", "4 to 5 sentences"],
        Language::Uk => ["1 речення", "2–3 речення", "4–5 речень"],
        Language::Ru => ["1 предложение", "2–3 предложения", "4–5 предложений"],
    };
    words[match length {
        Length::Short => 0,
        Length::Medium => 1,
        Length::Long => 2,
    }]
}

/// The instructions for one language.
pub(super) fn instructions(language: Language, options: &SummaryOptions) -> String {
    let template = match language {
        Language::En => ENGLISH,
        Language::Uk => UKRAINIAN,
        Language::Ru => RUSSIAN,
    };
    fill(
        body(template).trim_end(),
        &[("sentences", sentences(language, options.length)), ("facts", &options.facts.to_string())],
    )
}

/// The labels that the prompts of a language use themselves: what stands in front of the colon or dash of an instruction
/// ("First line: …"), and the example of a fact.
pub(super) fn labels(language: Language) -> Vec<String> {
    let templates = match language {
        Language::En => [ENGLISH, FACTS_ENGLISH, AGAIN_ENGLISH],
        Language::Uk => [UKRAINIAN, FACTS_UKRAINIAN, AGAIN_UKRAINIAN],
        Language::Ru => [RUSSIAN, FACTS_RUSSIAN, AGAIN_RUSSIAN],
    };
    let lines = templates.iter().flat_map(|template| body(template).lines());
    let found = lines.flat_map(|line| {
        let instruction = line.split_once(": ").or_else(|| line.split_once(" — ")).map(|(label, _)| label);
        let short =
            instruction.filter(|label| LABEL_WORDS.contains(&label.split_whitespace().count()) && !label.contains('{'));
        let example = line.split_once("- [1] ").map(|(_, example)| example.split('.').next().unwrap_or_default());
        short.into_iter().chain(example)
    });
    let mut found: Vec<String> = found.map(str::to_owned).collect();
    found.sort();
    found.dedup();
    found
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
    fn the_labels_of_the_prompts_are_found() {
        assert_eq!(labels(Language::En), ["First line", "One short sentence", "Second line"]);
        assert_eq!(labels(Language::Uk), ["Коротке речення", "другий рядок", "перший рядок"]);
        assert_eq!(labels(Language::Ru), ["Короткое предложение", "вторая строка", "первая строка"]);
    }

    #[test]
    fn every_prompt_is_filled() {
        let options = SummaryOptions { length: Length::Long, ..SummaryOptions::default() };
        for language in Language::ALL {
            for text in [instructions(language, &options), facts(language, 5)] {
                assert!(text.contains('5') && text.contains("[1]") && !text.contains('{'), "{text}");
                assert!(text.starts_with("\n\n"), "the tail starts after an empty line");
            }
        }
    }
}
