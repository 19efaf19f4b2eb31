//! How a gateway stops: it says so first, finishes what is under way, and waits no longer than it was told.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{Listening, ask, asked, gateway, get, inside, problem, send, until};
use crate::harness::{ANSWERS, Gate, Script};
use stislo::http::Options;

/// A gateway on a real socket with one request held inside the engine.
struct Held {
    listening: Listening,
    request: JoinHandle<reqwest::Result<reqwest::Response>>,
    gate: Gate,
}

impl Held {
    async fn new(body: &Value) -> Self {
        let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
        let listening = Listening::new(gateway(engine, Options::default())).await;
        let request = tokio::spawn(listening.post(body).send());
        Self { request, gate: inside(gate).await, listening }
    }
}

#[tokio::test]
async fn a_stop_lets_what_is_under_way_finish() {
    let Held { listening, request, gate } = Held::new(&asked()).await;
    let Listening { app, serving, stop, address } = listening;
    stop.send(()).unwrap();
    until("it is not ready", async || send(&app, get("/ready")).await.status() == StatusCode::SERVICE_UNAVAILABLE)
        .await;
    assert_eq!(problem(send(&app, get("/ready")).await, 503, "ready").await.0, "draining");
    assert_eq!(send(&app, get("/health")).await.status(), StatusCode::OK);
    let response = ask(&app, &asked()).await;
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(problem(response, 503, "one that is too late").await.0, "draining");
    // Whoever looks from outside hears it too.
    assert!(tokio::net::TcpStream::connect(address).await.is_ok());
    assert!(!serving.is_finished(), "a request is under way");
    drop(gate);
    let response = request.await.unwrap().unwrap();
    assert_eq!(response.status().as_u16(), 200);
    let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(answer["summaries"][0]["headline"], ANSWERS[0].lines().next().unwrap());
    serving.await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_stop_lets_a_stream_finish() {
    let Held { listening, request, gate } = Held::new(&json!({"text": asked()["text"], "stream": true})).await;
    let response = request.await.unwrap().unwrap();
    listening.stop.send(()).unwrap();
    let app = listening.app;
    until("it is not ready", async || send(&app, get("/ready")).await.status() == StatusCode::SERVICE_UNAVAILABLE)
        .await;
    drop(gate);
    let text = response.text().await.unwrap();
    assert!(text.contains("event: done"), "{text}");
    listening.serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let Held { listening, request, gate } = Held::new(&asked()).await;
    // From here on the clock jumps to the next deadline as soon as there is nothing else to do.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    listening.stop.send(()).unwrap();
    listening.serving.await.unwrap().unwrap();
    let waited = begun.elapsed().as_secs();
    assert!((30..=60).contains(&waited), "{waited} seconds");
    // Whoever could not be served is told so where that can still be done.
    if let Ok(response) = request.await.unwrap() {
        assert_eq!(response.status().as_u16(), 503);
    }
    drop(gate);
}

#[tokio::test]
async fn a_stop_with_nothing_to_do_is_at_once() {
    let engine = Script::new(&ANSWERS).engine().await.0;
    let listening = Listening::new(gateway(engine, Options::default())).await;
    // A connection that is kept alive is no reason to wait.
    assert_eq!(listening.get("/health").await.0, 200);
    let idle = tokio::net::TcpStream::connect(listening.address).await.unwrap();
    let begun = std::time::Instant::now();
    listening.stop.send(()).unwrap();
    listening.serving.await.unwrap().unwrap();
    assert!(begun.elapsed().as_secs() < 10);
    drop(idle);
}
