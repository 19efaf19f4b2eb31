//! An answer while it is written: facts are checked as their lines end, so that a caller sees them early.
//!
//! What is given out early is what the whole answer will say: lines that are whole are read and checked exactly as at the
//! end, and from the first fact on that does not hold, all of them wait until it is settled what becomes of it. All wait, too,
//! when one of them may have to stand in for the headline or the summary.

use super::repair::{holds, open};
use super::{Draft, KeyFact, Summary, parse};
use crate::plan::NumberedLines;

/// One answer under way.
pub struct Growing<'a> {
    /// What the lines that the answer cites rest on.
    lines: &'a NumberedLines,
    text: String,
    /// Facts in the lines that are whole.
    facts: usize,
    /// Facts that were given out.
    given: usize,
}

impl<'a> Growing<'a> {
    /// An answer of which nothing is written.
    pub fn new(lines: &'a NumberedLines) -> Self {
        Self { lines, text: String::new(), facts: 0, given: 0 }
    }

    /// Adds text. Gives the lines that are whole when it ended one of a fact.
    pub fn push(&mut self, text: &str) -> Option<Draft> {
        self.text.push_str(text);
        if !text.contains('\n') {
            return None;
        }
        let whole = self.text.rfind('\n').map_or("", |end| &self.text[..end]);
        // A line is checked again with every line behind it. Lines are few, and what was said before decides what repeats.
        let draft = self.draft(whole);
        let more = draft.facts.len() > self.facts;
        self.facts = draft.facts.len();
        more.then_some(draft)
    }

    /// The facts of a checked draft that can be given out now, with their places among the facts.
    pub fn settled(&mut self, checked: Summary) -> Vec<(usize, KeyFact)> {
        if open(&checked) > 0 {
            return Vec::new();
        }
        let facts = checked.key_facts.into_iter().take_while(holds).enumerate();
        let new: Vec<_> = facts.skip(self.given).collect();
        self.given += new.len();
        new
    }

    /// The answer as it stands.
    pub fn whole(&self) -> Draft {
        self.draft(&self.text)
    }

    /// How many facts were given out.
    pub fn given(&self) -> usize {
        self.given
    }

    /// Lines of an answer, with citations of sentences.
    fn draft(&self, text: &str) -> Draft {
        let mut draft = parse(text);
        for fact in &mut draft.facts {
            fact.cited = self.lines.sentences_of(&fact.cited);
        }
        draft
    }
}
