//! What `/openapi.json` promises to programs that are generated from it. That they work is tried by `.ci/full`.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stislo::http::{Options, PublicUrl, router};

use super::{app, body, gateway, get, post, send};
use crate::harness::{ANSWERS, Script, fixture};

async fn document() -> Value {
    body(send(&app().await, get("/openapi.json")).await).await
}

/// Path, method and description of each operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(|(method, operation)| (path.clone(), method.clone(), operation.clone()))
    });
    all.collect()
}

#[tokio::test]
async fn every_path_is_there_under_a_name_of_its_own() {
    let document = document().await;
    let operations = operations(&document);
    let names: BTreeSet<&str> = operations.iter().filter_map(|(_, _, it)| it["operationId"].as_str()).collect();
    assert_eq!(names.len(), operations.len(), "each has one, and no other has it");
    let wanted = [
        ("/v1/summarize", "post", "summarize"),
        ("/v1/summarise", "post", "summarise"),
        ("/v1/compare", "post", "compare"),
        ("/v1/check", "post", "check"),
        ("/v1/extract", "post", "extract"),
        ("/v1/translate", "post", "translate"),
        ("/v1/models", "get", "models"),
        ("/health", "get", "health"),
        ("/ready", "get", "ready"),
        ("/metrics", "get", "metrics"),
        ("/openapi.json", "get", "openapi"),
        ("/", "get", "page"),
        ("/page.css", "get", "page_style"),
        ("/page.js", "get", "page_script"),
        ("/translate", "post", "libre_translate"),
        ("/detect", "post", "libre_detect"),
        ("/languages", "get", "libre_languages"),
        ("/frontend/settings", "get", "libre_settings"),
        ("/translate_file", "post", "libre_translate_file"),
        ("/download_file/{name}", "get", "libre_download_file"),
    ];
    let found: BTreeSet<_> =
        operations.iter().map(|(path, method, it)| (&**path, &**method, it["operationId"].as_str().unwrap())).collect();
    assert_eq!(found, BTreeSet::from(wanted));
    // What is described is there: no path is unknown, and each takes its method alone.
    let app = app().await;
    for (path, method, _) in &operations {
        let path = path.replace("{name}", "x");
        let (right, wrong) =
            if method == "get" { (get(&path), post(&path, "{}")) } else { (post(&path, "{}"), get(&path)) };
        let status = send(&app, right).await.status().as_u16();
        assert!(status != 405 && (status != 404 || path.starts_with("/download_file")), "{path}: {status}");
        assert_eq!(send(&app, wrong).await.status(), 405, "{path}");
    }
}

#[tokio::test]
async fn refusals_are_described_and_come_as_described() {
    let document = document().await;
    let app = app().await;
    for (path, _, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        for status in ["200", "400", "405", "421", "431", "500"] {
            assert!(responses.contains_key(status), "{path} has no {status}");
        }
        assert!(operation["security"].is_array(), "{path}");
        let kind = responses["405"]["content"].as_object().unwrap().keys().next().unwrap().clone();
        let path = path.replace("{name}", "x");
        let wrong = if operation["requestBody"].is_object() { get(&path) } else { post(&path, "{}") };
        let response = send(&app, wrong).await;
        assert_eq!(
            (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()),
            (405, &*kind),
            "{path}"
        );
        let schema = responses["405"]["content"][&kind]["schema"]["$ref"].as_str().unwrap().to_owned();
        let refused = body(response).await;
        assert_eq!(schema.ends_with("/LibreError"), refused.get("error").is_some(), "{path}: {refused}");
    }
    for (path, status) in [
        ("/v1/summarize", "422"),
        ("/v1/summarize", "429"),
        ("/translate", "429"),
        ("/v1/translate", "504"),
        ("/v1/check", "429"),
        ("/v1/extract", "422"),
    ] {
        assert!(document["paths"][path]["post"]["responses"][status].is_object(), "{path}: {status}");
    }
    let retry = &document["paths"]["/v1/summarize"]["post"]["responses"]["429"]["headers"]["Retry-After"];
    assert!(retry.is_object(), "{retry}");
}

#[tokio::test]
async fn a_generated_client_sends_no_query_with_json() {
    let document = document().await;
    for path in ["/v1/summarize", "/v1/summarise", "/v1/compare"] {
        let parameters = document["paths"][path]["post"]["parameters"].as_array().unwrap();
        assert!(parameters.len() > 5);
        for parameter in parameters {
            assert_eq!((&parameter["required"], &parameter["in"]), (&json!(false), &json!("query")), "{parameter}");
            let schema = parameter["schema"].to_string();
            assert!(!schema.contains("default"), "it would be sent: {parameter}");
        }
    }
    // And what is left out of a query is as it is in JSON.
    let app = app().await;
    let mut plain = post("/v1/summarize", fixture("en", "page"));
    plain.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    let text = body(send(&app, plain).await).await;
    let json = body(send(&app, post("/v1/summarize", json!({"text": fixture("en", "page")}).to_string())).await).await;
    assert_eq!(text["summaries"], json["summaries"]);
}

#[tokio::test]
async fn the_document_says_where_the_gateway_is() {
    assert_eq!(document().await["servers"][0]["url"], "/");
    let options = Options { public_url: PublicUrl::parse("https://desk.example/stislo"), ..Options::default() };
    let app = router(gateway(Script::new(&ANSWERS).engine().await.0, options));
    let document = body(send(&app, get("/openapi.json")).await).await;
    assert_eq!(document["servers"][0]["url"], "https://desk.example/stislo");
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["api_key", "bearer"]);
}
