//! Customers as people see them, and the fields they may set. A field stands once, in the tables
//! below: its name, its columns and its member come from there.

use schemars::JsonSchema;
use serde::Serialize;

use super::ids::{AccountNum, AsyncAccount};
use super::named::{named, numbered};

/// What people see instead of a temporary GUID (R08).
pub(crate) const PENDING_SYNC: &str = "Pending sync";

/// A customer with what the commands show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Customer {
    /// The account number; empty while it has none.
    pub account: AccountNum,
    /// The temporary GUID it came with, if it did.
    #[serde(skip_serializing_if = "AsyncAccount::is_empty")]
    pub async_account: AsyncAccount,
    /// First, middle and last name.
    pub first_name: String,
    /// Middle name.
    pub middle_name: String,
    /// Last name.
    pub last_name: String,
    /// Personal title.
    pub title: String,
    /// Customer group.
    pub group: String,
    /// Currency.
    pub currency: String,
    /// Language.
    pub language: String,
    /// Primary e-mail address.
    pub email: String,
    /// Primary telephone number.
    pub phone: String,
    /// Where receipts go.
    pub receipt_email: String,
    /// How receipts go, where it is not on paper: email, both.
    pub receipt_option: String,
    /// Addresses in force.
    pub addresses: Vec<Address>,
    /// Contacts beside the primary ones.
    pub contacts: Vec<String>,
    /// Affiliations.
    pub affiliations: Vec<String>,
    /// Attributes that have a value.
    pub attributes: Vec<AttributeValue>,
}

impl Customer {
    /// First, middle and last name in one.
    pub(crate) fn name(&self) -> String {
        let parts = [&self.first_name, &self.middle_name, &self.last_name];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// A new customer with what it takes from the default customer where it says nothing (R16).
    pub(crate) fn like(mut self, default: &Self, email: ReceiptEmail) -> Self {
        for field in CustomerField::INHERITED {
            let kept_back = field == CustomerField::ReceiptEmail && email == ReceiptEmail::KeptBack;
            if field.get(&self).is_empty() && !kept_back {
                field.get(default).clone_into(field.of(&mut self));
            }
        }
        self
    }
}

/// Whether the receipt e-mail of the default customer is copied to a new one (R16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReceiptEmail {
    /// Copied where none is given.
    Copied,
    /// A feature of 10.0.21 prevents it.
    KeptBack,
}

impl ReceiptEmail {
    /// By whether that feature is on.
    pub(crate) const fn prevented(on: bool) -> Self {
        if on { Self::KeptBack } else { Self::Copied }
    }
}

/// The value of an attribute of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AttributeValue {
    /// The attribute's name.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: String,
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Address {
    /// Its id: the RECID of a synchronous one, a GUID while it has none.
    pub id: String,
    /// Street with number.
    pub(crate) street: String,
    /// City.
    pub(crate) city: String,
    /// State.
    pub(crate) state: String,
    /// Postal code.
    pub(crate) zip: String,
    /// County.
    pub(crate) county: String,
    /// Country or region.
    pub(crate) country: String,
}

impl Address {
    /// The address as it is written on a letter.
    pub(crate) fn written(&self) -> String {
        format!("{}\n{}, {} {}", self.street, self.city, self.state, self.zip)
    }
}

