//! Keys and origins: who may ask, and from which pages.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use stislo::http::{Keys, Options, router};

use super::{PATH, asked, gateway, get, problem, send};
use crate::harness::{ANSWERS, Script};

const KEY: &str = "a-key-of-the-news-desk";

async fn locked() -> axum::Router {
    let options = Options { keys: Keys::parse(KEY).unwrap(), ..Options::default() };
    router(gateway(Script::new(&ANSWERS).engine().await.0, options))
}

fn with(authorization: Option<&[u8]>) -> Request<Body> {
    let mut request = super::post(PATH, asked().to_string());
    if let Some(given) = authorization {
        request.headers_mut().insert(header::AUTHORIZATION, HeaderValue::from_bytes(given).unwrap());
    }
    request
}

#[tokio::test]
async fn without_a_key_nothing_is_read() {
    let app = locked().await;
    let wrong: [Option<&[u8]>; 8] = [
        None,
        Some(b""),
        Some(b"Bearer"),
        Some(b"Bearer a-key-of-the-news-des"),
        Some(b"Bearer a-key-of-the-news-desk-2"),
        Some(b"Bearer  a-key-of-the-news-desk"),
        Some(b"Basic a-key-of-the-news-desk"),
        Some("Bearer ключ".as_bytes()),
    ];
    for given in wrong {
        let what = String::from_utf8_lossy(given.unwrap_or_default()).into_owned();
        let response = send(&app, with(given)).await;
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer", "{what}");
        let (code, detail) = problem(response, 401, &what).await;
        assert!(code == "unauthorized" && !detail.contains("news"), "{detail}");
    }
    assert_eq!(send(&app, with(Some(b"Bearer a-key-of-the-news-desk"))).await.status(), StatusCode::OK);
    for path in ["/metrics", "/v1/models", "/v1/nothing"] {
        assert_eq!(send(&app, get(path)).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in ["/", "/page.js", "/page.css", "/health", "/ready", "/openapi.json"] {
        assert_eq!(send(&app, get(path)).await.status(), StatusCode::OK, "{path}");
    }
}

/// Asks as a browser does before a page of `origin` may ask; gives the origin that is allowed.
async fn preflight(app: &axum::Router, origin: &str) -> Option<String> {
    let request = Request::options(PATH)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization, content-type");
    let response = send(app, request.body(Body::empty()).unwrap()).await;
    let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    allowed.map(|origin| origin.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn pages_of_other_origins_may_ask_only_when_they_are_named() {
    let engine = Script::new(&ANSWERS).engine().await.0;
    let with = |origins: &[&str]| {
        let origins = origins.iter().map(|&origin| origin.to_owned()).collect();
        router(gateway(engine.clone(), Options { origins, ..Options::default() }))
    };
    let desk = "https://desk.example";
    assert_eq!(preflight(&with(&[]), desk).await, None);
    assert_eq!(preflight(&with(&[desk]), desk).await.as_deref(), Some(desk));
    assert_eq!(preflight(&with(&[desk]), "https://evil.example").await, None);
    assert_eq!(preflight(&with(&["*"]), desk).await.as_deref(), Some("*"));
}
