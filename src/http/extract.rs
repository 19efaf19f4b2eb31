//! `POST /v1/extract`: the cleaned article of a text or page, without any model.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::response::Response;
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use super::body::{BufferedBody, Sender};
use super::gateway::Gateway;
use super::limit::Limit;
use super::offload::{self, offload, offload_large};
use super::openapi::Refusals;
use super::problem::Problem;
use super::queue::Caller;
use super::request::{self, article, check_source};
use crate::error::Error;
use crate::intake::{self, Bounds, Extract, Source};
use crate::language::Language;
use crate::plan::MOST_CHARACTERS;

/// A text or a page.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtractBody {
    /// The article as plain text, as it comes when a whole page is copied. Either this or `html`.
    text: Option<String>,
    /// The article as the source of a web page.
    html: Option<String>,
    /// The title, when the text does not have it or has another.
    title: Option<String>,
    /// The language of the text, when the guess is wrong.
    source_language: Option<Language>,
    /// Remove nothing of what the page shows.
    #[serde(default)]
    keep_all: bool,
}

/// What stands in the query when the body is the text itself. What is left out has the value that it has in JSON.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExtractQuery {
    /// Like the others, only for a body that is the text itself: the title, when the text does not have it or has another.
    title: Option<String>,
    /// The language of the text, when the guess is wrong.
    source_language: Option<Language>,
    /// Remove nothing of what the page shows.
    keep_all: Option<bool>,
}

/// What is to be read, and how.
struct Wanted {
    source: Source,
    keep_all: bool,
}

impl ExtractBody {
    fn wanted(self) -> Result<Wanted, Problem> {
        let Self { text, html, title, source_language, keep_all } = self;
        let source = Source { title, language: source_language, ..article(("text", text), html)? };
        Ok(Wanted { source, keep_all })
    }
}

impl ExtractQuery {
    fn wanted(self, bytes: Vec<u8>) -> Wanted {
        let Self { title, source_language, keep_all } = self;
        let source = Source { bytes, name: "body".to_owned(), title, language: source_language };
        Wanted { source, keep_all: keep_all.unwrap_or_default() }
    }
}

/// Reads the article in the body: its text, cleaned and cut into sentences, and what is known of it.
#[utoipa::path(
    post,
    path = "/v1/extract",
    tag = "articles",
    operation_id = "extract",
    params(ExtractQuery),
    request_body(content((ExtractBody = "application/json"), (String = "text/plain"), (String = "text/html"))),
    responses((status = 200, description = "The article", body = Extract), Refusals),
    security((), ("bearer" = []), ("api_key" = [])),
)]
pub(super) async fn post(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    http: Request,
) -> Result<Response, Problem> {
    let limit = Limit::since(Instant::now(), &gateway);
    let _working = gateway.0.life.begin()?;
    let (head, body) = http.into_parts();
    let query = request::query_of_bytes::<ExtractQuery>(&head)?;
    let BufferedBody { bytes, room } = gateway.0.bodies.read(&head.headers, body, Sender::Known(caller)).await?;
    let (size, limits) = (bytes.len(), gateway.0.options.limits);
    let parse = move || {
        let wanted = match query {
            Some(query) => query.wanted(bytes),
            None => request::json::<ExtractBody>(&bytes)?.wanted()?,
        };
        check_source(&wanted.source, &limits)?;
        Ok::<_, Problem>(wanted)
    };
    let Wanted { source, keep_all } = offload_large(size, parse).await??;
    let place = gateway.0.queues.readings.take(caller).map_err(Problem::busy)?;
    let work = |permit| async move {
        let read = offload(move |cancel| {
            let _permit = permit;
            let bounds = Bounds { given: limits.max_characters, article: MOST_CHARACTERS, cancel: cancel.clone() };
            let article = match keep_all {
                true => intake::read_whole_within(source, &bounds)?,
                false => intake::read_within(source, &bounds)?,
            };
            Ok::<_, Error>(Extract::from(article))
        });
        Ok(read.await??)
    };
    let extract = gateway.in_turn(place, (room, &limit), work).await?;
    offload::json(size, Arc::new(extract)).await
}
