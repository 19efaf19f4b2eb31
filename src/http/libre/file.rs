//! `/translate_file` and `/download_file` of LibreTranslate.
//!
//! A translated file waits in memory for its one download, under a name that nobody can guess; the oldest make room for
//! new ones. Nothing is written to disk, so no name from outside ever meets a path.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::Json;
use axum::extract::{Extension, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HOST};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::{language, languages, source_language, too_long};
use super::refusal::Refusal;
use super::{Libre, demand};
use crate::http::turns::Caller;
use crate::service::{Document, TextFormat};

/// Files that wait at the same time, and their bytes together.
const MOST_FILES: usize = 64;
const MOST_BYTES: usize = 64 << 20;

/// Files that wait for their download. The lock is held to add or to find one, never across an await.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<VecDeque<Kept>>);

#[derive(Debug, Clone)]
struct Kept {
    /// With the id in front.
    name: String,
    bytes: Vec<u8>,
}

impl Shelf {
    fn put(&self, kept: Kept) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.push_back(kept);
        while files.len() > MOST_FILES || files.iter().map(|file| file.bytes.len()).sum::<usize>() > MOST_BYTES {
            files.pop_front();
        }
    }

    fn find(&self, name: &str) -> Option<Kept> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().find(|file| file.name == name).cloned()
    }
}

pub(super) async fn translate(
    State(libre): State<Libre>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let begun = Instant::now();
    let service = libre.gateway.service()?;
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost").to_owned();
    let (caller, mut values) = libre.read(caller, request).await?;
    let (source, target) = languages(&values)?;
    let file = values.file.take().ok_or_else(|| Refusal::missing("file"))?;
    if file.name.is_empty() {
        return Err(Refusal::bad("Invalid request: empty file"));
    }
    let from = source_language(&source)?;
    let to = language(&target)?;
    if let Some(from) = from {
        demand(service, from, to)?;
    }
    let extension = file.name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    let format: TextFormat =
        extension.parse().map_err(|()| Refusal::bad("Invalid request: file format not supported"))?;
    let text = String::from_utf8(file.bytes.into())
        .map_err(|_| Refusal::bad("Invalid request: the file is not UTF-8 text"))?;
    let count = text.chars().count();
    let most = libre.gateway.0.options.limits.max_characters;
    if count > most {
        return Err(too_long(count, most));
    }
    let document = Document { text, from, to, format };
    let work = async { service.translate(document, &mut |_| ()).await.map_err(Refusal::from) };
    let translation = libre.work(caller, begun, work).await?;
    let name = format!("{}.{}", unguessable(), plain(&file.name));
    let address = format!("http://{host}/download_file/{name}");
    libre.shelf.put(Kept { name, bytes: translation.text.into_bytes() });
    Ok(Json(json!({"translatedFileUrl": address})))
}

pub(super) async fn download(
    State(libre): State<Libre>,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    if name != plain(&name) || name.contains("..") {
        return Err(Refusal::bad("Invalid filename"));
    }
    let kept = libre.shelf.find(&name).ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "File not found"))?;
    let (_, shown) = kept.name.split_once('.').unwrap_or_default();
    let attachment = format!("attachment; filename=\"{shown}\"");
    Ok(([(CONTENT_DISPOSITION, attachment), (CONTENT_TYPE, "application/octet-stream".to_owned())], kept.bytes))
}

/// A name that is one in an address and in a header: what else it has becomes `_`.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).take(128).collect()
}

/// 128 random bits, as a UUID is written.
fn unguessable() -> String {
    let bits = format!("{:032x}", rand::random::<u128>());
    format!("{}-{}-{}-{}-{}", &bits[..8], &bits[8..12], &bits[12..16], &bits[16..20], &bits[20..])
}
