//! A thread for one network: it loads it, works off batches, and ends with the last handle.
//!
//! Networks are not made to be shared or interrupted, so each sits on a thread of its own behind a bounded channel, and gets
//! its sentences in short batches; between two of them it looks whether anybody still waits. A panic in a network ends
//! as an error and not as a crash.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::{mpsc, oneshot};

use super::{Batch, Output, TranslateError};

/// Batches that may wait for a network. Who finds the channel full waits his turn.
const WAITING: usize = 4;

/// A network that is loaded.
pub(super) trait Network {
    /// Translates the sentences of a batch; one output each, in order. A network that takes long asks `is_wanted` now and
    /// then, and fails when nobody waits any more.
    fn translate(&self, batch: &Batch, is_wanted: &dyn Fn() -> bool) -> Result<Vec<Output>, TranslateError>;
}

/// A handle on a network's thread.
pub(super) struct Seat {
    name: String,
    /// Bounded by [`WAITING`]; the thread loads the network with the first message.
    requests: mpsc::Sender<Request>,
}

struct Request {
    batch: Batch,
    answer: oneshot::Sender<Result<Vec<Output>, TranslateError>>,
}

impl Seat {
    /// Starts a thread; `load` runs on it when a batch is there, again and again until it succeeds.
    pub(super) fn start<F>(name: &str, load: F) -> Result<Self, TranslateError>
    where
        F: Fn() -> Result<Box<dyn Network>, TranslateError> + Send + 'static,
    {
        let (requests, inbox) = mpsc::channel(WAITING);
        let own = name.to_owned();
        let thread = std::thread::Builder::new().name(format!("stislo-{name}"));
        thread.spawn(move || serve(&own, &load, inbox)).map_err(|error| broken(name, error))?;
        Ok(Self { name: name.to_owned(), requests })
    }

    /// What the network is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Translates a batch. Dropping the future takes it back.
    pub(super) async fn translate(&self, batch: Batch) -> Result<Vec<Output>, TranslateError> {
        let gone = || broken(&self.name, "its thread has ended");
        let (answer, waiting) = oneshot::channel();
        self.requests.send(Request { batch, answer }).await.map_err(|_| gone())?;
        waiting.await.map_err(|_| gone())?
    }
}

type Load = dyn Fn() -> Result<Box<dyn Network>, TranslateError>;

/// The life of the thread: batches until the last handle is gone.
fn serve(name: &str, load: &Load, mut inbox: mpsc::Receiver<Request>) {
    let mut network = None;
    while let Some(Request { batch, answer }) = inbox.blocking_recv() {
        if answer.is_closed() {
            continue;
        }
        let outcome = match network.take().map_or_else(|| guarded(name, load).and_then(|loaded| loaded), Ok) {
            Ok(loaded) => {
                let outcome =
                    guarded(name, || loaded.translate(&batch, &|| !answer.is_closed())).and_then(|outputs| outputs);
                network = Some(loaded);
                outcome
            }
            Err(error) => Err(error),
        };
        // Who asked may have left in the meantime.
        drop(answer.send(outcome));
    }
}

/// Turns a panic into an error. A network holds no state between sentences that could be left half made.
fn guarded<T>(name: &str, work: impl FnOnce() -> T) -> Result<T, TranslateError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        broken(name, format!("its network stopped: {said}"))
    })
}

/// The error of a network that does not work.
pub(super) fn broken(name: &str, reason: impl std::fmt::Display) -> TranslateError {
    TranslateError::Broken { name: name.to_owned(), reason: reason.to_string() }
}
