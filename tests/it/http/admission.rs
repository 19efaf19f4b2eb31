//! Who is let in, at what cost, and who cannot be kept out: turns, the room for bodies, keys, and callers who leave.

use std::io::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::StreamExt;
use futures_util::stream::{iter, pending};
use serde_json::{Value, json};
use stislo::http::{Gateway, Keys, Limits, Options, router};
use stislo::plan::MOST_CHARACTERS;

use super::{PATH, ask, body, first_turn, gateway, get, inside, post, problem, send, text, until};
use crate::harness::{ANSWERS, Script, fixture, service};
use crate::long_articles::{article, reply};
use crate::translators::desk;

const DESK: &str = "a-key-of-the-busy-desk";
const OTHER: &str = "a-key-of-the-quiet-desk";

/// Two callers with keys, so many requests at work, and so many that wait.
fn keyed(concurrency: usize, queue: usize) -> Options {
    let limits = Limits { concurrency, queue, ..Limits::default() };
    Options { keys: Keys::parse(&format!("{DESK}\n{OTHER}")).unwrap(), limits, ..Options::default() }
}

fn open(concurrency: usize, queue: usize) -> Options {
    Options { keys: Keys::default(), ..keyed(concurrency, queue) }
}

fn with_key(mut request: Request<Body>, key: &str) -> Request<Body> {
    request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
    request
}

/// A request for a summary that no other is like.
fn numbered(number: usize) -> Request<Body> {
    post(PATH, json!({"text": fixture("en", "page"), "title": format!("{number}"), "languages": ["en"]}).to_string())
}

/// Gauges as they are now: requests at work, and requests that wait.
async fn load(app: &axum::Router) -> (u64, u64) {
    let text = text(send(app, with_key(get("/metrics"), DESK)).await).await;
    let gauge = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    (gauge("stislo_requests_running "), gauge("stislo_requests_waiting "))
}

#[tokio::test]
async fn what_was_admitted_is_never_refused_for_its_parts() {
    // Each of them has three parts and more, and the engine's queue has one place for all.
    let engine = Script::reply(reply).context(3500).queue(1).engine().await.0;
    let app = router(gateway(engine, open(9, 9)));
    let asked = |number: usize| {
        let text = format!("{} Room {number} was the last.", article(40));
        post(PATH, json!({"text": text, "languages": ["en"]}).to_string())
    };
    let asking: Vec<_> = (0..9).map(|number| tokio::spawn(send(&app, asked(number)))).collect();
    for asking in asking {
        let response = asking.await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{}", text(response).await);
    }
}

#[tokio::test]
async fn a_turn_comes_before_the_text_is_looked_at() {
    let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
    let app = router(gateway(engine, open(1, 0)));
    let running = tokio::spawn(send(&app, numbered(1)));
    let gate = inside(gate).await;
    let short = json!({"text": "Too short."});
    assert_eq!(problem(ask(&app, &short).await, 429, "none is free").await.0, "busy");
    drop(gate);
    assert_eq!(running.await.unwrap().status(), StatusCode::OK);
    assert_eq!(problem(ask(&app, &short).await, 422, "one is free").await.0, "too_short");
    assert_eq!(load(&app).await, (0, 0), "and is given back");
}

