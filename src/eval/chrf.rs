//! chrF: how many short runs of characters a text shares with a reference.
//!
//! Popović, "chrF: character n-gram F-score for automatic MT evaluation" (WMT 2015), as sacreBLEU 2 computes it by default:
//! runs of 1 to 6 characters without blanks, recall weighs twice as much as precision (beta 2), precision and recall are
//! averaged over the orders that both texts have, and a corpus is scored by the sums of its counts. Characters are code
//! points, so every script counts alike. Not here: word order (chrF++), lower case, several references.

use std::collections::HashMap;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

/// The longest run.
const ORDERS: usize = 6;
/// How much more recall weighs than precision.
const BETA: f64 = 2.0;

/// The counts of one text or, added up, of many. A score is computed from them at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Chrf {
    /// Runs of 1 to 6 characters in the text.
    written: [u64; ORDERS],
    /// In the reference.
    reference: [u64; ORDERS],
    /// In both.
    matched: [u64; ORDERS],
}

impl Chrf {
    /// Counts a text against its reference. Time and memory grow with the lengths of both.
    pub fn of(text: &str, reference: &str) -> Self {
        let squeeze = |text: &str| -> Vec<char> { text.split_whitespace().flat_map(str::chars).collect() };
        let (text, reference) = (squeeze(text), squeeze(reference));
        let mut counts = Self::default();
        for order in 0..ORDERS {
            counts.reference[order] = reference.len().saturating_sub(order) as u64;
            counts.matched[order] = shared_runs(&text, &reference, order + 1);
            // What a reference is too short for is not held against the text.
            if counts.reference[order] > 0 {
                counts.written[order] = text.len().saturating_sub(order) as u64;
            }
        }
        counts
    }

    /// Adds the counts of another text.
    pub fn add(&mut self, other: &Self) {
        for order in 0..ORDERS {
            self.written[order] += other.written[order];
            self.reference[order] += other.reference[order];
            self.matched[order] += other.matched[order];
        }
    }

    /// The score, from 0 to 100.
    pub fn score(&self) -> f64 {
        let orders = (0..ORDERS).filter(|&order| self.written[order] > 0 && self.reference[order] > 0);
        let (mut precision, mut recall, mut count) = (0.0, 0.0, 0.0);
        for order in orders {
            precision += self.matched[order] as f64 / self.written[order] as f64;
            recall += self.matched[order] as f64 / self.reference[order] as f64;
            count += 1.0;
        }
        if precision + recall == 0.0 {
            return 0.0;
        }
        let (precision, recall, weight) = (precision / count, recall / count, BETA * BETA);
        100.0 * (1.0 + weight) * precision * recall / (weight * precision + recall)
    }
}

/// Runs of this length in a text that its reference has too, each as often as the reference has it.
pub(super) fn shared_runs<T: Eq + Hash>(text: &[T], reference: &[T], length: usize) -> u64 {
    let mut left: HashMap<&[T], u64> = HashMap::new();
    for run in reference.windows(length) {
        *left.entry(run).or_default() += 1;
    }
    let mut shared = 0;
    for run in text.windows(length) {
        if let Some(left) = left.get_mut(run).filter(|left| **left > 0) {
            *left -= 1;
            shared += 1;
        }
    }
    shared
}
