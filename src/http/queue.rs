//! Whose turn it is: a bounded number of requests at work, a bounded number that wait, and callers served in rotation.
//!
//! A request takes its turn before it costs anything, and keeps it until its last piece of work has ended. Each kind of work
//! has a lane of its own, each with all of these numbers, so that what takes a minute does not hold up what takes a second.
//!
//! A caller who asks for a hundred articles waits for the hundred; another who asks for one then waits for one of them, and
//! not for all. One alone may have every turn and every place in the queue. Who has none at work gets a turn all the same,
//! up to half as many more, and while there are others nobody begins more than an equal share; who has less than his share
//! waiting gets a place, up to twice as many. A turn is given back when it is dropped; so is a place in the queue. Who could not be answered within the deadline, as turns have taken lately, is
//! refused at once and does not wait in vain. Not here: the engine's own queue, whose jobs are parts of requests at work.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::keys::KeyId;
use super::options::Options;

/// Who asks, as far as can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Caller {
    /// The owner of a key.
    Key(KeyId),
    /// Whoever is behind this address.
    Address(IpAddr),
    /// Somebody inside this process.
    Unknown,
}

impl Caller {
    /// The caller behind an address. Of IPv6 everybody has a whole network of them (RFC 6177), which is one caller.
    pub(super) fn at(address: IpAddr) -> Self {
        const NETWORK: u128 = !0 << 64;
        match address.to_canonical() {
            IpAddr::V6(address) => Self::Address(Ipv6Addr::from(u128::from(address) & NETWORK).into()),
            address => Self::Address(address),
        }
    }

