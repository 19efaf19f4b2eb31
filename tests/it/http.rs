//! The gateway: what it answers, what it refuses and how, and how it stops.
//!
//! Requests go straight into the router; one test opens a real socket, on a port that the system chooses.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};
use stislo::engine::sampler::Sampling;
use stislo::http::{router, serve};
use stislo::intake::Language;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use crate::harness::{self, ANSWERS, Fault, Gate, STUCK, Script, fixture, free, job, service};

const PATH: &str = "/v1/summarize";

async fn app() -> Router {
    router(service(Script::new(&ANSWERS).engine().await.0))
}

/// A POST of JSON.
fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap()
}

/// Asks for a summary; an answer that never comes fails the test.
fn ask(app: &Router, body: &Value) -> impl Future<Output = Response<Body>> + use<> {
    let answer = app.clone().oneshot(post(PATH, body.to_string()));
    async { tokio::time::timeout(STUCK, answer).await.expect("an answer comes").unwrap() }
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 24).await.unwrap().to_vec()).unwrap()
}

async fn body(response: Response<Body>) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

/// Checks that a response is a problem document, and gives its code and detail.
async fn problem(response: Response<Body>, status: u16, what: &str) -> (String, String) {
    assert_eq!(response.status().as_u16(), status, "{what}");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{what}");
    let body = body(response).await;
    let mut keys: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["code", "detail", "status", "title", "type"], "{what}");
    assert_eq!((&body["status"], &body["type"]), (&json!(status), &json!("about:blank")), "{what}");
    assert_eq!(body["title"], StatusCode::from_u16(status).unwrap().canonical_reason().unwrap(), "{what}");
    let field = |name: &str| body[name].as_str().unwrap().to_owned();
    assert!(!field("detail").is_empty(), "{what}");
    (field("code"), field("detail"))
}

#[tokio::test]
async fn an_answer_is_what_the_service_gives() {
    let page = fixture("uk", "page");
    let service = service(Script::new(&ANSWERS).engine().await.0);
    let direct = service.summarize(harness::request(&page, &Language::ALL), |_| ()).await.unwrap();
    let mut direct = serde_json::to_value(direct).unwrap();
    direct["timings"] = Value::Null;
    let app = router(service);
    for path in [PATH, "/v1/summarise"] {
        let response = app.clone().oneshot(post(path, json!({"text": page}).to_string())).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let mut answer = body(response).await;
        assert!(answer["timings"]["completion_tokens"].as_u64().unwrap() > 100);
        answer["timings"] = Value::Null;
        assert_eq!(answer, direct, "{path}");
    }
    let html = include_str!("../fixtures/uk/harbour-bridge/page.html");
    let answer = body(ask(&app, &json!({"html": html})).await).await;
    assert_eq!(answer["source"]["sha256"], direct["source"]["sha256"]);
}

