//! The one thread that owns the weights and every cache: continuous batching (Yu et al., 2022, "Orca").
//!
//! The wheel turns like this: take in new jobs, drop those that nobody waits for, read at most one chunk of one prompt,
//! and write one step of every answer that runs, all in one pass, so that the weights are read once for all of them.
//! Answers join and leave at any turn. In each lane one job is read at a time, in the order of its queue, and all of its
//! branches before the next job's; so a second job with the same article finds it read. Short jobs have a lane of their own,
//! and the lanes take turns. Plain blocking code: no async, no locks around
//! the model. Not here: how a prompt is cut, and how an answer grows.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use super::likelihood::Likelihood;
use super::local::Shared;
use super::model::{KvCache, Model, ModelError, Slot};
use super::prefix::Prefixes;
use super::prompt::Prompt;
use super::queue::{Lane, Message, Queue, Waiting};
use super::reading::{Begun, CHUNK, Read, Reading};
use super::sampler::{Logits, Rows};
use super::sequence::{Finish, Sequence};
use super::ticket::{JobId, Ticket};
use super::{Card, EngineError, EngineSettings, Event, Output, Usage};

/// What a worker is made of.
pub(super) struct Parts<'a> {
    pub(super) model: Box<dyn Model>,
    pub(super) card: &'a Card,
    pub(super) shared: &'a Shared,
    pub(super) settings: EngineSettings,
}

/// An error that the engine does not survive, and the job that it came to light in.
struct Fatal(JobId, EngineError);

/// Serves jobs until every handle is gone, or until the model fails in a way that it cannot recover from.
pub(super) fn run(parts: Parts<'_>, inbox: Receiver<Message>) {
    let shared = parts.shared;
    let mut worker = Worker::new(parts);
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| worker.serve(&inbox)));
    if matches!(outcome, Ok(Ok(()))) {
        return;
    }
    // Before any event, so that whoever has heard of the failure sees it in the engine's health too.
    shared.healthy.store(false, Ordering::Release);
    // A panic leaves candle's thread pool poisoned, and logits that are no numbers mean damaged weights: nothing that
    // comes after could succeed. Every other job, here or still in the inbox, says `Dead` as it is dropped.
    if let Ok(Err(Fatal(job, error))) = outcome {
        tracing::error!(%error, "the engine stops");
        worker.fail(job, error);
    }
}

/// Everything that the thread owns.
struct Worker<'a> {
    parts: Parts<'a>,
    lanes: [Work; 2],
    /// The jobs that have begun and have not ended.
    tickets: BTreeMap<JobId, Ticket>,
    /// The number of the next job that begins.
    next: JobId,
    /// The answers that are being written, in the order in which they joined.
    running: Vec<Sequence>,
    prefixes: Prefixes,
}

/// What is to be read in one lane.
struct Work {
    lane: Lane,
    queue: Queue,
    /// The job whose prompt is being read.
    reading: Option<Reading>,
}

impl<'a> Worker<'a> {
    fn new(parts: Parts<'a>) -> Self {
        Self {
            prefixes: Prefixes::new(parts.settings.prefix_bytes, CHUNK),
            parts,
            lanes: Lane::ALL.map(|lane| Work { lane, queue: Queue::default(), reading: None }),
            tickets: BTreeMap::new(),
            next: 0,
            running: Vec::new(),
        }
    }

    fn serve(&mut self, inbox: &Receiver<Message>) -> Result<(), Fatal> {
        while self.take_in(inbox) {
            self.sweep();
            self.read()?;
            self.write()?;
            self.settle();
        }
        Ok(())
    }

    /// Queues what has arrived; waits for a job when there is nothing else to do. False when no job can come any more.
    fn take_in(&mut self, inbox: &Receiver<Message>) -> bool {
        let idle = self.tickets.is_empty() && self.waiting() == 0;
        let first = if idle { inbox.recv().ok() } else { None };
        let open = !idle || first.is_some();
        for Message { job, flow, ticket, place } in first.into_iter().chain(inbox.try_iter()) {
            match Prompt::new(job, self.parts.card) {
                Ok(prompt) => {
                    if let Some(work) = self.lanes.iter_mut().find(|work| work.lane == ticket.lane) {
                        work.queue.push(flow, Waiting { prompt, ticket, place });
                    }
                }
                Err(error) => ticket.fail(error),
            }
        }
        open
    }

    /// Gives up what nobody waits for any more, with its caches.
    fn sweep(&mut self) {
        self.lanes.iter_mut().for_each(|work| work.queue.sweep());
        self.tickets.retain(|_, ticket| !ticket.is_cancelled());
        self.running.retain(|sequence| self.tickets.contains_key(&sequence.job));
        for work in &mut self.lanes {
            work.reading.take_if(|reading| !self.tickets.contains_key(&reading.job));
        }
    }

