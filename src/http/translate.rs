//! `POST /v1/translate`: a text in another language, whole or sentence by sentence as it comes.
//!
//! Events of a stream: `begun` {total}, `sentence` {index, total, sentence}, and `done` {translation} or `error` {problem}.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::response::Response;
use axum::response::sse::Event;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use utoipa::ToSchema;

use super::events::{self, event};
use super::gateway::Gateway;
use super::limit::Limit;
use super::offload::{self, offload_large};
use super::openapi::Refusals;
use super::phase::Working;
use super::problem::Problem;
use super::request;
use super::room::Reservation;
use super::turns::{Caller, Place, Turn};
use crate::language::Language;
use crate::service::{Document, OpenOptions, Opened, Service, Step, TextFormat, Translation};

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
    let place = gateway.0.turns.translations.take(caller).map_err(Problem::busy)?;
    let has_turn = place.has_turn();
    let text = Text::Waiting { document: Document { text, from, to, format }, place, room };
    let mut job = Job { service, text, limit, _working: working };
    // What is refused at once is refused with a status; only what was opened, or waits, becomes a stream.
    if has_turn || !stream {
        job = job.opened().await?;
    }
    match stream {
        true => Ok(streamed(job)),
        false => {
            let translation = job.translation(&mut |_| ()).await?;
            offload::json(translation.text.len(), translation).await
        }
    }
}

/// A text that is translated.
struct Job {
    service: Service,
    text: Text,
    limit: Limit,
    _working: Working,
}

/// How far a text is.
enum Text {
    /// Its turn is to come.
    Waiting { document: Document, place: Place, room: Reservation },
    /// It was read. It holds the turn and the room of its body, too, as long as a thread works with it.
    Opened { opened: Opened, held: Arc<(Turn, Reservation)> },
}

impl Job {
    /// Waits for the turn and reads the text.
    async fn opened(self) -> Result<Self, Problem> {
        let Self { service, text, limit, _working } = self;
        let (document, place, room) = match text {
            Text::Waiting { document, place, room } => (document, place, room),
            opened @ Text::Opened { .. } => return Ok(Self { service, text: opened, limit, _working }),
        };
        let reading = async {
            let held = Arc::new((limit.turn(place).await, room));
            let options = OpenOptions { held: Some(held.clone()), ..OpenOptions::default() };
            Ok::<_, Problem>(Text::Opened { opened: service.opened(document, options).await?, held })
        };
        let text = limit.hold(reading).await??;
        Ok(Self { service, text, limit, _working })
    }

    async fn translation(self, watch: &mut (dyn FnMut(Step<'_>) + Send)) -> Result<Translation, Problem> {
        let Self { service, text, limit, _working } = self.opened().await?;
        let Text::Opened { opened, held } = text else { return Err(Problem::internal()) };
        let translation = limit.hold(service.translate_opened(opened, watch)).await??;
        held.0.finish();
        Ok(translation)
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
async fn work(job: Job, reader: UnboundedSender<Event>) {
    // A reader that has left is noticed by whoever runs this.
    let send = |event| drop(reader.send(event));
    let mut watch = |step: Step<'_>| match step {
        Step::Begun { total } => send(event("begun", &json!({"total": total}))),
        Step::Ready { index, total, sentence } => {
            send(event("sentence", &json!({"index": index, "total": total, "sentence": sentence})));
        }
    };
    match job.translation(&mut watch).await {
        Ok(translation) => {
            let size = translation.text.len();
            match offload_large(size, move || event("done", &json!({"translation": translation}))).await {
                Ok(done) => send(done),
                Err(problem) => send(events::failed(&problem)),
            }
        }
        Err(problem) => send(events::failed(&problem)),
    }
}
