//! `cdx customers`: customers in headquarters, their way, and the customer synchronization status.

mod status;
mod trace;

pub(in crate::cli) use trace::one as named_customer;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::new_customer::NewCustomer;
use crate::cli::outcome::outcomes;
use crate::cli::typed::{More, customer_edits};
use crate::cli::values::filled;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::batch::synchronize;
use crate::model::customer::{AttributeValue, Change, Customer};
use crate::model::field_set::Stamp;
use crate::model::ids::{AccountNum, AsyncAccount};
use crate::model::name_kind::NameKind;
use crate::model::run::Tally;
use crate::model::suggestion::{Prose, Run};
use crate::report::page::{Page, Report, count};
use crate::report::text::tally;
use crate::store::hq_customers::{self, NewCustomers, Origin};
use crate::store::{Headquarters, StoreError, operations};

/// Show, make and change customers in headquarters.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List customers.
    List {
        /// Only those with this word in the account, name or e-mail address.
        #[arg(default_value = "")]
        word: String,
        /// At most this many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Show a customer.
    Show {
        /// The account, a number or a temporary GUID.
        account: String,
    },
    /// Make a customer in headquarters.
    Create(NewCustomer),
    /// Change a customer in headquarters.
    Edit {
        /// The account.
        account: String,
        /// FIELD=VALUE, as for `cdx pos edit-customer`.
        #[arg(long, value_name = "F=V", num_args = 1..,
              required_unless_present_any = ["attribute", "contact"])]
        set: Vec<String>,
        #[command(flatten)]
        more: More,
    },
    /// Delete a customer from headquarters.
    Delete {
        /// The account.
        account: String,
    },
    /// The customer synchronization status.
    Status {
        #[command(subcommand)]
        command: Option<status::StatusCommand>,
    },
    /// Follow one customer from the register over headquarters to every channel.
    Trace {
        /// An account, a temporary GUID, or a name.
        #[arg(value_parser = filled)]
        word: String,
    },
    /// Run the customer batch, over everything or over one operation.
    Synchronize {
        /// The operation, customer-1.
        operation: Option<String>,
    },
}

outcomes! {
    parts: status, trace;
    CustomerList: "customers list";
    CustomerDetail: "customers show", "customers create";
    DeletionReport: "customers delete";
    EditReport: "customers edit", "customers status edit";
    SynchronizeReport: "customers synchronize", "customers status synchronize";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    match args.command {
        Command::List { word, limit } => {
            let (customers, total) = hq_customers::list(&context.reader()?.hq, &word, limit)?;
            context.done(&CustomerList { total, customers })
        }
        Command::Show { account } => {
            let customer = find(&context.reader()?.hq, &account)?;
            context.done(&CustomerDetail { customer })
        }
        Command::Create(new) => create(context, &new.into()),
        Command::Edit { account, set, more } => edit(context, &account, &set, &more),
        Command::Delete { account } => {
            let customer = context.change(|writer| {
                let customer = find(&writer.hq, &account)?;
                hq_customers::delete(&writer.hq, &customer.account)?;
                Ok(customer)
            })?;
            context.done(&DeletionReport { deleted: customer.account })
        }
        Command::Status { command } => status::run(context, command),
        Command::Trace { word } => trace::run(context, &word),
        Command::Synchronize { operation } => batch(context, operation.as_deref()),
    }
}

fn find(hq: &Headquarters, word: &str) -> Result<Customer, CommandError> {
    let of_guid = hq_customers::account_of_guid(hq, &AsyncAccount::new(word))?;
    let account = of_guid.unwrap_or_else(|| AccountNum::new(word));
    let found = hq_customers::find(hq, &account)?;
    Ok(found.ok_or_else(|| StoreError::unknown(NameKind::Customer, word, &[]))?)
}

fn create(context: &Context, customer: &Customer) -> Result<Exit, CommandError> {
    let customer = context.change(|writer| {
        let (env, hq) = (writer.env, &writer.hq);
        let new = NewCustomers::read(hq, &env.gates()?, &env.settings().company)?;
        let now = writer.world.clock.utc();
        let default = operations::any_default_customer(&writer.hq)?;
        let stamp = Stamp::headquarters(&now);
        let origin =
            Origin { all: &new, now: &now, default_customer: &default, stamp: &stamp, known: None };
        let account = hq_customers::create(&writer.hq, &origin, customer)?;
        find(&writer.hq, account.as_str())
    })?;
    context.done(&CustomerDetail { customer })
}

