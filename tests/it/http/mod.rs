//! The gateway: what it answers, what it refuses and how, whom it believes, and how it stops.
//!
//! Most requests go straight into the router. Where the connection itself is the matter, a real socket is used, on a port
//! that the system chooses.

mod admission;
mod asking;
mod checking;
mod connections;
mod contract;
mod keeping;
mod keys;
mod load;
mod pages;
mod refusing;
mod stopping;
mod streaming;
mod watching;

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};
use stislo::cache::{AnswerCache, CacheSettings};
use stislo::engine::Engine;
use stislo::http::{Gateway, Options, router, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt;

use crate::harness::{ANSWERS, Gate, STUCK, Script, fixture, service};

pub(crate) const PATH: &str = "/v1/summarize";

/// A gateway on an engine, which keeps nothing.
fn gateway(engine: Engine, options: Options) -> Gateway {
    let gateway = Gateway::new(options, None);
    gateway.open(service(engine));
    gateway
}

/// A gateway on an engine, which keeps answers in memory.
fn keeping(engine: Engine) -> Gateway {
    let settings = CacheSettings { memory_bytes: 1 << 20, file: None, file_bytes: 0 };
    let gateway = Gateway::new(Options::default(), Some(AnswerCache::new(settings)));
    gateway.open(service(engine));
    gateway
}

/// The router of a gateway that gives the usual answers.
pub(crate) async fn app() -> Router {
    on(Script::new(&ANSWERS).engine().await.0)
}

fn on(engine: Engine) -> Router {
    router(gateway(engine, Options::default()))
}

/// A request for a summary of the English fixture.
fn asked() -> Value {
    json!({"text": fixture("en", "page")})
}

/// The same as a stream.
fn streamed() -> Value {
    json!({"text": fixture("en", "page"), "stream": true})
}

/// A POST of JSON.
fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap()
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

/// Sends a request; an answer that never comes fails the test.
fn send(app: &Router, request: Request<Body>) -> impl Future<Output = Response<Body>> + use<> {
    let answer = app.clone().oneshot(request);
    async { tokio::time::timeout(STUCK, answer).await.expect("an answer comes").unwrap() }
}

/// Asks for a summary.
fn ask(app: &Router, body: &Value) -> impl Future<Output = Response<Body>> + use<> {
    send(app, post(PATH, body.to_string()))
}

/// Has one summary written, so that the gateway knows how long they take.
async fn first_turn(app: &Router, key: &str, gate: Gate) -> Gate {
    let mut request = post(PATH, json!({"text": fixture("ru", "page"), "languages": ["en"], "facts": 3}).to_string());
    request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
    let asking = tokio::spawn(send(app, request));
    let waiting = tokio::task::spawn_blocking(move || {
        gate.let_through(|| asking.is_finished());
        (asking, gate)
    });
    let (asking, gate) = waiting.await.unwrap();
    assert_eq!(asking.await.unwrap().status(), StatusCode::OK);
    gate
}

async fn text(response: Response<Body>) -> String {
    let bytes = tokio::time::timeout(STUCK, to_bytes(response.into_body(), 1 << 24)).await.expect("the body ends");
    String::from_utf8(bytes.unwrap().to_vec()).unwrap()
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

/// One counter or gauge of `/metrics`, by the beginning of its line.
async fn counted(app: &Router, name: &str) -> u64 {
    let text = text(send(app, get("/metrics")).await).await;
    let line = text.lines().find(|line| line.starts_with(name) && !line.starts_with('#'));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

/// Looks at something again and again until it is so; other tasks go on in between.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(STUCK, wait).await.unwrap_or_else(|_| panic!("{what}"));
}

/// Waits until the model is in a pass, with no harm to the tasks of this thread.
async fn inside(gate: Gate) -> Gate {
    let waiting = tokio::task::spawn_blocking(move || {
        gate.entered();
        gate
    });
    waiting.await.unwrap()
}

/// A gateway on a real socket.
struct Listening {
    address: SocketAddr,
    app: Router,
    serving: JoinHandle<std::io::Result<()>>,
    stop: oneshot::Sender<()>,
}

impl Listening {
    async fn new(gateway: Gateway) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let app = router(gateway.clone());
        let serving = tokio::spawn(serve(listener, gateway, async {
            let _ = stopped.await;
        }));
        Self { address, app, serving, stop }
    }

    fn post(&self, body: &Value) -> reqwest::RequestBuilder {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("http://{}{PATH}", self.address));
        request.header("content-type", "application/json").body(body.to_string())
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let response = client.get(format!("http://{}{path}", self.address)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}
