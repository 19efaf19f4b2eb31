//! `GET /health`: is the engine alive?

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::problem::Problem;
use crate::service::Service;

pub(super) async fn get(State(service): State<Service>) -> Response {
    if service.engine().is_healthy() {
        return Json(json!({"status": "ok", "model": service.model().name})).into_response();
    }
    Problem::plain(StatusCode::SERVICE_UNAVAILABLE, "unhealthy", "the engine has stopped after an internal error")
        .into_response()
}
