//! Which model to use when the user has not said.
//!
//! The default, if it is here or the hub has it. Else the first ranked model that is here, else the first ranked one
//! that has a mirror, with a warning that names it and what it is weak at. Models without a rank are for tests; they
//! are taken only when nothing else is left, which is still better than no answer.
//!
//! Why a probe and no download: the caller may want to show terms or a size before the bytes come. Whether a mirror
//! works shows only when it is used, and `fetch` says so.

use super::Hub;
use super::catalogue::Catalogue;
use super::error::{HubError, Tried};
use super::manifest::Manifest;
use super::progress::Source;
use super::remote::{Fault, Wanted};

/// What the choice depends on.
pub struct ChooseRequest<'r> {
    /// The name that the user gave.
    pub wanted: Option<&'r str>,
    /// Whether the engine can run this model. Not asked about a model that the user named.
    pub runnable: &'r (dyn Fn(&Manifest) -> bool + Sync),
}

/// A model and what the user has to know about the choice.
#[derive(Debug, Clone)]
pub struct Choice<'c> {
    /// The model.
    pub manifest: &'c Manifest,
    /// Present when it is not the one that would be best.
    pub warning: Option<String>,
}

impl Hub {
    /// Picks a model. Asks the hub at most one question and downloads nothing.
    pub async fn choose<'c>(
        &self,
        catalogue: &'c Catalogue,
        request: ChooseRequest<'_>,
    ) -> Result<Choice<'c>, HubError> {
        let as_wanted = |manifest| Ok(Choice { manifest, warning: None });
        if let Some(name) = request.wanted {
            return as_wanted(catalogue.get(name)?);
        }
        let runnable: Vec<&Manifest> = catalogue.iter().filter(|manifest| (request.runnable)(manifest)).collect();
        let Some(&default) = runnable.first() else {
            let reason = "no model of the catalogue can be run".to_owned();
            return Err(HubError::Manifest { name: "models".to_owned(), reason });
        };
        if self.cached(default).is_some() {
            return as_wanted(default);
        }
        let Err(reason) = self.has(default).await else { return as_wanted(default) };
        match self.stand_in(&runnable) {
            // The same model from its mirror: the same bytes, nothing to warn of.
            Some(manifest) if manifest.name == default.name => as_wanted(manifest),
            Some(manifest) => Ok(Choice { manifest, warning: Some(warning(default, &reason, manifest)) }),
            None if self.settings.offline => Err(self.place(default.remote_file()).offline()),
            None => {
                let source = Source::Hub { endpoint: self.remote.endpoint() };
                Err(HubError::NoSource { model: default.name.clone(), tried: vec![Tried { source, reason }] })
            }
        }
    }

    /// Asks the hub for the file, once and not for long.
    async fn has(&self, manifest: &Manifest) -> Result<(), String> {
        if self.settings.offline {
            return Err("it is not in the cache and the network is switched off".to_owned());
        }
        let file = manifest.remote_file();
        let wanted = Wanted { file: &file, revision: file.wanted_revision() };
        let limit = self.settings.limits.connect;
        let reason = match tokio::time::timeout(limit, self.remote.head(wanted)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(Fault::Answer(error))) => return Err(error.to_string()),
            Ok(Err(Fault::Again { reason, .. })) => {
                return Err(format!("the hub {} fails: {reason}", self.remote.endpoint()));
            }
            Ok(Err(Fault::Connect(reason))) => reason,
            Err(_) => format!("no answer within {limit:?}"),
        };
        self.note_unreachable(&reason);
        Err(format!("the hub {} cannot be reached: {reason}", self.remote.endpoint()))
    }

    fn stand_in<'c>(&self, runnable: &[&'c Manifest]) -> Option<&'c Manifest> {
        let here = |manifest: &&&Manifest| self.cached(manifest).is_some();
        let mirrored = |manifest: &&&Manifest| manifest.mirror.is_some() && !self.settings.offline;
        let ranked = || runnable.iter().filter(|manifest| manifest.rank.is_some());
        let rest = || runnable.iter().filter(|manifest| manifest.rank.is_none());
        let best = ranked().find(here).or_else(|| ranked().find(mirrored));
        best.or_else(|| rest().find(here)).or_else(|| rest().find(mirrored)).copied()
    }
}

fn warning(default: &Manifest, reason: &str, taken: &Manifest) -> String {
    let weakness = taken.weakness.as_deref().map_or_else(String::new, |weakness| format!(" Its weakness: {weakness}."));
    format!("using {} instead of {} ({reason}).{weakness}", taken.name, default.name)
}
