//! Errors as clients of LibreTranslate expect them: `{"error": text}`.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::types::Refused;
use crate::error::{Error, Kind};
use crate::http::openapi::{self, Listed};
use crate::http::problem::{self, Problem};

/// A problem on its way to a client of that server.
#[derive(Debug)]
pub(in crate::http) struct Refusal(Problem);

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self(Problem::plain(status, "invalid_request", message))
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
        Self(Problem { code, ..self.0 })
    }
}

/// What every request may be refused with.
const ALWAYS: &Listed = &[
    (400, "The request is wrong, or a key is wanted"),
    (403, "The key is none of this gateway, or a web page of another site asks and the gateway has no keys"),
    (404, "There is nothing of this name"),
    (405, "The path does not take this method"),
    (421, "The gateway does not answer to the host that was named"),
    (431, "The headers are too large. This answer comes without a body"),
    (500, "The gateway failed, or has no model for this direction"),
    (503, "The model is being loaded, or the gateway is being stopped"),
];
/// And what of a request with a body.
const BODIES: &Listed = &[
    (408, "The body took longer than `body_timeout`"),
    (413, "The body is larger than `max_body_bytes`"),
    (429, "Too many requests wait; `Retry-After` says when to ask again"),
    (504, "There was no answer before the deadline"),
];

openapi::refusals! { "application/json", "LibreError";
    /// What a request with fields may be refused with.
    Fields: [ALWAYS, BODIES];
    /// What a request without a body may be refused with.
    Plain: [ALWAYS];
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
        let detail = problem.detail;
        let refusal = match problem.status {
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::bad(detail),
            // Its clients know these words.
            StatusCode::UNAUTHORIZED => Self::new(StatusCode::FORBIDDEN, "Invalid API key"),
            // They look for the first word.
            StatusCode::TOO_MANY_REQUESTS => Self::new(problem.status, format!("Slowdown: {detail}")),
            status if status.is_client_error() => Self::new(status, detail),
            status => Self::new(status, format!("Cannot translate text: {detail}")),
        };
        Self(Problem { again: problem.again, code: problem.code, ..refusal.0 })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0.response("application/json", &Refused { error: &self.0.detail })
    }
}
