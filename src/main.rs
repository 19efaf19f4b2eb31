//! The `stislo` command: flags, threads, logging, one call, an exit code.

use std::process::ExitCode;

use clap::Parser;
use stislo::cli::{Cli, Failure};

fn main() -> ExitCode {
    if std::env::args_os().len() < 2 {
        eprint!("{}", Cli::help());
        return ExitCode::from(2);
    }
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(mut cli: Cli) -> Result<(), Failure> {
    let settings = cli.settings()?;
    for variable in ["CANDLE_NUM_THREADS", "RAYON_NUM_THREADS"] {
        // candle reads its thread count from the environment alone, and would count the cores of the whole machine where
        // a container has fewer.
        // SAFETY: no other thread has been started yet, so nobody reads the environment at the same time.
        unsafe { std::env::set_var(variable, settings.threads.to_string()) };
    }
    cli.start_log(&settings);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(cli.execute(settings));
    // Work that is still under way is abandoned: whoever waited for it has gone.
    runtime.shutdown_background();
    outcome
}
