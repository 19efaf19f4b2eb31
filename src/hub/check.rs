//! Whether the bytes on disk are the right ones.
//!
//! A file is hashed before its first use. The result is remembered with the identity of the file (size, time of
//! change, inode), so that a start does not read a gigabyte again; a file that is written to loses its result.
//!
//! Why `ModelFile` cannot be made elsewhere: it is the proof of the check, and the engine takes nothing else.
//!
//! Not here: what happens to a wrong file (`fetch`).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::cache::{Expected, Found, Pin, Place};
use super::digest::{self, Sha256};
use super::error::HubError;
use super::files;

/// A model file whose bytes have been compared with the manifest.
#[derive(Debug, Clone)]
pub struct ModelFile {
    path: PathBuf,
    size: u64,
    sha256: Sha256,
    /// The hash is the manifest's own, not one that was recorded on first download.
    pub pinned: bool,
}

impl ModelFile {
    fn of(place: &Place, found: &Found, size: u64, sha256: Sha256) -> Self {
        Self { path: found.path.clone(), size, sha256, pinned: place.file.sha256.is_some() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its hash.
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }
}

/// The result of a check and the file that it belongs to.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    identity: Identity,
    sha256: Sha256,
}

/// What changes when a file is written to or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    size: u64,
    /// Nanoseconds since 1970; 0 where the system does not say.
    modified: u64,
    /// 0 where the system has none.
    inode: u64,
}

impl Identity {
    fn of(path: &Path) -> Result<Self, HubError> {
        let metadata = fs::metadata(path).map_err(HubError::io(path))?;
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let inode = 0;
        let modified = modified.and_then(|age| u64::try_from(age.as_nanos()).ok()).unwrap_or(0);
        Ok(Self { size: metadata.len(), modified, inode })
    }
}

/// The remembered result, if the file is still the one that was checked.
pub(crate) fn remembered(place: &Place, found: &Found) -> Option<ModelFile> {
    let mark: Mark = files::read_record(&mark_path(place))?;
    let identity = Identity::of(&found.path).ok()?;
    let wanted = expected(place, found).sha256?;
    let holds = mark.identity == identity && mark.sha256 == wanted;
    holds.then(|| ModelFile::of(place, found, identity.size, wanted))
}

/// The file, if it was found right before or is.
pub(crate) fn checked(place: &Place, found: &Found) -> Result<ModelFile, HubError> {
    remembered(place, found).map_or_else(|| full(place, found), Ok)
}

/// A file that was just filed away, and whose hash has just been compared.
pub(crate) fn filed(place: &Place, found: &Found, sha256: Sha256) -> Result<ModelFile, HubError> {
    remember(place, Identity::of(&found.path)?, sha256);
    checked(place, found)
}

/// Reads the whole file, compares it, and remembers the result.
pub(crate) fn full(place: &Place, found: &Found) -> Result<ModelFile, HubError> {
    let before = Identity::of(&found.path)?;
    let (size, sha256) = digest::of_file(&found.path).map_err(HubError::io(&found.path))?;
    let compared = compare(&found.path, expected(place, found), (size, sha256));
    if let Err(error) = compared {
        // Without it, the next start reads the file again. A read-only cache can do no better.
        let _ = files::delete(&mark_path(place));
        return Err(error);
    }
    if Identity::of(&found.path)? == before {
        remember(place, before, sha256);
    }
    if place.expected().sha256.is_none() {
        // The first file of a manifest without a hash. From now on it is the one. A read-only cache cannot record it.
        let _ = place.record_pin(&Pin { commit: None, size, sha256 });
    }
    Ok(ModelFile::of(place, found, size, sha256))
}

/// Remembers the result of a check. It is only a saving of time, so a cache that cannot be written to is no error.
fn remember(place: &Place, identity: Identity, sha256: Sha256) {
    let _ = files::make_folder(&place.records())
        .and_then(|()| files::write_record(&mark_path(place), &Mark { identity, sha256 }));
}

/// Compares what a file is with what it must be. The size comes first, since it says more.
pub(crate) fn compare(path: &Path, expected: Expected, found: (u64, Sha256)) -> Result<(), HubError> {
    let path = || path.to_owned();
    match (expected.size, expected.sha256) {
        (Some(size), _) if size != found.0 => Err(HubError::WrongSize { path: path(), expected: size, found: found.0 }),
        (_, Some(hash)) if hash != found.1 => {
            Err(HubError::HashMismatch { path: path(), expected: hash, found: found.1 })
        }
        _ => Ok(()),
    }
}

/// What the file must be; where nobody has said, the name of its blob is what the hub has stated.
fn expected(place: &Place, found: &Found) -> Expected {
    let expected = place.expected();
    let stated = || found.blob.as_deref().and_then(|name| name.parse().ok());
    Expected { sha256: expected.sha256.or_else(stated), ..expected }
}

fn mark_path(place: &Place) -> PathBuf {
    place.records().join("verified.json")
}
