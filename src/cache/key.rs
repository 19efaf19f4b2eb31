//! What an answer is found by: a SHA-256 of everything that decides it.
//!
//! Content-addressed, so that stores can be shared, thrown away and merged. Whoever asks says what decides: see
//! `service::Recipe`.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// The hash of what decides an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of whatever this value says, by its JSON. A tuple of everything that decides is the usual value.
    pub fn of(value: &impl Serialize) -> Self {
        let json = serde_json::to_vec(value).expect("what decides an answer is plain data");
        Self(Sha256::digest(json).into())
    }

    /// The same among the answers of this owner alone.
    pub fn within(&self, owner: u64) -> Self {
        Self::of(&("within", owner, &self.0))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn what_differs_has_another_key() {
        assert_eq!(Key::of(&("a", 1)), Key::of(&("a", 1)));
        assert_ne!(Key::of(&("a", "bc")), Key::of(&("ab", "c")));
        assert_ne!(Key::of(&(Some(1), ())), Key::of(&((), Some(1))));
    }

    #[test]
    fn each_owner_has_keys_of_its_own() {
        let key = Key::of(&"a");
        assert_eq!(key.within(7), key.within(7));
        assert!(key.within(7) != key.within(8) && key.within(7) != key && key.within(7) != Key::of(&"b").within(7));
    }
}
