//! `stislo extract`: the cleaned article, without any model.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;

use crate::error::Error;
use crate::intake::{self, Article, Language};

/// What to extract.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File to read, or - for standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also list what was removed, and why
    #[arg(long)]
    explain: bool,
    /// The text's language, when the guess is wrong
    #[arg(long, value_name = "LANG")]
    from: Option<Language>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn execute(args: Args) -> Result<(), Error> {
    let article = intake::read(super::input::read(&args.file, args.from)?)?;
    let text = match args.format {
        Format::Text => text(&article, args.explain),
        Format::Json => format!("{:#}\n", json(&article)),
    };
    super::input::print(&text)
}

fn text(article: &Article, explain: bool) -> String {
    let mut out = String::new();
    if let Some(title) = article.title() {
        let _ = writeln!(out, "{title}\n");
    }
    let _ = writeln!(out, "{}", article.text());
    if explain {
        let _ = writeln!(out, "\nRemoved:");
        for piece in article.removed() {
            let _ = writeln!(out, "  {:<28} {}", piece.reason, piece.text.replace('\n', " "));
        }
    }
    out
}

fn json(article: &Article) -> serde_json::Value {
    let sentences = article.sentences().iter();
    let sentences: Vec<_> = sentences.map(|s| json!({"id": s.id, "start": s.start, "end": s.end})).collect();
    json!({
        "title": article.title(),
        "language": article.language(),
        "confidence": article.confidence(),
        "text": article.text(),
        "sentences": sentences,
        "removed": article.removed(),
        "sha256": article.sha256(),
    })
}
