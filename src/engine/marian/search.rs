//! Search: from the logits of one step to the tokens of a whole translation.
//!
//! Greedy takes the likeliest token each time. Beam search follows several translations of a sentence side by side; its
//! scores, its division by length and its end are those of the Python package transformers (version 4.47, `generate`),
//! because the published quality of the models was measured with it. Sentences go through together, and one that is done
//! makes room. Not here: the network.

use crate::engine::model::ModelError;
use crate::engine::model::marian::{MarianNetwork, SearchSettings};

/// What keeps all but the first of the equal beams of a beginning from being taken.
const FAR: f32 = -1e9;

/// Translations of one sentence under way.
struct Beams {
    /// The sentence's number.
    sentence: usize,
    /// Those that can still grow.
    open: Vec<Open>,
    /// Those that have ended.
    whole: Whole,
    /// Nothing better can come.
    is_done: bool,
}

#[derive(Clone)]
struct Open {
    tokens: Vec<u32>,
    /// Sum of log-probabilities.
    score: f32,
}

/// The best ended translations.
struct Whole {
    list: Vec<(f64, Vec<u32>)>,
    worst: f64,
}

/// A way to go on.
#[derive(Clone, Copy)]
struct Step {
    score: f32,
    beam: usize,
    token: u32,
}

/// Translates sentences, given as tokens; the answers have no start and no end token. `is_wanted` is asked before each step
/// and ends the search with `None`.
///
/// # Errors
/// When a sentence is longer than the network reads, or the arithmetic fails.
pub fn search(
    network: &MarianNetwork,
    settings: &SearchSettings,
    sources: &[Vec<u32>],
    is_wanted: &dyn Fn() -> bool,
) -> Result<Option<Vec<Vec<u32>>>, ModelError> {
    let mut done = vec![Vec::new(); sources.len()];
    let mut reading = network.read(sources)?;
    let mut running: Vec<Beams> = (0..sources.len()).map(|sentence| Beams::new(sentence, settings)).collect();
    for length in 1..settings.max_length {
        if running.is_empty() {
            break;
        }
        if !is_wanted() {
            return Ok(None);
        }
        let open = running.iter().flat_map(|beams| &beams.open);
        let last: Vec<u32> = open.map(|open| *open.tokens.last().expect("it begins with the start token")).collect();
        let mut logits = network.next(&last, &mut reading)?.into_iter();
        let is_last = length + 1 == settings.max_length;
        let (mut sentences, mut rows, mut next) = (Vec::new(), Vec::new(), Vec::new());
        for (at, mut beams) in std::mem::take(&mut running).into_iter().enumerate() {
            let count = beams.open.len();
            let logits: Vec<Vec<f32>> = logits.by_ref().take(count).collect();
            let parents = beams.advance(logits, settings, is_last);
            if beams.is_done || is_last {
                let sentence = beams.sentence;
                done[sentence] = beams.finish(settings);
            } else {
                sentences.push(at as u32);
                rows.extend(parents.into_iter().map(|parent| (at * settings.beams + parent) as u32));
                next.push(beams);
            }
        }
        running = next;
        if !running.is_empty() {
            reading.keep(&sentences, &rows)?;
        }
    }
    Ok(Some(done))
}

impl Beams {
    fn new(sentence: usize, settings: &SearchSettings) -> Self {
        let open = |at| Open { tokens: vec![settings.start], score: if at == 0 { 0.0 } else { FAR } };
        let whole = Whole { list: Vec::new(), worst: 1e9 };
        Self { sentence, open: (0..settings.beams).map(open).collect(), whole, is_done: false }
    }

    /// Takes a step with the logits of each beam; gives the beam that each new one goes on from.
    fn advance(&mut self, logits: Vec<Vec<f32>>, settings: &SearchSettings, is_last: bool) -> Vec<usize> {
        let beams = settings.beams;
        if beams == 1 {
            return self.advance_greedily(logits, settings, is_last);
        }
        let mut best = Vec::with_capacity(2 * beams + 1);
        for (beam, logits) in logits.into_iter().enumerate() {
            let scores = scores(logits, settings, is_last);
            for (token, score) in (0..).zip(scores) {
                offer(&mut best, Step { score: score + self.open[beam].score, beam, token }, 2 * beams);
            }
        }
        let (mut open, mut parents) = (Vec::with_capacity(beams), Vec::with_capacity(beams));
        for (rank, step) in best.iter().enumerate() {
            let tokens = &self.open[step.beam].tokens;
            if step.token == settings.end {
                // An end below the best is only in the way of what can grow.
                if rank < beams {
                    self.whole.offer(tokens, f64::from(step.score), (tokens.len(), settings));
                }
                continue;
            }
            open.push(Open { tokens: [tokens, &[step.token][..]].concat(), score: step.score });
            parents.push(step.beam);
            if open.len() == beams {
                break;
            }
        }
        self.open = open;
        self.is_done = self.whole.is_beyond(best[0].score, self.open[0].length(), settings);
        parents
    }

