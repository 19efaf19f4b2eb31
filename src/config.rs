//! Settings: what the user wrote, and what it comes to. The only reader of the environment.
//!
//! [`RawSettings`] is the flags and variables as they were given; [`Settings::resolve`] checks them and splits them by
//! room. `serve` has those of the gateway, `file` those that stand in a file. Nothing else in the crate looks at the
//! environment, so a test can set everything.

mod engine;
mod file;
mod serve;

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;
use serde::Deserialize;

pub use self::engine::{EngineEntry, EngineFlags};
pub use self::serve::{Serve, ServeSettings};
use crate::cache::CacheSettings;
use crate::engine::remote::RemoteSettings;
use crate::engine::{EngineSettings, KernelLevel};
use crate::error::Error;
use crate::hub::{DEFAULT_ENDPOINT, HubSettings, Token};

/// Flags that every command takes, and the variables that stand in for them. Those that say nothing of one run alone may
/// also stand in a file.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawSettings {
    /// Model to use: a name of `stislo models list`, or the path of a GGUF file
    #[arg(long, global = true, value_name = "NAME|PATH.gguf", env = "STISLO_MODEL")]
    pub model: Option<String>,
    /// Use files on disk alone; ask no network
    #[arg(long, global = true)]
    pub offline: bool,
    /// Threads for the arithmetic [default: the cores that this process may use]
    #[arg(long, global = true, value_name = "N", env = "STISLO_THREADS")]
    pub threads: Option<usize>,
    /// Tokens that an article and its answer may have together [default: 8192]
    #[arg(long, global = true, value_name = "TOKENS", env = "STISLO_CONTEXT")]
    pub context: Option<usize>,
    /// Instructions to multiply with: avx512, avx2 or plain [default: the fastest that this processor has]
    #[arg(long, global = true, value_name = "LEVEL", env = "STISLO_KERNELS")]
    pub kernels: Option<KernelLevel>,
    /// Keep no answers and use none that were kept
    #[arg(long, global = true, env = "STISLO_NO_STORE", value_parser = FalseyValueParser::new())]
    pub no_store: bool,
    /// Sample instead of taking the best word each time; the same seed gives the same answer
    #[arg(long, global = true, value_name = "N")]
    #[serde(skip)]
    pub seed: Option<u64>,
    /// Write the log as JSON, a line an event
    #[arg(long, global = true, env = "STISLO_LOG_JSON", value_parser = FalseyValueParser::new())]
    pub log_json: bool,
    /// File with terms and names whose translation is fixed
    #[arg(long, global = true, value_name = "FILE.toml", env = "STISLO_GLOSSARY")]
    pub glossary: Option<PathBuf>,
    /// Folder with dictionaries of Hunspell (uk_UA.aff, uk_UA.dic, ..) to know words by, or none to check no spelling [default:
    /// the system's, else those that were downloaded]
    #[arg(long, global = true, value_name = "DIR|none", env = "STISLO_DICTIONARIES")]
    pub dictionaries: Option<PathBuf>,
    /// Translation model to ask first: a name of `stislo models list`, or `engine` for the model that writes [default: the
    /// best by stated quality]
    #[arg(long, global = true, value_name = "NAME", env = "STISLO_TRANSLATOR")]
    pub translator: Option<String>,
    /// Encoder that tells what an article does not say: a name of `stislo models list`, the path of a file, or `none`
    /// [default: the one that was downloaded, with a model or by `stislo models pull`]
    #[arg(long, global = true, value_name = "NAME|PATH", env = "STISLO_ENCODER")]
    pub encoder: Option<String>,
    /// Say more on stderr; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    #[serde(skip)]
    pub verbose: u8,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true)]
    #[serde(skip)]
    pub quiet: bool,
    /// Inference servers.
    #[command(flatten)]
    #[serde(skip)]
    pub engine: EngineFlags,
    /// Inference servers in the file.
    #[arg(skip)]
    pub engines: Vec<EngineEntry>,
    /// The variables that the Python tools of the hub know.
    #[command(flatten)]
    #[serde(skip)]
    pub variables: HubVariables,
    /// The gateway's own, which only its command takes.
    #[arg(skip)]
    pub serve: ServeSettings,
}

