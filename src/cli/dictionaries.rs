//! Where the dictionaries of the three languages are: in the folder that the user names, else where the system keeps its own.

use std::path::{Path, PathBuf};

use super::progress::Bars;
use crate::config::Settings;
use crate::error::Error;
use crate::language::{Dictionaries, DictionaryFiles, Language};

/// Where systems keep the dictionaries of Hunspell, the first that has a language first.
const SYSTEM: [&str; 3] = ["/usr/share/hunspell", "/usr/local/share/hunspell", "/usr/share/myspell/dicts"];

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
        None => SYSTEM.iter().map(PathBuf::from).collect(),
    };
    let mut found = Vec::new();
    for language in Language::ALL {
        for spelling in names(language) {
            let here = folders.iter().find_map(|folder| spelling.iter().find_map(|name| pair(folder, name)));
            found.extend(here.map(|files| (language, files)));
        }
    }
    Ok(found)
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

/// Says which of these languages no dictionary can judge, and why, unless the user wants it so.
pub(super) fn tell_missing(dictionaries: &Dictionaries, languages: &[Language], settings: &Settings) {
    let bars = Bars::new(settings);
    for &language in languages.iter().filter(|_| !is_off(settings)) {
        match dictionaries.load(language) {
            Err(error) => bars.say(&format!("words of {} are not checked: {error}", language.english_name())),
            Ok(()) if !dictionaries.has(language) => bars.say(&format!(
                "words of {} are not checked, because no dictionary of Hunspell is here; install the system's (a package hunspell-{}) or name a folder with --dictionaries",
                language.english_name(),
                language.code()
            )),
            Ok(()) => {}
        }
    }
}
