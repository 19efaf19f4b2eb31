//! What LibreTranslate's paths take and give. Their handlers read fields one by one, wherever they stand, so these types and
//! functions only describe them. A form is not described beside JSON, although it is read: generators of clients make code
//! of two kinds of one body that does not run.

#![expect(dead_code, reason = "what is described here is read field by field in `http::libre`")]

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use super::refusal;
use crate::language::Language;

/// A text, or several.
#[derive(ToSchema, Serialize)]
#[serde(untagged)]
#[schema(as = LibreTexts)]
enum Texts {
    One(String),
    Several(Vec<String>),
}

/// What is wanted of texts.
#[derive(ToSchema)]
#[schema(as = LibreTranslateBody)]
pub(super) struct TranslateBody {
    /// The text, or several in an array.
    q: Texts,
    /// The language of the text, or `auto`.
    #[schema(example = "auto")]
    source: String,
    /// The language that is wanted.
    #[schema(example = "uk")]
    target: String,
    /// `text` or `html`.
    format: Option<String>,
    /// Other translations that are wanted of each text.
    #[schema(minimum = 0)]
    alternatives: Option<u32>,
    /// An API key, when the gateway has any and none stands in a header.
    api_key: Option<String>,
}

/// Which language a text was taken for.
#[derive(ToSchema, Serialize)]
#[schema(as = LibreGuess)]
struct Guess {
    /// In percent.
    confidence: f32,
    /// Its code.
    language: Language,
}

/// One for each text, or one.
#[derive(ToSchema, Serialize)]
#[serde(untagged)]
#[schema(as = LibreGuesses)]
enum Guesses {
    One(Guess),
    Several(Vec<Guess>),
}

/// Others for each text, or for one.
#[derive(ToSchema, Serialize)]
#[serde(untagged)]
#[schema(as = LibreAlternatives)]
enum Alternatives {
    One(Vec<String>),
    Several(Vec<Vec<String>>),
}

/// Translated texts: arrays where the texts were one.
#[derive(ToSchema)]
#[schema(as = LibreTranslation)]
#[expect(non_snake_case, reason = "the names are LibreTranslate's")]
struct Translation {
    translatedText: Texts,
    /// Where `source` was `auto`.
    detectedLanguage: Option<Guesses>,
    /// Where some were asked for.
    alternatives: Option<Alternatives>,
}

/// A text whose language is wanted.
#[derive(ToSchema)]
#[schema(as = LibreDetectBody)]
struct DetectBody {
    q: Texts,
    /// An API key, when the gateway has any and none stands in a header.
    api_key: Option<String>,
}

/// A language, and what it can be translated to.
#[derive(ToSchema)]
#[schema(as = LibreLanguage)]
struct KnownLanguage {
    code: Language,
    name: String,
    targets: Vec<Language>,
}

/// A code and a name.
#[derive(ToSchema)]
#[schema(as = LibreNamed)]
struct Named {
    code: String,
    name: String,
}

/// What a form offers first.
#[derive(ToSchema)]
#[schema(as = LibreFirst)]
struct First {
    source: Named,
    target: Named,
}

/// What a form for this gateway has to know.
#[derive(ToSchema)]
#[schema(as = LibreSettings)]
#[expect(non_snake_case, reason = "the names are LibreTranslate's")]
struct Settings {
    charLimit: u64,
    frontendTimeout: u64,
    apiKeys: bool,
    keyRequired: bool,
    suggestions: bool,
    filesTranslation: bool,
    supportedFilesFormat: Vec<String>,
    language: First,
}

/// A file to translate.
#[derive(ToSchema)]
#[schema(as = LibreFileBody)]
struct FileBody {
    /// A text, a page or subtitles: its name ends in .txt, .html or .srt. Any charset that is known.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    source: String,
    target: String,
    /// An API key, when the gateway has any and none stands in a header.
    api_key: Option<String>,
}

/// Where a translated file can be fetched.
#[derive(ToSchema)]
#[schema(as = LibreFile)]
#[expect(non_snake_case, reason = "the name is LibreTranslate's")]
struct File {
    /// For an hour, as often as wanted, unless 64 newer files or 64 MiB of them come before.
    translatedFileUrl: String,
}

/// Why something was refused.
#[derive(ToSchema)]
#[schema(as = LibreError)]
pub(super) struct Refused {
    /// What is wrong.
    error: String,
}

/// What a request with fields may be refused with.
struct Fields;

impl IntoResponses for Fields {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let more = [
            (408, "The body took longer than `body_timeout`"),
            (413, "The body is larger than `max_body_bytes`"),
            (429, "Too many requests wait; `Retry-After` says when to ask again"),
            (504, "There was no answer before the deadline"),
        ];
        listed(&more)
    }
}

/// What a request without a body may be refused with.
struct Plain;

impl IntoResponses for Plain {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        listed(&[])
    }
}

fn listed(more: &[(u16, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let always = [
        (400, "The request is wrong, or a key is wanted"),
        (403, "The key is none of this gateway, or a web page of another site asks and the gateway has no keys"),
        (404, "There is nothing of this name"),
        (405, "The path does not take this method"),
        (421, "The gateway does not answer to the host that was named"),
        (431, "The headers are too large. This answer comes without a body"),
        (500, "The gateway failed, or has no model for this direction"),
        (503, "The model is being loaded, or the gateway is being stopped"),
    ];
    let all = always.iter().chain(more);
    all.map(|&(status, what)| (status.to_string(), refusal(status, what, "application/json", "LibreError").into()))
        .collect()
}

/// Translates a text or several. Fields may also come as a form or in the query.
#[utoipa::path(post, path = "/translate", tag = "libretranslate", operation_id = "libre_translate",
    request_body = TranslateBody,
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "The translation", body = Translation), Fields))]
pub(super) fn translate() {}

/// Tells the language of a text. Fields may also come as a form or in the query.
#[utoipa::path(post, path = "/detect", tag = "libretranslate", operation_id = "libre_detect",
    request_body = DetectBody,
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "Candidates, the best first", body = Vec<Guess>), Fields))]
pub(super) fn detect() {}

/// The languages, and what each can be translated to.
#[utoipa::path(get, path = "/languages", tag = "libretranslate", operation_id = "libre_languages",
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "The languages", body = Vec<KnownLanguage>), Plain))]
pub(super) fn languages() {}

/// What a form for this gateway has to know.
#[utoipa::path(get, path = "/frontend/settings", tag = "libretranslate", operation_id = "libre_settings",
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "The settings", body = Settings), Plain))]
pub(super) fn settings() {}

/// Translates a file, which can then be fetched.
#[utoipa::path(post, path = "/translate_file", tag = "libretranslate", operation_id = "libre_translate_file",
    request_body(content = FileBody, content_type = "multipart/form-data"),
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "Where the file is", body = File), Fields))]
pub(super) fn translate_file() {}

/// A translated file.
#[utoipa::path(get, path = "/download_file/{name}", tag = "libretranslate", operation_id = "libre_download_file",
    params(("name" = String, Path, description = "The last part of `translatedFileUrl`")),
    security(()),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"), Plain))]
pub(super) fn download_file() {}
