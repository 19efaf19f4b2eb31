//! How many tokens texts take, for whoever plans prompts.

use std::sync::Arc;

use super::chat::Chat;
use super::remote::Estimate;
use super::tokenizer::Tokenizer;

/// What is fixed about a loaded model.
#[derive(Debug)]
pub struct Card {
    /// Both directions between text and tokens.
    pub tokenizer: Tokenizer,
    /// How it is spoken to.
    pub chat: Chat,
    /// Most tokens of prompt and answer together.
    pub context: usize,
}

impl Card {
    /// How many tokens a prompt takes.
    pub fn count(&self, system: &str, shared: &str, tail: &str) -> usize {
        self.chat.shared(&self.tokenizer, system, shared).len() + self.chat.tail(&self.tokenizer, tail).len()
    }
}

/// How many tokens texts take, and how many fit.
#[derive(Debug, Clone)]
pub enum Measure {
    /// By the vocabulary of a model that is loaded here.
    Exact(Arc<Card>),
    /// By what a server said of texts of ours: rather too many than too few.
    Estimated(Arc<Estimate>),
}

impl Measure {
    /// Most tokens of prompt and answer together.
    pub fn context(&self) -> usize {
        match self {
            Self::Exact(card) => card.context,
            Self::Estimated(estimate) => estimate.context(),
        }
    }

    /// How many tokens a prompt takes.
    pub fn count(&self, system: &str, shared: &str, tail: &str) -> usize {
        match self {
            Self::Exact(card) => card.count(system, shared, tail),
            Self::Estimated(estimate) => estimate.prompt([system, shared, tail]),
        }
    }
}
