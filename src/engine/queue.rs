//! The jobs that wait, in order of arrival, and the places that bound them.
//!
//! A place is taken by the caller, travels with the job, and is free again when it is dropped: when work on the job
//! begins, or when the job is given up. So a full queue is an answer at once, wherever the jobs in it are. Not here: when
//! a job may begin.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Job;
use super::prompt::Prompt;
use super::ticket::Ticket;

/// How many jobs may wait, and how many do.
#[derive(Debug)]
pub(super) struct Places {
    limit: usize,
    taken: Arc<AtomicUsize>,
}

/// One job's place in the queue; free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<AtomicUsize>);

impl Places {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, taken: Arc::default() }
    }

    /// A place, or how many jobs wait when none is free.
    pub(super) fn take(&self) -> Result<Place, usize> {
        let more = |taken| (taken < self.limit).then_some(taken + 1);
        self.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).map(|_| Place(self.taken.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A job on its way to the thread.
pub(super) struct Message {
    pub(super) job: Job,
    pub(super) ticket: Ticket,
    pub(super) place: Place,
}

/// A job that waits.
pub(super) struct Waiting {
    pub(super) prompt: Prompt,
    pub(super) ticket: Ticket,
    pub(super) place: Place,
}

/// The jobs that wait, the oldest first.
#[derive(Default)]
pub(super) struct Queue(VecDeque<Waiting>);

impl Queue {
    pub(super) fn push(&mut self, waiting: Waiting) {
        self.0.push_back(waiting);
    }

    /// The oldest job.
    pub(super) fn front(&self) -> Option<&Waiting> {
        self.0.front()
    }

    /// Takes the oldest job out.
    pub(super) fn pop(&mut self) -> Option<Waiting> {
        self.0.pop_front()
    }

    /// Gives up jobs that nobody waits for any more.
    pub(super) fn sweep(&mut self) {
        self.0.retain(|waiting| !waiting.ticket.is_cancelled());
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
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
}
