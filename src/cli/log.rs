//! The log on stderr: lines for people, or JSON for programs. Then all that is said on stderr is JSON, a line each: also what
//! is said of progress, the reason of a failure, and a panic.

use std::io::IsTerminal;

use serde_json::json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};

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
        true => {
            log.json().init();
            std::panic::set_hook(Box::new(
                |panic| tracing::error!(panic = %panic.to_string().replace('\n', " "), "a panic"),
            ));
        }
        false => log.with_ansi(settings.color && std::io::stderr().is_terminal()).init(),
    }
}

/// A line of a log in JSON, for what is said whatever the level.
pub(super) fn line(level: &str, message: &str) -> String {
    let mut now = String::new();
    // A time that cannot be written is left out.
    let _ = SystemTime.format_time(&mut Writer::new(&mut now));
    json!({"timestamp": now, "level": level, "fields": {"message": message}, "target": "stislo"}).to_string()
}