fn edit(
    context: &Context,
    account: &str,
    set: &[String],
    more: &More,
) -> Result<Exit, CommandError> {
    let edits = customer_edits(set, more)?;
    let edited = context.change(|writer| {
        let now = writer.world.clock.utc();
        let stamp = Stamp::headquarters(&now);
        let Customer { account, .. } = find(&writer.hq, account)?;
        let mut changes = Vec::new();
        for edit in &edits {
            changes.extend(hq_customers::edit(&writer.hq, &account, edit, &stamp, &now)?);
        }
        Ok(EditReport { account: account.to_string(), changes })
    })?;
    context.done(&edited)
}

fn batch(context: &Context, operation: Option<&str>) -> Result<Exit, CommandError> {
    let only = operation.map(status::operation_id).transpose()?;
    let mut progress = context.progress();
    let Tally { processed, failed, waiting } = context.write(|writer| {
        if let (Some(id), Some(word)) = (only, operation)
            && operations::find(&writer.hq, id)?.is_none()
        {
            return Err(status::unknown(word).into());
        }
        Ok(synchronize(writer, only, &mut progress)?)
    })?;
    let exit = if failed == 0 { Exit::Done } else { Exit::No };
    context.end(exit, &SynchronizeReport { processed, failed, waiting })
}

#[derive(Debug, Serialize, JsonSchema)]
struct CustomerList {
    /// How many there are.
    total: u64,
    /// Those that are shown.
    customers: Vec<Customer>,
}

impl Report for CustomerList {
    fn text(&self, page: &mut Page) {
        let row = |customer: &Customer| {
            [
                customer.account.to_string(),
                customer.name(),
                customer.group.clone(),
                customer.email.clone(),
                customer.async_account.to_string(),
            ]
        };
        page.table(
            ["account", "name", "group", "e-mail", "async account"],
            self.customers.iter().map(row).collect(),
        );
        page.line(format!("{} of {}", self.customers.len(), count(self.total, "customer")));
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct CustomerDetail {
    /// The customer, as headquarters has it.
    customer: Customer,
}

impl Report for CustomerDetail {
    fn text(&self, page: &mut Page) {
        let customer = &self.customer;
        let title =
            if customer.title.is_empty() { String::new() } else { format!("{} ", customer.title) };
        page.line(format!("{}: {title}{}", customer.account, customer.name()));
        if !customer.async_account.is_empty() {
            page.item(format!("async account {}", customer.async_account));
        }
        page.item(format!(
            "group {}, currency {}, language {}",
            customer.group, customer.currency, customer.language
        ));
        for (what, value) in [
            ("e-mail", &customer.email),
            ("phone", &customer.phone),
            ("receipts to", &customer.receipt_email),
            ("receipts by", &customer.receipt_option),
        ] {
            if !value.is_empty() {
                page.item(format!("{what} {value}"));
            }
        }
        for address in &customer.addresses {
            page.item(format!(
                "address {}: {}, {} {} {}",
                address.id, address.street, address.city, address.state, address.zip
            ));
        }
        for contact in &customer.contacts {
            page.item(format!("contact {contact}"));
        }
        for AttributeValue { name, value } in &customer.attributes {
            page.item(format!("attribute {name}: {value}"));
        }
        if !customer.affiliations.is_empty() {
            page.item(format!("affiliations {}", customer.affiliations.join(", ")));
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct DeletionReport {
    /// The account that is gone.
    deleted: AccountNum,
}

impl Report for DeletionReport {
    fn text(&self, page: &mut Page) {
        page.line(format!("Customer {} is deleted in headquarters.", self.deleted));
        page.item(Prose::hint("channels follow with the next run", Run::job("1010")));
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct EditReport {
    /// The account, or the operation.
    account: String,
    /// What was changed.
    changes: Vec<Change>,
}

fn changes(page: &mut Page, changes: &[Change]) {
    let row = |change: &Change| [change.attribute.clone(), change.old.clone(), change.new.clone()];
    page.table(["attribute", "old value", "new value"], changes.iter().map(row).collect());
}

impl Report for EditReport {
    fn text(&self, page: &mut Page) {
        if self.changes.is_empty() {
            page.line(format!("{}: nothing to change", self.account));
            return;
        }
        page.line(format!("{}: saved", self.account));
        changes(page, &self.changes);
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct SynchronizeReport {
    /// Operations that went through.
    processed: u64,
    /// Operations that failed.
    failed: u64,
    /// Operations that wait behind a failed one.
    waiting: u64,
}

impl Report for SynchronizeReport {
    fn text(&self, page: &mut Page) {
        let Self { processed, failed, waiting } = *self;
        tally("", &Tally { processed, failed, waiting }, page);
    }
}
