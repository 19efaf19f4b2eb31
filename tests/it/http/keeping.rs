//! Kept answers over HTTP: when one is used, when none is, and that nothing is kept where that is asked for.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use stislo::cache::{AnswerCache, CacheSettings};
use stislo::http::{Answers, Gateway, Keys, Options, router};

use super::{PATH, asked, body, counted, keeping, send, text};
use crate::harness::{ANSWERS, Script, fixture, service};

/// Asks with a `Cache-Control`; gives where the answer comes from, and the answer without its timings.
async fn from(app: &axum::Router, body: &Value, control: &str) -> (String, Value) {
    let request = Request::post(PATH)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, control)
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = send(app, request).await;
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "nobody on the way is to keep it");
    let status = response.headers()["cache-status"].to_str().unwrap().to_owned();
    let mut answer: Value = serde_json::from_str(&text(response).await).unwrap();
    answer["timings"] = Value::Null;
    (status, answer)
}

#[tokio::test]
async fn a_kept_answer_equals_the_computed_one() {
    let (engine, log) = Script::new(&ANSWERS).engine().await;
    let app = router(keeping(engine));
    let (status, first) = from(&app, &asked(), "").await;
    assert_eq!(status, "stislo; fwd=miss");
    let passes = log.passes().len();
    let (status, second) = from(&app, &asked(), "").await;
    assert_eq!((status.as_str(), &second), ("stislo; hit", &first));
    // The same article on a page with other blanks, and a key in another order.
    let page = format!("\n\n{}\n", fixture("en", "page"));
    let (status, third) = from(&app, &json!({"languages": ["en", "uk", "ru"], "text": page}), "").await;
    assert_eq!((status.as_str(), &third), ("stislo; hit", &first));
    assert_eq!(log.passes().len(), passes, "the engine was not asked again");
    for other in [json!({"facts": 3}), json!({"languages": ["en"]}), json!({"length": "short"}), json!({"title": "T"})]
    {
        let mut body = asked();
        body.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        assert_eq!(from(&app, &body, "").await.0, "stislo; fwd=miss", "{other}");
    }
    assert_eq!(counted(&app, "stislo_answers_kept_total").await, 2);
}

