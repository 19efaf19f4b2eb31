//! The dictionaries of the three languages: in the folder that the user names, else where the system keeps its own, else those
//! that were downloaded; and the dictionaries of `stislo models`.
//!
//! A folder that is named is the whole of it: who names one wants its words and no others.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::progress::Bars;
use crate::config::Settings;
use crate::error::Error;
use crate::hub::{DictionaryManifest, Hub, HubError};
use crate::language::{Dictionaries, DictionaryFiles, Language};

/// Where systems keep the dictionaries of Hunspell, below their data.
const SYSTEM: [&str; 2] = ["hunspell", "myspell/dicts"];
/// What stands for all dictionaries of `stislo models`.
const ALL: &str = "dictionaries";

/// How the files of a language are called, without their extensions. English is spelled in two ways, and each is right.
fn names(language: Language) -> &'static [&'static [&'static str]] {
    match language {
        Language::En => &[&["en_US", "en-US", "en"], &["en_GB", "en-GB"]],
        Language::Uk => &[&["uk_UA", "uk-UA", "uk"]],
        Language::Ru => &[&["ru_RU", "ru-RU", "ru"]],
    }
}

/// The files of every dictionary that is here.
fn files(settings: &Settings) -> Result<Vec<(Language, DictionaryFiles)>, Error> {
    let folders: Vec<PathBuf> = match &settings.dictionaries {
        _ if is_off(settings) => Vec::new(),
        Some(folder) if folder.is_dir() => vec![folder.clone()],
        Some(folder) => {
            let reason = format!("{} is no folder; `none` checks no spelling", folder.display());
            return Err(Error::Setting { name: "--dictionaries", reason });
        }
        None => system(settings),
    };
    let mut found = Vec::new();
    for language in Language::ALL {
        for spelling in names(language) {
            let here = folders.iter().find_map(|folder| spelling.iter().find_map(|name| pair(folder, name)));
            found.extend(here.map(|files| (language, files)));
        }
    }
    if settings.dictionaries.is_none() {
        let hub = Hub::new(settings.hub.clone())?;
        let is_missing = |language: &Language| !found.iter().any(|(has, _)| has == language);
        let missing: Vec<Language> = Language::ALL.into_iter().filter(is_missing).collect();
        for (language, manifest) in of(&missing)? {
            let here = hub.cached_dictionary(&manifest);
            found.extend(here.map(|it| {
                let [affixes, stems] = [it.affixes, it.stems].map(|file| file.path().to_owned());
                (language, DictionaryFiles { affixes, stems })
            }));
        }
    }
    Ok(found)
}

/// The folders in which the system may have dictionaries.
fn system(settings: &Settings) -> Vec<PathBuf> {
    SYSTEM.iter().flat_map(|name| settings.data_dirs.iter().map(move |folder| folder.join(name))).collect()
}

/// What can be downloaded for these languages.
fn of(languages: &[Language]) -> Result<Vec<(Language, DictionaryManifest)>, Error> {
    let all = DictionaryManifest::builtin()?.into_iter();
    let known = all.filter_map(|manifest| Some((manifest.language.parse::<Language>().ok()?, manifest)));
    Ok(known.filter(|(language, _)| languages.contains(language)).collect())
}

/// True where the user wants no spelling checked.
fn is_off(settings: &Settings) -> bool {
    settings.dictionaries.as_deref() == Some(Path::new("none"))
}

fn pair(folder: &Path, name: &str) -> Option<DictionaryFiles> {
    let files = DictionaryFiles {
        affixes: folder.join(name).with_extension("aff"),
        stems: folder.join(name).with_extension("dic"),
    };
    (files.affixes.is_file() && files.stems.is_file()).then_some(files)
}

/// The dictionaries that are here. None is read before it is needed.
pub(super) fn find(settings: &Settings) -> Result<Dictionaries, Error> {
    Ok(Dictionaries::of(files(settings)?))
}

/// What decides which words they know: the files, with their sizes and times.
pub(super) fn signature(settings: &Settings) -> Result<Vec<String>, Error> {
    let files = files(settings)?.into_iter().flat_map(|(_, files)| [files.affixes, files.stems]);
    Ok(files.map(|path| super::open::identity(&path)).collect())
}

/// Downloads dictionaries for those of these languages that have none, unless the user named a folder, or wants none. Gives why
/// that failed; what comes from the same index as one that could not be had is not asked for.
pub(super) async fn fetch_missing(
    settings: &Settings,
    languages: &[Language],
    bars: &Bars,
) -> Result<Option<String>, Error> {
    if settings.dictionaries.is_some() {
        return Ok(None);
    }
    let hub = Hub::new(settings.hub.clone())?;
    let here = find(settings)?;
    let mut failure = None;
    for (_, manifest) in of(languages)?.into_iter().filter(|(language, _)| !here.has(*language)) {
        match hub.fetch_dictionary(&manifest, bars).await {
            Ok(_) => {}
            Err(error @ HubError::PackageTool { .. }) => return Ok(Some(error.to_string())),
            Err(error) => failure = Some(error.to_string()),
        }
    }
    Ok(failure)
}

/// The languages of these that have no dictionary, though the user wants one, with what can be downloaded for them. Says which
/// dictionaries cannot be read.
pub(super) fn missing(
    dictionaries: &Dictionaries,
    languages: &[Language],
    settings: &Settings,
) -> Result<Vec<(Language, DictionaryManifest)>, Error> {
    let mut missing = Vec::new();
    for &language in languages.iter().filter(|_| !is_off(settings)) {
        match dictionaries.load(language) {
            Err(error) => {
                Bars::new(settings).say(&format!("words of {} are not checked: {error}", language.english_name()))
            }
            Ok(()) if !dictionaries.has(language) => missing.push(language),
            Ok(()) => {}
        }
    }
    of(&missing)
}

/// The dictionaries that a name stands for: one, or all. Case does not matter.
pub(super) fn named(name: &str) -> Result<Vec<DictionaryManifest>, Error> {
    let is_meant = |it: &DictionaryManifest| [&it.name, ALL].iter().any(|known| name.eq_ignore_ascii_case(known));
    Ok(DictionaryManifest::builtin()?.into_iter().filter(is_meant).collect())
}

/// The lines of the list.
pub(super) fn list(hub: &Hub) -> Result<String, Error> {
    let mut out = format!("\n{:<30} {:>9}  {:<11} {}\n", "DICTIONARY", "SIZE", "STATE", "LICENCE");
    for manifest in DictionaryManifest::builtin()? {
        let state = if hub.cached_dictionary(&manifest).is_some() { "here" } else { "-" };
        let (name, licence, size) = (&manifest.name, &manifest.licence, indicatif::DecimalBytes(manifest.size()));
        let _ = writeln!(out, "{name:<30} {:>9}  {state:<11} {licence}", size.to_string());
    }
    Ok(out)
}

/// Those that are on disk.
pub(super) fn here(hub: &Hub) -> Result<Vec<DictionaryManifest>, Error> {
    let all = DictionaryManifest::builtin()?;
    Ok(all.into_iter().filter(|manifest| hub.cached_dictionary(manifest).is_some()).collect())
}
