//! What is asked of an article: one type from the command line and the wire to the prompts.
//!
//! Its words are those of the wire and of the flags. Not here: the article, and how a caller spells what he leaves out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PlanError;
use crate::language::Language;

/// Fewest facts that may be asked for.
pub const LEAST_FACTS: usize = 3;
/// Most facts that may be asked for.
pub const MOST_FACTS: usize = 12;
/// Facts when the caller does not say how many.
pub const FACTS: usize = 5;

/// How long the summary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Length {
    /// One sentence.
    #[value(help = None::<&'static str>)]
    Short,
    /// Two or three sentences.
    #[value(help = None::<&'static str>)]
    #[default]
    Medium,
    /// Four or five sentences.
    #[value(help = None::<&'static str>)]
    Long,
}

/// How a summary was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// The model read the article and wrote this language itself.
    #[value(help = None::<&'static str>)]
    Direct,
    /// The model wrote the article's own language, and that was translated.
    #[value(help = None::<&'static str>)]
    Pivot,
}

/// What happens to a fact that is only weak, also when it was written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub enum Strictness {
    /// It is kept, with its finding.
    #[default]
    Usual,
    /// It is left out, like a wrong one.
    Strict,
}

impl From<bool> for Strictness {
    /// As a flag has it.
    fn from(strict: bool) -> Self {
        if strict { Self::Strict } else { Self::Usual }
    }
}

/// What is asked of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryOptions {
    /// The languages to write, in order.
    pub languages: Vec<Language>,
    /// Most key facts, from [`LEAST_FACTS`] to [`MOST_FACTS`].
    pub facts: usize,
    /// Length of the summary.
    pub length: Length,
    /// How languages that the model does not write well are made; by the model's manifest when not given.
    pub strategy: Option<Strategy>,
    /// With a seed, sampled; without, greedy: the same text always gives the same answer.
    pub seed: Option<u64>,
    /// Whether facts that are only weak are left out, too.
    pub strictness: Strictness,
}

impl Default for SummaryOptions {
    fn default() -> Self {
        Self {
            languages: Language::ALL.to_vec(),
            facts: FACTS,
            length: Length::Medium,
            strategy: None,
            seed: None,
            strictness: Strictness::Usual,
        }
    }
}

impl SummaryOptions {
    /// Checks what was asked for, before an article is there.
    pub fn check(&self) -> Result<(), PlanError> {
        if !(LEAST_FACTS..=MOST_FACTS).contains(&self.facts) {
            return Err(PlanError::Facts { given: self.facts });
        }
        let repeated = self.languages.iter().enumerate().any(|(i, language)| self.languages[..i].contains(language));
        if self.languages.is_empty() || repeated { Err(PlanError::Languages) } else { Ok(()) }
    }

    /// Checks that there will be something to compare.
    pub fn check_comparison(&self) -> Result<(), PlanError> {
        self.check()?;
        if self.languages.len() < 2 { Err(PlanError::OneLanguage) } else { Ok(()) }
    }
}
