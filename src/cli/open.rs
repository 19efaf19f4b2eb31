//! From settings to a loaded model: which one, where its file comes from, and what a user should know about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::checks::{self, Unfetched};
use super::progress::Bars;
use super::servers;
use crate::answer::{ModelInfo, Resources, WarningCode};
use crate::config::{Settings, Verbosity};
use crate::engine::Engine;
use crate::engine::chat::Chat;
use crate::engine::model::ARCHITECTURES;
use crate::error::Error;
use crate::hub::{
    Catalogue, ChooseRequest, Fluency, Hub, Judge, Manifest, Quality, TranslatorKind, TranslatorManifest,
};
use crate::language::Language;
use crate::service::{Calibration, Checker, Direction, Recipe, Service, Surprise, Weakness};
use crate::translate::Translators;

/// What is named where no model is wanted.
const NO_MODEL: &str = "none";
/// Most models that are named as better.
const MOST_BETTER: usize = 2;

/// True when the engine can run what the manifest describes.
pub(super) fn is_runnable(manifest: &Manifest) -> bool {
    ARCHITECTURES.contains(&manifest.architecture.as_str())
}

/// Where the weights are.
pub(super) enum Weights {
    /// In a file on this machine.
    File {
        path: PathBuf,
        /// How the manifest says the model is spoken to; by its architecture when not given.
        chat: Option<Chat>,
    },
    /// At inference servers.
    Servers(Engine),
}

/// A model, and what is known about it.
pub(super) struct Found {
    pub(super) weights: Weights,
    /// What decides its answers.
    pub(super) recipe: Recipe,
    /// It was not on this machine before.
    is_new: bool,
    /// Why what its answers are held against is not here, where it was to come with the model.
    unfetched: Unfetched,
}

impl Found {
    /// Loads the model, to write and to stand behind this desk.
    pub(super) async fn load(&self, settings: &Settings, bars: &Bars, desk: Translators) -> Result<Service, Error> {
        let engine = match &self.weights {
            Weights::Servers(engine) => engine.clone(),
            Weights::File { path, chat } => {
                bars.loading();
                let engine = Engine::load(path, *chat, settings.engine).await;
                bars.done();
                engine?
            }
        };
        Ok(Service::new(engine, self.recipe.clone()).with_translators(desk))
    }

    /// Loads it, and opens what its answers are held against besides their article. To translate, that is not needed.
    pub(super) async fn load_with_checks(&self, settings: &Settings, bars: &Bars) -> Result<Service, Error> {
        let resources = checks::open(settings)?;
        Ok(self.load(settings, bars, super::desk::on_disk(settings)?).await?.with_resources(resources))
    }

    /// Says what of answers in these languages the service does not check.
    pub(super) fn tell_missing(
        &self,
        resources: &Resources,
        languages: &[Language],
        settings: &Settings,
    ) -> Result<(), Error> {
        checks::tell_missing(resources, languages, settings, &self.unfetched)
    }
}

/// What translates in a direction: students where they are or can be had, else the model.
pub(super) async fn translator(settings: &Settings, direction: Direction, bars: &Bars) -> Result<Translators, Error> {
    let desk = super::desk::for_direction(settings, direction, bars).await?;
    // A student that fails on a sentence has nobody behind it then, but nobody waits for a gigabyte either.
    let has_other = desk.best(direction).is_some() && !super::desk::is_engine(settings);
    if has_other || direction.from == direction.to {
        return Ok(desk);
    }
    Ok(find(settings, bars).await?.load(settings, bars, desk).await?.translators().clone())
}

/// What decides verdicts on claims besides a model: dictionaries, encoder, and the rules of this program.
pub(super) fn claim_checks(settings: &Settings) -> Result<Vec<String>, Error> {
    Ok([checks::signature(settings)?, vec![format!("sources {}", env!("STISLO_SOURCES"))]].concat())
}

/// Finds, downloads and loads the model.
pub(super) async fn service(settings: &Settings, bars: &Bars) -> Result<Service, Error> {
    let found = find_with_checks(settings, bars, &Language::ALL).await?;
    let service = found.load_with_checks(settings, bars).await?;
    found.tell_missing(service.resources(), &Language::ALL, settings)?;
    Ok(service)
}

/// What checks a text: what is on this machine, and the model that was asked for, or the first on this machine that can
/// judge. Nothing is downloaded unless it was asked for by name.
pub(super) async fn checker(settings: &Settings) -> Result<Checker, Error> {
    let model = match settings.model.as_deref() {
        Some(NO_MODEL) => return without_judge(settings),
        None if settings.engines.is_empty() => judge_on_disk(&Hub::new(settings.hub.clone())?)?,
        named => named.map(str::to_owned),
    };
    checker_with(Settings { model, ..settings.clone() }).await
}

