//! One answer being written: its tokens, its cache, its rule, and the text that is whole so far.
//!
//! A step may carry a draft, tokens that are likely to come next. The rows of logits after each of them are looked at in
//! order, and the answer grows by what the sampler chooses, exactly as it would one by one; a draft only decides how many
//! rows of a pass are of use (the greedy case of Leviathan, Kalman and Matias, 2023). Not here: which answers share a pass.

use std::ops::RangeInclusive;

use super::Rules;
use super::constraint::Constraint;
use super::draft::Drafter;
use super::model::KvCache;
use super::sampler::{Choice, Rows, Sampler, Sampling, SoFar};
use super::ticket::JobId;
use super::tokenizer::Tokenizer;

/// Stretches of tokens that are looked at for a loop, and how often one has to come.
const LOOP_TOKENS: RangeInclusive<usize> = 4..=48;
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
    /// Its rule allows nothing more and no end either. No rule should come to this.
    Stuck,
}

/// An answer under way.
pub(super) struct Sequence {
    /// Its job.
    pub(super) job: JobId,
    /// Which branch of its job this is.
    pub(super) branch: usize,
    /// Everything but the last token of the answer, which the next pass takes in.
    pub(super) cache: KvCache,
    /// Most tokens that the cache can come to hold.
    pub(super) room: usize,
    /// The prompt, then the answer.
    history: Vec<u32>,
    /// Tokens of the prompt.
    prompt: usize,
    constraint: Box<dyn Constraint>,
    sampler: Sampler,
    drafter: Drafter,
    /// The last draft was a guess to learn from.
    guessed: bool,
    /// Bytes of a character that is not whole yet.
    partial: Vec<u8>,
}

/// A branch up to where its answer begins.
pub(super) struct Start {
    pub(super) job: JobId,
    pub(super) branch: usize,
    /// What of the prompt is read.
    pub(super) cache: KvCache,
    /// Tokens of the whole prompt.
    pub(super) prompt: Vec<u32>,
    /// Most tokens that the cache can come to hold.
    pub(super) room: usize,
}

/// What one step led to.
#[derive(Default)]
pub(super) struct Grown {
    /// Whole characters that were added.
    pub(super) text: String,
    /// Set when the answer is over.
    pub(super) finish: Option<Finish>,
}

impl Sequence {
    /// An answer by these rules behind a prompt that is read.
    pub(super) fn new(start: Start, rules: Rules) -> Self {
        let Rules { sampling, constraint, .. } = rules;
        let seed = sampling.seed.wrapping_add(start.branch as u64);
        Self {
            job: start.job,
            branch: start.branch,
            cache: start.cache,
            room: start.room,
            prompt: start.prompt.len(),
            history: start.prompt,
            constraint,
            sampler: Sampler::new(Sampling { seed, ..sampling }),
            drafter: Drafter::default(),
            guessed: false,
            partial: Vec::new(),
        }
    }

    /// How many tokens the answer has.
    pub(super) fn written(&self) -> usize {
        self.history.len() - self.prompt
    }

    /// What the next pass takes in: the last token, and up to `most` that may follow it.
    pub(super) fn propose(&mut self, most: usize, tokenizer: &Tokenizer) -> Vec<u32> {
        let mut tokens = vec![self.last()];
        // The last row of a draft may write a token too, and none may be past the end.
        let most = most.min(self.room.saturating_sub(self.history.len() + 1));
        if most > 0 && self.sampler.is_greedy() {
            tokens.extend(self.draft(most, tokenizer));
        }
        tokens
    }

    /// What the rule forces, or else what stood here before; as far as the rule lets it pass.
    fn draft(&mut self, most: usize, tokenizer: &Tokenizer) -> Vec<u32> {
        let forced = self.constraint.forced();
        self.guessed = forced.is_empty();
        let mut draft = match self.guessed {
            true => self.drafter.guess(&self.history, most).to_vec(),
            false => tokenizer.encode(&forced),
        };
        draft.truncate(most);
        let mut bytes = Vec::new();
        let passes = |token: &u32| {
            let piece = tokenizer.bytes(*token);
            bytes.extend_from_slice(piece);
            !piece.is_empty() && self.constraint.allows(&bytes)
        };
        draft.into_iter().take_while(passes).collect()
    }

    /// Takes the rows of logits after the last token and each token of `draft`: chooses a token from each for as long as
    /// the draft says the same, and forgets the rest. `None` when the logits are no numbers.
    pub(super) fn accept(&mut self, rows: Rows<'_>, draft: &[u32], tokenizer: &Tokenizer) -> Option<Grown> {
        let mut grown = Grown::default();
        let mut right = 0;
        for row in rows {
            let more = self.grow(row, tokenizer)?;
            grown.text.push_str(&more.text);
            grown.finish = more.finish;
            if grown.finish.is_some() || draft.get(right) != Some(&self.last()) {
                break;
            }
            right += 1;
        }
        if self.guessed && !draft.is_empty() {
            self.drafter.learn(right);
        }
        self.cache.truncate(self.cache.len() - (draft.len() - right));
        Some(grown)
    }

    fn last(&self) -> u32 {
        *self.history.last().expect("a sequence that runs has grown by a token")
    }

    /// Chooses the next token. `None` when the logits are no numbers.
    fn grow(&mut self, logits: &mut [f32], tokenizer: &Tokenizer) -> Option<Grown> {
        let answer = &self.history[self.prompt..];
        let so_far = SoFar { answer, constraint: self.constraint.as_ref(), tokenizer };
        let token = match self.sampler.choose(logits, &so_far) {
            Choice::Broken => return None,
            Choice::Nothing => return Some(self.end(Finish::Stuck)),
            Choice::End => return Some(self.end(Finish::Complete)),
            Choice::Token(token) => token,
        };
        let bytes = tokenizer.bytes(token);
        self.constraint.advance(bytes);
        self.history.push(token);
        self.partial.extend_from_slice(bytes);
        let finish = if self.constraint.is_complete() {
            Some(Finish::Complete)
        } else if is_loop(&self.history[self.prompt..], LOOP_TOKENS) {
            Some(Finish::Loop)
        } else {
            (self.history.len() >= self.room).then_some(Finish::Length)
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

/// True when tokens, or bytes, end with one stretch of such a length several times over.
pub(super) fn is_loop<T: PartialEq>(items: &[T], mut lengths: RangeInclusive<usize>) -> bool {
    lengths.any(|n| {
        items.len() >= n * LOOP_TIMES && {
            let tail = &items[items.len() - n * LOOP_TIMES..];
            tail.chunks(n).all(|stretch| stretch == &tail[..n])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{LOOP_TOKENS, is_loop};

    #[test]
    fn loops_are_seen_at_the_third_time() {
        let stretch = [1, 2, 3, 4, 5];
        assert!(!is_loop(&stretch.repeat(2), LOOP_TOKENS));
        assert!(is_loop(&[&[9, 8][..], &stretch.repeat(3)].concat(), LOOP_TOKENS));
        assert!(!is_loop(&(0..200).collect::<Vec<u32>>(), LOOP_TOKENS));
        assert!(!is_loop::<u32>(&[], LOOP_TOKENS));
    }
}
