//! Encoders of sentences: one file each, which packages carry and the hub does not.
//!
//! A manifest in `models/encoders/` names the repository of the model that the file was made from, for its licence and its
//! place in the cache. Not here: what an encoder computes (`engine::encoder`), the transfer (`mirror`).

use serde::Deserialize;

use super::Hub;
use super::check::{self, ModelFile};
use super::digest::Sha256;
use super::error::HubError;
use super::manifest::{self, Mirror, RemoteFile, check_origin, demand, is_name};
use super::progress::Progress;

/// The manifests in `models/encoders/`.
const BUILTIN: [(&str, &str); 1] =
    [("models/encoders/multilingual-e5-small.toml", include_str!("../../models/encoders/multilingual-e5-small.toml"))];

/// What is known about an encoder.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderManifest {
    /// The name that users type.
    pub name: String,
    /// What it is good for, in one sentence without a full stop.
    pub summary: String,
    /// `owner/name` on the hub of the model that the file was made from.
    pub repository: String,
    /// The commit of that model.
    pub revision: String,
    /// The file, as the cache calls it.
    pub file: String,
    /// Bytes of the file.
    pub size: u64,
    /// Hash of the file.
    pub sha256: Sha256,
    /// Licence of the weights.
    pub licence: String,
    /// Packages that carry it.
    pub mirror: Mirror,
}

impl EncoderManifest {
    /// Reads a manifest; `origin` names it in errors.
    pub fn parse(text: &str, origin: &str) -> Result<Self, HubError> {
        manifest::parse(text, origin, Self::check)
    }

    /// The manifests that are built into the program, the default first.
    pub fn builtin() -> Result<Vec<Self>, HubError> {
        BUILTIN.iter().map(|(origin, text)| Self::parse(text, origin)).collect()
    }

    fn check(&self) -> Result<(), String> {
        check_origin(&self.name, &self.repository, Some(&self.revision))?;
        demand(self.file.split('/').all(is_name), "`file` must be a relative path without `..`")?;
        demand(self.size != 0, "`size` must be more than 0")?;
        self.mirror.check()
    }

    fn remote_file(&self) -> RemoteFile {
        RemoteFile {
            model: self.name.clone(),
            licence: self.licence.clone(),
            repository: self.repository.clone(),
            revision: Some(self.revision.clone()),
            path: self.file.clone(),
            size: Some(self.size),
            sha256: Some(self.sha256),
            mirror: Some(self.mirror.clone()),
            is_on_hub: false,
        }
    }
}

impl Hub {
    /// The file of an encoder when it is in the cache; it is hashed before its first use.
    pub fn cached_encoder(&self, manifest: &EncoderManifest) -> Option<ModelFile> {
        let place = self.place(manifest.remote_file());
        check::checked(&place, &place.find()?).ok()
    }

    /// Gives the checked file, and downloads it where it is not in the cache.
    pub async fn fetch_encoder(
        &self,
        manifest: &EncoderManifest,
        progress: &dyn Progress,
    ) -> Result<ModelFile, HubError> {
        self.fetch_file(manifest.remote_file(), progress).await
    }

    /// Reads the whole cached file and compares it with the manifest.
    pub fn verify_encoder(&self, manifest: &EncoderManifest) -> Result<ModelFile, HubError> {
        self.verify_file(manifest.remote_file())
    }

    /// Deletes the file. Returns the bytes freed.
    pub fn remove_encoder(&self, manifest: &EncoderManifest) -> Result<u64, HubError> {
        self.remove_file(manifest.remote_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_manifests_are_sound_and_hostile_ones_refused() {
        for (manifest, (origin, text)) in EncoderManifest::builtin().expect("sound").iter().zip(BUILTIN) {
            assert_eq!(origin, format!("models/encoders/{}.toml", manifest.name));
            for (from, to) in
                [("intfloat/", "a/b/"), ("e5-small-q4.bin\"\nsize", "../x\"\nsize"), ("count = 1", "count = 0")]
            {
                assert!(text.contains(from), "{from}");
                assert!(EncoderManifest::parse(&text.replacen(from, to, 1), "x.toml").is_err(), "{to}");
            }
        }
    }
}
