//! `stislo bench`: the speed of a model on this machine, as a table or as JSON.

use std::fmt::Write as _;

use clap::builder::PossibleValuesParser;
use indicatif::DecimalBytes;
use serde_json::json;

use super::input::Format;
use super::open::Weights;
use super::page;
use super::progress::Bars;
use crate::answer::Resources;
use crate::bench::{self, Earlier, Report, Subject, Wanted};
use crate::config::Settings;
use crate::error::Error;
use crate::language::Language;

/// What to measure, and how often.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Article to read
    #[arg(long, value_name = "NAME", default_value = bench::ARTICLE, value_parser = PossibleValuesParser::new(bench::articles()))]
    article: String,
    /// How many runs; the median is reported
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Tokens that each sequence writes
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096))]
    tokens: u32,
    /// Also write the three real summaries, with every rule and check
    #[arg(long)]
    summaries: bool,
    /// How to print it; json has every run
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Put the token ids of the prompts into the JSON, for another engine to read
    #[arg(long)]
    prompt_ids: bool,
    #[command(flatten)]
    page: page::Drawing,
}

pub(super) async fn execute(args: Args, settings: &Settings) -> Result<(), Error> {
    let mut runs: Vec<Earlier> = args.page.earlier()?;
    if args.page.no_run {
        return args.page.write(&bench::page(&runs));
    }
    let bars = Bars::new(settings);
    // Everything but whole summaries is the model's work alone.
    let (found, resources) = if args.summaries {
        let found = super::open::find_with_checks(settings, &bars, &Language::ALL).await?;
        let resources = super::checks::open(settings)?;
        found.tell_missing(&resources, &Language::ALL, settings)?;
        (found, resources)
    } else {
        (super::open::find(settings, &bars).await?, Resources::default())
    };
    let Weights::File { path, chat } = found.weights else {
        let reason = "the engine on this machine is measured, and no server; leave it out".to_owned();
        return Err(Error::Setting { name: "--engine", reason });
    };
    let subject =
        Subject { path, chat, info: found.recipe.model, resources, engine: settings.engine, threads: settings.threads };
    let wanted = Wanted {
        article: args.article,
        runs: args.runs as usize,
        tokens: args.tokens as usize,
        summaries: args.summaries,
    };
    let report = bench::run(subject, wanted, |step| bars.spin(step)).await;
    bars.done();
    let mut report = report?;
    if !args.prompt_ids {
        report.prompts = None;
    }
    args.format.print(|| text(&report), || json!(report))?;
    runs.push(Earlier::from(&report));
    args.page.write(&bench::page(&runs))
}

fn text(report: &Report) -> String {
    let mut out = String::new();
    let Report { model, machine, workload, .. } = report;
    let kind = model.quantization.as_deref().unwrap_or("unknown storage");
    let (size, cpu) = (DecimalBytes(report.file_bytes), machine.cpu.as_deref().unwrap_or("unknown processor"));
    let _ = writeln!(out, "{}: {} ({kind}, {size})", model.engine, model.name);
    let _ = writeln!(
        out,
        "{cpu}, {} threads, kernels: {}, offers: {}",
        machine.threads,
        machine.kernels,
        machine.features.join(" ")
    );
    let _ = writeln!(
        out,
        "{}: {} tokens of prompt, {} of them shared; {} tokens to write, 3 × {} for three languages\n",
        workload.article,
        workload.prompt_tokens,
        workload.shared_tokens,
        workload.decode_tokens,
        workload.answer_tokens
    );
    let _ = writeln!(out, "{:<26} {:>9}  {:<8}  EACH RUN", "", "MEDIAN", "");
    for figure in &report.figures {
        let runs: Vec<String> = figure.runs.iter().map(|&run| number(run)).collect();
        let (words, median) = (&figure.words, number(figure.median));
        let _ = writeln!(out, "{words:<26} {median:>9}  {:<8}  {}", figure.unit, runs.join("  "));
    }
    if let Some(peak) = report.peak_resident_bytes {
        let _ = writeln!(out, "{:<26} {:>9}  MB", "most memory held", number(peak as f64 / 1e6));
    }
    out
}

/// Three digits or so: more would be noise.
fn number(value: f64) -> String {
    let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!([0.123, 9.87, 12.34, 345.6].map(number), ["0.12", "9.87", "12.3", "346"]);
    }
}
