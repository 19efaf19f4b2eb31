//! Several servers as one: which is asked next, and which is left out until it answers again.
//!
//! The one with the fewest requests under way is asked, measured by how many it works on side by side. Health is told by use:
//! one that fails is out, and a task of its own asks it what it is until it says so. Not here: what is asked of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use super::error::{Fault, Problem, RemoteError};
use super::probe::probe;
use super::server::{Counted, Facts, Server};

/// Requests that a server works on side by side where it does not say.
const SLOTS: usize = 16;

/// How many questions' time a server has to say what it is when stislo starts.
const PROBE: u32 = 6;
/// Longest pause between two questions whether a server is back, in first pauses; and the longest that one may ask for.
const LONGEST_PAUSE: u32 = 30;
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Servers.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) servers: Vec<Arc<Server>>,
    /// Of servers that are as free as each other, each has its turn.
    turn: AtomicUsize,
    /// A request has ended, or a server is back.
    changed: Notify,
    /// Why a server was left out last.
    failed: Mutex<Option<RemoteError>>,
}

/// A server for one request, until it is dropped.
pub(super) struct Seat {
    pub(super) facts: Arc<Facts>,
    counted: Option<Counted>,
    pool: Arc<Pool>,
}

impl Seat {
    pub(super) fn server(&self) -> &Arc<Server> {
        &self.counted.as_ref().expect("it is there until the seat is dropped").0
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Counted down first, so that whoever is woken finds it free.
        self.counted = None;
        self.pool.changed.notify_waiters();
    }
}

impl Pool {
    /// # Errors
    /// When none of the servers can be reached, or one of those that can does not have the model.
    pub(super) async fn connect(servers: Vec<Server>) -> Result<Arc<Self>, RemoteError> {
        let servers = servers.into_iter().map(Arc::new).collect();
        let (turn, changed, failed) = (AtomicUsize::new(0), Notify::new(), Mutex::default());
        let pool = Arc::new(Self { servers, turn, changed, failed });
        let probes = pool.servers.iter().map(async |server| {
            // One that is wedged does not hold up the others.
            let patience = server.limits.probe * PROBE;
            tokio::time::timeout(patience, probe(server)).await.unwrap_or(Err(Problem::Silent(patience).into()))
        });
        let probes = futures_util::future::join_all(probes).await;
        for (server, probed) in pool.servers.iter().zip(probes) {
            match probed {
                Ok(facts) => tell(server, &facts),
                Err(fault @ Fault { problem: Problem::NoModel { .. } | Problem::Unauthorized(_), .. }) => {
                    return Err(error(server, fault.problem));
                }
                Err(fault) => pool.leave_out(server, &fault),
            }
        }
        match pool.is_up() {
            true => Ok(pool),
            false => Err(pool.last_error()),
        }
    }

    /// True while one of them answers.
    pub(super) fn is_up(&self) -> bool {
        self.servers.iter().any(|server| server.is_up())
    }

    /// Requests under way.
    pub(super) fn running(&self) -> usize {
        self.servers.iter().map(|server| server.outstanding()).sum()
    }

    /// Waits for a server that has room, that one where it has. `None` where no server is up and none comes back in time.
    pub(super) async fn seat(self: &Arc<Self>, wanted: Option<&Arc<Server>>) -> Result<Seat, RemoteError> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed.
            changed.as_mut().enable();
            if let Some(seat) = self.free(wanted) {
                return Ok(seat);
            }
            if self.is_up() {
                changed.await;
                continue;
            }
            let patience = self.servers.iter().map(|server| server.limits.outage).max().unwrap_or_default();
            if tokio::time::timeout(patience, self.back()).await.is_err() {
                return Err(self.last_error());
            }
        }
    }

    /// Ends when a server is up.
    async fn back(&self) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.is_up() {
                return;
            }
            changed.await;
        }
    }

    /// The server that is wanted, where it is up; else of those that are up and have room the one with the fewest requests.
    fn free(self: &Arc<Self>, wanted: Option<&Arc<Server>>) -> Option<Seat> {
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        let count = self.servers.len();
        let in_turn = (0..count).map(|at| &self.servers[(first + at) % count]);
        let room = |server: &Arc<Server>| {
            let facts = server.facts().filter(|_| server.is_up())?;
            let (used, all) = (server.outstanding(), facts.slots.unwrap_or(SLOTS));
            (used < all).then_some((facts, used * 1000 / all))
        };
        let free = in_turn.filter_map(|server| Some((server, room(server)?)));
        // What an answer was begun at has read its article.
        let wanted = wanted.and_then(|wanted| Some((wanted, room(wanted)?)));
        let best = wanted.or_else(|| free.min_by_key(|(_, (_, load))| *load));
        best.map(|(server, (facts, _))| Seat { facts, counted: Some(server.count()), pool: self.clone() })
    }

    /// A server failed. Where the fault is its own, it is left out until it says again what it is.
    pub(super) fn report(self: &Arc<Self>, server: &Arc<Server>, fault: &Fault) {
        if !fault.problem.is_of_request() {
            self.leave_out(server, fault);
        }
    }

    fn leave_out(self: &Arc<Self>, server: &Arc<Server>, fault: &Fault) {
        let error = error(server, fault.problem.clone());
        tracing::warn!(%error, "an inference server is left out until it answers");
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        if server.leave_out() {
            let pause = fault.wait.unwrap_or(server.limits.again).min(LONGEST_WAIT);
            tokio::spawn(returning(Arc::downgrade(self), server.clone(), pause));
        }
        self.changed.notify_waiters();
    }

    fn last_error(&self) -> RemoteError {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        failed.unwrap_or_else(|| RemoteError {
            server: self.servers.iter().map(|server| server.name.as_str()).collect::<Vec<_>>().join(", "),
            problem: Problem::Unreachable("none is known to answer".to_owned()),
        })
    }
}

pub(super) fn error(server: &Server, problem: Problem) -> RemoteError {
    RemoteError { server: server.name.clone(), problem }
}

/// Asks a server that failed what it is, until it says so or nobody is left who would want to know.
async fn returning(pool: Weak<Pool>, server: Arc<Server>, mut pause: Duration) {
    loop {
        tokio::time::sleep(pause).await;
        if pool.strong_count() == 0 {
            return;
        }
        match probe(&server).await {
            Ok(facts) if server.facts().is_none_or(|before| before.model == facts.model) => {
                tell(&server, &facts);
                break;
            }
            // Answers that are kept, and what is known of the model, are those of the one before.
            Ok(facts) => {
                tracing::error!(server = server.name, model = facts.model, "it has another model now, and is not used")
            }
            Err(_) => {}
        }
        pause = (pause * 2).clamp(server.limits.again, server.limits.again * LONGEST_PAUSE);
    }
    if let Some(pool) = pool.upgrade() {
        pool.changed.notify_waiters();
    }
}

/// Keeps what was found out, and says it.
fn tell(server: &Server, facts: &Facts) {
    let Facts { kind, model, context, slots, grammar, ranked, .. } = facts;
    let kind = kind.name();
    tracing::info!(
        server = server.name,
        kind,
        model,
        ?context,
        ?slots,
        ?grammar,
        ranked,
        "an inference server answers"
    );
    if !matches!(grammar, super::Grammar::Kept | super::Grammar::None) {
        tracing::warn!(
            server = server.name,
            ?grammar,
            "it is used without grammars; what it writes is held to the rules here"
        );
    }
    server.know(facts.clone());
}
