//! BLEU: how many runs of words a translation shares with a reference.
//!
//! Papineni and others, "BLEU: a Method for Automatic Evaluation of Machine Translation" (ACL 2002), as sacreBLEU 2 computes
//! it by default (Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018): the words of mteval-v13a, runs of 1 to 4
//! words, sums over the corpus, and exponential smoothing of orders without a match (Chen and Cherry, WMT 2014, method 3).
//! For Ukrainian and Russian chrF says more, because BLEU takes every case of a word for another word. Not here: several
//! references, lower case.

use serde::{Deserialize, Serialize};

use super::chrf::shared_runs;

/// The longest run of words.
const ORDERS: usize = 4;

/// The counts of one segment or, added up, of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bleu {
    /// Words of the translation.
    written: u64,
    /// Words of the reference.
    reference: u64,
    /// Runs of 1 to 4 words that the reference has too, each as often as it has them.
    matched: [u64; ORDERS],
    /// Runs of the translation.
    runs: [u64; ORDERS],
}

impl Bleu {
    /// Counts a translation against its reference.
    pub fn of(text: &str, reference: &str) -> Self {
        let (text, reference) = (words(text), words(reference));
        let mut counts = Self { written: text.len() as u64, reference: reference.len() as u64, ..Self::default() };
        for order in 0..ORDERS {
            counts.runs[order] = text.len().saturating_sub(order) as u64;
            counts.matched[order] = shared_runs(&text, &reference, order + 1);
        }
        counts
    }

    /// Adds the counts of another segment.
    pub fn add(&mut self, other: &Self) {
        self.written += other.written;
        self.reference += other.reference;
        for order in 0..ORDERS {
            self.matched[order] += other.matched[order];
            self.runs[order] += other.runs[order];
        }
    }

    /// The score, from 0 to 100.
    pub fn score(&self) -> f64 {
        // An order that the whole corpus is too short for leaves no geometric mean.
        if self.matched.iter().all(|&matched| matched == 0) || self.runs.contains(&0) {
            return 0.0;
        }
        let (mut logarithms, mut smoothing) = (0.0, 1.0);
        for (&matched, &runs) in self.matched.iter().zip(&self.runs) {
            let matched = if matched == 0 {
                smoothing *= 2.0;
                1.0 / smoothing
            } else {
                matched as f64
            };
            logarithms += (matched / runs as f64).ln();
        }
        let short = (1.0 - self.reference as f64 / self.written as f64).min(0.0);
        100.0 * (short + logarithms / ORDERS as f64).exp()
    }
}

/// The words of mteval-v13a, which WMT has used since 2009: marks of ASCII stand alone, points and commas unless they are
/// between digits, hyphens after digits. Everything else, Cyrillic included, is cut at blanks only.
pub fn words(text: &str) -> Vec<String> {
    let mut text = text.trim_end().replace("<skipped>", "").replace("-\n", "").replace('\n', " ");
    for (entity, mark) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        text = text.replace(entity, mark);
    }
    let padded: Vec<char> = format!(" {text} ").chars().collect();
    let mut alone = Vec::with_capacity(padded.len());
    for c in padded {
        match c {
            '{'..='~' | '['..='`' | ' '..='&' | '('..='+' | ':'..='@' | '/' => alone.extend([' ', c, ' ']),
            _ => alone.push(c),
        }
    }
    let point = |c: char| matches!(c, '.' | ',');
    let cut = in_pairs(&alone, |a, b| !a.is_ascii_digit() && point(b), |a, b| [a, ' ', b, ' ']);
    let cut = in_pairs(&cut, |a, b| point(a) && !b.is_ascii_digit(), |a, b| [' ', a, ' ', b]);
    let cut = in_pairs(&cut, |a, b| a.is_ascii_digit() && b == '-', |a, b| [a, ' ', b, ' ']);
    cut.into_iter().collect::<String>().split_whitespace().map(str::to_owned).collect()
}

/// Rewrites pairs of neighbours from left to right; a character is in one pair at most, as with regular expressions.
fn in_pairs(text: &[char], is: impl Fn(char, char) -> bool, written: impl Fn(char, char) -> [char; 4]) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        match text.get(i + 1) {
            Some(&next) if is(text[i], next) => {
                out.extend(written(text[i], next));
                i += 2;
            }
            _ => {
                out.push(text[i]);
                i += 1;
            }
        }
    }
    out
}
