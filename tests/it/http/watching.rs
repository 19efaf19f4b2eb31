//! What is told about requests: ids, counters and log lines, with no word of an article in them.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, header};
use stislo::http::{Keys, Options, router};
use tracing_subscriber::fmt::MakeWriter;

use super::{PATH, app, ask, asked, counted, gateway, get, post, send, text};
use crate::harness::{ANSWERS, Script, fixture};

#[tokio::test]
async fn every_answer_has_an_id() {
    let app = app().await;
    let id_of = async |given: Option<&str>| {
        let mut request = get("/health");
        if let Some(given) = given {
            request.headers_mut().insert("x-request-id", given.parse().unwrap());
        }
        send(&app, request).await.headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(id_of(Some("desk-7.a_B")).await, "desk-7.a_B");
    let mine = [id_of(None).await, id_of(None).await];
    assert!(mine[0] != mine[1] && mine[0].len() == 16);
    for odd in ["", "a b", "x\"y", &"x".repeat(65)] {
        assert_eq!(id_of(Some(odd)).await.len(), 16, "{odd:?}");
    }
}

#[tokio::test]
async fn counters_do_not_grow_with_what_callers_make_up() {
    let app = app().await;
    for number in 0..50 {
        send(&app, get(&format!("/made/up/{number}"))).await;
        send(&app, post(PATH, format!("{{\"model\": \"m{number}\"}}"))).await;
    }
    ask(&app, &asked()).await;
    assert_eq!(counted(&app, "stislo_requests_total{path=\"other\",status=\"404\"}").await, 50);
    assert_eq!(counted(&app, "stislo_requests_total{path=\"/v1/summarize\",status=\"422\"}").await, 50);
    assert_eq!(counted(&app, "stislo_answers_written_total").await, 1);
    assert!(counted(&app, "stislo_completion_tokens_total").await > 100);
    let metrics = text(send(&app, get("/metrics")).await).await;
    assert!(metrics.lines().count() < 250 && !metrics.contains("made"), "{metrics}");
    assert_eq!(counted(&app, "stislo_refusals_total{code=\"not_found\"}").await, 50);
    assert_eq!(counted(&app, "stislo_first_token_seconds_count").await, 1);
    assert_eq!(counted(&app, "stislo_queue_wait_seconds_count").await, 1);
    assert_eq!(counted(&app, "stislo_engine_up").await, 1);
}

#[tokio::test]
async fn counters_come_in_the_format_that_is_asked_for() {
    let app = app().await;
    let old = "text/plain; version=0.0.4; charset=utf-8";
    let new = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";
    for (accept, kind) in [("", old), ("text/plain", old), ("*/*", old), (prometheus, new)] {
        let mut request = get("/metrics");
        request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
        let response = send(&app, request).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], kind, "{accept}");
        let text = text(response).await;
        assert_eq!(text.ends_with("# EOF\n"), kind == new, "{accept}");
        assert_eq!(text.contains("# TYPE stislo_answers_kept_total counter"), kind == old, "{accept}");
    }
}

/// What a log says of requests, at a level.
async fn told(level: tracing::Level, app: &axum::Router, requests: Vec<Request<Body>>) -> String {
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_max_level(level).with_writer(lines.clone());
    let guard = tracing::subscriber::set_default(subscriber.finish());
    for request in requests {
        text(send(app, request).await).await;
    }
    drop(guard);
    String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
}

#[tokio::test]
async fn probes_are_told_at_debug_and_streams_when_they_end() {
    let app = app().await;
    let stream = || post(PATH, serde_json::json!({"text": fixture("en", "page"), "stream": true}).to_string());
    let all = || vec![get("/health"), get("/ready"), get("/metrics"), get("/v1/models"), stream()];
    let log = told(tracing::Level::INFO, &app, all()).await;
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("path=")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("/v1/models") && lines[1].contains("stream=\"whole\""), "{log}");
    assert!(told(tracing::Level::DEBUG, &app, all()).await.contains("path=\"/health\""));
}

/// A log in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_tells_of_requests_and_not_of_articles() {
    let key = "a-key-of-the-news-desk";
    let options = Options { keys: Keys::parse(key).unwrap(), ..Options::default() };
    let app = router(gateway(Script::new(&ANSWERS).engine().await.0, options));
    // Where one subscriber is all there is, a line that another test's thread comes to first asks that thread's alone, which
    // has none, and is lost for good (tracing-core, `callsite::dispatchers`). So there are two.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(lines.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    for given in [key, "a-wrong-key-of-somebody"] {
        let request = Request::post(format!("{PATH}?title=A-secret-title"))
            .header(header::CONTENT_TYPE, "text/plain")
            .header(header::AUTHORIZATION, format!("Bearer {given}"))
            .header("x-request-id", "find-me")
            .body(Body::from(fixture("en", "page")));
        send(&app, request.unwrap()).await;
    }
    drop(guard);
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let told = log.lines().filter(|line| line.contains("find-me") && line.contains("/v1/summarize"));
    assert_eq!(told.count(), 2, "{log}");
    assert!(log.contains("status=200") && log.contains("status=401"), "{log}");
    for secret in ["Halvmouth", "secret-title", "key-of", "bus"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
