//! Bytes of a token become characters, one at a time: a token may end, and the next begin, in the middle of one.

/// Bytes of a character that is not whole yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Partial(Vec<u8>);

/// What a byte makes of those before it.
pub(super) enum Pushed {
    /// A character is whole.
    Whole(char),
    /// More bytes are needed.
    More,
    /// No character is written like this.
    Broken,
}

impl Partial {
    pub(super) fn push(&mut self, byte: u8) -> Pushed {
        self.0.push(byte);
        match std::str::from_utf8(&self.0).map(|text| text.chars().next()) {
            Ok(Some(c)) => {
                self.0.clear();
                Pushed::Whole(c)
            }
            Err(error) if error.error_len().is_none() => Pushed::More,
            Ok(None) | Err(_) => Pushed::Broken,
        }
    }

    /// True between characters.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True when the bytes are the beginning of this character.
    pub(super) fn begins(&self, c: char) -> bool {
        c.encode_utf8(&mut [0; 4]).as_bytes().starts_with(&self.0)
    }
}
