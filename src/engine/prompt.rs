//! One job in tokens: the shared part and the tails of its branches.
//!
//! Made as soon as a job arrives, so that what does not fit is told at once and so that the queue knows how much room a
//! job needs. Not here: reading it with the model.

use std::collections::VecDeque;
use std::ops::Range;

use super::{Card, EngineError, Job, Output, likelihood};

/// A job in tokens.
pub(super) struct Prompt {
    pub(super) shared: Vec<u32>,
    /// The branches that are still to be read, in order.
    pub(super) tails: VecDeque<Tail>,
}

/// One branch's part of the prompt.
pub(super) struct Tail {
    pub(super) branch: usize,
    pub(super) tokens: Vec<u32>,
    /// Which of its tokens are those of the text that is asked about, if one is.
    pub(super) asked: Option<Range<usize>>,
    pub(super) output: Output,
}

impl Prompt {
    /// Tokenises a job, and refuses it when a branch could outgrow the context.
    pub(super) fn new(job: Job, card: &Card) -> Result<Self, EngineError> {
        let shared = card.chat.shared(&card.tokenizer, &job.system, &job.shared);
        let branches = job.branches.into_iter().enumerate();
        let tails = branches.map(|(branch, wanted)| {
            let tokens = card.chat.tail(&card.tokenizer, &wanted.tail);
            let asked = match &wanted.output {
                Output::Preference(question) => likelihood::place_of(&question.text, &tokens, &card.tokenizer),
                Output::Text(_) => None,
            };
            Tail { branch, tokens, asked, output: wanted.output }
        });
        let prompt = Self { shared, tails: tails.collect() };
        match prompt.tails.iter().map(|tail| prompt.room(tail)).max() {
            Some(tokens) if tokens > card.context => Err(EngineError::TooLong { tokens, limit: card.context }),
            _ => Ok(prompt),
        }
    }

    /// Most tokens that a branch can come to.
    pub(super) fn room(&self, tail: &Tail) -> usize {
        let written = match &tail.output {
            Output::Text(rules) => rules.max_tokens,
            Output::Preference(_) => 0,
        };
        self.shared.len() + tail.tokens.len() + written
    }

    /// Tokens of the prompt, the shared part counted once.
    pub(super) fn tokens(&self) -> usize {
        self.shared.len() + self.tails.iter().map(|tail| tail.tokens.len()).sum::<usize>()
    }
}
