//! Where one model file lies in the hub's cache.
//!
//! The layout is that of the Python tools, so that each finds the files of the other:
//! `models--owner--name/snapshots/<commit>/<file>` is a link to `blobs/<hash>`, and `refs/main` holds a commit.
//! Our own records lie in `models--owner--name/.stislo/<file>/`: unfinished downloads, the result of the last check,
//! and what was recorded on first download. The Python tools do not look there, and it is the same disk.
//!
//! Not here: the hash of the bytes (`check`), who may write (`lease`).

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::digest::Sha256;
use super::error::HubError;
use super::files;
use super::manifest::{RemoteFile, is_commit};

/// What was recorded on the first download of a file whose manifest does not state a hash.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pin {
    pub(crate) commit: Option<String>,
    pub(crate) size: u64,
    pub(crate) sha256: Sha256,
}

/// What the bytes must be. `None` where nobody has said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) size: Option<u64>,
    pub(crate) sha256: Option<Sha256>,
}

/// A file in the cache, not yet trusted.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// The path in the snapshot.
    pub(crate) path: PathBuf,
    /// Name of the blob that the path links to; `None` where it is no link.
    pub(crate) blob: Option<String>,
}

/// The place of one file in the cache.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) file: RemoteFile,
    cache_dir: PathBuf,
    /// Of its repository.
    folder: PathBuf,
}

impl Place {
    pub(crate) fn new(cache_dir: &Path, file: RemoteFile) -> Self {
        let folder = cache_dir.join(format!("models--{}", file.repository.replace('/', "--")));
        Self { file, cache_dir: cache_dir.to_owned(), folder }
    }

    /// Our own records about this file.
    pub(crate) fn records(&self) -> PathBuf {
        self.folder.join(".stislo").join(self.flat_name())
    }

    /// The lock that the Python tools take for the same blob.
    pub(crate) fn lock(&self) -> PathBuf {
        let name = self.expected().sha256.map_or_else(|| self.flat_name(), |hash| hash.to_string());
        self.cache_dir.join(".locks").join(self.folder.file_name().unwrap_or_default()).join(format!("{name}.lock"))
    }

    /// The size and hash that the manifest states, else those recorded on first download.
    pub(crate) fn expected(&self) -> Expected {
        let RemoteFile { size, sha256, .. } = self.file;
        match self.pin() {
            Some(pin) if sha256.is_none() => Expected { size: size.or(Some(pin.size)), sha256: Some(pin.sha256) },
            _ => Expected { size, sha256 },
        }
    }

    pub(crate) fn record_pin(&self, pin: &Pin) -> Result<(), HubError> {
        if self.file.sha256.is_some() {
            return Ok(());
        }
        files::make_folder(&self.records())?;
        files::write_record(&self.records().join("pin.json"), pin)
    }

    /// Looks for a file of the right name and size.
    pub(crate) fn find(&self) -> Option<Found> {
        let expected = self.expected();
        self.commits(expected).into_iter().find_map(|commit| {
            let path = self.pointer(&commit);
            let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
            let blob = fs::read_link(&path).ok().and_then(|to| Some(to.file_name()?.to_str()?.to_owned()));
            let right_size = expected.size.is_none_or(|size| size == metadata.len());
            (right_size && may_be(blob.as_deref(), expected)).then_some(Found { path, blob })
        })
    }

    /// The blob of the expected hash, when it is there without a link for our revision.
    pub(crate) fn find_blob(&self) -> Option<(PathBuf, Sha256)> {
        let Expected { size, sha256: Some(hash) } = self.expected() else { return None };
        let path = self.blob(&hash.to_string());
        let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        size.is_none_or(|size| size == metadata.len()).then_some((path, hash))
    }

    pub(crate) fn blob(&self, name: &str) -> PathBuf {
        self.folder.join("blobs").join(name)
    }

    pub(crate) fn pointer(&self, commit: &str) -> PathBuf {
        self.folder.join("snapshots").join(commit).join(&self.file.path)
    }

    /// Moves a checked file into the cache and links it into the snapshot of `commit`.
    pub(crate) fn put(&self, checked: &Path, blob: &str, commit: &str) -> Result<Found, HubError> {
        let target = self.blob(blob);
        files::make_folder(&self.folder.join("blobs"))?;
        if checked != target {
            files::rename(checked, &target)?;
        }
        let path = self.pointer(commit);
        let depth = self.file.path.split('/').count() + 1;
        let relative = Path::new(&"../".repeat(depth)).join("blobs").join(blob);
        files::point(&path, &target, &relative)?;
        if self.file.revision.is_none() {
            let refs = self.folder.join("refs");
            files::make_folder(&refs)?;
            fs::write(refs.join("main"), commit).map_err(HubError::io(&refs))?;
        }
        Ok(Found { path, blob: cfg!(unix).then(|| blob.to_owned()) })
    }

