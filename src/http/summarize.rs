//! `POST /v1/summarize`: the main job, as one answer or as a stream; and `POST /v1/compare`: the same with a comparison.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use super::ask::{Ask, Retention, SummarizeBody, SummarizeQuery};
use super::events;
use super::flight::{Origin, Outcome, Step};
use super::gateway::{Gateway, Order};
use super::limit::Limit;
use super::openapi::Refusals;
use super::phase::Working;
use super::problem::Problem;
use super::turns::Caller;
use crate::answer::Answer;
use crate::cache::Key;
use crate::error::Error;
use crate::service::Service;

/// Summarises the article in the body.
#[utoipa::path(
    post,
    path = "/v1/summarize",
    tag = "articles",
    params(SummarizeQuery),
    request_body(content((SummarizeBody = "application/json"), (String = "text/plain"), (String = "text/html"))),
    responses(
        (status = 200, description = "The answer; events with `stream`",
            content((Answer = "application/json"), (events::StreamEvent = "text/event-stream"))),
        Refusals,
    ),
    security((), ("key" = [])),
)]
pub(super) async fn post(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let asked = Asked::read(gateway, request).await?;
    if asked.ask.stream {
        return asked.stream(caller).await;
    }
    let retention = asked.ask.retention;
    Ok(whole(&asked.outcome(caller).await?, retention))
}

/// Summarises the article in the body in several languages and compares what they say. It does not stream.
#[utoipa::path(
    post,
    path = "/v1/compare",
    tag = "articles",
    params(SummarizeQuery),
    request_body(content((SummarizeBody = "application/json"), (String = "text/plain"), (String = "text/html"))),
    responses((status = 200, description = "The answer with its `comparison`", body = Answer), Refusals),
    security((), ("key" = [])),
)]
pub(super) async fn compare(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let asked = Asked::read(gateway, request).await?;
    if asked.ask.stream {
        return Err(Problem::refused("invalid_request", "a comparison does not stream; ask without `stream`"));
    }
    asked.ask.request.task.check_comparison().map_err(Error::from)?;
    let retention = asked.ask.retention;
    let Outcome { answer, origin } = asked.outcome(caller).await?;
    Ok(whole(&Outcome { answer: Arc::new(Answer::clone(&answer).compared()), origin }, retention))
}

/// A request that was read and may be worked on.
struct Asked {
    gateway: Gateway,
    service: Service,
    begun: Instant,
    working: Working,
    ask: Ask,
    key: Key,
}

impl Asked {
    async fn read(gateway: Gateway, request: Request) -> Result<Self, Problem> {
        let begun = Instant::now();
        let working = gateway.0.life.begin()?;
        let service = gateway.service()?.clone();
        let ask = Ask::read(request, &gateway.0.bodies, &gateway.0.options.limits).await?;
        let key = service.recipe().request_key(&ask.request);
        Ok(Self { gateway, service, begun, working, ask, key })
    }

    fn limit(&self) -> Limit {
        Limit::since(self.begun, &self.gateway)
    }

    /// The answer, when it is whole.
    async fn outcome(self, caller: Caller) -> Result<Outcome, Problem> {
        if let Some(outcome) = self.gateway.recall(&self.ask, &self.key) {
            return Ok(outcome);
        }
        let limit = self.limit();
        let Self { gateway, service, ask, key, working: _working, .. } = self;
        let mut reader = gateway.begin(&service, Order { ask, key, caller });
        limit.hold(reader.outcome()).await?
    }

    /// The answer as events.
    async fn stream(self, caller: Caller) -> Result<Response, Problem> {
        let limit = self.limit();
        let Self { gateway, service, ask, key, working, .. } = self;
        let mut reader = gateway.begin(&service, Order { ask, key, caller });
        // What is refused is refused with a status; only what was accepted becomes a stream.
        match limit.hold(reader.next()).await? {
            Step::Done(Err(problem)) => Err(problem),
            first => Ok(events::response(events::Source { first: Some(first), reader, limit, _working: working })),
        }
    }
}

/// An answer as JSON. `Cache-Status` (RFC 9211) says where it comes from; nobody on the way is to keep it.
fn whole(outcome: &Outcome, retention: Retention) -> Response {
    let status = match (outcome.origin, retention) {
        (Origin::Kept, _) => "stislo; hit",
        (Origin::Written, Retention::Nothing) => "stislo; fwd=bypass",
        (Origin::Written, Retention::Fresh) => "stislo; fwd=request",
        (Origin::Written, Retention::Usual) => "stislo; fwd=miss",
    };
    let mut response = Json(&*outcome.answer).into_response();
    let headers = response.headers_mut();
    headers.insert(header::HeaderName::from_static("cache-status"), HeaderValue::from_static(status));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
