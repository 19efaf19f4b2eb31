//! The fields of a request, wherever it has them: JSON, a form, parts of a form, or the query alone.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::http::body::Bodies;

/// The fields of a request.
#[derive(Debug, Default)]
pub(super) struct Values {
    fields: Map<String, Value>,
    /// They came as JSON. Only there may a text be an array.
    pub(super) json: bool,
    /// The part with a file name.
    pub(super) file: Option<Upload>,
}

/// An uploaded file.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

impl Values {
    /// Reads a request. Fields of the body come before those of the query.
    pub(super) async fn read(request: Request, bodies: &Bodies) -> Result<Self, Refusal> {
        let (head, body) = request.into_parts();
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.to_ascii_lowercase();
        let body = bodies.read(&head.headers, body).await?.bytes;
        let query = pairs(head.uri.query().unwrap_or_default())?;
        let mut values = match kind.split(';').next().unwrap_or_default().trim() {
            "application/json" => Self::of_json(&body)?,
            "multipart/form-data" => Self::of_parts(Request::from_parts(head, body.into())).await?,
            "application/x-www-form-urlencoded" => {
                Self { fields: pairs(&String::from_utf8_lossy(&body))?, ..Self::default() }
            }
            _ => Self::default(),
        };
        for (name, value) in query {
            values.fields.entry(name).or_insert(value);
        }
        Ok(values)
    }

    fn of_json(body: &[u8]) -> Result<Self, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self { fields, json: true, file: None }),
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
