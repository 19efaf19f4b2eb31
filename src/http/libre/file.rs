//! `/translate_file` and `/download_file` of LibreTranslate.
//!
//! A translated file waits in memory under a name that nobody can guess, for an hour, and may be fetched as often as wanted;
//! the oldest make room for new ones. Nothing is written to disk, so no name from outside ever meets a path. One function
//! makes names and says which can be one, so that every address that is given can be fetched.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use tokio::time::Instant;

use super::answer::{language, languages, source_language, too_long};
use super::refusal::{Fields, Plain, Refusal};
use super::types::{File, FileBody};
use super::{Admission, Libre, demand};
use crate::http::offload::offload_large;
use crate::http::origin;
use crate::http::queue::Caller;
use crate::intake;
use crate::service::{Document, OpenOptions, TextFormat};

/// Files that wait at the same time, and their bytes together.
const MOST_FILES: usize = 64;
const MOST_BYTES: usize = 64 << 20;
/// How long a file waits.
const LIFE: Duration = Duration::from_secs(3600);
/// Characters of a file's name in its address.
const LONGEST_NAME: usize = 128;
/// Characters of an ending that outlive a name that is cut.
const LONGEST_ENDING: usize = 8;

/// Files that wait for their download. The lock is held to add or to find one, never across an await.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<VecDeque<Kept>>);

#[derive(Debug, Clone)]
struct Kept {
    /// In the address: with the id in front.
    name: String,
    /// As it was uploaded.
    title: String,
    bytes: Bytes,
    until: Instant,
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
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        files.retain(|file| file.until > now);
        files.iter().find(|file| file.name == name).cloned()
    }
}

/// Translates a file, which can then be fetched.
#[utoipa::path(post, path = "/translate_file", tag = "libretranslate", operation_id = "libre_translate_file",
    request_body(content = FileBody, content_type = "multipart/form-data"),
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "Where the file is", body = File), Fields))]
pub(in crate::http) async fn translate(
    State(libre): State<Libre>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Json<File>, Refusal> {
    let begun = Instant::now();
    let service = libre.gateway.service()?;
    let base = origin::base(&libre.gateway.0.options, &request);
    let (caller, mut values) = libre.read(caller, request).await?;
    let (source, target) = languages(&values)?;
    let file = values.file.take().ok_or_else(|| Refusal::missing("file"))?;
    if file.name.is_empty() {
        return Err(Refusal::bad("Invalid request: empty file"));
    }
    let from = source_language(&source)?;
    let to = language(&target)?;
    if let Some(from) = from {
        demand(&service, from, to)?;
    }
    let title = last_part(&file.name).to_owned();
    let ending = title.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let format: TextFormat = ending.parse().map_err(|()| Refusal::bad("Invalid request: file format not supported"))?;
    let most = libre.gateway.0.options.limits.max_characters;
    let room = values.room.take();
    let work = |admission: Admission| async move {
        let reading = admission.clone();
        let text = offload_large(file.bytes.len(), move || {
            let _admission = reading;
            decoded(&file.bytes, most)
        });
        let document = Document { text: text.await??, from, to, format };
        let options = OpenOptions { permit: Some(admission), ..OpenOptions::default() };
        Ok(service.translate(document, options, &mut |_| ()).await?)
    };
    let translation = libre.work((caller, begun, room), work).await?;
    let name = plain(&format!("{}.{title}", unguessable()));
    let translated_file_url = format!("{base}/download_file/{name}");
    let bytes = translation.text.into_bytes().into();
    libre.shelf.put(Kept { name, title, bytes, until: Instant::now() + LIFE });
    Ok(Json(File { translated_file_url }))
}

/// The text of a file.
fn decoded(bytes: &[u8], most: usize) -> Result<String, Refusal> {
    let text = intake::decoded(bytes)
        .ok_or_else(|| Refusal::bad("Invalid request: the file is not a text in any charset that is known"))?;
    let count = text.chars().count();
    if count > most { Err(too_long(count, most)) } else { Ok(text) }
}

/// A translated file.
#[utoipa::path(get, path = "/download_file/{name}", tag = "libretranslate", operation_id = "libre_download_file",
    params(("name" = String, Path, description = "The last part of `translatedFileUrl`")),
    security(()),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"), Plain))]
pub(in crate::http) async fn download(
    State(libre): State<Libre>,
    name: Result<Path<String>, PathRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let Some(Path(name)) = name.ok().filter(|Path(name)| *name == plain(name)) else {
        return Err(Refusal::bad("Invalid filename"));
    };
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "File not found").with_code("not_found");
    let kept = libre.shelf.find(&name).ok_or_else(missing)?;
    let headers = [
        (CONTENT_DISPOSITION, attachment(&kept.title)),
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, kept.bytes))
}

