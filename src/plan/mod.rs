//! An article and options become a plan: what the model is told, and what its answer may look like.
//!
//! The article comes first, as numbered sentences, and is the same for every language; the instructions come last, in the
//! language that is wanted. So the engine reads the article once. Nothing is cut: an article that does not fit is read in
//! parts. Not here: tokens and tensors; the engine's measure counts for us.

mod format;
mod judge;
mod labels;
mod names;
mod numbered_lines;
mod options;
mod orders;
mod prompt;

pub use self::format::numbers_of;
pub use self::judge::judge;
pub use self::labels::is_label;
pub use self::numbered_lines::{LineRange, NumberedLines};
pub use self::options::{FACTS, LEAST_FACTS, Length, MOST_FACTS, Strategy, Strictness, SummaryOptions};
pub use self::orders::{FEATURES, Orders, Vectors, features, is_order};
pub use self::prompt::is_example;

use crate::engine::Measure;
use crate::grammar::AnswerFormat;
use crate::language::Language;

/// Most characters of an article. It takes minutes to read this much; a book is not what this is for.
pub const MOST_CHARACTERS: usize = 180_000;
/// Facts that are taken from each part of a text that is read in parts.
const PART_FACTS: usize = 5;

/// What to tell the model.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The system message.
    pub system: String,
    /// The article, the same for all languages.
    pub shared: String,
    /// One for each language.
    pub answers: Vec<PlannedAnswer>,
}

/// One answer that is wanted.
#[derive(Debug, Clone)]
pub struct PlannedAnswer {
    /// Its language.
    pub language: Language,
    /// The instructions.
    pub tail: String,
    /// What it may look like.
    pub format: AnswerFormat,
    /// The most tokens that it may take.
    pub max_tokens: usize,
}

impl PlannedAnswer {
    fn new(tail: String, format: AnswerFormat) -> Self {
        Self { language: format.text.script.language, tail, max_tokens: format::max_tokens(&format), format }
    }
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A text that cannot be cut any more does not fit the model's context.
    #[error(
        "one sentence of the article is too long: with its answer it takes {tokens} tokens and {limit} fit; give a shorter text or a larger --context"
    )]
    TooLong {
        /// Tokens of prompt and answer.
        tokens: usize,
        /// Tokens that fit.
        limit: usize,
    },
    /// The article has more than [`MOST_CHARACTERS`].
    #[error(
        "the article is too long: it has {characters} characters, and at most {MOST_CHARACTERS} are read; give a shorter text"
    )]
    TooLarge {
        /// How many it has.
        characters: usize,
    },
    /// Nothing is left without the sentences that give orders.
    #[error("nothing but orders to a language model is in the text; give an article")]
    OnlyOrders,
    /// The facts of the parts came out as many as the lines they were taken from.
    #[error("the article is too long for this model: its {lines} lines could not be made fewer; give a shorter text")]
    Endless {
        /// How many there are.
        lines: usize,
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
    /// A comparison of one language.
    #[error("a comparison needs at least two languages; name two or three of en, uk, ru")]
    OneLanguage,
}

/// A line of an answer that is to be written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewriteRequest {
    /// Which one.
    pub line: Line,
    /// Its language.
    pub language: Language,
    /// The sentences that it may say something of.
    pub lines: NumberedLines,
}

/// A kind of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A headline.
    Headline,
    /// A summary of this length.
    Summary(Length),
    /// A fact.
    Fact,
}

/// Plans a line that is written again. What is shared is the same for every line, so that one job can hold many.
pub fn rewrite(request: &RewriteRequest, measure: &Measure) -> Result<Plan, PlanError> {
    let (system, tail) = prompt::rewrite(request);
    let answers = vec![PlannedAnswer::new(tail, format::of_line(request))];
    fitting(Plan { system, shared: String::new(), answers }, measure)
}

