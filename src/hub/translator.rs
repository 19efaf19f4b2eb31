//! Translation models: several files that belong together, for one or more directions.
//!
//! A manifest in `models/translators/` names each file by its role and lists one or more builds, each with the hash of every
//! file; a repository may hold any published build, and the files of two builds do not fit together. Files may be
//! packed with gzip: the hash is that of the packed file, as it is published, and unpacking happens in memory when the
//! model is loaded, so what is used is what was checked.
//!
//! Not here: how a model translates (`translate`), the transfer of one file (`fetch`).

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use serde::Deserialize;

use super::Hub;
use super::check::{self, ModelFile};
use super::digest::Sha256;
use super::error::HubError;
use super::manifest::{self, RemoteFile, check_origin, demand, is_name};
use super::progress::Progress;

/// Most bytes that a file may unpack to: ten times the largest student.
const MAX_UNPACKED: u64 = 1 << 30;

/// The manifests in `models/translators/`.
const BUILTIN: [(&str, &str); 7] = [
    ("models/translators/firefox-en-uk.toml", include_str!("../../models/translators/firefox-en-uk.toml")),
    ("models/translators/firefox-uk-en.toml", include_str!("../../models/translators/firefox-uk-en.toml")),
    ("models/translators/firefox-en-ru.toml", include_str!("../../models/translators/firefox-en-ru.toml")),
    ("models/translators/firefox-ru-en.toml", include_str!("../../models/translators/firefox-ru-en.toml")),
    (
        "models/translators/opus-mt-tc-big-en-zle.toml",
        include_str!("../../models/translators/opus-mt-tc-big-en-zle.toml"),
    ),
    (
        "models/translators/opus-mt-tc-big-zle-en.toml",
        include_str!("../../models/translators/opus-mt-tc-big-zle-en.toml"),
    ),
    (
        "models/translators/opus-mt-tc-big-zle-zle.toml",
        include_str!("../../models/translators/opus-mt-tc-big-zle-zle.toml"),
    ),
];

/// What kind of network a translation model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TranslatorKind {
    /// A small network in Marian's own container: files `model`, `vocabulary`, `shortlist`.
    Student,
    /// A Marian model as published for the Python package transformers: files `config`, `weights` (safetensors), `source`
    /// (SentencePiece) and `vocabulary` (the ids of both sides).
    Marian,
}

impl TranslatorKind {
    /// The roles of its files.
    pub fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Student => &["model", "vocabulary", "shortlist"],
            Self::Marian => &["config", "weights", "source", "vocabulary"],
        }
    }
}

/// One way that a model translates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Language code of what it reads.
    pub from: String,
    /// Language code of what it writes.
    pub to: String,
    /// chrF on the devtest part of FLORES-200, from 0 to 100; what routing goes by.
    pub chrf: f32,
    /// What stands before a sentence to say that this language is wanted: `>>ukr<<`.
    pub mark: Option<String>,
}

/// What is known about a translation model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranslatorManifest {
    /// The name that users type.
    pub name: String,
    /// What kind of network it is.
    pub kind: TranslatorKind,
    /// What it is good for, in one sentence without a full stop.
    pub summary: String,
    /// `owner/name` on the hub.
    pub repository: String,
    /// The commit that the files are pinned to.
    pub revision: Option<String>,
    /// Licence of the weights.
    pub licence: String,
    /// The directions.
    pub ways: Vec<Way>,
    /// Role to path in the repository.
    pub files: BTreeMap<String, String>,
    /// The published builds: role to hash. Files are taken from one of them, all from the same. A build without hashes
    /// is recorded on first download.
    #[serde(rename = "build")]
    pub builds: Vec<BTreeMap<String, Sha256>>,
}

impl TranslatorManifest {
    /// Reads a manifest; `origin` names it in errors.
    pub fn parse(text: &str, origin: &str) -> Result<Self, HubError> {
        manifest::parse(text, origin, Self::check)
    }

    /// The manifests that are built into the program.
    pub fn builtin() -> Result<Vec<Self>, HubError> {
        BUILTIN.iter().map(|(origin, text)| Self::parse(text, origin)).collect()
    }

    fn check(&self) -> Result<(), String> {
        check_origin(&self.name, &self.repository, self.revision.as_deref())?;
        let roles = self.kind.roles();
        let has_roles = self.files.len() == roles.len() && roles.iter().all(|role| self.files.contains_key(*role));
        demand(has_roles, &format!("`files` must be {}", roles.join(", ")))?;
        let plain = self.files.values().all(|path| path.split('/').all(is_name));
        demand(plain, "`files` must be relative paths without `..`")?;
        demand(!self.builds.is_empty() && !self.ways.is_empty(), "at least one `build` and one of `ways` are needed")?;
        let known = self.builds.iter().all(|build| build.keys().all(|role| self.files.contains_key(role)));
        demand(known, "a `build` names a file that is not in `files`")
    }

