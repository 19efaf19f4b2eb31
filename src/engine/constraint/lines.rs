//! The shape of an answer: a headline, a summary, then lines `- [k] fact`.
//!
//! An automaton over characters, small enough to be copied for every token that is tried. It forces the lines, citations
//! (`[k]`, or a few as `[k, m]`) of items that exist and differ from each other, whole sentences, and the characters, numbers
//! and foreign words of a [`Script`]. Lengths are soft: past the wanted length a line ends with its sentence, and only far
//! past it with the word that is being written, so that no bound can leave a word or a number half written. Not here: how
//! a line is set, and what it may not say.

use std::sync::Arc;

use super::Constraint;
use super::citations::{Citations, Cited};
use super::names::Names;
use super::partial::{Partial, Pushed};
use super::script::{PUNCTUATION, Run, Script};
use super::setting::{CURRENCIES, Setting};
use super::wording::{Shut, Wording};

/// Lengths of one kind of line, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
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
    pub headline: Length,
    /// The second line.
    pub summary: Length,
}

/// What the lines have to be.
#[derive(Debug, Clone)]
pub struct LineFormat {
    /// Characters, numbers and foreign words.
    pub script: Script,
    /// The two lines above the facts; `None` where there are only facts.
    pub heading: Option<Heading>,
    /// Each fact.
    pub fact: Length,
    /// Fewest facts.
    pub least_facts: usize,
    /// Most facts.
    pub most_facts: usize,
    /// What facts may cite.
    pub citations: Citations,
    /// What no line may say.
    pub shut: Shut,
    /// How names are spelled.
    pub names: Names,
}

/// The automaton.
#[derive(Debug, Clone)]
pub struct LineGrammar {
    format: Arc<LineFormat>,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    line: Line,
    /// Characters of the line so far.
    length: usize,
    setting: Setting,
    wording: Wording,
    run: Run,
    /// Items that facts have cited, the one being written included.
    cited: Cited,
    partial: Partial,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Headline,
    /// After the first line feed behind the headline.
    Between,
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

const MARK: [char; 3] = ['-', ' ', '['];
/// A colon before this many characters would be a label, unless a number stands before it: "Article 5: …", "9:30".
const LABEL: usize = 24;
/// A line that is far too long is cut after the word that is being written, but no word is longer than this.
const LONGEST_WORD: usize = 24;

impl LineGrammar {
    /// The automaton at the start of an answer.
    pub fn new(format: LineFormat) -> Self {
        let state = State {
            line: if format.heading.is_some() { Line::Headline } else { Line::Mark(0) },
            length: 0,
            setting: Setting::default(),
            wording: Wording::default(),
            run: Run::default(),
            cited: Cited::default(),
            partial: Partial::default(),
        };
        Self { format: Arc::new(format), state }
    }
}

impl Constraint for LineGrammar {
    fn allows(&self, bytes: &[u8]) -> bool {
        let mut state = self.state.clone();
        state.take(bytes, &self.format)
            && state.wording.may_rest(&self.state.wording, state.run.word(), &self.format.shut)
            && state.can_finish_character(&self.format)
    }

    fn may_end(&self) -> bool {
        let enough = self.state.cited.facts() >= self.format.least_facts;
        match self.state.line {
            Line::Done => true,
            Line::Mark(0) => enough,
            Line::Fact => enough && self.state.partial.is_empty() && self.state.may_break(&self.format),
            _ => false,
        }
    }

    fn advance(&mut self, bytes: &[u8]) {
        let _ = self.state.take(bytes, &self.format);
    }

    fn is_complete(&self) -> bool {
        self.state.line == Line::Done
    }

    fn is_ending(&self) -> bool {
        self.state.is_far_past(&self.format) && self.state.setting.is_in_word()
    }

    fn name_after(&self, bytes: &[u8]) -> Option<(String, &Names)> {
        let mut state = self.state.clone();
        let taken = state.take(bytes, &self.format) && state.partial.is_empty();
        let name = state.wording.name().filter(|_| taken)?;
        Some((name.to_owned(), &self.format.names))
    }

