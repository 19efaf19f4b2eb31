//! A constraint made of a state machine over characters: what all grammars have in common.
//!
//! Bytes become characters here, one at a time: a token may end, and the next begin, in the middle of one. What a token ends
//! with is judged here, too. Not here: which character may follow which.

use super::line::{Line, TextRules};
use crate::engine::constraint::{Constraint, IsBetter};

/// A state machine, small enough to be copied for every token that is tried.
pub trait State: Clone + Send + 'static {
    /// Takes one more character; false when it may not follow.
    fn step(&mut self, c: char) -> bool;

    /// May the text end here?
    fn may_end(&self) -> bool;

    /// True when nothing may follow.
    fn is_complete(&self) -> bool;

    /// See [`Constraint::is_ending`].
    fn is_ending(&self) -> bool {
        false
    }

    /// See [`Constraint::forced`].
    fn forced(&self) -> String {
        String::new()
    }

    /// See [`Constraint::grammar`].
    fn grammar(&self) -> String;

    /// What holds for every line.
    fn rules(&self) -> &TextRules;

    /// The line that is being written.
    fn line(&self) -> &Line;

    /// Marks that may be written besides the usual ones.
    fn marks(&self) -> &str {
        ""
    }
}

/// The constraint that a state machine makes.
#[derive(Debug, Clone)]
pub struct Automaton<S> {
    pub(super) state: S,
    /// Bytes of a character that is not whole yet.
    partial: Vec<u8>,
}

impl<S: State> Automaton<S> {
    pub(super) fn starting_with(state: S) -> Self {
        Self { state, partial: Vec::new() }
    }

    /// Takes bytes; false as soon as one may not follow.
    fn take(&mut self, bytes: &[u8]) -> bool {
        bytes.iter().all(|&byte| {
            self.partial.push(byte);
            match std::str::from_utf8(&self.partial).map(|text| text.chars().next()) {
                Ok(whole) => {
                    self.partial.clear();
                    whole.is_some_and(|c| self.state.step(c))
                }
                Err(error) => error.error_len().is_none(),
            }
        })
    }

    /// The constraint after these bytes, if they may follow.
    fn after(&self, bytes: &[u8]) -> Option<Self> {
        let mut next = self.clone();
        next.take(bytes).then_some(next)
    }

    /// When a character is half written, some allowed character must begin like this.
    fn can_finish_character(&self) -> bool {
        let begins = |c: char| c.encode_utf8(&mut [0; 4]).as_bytes().starts_with(&self.partial);
        let mut samples = self.state.rules().script.samples().chain(self.state.marks().chars());
        self.partial.is_empty() || samples.any(|c| begins(c) && self.state.clone().step(c))
    }

    /// The word with a capital that the line ends with after these bytes, perhaps not whole, in lower case.
    fn name_after(&self, bytes: &[u8]) -> Option<String> {
        let next = self.after(bytes).filter(|next| next.partial.is_empty())?;
        next.state.line().name().map(str::to_owned)
    }
}

impl<S: State> Constraint for Automaton<S> {
    fn allows(&self, bytes: &[u8]) -> bool {
        let (before, forbidden) = (self.state.line(), &self.state.rules().forbidden);
        self.after(bytes)
            .is_some_and(|next| next.state.line().may_end_token(before, forbidden) && next.can_finish_character())
    }

    fn may_end(&self) -> bool {
        self.partial.is_empty() && self.state.may_end()
    }

    fn advance(&mut self, bytes: &[u8]) {
        let _ = self.take(bytes);
    }

    fn is_complete(&self) -> bool {
        self.state.is_complete()
    }

    fn is_ending(&self) -> bool {
        self.state.is_ending()
    }

    /// A name that sounds like a known one and is not spelled like it seems wrong.
    fn better_than(&self, chosen: &[u8]) -> Option<IsBetter<'_>> {
        let names = &self.state.rules().names;
        let wrong = self.name_after(chosen).filter(|word| names.misspells(word))?;
        Some(Box::new(move |bytes| self.name_after(bytes).is_some_and(|right| names.corrects(&wrong, &right))))
    }

    fn forced(&self) -> String {
        self.state.forced()
    }

    fn grammar(&self) -> Option<String> {
        self.partial.is_empty().then(|| self.state.grammar())
    }

    fn snapshot(&self) -> Option<Box<dyn Constraint>> {
        Some(Box::new(self.clone()))
    }
}
