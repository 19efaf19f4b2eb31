//! Checks and extracts over HTTP: the same as on the command line, by the same rules as everything else that is asked.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use stislo::answer::ModelInfo;
use stislo::engine::Engine;
use stislo::http::{Gateway, Keys, Limits, Options, Times, router};
use stislo::language::Language;
use stislo::plan::MOST_CHARACTERS;
use stislo::service::{Calibration, Recipe, Service};

use super::{app, body, counted, gateway, inside, post, problem, send, until};
use crate::cli::{Place, shown};
use crate::harness::{self, ANSWERS, Script, fixture};

const CHECK: &str = "/v1/check";
const EXTRACT: &str = "/v1/extract";
/// The article says it.
const TRUE: &str = "A number 7 bus was the first to cross the bridge.";
/// The article says something else.
const WRONG: &str = "The repair cost £83.6 million.";
/// Nothing but the judge has anything against it.
const DOUBTED: &str = "The first to cross the bridge was a number 7 bus.";

fn reply(prompt: &str) -> String {
    if prompt.contains(&format!("Statement: {DOUBTED}\n")) { "No" } else { "Yes" }.to_owned()
}

/// A gateway on a model that can judge, and is as sure as can be of what it says.
fn judged(engine: Engine, options: Options) -> Router {
    let model = ModelInfo { name: "scripted".into(), revision: None, quantization: None, engine: "a test".into() };
    let judge = Some(Calibration {
        means: [((Language::En, Language::En), 100.0)].into(),
        deviation: 10.0,
        surprise: None,
        share: None,
    });
    let gateway = Gateway::new(options, None);
    gateway.open(Service::new(engine, Recipe { judge, ..Recipe::new(model) }));
    router(gateway)
}

/// One request at work, and none that waits.
fn narrow() -> Options {
    Options { limits: Limits { concurrency: 1, queue: 0, ..Limits::default() }, ..Options::default() }
}

fn claim(claim: &str, judge: bool) -> Request<Body> {
    let body = json!({"article": fixture("en", "page"), "claim": claim, "judge": judge});
    post(CHECK, body.to_string())
}

async fn report(app: &Router, request: Request<Body>) -> Value {
    let response = send(app, request).await;
    let status = response.status();
    let report = body(response).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    report
}

