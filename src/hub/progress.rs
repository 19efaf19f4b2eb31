//! What a download tells the one who waits for it.
//!
//! Why a trait and not a channel: a progress bar, a log line and a test recorder all fit in one method, and nobody
//! has to drain anything. The method is called from the task that downloads, so it must not block.
//!
//! Not here: how it looks.

use std::fmt;
use std::path::Path;
use std::time::Duration;

/// Where a file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The hub at this endpoint.
    Hub {
        /// Its address.
        endpoint: String,
    },
    /// Packages of a package index that carry the same bytes.
    Mirror {
        /// Their names and version, as one reads them.
        packages: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hub { endpoint } => write!(f, "the hub {endpoint}"),
            Self::Mirror { packages } => write!(f, "the package mirror ({packages})"),
        }
    }
}

/// One step of a download.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum ProgressEvent<'a> {
    /// Another process downloads the same file; this one waits for it.
    Waiting {
        /// Name of the model.
        model: &'a str,
        /// The lock that the other process holds.
        lock: &'a Path,
    },
    /// A source has been found and bytes will come.
    Started {
        /// Name of the model.
        model: &'a str,
        /// Its licence.
        licence: &'a str,
        /// The file as the hub names it.
        file: &'a str,
        /// Bytes of the whole file.
        total: u64,
        /// Bytes that were there already, from a download that was broken off.
        done: u64,
        /// Where the bytes come from.
        source: &'a Source,
    },
    /// More bytes are here.
    Advanced {
        /// Bytes that are here now. May fall when a source cannot resume.
        done: u64,
        /// Bytes of the whole file.
        total: u64,
    },
    /// An attempt has failed and another one follows.
    Retrying {
        /// 1 for the first retry.
        attempt: u32,
        /// How long it waits before.
        wait: Duration,
        /// What went wrong.
        reason: &'a str,
    },
    /// A source has failed and the next one is tried.
    SourceFailed {
        /// The one that failed.
        source: &'a Source,
        /// What went wrong and what to do about it.
        reason: &'a str,
    },
    /// A file was deleted because its bytes were wrong.
    Discarded {
        /// The file that is gone.
        path: &'a Path,
        /// What was wrong with it.
        reason: &'a str,
    },
    /// All bytes are here and are being hashed.
    Verifying {
        /// The file that is read.
        path: &'a Path,
        /// Its bytes.
        total: u64,
    },
    /// The file is in the cache and its bytes are right.
    Finished {
        /// Where it is.
        path: &'a Path,
    },
}

/// Receives the steps of a download.
pub trait Progress: Send + Sync {
    /// Takes one step. Must not block.
    fn stage(&self, event: ProgressEvent<'_>);
}

/// Progress that nobody looks at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _event: ProgressEvent<'_>) {}
}
