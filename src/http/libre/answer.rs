//! `/translate` and `/detect` of LibreTranslate.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::refusal::{Fields, Refusal};
use super::types::{Alternatives, DetectBody, Guess, Guesses, Texts, TranslateBody, Translation};
use super::values::Values;
use super::{Admission, Libre, demand};
use crate::error::Error;
use crate::http::offload::{self, offload_large};
use crate::http::options::Limits;
use crate::http::queue::Caller;
use crate::intake::Company;
use crate::language::{Language, nearest_language};
use crate::service::{self, Document, OpenOptions, Service, TextFormat};

/// Texts of one request that are translated at the same time.
const SIDE_BY_SIDE: usize = 4;

/// What is asked for, checked in the order of that server.
struct TextsRequest {
    texts: Vec<String>,
    /// They came as an array, and go back as one.
    batch: bool,
    from: Option<Language>,
    /// What the texts together say of those that could be in several languages.
    company: Company,
    to: Language,
    format: TextFormat,
    alternatives: usize,
}

/// One text's answer.
struct Item {
    text: String,
    detected: Guess,
    alternatives: Vec<String>,
    /// Why the text is as it was.
    refused: Option<Error>,
}

/// Translates a text or several. Fields may also come as a form or in the query.
#[utoipa::path(post, path = "/translate", tag = "libretranslate", operation_id = "libre_translate",
    request_body = TranslateBody,
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "The translation", body = Translation), Fields))]
pub(in crate::http) async fn translate(
    State(libre): State<Libre>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Refusal> {
    let begun = Instant::now();
    let (caller, mut values) = libre.read(caller, request).await?;
    let service = libre.gateway.service()?;
    let (reader, limits, room) = (service.clone(), libre.gateway.0.options.limits, values.room.take());
    let wanted = offload_large(values.size, move || TextsRequest::read(&reader, &limits, &values)).await??;
    let wanted = Arc::new(wanted);
    // A few at a time, so that the engine's rows are filled and no request has everything to itself.
    let work = |admission: Admission| {
        let items = (0..wanted.texts.len()).map(|at| item(service.clone(), wanted.clone(), at, admission.clone()));
        stream::iter(items.collect::<Vec<_>>()).buffered(SIDE_BY_SIDE).try_collect()
    };
    let mut items: Vec<Item> = libre.work((caller, begun, room), work).await?;
    // One text never fails a batch; where all are refused there is nothing else to answer.
    if items.iter().all(|item| item.refused.is_some())
        && let Some(error) = items.first_mut().and_then(|item| item.refused.take())
    {
        return Err(error.into());
    }
    let size = items.iter().map(|item| item.text.len()).sum();
    Ok(offload::json(size, Arc::new(json!(answer(&wanted, items)))).await?)
}

/// What is answered.
fn answer(wanted: &TextsRequest, items: Vec<Item>) -> Translation {
    let fields = items.into_iter().map(|item| (item.text, item.detected, item.alternatives));
    let (mut texts, mut guesses, mut others): (Vec<_>, Vec<_>, Vec<_>) = fields.collect();
    let batch = wanted.batch;
    Translation {
        translated_text: if batch { Texts::Several(texts) } else { Texts::One(texts.swap_remove(0)) },
        detected_language: wanted.from.is_none().then(|| match batch {
            true => Guesses::Several(guesses),
            false => Guesses::One(guesses.swap_remove(0)),
        }),
        alternatives: (wanted.alternatives > 0).then(|| match batch {
            true => Alternatives::Several(others),
            false => Alternatives::One(others.swap_remove(0)),
        }),
    }
}

/// Translates the text with this number; one that is refused goes back as it came. Owns what it needs, since several are
/// under way.
async fn item(service: Service, wanted: Arc<TextsRequest>, at: usize, admission: Admission) -> Result<Item, Refusal> {
    let text = wanted.texts[at].as_str();
    let untouched = |refused| Item {
        text: text.to_owned(),
        detected: Guess::new(Language::En, 0.0),
        alternatives: Vec::new(),
        refused,
    };
    // Pictures and blanks go back as they came.
    if !text.chars().any(char::is_alphanumeric) {
        return Ok(untouched(None));
    }
    let document = Document { text: text.to_owned(), from: wanted.from, to: wanted.to, format: wanted.format };
    let translation = async {
        let options = OpenOptions { company: wanted.company, permit: Some(admission), ..OpenOptions::default() };
        let opened = service::opened(document, options).await?;
        Ok((service.translators().translate_opened(opened.clone(), &mut |_| ()).await?, opened))
    };
    let (translation, opened) = match translation.await {
        Ok(done) => done,
        // Numbers alone have no language.
        Err(error) if error.code() == "empty_input" => return Ok(untouched(None)),
        Err(Error::Translate(error)) if error.is_of_the_text() => return Ok(untouched(Some(Error::Translate(error)))),
        Err(error) => return Err(error.into()),
    };
    let plain = wanted.format == TextFormat::Text && wanted.alternatives > 0;
    let alternatives = match plain {
        true => service.translators().alternatives(&opened, &translation, wanted.alternatives).await,
        false => Vec::new(),
    };
    let detected = Guess::new(translation.from, translation.confidence);
    Ok(Item { text: translation.text, detected, alternatives, refused: None })
}

impl TextsRequest {
    fn read(service: &Service, limits: &Limits, values: &Values) -> Result<Self, Refusal> {
        let q = values.get("q").ok_or_else(|| Refusal::missing("q"))?;
        let (source, target) = languages(values)?;
        let alternatives = alternatives(limits.max_alternatives, values)?;
        let (texts, batch) = texts(q, values.json)?;
        if texts.len() > limits.max_texts {
            return Err(too_long(texts.len(), limits.max_texts));
        }
        if let Some(count) = texts.iter().map(|text| text.chars().count()).find(|&n| n > limits.max_characters) {
            return Err(too_long(count, limits.max_characters));
        }
        let from = source_language(&source)?;
        let to = language(&target)?;
        let format = match values.text("format").unwrap_or("text") {
            "text" => TextFormat::Text,
            "html" => TextFormat::Html,
            other => return Err(Refusal::bad(format!("{other} format is not supported"))),
        };
        if let Some(from) = from {
            demand(service, from, to)?;
        }
        let company = match (from, format) {
            (Some(_), _) => Company::default(),
            (None, TextFormat::Html) => Company::of(texts.iter().flat_map(|text| without_tags(text))),
            (None, _) => Company::of(texts.iter().map(String::as_str)),
        };
        Ok(Self { texts, batch, from, company, to, format, alternatives })
    }
}

/// The texts between tags.
fn without_tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text))
}

