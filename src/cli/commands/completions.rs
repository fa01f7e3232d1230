//! `cdx completions`: completion scripts.

use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::cli::completion::VARIABLE;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::model::suggestion::{Prose, Suggestion};
use crate::store::StoreError;

/// Print a completion script for a shell; it asks `cdx` itself, so that it knows the names of the
/// environment.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(in crate::cli) struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Where the script goes.
const EXAMPLES: &str = "\
Where it goes:
  bash        echo 'source <(cdx completions bash)' >> ~/.bashrc
  zsh         echo 'source <(cdx completions zsh)' >> ~/.zshrc
  fish        cdx completions fish > ~/.config/fish/completions/cdx.fish
  PowerShell  add to $PROFILE: cdx completions powershell | Out-String | Invoke-Expression";

outcomes! {}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let (shells, name) = (Shells::builtins(), args.shell.to_string());
    let Some(shell) = shells.completer(&name) else {
        let hint = Prose::hint("see which there are", Suggestion::Help(Some("completions".into())));
        return Err(CommandError::usage("unknown-shell", format!("unknown shell {name:?}"), hint));
    };
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, "cdx", "cdx", "cdx", &mut script)
        .map_err(StoreError::io("write", std::path::Path::new("the script")))?;
    context.output.stdout(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
