//! `cdx customers status`: the customer synchronization status (C04).

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use schemars::JsonSchema;
use serde::Serialize;

use super::{EditReport, changes};
use crate::cli::error::suggestion;
use crate::cli::outcome::outcomes;
use crate::cli::typed::{nameless, row_value};
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::batch::{Preview, preview};
use crate::exchange::waiting::{ChannelWaiting, what_waits};
use crate::model::async_values::ATTRIBUTE;
use crate::model::customer::{Change, CustomerField};
use crate::model::left_field::LeftField;
use crate::model::name_kind::NameKind;
use crate::model::nearest::nearest;
use crate::model::operation::{
    Action, Operation, OperationDetail, OperationFilter, OperationId, OperationKind,
    OperationStatus,
};
use crate::model::suggestion::{OfCustomers, Prose, Run, Suggestion};
use crate::model::time::ShownTime;
use crate::model::trace::TracedCustomer;
use crate::model::version::Version;
use crate::report::page::{Cell, Page, Report, count};
use crate::store::operations::OperationRow;
use crate::store::{
    Headquarters, HqWriter, Reader, StoreError, attributes, features, operation_list, operations,
    topology,
};

#[derive(Debug, clap::Subcommand)]
pub(super) enum StatusCommand {
    /// List the operations that came from the channels.
    List(Filters),
    /// Show one operation: its values, and what it changed.
    Show {
        /// The operation, customer-1.
        operation: String,
    },
    /// Run the customer batch, over everything or over one operation; as `customers synchronize`.
    Synchronize {
        /// The operation, customer-1.
        operation: Option<String>,
    },
    /// Correct a value of an operation that has not gone through.
    Edit {
        /// The operation, customer-1.
        operation: String,
        /// COLUMN=VALUE, as `cdx customers status show` lists the columns, or FIELD=VALUE (group).
        #[arg(long, value_name = "F=V", required = true, num_args = 1..)]
        set: Vec<String>,
    },
}

/// Which operations to list.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Filters {
    /// Only those that stand so.
    #[arg(long, value_name = "S", value_parser = statuses())]
    status: Option<OperationStatus>,
    /// Only those of this channel database.
    #[arg(long, value_name = "C")]
    channel: Option<String>,
    /// Only those of this customer, by account or temporary GUID.
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// Only those on this table, or that do this.
    #[arg(long, value_name = "K", value_parser = PossibleValuesParser::new(operation_words()))]
    operation: Option<String>,
    /// Only those since this time, YYYY-MM-DD or YYYY-MM-DD HH:MM.
    #[arg(long, value_name = "T")]
    since: Option<String>,
}

outcomes! {
    OperationList: "customers status", "customers status list";
    ShownOperation: "customers status show";
}

fn statuses() -> impl clap::builder::TypedValueParser<Value = OperationStatus> {
    PossibleValuesParser::new(OperationStatus::ALL.iter().map(|status| status.as_str()))
        .map(|word| OperationStatus::parse(&word).unwrap_or(OperationStatus::Pending))
}

/// What `--operation` takes: the tables by kind, and what is done.
fn operation_words() -> Vec<&'static str> {
    let kinds = OperationKind::ALL.iter().map(|kind| kind.as_str());
    kinds.chain(Action::ALL.iter().map(|action| action.as_str())).collect()
}

impl Filters {
    fn of(&self, reader: &Reader) -> Result<OperationFilter, CommandError> {
        let word = self.operation.as_deref().unwrap_or_default();
        let store = |name: &String| topology::find_store(&reader.hq, name);
        let since = self.since.as_ref().map(|text| reader.world.clock.moment(text));
        Ok(OperationFilter {
            status: self.status,
            channel: self.channel.as_ref().map(store).transpose()?.map(|store| store.id),
            customer: self.account.as_ref().map(|word| about(reader, word)).transpose()?,
            row: None,
            kind: OperationKind::parse(word),
            action: Action::ALL.iter().copied().find(|action| action.as_str() == word),
            since: since.transpose()?,
        })
    }
}

