//! Reads what a command is given, a file or standard input for `-`, and writes what it answers.

use std::io::Read;
use std::path::Path;

use serde::Serialize;

use crate::error::Error;
use crate::intake::{MAX_FILE_BYTES, Source};
use crate::language::Language;

/// Reads one text. A little more than the limit is read and no more, so that an endless stream ends in an error.
pub(super) fn read(path: &Path, language: Option<Language>) -> Result<Source, Error> {
    let stdin = path == Path::new("-");
    let name = if stdin { "standard input".to_owned() } else { path.display().to_string() };
    let failed = |source| Error::Io { doing: "read", path: name.clone().into(), source };
    let mut bytes = Vec::new();
    let limit = MAX_FILE_BYTES as u64 + 1;
    if stdin {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    }
    Ok(Source { bytes, name, title: None, language })
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

impl Format {
    /// Writes an answer to standard output in this form.
    pub(super) fn print<T: Serialize>(
        self,
        text: impl FnOnce() -> String,
        answer: impl FnOnce() -> T,
    ) -> Result<(), Error> {
        match self {
            Self::Text => print(&text()),
            Self::Json => {
                let json = serde_json::to_string_pretty(&answer()).expect("an answer is plain data");
                print(&format!("{json}\n"))
            }
        }
    }
}

/// Writes text to standard output.
pub(super) fn print(text: &str) -> Result<(), Error> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::io("write", "standard output"))
}