/// The same with a model only where one was asked for by name.
pub(super) async fn checker_as_named(settings: &Settings) -> Result<Checker, Error> {
    match settings.model.as_deref() {
        Some(NO_MODEL) => without_judge(settings),
        _ => checker_with(settings.clone()).await,
    }
}

fn without_judge(settings: &Settings) -> Result<Checker, Error> {
    Ok(Checker::new(checks::open(settings)?))
}

async fn checker_with(settings: Settings) -> Result<Checker, Error> {
    if settings.model.is_none() && settings.engines.is_empty() {
        return without_judge(&settings);
    }
    let bars = Bars::new(&settings);
    let judge = find(&settings, &bars).await?.load_with_checks(&settings, &bars).await?;
    Ok(Checker::new(judge.resources().clone()).with_judge(judge))
}

/// The name of the first model in the cache that can judge.
fn judge_on_disk(hub: &Hub) -> Result<Option<String>, Error> {
    let catalogue = Catalogue::builtin()?;
    let mut judges = catalogue.iter().filter(|manifest| manifest.judge.is_some() && is_runnable(manifest));
    Ok(judges.find(|manifest| hub.cached(manifest).is_some()).map(|manifest| manifest.name.clone()))
}

/// Finds the model's file as [`find`] does, to write answers in these languages. Where it is downloaded, what they are held
/// against comes with it.
pub(super) async fn find_with_checks(settings: &Settings, bars: &Bars, languages: &[Language]) -> Result<Found, Error> {
    let mut found = find(settings, bars).await?;
    if found.is_new {
        found.unfetched = checks::fetch(settings, languages, bars).await?;
    }
    found.recipe.checks = checks::signature(settings)?;
    Ok(found)
}

