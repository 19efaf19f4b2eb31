//! Who may ask: API keys, kept as SHA-256 and compared in constant time.
//!
//! A file has one key a line: the key itself, or `sha256:` and its hash in hexadecimal, so that the file need not hold
//! secrets. Empty lines and lines that begin with `#` are skipped. A request gives its key as `Authorization: Bearer KEY` or
//! `X-Api-Key: KEY`, on every path alike. A caller is told from others by its key's hash and not by its line, so it stays
//! the same caller when the file is read again. Not here: which paths need a key, and `api_key` of LibreTranslate's forms.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::error::Error;

/// Shorter keys can be guessed.
const LEAST: usize = 16;
/// The header that carries a key and nothing else.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What a key's owner is known by: the first 64 bits of the key's hash.
pub(super) type KeyId = u64;

type Hash = [u8; 32];

/// The keys that open the gateway. Clones are the same keys: [`Keys::replace`] changes what all of them say.
#[derive(Clone, Default)]
pub struct Keys(Arc<RwLock<Arc<[Hash]>>>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} keys", self.len())
    }
}

/// What the headers of a request say of who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential {
    /// The owner of one of our keys.
    Known(KeyId),
    /// A key that is none of ours.
    Wrong,
    /// No key.
    Missing,
}

impl Keys {
    /// Reads a file of keys.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(Error::io("read the API keys of", path))?;
        Self::parse(&text)
            .map_err(|what| Error::Setting { name: "--keys", reason: format!("{}: {what}", path.display()) })
    }

    /// Reads the text of such a file. An error names the line and never the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines =
            (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(|(number, line)| key(line).map_err(|what| format!("line {number} {what}")));
        let keys: Vec<Hash> = keys.collect::<Result<_, _>>()?;
        match keys.is_empty() {
            true => Err("there is no key in it".to_owned()),
            false => Ok(Self(Arc::new(RwLock::new(keys.into())))),
        }
    }

    /// Puts these keys in the place of those before, for all clones, from the next request on.
    pub fn replace(&self, keys: &Self) {
        let keys = keys.all();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all().len()
    }

    /// True when everybody may ask.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn all(&self) -> Arc<[Hash]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whose key the headers of a request give, in either of the two ways.
    pub(super) fn of_headers(&self, headers: &HeaderMap) -> Credential {
        let bearer = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| bearer(value.as_bytes()));
        let bare = headers.get_all(API_KEY).iter().map(HeaderValue::as_bytes);
        let mut credential = Credential::Missing;
        for given in bearer.chain(bare) {
            match self.find(given) {
                Some(owner) => return Credential::Known(owner),
                None => credential = Credential::Wrong,
            }
        }
        credential
    }

    /// The owner of a key, if it is one of ours. Takes the same time whichever it is, and whether or not it is one.
    pub(super) fn find(&self, given: &[u8]) -> Option<KeyId> {
        let given: Hash = Sha256::digest(given).into();
        let found = self.all().iter().fold(Choice::from(0), |found, key| found | key.ct_eq(&given));
        let [a, b, c, d, e, f, g, h, ..] = given;
        bool::from(found).then_some(KeyId::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

/// What a value of `Authorization` gives as a bearer token. Other schemes are not ours: a proxy on the way may have used them.
fn bearer(authorization: &[u8]) -> Option<&[u8]> {
    let (scheme, given) = authorization.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(given)
}

fn key(line: &str) -> Result<Hash, &'static str> {
    match line.strip_prefix("sha256:") {
        Some(hex) => digest(hex).ok_or("is no SHA-256: 64 hexadecimal digits are wanted after `sha256:`"),
        None if line.len() < LEAST => Err("is too short: a key has at least 16 characters"),
        None if !line.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err("has characters that a header cannot carry: use letters, digits and signs of ASCII")
        }
        None => Ok(Sha256::digest(line).into()),
    }
}

fn digest(hex: &str) -> Option<Hash> {
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
    const SECOND: &str = "a-key-of-the-desk-2";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn keys_are_found_whole_and_exact() {
        let hash = Sha256::digest(SECOND).iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        let keys = Keys::parse(&format!("# desks\n\n{FIRST}\n  sha256:{hash}  \n")).unwrap();
        assert_eq!(format!("{keys:?}"), "2 keys");
        let (first, second) = (keys.find(FIRST.as_bytes()).unwrap(), keys.find(SECOND.as_bytes()).unwrap());
        assert_ne!(first, second);
        let (known, wrong, missing) = (Credential::Known, Credential::Wrong, Credential::Missing);
        for (given, want) in [
            (headers(&[("authorization", "Bearer a-key-of-the-desk-1")]), known(first)),
            (headers(&[("authorization", "bearer a-key-of-the-desk-2")]), known(second)),
            (headers(&[("x-api-key", FIRST)]), known(first)),
            (headers(&[("authorization", "Basic ZGVzaw=="), ("x-api-key", SECOND)]), known(second)),
            (headers(&[("authorization", "Bearer of-another-gateway"), ("x-api-key", SECOND)]), known(second)),
            (headers(&[("authorization", "Bearer a-key-of-the-desk-")]), wrong),
            (headers(&[("authorization", "Bearer a-key-of-the-desk-12")]), wrong),
            (headers(&[("authorization", "Bearer  a-key-of-the-desk-1")]), wrong),
            (headers(&[("authorization", "Bearer a-key-of-the-desk-1 ")]), wrong),
            (headers(&[("authorization", "Bearer ")]), wrong),
            (headers(&[("authorization", "Bearer ключ-українською")]), wrong),
            (headers(&[("x-api-key", "")]), wrong),
            (headers(&[("authorization", &format!("Bearer sha256:{hash}"))]), wrong),
            (headers(&[("authorization", "Basic a-key-of-the-desk-1")]), missing),
            (headers(&[("authorization", FIRST)]), missing),
            (headers(&[("authorization", "")]), missing),
            (headers(&[]), missing),
        ] {
            assert_eq!(keys.of_headers(&given), want, "{given:?}");
        }
    }

    #[test]
    fn keys_that_are_replaced_change_every_clone_and_no_owner() {
        let keys = Keys::parse(&format!("{FIRST}\n{SECOND}")).unwrap();
        let clone = keys.clone();
        let owner = clone.find(SECOND.as_bytes());
        keys.replace(&Keys::parse(SECOND).unwrap());
        assert_eq!((clone.len(), clone.find(FIRST.as_bytes())), (1, None));
        assert!(owner.is_some() && clone.find(SECOND.as_bytes()) == owner, "another line is the same owner");
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
