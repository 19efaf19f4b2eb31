//! What the engine holds at the moment, for whoever watches it: metrics, and tests that look for leaks.
//!
//! The worker counts anew after each step and before it says that a job is done, so nothing is added up and nothing can
//! drift. Not here: what a single job cost, which is in its `Timings`.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What an engine holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Jobs that wait.
    pub waiting: usize,
    /// Answers that are being written.
    pub running: usize,
    /// Bytes of the caches of prompts and answers under way.
    pub cache_bytes: usize,
    /// Bytes of prompts that are kept for later.
    pub prefix_bytes: usize,
}

/// A usage that one thread sets and others read. The numbers are independent of each other, so no lock is needed.
#[derive(Debug, Default)]
pub(super) struct UsageCell {
    waiting: AtomicUsize,
    running: AtomicUsize,
    cache_bytes: AtomicUsize,
    prefix_bytes: AtomicUsize,
}

impl UsageCell {
    pub(super) fn set(&self, usage: Usage) {
        self.waiting.store(usage.waiting, Ordering::Release);
        self.running.store(usage.running, Ordering::Release);
        self.cache_bytes.store(usage.cache_bytes, Ordering::Release);
        self.prefix_bytes.store(usage.prefix_bytes, Ordering::Release);
    }

    pub(super) fn get(&self) -> Usage {
        Usage {
            waiting: self.waiting.load(Ordering::Acquire),
            running: self.running.load(Ordering::Acquire),
            cache_bytes: self.cache_bytes.load(Ordering::Acquire),
            prefix_bytes: self.prefix_bytes.load(Ordering::Acquire),
        }
    }
}
