//! One inference server: its address, what is known about it, and one request to it.
//!
//! Straight to its address: no proxy and no redirect may take an article elsewhere. Every wait has an end. Not here: what is
//! asked (`kind`), and which server is (`pool`).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, redirect};
use serde_json::Value;

use super::error::{Fault, Problem};
use super::kind::{Delta, ServerKind, short};
use super::sse::Events;
use super::{Limits, RemoteSettings};

/// Bytes of the longest answer that is not a stream: the list of models of a large server, say.
const LONGEST_BODY: usize = 4 << 20;
/// Longest message of a server that an error repeats is cut by [`short`]; more of its body is not read.
const LONGEST_COMPLAINT: usize = 16 << 10;

/// What was found out about a server.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    pub(super) kind: ServerKind,
    /// What the model is called there.
    pub(super) model: String,
    /// Most tokens of prompt and answer together, where it says.
    pub(super) context: Option<usize>,
    /// Requests that it works on side by side, where it says.
    pub(super) slots: Option<usize>,
    pub(super) grammar: Grammar,
    /// It tells what it thought of in the place of a token.
    pub(super) ranked: bool,
    /// Tokens of our samples, where it counts.
    pub(super) sampled: Option<[usize; 2]>,
}

/// What a server does with grammars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grammar {
    /// It keeps to them.
    Kept,
    /// Its protocol has none.
    None,
    /// It refuses them.
    Refused,
    /// It takes them and writes what they forbid.
    Ignored,
    /// It takes one that cannot be read, and writes anything then.
    FailsOpen,
}

/// One server.
#[derive(Debug)]
pub(super) struct Server {
    /// Host and port, for logs and labels.
    pub(super) name: String,
    url: Url,
    pub(super) settings: RemoteSettings,
    pub(super) limits: Limits,
    client: Client,
    authorization: Option<HeaderValue>,
    facts: RwLock<Option<Arc<Facts>>>,
    /// Requests under way.
    outstanding: AtomicUsize,
    /// It failed, and has not answered a probe since.
    out: AtomicBool,
}