/// Makes the fields that people set. A row is a field: its name, for people, scripts and
/// `cdx_CHANGED`; its column in the asynchronous table; where headquarters and channels keep it;
/// its member.
macro_rules! fields {
    ($(#[$doc:meta])* $name:ident of $owner:ident, kept in $place:ty {
        $(
            $(#[$about:meta])*
            $variant:ident = $text:literal, $column:literal, $kept:expr, $member:ident;
        )+
    }) => {
        named! {
            $(#[$doc])*
            pub enum $name { $($(#[$about])* $variant = $text,)+ }
        }

        impl $name {
            /// Its column in the asynchronous table.
            pub const fn column(self) -> &'static str {
                match self { $(Self::$variant => $column,)+ }
            }

            /// Where headquarters and channels keep it.
            pub(crate) const fn place(self) -> $place {
                match self { $(Self::$variant => $kept,)+ }
            }

            /// The value.
            pub(crate) fn get(self, owner: &$owner) -> &str {
                match self { $(Self::$variant => &owner.$member,)+ }
            }

            /// The value, to be set.
            pub(crate) fn of(self, owner: &mut $owner) -> &mut String {
                match self { $(Self::$variant => &mut owner.$member,)+ }
            }

            /// The field that a column of the asynchronous table holds.
            pub(crate) fn of_column(column: &str) -> Option<Self> {
                let is = |field: &Self| field.column().eq_ignore_ascii_case(column);
                Self::ALL.iter().copied().find(is)
            }

            /// The fields that say something.
            pub(crate) fn given(owner: &$owner) -> impl Iterator<Item = Self> + '_ {
                Self::ALL.iter().copied().filter(|field| !field.get(owner).is_empty())
            }
        }
    };
}

fields! {
    /// A field of a customer that people set with `--set FIELD=VALUE`.
    CustomerField of Customer, kept in Place {
        /// First name.
        FirstName = "first-name", "FIRSTNAME", Place::Column(CustomerTable::Name, "FIRSTNAME"), first_name;
        /// Middle name.
        MiddleName = "middle-name", "MIDDLENAME", Place::Column(CustomerTable::Name, "MIDDLENAME"), middle_name;
        /// Last name.
        LastName = "last-name", "LASTNAME", Place::Column(CustomerTable::Name, "LASTNAME"), last_name;
        /// Personal title: Mr, Mrs, Ms, Dr.
        Title = "title", "TITLERECORDID", Place::Column(CustomerTable::Person, "PERSONALTITLE"), title;
        /// Primary e-mail address.
        Email = "email", "EMAIL", Place::Contact(EMAIL), email;
        /// Primary telephone number.
        Phone = "phone", "PHONE", Place::Contact(PHONE), phone;
        /// Where receipts go.
        ReceiptEmail = "receipt-email", "RECEIPTEMAIL", Place::Column(CustomerTable::Retail, "RECEIPTEMAIL"), receipt_email;
        /// Language.
        Language = "language", "LANGUAGEID", Place::Column(CustomerTable::Party, "LANGUAGEID"), language;
        /// Customer group.
        Group = "group", "CUSTGROUP", Place::Column(CustomerTable::Account, "CUSTGROUP"), group;
        /// Currency.
        Currency = "currency", "CURRENCY", Place::Column(CustomerTable::Account, "CURRENCY"), currency;
        /// How receipts go: standard, email, both.
        ReceiptOption = "receipt-option", "RECEIPTOPTION", Place::Column(CustomerTable::Retail, "RECEIPTOPTION"), receipt_option;
    }
}

fields! {
    /// A field of an address that people set; its place is a column of LOGISTICSPOSTALADDRESS.
    AddressField of Address, kept in &'static str {
        /// Street with number.
        Street = "street", "STREET", "STREET", street;
        /// City.
        City = "city", "CITY", "CITY", city;
        /// State.
        State = "state", "STATE", "STATE", state;
        /// Postal code.
        Zip = "zip", "ZIP", "ZIPCODE", zip;
        /// County.
        County = "county", "COUNTY", "COUNTY", county;
        /// Country or region.
        Country = "country", "COUNTRY", "COUNTRYREGIONID", country;
    }
}

/// Where headquarters keeps a field of a customer; a channel has the same tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A column of one of the customer's rows.
    Column(CustomerTable, &'static str),
    /// The primary contact of this type.
    Contact(i64),
}

named! {
    /// The tables that a customer has a row in.
    pub(crate) enum CustomerTable {
        /// The party.
        Party = "DIRPARTYTABLE",
        /// The person that the party is.
        Person = "DIRPERSON",
        /// The person's name.
        Name = "DIRPERSONNAME",
        /// The customer account.
        Account = "CUSTTABLE",
        /// What retail adds to the account.
        Retail = "RETAILCUSTTABLE",
    }
}

impl CustomerField {
    /// The text of a column that holds a value: of a title, its number.
    pub fn stored(self, value: &str) -> String {
        match self {
            Self::Title => title_number(value).unwrap_or(0).to_string(),
            Self::ReceiptOption => receipt_option_number(value).unwrap_or(0).to_string(),
            _ => value.to_owned(),
        }
    }

    /// The value that such a text stands for.
    pub(crate) fn shown(self, stored: &str) -> String {
        match self {
            Self::Title => title_name(stored.parse().unwrap_or(0)).to_owned(),
            Self::ReceiptOption => {
                let option = ReceiptOption::from_number(stored.parse().unwrap_or(0));
                let told = option.filter(|option| *option != ReceiptOption::Standard);
                told.map_or("", ReceiptOption::as_str).to_owned()
            }
            _ => stored.to_owned(),
        }
    }

    /// What a new customer takes from the default customer (R16).
    pub(crate) const INHERITED: [Self; 5] =
        [Self::Group, Self::Currency, Self::Language, Self::ReceiptOption, Self::ReceiptEmail];

    /// Whether a customer without it is none.
    pub(crate) fn is_required(self) -> bool {
        matches!(self, Self::FirstName | Self::LastName)
    }
}

/// What people change of a customer with `--set FIELD=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerEdit {
    /// A field gets a value.
    Field(CustomerField, String),
    /// The customer gets an affiliation, by its name.
    Affiliation(String),
    /// An attribute gets a value.
    Attribute(AttributeValue),
    /// The customer gets another contact.
    Contact(Contact),
}

impl CustomerEdit {
    /// The name under which an affiliation is set.
    pub(crate) const AFFILIATION: &str = "affiliation";

    /// All that can be set.
    pub(crate) fn names() -> Vec<&'static str> {
        let fields = CustomerField::ALL.iter().map(|field| field.as_str());
        fields.chain([Self::AFFILIATION]).collect()
    }
}

