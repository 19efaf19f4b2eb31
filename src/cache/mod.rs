//! Answers that were given before: in memory, and in a file of the user's own that outlives the program.
//!
//! An answer is found by a hash of everything that decides it (`key`), so a key never means two answers and nothing has to
//! be invalidated. A cache may lose what it holds and may never be wrong or in the way: whatever goes wrong on disk is
//! logged, counts as a miss, and costs nobody an answer. The evidence in an answer quotes the article, so the file is
//! readable by its owner alone, and who wants no trace gives no [`AnswerCache`]. Not here: what decides an answer.

mod disk;
mod key;
mod memory;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;

use self::disk::Disk;
pub use self::key::Key;
use self::memory::Memory;
use crate::answer::{Answer, TimingsInfo};

/// How much is kept, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheSettings {
    /// Bytes of answers in memory, as JSON; 0 keeps none there.
    pub memory_bytes: usize,
    /// The file, when answers are to outlive the program.
    pub file: Option<PathBuf>,
    /// Bytes of answers in the file; the oldest go first.
    pub file_bytes: u64,
}

/// Answers that were given before. Clones share them.
#[derive(Clone)]
pub struct AnswerCache(Arc<Inner>);

struct Inner {
    memory: Mutex<Memory<Answer>>,
    disk: Option<Arc<Disk>>,
    /// One operation on the file at a time; the others wait without a thread each.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Writes that may be under way.
    writes: Mutex<Vec<JoinHandle<()>>>,
}

impl AnswerCache {
    /// A cache. Its file is made when the first answer is kept.
    pub fn new(settings: CacheSettings) -> Self {
        let disk = settings.file.map(|path| Arc::new(Disk::new(path, settings.file_bytes)));
        let memory = Mutex::new(Memory::new(settings.memory_bytes));
        Self(Arc::new(Inner { memory, disk, turn: Arc::default(), writes: Mutex::default() }))
    }

    /// The answer with this key, if it is in memory.
    pub fn recall(&self, key: &Key) -> Option<Answer> {
        let started = std::time::Instant::now();
        let kept = lock(&self.0.memory).get(key)?;
        Some(now(Answer::clone(&kept), started))
    }

    /// The answer with this key, if it is in memory or in the file.
    pub async fn find(&self, key: &Key) -> Option<Answer> {
        if let Some(answer) = self.recall(key) {
            return Some(answer);
        }
        let started = std::time::Instant::now();
        let (disk, wanted) = (self.0.disk.clone()?, *key);
        let turn = self.0.turn.clone().lock_owned().await;
        let found = tokio::task::spawn_blocking(move || {
            let found = disk.get(&wanted);
            drop(turn);
            found
        });
        let json = found.await.ok().flatten()?;
        // What an older version wrote may lack a field.
        let answer: Answer = serde_json::from_slice(&json).ok()?;
        lock(&self.0.memory).put(*key, Arc::new(answer.clone()), json.len());
        Some(now(answer, started))
    }

    /// Keeps an answer in memory alone.
    pub fn remember(&self, key: Key, answer: &Answer) {
        if let Ok(json) = serde_json::to_vec(answer) {
            lock(&self.0.memory).put(key, Arc::new(answer.clone()), json.len());
        }
    }

    /// Keeps an answer under a key, and in memory under `also` too. The file is written in the background.
    pub fn keep(&self, key: Key, also: Option<Key>, answer: &Answer) {
        let Ok(json) = serde_json::to_vec(answer) else { return };
        let kept = Arc::new(answer.clone());
        let mut memory = lock(&self.0.memory);
        for key in also.into_iter().chain([key]) {
            memory.put(key, kept.clone(), json.len());
        }
        drop(memory);
        let Some(disk) = self.0.disk.clone() else { return };
        let turn = self.0.turn.clone();
        let write = tokio::spawn(async move {
            let turn = turn.lock_owned().await;
            // A write that panics is a write that did not happen.
            let _ = tokio::task::spawn_blocking(move || {
                disk.put(&key, &json);
                drop(turn);
            })
            .await;
        });
        let mut writes = lock(&self.0.writes);
        writes.retain(|write| !write.is_finished());
        writes.push(write);
    }

    /// Bytes that the file takes now; none without one.
    pub fn file_bytes(&self) -> u64 {
        self.0.disk.as_ref().map_or(0, |disk| disk.bytes())
    }

    /// Waits until what was kept so far is in the file.
    pub async fn settle(&self) {
        let writes = std::mem::take(&mut *lock(&self.0.writes));
        for write in writes {
            let _ = write.await;
        }
    }
}

/// A panic elsewhere leaves no half of a change behind in what is locked here.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer as it is given now: it took no model, and no time but this.
fn now(answer: Answer, started: std::time::Instant) -> Answer {
    let total_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Answer { timings: TimingsInfo { total_ms, ..TimingsInfo::default() }, ..answer }
}
