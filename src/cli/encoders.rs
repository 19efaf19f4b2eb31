//! The encoder: which one the checks take, and the encoders of `stislo models`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::progress::Bars;
use crate::config::Settings;
use crate::error::Error;
use crate::hub::{EncoderManifest, Hub};
use crate::service::{self, Encoder};

/// What stands for no encoder.
const NONE: &str = "none";

/// The encoder with this name, if there is one. Case does not matter.
pub(super) fn named(name: &str) -> Result<Option<EncoderManifest>, Error> {
    Ok(EncoderManifest::builtin()?.into_iter().find(|manifest| manifest.name.eq_ignore_ascii_case(name)))
}

/// Downloads the encoder that was asked for by name, or the default where none is on disk. Gives why that failed.
pub(super) async fn fetch_missing(settings: &Settings, bars: &Bars) -> Result<Option<String>, Error> {
    let hub = Hub::new(settings.hub.clone())?;
    let wanted = match settings.encoder.as_deref() {
        Some(name) => named(name)?,
        None if here(&hub)?.is_empty() => EncoderManifest::builtin()?.into_iter().next(),
        None => None,
    };
    let Some(manifest) = wanted else { return Ok(None) };
    Ok(hub.fetch_encoder(&manifest, bars).await.err().map(|error| error.to_string()))
}

/// The encoder to get where checks have none, though the user does not say that they should do without.
pub(super) fn missing(encoder: Option<&Encoder>, settings: &Settings) -> Result<Option<EncoderManifest>, Error> {
    if encoder.is_some() || settings.encoder.is_some() {
        return Ok(None);
    }
    Ok(EncoderManifest::builtin()?.into_iter().next())
}

/// The lines of the list.
pub(super) fn list(hub: &Hub) -> Result<String, Error> {
    let mut out = format!("\n{:<30} {:>9}  {:<11} {}\n", "ENCODER", "SIZE", "STATE", "LICENCE");
    for manifest in EncoderManifest::builtin()? {
        let state = if hub.cached_encoder(&manifest).is_some() { "here" } else { "-" };
        let (name, licence, size) = (&manifest.name, &manifest.licence, indicatif::DecimalBytes(manifest.size));
        let _ = writeln!(out, "{name:<30} {:>9}  {state:<11} {licence}", size.to_string());
    }
    Ok(out)
}

/// Those that are on disk.
pub(super) fn here(hub: &Hub) -> Result<Vec<EncoderManifest>, Error> {
    let all = EncoderManifest::builtin()?;
    Ok(all.into_iter().filter(|manifest| hub.cached_encoder(manifest).is_some()).collect())
}

/// The file of the encoder that checks take: the one that was asked for, or the first that is on disk.
fn chosen(settings: &Settings) -> Result<Option<PathBuf>, Error> {
    let hub = Hub::new(settings.hub.clone())?;
    let wanted = settings.encoder.as_deref();
    if wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(NONE)) {
        return Ok(None);
    }
    let path_of = |manifest: &EncoderManifest| hub.cached_encoder(manifest).map(|file| file.path().to_owned());
    let Some(wanted) = wanted else { return Ok(EncoderManifest::builtin()?.iter().find_map(path_of)) };
    let Some(manifest) = named(wanted)? else { return Ok(Some(PathBuf::from(wanted))) };
    let missing = || Error::Setting {
        name: "--encoder",
        reason: format!("{wanted} is not on this machine; get it with `stislo models pull {wanted}`"),
    };
    path_of(&manifest).ok_or_else(missing).map(Some)
}

/// Loads the encoder that checks take, if there is one.
pub(super) fn open(settings: &Settings) -> Result<Option<Encoder>, Error> {
    chosen(settings)?.map(|path| service::encoder(&path)).transpose()
}

/// What decides the verdicts of checks besides the program, for the keys of kept answers.
pub(super) fn signature(settings: &Settings) -> Result<Vec<String>, Error> {
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    Ok(chosen(settings)?.map(|path| format!("encoder {} {} bytes", path.display(), size(&path))).into_iter().collect())
}
