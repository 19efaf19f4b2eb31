//! What every request goes through: its id, who asks and whether they may, and its line in log and counters.
//!
//! A line says path, status and time, and never a word of an article, a key or a query. All lines about a request are in a
//! span with its id. A stream's line comes when it ends. Probes, which come every few seconds, are told at debug.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::{Instrument as _, Span};

use super::gateway::Gateway;
use super::keys::Credential;
use super::metrics::LEFT;
use super::problem::{Code, Problem};
use super::queue::Caller;
use super::{libre, origin, tail};

/// The address at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// The name that requests go by in logs. A caller may give it, so that it finds its request again.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What says which trace a request is a part of.
const TRACE: HeaderName = HeaderName::from_static("traceparent");
/// The longest that is taken from a caller.
const LONGEST_ID: usize = 64;

/// Paths that need no key: they say nothing about articles, and probes and browsers have none.
const OPEN: [&str; 6] = ["/", "/page.css", "/page.js", "/health", "/ready", "/openapi.json"];
/// Paths that are asked every few seconds.
const PROBES: [&str; 3] = ["/health", "/ready", "/metrics"];

/// Takes a request in, and its response out.
pub(super) async fn enter(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let id = id(request.headers());
    let span = tracing::info_span!("request", id);
    let (begun, of) = (Instant::now(), path.clone());
    let mut guard =
        RequestGuard { gateway: gateway.clone(), path: of, begun, status: LEFT, stream: None, span: span.clone() };
    let answer = async {
        match caller(&gateway, &request, &path) {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                next.run(request).await
            }
            Err(problem) if libre::PATHS.contains(&path.as_str()) => libre::refused(problem),
            Err(problem) => problem.into_response(),
        }
    };
    let mut response = answer.instrument(span.clone()).await;
    guard.status = response.status().as_u16();
    if let Some(code) = response.extensions().get::<Code>() {
        gateway.0.metrics.refused(code.0);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
        guard.stream = Some("left");
        return tail::holding(response, guard, span);
    }
    response
}

/// Who asks, when they may.
fn caller(gateway: &Gateway, request: &Request, path: &str) -> Result<Caller, Problem> {
    let options = &gateway.0.options;
    origin::check_host(options, request)?;
    // What costs nothing and changes nothing may be linked to from anywhere.
    let is_free = OPEN.contains(&path) || path == libre::DOWNLOAD;
    if !is_free {
        origin::check_site(options, request)?;
    }
    let address = origin::forwarded(options, request).client.map_or(Caller::Unknown, Caller::at);
    match options.keys.of_headers(request.headers()) {
        _ if options.keys.is_empty() => Ok(address),
        Credential::Known(owner) => Ok(Caller::Key(owner)),
        _ if is_free => Ok(address),
        // LibreTranslate's clients may give their key as a field, which is looked for where fields are read.
        Credential::Missing if libre::PATHS.contains(&path) => Ok(address),
        Credential::Wrong | Credential::Missing => {
            let detail = "give an API key of this gateway as `Authorization: Bearer KEY` or as `X-Api-Key: KEY`";
            Err(Problem::plain(StatusCode::UNAUTHORIZED, "unauthorized", detail))
        }
    }
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

/// The trace that a request is a part of, where its header is one (W3C Trace Context).
pub(super) fn trace(headers: &HeaderMap) -> Option<Arc<str>> {
    let given = headers.get(TRACE)?.to_str().ok()?;
    let lengths = given.split('-').map(str::len);
    let is_trace = lengths.eq([2, 32, 16, 2]) && given.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    is_trace.then(|| given.into())
}

/// One request, from its first line to its answer. One that is dropped before has been left.
struct RequestGuard {
    gateway: Gateway,
    path: String,
    begun: Instant,
    status: u16,
    /// How a stream ended, where the answer is one: `whole` or `left`.
    stream: Option<&'static str>,
    /// Also of who leaves, the line is in it.
    span: Span,
}

impl tail::Ending for RequestGuard {
    fn end(&mut self) {
        self.stream = self.stream.map(|_| "whole");
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let Self { gateway, path, begun, status, stream, span } = self;
        let _entered = span.enter();
        let took = begun.elapsed();
        gateway.0.metrics.request(path, *status, took);
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        match PROBES.contains(&path.as_str()) {
            true => tracing::debug!(path, status, milliseconds, "request"),
            false => tracing::info!(path, status, milliseconds, stream = *stream, "request"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_trace_is_handed_on() {
        let trace = |value: &'static str| {
            trace(&HeaderMap::from_iter([(TRACE, HeaderValue::from_static(value))])).as_deref().map(str::to_owned)
        };
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(trace(good).as_deref(), Some(good));
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-zbf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(trace(bad), None, "{bad}");
        }
    }
}