    /// The files of one build, in the order of the roles.
    fn build<'a>(&'a self, build: &'a BTreeMap<String, Sha256>) -> impl Iterator<Item = RemoteFile> + 'a {
        self.kind.roles().iter().map(|role| RemoteFile {
            model: self.name.clone(),
            licence: self.licence.clone(),
            repository: self.repository.clone(),
            revision: self.revision.clone(),
            path: self.files[*role].clone(),
            size: None,
            sha256: build.get(*role).copied(),
            mirror: None,
            is_on_hub: true,
        })
    }
}

/// The checked files of a translation model, in the order of its kind's roles.
#[derive(Debug, Clone)]
pub struct TranslatorFiles(Vec<ModelFile>);

impl TranslatorFiles {
    /// Reads every file, unpacked where it is packed.
    ///
    /// # Errors
    /// When a file cannot be read or is no gzip, though its hash was right.
    pub fn read(&self) -> Result<Vec<Vec<u8>>, HubError> {
        self.0.iter().map(read).collect()
    }

    /// Where the files are.
    pub fn paths(&self) -> impl Iterator<Item = &std::path::Path> {
        self.0.iter().map(ModelFile::path)
    }
}

fn read(file: &ModelFile) -> Result<Vec<u8>, HubError> {
    let path = file.path();
    let bytes = std::fs::read(path).map_err(HubError::io(path))?;
    if path.extension().is_none_or(|extension| extension != "gz") {
        return Ok(bytes);
    }
    let mut unpacked = Vec::with_capacity(bytes.len() * 2);
    flate2::read::GzDecoder::new(&bytes[..])
        .take(MAX_UNPACKED)
        .read_to_end(&mut unpacked)
        .map_err(HubError::io(path))?;
    Ok(unpacked)
}

impl Hub {
    /// The files of a translation model when all of one build are in the cache. Each is hashed before its first use.
    pub fn cached_translator(&self, manifest: &TranslatorManifest) -> Option<TranslatorFiles> {
        manifest.builds.iter().find_map(|build| {
            let files = manifest.build(build).map(|file| {
                let place = self.place(file);
                check::checked(&place, &place.find()?).ok()
            });
            files.collect::<Option<Vec<_>>>().map(TranslatorFiles)
        })
    }

    /// Gives the checked files, and downloads those that are not in the cache. Builds are tried in order: a hub that
    /// states other hashes than those of one build is asked about the next.
    pub async fn fetch_translator(
        &self,
        manifest: &TranslatorManifest,
        progress: &dyn Progress,
    ) -> Result<TranslatorFiles, HubError> {
        let mut last = None;
        for build in &manifest.builds {
            let fetched = async {
                let mut files = Vec::new();
                for file in manifest.build(build) {
                    files.push(self.fetch_file(file, progress).await?);
                }
                Ok(TranslatorFiles(files))
            };
            match fetched.await {
                Err(error @ (HubError::NotAsPinned { .. } | HubError::HashMismatch { .. })) => last = Some(error),
                result => return result,
            }
        }
        Err(last.expect("a checked manifest has a build"))
    }

    /// Reads the cached files again and compares them with the build that they are of. Gives their paths.
    pub fn verify_translator(&self, manifest: &TranslatorManifest) -> Result<Vec<PathBuf>, HubError> {
        let mut last = None;
        for build in &manifest.builds {
            let paths = manifest.build(build).map(|file| Ok(self.verify_file(file)?.path().to_owned()));
            match paths.collect() {
                Ok(paths) => return Ok(paths),
                // What was there but wrong says more than what is missing of another build.
                Err(error) if last.is_none() || !matches!(error, HubError::NotDownloaded { .. }) => last = Some(error),
                Err(_) => {}
            }
        }
        Err(last.expect("a checked manifest has a build"))
    }

    /// Deletes the files of every build. Returns the bytes freed.
    pub fn remove_translator(&self, manifest: &TranslatorManifest) -> Result<u64, HubError> {
        let mut freed = 0;
        for file in manifest.builds.iter().flat_map(|build| manifest.build(build)) {
            freed += self.remove_file(file)?;
        }
        Ok(freed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_manifests_are_sound() {
        let manifests = TranslatorManifest::builtin().expect("sound");
        for (manifest, (origin, _)) in manifests.iter().zip(BUILTIN) {
            assert_eq!(origin, format!("models/translators/{}.toml", manifest.name));
            let pinned = manifest.builds.iter().all(|build| build.len() == manifest.files.len());
            assert!(pinned || manifest.kind == TranslatorKind::Marian, "{origin} pins every file");
        }
    }

    #[test]
    fn hostile_manifests_are_refused() {
        let (_, good) = BUILTIN[0];
        for (from, to) in
            [("en-uk/model", "../model"), ("mukowaty/", "a/b/"), ("shortlist =", "other ="), ("student", "llm")]
        {
            assert!(good.contains(from));
            assert!(TranslatorManifest::parse(&good.replace(from, to), "x.toml").is_err(), "{to}");
        }
    }
}
