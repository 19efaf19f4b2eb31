//! The phrases by which page furniture is known, in English, Ukrainian and Russian: `phrases.toml`.
//!
//! Three strengths: a label is a whole block, an opening begins one, a mark stands anywhere in a short one. Cues prove little
//! alone; a long block is dropped only when several of one family meet. How they are applied is written in `furniture`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Reason;

const TABLE: &str = include_str!("phrases.toml");

/// Phrases of one kind, for one reason.
#[derive(Deserialize)]
pub(super) struct Phrases {
    pub(super) reason: Reason,
    /// True when nothing of the article follows such a block.
    #[serde(default)]
    pub(super) ends: bool,
    pub(super) list: Vec<String>,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Furniture {
    /// Whole blocks, after numbers and punctuation around them are taken off.
    pub(super) labels: Vec<Phrases>,
    /// Beginnings of blocks.
    pub(super) openings: Vec<Phrases>,
    /// What short blocks have anywhere.
    pub(super) marks: Vec<Phrases>,
    /// What long blocks have several of.
    pub(super) cues: Vec<Phrases>,
    /// Cues of the rules for reprinting.
    pub(super) reprint_cues: Vec<String>,
    /// Words that speak to the reader, or as the editors.
    pub(super) address: Vec<String>,
    /// Words before the credit of a picture.
    pub(super) credits: Vec<String>,
    /// Words beside months and weekdays of a line that holds a date and little else.
    pub(super) date_words: Vec<String>,
}

/// The phrases, read once.
pub(super) static FURNITURE: LazyLock<Furniture> =
    LazyLock::new(|| toml::from_str(TABLE).expect("phrases.toml is well-formed; a test reads it"));

/// True when a list has this word or phrase.
pub(super) fn has(list: &[String], phrase: &str) -> bool {
    list.iter().any(|known| known == phrase)
}
