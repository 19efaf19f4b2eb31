//! Dictionaries of spelling: two files each, of one package of npm. A language may have several, as English has.
//!
//! For machines whose system has none. A manifest in `models/dictionaries/` pins both files; `repository` and `revision` say where
//! they were made, and are their place in the cache. The hub does not have them.
//!
//! Not here: what is in a dictionary (`language`), the transfer (`mirror`), the system's own dictionaries (the command line).

use serde::Deserialize;

use super::Hub;
use super::check::{self, ModelFile};
use super::digest::Sha256;
use super::error::HubError;
use super::manifest::{self, Mirror, RemoteFile, check_origin, demand, is_name};
use super::package::PackageTool;
use super::progress::{Progress, ProgressEvent};

/// The manifests in `models/dictionaries/`.
const BUILTIN: [(&str, &str); 4] = [
    ("models/dictionaries/dictionary-en.toml", include_str!("../../models/dictionaries/dictionary-en.toml")),
    ("models/dictionaries/dictionary-en-gb.toml", include_str!("../../models/dictionaries/dictionary-en-gb.toml")),
    ("models/dictionaries/dictionary-uk.toml", include_str!("../../models/dictionaries/dictionary-uk.toml")),
    ("models/dictionaries/dictionary-ru.toml", include_str!("../../models/dictionaries/dictionary-ru.toml")),
];

/// What is known about a dictionary.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DictionaryManifest {
    /// The name that users type.
    pub name: String,
    /// Code of its language.
    pub language: String,
    /// `owner/name` of the sources.
    pub repository: String,
    /// Their commit.
    pub revision: String,
    /// Licence of the words.
    pub licence: String,
    /// The package of npm.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The rules of forms.
    pub affixes: DictionaryFile,
    /// The stems.
    pub stems: DictionaryFile,
}

/// One of its files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DictionaryFile {
    /// The path in the repository, and in the cache.
    pub file: String,
    /// Bytes of the file.
    pub size: u64,
    /// Hash of the file.
    pub sha256: Sha256,
    /// The path in the package.
    pub member: String,
}

/// The two files of a dictionary, compared with the manifest.
#[derive(Debug, Clone)]
pub struct CheckedDictionary {
    /// The rules of forms.
    pub affixes: ModelFile,
    /// The stems.
    pub stems: ModelFile,
}

impl DictionaryManifest {
    /// Reads a manifest; `origin` names it in errors.
    pub fn parse(text: &str, origin: &str) -> Result<Self, HubError> {
        manifest::parse(text, origin, Self::check)
    }

    /// The manifests that are built into the program.
    pub fn builtin() -> Result<Vec<Self>, HubError> {
        BUILTIN.iter().map(|(origin, text)| Self::parse(text, origin)).collect()
    }

    /// Bytes of both files.
    pub fn size(&self) -> u64 {
        self.affixes.size.saturating_add(self.stems.size)
    }

    fn check(&self) -> Result<(), String> {
        check_origin(&self.name, &self.repository, Some(&self.revision))?;
        demand(is_name(&self.language), "`language` must be a code")?;
        for file in [&self.affixes, &self.stems] {
            demand(file.file.split('/').all(is_name), "`file` must be a relative path without `..`")?;
            demand(file.size != 0, "`size` must be more than 0")?;
            self.mirror(file).check()?;
        }
        demand(self.affixes.file != self.stems.file, "`affixes` and `stems` must be two files")
    }

    fn mirror(&self, file: &DictionaryFile) -> Mirror {
        Mirror {
            tool: PackageTool::Npm,
            packages: self.package.clone(),
            count: 1,
            version: self.version.clone(),
            member: file.member.clone(),
        }
    }

    fn remote_file(&self, file: &DictionaryFile) -> RemoteFile {
        RemoteFile {
            model: self.name.clone(),
            licence: self.licence.clone(),
            repository: self.repository.clone(),
            revision: Some(self.revision.clone()),
            path: file.file.clone(),
            size: Some(file.size),
            sha256: Some(file.sha256),
            mirror: Some(self.mirror(file)),
            is_on_hub: false,
        }
    }
}

/// Progress of a second file, which begins where that of the first has ended: one package comes, as far as a user is concerned.
struct Continued<'p>(&'p dyn Progress);

impl Progress for Continued<'_> {
    fn stage(&self, event: ProgressEvent<'_>) {
        if !matches!(event, ProgressEvent::Started { .. }) {
            self.0.stage(event);
        }
    }
}

impl Hub {
    /// The files of a dictionary when both are in the cache; each is hashed before its first use.
    pub fn cached_dictionary(&self, manifest: &DictionaryManifest) -> Option<CheckedDictionary> {
        let cached = |file| {
            let place = self.place(manifest.remote_file(file));
            check::checked(&place, &place.find()?).ok()
        };
        Some(CheckedDictionary { affixes: cached(&manifest.affixes)?, stems: cached(&manifest.stems)? })
    }

    /// Gives the checked files, and downloads those that are not in the cache.
    pub async fn fetch_dictionary(
        &self,
        manifest: &DictionaryManifest,
        progress: &dyn Progress,
    ) -> Result<CheckedDictionary, HubError> {
        let stems = self.fetch_file(manifest.remote_file(&manifest.stems), progress).await?;
        let affixes = self.fetch_file(manifest.remote_file(&manifest.affixes), &Continued(progress)).await?;
        Ok(CheckedDictionary { affixes, stems })
    }

    /// Reads the cached files again and compares them with the manifest.
    pub fn verify_dictionary(&self, manifest: &DictionaryManifest) -> Result<CheckedDictionary, HubError> {
        let verified = |file| self.verify_file(manifest.remote_file(file));
        Ok(CheckedDictionary { affixes: verified(&manifest.affixes)?, stems: verified(&manifest.stems)? })
    }

    /// Deletes the files. Returns the bytes freed.
    pub fn remove_dictionary(&self, manifest: &DictionaryManifest) -> Result<u64, HubError> {
        let removed = |file| self.remove_file(manifest.remote_file(file));
        Ok(removed(&manifest.affixes)?.saturating_add(removed(&manifest.stems)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_manifests_are_sound_and_hostile_ones_refused() {
        for (manifest, (origin, text)) in DictionaryManifest::builtin().expect("sound").iter().zip(BUILTIN) {
            assert_eq!(origin, format!("models/dictionaries/{}.toml", manifest.name));
            assert!(manifest.name.starts_with(&format!("dictionary-{}", manifest.language)), "{}", manifest.name);
            for (from, to) in [
                ("wooorm/", "a/b/"),
                ("package = \"", "package = \"--global "),
                ("version = \"", "version = \"/"),
                ("file = \"dictionaries/", "file = \"../"),
                ("index.dic\"\nsize", "index.aff\"\nsize"),
            ] {
                assert!(text.contains(from), "{from}");
                assert!(DictionaryManifest::parse(&text.replace(from, to), "x.toml").is_err(), "{to}");
            }
        }
    }
}
