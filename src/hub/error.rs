//! What can go wrong on the way to a model file, and what to do about it.
//!
//! Why so many variants: each of them asks something else of the user, and each message says what happened, where,
//! and what helps. None carries a token or a signed address.
//!
//! Not here: exit codes and HTTP status (`error` at the top of the crate maps them).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::digest::Sha256;
use super::package::PackageTool;
use super::progress::Source;

/// A source that was tried and why it did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The source.
    pub source: Source,
    /// What went wrong with it.
    pub reason: String,
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.reason)
    }
}

/// Errors of the hub room.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// No manifest has this name.
    #[error("there is no model named {name:?}; known models: {}", known.join(", "))]
    UnknownModel {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A manifest cannot be used.
    #[error("the manifest {name} is wrong: {reason}")]
    Manifest {
        /// File name or model name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A setting cannot be used.
    #[error("the setting {name} is wrong: {reason}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is not in the cache and the network must not be used.
    #[error("the model {model} is not in the cache and the network is switched off; missing file: {}; run `stislo models pull {model}` without --offline (and without HF_HUB_OFFLINE) once", file.display())]
    Offline {
        /// Name of the model.
        model: String,
        /// Where the file was looked for.
        file: PathBuf,
    },
    /// The file is not in the cache.
    #[error("the model {model} has not been downloaded; missing file: {}; run `stislo models pull {model}`", file.display())]
    NotDownloaded {
        /// Name of the model.
        model: String,
        /// Where the file was looked for.
        file: PathBuf,
    },
    /// Another process works on the same file.
    #[error("the model {model} is in use by another download; wait until it ends (lock: {})", lock.display())]
    InUse {
        /// Name of the model.
        model: String,
        /// The lock that the other process holds.
        lock: PathBuf,
    },
    /// No connection to the hub.
    #[error(
        "the hub {endpoint} cannot be reached ({reason}); check the network, a proxy (HTTPS_PROXY) or another hub (HF_ENDPOINT)"
    )]
    Unreachable {
        /// Address of the hub.
        endpoint: String,
        /// What the connection failed with.
        reason: String,
    },
    /// The hub does not accept the token, or wants one.
    #[error(
        "the hub {endpoint} refuses access to {repository} (status 401); set HF_TOKEN to a valid token, and check the name of the repository"
    )]
    Unauthorized {
        /// Address of the hub.
        endpoint: String,
        /// The repository that was asked for.
        repository: String,
    },
    /// The repository is behind a licence that has to be accepted.
    #[error(
        "the repository {repository} is gated (status {status}); accept the licence at {endpoint}/{repository} and set HF_TOKEN to a token of that account"
    )]
    Gated {
        /// Address of the hub.
        endpoint: String,
        /// The repository that was asked for.
        repository: String,
        /// HTTP status of the answer.
        status: u16,
    },
    /// The hub has no such file.
    #[error(
        "the hub {endpoint} has no {repository}/{file} at revision {revision} (status 404); check the manifest, or HF_ENDPOINT if it is set"
    )]
    NotFound {
        /// Address of the hub.
        endpoint: String,
        /// The repository that was asked for.
        repository: String,
        /// The revision that was asked for.
        revision: String,
        /// The file that was asked for.
        file: String,
    },
    /// The hub answered with a status that asks for nothing the user could do here.
    #[error("the hub answered {address} with status {status}")]
    Refused {
        /// Host and path, without the query.
        address: String,
        /// HTTP status of the answer.
        status: u16,
    },
    /// The hub's answer cannot be trusted or understood.
    #[error("the answer to {address} cannot be used: {reason}; check HF_ENDPOINT and proxies")]
    BadAnswer {
        /// Host and path, without the query.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// All attempts failed.
    #[error(
        "{source_name} failed {attempts} times, the last time with: {reason}; try again later, what has arrived is kept"
    )]
    GaveUp {
        /// The source that was tried.
        source_name: Source,
        /// How many attempts there were without new bytes.
        attempts: u32,
        /// What the last one failed with.
        reason: String,
    },
    /// The hub now has another file under this name than the manifest pins, or than was recorded on first download.
    #[error(
        "{repository}/{file} on the hub is not the file that is expected ({what}: expected {expected}, found {found}); it has changed there; nothing was downloaded; `stislo models remove` forgets what was recorded on first download"
    )]
    NotAsPinned {
        /// The repository.
        repository: String,
        /// The file.
        file: String,
        /// What differs: size or SHA-256.
        what: &'static str,
        /// The value that was expected.
        expected: String,
        /// The value that the hub states.
        found: String,
    },
    /// Every source of the model has failed.
    #[error("the model {model} cannot be fetched; tried {}", list(tried))]
    NoSource {
        /// Name of the model.
        model: String,
        /// What was tried, in order.
        tried: Vec<Tried>,
    },
    /// The disk is too full.
    #[error("not enough disk space at {}: {need} bytes are needed, {free} are free; free some, or set HF_HUB_CACHE to another disk", path.display())]
    DiskFull {
        /// The folder that was to be written to.
        path: PathBuf,
        /// Bytes that are needed.
        need: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// The bytes are not the right ones.
    #[error("{} has wrong bytes: SHA-256 expected {expected}, found {found}; get it anew with `stislo models pull`", path.display())]
    HashMismatch {
        /// The file.
        path: PathBuf,
        /// The hash that it should have.
        expected: Sha256,
        /// The hash that it has.
        found: Sha256,
    },
    /// The number of bytes is not the right one.
    #[error("{} has the wrong size: expected {expected} bytes, found {found}; get it anew with `stislo models pull`", path.display())]
    WrongSize {
        /// The file, or the one that was being written.
        path: PathBuf,
        /// Bytes that it should have.
        expected: u64,
        /// Bytes that it has, or that were announced.
        found: u64,
    },
    /// The tool of a package index could not be run or did not bring the package.
    #[error("`{command}` failed: {reason}; check that {tool} is installed and can reach its package index")]
    PackageTool {
        /// What is needed.
        tool: PackageTool,
        /// The command up to the one that downloads, and the package.
        command: String,
        /// Last line of what it wrote, or why it could not start.
        reason: String,
    },
    /// A package of a mirror does not hold what the manifest says.
    #[error("the package {package} cannot be used: {reason}")]
    Package {
        /// Name and version.
        package: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl HubError {
    /// Names the path in an I/O error; for `map_err`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    /// Whether another source could do better. A full disk is full for every source.
    pub(crate) fn is_of_the_source(&self) -> bool {
        !matches!(self, Self::DiskFull { .. } | Self::Io { .. } | Self::Setting { .. } | Self::InUse { .. })
    }

    /// Whether the source could not be used at all, as opposed to an answer that says what is wrong.
    pub(crate) fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::GaveUp { .. } | Self::PackageTool { .. })
    }
}

fn list(tried: &[Tried]) -> String {
    tried.iter().map(Tried::to_string).collect::<Vec<_>>().join("; then ")
}
