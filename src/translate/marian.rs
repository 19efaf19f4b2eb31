//! Marian models as translators: slower than the students and better, and some go between Ukrainian and Russian directly.
//!
//! One network may write several languages; a mark before the sentence says which. All directions of a model share one
//! thread and one copy of the weights. A sentence that is too long for what such models were trained on is cut and
//! joined. Not here: the network and the search (`engine::marian`).

use std::collections::BTreeMap;

use super::network::{Network, NetworkTranslator, broken};
use super::split::Parts;
use super::{Batch, Output, TranslateError};
use crate::engine::EngineError;
use crate::engine::marian::{Marian, MarianFiles, Wanted};
use crate::hub::{TranslatorFiles, TranslatorManifest};

/// Tokens of a sentence that is translated in one go; they were trained on sentences, and few are longer.
const WINDOW: usize = 200;
/// Parts that go through the network together.
const TOGETHER: usize = 8;
/// A translation may have so many tokens for each of its source, and [`SPARE`] more: past that it is a loop.
const GROWTH: usize = 3;
const SPARE: usize = 16;

/// The model on its thread.
struct Loaded {
    name: String,
    marian: Marian,
    /// What stands before a sentence, by the code of the language that is written.
    marks: BTreeMap<String, String>,
}

impl NetworkTranslator {
    /// The Marian model of a manifest. The files are read when it is first asked.
    ///
    /// # Errors
    /// When the manifest names a language that is not one of ours, or no thread can be started.
    pub fn marian(manifest: &TranslatorManifest, files: TranslatorFiles) -> Result<Self, TranslateError> {
        let marked = manifest.ways.iter().filter_map(|way| Some((way.to.clone(), way.mark.clone()?)));
        let (marks, name): (BTreeMap<_, _>, _) = (marked.collect(), manifest.name.clone());
        Self::start(manifest, move || load(name.clone(), &files, marks.clone()))
    }
}

fn load(name: String, files: &TranslatorFiles, marks: BTreeMap<String, String>) -> Result<Loaded, TranslateError> {
    let paths: Vec<_> = files.paths().map(std::path::Path::to_owned).collect();
    let [config, weights, source, vocabulary] = &paths[..] else {
        return Err(broken(&name, "it must have four files"));
    };
    let files = MarianFiles {
        config: config.clone(),
        weights: weights.clone(),
        source: source.clone(),
        vocabulary: vocabulary.clone(),
    };
    let marian = Marian::load(&files).map_err(|error| broken(&name, error))?;
    match marks.values().find(|mark| !marian.has_mark(mark)) {
        Some(mark) => Err(broken(&name, format!("its vocabulary has no {mark}"))),
        None => Ok(Loaded { name, marian, marks }),
    }
}

impl Network for Loaded {
    fn translate(&self, batch: &Batch, is_wanted: &dyn Fn() -> bool) -> Result<Vec<Output>, TranslateError> {
        let window = WINDOW.min(self.marian.positions());
        let fits = |part: &str| self.marian.length(part) <= window;
        let parts = Parts::new(&batch.sentences, &fits);
        let mark = self.marks.get(batch.direction.to.code()).map(String::as_str);
        let mut outputs = Vec::new();
        for together in parts.all().chunks(TOGETHER) {
            let longest = together.iter().map(|part| self.marian.length(part)).max().unwrap_or(0);
            let wanted = Wanted { mark, longest: GROWTH * longest + SPARE, is_wanted };
            let found = self.marian.translate(together, wanted).map_err(|error| broken(&self.name, error))?;
            outputs.extend(found.ok_or(EngineError::Cancelled)?);
        }
        Ok(parts.join(outputs))
    }
}
