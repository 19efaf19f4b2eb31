//! Errors as problem documents (RFC 9457): one table from the kind of an error to a status.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::turns::Full;
use crate::error::{Error, Kind};

/// When to ask again after a refusal that is about load.
const AGAIN: Duration = Duration::from_secs(10);

/// An error on its way to a caller.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    code: &'static str,
    detail: String,
    again: Option<Duration>,
}

/// A problem as callers see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Document<'a> {
    /// Always `about:blank`: the status and the code say what it is.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    status: u16,
    /// What is wrong, and what to do.
    detail: &'a str,
    /// A short name that stays the same, for programs.
    code: &'static str,
}

impl Problem {
    /// A problem that is not an [`Error`] of the library.
    pub(super) fn plain(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), again: None }
    }

    /// A request that can be read and not be done.
    pub(super) fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::plain(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// More of something than a limit allows.
    pub(super) fn over(given: usize, what: &str, limit: usize, name: &str) -> Self {
        let detail = format!("{given} {what} were given and the limit `{name}` is {limit}");
        Self::refused("limit_exceeded", detail)
    }

    /// Says when to ask again.
    pub(super) fn after(self, again: Duration) -> Self {
        Self { again: Some(again), ..self }
    }

    /// Too many wait already.
    pub(super) fn busy(Full { waiting, by_count, again }: Full) -> Self {
        let why = match by_count {
            true => "which is the limit `queue`",
            false => "and one more might not be answered within the limit `deadline`",
        };
        let detail = format!("{waiting} requests are waiting, {why}; try again later");
        Self::plain(StatusCode::TOO_MANY_REQUESTS, "busy", detail).after(again.max(AGAIN))
    }

    /// It took too long.
    pub(super) fn late(deadline: Duration) -> Self {
        let detail = format!("there was no answer within {} s, which is the limit `deadline`", deadline.as_secs());
        Self::plain(StatusCode::GATEWAY_TIMEOUT, "deadline_exceeded", detail)
    }

    /// Something of ours broke. What, stands in the log.
    pub(super) fn internal() -> Self {
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the gateway failed; its log says more")
    }

    /// What is wrong, and what to do.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    pub(super) fn document(&self) -> Document<'_> {
        Document {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            Kind::Input => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::Busy => StatusCode::TOO_MANY_REQUESTS,
            Kind::Unavailable | Kind::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let again = matches!(error.kind(), Kind::Busy).then_some(AGAIN);
        Self { status, code: error.code(), detail: error.to_string(), again }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_string(&self.document()).expect("a problem is plain data");
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
        let mut response = (self.status, kind, body).into_response();
        let headers = response.headers_mut();
        if let Some(again) = self.again {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(again.as_secs().max(1)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
