//! The words that the model is given: `prompts/*.md` with the article and the options filled in.
//!
//! Each file is front matter between `---` lines, then the text. Placeholders are replaced in one pass over the template,
//! so that braces in an article are never taken for one.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::numbered_lines::{LineRange, NumberedLines};
use super::{Length, Line, RewriteRequest, SummaryOptions};
use crate::language::Language;

const ARTICLE: &str = include_str!("../../prompts/article.md");
const JUDGE: &str = include_str!("../../prompts/judge.md");

/// The prompts of a language, by the first words of their files.
struct Prompts {
    summarize: &'static str,
    facts: &'static str,
    again: &'static str,
}

macro_rules! prompts {
    ($language:literal) => {
        Prompts {
            summarize: body(include_str!(concat!("../../prompts/summarize.", $language, ".md"))),
            facts: body(include_str!(concat!("../../prompts/facts.", $language, ".md"))),
            again: body(include_str!(concat!("../../prompts/again.", $language, ".md"))),
        }
    };
}

fn prompts(language: Language) -> Prompts {
    match language {
        Language::En => prompts!("en"),
        Language::Uk => prompts!("uk"),
        Language::Ru => prompts!("ru"),
    }
}

/// How long parts of an answer are to be, in words of a language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lengths {
    headline: String,
    fact: String,
    short: String,
    medium: String,
    long: String,
}

/// `prompts/lengths.toml`, read once.
static LENGTHS: LazyLock<HashMap<Language, Lengths>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../prompts/lengths.toml"))
        .expect("prompts/lengths.toml is well-formed; a test reads it")
});

/// Words of a label in front of a colon or a dash: one says no more than where the text is, and more are a sentence.
const LABEL_WORDS: std::ops::RangeInclusive<usize> = 2..=3;

/// The system message, and a part of the numbered lines.
pub(super) fn article(lines: &NumberedLines, part: &LineRange) -> (String, String) {
    let (system, shared) = body(ARTICLE).split_once("\n===\n").expect("the article prompt has two parts");
    let shared = fill(shared, &[("title", &lines.title), ("sentences", &numbered(lines, part))]);
    (system.to_owned(), shared.trim().to_owned())
}

/// The instructions for the facts of a part.
pub(super) fn facts(language: Language, facts: usize) -> String {
    fill(prompts(language).facts.trim_end(), &[("facts", &facts.to_string())])
}

/// The system message, and the sentences and instructions of a line that is written again.
pub(super) fn rewrite(RewriteRequest { line, language, lines }: &RewriteRequest) -> (String, String) {
    let (system, _) = body(ARTICLE).split_once("\n===\n").expect("the article prompt has two parts");
    let lengths = &LENGTHS[language];
    let what = match line {
        Line::Headline => &lengths.headline,
        Line::Summary(length) => lengths.of_summary(*length),
        Line::Fact => &lengths.fact,
    };
    let values = [("sentences", &*numbered(lines, &lines.all())), ("what", what)];
    (system.to_owned(), fill(prompts(*language).again.trim(), &values))
}

/// The question whether the article says what a claim says.
pub(super) fn question(claim: &str) -> String {
    fill(body(JUDGE).trim_end(), &[("claim", claim)])
}

/// The lines of a part, with their numbers.
fn numbered(lines: &NumberedLines, part: &LineRange) -> String {
    let lines: Vec<String> = lines.numbered(part).map(|(number, line)| format!("[{number}] {line}")).collect();
    lines.join("\n")
}

impl Lengths {
    fn of_summary(&self, length: Length) -> &str {
        match length {
            Length::Short => &self.short,
            Length::Medium => &self.medium,
            Length::Long => &self.long,
        }
    }
}

/// The instructions for one language.
pub(super) fn instructions(language: Language, options: &SummaryOptions) -> String {
    let sentences = LENGTHS[&language].of_summary(options.length);
    fill(prompts(language).summarize.trim_end(), &[("sentences", sentences), ("facts", &options.facts.to_string())])
}

/// The labels that the prompts of a language use themselves: what stands in front of the colon or dash of an instruction
/// ("First line: …"), and the example of a fact.
pub(super) fn labels(language: Language) -> Vec<String> {
    let found = lines(language).flat_map(|line| {
        let instruction = line.split_once(": ").or_else(|| line.split_once(" — ")).map(|(label, _)| label);
        let short =
            instruction.filter(|label| LABEL_WORDS.contains(&label.split_whitespace().count()) && !label.contains('{'));
        short.into_iter().chain(example(line))
    });
    let mut found: Vec<String> = found.map(str::to_owned).collect();
    found.sort();
    found.dedup();
    found
}

/// True for a text that begins as the example of a fact in a prompt does: a weak model goes on with that.
pub fn is_example(text: &str) -> bool {
    let text = text.to_lowercase();
    let begins = |example: &str| {
        let rest = text.strip_prefix(&example.to_lowercase());
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    Language::ALL.into_iter().flat_map(lines).filter_map(example).any(begins)
}

/// The lines of the prompts of a language.
fn lines(language: Language) -> impl Iterator<Item = &'static str> {
    let Prompts { summarize, facts, again } = prompts(language);
    [summarize, facts, again].into_iter().flat_map(str::lines)
}

/// The example of a fact in a line of a prompt, without its full stop.
fn example(line: &'static str) -> Option<&'static str> {
    let (_, example) = line.split_once("- [1] ")?;
    example.split('.').next().filter(|example| !example.is_empty())
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
    fn the_example_of_a_fact_is_none() {
        for text in ["Коротке речення о нових ліжках.", "короткое предложение.", "One short sentence"]
        {
            assert!(is_example(text), "{text}");
        }
        for text in ["Коротке реченнячко.", "Речення коротке.", "One short week later", ""]
        {
            assert!(!is_example(text), "{text}");
        }
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