/// The type of a telephone number, in CONTACTTYPE and LOGISTICSELECTRONICADDRESS.
pub(crate) const PHONE: i64 = 1;
/// The type of an e-mail address.
pub(crate) const EMAIL: i64 = 2;

numbered! {
    /// The types of contacts, by the number in CONTACTTYPE and LOGISTICSELECTRONICADDRESS.
    pub(crate) enum ContactType {
        /// A telephone number.
        Phone = 1, "phone";
        /// An e-mail address.
        Email = 2, "email";
        /// A web address.
        Url = 3, "url";
    }
}

numbered! {
    /// How receipts go, by the number in RECEIPTOPTION (the numbers are inferred).
    pub(crate) enum ReceiptOption {
        /// On paper.
        Standard = 0, "standard";
        /// By e-mail.
        Email = 1, "email";
        /// Both ways.
        Both = 2, "both";
    }
}

/// The number of a receipt option, in any case.
fn receipt_option_number(option: &str) -> Option<i64> {
    ReceiptOption::parse(option).map(ReceiptOption::number)
}

/// A way to reach a customer, as the asynchronous table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The number of a [`ContactType`], or another program's.
    pub(crate) kind: i64,
    /// The number or the address.
    pub(crate) value: String,
    /// Whether it is the customer's own, and not one beside it.
    pub(crate) primary: bool,
}

impl Contact {
    /// The customer's own contact of a type.
    pub(crate) fn primary(kind: i64, value: &str) -> Self {
        Self { kind, value: value.to_owned(), primary: true }
    }

    /// The word for its type.
    pub(crate) fn word(&self) -> &'static str {
        ContactType::from_number(self.kind).map_or("other", ContactType::as_str)
    }

    /// A contact beside the primary ones: what has an @ is an e-mail address.
    pub(crate) fn secondary(value: &str) -> Self {
        let kind = if value.contains('@') { EMAIL } else { PHONE };
        Self { kind, value: value.to_owned(), primary: false }
    }
}

/// Personal titles, by the number kept in TITLERECORDID and PERSONALTITLE (the numbers are ours).
pub(crate) const TITLES: &[(i64, &str)] = &[(1, "Mr"), (2, "Mrs"), (3, "Ms"), (4, "Dr")];

/// The number of a title, in any case.
pub(crate) fn title_number(title: &str) -> Option<i64> {
    let wanted = title.trim_end_matches('.');
    TITLES.iter().find(|(_, name)| name.eq_ignore_ascii_case(wanted)).map(|(number, _)| *number)
}

/// The title of a number; empty for none.
fn title_name(number: i64) -> &'static str {
    TITLES.iter().find(|(known, _)| *known == number).map_or("", |(_, name)| name)
}

/// A value that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, JsonSchema)]
pub(crate) struct Change {
    /// What.
    pub attribute: String,
    /// The old value.
    pub old: String,
    /// The new value.
    pub new: String,
}

impl Change {
    /// A change of something from one value to another.
    pub(crate) fn new(attribute: &str, old: &str, new: &str) -> Self {
        Self { attribute: attribute.to_owned(), old: old.to_owned(), new: new.to_owned() }
    }
}
