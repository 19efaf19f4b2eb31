//! `POST /v1/summarize`: the main job as JSON.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;

use super::problem::Problem;
use crate::answer::{Answer, Strategy};
use crate::intake::{Language, Source};
use crate::plan::{Length, Task};
use crate::service::{FACTS, Request, Service};

/// The body of a request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    text: Option<String>,
    /// A web page, instead of `text`.
    html: Option<String>,
    title: Option<String>,
    source_language: Option<Language>,
    #[serde(default = "every_language")]
    languages: Vec<Language>,
    #[serde(default = "usual_facts")]
    facts: usize,
    #[serde(default)]
    length: Length,
    /// `direct` or `pivot`; by the model's skill when it is `auto` or not given.
    #[serde(default)]
    strategy: Way,
    #[serde(default)]
    stream: bool,
    seed: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    #[default]
    Auto,
    Direct,
    Pivot,
}

impl Way {
    fn chosen(self) -> Option<Strategy> {
        match self {
            Self::Auto => None,
            Self::Direct => Some(Strategy::Direct),
            Self::Pivot => Some(Strategy::Pivot),
        }
    }
}

fn every_language() -> Vec<Language> {
    Language::ALL.to_vec()
}

fn usual_facts() -> usize {
    FACTS
}

pub(super) async fn post(
    State(service): State<Service>,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Json<Answer>, Problem> {
    Ok(Json(service.summarize(asked(body)?, |_| ()).await?))
}

/// `POST /v1/compare`: the same, with the comparison of the languages.
pub(super) async fn compare(
    State(service): State<Service>,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Json<Answer>, Problem> {
    Ok(Json(service.compare(asked(body)?, |_| ()).await?))
}

fn asked(body: Result<Json<Body>, JsonRejection>) -> Result<Request, Problem> {
    let Json(Body { text, html, title, source_language, languages, facts, length, strategy, stream, seed }) = body?;
    if stream {
        let detail = "this version does not stream yet; ask without `stream`";
        return Err(Problem::plain(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail));
    }
    let (name, text) = match (text, html) {
        (Some(text), None) => ("text", text),
        // The reader goes by content, and this makes a page of any piece of one.
        (None, Some(html)) => ("html", format!("<!doctype html>{html}")),
        _ => {
            let detail = "give either `text` or `html`";
            return Err(Problem::plain(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail));
        }
    };
    let source = Source { bytes: text.into_bytes(), name: name.into(), title, language: source_language };
    Ok(Request { source, task: Task { languages, facts, length }, strategy: strategy.chosen(), seed })
}
