//! The three languages that are read and written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language that is read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Ukrainian.
    Uk,
    /// Russian.
    Ru,
}

impl Language {
    /// Every language, in the order in which answers list them.
    pub const ALL: [Self; 3] = [Self::En, Self::Uk, Self::Ru];

    /// The two-letter code: "en", "uk", "ru".
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Uk => "uk",
            Self::Ru => "ru",
        }
    }

    /// The name in English.
    #[must_use]
    pub const fn english_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Uk => "Ukrainian",
            Self::Ru => "Russian",
        }
    }

    /// The Cyrillic letters that the other Cyrillic language has and this one has not. English has none at all.
    #[must_use]
    pub const fn letters_of_the_other(self) -> &'static str {
        match self {
            Self::En => "",
            Self::Uk => "ыэёъЫЭЁЪ",
            Self::Ru => "іїєґІЇЄҐ",
        }
    }

    /// The name in the language itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Uk => "українська",
            Self::Ru => "русский",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// A language was asked for by a name that is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language \"{given}\"; use en, uk or ru")]
pub struct UnknownLanguage {
    /// The name as it was given.
    pub given: String,
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let wanted = given.trim().to_lowercase();
        Self::ALL
            .into_iter()
            .find(|language| {
                wanted == language.code()
                    || wanted == language.english_name().to_lowercase()
                    || wanted == language.own_name().to_lowercase()
            })
            .ok_or_else(|| UnknownLanguage { given: given.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for language in Language::ALL {
            for name in [language.code(), language.english_name(), language.own_name()] {
                assert_eq!(name.parse(), Ok(language));
                assert_eq!(format!(" {} ", name.to_uppercase()).parse(), Ok(language));
            }
            assert_eq!(language.to_string(), language.code());
        }
        let error = "klingon".parse::<Language>().unwrap_err();
        assert_eq!(error.to_string(), "unknown language \"klingon\"; use en, uk or ru");
    }

    #[test]
    fn serialises_as_its_code() {
        assert_eq!(serde_json::to_string(&Language::Uk).unwrap(), "\"uk\"");
    }
}
