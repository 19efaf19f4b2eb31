//! A scripted inference server on loopback: every kind in its own words, and the faults that such servers have.
//!
//! It writes the answers that a test gives it, by the language of the instructions, a piece of a few letters at a time. Where it
//! is asked to go on, it goes on with its script behind what was taken of it, as a model would that another word was put in
//! the mouth of.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use stislo::engine::remote::ServerKind;
use stislo::language::Language;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// What a server does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It writes what the grammar forbids.
    IgnoresGrammar,
    /// It takes a grammar that cannot be read.
    FailsOpen,
    /// It takes no grammar.
    RefusesGrammar,
    /// It takes that of the probe, and cannot work with that of an answer.
    ChokesOnGrammar,
    /// The connection breaks after some pieces, the first times.
    BreaksOff,
    /// The stream ends without an end of the answer, the first times.
    EndsEarly,
    /// An error comes in the middle of the stream, the first times.
    ErrorInStream,
    /// 429 with `Retry-After: 0`, the first times.
    Busy,
    /// 500, the first times.
    Fails,
    /// Always 500.
    AlwaysFails,
    /// It begins every answer in Chinese.
    Chinese,
    /// It says one thing again and again.
    Repeats,
    /// Halves of characters, each in an event of its own.
    HalfCharacters,
    /// Comments that keep the connection open, and nothing else.
    Trickles,
    /// It counts tokens that cannot be.
    LiesAboutUsage,
    /// It says the beginning of an answer again when it is to go on.
    Echoes,
    /// It ends every answer after its first line.
    StopsEarly,
    /// It thinks without an end.
    Thinks,
    /// It never ends, and knows no limit of tokens.
    Endless,
    /// It finds every text too long.
    TooLong,
    /// A page in the place of events.
    Page,
}

/// Times that a fault which passes comes.
const TIMES: usize = 2;
/// Pieces before the middle of a stream.
const PIECES: usize = 9;

/// What a server is like.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) kind: ServerKind,
    pub(crate) fault: Fault,
    /// It tells what it thought of.
    pub(crate) ranked: bool,
    pub(crate) key: Option<&'static str>,
    /// What it would write in each language.
    pub(crate) answers: HashMap<Language, String>,
    /// What it thinks of in the place of a piece: (piece, other).
    pub(crate) others: Vec<(&'static str, &'static str)>,
    /// Between two events.
    pub(crate) pace: Duration,
    /// Pieces of an event.
    pub(crate) pieces: usize,
    /// What it calls its model.
    pub(crate) model: &'static str,
    /// Requests side by side, which it says.
    pub(crate) slots: usize,
}

impl Script {
    pub(crate) fn new(kind: ServerKind, answers: [&str; 3]) -> Self {
        let answers = Language::ALL.into_iter().zip(answers.map(str::to_owned)).collect();
        let (fault, ranked, others, pace) = (Fault::None, true, Vec::new(), Duration::ZERO);
        Self { kind, fault, ranked, key: None, answers, others, pace, pieces: 1, model: "scripted", slots: 4 }
    }

    pub(crate) fn with(self, fault: Fault) -> Self {
        Self { fault, ..self }
    }
}

/// What a server saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Bodies of requests for answers, those of probes left out.
    pub(crate) asked: Mutex<Vec<Value>>,
    pub(crate) traces: Mutex<Vec<String>>,
    /// Answers that it stopped to write because nobody listened.
    pub(crate) left: AtomicUsize,
    /// Those that are being written.
    pub(crate) running: AtomicUsize,
    /// Times that it was asked for its models.
    pub(crate) probed: AtomicUsize,
    failed: AtomicUsize,
}

/// A server.
pub(crate) struct InferenceServer {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Seen>,
    /// Its own, so that it ends with all of its connections.
    runtime: Option<Runtime>,
}

struct Shared {
    script: Script,
    seen: Arc<Seen>,
}

impl InferenceServer {
    pub(crate) fn start(script: Script) -> Self {
        Self::start_at(script, "127.0.0.1:0".parse().unwrap())
    }

