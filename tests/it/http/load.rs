//! Load: what waits, what is refused, who is served first, and what a deadline ends.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use stislo::http::{Gateway, Keys, Limits, Options, Times, router};

use super::{PATH, ask, asked, counted, first_turn, gateway, get, inside, on, problem, send, text, until};
use crate::harness::{self, ANSWERS, Fault, Script, fixture, free, job, service};
use stislo::engine::sampler::Sampling;

/// One request at work, and this many that wait.
fn narrow(queue: usize) -> Options {
    let limits = Limits { concurrency: 1, queue, ..Limits::default() };
    Options { limits, ..Options::default() }
}

/// Texts that differ, so that nothing is shared.
fn text_of(number: usize) -> Value {
    json!({"text": fixture("en", "page"), "title": format!("Text {number}"), "languages": ["en"]})
}

#[tokio::test]
async fn a_full_queue_is_too_many_requests() {
    let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
    let app = router(gateway(engine, narrow(1)));
    let running = tokio::spawn(ask(&app, &text_of(1)));
    let gate = inside(gate).await;
    let waiting = tokio::spawn(ask(&app, &text_of(2)));
    until("one waits", async || counted(&app, "stislo_requests_waiting").await == 1).await;
    let response = ask(&app, &text_of(3)).await;
    let wait: u32 = response.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    let (code, detail) = problem(response, 429, "a full queue").await;
    assert!(code == "busy" && detail.contains("1 requests are waiting") && detail.contains("`queue`"), "{detail}");
    let response = ask(&app, &json!({"text": fixture("en", "page"), "stream": true})).await;
    assert_eq!(problem(response, 429, "a stream").await.0, "busy");
    assert_eq!(send(&app, get("/health")).await.status(), StatusCode::OK, "busy is not ill");
    assert_eq!(send(&app, get("/ready")).await.status(), StatusCode::OK);
    drop(gate);
    for asking in [running, waiting] {
        assert_eq!(asking.await.unwrap().status(), StatusCode::OK);
    }
    let response = ask(&app, &asked()).await;
    assert_eq!(response.status(), StatusCode::OK, "{}", text(response).await);
}

#[tokio::test]
async fn callers_take_turns() {
    let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
    let keys = ["a-key-of-the-busy-desk", "a-key-of-the-quiet-desk"];
    let options = Options { keys: Keys::parse(&keys.join("\n")).unwrap(), ..narrow(8) };
    let app = router(gateway(engine, options));
    let gate = first_turn(&app, keys[0], gate).await;
    let (served, mut order) = tokio::sync::mpsc::unbounded_channel();
    let mut asking = Vec::new();
    let mut held = Some(gate);
    for (number, key) in [0, 0, 0, 0, 1].into_iter().enumerate() {
        let request = Request::post(PATH)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", keys[key]))
            .body(Body::from(text_of(number).to_string()))
            .unwrap();
        let (answer, served) = (send(&app, request), served.clone());
        asking.push(tokio::spawn(async move {
            assert_eq!(answer.await.status(), StatusCode::OK);
            served.send(number).unwrap();
        }));
        if number == 0 {
            held = Some(inside(held.take().unwrap()).await);
        } else {
            let counted = async || {
                let metrics = Request::get("/metrics").header(header::AUTHORIZATION, format!("Bearer {}", keys[0]));
                let metrics = text(send(&app, metrics.body(Body::empty()).unwrap()).await).await;
                metrics.contains(&format!("stislo_requests_waiting {number}\n"))
            };
            until("it waits", counted).await;
        }
    }
    drop(held);
    for asking in asking {
        asking.await.unwrap();
    }
    let mut got = Vec::new();
    while let Ok(number) = order.try_recv() {
        got.push(number);
    }
    // The quiet desk's one comes after one of the busy desk's three that were there before it.
    assert_eq!(got, [0, 1, 4, 2, 3]);
}

