//! What LibreTranslate's paths take and give, as it is described and as it is answered.
//!
//! What is taken is only described here: its fields are read one by one, wherever they stand (`values`). A form is not
//! described beside JSON, although it is read: generators of clients make code of two kinds of one body that does not run.

use serde::Serialize;
use utoipa::ToSchema;

use crate::language::Language;

/// A text, or several.
#[derive(ToSchema, Serialize)]
#[serde(untagged)]
#[schema(as = LibreTexts)]
pub(super) enum Texts {
    One(String),
    Several(Vec<String>),
}

/// What is wanted of texts.
#[derive(ToSchema)]
#[schema(as = LibreTranslateBody)]
#[expect(dead_code, reason = "it is read field by field")]
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
pub(in crate::http) struct Guess {
    /// In percent.
    pub(super) confidence: f32,
    /// Its code.
    pub(super) language: Language,
}

impl Guess {
    /// With a share as a whole number of percents.
    pub(super) fn new(language: Language, share: f32) -> Self {
        Self { confidence: (share * 100.0).round(), language }
    }
}

/// One for each text, or one.
#[derive(ToSchema, Serialize)]
#[serde(untagged)]
#[schema(as = LibreGuesses)]
pub(super) enum Guesses {
    One(Guess),
    Several(Vec<Guess>),
}

/// Others for each text, or for one.
#[derive(ToSchema, Serialize)]
#[serde(untagged)]
#[schema(as = LibreAlternatives)]
pub(super) enum Alternatives {
    One(Vec<String>),
    Several(Vec<Vec<String>>),
}

/// Translated texts: arrays where the texts were one.
#[derive(ToSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schema(as = LibreTranslation)]
pub(super) struct Translation {
    pub(super) translated_text: Texts,
    /// Where `source` was `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detected_language: Option<Guesses>,
    /// Where some were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alternatives: Option<Alternatives>,
}

/// A text whose language is wanted.
#[derive(ToSchema)]
#[schema(as = LibreDetectBody)]
#[expect(dead_code, reason = "it is read field by field")]
pub(super) struct DetectBody {
    q: Texts,
    /// An API key, when the gateway has any and none stands in a header.
    api_key: Option<String>,
}

/// A language, and what it can be translated to.
#[derive(ToSchema, Serialize)]
#[schema(as = LibreLanguage)]
pub(in crate::http) struct KnownLanguage {
    pub(super) code: Language,
    pub(super) name: &'static str,
    pub(super) targets: Vec<Language>,
}

/// A code and a name.
#[derive(ToSchema, Serialize)]
#[schema(as = LibreNamed)]
pub(super) struct Named {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
}

/// What a form offers first.
#[derive(ToSchema, Serialize)]
#[schema(as = LibreFirst)]
pub(super) struct First {
    pub(super) source: Named,
    pub(super) target: Named,
}

/// What a form for this gateway has to know.
#[derive(ToSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schema(as = LibreSettings)]
pub(super) struct Settings {
    pub(super) char_limit: u64,
    pub(super) frontend_timeout: u64,
    pub(super) api_keys: bool,
    pub(super) key_required: bool,
    pub(super) suggestions: bool,
    pub(super) files_translation: bool,
    pub(super) supported_files_format: [&'static str; 3],
    pub(super) language: First,
}

/// A file to translate.
#[derive(ToSchema)]
#[schema(as = LibreFileBody)]
#[expect(dead_code, reason = "it is read field by field")]
pub(super) struct FileBody {
    /// A text, a page or subtitles: its name ends in .txt, .html or .srt. Any charset that is known.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    source: String,
    target: String,
    /// An API key, when the gateway has any and none stands in a header.
    api_key: Option<String>,
}

/// Where a translated file can be fetched.
#[derive(ToSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schema(as = LibreFile)]
pub(in crate::http) struct File {
    /// For an hour, as often as wanted, unless 64 newer files or 64 MiB of them come before.
    pub(super) translated_file_url: String,
}

/// Why something was refused.
#[derive(ToSchema, Serialize)]
#[schema(as = LibreError)]
pub(in crate::http) struct Refused<'a> {
    /// What is wrong.
    pub(super) error: &'a str,
}