#[tokio::test]
async fn what_is_asked_for_is_done() {
    let page = fixture("en", "page");
    let russian = ANSWERS[2].replace(" Ремонт обошёлся в 38,6 млн фунтов.", "");
    let english = ANSWERS[0].replace(" The repair cost £38.6 million.", "");
    let app = router(service(Script::new(&[&russian, &english]).engine().await.0));
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
async fn refusals_of_what_was_asked() {
    let app = app().await;
    let page = fixture("en", "page");
    let german = "Die Hafenbrücke wurde am Samstag wieder für den Verkehr geöffnet. Vier Jahre zuvor hatte ein \
                  Frachtschiff einen der Pfeiler gerammt. Die Reparatur kostete 38 Millionen.";
    let with = |key: &str, value: Value| {
        let mut body = json!({"text": page});
        body[key] = value;
        body
    };
    for (body, code, hint) in [
        (json!({}), "invalid_request", "text"),
        (json!({"text": 7}), "invalid_request", "text"),
        (json!([]), "invalid_request", ""),
        (json!({"text": page, "html": page}), "invalid_request", "either"),
        (with("lenght", json!("short")), "invalid_request", "lenght"),
        (with("languages", json!(["de"])), "invalid_request", "de"),
        (with("languages", json!([])), "invalid_request", "en, uk, ru"),
        (with("languages", json!(["uk", "uk"])), "invalid_request", "once"),
        (with("facts", json!(2)), "invalid_request", "2 facts"),
        (with("facts", json!(13)), "invalid_request", "13 facts"),
        (with("facts", json!(-1)), "invalid_request", "facts"),
        (with("length", json!("huge")), "invalid_request", "huge"),
        (with("strategy", json!("magic")), "invalid_request", "magic"),
        (with("seed", json!(-1)), "invalid_request", "seed"),
        (with("stream", json!(true)), "invalid_request", "stream"),
        (with("source_language", json!("xx")), "invalid_request", "xx"),
        (json!({"text": ""}), "empty_input", "empty"),
        (json!({"text": " \n\t "}), "empty_input", "empty"),
        (json!({"text": "Too short."}), "too_short", "10 characters"),
        (json!({"text": german}), "unsupported_language", "German"),
    ] {
        let (got, detail) = problem(ask(&app, &body).await, 422, &body.to_string()).await;
        assert_eq!(got, code, "{body}: {detail}");
        assert!(detail.contains(hint), "{hint:?} is not in: {detail}");
    }
}

#[tokio::test]
async fn refusals_of_how_it_was_asked() {
    let app = app().await;
    let good = json!({"text": fixture("en", "page")}).to_string();
    let plain = |kind: Option<&str>| {
        let request = Request::post(PATH);
        let request = match kind {
            Some(kind) => request.header(header::CONTENT_TYPE, kind),
            None => request,
        };
        request.body(Body::from(good.clone())).unwrap()
    };
    let empty = |method: &str, path: &str| Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    for (what, request, status, code) in [
        ("half of the JSON", post(PATH, "{\"text\": \"abc"), 400, "invalid_json"),
        ("no JSON", post(PATH, "text=abc"), 400, "invalid_json"),
        ("nothing", post(PATH, ""), 400, "invalid_json"),
        ("bytes that are no text", post(PATH, b"{\"text\": \"\xff\xfe\"}".to_vec()), 400, "invalid_json"),
        ("plain text", plain(Some("text/plain")), 415, "unsupported_media_type"),
        ("no content type", plain(None), 415, "unsupported_media_type"),
        ("an unknown path", empty("GET", "/v1/nothing"), 404, "not_found"),
        ("a path above", empty("POST", "/v1"), 404, "not_found"),
        ("GET where POST is", empty("GET", PATH), 405, "method_not_allowed"),
        ("POST where GET is", post("/health", "{}"), 405, "method_not_allowed"),
    ] {
        assert_eq!(problem(app.clone().oneshot(request).await.unwrap(), status, what).await.0, code, "{what}");
    }
    assert_eq!(app.oneshot(post(PATH, good)).await.unwrap().status(), StatusCode::OK, "it still answers");
}

#[tokio::test]
async fn a_text_that_does_not_fit_names_both_numbers() {
    let app = router(service(Script::new(&ANSWERS).context(1500).engine().await.0));
    let sentence = format!("The council of Halvmouth {}voted.", "met again and then ".repeat(400));
    let response = ask(&app, &json!({"text": sentence})).await;
    let (code, detail) = problem(response, 422, "too long").await;
    assert_eq!(code, "too_long");
    assert!(
        detail.contains("1500") && detail.split(' ').filter(|word| word.parse::<u32>().is_ok()).count() == 2,
        "{detail}"
    );
}

#[tokio::test]
async fn a_body_past_the_limit_is_refused() {
    let response = app().await.oneshot(post(PATH, vec![b' '; 6 * stislo::intake::MAX_BYTES + 1])).await.unwrap();
    assert_eq!(problem(response, 413, "a huge body").await.0, "body_too_large");
}

#[tokio::test]
async fn a_full_queue_is_too_many_requests() {
    let (engine, _, gate) = Script::new(&ANSWERS).queue(1).gated().await;
    let app = router(service(engine.clone()));
    let fill = || engine.generate(job("Short.", vec![free(5, Sampling::default())])).unwrap();
    let running = fill();
    gate.entered();
    let waiting = fill();
    let asked = json!({"text": fixture("en", "page")});
    let response = ask(&app, &asked).await;
    let wait: u32 = response.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    let (code, detail) = problem(response, 429, "a full queue").await;
    assert_eq!(code, "busy");
    assert!(detail.contains("1 job"), "{detail}");
    let health = app.clone().oneshot(Request::get("/health").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(health.status(), StatusCode::OK, "busy is not ill");
    drop((gate, running, waiting));
    let response = ask(&app, &asked).await;
    assert_eq!(response.status(), StatusCode::OK, "{}", text(response).await);
}

#[tokio::test]
async fn health_is_that_of_the_engine() {
    let health = || Request::get("/health").body(Body::empty()).unwrap();
    let app = router(service(Script::new(&ANSWERS).fault(Fault::Panic).engine().await.0));
    let response = app.clone().oneshot(health()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(body(response).await, json!({"status": "ok", "model": "scripted"}));
    for what in ["the request that it dies of", "the one after"] {
        let response = ask(&app, &json!({"text": fixture("en", "page")})).await;
        assert_eq!(problem(response, 500, what).await.0, "internal");
        let response = app.clone().oneshot(health()).await.unwrap();
        assert_eq!(problem(response, 503, what).await.0, "unhealthy");
    }
}

/// A gateway on a real socket with one request held inside the engine.
struct Held {
    address: std::net::SocketAddr,
    serving: JoinHandle<std::io::Result<()>>,
    stop: oneshot::Sender<()>,
    request: JoinHandle<reqwest::Result<reqwest::Response>>,
    gate: Gate,
}

impl Held {
    async fn new() -> Self {
        let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listener, service(engine), async {
            let _ = stopped.await;
        }));
        let body = json!({"text": fixture("en", "page")}).to_string();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("http://{address}{PATH}")).header("content-type", "application/json");
        let request = tokio::spawn(request.body(body).send());
        Self { address, serving, stop, request, gate: inside(gate).await }
    }
}

