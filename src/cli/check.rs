//! `stislo check`: a summary that a person wrote, held against its article.
//!
//! Rules check it, and what is on this machine besides: dictionaries, an encoder, a model that judges. Nothing is downloaded
//! for it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::checks::{self, Unfetched};
use super::input::Format;
use super::render::{self, Page};
use crate::answer::{Author, CheckReport, Checked};
use crate::config::Settings;
use crate::error::Error;
use crate::intake::{Article, Source};
use crate::language::Language;
use crate::service::{CheckSeries, Checker, Original};

/// What to check.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Summary to check, in English, Ukrainian or Russian, or - for standard input
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    summary: Option<PathBuf>,
    /// Article to hold it against, in any of the three, or - for standard input
    #[arg(long, value_name = "ARTICLE", required_unless_present = "batch", conflicts_with = "batch")]
    against: Option<PathBuf>,
    /// Language of the summary: en, uk or ru; guessed by its letters when not given
    #[arg(long, visible_alias = "language", value_name = "LANG")]
    lang: Option<Language>,
    /// Language of the article: en, uk or ru; guessed when not given
    #[arg(long, value_name = "LANG")]
    from: Option<Language>,
    /// The text was written by the model that judges: what surprises it is then taken for made up
    #[arg(long)]
    by_model: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "batch")]
    format: Format,
    /// End with exit code 5 when something is found
    #[arg(long)]
    fail: bool,
    /// Check many claims: a file with {"id", "article", "claim"} a line; one line of JSON for each is printed
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
}

impl Args {
    fn author(&self) -> Author {
        if self.by_model { Author::Model } else { Author::Person }
    }
}

/// A line of a batch.
#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    article: String,
    claim: String,
}

/// What is printed for it.
#[derive(Debug, Serialize)]
struct Line {
    id: String,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Outcome {
    Report(CheckReport),
    /// The claim or its article was refused.
    Refused {
        error: String,
    },
}

pub(super) async fn execute(args: Args, settings: &Settings) -> Result<(), Error> {
    let checker = super::open::checker(settings).await?;
    let mut tally = Tally::default();
    match (&args.batch, &args.summary, &args.against) {
        (Some(path), ..) => batch(path, &args, (&checker, &mut tally)).await?,
        (None, Some(summary), Some(against)) => {
            let (checked, article) = one(&args, (summary, against), &checker).await?;
            tally.add(checked.language, checked.findings());
            let (article, page) = (article.article(), Page::of_stdout(settings));
            args.format.print(|| text(&checked, article, &page), || CheckReport::new(checked.clone(), article))?;
        }
        // clap asks for both where no batch is given.
        _ => {}
    }
    let Tally { findings: count, languages } = tally;
    let languages: Vec<Language> = languages.into_iter().collect();
    checks::tell_missing(checker.resources(), &languages, settings, &Unfetched::default())?;
    if args.fail && count > 0 { Err(Error::Findings { count }) } else { Ok(()) }
}

/// What was checked so far.
#[derive(Default)]
struct Tally {
    findings: usize,
    languages: BTreeSet<Language>,
}

impl Tally {
    fn add(&mut self, language: Language, findings: usize) {
        self.findings += findings;
        self.languages.insert(language);
    }
}

/// Checks one summary.
async fn one(args: &Args, (summary, against): (&Path, &Path), checker: &Checker) -> Result<(Checked, Original), Error> {
    if [summary, against].iter().all(|path| *path == Path::new("-")) {
        let reason = "only one of summary and article can be standard input; name a file for the other".to_owned();
        return Err(Error::Setting { name: "--against", reason });
    }
    let article = checker.read(super::input::read(against, args.from)?)?.by(args.author());
    let checked = checker.check(super::input::read(summary, args.lang)?, &article).await?;
    Ok((checked, article))
}

/// Checks each claim of a file and prints a line for it. A claim or an article that is refused has
/// an `error` in its line, and the others go on.
async fn batch(path: &Path, args: &Args, (checker, tally): (&Checker, &mut Tally)) -> Result<(), Error> {
    let failed = |source| Error::Io { doing: "read", path: path.to_owned(), source };
    let file = std::io::BufReader::new(std::fs::File::open(path).map_err(failed)?);
    let mut series = CheckSeries::new(checker);
    for (at, line) in file.lines().enumerate() {
        let line = line.map_err(failed)?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong =
            |error: serde_json::Error| Error::Record { path: path.to_owned(), line: at + 1, reason: error.to_string() };
        let Row { id, article, claim } = serde_json::from_str(&line).map_err(wrong)?;
        let source = |text: String, name: &str, language| Source {
            bytes: text.into(),
            name: name.into(),
            title: None,
            language,
        };
        let article = source(article, "article", args.from);
        let outcome = match series.check((source(claim, "claim", args.lang), args.author()), &article).await {
            Ok(report) => {
                tally.add(report.language, report.findings);
                Outcome::Report(report)
            }
            Err(Error::Intake(error)) => Outcome::Refused { error: error.to_string() },
            Err(error) => return Err(error),
        };
        let line = serde_json::to_string(&Line { id, outcome }).expect("a line is plain data");
        super::input::print(&format!("{line}\n"))?;
    }
    Ok(())
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
