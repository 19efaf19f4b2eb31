//! What a request asks for: a JSON body, or a text or page as the body with the rest in the query.
//!
//! Two forms on the wire, since what is left out, and how a list is written, differ between them; both become the one
//! `SummaryRequest` of the service at once. Not here: reading the bytes, within limits of size and time, which is in `body`,
//! and what of them makes an article, which is the intake's.

use axum::extract::{Query, Request as HttpRequest};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use utoipa::{IntoParams, ToSchema};

use super::body::{Bodies, BufferedBody, Sender};
use super::gateway::Gateway;
use super::offload::offload_large;
use super::options::Limits;
use super::problem::Problem;
use super::queue::Caller;
use super::room::Reservation;
use crate::cache::Key;
use crate::intake::Source;
use crate::language::Language;
use crate::plan::{FACTS, LEAST_FACTS, Length, MOST_FACTS, Strategy, Strictness, SummaryOptions};
use crate::service::{Service, SummaryRequest};

/// A request for a summary, read.
pub(super) struct ParsedRequest {
    pub(super) request: SummaryRequest,
    pub(super) stream: bool,
    pub(super) retention: Retention,
    pub(super) caller: Caller,
    /// The request's own key among kept answers.
    pub(super) key: Key,
    /// The room that the body takes until it is an article.
    pub(super) room: Reservation,
}

/// What may be kept of a request, and used for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retention {
    /// Answers are kept, and those that were kept are used.
    Usual,
    /// `Cache-Control: no-cache`: the answer is written anew, and kept.
    Fresh,
    /// `Cache-Control: no-store`: nothing is kept, used or shared.
    Nothing,
}

/// The body of a request in JSON.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SummarizeBody {
    /// The article as plain text, as it comes when a whole page is copied. Either this or `html`.
    text: Option<String>,
    /// The article as the source of a web page.
    html: Option<String>,
    /// The title, when the text does not have it or has another.
    title: Option<String>,
    /// The language of the text, when the guess is wrong.
    source_language: Option<Language>,
    /// The languages to write, each once.
    #[serde(default = "every_language")]
    #[schema(min_items = 1, max_items = 3, default = json!(["en", "uk", "ru"]))]
    languages: Vec<Language>,
    /// Most key facts.
    #[serde(default = "usual_facts")]
    #[schema(minimum = 3, maximum = 12, default = 5)]
    facts: usize,
    #[serde(default)]
    length: Length,
    #[serde(default)]
    strategy: Way,
    /// Send server-sent events instead of one answer.
    #[serde(default)]
    stream: bool,
    /// With a seed the words are sampled; without, the same text always has the same answer.
    seed: Option<u64>,
    /// Leave out facts that their sentences bear out only weakly, too. Those that are wrong are always left out.
    #[serde(default)]
    strict: bool,
}

/// What stands in the query when the body is the text itself. What is left out has the value that it has in JSON.
///
/// The document names no defaults: clients that are generated from it would send them with every body.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SummarizeQuery {
    /// Like the others, only for a body that is the text itself: the title, when the text does not have it or has another.
    title: Option<String>,
    /// The language of the text, when the guess is wrong.
    source_language: Option<Language>,
    /// The languages to write, each once, separated by commas; all when it is left out.
    #[param(example = "en,uk,ru")]
    languages: Option<String>,
    /// Most key facts; 5 when it is left out.
    #[param(minimum = 3, maximum = 12)]
    facts: Option<usize>,
    /// Length of the summary; medium when it is left out.
    #[param(inline)]
    length: Option<Length>,
    /// How languages that the model does not write well are made; auto when it is left out.
    #[param(inline)]
    strategy: Option<Way>,
    /// Send server-sent events instead of one answer.
    stream: Option<bool>,
    /// With a seed the words are sampled.
    seed: Option<u64>,
    /// Leave out facts that their sentences bear out only weakly, too.
    strict: Option<bool>,
}

/// How languages that the model does not write well are made: `direct` by itself, `pivot` from what was
/// written in the article's own language.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Way {
    /// By the model's skill.
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

