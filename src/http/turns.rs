//! Whose turn it is: a bounded number of requests at work, a bounded number that wait, and callers served in rotation.
//!
//! A caller who asks for a hundred articles waits for the hundred; another who asks for one then waits for one of them, and
//! not for all. A turn is given back when it is dropped; so is a place in the queue. Who could not be answered within the
//! deadline, as turns have taken lately, is refused at once and does not wait in vain. Not here: the engine's own queue, which
//! is first come, first served, and never longer than the requests at work.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

/// Who asks, as far as can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Caller {
    /// The owner of the key with this number.
    Key(u32),
    /// Whoever is behind this address.
    Address(IpAddr),
    /// Somebody inside this process.
    Unknown,
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

/// The turns of a gateway.
pub(super) struct Turns(Arc<Desk>);

struct Desk {
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
    /// How long turns have taken lately; none has ended yet otherwise.
    pace: Option<Pace>,
    next: u64,
    /// Those who wait, by caller; nobody's line is empty.
    lines: BTreeMap<Caller, VecDeque<(u64, oneshot::Sender<Turn>)>>,
    /// Callers with a line, the next first.
    rotation: VecDeque<Caller>,
}

/// A request at work.
pub(super) struct Turn {
    desk: Arc<Desk>,
    begun: Instant,
}

/// A place among those who wait.
pub(super) struct Place {
    desk: Arc<Desk>,
    caller: Caller,
    number: u64,
    turn: oneshot::Receiver<Turn>,
}

impl Turns {
    pub(super) fn new(running: usize, waiting: usize, deadline: Duration) -> Self {
        Self(Arc::new(Desk { running, waiting, deadline, state: Mutex::default() }))
    }

    /// A place, which may have its turn at once; or why there is none.
    pub(super) fn take(&self, caller: Caller) -> Result<Place, Full> {
        let mut state = self.0.lock();
        let at_once = state.running < self.0.running;
        if !at_once && let Some(full) = self.0.full(&state) {
            return Err(full);
        }
        let (sender, turn) = oneshot::channel();
        let number = state.next;
        state.next += 1;
        if at_once {
            state.running += 1;
            drop(state);
            // The receiver is still here.
            drop(sender.send(Turn::new(&self.0)));
        } else {
            state.waiting += 1;
            if !state.lines.contains_key(&caller) {
                state.rotation.push_back(caller);
            }
            state.lines.entry(caller).or_default().push_back((number, sender));
        }
        Ok(Place { desk: self.0.clone(), caller, number, turn })
    }

    /// Requests at work, and requests that wait.
    pub(super) fn count(&self) -> (usize, usize) {
        let state = self.0.lock();
        (state.running, state.waiting)
    }
}

impl Place {
    /// Waits for the turn.
    pub(super) async fn turn(mut self) -> Turn {
        (&mut self.turn).await.expect("a place is in the line until it has its turn or is dropped")
    }
}

impl Desk {
    /// A panic elsewhere leaves no half of a change behind in here.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why nobody more may wait, if so. Until a turn has ended, and tells how long they take, one waits for each at work.
    fn full(&self, state: &State) -> Option<Full> {
        let by_count = state.waiting >= self.waiting;
        let (again, late) = match state.pace {
            Some(pace) => {
                let of_turns = |count: usize| pace.mean.mul_f64(count as f64 / self.running.max(1) as f64);
                (of_turns(1), of_turns(state.waiting + 1) + pace.longest() > self.deadline)
            }
            None => (Duration::ZERO, state.waiting >= self.running),
        };
        (by_count || late).then_some(Full { waiting: state.waiting, by_count, again })
    }
}

