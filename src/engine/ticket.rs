//! The way back to one job's caller, and its account of time and tokens.
//!
//! A ticket that is dropped before the job's last event says `Dead`: whatever becomes of a job, in the queue, in a step
//! that panics or on its way to a thread that has ended, its caller hears of it. Not here: what the job asks.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::prompt::Prompt;
use super::queue::Lane;
use super::sequence::Finish;
use super::{EngineError, Event, Timings};

/// Jobs are numbered as work on them begins.
pub(super) type JobId = u64;

/// One job's listener and account.
pub(super) struct Ticket {
    /// Unbounded, because what goes through is bounded by the job's tokens and a slow reader must not stop the others.
    events: UnboundedSender<Event>,
    timings: Timings,
    accepted: Instant,
    /// When work on it began.
    begun: Option<Instant>,
    /// Branches that are not finished.
    open: usize,
    /// The last event was sent.
    ended: bool,
    /// Where its answers are written.
    pub(super) lane: Lane,
}

impl Ticket {
    pub(super) fn new(events: UnboundedSender<Event>, lane: Lane) -> Self {
        let timings = Timings::default();
        Self { events, timings, accepted: Instant::now(), begun: None, open: 0, ended: false, lane }
    }

    /// True when nobody listens any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.events.is_closed()
    }

    /// Work begins; `cached` tokens of the shared part need not be read.
    pub(super) fn begin(&mut self, prompt: &Prompt, cached: usize) {
        self.begun = Some(Instant::now());
        self.open = prompt.tails.len();
        self.timings = Timings {
            queue: self.accepted.elapsed(),
            prompt_tokens: prompt.tokens(),
            shared_tokens: prompt.shared.len(),
            cached_tokens: cached,
            ..Timings::default()
        };
    }

    /// The last branch was read.
    pub(super) fn read(&mut self) {
        self.timings.prefill = self.begun.map(|begun| begun.elapsed()).unwrap_or_default();
    }

    /// Tokens were chosen in this time.
    pub(super) fn chose(&mut self, time: Duration) {
        self.timings.choosing += time;
    }

    /// A branch is finished, with this many tokens.
    pub(super) fn finish(&mut self, branch: usize, finish: Finish, tokens: usize) {
        self.timings.completion_tokens += tokens;
        self.open -= 1;
        self.send(Event::Finished { branch, finish });
    }

    /// True when every branch is finished.
    pub(super) fn is_finished(&self) -> bool {
        self.open == 0
    }

    pub(super) fn send(&self, event: Event) {
        // A listener that is gone is noticed between steps.
        drop(self.events.send(event));
    }

    /// Every branch was written.
    pub(super) fn done(mut self) {
        let total = self.begun.map(|begun| begun.elapsed()).unwrap_or_default();
        self.timings.decode = total.saturating_sub(self.timings.prefill);
        self.ended = true;
        self.send(Event::Done(self.timings));
    }

    /// The job ends without an answer.
    pub(super) fn fail(mut self, error: EngineError) {
        self.ended = true;
        self.send(Event::Failed(error));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.ended {
            self.send(Event::Failed(EngineError::Dead));
        }
    }
}