/// What a body is, by its content type.
enum Kind {
    Json,
    /// Text or a page: the intake tells which.
    Bytes,
}

impl ParsedRequest {
    /// Reads a request.
    pub(super) async fn read(
        request: HttpRequest,
        caller: Caller,
        gateway: &Gateway,
        service: &Service,
    ) -> Result<Self, Problem> {
        let (bodies, limits) = (&gateway.0.bodies, gateway.0.options.limits);
        let (head, body) = request.into_parts();
        let query = query_of_bytes::<SummarizeQuery>(&head)?;
        let BufferedBody { bytes, room } = bodies.read(&head.headers, body, Sender::Known(caller)).await?;
        let (retention, service, size) = (retention(&head.headers), service.clone(), bytes.len());
        let owner = gateway.clone();
        let parse = move || {
            let (request, stream) = match query {
                Some(query) => query.request(bytes)?,
                None => json::<SummarizeBody>(&bytes)?.request()?,
            };
            check(&request, &limits)?;
            let key = owner.own_key(service.recipe().request_key(&request), caller);
            Ok(Self { request, stream, retention, caller, key, room })
        };
        offload_large(size, parse).await?
    }
}

/// Holds a request to the limits.
fn check(request: &SummaryRequest, limits: &Limits) -> Result<(), Problem> {
    let SummaryRequest { source, options } = request;
    for (what, given, limit, name) in [
        ("languages", options.languages.len(), limits.max_languages, "max_languages"),
        ("facts", options.facts, limits.max_facts, "max_facts"),
    ] {
        if given > limit {
            return Err(Problem::over(given, what, limit, name));
        }
    }
    check_source(source, limits)
}

/// Holds a text to the limits.
pub(super) fn check_source(source: &Source, limits: &Limits) -> Result<(), Problem> {
    // In bytes that are no text, whatever stands for a character counts as one. What is packed is held to it once more when
    // it is unpacked.
    let characters = source.bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    let title = source.title.as_deref().map_or(0, |title| title.chars().count());
    for (what, given) in [("characters of title", title), ("characters of text", characters)] {
        if given > limits.max_characters {
            return Err(Problem::over(given, what, limits.max_characters, "max_characters"));
        }
    }
    Ok(())
}

/// An article that is given as text, in the field of this name, or as the source of a page. Nothing else is known of it.
pub(super) fn article((field, text): (&str, Option<String>), html: Option<String>) -> Result<Source, Problem> {
    let (bytes, name) = match (text, html) {
        (Some(text), None) => (text.into_bytes(), field),
        // The reader goes by content, and this makes a page of any piece of one.
        (None, Some(html)) => (format!("<!doctype html>{html}").into_bytes(), "html"),
        (None, None) => {
            let detail = format!("give the article as `{field}` or as `html`");
            return Err(Problem::refused("invalid_request", detail));
        }
        (Some(_), Some(_)) => {
            return Err(Problem::refused("invalid_request", format!("give `{field}` or `html`, and not both")));
        }
    };
    Ok(Source { bytes, name: name.to_owned(), title: None, language: None })
}

impl SummarizeBody {
    /// What is asked, and whether as a stream.
    fn request(self) -> Result<(SummaryRequest, bool), Problem> {
        let Self { text, html, title, source_language, languages, facts, length, strategy, stream, seed, strict } =
            self;
        let source = Source { title, language: source_language, ..article(("text", text), html)? };
        let (strategy, strictness) = (strategy.chosen(), Strictness::from(strict));
        let options = SummaryOptions { languages, facts, length, strategy, seed, strictness };
        Ok((SummaryRequest { source, options }, stream))
    }
}

