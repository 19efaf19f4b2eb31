//! Streams: what comes in which order, that readers are served at their own pace, and what those who leave leave behind.

use std::collections::HashSet;

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use futures_util::StreamExt;
use serde_json::{Value, json};
use stislo::language::Language;

use super::{PATH, ask, body, counted, gateway, get, inside, keeping, on, post, problem, send, streamed, text, until};
use crate::harness::{ANSWERS, Fault, STUCK, Script, fixture};
use stislo::http::{Options, router};
use stislo::service::{Recipe, Service};

/// Name and data of each event.
type Events = Vec<(String, Value)>;

fn parse(text: &str) -> Events {
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty() && !block.starts_with(':'));
    let event = |block: &str| {
        let (name, data) = block.strip_prefix("event: ").unwrap().split_once("\ndata: ").unwrap();
        (name.to_owned(), serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}")))
    };
    blocks.map(event).collect()
}

async fn events(response: Response<Body>) -> Events {
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    parse(&text(response).await)
}

fn named<'a>(events: &'a Events, name: &str) -> Vec<&'a Value> {
    events.iter().filter(|(known, _)| known == name).map(|(_, data)| data).collect()
}

#[tokio::test]
async fn a_stream_adds_up_to_the_answer() {
    let app = on(Script::new(&ANSWERS).no_drafts().engine().await.0);
    let events = events(ask(&app, &streamed()).await).await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names[0], names[1], names[names.len() - 1]), ("accepted", "progress", "done"));
    let answer = &events.last().unwrap().1["answer"];
    let mut whole = body(ask(&app, &super::asked()).await).await;
    let mut said = answer.clone();
    (said["timings"], whole["timings"]) = (Value::Null, Value::Null);
    assert_eq!(said, whole);
    let article = &events[0].1["article"];
    let text = article["text"].as_str().unwrap();
    for (summary, wrote) in answer["summaries"].as_array().unwrap().iter().zip(ANSWERS) {
        let language = &summary["language"];
        let of = |name| named(&events, name).into_iter().filter(|data| &data["language"] == language);
        let deltas: String = of("delta").map(|delta| delta["text"].as_str().unwrap()).collect();
        assert_eq!(deltas.trim_end(), wrote.trim_end());
        let facts: Vec<&Value> = of("fact").map(|data| &data["fact"]).collect();
        assert_eq!(json!(facts), summary["key_facts"]);
        assert!(of("fact").enumerate().all(|(index, data)| data["index"] == index));
        assert_eq!(of("summary").collect::<Vec<_>>(), [summary]);
        // Evidence is offsets into the text that came with `accepted`.
        for fact in facts {
            let evidence = &fact["evidence"][0];
            let range = |key: &str| evidence[key].as_u64().unwrap() as usize;
            assert_eq!(&text[range("start")..range("end")], evidence["text"].as_str().unwrap());
            let sentence = &article["sentences"][evidence["sentence"].as_u64().unwrap() as usize - 1];
            assert_eq!((&sentence["start"], &sentence["end"]), (&evidence["start"], &evidence["end"]));
        }
    }
    // Languages interleave: each has shown a fact before any is whole.
    let whole = names.iter().position(|&name| name == "summary").unwrap();
    let early: HashSet<&str> = events[..whole]
        .iter()
        .filter(|(name, _)| name == "fact")
        .map(|(_, it)| it["language"].as_str().unwrap())
        .collect();
    assert_eq!(early.len(), 3, "{early:?}");
    let stages: Vec<&str> = named(&events, "progress").iter().map(|it| it["stage"].as_str().unwrap()).collect();
    // A stage that is over before the reader looks is not shown, so any may be missing but the last.
    let order = |stage: &&str| ["waiting", "reading", "writing"].iter().position(|known| known == stage).unwrap();
    assert!(stages.is_sorted_by_key(order) && stages.last() == Some(&"writing"), "{stages:?}");
}

#[tokio::test]
async fn a_fact_is_sent_before_its_answer_is_whole() {
    let (engine, _, gate) = Script::new(&[ANSWERS[0]]).no_drafts().gated().await;
    let app = on(engine);
    let asked = json!({"text": fixture("en", "page"), "stream": true, "languages": ["en"]});
    let asking = tokio::spawn(ask(&app, &asked));
    let mut gate = inside(gate).await;
    gate.release();
    let mut stream = asking.await.unwrap().into_body().into_data_stream();
    let mut seen = String::new();
    // Pass by pass, until the first fact; the model is held in its next pass then.
    while !seen.contains("event: fact") {
        assert!(!seen.contains("event: done"), "{seen}");
        let next = tokio::time::timeout(std::time::Duration::from_millis(20), stream.next()).await;
        match next {
            Ok(Some(chunk)) => seen.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap()),
            Ok(None) => panic!("the stream ended: {seen}"),
            Err(_) => {
                gate = inside(gate).await;
                gate.release();
            }
        }
    }
    assert!(seen.contains("\"stage\":\"reading\""), "{seen}");
    assert!(seen.contains("number 7 bus") && !seen.contains("event: summary"), "{seen}");
}

