//! What inference servers call things: the same request and the same token, in the words of each kind.
//!
//! llama-server is asked by its own `/completion`, with the prompt that it makes of the messages itself (`/apply-template`), so
//! that a text can be gone on with whatever its template does to messages. The others are asked for chat completions, with
//! what stands of the answer as the beginning of the assistant's message. Facts: the servers' own documentation and sources
//! (llama.cpp of 2026-09 `tools/server/README.md`; vLLM 0.12 "Structured Outputs"; SGLang "OpenAI APIs").

use serde_json::{Value, json};

use super::super::sampler::{Sampling, WINDOW};
use super::error::Problem;
use super::replay::{Rank, Token};

/// Most tokens that a server is asked to tell of in the place of one: what the protocol of chat completions allows.
const RANKS: usize = 20;
/// Most tokens that a server is believed to have counted.
const MOST_COUNTED: usize = 1 << 24;
/// Characters of the longest name of a control token.
const LONGEST_CONTROL: usize = 32;

/// A kind of inference server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerKind {
    /// llama.cpp's.
    LlamaServer,
    /// vLLM.
    Vllm,
    /// SGLang.
    Sglang,
    /// Any other that has the protocol of OpenAI's chat completions.
    Openai,
}

/// What is asked of a server: one answer, or the beginning of one.
pub(super) struct Ask<'a> {
    pub(super) model: &'a str,
    pub(super) system: &'a str,
    pub(super) user: &'a str,
    /// The prompt that the server made of them, where it is asked for a plain completion.
    pub(super) prompt: &'a str,
    /// What stands of the answer.
    pub(super) begun: &'a str,
    pub(super) max_tokens: usize,
    pub(super) sampling: Sampling,
    /// What may follow.
    pub(super) grammar: Option<String>,
    /// Whether it is asked what it thought of.
    pub(super) ranked: bool,
}

/// What a server says in one event.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Delta {
    pub(super) tokens: Vec<Token>,
    pub(super) finish: Option<Ended>,
    pub(super) usage: Option<TokenCounts>,
}

/// Why a server ends an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The model ended it.
    ByModel,
    /// It has as many tokens as it may.
    ByLength,
}

/// Tokens that a server counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TokenCounts {
    pub(super) prompt: usize,
    pub(super) cached: usize,
    pub(super) completion: usize,
}

impl ServerKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::LlamaServer, Self::Vllm, Self::Sglang, Self::Openai];

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LlamaServer => "llama-server",
            Self::Vllm => "vllm",
            Self::Sglang => "sglang",
            Self::Openai => "openai",
        }
    }

    /// By what the list of its models says who owns them.
    pub(super) fn of_owner(owner: &str) -> Self {
        match owner {
            "llamacpp" => Self::LlamaServer,
            "vllm" => Self::Vllm,
            "sglang" => Self::Sglang,
            _ => Self::Openai,
        }
    }

    /// True where it is asked for a plain completion.
    pub(super) fn is_plain(self) -> bool {
        self == Self::LlamaServer
    }

    /// True where it takes a grammar.
    pub(super) fn takes_grammar(self) -> bool {
        self != Self::Openai
    }

    /// True where requests that begin alike share what was read once the first has been read. llama-server shares it only
    /// with the next in the same slot.
    pub(super) fn shares_beginnings(self) -> bool {
        self != Self::LlamaServer
    }

    /// Where it is asked for an answer.
    pub(super) fn path(self) -> &'static str {
        if self.is_plain() { "completion" } else { "v1/chat/completions" }
    }

    /// The request for an answer.
    pub(super) fn request(self, ask: &Ask<'_>) -> Value {
        let Sampling { temperature, top_p, seed, repetition_penalty } = ask.sampling;
        if self.is_plain() {
            let mut body = json!({
                "model": ask.model, "prompt": format!("{}{}", ask.prompt, ask.begun), "n_predict": ask.max_tokens, "stream": true,
                "cache_prompt": true, "temperature": temperature, "top_p": top_p, "seed": seed as u32,
                "repeat_penalty": repetition_penalty, "repeat_last_n": WINDOW,
                "samplers": ["penalties", "top_k", "top_p", "temperature"],
            });
            if ask.ranked {
                body["n_probs"] = json!(RANKS);
            }
            if let Some(grammar) = &ask.grammar {
                body["grammar"] = json!(grammar);
            }
            return body;
        }
        let mut messages = vec![json!({"role": "user", "content": ask.user})];
        if !ask.system.is_empty() {
            messages.insert(0, json!({"role": "system", "content": ask.system}));
        }
        // Templates trim what a message ends with, so the blank comes back with what follows.
        let begun = ask.begun.trim_end();
        if !begun.is_empty() {
            messages.push(json!({"role": "assistant", "content": begun}));
        }
        let mut body = json!({
            "model": ask.model, "messages": messages, "max_tokens": ask.max_tokens, "temperature": temperature,
            "top_p": top_p, "seed": seed as u32, "stream": true, "stream_options": {"include_usage": true},
        });
        if ask.ranked {
            body["logprobs"] = json!(true);
            body["top_logprobs"] = json!(RANKS);
        }
        if self == Self::Openai {
            return body;
        }
        body["repetition_penalty"] = json!(repetition_penalty);
        body["chat_template_kwargs"] = json!({"enable_thinking": false});
        if !begun.is_empty() {
            body["continue_final_message"] = json!(true);
            body["add_generation_prompt"] = json!(false);
        }
        match (&ask.grammar, self) {
            (Some(grammar), Self::Sglang) => body["ebnf"] = json!(grammar),
            (Some(grammar), _) => body["structured_outputs"] = json!({"grammar": grammar}),
            (None, _) => {}
        }
        body
    }

    /// What an event of its stream says.
    pub(super) fn read(self, event: &[u8]) -> Result<Delta, Problem> {
        // Half a character from a server that cuts them is one that no rule lets pass.
        let event: Value = serde_json::from_str(&String::from_utf8_lossy(event))
            .map_err(|_| Problem::NotUnderstood(format!("an event that is no JSON, {:?}", short(event))))?;
        if let Some(error) = event.get("error").filter(|error| !error.is_null()) {
            return Err(error_of(error));
        }
        Ok(if self.is_plain() { plain(&event) } else { chat(&event) })
    }
}