/// The customer of an account or a temporary id; one that nobody has is unknown.
fn about(reader: &Reader, word: &str) -> Result<TracedCustomer, CommandError> {
    let named = crate::exchange::trace::named(reader, word)?;
    let is = |id: &str| id.eq_ignore_ascii_case(word.trim());
    let found =
        named.into_iter().find(|one| is(one.account.as_str()) || is(one.async_account.as_str()));
    Ok(found.ok_or_else(|| StoreError::unknown(NameKind::Customer, word, &[]))?)
}

/// The first version whose headquarters has the form (G03).
const FORM: &str = "10.0.31";

fn list(context: &Context, filters: &Filters) -> Result<Exit, CommandError> {
    let list = context.steady(|reader| {
        let operations =
            operation_list::list(&reader.hq, &reader.world.clock, &filters.of(reader)?)?;
        let waits = what_waits(reader)?.into_iter();
        let only = filters.channel.as_ref();
        let waits = waits.filter(|one| only.is_none_or(|name| *name == one.store.name));
        let waits: Vec<ChannelWaiting> = waits.collect();
        let unreadable = waits.iter().filter_map(|one| {
            one.here.as_ref().err().map(|why| format!("{}: {why}", one.store.name))
        });
        let unreadable = unreadable.collect();
        let waiting_in_channels = waits.into_iter().filter_map(WaitingChannel::of).collect();
        let version = features::app_version(&reader.hq)?;
        let form = Version::parse(FORM).filter(|form| version < *form);
        Ok(OperationList { operations, waiting_in_channels, unreadable, form_from: form })
    })?;
    context.done(&list)
}

/// Operations that are in a channel's file, and that no upload has collected.
#[derive(Debug, Serialize, JsonSchema)]
struct WaitingChannel {
    /// The channel database.
    channel: String,
    /// How many.
    rows: u64,
    /// What brings them on.
    #[serde(skip)]
    next: Suggestion,
}

impl WaitingChannel {
    fn of(waits: ChannelWaiting) -> Option<Self> {
        let rows = waits.here.as_ref().map_or(0, |here| here.operations);
        let next = if waits.store.offline {
            Suggestion::Reconnect(waits.store.channel().to_owned())
        } else {
            Run::job("P").into()
        };
        (rows > 0).then_some(Self { channel: waits.store.name, rows, next })
    }
}

pub(super) fn run(context: &Context, command: Option<StatusCommand>) -> Result<Exit, CommandError> {
    match command.unwrap_or(StatusCommand::List(Filters::default())) {
        StatusCommand::List(filters) => list(context, &filters),
        StatusCommand::Show { operation } => {
            let id = operation_id(&operation)?;
            let shown = context.steady(|reader| {
                let found = operation_list::detail(&reader.hq, id, &reader.world.clock)?;
                let detail = found.ok_or_else(|| unknown(&operation))?;
                let open = detail.operation.status != OperationStatus::Succeeded;
                let Preview { changes, fails, waits_behind } =
                    if open { preview(reader, id)? } else { Preview::default() };
                Ok(ShownOperation {
                    detail,
                    would_change: changes,
                    would_fail: fails,
                    would_wait_behind: waits_behind.map(|id| id.to_string()),
                })
            })?;
            context.done(&shown)
        }
        StatusCommand::Synchronize { operation } => super::batch(context, operation.as_deref()),
        StatusCommand::Edit { operation, set } => edit_operation(context, &operation, &set),
    }
}

pub(super) fn unknown(operation: &str) -> StoreError {
    StoreError::unknown(NameKind::Operation, operation, &[])
}

pub(super) fn operation_id(text: &str) -> Result<OperationId, CommandError> {
    OperationId::parse(text).ok_or_else(|| {
        CommandError::usage(
            "operation",
            format!("not a valid operation: {text:?}, expected for example customer-1"),
            suggestion(None, OfCustomers::Operations),
        )
    })
}

fn edit_operation(
    context: &Context,
    operation: &str,
    set: &[String],
) -> Result<Exit, CommandError> {
    let id = operation_id(operation)?;
    let changes = context.change(|writer| correct(writer, id, operation, set))?;
    context.done(&EditReport { account: operation.to_owned(), changes })
}

