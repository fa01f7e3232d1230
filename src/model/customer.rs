//! Customers as people see them, and the fields they may set.

use super::ids::{AccountNum, AsyncAccount};
use super::named::named;
use serde::Serialize;

/// What people see instead of a temporary GUID (R08).
pub const PENDING_SYNC: &str = "Pending sync";

/// A customer with what the commands show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
    /// Addresses in force.
    pub addresses: Vec<Address>,
    /// Contacts beside the primary ones.
    pub contacts: Vec<String>,
    /// Affiliations.
    pub affiliations: Vec<String>,
}

impl Customer {
    /// First, middle and last name in one.
    pub fn name(&self) -> String {
        [&self.first_name, &self.middle_name, &self.last_name]
            .into_iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Address {
    /// Its id: the RECID of a synchronous one, a GUID while it has none.
    pub id: String,
    /// Street with number.
    pub street: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Postal code.
    pub zip: String,
    /// County.
    pub county: String,
    /// Country or region.
    pub country: String,
}

named! {
    /// A field of a customer that people set with `--set FIELD=VALUE`.
    pub enum CustomerField {
        /// First name.
        FirstName = "first-name",
        /// Middle name.
        MiddleName = "middle-name",
        /// Last name.
        LastName = "last-name",
        /// Personal title: Mr, Mrs, Ms, Dr.
        Title = "title",
        /// Primary e-mail address.
        Email = "email",
        /// Primary telephone number.
        Phone = "phone",
        /// Where receipts go.
        ReceiptEmail = "receipt-email",
        /// Language.
        Language = "language",
        /// Customer group.
        Group = "group",
        /// An affiliation to add.
        Affiliation = "affiliation",
    }
}

impl CustomerField {
    /// The field that a column of RETAILASYNCCUSTOMERV2 holds.
    pub fn of_column(column: &str) -> Option<Self> {
        let is = |field: &Self| field.column().is_some_and(|own| own.eq_ignore_ascii_case(column));
        Self::ALL.iter().copied().find(is)
    }

    /// The field, to be set; affiliations have none, since setting one adds it.
    pub fn of(self, customer: &mut Customer) -> Option<&mut String> {
        Some(match self {
            Self::FirstName => &mut customer.first_name,
            Self::MiddleName => &mut customer.middle_name,
            Self::LastName => &mut customer.last_name,
            Self::Title => &mut customer.title,
            Self::Email => &mut customer.email,
            Self::Phone => &mut customer.phone,
            Self::ReceiptEmail => &mut customer.receipt_email,
            Self::Language => &mut customer.language,
            Self::Group => &mut customer.group,
            Self::Affiliation => return None,
        })
    }

    /// The column of RETAILASYNCCUSTOMERV2 that holds it; an affiliation has a table of its own.
    pub fn column(self) -> Option<&'static str> {
        match self {
            Self::FirstName => Some("FIRSTNAME"),
            Self::MiddleName => Some("MIDDLENAME"),
            Self::LastName => Some("LASTNAME"),
            Self::Title => Some("TITLERECORDID"),
            Self::Email => Some("EMAIL"),
            Self::Phone => Some("PHONE"),
            Self::ReceiptEmail => Some("RECEIPTEMAIL"),
            Self::Language => Some("LANGUAGEID"),
            Self::Group => Some("CUSTGROUP"),
            Self::Affiliation => None,
        }
    }
}

named! {
    /// A field of an address that people set.
    pub enum AddressField {
        /// Street with number.
        Street = "street",
        /// City.
        City = "city",
        /// State.
        State = "state",
        /// Postal code.
        Zip = "zip",
        /// County.
        County = "county",
        /// Country or region.
        Country = "country",
    }
}

impl AddressField {
    /// The field that a column of RETAILASYNCADDRESSV2 holds.
    pub fn of_column(column: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.column().eq_ignore_ascii_case(column))
    }

    /// The column of RETAILASYNCADDRESSV2 that holds it.
    pub fn column(self) -> &'static str {
        match self {
            Self::Street => "STREET",
            Self::City => "CITY",
            Self::State => "STATE",
            Self::Zip => "ZIP",
            Self::County => "COUNTY",
            Self::Country => "COUNTRY",
        }
    }

    /// The field's value.
    pub fn get(self, address: &Address) -> &str {
        match self {
            Self::Street => &address.street,
            Self::City => &address.city,
            Self::State => &address.state,
            Self::Zip => &address.zip,
            Self::County => &address.county,
            Self::Country => &address.country,
        }
    }

    /// The field, to be set.
    pub fn of(self, address: &mut Address) -> &mut String {
        match self {
            Self::Street => &mut address.street,
            Self::City => &mut address.city,
            Self::State => &mut address.state,
            Self::Zip => &mut address.zip,
            Self::County => &mut address.county,
            Self::Country => &mut address.country,
        }
    }
}

/// Personal titles, by the number kept in TITLERECORDID and PERSONALTITLE (the numbers are ours).
pub const TITLES: &[(i64, &str)] = &[(1, "Mr"), (2, "Mrs"), (3, "Ms"), (4, "Dr")];

/// The number of a title, in any case.
pub fn title_number(title: &str) -> Option<i64> {
    let wanted = title.trim_end_matches('.');
    TITLES.iter().find(|(_, name)| name.eq_ignore_ascii_case(wanted)).map(|(number, _)| *number)
}

/// The title of a number; empty for none.
pub fn title_name(number: i64) -> &'static str {
    TITLES.iter().find(|(known, _)| *known == number).map_or("", |(_, name)| name)
}

/// A value that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Change {
    /// What.
    pub attribute: String,
    /// The old value.
    pub old: String,
    /// The new value.
    pub new: String,
}
