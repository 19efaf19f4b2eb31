//! The file of settings: TOML, where a key that is not known is an error.
//!
//! ```toml
//! model = "qwen3-1.7b"
//! translator = "opus-mt-tc-big-en-zle"
//! glossary = "/etc/stislo/glossary.toml"
//! no_store = true
//!
//! [serve]
//! listen = "127.0.0.1:8080"
//! queue = 16
//! ```

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{RawSettings, ServeSettings};
use crate::engine::KernelLevel;
use crate::error::Error;

/// What a file of settings can say.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsFile {
    model: Option<String>,
    translator: Option<String>,
    glossary: Option<PathBuf>,
    offline: bool,
    threads: Option<usize>,
    context: Option<usize>,
    kernels: Option<KernelLevel>,
    no_store: bool,
    log_json: bool,
    serve: ServeSettings,
}

impl SettingsFile {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io {
            doing: "read",
            path: path.to_owned(),
            source,
        })?;
        let wrong = |error: toml::de::Error| Error::Setting {
            name: "--config",
            reason: format!("{}: {}", path.display(), error.to_string().trim_end()),
        };
        toml::from_str(&text).map_err(wrong)
    }

    /// Fills in what flags and variables leave open.
    pub fn under(self, raw: &mut RawSettings, serve: &mut ServeSettings) {
        raw.model = raw.model.take().or(self.model);
        raw.translator = raw.translator.take().or(self.translator);
        raw.glossary = raw.glossary.take().or(self.glossary);
        raw.offline |= self.offline;
        raw.threads = raw.threads.or(self.threads);
        raw.context = raw.context.or(self.context);
        raw.kernels = raw.kernels.or(self.kernels);
        raw.no_store |= self.no_store;
        raw.log_json |= self.log_json;
        *serve = std::mem::take(serve).or(self.serve);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stislo.toml");
        let text =
            "model = \"m\"\ncontext = 4096\nglossary = \"g.toml\"\n[serve]\nlisten = \"127.0.0.1:9\"\nqueue = 7\n";
        std::fs::write(&path, text).unwrap();
        let mut raw = RawSettings { model: Some("flag".into()), ..RawSettings::default() };
        let mut serve = ServeSettings::default();
        SettingsFile::read(&path).unwrap().under(&mut raw, &mut serve);
        assert_eq!((raw.model.as_deref(), raw.context), (Some("flag"), Some(4096)));
        assert_eq!(raw.glossary.as_deref(), Some(Path::new("g.toml")));
        let serve = serve.resolve().unwrap();
        assert_eq!((serve.listen.port(), serve.options.limits.queue), (9, 7));
        assert_eq!(serve.options.limits.concurrency, crate::http::Limits::default().concurrency);
    }

    #[test]
    fn what_is_not_known_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stislo.toml");
        for (text, hint) in [
            ("modle = \"m\"", "modle"),
            ("[serve]\nqueu = 7", "queu"),
            ("[serve]\nqueue = \"many\"", "line 2"),
            ("[serve", "line 1"),
        ] {
            std::fs::write(&path, text).unwrap();
            let message = SettingsFile::read(&path).unwrap_err().to_string();
            assert!(message.contains(hint) && message.contains("stislo.toml"), "{message}");
        }
        assert!(SettingsFile::read(&folder.path().join("none")).unwrap_err().to_string().contains("none"));
    }
}
