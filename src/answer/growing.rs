//! An answer while it is written: facts are checked as their lines end, so that a caller sees them early.
//!
//! What is sent early is what the whole answer will say: lines that are whole are read and checked exactly as at the end.

use super::{Draft, Finish, KeyFact, Made, Strategy, Summary, parse, run};
use crate::intake::Article;
use crate::plan::{Format, Matter};

/// One answer under way.
pub struct Growing<'a> {
    article: &'a Article,
    /// What the lines that the answer cites rest on.
    matter: &'a Matter,
    format: &'a Format,
    made: Made,
    text: String,
    /// Facts that were given out.
    given: usize,
}

impl<'a> Growing<'a> {
    /// An answer of which nothing is written.
    pub fn new((article, matter): (&'a Article, &'a Matter), format: &'a Format, strategy: Strategy) -> Self {
        let made = Made { strategy, finish: Finish::Length };
        Self { article, matter, format, made, text: String::new(), given: 0 }
    }

    /// Adds text; gives the facts whose lines it ends, checked, with their places among the facts.
    pub fn push(&mut self, text: &str) -> Vec<(usize, KeyFact)> {
        self.text.push_str(text);
        if !text.contains('\n') {
            return Vec::new();
        }
        let whole = self.text.rfind('\n').map_or("", |end| &self.text[..end]);
        // A line is checked again with every line behind it. Lines are few, and what was said before decides what repeats.
        let draft = self.draft(whole);
        if draft.facts.len() <= self.given {
            return Vec::new();
        }
        let facts = run(draft, self.article, self.format, self.made).key_facts;
        let new: Vec<_> = facts.into_iter().enumerate().skip(self.given).collect();
        self.given += new.len();
        new
    }

    /// Lines of an answer, with citations of sentences.
    fn draft(&self, text: &str) -> Draft {
        let mut draft = parse(text);
        for fact in &mut draft.facts {
            fact.cited = self.matter.sentences_of(&fact.cited);
        }
        draft
    }

    /// The answer is whole, or broken off. Gives it, and how many of its facts were given out before.
    pub fn finish(self, finish: Finish) -> (Summary, usize) {
        let summary = run(self.draft(&self.text), self.article, self.format, Made { finish, ..self.made });
        (summary, self.given)
    }
}
