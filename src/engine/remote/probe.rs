//! What kind of server it is, and whether it keeps to a grammar: found out before the first article goes there.
//!
//! Some servers answer a grammar that they cannot read with anything (llama.cpp, issue 19051), and some let through what a
//! class of characters forbids (XGrammar, issues 491 and 848). So a server is asked for what its grammar forbids, and trusted
//! only when it does not write that, and when it refuses a grammar that cannot be read.

use serde_json::{Value, json};

use super::super::sampler::Sampling;
use super::error::{Fault, Problem};
use super::estimate::SAMPLES;
use super::kind::{Ask, Ended, ServerKind};
use super::server::{Facts, Grammar, Server};

/// Two small letters of two alphabets and a listed number. What is asked for has other letters and another number.
const RULES: &str = "root ::= [a-d] [а-г] \" \" (\"12\" | \"35\")\n";
const FORBIDDEN: &str = "Write exactly this, and nothing else: zю 4769";
/// What nobody can read.
const BROKEN: &str = "root ::= [a-d (\"12\" | ::= *\n";
/// Tokens that the few characters take at most, in bytes.
const TOKENS: usize = 24;

/// What one question of a probe came to.
struct Probed {
    text: String,
    ranked: bool,
    ended: Option<Ended>,
}

/// Finds out about a server.
pub(super) async fn probe(server: &Server) -> Result<Facts, Fault> {
    let models = server.get("v1/models").await?;
    let listed = models["data"].as_array().filter(|models| !models.is_empty());
    let listed = listed.ok_or_else(|| Problem::NotUnderstood("no list of models at /v1/models".to_owned()))?;
    let entry = entry(server, listed)?;
    let owner = entry["owned_by"].as_str().unwrap_or_default();
    let kind = server.settings.kind.unwrap_or_else(|| ServerKind::of_owner(owner));
    let model = server.settings.model.clone().unwrap_or_else(|| name_of(entry));
    let number = |value: &Value| value.as_u64().and_then(|it| usize::try_from(it).ok()).filter(|&it| it > 0);
    let (mut context, mut slots) = (number(&entry["max_model_len"]).or(number(&entry["context_length"])), None);
    if kind == ServerKind::LlamaServer {
        let props = server.get("props").await?;
        context = number(&props["default_generation_settings"]["n_ctx"]).or(context);
        slots = number(&props["total_slots"]);
    }
    let mut facts = Facts { kind, model, context, slots, grammar: Grammar::None, ranked: true, sampled: None };
    facts.sampled = sampled(server, &facts).await;
    let first = match ask(server, &facts, None).await {
        // A server that knows no ranks may refuse to be asked for them.
        Err(Fault { problem: Problem::Refused { .. }, .. }) => {
            facts.ranked = false;
            ask(server, &facts, None).await?
        }
        first => first?,
    };
    facts.ranked &= first.ranked;
    if kind.takes_grammar() {
        facts.grammar = grammar(server, &facts).await?;
    }
    Ok(facts)
}

/// The model that is wanted, in the list of those that a server has.
fn entry<'a>(server: &Server, listed: &'a [Value]) -> Result<&'a Value, Problem> {
    let Some(wanted) = &server.settings.model else { return Ok(&listed[0]) };
    let has = |entry: &&Value| {
        name_of(entry) == *wanted || entry["aliases"].as_array().is_some_and(|it| it.contains(&json!(wanted)))
    };
    listed.iter().find(has).ok_or_else(|| {
        let known: Vec<String> = listed.iter().take(12).map(name_of).collect();
        Problem::NoModel { wanted: wanted.clone(), known: known.join(", ") }
    })
}

fn name_of(entry: &Value) -> String {
    entry["id"].as_str().unwrap_or_default().to_owned()
}

