//! What is refused, and how: always a problem document that says what to do, and never a 5xx.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use stislo::http::{Limits, Options, router};

use super::{PATH, app, ask, gateway, on, post, problem, send, text};
use crate::harness::{ANSWERS, Script, fixture};
use tower::ServiceExt;

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
        (json!({"title": "x"}), "invalid_request", "html"),
        (json!({"text": 7}), "invalid_request", "text"),
        (json!([]), "invalid_request", "object"),
        (json!(["the text", null, null, null]), "invalid_request", "object"),
        (with("lenght", json!("short")), "invalid_request", "lenght"),
        (with("languages", json!(["de"])), "invalid_request", "de"),
        (with("languages", json!([])), "invalid_request", "en, uk, ru"),
        (with("languages", json!(["uk", "uk"])), "invalid_request", "once"),
        (with("facts", json!(2)), "invalid_request", "2 facts"),
        (with("facts", json!(13)), "limit_exceeded", "13 facts"),
        (with("facts", json!(-1)), "invalid_request", "facts"),
        (with("length", json!("huge")), "invalid_request", "huge"),
        (with("strategy", json!("magic")), "invalid_request", "magic"),
        (with("seed", json!(-1)), "invalid_request", "seed"),
        (with("stream", json!("yes")), "invalid_request", "stream"),
        (with("html", json!("<p>")), "invalid_request", "not both"),
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
        ("a picture", plain(Some("image/png")), 415, "unsupported_media_type"),
        ("no content type", plain(None), 415, "unsupported_media_type"),
        ("an unknown path", empty("GET", "/v1/nothing"), 404, "not_found"),
        ("a path above", empty("POST", "/v1"), 404, "not_found"),
        ("GET where POST is", empty("GET", PATH), 405, "method_not_allowed"),
        ("POST where GET is", post("/health", "{}"), 405, "method_not_allowed"),
    ] {
        assert_eq!(problem(send(&app, request).await, status, what).await.0, code, "{what}");
    }
    assert_eq!(send(&app, post(PATH, good)).await.status(), StatusCode::OK, "it still answers");
}

