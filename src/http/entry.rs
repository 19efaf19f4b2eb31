//! What every request goes through: its id, who asks and whether they may, and its line in log and counters.
//!
//! A line says path, status and time, and never a word of an article, a key or a query.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::gateway::Gateway;
use super::libre;
use super::metrics::LEFT;
use super::problem::Problem;
use super::turns::Caller;

/// The address at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// The name that requests go by in logs. A caller may give it, so that it finds its request again.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest that is taken from a caller.
const LONGEST_ID: usize = 64;

/// Every path that there is, as labels of counters. Those of `libre` come to them.
pub(super) const PATHS: [&str; 13] = [
    "/",
    "/page.css",
    "/page.js",
    "/health",
    "/ready",
    "/metrics",
    "/openapi.json",
    "/v1/models",
    "/v1/summarize",
    "/v1/summarise",
    "/v1/compare",
    "/v1/translate",
    "other",
];
/// Paths that need no key: they say nothing about articles, and probes and browsers have none.
const OPEN: [&str; 6] = ["/", "/page.css", "/page.js", "/health", "/ready", "/openapi.json"];

/// Takes a request in, and its response out.
pub(super) async fn enter(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("other", |matched| label(matched.as_str()));
    let id = id(request.headers());
    let mut visit = Visit { gateway: &gateway, path, id: id.clone(), begun: Instant::now(), status: LEFT };
    let mut response = match caller(&gateway, &request, path) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    visit.status = response.status().as_u16();
    drop(visit);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn label(path: &str) -> &'static str {
    PATHS.into_iter().chain(libre::PATHS).find(|&known| known == path).unwrap_or("other")
}

/// Who asks, when they may.
fn caller(gateway: &Gateway, request: &Request, path: &str) -> Result<Caller, Problem> {
    let keys = &gateway.0.options.keys;
    if !keys.is_empty() && !OPEN.contains(&path) {
        let given = request.headers().get(header::AUTHORIZATION).map_or(&b""[..], HeaderValue::as_bytes);
        match keys.find(given) {
            Some(number) => return Ok(Caller::Key(number)),
            // Keys of LibreTranslate may be fields, which are looked for where fields are read.
            None if libre::PATHS.contains(&path) => {}
            None => {
                let detail = "give an API key of this gateway as `Authorization: Bearer KEY`";
                return Err(Problem::plain(StatusCode::UNAUTHORIZED, "unauthorized", detail));
            }
        }
    }
    Ok(request.extensions().get::<Peer>().map_or(Caller::Unknown, |peer| Caller::at(peer.0.ip())))
}

/// The caller's id when it is harmless in a log, or a new one.
fn id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if (1..=LONGEST_ID).contains(&given.len()) && given.bytes().all(harmless) {
        return given.to_owned();
    }
    format!("{:016x}", rand::random::<u64>())
}

/// One request, from its first line to the head of its response. One that is dropped before has been left.
struct Visit<'a> {
    gateway: &'a Gateway,
    path: &'static str,
    id: String,
    begun: Instant,
    status: u16,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        self.gateway.0.metrics.request(self.path, self.status, took);
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(id = self.id, path = self.path, status = self.status, milliseconds, "request");
    }
}