/// Variables of the hub's own tools. They have no flags here.
#[derive(Debug, Clone, Default, Args)]
pub struct HubVariables {
    #[arg(long, hide = true, global = true, env = "HF_ENDPOINT")]
    endpoint: Option<String>,
    #[arg(long, hide = true, global = true, env = "HF_TOKEN", hide_env_values = true)]
    token: Option<String>,
    #[arg(long, hide = true, global = true, env = "HF_HOME")]
    hub_home: Option<PathBuf>,
    #[arg(long, hide = true, global = true, env = "HF_HUB_CACHE")]
    hub_cache: Option<PathBuf>,
    #[arg(long, hide = true, global = true, env = "HF_HUB_OFFLINE")]
    hub_offline: Option<String>,
    #[arg(long, hide = true, global = true, env = "STISLO_PIP")]
    pip: Option<String>,
    #[arg(long, hide = true, global = true, env = "STISLO_NPM")]
    npm: Option<String>,
    #[arg(long, hide = true, global = true, env = "NO_COLOR")]
    no_color: Option<String>,
    #[arg(long, hide = true, global = true, env = "HOME")]
    home: Option<PathBuf>,
    #[arg(long, hide = true, global = true, env = "XDG_CACHE_HOME")]
    xdg_cache: Option<PathBuf>,
    #[arg(long, hide = true, global = true, env = "XDG_DATA_DIRS")]
    xdg_data: Option<PathBuf>,
}

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors.
    Quiet,
    /// Progress and warnings.
    Normal,
    /// What the program does.
    Verbose,
    /// What its parts do.
    Debug,
}

/// Settings that have been checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The model that was asked for.
    pub model: Option<String>,
    /// Threads for the arithmetic.
    pub threads: usize,
    /// A seed turns sampling on.
    pub seed: Option<u64>,
    /// Terms whose translation is fixed.
    pub glossary: Option<PathBuf>,
    /// Where the dictionaries of the languages are; where the system has them when nobody says.
    pub dictionaries: Option<PathBuf>,
    /// Where the system keeps data of programs, the first choice first (`XDG_DATA_DIRS`).
    pub data_dirs: Vec<PathBuf>,
    /// The translator that is asked first.
    pub translator: Option<String>,
    /// The encoder that checks take.
    pub encoder: Option<String>,
    /// How much is said.
    pub verbosity: Verbosity,
    /// The log is JSON.
    pub log_json: bool,
    /// Colours and bold type may be used on a terminal.
    pub color: bool,
    /// For the hub room.
    pub hub: HubSettings,
    /// For the engine.
    pub engine: EngineSettings,
    /// Inference servers that write, in the place of a model on this machine.
    pub engines: Vec<RemoteSettings>,
    /// Where answers are kept; nowhere when that is not wanted.
    pub cache: Option<CacheSettings>,
}

impl Settings {
    /// Checks what the user wrote.
    pub fn resolve(raw: RawSettings) -> Result<Self, Error> {
        let context = raw.context.unwrap_or(EngineSettings::default().context);
        let wrong = |name, reason: &str| Error::Setting { name, reason: reason.to_owned() };
        if raw.threads == Some(0) {
            return Err(wrong("--threads", "at least one thread is needed"));
        }
        if !(256..=1 << 20).contains(&context) {
            return Err(wrong("--context", "give 256 to 1048576 tokens"));
        }
        let available = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            model: raw.model,
            threads: raw.threads.unwrap_or(available).min(1024),
            seed: raw.seed,
            glossary: raw.glossary,
            dictionaries: raw.dictionaries,
            data_dirs: raw.variables.data_dirs(),
            translator: raw.translator,
            encoder: raw.encoder,
            verbosity: match (raw.quiet, raw.verbose) {
                (true, _) => Verbosity::Quiet,
                (_, 0) => Verbosity::Normal,
                (_, 1) => Verbosity::Verbose,
                _ => Verbosity::Debug,
            },
            log_json: raw.log_json,
            color: raw.variables.no_color.as_deref().unwrap_or_default().is_empty(),
            engines: raw.engine.resolve(raw.engines)?,
            engine: EngineSettings { context, kernels: raw.kernels, ..EngineSettings::default() },
            cache: (!raw.no_store).then(|| raw.variables.cache()),
            hub: raw.variables.hub(raw.offline)?,
        })
    }
}

/// Bytes of answers that are kept in memory and on disk when nobody says.
const KEPT_IN_MEMORY: usize = 64 << 20;
const KEPT_ON_DISK: u64 = 256 << 20;

/// Where systems keep data of programs when nobody says.
const DATA_DIRS: [&str; 2] = ["/usr/share", "/usr/local/share"];

impl HubVariables {
    fn user_cache(&self) -> Option<PathBuf> {
        self.xdg_cache.clone().or_else(|| Some(self.home.as_ref()?.join(".cache")))
    }

    /// As its standard has it: an empty list is none, and paths that are not absolute are left aside.
    fn data_dirs(&self) -> Vec<PathBuf> {
        let named = self.xdg_data.iter().flat_map(std::env::split_paths).filter(|path| path.is_absolute());
        let named: Vec<PathBuf> = named.collect();
        if named.is_empty() { DATA_DIRS.map(PathBuf::from).to_vec() } else { named }
    }