    /// One that was there before comes back to its address.
    pub(crate) fn start_at(script: Script, address: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let entered = runtime.enter();
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(address).unwrap();
        let listener = socket.listen(1024).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let shared = Arc::new(Shared { script, seen: seen.clone() });
        let app = Router::new()
            .route("/v1/models", get(models))
            .route("/props", get(props))
            .route("/apply-template", post(template))
            .route("/tokenize", post(tokenize))
            .route("/completion", post(complete))
            .route("/v1/chat/completions", post(complete))
            .with_state(shared);
        runtime.spawn(async move { axum::serve(listener, app).await.unwrap() });
        drop(entered);
        Self { address, seen, runtime: Some(runtime) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it, and every connection to it.
    pub(crate) fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for InferenceServer {
    fn drop(&mut self) {
        self.kill();
    }
}

type Shown<T> = State<Arc<T>>;

async fn models(State(shared): Shown<Shared>, headers: HeaderMap) -> Response {
    if let Some(refusal) = refused(&shared, &headers) {
        return refusal;
    }
    shared.seen.probed.fetch_add(1, Ordering::SeqCst);
    let owner = match shared.script.kind {
        ServerKind::LlamaServer => "llamacpp",
        ServerKind::Vllm => "vllm",
        ServerKind::Sglang => "sglang",
        ServerKind::Openai => "somebody",
    };
    let model = json!({"id": shared.script.model, "owned_by": owner, "max_model_len": 8192});
    Json(json!({"object": "list", "data": [model, {"id": "another", "owned_by": owner}]})).into_response()
}

async fn props(State(shared): Shown<Shared>) -> Json<Value> {
    Json(json!({"total_slots": shared.script.slots, "default_generation_settings": {"n_ctx": 8192}}))
}

async fn template(Json(body): Json<Value>) -> Json<Value> {
    let messages = body["messages"].as_array().unwrap();
    let prompt: String = messages
        .iter()
        .map(|it| format!("<|{}|>{}\n", it["role"].as_str().unwrap(), it["content"].as_str().unwrap()))
        .collect();
    Json(json!({"prompt": format!("{prompt}{TURN}")}))
}

/// Where an answer begins in a prompt.
const TURN: &str = "<|assistant|>";

async fn tokenize(Json(body): Json<Value>) -> Json<Value> {
    let text = body["content"].as_str().or(body["prompt"].as_str()).unwrap();
    Json(json!({"tokens": vec![0; text.chars().count().div_ceil(3)]}))
}

fn refused(shared: &Shared, headers: &HeaderMap) -> Option<Response> {
    let given = headers.get("authorization").and_then(|it| it.to_str().ok());
    let wanted = shared.script.key.map(|key| format!("Bearer {key}"));
    (wanted.is_some() && given != wanted.as_deref())
        .then(|| (StatusCode::UNAUTHORIZED, Json(json!({"error": {"message": "Invalid API Key"}}))).into_response())
}

/// The grammar of a request, as each kind names it.
fn grammar_of(body: &Value) -> Option<&str> {
    body["grammar"].as_str().or(body["ebnf"].as_str()).or(body["structured_outputs"]["grammar"].as_str())
}

/// The prompt and the beginning of the answer.
fn prompt_of(body: &Value) -> (String, String) {
    if let Some(prompt) = body["prompt"].as_str() {
        let (prompt, begun) = prompt.rsplit_once(TURN).unwrap();
        return (prompt.to_owned(), begun.to_owned());
    }
    let messages = body["messages"].as_array().unwrap();
    let last = messages.last().unwrap();
    let text = |message: &Value| message["content"].as_str().unwrap().to_owned();
    match last["role"] == "assistant" {
        true => (text(&messages[messages.len() - 2]), text(last)),
        false => (text(last), String::new()),
    }
}

async fn complete(State(shared): Shown<Shared>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if let Some(refusal) = refused(&shared, &headers) {
        return refusal;
    }
    let error =
        |status: StatusCode, message: &str| (status, Json(json!({"error": {"message": message}}))).into_response();
    let (script, seen) = (&shared.script, &shared.seen);
    let (prompt, begun) = prompt_of(&body);
    let grammar = grammar_of(&body);
    if grammar.is_some() && script.fault == Fault::RefusesGrammar {
        return error(StatusCode::BAD_REQUEST, "no grammars here");
    }
    if prompt.contains("4769") {
        let is_broken = grammar.is_some_and(|grammar| grammar.contains("::= *"));
        let text = match grammar {
            Some(_) if is_broken && script.fault != Fault::FailsOpen => {
                return error(StatusCode::BAD_REQUEST, "failed to parse grammar");
            }
            Some(_) if script.fault != Fault::IgnoresGrammar => "aб 12",
            _ => "zю 4769",
        };
        return stream(shared.clone(), body, pieces(text));
    }
    seen.asked.lock().unwrap().push(body.clone());
    if grammar.is_some() && script.fault == Fault::ChokesOnGrammar {
        return error(StatusCode::INTERNAL_SERVER_ERROR, "Unexpected empty grammar stack");
    }
    seen.traces.lock().unwrap().extend(headers.get("traceparent").map(|it| it.to_str().unwrap().to_owned()));
    let is_first = || seen.failed.fetch_add(1, Ordering::SeqCst) < TIMES;
    match script.fault {
        Fault::Busy if is_first() => {
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")], "{}").into_response();
        }
        Fault::Fails if is_first() => return error(StatusCode::INTERNAL_SERVER_ERROR, "out of memory"),
        Fault::AlwaysFails => return error(StatusCode::INTERNAL_SERVER_ERROR, "out of memory"),
        Fault::TooLong => return error(StatusCode::BAD_REQUEST, "This model's maximum context length is 10 tokens"),
        Fault::Page => return "<html><body>It works!</body></html>".into_response(),
        _ => {}
    }
    let whole = &script.answers[&language_of(&prompt)];
    let rest = behind(whole, &begun, script.fault);
    stream(shared.clone(), body, rest)
}

/// The language of the instructions at the end of a prompt.
fn language_of(prompt: &str) -> Language {
    let letters: Vec<char> = prompt.chars().rev().take(200).collect();
    let count = |wanted: &str| letters.iter().filter(|c| wanted.contains(**c)).count();
    match (count("абвгдеиклмноп") > 20, count("іїє") > 2) {
        (false, _) => Language::En,
        (true, true) => Language::Uk,
        (true, false) => Language::Ru,
    }
}

/// A text in pieces of at most four letters, blanks in front of words.
fn pieces(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for c in text.chars() {
        let fits = |last: &&mut String| {
            c.is_alphanumeric()
                && last.chars().count() < 4
                && last.chars().last().is_some_and(|it| it.is_alphanumeric() || it == ' ')
        };
        match all.last_mut().filter(fits) {
            Some(last) => last.push(c),
            None => all.push(c.to_string()),
        }
    }
    all
}

/// How a script goes on behind what stands.
fn behind(whole: &str, begun: &str, fault: Fault) -> Vec<String> {
    let rest = match whole.strip_prefix(begun) {
        Some(rest) => pieces(rest),
        None => {
            // Another word was put in its mouth: it goes on behind the piece that would have been its own.
            let common = whole.bytes().zip(begun.bytes()).take_while(|(one, other)| one == other).count();
            let mut at = 0;
            let begins = |piece: &String| {
                at += piece.len();
                at <= common
            };
            pieces(whole).into_iter().skip_while(begins).skip(1).collect()
        }
    };
    match fault {
        Fault::Chinese if begun.is_empty() => ["桥", "梁", "重新", "开放"].map(str::to_owned).to_vec(),
        Fault::Repeats => vec![" and so it goes on".to_owned(); 60],
        Fault::Endless => vec![" on".to_owned(); 100_000],
        Fault::StopsEarly => {
            let end = rest.iter().position(|piece| piece == "\n").unwrap_or(rest.len());
            rest[..end.max(1).min(rest.len())].to_vec()
        }
        Fault::Echoes if !begun.is_empty() => [pieces(begun), rest].concat(),
        _ => rest,
    }
}

/// Counts an answer while it is written.
struct Writing(Arc<Seen>, bool);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
        if !self.1 {
            self.0.left.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn stream(shared: Arc<Shared>, body: Value, pieces: Vec<String>) -> Response {
    let (sender, mut receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let is_plain = body.get("prompt").is_some();
    let most = body["n_predict"].as_u64().or(body["max_tokens"].as_u64()).unwrap() as usize;
    let is_ranked = shared.script.ranked && (body.get("n_probs").is_some() || body["logprobs"] == true);
    let is_probe = prompt_of(&body).0.contains("4769");
    shared.seen.running.fetch_add(1, Ordering::SeqCst);
    let writing = Writing(shared.seen.clone(), false);
    tokio::spawn(async move {
        let mut writing = writing;
        let Shared { script, seen } = &*shared;
        let fault = if is_probe { Fault::None } else { script.fault };
        let limit = if fault == Fault::Endless { pieces.len() } else { most };
        let (count, is_cut) = (pieces.len().min(limit), pieces.len() > limit);
        let passes = || seen.failed.fetch_add(1, Ordering::SeqCst) < TIMES;
        let breaks = matches!(fault, Fault::BreaksOff | Fault::EndsEarly | Fault::ErrorInStream) && passes();
        for (at, pieces) in pieces[..count].chunks(script.pieces).enumerate() {
            let piece = pieces.concat();
            if fault == Fault::Trickles {
                while sender.send(Ok(": still here\n\n".into())).await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                return;
            }
            tokio::time::sleep(script.pace).await;
            if breaks && at == PIECES {
                match fault {
                    Fault::BreaksOff => drop(sender.send(Err(std::io::Error::other("broken"))).await),
                    Fault::ErrorInStream => {
                        let error = json!({"error": {"code": 500, "message": "slot lost"}});
                        drop(sender.send(Ok(format!("data: {error}\n\n").into())).await);
                    }
                    _ => {}
                }
                writing.1 = true;
                return;
            }
            let mut event = match is_plain {
                true => json!({"content": piece, "stop": false}),
                false => json!({"choices": [{"delta": {"content": piece}}]}),
            };
            if is_ranked {
                let told = json!(pieces.iter().map(|piece| told(script, piece)).collect::<Vec<_>>());
                match is_plain {
                    true => event["completion_probabilities"] = told,
                    false => event["choices"][0]["logprobs"] = json!({"content": told}),
                }
            }
            let mut line = format!("data: {event}\n\n").into_bytes();
            if fault == Fault::Thinks {
                line = b"data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}\n\n".repeat(20_000);
            }
            if fault == Fault::HalfCharacters
                && let Some(half) = line.iter().position(|byte| *byte >= 0xd0)
            {
                line.remove(half);
            }
            // In two pieces, so that no event comes as a whole.
            let rest = line.split_off(line.len() / 2);
            if sender.send(Ok(line.into())).await.is_err() || sender.send(Ok(rest.into())).await.is_err() {
                return;
            }
        }
        let counts = if fault == Fault::LiesAboutUsage { json!(9_000_000_000_000_u64) } else { json!(count) };
        let last = match is_plain {
            true => {
                json!({"content": "", "stop": true, "stop_type": if is_cut { "limit" } else { "eos" }, "tokens_predicted": counts, "tokens_evaluated": counts})
            }
            false => json!({"choices": [{"delta": {}, "finish_reason": if is_cut { "length" } else { "stop" }}]}),
        };
        let usage = json!({"choices": [], "usage": {"prompt_tokens": counts, "completion_tokens": counts}});
        let end = if is_plain { String::new() } else { format!("data: {usage}\n\ndata: [DONE]\n\n") };
        writing.1 = sender.send(Ok(format!("data: {last}\n\n{end}").into())).await.is_ok();
    });
    let events = futures_util::stream::poll_fn(move |context| receiver.poll_recv(context));
    ([("content-type", "text/event-stream")], Body::from_stream(events)).into_response()
}

/// What it tells of a piece: what it thought of in its place, the piece first.
fn told(script: &Script, piece: &str) -> Value {
    let others = script.others.iter().filter(|(it, _)| *it == piece).map(|(_, other)| *other);
    let all = std::iter::once(piece).chain(["桥", "<|end|>"]).chain(others).enumerate();
    let rank =
        |(at, text): (usize, &str)| json!({"token": text, "bytes": text.as_bytes(), "logprob": -0.1 - at as f32});
    let ranks: Value = all.map(rank).collect();
    json!({"token": piece, "bytes": piece.as_bytes(), "logprob": -0.1, "top_logprobs": ranks})
}
