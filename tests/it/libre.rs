//! The API of LibreTranslate, as its clients ask it and as its own tests do.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use stislo::http::{Gateway, Keys, Limits, Options, PublicUrl, router};
use stislo::language::Language;
use stislo::translate::Translators;
use tower::ServiceExt;

use crate::harness::{STUCK, Script, service};
use crate::translators::{Asked, Speller, desk, spelled};

async fn app_with(options: Options) -> Router {
    let gateway = Gateway::new(options, None);
    gateway.open(service(Script::new(&["x"]).engine().await.0).with_translators(desk().0));
    router(gateway)
}

async fn app() -> Router {
    app_with(Options::default()).await
}

struct Got {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The message of an error with this status.
    fn error(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()["error"].as_str().unwrap().to_owned()
    }
}

async fn ask(app: &Router, request: Request<Body>) -> Got {
    let response = tokio::time::timeout(STUCK, app.clone().oneshot(request)).await.expect("an answer comes").unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    Got { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

fn json_post(path: &str, body: &Value) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, "application/json").body(body.to_string().into()).unwrap()
}

async fn post(app: &Router, body: Value) -> Got {
    ask(app, json_post("/translate", &body)).await
}

fn typed(path: &str, kind: &str, body: &str) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, kind).body(body.to_owned().into()).unwrap()
}

const TEXT: &str = "The mayor left.";
const KEY: &str = "a-secret-of-the-desk";

fn uk(text: &str) -> String {
    spelled(text, Language::Uk)
}

#[tokio::test]
async fn every_kind_of_body_is_read() {
    let app = app().await;
    let single = json!({"translatedText": uk(TEXT)});
    assert_eq!(post(&app, json!({"q": TEXT, "source": "en", "target": "uk", "api_key": null})).await.json(), single);
    assert_eq!(post(&app, json!({"q": TEXT, "source": "EN", "target": "UK", "format": ""})).await.json(), single);
    let form = typed("/translate", "application/x-www-form-urlencoded", "q=The+mayor+left.&source=en&target=uk");
    assert_eq!(ask(&app, form).await.json(), single);
    let parts = "--B\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\nThe mayor left.\r\n--B\r\n\
        Content-Disposition: form-data; name=\"source\"\r\n\r\nen\r\n--B\r\nContent-Disposition: form-data; name=\"target\"\r\n\r\nuk\r\n--B--\r\n";
    assert_eq!(ask(&app, typed("/translate", "multipart/form-data; boundary=B", parts)).await.json(), single);
    let query = Request::post("/translate?q=The%20mayor%20left.&source=en&target=uk").body(Body::empty()).unwrap();
    assert_eq!(ask(&app, query).await.json(), single);
    let lines =
        typed("/translate", "application/x-www-form-urlencoded", "q=Men+left.%0D%0AMen+left.&source=en&target=uk");
    assert_eq!(ask(&app, lines).await.json()["translatedText"], uk("Men left.\nMen left."));
}

#[tokio::test]
async fn arrays_go_in_and_out() {
    let app = app().await;
    let mastodon = json!({"q": ["<p>The mayor left.</p>", "<p>Two men of the town left.</p>"], "source": "auto", "target": "uk", "format": "html", "api_key": null});
    let got = post(&app, mastodon).await.json();
    assert_eq!(got["translatedText"][0], format!("<p>{}</p>", uk(TEXT)));
    assert_eq!(got["translatedText"].as_array().unwrap().len(), 2);
    assert_eq!(got["detectedLanguage"][1]["language"], "en");
    assert!(got.get("alternatives").is_none());
    let got = post(&app, json!({"q": [TEXT], "source": "en", "target": "uk", "alternatives": 2})).await.json();
    assert!(got.get("detectedLanguage").is_none());
    assert!(got["alternatives"][0].is_array(), "{got}");
}