/// Corrects the values of an operation that has not gone through.
fn correct(
    writer: &HqWriter<'_>,
    id: OperationId,
    operation: &str,
    set: &[String],
) -> Result<Vec<Change>, CommandError> {
    let row = operations::find(&writer.hq, id)?.ok_or_else(|| unknown(operation))?;
    if row.number("ONLINEOPERATIONCOMPLETED") == 1 {
        let message = format!("operation {operation} has gone through and cannot be edited");
        let hint = Prose::hint("see what it changed", OfCustomers::Operation(operation.to_owned()));
        return Err(CommandError::usage("completed", message, hint));
    }
    let now = writer.world.clock.utc();
    let mut changes = Vec::new();
    for text in set {
        let (word, value) = text.split_once('=').unwrap_or((text.as_str(), ""));
        let named = of_attribute(&writer.hq, &row, word)?;
        if let Some(Whose::New) = named {
            changes.push(operations::edit(&writer.hq, &row, ATTRIBUTE[0], word, &now)?);
        }
        let word = if named.is_some() { ATTRIBUTE[1] } else { word };
        let (column, value) = row_value(id.kind, word, value)?;
        let required = CustomerField::of_column(column).is_some_and(CustomerField::is_required);
        if required && value.trim().is_empty() {
            return Err(nameless(column));
        }
        let known: Vec<&str> = row.values.keys().map(String::as_str).collect();
        let found = known.iter().find(|name| name.eq_ignore_ascii_case(column));
        let values = known.iter().copied().filter(|name| !operations::is_fixed(name));
        let Some(found) = found.filter(|name| !operations::is_fixed(name)) else {
            let fields = CustomerField::ALL.iter().map(|field| field.as_str());
            let fields = fields.filter(|_| id.kind == OperationKind::Customer);
            let near = nearest(column, values.chain(fields));
            let meant = near.map_or_else(String::new, |near| format!("did you mean {near:?}? "));
            let message = format!("operation {operation} has no value {column:?} to edit");
            let hint = Prose::hint(
                format!("{meant}see them"),
                OfCustomers::Operation(operation.to_owned()),
            );
            return Err(CommandError::usage("unknown-field", message, hint));
        };
        changes.push(operations::edit(&writer.hq, &row, found, &value, &now)?);
    }
    Ok(changes)
}

/// Whose attribute's name a word is.
enum Whose {
    /// That of the row.
    Own,
    /// Another one, which the row is to be about, as headquarters does not have its own.
    New,
}

/// Whether a word names the attribute that a row is about.
fn of_attribute(
    hq: &Headquarters,
    row: &OperationRow,
    word: &str,
) -> Result<Option<Whose>, StoreError> {
    let is_column = row.values.keys().any(|column| column.eq_ignore_ascii_case(word));
    if row.id.kind != OperationKind::Attribute || is_column {
        return Ok(None);
    }
    let own = row.number(ATTRIBUTE[0]);
    Ok(match (attributes::name(hq, own)?, attributes::named(hq, word)) {
        (Some(name), _) => name.eq_ignore_ascii_case(word).then_some(Whose::Own),
        (None, named) => named.is_ok().then_some(Whose::New),
    })
}

fn left_alone(page: &mut Page, left: &[LeftField<ShownTime>]) {
    let row = |left: &LeftField<ShownTime>| {
        [
            left.field.clone(),
            left.value.clone(),
            left.kept.clone(),
            left.newer.clone(),
            left.since.to_string(),
        ]
    };
    page.table(["attribute", "its value", "kept", "set by", "at"], left.iter().map(row).collect());
}

#[derive(Debug, Serialize, JsonSchema)]
struct OperationList {
    /// The operations that came from the channels.
    operations: Vec<Operation>,
    /// Operations that no upload has collected.
    waiting_in_channels: Vec<WaitingChannel>,
    /// Databases whose rows could not be counted, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
    /// The version from which on the form shows them, where this one does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    form_from: Option<Version>,
}