#[tokio::test]
async fn a_stream_that_waits_says_so_before_its_text_is_read() {
    let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
    let app = router(gateway(engine, open(1, 4)));
    let running = tokio::spawn(send(&app, numbered(1)));
    let gate = inside(gate).await;
    let waiting = ask(&app, &json!({"text": fixture("uk", "page"), "stream": true, "languages": ["uk"]})).await;
    assert_eq!(waiting.status(), StatusCode::OK, "it is answered while it waits");
    drop(gate);
    let events = text(waiting).await;
    let at = |what: &str| events.find(what).unwrap_or_else(|| panic!("no {what} in {events}"));
    assert!(at("\"stage\":\"waiting\"") < at("event: accepted") && at("event: accepted") < at("event: done"));
    assert_eq!(running.await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_newcomer_begins_beside_a_caller_who_has_everything() {
    let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
    let app = router(gateway(engine, keyed(4, 16)));
    let gate = first_turn(&app, DESK, gate).await;
    let flood: Vec<_> = (0..24).map(|number| tokio::spawn(send(&app, with_key(numbered(number), DESK)))).collect();
    until("the queue is full", async || load(&app).await == (4, 16)).await;
    let other = tokio::spawn(send(&app, with_key(numbered(99), OTHER)));
    until("the other begins at once", async || load(&app).await == (5, 16)).await;
    drop(gate);
    assert_eq!(other.await.unwrap().status(), StatusCode::OK);
    let mut statuses = Vec::new();
    for asking in flood {
        statuses.push(asking.await.unwrap().status().as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [[200; 20].as_slice(), &[429; 4]].concat());
}

#[tokio::test]
async fn translations_do_not_wait_for_summaries() {
    let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
    let gateway = Gateway::new(open(1, 0), None);
    gateway.open(service(engine).with_translators(desk().0));
    let app = router(gateway);
    let running = tokio::spawn(send(&app, numbered(1)));
    let gate = inside(gate).await;
    assert_eq!(problem(send(&app, numbered(2)).await, 429, "a summary").await.0, "busy");
    let short = json!({"text": "The mayor left.", "from": "en", "to": "uk"}).to_string();
    assert_eq!(send(&app, post("/v1/translate", short)).await.status(), StatusCode::OK);
    let libre = json!({"q": "The mayor left.", "source": "en", "target": "uk"}).to_string();
    assert_eq!(send(&app, post("/translate", libre)).await.status(), StatusCode::OK);
    drop(gate);
    assert_eq!(running.await.unwrap().status(), StatusCode::OK);
}

/// A body that is said to be large, and of which one byte comes.
fn silent(path: &str) -> Request<Body> {
    let body = iter([Ok::<_, std::io::Error>(vec![b'{'])]).chain(pending());
    let mut request = post(path, Body::from_stream(body));
    request.headers_mut().insert(header::CONTENT_LENGTH, (8 << 20).into());
    request
}

#[tokio::test]
async fn callers_without_a_key_take_nothing_from_those_with_one() {
    let gateway = Gateway::new(keyed(4, 16), None);
    gateway.open(service(Script::new(&ANSWERS).engine().await.0).with_translators(desk().0));
    let app = router(gateway);
    let silent: Vec<_> = (0..64).map(|_| tokio::spawn(send(&app, silent("/translate")))).collect();
    // Others without a key send what they may, and leave it there.
    let most = "x".repeat(256 << 10);
    let large = |bytes: &str| {
        let head = iter([Ok::<_, std::io::Error>(bytes.as_bytes()[..bytes.len() - 1].to_vec())]);
        post("/translate", Body::from_stream(head.chain(pending())))
    };
    let full: Vec<_> = (0..40).map(|_| tokio::spawn(send(&app, large(&most)))).collect();
    until("all have come to it", async || full.iter().filter(|it| it.is_finished()).count() >= 32).await;
    let value = |more: &str| json!({"q": "The mayor left.", "source": "en", "target": "uk", "more": more});
    // With the key in a header or in the query, a body may be as large as any.
    let long = value(&most).to_string();
    let answered = send(&app, with_key(post("/translate", long.clone()), DESK)).await;
    assert_eq!(answered.status(), StatusCode::OK, "{}", text(answered).await);
    let answered = send(&app, post(&format!("/translate?api_key={OTHER}"), long.clone())).await;
    assert_eq!(answered.status(), StatusCode::OK, "{}", text(answered).await);
    assert_eq!(send(&app, with_key(numbered(1), DESK)).await.status(), StatusCode::OK);
    for asking in silent.iter().chain(&full) {
        asking.abort();
    }
    until("they have left", async || load(&app).await == (0, 0)).await;
    // In the body it opens small ones only, and says what to do about others.
    let refused = send(&app, post("/translate", long)).await;
    assert_eq!(refused.status().as_u16(), 413);
    let said = body(refused).await["error"].as_str().unwrap().to_owned();
    assert!(said.contains("X-Api-Key") && said.contains("api_key") && said.contains("262144"), "{said}");
    let mut small = value("");
    small["api_key"] = json!(DESK);
    until("there is room again", async || {
        send(&app, post("/translate", small.to_string())).await.status() == StatusCode::OK
    })
    .await;
    let wrong = post("/translate?api_key=a-key-of-nobody-at-all", silent_body());
    assert_eq!(send(&app, wrong).await.status(), StatusCode::FORBIDDEN, "without waiting for its body");
}

fn silent_body() -> Body {
    Body::from_stream(pending::<Result<Vec<u8>, std::io::Error>>())
}

#[tokio::test]
async fn what_is_packed_is_held_to_the_limit_when_it_is_unpacked() {
    let limits = Limits { max_characters: 100_000, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let app = router(gateway(Script::new(&ANSWERS).engine().await.0, options));
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all("A b. ".repeat(840_000).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 10_000);
    let request = Request::post(PATH).header(header::CONTENT_TYPE, "text/plain");
    let response = send(&app, request.body(packed.into()).unwrap()).await;
    let (code, detail) = problem(response, 422, "a bomb").await;
    assert!(code == "limit_exceeded" && detail.contains("`max_characters` is 100000"), "{detail}");
    let given: usize = detail.split(' ').find_map(|word| word.parse().ok()).unwrap();
    assert!((100_001..=400_001).contains(&given), "no more of it was unpacked: {detail}");
}

#[tokio::test]
async fn an_article_that_is_too_long_has_a_code_of_its_own() {
    let app = super::app().await;
    let paragraph = "The council of the harbour town met on Monday and spoke about the new pier at length. ";
    let long = paragraph.repeat(MOST_CHARACTERS / paragraph.len() + 1);
    let (code, detail) = problem(ask(&app, &json!({"text": long})).await, 422, "too long").await;
    assert!(code == "too_long" && detail.contains(&MOST_CHARACTERS.to_string()), "{code}: {detail}");
    // It is looked at before its sentences and its language are.
    let unknown: Value = json!({"text": "Die Fähre hielt gestern im Hafen und blieb dort. ".repeat(4000)});
    assert_eq!(problem(ask(&app, &unknown).await, 422, "in German").await.0, "too_long");
}
