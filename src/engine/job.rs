//! What an engine is asked, and what it tells while it works.
//!
//! The same for an engine on this machine and for one behind an address. Not here: who answers.

use std::time::Duration;

use super::EngineError;
use super::constraint::Constraint;
use super::likelihood::Likelihood;
use super::sampler::Sampling;
use super::sequence::Finish;

/// What is asked of the engine.
pub struct Job {
    /// The system message.
    pub system: String,
    /// The part of the user's message that all branches share.
    pub shared: String,
    /// One answer each.
    pub branches: Vec<Branch>,
}

/// One answer that is wanted.
pub struct Branch {
    /// The rest of the user's message.
    pub tail: String,
    /// What is wanted of it.
    pub output: Output,
}

/// What is wanted of a branch.
pub enum Output {
    /// A text.
    Text(Rules),
    /// A preference between two answers. Nothing is written.
    Preference(Question),
}

/// What is asked about a text.
pub struct Question {
    /// How much more likely does the answer begin with the first of these than with the second?
    pub answers: [String; 2],
    /// The text, as it stands in the branch's tail: how likely is it there?
    pub text: String,
}

/// How an answer is written.
pub struct Rules {
    /// Most tokens of the answer.
    pub max_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// What may be written.
    pub constraint: Box<dyn Constraint>,
}

/// What happens to a job, in order. `Done` or `Failed` is the last.
#[derive(Debug)]
pub enum Event {
    /// The prompt is being read.
    Prefill {
        /// Tokens read.
        done: usize,
        /// Tokens of the shared part.
        total: usize,
    },
    /// Text was added to a branch.
    Delta {
        /// The branch.
        branch: usize,
        /// Whole characters.
        text: String,
    },
    /// A branch that wants a preference has it; it is finished next.
    Preferred {
        /// The branch.
        branch: usize,
        /// The natural logarithm of how many times likelier the first answer is than the second.
        log_odds: f32,
        /// How likely the text is that was asked about.
        likelihood: Option<Likelihood>,
    },
    /// A branch is finished.
    Finished {
        /// The branch.
        branch: usize,
        /// Why it ended.
        finish: Finish,
    },
    /// All branches are finished.
    Done(Timings),
    /// The job failed.
    Failed(EngineError),
}

/// Where a job's time and tokens went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// From acceptance to the start of work.
    pub queue: Duration,
    /// From there until the last branch was read, steps for other jobs in between included.
    pub prefill: Duration,
    /// From there until the last branch was written.
    pub decode: Duration,
    /// What of `decode` and of the first tokens went into choosing them: the rules, the penalty and the sampler.
    pub choosing: Duration,
    /// Tokens of the prompt, the shared part counted once.
    pub prompt_tokens: usize,
    /// Tokens of the shared part.
    pub shared_tokens: usize,
    /// Those of them that had been read before and were not read again.
    pub cached_tokens: usize,
    /// Tokens of all answers.
    pub completion_tokens: usize,
}

impl Timings {
    /// Adds those of another job for the same answer.
    pub fn add(&mut self, other: Self) {
        self.queue += other.queue;
        self.prefill += other.prefill;
        self.decode += other.decode;
        self.choosing += other.choosing;
        self.prompt_tokens += other.prompt_tokens;
        self.shared_tokens += other.shared_tokens;
        self.cached_tokens += other.cached_tokens;
        self.completion_tokens += other.completion_tokens;
    }
}
