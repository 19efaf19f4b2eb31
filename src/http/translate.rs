//! `POST /v1/translate`: a text in another language, whole or sentence by sentence as it comes.
//!
//! Events of a stream: `begun` {total}, `sentence` {index, total, sentence}, and `done` {translation} or `error` {problem}.

use std::convert::Infallible;

use axum::Json;
use axum::extract::{Extension, Request, State};
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use utoipa::ToSchema;

use super::ask;
use super::events;
use super::gateway::Gateway;
use super::limit::Limit;
use super::openapi::Refusals;
use super::phase::Working;
use super::problem::Problem;
use super::turns::{Caller, Place};
use crate::intake::Language;
use crate::service::{Document, Service, Step, TextFormat, Translation};

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
    request_body = TranslateBody,
    responses(
        (status = 200, description = "The translation; events with `stream`",
            content((Translation = "application/json"), (events::StreamEvent = "text/event-stream"))),
        Refusals,
    ),
    security((), ("key" = [])),
)]
pub(super) async fn post(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let limit = Limit::since(Instant::now(), &gateway);
    let working = gateway.0.life.begin()?;
    let service = gateway.service()?.clone();
    let TranslateBody { text, from, to, format, stream } = ask::json_body(request, &gateway.0.bodies).await?;
    let (characters, most) = (text.chars().count(), gateway.0.options.limits.max_characters);
    if characters > most {
        return Err(Problem::over(characters, "characters of text", most, "max_characters"));
    }
    let document = service.check_document(Document { text, from, to, format }).await?;
    let place = gateway.0.turns.take(caller).map_err(Problem::busy)?;
    let job = Job { service, document, place, limit, _working: working };
    match stream {
        true => Ok(streamed(job)),
        false => Ok(Json(job.translation(&mut |_| ()).await?).into_response()),
    }
}

/// A text whose turn comes.
struct Job {
    service: Service,
    document: Document,
    place: Place,
    limit: Limit,
    _working: Working,
}

impl Job {
    async fn translation(self, watch: &mut (dyn FnMut(Step<'_>) + Send)) -> Result<Translation, Problem> {
        let Self { service, document, place, limit, _working } = self;
        Ok(limit.hold_turn(place, service.translate(document, watch)).await??)
    }
}

/// The work runs beside the response; when the reader leaves, its channel closes and the work is dropped.
fn streamed(job: Job) -> Response {
    let pause = job.limit.keep_alive();
    let (events, reader) = unbounded_channel();
    tokio::spawn(async move {
        let gone = events.clone();
        tokio::select! {
            () = work(job, events) => {}
            () = gone.closed() => {}
        }
    });
    let stream = futures_util::stream::unfold(reader, |mut reader: UnboundedReceiver<Event>| async {
        let event = reader.recv().await?;
        Some((Ok::<_, Infallible>(event), reader))
    });
    events::stream(stream, pause)
}

/// What goes through the channel is bounded by the text, which is.
async fn work(job: Job, events: UnboundedSender<Event>) {
    // A reader that has left is noticed by whoever runs this.
    let send =
        |name: &str, data: serde_json::Value| drop(events.send(Event::default().event(name).data(data.to_string())));
    let mut watch = |step: Step<'_>| match step {
        Step::Begun { total } => send("begun", json!({"total": total})),
        Step::Ready { index, total, sentence } => {
            send("sentence", json!({"index": index, "total": total, "sentence": sentence}));
        }
    };
    match job.translation(&mut watch).await {
        Ok(translation) => send("done", json!({"translation": translation})),
        Err(problem) => send("error", json!({"problem": problem.document()})),
    }
}
