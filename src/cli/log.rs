//! The log on stderr: lines for people, or JSON for programs.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use super::Command;
use crate::config::{Settings, Verbosity};

/// Starts the log. The gateway says one line about each request even when nobody asked for more.
pub(super) fn start(command: &Command, settings: &Settings) {
    let level = match (settings.verbosity, command) {
        (Verbosity::Quiet, _) => "error",
        (Verbosity::Normal, Command::Serve(_)) => "stislo::http=info,warn",
        (Verbosity::Normal, _) => "warn",
        (Verbosity::Verbose, _) => "stislo=info,warn",
        (Verbosity::Debug, _) => "stislo=debug,info",
    };
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(level)).with_writer(std::io::stderr);
    match settings.log_json {
        true => log.json().init(),
        false => log.with_ansi(settings.color && std::io::stderr().is_terminal()).init(),
    }
}
