//! What an answer may look like: lengths, how many facts, and the numbers and foreign words that may be written.
//!
//! Numbers are those of the article, also with the separators of the language that is written: 1,200 is 1 200 in
//! Ukrainian, and 3.5 is 3,5. Latin words in a Cyrillic answer are the article's acronyms, codes and brands; names that
//! can be transliterated are not among them, because a model that may copy `General Kisel` will. Not here: how no line
//! begins (`labels`).

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::labels::{Openings, openings};
use super::matter::{Matter, Part};
use super::{Again, LEAST_FACTS, Length, Line, SummaryOptions};
use crate::language::{self, Language, neighbours, number_ranges, number_spellings, plain_number};

/// Words that no sentence ends with, because another has to follow.
const HANGING_EN: &str = "a an and as between but from into its of or than the their whose with";
const HANGING_UK: &str = "а або але в від для до з і із й на не під при про та у що щоб яка яке який які";
const HANGING_RU: &str =
    "а в во для до и из или к которая которое которые который на не но о об от под при с со что чтобы";
/// Characters of a headline and of a fact. A weak model copies sentences, and those of the news seldom have more than 330.
const HEADLINE: Chars = [15, 90, 180];
const FACT: Chars = [25, 110, 330];

/// Characters of a line: it may not end before the first; from the second on it ends with its sentence, and from the third
/// on with its word.
pub(super) type Chars = [usize; 3];

/// What the facts of an answer may cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Citable {
    /// Any of these lines, each once.
    Any(Part),
    /// The first fact one of the first lines, the second one of the second, and so on: facts that are spread over a long
    /// text.
    Each(Vec<Part>),
}

/// Lengths of the lines above the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// Of the headline.
    pub headline: Chars,
    /// Of the summary.
    pub summary: Chars,
}

/// The form of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// The language of its letters.
    pub language: Language,
    /// Numbers and foreign words that may be written.
    pub listed: BTreeSet<String>,
    /// How no line begins: labels, and talk about the task.
    pub openings: Openings,
    /// Words that no sentence ends with, separated by spaces.
    pub hanging: &'static str,
    /// Words of a neighbouring language, in lower case; no line has one.
    pub foreign: BTreeSet<String>,
    /// How the article's names begin in the language, in lower case.
    pub names: BTreeSet<String>,
    /// Lines that can be cited.
    pub citable: Citable,
    /// Fewest and most facts.
    pub facts: RangeInclusive<usize>,
    /// Characters of headline and summary; `None` where only facts are wanted.
    pub heading: Option<Heading>,
    /// Length of a fact.
    pub fact: Chars,
}

impl Format {
    /// The form of an answer in `language` about all of `matter`.
    pub fn of_whole(matter: &Matter, options: &SummaryOptions, language: Language) -> Self {
        let most = options.facts.min(*matter.all().end() as usize).max(1);
        let (citable, least) = match matter.is_reduced() {
            true => (Citable::Each(matter.spread(most)), most),
            false => (Citable::Any(matter.all()), LEAST_FACTS.min(most)),
        };
        Self {
            heading: Some(Heading { headline: HEADLINE, summary: summary_of(options.length) }),
            names: matter.names(language).clone(),
            ..Self::of_facts(&text_of(matter, &matter.all()), [matter.language(), language], citable, least..=most)
        }
    }

    /// The form of the facts of one part, in the language of the matter.
    pub(super) fn of_part(matter: &Matter, part: &Part, facts: usize) -> Self {
        let most = facts.min(part.clone().count());
        let languages = [matter.language(); 2];
        let citable = Citable::Any(part.clone());
        let names = matter.names(matter.language()).clone();
        Self { names, ..Self::of_facts(&text_of(matter, part), languages, citable, LEAST_FACTS.min(most)..=most) }
    }

    /// The form of one line that is written again. The numbers are those of its sentences alone.
    pub(super) fn of_line(again: &Again) -> Self {
        let Again { line, language, matter } = again;
        let languages = [matter.language(), *language];
        let fact = match line {
            Line::Headline => HEADLINE,
            Line::Summary(length) => summary_of(*length),
            Line::Fact => FACT,
        };
        let citable = Citable::Any(matter.all());
        let names = matter.names(*language).clone();
        Self { fact, names, ..Self::of_facts(&text_of(matter, &matter.all()), languages, citable, 1..=1) }
    }

    /// The form of facts in the second language about a text in the first.
    fn of_facts(text: &str, [source, language]: [Language; 2], citable: Citable, facts: RangeInclusive<usize>) -> Self {
        let mut listed = BTreeSet::new();
        for number in numbers_of(text) {
            listed.extend(number_spellings(&number, source, language));
        }
        if language != Language::En {
            listed.extend(latin_words(text, source));
        }
        let hanging = match language {
            Language::En => HANGING_EN,
            Language::Uk => HANGING_UK,
            Language::Ru => HANGING_RU,
        };
        let openings = openings(language, text);
        let foreign = neighbours(language).map(str::to_owned).collect();
        let names = BTreeSet::new();
        Self { language, listed, openings, hanging, foreign, names, citable, facts, heading: None, fact: FACT }
    }

    /// A bound on the answer's tokens that only a runaway answer reaches: a token is at least about two characters.
    pub(super) fn max_tokens(&self) -> usize {
        let [_, _, most] = self.fact;
        let head = self.heading.map_or(0, |head| head.headline[2] + head.summary[2]);
        head / 2 + self.facts.end() * (most / 2 + 8)
    }
}

fn summary_of(length: Length) -> Chars {
    match length {
        Length::Short => [40, 60, 330],
        Length::Medium => [80, 220, 440],
        Length::Long => [160, 450, 900],
    }
}

/// Title and lines of a part: where numbers and foreign words may come from.
fn text_of(matter: &Matter, part: &Part) -> String {
    let lines = matter.lines(part).map(|(_, line)| line);
    [matter.title()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
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
