//! A network as a translator, on a thread of its own that loads it, works off batches, and ends with the last handle.
//!
//! Networks are not made to be shared or interrupted, so each is behind a bounded channel and gets its sentences in short
//! batches; between two of them it looks whether anybody still waits. A panic in a network ends as an error and not as a
//! crash. Not here: the networks (`student`, `marian`).

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::{mpsc, oneshot};

use super::{Batch, Direction, Output, Pending, TranslateError, Translator};
use crate::hub::TranslatorManifest;
use crate::language::UnknownLanguage;

/// Batches that may wait for a network. Who finds the channel full waits his turn.
const WAITING: usize = 4;

/// A network that is loaded.
pub(super) trait Network {
    /// Translates the sentences of a batch; one output each, in order. A network that takes long asks `is_wanted` now and
    /// then, and fails when nobody waits any more.
    fn translate(&self, batch: &Batch, is_wanted: &dyn Fn() -> bool) -> Result<Vec<Output>, TranslateError>;
}

/// A handle on a network's thread.
pub struct NetworkTranslator {
    name: String,
    /// Directions and their stated quality.
    ways: Vec<(Direction, f32)>,
    /// Bounded by [`WAITING`]; the thread loads the network with the first message.
    requests: mpsc::Sender<Request>,
}

struct Request {
    batch: Batch,
    answer: oneshot::Sender<Result<Vec<Output>, TranslateError>>,
}

impl NetworkTranslator {
    /// Starts a thread for all directions of a manifest; `load` runs on it when a batch is there, again and again until it
    /// succeeds.
    ///
    /// # Errors
    /// When the manifest names a language that is not one of ours, or no thread can be started.
    pub(super) fn start<N: Network>(
        manifest: &TranslatorManifest,
        load: impl Fn() -> Result<N, TranslateError> + Send + 'static,
    ) -> Result<Self, TranslateError> {
        let name = manifest.name.clone();
        let ways = manifest.ways.iter().map(|way| {
            let direction = Direction { from: way.from.parse()?, to: way.to.parse()? };
            Ok((direction, way.chrf))
        });
        let ways = ways.collect::<Result<_, UnknownLanguage>>().map_err(|error| broken(&name, error))?;
        let (requests, inbox) = mpsc::channel(WAITING);
        let own = name.clone();
        let thread = std::thread::Builder::new().name(format!("stislo-{name}"));
        thread.spawn(move || serve(&own, &load, inbox)).map_err(|error| broken(&name, error))?;
        Ok(Self { name, ways, requests })
    }
}

impl Translator for NetworkTranslator {
    fn name(&self) -> &str {
        &self.name
    }

    fn quality(&self, direction: Direction) -> Option<f32> {
        self.ways.iter().find(|way| way.0 == direction).map(|way| way.1)
    }

    fn translate(&self, batch: Batch) -> Pending<'_> {
        Box::pin(async move {
            let gone = || broken(&self.name, "its thread has ended");
            let (answer, waiting) = oneshot::channel();
            self.requests.send(Request { batch, answer }).await.map_err(|_| gone())?;
            waiting.await.map_err(|_| gone())?
        })
    }
}

/// The life of the thread: batches until the last handle is gone.
fn serve<N: Network>(name: &str, load: &dyn Fn() -> Result<N, TranslateError>, mut inbox: mpsc::Receiver<Request>) {
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