#[tokio::test]
async fn english_that_nobody_asked_for_is_not_streamed() {
    let service = crate::harness::service(Script::new(&[ANSWERS[0], ANSWERS[1]]).engine().await.0);
    let recipe = Recipe { fluent: vec![Language::En], ..service.recipe().clone() };
    let gateway = stislo::http::Gateway::new(Options::default(), None);
    gateway.open(Service::new(service.engine().clone(), recipe));
    let asked = json!({"text": fixture("ru", "page"), "stream": true, "languages": ["uk"]});
    let events = events(ask(&router(gateway), &asked).await).await;
    for (name, data) in &events {
        assert!(!["delta", "fact", "summary"].contains(&name.as_str()) || data["language"] == "uk", "{name}: {data}");
    }
    assert_eq!(named(&events, "summary").len(), 1);
}

#[tokio::test]
async fn what_is_refused_is_no_stream() {
    let app = on(Script::new(&ANSWERS).engine().await.0);
    let response = ask(&app, &json!({"text": "Too short.", "stream": true})).await;
    assert_eq!(problem(response, 422, "too short").await.0, "too_short");
}

#[tokio::test]
async fn a_failure_ends_the_stream_with_an_error() {
    let app = on(Script::new(&ANSWERS).fault(Fault::Panic).engine().await.0);
    let events = events(ask(&app, &streamed()).await).await;
    let (name, data) = events.last().unwrap();
    assert_eq!(
        (name.as_str(), &data["problem"]["status"], &data["problem"]["code"]),
        ("error", &json!(500), &json!("internal"))
    );
    assert!(named(&events, "done").is_empty());
}

#[tokio::test]
async fn those_who_ask_the_same_share_one_computation() {
    let (engine, log, gate) = Script::new(&ANSWERS).gated().await;
    let app = router(keeping(engine));
    let stream = json!({"text": fixture("en", "page"), "stream": true});
    let first = tokio::spawn(ask(&app, &stream));
    let gate = inside(gate).await;
    let whole = tokio::spawn(ask(&app, &json!({"text": fixture("en", "page"), "stream": false})));
    let late = tokio::spawn(ask(&app, &stream));
    let (first, late) = (first.await.unwrap(), late.await.unwrap());
    // The first of them leaves; the others are not harmed.
    drop(first);
    drop(gate);
    let answer = body(whole.await.unwrap()).await;
    let events = events(late).await;
    assert_eq!(events.last().unwrap().1["answer"]["id"], answer["id"]);
    assert_eq!(events[0].0, "accepted", "a late reader misses nothing");
    let begun = log.passes().iter().filter(|pass| pass.rows == 0 && pass.tokens[0].len() == 256).count();
    let once = {
        let (engine, log) = Script::new(&ANSWERS).engine().await;
        ask(&on(engine), &super::asked()).await;
        log.passes().iter().filter(|pass| pass.rows == 0 && pass.tokens[0].len() == 256).count()
    };
    assert_eq!(begun, once, "the article was read once");
    assert_eq!(counted(&app, "stislo_answers_written_total").await, 1);
}

#[tokio::test]
async fn who_leaves_a_stream_frees_the_engine() {
    let (engine, log, gate) = Script::new(&ANSWERS).no_drafts().gated().await;
    let gateway = gateway(engine.clone(), Options::default());
    let app = router(gateway);
    let asking = tokio::spawn(ask(&app, &streamed()));
    let mut gate = inside(gate).await;
    // On into the writing.
    while !log.passes().last().unwrap().is_step() {
        gate.release();
        gate = inside(gate).await;
    }
    let response = asking.await.unwrap();
    let before = log.passes().len();
    drop(response);
    until("the work is given up", async || counted(&app, "stislo_cancelled_total").await == 1).await;
    until("its turn is free", async || counted(&app, "stislo_requests_running").await == 0).await;
    drop(gate);
    until("the engine is idle", async || engine.usage().running == 0).await;
    let steps = log.passes().len() - before;
    assert!(steps <= 1, "{steps} steps were written for nobody");
    until("nothing is held for it", async || engine.usage().cache_bytes == 0).await;
}

#[tokio::test]
async fn a_reader_that_stands_still_holds_up_nobody() {
    let app = on(Script::new(&ANSWERS).engine().await.0);
    let still = ask(&app, &streamed()).await;
    // Another article, so that nothing is shared.
    let other = json!({"text": fixture("uk", "page"), "stream": true});
    let moving = tokio::time::timeout(STUCK, events(ask(&app, &other).await)).await.unwrap();
    assert_eq!(moving.last().unwrap().0, "done");
    // Nothing was lost for the one that stood still.
    assert_eq!(events(still).await.last().unwrap().0, "done");
}

#[tokio::test]
async fn silence_is_broken_by_comments() {
    let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
    let app = on(engine);
    let asking = tokio::spawn(send(&app, post(PATH, streamed().to_string())));
    let gate = inside(gate).await;
    let mut stream = asking.await.unwrap().into_body().into_data_stream();
    // From here on the clock jumps to the next deadline as soon as there is nothing else to do.
    tokio::time::pause();
    let mut seen = String::new();
    while !seen.contains("\n\n:\n\n") && !seen.starts_with(":\n\n") {
        seen.push_str(std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap());
    }
    drop(gate);
    assert_eq!(send(&app, get("/health")).await.status(), StatusCode::OK);
}
