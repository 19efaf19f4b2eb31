//! How a line may not begin: with a label of a part of the answer, or with talk about the task.
//!
//! Words are judged whole, because "sure" is talk and "Surely" is none. And a word that names a part of an answer is good
//! prose, too ("Summary executions rose"), so it is refused as a label only: when nothing but such words has been written
//! and the next character is one that makes a label of them. Which words these are, the caller says.

use crate::language::words;
use serde::Deserialize;

/// Bytes of a line behind which nothing is an opening any more.
const LONGEST: usize = 96;
/// Most words of a label.
const MOST_WORDS: usize = 8;
/// Companions, parts among them, that need no mark to be talk.
const COMPANY: usize = 2;

/// What a line may not begin with, in lower case. In lists of words, `*` at the end stands for all that begin so.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Openings {
    /// Words that stand beside the parts in labels: "main", "the".
    pub beside: Vec<String>,
    /// Words for the parts of an answer: "headline".
    pub parts: Vec<String>,
    /// Parts that are labels with a number behind them, too: "fact".
    pub numbered: Vec<String>,
    /// Words with which a label needs no mark: "here".
    pub presenters: Vec<String>,
    /// Words two of which need no mark either, where one of them is a part: "text" and "english".
    pub companions: Vec<String>,
    /// What is refused in front of a comma, too: "of course". In "добре, що", it may go on behind its comma with that word.
    pub exclaimed: Vec<String>,
    /// What is refused whatever stands behind it: whole words, or with `*` at the end, everything that begins so.
    pub phrases: Vec<String>,
    /// Which marks make a label of a part.
    #[serde(skip)]
    pub marking: Marking,
}

/// Which marks behind a part make a label of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Marking {
    /// All: who writes freely has no need of them there.
    #[default]
    Any,
    /// A colon, a full stop, the end of the line, and a dash in front of a capital letter. A translation may have dashes in the
    /// place of a verb, and the quotation marks and brackets of its source.
    Sure,
}

/// What is said about a text, and the words of a source that are a reason to say it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    says: String,
    unless: String,
}

impl Talk {
    /// Its phrases.
    pub fn says(&self) -> impl Iterator<Item = &str> {
        self.says.split(", ")
    }

    /// True when one of a source's words, in lower case, is a reason for it.
    pub fn is_excused(&self, source: &[&str]) -> bool {
        self.unless.split_whitespace().any(|reason| source.iter().any(|word| is_listed(reason, word)))
    }
}

impl Openings {
    /// True when a line that has begun like this, in lower case, may not go on with this character, or not end where that is
    /// a line feed.
    pub(super) fn refuse(&self, line: &str, next: char) -> bool {
        line.len() <= LONGEST && (self.is_phrase(line, next) || self.is_label(line, next) || self.strays(line, next))
    }

    /// True when a whole line begins as none may.
    pub fn refuse_line(&self, text: &str) -> bool {
        let mut line = String::new();
        for c in text.chars() {
            if line.len() > LONGEST || self.refuse(&line, c) {
                return line.len() <= LONGEST;
            }
            line.extend(c.to_lowercase());
        }
        self.refuse(&line, '\n')
    }

    /// True when a line may not rest here, at the end of a token that held the last word from its beginning: what would be
    /// refused at the next blank would only be glued to the next word instead.
    pub(super) fn refuse_whole(&self, line: &str) -> bool {
        let is_phrase = || self.phrases.iter().any(|phrase| phrase == line);
        line.len() <= LONGEST && (is_phrase() || self.is_presented(line) || self.is_accompanied(line))
    }

    fn is_phrase(&self, line: &str, next: char) -> bool {
        self.phrases.iter().any(|phrase| match phrase.strip_suffix('*') {
            Some(start) => is_completed(start, line, next),
            None => match line.strip_prefix(phrase.as_str()) {
                Some("") => !is_of_word(next) && next != '-',
                Some("-") => !next.is_alphabetic(),
                _ => false,
            },
        })
    }

    fn is_label(&self, line: &str, next: char) -> bool {
        let label = line.trim_end_matches(|c| !is_of_word(c));
        match (&line[label.len()..], next) {
            ("", c) if is_of_word(c) => self.begins_company(label, c),
            ("", '-') => false,
            ("", _) if self.is_accompanied(label) => true,
            ("", ' ') => self.is_presented(label),
            ("", ',') => self.clauses(label).is_some_and(|mut clauses| clauses.all(str::is_empty)),
            // It may be that of the number.
            ("", '.') if label.ends_with(|c: char| c.is_ascii_digit()) => false,
            (" ", c) if c.is_ascii_digit() || c == '№' => self.is_numbered(label),
            (" ", c) if c.is_alphanumeric() => false,
            // A hyphen inside a word is none of a label: "title-winning".
            ("-", c) if c.is_alphabetic() => false,
            (tail, c) => {
                let marked = match self.marking {
                    Marking::Sure if is_dash(tail) && c.is_uppercase() => true,
                    Marking::Sure if !matches!(c, ':' | '.' | '\n') => false,
                    _ => matches!(tail, "" | " " | "-"),
                };
                marked && (self.clauses(label).is_some() || self.names_parts(label))
            }
        }
    }

