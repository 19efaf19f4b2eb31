//! What a name of `stislo models` stands for: a model, translation models, an encoder or dictionaries.

use super::progress::Bars;
use super::{dictionaries, encoders, translators};
use crate::error::Error;
use crate::hub::{
    Catalogue, DictionaryManifest, EncoderManifest, Hub, HubError, Manifest, ModelFile, TranslatorManifest,
};

/// One thing that can be downloaded.
pub(super) enum Named<'c> {
    Model(&'c Manifest),
    Translator(TranslatorManifest),
    Encoder(EncoderManifest),
    Dictionary(DictionaryManifest),
}

/// What a name stands for: one thing, or all dictionaries. Case does not matter.
pub(super) fn find<'c>(catalogue: &'c Catalogue, name: &str) -> Result<Vec<Named<'c>>, Error> {
    if let Some(manifest) = translators::named(name)? {
        return Ok(vec![Named::Translator(manifest)]);
    }
    if let Some(manifest) = encoders::named(name)? {
        return Ok(vec![Named::Encoder(manifest)]);
    }
    let dictionaries = dictionaries::named(name)?;
    if !dictionaries.is_empty() {
        return Ok(dictionaries.into_iter().map(Named::Dictionary).collect());
    }
    Ok(vec![Named::Model(catalogue.get(name)?)])
}

/// Everything that is on disk.
pub(super) fn here<'c>(hub: &Hub, catalogue: &'c Catalogue) -> Result<Vec<Named<'c>>, Error> {
    let models = catalogue.iter().filter(|manifest| hub.cached(manifest).is_some());
    let mut here: Vec<Named<'_>> = models.map(Named::Model).collect();
    here.extend(translators::here(hub)?.into_iter().map(Named::Translator));
    here.extend(encoders::here(hub)?.into_iter().map(Named::Encoder));
    here.extend(dictionaries::here(hub)?.into_iter().map(Named::Dictionary));
    Ok(here)
}

impl Named<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Model(manifest) => &manifest.name,
            Self::Translator(manifest) => &manifest.name,
            Self::Encoder(manifest) => &manifest.name,
            Self::Dictionary(manifest) => &manifest.name,
        }
    }

    /// Downloads what is not here yet, and says where the files are, a line each.
    pub(super) async fn pull(&self, hub: &Hub, bars: &Bars) -> Result<String, Error> {
        Ok(match self {
            Self::Model(manifest) => {
                if let Some(terms) = &manifest.terms {
                    bars.say(terms);
                }
                lines([hub.fetch(manifest, bars).await?.path()])
            }
            Self::Translator(manifest) => lines(hub.fetch_translator(manifest, bars).await?.paths()),
            Self::Encoder(manifest) => lines([hub.fetch_encoder(manifest, bars).await?.path()]),
            Self::Dictionary(manifest) => {
                let files = hub.fetch_dictionary(manifest, bars).await?;
                lines([files.affixes.path(), files.stems.path()])
            }
        })
    }

    /// Compares the files with their published hashes, and says how that went.
    pub(super) fn verify(&self, hub: &Hub) -> Result<String, Error> {
        let one = |file: ModelFile| format!("SHA-256 {}", file.sha256());
        let good = match self {
            Self::Model(manifest) => one(hub.verify(manifest)?),
            Self::Translator(manifest) => format!("{} files", hub.verify_translator(manifest)?.len()),
            Self::Encoder(manifest) => one(hub.verify_encoder(manifest)?),
            Self::Dictionary(manifest) => hub.verify_dictionary(manifest).map(|_| "2 files".to_owned())?,
        };
        Ok(format!("{}: good, {good}\n", self.name()))
    }

    /// Deletes the files. Gives the bytes freed.
    pub(super) fn remove(&self, hub: &Hub) -> Result<u64, HubError> {
        match self {
            Self::Model(manifest) => hub.remove(manifest),
            Self::Translator(manifest) => hub.remove_translator(manifest),
            Self::Encoder(manifest) => hub.remove_encoder(manifest),
            Self::Dictionary(manifest) => hub.remove_dictionary(manifest),
        }
    }

    /// Where the files are, a line each. All but models are verified for it, since they are small.
    pub(super) fn paths(&self, hub: &Hub) -> Result<String, Error> {
        Ok(match self {
            Self::Model(manifest) => {
                let missing = || HubError::Offline { model: manifest.name.clone(), file: manifest.file.clone().into() };
                lines([hub.cached(manifest).ok_or_else(missing)?])
            }
            Self::Translator(manifest) => lines(hub.verify_translator(manifest)?),
            Self::Encoder(manifest) => lines([hub.verify_encoder(manifest)?.path()]),
            Self::Dictionary(manifest) => {
                let files = hub.verify_dictionary(manifest)?;
                lines([files.affixes.path(), files.stems.path()])
            }
        })
    }
}

fn lines(paths: impl IntoIterator<Item = impl AsRef<std::path::Path>>) -> String {
    paths.into_iter().map(|path| format!("{}\n", path.as_ref().display())).collect()
}