    /// Deletes one file of the cache, and its blob.
    pub(crate) fn discard(&self, found: &Found) -> Result<(), HubError> {
        if let Some(blob) = &found.blob {
            files::delete(&self.blob(blob))?;
        }
        files::delete(&found.path)
    }

    /// Deletes the file in every snapshot that has these bytes, and our records. Gives the bytes freed.
    pub(crate) fn remove(&self) -> Result<u64, HubError> {
        let before = files::size_below(&self.folder);
        let mut blobs: Vec<String> = self.expected().sha256.map(|hash| hash.to_string()).into_iter().collect();
        if let Some(found) = self.find() {
            files::delete(&found.path)?;
            blobs.extend(found.blob);
        }
        for commit in self.snapshots() {
            let pointer = self.pointer(&commit);
            let target = fs::read_link(&pointer).ok();
            let name = target.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
            if name.is_some_and(|name| blobs.iter().any(|blob| blob == name)) {
                files::delete(&pointer)?;
            }
        }
        let snapshots = self.folder.join("snapshots");
        // Another file may have the same bytes: dictionaries of one language share their rules.
        for blob in blobs.iter().filter(|blob| !is_linked(&snapshots, blob)) {
            files::delete(&self.blob(blob))?;
        }
        files::delete(&self.records())?;
        self.prune()?;
        Ok(before.saturating_sub(files::size_below(&self.folder)))
    }

    /// The error for a file that is not there.
    pub(crate) fn missing(&self) -> HubError {
        HubError::NotDownloaded { model: self.file.model.clone(), file: self.wanted_path() }
    }

    /// The error for a file that is not there and may not be fetched.
    pub(crate) fn offline(&self) -> HubError {
        HubError::Offline { model: self.file.model.clone(), file: self.wanted_path() }
    }

    fn wanted_path(&self) -> PathBuf {
        self.pointer(self.file.wanted_revision())
    }

    fn pin(&self) -> Option<Pin> {
        files::read_record(&self.records().join("pin.json"))
    }

    fn flat_name(&self) -> String {
        self.file.path.replace('/', "--")
    }

    /// Commits in whose snapshots the file may be. Where the hash is known, any snapshot will do.
    fn commits(&self, expected: Expected) -> Vec<String> {
        if let Some(revision) = &self.file.revision {
            return vec![revision.clone()];
        }
        // What the branch `main` was when it was last asked for.
        let main = fs::read_to_string(self.folder.join("refs").join("main"));
        let mut commits: Vec<String> = main.iter().map(|commit| commit.trim().to_owned()).collect();
        commits.extend(self.pin().and_then(|pin| pin.commit));
        if expected.sha256.is_some() {
            commits.extend(self.snapshots());
        }
        commits.retain(|commit| is_commit(commit));
        commits
    }

    fn snapshots(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.folder.join("snapshots")) else { return Vec::new() };
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| is_commit(name))
            .collect()
    }

    /// Deletes folders that have become empty, and the whole repository folder when no file is left in it.
    fn prune(&self) -> Result<(), HubError> {
        let root = &self.folder;
        for commit in self.snapshots() {
            let mut folder = self.pointer(&commit);
            while folder.pop() && folder.starts_with(root.join("snapshots")) && fs::remove_dir(&folder).is_ok() {}
        }
        for name in ["blobs", "snapshots", ".stislo"] {
            // Fails while something is in it, and then it stays.
            let _ = fs::remove_dir(root.join(name));
        }
        let left = |name: &str| root.join(name).exists();
        if left("blobs") || left("snapshots") || left(".stislo") { Ok(()) } else { files::delete(root) }
    }
}

/// True while a file below the folder is a link to the blob.
fn is_linked(folder: &Path, blob: &str) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| match fs::read_link(entry.path()) {
        Ok(target) => target.file_name().is_some_and(|name| name == blob),
        Err(_) => is_linked(&entry.path(), blob),
    })
}

/// A link to a blob of another hash is another file, though name and size may be the same.
fn may_be(blob: Option<&str>, expected: Expected) -> bool {
    match (blob.and_then(|name| name.parse::<Sha256>().ok()), expected.sha256) {
        (Some(stated), Some(wanted)) => stated == wanted,
        _ => true,
    }
}
