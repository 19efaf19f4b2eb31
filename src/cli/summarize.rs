//! `stislo summarize`: the main job on files.

use std::path::PathBuf;

use clap::ValueEnum;

use super::progress::Bars;
use super::{compare, render};
use crate::answer::Strategy;
use crate::config::Settings;
use crate::error::Error;
use crate::intake::{self, Language};
use crate::plan::{Length, Task};
use crate::service::{FACTS, Request};

/// What to summarise, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files to read, or - for standard input
    #[arg(default_value = "-")]
    files: Vec<PathBuf>,
    /// Languages to write
    #[arg(long, value_delimiter = ',', value_name = "en,uk,ru", default_value = "en,uk,ru")]
    to: Vec<Language>,
    /// The text's language, when the guess is wrong
    #[arg(long, value_name = "LANG")]
    from: Option<Language>,
    /// Most key facts, 3 to 12
    #[arg(long, value_name = "N", default_value_t = FACTS)]
    facts: usize,
    /// Length of the summary
    #[arg(long, value_enum, default_value_t = Size::Medium)]
    length: Size,
    /// Write each language from the article, or by way of English; by the model's skill when not given
    #[arg(long, value_enum)]
    strategy: Option<Way>,
    /// How to print it; several files in json give one line each
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Size {
    Short,
    Medium,
    Long,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    Direct,
    Pivot,
}

impl Way {
    fn strategy(self) -> Strategy {
        match self {
            Self::Direct => Strategy::Direct,
            Self::Pivot => Strategy::Pivot,
        }
    }
}

/// What is done with the summaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// They are printed one after another.
    Summarize,
    /// They are compared, side by side.
    Compare,
}

pub(super) async fn execute(args: Args, work: Work, settings: &Settings) -> Result<(), Error> {
    // A text that cannot be summarised is refused before a gigabyte is downloaded for it.
    let mut sources = Vec::new();
    for file in &args.files {
        let source = super::input::read(file, args.from)?;
        intake::read(source.clone())?;
        sources.push(source);
    }
    let length = match args.length {
        Size::Short => Length::Short,
        Size::Medium => Length::Medium,
        Size::Long => Length::Long,
    };
    let task = Task { languages: args.to, facts: args.facts, length };
    match work {
        Work::Summarize => task.check()?,
        Work::Compare => task.check_comparison()?,
    }
    let bars = Bars::new(settings);
    let service = super::open::service(settings, &bars).await?;
    let several = sources.len() > 1;
    for source in sources {
        let request =
            Request { source, task: task.clone(), strategy: args.strategy.map(Way::strategy), seed: settings.seed };
        let answer = match work {
            Work::Summarize => service.summarize(request, |stage| bars.watch(stage)).await,
            Work::Compare => service.compare(request, |stage| bars.watch(stage)).await,
        };
        bars.done();
        let answer = answer?;
        let page = render::Page::of_stdout(settings);
        let text = match (args.format, work) {
            (Format::Json, _) if several => format!("{}\n", serde_json::json!(answer)),
            (Format::Json, _) => format!("{:#}\n", serde_json::json!(answer)),
            (Format::Markdown, Work::Summarize) => render::markdown(&answer),
            (Format::Markdown, Work::Compare) => compare::markdown(&answer),
            (Format::Text, Work::Summarize) => render::text(&answer, &page),
            (Format::Text, Work::Compare) => compare::text(&answer, &page),
        };
        super::input::print(&text)?;
    }
    Ok(())
}
