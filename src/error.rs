//! What goes wrong, as one sum of the rooms' errors, and what kind it is.
//!
//! Surfaces look at the [`Kind`]: it decides the exit code and the HTTP status. The message is the room's own.

use std::path::PathBuf;

use crate::engine::EngineError;
use crate::engine::encoder::EncoderError;
use crate::engine::remote::{Problem, RemoteError};
use crate::hub::HubError;
use crate::intake::IntakeError;
use crate::plan::PlanError;
use crate::translate::TranslateError;

/// Any error of the library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text was refused.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The task was refused.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The encoder could not be loaded.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// No model file.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// A text was not translated.
    #[error(transparent)]
    Translate(Box<TranslateError>),
    /// A file or a stream could not be read or written.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The file, or the name of the stream.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line of a data file is wrong.
    #[error("{path}, line {line}: {reason}")]
    Record {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A setting is wrong.
    #[error("the setting {name} is wrong: {reason}")]
    Setting {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Something was found that does not hold, and the caller asked for an error then.
    #[error("{count} findings")]
    Findings {
        /// How many.
        count: usize,
    },
    /// The user or the caller broke off.
    #[error("interrupted")]
    Interrupted,
}

impl From<TranslateError> for Error {
    /// What the rooms below said keeps its own kind.
    fn from(error: TranslateError) -> Self {
        match error {
            TranslateError::Hub(error) => Self::Hub(error),
            TranslateError::Engine(error) => Self::Engine(error),
            error => Self::Translate(Box::new(error)),
        }
    }
}

/// What an error means to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was given cannot be worked on; asking again changes nothing.
    Input,
    /// Too much at once; ask again later.
    Busy,
    /// The caller left.
    Cancelled,
    /// No model to answer with.
    Unavailable,
    /// Our own failure.
    Internal,
}

impl Error {
    /// Says of what the system said, what could not be done: `doing` stands before the path in the message.
    pub fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }

    /// What the error means to a caller.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Engine(EngineError::Remote(RemoteError { problem, .. })) => match problem {
                Problem::TooLong(_) => Kind::Input,
                Problem::Busy => Kind::Busy,
                _ => Kind::Unavailable,
            },
            Self::Intake(IntakeError::Cancelled) => Kind::Cancelled,
            Self::Intake(_) | Self::Plan(_) | Self::Engine(EngineError::TooLong { .. }) => Kind::Input,
            Self::Io { doing: "read", .. } | Self::Record { .. } => Kind::Input,
            Self::Translate(error) if error.is_of_the_model() => Kind::Unavailable,
            Self::Translate(_) => Kind::Input,
            Self::Engine(EngineError::Busy { .. }) => Kind::Busy,
            Self::Engine(EngineError::Cancelled) | Self::Interrupted => Kind::Cancelled,
            Self::Hub(_) | Self::Encoder(_) | Self::Engine(EngineError::Model(_)) => Kind::Unavailable,
            Self::Engine(_) | Self::Io { .. } | Self::Setting { .. } | Self::Findings { .. } => Kind::Internal,
        }
    }

    /// A short name that stays the same, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Intake(IntakeError::Empty { .. }) => "empty_input",
            Self::Intake(IntakeError::NotText { .. }) => "not_text",
            Self::Intake(IntakeError::UnsupportedLanguage { .. }) => "unsupported_language",
            Self::Intake(IntakeError::TooShort { .. }) => "too_short",
            Self::Intake(IntakeError::NotArticle { .. }) | Self::Plan(PlanError::OnlyOrders) => "not_an_article",
            Self::Intake(IntakeError::TooLarge { .. }) => "too_large",
            Self::Intake(IntakeError::TooMuch { .. }) => "limit_exceeded",
            Self::Intake(IntakeError::TooLong { .. }) => "too_long",
            Self::Intake(IntakeError::Cancelled) => "cancelled",
            Self::Intake(_) => "unreadable_input",
            Self::Plan(PlanError::TooLong { .. } | PlanError::TooLarge { .. } | PlanError::Endless { .. }) => {
                "too_long"
            }
            Self::Engine(EngineError::TooLong { .. }) => "too_long",
            Self::Engine(EngineError::Remote(RemoteError { problem, .. })) => match problem {
                Problem::TooLong(_) => "too_long",
                Problem::Busy => "busy",
                _ => "engine_unavailable",
            },
            Self::Plan(_) => "invalid_request",
            Self::Record { .. } => "invalid_record",
            Self::Engine(EngineError::Busy { .. }) => "busy",
            Self::Engine(EngineError::Cancelled) | Self::Interrupted => "cancelled",
            Self::Translate(error) => error.code(),
            Self::Hub(_) | Self::Encoder(_) | Self::Engine(EngineError::Model(_)) => "model_unavailable",
            Self::Findings { .. } => "findings",
            Self::Engine(_) | Self::Io { .. } | Self::Setting { .. } => "internal",
        }
    }
}
