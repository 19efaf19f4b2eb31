//! The file of settings: TOML, where a key that is not known is an error.
//!
//! ```toml
//! model = "qwen3-1.7b"
//! translator = "opus-mt-tc-big-en-zle"
//! glossary = "/etc/stislo/glossary.toml"
//! dictionaries = "/usr/share/hunspell"
//! no_store = true
//!
//! [[engines]]
//! url = "http://10.0.0.5:8080"
//! kind = "llama-server"
//! key_file = "/etc/stislo/engine.key"
//!
//! [serve]
//! listen = "127.0.0.1:8080"
//! queue = 16
//! ```

use std::path::Path;

use super::RawSettings;
use crate::error::Error;

impl RawSettings {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        let wrong = |error: toml::de::Error| Error::Setting {
            name: "--config",
            reason: format!("{}: {}", path.display(), error.to_string().trim_end()),
        };
        toml::from_str(&text).map_err(wrong)
    }

    /// What flags and variables say, and what they leave open as a file says it.
    #[must_use]
    pub fn or(self, file: Self) -> Self {
        Self {
            model: self.model.or(file.model),
            translator: self.translator.or(file.translator),
            glossary: self.glossary.or(file.glossary),
            dictionaries: self.dictionaries.or(file.dictionaries),
            offline: self.offline || file.offline,
            threads: self.threads.or(file.threads),
            context: self.context.or(file.context),
            kernels: self.kernels.or(file.kernels),
            no_store: self.no_store || file.no_store,
            log_json: self.log_json || file.log_json,
            engines: file.engines,
            serve: self.serve.or(file.serve),
            ..self
        }
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
        let raw = RawSettings { model: Some("flag".into()), ..RawSettings::default() };
        let raw = raw.or(RawSettings::read(&path).unwrap());
        assert_eq!((raw.model.as_deref(), raw.context), (Some("flag"), Some(4096)));
        assert_eq!(raw.glossary.as_deref(), Some(Path::new("g.toml")));
        let serve = raw.serve.resolve().unwrap();
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
            let message = RawSettings::read(&path).unwrap_err().to_string();
            assert!(message.contains(hint) && message.contains("stislo.toml"), "{message}");
        }
        assert!(RawSettings::read(&folder.path().join("none")).unwrap_err().to_string().contains("none"));
    }
}
