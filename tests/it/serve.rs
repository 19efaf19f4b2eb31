//! `stislo serve`, the real binary: its settings, its signals, and what it keeps over a kill.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::sync::Mutex;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::cli::{Place, shown, tiny};
use crate::harness::{STUCK, fixture};

/// A gateway that runs.
struct Gateway {
    child: Child,
    address: String,
    /// What it says on stderr, line by line.
    lines: Mutex<Receiver<String>>,
    said: Mutex<Vec<String>>,
}

impl Gateway {
    /// Starts one on a free port, and waits until it says where it listens.
    fn start(place: &Place, more: &[&str]) -> Self {
        let model = place.path("tiny.gguf");
        // A file that is written again is another model.
        if !model.exists() {
            place.file("tiny.gguf", tiny(1 << 14));
        }
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--model", shown(&model)];
        let mut child = place.start_keeping(&[&arguments, more].concat());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = std::sync::mpsc::channel();
        // The pipe stays open for whatever else is said.
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut gateway = Self { child, address: String::new(), lines: Mutex::new(lines), said: Mutex::default() };
        let line = gateway.said("listening on");
        let address = line.split("http://").nth(1).unwrap();
        gateway.address = address.split('"').next().unwrap().to_owned();
        gateway
    }

    /// Waits until it says this, and gives the line.
    fn said(&self, what: &str) -> String {
        loop {
            let line =
                self.lines.lock().unwrap().recv_timeout(STUCK).unwrap_or_else(|_| panic!("it never says: {what}"));
            self.said.lock().unwrap().push(line.clone());
            if line.contains(what) {
                return line;
            }
        }
    }

    /// All that it said until its end.
    fn rest(&self) -> Vec<String> {
        let mut said = self.said.lock().unwrap().clone();
        said.extend(self.lines.lock().unwrap().iter());
        said
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits for the end, and gives the exit code.
    fn end(&mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(begun.elapsed() < STUCK, "it does not end");
            std::thread::yield_now();
        }
    }

    async fn get(&self, path: &str) -> u16 {
        client().get(format!("http://{}{path}", self.address)).send().await.unwrap().status().as_u16()
    }

    async fn metrics(&self) -> String {
        client().get(format!("http://{}/metrics", self.address)).send().await.unwrap().text().await.unwrap()
    }

