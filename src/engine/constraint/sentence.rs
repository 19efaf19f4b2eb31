//! The shape of a translated sentence: one line in the letters of its language, with the numbers of its source.
//!
//! Every number that is given has to be written, in one of its spellings, as often as it is given; no other digit may be.
//! Foreign words are those of the script's list. Past the longest length the line may end without its numbers, so that
//! a model that never gets to them comes to an end too. Not here: what the numbers are (`translate`).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Constraint;
use super::names::Names;
use super::partial::{Partial, Pushed};
use super::script::{Alphabet, Run, Script};
use super::wording::{Shut, Wording};

/// What a sentence has to be.
#[derive(Debug, Clone)]
pub struct SentenceFormat {
    /// Its letters.
    pub alphabet: Alphabet,
    /// Words in Latin letters that may stand in it.
    pub words: BTreeSet<String>,
    /// The spellings of each number of the source.
    pub numbers: Vec<Vec<String>>,
    /// Marks that may stand in it. A model that is refused what it wants escapes into brackets and labels, so only
    /// those that have a reason should be here.
    pub marks: String,
    /// Marks one of which it ends with; empty when any character may be its last.
    pub ends: &'static str,
    /// Characters: it may not end before the first, and past the second it only has to end.
    pub length: (usize, usize),
    /// What it may not say.
    pub shut: Shut,
    /// How names are spelled.
    pub names: Names,
}

/// The automaton.
#[derive(Debug, Clone)]
pub struct SentenceGrammar {
    format: Arc<SentenceFormat>,
    state: State,
}

#[derive(Debug, Clone)]
struct State {
    /// What may be written now. Changes when a number has been used.
    script: Arc<Script>,
    /// The numbers that are still to be written.
    open: Vec<usize>,
    run: Run,
    wording: Wording,
    length: usize,
    last: Option<char>,
    partial: Partial,
    ended: bool,
}

/// No word is longer than this once a line has to end.
const LONGEST_WORD: usize = 24;

impl SentenceGrammar {
    /// The automaton at the start of a sentence.
    pub fn new(format: SentenceFormat) -> Self {
        let open: Vec<usize> = (0..format.numbers.len()).collect();
        let script = Arc::new(script(&format, &open));
        let run = Run::default();
        let (wording, partial) = (Wording::default(), Partial::default());
        let state = State { script, open, run, wording, length: 0, last: None, partial, ended: false };
        Self { format: Arc::new(format), state }
    }
}

fn script(format: &SentenceFormat, open: &[usize]) -> Script {
    let numbers = open.iter().flat_map(|&number| format.numbers[number].iter());
    Script::new(format.alphabet, format.words.iter().chain(numbers).cloned().collect())
}

impl Constraint for SentenceGrammar {
    fn allows(&self, bytes: &[u8]) -> bool {
        let mut state = self.state.clone();
        state.take(bytes, &self.format)
            && state.wording.may_rest(&self.state.wording, state.run.word(), &self.format.shut)
            && state.can_finish_character(&self.format)
    }

    fn may_end(&self) -> bool {
        self.state.ended || (self.state.partial.is_empty() && self.state.may_end(&self.format))
    }

    fn advance(&mut self, bytes: &[u8]) {
        let _ = self.state.take(bytes, &self.format);
    }

    fn is_complete(&self) -> bool {
        self.state.ended
    }

    fn name_after(&self, bytes: &[u8]) -> Option<(String, &Names)> {
        let mut state = self.state.clone();
        let taken = state.take(bytes, &self.format) && state.partial.is_empty();
        let name = state.wording.name().filter(|_| taken)?;
        Some((name.to_owned(), &self.format.names))
    }
}

impl State {
    /// Takes bytes; false as soon as one may not follow.
    fn take(&mut self, bytes: &[u8], format: &SentenceFormat) -> bool {
        bytes.iter().all(|&byte| match self.partial.push(byte) {
            Pushed::Whole(c) => self.step(c, format),
            Pushed::More => true,
            Pushed::Broken => false,
        })
    }

    fn can_finish_character(&self, format: &SentenceFormat) -> bool {
        let mut samples = format.alphabet.samples().chain(format.marks.chars());
        self.partial.is_empty() || samples.any(|c| self.partial.begins(c) && self.clone().step(c, format))
    }

    fn step(&mut self, c: char, format: &SentenceFormat) -> bool {
        if self.ended {
            return false;
        }
        if c == '\n' {
            // Models begin with an empty line; it is not part of the sentence.
            self.ended = self.length > 0 && self.may_end(format);
            return self.length == 0 || self.ended;
        }
        let own = format.alphabet.has(c) || format.marks.contains(c);
        let known = own || c == ' ' || c.is_ascii_alphanumeric() || self.run.extends(c, &self.script);
        let doubled = c == ' ' && self.last.is_none_or(|last| last == ' ') && self.length > 0;
        let inside = c.is_alphanumeric() && self.last.is_some_and(char::is_alphanumeric);
        let past = self.length >= format.length.1 && !(inside && self.length < format.length.1 + LONGEST_WORD);
        let half = !self.run.is_complete(&self.script);
        if !known || doubled || (past && !half) {
            return false;
        }
        let before = self.run.clone();
        if !self.run.push(c, self.last, &self.script) || !self.wording.push(c, before.word(), &format.shut) {
            return false;
        }
        if self.run.is_empty() || !self.run.whole().starts_with(before.whole()) {
            self.use_number(before.whole(), format);
        }
        self.length += 1;
        self.last = Some(c);
        true
    }

    /// A number has come to its end: it counts once.
    fn use_number(&mut self, written: &str, format: &SentenceFormat) {
        let found =
            self.open.iter().position(|&number| format.numbers[number].iter().any(|spelling| spelling == written));
        if let Some(at) = found {
            self.open.remove(at);
            self.script = Arc::new(script(format, &self.open));
        }
    }

    fn may_end(&self, format: &SentenceFormat) -> bool {
        let (least, most) = format.length;
        let last = self.run.whole();
        let written = |number: &usize| format.numbers[*number].iter().any(|spelling| spelling == last);
        let numbers = match &self.open[..] {
            [] => true,
            [one] => written(one),
            _ => false,
        };
        let closed = format.ends.is_empty() || self.last.is_some_and(|last| format.ends.contains(last));
        self.length >= least && self.run.is_complete(&self.script) && ((numbers && closed) || self.length >= most)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Openings;
    use super::*;

    fn grammar(numbers: &[&[&str]], words: &[&str], length: (usize, usize)) -> SentenceGrammar {
        let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        SentenceGrammar::new(SentenceFormat {
            alphabet: Alphabet::Ukrainian,
            words: own(words).into_iter().collect(),
            numbers: numbers.iter().map(|spellings| own(spellings)).collect(),
            marks: "./,:«)".to_owned(),
            ends: "",
            length,
            shut: Shut {
                openings: Openings { phrases: vec!["переклад*".into()], ..Openings::default() },
                words: Arc::new(["что".to_owned()].into()),
                ..Shut::default()
            },
            names: Names::new(["кісел".to_owned()]),
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
        Arc::make_mut(&mut grammar.format).ends = ".)";
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
        assert!(
            plain
                .name_after("Кис".as_bytes())
                .is_some_and(|(word, names)| names.misspells(&word) && names.corrects(&word, "кіс"))
        );
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
            Arc::make_mut(&mut grammar.format).ends = if seed % 2 == 0 { "" } else { ".)" };
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
