//! Articles that the claims of a dataset name by their ids: a file with one JSON object a line, or a folder of texts.
//!
//! A title stands above its text, as `check` would read both from one file. Not here: articles that are to be summarised, which
//! are rows of the dataset itself.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::intake::Source;
use crate::language::Language;

/// Articles by their ids.
#[derive(Debug, Clone)]
pub struct Articles {
    /// The file or the folder.
    pub path: PathBuf,
    /// SHA-256 of what is there.
    pub sha256: String,
    by_id: HashMap<String, Arc<Source>>,
}

/// A line of a file.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    title: Option<String>,
    text: String,
    lang: Option<Language>,
}

impl Articles {
    /// Reads `FILE.jsonl` with `id`, `title`, `text` and `lang` a line, or a folder with a file `ID.txt` for each.
    ///
    /// # Errors
    /// When something cannot be read, and when an id comes twice.
    pub fn read(path: &Path) -> Result<Self, Error> {
        if path.is_dir() { Self::of_folder(path) } else { Self::of_file(path) }
    }

    /// The article with this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Source>> {
        self.by_id.get(id)
    }

    fn of_file(path: &Path) -> Result<Self, Error> {
        let whole = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        let mut by_id = HashMap::new();
        for (index, line) in whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |reason| Error::Record { path: path.to_owned(), line: index + 1, reason };
            let Line { id, title, text, lang } =
                serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
            let title = title.filter(|title| !title.trim().is_empty());
            let text = title.map_or_else(|| text.clone(), |title| format!("{title}\n\n{text}"));
            if by_id.insert(id.clone(), source(&id, text.into_bytes(), lang)).is_some() {
                return Err(wrong(format!("the id `{id}` was there before")));
            }
        }
        Ok(Self { path: path.to_owned(), sha256: hex(Sha256::new_with_prefix(whole)), by_id })
    }

    fn of_folder(path: &Path) -> Result<Self, Error> {
        let failed = || Error::io("read", path);
        let entries = std::fs::read_dir(path).map_err(failed())?;
        let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>().map_err(failed())?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
        files.sort_unstable();
        let (mut by_id, mut hash) = (HashMap::new(), Sha256::new());
        for file in files {
            let bytes = std::fs::read(&file).map_err(Error::io("read", &file))?;
            let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            // Lengths keep what stands in one file apart from what stands in the next.
            hash.update(format!("{id}\n{}\n", bytes.len()));
            hash.update(&bytes);
            by_id.insert(id.clone(), source(&id, bytes, None));
        }
        Ok(Self { path: path.to_owned(), sha256: hex(hash), by_id })
    }
}

fn source(id: &str, bytes: Vec<u8>, language: Option<Language>) -> Arc<Source> {
    Arc::new(Source { bytes, name: id.to_owned(), title: None, language })
}

/// A finished hash in hexadecimal digits.
pub(super) fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
