//! What claims are held against besides the article: opened once for the program, and shared by all its references.

use crate::engine::encoder::Encoder;
use crate::language::Dictionaries;

/// What the checks of a text may use. Each is optional: what is not there is not checked, and rules alone decide.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// The words of the languages.
    pub dictionaries: Dictionaries,
    /// For whether a text is said in the article at all.
    pub encoder: Option<Encoder>,
}
