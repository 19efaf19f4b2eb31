//! The answers in memory: the least recently used go when their bytes pass the bound.

use std::sync::Arc;

use lru::LruCache;

use super::Key;

/// Answers by key, each with its bytes as JSON, which stand for what it takes in memory.
pub(super) struct Memory<T> {
    answers: LruCache<Key, (Arc<T>, usize)>,
    bytes: usize,
    limit: usize,
}

impl<T> Memory<T> {
    pub(super) fn new(limit: usize) -> Self {
        Self { answers: LruCache::unbounded(), bytes: 0, limit }
    }

    pub(super) fn get(&mut self, key: &Key) -> Option<Arc<T>> {
        self.answers.get(key).map(|(answer, _)| answer.clone())
    }

    /// Keeps an answer, unless it alone passes the bound.
    pub(super) fn put(&mut self, key: Key, answer: Arc<T>, bytes: usize) {
        if bytes > self.limit {
            return;
        }
        self.bytes += bytes;
        if let Some((_, before)) = self.answers.put(key, (answer, bytes)) {
            self.bytes -= before;
        }
        while self.bytes > self.limit {
            let Some((_, (_, oldest))) = self.answers.pop_lru() else { return };
            self.bytes -= oldest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_bounded_and_the_least_used_goes() {
        let mut memory = Memory::new(100);
        let answer = || Arc::new("an answer");
        let key = |n: u32| Key::of(&n);
        memory.put(key(1), answer(), 40);
        memory.put(key(2), answer(), 40);
        assert!(memory.get(&key(1)).is_some());
        memory.put(key(3), answer(), 40);
        let kept: Vec<bool> = [1, 2, 3].map(|n| memory.get(&key(n)).is_some()).into();
        assert_eq!((kept.as_slice(), memory.bytes), (&[true, false, true][..], 80));
        memory.put(key(3), answer(), 60);
        assert_eq!(memory.bytes, 100, "an answer that is put again counts once");
        memory.put(key(4), answer(), 101);
        assert!(memory.get(&key(4)).is_none() && memory.get(&key(3)).is_some(), "one too large empties nothing");
    }
}