#[tokio::test]
async fn one_text_never_fails_a_batch() {
    let app = app().await;
    let german = "Die Regierung hat am Montag ein neues Gesetz beschlossen. Es tritt nach der Entscheidung des Parlaments \
        im Herbst in Kraft und gilt zunächst für drei Jahre.";
    let other = "Two men of the old town have left.";
    let batch = json!({"q": [TEXT, german, other, "12"], "source": "auto", "target": "uk"});
    let got = post(&app, batch).await.json();
    assert_eq!(got["translatedText"], json!([uk(TEXT), german, uk(other), "12"]));
    assert_eq!(got["detectedLanguage"][1], json!({"confidence": 0.0, "language": "en"}));
    assert_eq!(got["detectedLanguage"][2]["language"], "en");
    // What could be in two languages is in that of the rest.
    let batch = json!({"q": ["Погода на завтра", "Уряд ухвалив бюджет на рік."], "source": "auto", "target": "en"});
    let got = post(&app, batch).await.json();
    assert_eq!(got["translatedText"][0], spelled("Погода на завтра", Language::En));
    let codes = [0, 1].map(|at| got["detectedLanguage"][at]["language"].clone());
    assert_eq!(codes, [json!("uk"), json!("uk")]);
    for alone in [json!(german), json!([german]), json!([german, german])] {
        let refused = post(&app, json!({"q": alone, "source": "auto", "target": "en"})).await;
        assert!(refused.error(400).contains("German"), "{}", refused.text);
    }
}

#[tokio::test]
async fn fields_stand_only_where_they_were_asked_for() {
    let app = app().await;
    let got = post(&app, json!({"q": TEXT, "source": "auto", "target": "uk", "alternatives": 0})).await.json();
    assert_eq!(got["detectedLanguage"]["language"], "en");
    let confidence = got["detectedLanguage"]["confidence"].as_f64().unwrap();
    assert!(confidence > 20.0 && confidence.fract() == 0.0, "a whole number: {confidence}");
    assert!(got.get("alternatives").is_none());
    let got = post(&app, json!({"q": "🔥 👍", "source": "auto", "target": "uk"})).await.json();
    assert_eq!(got, json!({"translatedText": "🔥 👍", "detectedLanguage": {"confidence": 0.0, "language": "en"}}));
}

#[tokio::test]
async fn refusals_have_the_words_that_clients_know() {
    let app = app_with(Options {
        limits: Limits { max_characters: 20, max_texts: 2, max_alternatives: 3, ..Limits::default() },
        ..Options::default()
    })
    .await;
    let whole = json!({"q": TEXT, "source": "en", "target": "uk"});
    let with = |name: &str, value: Value| {
        let mut body = whole.clone();
        body[name] = value;
        body
    };
    let cyrillic = "Мер міста пішов у ліс"; // 21 characters, 38 bytes
    for (body, message) in [
        (json!({"source": "en", "target": "uk"}), "Invalid request: missing q parameter"),
        (with("q", json!("")), "Invalid request: missing q parameter"),
        (with("q", json!([])), "Invalid request: missing q parameter"),
        (with("source", json!(null)), "Invalid request: missing source parameter"),
        (with("target", json!("")), "Invalid request: missing target parameter"),
        (with("source", json!("zz")), "zz is not supported"),
        (with("target", json!("xx")), "xx is not supported"),
        (with("format", json!("odt")), "odt format is not supported"),
        (with("alternatives", json!("abc")), "Invalid request: alternatives parameter is not a number"),
        (with("alternatives", json!(10_000)), "Invalid request: alternatives parameter must be <= 3"),
        (with("q", json!(["a", "b", "c"])), "Invalid request: request (3) exceeds text limit (2)"),
        (with("q", json!(cyrillic)), "Invalid request: request (21) exceeds text limit (20)"),
        (json!([1]), "Invalid JSON format"),
    ] {
        assert_eq!(post(&app, body.clone()).await.error(400), message, "{body}");
    }
    let fits: String = cyrillic.chars().take(20).collect();
    assert_eq!(post(&app, json!({"q": fits, "source": "uk", "target": "en"})).await.status, 200);
    assert_eq!(ask(&app, typed("/translate", "application/json", "{")).await.status, 400);
    for (method, path) in [(Method::GET, "/translate"), (Method::GET, "/detect"), (Method::POST, "/languages")] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        assert_eq!(ask(&app, request).await.error(405), "Method not allowed", "{path}");
    }
}

