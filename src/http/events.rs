//! An answer as server-sent events, as it comes into being.
//!
//! `accepted` carries the article as it was read, so that evidence can be shown: its offsets refer to that text. Only where a
//! request has to wait for its turn, `progress` comes before it. Then come `progress`, `delta` (text as the model writes it,
//! before any check), `fact` (checked, and settled), `summary` (checked and whole) and, as the last, `done` or `error`. The
//! source of the stream is a record that others may read too; see `flight`.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use serde::Serialize;
use serde_json::{Value, json};

use super::flight::{Reader, Step};
use super::limit::Limit;
use super::phase::Working;
use super::problem::Problem;
use crate::intake::Article;
use crate::language::{Language, SentenceId};
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
pub(super) struct Source {
    /// What was read already.
    pub(super) first: Option<Step>,
    pub(super) reader: Reader,
    pub(super) limit: Limit,
    /// A stream is under way until it is dropped.
    pub(super) _working: Working,
}

/// The events as a response.
pub(super) fn response(source: Source) -> Response {
    let keep_alive = source.limit.keep_alive();
    let events = futures_util::stream::unfold(Some(source), |source| async {
        let mut source = source?;
        let (event, rest) = match source.next().await {
            Step::Continue(event) => (event, Some(source)),
            Step::Break(Ok(outcome)) => (event("done", &json!({"answer": &*outcome.answer})), None),
            Step::Break(Err(problem)) => (failed(&problem), None),
        };
        Some((Ok::<_, Infallible>(event), rest))
    });
    stream(events, keep_alive)
}

/// Server-sent events that nobody on the way holds back; a comment comes with each `pause` of silence.
pub(super) fn stream(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
    pause: Duration,
) -> Response {
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(pause)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would hold events back otherwise.
    headers.insert(header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

impl Source {
    async fn next(&mut self) -> Step {
        if let Some(first) = self.first.take() {
            return first;
        }
        self.limit.hold(self.reader.next()).await.unwrap_or_else(|problem| Step::Break(Err(problem)))
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

/// The end of a stream that has no answer.
pub(super) fn failed(problem: &Problem) -> Event {
    event("error", &json!({"problem": problem.document()}))
}

/// `accepted`: the article, as `extract --format json` shows it, without what was removed.
pub(super) fn accepted(article: &Article) -> Event {
    let sentences = article.sentences().iter();
    let article = Shown {
        title: article.title(),
        language: article.language(),
        text: article.text(),
        sentences: sentences.map(|it| Span { id: it.id, start: it.start, end: it.end }).collect(),
        sha256: article.sha256(),
    };
    Event::default().event("accepted").json_data(Accepted { article }).expect("an article is plain data")
}

#[derive(Serialize)]
struct Accepted<'a> {
    article: Shown<'a>,
}

#[derive(Serialize)]
struct Shown<'a> {
    title: Option<&'a str>,
    language: Language,
    text: &'a str,
    sentences: Vec<Span>,
    sha256: &'a str,
}

/// A sentence, by its bytes in the text.
#[derive(Serialize)]
struct Span {
    id: SentenceId,
    start: usize,
    end: usize,
}
