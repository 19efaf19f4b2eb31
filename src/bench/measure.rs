//! The stopwatch: one run of every measurement, on a model that is already loaded.
//!
//! It drives the [`Model`] itself, by the passes that the engine's worker makes: prompts in its chunks, one cache forked for
//! each answer, one token each a pass. The best token is taken whatever it is, so that every run writes the same number of
//! tokens; constraints and the sampler have no part in it. What a user waits for with them is measured as `summaries`.

use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use super::Note;
use super::figure::Name;
use super::workload::{ANSWER_TOKENS, SEQUENCES, Words};
use crate::engine::model::{KvCache, Model, Slot};
use crate::engine::sampler::Logits;
use crate::engine::{CHUNK, Card, EngineError};
use crate::intake::AnnotatedArticle;

/// A loaded model, and whoever listens.
pub struct Meter<'a> {
    /// The model.
    pub model: &'a dyn Model,
    /// What is fixed about it.
    pub card: &'a Card,
    /// Where samples go. Unbounded, because a run has few of them; when nobody listens any more, the work stops.
    pub notes: &'a UnboundedSender<Note>,
}

impl Meter<'_> {
    /// Measures one run and sends a sample for each figure but the times of loading and of real summaries. Stops between
    /// two passes, with [`EngineError::Cancelled`], when nobody listens any more.
    ///
    /// `tokens` is how many each sequence is given to write where decoding alone is measured.
    pub fn run(&self, article: &AnnotatedArticle, tokens: usize) -> Result<(), EngineError> {
        let card = self.card;
        let article = Words::of(article);
        check_fit(&article, card, tokens)?;
        // First, so that it also is what a fresh process waits for, and warms up whatever sleeps until it is used.
        let started = self.begin("the first token of a short prompt");
        self.read(&Words::short().tokens(card).first())?;
        self.sample(Name::FirstTokenShort, started.elapsed().as_secs_f64());

        let started = self.begin("reading the article");
        let prompt = article.tokens(card);
        let whole = prompt.first();
        let reading = Instant::now();
        let (past, first) = self.read(&whole)?;
        self.sample(Name::Prefill, whole.len() as f64 / reading.elapsed().as_secs_f64());
        self.sample(Name::FirstTokenArticle, started.elapsed().as_secs_f64());

        for sequences in 1..=SEQUENCES {
            let mut caches = forks(&past, sequences);
            let started = self.begin(&format!("writing, {sequences} at a time"));
            self.write(&mut caches, vec![first; sequences], tokens)?;
            self.sample(Name::Decode(sequences), (sequences * tokens) as f64 / started.elapsed().as_secs_f64());
        }
        drop(past);

        let started = self.begin("three languages from one reading");
        self.answers(&prompt.shared, &prompt.tails)?;
        self.sample(Name::ThreeLanguages, started.elapsed().as_secs_f64());
        Ok(())
    }

    /// Says what is measured next, and starts the clock.
    fn begin(&self, step: &str) -> Instant {
        // A listener that is gone is noticed in `pass`.
        drop(self.notes.send(Note::Step(step.to_owned())));
        Instant::now()
    }

    fn sample(&self, name: Name, value: f64) {
        drop(self.notes.send(Note::Sample(name, value)));
    }

    /// One pass; gives the best token of each row of logits.
    fn pass(&self, slots: &mut [Slot<'_>]) -> Result<Vec<u32>, EngineError> {
        if self.notes.is_closed() {
            return Err(EngineError::Cancelled);
        }
        let wanted = slots.iter().map(|slot| slot.rows).sum();
        let mut logits = Logits::new(&self.model.forward(slots)?)?;
        logits.take(wanted).map(|row| best(row).ok_or(EngineError::NoChoice)).collect()
    }

    /// Reads a prompt in the worker's chunks; gives its cache and the token that follows.
    fn read(&self, tokens: &[u32]) -> Result<(KvCache, u32), EngineError> {
        let mut cache = self.model.new_cache()?;
        let mut chunks = tokens.chunks(CHUNK).peekable();
        let mut next = Vec::new();
        while let Some(chunk) = chunks.next() {
            let rows = usize::from(chunks.peek().is_none());
            next = self.pass(&mut [Slot { tokens: chunk, cache: &mut cache, rows }])?;
        }
        Ok((cache, *next.first().ok_or(EngineError::NoChoice)?))
    }

    /// Adds a token to every sequence `passes` times.
    fn write(&self, caches: &mut [KvCache], mut last: Vec<u32>, passes: usize) -> Result<(), EngineError> {
        for _ in 0..passes {
            let tokens = last.chunks(1);
            let slots = caches.iter_mut().zip(tokens);
            let mut slots: Vec<_> = slots.map(|(cache, tokens)| Slot { tokens, cache, rows: 1 }).collect();
            last = self.pass(&mut slots)?;
        }
        Ok(())
    }

    /// The whole job of the worker: the shared part once, the tails in one pass, then [`ANSWER_TOKENS`] for each.
    fn answers(&self, shared: &[u32], tails: &[Vec<u32>]) -> Result<(), EngineError> {
        let mut past = self.model.new_cache()?;
        for chunk in shared.chunks(CHUNK) {
            self.pass(&mut [Slot { tokens: chunk, cache: &mut past, rows: 0 }])?;
        }
        let mut caches = forks(&past, tails.len());
        let slots = caches.iter_mut().zip(tails);
        let mut slots: Vec<_> = slots.map(|(cache, tokens)| Slot { tokens, cache, rows: 1 }).collect();
        let first = self.pass(&mut slots)?;
        self.write(&mut caches, first, ANSWER_TOKENS - 1)
    }
}

/// Refuses what would run out of context half-way.
fn check_fit(article: &Words, card: &Card, tokens: usize) -> Result<(), EngineError> {
    let prompt = article.tokens(card);
    let longest = prompt.tails.iter().map(Vec::len).max().unwrap_or_default();
    let tokens = prompt.shared.len() + longest + tokens.max(ANSWER_TOKENS);
    if tokens > card.context { Err(EngineError::TooLong { tokens, limit: card.context }) } else { Ok(()) }
}

fn forks(past: &KvCache, count: usize) -> Vec<KvCache> {
    (0..count).map(|_| past.fork()).collect()
}

/// The place of the largest logit; none when they are no numbers.
fn best(row: &[f32]) -> Option<u32> {
    let numbers = (0..).zip(row).filter(|(_, logit)| !logit.is_nan());
    numbers.max_by(|a, b| a.1.total_cmp(b.1)).map(|(token, _)| token)
}

#[cfg(test)]
mod tests {
    use super::best;

    #[test]
    fn the_best_token_is_a_number() {
        assert_eq!(best(&[1.0, f32::NAN, 3.0, 2.0]), Some(2));
        assert_eq!(best(&[f32::NAN]), None);
        assert_eq!(best(&[]), None);
    }
}
