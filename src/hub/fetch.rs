//! One model file, from wherever it can be had: the cache, then the hub, then the mirror.
//!
//! Why in this order: the cache costs nothing, the hub is where the file belongs, and the mirror carries the same
//! bytes where the hub cannot be reached or does not give them. A full disk or a folder that cannot be written to
//! would stop every source, so those errors end it at once.
//!
//! Not here: which model (`choose`).

use super::Hub;
use super::cache::{Found, Place};
use super::check::{self, ModelFile};
use super::download::Download;
use super::error::{HubError, Tried};
use super::files;
use super::lease::{self, Lease};
use super::manifest::{Manifest, RemoteFile};
use super::mirror::MirrorDownload;
use super::progress::{Progress, ProgressEvent, Source};

impl Hub {
    /// Gives the checked file, and downloads it where it is not in the cache.
    ///
    /// Dropping the future stops the download; the next call goes on from there.
    pub async fn fetch(&self, manifest: &Manifest, progress: &dyn Progress) -> Result<ModelFile, HubError> {
        self.fetch_file(manifest.remote_file(), progress).await
    }

    /// The same for any file that a manifest names.
    pub(crate) async fn fetch_file(&self, file: RemoteFile, progress: &dyn Progress) -> Result<ModelFile, HubError> {
        let place = self.place(file);
        if let Some(file) = remembered(&place) {
            return Ok(file);
        }
        match place.find() {
            // Reading needs no lease, so that a cache that cannot be written to will do.
            Some(found) => match check_found(&place, found, progress).await {
                Err(error) if is_wrong(&error) && !self.settings.offline => {}
                result => return result,
            },
            None if self.settings.offline => return Err(place.offline()),
            None => {}
        }
        // From here on files may be written or deleted.
        let lease = lease::take(&place, &self.settings.limits, progress).await?;
        let file = match from_cache(&place, progress).await? {
            Some(file) => file,
            None => self.ask_sources(&place, progress, &lease).await?,
        };
        progress.stage(ProgressEvent::Finished { path: file.path() });
        Ok(file)
    }

    async fn ask_sources(&self, place: &Place, progress: &dyn Progress, lease: &Lease) -> Result<ModelFile, HubError> {
        if let (false, Some(mirror)) = (place.file.is_on_hub, &place.file.mirror) {
            let source = mirror.source();
            let download = MirrorDownload { settings: &self.settings, progress, place, mirror, source: &source, lease };
            return download.run().await;
        }
        let hub = Source::Hub { endpoint: self.remote.endpoint() };
        let error = match self.ask_hub(place, progress, &hub).await {
            Ok(file) => return Ok(file),
            Err(error) if !error.is_of_the_source() => return Err(error),
            Err(error) => error,
        };
        let model = place.file.model.clone();
        let mut tried = vec![Tried { source: hub, reason: error.to_string() }];
        let Some(mirror) = &place.file.mirror else {
            return Err(if error.is_out_of_reach() { HubError::NoSource { model, tried } } else { error });
        };
        progress.stage(ProgressEvent::SourceFailed { source: &tried[0].source, reason: &tried[0].reason });
        let source = mirror.source();
        let download = MirrorDownload { settings: &self.settings, progress, place, mirror, source: &source, lease };
        match download.run().await {
            Err(error) if error.is_of_the_source() => {
                tried.push(Tried { source, reason: error.to_string() });
                Err(HubError::NoSource { model, tried })
            }
            result => result,
        }
    }

    async fn ask_hub(&self, place: &Place, progress: &dyn Progress, source: &Source) -> Result<ModelFile, HubError> {
        // Only worth skipping where there is somewhere else to go.
        if let Some(reason) = self.recently_unreachable().filter(|_| place.file.mirror.is_some()) {
            return Err(HubError::Unreachable { endpoint: self.remote.endpoint(), reason });
        }
        let limits = &self.settings.limits;
        let result = Download { remote: &self.remote, limits, progress, place, source }.run().await;
        if let Err(HubError::Unreachable { reason, .. }) = &result {
            self.note_unreachable(reason);
        }
        result
    }
}

fn is_wrong(error: &HubError) -> bool {
    matches!(error, HubError::HashMismatch { .. } | HubError::WrongSize { .. })
}

fn remembered(place: &Place) -> Option<ModelFile> {
    check::remembered(place, &place.find()?)
}

/// What the cache has, checked. A wrong file is deleted, so that it can be fetched again.
async fn from_cache(place: &Place, progress: &dyn Progress) -> Result<Option<ModelFile>, HubError> {
    if let Some(file) = remembered(place) {
        return Ok(Some(file));
    }
    let found = match (place.find(), place.find_blob(), &place.file.revision) {
        (Some(found), ..) => found,
        // The bytes are there under another revision. The pinned one gets a link of its own.
        (None, Some((blob, hash)), Some(revision)) => place.put(&blob, &hash.to_string(), revision)?,
        _ => return Ok(None),
    };
    match check_found(place, found.clone(), progress).await {
        Ok(file) => Ok(Some(file)),
        Err(error) if is_wrong(&error) => {
            place.discard(&found)?;
            progress.stage(ProgressEvent::Discarded { path: &found.path, reason: &error.to_string() });
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn check_found(place: &Place, found: Found, progress: &dyn Progress) -> Result<ModelFile, HubError> {
    let path = found.path.clone();
    progress.stage(ProgressEvent::Verifying { path: &path, total: files::size(&path) });
    let place = place.clone();
    files::blocking(&path, move || check::full(&place, &found)).await
}
