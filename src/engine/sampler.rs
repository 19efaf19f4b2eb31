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
/// Candidates that a sampled token is drawn from.
const SAMPLED: usize = 40;
/// How much less likely a token may be that is right than the one that seems wrong, in logits.
pub(super) const MENDING: f32 = 3.0;
/// Answer tokens that the repetition penalty looks back on.
pub(super) const WINDOW: usize = 256;

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

    /// True when the best is always taken, so that a choice depends on nothing but the logits.
    pub fn is_greedy(&self) -> bool {
        self.sampling.temperature <= 0.0
    }

    /// Chooses the token that follows `so_far`.
    pub fn choose(&mut self, logits: &mut [f32], so_far: &SoFar<'_>) -> Choice {
        let SoFar { answer, constraint, tokenizer } = *so_far;
        self.penalise(logits, answer);
        let leaves = |token: u32| !goes_on_with_word(tokenizer.bytes(token));
        let ending = constraint.is_ending() && best(logits).is_some_and(leaves);
        let allowed = |token: u32| match tokenizer.ends().contains(&token) {
            true => constraint.may_end(),
            false => !tokenizer.bytes(token).is_empty() && constraint.allows(tokenizer.bytes(token)),
        };
        let wanted = if self.is_greedy() { 1 } else { SAMPLED };
        let mut best = Vec::new();
        if ending {
            best = best_allowed(logits, wanted, |token| leaves(token) && allowed(token));
        }
        // A word that may not end like this goes on.
        if best.is_empty() {
            best = best_allowed(logits, wanted, allowed);
        }
        let chosen = self.draw(&best, logits).map(|token| match self.is_greedy() {
            true => mended(logits, token, so_far, allowed).unwrap_or(token),
            false => token,
        });
        match chosen {
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
        if self.is_greedy() {
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

/// The token that is right where this one seems wrong, when there is one that is nearly as good.
fn mended(logits: &[f32], chosen: u32, so_far: &SoFar<'_>, allowed: impl Fn(u32) -> bool) -> Option<u32> {
    let SoFar { constraint, tokenizer, .. } = *so_far;
    if tokenizer.ends().contains(&chosen) {
        return None;
    }
    let is_better = constraint.better_than(tokenizer.bytes(chosen))?;
    let least = logits[chosen as usize] - MENDING;
    let near = top(logits, FIRST_TRIES).into_iter().take_while(|&token| logits[token as usize] >= least);
    near.filter(|&token| allowed(token)).find(|&token| is_better(tokenizer.bytes(token)))
}

/// True for bytes that begin with a letter or a digit, or in the middle of a character.
pub(super) fn goes_on_with_word(bytes: &[u8]) -> bool {
    let first = String::from_utf8_lossy(&bytes[..bytes.len().min(4)]).chars().next();
    first.is_some_and(|c| c.is_alphanumeric() || c == char::REPLACEMENT_CHARACTER)
}

/// The `wanted` best tokens that are allowed, best first.
fn best_allowed(logits: &[f32], wanted: usize, allowed: impl Fn(u32) -> bool) -> Vec<u32> {
    // Most of the time a greedy choice wants the very best, and that is one look at each logit.
    if wanted == 1
        && let Some(best) = best(logits).filter(|&token| allowed(token))
    {
        return vec![best];
    }
    let tried = top(logits, FIRST_TRIES);
    let found: Vec<u32> = tried.iter().copied().filter(|&token| allowed(token)).take(wanted).collect();
    if !found.is_empty() || tried.len() < FIRST_TRIES {
        return found;
    }
    let last = tried[FIRST_TRIES - 1];
    let mut rest: Vec<u32> = candidates(logits).filter(|token| order(logits, &last, token).is_lt()).collect();
    rest.sort_unstable_by(|a, b| order(logits, a, b));
    rest.into_iter().filter(|&token| allowed(token)).take(wanted).collect()
}

/// Higher first; equal logits by id, so that an answer does not depend on the way to it.
fn order(logits: &[f32], a: &u32, b: &u32) -> std::cmp::Ordering {
    logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b))
}

/// Every token whose logit is a number.
fn candidates(logits: &[f32]) -> impl Iterator<Item = u32> {
    logits.iter().zip(0..).filter(|(logit, _)| !logit.is_nan()).map(|(_, token)| token)
}

fn best(logits: &[f32]) -> Option<u32> {
    candidates(logits).reduce(|best, token| match logits[token as usize].total_cmp(&logits[best as usize]) {
        std::cmp::Ordering::Greater => token,
        _ => best,
    })
}

/// The `count` best tokens in order. Keeps up to twice as many while it looks through the row once.
fn top(logits: &[f32], count: usize) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::with_capacity(2 * count);
    let mut least = None;
    for token in candidates(logits) {
        // An equal logit comes later in the row, so it comes later in the order.
        if least.is_some_and(|least| logits[token as usize].total_cmp(&least).is_le()) {
            continue;
        }
        found.push(token);
        if found.len() == 2 * count {
            let (_, last, _) = found.select_nth_unstable_by(count - 1, |a, b| order(logits, a, b));
            least = Some(logits[*last as usize]);
            found.truncate(count);
        }
    }
    found.sort_unstable_by(|a, b| order(logits, a, b));
    found.truncate(count);
    found
}

