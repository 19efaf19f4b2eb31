//! Chat templates by family: how a model wants to be spoken to.
//!
//! The templates are written here and not taken from the model file: that template is a program from outside, and the
//! families that we support are few. A prompt has a part that all its branches share, the article, and a tail for each
//! branch, the instructions; the two are encoded apart so that the tokens of the shared part never depend on the tail.

use super::tokenizer::Tokenizer;

/// A family of chat templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chat {
    /// `<|im_start|>role … <|im_end|>`: Qwen, SmolLM2.
    ChatMl,
    /// ChatML with an empty thought in front of the answer: Qwen3 answers at once.
    ChatMlNoThinking,
    /// No template: base models, and tests with vocabularies that have no control tokens.
    Plain,
}

impl Chat {
    /// The family that a manifest names.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "chatml" => Some(Self::ChatMl),
            _ => None,
        }
    }

    /// The family that goes with an architecture, for files without a manifest.
    pub fn of_architecture(architecture: &str) -> Self {
        match architecture {
            "qwen3" => Self::ChatMlNoThinking,
            _ => Self::ChatMl,
        }
    }

    /// Tokens up to the end of the shared part of the user's message.
    pub fn shared(self, tokenizer: &Tokenizer, system: &str, shared: &str) -> Vec<u32> {
        let mut out = Vec::new();
        if self != Self::Plain {
            push(&mut out, tokenizer, &[Control("<|im_start|>"), Text("system\n"), Text(system)]);
            push(&mut out, tokenizer, &[Control("<|im_end|>"), Text("\n"), Control("<|im_start|>"), Text("user\n")]);
        }
        push(&mut out, tokenizer, &[Text(shared)]);
        out
    }

    /// Tokens from there to where the model takes over.
    pub fn tail(self, tokenizer: &Tokenizer, tail: &str) -> Vec<u32> {
        let mut out = tokenizer.encode(tail);
        if self != Self::Plain {
            push(
                &mut out,
                tokenizer,
                &[Control("<|im_end|>"), Text("\n"), Control("<|im_start|>"), Text("assistant\n")],
            );
        }
        if self == Self::ChatMlNoThinking {
            push(&mut out, tokenizer, &[Control("<think>"), Text("\n\n"), Control("</think>"), Text("\n\n")]);
        }
        out
    }
}

use Part::{Control, Text};

#[derive(Clone, Copy)]
enum Part<'a> {
    /// A control token by name; where the vocabulary lacks it, the name goes in as text.
    Control(&'a str),
    Text(&'a str),
}

fn push(out: &mut Vec<u32>, tokenizer: &Tokenizer, parts: &[Part<'_>]) {
    for part in parts {
        match *part {
            Text(text) => out.extend(tokenizer.encode(text)),
            Control(name) => match tokenizer.control(name) {
                Some(token) => out.push(token),
                None => out.extend(tokenizer.encode(name)),
            },
        }
    }
}
