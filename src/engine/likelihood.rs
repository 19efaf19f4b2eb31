//! How likely a model finds the words of a text that stands in its prompt.
//!
//! A text that follows from what stands before it surprises a model little; what is made up, or is no language, surprises it
//! more (Yuan, Neubig and Liu, 2021, "BARTScore"), and the model is less sure of what comes next. The rows of logits are those
//! of the pass that reads the text, so nothing is read twice. Not here: what a likelihood is worth.

use std::ops::Range;

use super::sampler::Rows;
use super::tokenizer::Tokenizer;

/// Most tokens of a text that are looked at, its last: each takes a row of logits.
pub(super) const MOST_TOKENS: usize = 96;

/// Means over the tokens of a text, in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likelihood {
    /// The natural logarithm of the probability of each token behind the ones before it.
    pub log_probability: f32,
    /// The entropy of what could have come in its place.
    pub entropy: f32,
}

impl Likelihood {
    /// That of a text in a prompt: the logits behind each of the tokens before its own, and its tokens. `None` without any, and
    /// for logits that are no numbers.
    pub(super) fn of(rows: Rows<'_>, tokens: &[u32]) -> Option<Self> {
        let (mut log_probability, mut entropy, mut count) = (0.0, 0.0, 0.0);
        for (row, &token) in rows.zip(tokens) {
            let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            // Of `e^x` and of `x e^x`, with the logits moved so that the largest is zero.
            let (sum, weighted) = row.iter().fold((0.0_f64, 0.0_f64), |(sum, weighted), logit| {
                let (moved, weight) = (f64::from(logit - most), f64::from((logit - most).exp()));
                (sum + weight, if weight > 0.0 { moved.mul_add(weight, weighted) } else { weighted })
            });
            log_probability += f64::from(row.get(token as usize)? - most) - sum.ln();
            entropy += sum.ln() - weighted / sum;
            count += 1.0;
        }
        let [log_probability, entropy] = [log_probability, entropy].map(|sum| (sum / count) as f32);
        (log_probability.is_finite() && entropy.is_finite()).then_some(Self { log_probability, entropy })
    }
}

/// Which of these tokens have a part of a text: the last place where their bytes have it, and the last of its tokens where
/// they are many. `None` where they do not have it.
pub(super) fn place_of(text: &str, tokens: &[u32], tokenizer: &Tokenizer) -> Option<Range<usize>> {
    let mut bytes = Vec::new();
    let mut ends = Vec::with_capacity(tokens.len());
    for &token in tokens {
        bytes.extend_from_slice(tokenizer.bytes(token));
        ends.push(bytes.len());
    }
    let text = text.as_bytes();
    let start = (0..=bytes.len().checked_sub(text.len())?).rev().find(|&at| bytes[at..].starts_with(text))?;
    let first = ends.partition_point(|&end| end <= start);
    let last = ends.partition_point(|&end| end < start + text.len());
    let end = tokens.len().min(last + 1);
    // The first token of a prompt has no logits before it.
    let first = first.max(1).max(end.saturating_sub(MOST_TOKENS));
    (first < end).then_some(first..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_over_tokens() {
        // Two rows of three tokens: probabilities 1/2, 1/4, 1/4, then 1/3 each.
        let mut logits = [4.0_f32.ln(), 2.0_f32.ln(), 2.0_f32.ln(), 7.0, 7.0, 7.0];
        let got = Likelihood::of(logits.chunks_exact_mut(3), &[1, 2]).unwrap();
        let (log_probability, entropy) =
            ((0.25_f32.ln() - 3.0_f32.ln()) / 2.0, (1.5 * 2.0_f32.ln() + 3.0_f32.ln()) / 2.0);
        assert!(
            (got.log_probability - log_probability).abs() < 1e-5 && (got.entropy - entropy).abs() < 1e-5,
            "{got:?}"
        );
        assert_eq!(Likelihood::of([].chunks_exact_mut(3), &[]), None);
        assert_eq!(Likelihood::of([f32::NAN; 3].chunks_exact_mut(3), &[0]), None);
        let shut_out = Likelihood::of([0.0, f32::NEG_INFINITY, 0.0].chunks_exact_mut(3), &[0]).unwrap();
        assert!((shut_out.entropy - 2.0_f32.ln()).abs() < 1e-5, "{shut_out:?}");
    }
}
