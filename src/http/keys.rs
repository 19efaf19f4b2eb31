//! Who may ask: API keys, kept as SHA-256 and compared in constant time.
//!
//! A file has one key a line: the key itself, or `sha256:` and its hash in hexadecimal, so that the file need not hold
//! secrets. Empty lines and lines that begin with `#` are skipped. Not here: which paths need a key.

use std::path::Path;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::error::Error;

/// Shorter keys can be guessed.
const LEAST: usize = 16;

/// The keys that open the gateway.
#[derive(Clone, Default)]
pub struct Keys(Vec<[u8; 32]>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys", self.0.len())
    }
}

impl Keys {
    /// Reads a file of keys.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io {
            doing: "read the API keys of",
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text)
            .map_err(|what| Error::Setting { name: "--keys", reason: format!("{}: {what}", path.display()) })
    }

    /// Reads the text of such a file. An error names the line and never the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines =
            (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(|(number, line)| key(line).map_err(|what| format!("line {number} {what}")));
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        if keys.is_empty() { Err("there is no key in it".to_owned()) } else { Ok(Self(keys)) }
    }

    /// True when everybody may ask.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of the key that an `Authorization` header gives, if it is one of ours. Takes the same time whichever it
    /// is, and whether or not it is one.
    pub(super) fn find(&self, authorization: &[u8]) -> Option<u32> {
        let (scheme, given) = authorization.split_at_checked(7)?;
        if !scheme.eq_ignore_ascii_case(b"bearer ") {
            return None;
        }
        self.number(given)
    }

    /// The number of a key itself, in the same way.
    pub(super) fn number(&self, given: &[u8]) -> Option<u32> {
        let given: [u8; 32] = Sha256::digest(given).into();
        let (mut found, mut number) = (Choice::from(0), 0_u32);
        for (i, key) in (0_u32..).zip(&self.0) {
            let same = key.ct_eq(&given);
            number.conditional_assign(&i, same);
            found |= same;
        }
        bool::from(found).then_some(number)
    }
}

fn key(line: &str) -> Result<[u8; 32], &'static str> {
    match line.strip_prefix("sha256:") {
        Some(hex) => digest(hex).ok_or("is no SHA-256: 64 hexadecimal digits are wanted after `sha256:`"),
        None if line.len() < LEAST => Err("is too short: a key has at least 16 characters"),
        None if !line.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err("has characters that a header cannot carry: use letters, digits and signs of ASCII")
        }
        None => Ok(Sha256::digest(line).into()),
    }
}

fn digest(hex: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (i, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "a-key-of-the-desk-1";

    #[test]
    fn keys_are_found_whole_and_exact() {
        // `printf a-key-of-the-desk-2 | sha256sum`
        let hash = Sha256::digest("a-key-of-the-desk-2").iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        let keys = Keys::parse(&format!("# desks\n\n{FIRST}\n  sha256:{hash}  \n")).unwrap();
        assert_eq!(format!("{keys:?}"), "2 keys");
        for (given, want) in [
            ("Bearer a-key-of-the-desk-1", Some(0)),
            ("bearer a-key-of-the-desk-2", Some(1)),
            ("Bearer a-key-of-the-desk-", None),
            ("Bearer a-key-of-the-desk-12", None),
            ("Bearer  a-key-of-the-desk-1", None),
            ("Bearer a-key-of-the-desk-1 ", None),
            ("Basic a-key-of-the-desk-1", None),
            ("a-key-of-the-desk-1", None),
            ("Bearer ", None),
            ("Bearer ключ-українською", None),
            ("", None),
        ] {
            assert_eq!(keys.find(given.as_bytes()), want, "{given:?}");
        }
        assert_eq!(keys.find(format!("Bearer sha256:{hash}").as_bytes()), None, "a hash is no key");
    }

    #[test]
    fn a_wrong_line_is_named_without_its_key() {
        for (text, want) in [
            ("short-secret", "line 1 is too short"),
            ("# x\nsha256:12", "line 2 is no SHA-256"),
            ("a key with many blanks", "line 1 has characters"),
            ("\n# nothing\n", "no key"),
        ] {
            let message = Keys::parse(text).unwrap_err();
            assert!(message.contains(want) && !message.contains("secret"), "{message}");
        }
    }
}
