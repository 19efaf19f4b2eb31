//! Prompts that were read before, kept for the next job that begins with the same tokens.
//!
//! The same article asked for in another language costs no second reading, and an article that shares a long start with
//! one that is kept goes on from there. What is reused ends on a border of a reading chunk, so that whatever is read
//! after it is read in the same chunks as without it: an answer does not depend on what is kept here. Least recently used
//! goes first (a handful of entries, so a list is enough). Not here: who has to make room for whom.

use std::rc::Rc;

use super::model::KvCache;

/// The shared part of a prompt, read to its end.
pub(super) struct Prefix {
    pub(super) tokens: Vec<u32>,
    pub(super) cache: KvCache,
}

impl Prefix {
    /// A cache of one's own that holds the first `length` tokens.
    pub(super) fn fork(&self, length: usize) -> KvCache {
        let mut cache = self.cache.fork();
        cache.truncate(self.cache.len() - (self.tokens.len() - length));
        cache
    }
}

/// What is kept.
pub(super) struct Prefixes {
    /// Most bytes.
    limit: usize,
    /// Reused parts are multiples of this.
    chunk: usize,
    /// The least recently used first.
    kept: Vec<Rc<Prefix>>,
}

impl Prefixes {
    pub(super) fn new(limit: usize, chunk: usize) -> Self {
        Self { limit, chunk, kept: Vec::new() }
    }

    /// The kept prefix that serves these tokens best, and how many of them it serves.
    pub(super) fn find(&mut self, tokens: &[u32]) -> Option<(Rc<Prefix>, usize)> {
        let served = |prefix: &Prefix| match prefix.tokens == tokens {
            true => tokens.len(),
            false => common(&prefix.tokens, tokens) / self.chunk * self.chunk,
        };
        let (at, length) =
            self.kept.iter().map(|prefix| served(prefix)).enumerate().max_by_key(|&(_, length)| length)?;
        if length == 0 {
            return None;
        }
        let prefix = self.kept.remove(at);
        self.kept.push(prefix.clone());
        Some((prefix, length))
    }

    /// Keeps a prefix, and drops the least recently used ones that there is no memory for. One that is too large for all
    /// of the memory is not kept.
    pub(super) fn keep(&mut self, prefix: Rc<Prefix>) {
        if KvCache::bytes_of([&prefix.cache]).max(1) > self.limit {
            return;
        }
        self.kept.push(prefix);
        while self.bytes() > self.limit {
            self.drop_oldest();
        }
    }

    /// Gives the memory of the least recently used one back. False when nothing is kept.
    pub(super) fn drop_oldest(&mut self) -> bool {
        let any = !self.kept.is_empty();
        self.kept.drain(..usize::from(any));
        any
    }

    pub(super) fn bytes(&self) -> usize {
        KvCache::bytes_of(self.caches())
    }

    pub(super) fn caches(&self) -> impl Iterator<Item = &KvCache> {
        self.kept.iter().map(|prefix| &prefix.cache)
    }

    pub(super) fn tokens(&self) -> usize {
        self.kept.iter().map(|prefix| prefix.tokens.len()).sum()
    }
}

/// How many tokens two texts begin with in common.
fn common(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    fn prefix(tokens: std::ops::Range<u32>) -> Rc<Prefix> {
        let tokens: Vec<u32> = tokens.collect();
        let mut cache = KvCache::new(1, 1, 2, &Device::Cpu).unwrap();
        cache.advance(tokens.len());
        Rc::new(Prefix { tokens, cache })
    }

    #[test]
    fn the_longest_common_start_is_cut_to_a_chunk() {
        let mut kept = Prefixes::new(usize::MAX, 4);
        kept.keep(prefix(0..10));
        kept.keep(prefix(0..6));
        let mut served = |tokens: &[u32]| kept.find(tokens).map(|(_, length)| length);
        assert_eq!(served(&(0..10).collect::<Vec<_>>()), Some(10), "the whole of it needs no border");
        assert_eq!(served(&(0..6).collect::<Vec<_>>()), Some(6));
        assert_eq!(served(&(0..20).collect::<Vec<_>>()), Some(8));
        assert_eq!(served(&(0..9).collect::<Vec<_>>()), Some(8));
        assert_eq!(served(&[0, 1, 2, 3, 4, 99]), Some(4));
        assert_eq!(served(&[0, 1, 2, 99, 4, 5]), None, "less than a chunk");
        assert_eq!(served(&[]), None);
    }

    #[test]
    fn what_was_not_used_for_longest_makes_way() {
        let mut kept = Prefixes::new(usize::MAX, 4);
        for start in [0, 100, 200] {
            kept.keep(prefix(start..start + 8));
        }
        assert!(kept.find(&(0..8).collect::<Vec<_>>()).is_some());
        assert_eq!(kept.tokens(), 24);
        assert!(kept.drop_oldest());
        assert!(kept.find(&(100..108).collect::<Vec<_>>()).is_none(), "the first was used since");
        assert!(kept.drop_oldest() && kept.drop_oldest() && !kept.drop_oldest());
    }
}
