//! The threads that share one computation.
//!
//! A forward pass is some hundred short parallel parts, a few of them under 20 microseconds, so a worker spins a little
//! for the next part before it sleeps. A worker that the system has not woken in time is not waited for: the others take
//! its share. candle's own pool waits for everyone at each part, and was four times slower here while another process
//! held a core.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, Thread};

/// Rounds that a worker spins for the next part: some 20 to 50 microseconds.
const SPINS: usize = 1000;
/// Rounds after that in which it lets others have its core first, before it sleeps: about half a millisecond. To wake a
/// sleeping thread takes up to 50 microseconds, and a pass has hundreds of parts.
const YIELDS: usize = 1000;
/// In [`Shared::state`]: the part may still be joined.
const OPEN: usize = 1;
/// In [`Shared::state`]: one worker that has joined. The bits above count parts, so that a worker joins each once.
const JOINED: usize = 2;
const PART: usize = 1 << 16;

/// A fixed number of threads, the caller's among them. They end when the pool is dropped.
pub(in crate::engine::model) struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    /// Held by the caller whose part is under way.
    turn: Mutex<()>,
}

struct Shared {
    /// Number of the part, how many have joined it, and whether it is open.
    state: AtomicUsize,
    /// The part's work, valid while the part is open or somebody has joined it.
    work: AtomicPtr<&'static (dyn Fn() + Sync)>,
    /// Set when a worker's share panicked.
    panicked: AtomicBool,
    sleeping: AtomicUsize,
    closing: AtomicBool,
}

impl Pool {
    /// A pool of `threads` threads, of which the caller is one.
    pub(in crate::engine::model) fn new(threads: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: AtomicUsize::new(0),
            work: AtomicPtr::new(std::ptr::null_mut()),
            panicked: AtomicBool::new(false),
            sleeping: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
        });
        let start = |index: usize| {
            let shared = shared.clone();
            std::thread::Builder::new().name(format!("stislo-kernel-{index}")).spawn(move || shared.serve())
        };
        let workers = (1..threads).map(start).collect::<std::io::Result<_>>()?;
        Ok(Self { shared, workers, turn: Mutex::new(()) })
    }

    /// How many threads there are.
    pub(in crate::engine::model) fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Calls `task` once for each of `0..tasks`, on all threads, and returns when every call has returned. Tasks are
    /// handed out in stretches, so that neighbours stay on one thread. A task must not call this itself.
    pub(in crate::engine::model) fn run(&self, tasks: usize, task: impl Fn(usize) + Sync) {
        if tasks == 1 || self.workers.is_empty() {
            return (0..tasks).for_each(task);
        }
        // Half of each thread's share of what is left: long stretches first, whose memory is read in order, and short ones
        // last, so that nobody waits long for the others.
        let end = |start: usize| start + ((tasks - start) / (2 * self.threads())).max(1);
        let next = AtomicUsize::new(0);
        self.share(&|| {
            let take = |start| (start < tasks).then(|| end(start));
            while let Ok(start) = next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
                (start..end(start)).for_each(&task);
            }
        });
    }

    /// Calls `task` once for each item, as [`run`](Self::run) does.
    pub(in crate::engine::model) fn each<T: Send>(&self, items: &mut [T], task: impl Fn(&mut T) + Sync) {
        let first = Items(items.as_mut_ptr());
        // SAFETY: `run` hands out each index once, so no item is lent twice, and it returns before `items` is used again.
        self.run(items.len(), |index| task(unsafe { first.at(index) }));
    }

    /// Runs `work` on every thread that comes in time, this one among them.
    fn share(&self, work: &(dyn Fn() + Sync)) {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the reference is used by workers only between their joining and their leaving, and `finish` below
        // returns, on every path, only after all who joined have left and nobody can join any more.
        let mut erased: &'static (dyn Fn() + Sync) = unsafe { std::mem::transmute(work) };
        let shared = &*self.shared;
        shared.work.store(&mut erased, Ordering::Relaxed);
        shared.state.fetch_add(PART | OPEN, Ordering::SeqCst);
        if shared.sleeping.load(Ordering::SeqCst) > 0 {
            self.workers.iter().map(JoinHandle::thread).for_each(Thread::unpark);
        }
        let own = catch_unwind(AssertUnwindSafe(work));
        shared.finish();
        let theirs = shared.panicked.swap(false, Ordering::Relaxed);
        drop(turn);
        match own {
            Err(panic) => resume_unwind(panic),
            Ok(()) => assert!(!theirs, "a kernel's share of the work panicked on another thread"),
        }
    }
}

/// Items that tasks on several threads are given, each to one task.
struct Items<T>(*mut T);

// SAFETY: what goes from thread to thread is each item, once.
unsafe impl<T: Send> Sync for Items<T> {}

impl<T> Items<T> {
    /// # Safety
    /// `index` is within the items, and nobody else has it.
    #[expect(clippy::mut_from_ref, reason = "see above: each item is lent once")]
    unsafe fn at(&self, index: usize) -> &mut T {
        // SAFETY: the caller's promise.
        unsafe { &mut *self.0.add(index) }
    }
}

impl Shared {
    /// Closes the part and waits for those who joined it.
    fn finish(&self) {
        self.state.fetch_and(!OPEN, Ordering::AcqRel);
        let mut rounds = 0;
        while !self.state.load(Ordering::Acquire).is_multiple_of(PART) {
            rounds += 1;
            if rounds % SPINS == 0 { std::thread::yield_now() } else { std::hint::spin_loop() }
        }
    }

    /// A worker's life.
    fn serve(&self) {
        let mut done = 0;
        while !self.closing.load(Ordering::Acquire) {
            let Some(state) = self.await_part(done) else { continue };
            let joined = self.state.compare_exchange(state, state + JOINED, Ordering::AcqRel, Ordering::Relaxed);
            if joined.is_err() {
                continue;
            }
            done = state / PART;
            // SAFETY: the part was open when this thread joined it, so its owner waits for the subtraction below.
            let work = unsafe { *self.work.load(Ordering::Relaxed) };
            if catch_unwind(AssertUnwindSafe(work)).is_err() {
                self.panicked.store(true, Ordering::Relaxed);
            }
            self.state.fetch_sub(JOINED, Ordering::AcqRel);
        }
    }

    /// Spins, then sleeps, until a part is open that is not number `done`. `None` after any waking.
    fn await_part(&self, done: usize) -> Option<usize> {
        let fresh = || {
            let state = self.state.load(Ordering::SeqCst);
            (state & OPEN != 0 && state / PART != done).then_some(state)
        };
        for round in 0..SPINS + YIELDS {
            if let Some(state) = fresh() {
                return Some(state);
            }
            if round < SPINS { std::hint::spin_loop() } else { std::thread::yield_now() }
        }
        self.sleeping.fetch_add(1, Ordering::SeqCst);
        // Looked at again after the announcement, so that a part opened in between is not slept through.
        let state = fresh();
        if state.is_none() && !self.closing.load(Ordering::SeqCst) {
            std::thread::park();
        }
        self.sleeping.fetch_sub(1, Ordering::SeqCst);
        state
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        for worker in self.workers.drain(..) {
            worker.thread().unpark();
            // A worker catches the panics of its work, so joining cannot fail.
            drop(worker.join());
        }
    }
}
