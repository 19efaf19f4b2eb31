//! One computation of one answer, and everybody who waits for it (what Go calls single flight).
//!
//! The computation is a task that writes down what happens; each reader goes through that record at its own pace. So a
//! slow reader holds up nobody, a late one misses nothing, and what is held for both is bounded by the answer itself.
//! When the last reader leaves, the task is dropped, and with it the work in the engine. Not here: what is computed.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::response::sse::Event;
use prometheus_client::metrics::counter::Counter;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tracing::Instrument as _;

use super::events;
use super::problem::Problem;
use crate::answer::Answer;
use crate::cache::Key;
use crate::service::{Stage, SummaryEvent};

/// What a computation gives.
pub(super) trait Output: Clone + Send + 'static {
    /// The last event of its stream.
    fn done(&self) -> Event;

    /// Bytes of that, about.
    fn size(&self) -> usize;
}

/// What a reader is told next: an event, or the end.
pub(super) type Step<T> = ControlFlow<Result<T, Problem>, Event>;

/// An answer, and where it comes from.
#[derive(Clone)]
pub(super) struct Outcome {
    pub(super) answer: Arc<Answer>,
    pub(super) origin: Origin,
}

impl Output for Outcome {
    fn done(&self) -> Event {
        events::event("done", &json!({"answer": &*self.answer}))
    }

    fn size(&self) -> usize {
        // Answers are short.
        0
    }
}

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was kept.
    Kept,
    /// The model wrote it for this request, or for the same one at the same time.
    Written,
}

/// What has happened in a computation so far.
pub(super) struct Record<T> {
    steps: Mutex<Steps<T>>,
    changed: watch::Sender<()>,
}

struct Steps<T> {
    all: Vec<Event>,
    /// The last event that says how far it is. Only that one is of interest.
    progress: Option<Progress>,
    end: Option<Result<T, Problem>>,
}

/// The last progress.
struct Progress {
    event: Event,
    /// Events before it.
    at: usize,
    /// How many there were up to this one.
    count: u64,
}

impl<T> Record<T> {
    fn lock(&self) -> MutexGuard<'_, Steps<T>> {
        // A panic elsewhere leaves no half of a change behind in here.
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, change: impl FnOnce(&mut Steps<T>)) {
        let mut steps = self.lock();
        // Nothing comes behind the end.
        if steps.end.is_none() {
            change(&mut steps);
            drop(steps);
            self.changed.send_replace(());
        }
    }

    /// Writes down an event.
    pub(super) fn push(&self, event: Event) {
        self.write(|steps| steps.all.push(event));
    }

    /// Writes down what the service tells.
    pub(super) fn tell(&self, told: &SummaryEvent) {
        match told {
            // The text itself shows how far it is then.
            SummaryEvent::Progress { stage: Stage::Writing, done: 1.., .. } => {}
            SummaryEvent::Progress { .. } => self.write(|steps| {
                let count = steps.progress.as_ref().map_or(0, |progress| progress.count) + 1;
                steps.progress = Some(Progress { event: events::told(told), at: steps.all.len(), count });
            }),
            _ => self.push(events::told(told)),
        }
    }

    fn end(&self, outcome: Result<T, Problem>) {
        self.write(|steps| steps.end = Some(outcome));
    }
}

/// The computations under way. Clones share them.
#[derive(Clone)]
pub(super) struct Flights {
    open: Arc<Mutex<HashMap<Key, Weak<Flight<Outcome>>>>>,
    /// Counts those that were given up because nobody waited for them any more.
    given_up: Counter,
}

/// A computation under way. Its task ends with it.
struct Flight<T> {
    record: Arc<Record<T>>,
    task: AbortHandle,
    given_up: Counter,
}

/// One of those who wait for a computation.
pub(super) struct Reader<T> {
    flight: Arc<Flight<T>>,
    /// Events that were read, and the number of the last progress that was.
    read: usize,
    progress: u64,
    changed: watch::Receiver<()>,
}

impl Flights {
    pub(super) fn new(given_up: Counter) -> Self {
        Self { open: Arc::default(), given_up }
    }

    /// Joins the computation with this key if there is one under way, and else begins it. Without a key it is nobody else's.
    pub(super) fn join<F>(&self, key: Option<Key>, compute: impl FnOnce(Arc<Record<Outcome>>) -> F) -> Reader<Outcome>
    where
        F: Future<Output = Result<Outcome, Problem>> + Send + 'static,
    {
        let Some(key) = key else { return begin(&self.given_up, compute) };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let under_way = open.get(&key).and_then(Weak::upgrade).filter(|flight| flight.record.lock().end.is_none());
        if let Some(flight) = under_way {
            return Reader::new(flight);
        }
        open.retain(|_, flight| flight.strong_count() > 0);
        let reader = begin(&self.given_up, compute);
        open.insert(key, Arc::downgrade(&reader.flight));
        reader
    }
}

/// Begins a computation, and counts when it is given up.
pub(super) fn begin<T: Output, F>(given_up: &Counter, compute: impl FnOnce(Arc<Record<T>>) -> F) -> Reader<T>
where
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let steps = Mutex::new(Steps { all: Vec::new(), progress: None, end: None });
    let record = Arc::new(Record { steps, changed: watch::Sender::new(()) });
    let work = compute(record.clone());
    let end = End(record.clone());
    let task = tokio::spawn(async move { end.0.end(work.await) }.in_current_span()).abort_handle();
    Reader::new(Arc::new(Flight { record, task, given_up: given_up.clone() }))
}

/// A computation that panics ends in an error.
struct End<T>(Arc<Record<T>>);

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        self.0.end(Err(Problem::internal()));
    }
}

impl<T> Drop for Flight<T> {
    fn drop(&mut self) {
        if self.record.lock().end.is_none() {
            self.given_up.inc();
            self.task.abort();
        }
    }
}

impl<T: Output> Reader<T> {
    fn new(flight: Arc<Flight<T>>) -> Self {
        let changed = flight.record.changed.subscribe();
        Self { flight, read: 0, progress: 0, changed }
    }

    /// The next event, or the end.
    pub(super) async fn next(&mut self) -> Step<T> {
        loop {
            self.changed.mark_unchanged();
            if let Some(step) = self.look() {
                return step;
            }
            // The sender is in the flight.
            let _ = self.changed.changed().await;
        }
    }

    fn look(&mut self) -> Option<Step<T>> {
        let steps = self.flight.record.lock();
        if let Some(Progress { event, at, count }) = &steps.progress
            && (*at, true) == (self.read, *count > self.progress)
        {
            self.progress = *count;
            return Some(Step::Continue(event.clone()));
        }
        match steps.all.get(self.read) {
            Some(event) => {
                self.read += 1;
                Some(Step::Continue(event.clone()))
            }
            None => steps.end.clone().map(Step::Break),
        }
    }

    /// Waits for the end.
    pub(super) async fn outcome(&mut self) -> Result<T, Problem> {
        loop {
            if let Step::Break(outcome) = self.next().await {
                return outcome;
            }
        }
    }
}
