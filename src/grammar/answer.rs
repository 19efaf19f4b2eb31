//! The grammar of an answer: a headline, a summary, then lines `- [k] fact`.
//!
//! It forces the lines, citations (`[k]`, or a few as `[k, m]`) of items that exist and differ from each other, whole
//! sentences, and the characters, numbers and foreign words of a [`Script`](super::Script). Lengths are soft: past the wanted
//! length a line ends with its sentence, and only far past it with the word that is being written, so that no bound can leave
//! a word or a number half written. Not here: how a line is set (`typography`), and what it may not say (`line`).

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::automaton::{Automaton, State};
use super::citations::{Citations, Cited};
use super::gbnf;
use super::line::{Line, TextRules};
use super::script::PUNCTUATION;
use super::typography::{CURRENCIES, Typography};

/// Lengths of one kind of line, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineLength {
    /// A line may not end before this.
    pub least: usize,
    /// After this a line ends with its sentence.
    pub wanted: usize,
    /// After this a line ends with its word.
    pub most: usize,
}

/// Lengths of the lines above the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// The first line.
    pub headline: LineLength,
    /// The second line.
    pub summary: LineLength,
}

/// What an answer may look like.
#[derive(Debug, Clone)]
pub struct AnswerFormat {
    /// What holds for every line.
    pub text: TextRules,
    /// The two lines above the facts; `None` where there are only facts.
    pub heading: Option<Heading>,
    /// Each fact.
    pub fact: LineLength,
    /// Fewest and most facts.
    pub facts: RangeInclusive<usize>,
    /// What facts may cite.
    pub citations: Citations,
}

/// The constraint that an answer is written under.
pub type AnswerGrammar = Automaton<AnswerState>;

/// An answer so far.
#[derive(Debug, Clone)]
pub struct AnswerState {
    pub(super) format: Arc<AnswerFormat>,
    pub(super) position: Position,
    /// An empty line stands in front of this one.
    pub(super) spaced: bool,
    pub(super) line: Line,
    typography: Typography,
    /// Items that facts have cited, the one being written included.
    pub(super) cited: Cited,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Headline,
    Summary,
    /// Between the lines: this many characters of `- [` are there.
    Mark(usize),
    /// The digits of a citation, so far.
    Citation(u32),
    /// After the comma between two citations.
    Another,
    /// After `]`.
    Cited,
    Fact,
    /// After the last fact.
    Done,
}

pub(super) const MARK: [char; 3] = ['-', ' ', '['];
/// A colon before this many characters would be a label, unless a number stands before it: "Article 5: …", "9:30".
const LABEL: usize = 24;
/// A line that is far too long is cut after the word that is being written, but no word is longer than this.
pub(super) const LONGEST_WORD: usize = 24;
/// What may close a sentence.
const CLOSING: &str = ".!?…)»”\"";

impl AnswerGrammar {
    /// The constraint at the start of an answer.
    pub fn new(format: AnswerFormat) -> Self {
        Self::starting_with(AnswerState {
            position: if format.heading.is_some() { Position::Headline } else { Position::Mark(0) },
            spaced: false,
            line: Line::default(),
            typography: Typography::default(),
            cited: Cited::default(),
            format: Arc::new(format),
        })
    }
}

impl State for AnswerState {
    fn step(&mut self, c: char) -> bool {
        match self.position {
            // A second line feed between lines is what many tokens hold; the parser does not see it.
            Position::Summary | Position::Mark(0) if c == '\n' && self.line.length == 0 => {
                !std::mem::replace(&mut self.spaced, true)
            }
            Position::Headline | Position::Summary | Position::Fact if c == '\n' => {
                self.may_break() && self.next_line()
            }
            Position::Headline | Position::Summary | Position::Fact => self.write(c),
            Position::Mark(n) => self.mark(n, c),
            Position::Citation(item) => self.cite(item, c),
            Position::Another if c == ' ' => {
                self.position = Position::Citation(0);
                true
            }
            Position::Another => self.cite(0, c),
            Position::Cited => {
                self.position = Position::Fact;
                c == ' '
            }
            Position::Done => false,
        }
    }

    fn may_end(&self) -> bool {
        let enough = self.cited.facts >= *self.format.facts.start();
        match self.position {
            Position::Done => true,
            Position::Mark(0) => enough,
            Position::Fact => enough && self.may_break(),
            _ => false,
        }
    }

    fn is_complete(&self) -> bool {
        self.position == Position::Done
    }

    fn is_ending(&self) -> bool {
        self.is_far_past() && self.typography.is_in_word()
    }

    fn grammar(&self) -> String {
        gbnf::of_answer(self)
    }

    fn rules(&self) -> &TextRules {
        &self.format.text
    }

    fn line(&self) -> &Line {
        &self.line
    }

    /// The mark of a fact, and a citation where only one is left. The space after it belongs to the word that follows.
    fn forced(&self) -> String {
        let mut cited = self.cited.clone();
        let (mark, digits) = match self.position {
            Position::Mark(n) => (&MARK[n..], 0),
            Position::Citation(digits) => (&[][..], digits),
            _ => return String::new(),
        };
        if !mark.is_empty() {
            cited.begin_fact();
        }
        let mut forced: String = mark.iter().collect();
        if let Some(item) = self.format.citations.only(digits, &cited) {
            let known = if digits == 0 { 0 } else { digits.to_string().len() };
            forced.push_str(&item.to_string()[known..]);
            forced.push(']');
        }
        forced
    }
}

