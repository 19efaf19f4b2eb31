//! What is asked for is answered: every way to ask, and every option.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use stislo::http::{Gateway, Options, router};
use stislo::language::Language;

use super::{PATH, app, ask, body, get, on, post, send, text};
use crate::harness::{self, ANSWERS, Script, fixture, service};

#[tokio::test]
async fn an_answer_is_what_the_service_gives() {
    let page = fixture("uk", "page");
    let service = service(Script::new(&ANSWERS).engine().await.0);
    let direct = service.summarize(harness::request(&page, &Language::ALL), |_| ()).await.unwrap();
    let mut direct = serde_json::to_value(direct).unwrap();
    direct["timings"] = Value::Null;
    let gateway = Gateway::new(Options::default(), None);
    gateway.open(service);
    let app = router(gateway);
    for path in [PATH, "/v1/summarise"] {
        let response = send(&app, post(path, json!({"text": page}).to_string())).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let mut answer = body(response).await;
        assert!(answer["timings"]["completion_tokens"].as_u64().unwrap() > 100);
        answer["timings"] = Value::Null;
        assert_eq!(answer, direct, "{path}");
    }
    let html = include_str!("../../fixtures/uk/harbour-bridge/page.html");
    let answer = body(ask(&app, &json!({"html": html})).await).await;
    assert_eq!(answer["source"]["sha256"], direct["source"]["sha256"]);
}

#[tokio::test]
async fn what_is_asked_for_is_done() {
    let page = fixture("en", "page");
    let russian = ANSWERS[2].replace(" Ремонт обошёлся в 38,6 млн фунтов.", "");
    let english = ANSWERS[0].replace(" The repair cost £38.6 million.", "");
    let app = on(Script::new(&[&russian, &english]).engine().await.0);
    let asked = json!({
        "text": page, "title": "Given", "source_language": "en", "languages": ["ru", "en"], "facts": 3,
        "length": "short", "strategy": "direct", "stream": false, "seed": null,
    });
    let answer = body(ask(&app, &asked).await).await;
    assert_eq!(answer["source"]["title"], "Given");
    assert_eq!(
        (&answer["summaries"][0]["language"], &answer["summaries"][1]["language"]),
        (&json!("ru"), &json!("en"))
    );
    assert_eq!(answer["summaries"][0]["headline"], ANSWERS[2].lines().next().unwrap());
    for (summary, wrote) in answer["summaries"].as_array().unwrap().iter().zip([&russian, &english]) {
        assert_eq!(summary["summary"], wrote.lines().nth(1).unwrap());
        assert_eq!(summary["key_facts"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_text_is_a_body_with_its_options_in_the_query() {
    let app = app().await;
    let page = fixture("uk", "page");
    let json = json!({"text": page, "languages": ["uk", "en"], "facts": 3, "title": "Дано", "source_language": "uk"});
    let mut want = body(ask(&app, &json).await).await;
    want["timings"] = Value::Null;
    let query = "?languages=uk,%20en&facts=3&title=%D0%94%D0%B0%D0%BD%D0%BE&source_language=uk";
    // The last is what curl says by itself.
    for kind in ["text/plain; charset=utf-8", "Text/Plain", "text/html", "application/x-www-form-urlencoded"] {
        let request = Request::post(format!("{PATH}{query}")).header(header::CONTENT_TYPE, kind);
        let mut got = body(send(&app, request.body(Body::from(page.clone())).unwrap()).await).await;
        got["timings"] = Value::Null;
        assert_eq!(got, want, "{kind}");
    }
}

#[tokio::test]
async fn who_answers_is_told() {
    let app = app().await;
    let models = body(send(&app, get("/v1/models")).await).await;
    assert_eq!(models["models"][0]["name"], "scripted");
    assert_eq!(models["models"][0]["context"], 1 << 15);
    assert_eq!(models["models"][0]["writes"], json!(["en", "uk", "ru"]));
    assert_eq!(body(send(&app, get("/ready")).await).await, json!({"status": "ready", "model": "scripted"}));
    assert_eq!(body(send(&app, get("/health")).await).await, json!({"status": "ok", "model": "scripted"}));
}

#[tokio::test]
async fn the_contract_is_served_and_whole() {
    let api = body(send(&app().await, get("/openapi.json")).await).await;
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    let post = &api["paths"]["/v1/summarize"]["post"];
    for status in ["200", "400", "401", "408", "413", "415", "422", "429", "500", "503", "504"] {
        assert!(post["responses"][status].is_object(), "{status}");
    }
    assert_eq!(api["paths"]["/v1/summarise"]["post"]["responses"], post["responses"]);
    // Whatever is referred to is there.
    let all = api.to_string();
    for reference in all.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(api.pointer(pointer).is_some(), "{pointer}");
    }
    let answer = &api["components"]["schemas"]["Answer"]["properties"];
    for key in ["id", "source", "model", "summaries", "comparison", "timings", "warnings"] {
        assert!(answer[key].is_object(), "{key}");
    }
}

#[tokio::test]
async fn the_page_is_there_and_asks_nobody_else() {
    let app = app().await;
    for (path, kind) in [("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript")] {
        let response = send(&app, get(path)).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], format!("{kind}; charset=utf-8"));
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let text = text(response).await;
        for banned in ["http://", "https://", "innerHTML", "insertAdjacentHTML", "eval(", "style=\"", "onclick="] {
            let given = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!given.contains(banned), "{path} has {banned}");
        }
    }
}

/// The words of the page in one language, by their keys.
fn words_of(script: &str, language: &str) -> Vec<String> {
    let block = script.split(&format!("\n  {language}: {{\n")).nth(1).unwrap().split("\n  },").next().unwrap();
    let mut found: Vec<String> = Vec::new();
    for piece in block.split(": \"").map(|piece| piece.trim_end()) {
        found.push(piece.rsplit([',', ' ', '\n']).next().unwrap().to_owned());
    }
    found.pop();
    found.sort();
    found
}

#[tokio::test]
async fn the_page_has_words_for_every_finding_and_warning_in_every_language() {
    let app = app().await;
    let script = text(send(&app, get("/page.js")).await).await;
    let api = body(send(&app, get("/openapi.json")).await).await;
    let english = words_of(&script, "en");
    assert!(english.len() > 40 && english.contains(&"motto".to_owned()), "{english:?}");
    for language in ["uk", "ru"] {
        assert_eq!(words_of(&script, language), english, "{language}");
    }
    // The stages of an answer, as the stream names them.
    for stage in ["waiting", "reading", "condensing", "writing", "repairing", "translating"] {
        assert!(english.contains(&stage.to_owned()), "no words for {stage}");
    }
    for (kind, least) in [("FindingKind", 12), ("WarningCode", 2)] {
        let named = api["components"]["schemas"][kind]["oneOf"].as_array().map(|all| {
            let each = all.iter().map(|it| it["const"].as_str().or(it["enum"][0].as_str()).unwrap().to_owned());
            each.collect::<Vec<_>>()
        });
        let plain = api["components"]["schemas"][kind]["enum"].as_array();
        let plain = plain.map(|all| all.iter().map(|it| it.as_str().unwrap().to_owned()).collect());
        let all = named.or(plain).unwrap_or_else(|| panic!("{}", api["components"]["schemas"][kind]));
        assert!(all.len() >= least, "{all:?}");
        for name in all {
            assert!(english.contains(&name), "no words for {name}");
        }
    }
}