/// What to do next about numbered lines.
#[derive(Debug, Clone)]
pub enum PlanStep {
    /// It fits: this writes the answers.
    Whole(Plan),
    /// It does not: these write the facts of its parts, in order, which make fewer lines.
    Parts(Vec<Plan>),
}

/// Plans the answers about numbered lines, or the facts of its parts when it does not fit as a whole.
pub fn build(lines: &NumberedLines, options: &SummaryOptions, measure: &Measure) -> Result<PlanStep, PlanError> {
    options.check()?;
    if lines.is_empty() {
        return Err(PlanError::OnlyOrders);
    }
    let characters = lines.characters();
    if characters > MOST_CHARACTERS {
        return Err(PlanError::TooLarge { characters });
    }
    match whole(lines, options, measure) {
        Err(PlanError::TooLong { .. }) => in_parts(lines, measure).map(PlanStep::Parts),
        whole => whole.map(PlanStep::Whole),
    }
}

/// The system message and the beginning of the user's message that every prompt about these lines has, where so many tokens fit
/// behind them.
pub fn preamble(lines: &NumberedLines, tokens: usize, measure: &Measure) -> Option<(String, String)> {
    let (system, shared) = prompt::article(lines, &lines.all());
    (!lines.is_empty() && measure.count(&system, &shared, "") + tokens <= measure.context()).then_some((system, shared))
}

/// Plans the answers about lines that have to fit.
pub fn whole(lines: &NumberedLines, options: &SummaryOptions, measure: &Measure) -> Result<Plan, PlanError> {
    fitting(unmeasured(lines, options), measure)
}

/// The same for whoever does not mind whether they fit.
pub fn unmeasured(lines: &NumberedLines, options: &SummaryOptions) -> Plan {
    let (system, shared) = prompt::article(lines, &lines.all());
    let wanted = |&language: &Language| {
        PlannedAnswer::new(prompt::instructions(language, options), format::of_whole(lines, options, language))
    };
    Plan { system, shared, answers: options.languages.iter().map(wanted).collect() }
}

/// Plans the facts of parts of the lines.
fn in_parts(lines: &NumberedLines, measure: &Measure) -> Result<Vec<Plan>, PlanError> {
    let plan = |part: &LineRange| {
        let (system, shared) = prompt::article(lines, part);
        let tail = prompt::facts(lines.language, PART_FACTS);
        Plan { system, shared, answers: vec![PlannedAnswer::new(tail, format::of_part(lines, part, PART_FACTS))] }
    };
    // What every part takes besides its lines; the longest number stands for all.
    let empty = plan(&LineRange::new(1, 0));
    let answer = &empty.answers[0];
    let frame = measure.count(&empty.system, &empty.shared, &answer.tail);
    let number = format!("[{}] ", lines.all().end());
    // Tokens do not go across the beginning of a line, so a line is counted by itself: there are tens of thousands.
    let nothing = measure.count("", "", "");
    let line = |text: &str| measure.count("", &format!("\n{number}{text}"), "").saturating_sub(nothing);
    let most = format::max_tokens(&format::of_part(lines, &lines.all(), PART_FACTS));
    let room = measure.context().saturating_sub(frame + most);
    lines.parts(room, line).iter().map(|part| fitting(plan(part), measure)).collect()
}

/// The plan, when its prompts and answers fit.
fn fitting(plan: Plan, measure: &Measure) -> Result<Plan, PlanError> {
    // The article is counted once, and not again with each tail.
    let (shared, nothing) = (measure.count(&plan.system, &plan.shared, ""), measure.count("", "", ""));
    let tokens = |answer: &PlannedAnswer| shared + measure.count("", "", &answer.tail) - nothing + answer.max_tokens;
    match plan.answers.iter().map(tokens).max() {
        Some(tokens) if tokens > measure.context() => Err(PlanError::TooLong { tokens, limit: measure.context() }),
        _ => Ok(plan),
    }
}
