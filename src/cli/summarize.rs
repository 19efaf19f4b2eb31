//! `stislo summarize`: the main job on files.

use std::path::PathBuf;

use clap::ValueEnum;

use super::open::Found;
use super::progress::Bars;
use super::{compare, render};
use crate::answer::{Answer, Strategy, Strictness};
use crate::cache::AnswerCache;
use crate::config::Settings;
use crate::error::Error;
use crate::intake::{self, Article, Source};
use crate::language::Language;
use crate::plan::{Length, Task};
use crate::service::{FACTS, Request, Service, Wish};

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
    /// Leave out facts that their sentences bear out only weakly, too; those that are wrong always are
    #[arg(long)]
    strict: bool,
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
    let strictness = Strictness::from(args.strict);
    let wish = Wish { task, strategy: args.strategy.map(Way::strategy), seed: settings.seed, strictness };
    // A text that cannot be summarised is refused before a gigabyte is downloaded for it.
    let mut texts = Vec::new();
    for file in &args.files {
        let source = super::input::read(file, args.from)?;
        texts.push((intake::read(source.clone())?, source));
    }
    let several = texts.len() > 1;
    let bars = Bars::new(settings);
    let mut desk = Desk::open(settings, &bars).await?;
    for (article, source) in texts {
        let answer = desk.answer(&article, source, &wish).await?;
        answer.source.warning().iter().for_each(|warning| bars.say(warning));
        let answer = if work == Work::Compare { answer.compared() } else { answer };
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
    desk.close().await;
    Ok(())
}

/// Gives answers: those that were kept, and others by a model, which is loaded only for them.
struct Desk<'a> {
    settings: &'a Settings,
    bars: &'a Bars,
    cache: Option<AnswerCache>,
    model: Found,
    loaded: Option<Service>,
}

impl<'a> Desk<'a> {
    async fn open(settings: &'a Settings, bars: &'a Bars) -> Result<Self, Error> {
        let model = super::open::find(settings, bars).await?;
        let cache = settings.cache.clone().map(AnswerCache::new);
        Ok(Self { settings, bars, cache, model, loaded: None })
    }

    async fn answer(&mut self, article: &Article, source: Source, wish: &Wish) -> Result<Answer, Error> {
        let key = self.model.recipe.key(article, wish);
        if let Some(cache) = &self.cache
            && let Some(answer) = cache.find(&key).await
        {
            return Ok(self.model.recipe.renew(answer, article));
        }
        let service = self.service().await?;
        let Wish { task, strategy, seed, strictness } = wish.clone();
        let request = Request { source, task, strategy, seed, strictness };
        let bars = self.bars;
        let answer = service.summarize(request, |stage| bars.watch(stage)).await;
        bars.done();
        let answer = answer?;
        if let Some(cache) = &self.cache {
            cache.keep(key, None, &answer);
        }
        Ok(answer)
    }

    async fn service(&mut self) -> Result<Service, Error> {
        if let Some(service) = &self.loaded {
            return Ok(service.clone());
        }
        let service = self.model.load(self.settings, self.bars, super::desk::on_disk(self.settings)?).await?;
        Ok(self.loaded.insert(service).clone())
    }

    /// What was kept is in its file.
    async fn close(self) {
        if let Some(cache) = &self.cache {
            cache.settle().await;
        }
    }
}
