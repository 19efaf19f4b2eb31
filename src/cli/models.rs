//! `stislo models`: the model files of this machine.

use std::fmt::Write as _;

use clap::Subcommand;

use super::encoders;
use super::open::is_runnable;
use super::progress::Bars;
use super::translators;
use crate::config::Settings;
use crate::error::Error;
use crate::hub::{Catalogue, ChooseRequest, EncoderManifest, Hub, HubError, Manifest, TranslatorManifest};

/// What to do with them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the models that stislo knows
    List,
    /// Download a model and check it
    Pull {
        /// Its name
        name: String,
    },
    /// Compare downloaded files with their published hashes; all of them without a name
    Verify {
        /// Its name
        name: Option<String>,
    },
    /// Delete a downloaded model
    Remove {
        /// Its name
        name: String,
    },
    /// Print where a downloaded model lies
    Path {
        /// Its name; the model that `summarize` would take without one
        name: Option<String>,
    },
}

pub(super) async fn execute(args: Args, settings: &Settings) -> Result<(), Error> {
    let hub = Hub::new(settings.hub.clone())?;
    let catalogue = Catalogue::builtin()?;
    match args.action {
        Action::List => {
            super::input::print(&(list(&hub, &catalogue) + &translators::list(&hub)? + &encoders::list(&hub)?))
        }
        Action::Pull { name } => {
            if let Some(translator) = translators::named(&name)? {
                let paths = translators::pull(&hub, &translator, &Bars::new(settings)).await?;
                return super::input::print(&paths);
            }
            if let Some(encoder) = encoders::named(&name)? {
                return super::input::print(&encoders::pull(&hub, &encoder, &Bars::new(settings)).await?);
            }
            let manifest = catalogue.get(&name)?;
            let bars = Bars::new(settings);
            if let Some(terms) = &manifest.terms {
                bars.say(terms);
            }
            let file = hub.fetch(manifest, &bars).await?;
            super::input::print(&format!("{}\n", file.path().display()))
        }
        Action::Verify { name } => verify(&hub, &catalogue, name.as_deref()),
        Action::Remove { name } => {
            let freed = match (translators::named(&name)?, encoders::named(&name)?) {
                (Some(translator), _) => hub.remove_translator(&translator)?,
                (None, Some(encoder)) => hub.remove_encoder(&encoder)?,
                (None, None) => hub.remove(catalogue.get(&name)?)?,
            };
            super::input::print(&format!("{name}: {} freed\n", indicatif::DecimalBytes(freed)))
        }
        Action::Path { name } => {
            if let Some(translator) = name.as_deref().map(translators::named).transpose()?.flatten() {
                return super::input::print(&translators::paths(&hub, &translator)?);
            }
            if let Some(encoder) = name.as_deref().map(encoders::named).transpose()?.flatten() {
                let file = hub.verify_encoder(&encoder)?;
                return super::input::print(&format!("{}\n", file.path().display()));
            }
            let request = ChooseRequest { wanted: name.as_deref(), runnable: &is_runnable };
            let manifest = hub.choose(&catalogue, request).await?.manifest;
            let missing = || HubError::Offline { model: manifest.name.clone(), file: manifest.file.clone().into() };
            let path = hub.cached(manifest).ok_or_else(missing)?;
            super::input::print(&format!("{}\n", path.display()))
        }
    }
}

fn verify(hub: &Hub, catalogue: &Catalogue, name: Option<&str>) -> Result<(), Error> {
    let (models, translators, encoders): (Vec<&Manifest>, Vec<TranslatorManifest>, Vec<EncoderManifest>) = match name {
        None => {
            let here = catalogue.iter().filter(|manifest| hub.cached(manifest).is_some());
            (here.collect(), translators::here(hub)?, encoders::here(hub)?)
        }
        Some(name) => match (translators::named(name)?, encoders::named(name)?) {
            (Some(translator), _) => (Vec::new(), vec![translator], Vec::new()),
            (None, Some(encoder)) => (Vec::new(), Vec::new(), vec![encoder]),
            (None, None) => (vec![catalogue.get(name)?], Vec::new(), Vec::new()),
        },
    };
    if models.is_empty() && translators.is_empty() && encoders.is_empty() {
        return super::input::print("no model has been downloaded yet\n");
    }
    for manifest in models {
        let verified = hub.verify(manifest)?;
        super::input::print(&format!("{}: good, SHA-256 {}\n", manifest.name, verified.sha256()))?;
    }
    for manifest in translators {
        let files = hub.verify_translator(&manifest)?.len();
        super::input::print(&format!("{}: good, {files} files\n", manifest.name))?;
    }
    for manifest in encoders {
        let verified = hub.verify_encoder(&manifest)?;
        super::input::print(&format!("{}: good, SHA-256 {}\n", manifest.name, verified.sha256()))?;
    }
    Ok(())
}

fn list(hub: &Hub, catalogue: &Catalogue) -> String {
    let mut out = format!("{:<30} {:>9}  {:<11} {:<27} {}\n", "NAME", "SIZE", "STATE", "WRITES", "LICENCE");
    for manifest in catalogue.iter() {
        let size = manifest.size.map_or("?".to_owned(), |size| indicatif::DecimalBytes(size).to_string());
        let state = match (is_runnable(manifest), hub.cached(manifest)) {
            (false, _) => "not yet (1)",
            (true, Some(_)) => "here",
            (true, None) => "-",
        };
        let writes: Vec<String> =
            manifest.languages.iter().map(|(code, fluency)| format!("{code} {}", fluency.writes)).collect();
        let (name, licence) = (&manifest.name, &manifest.licence);
        let _ = writeln!(out, "{name:<30} {size:>9}  {state:<11} {:<27} {licence}", writes.join(", "));
    }
    let waiting: Vec<String> = catalogue
        .iter()
        .filter(|manifest| !is_runnable(manifest))
        .map(|manifest| format!("{} ({})", manifest.name, manifest.architecture))
        .collect();
    if !waiting.is_empty() {
        let _ = writeln!(out, "\n(1) The engine cannot run this architecture yet: {}.", waiting.join(", "));
    }
    out
}
