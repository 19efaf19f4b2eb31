//! The jobs that wait: in order of arrival within a flow, and one flow after the other; and the places that bound them.
//!
//! A flow is whatever should have its share of the engine: the requests of one caller, or the translations. A flow with a
//! hundred jobs then holds up another's only one by a single job. A place is taken by the caller, travels with the job, and
//! is free again when it is dropped: when work on the job begins, or when the job is given up. So a full queue is an answer
//! at once, wherever the jobs in it are. Not here: when a job may begin, and who may ask for one.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Job;
use super::prompt::Prompt;
use super::ticket::Ticket;

/// What has a share of the engine, by a number of the caller's choice.
pub(super) type Flow = u64;

/// Which rows a job is written in: what is short never waits for a long answer to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Whole answers.
    Long,
    /// A sentence or a few.
    Brief,
}

impl Lane {
    /// Both; what is short is looked at first.
    pub(super) const ALL: [Self; 2] = [Self::Brief, Self::Long];
}

/// How many jobs may wait, and how many do.
#[derive(Debug)]
pub(super) struct Places {
    limit: usize,
    free: Arc<Semaphore>,
}

/// One job's place in the queue; free again when it is dropped.
pub(super) type Place = OwnedSemaphorePermit;

impl Places {
    pub(super) fn new(limit: usize) -> Self {
        let limit = limit.min(Semaphore::MAX_PERMITS);
        Self { limit, free: Arc::new(Semaphore::new(limit)) }
    }

    /// A place, or how many jobs wait when none is free.
    pub(super) fn take(&self) -> Result<Place, usize> {
        self.free.clone().try_acquire_owned().map_err(|_| self.limit)
    }

    /// Jobs that have a place.
    pub(super) fn waiting(&self) -> usize {
        self.limit - self.free.available_permits()
    }

    /// A place, when there is one. Those who wait get theirs in order.
    pub(super) async fn wait(&self) -> Place {
        self.free.clone().acquire_owned().await.expect("the places are never closed")
    }
}

/// A job on its way to the thread.
pub(super) struct Message {
    pub(super) job: Job,
    pub(super) flow: Flow,
    pub(super) ticket: Ticket,
    pub(super) place: Place,
}

/// A job that waits.
pub(super) struct Waiting {
    pub(super) prompt: Prompt,
    pub(super) ticket: Ticket,
    pub(super) place: Place,
}

/// The jobs that wait.
#[derive(Default)]
pub(super) struct Queue {
    /// By flow, the oldest first; no line is empty.
    lines: BTreeMap<Flow, VecDeque<Waiting>>,
    /// Flows with a line, the next first.
    rotation: VecDeque<Flow>,
}

impl Queue {
    pub(super) fn push(&mut self, flow: Flow, waiting: Waiting) {
        let line = self.lines.entry(flow).or_default();
        if line.is_empty() {
            self.rotation.push_back(flow);
        }
        line.push_back(waiting);
    }

    /// The next job.
    pub(super) fn front(&self) -> Option<&Waiting> {
        self.lines.get(self.rotation.front()?)?.front()
    }

    /// Takes the next job out.
    pub(super) fn pop(&mut self) -> Option<Waiting> {
        let flow = self.rotation.pop_front()?;
        let line = self.lines.get_mut(&flow)?;
        let waiting = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&flow);
        } else {
            self.rotation.push_back(flow);
        }
        waiting
    }

    /// Gives up jobs that nobody waits for any more.
    pub(super) fn sweep(&mut self) {
        self.lines.values_mut().for_each(|line| line.retain(|waiting| !waiting.ticket.is_cancelled()));
        self.lines.retain(|_, line| !line.is_empty());
        self.rotation.retain(|flow| self.lines.contains_key(flow));
    }

    pub(super) fn len(&self) -> usize {
        self.lines.values().map(VecDeque::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::Places;

    #[test]
    fn a_place_is_free_again_when_it_is_dropped() {
        let places = Places::new(2);
        let (first, second) = (places.take().unwrap(), places.take().unwrap());
        assert_eq!(places.take().unwrap_err(), 2);
        drop(first);
        let third = places.take().unwrap();
        assert_eq!(places.take().unwrap_err(), 2);
        drop((second, third));
        assert!(places.take().is_ok());
    }

    #[test]
    fn who_waits_for_a_place_is_never_refused() {
        let places = Places::new(1);
        let first = places.take().unwrap();
        let mut waiting = Box::pin(places.wait());
        assert!((&mut waiting).now_or_never().is_none(), "none is free");
        drop(first);
        assert_eq!(places.take().unwrap_err(), 1, "it is for the one who waits");
        assert!(waiting.now_or_never().is_some());
    }
}
