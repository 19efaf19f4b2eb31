//! Progress on stderr: bars where it is a terminal, nothing where it is not. Warnings are said in both cases.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::config::{Settings, Verbosity};
use crate::hub::{Progress, ProgressEvent};
use crate::service::{Stage, SummaryEvent};

/// One line that shows what is going on.
pub(super) struct Bars {
    bar: ProgressBar,
    verbosity: Verbosity,
    /// Lines are JSON, like those of the log.
    is_json: bool,
    /// Hears what is done before a model is ready.
    listener: Option<Listener>,
}

type Listener = Box<dyn Fn(&str) + Send + Sync>;

impl Bars {
    pub(super) fn new(settings: &Settings) -> Self {
        let is_json = settings.log_json;
        let shown = std::io::stderr().is_terminal() && settings.verbosity > Verbosity::Quiet && !is_json;
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        Self { bar, verbosity: settings.verbosity, is_json, listener: None }
    }

    /// Says what is done before a model is ready to somebody else, too.
    pub(super) fn telling(self, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Box::new(listener)), ..self }
    }

    fn tell(&self, what: &str) {
        if let Some(listener) = &self.listener {
            listener(what);
        }
    }

    /// Prints a line that stays. Nothing when the user wants quiet.
    pub(super) fn say(&self, text: &str) {
        match self.is_json {
            _ if self.verbosity == Verbosity::Quiet => {}
            true => eprintln!("{}", super::log::line("INFO", text)),
            false => self.bar.suspend(|| eprintln!("stislo: {text}")),
        }
    }

    pub(super) fn loading(&self) {
        self.tell("the model is being loaded");
        self.spin("loading the model");
    }

    /// Takes the line away.
    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }

    /// Shows how far an answer is.
    pub(super) fn watch(&self, event: SummaryEvent) {
        // An answer is printed when it is whole.
        let SummaryEvent::Progress { stage, done, total } = event else { return };
        let show = |text| self.bar.set_message(text);
        match stage {
            Stage::Waiting => {}
            Stage::Reading => {
                self.count("reading the article [{bar:30}] {pos}/{len} tokens", done as u64, total as u64);
            }
            Stage::Condensing => show(format!("read in parts: {done} of {total}")),
            Stage::Repairing => show(format!("written again: {done} of {total} lines")),
            Stage::Translating => show(format!("translated: {done} of {total} sentences")),
            Stage::Writing if done == 0 => self.spin("writing"),
            Stage::Writing => show(format!("writing: {} words and pieces", done + 1)),
        }
    }

    /// Shows how many sentences are translated.
    pub(super) fn translating(&self, done: usize, total: usize) {
        self.count("translating [{bar:30}] {pos}/{len} sentences", done as u64, total as u64);
    }

    /// Shows what is being done, and for how long.
    pub(super) fn spin(&self, text: &str) {
        self.bar.reset();
        self.style("{spinner} {msg} ({elapsed})");
        self.bar.set_message(text.to_owned());
        self.bar.enable_steady_tick(Duration::from_millis(120));
    }

    fn count(&self, template: &str, done: u64, total: u64) {
        if done == 0 {
            self.bar.reset();
        }
        self.style(template);
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

impl Progress for Bars {
    fn stage(&self, event: ProgressEvent<'_>) {
        match event {
            ProgressEvent::Waiting { model, .. } => {
                self.spin(&format!("another process downloads {model}; waiting for it"))
            }
            ProgressEvent::Started { model, licence, total, done, source, .. } => {
                self.say(&format!("downloading {model} (licence: {licence}) from {source}"));
                self.count("[{bar:30}] {bytes}/{total_bytes} {bytes_per_sec}, {eta} left", 0, total);
                self.bar.set_position(done);
            }
            ProgressEvent::Advanced { done, total } => {
                self.tell(&format!("the model is being downloaded: {done} of {total} bytes are here"));
                self.bar.set_length(total);
                self.bar.set_position(done);
            }
            ProgressEvent::Retrying { attempt, wait, reason } => {
                self.say(&format!("attempt {attempt} failed ({reason}); trying again in {} s", wait.as_secs()));
            }
            ProgressEvent::SourceFailed { source, reason } => self.say(&format!("{source} failed: {reason}")),
            ProgressEvent::Discarded { path, reason } => self.say(&format!("deleted {}: {reason}", path.display())),
            ProgressEvent::Verifying { .. } => {
                self.tell("the model's file is being checked");
                self.spin("checking the file");
            }
            ProgressEvent::Finished { .. } => self.done(),
        }
    }
}
