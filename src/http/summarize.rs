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
use super::gateway::Gateway;
use super::limit::Limit;
use super::offload::offload;
use super::openapi::Refusals;
use super::phase::Working;
use super::problem::Problem;
use super::turns::Caller;
use crate::answer::Answer;
use crate::error::Error;
use crate::service::Service;

/// Summarises the article in the body.
#[utoipa::path(
    post,
    path = "/v1/summarize",
    tag = "articles",
    operation_id = "summarize",
    params(SummarizeQuery),
    request_body(content((SummarizeBody = "application/json"), (String = "text/plain"), (String = "text/html"))),
    responses(
        (status = 200, description = "The answer; events with `stream`",
            content((Answer = "application/json"), (events::StreamEvent = "text/event-stream"))),
        Refusals,
    ),
    security((), ("bearer" = []), ("api_key" = [])),
)]
pub(super) async fn post(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let asked = Asked::read(gateway, caller, request).await?;
    if asked.ask.stream {
        return asked.stream().await;
    }
    let retention = asked.ask.retention;
    Ok(whole(&asked.outcome().await?, retention))
}

/// Summarises the article in the body in several languages and compares what they say. It does not stream.
#[utoipa::path(
    post,
    path = "/v1/compare",
    tag = "articles",
    operation_id = "compare",
    params(SummarizeQuery),
    request_body(content((SummarizeBody = "application/json"), (String = "text/plain"), (String = "text/html"))),
    responses((status = 200, description = "The answer with its `comparison`", body = Answer), Refusals),
    security((), ("bearer" = []), ("api_key" = [])),
)]
pub(super) async fn compare(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let asked = Asked::read(gateway, caller, request).await?;
    if asked.ask.stream {
        return Err(Problem::refused("invalid_request", "a comparison does not stream; ask without `stream`"));
    }
    asked.ask.request.task.check_comparison().map_err(Error::from)?;
    let retention = asked.ask.retention;
    let Outcome { answer, origin } = asked.outcome().await?;
    // Every fact is held against every other.
    let answer = offload(move |_| Arc::new(Answer::clone(&answer).compared())).await?;
    Ok(whole(&Outcome { answer, origin }, retention))
}

/// A request that was read and may be worked on.
struct Asked {
    gateway: Gateway,
    service: Service,
    begun: Instant,
    working: Working,
    ask: Ask,
}

impl Asked {
    async fn read(gateway: Gateway, caller: Caller, request: Request) -> Result<Self, Problem> {
        let begun = Instant::now();
        let working = gateway.0.life.begin()?;
        let service = gateway.service()?;
        let ask = Ask::read(request, caller, &gateway, &service).await?;
        Ok(Self { gateway, service, begun, working, ask })
    }

    fn limit(&self) -> Limit {
        Limit::since(self.begun, &self.gateway)
    }

    /// The answer, when it is whole.
    async fn outcome(self) -> Result<Outcome, Problem> {
        if let Some(outcome) = self.gateway.recall(&self.ask) {
            return Ok(outcome);
        }
        let limit = self.limit();
        let Self { gateway, service, ask, working: _working, .. } = self;
        let mut reader = gateway.begin(&service, ask);
        limit.hold(reader.outcome()).await?
    }

    /// The answer as events.
    async fn stream(self) -> Result<Response, Problem> {
        let limit = self.limit();
        let Self { gateway, service, ask, working, .. } = self;
        let mut reader = gateway.begin(&service, ask);
        // What is refused at once is refused with a status; only what was accepted, or waits, becomes a stream.
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
