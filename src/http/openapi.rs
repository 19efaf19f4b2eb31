//! `GET /openapi.json`: what the gateway takes and gives, made from the types that it takes and gives.
//!
//! Programs are generated from it, so every path is in it, each operation has a name of its own that stays the same, and
//! what may be refused is said with its form. A query has no defaults here, although it has some: generated clients send
//! them along with a JSON body, which has everything in it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response as HttpResponse};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::check;
use super::extract;
use super::gateway::Gateway;
use super::libre;
use super::page;
use super::probes::{self, Health, Models};
use super::problem::Document;
use super::request::SummarizeBody;
use super::summarize;
use super::translate;
use crate::answer::Answer;

/// What the gateway takes and gives.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "stislo",
        description = "Summaries, checks and translations of articles in English, Ukrainian and Russian, on this machine"
    ),
    tags(
        (name = "articles", description = "Summaries, comparisons, checks, extracts and translations"),
        (name = "gateway", description = "The gateway itself: its health, its counters, its models and its page"),
        (name = "libretranslate", description = "The API of LibreTranslate, for its clients"),
    ),
    paths(
        summarize::post,
        summarize::compare,
        check::post,
        extract::post,
        translate::post,
        probes::models,
        probes::health,
        probes::ready,
        probes::metrics,
        page::html,
        page::css,
        page::js,
        get,
        libre::answer::translate,
        libre::answer::detect,
        libre::languages,
        libre::settings,
        libre::file::translate,
        libre::file::download,
    ),
    components(schemas(SummarizeBody, Answer, Models, Health, Document<'static>, libre::types::Refused<'static>)),
    modifiers(&Rest)
)]
struct Api;

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "gateway", operation_id = "openapi", security(()),
    responses((status = 200, description = "The document", body = serde_json::Value), Anyone))]
pub(super) async fn get(State(gateway): State<Gateway>) -> HttpResponse {
    let mut api = Api::openapi();
    let base = gateway.0.options.public_url.as_ref().map_or("/", |url| url.as_str());
    api.servers = Some(vec![Server::new(base)]);
    // What it says is the same for all callers, and changes with the program.
    ([(header::CACHE_CONTROL, "no-cache")], Json(api)).into_response()
}

/// What attributes cannot say.
struct Rest;

impl Modify for Rest {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key, when the gateway has any"));
        let header = ApiKeyValue::with_description("X-Api-Key", "The same in a header of its own");
        if let Some(components) = &mut api.components {
            components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
            components.add_security_scheme("api_key", SecurityScheme::ApiKey(ApiKey::Header(header)));
        }
        if let Some(license) = &mut api.info.license {
            // An expression of SPDX is no name of a licence.
            license.identifier = Some(license.name.clone());
        }
        // The other spelling is the same.
        if let Some(mut path) = api.paths.paths.get("/v1/summarize").cloned() {
            if let Some(post) = &mut path.post {
                post.operation_id = Some("summarise".to_owned());
            }
            api.paths.paths.insert("/v1/summarise".to_owned(), path);
        }
    }
}

/// Refusals by status.
pub(super) type Listed = [(u16, &'static str)];

/// What every request may be refused with.
const ALWAYS: &Listed = &[
    (400, "The request names no host, or is not as HTTP wants it"),
    (405, "The path does not take this method"),
    (421, "The gateway does not answer to the host that was named"),
    (431, "The headers are too large. This answer comes without a body"),
    (500, "The gateway failed"),
];
/// And what where a key or a page's leave is needed.
const ASKED: &Listed = &[
    (401, "An API key is wanted"),
    (403, "A web page of another site asks, and the gateway has no keys"),
    (503, "The model is being loaded or has failed, or the gateway is being stopped"),
];
/// And what of a request about a text.
const TEXTS: &Listed = &[
    (400, "The body is not JSON, or broke off; or the request is not as HTTP wants it"),
    (408, "The body took longer than `body_timeout`"),
    (413, "The body is larger than `max_body_bytes`"),
    (415, "The body is of a type that is not read"),
    (
        422,
        "The request or its text cannot be worked on; `code` says why. A text may have `max_characters`, and at most 4 MiB",
    ),
    (429, "Too many requests wait; `Retry-After` says when to ask again"),
    (504, "There was no answer before the deadline"),
];

/// Refusals as they are described, by status.
pub(super) type Refused = BTreeMap<String, RefOr<Response>>;

/// Makes types that say what a request may be refused with, in one form.
macro_rules! refusals {
    ($kind:literal, $schema:literal; $($(#[$what:meta])* $name:ident: [$($list:ident),*];)*) => {$(
        $(#[$what])*
        pub(super) struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> crate::http::openapi::Refused {
                crate::http::openapi::refused(&[$($list),*], $kind, $schema)
            }
        }
    )*};
}
pub(super) use refusals;

refusals! { "application/problem+json", "Problem";
    /// What a request about a text may be refused with, as problem documents.
    Refusals: [ALWAYS, ASKED, TEXTS];
    /// What a request may be refused with that has no body.
    Unready: [ALWAYS, ASKED];
    /// What may be refused of what everybody may have.
    Anyone: [ALWAYS];
}

pub(super) fn refused(lists: &[&Listed], kind: &str, schema: &str) -> Refused {
    let all = lists.iter().copied().flatten();
    all.map(|&(status, what)| (status.to_string(), refusal(status, what, kind, schema).into())).collect()
}

fn refusal(status: u16, what: &str, kind: &str, schema: &str) -> Response {
    let mut response = ResponseBuilder::new().description(what);
    // hyper answers what it cannot read by itself.
    if status != 431 {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
        response = response.content(kind, content);
    }
    if matches!(status, 429 | 503) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer);
        let header = HeaderBuilder::new().schema(seconds).description(Some("Seconds until it is worth asking again"));
        response = response.header("Retry-After", header.build());
    }
    response.build()
}
