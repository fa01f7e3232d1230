//! What is told of tables that are not what was asked for.

use super::error::{CommandError, suggestion};
use super::exit::Exit;
use crate::exchange::table_error::TableError;
use crate::model::session::SessionKind;
use crate::model::suggestion::{OfJobs, OfSessions, Prose, Suggestion};

impl From<TableError> for CommandError {
    fn from(error: TableError) -> Self {
        let (code, hint) = match &error {
            TableError::Exchange(_) => {
                return match error {
                    TableError::Exchange(error) => error.into(),
                    other => Self::from_error(Exit::Wrong, "table", &other, Vec::new()),
                };
            }
            TableError::UnknownTable { nearest, .. } => {
                ("unknown-table", suggestion(nearest.as_ref(), OfJobs::List))
            }
            TableError::GoesUp { .. } => {
                ("goes-up", Prose::hint("see what came up", OfSessions::List(SessionKind::Upload)))
            }
            TableError::NotBrought { show, .. } => {
                ("not-brought", Prose::hint("see its rows", (**show).clone()))
            }
            TableError::OnlyInChannels { with, .. } => {
                ("only-in-channels", Prose::hint("name the channel", (**with).clone()))
            }
            TableError::NotMade { instead, .. } => {
                let words = match **instead {
                    Suggestion::MakeData { .. } => "make them in a channel",
                    _ => "see what there is",
                };
                ("not-made", Prose::hint(words, (**instead).clone()))
            }
            TableError::NoRoom { show, .. } => {
                ("no-room", Prose::hint("see what it has", (**show).clone()))
            }
            TableError::Refused { show, .. } => {
                ("refused", Prose::hint("see what it has", (**show).clone()))
            }
            TableError::NotOfJob { table, .. } => {
                let compare = Suggestion::Compare { table: Some(table.clone()), channel: None };
                ("not-of-job", Prose::hint("compare it whichever job brings it", compare))
            }
            TableError::NotADownload { .. } => {
                ("not-a-download", Prose::hint("see which jobs there are", OfJobs::List))
            }
        };
        let exit = match &error {
            TableError::NoRoom { .. } | TableError::Refused { .. } => Exit::No,
            _ => Exit::Wrong,
        };
        Self::from_error(exit, code, &error, vec![hint])
    }
}
