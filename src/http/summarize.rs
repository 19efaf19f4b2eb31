//! `POST /v1/summarize`: the main job, as one answer or as a stream; and `POST /v1/compare`: the same with a comparison.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use super::entry;
use super::events;
use super::flight::{Origin, Outcome};
use super::gateway::Gateway;
use super::limit::Limit;
use super::offload::offload;
use super::openapi::Refusals;
use super::phase::Working;
use super::problem::Problem;
use super::queue::Caller;
use super::request::{ParsedRequest, Retention, SummarizeBody, SummarizeQuery};
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
    let admitted = AdmittedRequest::read(gateway, caller, request).await?;
    if admitted.request.stream {
        return admitted.stream().await;
    }
    let retention = admitted.request.retention;
    Ok(whole(&admitted.outcome().await?, retention))
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
    let admitted = AdmittedRequest::read(gateway, caller, request).await?;
    if admitted.request.stream {
        return Err(Problem::refused("invalid_request", "a comparison does not stream; ask without `stream`"));
    }
    admitted.request.request.options.check_comparison().map_err(Error::from)?;
    let retention = admitted.request.retention;
    let Outcome { answer, origin } = admitted.outcome().await?;
    // Every fact is held against every other.
    let answer = offload(move |_| Arc::new(Answer::clone(&answer).compared())).await?;
    Ok(whole(&Outcome { answer, origin }, retention))
}

/// A request that was read and may be worked on.
struct AdmittedRequest {
    gateway: Gateway,
    service: Service,
    limit: Limit,
    working: Working,
    request: ParsedRequest,
}

impl AdmittedRequest {
    async fn read(gateway: Gateway, caller: Caller, request: Request) -> Result<Self, Problem> {
        let limit = Limit::since(Instant::now(), &gateway);
        let working = gateway.0.life.begin()?;
        let service = gateway.service()?.traced(entry::trace(request.headers()));
        let request = ParsedRequest::read(request, caller, &gateway, &service).await?;
        Ok(Self { gateway, service, limit, working, request })
    }

    /// The answer, when it is whole.
    async fn outcome(self) -> Result<Outcome, Problem> {
        let Self { gateway, service, limit, working: _working, request } = self;
        if let Some(outcome) = gateway.recall(&request) {
            return Ok(outcome);
        }
        let mut reader = gateway.begin(&service, request);
        limit.hold(reader.outcome()).await?
    }

    /// The answer as events.
    async fn stream(self) -> Result<Response, Problem> {
        let Self { gateway, service, limit, working, request } = self;
        let reader = gateway.begin(&service, request);
        Ok(events::Source::new(reader, limit, working).begun().await?.response())
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
    let headers = [("cache-status", status), ("cache-control", "no-store")];
    (headers, Json(&*outcome.answer)).into_response()
}
