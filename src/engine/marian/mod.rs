//! Marian models, from sentences to sentences: the vocabulary, the network and the search in one hand.
//!
//! The files are those of the Opus-MT models for the Python package transformers, as they are published; none is converted.
//! Sentences go through together, in batches of about equal work. Not here: which model is asked, and threads
//! (`translate`).

pub mod search;
mod vocabulary;

use std::path::{Path, PathBuf};

use self::search::search;
use self::vocabulary::Vocabulary;
use super::model::ModelError;
use super::model::marian::{MarianConfig, MarianNetwork};

/// Most bytes that a configuration or a vocabulary may have: ten times the largest seen.
const MAX_BYTES: u64 = 64 << 20;

/// The files of a model.
#[derive(Debug, Clone)]
pub struct MarianFiles {
    /// `config.json`.
    pub config: PathBuf,
    /// The weights, as safetensors.
    pub weights: PathBuf,
    /// SentencePiece model of what is read.
    pub source: PathBuf,
    /// Pieces of both sides and their ids, `vocab.json`.
    pub vocabulary: PathBuf,
}

/// A model that translates.
pub struct Marian {
    network: MarianNetwork,
    vocabulary: Vocabulary,
}

impl Marian {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read, or is broken, or does not go with the others.
    pub fn load(files: &MarianFiles) -> Result<Self, ModelError> {
        let config = MarianConfig::read(&read(&files.config)?).map_err(unusable(&files.config))?;
        let (source, list) = (read(&files.source)?, read(&files.vocabulary)?);
        let vocabulary = Vocabulary::read(&source, &list, config.vocabulary).map_err(|(place, problem)| {
            let path = [&files.source, &files.vocabulary][place].clone();
            ModelError::Unusable { path, problem }
        })?;
        Ok(Self { network: MarianNetwork::load(config, &files.weights)?, vocabulary })
    }

    /// True when translations can be marked to be in a language, by a mark such as `>>ukr<<`.
    pub fn has_mark(&self, mark: &str) -> bool {
        self.vocabulary.mark(mark).is_some()
    }

    /// Tokens of the longest sentence that the network reads.
    pub fn positions(&self) -> usize {
        self.network.config().positions
    }

    /// Tokens that a sentence takes, its mark and its end included.
    pub fn length(&self, text: &str) -> usize {
        self.vocabulary.encode(text).len() + 2
    }

    /// Translates sentences. A translation has at most `longest` tokens, or as many as the model allows. `is_wanted` is
    /// asked before each step; `None` says that it was answered with no.
    ///
    /// # Errors
    /// When a sentence is longer than the network reads, or the arithmetic fails.
    pub fn translate(
        &self,
        texts: &[&str],
        Wanted { mark, longest, is_wanted }: Wanted<'_>,
    ) -> Result<Option<Vec<String>>, ModelError> {
        let mut settings = self.network.config().search.clone();
        settings.max_length = settings.max_length.min(longest.max(2));
        let mark = mark.and_then(|mark| self.vocabulary.mark(mark));
        let ids = |text: &&str| mark.into_iter().chain(self.vocabulary.encode(text)).chain([settings.end]).collect();
        let sources: Vec<Vec<u32>> = texts.iter().map(ids).collect();
        let found = search(&self.network, &settings, &sources, is_wanted)?;
        Ok(found.map(|all| all.iter().map(|ids| self.vocabulary.decode(ids)).collect()))
    }
}

/// What is wanted of a translation besides its words.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The mark of the language, for models that write several.
    pub mark: Option<&'a str>,
    /// Most tokens of one translation.
    pub longest: usize,
    /// Whether anybody still waits.
    pub is_wanted: &'a dyn Fn() -> bool,
}

fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    let io = |source| ModelError::Io { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(io)?.len();
    if size > MAX_BYTES {
        return Err(unusable(path)(format!("it has {size} bytes, and {MAX_BYTES} are the most")));
    }
    std::fs::read(path).map_err(io)
}

fn unusable(path: &Path) -> impl Fn(String) -> ModelError {
    move |problem| ModelError::Unusable { path: path.to_owned(), problem }
}