    /// True for words of labels alone, one of which names a part. A number makes a label of those parts only that have one.
    fn names_parts(&self, label: &str) -> bool {
        let lists = [&self.beside, &self.parts, &self.presenters, &self.companions];
        let known = |word: &str| is_number(word) || lists.into_iter().any(|list| has_word(list, word));
        let mut all = words(label);
        let few = all.clone().take(MOST_WORDS + 1).count() <= MOST_WORDS;
        let of_news = all
            .clone()
            .zip(all.clone().skip(1))
            .any(|(part, number)| is_number(number) && has_word(&self.parts, part) && !has_word(&self.numbered, part));
        few && !of_news && all.clone().any(|word| has_word(&self.parts, word)) && all.all(known)
    }

    fn is_numbered(&self, label: &str) -> bool {
        words(label).last().is_some_and(|last| has_word(&self.numbered, last)) && self.names_parts(label)
    }

    fn is_presented(&self, label: &str) -> bool {
        words(label).next().is_some_and(|first| has_word(&self.presenters, first)) && self.names_parts(label)
    }

    fn is_accompanied(&self, label: &str) -> bool {
        let company = words(label).filter(|word| has_word(&self.companions, word)).take(COMPANY);
        company.count() == COMPANY && self.names_parts(label)
    }

    /// True when this letter makes a companion of the last word, whatever may follow, and the label is accompanied by it: a
    /// word that is refused late is misspelled.
    fn begins_company(&self, label: &str, next: char) -> bool {
        let last = words(label).last().filter(|last| label.ends_with(last)).unwrap_or_default();
        let mut starts = self.companions.iter().filter_map(|word| word.strip_suffix('*'));
        starts.any(|start| is_completed(start, last, next))
            && self.is_accompanied(&label.chars().chain(next.to_lowercase()).collect::<String>())
    }

    /// How a line may go on behind the comma of something exclaimed; `None` when it is not.
    fn clauses(&self, label: &str) -> Option<impl Iterator<Item = &str>> {
        let mut clauses = self
            .exclaimed
            .iter()
            .map(|entry| entry.split_once(", ").unwrap_or((entry.as_str(), "")))
            .filter(move |(exclaimed, _)| *exclaimed == label)
            .map(|(_, clause)| clause)
            .peekable();
        clauses.peek().is_some().then_some(clauses)
    }

    /// True when something exclaimed goes on behind its comma as it may not: "Добре, ось" and no "Добре, що".
    fn strays(&self, line: &str, next: char) -> bool {
        let Some((exclaimed, begun)) = line.split_once(',') else { return false };
        let Some(mut clauses) = self.clauses(exclaimed) else { return false };
        !clauses.any(|clause| match begun.strip_prefix(' ') {
            None => begun.is_empty() && next == ' ',
            Some(begun) => match clause.strip_prefix(begun) {
                Some("") => !is_of_word(next),
                Some(rest) => next.to_lowercase().eq(rest.chars().take(1)),
                None => begun.starts_with(clause),
            },
        })
    }
}

/// True when this letter is the last of a beginning.
fn is_completed(start: &str, written: &str, next: char) -> bool {
    start.strip_prefix(written).is_some_and(|rest| rest.chars().eq(next.to_lowercase()))
}

/// True for what stands inside words: "title's" goes on where "title:" does not.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | 'ʼ')
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_dash(tail: &str) -> bool {
    matches!(tail.trim(), "-" | "–" | "—")
}

/// True for the word that an entry is, or with `*` at its end, for one that begins like it.
pub fn is_listed(entry: &str, word: &str) -> bool {
    match entry.strip_suffix('*') {
        Some(start) => word.starts_with(start),
        None => entry == word,
    }
}

