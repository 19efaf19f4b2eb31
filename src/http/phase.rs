//! Where a gateway is in its life, and how much is under way: what `/ready` says and what a stop waits for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::watch;

use super::problem::Problem;

/// When to look again.
const AGAIN: Duration = Duration::from_secs(5);

/// Where a gateway is in its life. It only goes forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// The model is not there yet.
    Loading,
    /// Requests are answered.
    Ready,
    /// A stop was asked for: what is under way is finished, and nothing is begun.
    Draining,
    /// The time for that is over.
    Stopped,
}

/// The phase, and the requests under way.
#[derive(Clone)]
pub(super) struct Life {
    phase: Arc<watch::Sender<Phase>>,
    working: Arc<watch::Sender<usize>>,
    /// What is being done before it is ready.
    preparing: Arc<Mutex<String>>,
}

/// One request under way, until it is dropped.
pub(super) struct Working(Arc<watch::Sender<usize>>);

impl Life {
    pub(super) fn new() -> Self {
        Self {
            phase: Arc::new(watch::Sender::new(Phase::Loading)),
            working: Arc::new(watch::Sender::new(0)),
            preparing: Arc::new(Mutex::new("the model is being loaded".to_owned())),
        }
    }

    /// Says what is being done before it is ready.
    pub(super) fn prepare(&self, what: &str) {
        what.clone_into(&mut self.preparing.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.phase.send_if_modified(|now| {
            let forward = phase > *now;
            *now = phase.max(*now);
            forward
        });
    }

    /// Begins a request, unless it is too early or too late.
    pub(super) fn begin(&self) -> Result<Working, Problem> {
        // Counted before the phase is looked at, so that a stop in between waits for it.
        self.working.send_modify(|working| *working += 1);
        let working = Working(self.working.clone());
        match self.phase() {
            Phase::Ready => Ok(working),
            _ => Err(self.unready()),
        }
    }

    /// What a caller hears while the gateway is not ready.
    pub(super) fn unready(&self) -> Problem {
        let (code, detail) = match self.phase() {
            Phase::Loading | Phase::Ready => {
                let what = self.preparing.lock().unwrap_or_else(PoisonError::into_inner);
                ("loading", format!("{what}; ask again in a moment"))
            }
            Phase::Draining | Phase::Stopped => {
                ("draining", "the gateway is being stopped; ask again when it is back".to_owned())
            }
        };
        Problem::plain(StatusCode::SERVICE_UNAVAILABLE, code, detail).after(AGAIN)
    }

    /// Ends when the gateway stops waiting for what is under way.
    pub(super) async fn stopped(&self) -> Problem {
        // The sender is in `self`, so the channel is open.
        let _ = self.phase.subscribe().wait_for(|&phase| phase == Phase::Stopped).await;
        self.unready()
    }

    /// Ends when the model is there.
    pub(super) async fn opened(&self) {
        let _ = self.phase.subscribe().wait_for(|&phase| phase != Phase::Loading).await;
    }

    /// Requests under way.
    pub(super) fn working(&self) -> usize {
        *self.working.borrow()
    }

    /// Ends when nothing is under way.
    pub(super) async fn idle(&self) {
        let _ = self.working.subscribe().wait_for(|&working| working == 0).await;
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.send_modify(|working| *working -= 1);
    }
}
