//! One answer being written: its tokens, its cache, its rule, and the text that is whole so far.

use super::constraint::Constraint;
use super::model::KvCache;
use super::sampler::{Choice, Sampler, Sampling, SoFar};
use super::tokenizer::Tokenizer;

/// Longest stretch of tokens that is looked at for a loop, and how often it has to come.
const LOOP_TOKENS: usize = 48;
const LOOP_TIMES: usize = 3;

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model ended it, or its rule was complete.
    Complete,
    /// The limit of tokens was reached.
    Length,
    /// The same tokens came again and again.
    Loop,
}

/// An answer under way.
pub(super) struct Sequence {
    /// Which branch of its job this is.
    pub(super) branch: usize,
    pub(super) cache: KvCache,
    pub(super) tokens: Vec<u32>,
    constraint: Box<dyn Constraint>,
    sampler: Sampler,
    max_tokens: usize,
    /// Bytes of a character that is not whole yet.
    partial: Vec<u8>,
}

/// What one more row of logits led to.
pub(super) struct Grown {
    /// Whole characters that were added.
    pub(super) text: String,
    /// Set when the answer is over.
    pub(super) finish: Option<Finish>,
}

impl Sequence {
    pub(super) fn new(branch: usize, cache: KvCache, rules: super::Rules) -> Self {
        let super::Rules { max_tokens, sampling, constraint } = rules;
        let sampler = Sampler::new(Sampling { seed: sampling.seed.wrapping_add(branch as u64), ..sampling });
        Self { branch, cache, tokens: Vec::new(), constraint, sampler, max_tokens, partial: Vec::new() }
    }

    /// The last token, which the next pass takes in.
    pub(super) fn last(&self) -> [u32; 1] {
        [*self.tokens.last().expect("a sequence that runs has grown by a token")]
    }

    /// Chooses the next token. `None` when the logits are no numbers.
    pub(super) fn grow(&mut self, logits: &mut [f32], tokenizer: &Tokenizer) -> Option<Grown> {
        let so_far = SoFar { answer: &self.tokens, constraint: self.constraint.as_ref(), tokenizer };
        let token = match self.sampler.choose(logits, &so_far) {
            Choice::Broken => return None,
            // No rule should lead here; if one does, what was written so far is kept and called unfinished.
            Choice::Nothing => return Some(self.end(Finish::Length)),
            Choice::End => return Some(self.end(Finish::Complete)),
            Choice::Token(token) => token,
        };
        let bytes = tokenizer.bytes(token);
        self.constraint.advance(bytes);
        self.tokens.push(token);
        self.partial.extend_from_slice(bytes);
        let finish = if self.constraint.is_complete() {
            Some(Finish::Complete)
        } else if is_loop(&self.tokens) {
            Some(Finish::Loop)
        } else {
            (self.tokens.len() >= self.max_tokens).then_some(Finish::Length)
        };
        match finish {
            Some(finish) => Some(self.end(finish)),
            None => Some(Grown { text: self.whole_text(), finish: None }),
        }
    }

    /// Takes the whole characters out of `partial`; bytes that can never become one are replaced.
    fn whole_text(&mut self) -> String {
        let whole = match std::str::from_utf8(&self.partial) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.partial.len(),
        };
        let rest = self.partial.split_off(whole);
        String::from_utf8_lossy(&std::mem::replace(&mut self.partial, rest)).into_owned()
    }

    fn end(&mut self, finish: Finish) -> Grown {
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.partial)).into_owned();
        Grown { text, finish: Some(finish) }
    }
}

/// True when the tokens end with one stretch several times over.
fn is_loop(tokens: &[u32]) -> bool {
    (4..=LOOP_TOKENS).any(|n| {
        tokens.len() >= n * LOOP_TIMES && {
            let tail = &tokens[tokens.len() - n * LOOP_TIMES..];
            tail.chunks(n).all(|stretch| stretch == &tail[..n])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::is_loop;

    #[test]
    fn loops_are_seen_at_the_third_time() {
        let stretch = [1, 2, 3, 4, 5];
        assert!(!is_loop(&stretch.repeat(2)));
        assert!(is_loop(&[&[9, 8][..], &stretch.repeat(3)].concat()));
        assert!(!is_loop(&(0..200).collect::<Vec<u32>>()));
        assert!(!is_loop(&[]));
    }
}
