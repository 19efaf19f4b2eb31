//! The command line: one command a file, each with its arguments and an `execute`.
//!
//! stdout carries the answer alone; progress, warnings and errors go to stderr.

mod bench;
mod check;
mod checks;
mod compare;
mod desk;
mod dictionaries;
mod encoders;
mod eval;
mod extract;
mod input;
mod log;
mod manual;
mod models;
mod named;
mod open;
mod page;
mod progress;
mod reload;
mod render;
mod serve;
mod servers;
mod summarize;
mod table;
mod translate;
mod translators;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use self::summarize::Work;
use crate::config::{RawSettings, Settings};
use crate::error::{Error, Kind};

const EXAMPLES: &str = "\
Examples:
  stislo summarize article.txt --to en,uk,ru
  cat page.txt | stislo summarize - --to uk --format json
  stislo compare article.txt --to en,uk
  stislo translate letter.txt --to en
  stislo extract page.txt
  stislo check summary.txt --against article.txt
  stislo serve

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the text was refused, 4 no model,
5 findings (with check --fail), 130 interrupted.";

/// Summarise articles in English, Ukrainian and Russian, on this machine
#[derive(Debug, Parser)]
#[command(name = "stislo", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten, next_help_heading = "Common options")]
    settings: RawSettings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Summarise articles: a headline, a summary and key facts in each language
    #[command(alias = "summarise")]
    Summarize(summarize::Args),
    /// Summarise an article in several languages and show where the summaries differ
    Compare(summarize::Args),
    /// Translate a text, a page or subtitles between English, Ukrainian and Russian
    Translate(translate::Args),
    /// Show an article as it is read: title, language, sentences, and what is removed
    Extract(extract::Args),
    /// Hold a summary that a person wrote against its article, sentence by sentence
    Check(check::Args),
    /// Answer HTTP requests on this machine
    Serve(Box<serve::Args>),
    /// List, get, check and remove model files
    Models(models::Args),
    /// Measure a model's speed on this machine
    Bench(bench::Args),
    /// Count how good a model's answers, or translations, are on a file of texts
    Eval(eval::Args),
    /// Print completions for a shell
    Completions(manual::Completions),
    /// Print the manual page
    Man(manual::Man),
}

impl Cli {
    /// The help, for a user who gave no command. clap would show it by itself, but takes the variables for arguments.
    pub fn help() -> String {
        Self::command().render_help().to_string()
    }

    /// What flags and variables say, with the file of settings below them.
    pub fn settings(&mut self) -> Result<Settings, Failure> {
        let settings = self.resolve();
        settings.map_err(|error| Failure { error: error.into(), is_json: self.settings.log_json })
    }

    fn resolve(&mut self) -> Result<Settings, Error> {
        let mut raw = self.settings.clone();
        if let Command::Serve(args) = &mut self.command
            && let Some(path) = &args.config
        {
            raw.serve = args.settings.clone();
            raw = raw.or(RawSettings::read(path)?);
            args.settings = raw.serve.clone();
        }
        // How a failure is told depends on it, too.
        self.settings.log_json = raw.log_json;
        Settings::resolve(raw)
    }

    /// Starts the log.
    pub fn start_log(&self, settings: &Settings) {
        log::start(&self.command, settings);
    }

    /// Runs the command.
    pub async fn execute(self, settings: Settings) -> Result<(), Failure> {
        let is_json = settings.log_json;
        let outcome = match self.command {
            Command::Summarize(args) => interruptible(summarize::execute(args, Work::Summarize, &settings)).await,
            Command::Compare(args) => interruptible(summarize::execute(args, Work::Compare, &settings)).await,
            Command::Translate(args) => interruptible(translate::execute(args, &settings)).await,
            Command::Extract(args) => extract::execute(args),
            Command::Check(args) => check::execute(args, &settings).await,
            Command::Models(args) => interruptible(models::execute(args, &settings)).await,
            Command::Bench(args) => interruptible(bench::execute(args, &settings)).await,
            Command::Eval(args) => interruptible(eval::execute(args, &settings)).await,
            Command::Completions(args) => manual::completions(args, Self::command()),
            Command::Man(args) => manual::man(args, Self::command()),
            // The gateway takes a signal as a wish to finish what is under way.
            Command::Serve(args) => serve::execute(*args, &settings).await,
        };
        outcome.map_err(|error| Failure { error: error.into(), is_json })
    }
}

/// Ctrl-C drops the work, and with it the receiver that the engine looks at between two tokens.
async fn interruptible(work: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => Err(Error::Interrupted),
    }
}

/// Why the program ends without success.
#[derive(Debug)]
pub struct Failure {
    error: Box<Error>,
    /// The reason is told like every line of a log in JSON.
    is_json: bool,
}

impl From<std::io::Error> for Failure {
    fn from(source: std::io::Error) -> Self {
        Self { error: Error::io("start", "the program's threads")(source).into(), is_json: false }
    }
}

impl Failure {
    /// Prints the reason and gives the exit code.
    pub fn report(&self) -> ExitCode {
        match &*self.error {
            // A reader that closed the pipe early has what it wanted.
            Error::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Error::Findings { .. } => return ExitCode::from(5),
            _ => {}
        }
        match self.is_json {
            true => eprintln!("{}", log::line("ERROR", &self.error.to_string())),
            false => eprintln!("stislo: {}", self.error),
        }
        ExitCode::from(match self.error.kind() {
            _ if matches!(*self.error, Error::Setting { .. }) => 2,
            Kind::Input => 3,
            Kind::Unavailable => 4,
            Kind::Cancelled => 130,
            Kind::Busy | Kind::Internal => 1,
        })
    }
}
