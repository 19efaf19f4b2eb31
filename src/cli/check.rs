//! `stislo check`: a summary that a person wrote, held against its article, without any model.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::json;

use super::render::{self, Page};
use crate::answer::{self, Checked};
use crate::config::Settings;
use crate::error::Error;
use crate::intake::{self, Article};

/// What to check.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Summary to check, in English, Ukrainian or Russian, or - for standard input
    summary: PathBuf,
    /// Article to hold it against, in any of the three, or - for standard input
    #[arg(long, value_name = "ARTICLE")]
    against: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn execute(args: Args, settings: &Settings) -> Result<(), Error> {
    let stdin = Path::new("-");
    if args.summary == stdin && args.against == stdin {
        let reason = "only one of summary and article can be standard input; name a file for the other".to_owned();
        return Err(Error::Setting { name: "--against", reason });
    }
    let article = intake::read(super::input::read(&args.against, None)?)?;
    let summary = intake::read_note(super::input::read(&args.summary, None)?, article.language())?;
    let checked = answer::against(&summary, &article);
    let text = match args.format {
        Format::Text => text(&checked, &article, &Page::of_stdout(settings)),
        Format::Json => format!("{:#}\n", json(&checked, &article)),
    };
    super::input::print(&text)
}

fn text(checked: &Checked, article: &Article, page: &Page) -> String {
    let sources: Vec<String> = checked.sentences.iter().map(|held| render::sources(&held.evidence)).collect();
    let widest = sources.iter().map(String::len).max().unwrap_or(0);
    let mut out = String::new();
    for (held, source) in checked.sentences.iter().zip(sources) {
        let _ = writeln!(out, "{}", page.wrap(&format!("{source:>widest$}  "), &held.text));
        for finding in &held.findings {
            let _ = writeln!(out, "{}", page.wrap(&format!("{:widest$}  ! ", ""), &render::sentence(finding)));
        }
    }
    let doubted = checked.sentences.iter().filter(|held| !held.findings.is_empty()).count();
    let (all, known) = (checked.sentences.len(), article.sentences().len());
    let (ours, theirs) = (checked.language, article.language());
    let _ = writeln!(
        out,
        "\n{doubted} of {all} sentences ({ours}) have findings; held against {known} sentences ({theirs})"
    );
    out
}

fn json(checked: &Checked, article: &Article) -> serde_json::Value {
    let findings: usize = checked.sentences.iter().map(|held| held.findings.len()).sum();
    json!({
        "source": {
            "title": article.title(),
            "language": article.language(),
            "sentences": article.sentences().len(),
            "sha256": article.sha256(),
        },
        "language": checked.language,
        "sentences": checked.sentences,
        "findings": findings,
    })
}