    /// The mark of a fact, and a citation where only one is left. The space after it belongs to the word that follows.
    fn forced(&self) -> String {
        let State { line, cited, .. } = &self.state;
        let mut cited = cited.clone();
        let (mark, digits) = match *line {
            Line::Mark(n) => (&MARK[n..], 0),
            Line::Citation(digits) => (&[][..], digits),
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

impl State {
    /// Takes bytes; false as soon as one may not follow.
    fn take(&mut self, bytes: &[u8], format: &LineFormat) -> bool {
        bytes.iter().all(|&byte| match self.partial.push(byte) {
            Pushed::Whole(c) => self.step(c, format),
            Pushed::More => true,
            Pushed::Broken => false,
        })
    }

    /// When a character is half written, some allowed character must begin like this.
    fn can_finish_character(&self, format: &LineFormat) -> bool {
        let mut samples = format.script.alphabet().samples();
        self.partial.is_empty() || samples.any(|c| self.partial.begins(c) && self.clone().step(c, format))
    }

    fn step(&mut self, c: char, format: &LineFormat) -> bool {
        match self.line {
            Line::Headline | Line::Summary | Line::Fact if c == '\n' => {
                self.may_break(format) && self.next_line(format)
            }
            Line::Headline | Line::Summary | Line::Fact => self.write(c, format),
            // A second line feed between lines is what many tokens hold; the parser does not see it.
            Line::Between => {
                self.line = Line::Summary;
                c == '\n' || self.write(c, format)
            }
            Line::Mark(0) if c == '\n' && self.length == 0 => {
                self.length = 1;
                true
            }
            Line::Mark(n) => self.mark(n, c),
            Line::Citation(item) => self.cite(item, c, format),
            Line::Another if c == ' ' => {
                self.line = Line::Citation(0);
                true
            }
            Line::Another => self.cite(0, c, format),
            Line::Cited => {
                self.line = Line::Fact;
                c == ' '
            }
            Line::Done => false,
        }
    }

    fn mark(&mut self, n: usize, c: char) -> bool {
        self.line = if n + 1 < MARK.len() { Line::Mark(n + 1) } else { Line::Citation(0) };
        self.length = 0;
        if n + 1 == MARK.len() {
            self.cited.begin_fact();
        }
        c == MARK[n]
    }

    fn cite(&mut self, item: u32, c: char, format: &LineFormat) -> bool {
        if c == ']' || c == ',' {
            let exists = format.citations.allow(item, &self.cited);
            self.cited.push(item);
            self.line = if c == ']' { Line::Cited } else { Line::Another };
            let following = format.least_facts.saturating_sub(self.cited.facts());
            return exists && (c == ']' || format.citations.spare(&self.cited, following));
        }
        let Some(digit) = c.to_digit(10).filter(|&digit| item > 0 || digit > 0) else { return false };
        let longer = item.saturating_mul(10).saturating_add(digit);
        self.line = Line::Citation(longer);
        format.citations.begin(longer, &self.cited)
    }

    fn write(&mut self, c: char, format: &LineFormat) -> bool {
        let length = self.limits(format);
        let first = self.length == 0;
        let opens = c.is_alphabetic() || (self.line != Line::Headline && (c.is_ascii_digit() || "«\"“„".contains(c)));
        let alphabet = format.script.alphabet();
        let known = c == ' ' || c.is_ascii_alphanumeric() || alphabet.has(c) || PUNCTUATION.contains(c);
        // A slash joins the parts of a listed number (2023/24) and nothing else.
        let known = known || self.run.extends(c, &format.script);
        let of_number = self.setting.last().is_some_and(|last| last.is_ascii_digit())
            && (!self.wording.is_number() || self.run.extends(c, &format.script));
        let label = c == ':' && self.length < LABEL && !of_number;
        // A sign of money may have to be followed by a number.
        let priceless = CURRENCIES.contains(c) && !format.script.has_numbers();
        let hangs = ".!?…".contains(c) && self.hangs(format);
        if !known || (first && !opens) || label || priceless || hangs || self.numbers_line(c, format) {
            return false;
        }
        let continues = self.run.continues(c, &format.script);
        if self.length >= length.wanted && self.closed() && !continues && !")»”\"".contains(c) {
            return false;
        }
        if self.is_far_past(format) && !self.may_go_on(c, format) {
            return false;
        }
        let next_sentence = c == ' ' && self.length >= length.least && self.setting.ends_long_sentence();
        if self.line == Line::Headline && next_sentence {
            return false;
        }
        let (last, word) = (self.setting.last(), self.run.word());
        if !self.setting.push(c) || !self.run.push(c, last, &format.script) || !self.wording.push(c, word, &format.shut)
        {
            return false;
        }
        self.length += 1;
        true
    }

    /// True when this character would make the digits that the line begins with the number of an item: 2. or 3).
    fn numbers_line(&self, c: char, format: &LineFormat) -> bool {
        match c {
            '.' | ')' => self.wording.is_number() && !self.run.extends(c, &format.script),
            ' ' => self.setting.last() == Some('.') && self.wording.is_number(),
            _ => false,
        }
    }

    /// True after a word that another has to follow. The longest line ends with any word.
    fn hangs(&self, format: &LineFormat) -> bool {
        self.length < self.longest(format) && self.wording.hangs(&format.shut)
    }

    /// Characters from which on no word goes on.
    fn longest(&self, format: &LineFormat) -> usize {
        self.limits(format).most + LONGEST_WORD
    }

    /// True when the line has to come to its end.
    fn is_far_past(&self, format: &LineFormat) -> bool {
        matches!(self.line, Line::Headline | Line::Summary | Line::Fact) && self.length >= self.limits(format).most
    }

    /// May the line go on with this character though it is far too long? A word or a number that has begun may end, what
    /// is open may be closed, and after a space, or a word that another has to follow, a word has to come.
    fn may_go_on(&self, c: char, format: &LineFormat) -> bool {
        let closes = ".!?…)»”\"".contains(c);
        match self.setting.last() {
            Some(last) if last.is_alphanumeric() => {
                let more = self.hangs(format) || (c.is_alphanumeric() && self.length < self.longest(format));
                closes || more || self.run.extends(c, &format.script)
            }
            Some(last) if ".!?…)»”\"%".contains(last) && !self.setting.has_opened() => {
                closes || self.run.extends(c, &format.script)
            }
            _ => true,
        }
    }

    fn limits(&self, format: &LineFormat) -> Length {
        match (self.line, format.heading) {
            (Line::Headline, Some(head)) => head.headline,
            (Line::Summary, Some(head)) => head.summary,
            _ => format.fact,
        }
    }

    /// True after a sentence's last mark, quotation marks and brackets included.
    fn closed(&self) -> bool {
        self.setting.ends_sentence() && !self.setting.is_after_initial()
    }

    /// May the line end here?
    fn may_break(&self, format: &LineFormat) -> bool {
        let length = self.limits(format);
        let Some(last) = self.setting.last() else { return false };
        let ended = match self.line {
            Line::Headline => self.setting.is_paired() && (last.is_alphanumeric() || "»”“\")?!%.…°’".contains(last)),
            _ => self.setting.ends_sentence(),
        };
        self.length >= length.least
            && self.run.is_complete(&format.script)
            && ended
            && !self.hangs(format)
            && self.wording.may_break(&format.shut)
    }

    fn next_line(&mut self, format: &LineFormat) -> bool {
        let fact = self.line == Line::Fact;
        self.line = match self.line {
            Line::Headline => Line::Between,
            _ if self.cited.facts() >= format.most_facts || !format.citations.is_left(&self.cited) => Line::Done,
            _ => Line::Mark(0),
        };
        self.length = 0;
        self.setting = Setting::default();
        match fact {
            true => self.wording.keep_line(),
            false => self.wording.drop_line(),
        }
        self.run = Run::default();
        true
    }
}

#[cfg(test)]
#[path = "line_cases.rs"]
mod cases;
