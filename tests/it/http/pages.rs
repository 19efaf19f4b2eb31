//! Web pages before the gateway: names that it answers to, pages of other sites, and what browsers are told.

use axum::body::Body;
use axum::http::{HeaderName, Request, header};
use stislo::http::{Keys, Options, router};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Listening, PATH, app, asked, body, gateway, get, problem, send};
use crate::harness::{ANSWERS, STUCK, Script};

const KEY: &str = "a-key-of-the-news-desk";
const EVIL: &str = "https://evil.example";

/// Status and body of the answer to these lines, on a real socket.
async fn raw(listening: &Listening, lines: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream.write_all(lines.replace('\n', "\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(STUCK, stream.read_to_string(&mut answer)).await.expect("an answer comes").unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[tokio::test]
async fn on_a_socket_of_this_machine_other_names_are_not_answered() {
    let listening = Listening::new(gateway(Script::new(&ANSWERS).engine().await.0, Options::default())).await;
    let close = "Connection: close\n\n";
    for (lines, status) in [
        (format!("GET /ready HTTP/1.1\nHost: localhost:8080\n{close}"), 200),
        (format!("GET /ready HTTP/1.1\nHost: {}\n{close}", listening.address), 200),
        (format!("GET /ready HTTP/1.1\nHost: rebound.example:8080\n{close}"), 421),
        (format!("GET /ready HTTP/1.1\nhost: localhost\nHost: rebound.example\n{close}"), 400),
        (format!("GET /ready HTTP/1.1\n{close}"), 400),
        (format!("GET http://rebound.example/ready HTTP/1.1\nHost: localhost\n{close}"), 421),
        ("GET /ready HTTP/1.0\n\n".to_owned(), 200),
    ] {
        let (got, text) = raw(&listening, &lines).await;
        assert_eq!(got, status, "{lines}: {text}");
    }
    let lines = format!("GET /languages HTTP/1.1\nHost: rebound.example\n{close}");
    assert!(raw(&listening, &lines).await.1.starts_with("{\"error\":"), "in the form of that path");
}

/// What a page of another site can have a browser send without asking first.
fn simple(path: &str, marks: &[(&'static str, &str)]) -> Request<Body> {
    let mut request = match path {
        "/languages" | "/v1/models" | "/metrics" | "/frontend/settings" => get(path),
        _ => Request::post(path).header(header::CONTENT_TYPE, "text/plain").body(Body::from("A text.")).unwrap(),
    };
    for (name, value) in marks {
        request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn pages_of_other_sites_may_not_use_a_gateway_without_keys() {
    let app = app().await;
    let marks: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "cross-site"), ("origin", EVIL)],
        &[("sec-fetch-site", "same-site")],
        &[("origin", EVIL)],
        &[("origin", "null")],
    ];
    for marks in marks {
        for path in ["/v1/summarize", "/v1/summarise", "/v1/compare", "/v1/translate", "/v1/models", "/metrics"] {
            assert_eq!(problem(send(&app, simple(path, marks)).await, 403, path).await.0, "cross_site");
        }
        for path in ["/translate", "/detect", "/translate_file", "/languages", "/frontend/settings"] {
            let response = send(&app, simple(path, marks)).await;
            assert_eq!(response.status(), 403, "{path}");
            assert!(!response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{path}");
            assert!(body(response).await["error"].as_str().unwrap().contains("`origins`"), "{path}");
        }
        // A link to the page works.
        assert_eq!(send(&app, simple_get("/", marks)).await.status(), 200);
    }
    // Programs send no such marks, and the gateway's own page says that it is that.
    let own = [("sec-fetch-site", "same-origin"), ("origin", "http://localhost:8080")];
    assert_eq!(send(&app, simple("/v1/models", &own)).await.status(), 200);
    assert_eq!(send(&app, simple("/languages", &[])).await.status(), 200);
}

fn simple_get(path: &str, marks: &[(&'static str, &str)]) -> Request<Body> {
    let mut request = get(path);
    for (name, value) in marks {
        request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn who_may_read_is_told_to_browsers() {
    let with = async |origins: &[&str], keys: Keys| {
        let origins = origins.iter().map(|&origin| origin.to_owned()).collect();
        router(gateway(Script::new(&ANSWERS).engine().await.0, Options { origins, keys, ..Options::default() }))
    };
    let allowed = async |app: &axum::Router, path: &str| {
        let response = send(app, simple(path, &[("origin", EVIL), ("sec-fetch-site", "cross-site")])).await;
        let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        (header(header::ACCESS_CONTROL_ALLOW_ORIGIN), header(header::ACCESS_CONTROL_EXPOSE_HEADERS).unwrap_or_default())
    };
    let named = with(&[EVIL], Keys::default()).await;
    let keyed = with(&[], Keys::parse(KEY).unwrap()).await;
    for path in [PATH, "/languages"] {
        let (origin, exposed) = allowed(&named, path).await;
        assert_eq!(origin.as_deref(), Some(EVIL), "{path}");
        for name in ["x-request-id", "retry-after", "cache-status"] {
            assert!(exposed.contains(name), "{path}: {exposed}");
        }
    }
    // Where a key is needed, a page has no right but what its key gives; LibreTranslate's clients live in pages.
    assert_eq!(allowed(&keyed, "/languages").await.0.as_deref(), Some("*"));
    assert_eq!(allowed(&keyed, PATH).await.0, None);
    assert_eq!(allowed(&with(&["*"], Keys::default()).await, "/languages").await.0.as_deref(), Some("*"));
}

#[tokio::test]
async fn a_key_may_stand_in_either_header_on_every_path() {
    let options = Options { keys: Keys::parse(KEY).unwrap(), ..Options::default() };
    let app = router(gateway(Script::new(&ANSWERS).engine().await.0, options));
    let bearer = format!("Bearer {KEY}");
    for path in [PATH, "/v1/models", "/metrics", "/detect"] {
        let given = |name: &'static str, value: &str| {
            let mut request = simple(path, &[(name, value)]);
            if path == PATH {
                *request.body_mut() = Body::from(asked()["text"].as_str().unwrap().to_owned());
            }
            if path == "/detect" {
                let form = "application/x-www-form-urlencoded".parse().unwrap();
                request.headers_mut().insert(header::CONTENT_TYPE, form);
                *request.body_mut() = Body::from("q=The+mayor+left.");
            }
            request
        };
        assert_eq!(send(&app, given("x-api-key", KEY)).await.status(), 200, "{path}");
        assert_eq!(send(&app, given("authorization", &bearer)).await.status(), 200, "{path}");
        let wrong = send(&app, given("x-api-key", "a-key-of-somebody")).await.status().as_u16();
        assert_eq!(wrong, if path == "/detect" { 403 } else { 401 }, "{path}");
    }
}
