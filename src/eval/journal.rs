//! The results so far, one JSON object a line, so that a run that ends early goes on where it stopped.
//!
//! The first line says what the results belong to: another dataset, model or task is refused rather than mixed in. Each
//! result is written and flushed as soon as it is there; a last line that was cut off by a crash is dropped and measured
//! again. Two processes must not write one file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::measure::Record;
use crate::error::Error;

/// What results belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    /// The version of this format.
    pub(super) stislo_eval: u32,
    /// SHA-256 of the dataset.
    pub(super) dataset: String,
    /// Name and revision of the model.
    pub(super) model: Option<(String, Option<String>)>,
    /// The task, in words that change when it does.
    pub(super) task: String,
    /// What decides verdicts on claims; nothing where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) checks: Vec<String>,
}

/// A file of results that is open for more.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens or begins a file; gives the results that it has.
    pub(super) fn open(path: &Path, header: &Header) -> Result<(Self, Vec<Record>), Error> {
        let failed = |doing| Error::io(doing, path);
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(path).map_err(failed("open"))?;
        let mut journal = Self { path: path.to_owned(), file };
        let whole = std::fs::read_to_string(path).map_err(failed("read"))?;
        let kept = whole.rfind('\n').map_or(0, |end| end + 1);
        let lines: Vec<&str> = whole[..kept].lines().collect();
        let wrong = |line, reason| Error::Record { path: path.to_owned(), line, reason };
        let Some((first, records)) = lines.split_first() else {
            // What is no beginning of ours is somebody's file.
            if !serde_json::json!(header).to_string().starts_with(&whole) {
                return Err(wrong(1, "this is no file of results; give another file to --resume".to_owned()));
            }
            journal.file.set_len(0).map_err(failed("write"))?;
            journal.append(header)?;
            return Ok((journal, Vec::new()));
        };
        let begun: Header = serde_json::from_str(first).map_err(|error| wrong(1, error.to_string()))?;
        if begun != *header {
            let reason = "these are results of another dataset, model or task; give another file to --resume";
            return Err(wrong(1, reason.to_owned()));
        }
        let read = |(index, line): (usize, &&str)| {
            serde_json::from_str(line).map_err(|error| wrong(index + 2, error.to_string()))
        };
        let records = records.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        journal.file.set_len(kept as u64).map_err(failed("write"))?;
        Ok((journal, records))
    }

    /// Adds a line.
    pub(super) fn append(&mut self, line: &impl Serialize) -> Result<(), Error> {
        let text = format!("{}\n", serde_json::json!(line));
        self.file.write_all(text.as_bytes()).and_then(|()| self.file.flush()).map_err(Error::io("write", &self.path))
    }
}
