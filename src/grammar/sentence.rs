//! The grammar of a translated sentence: one line in the letters of its language, with the numbers of its source.
//!
//! Every number that is given has to be written, in one of its spellings, as often as it is given; no other digit may be.
//! Foreign words are those of the script's list. Past the longest length the line may end without its numbers, so that
//! a model that never gets to them comes to an end too. Not here: what the numbers are (`translate`).

use std::sync::Arc;

use super::answer::LONGEST_WORD;
use super::automaton::{Automaton, State};
use super::gbnf;
use super::line::{Line, TextRules};
use super::script::Script;

/// What a sentence has to be.
#[derive(Debug, Clone)]
pub struct SentenceFormat {
    /// What holds for every text. Its script lists no numbers.
    pub text: TextRules,
    /// The spellings of each number of the source.
    pub numbers: Vec<Vec<String>>,
    /// Marks that may stand in it. A model that is refused what it wants escapes into brackets and labels, so only
    /// those that have a reason should be here.
    pub marks: String,
    /// Marks one of which it ends with; empty when any character may be its last.
    pub ends: &'static str,
    /// Characters: it may not end before the first, and past the second it only has to end.
    pub length: (usize, usize),
}

/// The constraint that a sentence is written under.
pub type SentenceGrammar = Automaton<SentenceState>;

/// A sentence so far.
#[derive(Debug, Clone)]
pub struct SentenceState {
    pub(super) format: Arc<SentenceFormat>,
    /// What may be written now. Changes when a number has been used.
    pub(super) script: Arc<Script>,
    /// The numbers that are still to be written.
    open: Vec<usize>,
    pub(super) line: Line,
    ended: bool,
}

impl SentenceGrammar {
    /// The constraint at the start of a sentence.
    pub fn new(format: SentenceFormat) -> Self {
        let (script, open) = (Arc::new(format.text.script.clone()), (0..format.numbers.len()).collect());
        let mut state = SentenceState { script, open, line: Line::default(), ended: false, format: Arc::new(format) };
        state.list_numbers();
        Self::starting_with(state)
    }
}

impl State for SentenceState {
    fn step(&mut self, c: char) -> bool {
        let Line { length, last, .. } = self.line;
        if self.ended {
            return false;
        }
        if c == '\n' {
            // Models begin with an empty line; it is not part of the sentence.
            self.ended = length > 0 && self.may_end();
            return length == 0 || self.ended;
        }
        let extends = self.line.listed.extends(c, &self.script);
        let own = self.script.has_letter(c) || self.format.marks.contains(c);
        let known = own || c == ' ' || c.is_ascii_alphanumeric() || extends;
        let doubled = c == ' ' && last.is_none_or(|last| last == ' ') && length > 0;
        let inside = c.is_alphanumeric() && last.is_some_and(char::is_alphanumeric);
        let past = length >= self.format.length.1 && !(inside && length < self.format.length.1 + LONGEST_WORD);
        let half = !self.line.listed.is_complete(&self.script);
        if !known || doubled || (past && !half) {
            return false;
        }
        let before = self.line.listed.clone();
        if !self.line.push(c, &self.script, &self.format.text.forbidden) {
            return false;
        }
        if self.line.listed.is_empty() || !self.line.listed.whole().starts_with(before.whole()) {
            self.use_number(before.whole());
        }
        true
    }

    fn may_end(&self) -> bool {
        let SentenceFormat { numbers, ends, length: (least, most), .. } = &*self.format;
        let listed = &self.line.listed;
        let written = match &self.open[..] {
            [] => true,
            // The sentence may end with it.
            [one] => numbers[*one].iter().any(|spelling| spelling == listed.whole()),
            _ => false,
        };
        let closed = ends.is_empty() || self.line.last.is_some_and(|last| ends.contains(last));
        let whole = self.line.length >= *least && listed.is_complete(&self.script);
        self.ended || (whole && ((written && closed) || self.line.length >= *most))
    }

    fn is_complete(&self) -> bool {
        self.ended
    }

    fn grammar(&self) -> String {
        gbnf::of_sentence(self)
    }

    fn rules(&self) -> &TextRules {
        &self.format.text
    }

    fn line(&self) -> &Line {
        &self.line
    }

    fn marks(&self) -> &str {
        &self.format.marks
    }
}

impl SentenceState {
    /// A number has come to its end: it counts once.
    fn use_number(&mut self, written: &str) {
        let numbers = &self.format.numbers;
        let found = self.open.iter().position(|&number| numbers[number].iter().any(|spelling| spelling == written));
        if let Some(at) = found {
            self.open.remove(at);
            self.list_numbers();
        }
    }