impl Report for OperationList {
    fn text(&self, page: &mut Page) {
        if self.operations.is_empty() {
            page.line("No operations in headquarters.");
        }
        if let Some(version) = &self.form_from {
            page.line(format!(
                "Headquarters has the form \"Customer synchronization status\" from {version} on; \
                 operations run here as well."
            ));
        }
        let row = |operation: &Operation| {
            [
                Cell::from(&operation.id),
                Cell::from(&operation.channel),
                Cell::from(operation.does()),
                Cell::value(operation.status.as_str(), operation.status.tone()),
                Cell::from(&operation.account),
                Cell::from(&operation.async_account),
                Cell::from(&operation.timestamp),
            ]
        };
        page.table(
            ["operation", "channel", "kind", "status", "account", "async account", "time"],
            self.operations.iter().map(row).collect(),
        );
        for operation in &self.operations {
            if operation.status == OperationStatus::Failed
                && let Some(error) = &operation.last_error
            {
                page.item(format!("{}: {error}", operation.id));
            }
            if !operation.left.is_empty() {
                let fields: Vec<&str> =
                    operation.left.iter().map(|left| left.field.as_str()).collect();
                let id = &operation.id;
                page.item(format!("{id}: left {} alone, since it is newer", fields.join(", ")));
            }
        }
        for one in &self.unreadable {
            page.item(format!("could not be read: {one}"));
        }
        for waits in &self.waiting_in_channels {
            let what = count(waits.rows, "operation");
            let words = format!("{} in {} not collected yet", what, waits.channel);
            page.item(Prose::hint(words, waits.next.clone()));
        }
    }
}

/// An operation, and what it would come to where it is not completed.
#[derive(Debug, Serialize, JsonSchema)]
struct ShownOperation {
    #[serde(flatten)]
    detail: OperationDetail,
    /// What it would change if it were processed now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    would_change: Vec<Change>,
    /// Why it would fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    would_fail: Option<String>,
    /// The operation that it would wait behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    would_wait_behind: Option<String>,
}

impl Report for ShownOperation {
    fn text(&self, page: &mut Page) {
        let Self { detail, would_change, would_fail, would_wait_behind } = self;
        let operation = &detail.operation;
        page.line(format!(
            "{}: {} from {}, {}",
            operation.id,
            operation.does(),
            operation.channel,
            operation.status.as_str()
        ));
        if let Some(error) = &operation.last_error {
            page.item(format!("last known error: {error}"));
        }
        if let Some(completed) = detail.values.get("ONLINEOPERATIONCOMPLETED") {
            page.item(format!("ONLINEOPERATIONCOMPLETED {completed}"));
        }
        if let Some(why) =
            would_fail.as_ref().filter(|why| Some(*why) != operation.last_error.as_ref())
        {
            page.item(format!("processed now it would fail: {why}"));
        }
        if let Some(first) = would_wait_behind {
            page.item(format!("processed now it would wait behind {first}, which fails"));
        }
        if operation.status == OperationStatus::Failed {
            let id = &operation.id;
            let correct = OfCustomers::CorrectOperation(id.clone());
            page.item(Prose::hint("correct a value, of the columns below", correct));
            page.item(Prose::hint("then", OfCustomers::Synchronize(id.clone())));
        }
        if !detail.changes.is_empty() {
            page.title("What it changed");
            changes(page, &detail.changes);
        }
        if !would_change.is_empty() {
            let fails = would_fail.is_some();
            page.title(if fails {
                "What it asks for"
            } else {
                "What it would change, processed now"
            });
            changes(page, would_change);
        }
        if !operation.left.is_empty() {
            page.title("What it left alone");
            left_alone(page, &operation.left);
        }
        if !detail.edits.is_empty() {
            page.title("What people corrected");
            changes(page, &detail.edits);
        }
        // They are for editing, and what is completed is edited no more.
        if operation.status != OperationStatus::Succeeded {
            page.title("Values");
            // A number nobody has set says nothing, and what it is for cannot be edited.
            let said = |(column, value): &(&String, &String)| {
                *value != "0" && !operations::is_fixed(column)
            };
            let row = |(column, value): (&String, &String)| {
                let name = operation.attribute.as_ref().filter(|_| column == ATTRIBUTE[0]);
                let value = name.map_or_else(|| value.clone(), |name| format!("{value} ({name})"));
                [column.clone(), value]
            };
            page.table(["column", "value"], detail.values.iter().filter(said).map(row).collect());
        }
    }
}