/// Source and target as they were given.
pub(super) fn languages(values: &Values) -> Result<(String, String), Refusal> {
    let field = |name| values.text(name).map(str::to_lowercase).ok_or_else(|| Refusal::missing(name));
    Ok((field("source")?, field("target")?))
}

/// The language of the text; `None` when it is to be detected.
pub(super) fn source_language(code: &str) -> Result<Option<Language>, Refusal> {
    if code == "auto" { Ok(None) } else { language(code).map(Some) }
}

pub(super) fn language(code: &str) -> Result<Language, Refusal> {
    let known = Language::ALL.into_iter().find(|language| language.code() == code);
    known.ok_or_else(|| Refusal::bad(format!("{code} is not supported")))
}

fn alternatives(most: usize, values: &Values) -> Result<usize, Refusal> {
    let wrong = || Refusal::bad("Invalid request: alternatives parameter is not a number");
    let number = match values.get("alternatives") {
        None => 0,
        Some(Value::Number(number)) => number.as_i64().ok_or_else(wrong)?,
        Some(Value::String(text)) => text.trim().parse().map_err(|_| wrong())?,
        Some(_) => return Err(wrong()),
    };
    match usize::try_from(number.max(0)).unwrap_or(usize::MAX) {
        number if number > most => {
            Err(Refusal::bad(format!("Invalid request: alternatives parameter must be <= {most}")))
        }
        number => Ok(number),
    }
}

/// The texts, and whether they are an array.
fn texts(q: &Value, json: bool) -> Result<(Vec<String>, bool), Refusal> {
    let wrong = || Refusal::bad("Invalid request: q must be a string or an array of strings");
    match q {
        // A form ends its lines as the network does.
        Value::String(text) if json => Ok((vec![text.clone()], false)),
        Value::String(text) => Ok((vec![text.replace("\r\n", "\n").replace('\r', "\n")], false)),
        Value::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
            Ok((texts.ok_or_else(wrong)?, true))
        }
        _ => Err(wrong()),
    }
}

pub(super) fn too_long(size: usize, limit: usize) -> Refusal {
    Refusal::bad(format!("Invalid request: request ({size}) exceeds text limit ({limit})"))
}

/// Tells the language of a text. Fields may also come as a form or in the query.
#[utoipa::path(post, path = "/detect", tag = "libretranslate", operation_id = "libre_detect",
    request_body = DetectBody,
    security((), ("bearer" = []), ("api_key" = [])),
    responses((status = 200, description = "Candidates, the best first", body = Vec<Guess>), Fields))]
pub(in crate::http) async fn detect(
    State(libre): State<Libre>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Json<[Guess; 1]>, Refusal> {
    let (_, values) = libre.read(caller, request).await?;
    let most = libre.gateway.0.options.limits.max_characters;
    offload_large(values.size, move || detected(&values, most)).await?.map(Json)
}

fn detected(values: &Values, most: usize) -> Result<[Guess; 1], Refusal> {
    let q = values.get("q").ok_or_else(|| Refusal::missing("q"))?;
    let (texts, _) = texts(q, values.json)?;
    let text = texts.join("\n");
    let count = text.chars().count();
    if count > most.saturating_mul(texts.len()) {
        return Err(too_long(count, most));
    }
    let (language, confidence) = nearest_language(&text).unwrap_or((Language::En, 0.0));
    Ok([Guess::new(language, confidence)])
}
