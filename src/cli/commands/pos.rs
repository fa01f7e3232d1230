//! `cdx pos`: what a register or an e-commerce site does in a channel.

use crate::cli::outcome::outcomes;
use crate::cli::typed::{
    More, address_fields, address_names, attributes, contacts, customer_edits, known_title,
};
use crate::cli::values::filled;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::Asked;
use crate::exchange::init::start_registers;
use crate::model::customer::{AddressField, Contact, Customer, CustomerEdit};
use crate::model::pos::{FoundCustomer, LeftToJob, Path, PosReport};
use crate::model::suggestion::{Prose, Run};
use crate::report::page::{Page, Report};
use crate::runtime::{self, AnsweredBy, NewCustomer, Request, perform, rehearse};
use crate::store::topology;

/// Do what a register or an e-commerce site does in a channel.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// Where what every operation takes stands in its help: behind its own options.
const LAST: usize = 100;

/// Where it is done.
#[derive(Debug, clap::Args)]
struct Place {
    /// The channel.
    #[arg(long, value_name = "C")]
    channel: String,
    /// The instance of its scale unit that answers.
    #[arg(long, value_name = "N", default_value_t = 1, display_order = LAST)]
    instance: u32,
    /// At a register that is offline.
    #[arg(long, display_order = LAST)]
    offline: bool,
    /// Make something go wrong: rts-down, crash=POINT.
    #[arg(long, value_name = "F", display_order = LAST)]
    fault: Vec<String>,
    /// Say which way it would go, and why, and do nothing.
    #[arg(long, display_order = LAST)]
    dry_run: bool,
    /// End in 0 only if it goes this way; local includes async.
    #[arg(long, value_name = "PATH", display_order = LAST)]
    expect: Option<PathArg>,
}

/// The ways an operation can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum PathArg {
    /// In the channel; headquarters hears of it later.
    Async,
    /// In the channel.
    Local,
    /// By a real-time call.
    RealTime,
    /// A real-time call failed, and it was done in the channel instead.
    AsyncFallback,
    /// Not done: the rules do not allow it.
    Refused,
    /// Not done: headquarters could not be reached.
    Failed,
}

impl From<PathArg> for Path {
    fn from(arg: PathArg) -> Self {
        match arg {
            PathArg::Async => Self::Async,
            PathArg::Local => Self::Local,
            PathArg::RealTime => Self::RealTime,
            PathArg::AsyncFallback => Self::AsyncFallback,
            PathArg::Refused => Self::Refused,
            PathArg::Failed => Self::Failed,
        }
    }
}

#[derive(Debug, clap::Args)]
struct Account {
    #[command(flatten)]
    place: Place,
    /// The account: a number or a temporary GUID.
    #[arg(long, value_name = "A")]
    account: String,
}

#[derive(Debug, clap::Args)]
struct CustomerArgs {
    #[command(flatten)]
    place: Place,
    /// First name.
    #[arg(long, value_name = "F", value_parser = filled)]
    first_name: String,
    /// Middle name.
    #[arg(long, value_name = "M", default_value = "")]
    middle_name: String,
    /// Last name.
    #[arg(long, value_name = "L", value_parser = filled)]
    last_name: String,
    /// E-mail address.
    #[arg(long, value_name = "E", default_value = "")]
    email: String,
    /// Telephone number.
    #[arg(long, value_name = "P", default_value = "")]
    phone: String,
    /// Personal title: Mr, Mrs, Ms, Dr.
    #[arg(long, value_name = "T", default_value = "")]
    title: String,
    /// Language; else the default customer's.
    #[arg(long, value_name = "L", default_value = "")]
    language: String,
    /// Customer group; else the default customer's.
    #[arg(long, value_name = "G", default_value = "")]
    group: String,
    /// Currency; else the default customer's.
    #[arg(long, value_name = "C", default_value = "")]
    currency: String,
    /// Another e-mail address or telephone number; may be given again.
    #[arg(long, value_name = "CONTACT")]
    secondary_contact: Vec<String>,
    #[command(flatten)]
    more: More,
}

