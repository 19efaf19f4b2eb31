//! What the gateway allows: sizes, numbers and times. Every refusal names the limit by its name here.

use std::time::Duration;

use ipnet::IpNet;

use super::keys::Keys;
use super::origin::PublicUrl;

/// How a gateway behaves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How much of everything.
    pub limits: Limits,
    /// How long everything may take.
    pub times: Times,
    /// Who may ask. Without keys, everybody who can reach the socket.
    pub keys: Keys,
    /// Origins whose pages may ask from a browser; `*` for all. The gateway's own page needs none.
    pub origins: Vec<String>,
    /// Hosts that the gateway answers as, besides this machine's and that of `public_url`; `*` for all.
    pub hosts: Vec<String>,
    /// The address that it has for the world.
    pub public_url: Option<PublicUrl>,
    /// Proxies whose `Forwarded` and `X-Forwarded-` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Who is given an answer that was kept.
    pub answers: Answers,
}

/// Who is given an answer that was kept, and shares one that is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Answers {
    /// Everybody who asks the same.
    #[default]
    Shared,
    /// The owner of the key that it was made for.
    PerKey,
}

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body. There is room for 32 of the largest at a time, and for 8 of one caller's.
    pub max_body_bytes: usize,
    /// Characters of a text or of a page's source, unpacked.
    pub max_characters: usize,
    /// Languages of one request.
    pub max_languages: usize,
    /// Key facts of one request.
    pub max_facts: usize,
    /// Texts of one request to LibreTranslate's API.
    pub max_texts: usize,
    /// Other translations of a text that may be asked for there.
    pub max_alternatives: usize,
    /// Requests that are worked on at a time, of summaries and of translations each. A caller who has none at work may begin
    /// beside them, up to half as many more.
    pub concurrency: usize,
    /// Requests that wait for their turn, of each kind. A caller who has less than his share waiting may join them, up to
    /// twice as many.
    pub queue: usize,
    /// Connections at a time; more wait in the system's queue.
    pub connections: usize,
    /// Bytes of a request's line and headers together.
    pub header_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 8 << 20,
            max_characters: 2_000_000,
            max_languages: 3,
            max_facts: 12,
            max_texts: 500,
            max_alternatives: 10,
            concurrency: 4,
            queue: 16,
            connections: 1024,
            header_bytes: 32 << 10,
        }
    }
}

/// How long everything may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// A request, from its first byte to the answer, waiting included.
    pub deadline: Duration,
    /// The headers of a request, from its first byte; of the first one, from the connection.
    pub header: Duration,
    /// An idle connection, between two requests. Longer than proxies keep theirs, so that none asks one that just ended.
    pub idle: Duration,
    /// The body of a request.
    pub body: Duration,
    /// One write to a client that does not read.
    pub write: Duration,
    /// Requests under way after a stop was asked for.
    pub drain: Duration,
    /// Silence on a stream before a comment keeps it alive.
    pub keep_alive: Duration,
}

impl Default for Times {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            deadline: seconds(600),
            header: seconds(15),
            idle: seconds(75),
            body: seconds(30),
            write: seconds(30),
            drain: seconds(30),
            keep_alive: seconds(15),
        }
    }
}