/// Finds the model's file, and downloads it where it is not here yet.
pub(super) async fn find(settings: &Settings, bars: &Bars) -> Result<Found, Error> {
    let translators = super::desk::signature(settings)?;
    if !settings.engines.is_empty() {
        let servers::Found { engine, recipe } = servers::find(settings, translators).await?;
        // What answers are held against is fetched where it is not here yet, as it comes with a model.
        return Ok(Found { weights: Weights::Servers(engine), recipe, is_new: true, unfetched: Unfetched::default() });
    }
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
    let is_new = hub.cached(manifest).is_none();
    if let Some(terms) = manifest.terms.as_deref().filter(|_| is_new) {
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
    let described = described(manifest, &catalogue, info, settings)?;
    let warnings = choice.warning.into_iter().collect();
    let recipe = Recipe { bytes: bytes(&path), warnings, translators, ..described };
    Ok(Found { weights: Weights::File { path, chat }, recipe, is_new, unfetched: Unfetched::default() })
}

/// What a manifest says of a model, as far as it decides answers.
pub(super) fn described(
    manifest: &Manifest,
    catalogue: &Catalogue,
    info: ModelInfo,
    settings: &Settings,
) -> Result<Recipe, Error> {
    let weak = weak(manifest, catalogue, &super::translators::missing(&Hub::new(settings.hub.clone())?)?);
    let well = |quality: fn(&Fluency) -> Quality| {
        let is_good = |it: &&Language| manifest.languages.get(it.code()).is_some_and(|it| quality(it) == Quality::Good);
        Language::ALL.iter().partition::<Vec<_>, _>(is_good)
    };
    let (fluent, _) = well(|fluency| fluency.writes);
    let (_, misread) = well(|fluency| fluency.reads);
    let judge = manifest.judge.as_ref().map(calibration);
    Ok(Recipe { fluent, weak, misread, judge, ..Recipe::new(info) })
}

/// Which weights write, told by the file's size and time, since reading it would take a second; and which sources the
/// program is made of, wherever and whenever it was built.
fn bytes(path: &Path) -> String {
    format!("{}; sources {}", identity(path), env!("STISLO_SOURCES"))
}

/// A file as it is now, told by its size and time.
pub(super) fn identity(path: &Path) -> String {
    let metadata = std::fs::metadata(path).ok();
    let size = metadata.as_ref().map_or(0, std::fs::Metadata::len);
    let modified = metadata.and_then(|metadata| metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    let modified = modified.unwrap_or_default().as_nanos();
    format!("{} {size} bytes of {modified} ns", path.display())
}

/// How the model judges, as its manifest says; languages that are none of ours are left aside.
fn calibration(judge: &Judge) -> Calibration {
    let pairs = judge
        .means
        .iter()
        .flat_map(|(article, claims)| claims.iter().map(move |(claim, mean)| (article, claim, *mean)));
    let known =
        |(article, claim, mean): (&String, &String, f32)| Some(((article.parse().ok()?, claim.parse().ok()?), mean));
    let surprise = judge.surprise.map(|it| Surprise { same: it.same, other: it.other });
    Calibration { means: pairs.filter_map(known).collect(), deviation: judge.deviation, surprise, share: judge.share }
}

/// The languages that the manifest says the model does not write well, with what does: models, the first choice first, and
/// small translation models that are `missing` here. A language that it does not list is one that it cannot write.
fn weak(manifest: &Manifest, catalogue: &Catalogue, missing: &[TranslatorManifest]) -> BTreeMap<Language, Weakness> {
    let writes = |manifest: &Manifest, language: Language| manifest.languages.get(language.code()).map(|it| it.writes);
    let weakness = |language: Language| {
        let own = writes(manifest, language);
        let code = match own {
            Some(Quality::Good) => return None,
            Some(Quality::Fair) => WarningCode::WritesWithMistakes,
            Some(Quality::Poor) | None => WarningCode::WritesPoorly,
        };
        let ranked = || catalogue.iter().filter(|other| other.rank.is_some() && is_runnable(other));
        let named = |least: Quality| {
            let good = ranked().filter(|other| writes(other, language) >= Some(least) && writes(other, language) > own);
            good.map(|other| other.name.clone()).take(MOST_BETTER).collect::<Vec<_>>()
        };
        let models = Some(named(Quality::Good)).filter(|good| !good.is_empty()).unwrap_or_else(|| named(Quality::Fair));
        let into = |it: &&TranslatorManifest| {
            it.kind == TranslatorKind::Student
                && it.ways.iter().any(|way| way.from == "en" && way.to == language.code())
        };
        let translators = missing.iter().filter(into).map(|it| it.name.clone()).collect();
        Some((language, Weakness { code, models, translators }))
    };
    Language::ALL.into_iter().filter_map(weakness).collect()
}

fn from_file(path: &Path, translators: Vec<String>) -> Found {
    let path: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let info = ModelInfo { quantization: quantization(&name), name, revision: None, engine: engine_name() };
    let recipe = Recipe { bytes: bytes(&path), translators, ..Recipe::new(info) };
    Found { weights: Weights::File { path, chat: None }, recipe, is_new: false, unfetched: Unfetched::default() }
}

fn engine_name() -> String {
    concat!("stislo ", env!("CARGO_PKG_VERSION")).to_owned()
}

/// The last part of a file's name that looks like a storage type: `Q4_K_M` of `model-q4_k_m.gguf`.
pub(super) fn quantization(file: &str) -> Option<String> {
    let stem = file.strip_suffix(".gguf")?;
    let found = stem.rsplit(['-', '.']).find(|part| {
        let bytes = part.as_bytes();
        bytes.len() > 1 && matches!(bytes[0], b'q' | b'Q' | b'f' | b'F') && bytes[1].is_ascii_digit()
    });
    found.map(str::to_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_told_by_size_and_time_and_the_program_by_its_sources() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.gguf");
        std::fs::write(&path, "12345").unwrap();
        let time = UNIX_EPOCH + std::time::Duration::new(1_700_000_000, 5);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        let sources = env!("STISLO_SOURCES");
        assert!(sources.len() == 16 && sources.bytes().all(|byte| byte.is_ascii_hexdigit()), "{sources}");
        let want = format!("{} 5 bytes of 1700000000000000005 ns; sources {sources}", path.display());
        assert_eq!(bytes(&path), want);
    }

    #[test]
    fn what_a_manifest_says_of_a_language_is_told_with_what_does_better() {
        let catalogue = Catalogue::builtin().unwrap();
        let missing = TranslatorManifest::builtin().unwrap();
        let weak = |name: &str| super::weak(catalogue.get(name).unwrap(), &catalogue, &missing);
        let small = weak("qwen2.5-coder-1.5b-instruct");
        assert_eq!(small.keys().copied().collect::<Vec<_>>(), [Language::Uk, Language::Ru]);
        let Weakness { code, models, translators } = &small[&Language::Uk];
        assert_eq!(*code, WarningCode::WritesPoorly);
        assert_eq!(models.iter().map(String::as_str).collect::<Vec<_>>(), ["gemma-3-4b-it", "mamaylm-gemma-3-4b"]);
        assert_eq!(translators.iter().map(String::as_str).collect::<Vec<_>>(), ["firefox-en-uk"]);
        assert_eq!(small[&Language::Ru].code, WarningCode::WritesWithMistakes);
        assert!(weak("gemma-3-4b-it").is_empty(), "it writes all three well");
        assert_eq!(weak("smollm2-135m-instruct").len(), 3, "a language that is not listed is not written");
    }

    #[test]
    fn the_storage_type_is_read_from_the_name() {
        assert_eq!(quantization("qwen2.5-coder-1.5b-instruct-q4_k_m.gguf").as_deref(), Some("Q4_K_M"));
        assert_eq!(quantization("SmolLM2-135M-Instruct.Q4_1.gguf").as_deref(), Some("Q4_1"));
        assert_eq!(quantization("model.gguf"), None);
    }
}
