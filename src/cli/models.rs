//! `stislo models`: the model files of this machine.

use std::fmt::Write as _;

use clap::Subcommand;

use super::open::is_runnable;
use super::progress::Bars;
use crate::config::Settings;
use crate::error::Error;
use crate::hub::{Catalogue, ChooseRequest, Hub, HubError, Manifest};

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
        Action::List => super::input::print(&list(&hub, &catalogue)),
        Action::Pull { name } => {
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
            let freed = hub.remove(catalogue.get(&name)?)?;
            super::input::print(&format!("{name}: {} freed\n", indicatif::DecimalBytes(freed)))
        }
        Action::Path { name } => {
            let request = ChooseRequest { wanted: name.as_deref(), runnable: &is_runnable };
            let manifest = hub.choose(&catalogue, request).await?.manifest;
            let missing = || HubError::Offline { model: manifest.name.clone(), file: manifest.file.clone().into() };
            let path = hub.cached(manifest).ok_or_else(missing)?;
            super::input::print(&format!("{}\n", path.display()))
        }
    }
}

fn verify(hub: &Hub, catalogue: &Catalogue, name: Option<&str>) -> Result<(), Error> {
    let wanted: Vec<&Manifest> = match name {
        Some(name) => vec![catalogue.get(name)?],
        None => catalogue.iter().filter(|manifest| hub.cached(manifest).is_some()).collect(),
    };
    if wanted.is_empty() {
        return super::input::print("no model has been downloaded yet\n");
    }
    for manifest in wanted {
        let verified = hub.verify(manifest)?;
        super::input::print(&format!("{}: good, SHA-256 {}\n", manifest.name, verified.sha256))?;
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