/// What stands behind the last slash of either kind.
fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// A name as it can stand in an address and in a header: other characters become `_`, dots stand alone and not in front, and
/// what is too long loses its end before its ending. What it gives, it gives back unchanged.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    for c in name.chars() {
        match c {
            '.' if plain.is_empty() || plain.ends_with('.') => {}
            c if c.is_ascii_alphanumeric() || "._-".contains(c) => plain.push(c),
            _ => plain.push('_'),
        }
        // Longer ones lose their end anyway; this bounds what one can cost.
        if plain.len() > LONGEST_NAME * 8 {
            break;
        }
    }
    if plain.len() > LONGEST_NAME {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| is_ending(ending));
        let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
        plain.truncate(LONGEST_NAME - ending.len());
        plain = plain.trim_end_matches('.').to_owned() + &ending;
    }
    plain
}

fn is_ending(text: &str) -> bool {
    (1..=LONGEST_ENDING).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The header that saves a file under its name: in ASCII, and with all its letters (RFC 6266).
fn attachment(title: &str) -> String {
    let plain = plain(title);
    if plain == title {
        return format!("attachment; filename=\"{plain}\"");
    }
    let encoded: String = title.bytes().take(1024).map(encode).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

fn encode(byte: u8) -> String {
    match byte {
        byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    }
}

/// 128 random bits, as a UUID is written.
fn unguessable() -> String {
    let bits = format!("{:032x}", rand::random::<u128>());
    format!("{}-{}-{}-{}-{}", &bits[..8], &bits[8..12], &bits[12..16], &bits[16..20], &bits[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_made_can_be_asked_for() {
        let id = unguessable();
        let long = format!("{}.srt", "a".repeat(300));
        for (title, end) in [
            ("a.txt", ".a.txt"),
            ("../../etc/passwd.txt", ".passwd.txt"),
            ("..\\x.txt", ".x.txt"),
            (".hidden.html", ".hidden.html"),
            ("a..b...txt", ".a.b.txt"),
            ("Звіт за рік.txt", ".___________.txt"),
            ("a\"b;c\r\n.txt", ".a_b_c__.txt"),
            (&long, "aaaa.srt"),
            ("...", ""),
        ] {
            let name = plain(&format!("{id}.{}", last_part(title)));
            assert!(name.ends_with(end) && name.starts_with(&id) && name.len() <= LONGEST_NAME, "{title}: {name}");
            assert_eq!(plain(&name), name, "{title}");
            assert!(!name.contains("..") && !name.contains('/'), "{name}");
        }
    }

    #[test]
    fn a_file_is_saved_under_the_name_that_it_had() {
        assert_eq!(attachment("a.txt"), "attachment; filename=\"a.txt\"");
        assert_eq!(attachment("ї\"\n.txt"), "attachment; filename=\"___.txt\"; filename*=UTF-8''%D1%97%22%0A.txt");
    }

    #[tokio::test(start_paused = true)]
    async fn files_wait_an_hour() {
        let shelf = Shelf::default();
        let kept = Kept { name: "n".into(), title: "t".into(), bytes: Bytes::new(), until: Instant::now() + LIFE };
        shelf.put(kept);
        assert!(shelf.find("n").is_some() && shelf.find("n").is_some(), "twice, if it is wanted twice");
        tokio::time::advance(LIFE).await;
        assert!(shelf.find("n").is_none());
    }
}
