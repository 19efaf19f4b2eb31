//! Slow and hostile clients, on real sockets: whatever they send, the gateway answers in order, lets go in time, and
//! goes on serving others.

use std::time::Duration;

use serde_json::json;
use stislo::http::{Limits, Options, Times};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Listening, PATH, asked, counted, gateway, until};
use crate::harness::{ANSWERS, STUCK, Script};

/// A gateway that is quick to lose patience.
async fn impatient() -> Listening {
    let soon = Duration::from_millis(300);
    let times = Times { header_timeout: soon, idle_timeout: soon, body_timeout: soon, ..Times::default() };
    let limits = Limits { max_body_bytes: 100_000, ..Limits::default() };
    let options = Options { times, limits, ..Options::default() };
    Listening::new(gateway(Script::new(&ANSWERS).engine().await.0, options)).await
}

/// Sends bytes and reads until the gateway closes the connection.
async fn exchange(listening: &Listening, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    // A gateway that has answered already may close while we still send.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let reading = tokio::time::timeout(STUCK, stream.read_to_end(&mut answer)).await;
    let _ = reading.expect("the connection is closed");
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(more: &str) -> String {
    format!("POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{more}\r\n")
}

#[tokio::test]
async fn odd_requests_get_their_status_and_the_next_client_is_served() {
    let listening = impatient().await;
    let long = "x".repeat(100_000);
    let many: String = (0..1000).map(|n| format!("x-{n}: 1\r\n")).collect();
    let cases: Vec<(&str, String, &[u16])> = vec![
        ("noise", "\u{1}\u{2}\u{3} nonsense\r\n\r\n".into(), &[400]),
        ("a header of 100 kB", format!("GET /health HTTP/1.1\r\nHost: localhost\r\nx-long: {long}\r\n\r\n"), &[431]),
        ("a thousand headers", format!("GET /health HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"), &[431]),
        ("a path of 100 kB", format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"), &[414, 431]),
        ("a length and chunks", head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", &[400]),
        ("two lengths", head("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello!", &[400]),
        ("a length that is no number", head("Content-Length: -1\r\n"), &[400]),
        ("chunks that are none", head("Transfer-Encoding: chunked\r\n") + "zz\r\n", &[400]),
        ("a body that is too long", head("Content-Length: 100001\r\n"), &[413]),
        ("half a body", head("Content-Length: 50\r\n") + "{\"text\"", &[408]),
        ("half a head", "GET /health HTTP/1.1\r\nHost:".into(), &[0, 408]),
        ("nothing", String::new(), &[0, 408]),
        ("another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), &[0, 400, 505]),
        ("a way out", "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".into(), &[404]),
        (
            "a proxy",
            "CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".into(),
            &[400, 404, 405, 421],
        ),
        ("a head alone", "HEAD /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".into(), &[200]),
    ];
    for (what, bytes, statuses) in cases {
        let answer = exchange(&listening, bytes.as_bytes()).await;
        let status = answer.strip_prefix("HTTP/1.1 ").map_or(0, |rest| rest[..3].parse().unwrap());
        assert!(statuses.contains(&status), "{what}: {answer}");
        assert_eq!(listening.get("/health").await.0, 200, "after {what}");
    }
}

#[tokio::test]
async fn requests_that_come_together_are_answered_in_order() {
    let listening = impatient().await;
    let body = json!({"text": "Too short."}).to_string();
    let both = format!(
        "{}{body}GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        head(&format!("Content-Length: {}\r\n", body.len()))
    );
    let answer = exchange(&listening, both.as_bytes()).await;
    let (first, second) = (answer.find("HTTP/1.1 422").unwrap(), answer.find("HTTP/1.1 200").unwrap());
    assert!(first < second, "{answer}");
}

#[tokio::test]
async fn who_waits_to_be_told_to_go_on_is_told_so() {
    let listening = impatient().await;
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    let body = json!({"text": "Too short."}).to_string();
    let length = format!("Content-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n", body.len());
    stream.write_all(head(&length).as_bytes()).await.unwrap();
    let mut first = [0; 25];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(rest.starts_with("HTTP/1.1 422"), "{rest}");
}

#[tokio::test]
async fn five_hundred_that_dawdle_are_let_go_and_others_are_served() {
    let listening = impatient().await;
    let mut dawdling = Vec::new();
    for _ in 0..500 {
        let mut stream = TcpStream::connect(listening.address).await.unwrap();
        stream.write_all(b"GET /health HTTP/1.1\r\nHo").await.unwrap();
        dawdling.push(stream);
    }
    assert_eq!(listening.get("/health").await.0, 200);
    for mut stream in dawdling {
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(STUCK, stream.read_to_end(&mut rest)).await;
        let _ = closed.expect("a connection without a request is closed");
    }
    // Idle connections too, after an answer.
    let mut stream = TcpStream::connect(listening.address).await.unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(STUCK, stream.read_to_end(&mut rest)).await.expect("an idle connection is closed").unwrap();
    let app = listening.app.clone();
    until("none is left", async || counted(&app, "stislo_connections").await == 0).await;
}

#[tokio::test]
async fn connections_past_the_limit_wait_for_a_place() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let listening = Listening::new(gateway(Script::new(&ANSWERS).engine().await.0, options)).await;
    let held =
        [TcpStream::connect(listening.address).await.unwrap(), TcpStream::connect(listening.address).await.unwrap()];
    let app = listening.app.clone();
    until("two are open", async || counted(&app, "stislo_connections").await == 2).await;
    let address = listening.address;
    let third = tokio::spawn(async move { reqwest::get(format!("http://{address}/health")).await.unwrap().status() });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!third.is_finished());
    drop(held);
    assert_eq!(third.await.unwrap().as_u16(), 200);
}

#[tokio::test]
async fn who_hangs_up_frees_the_engine() {
    let (engine, _, gate) = Script::new(&ANSWERS).gated().await;
    let listening = Listening::new(gateway(engine.clone(), Options::default())).await;
    for (number, stream) in [false, true].into_iter().enumerate() {
        let body = json!({"text": asked()["text"], "stream": stream, "title": number.to_string()}).to_string();
        let mut client = TcpStream::connect(listening.address).await.unwrap();
        let request = head(&format!("Content-Length: {}\r\n", body.len())) + &body;
        client.write_all(request.as_bytes()).await.unwrap();
        let app = listening.app.clone();
        until("it is at work", async || counted(&app, "stislo_requests_running").await == 1).await;
        drop(client);
        until("it is given up", async || counted(&app, "stislo_cancelled_total").await == number as u64 + 1).await;
        until("its turn is free", async || counted(&app, "stislo_requests_running").await == 0).await;
    }
    drop(gate);
    until("the engine is idle", async || engine.usage().cache_bytes == 0 && engine.usage().waiting == 0).await;
}

#[tokio::test]
async fn who_does_not_read_is_let_go() {
    let times = Times { write_timeout: Duration::from_millis(300), ..Times::default() };
    let options = Options { times, ..Options::default() };
    let listening = Listening::new(gateway(Script::new(&ANSWERS).engine().await.0, options)).await;
    let mut client = TcpStream::connect(listening.address).await.unwrap();
    // Many requests for a page, and none of the answers is read: the buffers fill.
    let requests = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2000);
    let app = listening.app.clone();
    let (sent, gone) = tokio::join!(
        tokio::time::timeout(STUCK, client.write_all(requests.as_bytes())),
        until("it is let go", async || {
            counted(&app, "stislo_requests_total{path=\"/openapi.json\"").await > 0
                && counted(&app, "stislo_connections").await == 0
        })
    );
    let _ = (sent, gone);
    assert_eq!(listening.get("/health").await.0, 200);
}

#[tokio::test]
async fn who_sends_far_too_much_can_read_that_it_is_too_much() {
    let listening = impatient().await;
    // Clients of many libraries send all of a body before they look for an answer.
    let body = vec![b' '; 60 << 20];
    for head in
        [head(&format!("Content-Length: {}\r\n", body.len())), head("Transfer-Encoding: chunked\r\n") + "3c00000\r\n"]
    {
        let mut stream = TcpStream::connect(listening.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body).await.expect("all of it is taken");
        let mut answer = vec![0; 12];
        tokio::time::timeout(STUCK, stream.read_exact(&mut answer)).await.expect("an answer comes").unwrap();
        assert_eq!(answer, b"HTTP/1.1 413", "{head}");
    }
    // Whoever asks first is not told to send what will be refused.
    let awaited = head("Content-Length: 100001\r\nExpect: 100-continue\r\n");
    assert!(exchange(&listening, awaited.as_bytes()).await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn an_idle_connection_is_kept_longer_than_half_a_head() {
    let times = Times { header_timeout: Duration::from_millis(300), ..Times::default() };
    let options = Options { times, ..Options::default() };
    let listening = Listening::new(gateway(Script::new(&ANSWERS).engine().await.0, options)).await;
    let mut idle = TcpStream::connect(listening.address).await.unwrap();
    let ask = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answered = async |stream: &mut TcpStream| {
        stream.write_all(ask).await.unwrap();
        let mut answer = [0; 2000];
        let length = tokio::time::timeout(STUCK, stream.read(&mut answer)).await.expect("an answer comes").unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200"));
    };
    answered(&mut idle).await;
    // Connections that say half a head are let go while it is idle: as their first, and behind an answer.
    assert_eq!(exchange(&listening, b"GET /health HTTP/1.1\r\nHos").await, "");
    let mut half = TcpStream::connect(listening.address).await.unwrap();
    answered(&mut half).await;
    half.write_all(b"GET /hea").await.unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(STUCK, half.read_to_end(&mut rest)).await.expect("it is closed").unwrap();
    assert!(rest.is_empty());
    answered(&mut idle).await;
}
