//! The one thread that owns the weights and every cache.
//!
//! It takes one job at a time: reads the shared part of its prompt in chunks, forks the cache for each branch, reads the
//! tails, and then writes all branches together, one token each a pass, so that the weights are read once for all of them.
//! Between passes it looks whether anybody still listens. Plain blocking code: no async, no locks around the model.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use super::model::{KvCache, Model, ModelError, Slot};
use super::sampler;
use super::sequence::Sequence;
use super::{Card, EngineError, Event, Job, Message, Rules, Shared, Timings};

/// Tokens of a prompt that are read in one pass: large enough to keep the arithmetic busy, small enough that a caller who
/// left is noticed within a few seconds on a slow machine.
pub const CHUNK: usize = 256;

/// Serves jobs until every handle is gone, or until the model fails in a way that it cannot recover from.
pub(super) fn run(model: Box<dyn Model>, card: &Card, shared: &Shared, jobs: &Receiver<Message>) {
    while let Ok(Message { job, accepted, events }) = jobs.recv() {
        shared.waiting.fetch_sub(1, Ordering::Relaxed);
        let timings = Timings { queue: accepted.elapsed(), ..Timings::default() };
        let mut work = Work { model: model.as_ref(), card, events: &events, timings };
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| work.run(job)));
        let last = match outcome {
            Ok(Ok(())) => Event::Done(work.timings),
            Ok(Err(error)) => Event::Failed(error),
            Err(_) => Event::Failed(EngineError::Dead),
        };
        let dead = matches!(last, Event::Failed(EngineError::Dead));
        if dead {
            // Before the event, so that whoever has heard of the failure sees it in the engine's health too.
            shared.healthy.store(false, Ordering::Release);
        }
        work.send(last);
        if dead {
            // candle's thread pool is poisoned after a panic, so nothing that comes after could succeed.
            break;
        }
    }
    for message in jobs.try_iter() {
        drop(message.events.send(Event::Failed(EngineError::Dead)));
    }
}

/// One job under way.
struct Work<'a> {
    model: &'a dyn Model,
    card: &'a Card,
    /// The job's listener. It is gone when the caller is, and that cancels the job.
    events: &'a UnboundedSender<Event>,
    timings: Timings,
}

impl Work<'_> {
    fn run(&mut self, job: Job) -> Result<(), EngineError> {
        let started = Instant::now();
        let (chat, tokenizer) = (self.card.chat, &self.card.tokenizer);
        let shared = chat.shared(tokenizer, &job.system, &job.shared);
        let (tails, rules): (Vec<_>, Vec<_>) =
            job.branches.into_iter().map(|branch| (chat.tail(tokenizer, &branch.tail), branch.rules)).unzip();
        self.check_fit(shared.len(), &tails, &rules)?;
        self.timings.shared_tokens = shared.len();
        self.timings.prompt_tokens = shared.len() + tails.iter().map(Vec::len).sum::<usize>();
        let first = self.read_shared(&shared)?;
        let mut sequences = fork(first, rules)?;
        let logits = self.read_tails(&mut sequences, &tails)?;
        self.timings.prefill = started.elapsed();
        self.write(sequences, logits)?;
        self.timings.decode = started.elapsed().saturating_sub(self.timings.prefill);
        Ok(())
    }

    fn check_fit(&self, shared: usize, tails: &[Vec<u32>], rules: &[Rules]) -> Result<(), EngineError> {
        let needed = tails.iter().zip(rules).map(|(tail, rules)| shared + tail.len() + rules.max_tokens).max();
        match needed {
            Some(tokens) if tokens > self.card.context => {
                Err(EngineError::TooLong { tokens, limit: self.card.context })
            }
            _ => Ok(()),
        }
    }

    fn send(&self, event: Event) {
        // A listener that is gone is noticed by `still_wanted`, between passes.
        drop(self.events.send(event));
    }

    fn still_wanted(&self) -> Result<(), EngineError> {
        if self.events.is_closed() { Err(EngineError::Cancelled) } else { Ok(()) }
    }

    fn read_shared(&self, tokens: &[u32]) -> Result<KvCache, EngineError> {
        let mut cache = self.model.new_cache()?;
        for chunk in tokens.chunks(CHUNK) {
            self.still_wanted()?;
            self.send(Event::Prefill { done: cache.len(), total: tokens.len() });
            self.model.forward(&mut [Slot { tokens: chunk, cache: &mut cache, rows: 0 }])?;
        }
        self.send(Event::Prefill { done: cache.len(), total: tokens.len() });
        Ok(cache)
    }

    fn read_tails(&mut self, sequences: &mut [Sequence], tails: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, EngineError> {
        self.still_wanted()?;
        let slots = sequences.iter_mut().zip(tails);
        let mut slots: Vec<_> = slots.map(|(s, tail)| Slot { tokens: tail, cache: &mut s.cache, rows: 1 }).collect();
        Ok(sampler::rows(&self.model.forward(&mut slots)?)?)
    }

    /// Writes every sequence to its end. `logits` has a row for each.
    fn write(&mut self, mut sequences: Vec<Sequence>, mut logits: Vec<Vec<f32>>) -> Result<(), EngineError> {
        loop {
            let mut running = Vec::with_capacity(sequences.len());
            for (mut sequence, mut row) in sequences.into_iter().zip(logits) {
                let grown = sequence.grow(&mut row, &self.card.tokenizer).ok_or(EngineError::NoChoice)?;
                let branch = sequence.branch;
                if !grown.text.is_empty() {
                    self.send(Event::Delta { branch, text: grown.text });
                }
                match grown.finish {
                    None => running.push(sequence),
                    Some(finish) => {
                        self.timings.completion_tokens += sequence.tokens.len();
                        self.send(Event::Finished { branch, finish });
                    }
                }
            }
            if running.is_empty() {
                return Ok(());
            }
            self.still_wanted()?;
            sequences = running;
            let last: Vec<[u32; 1]> = sequences.iter().map(Sequence::last).collect();
            let slots = sequences.iter_mut().zip(&last);
            let mut slots: Vec<_> =
                slots.map(|(s, token)| Slot { tokens: token, cache: &mut s.cache, rows: 1 }).collect();
            logits = sampler::rows(&self.model.forward(&mut slots)?)?;
        }
    }
}

/// A sequence for each branch, all with the same past.
fn fork(first: KvCache, rules: Vec<Rules>) -> Result<Vec<Sequence>, EngineError> {
    let mut caches = Vec::with_capacity(rules.len());
    for _ in 1..rules.len() {
        caches.push(first.fork().map_err(ModelError::from)?);
    }
    caches.push(first);
    let branches = caches.into_iter().zip(rules).enumerate();
    Ok(branches.map(|(branch, (cache, rules))| Sequence::new(branch, cache, rules)).collect())
}
