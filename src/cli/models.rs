//! `stislo models`: the model files of this machine.

use std::fmt::Write as _;

use clap::Subcommand;

use super::named::{self, Named};
use super::open::is_runnable;
use super::progress::Bars;
use super::{dictionaries, encoders, translators};
use crate::config::Settings;
use crate::error::Error;
use crate::hub::{Catalogue, ChooseRequest, Hub};

/// What to do with them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List what stislo knows: models, translation models, encoders and dictionaries
    List,
    /// Download models, encoders or dictionaries, and check them
    Pull {
        /// Their names; `dictionaries` is all of those
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
    /// Compare downloaded files with their published hashes; all of them without a name
    Verify {
        /// Its name
        name: Option<String>,
    },
    /// Delete what was downloaded
    Remove {
        /// Its name; `dictionaries` is all of those
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
            let more = [translators::list(&hub)?, encoders::list(&hub)?, dictionaries::list(&hub)?];
            super::input::print(&(list(&hub, &catalogue) + &more.concat()))
        }
        Action::Pull { names } => {
            let bars = Bars::new(settings);
            // A name that is not known is told before anything is downloaded.
            let wanted: Result<Vec<_>, _> = names.iter().map(|name| named::find(&catalogue, name)).collect();
            for it in wanted?.into_iter().flatten() {
                super::input::print(&it.pull(&hub, &bars).await?)?;
            }
            Ok(())
        }
        Action::Verify { name } => verify(&hub, &catalogue, name.as_deref()),
        Action::Remove { name } => {
            let removed = named::find(&catalogue, &name)?.iter().map(|it| it.remove(&hub)).sum::<Result<u64, _>>()?;
            super::input::print(&format!("{name}: {} freed\n", indicatif::DecimalBytes(removed)))
        }
        Action::Path { name: Some(name) } => {
            named::find(&catalogue, &name)?.iter().try_for_each(|it| super::input::print(&it.paths(&hub)?))
        }
        Action::Path { name: None } => {
            let request = ChooseRequest { wanted: None, runnable: &is_runnable };
            super::input::print(&Named::Model(hub.choose(&catalogue, request).await?.manifest).paths(&hub)?)
        }
    }
}

fn verify(hub: &Hub, catalogue: &Catalogue, name: Option<&str>) -> Result<(), Error> {
    let wanted = match name {
        None => named::here(hub, catalogue)?,
        Some(name) => named::find(catalogue, name)?,
    };
    if wanted.is_empty() {
        return super::input::print("nothing has been downloaded yet\n");
    }
    wanted.iter().try_for_each(|it| super::input::print(&it.verify(hub)?))
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