    /// Answers are kept in the user's cache folder, or in memory alone where none is known.
    fn cache(&self) -> CacheSettings {
        let file = self.user_cache().map(|folder| folder.join("stislo/answers.redb"));
        CacheSettings { memory_bytes: KEPT_IN_MEMORY, file, file_bytes: KEPT_ON_DISK }
    }

    fn hub(self, offline: bool) -> Result<HubSettings, Error> {
        // The order of huggingface_hub: HF_HUB_CACHE, HF_HOME/hub, XDG_CACHE_HOME/huggingface/hub, ~/.cache/huggingface/hub.
        let huggingface = || self.user_cache().map(|cache| cache.join("huggingface"));
        let hub_home = self.hub_home.clone().or_else(huggingface);
        let Some(cache) = self.hub_cache.clone().or_else(|| hub_home.clone().map(|home| home.join("hub"))) else {
            let reason = "no folder for models is known; set HF_HOME or HOME".to_owned();
            return Err(Error::Setting { name: "HF_HOME", reason });
        };
        let stored = || hub_home.and_then(|home| std::fs::read_to_string(home.join("token")).ok());
        let mut settings = HubSettings::new(cache);
        settings.endpoint = self.endpoint.unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        settings.token = self.token.or_else(stored).and_then(|token| Token::new(&token));
        // The values that huggingface_hub takes for true.
        let is_true = |value: String| ["1", "on", "yes", "true"].contains(&value.to_lowercase().as_str());
        settings.offline = offline || self.hub_offline.is_some_and(is_true);
        let words = |command: String| command.split_whitespace().map(str::to_owned).collect();
        settings.pip = self.pip.map_or(settings.pip, words);
        settings.npm = self.npm.map_or(settings.npm, words);
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: HubVariables) -> Settings {
        Settings::resolve(RawSettings { variables, ..RawSettings::default() }).unwrap()
    }

    #[test]
    fn the_cache_is_where_the_python_tools_look() {
        let home = || Some(PathBuf::from("/home/u"));
        let settings = with(HubVariables { home: home(), ..Default::default() });
        assert_eq!(settings.hub.cache_dir, PathBuf::from("/home/u/.cache/huggingface/hub"));
        let settings = with(HubVariables { home: home(), hub_home: Some("/models".into()), ..Default::default() });
        assert_eq!(settings.hub.cache_dir, PathBuf::from("/models/hub"));
        let settings = with(HubVariables { home: home(), hub_cache: Some("/c".into()), ..Default::default() });
        assert_eq!(settings.hub.cache_dir, PathBuf::from("/c"));
    }

    #[test]
    fn answers_are_kept_in_the_users_cache_or_nowhere() {
        let home = || Some(PathBuf::from("/home/u"));
        let file = |variables| with(variables).cache.unwrap().file;
        let at_home = HubVariables { home: home(), ..Default::default() };
        assert_eq!(file(at_home.clone()), Some("/home/u/.cache/stislo/answers.redb".into()));
        let xdg = HubVariables { home: home(), xdg_cache: Some("/x".into()), ..Default::default() };
        assert_eq!(file(xdg), Some("/x/stislo/answers.redb".into()));
        assert_eq!(file(HubVariables { hub_home: Some("/models".into()), ..Default::default() }), None);
        let raw = RawSettings { no_store: true, variables: at_home, ..RawSettings::default() };
        assert_eq!(Settings::resolve(raw).unwrap().cache, None);
    }

    #[test]
    fn the_systems_data_is_where_its_variable_says() {
        let dirs = |xdg_data: Option<&str>| {
            let xdg_data = xdg_data.map(PathBuf::from);
            with(HubVariables { home: Some("/h".into()), xdg_data, ..Default::default() }).data_dirs
        };
        for unset in [None, Some(""), Some("share")] {
            assert_eq!(dirs(unset), DATA_DIRS.map(PathBuf::from), "{unset:?}");
        }
        let given = std::env::join_paths(["/store/share", "here"]).unwrap();
        assert_eq!(dirs(given.to_str()), [PathBuf::from("/store/share")]);
    }

    #[test]
    fn offline_comes_from_flag_or_variable() {
        for (value, offline) in [(None, false), (Some("0"), false), (Some("1"), true), (Some("TRUE"), true)] {
            let hub_offline = value.map(str::to_owned);
            let settings = with(HubVariables { home: Some("/h".into()), hub_offline, ..Default::default() });
            assert_eq!(settings.hub.offline, offline, "{value:?}");
        }
    }

    #[test]
    fn a_setting_that_cannot_work_is_named() {
        let raw = RawSettings { threads: Some(0), ..RawSettings::default() };
        assert!(Settings::resolve(raw).unwrap_err().to_string().contains("--threads"));
        let raw = RawSettings { context: Some(1), ..RawSettings::default() };
        assert!(Settings::resolve(raw).unwrap_err().to_string().contains("--context"));
    }
}