#[tokio::test]
async fn who_finds_no_place_is_told_to_slow_down() {
    let asked = Asked { gate: Some(Arc::new(tokio::sync::Notify::new())), ..Asked::default() };
    let limits = Limits { concurrency: 1, queue: 0, ..Limits::default() };
    let gateway = Gateway::new(Options { limits, ..Options::default() }, None);
    let desk = Translators::new().with(Speller(asked.clone()));
    gateway.open(service(Script::new(&["x"]).engine().await.0).with_translators(desk));
    let app = router(gateway);
    let body = json!({"q": TEXT, "source": "en", "target": "uk"});
    let first = tokio::spawn({
        let (app, body) = (app.clone(), body.clone());
        async move { post(&app, body).await }
    });
    asked.begun.notified().await;
    let refused = post(&app, body).await;
    assert!(refused.error(429).starts_with("Slowdown:"));
    assert!(refused.headers[header::RETRY_AFTER].to_str().unwrap().parse::<u32>().unwrap() > 0);
    asked.gate.unwrap().notify_one();
    assert_eq!(first.await.unwrap().json()["translatedText"], uk(TEXT));
}

#[tokio::test]
async fn keys_are_a_field_of_the_body_or_stand_in_a_header() {
    let keys = Keys::parse("a-secret-of-the-desk").unwrap();
    let app = app_with(Options { keys, ..Options::default() }).await;
    let body = |key: Value| json!({"q": TEXT, "source": "en", "target": "uk", "api_key": key});
    assert_eq!(post(&app, body(json!("wrong"))).await.error(403), "Invalid API key");
    for none in [json!(null), json!("")] {
        assert!(post(&app, body(none)).await.error(400).starts_with("Please contact"));
    }
    assert_eq!(post(&app, body(json!("a-secret-of-the-desk"))).await.status, 200);
    for (name, value) in [("authorization", "Bearer a-secret-of-the-desk"), ("x-api-key", "a-secret-of-the-desk")] {
        let mut request = json_post("/translate", &body(json!(null)));
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(ask(&app, request).await.json()["translatedText"], uk(TEXT), "{name}");
        let mut request = json_post("/translate", &body(json!("a-secret-of-the-desk")));
        request.headers_mut().insert(name, value.replace("the", "their").parse().unwrap());
        assert_eq!(ask(&app, request).await.error(403), "Invalid API key", "{name}");
    }
    let settings = ask(&app, Request::get("/frontend/settings").body(Body::empty()).unwrap()).await.json();
    assert_eq!(settings["keyRequired"], true);
}

#[tokio::test]
async fn pages_of_every_origin_may_ask_with_a_key_or_where_that_is_said() {
    let requests = || {
        let preflight = Request::builder().method(Method::OPTIONS).uri("/translate");
        let preflight = preflight.header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST").body(Body::empty()).unwrap();
        let good = json_post("/translate", &json!({"q": TEXT, "source": "en", "target": "uk", "api_key": KEY}));
        [preflight, good, json_post("/translate", &json!({}))].map(|mut request| {
            request.headers_mut().insert(header::ORIGIN, "https://any.example".parse().unwrap());
            request
        })
    };
    let keyed = Options { keys: Keys::parse(KEY).unwrap(), ..Options::default() };
    for options in [keyed, Options { origins: vec!["*".into()], ..Options::default() }] {
        let app = app_with(options).await;
        let statuses = [200, 200, 400];
        for (request, status) in requests().into_iter().zip(statuses) {
            let got = ask(&app, request).await;
            assert_eq!(
                (got.status.as_u16(), &got.headers["access-control-allow-origin"]),
                (status, &"*".parse().unwrap())
            );
        }
    }
    let app = app().await;
    let [preflight, good, _] = requests();
    assert!(!ask(&app, preflight).await.headers.contains_key("access-control-allow-origin"));
    assert!(ask(&app, good).await.error(403).contains("`origins`"));
}

#[tokio::test]
async fn languages_settings_and_detection() {
    let app = app().await;
    let languages = ask(&app, Request::get("/languages").body(Body::empty()).unwrap()).await.json();
    assert_eq!(languages[1], json!({"code": "uk", "name": "Ukrainian", "targets": ["en", "ru", "uk"]}));
    let settings = ask(&app, Request::get("/frontend/settings").body(Body::empty()).unwrap()).await.json();
    assert_eq!(settings.as_object().unwrap().len(), 8);
    let found = ask(&app, json_post("/detect", &json!({"q": "Міський голова відкрив новий міст."}))).await.json();
    assert_eq!(found[0]["language"], "uk");
    let found = ask(&app, typed("/detect", "application/x-www-form-urlencoded", "q=12")).await.json();
    assert_eq!(found, json!([{"confidence": 0.0, "language": "en"}]));
    assert_eq!(ask(&app, json_post("/detect", &json!({}))).await.error(400), "Invalid request: missing q parameter");
}

