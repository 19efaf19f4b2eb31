//! Model files on disk: which models there are, where they come from, and whether the bytes are the right ones.
//!
//! The way of one file: `choose` picks a manifest, `fetch` finds the file in the cache or takes it from the hub or
//! from a mirror, `verify` compares it with the manifest. Whatever the source, a file counts only when its size and
//! SHA-256 are right; a `ModelFile` is the proof of that, and nothing else in the crate can make one. Models of several
//! files, for translation, have manifests of their own: `translator`. So have encoders of sentences, `encoder`, and
//! dictionaries of spelling, `dictionary`.
//!
//! Why a room of its own: it knows no articles, no tensors and no terminal. It reads no environment variable;
//! `HubSettings` holds all that it needs. (The proxy variables are the exception: the HTTP client reads those itself.)
//!
//! Not here: progress bars (the command line draws them from `Progress`), GGUF headers (the engine checks those).

mod archive;
mod cache;
mod catalogue;
mod check;
mod choose;
mod dictionary;
mod digest;
mod download;
mod encoder;
mod error;
mod fetch;
mod files;
mod join;
mod lease;
mod manifest;
mod mirror;
mod package;
mod patience;
mod progress;
mod remote;
mod settings;
mod transfer;
mod translator;

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

pub use catalogue::Catalogue;
pub use check::ModelFile;
pub use choose::{Choice, ChooseRequest};
pub use dictionary::{CheckedDictionary, DictionaryFile, DictionaryManifest};
pub use digest::Sha256;
pub use encoder::EncoderManifest;
pub use error::{HubError, Tried};
pub use manifest::{Fluency, Judge, Manifest, Mirror, Quality};
pub use package::PackageTool;
pub use progress::{Progress, ProgressEvent, Silent, Source};
pub use settings::{DEFAULT_ENDPOINT, HubSettings, Limits, Token};
pub use translator::{TranslatorFiles, TranslatorKind, TranslatorManifest, Way};

use cache::Place;
use manifest::RemoteFile;
use remote::Remote;

/// The model files of this machine and the ways to get more of them.
#[derive(Debug)]
pub struct Hub {
    settings: HubSettings,
    remote: Remote,
    /// When the hub was last found out of reach, and why. Saves a second wait when `choose` has already waited.
    /// Held only to copy the value in or out, never across an await.
    unreachable: Mutex<Option<(Instant, String)>>,
}

impl Hub {
    /// Checks the settings and builds the HTTP client. Touches neither the disk nor the network.
    pub fn new(settings: HubSettings) -> Result<Self, HubError> {
        for (name, command) in [("pip", &settings.pip), ("npm", &settings.npm)] {
            if command.is_empty() {
                return Err(HubError::Setting { name, reason: "the command is empty".to_owned() });
            }
        }
        let remote = Remote::new(&settings)?;
        Ok(Self { settings, remote, unreachable: Mutex::new(None) })
    }

    /// Finds the file in the cache by name and size. No network, no hashing.
    pub fn cached(&self, manifest: &Manifest) -> Option<PathBuf> {
        self.place(manifest.remote_file()).find().map(|found| found.path)
    }

    /// Reads the whole cached file and compares it with the manifest, or with what was recorded on first download.
    ///
    /// Blocks for as long as reading the file takes. Changes nothing but the remembered result.
    pub fn verify(&self, manifest: &Manifest) -> Result<ModelFile, HubError> {
        self.verify_file(manifest.remote_file())
    }

    /// The same for any file that a manifest names.
    fn verify_file(&self, file: RemoteFile) -> Result<ModelFile, HubError> {
        let place = self.place(file);
        let found = place.find().ok_or_else(|| place.missing())?;
        check::full(&place, &found)
    }

    /// Deletes the file, what was left of unfinished downloads, and what was recorded about it.
    ///
    /// Returns the bytes freed. Zero when there was nothing to delete.
    pub fn remove(&self, manifest: &Manifest) -> Result<u64, HubError> {
        self.remove_file(manifest.remote_file())
    }

    fn remove_file(&self, file: RemoteFile) -> Result<u64, HubError> {
        let place = self.place(file);
        let _lease = lease::take_now(&place)?;
        place.remove()
    }

    fn place(&self, file: RemoteFile) -> Place {
        Place::new(&self.settings.cache_dir, file)
    }

    fn note_unreachable(&self, reason: &str) {
        let mut guard = self.unreachable.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *guard = Some((Instant::now(), reason.to_owned()));
    }

    /// Why the hub was out of reach a moment ago, if it was.
    fn recently_unreachable(&self) -> Option<String> {
        let guard = self.unreachable.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (when, why) = guard.as_ref()?;
        (when.elapsed() < self.settings.limits.remember_unreachable).then(|| why.clone())
    }
}