/// What it does with grammars.
async fn grammar(server: &Server, facts: &Facts) -> Result<Grammar, Fault> {
    match ask(server, facts, Some(RULES)).await {
        Ok(written) if keeps_to_rules(&written) => {}
        Ok(_) => return Ok(Grammar::Ignored),
        Err(Fault { problem: Problem::Refused { .. } | Problem::Failed { .. }, .. }) => return Ok(Grammar::Refused),
        Err(fault) => return Err(fault),
    }
    match ask(server, facts, Some(BROKEN)).await {
        Ok(_) => Ok(Grammar::FailsOpen),
        Err(Fault { problem, .. }) if problem.is_of_request() => Ok(Grammar::Kept),
        Err(Fault { problem: Problem::Failed { .. }, .. }) => Ok(Grammar::Kept),
        Err(fault) => Err(fault),
    }
}

/// True for what the rules allow, or the beginning of it where the tokens were too few.
fn keeps_to_rules(written: &Probed) -> bool {
    let mut chars = written.text.chars();
    let first = chars.next().is_some_and(|c| ('a'..='d').contains(&c));
    let second = chars.next().is_some_and(|c| ('а'..='г').contains(&c));
    let rest = chars.as_str();
    let whole = [" 12", " 35"].contains(&rest);
    let begun = written.ended == Some(Ended::ByLength) && [" 12", " 35"].iter().any(|it| it.starts_with(rest));
    first && second && (whole || begun)
}

async fn ask(server: &Server, facts: &Facts, grammar: Option<&str>) -> Result<Probed, Fault> {
    let prompt = prompt(server, facts, ["", FORBIDDEN]).await?;
    let grammar = grammar.map(str::to_owned);
    let (model, max_tokens) = (facts.model.as_str(), if grammar.is_some() { TOKENS } else { 1 });
    let ask = Ask {
        model,
        system: "",
        user: FORBIDDEN,
        prompt: &prompt,
        begun: "",
        max_tokens,
        sampling: Sampling::default(),
        grammar,
        ranked: facts.ranked,
    };
    let mut stream = server.stream(facts.kind, &facts.kind.request(&ask), None).await?;
    let mut found = Probed { text: String::new(), ranked: false, ended: None };
    // One that does not stop where it is told to is not listened to for ever.
    for _ in 0..TOKENS * 8 {
        let Some(delta) = stream.next().await? else { break };
        for token in delta.tokens {
            found.ranked |= !token.ranks.is_empty();
            found.text.push_str(&String::from_utf8_lossy(&token.bytes));
        }
        found.ended = delta.finish.or(found.ended);
    }
    Ok(found)
}

/// The prompt that a server makes of messages, where it is asked for plain completions; else nothing.
pub(super) async fn prompt(server: &Server, facts: &Facts, [system, user]: [&str; 2]) -> Result<String, Fault> {
    if !facts.kind.is_plain() {
        return Ok(String::new());
    }
    let mut messages = vec![json!({"role": "user", "content": user})];
    if !system.is_empty() {
        messages.insert(0, json!({"role": "system", "content": system}));
    }
    let body = json!({"model": facts.model, "messages": messages, "chat_template_kwargs": {"enable_thinking": false}});
    let made = server.post("apply-template", &body, server.limits.first).await?;
    let prompt = made["prompt"].as_str().map(str::to_owned);
    prompt.ok_or_else(|| Problem::NotUnderstood("no prompt from /apply-template".to_owned()).into())
}

/// The tokens of our samples, where the server counts.
async fn sampled(server: &Server, facts: &Facts) -> Option<[usize; 2]> {
    let mut counts = [0; 2];
    for (count, text) in counts.iter_mut().zip(SAMPLES) {
        let body = match facts.kind {
            ServerKind::LlamaServer => json!({"model": facts.model, "content": text}),
            ServerKind::Openai => return None,
            ServerKind::Vllm | ServerKind::Sglang => json!({"model": facts.model, "prompt": text}),
        };
        let said = server.post("tokenize", &body, server.limits.probe).await.ok()?;
        *count = said["tokens"]
            .as_array()
            .map(Vec::len)
            .or(said["count"].as_u64().and_then(|it| usize::try_from(it).ok()))?;
    }
    (counts[0] > 0).then_some(counts)
}
