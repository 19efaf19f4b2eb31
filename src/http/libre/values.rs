//! The fields of a request, wherever it has them: JSON, a form, parts of a form, or the query alone.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use futures_util::FutureExt;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::http::body::{Bodies, BufferedBody, Sender};
use crate::http::offload::offload_large;
use crate::http::room::Reservation;

/// The fields of a request.
#[derive(Default)]
pub(super) struct Values {
    fields: Map<String, Value>,
    /// They came as JSON. Only there may a text be an array.
    pub(super) json: bool,
    /// The part with a file name.
    pub(super) file: Option<Upload>,
    /// Bytes of its body.
    pub(super) size: usize,
    /// What its body takes of the room for bodies, until the request is done.
    pub(super) room: Option<Reservation>,
}

/// An uploaded file.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

impl Values {
    /// Reads a request. Fields of the body come before those of the query.
    pub(super) async fn read(request: Request, bodies: &Bodies, sender: Sender) -> Result<Self, Refusal> {
        let (head, body) = request.into_parts();
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.to_ascii_lowercase();
        let BufferedBody { bytes, room } = bodies.read(&head.headers, body, sender).await?;
        let query = pairs(head.uri.query().unwrap_or_default())?;
        let size = bytes.len();
        let parse = move || match kind.split(';').next().unwrap_or_default().trim() {
            "application/json" => Self::of_json(&bytes),
            "multipart/form-data" => {
                // All of it is there, so there is nothing to wait for.
                let parts = Self::of_parts(Request::from_parts(head, bytes.into()));
                parts
                    .now_or_never()
                    .unwrap_or_else(|| Err(Refusal::bad("Invalid request: incomplete multipart/form-data")))
            }
            "application/x-www-form-urlencoded" => {
                Ok(Self { fields: pairs(&String::from_utf8_lossy(&bytes))?, ..Self::default() })
            }
            _ => Ok(Self::default()),
        };
        let mut values = offload_large(size, parse).await??;
        for (name, value) in query {
            values.fields.entry(name).or_insert(value);
        }
        (values.size, values.room) = (size, Some(room));
        Ok(values)
    }

    fn of_json(body: &[u8]) -> Result<Self, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self { fields, json: true, ..Self::default() }),
            Ok(_) => Err(Refusal::bad("Invalid JSON format")),
            Err(error) => Err(Refusal::bad(format!("Invalid JSON format: {error}"))),
        }
    }

    async fn of_parts(request: Request) -> Result<Self, Refusal> {
        let wrong = |error: &dyn std::fmt::Display| Refusal::bad(format!("Invalid request: {error}"));
        let mut parts = Multipart::from_request(request, &()).await.map_err(|error| wrong(&error.body_text()))?;
        let mut values = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|error| wrong(&error.body_text()))? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|error| wrong(&error.body_text()))?;
            match file {
                Some(file) if name == "file" => values.file = Some(Upload { name: file, bytes }),
                _ => drop(values.fields.insert(name, Value::String(String::from_utf8_lossy(&bytes).into_owned()))),
            }
        }
        Ok(values)
    }

    /// A field as it came; `None` for what that server takes for nothing.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => true,
        })
    }

    /// A field that has to be a text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }
}

/// A field of the query, when it has a value.
pub(super) fn of_query(request: &Request, name: &str) -> Option<String> {
    match pairs(request.uri().query()?).ok()?.remove(name) {
        Some(Value::String(value)) if !value.is_empty() => Some(value),
        _ => None,
    }
}

fn pairs(text: &str) -> Result<Map<String, Value>, Refusal> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(text).map_err(|error| Refusal::bad(format!("Invalid request: {error}")))?;
    // As browsers send it, the first of two wins.
    let mut fields = Map::new();
    for (name, value) in pairs {
        fields.entry(name).or_insert(Value::String(value));
    }
    Ok(fields)
}
