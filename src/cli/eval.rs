//! `stislo eval`: how good a model is on a file of texts, and the verdict on a file of claims, as a table, as JSON, or drawn.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;

use super::checks::{self, Unfetched};
use super::input::Format;
use super::page;
use super::progress::Bars;
use crate::chart::each_once;
use crate::config::Settings;
use crate::error::Error;
use crate::eval::{self, Articles, Dataset, Figure, Groups, Report, System, Wanted};
use crate::language::Language;
use crate::plan::SummaryOptions;
use crate::service::Checker;

/// What to evaluate, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// One JSON object a line: articles (text; lang, title, id, summary, summary_en if you like), translations
    /// (source, translation, reference, from, to), claims whose truth is known (article, claim; truth: true, half,
    /// false or none; language: good, rough or broken; lang, kind if you like) or pairs of them (article, true_claim,
    /// false_claim; kind)
    #[arg(value_name = "DATASET.jsonl", required_unless_present = "no_run")]
    dataset: Option<PathBuf>,
    /// Articles that claims name by their ids: a file with id, title, text and lang a line, or a folder with texts
    /// ID.txt; without it, claims have the texts of their articles
    #[arg(long, value_name = "FILE.jsonl|FOLDER")]
    articles: Option<PathBuf>,
    /// Languages to write
    #[arg(long, value_delimiter = ',', value_name = "en,uk,ru", default_value = "en,uk,ru")]
    to: Vec<Language>,
    /// Take the first N rows alone
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Keep each result here as it comes, and go on from the results that are here
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    page: page::Drawing,
}

pub(super) async fn execute(args: Args, settings: &Settings) -> Result<(), Error> {
    let mut reports: Vec<Report> = args.page.earlier()?;
    let Some(path) = args.dataset.filter(|_| !args.page.no_run) else {
        return args.page.write(&eval::page(&reports));
    };
    let articles = args.articles.as_deref().map(Articles::read).transpose()?;
    let dataset = Dataset::read(&path, articles.as_ref())?;
    let options = SummaryOptions { languages: args.to, seed: settings.seed, ..SummaryOptions::default() };
    options.check()?;
    let bars = Bars::new(settings);
    let system = open(&dataset, settings, &bars).await?;
    let wanted = Wanted { options, limit: args.limit, journal: args.resume };
    let watch = |row: eval::Begun<'_>| bars.spin(&format!("row {} of {}: {}", row.done + 1, row.total, row.id));
    let report = eval::run(&system, &dataset, &wanted, watch).await;
    bars.done();
    let report = report?;
    if !dataset.has_articles() {
        let (resources, languages) = (system.checker.resources(), report.claims.claim_languages());
        checks::tell_missing(resources, &languages, settings, &Unfetched::default())?;
    }
    args.format.print(|| text(&report), || json!(report))?;
    reports.push(report);
    args.page.write(&eval::page(&reports))
}

/// Opens what the dataset needs, and no more: claims are judged by a model only where one was named.
async fn open(dataset: &Dataset, settings: &Settings, bars: &Bars) -> Result<System, Error> {
    let checks = || match dataset.has_claims() {
        true => super::open::claim_checks(settings),
        false => Ok(Vec::new()),
    };
    if dataset.has_articles() {
        let service = super::open::service(settings, bars).await?;
        let checker = Checker::new(service.resources().clone());
        let checker = if settings.model.is_some() { checker.with_judge(service.clone()) } else { checker };
        // Only now: what claims are held against may have come with the model.
        return Ok(System { service: Some(service), checker, checks: checks()? });
    }
    let checker = match dataset.has_claims() {
        true => super::open::checker_as_named(settings).await?,
        false => Checker::default(),
    };
    Ok(System { service: None, checker, checks: checks()? })
}

fn text(report: &Report) -> String {
    let mut out = String::new();
    let model = report.model.as_ref().map_or("no model", |model| model.name.as_str());
    let _ = writeln!(out, "{model}: {} rows of {}", report.rows, report.dataset);
    for (code, count) in &report.refused {
        let _ = writeln!(out, "{count} refused: {}", code.replace('_', " "));
    }
    columns(&mut out, &[("ARTICLES".to_owned(), report.pace.as_slice())]);
    let languages = report.languages.iter();
    let named = languages.map(|(language, figures)| (language.english_name().to_uppercase(), figures.as_slice()));
    columns(&mut out, &named.collect::<Vec<_>>());
    let pairs = report.translations.iter().map(|(pair, figures)| (pair.to_uppercase(), figures.as_slice()));
    columns(&mut out, &pairs.collect::<Vec<_>>());
    if !report.claims.all.is_empty() {
        let _ = writeln!(out, "\nclaims held against their articles with {}", report.checks.join(", "));
    }
    columns(&mut out, &[("CLAIMS".to_owned(), report.claims.all.as_slice())]);
    for (by, groups) in report.claims.groups() {
        rows(&mut out, by, groups);
    }
    out
}

/// Figures side by side: a line each, a column for each list. Nothing where there are no figures.
fn columns(out: &mut String, lists: &[(String, &[Figure])]) {
    let figures = lists.iter().flat_map(|(_, figures)| figures.iter());
    let names = each_once(figures.map(|figure| figure.name.as_str()), |name| name);
    if names.is_empty() {
        return;
    }
    let heads: String = lists.iter().map(|(head, _)| format!("  {head:>20}")).collect();
    let _ = writeln!(out, "\n{:<30}{heads}", "");
    for name in names {
        let cell = |(_, figures): &(String, &[Figure])| {
            let figure = figures.iter().find(|figure| figure.name == name);
            format!("  {:>20}", figure.map_or("-".to_owned(), ToString::to_string))
        };
        let cells: String = lists.iter().map(cell).collect();
        let _ = writeln!(out, "{:<30}{cells}", eval::words(name));
    }
}

/// Groups one below another: a line each, a column for each figure. Nothing where there are no groups.
fn rows(out: &mut String, by: &str, groups: &Groups) {
    let figures = groups.values().flatten();
    let names = each_once(figures.map(|figure| figure.name.as_str()), |name| name);
    if names.is_empty() {
        return;
    }
    let heads: String = names.iter().map(|name| format!("  {:>21}", eval::words(name))).collect();
    let _ = writeln!(out, "\n{:<24}{heads}", by.to_uppercase());
    for (group, figures) in groups {
        let cell = |name: &&str| {
            let figure = figures.iter().find(|figure| figure.name == *name);
            format!("  {:>21}", figure.map_or("-".to_owned(), ToString::to_string))
        };
        let cells: String = names.iter().map(cell).collect();
        let _ = writeln!(out, "{:<24}{cells}", group.replace('_', " "));
    }
}
