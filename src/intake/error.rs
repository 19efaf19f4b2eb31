//! Why a text was refused. Each variant carries what a caller needs to answer in its own words.
//!
//! The messages say what is wrong, where, and what to do. Exit codes and HTTP status are chosen elsewhere.

use thiserror::Error;

use super::unfit::Unfit;

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
    /// The bytes are no text in any charset.
    #[error("{name} is not a text (at offset {offset}); give plain text, Markdown or HTML, packed by gzip or not")]
    NotText {
        /// What was read.
        name: String,
        /// Offset of the first character that no text has, in bytes of the text as far as it could be read, from 0.
        offset: usize,
    },
    /// The input begins as gzip does and cannot be unpacked.
    #[error("{name} cannot be unpacked: {reason}; give the whole file")]
    BadArchive {
        /// What was read.
        name: String,
        /// What the unpacker said.
        reason: String,
    },
    /// The input is a text, and no article.
    #[error("{name} is no article: {reason}; give the text of an article")]
    NotArticle {
        /// What was read.
        name: String,
        /// What it is instead.
        reason: Unfit,
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
    /// What was handed in has more characters than may be given, unpacked.
    #[error("{name} has {characters} characters or more, and the limit is {limit}; give one article at a time")]
    TooMuch {
        /// What was read.
        name: String,
        /// Characters that were found.
        characters: usize,
        /// The most that may be given.
        limit: usize,
    },
    /// The article has more characters than are read.
    #[error(
        "the article is too long: it has {characters} characters, and at most {limit} are read; give a shorter text"
    )]
    TooLong {
        /// What was read.
        name: String,
        /// How many it has.
        characters: usize,
        /// The most that are read.
        limit: usize,
    },
    /// Nobody wants the article any more.
    #[error("the reading was broken off")]
    Cancelled,
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
