//! From settings to inference servers: what they are, and what is known about the model that they run.

use std::path::Path;

use super::open;
use crate::answer::ModelInfo;
use crate::config::Settings;
use crate::engine::Engine;
use crate::engine::remote::{Limits, Remote};
use crate::error::Error;
use crate::hub::{Catalogue, Manifest};
use crate::service::Recipe;

/// Servers that answer, and what decides what they write.
pub(super) struct Found {
    pub(super) engine: Engine,
    pub(super) recipe: Recipe,
}

/// Asks the servers what they are. `--model` may say which of the models that are known here they run, where their own name
/// for it does not.
pub(super) async fn find(settings: &Settings, translators: Vec<String>) -> Result<Found, Error> {
    let catalogue = Catalogue::builtin()?;
    let named = settings.model.as_deref().map(|name| named(&catalogue, name)).transpose()?;
    let remote = Remote::connect(settings.engines.clone(), Limits::default(), settings.engine.context).await;
    let remote = remote.map_err(crate::engine::EngineError::from)?;
    let (id, kind) = remote.model().unwrap_or_else(|| (String::new(), crate::engine::remote::ServerKind::Openai));
    let stem = stem(&id);
    let manifest = named.or_else(|| catalogue.iter().find(|manifest| is_called(manifest, &stem)));
    let info = ModelInfo {
        name: manifest.map_or_else(|| stem.clone(), |manifest| manifest.name.clone()),
        revision: None,
        quantization: open::quantization(&format!("{stem}.gguf")),
        engine: kind.name().to_owned(),
    };
    let recipe = match manifest {
        Some(manifest) => open::described(manifest, &catalogue, info, settings)?,
        None => Recipe::new(info),
    };
    // What weights a server has behind a name, it does not tell.
    let bytes = format!("{id} at {}; sources {}", kind.name(), env!("STISLO_SOURCES"));
    Ok(Found { engine: Engine::remote(remote, settings.engine), recipe: Recipe { bytes, translators, ..recipe } })
}

/// The model that `--model` names beside `--engine`.
fn named<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Manifest, Error> {
    catalogue.get(name).map_err(|_| Error::Setting {
        name: "--model",
        reason: format!(
            "beside --engine it says which model of `stislo models list` the server runs, and {name} is none of them; \
             --engine-model names one of the server's own"
        ),
    })
}

/// What a server calls a model, without the folders and the ending of its file.
fn stem(id: &str) -> String {
    let name = Path::new(id).file_name().map_or(id.into(), |name| name.to_string_lossy());
    name.strip_suffix(".gguf").unwrap_or(&name).to_lowercase()
}

fn is_called(manifest: &Manifest, stem: &str) -> bool {
    [&manifest.name, &manifest.file].into_iter().any(|name| self::stem(name) == *stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_known_by_its_name_or_its_file() {
        let catalogue = Catalogue::builtin().unwrap();
        let known = |id: &str| catalogue.iter().find(|it| is_called(it, &stem(id))).map(|it| it.name.as_str());
        let name = "qwen2.5-coder-1.5b-instruct";
        let file = &catalogue.get(name).unwrap().file;
        for id in [name, "Qwen/Qwen2.5-Coder-1.5B-Instruct", &format!("/models/{file}"), file] {
            assert_eq!(known(id), Some(name), "{id}");
        }
        assert_eq!(known("gpt-oss"), None);
        assert!(named(&catalogue, "m.gguf").unwrap_err().to_string().contains("--engine-model"));
    }
}
