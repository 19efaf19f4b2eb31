//! An article and a task become a plan: what the model is told, and what its answer may look like.
//!
//! The article comes first, as numbered sentences, and is the same for every language; the instructions come last, in the
//! language that is wanted. So the engine reads the article once. Nothing is cut: an article that does not fit is an error
//! that says how much too long it is. Not here: tokens and tensors; the card counts for us.

mod format;
mod prompt;

pub use self::format::{Citable, Format, numbers_of};
pub use self::prompt::all as prompts;

use crate::intake::{Article, Language};

/// Fewest facts that may be asked for.
pub const LEAST_FACTS: usize = 3;
/// Most facts that may be asked for.
pub const MOST_FACTS: usize = 12;

/// How long the summary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Length {
    /// One sentence.
    Short,
    /// Two or three sentences.
    #[default]
    Medium,
    /// Four or five sentences.
    Long,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The languages to write, in order.
    pub languages: Vec<Language>,
    /// Most key facts, from [`LEAST_FACTS`] to [`MOST_FACTS`].
    pub facts: usize,
    /// Length of the summary.
    pub length: Length,
}

impl Task {
    /// Checks what was asked for, before an article is there.
    pub fn check(&self) -> Result<(), PlanError> {
        if !(LEAST_FACTS..=MOST_FACTS).contains(&self.facts) {
            return Err(PlanError::Facts { given: self.facts });
        }
        let repeated = self.languages.iter().enumerate().any(|(i, language)| self.languages[..i].contains(language));
        if self.languages.is_empty() || repeated { Err(PlanError::Languages) } else { Ok(()) }
    }
}

/// What a plan needs to know about the model.
pub struct Card<'a> {
    /// Tokens that prompt and answer may have together.
    pub context: usize,
    /// Counts the tokens of a system message, a shared part and a tail.
    pub count: &'a dyn Fn(&str, &str, &str) -> usize,
}

/// What to tell the model.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The system message.
    pub system: String,
    /// The article, the same for all languages.
    pub shared: String,
    /// One for each language.
    pub answers: Vec<Wanted>,
}

/// One answer that is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its language.
    pub language: Language,
    /// The instructions.
    pub tail: String,
    /// What it may look like.
    pub format: Format,
    /// The most tokens that it may take.
    pub max_tokens: usize,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The article does not fit the model's context.
    #[error(
        "the article is too long: with its answer it takes {tokens} tokens and {limit} fit; give a shorter text or a larger --context"
    )]
    TooLong {
        /// Tokens of prompt and answer.
        tokens: usize,
        /// Tokens that fit.
        limit: usize,
    },
    /// A number of facts that is not offered.
    #[error("{given} facts were asked for; ask for {LEAST_FACTS} to {MOST_FACTS}")]
    Facts {
        /// The number asked for.
        given: usize,
    },
    /// No language was asked for, or one twice.
    #[error("name each language that you want once: en, uk, ru")]
    Languages,
}

/// A summary that is to be translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its headline.
    pub headline: String,
    /// Its summary.
    pub summary: String,
    /// The number of the sentence that each fact cites, and the fact.
    pub facts: Vec<(u32, String)>,
}

/// Makes the plan that has a summary of the article translated: by way of a language that the model writes well.
pub fn translate(article: &Article, written: &Written, to: &[Language], card: &Card<'_>) -> Result<Plan, PlanError> {
    let (system, shared) = prompt::written(written);
    let wanted = to.iter().map(|&language| {
        let format = Format::of_translation(article, written, language);
        Wanted { language, tail: prompt::translation(language), max_tokens: format.max_tokens(), format }
    });
    fitting(Plan { system, shared, answers: wanted.collect() }, card)
}

/// Makes the plan for one article.
pub fn build(article: &Article, task: &Task, card: &Card<'_>) -> Result<Plan, PlanError> {
    task.check()?;
    let (system, shared) = prompt::article(article);
    let answers = task.languages.iter().map(|&language| wanted(article, task, language)).collect();
    fitting(Plan { system, shared, answers }, card)
}

/// The plan, when its prompts and answers fit.
fn fitting(plan: Plan, card: &Card<'_>) -> Result<Plan, PlanError> {
    let tokens = |answer: &Wanted| (card.count)(&plan.system, &plan.shared, &answer.tail) + answer.max_tokens;
    match plan.answers.iter().map(tokens).max() {
        Some(tokens) if tokens > card.context => Err(PlanError::TooLong { tokens, limit: card.context }),
        _ => Ok(plan),
    }
}

fn wanted(article: &Article, task: &Task, language: Language) -> Wanted {
    let format = Format::new(article, task, language);
    Wanted { language, tail: prompt::instructions(language, task), max_tokens: format.max_tokens(), format }
}
