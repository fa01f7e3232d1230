//! Where a fault or a crash can be met, and at what it can be placed.

/// Work in which something can be made to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A download job.
    Download,
    /// The first phase of an upload job.
    Collect,
    /// The second phase of an upload job.
    Receive,
    /// The customer batch.
    Batch,
    /// A register's or e-commerce site's operation.
    Operation,
    /// Making the file of a channel database.
    File,
    /// Whatever opens a channel database.
    Anything,
}

impl Work {
    /// Says that nothing else does what the verb says.
    pub(crate) fn alone(self, verb: &str) -> String {
        match self {
            Self::Download => format!("only a download job {verb} it"),
            Self::Collect => format!("only an upload job {verb} it, in its first phase"),
            Self::Receive => format!("only an upload job {verb} it, in its second phase"),
            Self::Batch => format!("only a batch {verb} it"),
            Self::Operation => format!("only an operation of cdx pos {verb} it"),
            Self::File => format!("only making a channel's file {verb} it"),
            Self::Anything => format!("everything {verb} it"),
        }
    }
}

/// At what a fault or a crash can be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// A job.
    Job,
    /// A channel or offline database that downloads go to.
    Database,
    /// A channel database that uploads come from.
    Channel,
    /// The channel of the operation.
    Own,
    /// The channel database, or its offline database, that the command is about.
    OwnDatabase,
    /// Every database there is.
    Known,
    /// Nothing.
    Nowhere,
}

/// Makes a named enum of which each value is one row: its text, which work meets it, and at what it
/// is placed.
macro_rules! placed {
    ($(#[$doc:meta])* $vis:vis enum $name:ident {
        $($variant:ident = $text:literal, $work:ident at $spot:ident;)+
    }) => {
        crate::model::named::named! {
            $(#[$doc])*
            $vis enum $name { $(#[doc = $text] $variant = $text,)+ }
        }

        impl $name {
            /// Which work meets it.
            pub(crate) const fn work(self) -> $crate::world::Work {
                match self { $(Self::$variant => $crate::world::Work::$work,)+ }
            }

            /// At what it can be placed.
            pub(crate) const fn spot(self) -> $crate::world::Spot {
                match self { $(Self::$variant => $crate::world::Spot::$spot,)+ }
            }
        }
    };
}
pub(super) use placed;
