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
}
