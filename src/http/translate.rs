//! `POST /v1/translate`: a text in another language, whole or sentence by sentence as it comes.
//!
//! Events of a stream: `begun` {total}, `sentence` {index, total, sentence}, and `done` {translation} or `error` {problem}.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::response::Response;
use axum::response::sse::Event;
use prometheus_client::metrics::counter::Counter;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::events::{self, Source, event};
use super::flight::{self, Output};
use super::gateway::Gateway;
use super::limit::Limit;
use super::offload;
use super::openapi::Refusals;
use super::problem::Problem;
use super::queue::Caller;
use super::request;
use crate::language::Language;
use crate::service::{Document, OpenOptions, Step, TextFormat, Translation};

/// A text, and what is wanted of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TranslateBody {
    /// The text.
    text: String,
    /// Its language; guessed when it is not given.
    from: Option<Language>,
    /// The language that is wanted.
    to: Language,
    /// What the text is.
    #[serde(default)]
    format: TextFormat,
    /// Send each sentence as it is ready, as server-sent events.
    #[serde(default)]
    stream: bool,
}

/// Translates the text in the body.
#[utoipa::path(
    post,
    path = "/v1/translate",
    tag = "articles",
    operation_id = "translate",
    request_body = TranslateBody,
    responses(
        (status = 200, description = "The translation; events with `stream`",
            content((Translation = "application/json"), (events::StreamEvent = "text/event-stream"))),
        Refusals,
    ),
    security((), ("bearer" = []), ("api_key" = [])),
)]
pub(super) async fn post(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    http: Request,
) -> Result<Response, Problem> {
    let limit = Limit::since(Instant::now(), &gateway);
    let working = gateway.0.life.begin()?;
    let service = gateway.service()?;
    let (body, room) = request::json_body(http, &gateway.0.bodies, caller).await?;
    let TranslateBody { text, from, to, format, stream } = body;
    let (characters, most) = (text.chars().count(), gateway.0.options.limits.max_characters);
    if characters > most {
        return Err(Problem::over(characters, "characters of text", most, "max_characters"));
    }
    let place = gateway.0.queues.translations.take(caller).map_err(Problem::busy)?;
    let has_turn = place.has_turn();
    let document = Document { text, from, to, format };
    let mut reader = flight::begin(&Counter::default(), |record| async move {
        let permit = Arc::new((gateway.turn(place).await, room));
        let options = OpenOptions { permit: Some(permit.clone()), ..OpenOptions::default() };
        let translation = service.translate(document, options, &mut |step| record.push(told(&step))).await?;
        permit.0.finish();
        Ok(Arc::new(translation))
    });
    if !stream {
        let translation = limit.hold(reader.outcome()).await??;
        return offload::json(translation.text.len(), translation).await;
    }
    let mut source = Source::new(reader, limit, working);
    // What waits becomes a stream before anything is known of it.
    if has_turn {
        source = source.begun().await?;
    }
    Ok(source.response())
}

fn told(step: &Step<'_>) -> Event {
    match step {
        Step::Begun { total } => event("begun", &json!({"total": total})),
        Step::Ready { index, total, sentence } => {
            event("sentence", &json!({"index": index, "total": total, "sentence": sentence}))
        }
    }
}

impl Output for Arc<Translation> {
    fn done(&self) -> Event {
        event("done", &json!({"translation": **self}))
    }

    fn size(&self) -> usize {
        self.text.len()
    }
}
