//! The models that stislo knows by name.
//!
//! Why built in: the list belongs to the version of the program, so a binary alone is enough to start with.
//!
//! Not here: what a manifest may say (`manifest`), which one is taken when none is asked for (`choose`).

use super::error::HubError;
use super::manifest::Manifest;

/// The manifests in `models/`, the default first, then in the order in which they are taken.
const BUILTIN: [(&str, &str); 8] = [
    ("models/qwen3-1.7b.toml", include_str!("../../models/qwen3-1.7b.toml")),
    ("models/gemma-3-4b-it.toml", include_str!("../../models/gemma-3-4b-it.toml")),
    ("models/mamaylm-gemma-3-4b.toml", include_str!("../../models/mamaylm-gemma-3-4b.toml")),
    ("models/qwen3-4b-instruct-2507.toml", include_str!("../../models/qwen3-4b-instruct-2507.toml")),
    ("models/qwen2.5-coder-1.5b-instruct.toml", include_str!("../../models/qwen2.5-coder-1.5b-instruct.toml")),
    ("models/qwen2.5-coder-0.5b-instruct.toml", include_str!("../../models/qwen2.5-coder-0.5b-instruct.toml")),
    ("models/smollm2-135m-instruct.toml", include_str!("../../models/smollm2-135m-instruct.toml")),
    ("models/gemma-3-270m.toml", include_str!("../../models/gemma-3-270m.toml")),
];

/// A list of manifests with distinct names, in the order in which they are taken.
#[derive(Debug, Clone)]
pub struct Catalogue {
    manifests: Vec<Manifest>,
}

impl Catalogue {
    /// The manifests that are built into the program.
    pub fn builtin() -> Result<Self, HubError> {
        let parsed = BUILTIN.iter().map(|(origin, text)| Manifest::parse(text, origin));
        Self::new(parsed.collect::<Result<_, _>>()?)
    }

    /// A catalogue of these manifests. Those with a rank come first; the order is kept otherwise.
    pub fn new(mut manifests: Vec<Manifest>) -> Result<Self, HubError> {
        manifests.sort_by_key(|manifest| manifest.rank.unwrap_or(u32::MAX));
        for (index, manifest) in manifests.iter().enumerate() {
            if manifests[..index].iter().any(|other| other.name == manifest.name) {
                let reason = "another manifest has the same name".to_owned();
                return Err(HubError::Manifest { name: manifest.name.clone(), reason });
            }
        }
        Ok(Self { manifests })
    }

    /// The manifest with this name. Case does not matter.
    pub fn get(&self, name: &str) -> Result<&Manifest, HubError> {
        self.iter().find(|manifest| manifest.name.eq_ignore_ascii_case(name)).ok_or_else(|| HubError::UnknownModel {
            name: name.to_owned(),
            known: self.iter().map(|manifest| manifest.name.clone()).collect(),
        })
    }

    /// All manifests, the default first.
    pub fn iter(&self) -> impl Iterator<Item = &Manifest> {
        self.manifests.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_manifests_are_sound() {
        let catalogue = Catalogue::builtin().expect("sound");
        let names: Vec<_> = catalogue.iter().map(|manifest| manifest.name.as_str()).collect();
        assert_eq!(names[0], "qwen3-1.7b");
        for ((origin, _), name) in BUILTIN.iter().zip(&names) {
            assert_eq!(*origin, format!("models/{name}.toml"));
        }
        assert!(catalogue.iter().all(|manifest| manifest.languages.contains_key("en")));
        let mirrored: Vec<_> = catalogue.iter().filter(|manifest| manifest.mirror.is_some()).collect();
        assert_eq!(mirrored[0].name, "qwen2.5-coder-1.5b-instruct");
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let catalogue = Catalogue::builtin().expect("sound");
        let error = catalogue.get("gpt-5").expect_err("unknown").to_string();
        assert!(error.contains("gpt-5") && error.contains("qwen3-1.7b"), "{error}");
        assert!(catalogue.get("Qwen3-1.7B").is_ok());
    }
}
