//! Settings of inference servers: flags and variables for one, or for several of one kind; a list in the file of settings for
//! any.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::engine::remote::{RemoteSettings, ServerKind};
use crate::error::Error;
use crate::hub::Token;

/// What finds out the kind by itself.
const AUTO: &str = "auto";

/// Flags about inference servers.
#[derive(Debug, Clone, Default, Args)]
pub struct EngineFlags {
    /// Address of an inference server that writes, in the place of a model on this machine: http://127.0.0.1:8080. Several,
    /// separated by commas, are used in turn
    #[arg(long = "engine", global = true, value_name = "URL", env = "STISLO_ENGINE", value_delimiter = ',')]
    urls: Vec<String>,
    /// What kind of server it is: llama-server, vllm, sglang, openai, or auto to find out [default: auto]
    #[arg(long = "engine-kind", global = true, value_name = "KIND", env = "STISLO_ENGINE_KIND")]
    kind: Option<String>,
    /// File with the key that the server asks for
    #[arg(long = "engine-key-file", global = true, value_name = "FILE", env = "STISLO_ENGINE_KEY_FILE")]
    key_file: Option<PathBuf>,
    /// Which of the server's models to use [default: its first]
    #[arg(long = "engine-model", global = true, value_name = "NAME", env = "STISLO_ENGINE_MODEL")]
    model: Option<String>,
}

/// A server in the file of settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineEntry {
    url: String,
    kind: Option<String>,
    key_file: Option<PathBuf>,
    model: Option<String>,
}

impl EngineFlags {
    /// The servers that flags name, else those of the file.
    pub(super) fn resolve(self, file: Vec<EngineEntry>) -> Result<Vec<RemoteSettings>, Error> {
        let Self { urls, kind, key_file, model } = self;
        if urls.is_empty() {
            let given = [
                ("--engine-kind", kind.is_some()),
                ("--engine-key-file", key_file.is_some()),
                ("--engine-model", model.is_some()),
            ];
            if let Some((name, _)) = given.into_iter().find(|(_, is_given)| *is_given) {
                return Err(wrong(name, "it says something of a server; name the server with --engine"));
            }
            return file.into_iter().map(EngineEntry::resolve).collect();
        }
        let entry = |url| EngineEntry { url, kind: kind.clone(), key_file: key_file.clone(), model: model.clone() };
        urls.into_iter().map(|url| entry(url).resolve()).collect()
    }
}

impl EngineEntry {
    fn resolve(self) -> Result<RemoteSettings, Error> {
        let kind = match self.kind.as_deref() {
            None | Some(AUTO) => None,
            Some(name) => Some(kind_of(name)?),
        };
        Ok(RemoteSettings {
            url: self.url,
            kind,
            key: self.key_file.as_deref().map(key_of).transpose()?,
            model: self.model,
        })
    }
}

fn kind_of(name: &str) -> Result<ServerKind, Error> {
    let known = ServerKind::ALL.iter().copied().find(|kind| kind.name() == name);
    known.ok_or_else(|| {
        let names: Vec<&str> = std::iter::once(AUTO).chain(ServerKind::ALL.map(ServerKind::name)).collect();
        wrong("--engine-kind", &format!("{name} is none of {}", names.join(", ")))
    })
}

fn key_of(path: &Path) -> Result<Token, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| wrong("--engine-key-file", &format!("{}: {error}", path.display())))?;
    Token::new(&text).ok_or_else(|| wrong("--engine-key-file", &format!("{} is empty", path.display())))
}

fn wrong(name: &'static str, reason: &str) -> Error {
    Error::Setting { name, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(urls: &[&str]) -> EngineFlags {
        EngineFlags { urls: urls.iter().map(|url| (*url).to_owned()).collect(), ..EngineFlags::default() }
    }

    fn file() -> Vec<EngineEntry> {
        let text = "[[engines]]\nurl = \"http://a\"\nkind = \"vllm\"\n[[engines]]\nurl = \"http://b\"\nmodel = \"m\"\n";
        #[derive(Deserialize)]
        struct File {
            engines: Vec<EngineEntry>,
        }
        toml::from_str::<File>(text).unwrap().engines
    }

    #[test]
    fn flags_win_over_the_list_of_the_file() {
        let found = flags(&["http://c", "http://d"]).resolve(file()).unwrap();
        assert_eq!(found.iter().map(|it| it.url.as_str()).collect::<Vec<_>>(), ["http://c", "http://d"]);
        let found = flags(&[]).resolve(file()).unwrap();
        assert_eq!(
            (found[0].kind, found[1].kind, found[1].model.as_deref()),
            (Some(ServerKind::Vllm), None, Some("m"))
        );
        assert!(flags(&[]).resolve(Vec::new()).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let message = |flags: EngineFlags| flags.resolve(Vec::new()).unwrap_err().to_string();
        let odd = EngineFlags { kind: Some("ollama".into()), ..flags(&["http://c"]) };
        assert!(message(odd).contains("llama-server"), "it names those that are known");
        let alone = EngineFlags { model: Some("m".into()), ..EngineFlags::default() };
        assert!(message(alone).contains("--engine-model"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let keyed = || EngineFlags { key_file: Some(path.clone()), ..flags(&["http://c"]) };
        assert!(message(keyed()).contains("--engine-key-file"));
        std::fs::write(&path, " \n").unwrap();
        assert!(message(keyed()).contains("empty"));
        std::fs::write(&path, "secret\n").unwrap();
        assert!(keyed().resolve(Vec::new()).unwrap()[0].key.is_some());
    }
}
