//! `stislo summarize`: the main job on files.

use std::path::PathBuf;

use clap::ValueEnum;

use super::open::Found;
use super::progress::Bars;
use super::{compare, render};
use crate::answer::Answer;
use crate::cache::AnswerCache;
use crate::config::Settings;
use crate::error::Error;
use crate::intake::{self, Article, Source};
use crate::language::Language;
use crate::plan::{FACTS, Length, Strategy, SummaryOptions};
use crate::service::{Service, SummaryRequest};

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
    #[arg(long, value_enum, default_value_t = Length::Medium)]
    length: Length,
    /// Write each language from the article, or by way of English; by the model's skill when not given
    #[arg(long, value_enum)]
    strategy: Option<Strategy>,
    /// Leave out facts that their sentences bear out only weakly, too; those that are wrong always are
    #[arg(long)]
    strict: bool,
    /// How to print it; several files in json give one line each
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
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
    let options = SummaryOptions {
        languages: args.to,
        facts: args.facts,
        length: args.length,
        strategy: args.strategy,
        seed: settings.seed,
        strictness: args.strict.into(),
    };
    match work {
        Work::Summarize => options.check()?,
        Work::Compare => options.check_comparison()?,
    }
    // A text that cannot be summarised is refused before a gigabyte is downloaded for it.
    let mut texts = Vec::new();
    for file in &args.files {
        let source = super::input::read(file, args.from)?;
        texts.push((intake::read(source.clone())?, source));
    }
    let several = texts.len() > 1;
    let bars = Bars::new(settings);
    let model = super::open::find_with_checks(settings, &bars, &options.languages).await?;
    let cache = settings.cache.clone().map(AnswerCache::new);
    let mut writer = Writer { settings, bars: &bars, cache, model, loaded: None };
    for (article, source) in texts {
        let answer = writer.answer(&article, source, &options).await?;
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
    if let Some(cache) = writer.cache {
        cache.settle().await;
    }
    Ok(())
}

/// Gives answers: those that were kept, and others by a model, which is loaded only for them.
struct Writer<'a> {
    settings: &'a Settings,
    bars: &'a Bars,
    cache: Option<AnswerCache>,
    model: Found,
    loaded: Option<Service>,
}

impl Writer<'_> {
    async fn answer(&mut self, article: &Article, source: Source, options: &SummaryOptions) -> Result<Answer, Error> {
        let key = self.model.recipe.key(article, options);
        if let Some(cache) = &self.cache
            && let Some(answer) = cache.find(&key).await
        {
            return Ok(self.model.recipe.renew(answer, article));
        }
        let service = self.service(&options.languages).await?;
        let request = SummaryRequest { source, options: options.clone() };
        let bars = self.bars;
        let answer = service.summarize(request, |event| bars.watch(event)).await;
        bars.done();
        let answer = answer?;
        if let Some(cache) = &self.cache {
            cache.keep(key, None, &answer);
        }
        Ok(answer)
    }

    async fn service(&mut self, languages: &[Language]) -> Result<Service, Error> {
        if let Some(service) = &self.loaded {
            return Ok(service.clone());
        }
        let service = self.model.load_with_checks(self.settings, self.bars).await?;
        self.model.tell_missing(service.resources(), languages, self.settings)?;
        Ok(self.loaded.insert(service).clone())
    }
}
