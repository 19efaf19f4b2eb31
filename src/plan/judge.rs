//! Whether an article says what a claim says, asked of the model that writes: one question a claim.
//!
//! The article is the one that answers are written from, so what the engine has read of it serves again. Not here: what
//! the model's preference is worth.

use super::NumberedLines;
use super::prompt;
use crate::engine::{Branch, Job, Measure, Output, Question};
use crate::intake::one_line;

/// What is likelier for a claim that the article says, and for another.
const ANSWERS: [&str; 2] = ["Yes", "No"];

/// The questions about these claims; `None` when the article with the longest of them does not fit.
pub fn judge(lines: &NumberedLines, claims: &[String], measure: &Measure) -> Option<Job> {
    let (system, shared) = prompt::article(lines, &lines.all());
    let claims = || claims.iter().map(|claim| one_line(claim));
    let tails: Vec<String> = claims().map(|claim| prompt::question(&claim)).collect();
    let (read, nothing) = (measure.count(&system, &shared, ""), measure.count("", "", ""));
    let fits = |tail: &String| read + measure.count("", "", tail) - nothing <= measure.context();
    if lines.is_empty() || !tails.iter().all(fits) {
        return None;
    }
    let branch = |(tail, text)| {
        let question = Question { answers: ANSWERS.map(str::to_owned), text };
        Branch { tail, output: Output::Preference(question) }
    };
    Some(Job { system, shared, branches: tails.into_iter().zip(claims()).map(branch).collect() })
}
