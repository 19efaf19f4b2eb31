//! `stislo translate`: a text in another language.

use std::path::{Path, PathBuf};

use super::input::Format;
use super::progress::Bars;
use crate::config::Settings;
use crate::error::Error;
use crate::intake::IntakeError;
use crate::language::{Language, language_of};
use crate::service::{Direction, Document, Step, TextFormat};

/// What to translate, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File to read, or - for standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Language to write
    #[arg(long, value_name = "en|uk|ru")]
    to: Language,
    /// The text's language; auto looks at each sentence
    #[arg(long, value_name = "LANG|auto", default_value = "auto", value_parser = from)]
    from: From,
    /// How the text is written; by the name of the file when not given
    #[arg(long, value_enum)]
    input: Option<TextFormat>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy)]
struct From(Option<Language>);

fn from(given: &str) -> Result<From, crate::language::UnknownLanguage> {
    if given == "auto" { Ok(From(None)) } else { given.parse().map(|language| From(Some(language))) }
}

pub(super) async fn execute(args: Args, settings: &Settings) -> Result<(), Error> {
    let source = super::input::read(&args.file, args.from.0)?;
    let text = String::from_utf8(source.bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Error::Intake(IntakeError::NotText { name: source.name.clone(), offset })
    })?;
    let format = args.input.unwrap_or_else(|| by_name(&args.file));
    let bars = Bars::new(settings);
    // A wrong guess here costs a model that is not needed; the desk looks again, at the text without its tags.
    let guess = args.from.0.or_else(|| language_of(&text)?.language).unwrap_or(Language::En);
    let desk = super::open::translator(settings, Direction { from: guess, to: args.to }, &bars).await?;
    let document = Document { text, from: args.from.0, to: args.to, format };
    let translation = desk.translate(document, &mut |step| show(&bars, step)).await;
    bars.done();
    let translation = translation?;
    for sentence in translation.sentences.iter().filter(|sentence| !sentence.faults.is_empty()) {
        let faults: Vec<String> = sentence.faults.iter().map(ToString::to_string).collect();
        bars.say(&format!("look at {:?}: {}", sentence.text, faults.join(", ")));
    }
    args.format.print(|| translation.text.clone(), || serde_json::json!(translation))
}

fn show(bars: &Bars, step: Step<'_>) {
    match step {
        Step::Begun { total } => bars.translating(0, total),
        Step::Ready { index, total, .. } => bars.translating(index + 1, total),
    }
}

fn by_name(path: &Path) -> TextFormat {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    extension.to_lowercase().parse().unwrap_or_default()
}
