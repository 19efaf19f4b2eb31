//! The pieces of a vocabulary with their scores, and the likeliest cut of a text into them (Viterbi).
//!
//! Not here: how a text is normalised before it is cut, and where the pieces come from.

use ahash::AHashMap;

/// How much worse than the worst piece an unknown character is.
const UNKNOWN_PENALTY: f32 = 10.0;

/// Pieces that text may become.
pub struct Pieces {
    known: AHashMap<Box<str>, (u32, Score)>,
    /// The longest of them, in bytes.
    longest: usize,
    /// The best and the worst score of a normal piece.
    highest: f32,
    worst: f32,
}

/// Of a piece: its own, or what makes a user-defined one win.
#[derive(Clone, Copy)]
pub(super) enum Score {
    Normal(f32),
    UserDefined,
}

/// The best way to one place in the text.
#[derive(Clone, Copy, Default)]
struct Best {
    /// Where its last piece begins and what it is; `None` while no way is known.
    last: Option<(usize, Option<u32>)>,
    score: f32,
}

impl Best {
    /// Takes another way where it is better.
    fn offer(&mut self, score: f32, start: usize, piece: Option<u32>) {
        if self.last.is_none() || score > self.score {
            *self = Self { last: Some((start, piece)), score };
        }
    }
}

impl Default for Pieces {
    fn default() -> Self {
        Self { known: AHashMap::new(), longest: 0, highest: f32::MIN, worst: f32::MAX }
    }
}

impl Pieces {
    /// The pieces of a list of texts and log-probabilities; an id is a place in the list. Places without a text are no
    /// pieces. `None` where a score is not a number, or there is no piece.
    pub fn of<'p>(list: impl Iterator<Item = (Option<&'p str>, f32)>) -> Option<Self> {
        let mut pieces = Self::default();
        for (id, (text, score)) in (0..).zip(list) {
            if !score.is_finite() {
                return None;
            }
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                pieces.add(text, id, Score::Normal(score));
            }
        }
        (!pieces.is_empty()).then_some(pieces)
    }

    pub(super) fn add(&mut self, text: &str, id: u32, score: Score) {
        if let Score::Normal(score) = score {
            self.worst = self.worst.min(score);
            self.highest = self.highest.max(score);
        }
        self.longest = self.longest.max(text.len());
        self.known.insert(text.into(), (id, score));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The stretches of the likeliest cut, with the ids of their pieces where there is one.
    pub fn best_path<'t>(&self, text: &'t str) -> Vec<(&'t str, Option<u32>)> {
        let mut best = vec![Best::default(); text.len() + 1];
        for (start, c) in text.char_indices() {
            let so_far = best[start].score;
            let mut is_covered = false;
            let ends = text[start..].char_indices().map(|(at, c)| start + at + c.len_utf8());
            for end in ends.take_while(|end| end - start <= self.longest) {
                let Some(&(id, score)) = self.known.get(&text[start..end]) else { continue };
                let score = match score {
                    Score::Normal(score) => score,
                    Score::UserDefined => ((end - start) as f32 * self.highest) - 0.1,
                };
                best[end].offer(score + so_far, start, Some(id));
                is_covered |= end - start == c.len_utf8();
            }
            if !is_covered {
                best[start + c.len_utf8()].offer(self.worst - UNKNOWN_PENALTY + so_far, start, None);
            }
        }
        let mut path = Vec::new();
        let mut end = text.len();
        while let Some((start, id)) = best[end].last {
            path.push((&text[start..end], id));
            end = start;
        }
        path.reverse();
        path
    }
}
