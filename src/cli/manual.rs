//! `stislo completions` and `stislo man`: made from the definitions of the commands, so they never lag behind.

use clap::Command;
use clap_complete::Shell;

use crate::error::Error;

/// Which shell.
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// The shell, for example: stislo completions bash > ~/.local/share/bash-completion/completions/stislo
    #[arg(value_enum)]
    shell: Shell,
}

/// Which page.
#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// The command whose page is wanted; the page of all without one. For example: stislo man summarize | man -l -
    command: Option<String>,
}

pub(super) fn completions(args: Completions, mut program: Command) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "stislo", &mut script);
    super::input::print(&String::from_utf8_lossy(&script))
}

pub(super) fn man(args: Man, mut program: Command) -> Result<(), Error> {
    program.build();
    let command = match &args.command {
        None => program,
        Some(name) => {
            let unknown = || Error::Setting { name: "COMMAND", reason: format!("there is no command `{name}`") };
            program.find_subcommand(name).ok_or_else(unknown)?.clone()
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(Error::io("write", "the manual page"))?;
    super::input::print(&String::from_utf8_lossy(&page))
}