#[derive(Debug, clap::Args)]
struct AddressArgs {
    #[command(flatten)]
    on: Account,
    /// Street with number.
    #[arg(long, value_name = "S")]
    street: String,
    /// City.
    #[arg(long, value_name = "C")]
    city: String,
    /// State.
    #[arg(long, value_name = "S", default_value = "")]
    state: String,
    /// Postal code.
    #[arg(long, value_name = "Z", default_value = "")]
    zip: String,
    /// County.
    #[arg(long, value_name = "C", default_value = "")]
    county: String,
    /// Country or region.
    #[arg(long, value_name = "C", default_value = "USA")]
    country: String,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Create a customer.
    CreateCustomer(Box<CustomerArgs>),
    /// Edit a customer.
    EditCustomer {
        #[command(flatten)]
        on: Account,
        #[arg(long, value_name = "FIELD=VALUE", num_args = 1..,
              required_unless_present_any = ["attribute", "contact"],
              help = CustomerEdit::names().join(", "))]
        set: Vec<String>,
        #[command(flatten)]
        more: More,
    },
    /// Create an address.
    CreateAddress(Box<AddressArgs>),
    /// Edit an address.
    EditAddress {
        #[command(flatten)]
        on: Account,
        /// The address's id.
        #[arg(long, value_name = "ID")]
        address: String,
        #[arg(long, value_name = "FIELD=VALUE", required = true, num_args = 1..,
              help = address_names().join(", "))]
        set: Vec<String>,
    },
    /// Deactivate an address.
    DeactivateAddress {
        #[command(flatten)]
        on: Account,
        /// The address's id.
        #[arg(long, value_name = "ID")]
        address: String,
    },
    /// Find customers by account, name or e-mail address.
    FindCustomer {
        #[command(flatten)]
        place: Place,
        /// The word.
        #[arg(value_parser = filled)]
        word: String,
        /// In headquarters, by a real-time call.
        #[arg(long)]
        remote: bool,
    },
    /// Ask for a customer's balance.
    Balance(Account),
    /// Ask for a customer's orders.
    OrderHistory(Account),
    /// Link an identity of another provider to a customer.
    LinkIdentity {
        #[command(flatten)]
        on: Account,
        /// The identity.
        #[arg(long, value_name = "ID", default_value = "external-identity",
              value_parser = filled)]
        identity: String,
    },
    /// Take a customer order.
    CreateOrder(Account),
    /// Issue a loyalty card.
    IssueLoyaltyCard(Account),
    /// Close the shift: old asynchronous rows are purged.
    CloseShift(Place),
    /// Bring a register back: its offline database is merged into the channel.
    Reconnect(Place),
    /// Restart registers; from then on they have features as their channel's database says.
    Restart {
        /// Only of this channel.
        #[arg(long, value_name = "C")]
        channel: Option<String>,
    },
}

/// What restarting registers came to.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct RegisterReport {
    /// The channels whose registers were restarted.
    restarted: Vec<String>,
}

outcomes! {
    PosReport: "pos create-customer", "pos edit-customer", "pos create-address",
        "pos edit-address", "pos deactivate-address", "pos find-customer", "pos balance",
        "pos order-history", "pos link-identity", "pos create-order", "pos issue-loyalty-card",
        "pos close-shift", "pos reconnect";
    RegisterReport: "pos restart";
}

impl Report for RegisterReport {
    fn text(&self, page: &mut Page) {
        if self.restarted.is_empty() {
            page.line("no registers there");
        }
        for channel in &self.restarted {
            page.line(format!("{channel}: registers restarted"));
        }
    }
}

fn restart(context: &Context, channel: Option<&str>) -> Result<Exit, CommandError> {
    let restarted = context.write(|writer| {
        let only = match channel {
            Some(name) => Some(topology::find_channel(&writer.hq, name)?.id),
            None => None,
        };
        Ok(start_registers(writer, only)?)
    })?;
    context.done(&RegisterReport { restarted })
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    if let Command::Restart { channel } = &args.command {
        return restart(context, channel.as_deref());
    }
    let Some((place, request)) = request(args.command)? else { return Ok(Exit::Done) };
    let env = context.environment()?;
    let catalogue = env.gates()?;
    let by = if place.offline {
        AnsweredBy::OfflineRegister
    } else {
        AnsweredBy::ScaleUnit(place.instance)
    };
    let at = runtime::Place { channel: &place.channel, by };
    let mut report = if place.dry_run {
        rehearse(&env, &catalogue, &at, &place.fault, &request)?
    } else {
        let faults = (&place.fault[..], Asked::Operation(&place.channel));
        context.write_with(faults, |writer| Ok(perform(writer, &catalogue, &at, &request)?))?
    };
    report.expected = place.expect.map(Path::from);
    context.end(verdict(&report), &report)
}

/// Whether the answer is yes: it went the way that was expected, or was done.
fn verdict(report: &PosReport) -> Exit {
    let done = match (report.expected, report.path) {
        (Some(expected), path) => path.meets(expected),
        (None, Path::Refused | Path::Failed) => false,
        (None, Path::Async | Path::Local | Path::RealTime | Path::AsyncFallback) => true,
    };
    if done { Exit::Done } else { Exit::No }
}