    /// Only numbers that are still to be written may be.
    fn list_numbers(&mut self) {
        let numbers = self.open.iter().flat_map(|&number| &self.format.numbers[number]);
        self.script = Arc::new(self.format.text.script.with(numbers));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ForbiddenWords, NameSpellings, Openings};
    use super::*;
    use crate::engine::constraint::Constraint;
    use crate::language::Language;

    fn grammar(numbers: &[&[&str]], words: &[&str], length: (usize, usize)) -> SentenceGrammar {
        let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        SentenceGrammar::new(SentenceFormat {
            text: TextRules {
                script: Script::new(Language::Uk, own(words).into_iter().collect()),
                forbidden: ForbiddenWords {
                    openings: Openings { phrases: vec!["переклад*".into()], ..Openings::default() },
                    neighbours: Arc::new(["что"].into()),
                    ..ForbiddenWords::default()
                },
                names: NameSpellings::new(["кісел".to_owned()]),
            },
            numbers: numbers.iter().map(|spellings| own(spellings)).collect(),
            marks: "./,:«)".to_owned(),
            ends: "",
            length,
        })
    }

    fn accepts(grammar: &SentenceGrammar, text: &str) -> bool {
        let mut whole = grammar.clone();
        let at_once = grammar.allows(text.as_bytes());
        let by_byte = text.bytes().all(|byte| {
            let allowed = whole.allows(&[byte]);
            whole.advance(&[byte]);
            allowed
        });
        assert_eq!(at_once, by_byte, "{text}");
        whole.advance(b"\n");
        at_once && whole.is_complete() && whole.may_end()
    }

    #[test]
    fn numbers_are_written_as_often_as_they_are_given() {
        let two = grammar(&[&["1,200", "1 200"], &["5"]], &["HUR"], (5, 80));
        assert!(accepts(&two, "ГУР має 1 200 людей і 5 танків."));
        assert!(accepts(&two, "У HUR 5 танків/гармат і 1,200"));
        assert!(!accepts(&two, "ГУР має 1 200 людей."), "a number is missing");
        assert!(!accepts(&two, "ГУР: 5 і 5, 1 200."), "a number comes twice");
        assert!(!accepts(&two, "ГУР: 5 і 6 танків, 1 200."));
        assert!(!accepts(&two, "ГУР has 5 танків, 1 200."));
        assert!(accepts(&grammar(&[&["5"], &["5"]], &[], (1, 80)), "5 і 5."));
    }

    #[test]
    fn a_sentence_is_closed() {
        let mut grammar = grammar(&[&["5"]], &[], (3, 30));
        Arc::make_mut(&mut grammar.state.format).ends = ".)";
        assert!(accepts(&grammar, "Мер купив 5 книг.") && accepts(&grammar, "Мер: купив 5)"));
        assert!(!accepts(&grammar, "Мер купив 5 книг") && !accepts(&grammar, "Мер купив 5,"));
        assert!(accepts(&grammar, "Мер купив 5 книг у старій крамниці"), "past its length it only has to end");
    }

    #[test]
    fn letters_are_those_of_the_language_and_the_end_comes() {
        let plain = grammar(&[], &[], (3, 10));
        assert!(!accepts(&plain, "Мэр"));
        assert!(!accepts(&plain, "Ні"), "too short");
        assert!(!accepts(&plain, "Мер (так)"), "a mark without a reason");
        assert!(accepts(&plain, "Мер пішов."));
        assert!(plain.better_than("Кис".as_bytes()).is_some_and(|is_better| is_better("Кіс".as_bytes())));
        assert!(!plain.allows("Что".as_bytes()) && !plain.allows("Переклад".as_bytes()), "shut out");
        assert!(!accepts(&plain, "Мер пішов додому."), "too long");
        let late = grammar(&[&["7"]], &[], (3, 10));
        assert!(accepts(&late, "Мер прийшов"), "past its length it only has to end");
    }

    #[test]
    fn random_walks_never_reach_a_dead_end() {
        let pieces: Vec<&str> = "А|б в|1|2|12|. |.|\n| |что| чт|о|HUR|H|UR|,|слово| слово|7|«|/|)".split('|').collect();
        for seed in 0..300u64 {
            let mut grammar = grammar(&[&["12"], &["7", "7,0"], &["1 200"]], &["HUR"], (4, 60));
            Arc::make_mut(&mut grammar.state.format).ends = if seed % 2 == 0 { "" } else { ".)" };
            let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
            for _ in 0..200 {
                let allowed: Vec<_> = pieces.iter().filter(|piece| grammar.allows(piece.as_bytes())).collect();
                if allowed.is_empty() {
                    let more = (0..=127u8).any(|byte| grammar.allows(&[byte]));
                    assert!(grammar.may_end() || more, "stuck in {:?}", grammar.state);
                    break;
                }
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                grammar.advance(allowed[random as usize % allowed.len()].as_bytes());
            }
        }
    }
}
