//! `stislo extract`: the cleaned article, without any model.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::input::Format;
use crate::error::Error;
use crate::intake::{self, Article, Extract};
use crate::language::Language;

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
    /// Remove nothing of what the page shows
    #[arg(long)]
    keep_all: bool,
    /// The text's language, when the guess is wrong
    #[arg(long, value_name = "LANG")]
    from: Option<Language>,
}

pub(super) fn execute(args: Args) -> Result<(), Error> {
    let source = super::input::read(&args.file, args.from)?;
    let article = if args.keep_all { intake::read_whole(source)? } else { intake::read(source)? };
    args.format.print(|| text(&article, args.explain), || Extract::from(article.clone()))
}

fn text(article: &Article, explain: bool) -> String {
    let mut out = String::new();
    if let Some(title) = article.title() {
        let _ = writeln!(out, "{title}\n");
    }
    let _ = writeln!(out, "{}", article.text());
    if explain {
        out.push_str(&about(article));
        let _ = writeln!(out, "\nRemoved:");
        for piece in article.removed() {
            let _ = writeln!(out, "  {:<28} {}", piece.reason, piece.text.replace('\n', " "));
        }
        for note in article.notes() {
            let _ = writeln!(out, "Note: {note}");
        }
    }
    out
}

/// What is known of the article beside its text.
fn about(article: &Article) -> String {
    let shares = article.mixture().shares().iter();
    let shares: Vec<String> =
        shares.map(|it| format!("{} {:.0}%", it.language.map_or("other", Language::code), it.share * 100.0)).collect();
    let mixed = if article.mixture().is_mixed() { ", mixed" } else { "" };
    let mut out = format!("\nLanguage: {} (sentences: {}{mixed})\n", article.language(), shares.join(", "));
    let known = [("Author", article.byline()), ("Published", article.published()), ("Site", article.site())];
    for (name, value) in known.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        let _ = writeln!(out, "{name}: {value}");
    }
    out
}