/// True when one of the entries of a list is this word, or the beginning of it.
pub fn has_word(list: &[String], word: &str) -> bool {
    list.iter().any(|known| is_listed(known, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn openings() -> Openings {
        let list = |words: &str| words.split(' ').map(str::to_owned).collect();
        Openings {
            beside: list("the main is a of"),
            parts: list("headline* fact facts summary title"),
            numbered: list("fact facts"),
            presenters: list("here"),
            exclaimed: ["sure", "of course", "good, that"].map(str::to_owned).to_vec(),
            phrases: vec!["the text".to_owned(), "translat*".to_owned()],
            ..Openings::default()
        }
    }

    /// Those of a translation.
    fn sure() -> Openings {
        let list = |words: &str| words.split(' ').map(str::to_owned).collect();
        Openings {
            beside: list("the of це"),
            parts: list("text version версі*"),
            companions: list("text version версі* russian українськ*"),
            exclaimed: vec!["in russian".to_owned()],
            marking: Marking::Sure,
            ..Openings::default()
        }
    }

    /// The part of a line before the first character that is refused; `|` at its end when the line may not end either.
    fn begun(text: &str) -> String {
        begun_by(&openings(), text)
    }

    fn begun_by(openings: &Openings, text: &str) -> String {
        let mut line = String::new();
        for c in text.chars() {
            if openings.refuse(&line.to_lowercase(), c) {
                return line;
            }
            line.push(c);
        }
        if openings.refuse(&line.to_lowercase(), '\n') { line + "|" } else { line }
    }

    #[test]
    fn a_label_is_refused_where_its_mark_comes() {
        for (text, want) in [
            ("Headline: a man", "Headline"),
            ("Headline – a man", "Headline "),
            ("Headline. A man", "Headline"),
            ("The main headlines - a man", "The main headlines "),
            ("Headline- a man", "Headline-"),
            ("Headline “A man", "Headline "),
            ("Summary of the title (a man", "Summary of the title "),
            ("Fact 1 a man", "Fact "),
            ("Facts 1 – a man", "Facts "),
            ("3 facts: a man", "3 facts"),
            ("The headline", "The headline|"),
            ("Here is a summary of it", "Here is a summary"),
            ("Sure, a man", "Sure"),
            ("Of course! A man", "Of course"),
            ("Good: a man", "Good"),
            ("Good, a man", "Good, "),
            ("Good, then", "Good, th"),
            ("Good, thatch", "Good, that"),
            ("The text says", "The text"),
            ("The text- a man", "The text-"),
            ("Translating a man", "Transla"),
        ] {
            assert_eq!(begun(text), want, "{text}");
        }
    }

    #[test]
    fn a_word_that_begins_like_a_label_or_is_prose_passes() {
        for text in [
            "Surely a man",
            "Sure signs of rain",
            "The textile – and more",
            "The text-only page",
            "Titles, and more",
            "Title-winning goal",
            "Title's end",
            "Title fight - live",
            "Summary executions: a man",
            "Facts, and more",
            "The fact that he left",
            "Factories – a man",
            "Here is a man",
            "Title 42 ends",
            "Title 3.5 ends",
            "Title 42: a man",
            "Title 5 – a man",
            "Good, that a man",
            "Good that a man",
            "The main road – closed",
            "Transatlantic trade",
        ] {
            assert_eq!(begun(text), text);
        }
    }

    #[test]
    fn a_whole_word_is_not_rested_on_where_its_blank_would_be_refused() {
        let openings = openings();
        assert!(openings.refuse_whole("the text") && openings.refuse_whole("here is the summary"));
        assert!(!openings.refuse_whole("the headline") && !openings.refuse_whole("sure"));
        assert!(!openings.refuse(&"the ".repeat(60), ':'), "a label is short");
        assert!(sure().refuse_whole("the russian text") && !sure().refuse_whole("the russian"));
    }

    #[test]
    fn a_part_needs_no_mark_in_company_and_a_sure_one_without() {
        for (text, want) in [
            ("Text: a man", "Text"),
            ("Text. A man", "Text"),
            ("Text – A man", "Text – "),
            ("The text of the version is", "The text of the version"),
            ("The Russian text, a man", "The Russian text"),
            ("Українська версія", "Українська верс"),
            ("Це версія українською", "Це версія українсь"),
            ("In Russian, a man", "In Russian"),
            ("The text", "The text|"),
        ] {
            assert_eq!(begun_by(&sure(), text), want, "{text}");
            assert_eq!(sure().refuse_line(text), want != text, "{text}");
        }
        for text in
            ["Text – a man", "Text «A man» is", "Text, a man", "Russian forces", "In Russian towns", "Version 2.0 is"]
        {
            assert_eq!(begun_by(&sure(), text), text);
            assert!(!sure().refuse_line(text), "{text}");
        }
        assert!(!sure().refuse_line(&("a ".repeat(60) + "text:")), "a label is short");
    }
}
