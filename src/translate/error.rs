//! Why a text was not translated.

use crate::engine::EngineError;
use crate::hub::HubError;

use super::Direction;

/// Errors of the translation room.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TranslateError {
    /// No translator that is on disk knows the direction.
    #[error("nothing here translates {direction}; get a model with `stislo models pull {}`", suggestion(*direction))]
    NoRoute {
        /// The direction.
        direction: Direction,
    },
    /// The text is in none of the languages.
    #[error(
        "the text seems to be in {detected}; English, Ukrainian and Russian are translated, so name the language if this is wrong"
    )]
    UnknownLanguage {
        /// English name of the language.
        detected: String,
    },
    /// The text has no letter that could tell its language.
    #[error("the text has no words; there is nothing to translate")]
    NoWords,
    /// The text is too long.
    #[error("the text is {bytes} bytes long and the limit is {limit}; translate it in parts")]
    TooLong {
        /// Bytes of the text.
        bytes: usize,
        /// Bytes that are taken.
        limit: usize,
    },
    /// A subtitle file without subtitles.
    #[error("no subtitle with a time was found; give a file in the SubRip format (.srt)")]
    NoSubtitles,
    /// A model does not work.
    #[error("the translation model {name} fails: {reason}; check it with `stislo models verify {name}`")]
    Broken {
        /// Its name.
        name: String,
        /// What its network said.
        reason: String,
    },
    /// A glossary cannot be used.
    #[error("the glossary {name} is wrong: {reason}")]
    Glossary {
        /// Its file.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Its files cannot be read.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl TranslateError {
    /// True when the text is good and what should translate it is not.
    pub fn is_of_the_model(&self) -> bool {
        matches!(self, Self::NoRoute { .. } | Self::Broken { .. } | Self::Hub(_) | Self::Engine(_))
    }

    /// True when another text might well be translated: this one is refused, or goes in a direction that nothing knows.
    pub fn is_of_the_text(&self) -> bool {
        !self.is_of_the_model() || matches!(self, Self::NoRoute { .. })
    }

    /// A short name that stays the same, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownLanguage { .. } => "unsupported_language",
            Self::NoWords => "empty_input",
            Self::TooLong { .. } => "too_large",
            Self::NoSubtitles | Self::Glossary { .. } => "unreadable_input",
            Self::NoRoute { .. } | Self::Broken { .. } | Self::Hub(_) | Self::Engine(_) => "model_unavailable",
        }
    }
}

/// The models that would help. Ukrainian and Russian go by way of English.
fn suggestion(direction: Direction) -> String {
    use crate::language::Language::En;
    let (from, to) = (direction.from, direction.to);
    let one = |from, to| format!("firefox-{from}-{to}");
    match from == En || to == En {
        true => one(from, to),
        false => format!("{}` and `stislo models pull {}", one(from, En), one(En, to)),
    }
}
