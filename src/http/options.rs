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

/// The limits, each declared here and nowhere else: field and setting; flag, variable and unit of the value; the least that
/// can work, and the default; and what it is. `$make` makes of them what it needs: the types below, and the flags and settings
/// of `config`.
macro_rules! limits {
    ($make:ident) => {
        $make! {
            sizes {
                // There is room for 32 of the largest at a time, and for 8 of one caller's.
                max_body_bytes: "--max-body-bytes", "STISLO_MAX_BODY_BYTES", "BYTES", 1, 8388608,
                    "Bytes of a request's body";
                // Of a page's source, too, unpacked.
                max_characters: "--max-characters", "STISLO_MAX_CHARACTERS", "N", 1, 2000000,
                    "Characters of a text";
                max_languages: "--max-languages", "STISLO_MAX_LANGUAGES", "N", 1, 3,
                    "Languages of a request";
                max_facts: "--max-facts", "STISLO_MAX_FACTS", "N", 1, 12,
                    "Key facts of a request";
                max_texts: "--max-texts", "STISLO_MAX_TEXTS", "N", 1, 500,
                    "Texts of a request to the API of LibreTranslate";
                max_alternatives: "--max-alternatives", "STISLO_MAX_ALTERNATIVES", "N", 0, 10,
                    "Other translations of a text that may be asked for there";
                concurrency: "--concurrency", "STISLO_CONCURRENCY", "N", 1, 4,
                    "Requests that are worked on at a time, of each kind of work; half as many more when callers with none at \
                     work come";
                queue: "--queue", "STISLO_QUEUE", "N", 0, 16,
                    "Requests that may wait, of each kind of work; twice as many when callers with few of them come; more are \
                     refused, and those that would be late";
                // More wait in the system's queue.
                connections: "--connections", "STISLO_CONNECTIONS", "N", 1, 1024,
                    "Connections at a time";
            }
            seconds {
                // From its first byte to the answer, waiting included.
                deadline: "--deadline", "STISLO_DEADLINE", 600,
                    "Seconds from a request to its answer";
                // From its first byte; of the first one, from the connection.
                header_timeout: "--header-timeout", "STISLO_HEADER_TIMEOUT", 15,
                    "Seconds for the headers of a request";
                // Longer than proxies keep theirs, so that none asks one that just ended.
                idle_timeout: "--idle-timeout", "STISLO_IDLE_TIMEOUT", 75,
                    "Seconds that an idle connection is kept";
                body_timeout: "--body-timeout", "STISLO_BODY_TIMEOUT", 30,
                    "Seconds for the body of a request";
                write_timeout: "--write-timeout", "STISLO_WRITE_TIMEOUT", 30,
                    "Seconds until a client that does not read is let go";
                drain: "--drain", "STISLO_DRAIN", 30,
                    "Seconds that requests under way get after SIGTERM";
            }
        }
    };
}
pub(crate) use limits;

macro_rules! types {
    (
        sizes { $($size:ident: $_flag:literal, $_variable:literal, $_unit:literal, $_least:literal, $usual:literal, $what:literal;)* }
        seconds { $($time:ident: $_name:literal, $_value:literal, $seconds:literal, $about:literal;)* }
    ) => {
        /// How much of everything.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Limits {
            $(#[doc = $what] pub $size: usize,)*
            /// Bytes of a request's line and headers together.
            pub header_bytes: usize,
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($size: $usual,)* header_bytes: 32 << 10 }
            }
        }

        /// How long everything may take.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Times {
            $(#[doc = $about] pub $time: Duration,)*
            /// Silence on a stream before a comment keeps it alive.
            pub keep_alive: Duration,
        }

        impl Default for Times {
            fn default() -> Self {
                Self { $($time: Duration::from_secs($seconds),)* keep_alive: Duration::from_secs(15) }
            }
        }
    };
}
limits!(types);
