//! How a line may not begin: with a label of a part of the answer, or with talk about the task.
//!
//! Words are judged whole, because "sure" is talk and "Surely" is none. And a word that names a part of an answer is good
//! prose, too ("Summary executions rose"), so it is refused as a label only: when nothing but such words has been written
//! and the next character is one that makes a label of them. Which words these are, the caller says.

/// Bytes of a line behind which nothing is an opening any more.
const LONGEST: usize = 96;
/// Most words of a label.
const MOST_WORDS: usize = 8;

/// What a line may not begin with, in lower case. In lists of words, `*` at the end stands for all that begin so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Openings {
    /// Words that stand beside the parts in labels: "main", "the".
    pub beside: Vec<String>,
    /// Words for the parts of an answer: "headline".
    pub parts: Vec<String>,
    /// Parts that are labels with a number behind them, too: "fact".
    pub numbered: Vec<String>,
    /// Words with which a label needs no mark: "here".
    pub presenters: Vec<String>,
    /// What is refused in front of a comma, too: "of course".
    pub exclaimed: Vec<String>,
    /// What is refused whatever stands behind it: whole words, or with `*` at the end, everything that begins so.
    pub phrases: Vec<String>,
}

impl Openings {
    /// True when a line that has begun like this, in lower case, may not go on with this character, or not end where that is
    /// a line feed.
    pub(super) fn refuse(&self, line: &str, next: char) -> bool {
        line.len() <= LONGEST && (self.is_phrase(line, next) || self.is_label(line, next))
    }

    /// True when a line may not rest here, at the end of a token that held the last word from its beginning: what would be
    /// refused at the next blank would only be glued to the next word instead.
    pub(super) fn refuse_whole(&self, line: &str) -> bool {
        line.len() <= LONGEST && (self.phrases.iter().any(|phrase| phrase == line) || self.is_presented(line))
    }

    fn is_phrase(&self, line: &str, next: char) -> bool {
        self.phrases.iter().any(|phrase| match phrase.strip_suffix('*') {
            Some(start) => start.strip_prefix(line).is_some_and(|rest| rest.chars().eq(next.to_lowercase())),
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
            ("", c) if is_of_word(c) || c == '-' => false,
            ("", ' ') => self.is_presented(label),
            ("", ',') => self.is_exclaimed(label),
            // It may be that of the number.
            ("", '.') if label.ends_with(|c: char| c.is_ascii_digit()) => false,
            (" ", c) if c.is_ascii_digit() || c == '№' => self.is_numbered(label),
            (" ", c) if c.is_alphanumeric() => false,
            // A hyphen inside a word is none of a label: "title-winning".
            ("-", c) if c.is_alphabetic() => false,
            ("" | " " | "-", _) => self.is_exclaimed(label) || self.names_parts(label),
            _ => false,
        }
    }

    /// True for words of labels alone, one of which names a part.
    fn names_parts(&self, label: &str) -> bool {
        let known = |word: &str| {
            let number = word.bytes().all(|byte| byte.is_ascii_digit());
            let lists = [&self.beside, &self.parts, &self.presenters];
            number || lists.into_iter().any(|list| lists_word(list, word))
        };
        let mut all = words(label);
        let few = all.clone().take(MOST_WORDS + 1).count() <= MOST_WORDS;
        few && all.clone().any(|word| lists_word(&self.parts, word)) && all.all(known)
    }

    fn is_numbered(&self, label: &str) -> bool {
        words(label).next_back().is_some_and(|last| lists_word(&self.numbered, last)) && self.names_parts(label)
    }

    fn is_presented(&self, label: &str) -> bool {
        words(label).next().is_some_and(|first| lists_word(&self.presenters, first)) && self.names_parts(label)
    }

    fn is_exclaimed(&self, label: &str) -> bool {
        self.exclaimed.iter().any(|exclaimed| exclaimed == label)
    }
}

/// True for what stands inside words: "title's" goes on where "title:" does not.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | 'ʼ')
}

fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> + Clone {
    text.split(|c: char| !is_of_word(c)).filter(|word| !word.is_empty())
}

fn lists_word(list: &[String], word: &str) -> bool {
    list.iter().any(|known| match known.strip_suffix('*') {
        Some(start) => word.starts_with(start),
        None => known == word,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn openings() -> Openings {
        let list = |words: &str| words.split(' ').map(str::to_owned).collect();
        Openings {
            beside: list("the main is a of"),
            parts: list("headline* fact facts summary title"),
            numbered: list("fact"),
            presenters: list("here"),
            exclaimed: vec!["sure".to_owned(), "of course".to_owned()],
            phrases: vec!["the text".to_owned(), "translat*".to_owned()],
        }
    }

    /// The part of a line before the first character that is refused; `|` at its end when the line may not end either.
    fn begun(text: &str) -> String {
        let (openings, mut line) = (openings(), String::new());
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
            ("Facts 1 – a man", "Facts 1 "),
            ("The headline", "The headline|"),
            ("Here is a summary of it", "Here is a summary"),
            ("Sure, a man", "Sure"),
            ("Of course! A man", "Of course"),
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
    }
}