/// Where and what; none for what is no operation of the runtime.
fn request(command: Command) -> Result<Option<(Place, Request)>, CommandError> {
    Ok(Some(match command {
        Command::CreateCustomer(args) => create_customer(*args)?,
        Command::EditCustomer { on, set, more } => {
            let set = customer_edits(&set, &more)?;
            (on.place, Request::EditCustomer { account: on.account, set })
        }
        Command::CreateAddress(args) => create_address(*args),
        Command::EditAddress { on, address, set } => {
            let set = address_fields(&set)?;
            (on.place, Request::EditAddress { account: on.account, address, set })
        }
        Command::DeactivateAddress { on, address } => {
            (on.place, Request::DeactivateAddress { account: on.account, address })
        }
        Command::FindCustomer { place, word, remote } => {
            (place, Request::FindCustomer { word, remote })
        }
        Command::Balance(on) => (on.place, Request::Balance(on.account)),
        Command::OrderHistory(on) => (on.place, Request::OrderHistory(on.account)),
        Command::LinkIdentity { on, identity } => {
            (on.place, Request::LinkIdentity { account: on.account, identity })
        }
        Command::CreateOrder(on) => (on.place, Request::CreateOrder(on.account)),
        Command::IssueLoyaltyCard(on) => (on.place, Request::IssueLoyaltyCard(on.account)),
        Command::CloseShift(place) => (place, Request::CloseShift),
        Command::Reconnect(place) => (place, Request::Reconnect),
        Command::Restart { .. } => return Ok(None),
    }))
}

fn create_customer(args: CustomerArgs) -> Result<(Place, Request), CommandError> {
    if !args.title.is_empty() {
        known_title(&args.title)?;
    }
    let customer = Customer {
        first_name: args.first_name,
        middle_name: args.middle_name,
        last_name: args.last_name,
        title: args.title,
        language: args.language,
        group: args.group,
        currency: args.currency,
        receipt_email: args.email.clone(),
        email: args.email,
        phone: args.phone,
        ..Customer::default()
    };
    let mut secondary: Vec<Contact> =
        args.secondary_contact.iter().map(|contact| Contact::secondary(contact)).collect();
    secondary.extend(contacts(&args.more)?);
    let new = NewCustomer { customer, secondary, attributes: attributes(&args.more)? };
    Ok((args.place, Request::CreateCustomer(Box::new(new))))
}

fn create_address(args: AddressArgs) -> (Place, Request) {
    let set = vec![
        (AddressField::Street, args.street),
        (AddressField::City, args.city),
        (AddressField::State, args.state),
        (AddressField::Zip, args.zip),
        (AddressField::County, args.county),
        (AddressField::Country, args.country),
    ];
    (args.on.place, Request::CreateAddress { account: args.on.account, set })
}

impl Report for PosReport {
    fn text(&self, page: &mut Page) {
        let Self { operation, channel, path, display_account, account, .. } = self;
        let who = match (account.is_empty(), account == display_account) {
            (true, _) => String::new(),
            (false, true) => format!(", {account}"),
            (false, false) => format!(", {display_account} ({account})"),
        };
        let done = Prose::from(format!("{operation} in {channel}: "));
        page.line(done.and_value(path.as_str(), path.tone()).and(who));
        if self.dry_run {
            page.item("a dry run: nothing was done");
        }
        if let Some(expected) = self.expected.filter(|expected| !path.meets(*expected)) {
            page.item(format!("expected {}, found {}", expected.as_str(), path.as_str()));
        }
        if let Some(request) = &self.request {
            page.item(format!("request {request}"));
        }
        if let Some(address) = &self.address {
            page.item(format!("address {address}"));
        }
        for reason in &self.reasons {
            page.item(format!("{}: {}", reason.code, reason.text));
        }
        if let Some(LeftToJob { job, why }) = &self.left_to_job {
            page.item(format!("headquarters has it; {channel} did not take the rows: {why}"));
            page.item(Prose::hint("the next job brings them", Run::job(job)));
        }
        for note in &self.notes {
            page.item(note);
        }
        for command in &self.next {
            page.item(Prose::hint("then", command.clone()));
        }
        if let Some(customers) = &self.customers {
            if customers.is_empty() {
                page.item("nobody found");
            }
            let row = |found: &FoundCustomer| {
                let account = if found.account == found.display_account {
                    found.account.clone()
                } else {
                    format!("{} ({})", found.display_account, found.account)
                };
                [account, found.name.clone(), found.email.clone()]
            };
            page.table(["account", "name", "e-mail"], customers.iter().map(row).collect());
        }
    }
}
