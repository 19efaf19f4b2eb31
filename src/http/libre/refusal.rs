//! Errors as clients of LibreTranslate expect them: `{"error": text}`.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::{Error, Kind};
use crate::http::problem::{self, Code, Problem};

/// An error on its way to a client.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    /// Its name in our own problem documents.
    code: &'static str,
    again: Option<Duration>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: problem::brief(message.into()), code: "invalid_request", again: None }
    }

    /// What is wrong with a request. Over a limit is no other case than this.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn missing(what: &str) -> Self {
        Self::bad(format!("Invalid request: missing {what} parameter"))
    }

    /// Names what it is counted as.
    pub(super) fn with_code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let code = error.code();
        let refusal = match error.kind() {
            Kind::Input => Self::bad(problem::shown(&error)),
            Kind::Busy => return Problem::from(error).into(),
            Kind::Unavailable | Kind::Cancelled | Kind::Internal => {
                let what = problem::shown(&error);
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("Cannot translate text: {what}"))
            }
        };
        refusal.with_code(code)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let detail = problem.detail();
        let refusal = match problem.status {
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::bad(detail),
            // Its clients know these words.
            StatusCode::UNAUTHORIZED => Self::new(StatusCode::FORBIDDEN, "Invalid API key"),
            // They look for the first word.
            StatusCode::TOO_MANY_REQUESTS => Self::new(problem.status, format!("Slowdown: {detail}")),
            status if status.is_client_error() => Self::new(status, detail),
            status => Self::new(status, format!("Cannot translate text: {detail}")),
        };
        Self { again: problem.again(), ..refusal.with_code(problem.code) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({"error": self.message}))).into_response();
        response.extensions_mut().insert(Code(self.code));
        if let Some(again) = self.again {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(again.as_secs().max(1)));
        }
        response
    }
}