impl Server {
    /// # Errors
    /// When the address or the key cannot be used.
    pub(super) fn new(settings: RemoteSettings, limits: Limits) -> Result<Self, Problem> {
        let url = Url::parse(&settings.url).map_err(|error| Problem::Address(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Problem::Address("that is no address of the web".to_owned()));
        }
        let name =
            format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
        let client = Client::builder()
            .user_agent(concat!("stislo/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect)
            .redirect(redirect::Policy::none())
            .no_proxy()
            // A connection that a server is about to close is as good as broken, and what was sent may not be sent again.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| Problem::Address(error.to_string()))?;
        let authorization = settings.key.as_ref().map(|key| {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
                .map_err(|_| Problem::Address("the key has characters that no key has".to_owned()))?;
            value.set_sensitive(true);
            Ok::<_, Problem>(value)
        });
        let (facts, outstanding, out) = (RwLock::default(), AtomicUsize::new(0), AtomicBool::new(false));
        Ok(Self {
            name,
            url,
            settings,
            limits,
            client,
            authorization: authorization.transpose()?,
            facts,
            outstanding,
            out,
        })
    }

    /// What is known about it; nothing before it was reached.
    pub(super) fn facts(&self) -> Option<Arc<Facts>> {
        self.facts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn know(&self, facts: Facts) {
        *self.facts.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(facts));
        self.out.store(false, Ordering::Release);
    }

    pub(super) fn is_up(&self) -> bool {
        !self.out.load(Ordering::Acquire) && self.facts().is_some()
    }

    /// Leaves it out until it is known again. True when it was not out before.
    pub(super) fn leave_out(&self) -> bool {
        !self.out.swap(true, Ordering::AcqRel)
    }

    pub(super) fn outstanding(&self) -> usize {
        self.outstanding.load(Ordering::Acquire)
    }

    pub(super) fn count(self: &Arc<Self>) -> Counted {
        self.outstanding.fetch_add(1, Ordering::AcqRel);
        Counted(self.clone())
    }

    /// Asks for a document.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Fault> {
        let answer = self.send(self.client.get(self.address(path)), self.limits.probe).await?;
        self.document(answer).await
    }

    /// Sends a document and asks for one.
    pub(super) async fn post(&self, path: &str, body: &Value, patience: Duration) -> Result<Value, Fault> {
        let answer = self.send(self.posting(path, body, None), patience).await?;
        self.document(answer).await
    }

    /// Asks for a stream of events. `trace` is the header of a trace that this is a part of.
    pub(super) async fn stream(&self, kind: ServerKind, body: &Value, trace: Option<&str>) -> Result<Stream, Fault> {
        let answer = self.send(self.posting(kind.path(), body, trace), self.limits.first).await?;
        Ok(Stream { answer, kind, events: Events::default(), patience: self.limits.first, next: self.limits.idle })
    }

    fn posting(&self, path: &str, body: &Value, trace: Option<&str>) -> RequestBuilder {
        let request = self.client.post(self.address(path)).header(CONTENT_TYPE, "application/json");
        let request = request.body(body.to_string());
        trace.into_iter().fold(request, |request, trace| request.header("traceparent", trace))
    }

    /// A path below the address, which may have a path of its own. `/v1` at its end is what other programs want there.
    fn address(&self, path: &str) -> Url {
        let mut address = self.url.clone();
        let base = address.path().trim_end_matches('/');
        let base = base.strip_suffix("/v1").unwrap_or(base);
        let whole = format!("{base}/{path}");
        address.set_path(&whole);
        address.set_query(None);
        address
    }

    /// Sends a request and waits for the beginning of a good answer.
    async fn send(&self, request: RequestBuilder, patience: Duration) -> Result<Response, Fault> {
        let request = match &self.authorization {
            Some(key) => request.header(AUTHORIZATION, key.clone()),
            None => request,
        };
        let answer = tokio::time::timeout(patience, request.send()).await;
        let answer =
            answer.map_err(|_| Problem::Silent(patience))?.map_err(|error| Problem::Unreachable(reason(&error)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let header = |answer: &Response| answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok();
        let wait = header(&answer).map(Duration::from_secs);
        let body = tokio::time::timeout(self.limits.probe, body(answer, LONGEST_COMPLAINT)).await;
        Err(Fault { problem: self.complaint(status, &body.unwrap_or(Ok(Vec::new())).unwrap_or_default()), wait })
    }

    /// What a status and a message mean.
    fn complaint(&self, status: StatusCode, body: &[u8]) -> Problem {
        let said: Option<Value> = serde_json::from_slice(body).ok();
        let error = said.as_ref().map(|said| said.get("error").unwrap_or(said));
        let text = error.and_then(|error| error["message"].as_str().or(error.as_str()).or(error["detail"].as_str()));
        Problem::of(status.as_u16(), short(text.map_or(body, str::as_bytes)), self.settings.model.as_deref())
    }

    async fn document(&self, answer: Response) -> Result<Value, Fault> {
        let body = tokio::time::timeout(self.limits.first, body(answer, LONGEST_BODY)).await;
        let body = body.map_err(|_| Problem::Silent(self.limits.first))??;
        serde_json::from_slice(&body).map_err(|_| Problem::NotUnderstood(format!("no JSON, {:?}", short(&body))).into())
    }
}

/// A request that is counted until it is dropped.
pub(super) struct Counted(pub(super) Arc<Server>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.outstanding.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The events of an answer. Dropping it closes the connection, and the server stops.
pub(super) struct Stream {
    answer: Response,
    kind: ServerKind,
    events: Events,
    /// How long is waited for the next event, and for those behind it.
    patience: Duration,
    next: Duration,
}

impl Stream {
    pub(super) fn kind(&self) -> ServerKind {
        self.kind
    }

    /// What the next event says; `None` at the end of the stream.
    pub(super) async fn next(&mut self) -> Result<Option<Delta>, Fault> {
        let patience = self.patience;
        let event = tokio::time::timeout(patience, self.event()).await.map_err(|_| Problem::Silent(patience))??;
        self.patience = self.next;
        match event {
            Some(event) if event == b"[DONE]" => Ok(None),
            Some(event) => Ok(Some(self.kind.read(&event)?)),
            None => Ok(None),
        }
    }

    async fn event(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        loop {
            if let Some(event) = self.events.next() {
                return Ok(Some(event));
            }
            match self.answer.chunk().await {
                Ok(Some(bytes)) if self.events.push(&bytes) => {}
                Ok(Some(_)) => return Err(Problem::NotUnderstood("an event without an end".to_owned())),
                Ok(None) => return Ok(None),
                Err(_) => return Err(Problem::Broken),
            }
        }
    }
}

async fn body(mut answer: Response, most: usize) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    while let Some(bytes) = answer.chunk().await.map_err(|_| Problem::Broken)? {
        body.extend_from_slice(&bytes);
        if body.len() > most {
            body.truncate(most);
            break;
        }
    }
    Ok(body)
}

/// The innermost reason of an error, without the address, which stands before it.
fn reason(error: &reqwest::Error) -> String {
    let first: &dyn std::error::Error = error;
    let last = std::iter::successors(Some(first), |error| error.source()).last();
    last.map(ToString::to_string).unwrap_or_default()
}