    /// Says what is held, and then which jobs are done.
    fn settle(&mut self) {
        let running = self.running.iter().map(|sequence| &sequence.cache);
        let under_way = running.chain(self.readings().flat_map(Reading::caches));
        // What the answers share with prompts that are kept is counted with those.
        let all = KvCache::bytes_of(self.prefixes.caches().chain(under_way));
        let prefix_bytes = self.prefixes.bytes();
        let cache_bytes = all - prefix_bytes;
        let usage = Usage { waiting: self.waiting(), running: self.running.len(), cache_bytes, prefix_bytes };
        *self.parts.shared.usage.lock().unwrap_or_else(PoisonError::into_inner) = usage;
        let reading: Vec<JobId> = self.readings().map(|reading| reading.job).collect();
        for (_, ticket) in self.tickets.extract_if(.., |job, ticket| ticket.is_finished() && !reading.contains(job)) {
            ticket.done();
        }
    }

    /// The jobs whose prompts are being read.
    fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.lanes.iter().filter_map(|work| work.reading.as_ref())
    }

    /// Jobs that wait.
    fn waiting(&self) -> usize {
        self.lanes.iter().map(|work| work.queue.len()).sum()
    }

    /// Ends a job without an answer.
    fn fail(&mut self, job: JobId, error: EngineError) {
        self.running.retain(|sequence| sequence.job != job);
        for work in &mut self.lanes {
            work.reading.take_if(|reading| reading.job == job);
        }
        if let Some(ticket) = self.tickets.remove(&job) {
            ticket.fail(error);
        }
    }

    /// Reads at most one chunk of a prompt. The lane that was served last comes last.
    fn read(&mut self) -> Result<(), Fatal> {
        for at in 0..self.lanes.len() {
            if self.read_in(at)? {
                self.lanes[at..].rotate_left(1);
                break;
            }
        }
        Ok(())
    }

    /// Reads at most one chunk in a lane. False when there is nothing to read or no room for it.
    fn read_in(&mut self, at: usize) -> Result<bool, Fatal> {
        if self.lanes[at].reading.is_none() {
            self.begin(at);
        }
        let branch = self.lanes[at].reading.as_ref().and_then(Reading::next_branch);
        if branch.is_some_and(|tokens| !self.make_room(at, tokens)) {
            return Ok(false);
        }
        let Some(reading) = &mut self.lanes[at].reading else { return Ok(false) };
        let job = reading.job;
        let read = reading.chunk(self.parts.model.as_ref());
        let ((done, total), is_done) = (reading.progress(), reading.is_done());
        let Some(ticket) = self.tickets.get_mut(&job) else { return Ok(true) };
        if is_done {
            ticket.read();
            self.lanes[at].reading = None;
        }
        match read {
            // It came to light in a pass of this job's own, so the others are safe.
            Err(error) => self.fail(job, error.into()),
            Ok(Read::Part) if done < total => ticket.send(Event::Prefill { done, total }),
            Ok(Read::Part) => {}
            Ok(Read::Shared(prefix)) => {
                ticket.send(Event::Prefill { done, total });
                self.prefixes.keep(prefix);
            }
            Ok(Read::Branch(begun, logits)) => self.join(*begun, logits)?,
        }
        Ok(true)
    }

    /// A branch is read: its answer is begun, or the logits behind it say all that was asked.
    fn join(&mut self, Begun { start, asked, output }: Begun, mut logits: Logits) -> Result<(), Fatal> {
        let (job, branch) = (start.job, start.branch);
        match output {
            Output::Text(rules) => {
                let mut sequence = Sequence::new(start, rules);
                if self.grow(&mut sequence, logits.take(1), &[])? {
                    self.running.push(sequence);
                }
            }
            Output::Preference(question) => {
                let text = asked.map_or(&[][..], |asked| &start.prompt[asked]);
                let likelihood = Likelihood::of(logits.take(text.len()), text);
                let row = logits.rest().last().map(|row| &*row).unwrap_or_default();
                let [first, second] = question.answers.map(|text| {
                    let token = self.parts.card.tokenizer.encode(&text).first().map(|&token| token as usize);
                    token.and_then(|token| row.get(token)).copied().unwrap_or(f32::NAN)
                });
                if !(first - second).is_finite() {
                    return Err(Fatal(job, EngineError::NoChoice));
                }
                if let Some(ticket) = self.tickets.get_mut(&job) {
                    ticket.send(Event::Preferred { branch, log_odds: first - second, likelihood });
                    ticket.finish(branch, Finish::Complete, 0);
                }
            }
        }
        Ok(())
    }

    /// Begins with the next job that waits in a lane, when there is room.
    fn begin(&mut self, at: usize) {
        let Some(waiting) = self.lanes[at].queue.front() else { return };
        let tokens = waiting.prompt.shared.len();
        let kept = self.prefixes.find(&waiting.prompt.shared);
        if !self.make_room(at, tokens) {
            return;
        }
        let Some(Waiting { prompt, mut ticket, place }) = self.lanes[at].queue.pop() else { return };
        drop(place);
        let done = kept.as_ref().map_or(0, |&(_, served)| served);
        ticket.begin(&prompt, done);
        ticket.send(Event::Prefill { done, total: tokens });
        let job = self.next;
        self.next += 1;
        self.tickets.insert(job, ticket);
        self.lanes[at].reading = Some(Reading::new(job, prompt, kept));
    }

    /// True when one more answer of a lane may run whose cache can come to hold this many tokens. What is kept of earlier prompts
    /// makes way for it. When nothing runs there is always room, so that no job waits for ever.
    fn make_room(&mut self, at: usize, tokens: usize) -> bool {
        let lane = self.lanes[at].lane;
        let most = match lane {
            Lane::Long => self.parts.settings.sequences.max(1),
            Lane::Brief => self.parts.settings.sequences.div_ceil(2).max(1),
        };
        let is_of = |sequence: &&Sequence| self.tickets.get(&sequence.job).is_some_and(|it| it.lane == lane);
        let beside = self.running.iter().filter(is_of).count();
        let running = self.running.iter().map(|sequence| sequence.room).sum::<usize>();
        let wanted = tokens + running + self.readings().map(Reading::room).sum::<usize>();
        let fits = wanted <= self.parts.settings.tokens && beside < most;
        if !fits && !self.running.is_empty() {
            return false;
        }
        while wanted + self.prefixes.tokens() > self.parts.settings.tokens && self.prefixes.drop_oldest() {}
        true
    }

    /// Writes one step of every answer that runs.
    fn write(&mut self) -> Result<(), Fatal> {
        if self.running.is_empty() {
            return Ok(());
        }
        let fed = self.propose();
        let mut logits = match step(self.parts.model.as_ref(), &mut self.running, &fed) {
            Ok(logits) => logits,
            // Some row of the weights could not be read. Whose it was shows when each is written alone.
            Err(error) if error.is_of_disk() => return self.write_alone(&fed),
            // Nothing else that was admitted can fail here, so whatever it is, it is not the fault of one job.
            Err(error) => return Err(Fatal(self.running[0].job, error.into())),
        };
        let mut running = Vec::with_capacity(self.running.len());
        for (mut sequence, fed) in std::mem::take(&mut self.running).into_iter().zip(&fed) {
            if self.grow(&mut sequence, logits.take(fed.len()), &fed[1..])? {
                running.push(sequence);
            }
        }
        self.running = running;
        Ok(())
    }

    /// Writes one step of every answer that runs in a pass of its own, and gives up the jobs for which the weights cannot be
    /// read. The rows that a pass reads from the disk come first, so the pass that failed has changed no cache.
    fn write_alone(&mut self, fed: &[Vec<u32>]) -> Result<(), Fatal> {
        let mut running = Vec::with_capacity(self.running.len());
        for (sequence, fed) in std::mem::take(&mut self.running).into_iter().zip(fed) {
            let (job, mut alone) = (sequence.job, [sequence]);
            if !self.tickets.contains_key(&job) {
                continue;
            }
            match step(self.parts.model.as_ref(), &mut alone, std::slice::from_ref(fed)) {
                Ok(mut logits) => {
                    if self.grow(&mut alone[0], logits.take(fed.len()), &fed[1..])? {
                        running.extend(alone);
                    }
                }
                Err(error) if error.is_of_disk() => {
                    tracing::error!(%error, "an answer is given up");
                    self.fail(job, error.into());
                    running.retain(|sequence: &Sequence| sequence.job != job);
                }
                Err(error) => return Err(Fatal(job, error.into())),
            }
        }
        self.running = running;
        Ok(())
    }

    /// What each answer feeds to the next step. Rows that the answers themselves leave over go to drafts.
    fn propose(&mut self) -> Vec<Vec<u32>> {
        let mut spare = self.parts.settings.step_rows.saturating_sub(self.running.len());
        let mut others = self.running.len();
        let propose = |sequence: &mut Sequence| {
            let tokens = sequence.propose(spare.div_ceil(others), &self.parts.card.tokenizer);
            spare -= tokens.len() - 1;
            others -= 1;
            tokens
        };
        self.running.iter_mut().map(propose).collect()
    }

    /// Lets an answer grow by its rows, and tells its caller. True while it goes on.
    fn grow(&mut self, sequence: &mut Sequence, rows: Rows<'_>, draft: &[u32]) -> Result<bool, Fatal> {
        let (job, branch) = (sequence.job, sequence.branch);
        let started = Instant::now();
        let grown = sequence.accept(rows, draft, &self.parts.card.tokenizer);
        let grown = grown.ok_or(Fatal(job, EngineError::NoChoice))?;
        let Some(ticket) = self.tickets.get_mut(&job) else { return Ok(false) };
        ticket.chose(started.elapsed());
        if !grown.text.is_empty() {
            ticket.send(Event::Delta { branch, text: grown.text });
        }
        if let Some(finish) = grown.finish {
            ticket.finish(branch, finish, sequence.written());
        }
        Ok(grown.finish.is_none())
    }
}

/// One pass over the next tokens of these answers.
fn step(model: &dyn Model, running: &mut [Sequence], fed: &[Vec<u32>]) -> Result<Logits, ModelError> {
    let slots = running.iter_mut().zip(fed);
    let mut slots: Vec<_> = slots.map(|(s, tokens)| Slot { tokens, cache: &mut s.cache, rows: tokens.len() }).collect();
    Logits::new(&model.forward(&mut slots)?)
}
