//! The few things that the room does to the disk: write a small file at once, link, ask for free space, wait for it.
//!
//! Why here: each has one way that survives a process that is killed in the middle, and each error names its path.
//!
//! Not here: which file goes where (`cache`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::HubError;

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), HubError> {
    fs::create_dir_all(path).map_err(HubError::io(path))
}

/// Moves a file inside one disk; what was there is replaced in one step.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), HubError> {
    fs::rename(from, to).map_err(HubError::io(to))
}

/// Deletes a file or a folder with all that is in it. One that is not there is fine.
pub(crate) fn delete(path: &Path) -> Result<(), HubError> {
    let deleted = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match deleted {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(HubError::Io { path: path.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

/// Bytes of a file; 0 when it is not there.
pub(crate) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Bytes of all files under a folder. What cannot be read counts as nothing.
pub(crate) fn size_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_below(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Reads a small record; `None` when it is not there or not readable, which means the same to all callers.
pub(crate) fn read_record<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Writes a small record in one step: a reader sees the old one or the new one.
pub(crate) fn write_record<T: Serialize>(path: &Path, record: &T) -> Result<(), HubError> {
    let text = serde_json::to_vec(record).map_err(io::Error::from).map_err(HubError::io(path))?;
    let fresh = beside(path);
    fs::write(&fresh, text).map_err(HubError::io(&fresh))?;
    rename(&fresh, path)
}

/// Makes `pointer` lead to `target`, with a relative link where the system has links; else the file is moved there.
pub(crate) fn point(pointer: &Path, target: &Path, relative: &Path) -> Result<(), HubError> {
    if let Some(folder) = pointer.parent() {
        make_folder(folder)?;
    }
    let fresh = beside(pointer);
    delete(&fresh)?;
    #[cfg(unix)]
    {
        let _ = target;
        std::os::unix::fs::symlink(relative, &fresh).map_err(HubError::io(&fresh))?;
    }
    #[cfg(not(unix))]
    {
        let _ = relative;
        rename(target, &fresh)?;
    }
    rename(&fresh, pointer)
}

/// Does what blocks beside the runtime; `path` is what it is done to.
pub(crate) async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> Result<T, HubError> + Send + 'static,
) -> Result<T, HubError> {
    let stopped = |error: tokio::task::JoinError| HubError::Io { path: path.to_owned(), source: error.into() };
    tokio::task::spawn_blocking(work).await.map_err(stopped)?
}

/// Refuses a download for which the disk has no room.
pub(crate) fn demand_space(folder: &Path, need: u64) -> Result<(), HubError> {
    let free = fs4::available_space(folder).map_err(HubError::io(folder))?;
    if free < need { Err(HubError::DiskFull { path: folder.to_owned(), need, free }) } else { Ok(()) }
}

/// A name for the file that will take the place of `path`. The process is in it, so that two do not meet.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}