/// What an error in a stream says.
fn error_of(error: &Value) -> Problem {
    let code = &error["code"];
    let status = code.as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(500);
    let message = error["message"].as_str().map_or_else(|| error.to_string(), str::to_owned);
    // Some have a word in the place of a status.
    let code = code.as_str().unwrap_or_default().replace('_', " ");
    Problem::of(status, short(format!("{message} {code}").trim().as_bytes()), None)
}

/// An event of llama-server's `/completion`.
fn plain(event: &Value) -> Delta {
    let finish = event["stop"].as_bool().unwrap_or_default().then(|| match event["stop_type"].as_str() {
        Some("limit") => Ended::ByLength,
        _ => Ended::ByModel,
    });
    let usage = count(&event["tokens_evaluated"]).map(|prompt| TokenCounts {
        prompt,
        cached: count(&event["timings"]["cache_n"]).unwrap_or_default(),
        completion: count(&event["tokens_predicted"]).unwrap_or_default(),
    });
    let text = event["content"].as_str().unwrap_or_default();
    let told = event["completion_probabilities"].as_array();
    Delta { tokens: tokens(text, told), finish, usage: usage.filter(|_| finish.is_some()) }
}

/// An event of chat completions.
fn chat(event: &Value) -> Delta {
    let choice = &event["choices"][0];
    let finish = choice["finish_reason"].as_str().map(|reason| match reason {
        "length" => Ended::ByLength,
        _ => Ended::ByModel,
    });
    let usage = event.get("usage").and_then(|usage| {
        Some(TokenCounts {
            prompt: count(&usage["prompt_tokens"])?,
            cached: count(&usage["prompt_tokens_details"]["cached_tokens"]).unwrap_or_default(),
            completion: count(&usage["completion_tokens"]).unwrap_or_default(),
        })
    });
    let text = choice["delta"]["content"].as_str().unwrap_or_default();
    Delta { tokens: tokens(text, choice["logprobs"]["content"].as_array()), finish, usage }
}

/// A number of tokens, where one can be that many.
fn count(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|count| usize::try_from(count).ok()).filter(|&count| count <= MOST_COUNTED)
}

/// A text and what a server tells of its tokens; one token without ranks where that is another text, as it is where a server
/// keeps half a character back and tells of its other half alone.
fn tokens(text: &str, told: Option<&Vec<Value>>) -> Vec<Token> {
    if text.is_empty() {
        return Vec::new();
    }
    let told: Vec<Token> = told.into_iter().flatten().map(token).collect();
    match told.iter().flat_map(|token| token.bytes.iter()).eq(text.as_bytes()) {
        true => told,
        false => vec![Token { bytes: text.into(), ranks: Vec::new() }],
    }
}

fn token(told: &Value) -> Token {
    let ranks = told["top_logprobs"].as_array().into_iter().flatten();
    let rank = |told: &Value| Rank {
        bytes: bytes(told),
        log_probability: told["logprob"].as_f64().map_or(f32::MIN, |it| (it as f32).max(f32::MIN)),
    };
    let mut ranks: Vec<Rank> = ranks.map(rank).collect();
    ranks.sort_by(|one, other| other.log_probability.total_cmp(&one.log_probability));
    Token { bytes: bytes(told), ranks }
}

fn bytes(told: &Value) -> Vec<u8> {
    let listed = told["bytes"].as_array().filter(|bytes| !bytes.is_empty());
    let listed =
        listed.map(|bytes| bytes.iter().map(|byte| byte.as_u64().and_then(|it| u8::try_from(it).ok())).collect());
    let text = told["token"].as_str().unwrap_or_default();
    // Those that end an answer have no text of their own, whatever a server calls them.
    if is_control(text) { Vec::new() } else { listed.flatten().unwrap_or_else(|| text.into()) }
}

/// True for what stands for a control token in the templates of models: `<|im_end|>`, `</s>`, `<end_of_turn>`.
fn is_control(text: &str) -> bool {
    text.len() > 2 && text.starts_with('<') && text.ends_with('>') && !text.contains(char::is_whitespace)
}

/// A text without anything that a server would take for control tokens of a template: an article is data.
pub(super) fn plain_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '[']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end =
            from.char_indices().take(LONGEST_CONTROL).find(|&(_, c)| c == '>' || c == ']').map(|(end, _)| end + 1);
        let mark = &from[..end.unwrap_or(1)];
        let is_name = |mark: &str| {
            mark.len() > 4 && mark.bytes().all(|byte| byte.is_ascii_uppercase() || b"[]/_".contains(&byte))
        };
        let is_of_template = is_control(mark) || is_name(mark);
        out.push_str(&mark[..1]);
        if is_of_template {
            out.push(' ');
        }
        rest = &from[1..];
    }
    out + rest
}

/// What a server says, short enough for a line of a log.
pub(super) fn short(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(1200)]);
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

#[cfg(test)]
#[path = "kind_cases.rs"]
mod cases;