#[tokio::test]
async fn a_deadline_ends_what_waits_and_what_runs() {
    let (engine, log, gate) = Script::new(&ANSWERS).gated().await;
    let times = Times { deadline: Duration::from_secs(5), ..Times::default() };
    let app = router(gateway(engine.clone(), Options { times, ..narrow(8) }));
    let gate = first_turn(&app, "", gate).await;
    let running = tokio::spawn(ask(&app, &text_of(1)));
    let gate = inside(gate).await;
    let waiting = tokio::spawn(ask(&app, &text_of(2)));
    until("one waits", async || counted(&app, "stislo_requests_waiting").await == 1).await;
    let stream = tokio::spawn(ask(&app, &json!({"text": fixture("uk", "page"), "stream": true})));
    let stream = stream.await.unwrap();
    tokio::time::pause();
    for (what, asking) in [("what runs", running), ("what waits", waiting)] {
        let (code, detail) = problem(asking.await.unwrap(), 504, what).await;
        assert!(code == "deadline_exceeded" && detail.contains("5 s"), "{detail}");
    }
    let stream = text(stream).await;
    assert!(stream.contains("event: error") && stream.contains("deadline_exceeded"), "{stream}");
    tokio::time::resume();
    // One that waited may have had its turn in the moment between two deadlines; it gives it back.
    until("all is given up", async || counted(&app, "stislo_requests_running").await == 0).await;
    let before = log.passes().len();
    drop(gate);
    harness::events(engine.generate(job("Short.", vec![free(5, Sampling::default())])).unwrap()).await;
    let passes = &log.passes()[before..];
    assert!(passes.iter().all(|pass| pass.tokens.len() == 1 && pass.tokens[0].len() < 100), "what waited never ran");
    assert_eq!(counted(&app, "stislo_cancelled_total").await, 3);
}

#[tokio::test]
async fn who_leaves_the_queue_never_runs() {
    let (engine, log, gate) = Script::new(&ANSWERS).gated().await;
    let app = router(gateway(engine.clone(), narrow(8)));
    let running = tokio::spawn(ask(&app, &text_of(1)));
    let gate = inside(gate).await;
    let waiting = tokio::spawn(ask(&app, &json!({"text": fixture("uk", "page")})));
    until("one waits", async || counted(&app, "stislo_requests_waiting").await == 1).await;
    waiting.abort();
    until("none waits", async || counted(&app, "stislo_requests_waiting").await == 0).await;
    drop(gate);
    assert_eq!(running.await.unwrap().status(), StatusCode::OK);
    let prompts: Vec<u32> =
        log.passes().iter().filter(|pass| !pass.is_step()).flat_map(|pass| pass.tokens.concat()).collect();
    let bus = harness::tokenizer().encode("Галвмут");
    assert!(!prompts.windows(bus.len()).any(|window| window == bus), "its text was read");
    assert_eq!(counted(&app, "stislo_requests_total{path=\"/v1/summarize\",status=\"499\"").await, 1);
}

#[tokio::test]
async fn who_leaves_while_it_is_read_frees_the_engine() {
    let (engine, log, gate) = Script::new(&ANSWERS).gated().await;
    let app = on(engine.clone());
    let asking = tokio::spawn(ask(&app, &asked()));
    let gate = inside(gate).await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    until("it is given up", async || counted(&app, "stislo_cancelled_total").await == 1).await;
    until("its turn is free", async || counted(&app, "stislo_requests_running").await == 0).await;
    drop(gate);
    harness::events(engine.generate(job("Short.", vec![free(5, Sampling::default())])).unwrap()).await;
    let passes = log.passes();
    assert!(passes[0].tokens[0].len() == 256 && passes[1].tokens[0].len() < 256, "the long text was read on");
}

#[tokio::test]
async fn health_is_that_of_the_engine() {
    let app = on(Script::new(&ANSWERS).fault(Fault::Panic).engine().await.0);
    assert_eq!(send(&app, get("/health")).await.status(), StatusCode::OK);
    for what in ["the request that it dies of", "the one after"] {
        assert_eq!(problem(ask(&app, &asked()).await, 500, what).await.0, "internal");
        for path in ["/health", "/ready"] {
            let response = send(&app, get(path)).await;
            assert!(response.headers().contains_key(header::RETRY_AFTER), "{path}, {what}");
            assert_eq!(problem(response, 503, what).await.0, "unhealthy");
        }
    }
}

#[tokio::test]
async fn before_the_model_is_there_it_is_alive_and_not_ready() {
    let gateway = Gateway::new(Options::default(), None);
    let app = router(gateway.clone());
    assert_eq!(super::body(send(&app, get("/health")).await).await, json!({"status": "loading", "model": null}));
    for (what, response) in [
        ("ready", send(&app, get("/ready")).await),
        ("models", send(&app, get("/v1/models")).await),
        ("an article", ask(&app, &asked()).await),
    ] {
        assert!(response.headers().contains_key(header::RETRY_AFTER), "{what}");
        assert_eq!(problem(response, 503, what).await.0, "loading");
    }
    gateway.preparing("the model is being downloaded: 1 of 2 bytes are here");
    assert!(problem(send(&app, get("/ready")).await, 503, "while it loads").await.1.contains("1 of 2 bytes"));
    gateway.open(service(Script::new(&ANSWERS).engine().await.0));
    assert_eq!(ask(&app, &asked()).await.status(), StatusCode::OK);
}