impl State {
    /// The next of those who wait, one caller after the other.
    fn pop(&mut self) -> Option<oneshot::Sender<Turn>> {
        let caller = self.rotation.pop_front()?;
        let line = self.lines.get_mut(&caller)?;
        let (_, next) = line.pop_front()?;
        self.waiting -= 1;
        if line.is_empty() {
            self.lines.remove(&caller);
        } else {
            self.rotation.push_back(caller);
        }
        Some(next)
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

impl Turn {
    fn new(desk: &Arc<Desk>) -> Self {
        Self { desk: desk.clone(), begun: Instant::now() }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut state = self.desk.lock();
            state.pace = Some(Pace::after(state.pace, self.begun.elapsed()));
            let next = state.pop();
            if next.is_none() {
                state.running -= 1;
            }
            next
        };
        if let Some(next) = next {
            // Whoever left just now drops the turn, which gives it to the one behind.
            drop(next.send(Turn::new(&self.desk)));
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.desk.lock().leave(self.caller, self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    /// The turn of a place, if it has one.
    fn turn(place: Place) -> Option<Turn> {
        place.turn().now_or_never()
    }

    #[test]
    fn callers_are_served_in_rotation() {
        let turns = Turns::new(1, 8, LONG);
        drop(turn(turns.take(Caller::Unknown).unwrap()));
        let mut at_work = turn(turns.take(Caller::Key(0)).unwrap());
        let mut waiting: Vec<(u32, Place)> =
            [1, 1, 1, 2, 3, 2].map(|key| (key, turns.take(Caller::Key(key)).unwrap())).into();
        assert_eq!(turns.count(), (1, 6));
        let mut served = Vec::new();
        while !waiting.is_empty() {
            drop(at_work.take());
            let at = waiting.iter_mut().position(|(_, place)| !place.turn.is_empty()).unwrap();
            let (key, place) = waiting.remove(at);
            served.push(key);
            at_work = turn(place);
        }
        assert_eq!(served, [1, 2, 3, 1, 2, 1]);
        drop(at_work);
        assert_eq!(turns.count(), (0, 0));
    }

    #[test]
    fn until_a_turn_has_ended_one_waits_for_each_at_work() {
        let turns = Turns::new(2, 8, LONG);
        let mut places: Vec<Place> = (0..4).map(|_| turns.take(Caller::Unknown).unwrap()).collect();
        assert_eq!(turns.take(Caller::Unknown).err().map(|full| (full.waiting, full.by_count)), Some((2, false)));
        drop(turn(places.remove(0)).unwrap());
        assert!(turns.take(Caller::Unknown).is_ok(), "turns are short");
    }

    #[test]
    fn few_turns_exceed_the_pace() {
        let seconds = Duration::from_secs;
        let first = Pace::after(None, seconds(8));
        assert_eq!((first.mean, first.longest()), (seconds(8), seconds(24)));
        let second = Pace::after(Some(first), seconds(16));
        assert_eq!((second.mean, second.deviation), (seconds(9), seconds(5)));
        let steady = (0..100).fold(second, |pace, _| Pace::after(Some(pace), seconds(10)));
        assert!(steady.mean.abs_diff(seconds(10)) < seconds(1) && steady.longest() < seconds(11), "{steady:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_what_would_come_too_late() {
        let turns = Turns::new(2, 100, Duration::from_secs(11));
        for _ in 0..50 {
            let at_work = turn(turns.take(Caller::Unknown).unwrap());
            tokio::time::advance(Duration::from_secs(4)).await;
            drop(at_work);
        }
        let at_work = [turns.take(Caller::Unknown).unwrap(), turns.take(Caller::Unknown).unwrap()];
        let first = turns.take(Caller::Unknown).unwrap();
        let second = turns.take(Caller::Unknown).unwrap();
        let third = turns.take(Caller::Unknown).unwrap();
        let full = turns.take(Caller::Unknown).err().unwrap();
        assert_eq!((full.waiting, full.by_count, full.again.as_secs()), (3, false, 2));
        drop(third);
        assert!(turns.take(Caller::Unknown).is_ok(), "whoever leaves makes room");
        drop((at_work, first, second));
    }

    #[test]
    fn who_leaves_frees_the_place_and_the_turn() {
        let turns = Turns::new(1, 2, LONG);
        drop(turn(turns.take(Caller::Unknown).unwrap()));
        let first = turns.take(Caller::Unknown).unwrap();
        let (second, third) = (turns.take(Caller::Unknown).unwrap(), turns.take(Caller::Unknown).unwrap());
        assert_eq!(turns.take(Caller::Unknown).err().map(|full| (full.waiting, full.by_count)), Some((2, true)));
        drop(second);
        assert_eq!(turns.count(), (1, 1));
        drop(first);
        assert_eq!(turns.count(), (1, 0), "a turn that nobody took goes on to the next");
        drop(third);
        assert_eq!(turns.count(), (0, 0));
    }
}