impl AnswerState {
    fn mark(&mut self, n: usize, c: char) -> bool {
        self.position = if n + 1 < MARK.len() { Position::Mark(n + 1) } else { Position::Citation(0) };
        if n + 1 == MARK.len() {
            self.cited.begin_fact();
        }
        c == MARK[n]
    }

    fn cite(&mut self, item: u32, c: char) -> bool {
        if c == ']' || c == ',' {
            let exists = self.format.citations.allow(item, &self.cited);
            self.cited.push(item);
            self.position = if c == ']' { Position::Cited } else { Position::Another };
            let following = self.format.facts.start().saturating_sub(self.cited.facts);
            return exists && (c == ']' || self.format.citations.spare(&self.cited, following));
        }
        let Some(digit) = c.to_digit(10).filter(|&digit| item > 0 || digit > 0) else { return false };
        let longer = item.saturating_mul(10).saturating_add(digit);
        self.position = Position::Citation(longer);
        self.format.citations.begin(longer, &self.cited)
    }

    fn write(&mut self, c: char) -> bool {
        let LineLength { least, wanted, .. } = self.limits();
        let TextRules { script, forbidden, .. } = &self.format.text;
        let (length, extends) = (self.line.length, self.extends(c));
        let headline = self.position == Position::Headline;
        let opens = c.is_alphabetic() || (!headline && (c.is_ascii_digit() || "«\"“„".contains(c)));
        let known = c == ' ' || c.is_ascii_alphanumeric() || script.has_letter(c) || PUNCTUATION.contains(c);
        // A slash joins the parts of a listed number (2023/24) and nothing else.
        let known = known || extends;
        let of_number = self.line.last.is_some_and(|last| last.is_ascii_digit()) && (!self.line.is_number() || extends);
        let label = c == ':' && length < LABEL && !of_number;
        // A sign of money may have to be followed by a number.
        let priceless = CURRENCIES.contains(c) && !script.has_numbers();
        let hangs = ".!?…".contains(c) && self.hangs();
        if !known || (length == 0 && !opens) || label || priceless || hangs || self.numbers_line(c) {
            return false;
        }
        let closed = self.typography.ends_sentence() && !self.typography.is_after_initial();
        let continues = c.is_ascii_digit() && extends;
        if length >= wanted && closed && !continues && !")»”\"".contains(c) {
            return false;
        }
        if self.is_far_past() && !self.may_go_on(c) {
            return false;
        }
        let next_sentence = c == ' ' && length >= least && self.typography.ends_long_sentence();
        !(headline && next_sentence) && self.typography.push(c) && self.line.push(c, script, forbidden)
    }

    /// True when this character goes on with a listed number or word.
    fn extends(&self, c: char) -> bool {
        self.line.listed.extends(c, &self.format.text.script)
    }

    /// True when this character would make the digits that the line begins with the number of an item: 2. or 3).
    fn numbers_line(&self, c: char) -> bool {
        match c {
            '.' | ')' => self.line.is_number() && !self.extends(c),
            ' ' => self.line.last == Some('.') && self.line.is_number(),
            _ => false,
        }
    }

    /// True after a word that another has to follow. The longest line ends with any word.
    fn hangs(&self) -> bool {
        self.line.length < self.longest() && self.line.hangs(&self.format.text.forbidden)
    }

    /// Characters from which on no word goes on.
    fn longest(&self) -> usize {
        self.limits().most + LONGEST_WORD
    }

    /// True when the line has to come to its end.
    fn is_far_past(&self) -> bool {
        let written = matches!(self.position, Position::Headline | Position::Summary | Position::Fact);
        written && self.line.length >= self.limits().most
    }

    /// May the line go on with this character though it is far too long? A word or a number that has begun may end, what
    /// is open may be closed, and after a space, or a word that another has to follow, a word has to come.
    fn may_go_on(&self, c: char) -> bool {
        let ends = CLOSING.contains(c) || self.extends(c);
        match self.line.last {
            Some(last) if last.is_alphanumeric() => {
                ends || self.hangs() || (c.is_alphanumeric() && self.line.length < self.longest())
            }
            Some(last) if (last == '%' || CLOSING.contains(last)) && !self.typography.opened => ends,
            _ => true,
        }
    }

    fn limits(&self) -> LineLength {
        match (self.position, self.format.heading) {
            (Position::Headline, Some(head)) => head.headline,
            (Position::Summary, Some(head)) => head.summary,
            _ => self.format.fact,
        }
    }

    /// May the line end here?
    fn may_break(&self) -> bool {
        let Some(last) = self.line.last else { return false };
        let ended = match self.position {
            Position::Headline => {
                self.typography.is_paired() && (last.is_alphanumeric() || "»”“\")?!%.…°’".contains(last))
            }
            _ => self.typography.ends_sentence(),
        };
        ended && self.line.length >= self.limits().least && self.line.may_end(&self.format.text) && !self.hangs()
    }

    fn next_line(&mut self) -> bool {
        let AnswerFormat { facts, citations, .. } = &*self.format;
        match self.position {
            Position::Fact => self.line.end(),
            _ => self.line.clear(),
        }
        (self.typography, self.spaced) = (Typography::default(), false);
        self.position = match self.position {
            Position::Headline => Position::Summary,
            _ if self.cited.facts >= *facts.end() || !citations.is_left(&self.cited) => Position::Done,
            _ => Position::Mark(0),
        };
        true
    }
}

#[cfg(test)]
#[path = "answer_cases.rs"]
mod cases;
