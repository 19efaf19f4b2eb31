//! Errors as clients of LibreTranslate expect them: `{"error": text}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::{Error, Kind};
use crate::http::problem::Problem;

/// An error on its way to a client.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// What is wrong with a request. Over a limit is no other case than this.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn missing(what: &str) -> Self {
        Self::bad(format!("Invalid request: missing {what} parameter"))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error.kind() {
            Kind::Input => Self::bad(error.to_string()),
            // Clients look for the first word.
            Kind::Busy => Self::new(StatusCode::TOO_MANY_REQUESTS, format!("Slowdown: {error}")),
            Kind::Unavailable | Kind::Cancelled | Kind::Internal => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("Cannot translate text: {error}"))
            }
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let detail = problem.detail();
        match problem.status {
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::bad(detail),
            StatusCode::TOO_MANY_REQUESTS => Self::new(problem.status, format!("Slowdown: {detail}")),
            status => Self::new(status, format!("Cannot translate text: {detail}")),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": self.message}))).into_response()
    }
}
