//! `POST /v1/check`: a text that somebody wrote, held against its article.
//!
//! With a judge it waits for its turn at the model, and without for one among what needs none. Nothing of it is kept.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::response::Response;
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::entry;
use super::gateway::Gateway;
use super::limit::Limit;
use super::offload::{self, offload_large};
use super::openapi::Refusals;
use super::options::Limits;
use super::problem::Problem;
use super::queue::Caller;
use super::request::{self, article, check_source};
use crate::answer::CheckReport;
use crate::intake::{Bounds, Source};
use crate::language::Language;
use crate::service::{CheckRequest, Checker};

/// A text, and the article that it is held against.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckBody {
    /// The article as plain text, as it comes when a whole page is copied. Either this or `html`.
    article: Option<String>,
    /// The article as the source of a web page.
    html: Option<String>,
    /// The article's title, when the text does not have it or has another.
    title: Option<String>,
    /// The article's language; guessed when it is not given.
    from: Option<Language>,
    /// What is held against it: a summary or a claim, of one sentence or more.
    claim: String,
    /// The claim's language; guessed by its letters when it is not given.
    language: Option<Language>,
    /// Let the model judge what nothing else has anything against. It is not asked when it is none that can judge.
    #[serde(default = "usually")]
    #[schema(default = true)]
    judge: bool,
}

fn usually() -> bool {
    true
}

impl CheckBody {
    /// What is to be checked.
    fn request(self, limits: &Limits) -> Result<CheckRequest, Problem> {
        let Self { article: text, html, title, from, claim, language, judge: _ } = self;
        let article = Source { title, language: from, ..article(("article", text), html)? };
        let text = Source { bytes: claim.into_bytes(), name: "claim".to_owned(), title: None, language };
        check_source(&article, limits)?;
        check_source(&text, limits)?;
        Ok(CheckRequest { text, article })
    }
}

/// Holds the claim in the body against the article in it: each sentence with its evidence and with what does not hold.
#[utoipa::path(
    post,
    path = "/v1/check",
    tag = "articles",
    operation_id = "check",
    request_body = CheckBody,
    responses((status = 200, description = "What holds and what does not", body = CheckReport), Refusals),
    security((), ("bearer" = []), ("api_key" = [])),
)]
pub(super) async fn post(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    http: Request,
) -> Result<Response, Problem> {
    let limit = Limit::since(Instant::now(), &gateway);
    let _working = gateway.0.life.begin()?;
    let service = gateway.service()?.traced(entry::trace(http.headers()));
    let (body, room) = request::json_body::<CheckBody>(http, &gateway.0.bodies, caller).await?;
    let limits = gateway.0.options.limits;
    let is_judged = body.judge && service.recipe().judge.is_some();
    let size = [&body.article, &body.html].into_iter().flatten().map(String::len).sum::<usize>() + body.claim.len();
    let request = offload_large(size, move || body.request(&limits)).await??;
    let checker = Checker::new(service.resources().clone());
    let (checker, lane) = match is_judged {
        true => (checker.with_judge(service.of_flow(caller.flow())), &gateway.0.queues.judgements),
        false => (checker, &gateway.0.queues.readings),
    };
    let place = lane.take(caller).map_err(Problem::busy)?;
    let bounds = Bounds { given: limits.max_characters, ..Bounds::default() };
    let work = |permit| async move { Ok(checker.report(request, bounds, permit).await?) };
    let report = gateway.in_turn(place, (room, &limit), work).await?;
    offload::json(size, Arc::new(report)).await
}
