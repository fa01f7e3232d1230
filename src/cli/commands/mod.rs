//! One file and one line a command.

use clap::Subcommand;

use super::outcome::Printed;
use super::{CommandError, Context, Exit};

// What the program comes with, for whom no environment is needed.
pub(super) use init::catalogue as shipped_gates;
pub(super) use jobs::shipped as shipped_jobs;
pub(super) use schema::names as schema_names;

/// Makes the modules, what clap reads, and which file runs which command. What the help says of a
/// command is its file's comment on `Args`.
macro_rules! commands {
    ($($file:ident $command:ident,)+) => {
        $(mod $file;)+
        mod rehearse;

        /// Every command, in the order of the help.
        #[derive(Debug, Subcommand)]
        pub(super) enum Command { $($command($file::Args),)+ }

        impl Command {
            /// Runs it.
            pub(super) fn run(self, context: &Context) -> Result<Exit, CommandError> {
                match self { $(Self::$command(args) => $file::run(context, args),)+ }
            }
        }

        /// What commands print as JSON.
        pub(super) fn outcomes() -> Vec<Printed> {
            [$($file::OUTCOMES,)+].iter().flat_map(super::outcome::Outcomes::all).collect()
        }
    };
}

commands! {
    init Init,
    demo Demo,
    status Status,
    log Log,
    run Run,
    compare Compare,
    data Data,
    jobs Jobs,
    which_job WhichJob,
    sessions Sessions,
    features Features,
    pos Pos,
    customers Customers,
    rts Rts,
    csu Csu,
    channels Channels,
    schedules Schedules,
    params Params,
    profiles Profiles,
    upgrade Upgrade,
    scheduler Scheduler,
    extension Extension,
    clock Clock,
    doctor Doctor,
    check Check,
    test Test,
    report Report,
    explain Explain,
    schema Schema,
    completions Completions,
    man Man,
    docs Docs,
}