#[tokio::test]
async fn a_text_that_does_not_fit_names_both_numbers() {
    let app = on(Script::new(&ANSWERS).context(1500).engine().await.0);
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
async fn limits_are_named_where_they_are_passed() {
    let limits =
        Limits { max_characters: 5000, max_languages: 1, max_facts: 4, max_body_bytes: 60_000, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let app = router(gateway(Script::new(&ANSWERS).engine().await.0, options));
    let body = |text: &str, languages: &[&str], facts: usize| {
        post(PATH, json!({"text": text, "languages": languages, "facts": facts}).to_string())
    };
    let long = "Слово за словом. ".repeat(300);
    let chunks = (0..7).map(|_| Ok::<_, std::io::Error>(vec![b' '; 10_000]));
    let chunked = post(PATH, Body::from_stream(futures_util::stream::iter(chunks)));
    for (what, request, status, code, limit) in [
        ("characters", body(&long, &["uk"], 3), 422, "limit_exceeded", "`max_characters` is 5000"),
        ("languages", body("x", &["uk", "en"], 3), 422, "limit_exceeded", "`max_languages` is 1"),
        ("facts", body("x", &["uk"], 5), 422, "limit_exceeded", "`max_facts` is 4"),
        ("a body that says its length", post(PATH, vec![b' '; 60_001]), 413, "body_too_large", "`max_body_bytes`"),
        ("a body in chunks", chunked, 413, "body_too_large", "`max_body_bytes`"),
    ] {
        let (got, detail) = problem(send(&app, request).await, status, what).await;
        assert!(got == code && detail.contains(limit), "{what}: {got}, {detail}");
    }
    // As many characters as are allowed, in more bytes.
    let response = send(&app, body(&"ї".repeat(5000), &["uk"], 3)).await;
    assert_eq!(response.status(), StatusCode::OK, "{}", text(response).await);
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_given_up() {
    tokio::time::pause();
    let app = app().await;
    let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let response = app.oneshot(post(PATH, Body::from_stream(never))).await.unwrap();
    let (code, detail) = problem(response, 408, "half a body").await;
    assert!(code == "body_timeout" && detail.contains("30 s"), "{detail}");
}

#[tokio::test]
async fn bodies_that_break_readers_are_refused_in_order() {
    let app = app().await;
    let with = |text: &str| json!({"text": text, "languages": ["en"]}).to_string();
    let page = fixture("en", "page");
    let deep = format!("{{\"text\": {}", "[".repeat(10_000));
    let invisible = format!("{}{}", "\u{200b}\u{301}".repeat(50_000), "x");
    for (what, request, statuses) in [
        ("ten thousand brackets", post(PATH, deep), &[400, 422][..]),
        ("a key twice", post(PATH, "{\"text\": \"a\", \"text\": \"b\"}"), &[422]),
        ("half a surrogate", post(PATH, "{\"text\": \"\\ud800 abc\"}"), &[400]),
        ("a number past all bounds", post(PATH, "{\"text\": \"a\", \"seed\": 1e400}"), &[400, 422]),
        ("no number", post(PATH, "{\"text\": \"a\", \"facts\": NaN}"), &[400]),
        ("a million facts", post(PATH, "{\"text\": \"a\", \"facts\": 1000000000}"), &[422]),
        ("NUL in a text", post(PATH, with(&page.replacen(' ', "\u{0}", 3))), &[200, 422]),
        ("a text that is turned around", post(PATH, with(&page.replacen(' ', "\u{202e}", 3))), &[200]),
        ("what cannot be seen", post(PATH, with(&invisible)), &[422]),
        ("a word of a million letters", post(PATH, with(&"a".repeat(1 << 20))), &[422]),
        ("emoji alone", post(PATH, with(&"😀".repeat(50_000))), &[422]),
        ("a byte order mark", post(PATH, with(&format!("\u{feff}{page}"))), &[200]),
    ] {
        let begun = std::time::Instant::now();
        let response = send(&app, request).await;
        let status = response.status().as_u16();
        assert!(statuses.contains(&status), "{what}: {status}: {}", text(response).await);
        assert!(begun.elapsed().as_secs() < 20, "{what}");
    }
}

#[tokio::test]
async fn a_compressed_body_is_refused_and_not_unpacked() {
    let mut request = post(PATH, vec![0x1f, 0x8b, 8, 0]);
    request.headers_mut().insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
    assert_eq!(problem(send(&app().await, request).await, 415, "gzip").await.0, "unsupported_media_type");
}

#[tokio::test]
async fn queries_are_as_strict_as_bodies() {
    let app = app().await;
    let page = fixture("en", "page");
    for (query, hint) in [
        ("?langs=en", "langs"),
        ("?languages=de", "de"),
        ("?languages=", "language"),
        ("?languages=en,en", "once"),
        ("?facts=x", "query"),
        ("?facts=2", "2 facts"),
        ("?stream=maybe", "query"),
        ("?facts=3&facts=4", "facts"),
    ] {
        let request = Request::post(format!("{PATH}{query}")).header(header::CONTENT_TYPE, "text/plain");
        let response = send(&app, request.body(Body::from(page.clone())).unwrap()).await;
        let (code, detail) = problem(response, 422, query).await;
        assert!(code == "invalid_request" && detail.contains(hint), "{query}: {detail}");
    }
    let both = post(&format!("{PATH}?facts=3"), json!({"text": page}).to_string());
    assert!(problem(send(&app, both).await, 422, "query and JSON").await.1.contains("body"));
}

#[tokio::test]
async fn what_was_sent_is_repeated_in_part() {
    let app = app().await;
    let long = "ї".repeat(100_000);
    let page = fixture("en", "page");
    for body in [
        json!({"text": page, "length": long}),
        json!({"text": page, "languages": [long]}),
        json!({"text": page, "source_language": long}),
        json!({"text": page, long.as_str(): 1}),
        json!({"text": page, "facts": long}),
    ] {
        let (_, detail) = problem(ask(&app, &body).await, 422, "long").await;
        assert!(detail.chars().filter(|&c| c == 'ї').count() < 250 && detail.chars().count() < 500, "{detail}");
        assert!(detail.starts_with('`') || detail.starts_with("the"), "it says what is wrong: {detail}");
    }
}
