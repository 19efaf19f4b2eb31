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
use crate::intake::Article;
use crate::language::{Language, SentenceId};
use crate::service::Stage;

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
    /// A step that was read already.
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
        let step = source.next().await;
        let rest = (!matches!(step, Step::Done(_))).then_some(source);
        Some((Ok::<_, Infallible>(event(&step)), rest))
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
        self.limit.hold(self.reader.next()).await.unwrap_or_else(|problem| Step::Done(Err(problem)))
    }
}

fn event(step: &Step) -> Event {
    let (name, data) = match step {
        // It was written where that takes as long as it may.
        Step::Accepted(shown) => return Event::default().event("accepted").data(shown),
        Step::Progress { stage, done, total } => ("progress", json!({"stage": stage, "done": done, "total": total})),
        Step::Written(stage) => written(stage),
        Step::Done(Ok(outcome)) => ("done", json!({"answer": &*outcome.answer})),
        Step::Done(Err(problem)) => ("error", json!({"problem": problem.document()})),
    };
    // JSON has no line ends outside its strings' escapes, so one line carries it.
    Event::default().event(name).data(data.to_string())
}

fn written(stage: &Stage) -> (&'static str, Value) {
    match stage {
        Stage::Reading { done, total } => ("progress", json!({"stage": "reading", "done": done, "total": total})),
        Stage::Condensing { done, total } => ("progress", json!({"stage": "condensing", "done": done, "total": total})),
        Stage::Repairing { done, total } => ("progress", json!({"stage": "repairing", "done": done, "total": total})),
        Stage::Translating { done, total } => {
            ("progress", json!({"stage": "translating", "done": done, "total": total}))
        }
        Stage::Writing { pieces } => ("progress", json!({"stage": "writing", "done": pieces, "total": 0})),
        Stage::Delta { language, text } => ("delta", json!({"language": language, "text": text})),
        Stage::Fact { language, index, fact } => ("fact", json!({"language": language, "index": index, "fact": fact})),
        Stage::Summary(summary) => ("summary", json!(summary)),
    }
}

/// The data of `accepted`: the article, as `extract --format json` shows it, without what was removed.
pub(super) fn shown(article: &Article) -> String {
    let sentences = article.sentences().iter();
    let article = Shown {
        title: article.title(),
        language: article.language(),
        text: article.text(),
        sentences: sentences.map(|it| Span { id: it.id, start: it.start, end: it.end }).collect(),
        sha256: article.sha256(),
    };
    serde_json::to_string(&Accepted { article }).expect("an article is plain data")
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