#[tokio::test]
async fn the_same_article_on_another_page_is_a_hit() {
    let app = router(keeping(Script::new(&ANSWERS).engine().await.0));
    let page = |adverts: usize| {
        let advert = "<li><a href='/buy'>A boat for the price of a bicycle, this week alone</a></li>".repeat(adverts);
        let paragraphs = fixture("en", "body");
        let paragraphs: String = paragraphs.split("\n\n").map(|text| format!("<p>{text}</p>")).collect();
        let html = format!(
            "<html><body><nav><ul>{advert}</ul></nav><article><h1>Bridge</h1>{paragraphs}</article></body></html>"
        );
        json!({"languages": ["en", "uk", "ru"], "html": html})
    };
    let (status, mut first) = from(&app, &page(1), "").await;
    assert_eq!(status, "stislo; fwd=miss");
    let (status, mut second) = from(&app, &page(9), "").await;
    assert_eq!(status, "stislo; hit", "other adverts are no other article");
    let [few, many] = [&mut first, &mut second].map(|answer| answer["source"]["removed_characters"].take());
    assert!(many.as_u64() > few.as_u64(), "but what was left out is that of the page: {few} {many}");
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_kept_answer_streams_too() {
    let app = router(keeping(Script::new(&ANSWERS).engine().await.0));
    let (_, first) = from(&app, &asked(), "").await;
    let mut stream = asked();
    stream["stream"] = json!(true);
    let events = text(super::ask(&app, &stream).await).await;
    let names: Vec<&str> = events.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    let facts = ["fact", "fact", "fact", "summary"];
    assert_eq!(names, [&["accepted"][..], &facts, &facts, &facts, &["done"]].concat());
    assert!(events.contains(first["id"].as_str().unwrap()));
}

#[tokio::test]
async fn no_store_leaves_no_trace_and_no_cache_writes_anew() {
    let (engine, log) = Script::new(&ANSWERS).engine().await;
    let app = router(keeping(engine));
    assert_eq!(from(&app, &asked(), "max-age=0, No-Store").await.0, "stislo; fwd=bypass");
    let passes = log.passes().len();
    assert_eq!(from(&app, &asked(), "").await.0, "stislo; fwd=miss", "nothing was kept");
    assert!(log.passes().len() > passes);
    assert_eq!(from(&app, &asked(), "no-store").await.0, "stislo; fwd=bypass", "nothing that was kept is used");
    assert_eq!(from(&app, &asked(), "no-cache").await.0, "stislo; fwd=request");
    assert_eq!(from(&app, &asked(), "").await.0, "stislo; hit");
}

#[tokio::test]
async fn an_answer_outlives_the_gateway() {
    let folder = tempfile::tempdir().unwrap();
    let file = Some(folder.path().join("answers.redb"));
    let cache = || CacheSettings { memory_bytes: 1 << 20, file: file.clone(), file_bytes: 1 << 20 };
    let mut answers = Vec::new();
    for want in ["stislo; fwd=miss", "stislo; hit"] {
        let cache = AnswerCache::new(cache());
        let gateway = Gateway::new(Options::default(), Some(cache.clone()));
        gateway.open(service(Script::new(&ANSWERS).engine().await.0));
        let (status, answer) = from(&router(gateway), &asked(), "").await;
        assert_eq!(status, want);
        answers.push(answer);
        cache.settle().await;
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_gateway_without_a_cache_keeps_nothing() {
    let (engine, log) = Script::new(&ANSWERS).engine().await;
    let app = super::on(engine);
    from(&app, &asked(), "").await;
    let passes = log.passes().len();
    assert_eq!(from(&app, &asked(), "").await.0, "stislo; fwd=miss");
    assert!(log.passes().len() > passes);
    assert_eq!(body(send(&app, super::get("/ready")).await).await["status"], "ready");
}

#[tokio::test]
async fn answers_are_kept_for_everybody_or_for_the_key_that_asked() {
    const KEYS: [&str; 2] = ["a-key-of-the-news-desk", "a-key-of-the-foreign-desk"];
    for (answers, wanted) in [
        (Answers::Shared, ["stislo; fwd=miss", "stislo; hit", "stislo; hit"]),
        (Answers::PerKey, ["stislo; fwd=miss", "stislo; fwd=miss", "stislo; hit"]),
    ] {
        let settings = CacheSettings { memory_bytes: 1 << 20, file: None, file_bytes: 0 };
        let options = Options { keys: Keys::parse(&KEYS.join("\n")).unwrap(), answers, ..Options::default() };
        let gateway = Gateway::new(options, Some(AnswerCache::new(settings)));
        let (engine, log) = Script::new(&ANSWERS).engine().await;
        gateway.open(service(engine));
        let app = router(gateway);
        let from = async |key: &str| {
            let mut request = super::post(PATH, asked().to_string());
            request.headers_mut().insert("x-api-key", key.parse().unwrap());
            let response = send(&app, request).await;
            response.headers()["cache-status"].to_str().unwrap().to_owned()
        };
        assert_eq!([from(KEYS[0]).await, from(KEYS[1]).await, from(KEYS[1]).await], wanted, "{answers:?}");
        // Two at once share one computation only where they may.
        let before = log.passes().len();
        let one = json!({"text": asked()["text"], "languages": ["en"]}).to_string();
        let both = KEYS.map(|key| {
            let mut request = super::post(PATH, one.clone());
            request.headers_mut().insert("x-api-key", key.parse().unwrap());
            send(&app, request)
        });
        futures_util::future::join_all(both).await;
        assert_eq!(counted_with(&app, KEYS[0]).await, if answers == Answers::Shared { 2 } else { 4 }, "{answers:?}");
        assert!(log.passes().len() > before);
    }
}

/// How many answers the model has written.
async fn counted_with(app: &axum::Router, key: &str) -> u64 {
    let mut request = super::get("/metrics");
    request.headers_mut().insert("x-api-key", key.parse().unwrap());
    let metrics = text(send(app, request).await).await;
    let line = metrics.lines().find_map(|line| line.strip_prefix("stislo_answers_written_total "));
    line.unwrap().parse().unwrap()
}
