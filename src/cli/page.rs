//! `--html`: the page with charts that `bench` and `eval` write, and earlier runs on it.

use std::path::PathBuf;

use serde::de::DeserializeOwned;

use crate::chart::{self, Page};
use crate::error::Error;

/// Where the page goes, and what stands on it.
#[derive(Debug, clap::Args)]
pub(super) struct Drawing {
    /// Also write a page with charts: one HTML file, complete in itself
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// JSON of an earlier run, to stand beside this one; may be given several times
    #[arg(long, value_name = "RUN.json", requires = "html")]
    beside: Vec<PathBuf>,
    /// Measure nothing: only draw the earlier runs
    #[arg(long, requires = "beside")]
    pub(super) no_run: bool,
}

impl Drawing {
    /// The earlier runs; read first, so that a wrong file is known before anything is measured.
    pub(super) fn earlier<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        let read = |path: &PathBuf| {
            let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
            let wrong = |error: serde_json::Error| {
                let reason = format!("this is not the JSON of such a run: {error}");
                Error::Record { path: path.clone(), line: error.line().max(1), reason }
            };
            serde_json::from_str(&text).map_err(wrong)
        };
        self.beside.iter().map(read).collect()
    }

    /// Writes the page, where one is wanted.
    pub(super) fn write(&self, page: &Page) -> Result<(), Error> {
        let Some(path) = &self.html else { return Ok(()) };
        std::fs::write(path, chart::html(page)).map_err(Error::io("write", path))
    }
}
