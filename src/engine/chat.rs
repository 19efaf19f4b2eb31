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
    /// `<start_of_turn>role … <end_of_turn>`: Gemma. It knows no system; what that says stands before the user's text.
    Gemma,
    /// `<|start_header_id|>role<|end_header_id|> … <|eot_id|>`: Llama 3.
    Llama3,
    /// No template: base models, and tests with vocabularies that have no control tokens.
    Plain,
}

impl Chat {
    /// The family that a manifest names.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "chatml" => Some(Self::ChatMl),
            "gemma" => Some(Self::Gemma),
            "llama3" => Some(Self::Llama3),
            "plain" => Some(Self::Plain),
            _ => None,
        }
    }

    /// The family that goes with an architecture, for files without a manifest. Models of the architecture `llama` come
    /// from many houses; which one it was shows in the vocabulary.
    pub fn of_architecture(architecture: &str, tokenizer: &Tokenizer) -> Self {
        match architecture {
            "qwen3" => Self::ChatMlNoThinking,
            "gemma3" => Self::Gemma,
            "llama" if tokenizer.control("<|start_header_id|>").is_some() => Self::Llama3,
            "llama" if tokenizer.control("<|im_start|>").is_none() => Self::Plain,
            _ => Self::ChatMl,
        }
    }

    /// Tokens up to the end of the shared part of the user's message.
    pub fn shared(self, tokenizer: &Tokenizer, system: &str, shared: &str) -> Vec<u32> {
        let mut out: Vec<u32> = tokenizer.begin().into_iter().collect();
        let mut push = |parts: &[Part<'_>]| push(&mut out, tokenizer, parts);
        match self {
            Self::ChatMl | Self::ChatMlNoThinking => {
                push(&[Control("<|im_start|>"), Text("system\n"), Text(system)]);
                push(&[Control("<|im_end|>"), Text("\n"), Control("<|im_start|>"), Text("user\n"), Text(shared)]);
            }
            Self::Gemma => {
                let system = if system.is_empty() { String::new() } else { format!("{system}\n\n") };
                push(&[Control("<start_of_turn>"), Text(&format!("user\n{system}{shared}"))]);
            }
            Self::Llama3 => {
                push(&llama3_header("system"));
                push(&[Text(&format!("\n\n{system}")), Control("<|eot_id|>")]);
                push(&llama3_header("user"));
                push(&[Text(&format!("\n\n{shared}"))]);
            }
            Self::Plain => push(&[Text(shared)]),
        }
        out
    }

    /// Tokens from there to where the model takes over.
    pub fn tail(self, tokenizer: &Tokenizer, tail: &str) -> Vec<u32> {
        let mut out = tokenizer.encode(tail);
        let mut push = |parts: &[Part<'_>]| push(&mut out, tokenizer, parts);
        match self {
            Self::ChatMl | Self::ChatMlNoThinking => {
                push(&[Control("<|im_end|>"), Text("\n"), Control("<|im_start|>"), Text("assistant\n")]);
            }
            Self::Gemma => {
                push(&[Control("<end_of_turn>"), Text("\n"), Control("<start_of_turn>"), Text("model\n")]);
            }
            Self::Llama3 => {
                push(&[Control("<|eot_id|>")]);
                push(&llama3_header("assistant"));
                push(&[Text("\n\n")]);
            }
            Self::Plain => {}
        }
        if self == Self::ChatMlNoThinking {
            push(&[Control("<think>"), Text("\n\n"), Control("</think>"), Text("\n\n")]);
        }
        out
    }
}

fn llama3_header(role: &str) -> [Part<'_>; 3] {
    [Control("<|start_header_id|>"), Text(role), Control("<|end_header_id|>")]
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
