//! What a register or e-commerce site asks, and what comes of it.

use super::decide::Kind;
use super::error::PosError;
use super::site::{Hands, Place, Rehearsal, Site};
use super::{addresses, customers, inquiries, shift};
use crate::exchange::notice;
use crate::gates::Catalogue;
use crate::model::customer::{AddressField, CustomerEdit};
use crate::model::pos::PosReport;
use crate::model::replaced::Cause;
use crate::model::topology::DataStore;
use crate::store::lineage::{self, Fit};
use crate::store::{Environment, Writer, intents};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Create a customer.
    CreateCustomer(Box<customers::NewCustomer>),
    /// Edit a customer.
    EditCustomer {
        /// The account, a number or a GUID.
        account: String,
        /// What to set.
        set: Vec<CustomerEdit>,
    },
    /// Create an address.
    CreateAddress {
        /// The account.
        account: String,
        /// The address.
        set: Vec<(AddressField, String)>,
    },
    /// Edit an address.
    EditAddress {
        /// The account.
        account: String,
        /// The address's id.
        address: String,
        /// What to set.
        set: Vec<(AddressField, String)>,
    },
    /// Deactivate an address.
    DeactivateAddress {
        /// The account.
        account: String,
        /// The address's id.
        address: String,
    },
    /// Find customers by a word.
    FindCustomer {
        /// The word.
        word: String,
        /// In headquarters, by a real-time call.
        remote: bool,
    },
    /// A customer's balance.
    Balance(String),
    /// A customer's orders.
    OrderHistory(String),
    /// Link an identity.
    LinkIdentity {
        /// The account.
        account: String,
        /// The identity.
        identity: String,
    },
    /// Take a customer order.
    CreateOrder(String),
    /// Issue a loyalty card.
    IssueLoyaltyCard(String),
    /// Close the shift: purge what is old (U06).
    CloseShift,
    /// Merge the offline database.
    Reconnect,
}

/// Performs a request in a channel, on an instance of its scale unit or on an offline register.
///
/// # Errors
/// What keeps it from being decided; an operation that is refused or fails is in the report.
pub fn perform(
    writer: &mut Writer,
    catalogue: &Catalogue,
    place: &Place<'_>,
    request: &Request,
) -> Result<PosReport, PosError> {
    let mut site = Site::open(Hands::Acting(writer), catalogue, place)?;
    let report = dispatch(&mut site, request);
    let Site { hands, database, .. } = site;
    let Hands::Acting(writer) = hands else { return report };
    writer.tidied("the log of a channel database", database.checkpoint());
    let mut report = report?;
    for (store, cause) in writer.noticed() {
        note_replaced(&mut report, &store, cause);
    }
    Ok(report)
}

/// Says what [`perform`] would do, and does nothing: what it would write is written to copies that
/// are thrown away. The faults are those given, after those that are armed.
///
/// # Errors
/// Those of [`perform`].
pub fn rehearse(
    env: &Environment,
    catalogue: &Catalogue,
    place: &Place<'_>,
    faults: &[String],
    request: &Request,
) -> Result<PosReport, PosError> {
    let mut rehearsal = Rehearsal::new(env, place.channel, faults)?;
    let mut site = Site::open(Hands::Rehearsing(&mut rehearsal), catalogue, place)?;
    say(&mut site, request)
}

/// Says of each of several requests what [`rehearse`] would, of each as if it were the only one.
///
/// # Errors
/// What keeps all of them from being said.
pub fn rehearse_each(
    env: &Environment,
    catalogue: &Catalogue,
    place: &Place<'_>,
    requests: &[Request],
) -> Result<Vec<Result<PosReport, PosError>>, PosError> {
    let mut rehearsal = Rehearsal::new(env, place.channel, &[])?;
    let mut site = Site::open(Hands::Rehearsing(&mut rehearsal), catalogue, place)?;
    Ok(requests.iter().map(|request| say(&mut site, request)).collect())
}

fn say(site: &mut Site<'_>, request: &Request) -> Result<PosReport, PosError> {
    let mut report = dispatch(site, request)?;
    report.dry_run = true;
    if let Fit::Replaced(cause) = lineage::fit(site.hq(), &site.database, &site.store.name)? {
        note_replaced(&mut report, &site.store, cause);
    }
    if !intents::all(site.hq())?.is_empty() {
        report.notes.push("what an earlier command left unfinished would be tried first".into());
    }
    Ok(report)
}

/// Notes that a database was not the one last seen (U10), and the command that follows.
fn note_replaced(report: &mut PosReport, store: &DataStore, cause: Cause) {
    let (text, command) = notice::told(store, cause);
    report.notes.push(text);
    report.next.push(command);
}

fn dispatch(site: &mut Site<'_>, request: &Request) -> Result<PosReport, PosError> {
    match request {
        Request::CreateCustomer(new) => customers::create(site, new),
        Request::EditCustomer { account, set } => customers::edit(site, account, set),
        Request::CreateAddress { account, set } => addresses::create(site, account, set),
        Request::EditAddress { account, address, set } => {
            addresses::edit(site, account, address, set)
        }
        Request::DeactivateAddress { account, address } => {
            addresses::deactivate(site, account, address)
        }
        Request::FindCustomer { word, remote } => inquiries::find(site, word, *remote),
        Request::Balance(account) => inquiries::ask(site, Kind::Balance, account),
        Request::OrderHistory(account) => inquiries::ask(site, Kind::OrderHistory, account),
        Request::LinkIdentity { account, identity } => inquiries::link(site, account, identity),
        Request::CreateOrder(account) => inquiries::order(site, account),
        Request::IssueLoyaltyCard(account) => inquiries::loyalty(site, account),
        Request::CloseShift => shift::close(site),
        Request::Reconnect => shift::reconnect(site),
    }
}
