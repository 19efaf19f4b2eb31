//! What an answer may look like: lengths, how many facts, and the numbers and foreign words that may be written.
//!
//! Numbers are those of the article, also with the separators of the language that is written: 1,200 is 1 200 in
//! Ukrainian, and 3.5 is 3,5. Latin words in a Cyrillic answer are the article's acronyms, codes and brands; names that
//! can be transliterated are not among them, because a model that may copy `General Kisel` will. Not here: how no line
//! begins (`labels`), and how an answer is held to its format (`grammar`).

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::labels::openings;
use super::numbered_lines::{LineRange, NumberedLines};
use super::{LEAST_FACTS, Length, Line, RewriteRequest, SummaryOptions};
use crate::grammar::{AnswerFormat, Citations, ForbiddenWords, Heading, LineLength, NameSpellings, Script, TextRules};
use crate::language::{self, Language, number_ranges, number_spellings, plain_number};

/// Lengths of a headline and of a fact. A weak model copies sentences, and those of the news seldom have more than 330
/// characters.
const HEADLINE: LineLength = LineLength { least: 15, wanted: 90, most: 180 };
const FACT: LineLength = LineLength { least: 25, wanted: 110, most: 330 };

/// The format of an answer in `language` about all of `lines`.
pub(super) fn of_whole(lines: &NumberedLines, options: &SummaryOptions, language: Language) -> AnswerFormat {
    let most = options.facts.min(*lines.all().end() as usize).max(1);
    let (citations, least) = match lines.reduced {
        true => (Citations::Each(lines.spread(most)), most),
        false => (Citations::Any(lines.all()), LEAST_FACTS.min(most)),
    };
    let heading = Some(Heading { headline: HEADLINE, summary: summary_of(options.length) });
    AnswerFormat { heading, citations, ..of_facts(lines, &lines.all(), language, least..=most) }
}

/// The format of the facts of one part, in the language of the lines.
pub(super) fn of_part(lines: &NumberedLines, part: &LineRange, facts: usize) -> AnswerFormat {
    let most = facts.min(part.clone().count());
    of_facts(lines, part, lines.language, LEAST_FACTS.min(most)..=most)
}

/// The format of one line that is written again. The numbers are those of its sentences alone.
pub(super) fn of_line(RewriteRequest { line, language, lines }: &RewriteRequest) -> AnswerFormat {
    let fact = match line {
        Line::Headline => HEADLINE,
        Line::Summary(length) => summary_of(*length),
        Line::Fact => FACT,
    };
    AnswerFormat { fact, ..of_facts(lines, &lines.all(), *language, 1..=1) }
}

/// The format of facts in a language about a part of the lines, which is all that they may cite.
fn of_facts(lines: &NumberedLines, part: &LineRange, language: Language, facts: RangeInclusive<usize>) -> AnswerFormat {
    let (text, source) = (text_of(lines, part), lines.language);
    let mut listed = BTreeSet::new();
    for range in number_ranges(&text) {
        listed.extend(number_spellings(&plain_number(&text[range.clone()]), &text[range.end..], source, language));
    }
    if language != Language::En {
        listed.extend(latin_words(&text, source));
    }
    let text = TextRules {
        script: Script::new(language, listed),
        forbidden: ForbiddenWords::of(language, openings(language, &text)),
        names: NameSpellings::new(lines.names.of_language(language).iter().cloned()),
    };
    AnswerFormat { text, heading: None, fact: FACT, facts, citations: Citations::Any(part.clone()) }
}

/// A bound on the tokens of an answer that only a runaway answer reaches: a token is at least about two characters.
pub(super) fn max_tokens(format: &AnswerFormat) -> usize {
    let head = format.heading.map_or(0, |head| head.headline.most + head.summary.most);
    head / 2 + format.facts.end() * (format.fact.most / 2 + 8)
}

fn summary_of(length: Length) -> LineLength {
    let (least, wanted, most) = match length {
        Length::Short => (40, 60, 330),
        Length::Medium => (80, 220, 440),
        Length::Long => (160, 450, 900),
    };
    LineLength { least, wanted, most }
}

/// Title and lines of a part: where numbers and foreign words may come from.
fn text_of(lines: &NumberedLines, part: &LineRange) -> String {
    let text = lines.numbered(part).map(|(_, line)| line);
    [&*lines.title].into_iter().chain(text).collect::<Vec<_>>().join("\n")
}

/// The numbers of a text, as they stand there, with the separators inside them; each kind of blank is a space.
pub fn numbers_of(text: &str) -> BTreeSet<String> {
    number_ranges(text).into_iter().map(|range| plain_number(&text[range])).collect()
}

/// Words in Latin letters that may stand in a Cyrillic text. Those of a Cyrillic article stand there already; of an
/// English one, acronyms, codes and brands with inner capitals.
fn latin_words(text: &str, source: Language) -> BTreeSet<String> {
    let words = language::latin_words(text).filter(|word| source != Language::En || language::is_code(word));
    let mut found: BTreeSet<String> = words.map(str::to_owned).collect();
    if source == Language::En {
        found.extend(designations(text));
    }
    found
}

/// Single capitals in front of a hyphen and a digit, as in S-300.
fn designations(text: &str) -> impl Iterator<Item = String> {
    let bytes = text.as_bytes();
    let alone = move |i: usize| i == 0 || !bytes[i - 1].is_ascii_alphanumeric();
    let found = bytes.windows(3).enumerate().filter(move |&(i, three)| {
        three[0].is_ascii_uppercase() && three[1] == b'-' && three[2].is_ascii_digit() && alone(i)
    });
    found.map(|(_, three)| char::from(three[0]).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_separators() {
        let text = "On 1 December 2024, 1,200 men and 3.5% of 29 000 fled at 10:30. In 2017-2019, S-300s.";
        let found: Vec<String> = numbers_of(text).into_iter().collect();
        assert_eq!(found, ["1", "1,200", "10:30", "2017", "2019", "2024", "29 000", "3.5", "300"]);
        assert_eq!(numbers_of("in 2024 300 men").into_iter().collect::<Vec<_>>(), ["2024", "300"]);
    }

    #[test]
    fn latin_words_are_codes_not_names() {
        let text = "General Kisel of HUR, with S-300 and F16 and YouTube in Syria";
        let found: Vec<String> = latin_words(text, Language::En).into_iter().collect();
        assert_eq!(found, ["F16", "HUR", "S", "YouTube"]);
        assert!(latin_words("компанія Tesla", Language::Uk).contains("Tesla"));
    }
}
