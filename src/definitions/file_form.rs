//! What a file of definitions may hold: a job, and subjobs.

use std::collections::BTreeMap;

use super::form::form;
use crate::model::evidence::Grade;
use crate::model::job::Direction;

form! {
    /// A job and its subjobs, or subjobs that extend shipped ones.
    pub(super) struct DefinitionsForm {
        /// The job that the file adds.
        job: Option<JobForm> = "job",
        /// Subjobs: new ones, or what is added to one that there is.
        subjob: Option<Vec<SubjobForm>> = "subjob",
    }
}

form! {
    /// A distribution scheduler job.
    pub(super) struct JobForm {
        /// Its number or short name.
        #[schemars(length(min = 1, max = 20), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
        id: String = "id",
        /// The name people know it by.
        name: String = "name",
        /// Other names that people type.
        aliases: Option<Vec<String>> = "aliases",
        /// Which way it moves rows.
        direction: Direction = "direction",
        /// Whether registers' offline databases are left out.
        exclude_offline: Option<bool> = "exclude-offline",
        /// The slug of the feature without which the job does not exist.
        feature: Option<String> = "feature",
        /// How well it is supported; shipped files must say.
        grade: Option<Grade> = "grade",
        /// Where it was read; shipped files must say.
        source: Option<String> = "source",
    }
}

form! {
    /// What one table sends, and where to.
    pub(super) struct SubjobForm {
        /// Its id, normally the headquarters table's name.
        id: String = "id",
        /// The headquarters table, where it is not the id.
        table: Option<String> = "table",
        /// The channel's table with its schema, ext.MYTABLE.
        target: Option<String> = "target",
        /// The columns of the channel's key.
        key: Option<Vec<String>> = "key",
        /// Columns that have one name on both sides.
        fields: Option<Vec<String>> = "fields",
        /// Columns that have another name in the channel: headquarters' name = the channel's.
        rename: Option<BTreeMap<String, String>> = "rename",
        /// The jobs that it belongs to, where they are not the file's own.
        jobs: Option<Vec<String>> = "jobs",
        /// Which rows a channel gets; all without one.
        filter: Option<FilterForm> = "filter",
        /// The replication counter of an upload.
        counter: Option<String> = "counter",
        /// Whether registers' offline databases are left out.
        exclude_offline: Option<bool> = "exclude-offline",
        /// How well it is supported; shipped files must say.
        grade: Option<Grade> = "grade",
        /// Where it was read; shipped files must say.
        source: Option<String> = "source",
    }
}

form! {
    /// Which rows a channel gets.
    pub(super) struct FilterForm {
        /// The joins, from the subjob's own table outwards.
        joins: Option<Vec<JoinForm>> = "joins",
        /// The column of the last table that holds the channel's RECID.
        channel: String = "channel",
    }
}

form! {
    /// A table on the way to the channel's RECID.
    pub(super) struct JoinForm {
        /// The joined headquarters table.
        table: String = "table",
        /// Its column.
        column: String = "column",
        /// The column of the table before it.
        on: String = "on",
    }
}
