//! Takes one token from a row of logits.
//!
//! The best candidates are tried in order against the constraint, and the first that may follow is taken. That costs one
//! check a step where the model wants what is allowed, and never needs a mask over the whole vocabulary. Ours, because
//! candle's own sampler gives no way in before a greedy choice.

use candle_core::Tensor;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::constraint::Constraint;
use super::model::ModelError;
use super::tokenizer::Tokenizer;

/// Candidates that are tried before the whole vocabulary is sorted.
const FIRST_TRIES: usize = 256;
/// Answer tokens that the repetition penalty looks back on.
const WINDOW: usize = 256;

/// How to choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Zero is greedy: always the best.
    pub temperature: f32,
    /// Sampling keeps the best candidates until their probabilities add up to this.
    pub top_p: f32,
    /// Same seed, same answer.
    pub seed: u64,
    /// Logits of tokens already in the answer are divided by this (or multiplied, below zero); 1 is off
    /// (Keskar et al., 2019).
    pub repetition_penalty: f32,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { temperature: 0.0, top_p: 0.95, seed: 0, repetition_penalty: 1.0 }
    }
}

/// What was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// This token comes next.
    Token(u32),
    /// The answer ends here.
    End,
    /// Nothing in the vocabulary may follow.
    Nothing,
    /// The logits are no numbers: the weights are damaged.
    Broken,
}

/// An answer that is being written.
#[derive(Clone, Copy)]
pub struct SoFar<'a> {
    /// Its tokens.
    pub answer: &'a [u32],
    /// What may follow.
    pub constraint: &'a dyn Constraint,
    /// What tokens stand for.
    pub tokenizer: &'a Tokenizer,
}

/// The sampler of one sequence.
pub struct Sampler {
    sampling: Sampling,
    random: StdRng,
}

impl Sampler {
    /// A sampler with its own stream of random numbers.
    pub fn new(sampling: Sampling) -> Self {
        Self { random: StdRng::seed_from_u64(sampling.seed), sampling }
    }

    /// Chooses the token that follows `so_far`.
    pub fn choose(&mut self, logits: &mut [f32], so_far: &SoFar<'_>) -> Choice {
        let SoFar { answer, constraint, tokenizer } = *so_far;
        self.penalise(logits, answer);
        let allowed = |token: u32| match tokenizer.ends().contains(&token) {
            true => constraint.may_end(),
            false => !tokenizer.bytes(token).is_empty() && constraint.allows(tokenizer.bytes(token)),
        };
        let wanted = if self.sampling.temperature > 0.0 { 40 } else { 1 };
        let best = best_allowed(logits, wanted, allowed);
        match self.draw(&best, logits) {
            None if logits.iter().all(|logit| !logit.is_finite()) => Choice::Broken,
            None => Choice::Nothing,
            Some(token) if tokenizer.ends().contains(&token) => Choice::End,
            Some(token) => Choice::Token(token),
        }
    }

    fn penalise(&self, logits: &mut [f32], answer: &[u32]) {
        let penalty = self.sampling.repetition_penalty;
        let mut recent = answer[answer.len().saturating_sub(WINDOW)..].to_vec();
        recent.sort_unstable();
        recent.dedup();
        for token in recent {
            if let Some(logit) = logits.get_mut(token as usize) {
                *logit = if *logit > 0.0 { *logit / penalty } else { *logit * penalty };
            }
        }
    }

    /// One of `best`, which is sorted: the first where greedy, else by chance within `top_p`.
    fn draw(&mut self, best: &[u32], logits: &[f32]) -> Option<u32> {
        let (&first, _) = best.split_first()?;
        if self.sampling.temperature <= 0.0 {
            return Some(first);
        }
        let top = logits[first as usize];
        let weights: Vec<f32> =
            best.iter().map(|&t| ((logits[t as usize] - top) / self.sampling.temperature).exp()).collect();
        let total: f32 = weights.iter().sum();
        let mut kept = 0.0;
        let nucleus = weights.iter().take_while(|&&w| {
            let before = kept;
            kept += w;
            before < self.sampling.top_p * total
        });
        let nucleus: Vec<f32> = nucleus.copied().collect();
        let mut point = self.random.random::<f32>() * nucleus.iter().sum::<f32>();
        for (&token, weight) in best.iter().zip(&nucleus) {
            point -= weight;
            if point <= 0.0 {
                return Some(token);
            }
        }
        Some(first)
    }
}

/// The `wanted` best tokens that are allowed, best first.
fn best_allowed(logits: &[f32], wanted: usize, allowed: impl Fn(u32) -> bool) -> Vec<u32> {
    // Higher first; equal logits by id, so that an answer does not depend on the sort.
    let order = |a: &u32, b: &u32| logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b));
    let mut tokens: Vec<u32> = (0..logits.len() as u32).filter(|&token| !logits[token as usize].is_nan()).collect();
    let tries = FIRST_TRIES.min(tokens.len());
    if tries < tokens.len() {
        tokens.select_nth_unstable_by(tries, order);
    }
    tokens[..tries].sort_unstable_by(order);
    let mut found: Vec<u32> = tokens[..tries].iter().copied().filter(|&token| allowed(token)).take(wanted).collect();
    if found.is_empty() {
        tokens[tries..].sort_unstable_by(order);
        found = tokens[tries..].iter().copied().filter(|&token| allowed(token)).take(wanted).collect();
    }
    found
}

/// The rows of a logits tensor.
pub fn rows(logits: &Tensor) -> Result<Vec<Vec<f32>>, ModelError> {
    Ok(logits.to_vec2::<f32>()?)
}

#[cfg(test)]
mod tests {
    use super::best_allowed;

    #[test]
    fn the_best_allowed_token_is_found_far_down() {
        let logits: Vec<f32> = (0..1000).map(|i| i as f32).collect();
        assert_eq!(best_allowed(&logits, 1, |_| true), [999]);
        assert_eq!(best_allowed(&logits, 2, |token| token % 2 == 0), [998, 996]);
        assert_eq!(best_allowed(&logits, 1, |token| token < 5), [4]);
        assert!(best_allowed(&logits, 1, |_| false).is_empty());
    }

    #[test]
    fn numbers_that_are_not_numbers_are_never_chosen() {
        assert_eq!(best_allowed(&[f32::NAN, 1.0, f32::NAN], 3, |_| true), [1]);
    }
}
