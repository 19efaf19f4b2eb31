//! `GET /openapi.json`: what the gateway takes and gives, made from the types that it takes and gives.

use std::collections::BTreeMap;

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi};

use super::ask::SummarizeBody;
use super::probes::{self, Health, Models};
use super::problem::Document;
use super::summarize;
use super::translate;
use crate::answer::Answer;

/// What the gateway takes and gives.
#[derive(OpenApi)]
#[openapi(
    info(title = "stislo", description = "Summaries of articles in English, Ukrainian and Russian, on this machine"),
    paths(
        summarize::post,
        summarize::compare,
        translate::post,
        probes::models,
        probes::health,
        probes::ready,
        probes::metrics
    ),
    components(schemas(SummarizeBody, Answer, Models, Health, Document<'static>)),
    modifiers(&Rest)
)]
struct Api;

pub(super) async fn get() -> Json<utoipa::openapi::OpenApi> {
    Json(Api::openapi())
}

/// What attributes cannot say.
struct Rest;

impl Modify for Rest {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key, when the gateway has any"));
        if let Some(components) = &mut api.components {
            components.add_security_scheme("key", SecurityScheme::Http(bearer.build()));
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

/// What a request about an article may be refused with, as problem documents.
pub(super) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let all = [
            (400, "The body is not JSON, or broke off"),
            (401, "An API key is wanted"),
            (408, "The body took too long"),
            (413, "The body is larger than `max_body_bytes`"),
            (415, "The body is of a type that is not read"),
            (422, "The request or its text cannot be worked on; `code` says why"),
            (429, "Too many requests wait; `Retry-After` says when to ask again"),
            (500, "The gateway failed"),
            (503, "The model is being loaded, or the gateway is being stopped"),
            (504, "There was no answer before the deadline"),
        ];
        all.into_iter().map(|(status, what): (u16, &str)| (status.to_string(), problem(what).into())).collect()
    }
}

/// What a request may be refused with that has no body.
pub(super) struct Unready;

impl IntoResponses for Unready {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let all = [(401, "An API key is wanted"), (500, "The gateway failed"), (503, "The gateway is not ready")];
        all.into_iter().map(|(status, what): (u16, &str)| (status.to_string(), problem(what).into())).collect()
    }
}

fn problem(what: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(what).content("application/problem+json", content).build()
}