fn upload(name: &str, text: &[u8]) -> Request<Body> {
    let field =
        |name: &str, value: &str| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let head = field("source", "en")
        + &field("target", "uk")
        + &format!(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n"
        );
    let body = [head.as_bytes(), text, b"\r\n--B--\r\n"].concat();
    let request = Request::post("/translate_file").header(header::HOST, "localhost:5000");
    request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=B").body(body.into()).unwrap()
}

/// Translates a file; gives the path of its address.
async fn uploaded(app: &Router, name: &str, text: &[u8]) -> String {
    let got = ask(app, upload(name, text)).await.json();
    got["translatedFileUrl"].as_str().unwrap().strip_prefix("http://localhost:5000").unwrap().to_owned()
}

async fn fetched(app: &Router, path: &str) -> Got {
    ask(app, Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn files_come_back_in_their_format() {
    let app = app().await;
    let cue = "1\n00:00:01,000 --> 00:00:02,000\n";
    for (name, text, wanted) in [
        ("a.txt", TEXT.to_owned(), uk(TEXT)),
        ("a.html", format!("<p class='x'>{TEXT}</p>"), format!("<p class='x'>{}</p>", uk(TEXT))),
        ("a.srt", format!("{cue}{TEXT}\n\n"), format!("{cue}{}\n\n", uk(TEXT))),
    ] {
        let path = uploaded(&app, name, text.as_bytes()).await;
        assert!(path.ends_with(name), "{path}");
        for _ in 0..2 {
            let file = fetched(&app, &path).await;
            assert_eq!(file.text, wanted);
            assert_eq!(file.headers[header::CONTENT_DISPOSITION], format!("attachment; filename=\"{name}\""));
        }
    }
    let error = ask(&app, upload("a.exe", b"x")).await.error(400);
    assert_eq!(error, "Invalid request: file format not supported");
    for path in ["..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a%2Fb"] {
        let request = Request::get(format!("/download_file/{path}")).body(Body::empty()).unwrap();
        assert_eq!(ask(&app, request).await.error(400), "Invalid filename", "{path}");
    }
}

#[tokio::test]
async fn every_address_of_a_file_can_be_fetched() {
    let app = app().await;
    let long = format!("{}.txt", "long-".repeat(60));
    for name in
        ["a..b.txt", ".hidden.txt", "../up.txt", "C:\\\\x\\\\y.txt", "звіт за рік.txt", "100%.txt", "a?b#c.txt", &long]
    {
        let path = uploaded(&app, name, TEXT.as_bytes()).await;
        let file = fetched(&app, &path).await;
        assert_eq!((file.status.as_u16(), file.text), (200, uk(TEXT)), "{name}: {path}");
    }
    let file = fetched(&app, &uploaded(&app, "звіт.txt", TEXT.as_bytes()).await).await;
    let disposition = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.contains("filename*=UTF-8''%D0%B7%D0%B2%D1%96%D1%82.txt"), "{disposition}");
    for path in ["%FF.txt", "a%0D%0Ab"] {
        assert_eq!(fetched(&app, &format!("/download_file/{path}")).await.error(400), "Invalid filename", "{path}");
    }
    assert_eq!(fetched(&app, "/download_file/nothing.txt").await.error(404), "File not found");
}

#[tokio::test]
async fn files_are_read_in_their_charset() {
    let app = app().await;
    let little: Vec<u8> = [0xfeff].into_iter().chain(TEXT.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = [0xfeff].into_iter().chain(TEXT.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let marked = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
    for (what, bytes) in [("UTF-16 LE", little), ("UTF-16 BE", big), ("UTF-8 with a mark", marked)] {
        let path = uploaded(&app, "a.txt", &bytes).await;
        assert_eq!(fetched(&app, &path).await.text, uk(TEXT), "{what}");
    }
    assert!(ask(&app, upload("a.txt", &[0, 1, 2, 3, 0xff].repeat(50))).await.error(400).contains("charset"));
}

#[tokio::test]
async fn addresses_of_files_are_the_gateways_own() {
    let address = async |options: Options, host: &str| {
        let mut request = upload("a.txt", TEXT.as_bytes());
        request.headers_mut().insert(header::HOST, host.parse().unwrap());
        request.headers_mut().insert("x-forwarded-host", "forwarded.example".parse().unwrap());
        let got = ask(&app_with(options).await, request).await.json();
        let address = got["translatedFileUrl"].as_str().unwrap().to_owned();
        address.split_once("/download_file/").unwrap().0.to_owned()
    };
    assert_eq!(address(Options::default(), "evil.example").await, "http://localhost", "nobody vouches for that name");
    assert_eq!(address(Options::default(), "127.0.0.1:81").await, "http://127.0.0.1:81");
    let hosts = vec!["desk.lan".to_owned()];
    assert_eq!(address(Options { hosts, ..Options::default() }, "desk.lan:81").await, "http://desk.lan:81");
    let public_url = PublicUrl::parse("https://desk.example/stislo");
    let public = Options { public_url, ..Options::default() };
    assert_eq!(address(public, "evil.example").await, "https://desk.example/stislo");
}

#[tokio::test]
async fn html_keeps_what_it_should() {
    let app = app().await;
    let mention = "<span class=\"h-card\" translate=\"no\"><a href=\"https://a.ua/@ann?x=1&amp;y=2\">@<span>ann</span></a></span>";
    let html = format!("<p>{mention} wrote &lt;b&gt; to <b>two men</b> <i>in town</i>.<br/>1 &amp; 2</p>");
    let got = post(&app, json!({"q": html, "source": "en", "target": "uk", "format": "html"})).await.json();
    let text = got["translatedText"].as_str().unwrap();
    assert!(text.contains(mention), "{text}");
    assert!(text.contains("&lt;") && text.contains("1 &amp; 2") && !text.contains("&amp;lt;"), "{text}");
    let tags = |text: &str| {
        let mut tags: Vec<String> =
            text.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag.to_owned()).collect();
        tags.sort();
        tags
    };
    assert_eq!(tags(text), tags(&html));
}

#[tokio::test]
async fn four_clients_with_twenty_texts_each_are_served() {
    let app = app().await;
    let texts: Vec<String> = (0..20).map(|n| format!("The mayor of town {n} left.")).collect();
    let asks = (0..4).map(|_| post(&app, json!({"q": texts, "source": "en", "target": "uk"})));
    for got in futures_util::future::join_all(asks).await {
        assert_eq!(got.json()["translatedText"][19], uk(&texts[19]));
    }
}

#[tokio::test]
async fn the_gateways_own_path_answers_whole_or_in_sentences() {
    let app = app().await;
    let body = json!({"text": "The mayor left.\n\nTwo men left.", "from": "en", "to": "uk"});
    let got = ask(&app, json_post("/v1/translate", &body)).await.json();
    assert_eq!(got["text"], uk("The mayor left.\n\nTwo men left."));
    assert_eq!(
        (&got["engine"], &got["from"], &got["sentences"][1]["source"]),
        (&json!("speller"), &json!("en"), &json!("Two men left."))
    );
    let mut stream = body.clone();
    stream["stream"] = json!(true);
    let got = ask(&app, json_post("/v1/translate", &stream)).await;
    let names: Vec<&str> = got.text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(names, ["begun", "sentence", "sentence", "done"]);
    let unknown = json!({"text": "Die Regierung hat am Montag ein neues Gesetz beschlossen.", "to": "uk"});
    let no_subtitles = json!({"text": "The mayor left.", "from": "en", "to": "uk", "format": "srt"});
    for (mut refused, code) in [(unknown, "unsupported_language"), (no_subtitles, "unreadable_input")] {
        for stream in [false, true] {
            refused["stream"] = json!(stream);
            let got = ask(&app, json_post("/v1/translate", &refused)).await;
            assert_eq!((got.status.as_u16(), &got.json()["code"]), (422, &json!(code)), "stream: {stream}");
        }
    }
}
