//! Errors as problem documents (RFC 9457): one table from the kind of an error to a status.
//!
//! What goes wrong inside, with its paths and addresses, stands in the log under the request's id, and its caller only hears
//! that something did. What a caller sent is repeated in part, however long it is.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::queue::Full;
use crate::error::{Error, Kind};
use crate::intake::IntakeError;

/// When to ask again after a refusal that is about load.
const AGAIN: Duration = Duration::from_secs(10);

/// Characters of a detail that are shown of a long one: from its beginning, where it says what is wrong, and from its end,
/// where it says what would be right.
const SHOWN: usize = 400;
const BEGINNING: usize = 130;
const END: usize = 120;

/// An error on its way to a caller.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    /// What is wrong, and what to do.
    pub(super) detail: String,
    /// When to ask again, if that was said.
    pub(super) again: Option<Duration>,
}

/// The code of the problem that a response carries, for whoever counts refusals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code(pub(super) &'static str);

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
        Self { status, code, detail: brief(detail.into()), again: None }
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

    pub(super) fn document(&self) -> Document<'_> {
        Document {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
        }
    }

    /// The response, with this body. It says when to ask again: as it was said, and always when that may help.
    pub(super) fn response(&self, kind: &'static str, body: &impl Serialize) -> Response {
        let body = serde_json::to_string(body).expect("a problem is plain data");
        let mut response = (self.status, [(header::CONTENT_TYPE, kind)], body).into_response();
        response.extensions_mut().insert(Code(self.code));
        let headers = response.headers_mut();
        let may_help = matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        if let Some(again) = self.again.or(may_help.then_some(AGAIN)) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(again.as_secs().max(1)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if let Error::Intake(IntakeError::TooMuch { characters, limit, .. }) = error {
            return Self::over(characters, "characters of text", limit, "max_characters");
        }
        let status = match error.kind() {
            Kind::Input => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::Busy => StatusCode::TOO_MANY_REQUESTS,
            Kind::Unavailable | Kind::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::plain(status, error.code(), shown(&error))
    }
}

/// What a caller may hear of an error. The rest is logged.
pub(super) fn shown(error: &Error) -> String {
    match error {
        Error::Intake(IntakeError::TooLarge { .. }) => {
            format!(
                "{error}; that is fixed: 4 MiB of plain text, and 16 MiB of a page's source, whatever `max_characters` says"
            )
        }
        // Which direction nothing translates, and how to get it.
        Error::Translate(reason) if reason.is_of_the_text() => error.to_string(),
        _ if error.kind() == Kind::Internal => {
            tracing::error!(%error, "the gateway failed");
            "the gateway failed; its log says more, under this answer's `x-request-id`".to_owned()
        }
        _ if error.kind() == Kind::Unavailable => {
            tracing::error!(%error, "the model cannot be used");
            "the model cannot be used; the gateway's log says more, under this answer's `x-request-id`".to_owned()
        }
        _ => error.to_string(),
    }
}

/// A text that is short enough to be read: what is too long is left out of its middle.
pub(super) fn brief(text: String) -> String {
    let count = text.chars().count();
    if count <= SHOWN {
        return text;
    }
    let beginning: String = text.chars().take(BEGINNING).collect();
    let end: String = text.chars().skip(count - END).collect();
    format!("{beginning} […] {end}")
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.response("application/problem+json", &self.document())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EngineError;
    use crate::service::TranslateError;

    #[test]
    fn what_is_long_is_shown_in_part_and_on_whole_characters() {
        let whole = "є".repeat(SHOWN);
        assert_eq!(brief(whole.clone()), whole);
        let value = "ї".repeat(200_000);
        let text = brief(format!("`length` does not fit: unknown variant `{value}`, expected one of `short`, `long`"));
        assert!(text.starts_with("`length` does not fit") && text.ends_with("`short`, `long`"), "{text}");
        assert!(text.chars().filter(|&c| c == 'ї').count() < 200, "{text}");
    }

    #[test]
    fn what_breaks_inside_is_not_told_outside() {
        let path = "/home/somebody/secret/answers.redb";
        let io = || std::io::Error::other("no space left");
        for error in [
            Error::Io { doing: "write", path: path.into(), source: io() },
            Error::Setting { name: "--keys", reason: path.to_owned() },
            Error::Engine(EngineError::Dead),
        ] {
            let status = Problem::from(error);
            assert_eq!((status.status.as_u16(), status.detail.contains("secret")), (500, false), "{status:?}");
            assert!(status.detail.contains("x-request-id"), "{status:?}");
        }
        let (name, reason) = ("firefox-en-uk".to_owned(), format!("cannot read {path}"));
        let broken = Problem::from(Error::Translate(Box::new(TranslateError::Broken { name, reason })));
        assert_eq!((broken.status.as_u16(), broken.detail.contains("secret")), (503, false), "{broken:?}");
    }
}
