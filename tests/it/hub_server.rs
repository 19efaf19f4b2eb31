//! A small hub on loopback for tests: one repository, one file, and faults in a script.
//!
//! It speaks what the real one speaks: HEAD and GET on `/<repository>/resolve/<revision>/<file>` answer with a redirect
//! and `X-Repo-Commit`, `X-Linked-Etag`, `X-Linked-Size`; the address behind the redirect knows ranges. Every request
//! is recorded. Each fault is used once, by the next request of its kind.
//!
//! Not here: packages (`hub_mirror`).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use stislo::hub::{Hub, HubSettings, Manifest, Progress, ProgressEvent, Sha256};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The repository that the server has.
pub(crate) const REPOSITORY: &str = "owner/tiny-GGUF";
/// Its only file.
pub(crate) const FILE: &str = "tiny-q4.gguf";
/// Its only commit.
pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Which request a fault is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// HEAD on the hub.
    Head,
    /// GET behind the redirect.
    Body,
}

/// What goes wrong.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// This status and these header lines.
    Status(u16, &'static str),
    /// The connection ends after so many bytes of the body.
    CutAfter(usize),
    /// Nothing more comes after so many bytes of the body.
    StallAfter(usize),
    /// More bytes than the hub has stated.
    TooLong,
    /// One bit is wrong.
    WrongBytes,
    /// The range is not looked at.
    IgnoreRange,
    /// The hub states this hash.
    StatedEtag(String),
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) range: Option<String>,
    pub(crate) authorization: Option<String>,
}

#[derive(Debug, Default)]
struct Script {
    bytes: Vec<u8>,
    /// Files besides [`FILE`], by their path in the repository.
    more: Vec<(String, Vec<u8>)>,
    faults: Vec<(On, Fault)>,
    requests: Vec<Recorded>,
    /// Where the bytes are; this server when absent.
    bodies_at: Option<SocketAddr>,
}

/// The server. It ends with the test's runtime.
#[derive(Debug, Clone)]
pub(crate) struct HubServer {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

impl HubServer {
    pub(crate) async fn start(bytes: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let server = Self { address, script: Arc::default() };
        server.script().bytes = bytes.to_vec();
        let handle = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let handle = handle.clone();
                tokio::spawn(async move { handle.serve(stream).await });
            }
        });
        server
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn fault(&self, on: On, fault: Fault) {
        self.script().faults.push((on, fault));
    }

    pub(crate) fn replace_file(&self, bytes: &[u8]) {
        self.script().bytes = bytes.to_vec();
    }

    pub(crate) fn add_file(&self, path: &str, bytes: &[u8]) {
        self.script().more.push((path.to_owned(), bytes.to_vec()));
    }

    pub(crate) fn put_bodies_at(&self, other: &HubServer) {
        self.script().bodies_at = Some(other.address);
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.script().requests.clone()
    }

    /// The requests behind the redirect.
    pub(crate) fn bodies(&self) -> Vec<Recorded> {
        self.requests().into_iter().filter(|request| request.path.starts_with("/cdn/")).collect()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no test panics with the lock")
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let request = read_request(&mut stream).await?;
        self.script().requests.push(request.clone());
        let on = if request.path.starts_with("/cdn/") { Some(On::Body) } else { None };
        let on = on.or((request.method == "HEAD").then_some(On::Head));
        let fault = self.take_fault(on);
        if let Some(Fault::Status(status, headers)) = fault {
            return send(&mut stream, &format!("{status} Scripted"), headers, b"").await;
        }
        if on == Some(On::Body) {
            return self.send_body(&mut stream, &request, fault).await;
        }
        let named = [COMMIT, "main"]
            .iter()
            .find_map(|revision| request.path.strip_prefix(&format!("/{REPOSITORY}/resolve/{revision}/")));
        let Some(file) = named.filter(|file| self.bytes_of(file).is_some()) else {
            return send(&mut stream, "404 Not Found", "X-Error-Code: EntryNotFound\r\n", b"").await;
        };
        let headers = self.statement(file, fault);
        send(&mut stream, "302 Found", &headers, b"").await
    }

    /// The bytes of a file by its path in the repository.
    fn bytes_of(&self, path: &str) -> Option<Vec<u8>> {
        let script = self.script();
        let more = script.more.iter().find(|(name, _)| name == path).map(|(_, bytes)| bytes);
        more.or((path == FILE).then_some(&script.bytes)).cloned()
    }

    fn statement(&self, file: &str, fault: Option<Fault>) -> String {
        let bytes = self.bytes_of(file).unwrap_or_default();
        let etag = match fault {
            Some(Fault::StatedEtag(etag)) => etag,
            _ => Sha256::of(&bytes).to_string(),
        };
        let (size, at) = (bytes.len(), self.script().bodies_at.unwrap_or(self.address));
        format!(
            "X-Repo-Commit: {COMMIT}\r\nX-Linked-Etag: \"{etag}\"\r\nX-Linked-Size: {size}\r\n\
             Location: http://{at}/cdn/{file}?signature=secret\r\n"
        )
    }

    async fn send_body(&self, stream: &mut TcpStream, request: &Recorded, fault: Option<Fault>) -> Option<()> {
        let mut bytes = self.bytes_of(request.path.strip_prefix("/cdn/")?)?;
        match fault {
            Some(Fault::TooLong) => bytes.extend_from_slice(b"more"),
            Some(Fault::WrongBytes) => *bytes.last_mut()? ^= 1,
            _ => {}
        }
        let range = request.range.as_deref().filter(|_| !matches!(fault, Some(Fault::IgnoreRange)));
        let start: usize =
            range.map_or(Some(0), |range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok())?;
        let (total, last) = (bytes.len(), bytes.len() - 1);
        let status = match range {
            Some(_) => format!("206 Partial Content\r\nContent-Range: bytes {start}-{last}/{total}"),
            None => "200 OK".to_owned(),
        };
        let body = &bytes[start..];
        match fault {
            Some(Fault::CutAfter(n) | Fault::StallAfter(n)) => {
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                stream.write_all(head.as_bytes()).await.ok()?;
                stream.write_all(&body[..n]).await.ok()?;
                stream.flush().await.ok()?;
                if matches!(fault, Some(Fault::StallAfter(_))) {
                    // Until the other side has had enough.
                    let _ = stream.read(&mut [0; 1]).await;
                }
                Some(())
            }
            _ => send(stream, &status, "", body).await,
        }
    }

    fn take_fault(&self, on: Option<On>) -> Option<Fault> {
        let mut script = self.script();
        let index = script.faults.iter().position(|(wanted, _)| Some(*wanted) == on)?;
        Some(script.faults.remove(index).1)
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Recorded> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next_line().await.ok()??;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.split('?').next()?.to_owned());
    let mut request = Recorded { method, path, range: None, authorization: None };
    while let Some(line) = lines.next_line().await.ok()?.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ")?;
        match name.to_ascii_lowercase().as_str() {
            "range" => request.range = Some(value.to_owned()),
            "authorization" => request.authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    Some(request)
}

async fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> Option<()> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body).await.ok()?;
    stream.shutdown().await.ok()
}

/// A recorder of progress, as text.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    events: Mutex<Vec<String>>,
    /// Called with the number of bytes that are here.
    pub(crate) reached: tokio::sync::watch::Sender<u64>,
}

impl Recorder {
    pub(crate) fn text(&self) -> String {
        self.events.lock().expect("unpoisoned").join("\n")
    }

    /// Waits until so many bytes are here.
    pub(crate) async fn at_least(&self, bytes: u64) {
        self.reached.subscribe().wait_for(|done| *done >= bytes).await.expect("the sender lives");
    }
}

impl Progress for Recorder {
    fn stage(&self, event: ProgressEvent<'_>) {
        if let ProgressEvent::Advanced { done, .. } = event {
            self.reached.send_replace(done);
        } else {
            self.events.lock().expect("unpoisoned").push(format!("{event:?}"));
        }
    }
}

/// Bytes that look like nothing in particular.
pub(crate) fn content(n: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..n).map(|_| next()).collect()
}

/// A manifest of the server's file; the extra lines come first, as top-level fields.
pub(crate) fn manifest(extra: &str) -> Manifest {
    let text = format!(
        "{extra}\nname = \"tiny\"\nsummary = \"for tests\"\nrepository = \"{REPOSITORY}\"\nfile = \"{FILE}\"\n\
         licence = \"MIT\"\narchitecture = \"llama\"\nchat = \"chatml\"\nlanguages = {{}}\n"
    );
    Manifest::parse(&text, "tiny.toml").expect("valid")
}

/// A manifest that states everything.
pub(crate) fn pinned(bytes: &[u8]) -> Manifest {
    manifest(&pins(bytes))
}

pub(crate) fn pins(bytes: &[u8]) -> String {
    format!("revision = \"{COMMIT}\"\nsize = {}\nsha256 = \"{}\"\n", bytes.len(), Sha256::of(bytes))
}

/// Settings with waits that suit a test.
pub(crate) fn settings(endpoint: &str, cache: &Path) -> HubSettings {
    let mut settings = HubSettings::new(cache);
    settings.endpoint = endpoint.to_owned();
    settings.pip = vec!["/nonexistent/pip".to_owned()];
    settings.npm = vec!["/nonexistent/npm".to_owned()];
    settings.limits.backoff = Duration::from_millis(1);
    settings.limits.poll = Duration::from_millis(5);
    settings.limits.retries = 2;
    settings.limits.spare_disk = 0;
    settings
}

pub(crate) fn hub(server: &HubServer, cache: &Path) -> Hub {
    Hub::new(settings(&server.endpoint(), cache)).expect("valid settings")
}

/// The folder of the repository in the cache.
pub(crate) fn folder(cache: &Path) -> PathBuf {
    cache.join("models--owner--tiny-GGUF")
}

/// The path in the snapshot.
pub(crate) fn snapshot(cache: &Path) -> PathBuf {
    folder(cache).join("snapshots").join(COMMIT).join(FILE)
}

/// An address at which nothing listens.
pub(crate) async fn closed_endpoint() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("bound"))
}