    /// Asks for a summary; gives where the answer comes from.
    async fn ask(&self) -> String {
        let body = json!({"text": fixture("en", "page"), "languages": ["en"], "facts": 3, "length": "short"});
        let request = client().post(format!("http://{}/v1/summarize", self.address));
        let response = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        let from = response.headers()["cache-status"].to_str().unwrap().to_owned();
        let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(answer["summaries"][0]["language"], "en");
        from
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn a_signal_ends_it_tidily_and_a_second_one_at_once() {
    let place = Place::new();
    let mut gateway = Gateway::start(&place, &[]);
    assert_eq!((gateway.get("/ready").await, gateway.get("/").await), (200, 200));
    gateway.signal("-TERM");
    assert_eq!(gateway.end(), Some(0));

    let mut gateway = Gateway::start(&place, &[]);
    // Half a body is a request under way.
    let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
    let head = "POST /v1/summarize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    while !gateway.metrics().await.contains("stislo_requests_open 1\n") {}
    gateway.signal("-TERM");
    while gateway.get("/ready").await == 200 {}
    assert!(gateway.child.try_wait().unwrap().is_none(), "a request is under way");
    let begun = Instant::now();
    gateway.signal("-INT");
    assert_eq!(gateway.end(), Some(0));
    // Not so long as what is under way may take to be told.
    assert!(begun.elapsed().as_millis() < 1500, "{:?}", begun.elapsed());
}

/// The status of a question that a key is needed for.
async fn with_key(gateway: &Gateway, key: &str) -> u16 {
    let request = client().get(format!("http://{}/v1/models", gateway.address)).header("x-api-key", key);
    request.send().await.unwrap().status().as_u16()
}

#[cfg(unix)]
#[tokio::test]
async fn a_hangup_has_keys_and_glossary_read_again() {
    const OLD: &str = "a-key-of-the-old-desk";
    const NEW: &str = "a-key-of-the-new-desk";
    let place = Place::new();
    let keys = place.file("keys", OLD);
    let glossary = place.file("glossary.toml", "");
    let config = format!("glossary = {:?}\n[serve]\nkeys = {:?}\n", shown(&glossary), shown(&keys));
    let config = place.file("stislo.toml", config);
    let gateway = Gateway::start(&place, &["--config", shown(&config)]);
    assert_eq!((with_key(&gateway, OLD).await, with_key(&gateway, NEW).await), (200, 401));
    place.file("keys", NEW);
    place.file("glossary.toml", "[[term]]\nen = \"Kyiv\"\nuk = \"Київ\"\nru = \"Киев\"\n");
    gateway.signal("-HUP");
    gateway.said("the keys were read again");
    gateway.said("the glossary was read again");
    assert_eq!((with_key(&gateway, OLD).await, with_key(&gateway, NEW).await), (401, 200));
    // Files that cannot be used change nothing.
    place.file("keys", "short");
    place.file("glossary.toml", "[[term]]\nen = 1\n");
    gateway.signal("-HUP");
    gateway.said("the keys stay as they were");
    gateway.said("the glossary stays as it was");
    assert_eq!((with_key(&gateway, OLD).await, with_key(&gateway, NEW).await), (401, 200));
}

#[tokio::test]
async fn with_a_log_in_json_every_line_is_json() {
    let place = Place::new();
    let mut gateway = Gateway::start(&place, &["--log-json"]);
    assert_eq!(gateway.get("/v1/models").await, 200);
    gateway.said("/v1/models");
    gateway.signal("-TERM");
    assert_eq!(gateway.end(), Some(0));
    let lines = gateway.rest();
    assert!(lines.len() > 2, "{lines:?}");
    let wrong = place.run(&["--log-json", "serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(wrong.code, Some(2));
    let config = place.file("bad.toml", "log_jsn = true\n");
    let unread = place.run(&["--log-json", "serve", "--config", shown(&config)]);
    for line in lines.iter().map(String::as_str).chain(wrong.stderr.lines()).chain(unread.stderr.lines()) {
        let json: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(json["timestamp"].is_string() && json["level"].is_string(), "{line}");
    }
}

#[tokio::test]
async fn a_kept_answer_outlives_a_kill() {
    let place = Place::new();
    let mut rounds = Vec::new();
    // An answer whose writing is cut off by the kill is lost, and no other. Each gateway lives longer than the one before.
    while rounds.len() < 10 && rounds.last().is_none_or(|from| from != "stislo; hit") {
        let mut gateway = Gateway::start(&place, &[]);
        let from = gateway.ask().await;
        for _ in 0..100 * rounds.len() {
            gateway.ask().await;
        }
        rounds.push(from);
        gateway.signal("-KILL");
        gateway.end();
    }
    assert_eq!(rounds.first().map(String::as_str), Some("stislo; fwd=miss"));
    assert_eq!(rounds.last().map(String::as_str), Some("stislo; hit"), "{rounds:?}");
}

#[tokio::test]
async fn nothing_is_kept_where_that_is_said() {
    let place = Place::new();
    let config = place.file("stislo.toml", "no_store = true\n");
    let gateway = Gateway::start(&place, &["--config", shown(&config)]);
    for _ in 0..2 {
        assert_eq!(gateway.ask().await, "stislo; fwd=miss");
    }
    drop(gateway);
    assert!(!place.kept().exists());
}

#[test]
fn settings_are_checked_without_serving() {
    let place = Place::new();
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("dist/stislo.toml");
    let outcome = place.run(&["serve", "--check-config", "--config", shown(&shipped)]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), "the settings are good\n"), "{}", outcome.stderr);
    for (text, hint) in [
        ("[serve]\nlistne = \"127.0.0.1:1\"", "listne"),
        ("[serve]\nlisten = \"0.0.0.0:8080\"", "--without-key"),
        ("[serve]\nkeys = \"/nowhere/keys\"", "/nowhere/keys"),
        ("[serve]\nconcurrency = 0", "--concurrency"),
        ("context = 1", "--context"),
    ] {
        let config = place.file("bad.toml", text);
        let outcome = place.run(&["serve", "--check-config", "--config", shown(&config)]);
        assert!(outcome.code.is_some_and(|code| code != 0) && outcome.stdout.is_empty(), "{text}");
        assert!(outcome.stderr.contains(hint), "{text}: {}", outcome.stderr);
    }
    let outcome = place.run(&["serve", "--check-config", "--listen", "0.0.0.0:0"]);
    outcome.refused(2);
}