/// Waits until the model is in a pass, with no harm to the tasks of this thread.
async fn inside(gate: Gate) -> Gate {
    let waiting = tokio::task::spawn_blocking(move || {
        gate.entered();
        gate
    });
    waiting.await.unwrap()
}

#[tokio::test]
async fn a_stop_lets_what_is_under_way_finish() {
    let Held { address, serving, stop, request, gate } = Held::new().await;
    stop.send(()).unwrap();
    // The listener is closed once the stop has arrived; the request is still held inside the engine then.
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!serving.is_finished(), "a request is under way");
    drop(gate);
    let response = request.await.unwrap().unwrap();
    assert_eq!(response.status().as_u16(), 200);
    let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(answer["summaries"][0]["headline"], ANSWERS[0].lines().next().unwrap());
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let Held { serving, stop, request, gate, .. } = Held::new().await;
    // From here on the clock jumps to the next deadline as soon as there is nothing else to do.
    tokio::time::pause();
    let asked = tokio::time::Instant::now();
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    let waited = asked.elapsed().as_secs();
    assert!((10..=60).contains(&waited), "{waited} seconds");
    assert!(!request.is_finished(), "the request is still held");
    drop(gate);
}

#[tokio::test]
async fn a_caller_who_hangs_up_frees_the_engine() {
    let (engine, log, gate) = Script::new(&ANSWERS).gated().await;
    let app = router(service(engine.clone()));
    let asking = tokio::spawn(ask(&app, &json!({"text": fixture("en", "page")})));
    let gate = inside(gate).await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    drop(gate);
    let receiver = engine.generate(job("Short.", vec![free(5, Sampling::default())])).unwrap();
    harness::events(receiver).await;
    let passes = log.passes();
    assert!(passes[0].tokens[0].len() == 256 && passes[1].tokens[0].len() < 256, "the long text was read on");
}
