//! What machines ask about the gateway itself: `/health`, `/ready`, `/metrics`, `/v1/models`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::gateway::Gateway;
use super::metrics::{Format, Load};
use super::openapi::Unready;
use super::phase::Phase;
use super::problem::Problem;
use crate::answer::ModelInfo;
use crate::cache::AnswerCache;
use crate::language::Language;
use crate::service::{Grammar, ServerKind, ServerState, Service};

/// That it is well.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`, `loading` while the model is not there yet, or `ready`.
    status: &'static str,
    /// The model, once it is there.
    model: Option<String>,
}

/// The models that answer.
#[derive(Serialize, ToSchema)]
pub(super) struct Models {
    /// The one that is loaded.
    models: Vec<Model>,
}

/// A model that answers.
#[derive(Serialize, ToSchema)]
pub(super) struct Model {
    #[serde(flatten)]
    info: ModelInfo,
    /// Tokens that an article and its answer may have together.
    context: usize,
    /// Languages that it writes well itself.
    writes: Vec<Language>,
    /// The inference servers that run it, in the order of the settings; none where it runs in the gateway.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    engines: Vec<InferenceServer>,
}

/// An inference server as it is now. Its address is for the operator, in metrics and the log.
#[derive(Serialize, ToSchema)]
pub(super) struct InferenceServer {
    /// `llama-server`, `vllm`, `sglang` or `openai`; null before it was reached.
    kind: Option<&'static str>,
    /// It answers.
    up: bool,
    /// What it does with the grammars of answers: `kept`, `none`, `refused`, `ignored` or `fails_open`. In any case, what it
    /// writes is held to the rules here.
    #[schema(value_type = Option<String>)]
    grammar: Option<Grammar>,
    /// Requests under way there.
    running: usize,
}

impl InferenceServer {
    fn of(state: ServerState) -> Self {
        let ServerState { kind, is_up, grammar, running, .. } = state;
        Self { kind: kind.map(ServerKind::name), up: is_up, grammar, running }
    }
}

/// Whether the process should go on living: no, once its engine has stopped.
#[utoipa::path(get, path = "/health", tag = "gateway", operation_id = "health", security(()),
    responses((status = 200, description = "It is alive", body = Health), Unready))]
pub(super) async fn health(State(gateway): State<Gateway>) -> Result<Json<Health>, Problem> {
    match gateway.service() {
        // Servers that do not answer may come back, and another start of the gateway would change nothing.
        Ok(service) if service.engine().servers().is_some() => {
            Ok(Json(Health { status: "ok", model: Some(service.recipe().model.name.clone()) }))
        }
        Ok(service) => well("ok", &service),
        Err(_) => Ok(Json(Health { status: "loading", model: None })),
    }
}

/// Whether requests are answered now.
#[utoipa::path(get, path = "/ready", tag = "gateway", operation_id = "ready", security(()),
    responses((status = 200, description = "Requests are answered", body = Health), Unready))]
pub(super) async fn ready(State(gateway): State<Gateway>) -> Result<Json<Health>, Problem> {
    let service = gateway.service()?;
    match gateway.0.life.phase() {
        Phase::Ready => well("ready", &service),
        _ => Err(gateway.0.life.unready()),
    }
}

/// That the engine is well, in this word, or that it is not.
fn well(status: &'static str, service: &Service) -> Result<Json<Health>, Problem> {
    if service.engine().is_healthy() {
        return Ok(Json(Health { status, model: Some(service.recipe().model.name.clone()) }));
    }
    let (code, detail) = match service.engine().servers() {
        Some(_) => ("engine_unavailable", "no inference server answers; they are asked again every few seconds"),
        None => ("unhealthy", "the engine has stopped after an internal error; start stislo again"),
    };
    Err(Problem::plain(StatusCode::SERVICE_UNAVAILABLE, code, detail))
}

/// The models that answer.
#[utoipa::path(get, path = "/v1/models", tag = "gateway", operation_id = "models",
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "The models", body = Models), Unready))]
pub(super) async fn models(State(gateway): State<Gateway>) -> Result<Json<Models>, Problem> {
    let service = gateway.service()?;
    let writes = service.recipe().fluent.clone();
    let servers = service.engine().servers().map(|servers| servers.servers()).unwrap_or_default();
    let engines = servers.into_iter().map(InferenceServer::of).collect();
    let context = service.engine().measure().context();
    let model = Model { info: service.recipe().model.clone(), context, writes, engines };
    Ok(Json(Models { models: vec![model] }))
}

/// Counters for Prometheus, in its text format; as OpenMetrics where that is asked for.
#[utoipa::path(get, path = "/metrics", tag = "gateway", operation_id = "metrics",
    security((), ("bearer" = []), ("api_key" = [])),
    responses(
        (status = 200, description = "Counters", content((String = "text/plain"), (String = "application/openmetrics-text"))),
        Unready,
    ))]
pub(super) async fn metrics(State(gateway): State<Gateway>, headers: HeaderMap) -> Result<Response, Problem> {
    let (running, waiting) = gateway.0.queues.count();
    let kept_file_bytes = gateway.0.cache.as_ref().map_or(0, AnswerCache::file_bytes);
    let load = Load { open: gateway.0.life.working(), running, waiting, kept_file_bytes };
    let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let format = match accepted.any(|kinds| kinds.contains("application/openmetrics-text")) {
        true => Format::OpenMetrics,
        false => Format::Prometheus,
    };
    let text = gateway.0.metrics.text(load, gateway.service().ok().as_ref(), format)?;
    Ok(([(header::CONTENT_TYPE, format.content_type())], text).into_response())
}