    /// The caller's flow in the engine. That two have the same by accident does no harm.
    pub(super) fn flow(self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

/// How long turns take: smoothed, and how much they differ, as TCP measures its round trips (RFC 6298, section 2).
#[derive(Debug, Clone, Copy)]
struct Pace {
    mean: Duration,
    deviation: Duration,
}

impl Pace {
    /// The pace after one turn more.
    fn after(pace: Option<Self>, took: Duration) -> Self {
        let Some(Self { mean, deviation }) = pace else { return Self { mean: took, deviation: took / 2 } };
        Self { mean: (mean * 7 + took) / 8, deviation: (deviation * 3 + mean.abs_diff(took)) / 4 }
    }

    /// What few turns exceed.
    fn longest(self) -> Duration {
        self.mean + self.deviation * 4
    }
}

/// The turns of a gateway, by kind of work.
pub(super) struct Queues {
    pub(super) summaries: Queue,
    pub(super) translations: Queue,
    /// Checks that the model judges.
    pub(super) judgements: Queue,
    /// What needs no model: extracts, and checks by everything else.
    pub(super) readings: Queue,
}

impl Queues {
    pub(super) fn new(options: &Options) -> Self {
        let (limits, deadline) = (options.limits, options.times.deadline);
        let lane = || Queue::new(limits.concurrency, limits.queue, deadline);
        Self { summaries: lane(), translations: lane(), judgements: lane(), readings: lane() }
    }

    /// Requests at work, and requests that wait.
    pub(super) fn count(&self) -> (usize, usize) {
        let lanes = [&self.summaries, &self.translations, &self.judgements, &self.readings].map(Queue::count);
        lanes.into_iter().fold((0, 0), |all, lane| (all.0 + lane.0, all.1 + lane.1))
    }
}

/// The turns of one kind of work.
pub(super) struct Queue(Arc<Shared>);

struct Shared {
    /// Requests at work, at most.
    running: usize,
    /// Requests that wait, at most.
    waiting: usize,
    /// Nobody waits longer than this, the own turn included.
    deadline: Duration,
    state: Mutex<State>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full {
    /// Requests that wait.
    pub(super) waiting: usize,
    /// True when as many wait as may; else this one would not be answered before the deadline.
    pub(super) by_count: bool,
    /// How long it takes about until a place is free.
    pub(super) again: Duration,
}

#[derive(Default)]
struct State {
    running: usize,
    waiting: usize,
    /// Requests at work, by caller; nobody has none.
    at_work: BTreeMap<Caller, usize>,
    /// How long turns have taken lately; none has ended yet otherwise.
    pace: Option<Pace>,
    next: u64,
    /// Those who wait, by caller; nobody's line is empty.
    lines: BTreeMap<Caller, VecDeque<(u64, oneshot::Sender<Permit>)>>,
    /// Callers with a line, the next first.
    rotation: VecDeque<Caller>,
}

/// A request at work.
pub(super) struct Permit {
    shared: Arc<Shared>,
    caller: Caller,
    begun: Instant,
    /// It ended as it should, so that others may be told by it how long turns take.
    is_finished: AtomicBool,
}

/// A place among those who wait.
pub(super) struct QueueSlot {
    shared: Arc<Shared>,
    caller: Caller,
    number: u64,
    turn: oneshot::Receiver<Permit>,
}

impl Queue {
    fn new(running: usize, waiting: usize, deadline: Duration) -> Self {
        Self(Arc::new(Shared { running, waiting, deadline, state: Mutex::default() }))
    }

    /// A place, which may have its turn at once; or why there is none.
    pub(super) fn take(&self, caller: Caller) -> Result<QueueSlot, Full> {
        let mut state = self.0.lock();
        let at_once = self.0.may_begin(&state, caller, state.callers(Some(caller)));
        if !at_once && let Some(full) = self.0.full(&state, caller) {
            return Err(full);
        }
        let (sender, turn) = oneshot::channel();
        let number = state.next;
        state.next += 1;
        if at_once {
            state.begin(caller);
            drop(state);
            // The receiver is still here.
            drop(sender.send(Permit::new(&self.0, caller)));
        } else {
            state.waiting += 1;
            if !state.lines.contains_key(&caller) {
                state.rotation.push_back(caller);
            }
            state.lines.entry(caller).or_default().push_back((number, sender));
        }
        Ok(QueueSlot { shared: self.0.clone(), caller, number, turn })
    }

    /// Requests at work, and requests that wait.
    fn count(&self) -> (usize, usize) {
        let state = self.0.lock();
        (state.running, state.waiting)
    }
}

impl QueueSlot {
    /// True when the turn has come already.
    pub(super) fn has_turn(&self) -> bool {
        !self.turn.is_empty()
    }

    /// Waits for the turn.
    pub(super) async fn turn(mut self) -> Permit {
        (&mut self.turn).await.expect("a place is in the line until it has its turn or is dropped")
    }
}

impl Shared {
    /// A panic elsewhere leaves no half of a change behind in here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True when this caller, one of so many, may have one more at work. Who has none may have one beside the usual number;
    /// who has an equal share gets no more while there are others.
    fn may_begin(&self, state: &State, caller: Caller, callers: usize) -> bool {
        match state.at_work.get(&caller) {
            None => state.running < self.running + self.running / 2,
            Some(&own) => state.running < self.running && own < self.running.div_ceil(callers.max(1)),
        }
    }

    /// Why this caller may not wait, if so. Until a turn has ended, and tells how long they take, one waits for each at work.
    fn full(&self, state: &State, caller: Caller) -> Option<Full> {
        let own = state.lines.get(&caller).map_or(0, VecDeque::len);
        let callers = state.lines.len() + usize::from(own == 0);
        let has_share = own >= self.waiting.div_ceil(callers + 1);
        let by_count = state.waiting >= if has_share { self.waiting } else { self.waiting.saturating_mul(2) };
        let before = state.before(caller);
        let (again, late) = match state.pace {
            Some(pace) => {
                let of_turns = |count: usize| pace.mean.mul_f64(count as f64 / self.running.max(1) as f64);
                (of_turns(1), of_turns(before + 1) + pace.longest() > self.deadline)
            }
            None => (Duration::ZERO, before >= self.running),
        };
        (by_count || late).then_some(Full { waiting: state.waiting, by_count, again })
    }

    /// Gives the turns that are free to those who wait, one caller after the other.
    fn advance(self: &Arc<Self>, state: &mut State) -> Vec<(oneshot::Sender<Permit>, Permit)> {
        let mut begun = Vec::new();
        loop {
            let callers = state.callers(None);
            let next = state.rotation.iter().position(|&caller| self.may_begin(state, caller, callers));
            let Some((caller, sender)) = next.and_then(|at| state.pop(at)) else { return begun };
            state.begin(caller);
            begun.push((sender, Permit::new(self, caller)));
        }
    }
}

impl State {
    fn begin(&mut self, caller: Caller) {
        self.running += 1;
        *self.at_work.entry(caller).or_default() += 1;
    }

    fn end(&mut self, caller: Caller) {
        self.running -= 1;
        if let Some(own) = self.at_work.get_mut(&caller) {
            *own -= 1;
            if *own == 0 {
                self.at_work.remove(&caller);
            }
        }
    }

    /// Those who are at work or wait, and this one.
    fn callers(&self, with: Option<Caller>) -> usize {
        let waiting = self.lines.keys().copied().chain(with.filter(|caller| !self.lines.contains_key(caller)));
        self.at_work.len() + waiting.filter(|caller| !self.at_work.contains_key(caller)).count()
    }

    /// How many are served before one more of this caller's: his own, and of each other's as many and one.
    fn before(&self, caller: Caller) -> usize {
        let own = self.lines.get(&caller).map_or(0, VecDeque::len);
        let others = self.lines.iter().filter(|(other, _)| **other != caller);
        own + others.map(|(_, line)| line.len().min(own + 1)).sum::<usize>()
    }

    /// The next of the caller at this place in the rotation, who then goes to its end.
    fn pop(&mut self, at: usize) -> Option<(Caller, oneshot::Sender<Permit>)> {
        let caller = self.rotation.remove(at)?;
        let line = self.lines.get_mut(&caller)?;
        let (_, next) = line.pop_front()?;
        self.waiting -= 1;
        if line.is_empty() {
            self.lines.remove(&caller);
        } else {
            self.rotation.push_back(caller);
        }
        Some((caller, next))
    }

    fn leave(&mut self, caller: Caller, number: u64) {
        let Some(line) = self.lines.get_mut(&caller) else { return };
        let before = line.len();
        line.retain(|(other, _)| *other != number);
        self.waiting -= before - line.len();
        if line.is_empty() {
            self.lines.remove(&caller);
            self.rotation.retain(|other| *other != caller);
        }
    }
}

impl Permit {
    fn new(shared: &Arc<Shared>, caller: Caller) -> Self {
        Self { shared: shared.clone(), caller, begun: Instant::now(), is_finished: AtomicBool::new(false) }
    }

    /// Says that the request was answered. A turn that is dropped without was broken off or refused, and tells nothing of
    /// how long turns take.
    pub(super) fn finish(&self) {
        self.is_finished.store(true, Ordering::Relaxed);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let begun = {
            let mut state = self.shared.lock();
            if *self.is_finished.get_mut() {
                state.pace = Some(Pace::after(state.pace, self.begun.elapsed()));
            }
            state.end(self.caller);
            self.shared.advance(&mut state)
        };
        for (sender, turn) in begun {
            // Whoever left just now drops the turn, which gives it to the one behind.
            drop(sender.send(turn));
        }
    }
}

impl Drop for QueueSlot {
    fn drop(&mut self) {
        self.shared.lock().leave(self.caller, self.number);
    }
}

#[cfg(test)]
#[path = "queue_cases.rs"]
mod cases;
