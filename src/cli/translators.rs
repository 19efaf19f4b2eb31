//! The translation models of `stislo models`.

use std::fmt::Write as _;

use crate::error::Error;
use crate::hub::{Hub, TranslatorManifest};

/// The translation model with this name, if there is one. Case does not matter.
pub(super) fn named(name: &str) -> Result<Option<TranslatorManifest>, Error> {
    Ok(TranslatorManifest::builtin()?.into_iter().find(|manifest| manifest.name.eq_ignore_ascii_case(name)))
}

/// The lines of the list.
pub(super) fn list(hub: &Hub) -> Result<String, Error> {
    let mut out =
        format!("\n{:<30} {:<11} {:<12} {:>5}  {}\n", "TRANSLATION MODEL", "STATE", "DIRECTION", "CHRF", "LICENCE");
    for manifest in TranslatorManifest::builtin()? {
        let state = if hub.cached_translator(&manifest).is_some() { "here" } else { "-" };
        for way in &manifest.ways {
            let direction = format!("{} to {}", way.from, way.to);
            let (name, licence) = (&manifest.name, &manifest.licence);
            let _ = writeln!(out, "{name:<30} {state:<11} {direction:<12} {:>5.1}  {licence}", way.chrf);
        }
    }
    Ok(out)
}

/// Names of those that are on disk.
pub(super) fn here(hub: &Hub) -> Result<Vec<TranslatorManifest>, Error> {
    let all = TranslatorManifest::builtin()?;
    Ok(all.into_iter().filter(|manifest| hub.cached_translator(manifest).is_some()).collect())
}

/// Those that are not on disk.
pub(super) fn missing(hub: &Hub) -> Result<Vec<TranslatorManifest>, Error> {
    let all = TranslatorManifest::builtin()?;
    Ok(all.into_iter().filter(|manifest| hub.cached_translator(manifest).is_none()).collect())
}