fn kinds(sentence: &Value) -> Vec<&str> {
    sentence["findings"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_check_is_that_of_the_command_line() {
    let (app, place) = (app().await, Place::new());
    let article = place.file("article.txt", fixture("en", "page"));
    for (text, more) in [
        (format!("{TRUE} {WRONG}"), json!({})),
        ("Ремонт коштував 83,6 млн фунтів.".to_owned(), json!({"language": "uk", "from": "en"})),
    ] {
        let mut asked = json!({"article": fixture("en", "page"), "claim": text});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let got = report(&app, post(CHECK, asked.to_string())).await;
        let file = place.file("claim.txt", &text);
        let run = ["check", shown(&file), "--against", shown(&article), "--format", "json", "--model", "none"];
        assert_eq!(got, place.run(&run).json());
        assert!(got["findings"].as_u64().unwrap() > 0, "{got}");
    }
    let got = report(&app, claim(&format!("{TRUE} {WRONG}"), true)).await;
    assert_eq!((kinds(&got["sentences"][0]), kinds(&got["sentences"][1])), (vec![], vec!["number_not_in_source"]));
    assert!(got["sentences"][0]["evidence"][0]["text"].as_str().unwrap().contains("number 7 bus"), "{got}");
    assert_eq!((&got["source"]["language"], &got["language"]), (&json!("en"), &json!("en")));
    let html = include_str!("../../fixtures/uk/harbour-bridge/page.html");
    let page =
        report(&app, post(CHECK, json!({"html": html, "claim": "Ремонт коштував 38,6 млн фунтів."}).to_string())).await;
    assert_eq!((&page["source"]["language"], &page["language"]), (&json!("uk"), &json!("uk")));
    assert_eq!(counted(&app, "stislo_requests_total{path=\"/v1/check\",status=\"200\"}").await, 4);
}

#[tokio::test]
async fn the_judge_is_asked_about_what_nothing_else_doubts() {
    let (engine, log) = Script::reply(reply).engine().await;
    let app = judged(engine, Options::default());
    let rules = report(&app, claim(DOUBTED, false)).await;
    assert_eq!((kinds(&rules["sentences"][0]), rules["sentences"][0].get("signals")), (vec![], None));
    assert_eq!(report(&app, claim(WRONG, true)).await["findings"], 1, "that is decided");
    assert_eq!(log.passes().len(), 0, "nothing was asked");
    let with = report(&app, claim(&format!("{TRUE} {DOUBTED}"), true)).await;
    assert_eq!((kinds(&with["sentences"][0]), kinds(&with["sentences"][1])), (vec![], vec!["meaning_changed"]));
    assert!(with["sentences"][1]["signals"]["judge"].as_f64().unwrap() < 0.0, "{with}");
    assert!(!log.passes().is_empty());
    // It is asked unless it is left out, and one that is not calibrated is not.
    let usual = json!({"article": fixture("en", "page"), "claim": DOUBTED}).to_string();
    assert_eq!(report(&app, post(CHECK, usual)).await["findings"], 1);
    let (engine, log) = Script::reply(reply).engine().await;
    let app = router(gateway(engine, Options::default()));
    assert_eq!(report(&app, claim(DOUBTED, true)).await["findings"], 0);
    assert_eq!(log.passes().len(), 0);
}

#[tokio::test]
async fn an_extract_is_that_of_the_command_line() {
    let (app, place) = (app().await, Place::new());
    for language in ["en", "uk", "ru"] {
        let page = fixture(language, "page");
        let path = place.file("page.txt", &page);
        let want = place.run(&["extract", shown(&path), "--format", "json"]).json();
        assert_eq!(report(&app, post(EXTRACT, json!({"text": page}).to_string())).await, want);
        let plain = |query: &str| {
            let request = Request::post(format!("{EXTRACT}{query}")).header(header::CONTENT_TYPE, "text/plain");
            request.body(Body::from(page.clone())).unwrap()
        };
        assert_eq!(report(&app, plain("")).await, want);
        let titled = report(&app, plain("?title=Given&source_language=uk")).await;
        assert_eq!((&titled["title"], &titled["language"]), (&json!("Given"), &json!("uk")));
        let whole = place.run(&["extract", shown(&path), "--keep-all", "--format", "json"]).json();
        assert_eq!(report(&app, plain("?keep_all=true")).await, whole);
        assert_eq!(report(&app, post(EXTRACT, json!({"text": page, "keep_all": true}).to_string())).await, whole);
    }
    let html = include_str!("../../fixtures/uk/harbour-bridge/page.html");
    let page = report(&app, post(EXTRACT, json!({"html": html}).to_string())).await;
    assert_eq!(page["text"].as_str().unwrap(), fixture("uk", "body").trim());
}

#[tokio::test]
async fn what_cannot_be_checked_is_refused() {
    let app = app().await;
    let page = fixture("en", "page");
    let german = "Die Hafenbrücke wurde am Samstag wieder für den Verkehr geöffnet. Vier Jahre zuvor hatte ein \
                  Frachtschiff einen der Pfeiler gerammt. Die Reparatur kostete 38 Millionen.";
    for (path, body, code, hint) in [
        (CHECK, json!({"claim": TRUE}), "invalid_request", "`article` or as `html`"),
        (CHECK, json!({"article": page}), "invalid_request", "claim"),
        (CHECK, json!({"article": page, "html": page, "claim": TRUE}), "invalid_request", "not both"),
        (CHECK, json!({"article": page, "claim": TRUE, "language": "de"}), "invalid_request", "de"),
        (CHECK, json!({"article": page, "claim": TRUE, "judge": "no"}), "invalid_request", "judge"),
        (CHECK, json!({"article": page, "claim": TRUE, "clam": 1}), "invalid_request", "clam"),
        (CHECK, json!([page, TRUE]), "invalid_request", "object"),
        (CHECK, json!({"article": page, "claim": " … "}), "empty_input", "claim"),
        (CHECK, json!({"article": "Too short.", "claim": TRUE}), "too_short", "article"),
        (CHECK, json!({"article": german, "claim": TRUE}), "unsupported_language", "German"),
        (EXTRACT, json!({}), "invalid_request", "`text` or as `html`"),
        (EXTRACT, json!({"text": page, "keepall": true}), "invalid_request", "keepall"),
        (EXTRACT, json!({"text": "Too short."}), "too_short", "10 characters"),
        (EXTRACT, json!({"text": german}), "unsupported_language", "German"),
    ] {
        let (got, detail) = problem(send(&app, post(path, body.to_string())).await, 422, &body.to_string()).await;
        assert!(got == code && detail.contains(hint), "{body}: {got}: {detail}");
    }
    let plain = Request::post(CHECK).header(header::CONTENT_TYPE, "text/plain").body(Body::from(page.clone())).unwrap();
    assert_eq!(problem(send(&app, plain).await, 415, "no JSON").await.0, "unsupported_media_type");
    assert_eq!(problem(send(&app, post(CHECK, "{\"claim\"")).await, 400, "half of it").await.0, "invalid_json");
    let query = post(&format!("{EXTRACT}?keep_all=true"), json!({"text": page}).to_string());
    assert!(problem(send(&app, query).await, 422, "query and JSON").await.1.contains("body"));
    let query = Request::post(format!("{EXTRACT}?facts=3")).header(header::CONTENT_TYPE, "text/plain");
    assert!(problem(send(&app, query.body(Body::from(page)).unwrap()).await, 422, "a query").await.1.contains("facts"));
}

#[tokio::test]
async fn checks_and_extracts_are_held_to_the_limits() {
    let limits = Limits { max_characters: 5000, max_body_bytes: 60_000, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let app = router(gateway(Script::new(&ANSWERS).engine().await.0, options));
    let (long, page) = ("Слово за словом. ".repeat(300), fixture("en", "body").chars().take(3000).collect::<String>());
    for (path, body) in [
        (CHECK, json!({"article": long, "claim": TRUE})),
        (CHECK, json!({"article": page, "claim": long})),
        (CHECK, json!({"article": page, "title": long, "claim": TRUE})),
        (EXTRACT, json!({"text": long})),
        (EXTRACT, json!({"html": long})),
    ] {
        let (code, detail) = problem(send(&app, post(path, body.to_string())).await, 422, path).await;
        assert!(code == "limit_exceeded" && detail.contains("`max_characters` is 5000"), "{code}: {detail}");
    }
    for path in [CHECK, EXTRACT] {
        assert_eq!(problem(send(&app, post(path, vec![b' '; 60_001])).await, 413, path).await.0, "body_too_large");
    }
    let app = super::app().await;
    let paragraph = "The council of the harbour town met on Monday and spoke about the new pier at length. ";
    let long = paragraph.repeat(MOST_CHARACTERS / paragraph.len() + 1);
    for (path, body) in [
        (CHECK, json!({"article": long, "claim": TRUE})),
        (CHECK, json!({"article": page, "claim": long})),
        (EXTRACT, json!({"text": long})),
    ] {
        assert_eq!(problem(send(&app, post(path, body.to_string())).await, 422, path).await.0, "too_long");
    }
}

#[tokio::test]
async fn a_judged_check_takes_a_turn_and_others_do_not_wait_for_it() {
    let (engine, log, gate) = Script::reply(reply).gated().await;
    let app = judged(engine, narrow());
    let running = tokio::spawn(send(&app, claim(DOUBTED, true)));
    let gate = inside(gate).await;
    let response = send(&app, claim(TRUE, true)).await;
    assert!(response.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(problem(response, 429, "a second").await.0, "busy");
    assert_eq!(report(&app, claim(WRONG, false)).await["findings"], 1, "one that needs no model");
    report(&app, post(EXTRACT, json!({"text": fixture("en", "page")}).to_string())).await;
    // Who leaves gives the turn back, and the engine goes on with nothing.
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    until("its turn is free", async || counted(&app, "stislo_requests_running").await == 0).await;
    assert_eq!(counted(&app, "stislo_requests_total{path=\"/v1/check\",status=\"499\"}").await, 1);
    let short = "The council met on Monday. It spoke about the new pier for two hours, and then it went home.";
    let next = json!({"article": short, "claim": "On Monday the council met."}).to_string();
    let next = tokio::spawn(send(&app, post(CHECK, next)));
    drop(gate);
    assert_eq!(next.await.unwrap().status(), StatusCode::OK);
    let read: usize = log.passes()[1..].iter().flat_map(|pass| pass.tokens.iter().map(Vec::len)).sum();
    let long = harness::tokenizer().encode(&fixture("en", "body")).len();
    assert!(0 < read && read < long / 2, "{read} of {long}: the first was read on");
}

#[tokio::test]
async fn a_deadline_ends_a_check() {
    let (engine, _, gate) = Script::reply(reply).gated().await;
    let times = Times { deadline: Duration::from_secs(1), ..Times::default() };
    let app = judged(engine, Options { times, ..narrow() });
    let (code, detail) = problem(send(&app, claim(DOUBTED, true)).await, 504, "a deadline").await;
    assert!(code == "deadline_exceeded" && detail.contains("1 s"), "{code}: {detail}");
    until("its turn is free", async || counted(&app, "stislo_requests_running").await == 0).await;
    drop(gate);
}

#[tokio::test]
async fn both_want_a_key_and_a_model_that_is_there() {
    let options = Options { keys: Keys::parse("a-key-of-the-news-desk").unwrap(), ..Options::default() };
    let locked = router(gateway(Script::new(&ANSWERS).engine().await.0, options));
    let loading = router(Gateway::new(Options::default(), None));
    for path in [CHECK, EXTRACT] {
        assert_eq!(problem(send(&locked, post(path, "{}")).await, 401, path).await.0, "unauthorized");
        let response = send(&loading, post(path, "{}")).await;
        assert!(response.headers().contains_key(header::RETRY_AFTER), "{path}");
        assert_eq!(problem(response, 503, path).await.0, "loading");
    }
}