    fn advance_greedily(&mut self, logits: Vec<Vec<f32>>, settings: &SearchSettings, is_last: bool) -> Vec<usize> {
        let mut scores: Vec<f32> = logits.into_iter().flatten().collect();
        mask(&mut scores, settings, is_last);
        let best = (0..).zip(scores).reduce(|best, next| if next.1 > best.1 { next } else { best });
        let (token, _) = best.expect("the vocabulary has a token");
        self.is_done = token == settings.end;
        if !self.is_done {
            self.open[0].tokens.push(token);
        }
        vec![0]
    }

    /// The best translation, without the token that it starts with.
    fn finish(mut self, settings: &SearchSettings) -> Vec<u32> {
        if settings.beams == 1 {
            return self.open.swap_remove(0).tokens.split_off(1);
        }
        if !self.is_done {
            for open in &self.open {
                self.whole.offer(&open.tokens, f64::from(open.score), (open.length(), settings));
            }
        }
        let best = self.whole.list.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
        best.map(|(_, mut tokens)| tokens.split_off(1)).unwrap_or_default()
    }
}

impl Open {
    /// Tokens after the one that it starts with.
    fn length(&self) -> usize {
        self.tokens.len() - 1
    }
}

impl Whole {
    /// Takes a translation of so many tokens, its end included where it has one, if it is among the best.
    fn offer(&mut self, tokens: &[u32], sum: f64, (length, settings): (usize, &SearchSettings)) {
        let score = sum / (length as f64).powf(settings.length_penalty);
        if self.list.len() >= settings.beams && score <= self.worst {
            return;
        }
        self.list.push((score, tokens.to_vec()));
        if self.list.len() <= settings.beams {
            self.worst = self.worst.min(score);
            return;
        }
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        order.sort_by(|&a, &b| self.list[a].0.total_cmp(&self.list[b].0));
        self.worst = self.list[order[1]].0;
        self.list.remove(order[0]);
    }

    /// True when there are enough translations, and one of this sum and length could not take the place of any.
    fn is_beyond(&self, sum: f32, length: usize, settings: &SearchSettings) -> bool {
        let attainable = f64::from(sum) / (length as f64).powf(settings.length_penalty);
        self.list.len() >= settings.beams && (settings.early_stopping || self.worst >= attainable)
    }
}

/// Puts a step among the `count` best, the best first; of equals the first.
fn offer(best: &mut Vec<Step>, step: Step, count: usize) {
    if best.len() == count && best.last().is_some_and(|last| last.score >= step.score) {
        return;
    }
    let at = best.partition_point(|other| other.score >= step.score);
    best.insert(at, step);
    best.truncate(count);
}

/// Log-probabilities of the tokens that may come next.
fn scores(mut logits: Vec<f32>, settings: &SearchSettings, is_last: bool) -> Vec<f32> {
    normalize(&mut logits);
    mask(&mut logits, settings, is_last);
    if settings.renormalize {
        normalize(&mut logits);
    }
    logits
}

/// Takes away what may not come; the last token of the greatest length is the end, where the model wants that.
fn mask(scores: &mut [f32], settings: &SearchSettings, is_last: bool) {
    for &token in &settings.banned {
        scores[token as usize] = f32::NEG_INFINITY;
    }
    if let Some(end) = settings.forced_end.filter(|_| is_last) {
        scores.fill(f32::NEG_INFINITY);
        scores[end as usize] = 0.0;
    }
}

/// The logarithm of the softmax.
fn normalize(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = scores.iter().map(|&score| f64::from((score - largest).exp())).sum();
    let shift = largest + sum.ln() as f32;
    scores.iter_mut().for_each(|score| *score -= shift);
}
