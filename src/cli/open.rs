//! From settings to a loaded model: which one, where its file comes from, and what a user should know about it.

use std::path::{Path, PathBuf};

use super::progress::Bars;
use crate::answer::ModelInfo;
use crate::config::{Settings, Verbosity};
use crate::engine::Engine;
use crate::engine::chat::Chat;
use crate::engine::model::ARCHITECTURES;
use crate::error::Error;
use crate::hub::{Catalogue, ChooseRequest, Hub, Manifest, Quality};
use crate::intake::Language;
use crate::service::{Direction, Recipe, Service};
use crate::translate::Desk;

/// True when the engine can run what the manifest describes.
pub(super) fn is_runnable(manifest: &Manifest) -> bool {
    ARCHITECTURES.contains(&manifest.architecture.as_str())
}

/// A model file on this machine, and what is known about it.
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// How the manifest says the model is spoken to; by its architecture when not given.
    pub(super) chat: Option<Chat>,
    /// What decides its answers.
    pub(super) recipe: Recipe,
}

impl Found {
    /// Loads the model, to write and to stand behind this desk.
    pub(super) async fn load(&self, settings: &Settings, bars: &Bars, desk: Desk) -> Result<Service, Error> {
        bars.loading();
        let engine = Engine::load(&self.path, self.chat, settings.engine).await;
        bars.done();
        Ok(Service::with_recipe(engine?, self.recipe.clone()).with_desk(desk))
    }
}

/// What translates in a direction: students where they are or can be had, else the model.
pub(super) async fn translator(settings: &Settings, direction: Direction, bars: &Bars) -> Result<Desk, Error> {
    let desk = super::desk::for_direction(settings, direction, bars).await?;
    // A student that fails on a sentence has nobody behind it then, but nobody waits for a gigabyte either.
    let has_other = desk.best(direction).is_some() && !super::desk::is_engine(settings);
    if has_other || direction.from == direction.to {
        return Ok(desk);
    }
    Ok(find(settings, bars).await?.load(settings, bars, desk).await?.desk().clone())
}

/// Finds, downloads and loads the model.
pub(super) async fn service(settings: &Settings, bars: &Bars) -> Result<Service, Error> {
    find(settings, bars).await?.load(settings, bars, super::desk::on_disk(settings)?).await
}

/// Finds the model's file, and downloads it where it is not here yet.
pub(super) async fn find(settings: &Settings, bars: &Bars) -> Result<Found, Error> {
    let translators = super::desk::signature(settings)?;
    if let Some(path) = settings.model.as_deref().filter(|model| model.ends_with(".gguf")) {
        return Ok(from_file(Path::new(path), translators));
    }
    let hub = Hub::new(settings.hub.clone())?;
    let catalogue = Catalogue::builtin()?;
    let request = ChooseRequest { wanted: settings.model.as_deref(), runnable: &is_runnable };
    let choice = hub.choose(&catalogue, request).await?;
    if let Some(warning) = &choice.warning
        && settings.verbosity > Verbosity::Quiet
    {
        bars.say(warning);
    }
    let manifest = choice.manifest;
    if let Some(terms) = manifest.terms.as_deref().filter(|_| hub.cached(manifest).is_none()) {
        bars.say(terms);
    }
    let file = hub.fetch(manifest, bars).await?;
    let info = ModelInfo {
        name: manifest.name.clone(),
        revision: manifest.revision.clone(),
        quantization: quantization(&manifest.file),
        engine: engine_name(),
    };
    let chat = match manifest.thinking_off {
        true => Some(Chat::ChatMlNoThinking),
        false => Chat::from_name(&manifest.chat),
    };
    let path = file.path().to_owned();
    let warnings = choice.warning.into_iter().collect();
    let recipe = Recipe { bytes: bytes(&path), fluent: fluent(manifest), warnings, translators, ..Recipe::new(info) };
    Ok(Found { path, chat, recipe })
}

/// Which bytes write: a file is told by its size and time, where reading it would take a second; so is the program.
fn bytes(path: &Path) -> String {
    let stamp = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some(format!("{} bytes of {:?}", metadata.len(), metadata.modified().ok()?))
    };
    let program = std::env::current_exe().ok().and_then(|path| stamp(&path));
    format!("{} {:?} {program:?}", path.display(), stamp(path))
}

/// The languages that the manifest says the model writes well.
fn fluent(manifest: &Manifest) -> Vec<Language> {
    let well = |language: &Language| {
        manifest.languages.get(language.code()).is_some_and(|fluency| fluency.writes == Quality::Good)
    };
    Language::ALL.into_iter().filter(well).collect()
}

fn from_file(path: &Path, translators: Vec<String>) -> Found {
    let path: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let info = ModelInfo { quantization: quantization(&name), name, revision: None, engine: engine_name() };
    let recipe = Recipe { bytes: bytes(&path), translators, ..Recipe::new(info) };
    Found { path, chat: None, recipe }
}

fn engine_name() -> String {
    concat!("stislo ", env!("CARGO_PKG_VERSION")).to_owned()
}

/// The last part of a file's name that looks like a storage type: `Q4_K_M` of `model-q4_k_m.gguf`.
fn quantization(file: &str) -> Option<String> {
    let stem = file.strip_suffix(".gguf")?;
    let found = stem.rsplit(['-', '.']).find(|part| {
        let bytes = part.as_bytes();
        bytes.len() > 1 && matches!(bytes[0], b'q' | b'Q' | b'f' | b'F') && bytes[1].is_ascii_digit()
    });
    found.map(str::to_uppercase)
}

#[cfg(test)]
mod tests {
    use super::quantization;

    #[test]
    fn the_storage_type_is_read_from_the_name() {
        assert_eq!(quantization("qwen2.5-coder-1.5b-instruct-q4_k_m.gguf").as_deref(), Some("Q4_K_M"));
        assert_eq!(quantization("SmolLM2-135M-Instruct.Q4_1.gguf").as_deref(), Some("Q4_1"));
        assert_eq!(quantization("model.gguf"), None);
    }
}
