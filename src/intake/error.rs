//! Why a text was refused. Each variant carries what a caller needs to answer in its own words.
//!
//! The messages say what is wrong, where, and what to do. Exit codes and HTTP status are chosen elsewhere.

use thiserror::Error;

/// Why no article could be made of the bytes given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// There are no bytes, or nothing but blanks.
    #[error("{name} is empty; give the text of an article")]
    Empty {
        /// What was read: a file name or "standard input".
        name: String,
    },
    /// The bytes are not UTF-8 text.
    #[error("{name} is not UTF-8 text (first bad byte at offset {offset}); save it as plain text in UTF-8")]
    NotText {
        /// What was read.
        name: String,
        /// Offset of the first byte that cannot be part of a text, from 0.
        offset: usize,
    },
    /// The input is a web page in HTML.
    #[error("{name} looks like HTML; paste the text that the page shows instead of its source")]
    LooksLikeHtml {
        /// What was read.
        name: String,
    },
    /// The input is larger than an article can be.
    #[error("{name} is {bytes} bytes long and the limit is {limit}; give one article at a time")]
    TooLarge {
        /// What was read.
        name: String,
        /// Length of the input in bytes.
        bytes: usize,
        /// The most bytes that are read.
        limit: usize,
    },
    /// The text is in a language that is not read here.
    #[error(
        "{name} seems to be in {detected}; only English, Ukrainian and Russian are read, so name the language if this is wrong"
    )]
    UnsupportedLanguage {
        /// What was read.
        name: String,
        /// English name of the language, for example "German".
        detected: String,
    },
    /// Too little is left of the text to make an article.
    #[error(
        "{name} has {characters} characters of article text after cleaning and at least {limit} are needed; give the whole article"
    )]
    TooShort {
        /// What was read.
        name: String,
        /// Characters that are left.
        characters: usize,
        /// The fewest characters that are taken.
        limit: usize,
    },
}
