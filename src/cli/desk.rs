//! From settings to a desk of translators: the students on disk, those that have to be fetched, and the engine behind them.

use std::path::Path;

use super::progress::Bars;
use crate::config::Settings;
use crate::error::Error;
use crate::hub::{Hub, TranslatorFiles, TranslatorKind, TranslatorManifest};
use crate::service::Service;
use crate::translate::{Direction, ENGINE, Glossary, NetworkTranslator, Translators};

/// A desk with every translation model that is on disk, and with the glossary.
pub(super) fn on_disk(settings: &Settings) -> Result<Translators, Error> {
    let hub = Hub::new(settings.hub.clone())?;
    let chosen = chosen(settings)?;
    let mut desk = Translators::new().with_glossary(glossary(settings)?);
    for manifest in TranslatorManifest::builtin()? {
        match hub.cached_translator(&manifest) {
            Some(files) => desk = with_model(desk, &manifest, files)?,
            None if chosen.as_deref() == Some(&manifest.name) => {
                let name = &manifest.name;
                return Err(wrong(format!("{name} is not on this machine; get it with `stislo models pull {name}`")));
            }
            None => {}
        }
    }
    Ok(chosen.iter().fold(desk, |desk, name| desk.preferring(name)))
}

/// The translator that the user wants asked first, as it is spelled in its manifest.
fn chosen(settings: &Settings) -> Result<Option<String>, Error> {
    let Some(name) = settings.translator.as_deref() else { return Ok(None) };
    if is_engine(settings) {
        return Ok(Some(ENGINE.to_owned()));
    }
    let manifest = super::translators::named(name)?;
    let unknown = || wrong(format!("there is no translation model `{name}`; `stislo models list` names them"));
    manifest.map(|manifest| Some(manifest.name)).ok_or_else(unknown)
}

/// True when the user wants the model that writes to translate, too.
pub(super) fn is_engine(settings: &Settings) -> bool {
    settings.translator.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(ENGINE))
}

fn wrong(reason: String) -> Error {
    Error::Setting { name: "--translator", reason }
}

/// What decides that desk's translations: the models on disk, and the glossary. It starts none of them.
pub(super) fn signature(settings: &Settings) -> Result<Vec<String>, Error> {
    let hub = Hub::new(settings.hub.clone())?;
    let here = super::translators::here(&hub)?;
    let mut signature: Vec<String> = here.iter().map(|manifest| format!("{manifest:?}")).collect();
    signature.extend(chosen(settings)?);
    signature.extend(settings.glossary.as_deref().map(text_of).transpose()?);
    Ok(signature)
}

/// A service with the glossary as its file is now.
pub(super) fn with_glossary_again(settings: &Settings, service: Service) -> Result<Service, Error> {
    Ok(service.with_glossary(glossary(settings)?, signature(settings)?))
}

/// The desk on disk, after fetching the models that the direction needs. One that cannot be had is a warning: the engine is left.
pub(super) async fn for_direction(
    settings: &Settings,
    direction: Direction,
    bars: &Bars,
) -> Result<Translators, Error> {
    let hub = Hub::new(settings.hub.clone())?;
    let (legs, chosen) = (legs(direction), chosen(settings)?);
    for manifest in TranslatorManifest::builtin()? {
        if chosen.as_deref() == Some(&manifest.name) {
            hub.fetch_translator(&manifest, bars).await?;
        }
        // The larger ones are half a gigabyte, so they are taken when they are asked for.
        let knows = manifest.ways.iter().any(|way| legs.iter().any(|leg| leg.0 == way.from && leg.1 == way.to));
        let needed = knows && manifest.kind == TranslatorKind::Student && !is_engine(settings);
        if !needed || settings.hub.offline || hub.cached_translator(&manifest).is_some() {
            continue;
        }
        if let Err(error) = hub.fetch_translator(&manifest, bars).await {
            bars.say(&format!("no translation model {}: {error}", manifest.name));
        }
    }
    on_disk(settings)
}

/// The directions that a student translates on the way.
fn legs(direction: Direction) -> Vec<(&'static str, &'static str)> {
    let (from, to) = (direction.from.code(), direction.to.code());
    match (from, to) {
        _ if from == to => Vec::new(),
        ("en", _) | (_, "en") => vec![(from, to)],
        _ => vec![(from, "en"), ("en", to)],
    }
}

fn with_model(desk: Translators, manifest: &TranslatorManifest, files: TranslatorFiles) -> Result<Translators, Error> {
    let translator = match manifest.kind {
        TranslatorKind::Student => NetworkTranslator::student(manifest, files),
        TranslatorKind::Marian => NetworkTranslator::marian(manifest, files),
    };
    Ok(desk.with(translator?))
}

fn glossary(settings: &Settings) -> Result<Glossary, Error> {
    let Some(path) = &settings.glossary else { return Ok(Glossary::default()) };
    Ok(Glossary::parse(&text_of(path)?, &path.display().to_string())?)
}

fn text_of(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(Error::io("read", path))
}