/// The logits of a pass, copied once. Its rows are taken in order.
pub struct Logits {
    values: Vec<f32>,
    /// Logits of a row.
    width: usize,
    /// Where the next row starts.
    at: usize,
}

/// Some rows of logits.
pub type Rows<'a> = std::slice::ChunksExactMut<'a, f32>;

impl Logits {
    /// Copies `[rows, vocabulary]`.
    pub fn new(logits: &Tensor) -> Result<Self, ModelError> {
        let (_, width) = logits.dims2()?;
        Ok(Self { values: logits.flatten_all()?.to_vec1()?, width, at: 0 })
    }

    /// The next `count` rows.
    pub fn take(&mut self, count: usize) -> Rows<'_> {
        let start = self.at;
        self.at += count * self.width;
        self.values[start..self.at].chunks_exact_mut(self.width)
    }

    /// All rows that are left.
    pub fn rest(&mut self) -> Rows<'_> {
        self.values[self.at..].chunks_exact_mut(self.width)
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST_TRIES, best_allowed, order};

    /// What `best_allowed` is, said the slow way.
    fn slowly(logits: &[f32], wanted: usize, allowed: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut all: Vec<u32> = (0..logits.len() as u32).filter(|&token| !logits[token as usize].is_nan()).collect();
        all.sort_by(|a, b| order(logits, a, b));
        let (first, rest) = all.split_at(FIRST_TRIES.min(all.len()));
        let pick = |tokens: &[u32]| tokens.iter().copied().filter(|&t| allowed(t)).take(wanted).collect::<Vec<_>>();
        let found = pick(first);
        if found.is_empty() { pick(rest) } else { found }
    }

    #[test]
    fn shortcuts_change_nothing() {
        let mut random = 1u64;
        for length in [0, 1, 2, 255, 256, 257, 511, 512, 513, 3000] {
            for values in [2, 40, 100_000] {
                let mut next = || {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (random >> 33) as u32
                };
                let value = |n: u32| match n {
                    0 => f32::NAN,
                    1 => f32::NEG_INFINITY,
                    2 => -0.0,
                    n => n as f32 - 3.0,
                };
                let logits: Vec<f32> = (0..length).map(|_| value(next() % values)).collect();
                for wanted in [1, 40] {
                    for modulus in [1, 2, 97, 1009] {
                        let allowed = |token: u32| token % modulus == modulus - 1;
                        let got = best_allowed(&logits, wanted, allowed);
                        assert_eq!(got, slowly(&logits, wanted, allowed), "{length} {values} {wanted} {modulus}");
                    }
                }
            }
        }
    }

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
