//! The hub as a source: what it states about a file, compared with what is pinned, and the file.
//!
//! No crate for the hub is used. What was read in the source of `hf-hub` 0.5.0: it sends the user's token to the address
//! that the hub redirects to; it writes an answer that ignores the range past the end of the file; it goes on writing
//! in detached tasks after its caller has gone; it has no timeouts, and no retries in the asynchronous client; it uses
//! the ETag as a path without a look at it. 1.0.0 cannot resume, and can keep an error page as the model. Neither
//! checks a hash. So the transfer is ours (`transfer`, on reqwest), and the layout of the cache a few names (`cache`).
//!
//! Not here: mirrors (`mirror`), and which source comes first (`fetch`).

use std::path::Path;

use super::cache::{Expected, Pin, Place};
use super::check::{self, ModelFile};
use super::digest;
use super::error::HubError;
use super::files;
use super::manifest::RemoteFile;
use super::patience::Patience;
use super::progress::{Progress, ProgressEvent, Source};
use super::remote::{Fault, Remote, Stated, Wanted};
use super::settings::Limits;
use super::transfer::Transfer;

/// A download from the hub. The caller holds the lease.
pub(crate) struct Download<'a> {
    pub(crate) remote: &'a Remote,
    pub(crate) limits: &'a Limits,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) place: &'a Place,
    pub(crate) source: &'a Source,
}

impl Download<'_> {
    /// Fetches, checks and files it away.
    pub(crate) async fn run(&self) -> Result<ModelFile, HubError> {
        let stated = self.ask().await?;
        let expected = self.compare(&stated)?;
        let size = expected.size.ok_or_else(|| HubError::BadAnswer {
            address: format!("{}/{}", self.remote.endpoint(), self.place.file.repository),
            reason: "it states no size".to_owned(),
        })?;
        let records = self.place.records();
        files::make_folder(&records)?;
        let part = records.join(format!("{}.part", stated.etag));
        let resumed = files::size(&part);
        match self.receive(&part, &stated, size).await {
            Err(error @ HubError::HashMismatch { .. }) if resumed > 0 => {
                // The beginning may be from a day when the power went out. The second time it is all new.
                self.progress.stage(ProgressEvent::Discarded { path: &part, reason: &error.to_string() });
                self.receive(&part, &stated, size).await?;
            }
            received => received?,
        }
        self.file_away(&part, &stated)
    }

    /// What the hub says about the file. A hub that cannot be reached is not asked twice.
    async fn ask(&self) -> Result<Stated, HubError> {
        let wanted = Wanted { file: &self.place.file, revision: self.place.file.wanted_revision() };
        let mut patience = Patience::new(self.limits, self.progress, self.source);
        loop {
            match self.remote.head(wanted).await {
                Ok(stated) => return Ok(stated),
                Err(Fault::Connect(reason)) => {
                    return Err(HubError::Unreachable { endpoint: self.remote.endpoint(), reason });
                }
                Err(fault) => patience.bear(fault).await?,
            }
        }
    }

    /// Compares what the hub states with what is pinned; gives both together.
    fn compare(&self, stated: &Stated) -> Result<Expected, HubError> {
        let file = &self.place.file;
        let pinned = self.place.expected();
        let differs = |what, expected: String, found: String| HubError::NotAsPinned {
            repository: file.repository.clone(),
            file: file.path.clone(),
            what,
            expected,
            found,
        };
        match (&file.revision, pinned.size, stated.size) {
            (Some(revision), ..) if *revision != stated.commit => {
                return Err(differs("commit", revision.clone(), stated.commit.clone()));
            }
            (_, Some(expected), Some(found)) if expected != found => {
                return Err(differs("size", expected.to_string(), found.to_string()));
            }
            _ => {}
        }
        match (pinned.sha256, stated.sha256()) {
            (Some(expected), Some(found)) if expected != found => {
                Err(differs("SHA-256", expected.to_string(), found.to_string()))
            }
            (expected, found) => Ok(Expected { size: pinned.size.or(stated.size), sha256: expected.or(found) }),
        }
    }

    /// Brings the partial file to its full length and hashes it. A wrong one is deleted.
    async fn receive(&self, part: &Path, stated: &Stated, size: u64) -> Result<(), HubError> {
        let done = files::size(part);
        let records = self.place.records();
        files::demand_space(&records, size.saturating_sub(done).saturating_add(self.limits.spare_disk))?;
        let file = &self.place.file;
        let RemoteFile { model, licence, path, .. } = file;
        let (total, source) = (size, self.source);
        self.progress.stage(ProgressEvent::Started { model, licence, file: path, total, done, source });
        let wanted = Wanted { file, revision: &stated.commit };
        let transfer = Transfer { remote: self.remote, wanted, part, size };
        transfer.run(Patience::new(self.limits, self.progress, self.source)).await?;
        self.progress.stage(ProgressEvent::Verifying { path: part, total: size });
        let expected = self.compare(stated)?;
        check_part(part, expected).await
    }

    fn file_away(&self, part: &Path, stated: &Stated) -> Result<ModelFile, HubError> {
        // Where the ETag is no hash, the hash that was just computed is what is recorded.
        let sha256 = match self.compare(stated)?.sha256 {
            Some(sha256) => sha256,
            None => digest::of_file(part).map_err(HubError::io(part))?.1,
        };
        let size = files::size(part);
        let found = self.place.put(part, &stated.etag, &stated.commit)?;
        self.place.record_pin(&Pin { commit: Some(stated.commit.clone()), size, sha256 })?;
        check::filed(self.place, &found, sha256)
    }
}

/// Writes a partial file through to the disk and compares it. A wrong one is deleted.
pub(crate) async fn check_part(part: &Path, expected: Expected) -> Result<(), HubError> {
    let path = part.to_owned();
    let result = files::blocking(part, move || {
        let found = std::fs::File::open(&path).and_then(|file| file.sync_all()).and_then(|()| digest::of_file(&path));
        check::compare(&path, expected, found.map_err(HubError::io(&path))?)
    })
    .await;
    if matches!(result, Err(HubError::HashMismatch { .. } | HubError::WrongSize { .. })) {
        files::delete(part)?;
    }
    result
}
