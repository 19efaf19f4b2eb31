//! The API of LibreTranslate (1.9.6), so that its clients (Mastodon, Discourse, Weblate, editors of subtitles) may ask a
//! gateway of ours.
//!
//! Its contract differs from ours where it is older than we are: keys may be a field of the body, errors are
//! `{"error": text}` with statuses that clients look at, and what is over a limit is 400. Each field, message and check
//! stands where that server has it. Pages of every origin may ask only where keys are needed, or where the settings say so.
//! Better than there: detection is by item, and an HTML text keeps its tags byte for byte. Not here: its web page,
//! suggestions, and formats that need other tools (docx, pdf).

pub(super) mod answer;
pub(super) mod file;
mod refusal;
pub(super) mod types;
mod values;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::time::Instant;

use self::file::Shelf;
use self::refusal::{Plain, Refusal};
use self::types::{First, KnownLanguage, Named, Settings};
use self::values::Values;
use super::body::Sender;
use super::gateway::Gateway;
use super::limit::Limit;
use super::problem::Problem;
use super::queue::{Caller, Permit};
use super::room::Reservation;
use crate::language::Language;
use crate::service::{Direction, Service};

/// Its paths, as labels of counters. Their keys may stand in the body.
pub(super) const PATHS: [&str; 6] =
    ["/translate", "/detect", "/languages", "/frontend/settings", "/translate_file", DOWNLOAD];

/// The one that costs nothing: the name of a file there cannot be guessed.
pub(super) const DOWNLOAD: &str = "/download_file/{name}";

/// What bounds a request.
type Admission = Arc<(Permit, Option<Reservation>)>;

/// What the handlers share.
#[derive(Clone)]
pub(super) struct Libre {
    gateway: Gateway,
    /// Translated files that wait for their download.
    shelf: Arc<Shelf>,
}

/// The paths, in a router of any state.
pub(super) fn router<S: Clone + Send + Sync + 'static>(gateway: Gateway) -> Router<S> {
    Router::new()
        .route("/translate", post(answer::translate))
        .route("/detect", post(answer::detect))
        .route("/languages", get(languages))
        .route("/frontend/settings", get(settings))
        .route("/translate_file", post(file::translate))
        .route(DOWNLOAD, get(file::download))
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").with_code("method_not_allowed")
        })
        .with_state(Libre { gateway, shelf: Arc::default() })
}

/// A problem as clients of that server expect it.
pub(super) fn refused(problem: Problem) -> Response {
    Refusal::from(problem).into_response()
}

impl Libre {
    /// Who asks, by key where there are any. The key comes first: who has none learns nothing about the request.
    fn admit(&self, caller: Caller, key: Option<&str>) -> Result<Caller, Refusal> {
        let keys = &self.gateway.0.options.keys;
        match key.filter(|key| !key.is_empty()) {
            _ if keys.is_empty() => Ok(caller),
            // Its headers have said it already.
            _ if matches!(caller, Caller::Key(_)) => Ok(caller),
            None => Err(Refusal::bad("Please contact the server operator to get an API key")),
            Some(key) => {
                let owner = keys.find(key.as_bytes());
                owner
                    .map(Caller::Key)
                    .ok_or_else(|| Refusal::new(StatusCode::FORBIDDEN, "Invalid API key").with_code("unauthorized"))
            }
        }
    }

    /// The fields of a request, and who asks. A key that a header or the query has is known before the body is read; one
    /// that stands in the body opens only a small one.
    async fn read(&self, caller: Caller, request: Request) -> Result<(Caller, Values), Refusal> {
        let bodies = &self.gateway.0.bodies;
        let key = values::of_query(&request, "api_key");
        let is_known = self.gateway.0.options.keys.is_empty() || matches!(caller, Caller::Key(_)) || key.is_some();
        if is_known {
            let caller = self.admit(caller, key.as_deref())?;
            return Ok((caller, Values::read(request, bodies, Sender::Known(caller)).await?));
        }
        let mut values = Values::read(request, bodies, Sender::Unknown(caller)).await?;
        let caller = self.admit(caller, values.text("api_key"))?;
        values.room = values.room.take().map(|room| bodies.recognised(room, caller)).transpose()?;
        Ok((caller, values))
    }

    /// Does a request's work when its caller's turn comes, as long as it may take. The work is handed what bounds the
    /// request, the turn and the room of its body, for the threads that work for it.
    async fn work<T, F>(
        &self,
        (caller, begun, room): (Caller, Instant, Option<Reservation>),
        work: impl FnOnce(Admission) -> F,
    ) -> Result<T, Refusal>
    where
        F: Future<Output = Result<T, Refusal>>,
    {
        let gateway = &self.gateway.0;
        let _working = gateway.life.begin()?;
        let place = gateway.queues.translations.take(caller).map_err(Problem::busy)?;
        let limit = Limit::since(begun, &self.gateway);
        let work = async {
            let admission = Arc::new((self.gateway.turn(place).await, room));
            let done = work(admission.clone()).await?;
            admission.0.finish();
            Ok(done)
        };
        limit.hold(work).await?
    }
}

/// The languages that can be written from this one.
fn targets(service: &Service, from: Language) -> Vec<Language> {
    let reached = |to: &Language| from == *to || service.translators().best(Direction { from, to: *to }).is_some();
    Language::ALL.into_iter().filter(reached).collect()
}

/// Refuses a direction that nothing translates, in the words of that server.
fn demand(service: &Service, from: Language, to: Language) -> Result<(), Refusal> {
    if targets(service, from).contains(&to) {
        return Ok(());
    }
    let shown = |language: Language| format!("{} ({})", language.english_name(), language.code());
    let message = format!("{} is not available as a target language from {}", shown(to), shown(from));
    Err(Refusal::bad(message))
}

/// The languages, and what each can be translated to.
#[utoipa::path(get, path = "/languages", tag = "libretranslate", operation_id = "libre_languages",
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "The languages", body = Vec<KnownLanguage>), Plain))]
pub(super) async fn languages(State(libre): State<Libre>) -> Result<Json<[KnownLanguage; 3]>, Refusal> {
    let service = libre.gateway.service()?;
    Ok(Json(Language::ALL.map(|code| {
        let mut targets = targets(&service, code);
        targets.sort_unstable_by_key(|target| target.code());
        KnownLanguage { code, name: code.english_name(), targets }
    })))
}

/// What a form for this gateway has to know.
#[utoipa::path(get, path = "/frontend/settings", tag = "libretranslate", operation_id = "libre_settings",
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "The settings", body = Settings), Plain))]
pub(super) async fn settings(State(libre): State<Libre>) -> Json<Value> {
    let options = &libre.gateway.0.options;
    let keyed = !options.keys.is_empty();
    Json(json!(Settings {
        char_limit: options.limits.max_characters as u64,
        frontend_timeout: 500,
        api_keys: keyed,
        key_required: keyed,
        suggestions: false,
        files_translation: true,
        supported_files_format: [".txt", ".html", ".srt"],
        language: First {
            source: Named { code: "auto", name: "Auto Detect" },
            target: Named { code: "uk", name: "Ukrainian" },
        },
    }))
}
