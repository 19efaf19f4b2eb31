//! One download at a time for one file, over all processes.
//!
//! It is the same lock, on the same path, as the Python tools take, so that they too are waited for. The system
//! releases it when a process ends, so a killed one leaves nothing behind; lock files are never deleted, because a
//! process may be waiting on one.
//!
//! Why it asks again and again instead of blocking a thread: a blocked thread cannot be cancelled, and Ctrl-C while
//! another process downloads would hang until that one has finished.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;

use super::cache::Place;
use super::error::HubError;
use super::files;
use super::progress::{Progress, ProgressEvent};
use super::settings::Limits;

/// The right to write one file of the cache. Clones share it; it ends with the last of them, so a blocking task that
/// outlives its caller keeps it until it is done.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    _file: Arc<File>,
}

/// Takes the lock, and waits while another process has it.
pub(crate) async fn take(place: &Place, limits: &Limits, progress: &dyn Progress) -> Result<Lease, HubError> {
    let path = place.lock();
    let mut announced = false;
    loop {
        if let Some(lease) = attempt(&path)? {
            return Ok(lease);
        }
        if !announced {
            progress.stage(ProgressEvent::Waiting { model: &place.file.model, lock: &path });
            announced = true;
        }
        tokio::time::sleep(limits.poll).await;
    }
}

/// Takes the lock or says that it is taken.
pub(crate) fn take_now(place: &Place) -> Result<Lease, HubError> {
    let path = place.lock();
    attempt(&path)?.ok_or_else(|| HubError::InUse { model: place.file.model.clone(), lock: path })
}

fn attempt(path: &PathBuf) -> Result<Option<Lease>, HubError> {
    if let Some(folder) = path.parent() {
        files::make_folder(folder)?;
    }
    let file = File::options().create(true).append(true).open(path).map_err(HubError::io(path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lease { _file: Arc::new(file) })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(HubError::Io { path: path.clone(), source: error }),
    }
}