impl SummarizeQuery {
    /// What is asked of a text, and whether as a stream.
    fn request(self, bytes: Vec<u8>) -> Result<(SummaryRequest, bool), Problem> {
        let Self { title, source_language, languages, facts, length, strategy, stream, seed, strict } = self;
        let languages = match languages {
            None => every_language(),
            Some(list) => {
                let languages = list.split(',').map(|code| code.trim().parse::<Language>());
                let languages: Result<_, _> = languages.collect();
                languages.map_err(|error| Problem::refused("invalid_request", format!("languages: {error}")))?
            }
        };
        let source = Source { bytes, name: "body".to_owned(), title, language: source_language };
        let options = SummaryOptions {
            languages,
            facts: facts.unwrap_or(FACTS),
            length: length.unwrap_or_default(),
            strategy: strategy.unwrap_or_default().chosen(),
            seed,
            strictness: Strictness::from(strict.unwrap_or_default()),
        };
        Ok((SummaryRequest { source, options }, stream.unwrap_or_default()))
    }
}

fn kind(headers: &HeaderMap) -> Result<Kind, Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(unsupported("compressed bodies are not read; send it as it is, without Content-Encoding"));
    }
    match given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(Kind::Json),
        // The last is what curl says when nobody tells it anything.
        "text/plain" | "text/html" | "application/xhtml+xml" | "application/x-www-form-urlencoded" => Ok(Kind::Bytes),
        _ => Err(unsupported("send application/json, or the text itself as text/plain or text/html")),
    }
}

fn unsupported(detail: &str) -> Problem {
    Problem::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
}

/// What the query says of a body that is the text itself; nothing of one that is JSON, which has everything in it.
pub(super) fn query_of_bytes<Q: DeserializeOwned>(head: &Parts) -> Result<Option<Q>, Problem> {
    let wrong = |error: axum::extract::rejection::QueryRejection| {
        Problem::refused("invalid_request", format!("the query is wrong: {}", error.body_text()))
    };
    match kind(&head.headers)? {
        Kind::Json if head.uri.query().is_some_and(|query| !query.is_empty()) => {
            Err(Problem::refused("invalid_request", "with a JSON body, everything stands in the body"))
        }
        Kind::Json => Ok(None),
        Kind::Bytes => Query::try_from_uri(&head.uri).map(|Query(query)| Some(query)).map_err(wrong),
    }
}

/// Reads a body that is JSON and has everything in it; gives the room that it takes, too.
pub(super) async fn json_body<T: DeserializeOwned + Send + 'static>(
    request: HttpRequest,
    bodies: &Bodies,
    caller: Caller,
) -> Result<(T, Reservation), Problem> {
    let (head, body) = request.into_parts();
    match kind(&head.headers)? {
        Kind::Json => {
            let BufferedBody { bytes, room } = bodies.read(&head.headers, body, Sender::Known(caller)).await?;
            Ok((offload_large(bytes.len(), move || json(&bytes)).await??, room))
        }
        Kind::Bytes => Err(unsupported("send application/json")),
    }
}

/// A value as a body has it.
pub(super) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Fields have names. An array would be taken for their values in the order of the source.
    if bytes.trim_ascii_start().starts_with(b"[") && serde_json::from_slice::<IgnoredAny>(bytes).is_ok() {
        return Err(Problem::refused("invalid_request", "the JSON does not fit: give an object with named fields"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    // An error of a field says which.
    let body =
        serde_path_to_error::deserialize(&mut reader).map_err(|error| (error.path().to_string(), error.into_inner()));
    let body = body.and_then(|body| reader.end().map(|()| body).map_err(|error| (".".to_owned(), error)));
    body.map_err(|(place, error)| match error.is_data() {
        true if place == "." => Problem::refused("invalid_request", format!("the JSON does not fit: {error}")),
        true => Problem::refused("invalid_request", format!("`{place}` does not fit: {error}")),
        false => Problem::plain(StatusCode::BAD_REQUEST, "invalid_json", format!("the body is not JSON: {error}")),
    })
}

fn retention(headers: &HeaderMap) -> Retention {
    let said = |wanted: &str| {
        let values = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case(wanted))
    };
    match (said("no-store"), said("no-cache")) {
        (true, _) => Retention::Nothing,
        (_, true) => Retention::Fresh,
        _ => Retention::Usual,
    }
}

/// The limits that the schema states are those of the plan.
const _: () = assert!(LEAST_FACTS == 3 && MOST_FACTS == 12 && FACTS == 5);
