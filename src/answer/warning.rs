//! What a reader of a summary should know about the language that it is in: that its model writes it badly, and what does
//! better.
//!
//! Not here: which model writes what how well, which its manifest says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;

/// Something that a reader of a summary should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LanguageWarning {
    /// What it is.
    pub code: WarningCode,
    /// The same in English.
    pub message: String,
    /// Models that write the language better, the first choice first, as `stislo models pull` takes them.
    pub better: Vec<String>,
}

/// Kinds of warnings about a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WarningCode {
    /// The model makes mistakes in most sentences of the language.
    WritesPoorly,
    /// What the model writes in the language is of use, and has mistakes.
    WritesWithMistakes,
    /// Hardly anything of what was written in the language holds, and what does not is not shown.
    LanguageNotWritten,
}

impl LanguageWarning {
    /// A warning about what `model` writes in a language.
    pub fn new(code: WarningCode, model: &str, language: Language, better: Vec<String>) -> Self {
        let name = language.english_name();
        let mut message = match code {
            WarningCode::WritesPoorly => format!("{model} writes {name} poorly"),
            WarningCode::WritesWithMistakes => format!("{model} writes {name} with mistakes"),
            WarningCode::LanguageNotWritten => format!("{model} could not write this in {name}: too little of it held"),
        };
        if !better.is_empty() {
            message.push_str(&format!("; better: stislo models pull {}", better.join(" or ")));
        }
        Self { code, message, better }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_better_is_said_where_something_does() {
        let warning = |better: &[&str]| {
            let better = better.iter().map(|&name| name.to_owned()).collect();
            LanguageWarning::new(WarningCode::WritesPoorly, "m", Language::Uk, better).message
        };
        assert_eq!(warning(&[]), "m writes Ukrainian poorly");
        assert_eq!(warning(&["a", "b"]), "m writes Ukrainian poorly; better: stislo models pull a or b");
    }
}
