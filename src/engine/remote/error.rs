//! What goes wrong at an inference server, and what may be done about it.

use std::time::Duration;

/// Words of which a message about a context that is too small has one.
const LENGTH_WORDS: [&str; 4] = ["exceed", "maximum", "larger", "longer"];

/// An inference server failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the inference server {server} {problem}")]
pub struct RemoteError {
    /// Its host and port.
    pub server: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong at an inference server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It has no address.
    #[error("cannot be asked: {0}; give an address like http://127.0.0.1:8080")]
    Address(String),
    /// There is no connection.
    #[error("cannot be reached ({0}); see that it runs, and that --engine has its address")]
    Unreachable(String),
    /// The key is missing or wrong.
    #[error("refuses the key ({0}); give the right one with --engine-key-file")]
    Unauthorized(u16),
    /// It does not have the model.
    #[error("has no model {wanted:?}; name one of these with --engine-model: {known}")]
    NoModel {
        /// The one that was asked for.
        wanted: String,
        /// Those that it has, separated by commas; what it said where it does not tell.
        known: String,
    },
    /// It has no time for more.
    #[error("is busy (429); try again later")]
    Busy,
    /// It does not take the request.
    #[error("refuses the request with status {status}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it says, shortened.
        message: String,
    },
    /// It did not do what it was asked.
    #[error("failed with status {status}: {message}")]
    Failed {
        /// The HTTP status.
        status: u16,
        /// What it says, shortened.
        message: String,
    },
    /// Nothing came for too long.
    #[error("has sent nothing for {} seconds", .0.as_secs())]
    Silent(Duration),
    /// The connection was closed in the middle of an answer.
    #[error("broke off in the middle of an answer")]
    Broken,
    /// What it says is not what such a server says.
    #[error(
        "answers what no inference server answers: {0}; see that --engine has its address, and what --engine-kind it is"
    )]
    NotUnderstood(String),
    /// The prompt is too long for it.
    #[error("finds the text too long: {0}")]
    TooLong(String),
}

impl Problem {
    /// A short name that stays the same, for metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Unreachable(_) => "unreachable",
            Self::Unauthorized(_) => "unauthorized",
            Self::NoModel { .. } => "no_model",
            Self::Busy => "busy",
            Self::Refused { .. } => "refused",
            Self::Failed { .. } => "failed",
            Self::Silent(_) => "silent",
            Self::Broken => "broken",
            Self::NotUnderstood(_) => "not_understood",
            Self::TooLong(_) => "too_long",
        }
    }

    /// True where it is the request that is wrong, so that no other server would take it.
    pub(super) fn is_of_request(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::TooLong(_))
    }

    /// What a status and a message of a server mean. `wanted` is the model that was asked for.
    pub(super) fn of(status: u16, message: String, wanted: Option<&str>) -> Self {
        let said = message.to_lowercase();
        let is_long = || said.contains("context") && LENGTH_WORDS.iter().any(|word| said.contains(word));
        match status {
            401 | 403 => Self::Unauthorized(status),
            404 if said.contains("model") => {
                Self::NoModel { wanted: wanted.unwrap_or_default().to_owned(), known: message }
            }
            404 | 405 | 300..400 => Self::NotUnderstood(format!("status {status}, {message}")),
            429 => Self::Busy,
            400 | 413 | 422 | 500 if is_long() => Self::TooLong(message),
            400..500 => Self::Refused { status, message },
            _ => Self::Failed { status, message },
        }
    }
}

/// Why one request to a server came to nothing, and when it says to come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) problem: Problem,
    pub(super) wait: Option<Duration>,
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self { problem, wait: None }
    }
}
