//! An answer as server-sent events, as it comes into being.
//!
//! `accepted` carries the article as it was read, so that evidence can be shown: its offsets refer to that text. Only where a
//! request has to wait for its turn, `progress` comes before it. Then come `progress`, `delta` (text as the model writes it,
//! before any check), `fact` (checked, and settled), `summary` (checked and whole) and, as the last, `done` or `error`. The
//! source of the stream is a record that others may read too; see `flight`.

use std::convert::Infallible;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::flight::{Output, Reader, Step};
use super::limit::Limit;
use super::offload::offload_large;
use super::phase::Working;
use super::problem::Problem;
use crate::intake::Article;
use crate::service::SummaryEvent;

/// One event of a stream.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "axum writes the events; this is how they are described")]
pub(super) struct StreamEvent {
    /// Its name.
    event: String,
    /// JSON.
    data: String,
}

/// Where the events of one stream come from.
pub(super) struct Source<T> {
    reader: Reader<T>,
    limit: Limit,
    /// A stream is under way until it is dropped.
    _working: Working,
    /// What was read already.
    first: Option<Step<T>>,
}

impl<T: Output> Source<T> {
    pub(super) fn new(reader: Reader<T>, limit: Limit, working: Working) -> Self {
        Self { reader, limit, _working: working, first: None }
    }

    /// Waits for the first event. What is refused at once is refused with a status; only what goes on becomes a stream.
    pub(super) async fn begun(mut self) -> Result<Self, Problem> {
        match self.next().await {
            Step::Break(Err(problem)) => Err(problem),
            first => Ok(Self { first: Some(first), ..self }),
        }
    }

    /// The events as a response: nobody on the way holds them back, and a comment comes with each pause.
    pub(super) fn response(self) -> Response {
        let pause = self.limit.keep_alive();
        let events = futures_util::stream::unfold(Some(self), |source| async {
            let mut source = source?;
            let (event, rest) = match source.next().await {
                Step::Continue(event) => (event, Some(source)),
                Step::Break(outcome) => (last(outcome).await, None),
            };
            Some((Ok::<_, Infallible>(event), rest))
        });
        // nginx would hold events back without the second.
        let headers = [("cache-control", "no-store"), ("x-accel-buffering", "no")];
        (headers, Sse::new(events).keep_alive(KeepAlive::new().interval(pause))).into_response()
    }

    async fn next(&mut self) -> Step<T> {
        if let Some(first) = self.first.take() {
            return first;
        }
        self.limit.hold(self.reader.next()).await.unwrap_or_else(|problem| Step::Break(Err(problem)))
    }
}

async fn last<T: Output>(outcome: Result<T, Problem>) -> Event {
    let done = async |output: T| offload_large(output.size(), move || output.done()).await;
    let failed = |problem: Problem| event("error", &json!({"problem": problem.document()}));
    match outcome {
        Ok(output) => done(output).await.unwrap_or_else(failed),
        Err(problem) => failed(problem),
    }
}

/// An event with data in JSON, which has no line ends outside its strings' escapes: one line carries it.
pub(super) fn event(name: &str, data: &Value) -> Event {
    Event::default().event(name).data(data.to_string())
}

/// What the service tells, as it goes over the wire.
pub(super) fn told(event: &SummaryEvent) -> Event {
    let name = match event {
        SummaryEvent::Progress { .. } => "progress",
        SummaryEvent::Delta { .. } => "delta",
        SummaryEvent::Fact { .. } => "fact",
        SummaryEvent::Summary(_) => "summary",
    };
    self::event(name, &json!(event))
}

/// `accepted`: the article, as `extract --format json` shows it, without what was removed.
pub(super) fn accepted(article: &Article) -> Event {
    let sentences = article.sentences().iter().map(|it| json!({"id": it.id, "start": it.start, "end": it.end}));
    let article = json!({
        "title": article.title(),
        "language": article.language(),
        "text": article.text(),
        "sentences": sentences.collect::<Vec<_>>(),
        "sha256": article.sha256(),
    });
    event("accepted", &json!({"article": article}))
}
