//! What a register's row of an asynchronous table says: written and read here, column by column.

use super::customer::{Address, AddressField, Contact, Customer, CustomerField};
use super::ids::AsyncAccount;

/// The customer type of a person, whom every customer here is (the number is inferred).
const PERSON: i64 = 1;

/// Values by column; text is turned into the column's type by SQLite.
pub(crate) type Values = Vec<(&'static str, String)>;

impl Customer {
    /// The values of a row that a channel makes, by its RECID, and the fields that it changes.
    pub(crate) fn async_values(&self, channel: i64, changed: String) -> Values {
        let mut values = vec![
            ("CUSTNAME", self.name()),
            ("STORERECID", channel.to_string()),
            ("RELATIONSHIPTYPE", PERSON.to_string()),
            ("cdx_CHANGED", changed),
        ];
        let stored = |field: &CustomerField| (field.column(), field.stored(field.get(self)));
        values.extend(CustomerField::ALL.iter().map(stored));
        values
    }

    /// The customer that a row describes.
    pub(crate) fn of_async<'r>(text: impl Fn(&str) -> &'r str) -> Self {
        let async_account = AsyncAccount::new(text("CUSTACCOUNTASYNC"));
        let mut customer = Self { async_account, ..Self::default() };
        for field in CustomerField::ALL {
            *field.of(&mut customer) = field.shown(text(field.column()));
        }
        customer
    }
}

impl Address {
    /// The values of a row, and the fields that it changes.
    pub(crate) fn async_values(&self, changed: String) -> Values {
        let mut values = vec![
            ("ADDRESSID", self.id.clone()),
            ("MAKEPOSTALADDRESSPRIMARY", "0".to_owned()),
            ("cdx_CHANGED", changed),
        ];
        let stored = |field: &AddressField| (field.column(), field.get(self).to_owned());
        values.extend(AddressField::ALL.iter().map(stored));
        values
    }

    /// The address that a row describes.
    pub(crate) fn of_async<'r>(text: impl Fn(&str) -> &'r str) -> Self {
        let mut address = Self { id: text("ADDRESSID").to_owned(), ..Self::default() };
        for field in AddressField::ALL {
            text(field.column()).clone_into(field.of(&mut address));
        }
        address
    }
}

impl Contact {
    /// The columns that hold it.
    pub(crate) const COLUMNS: [&str; 3] = ["CONTACTTYPE", "LOCATOR", "ISPRIMARY"];

    /// The values of a contact's row.
    pub(crate) fn async_values(self, id: String) -> Values {
        let values = [self.kind.to_string(), self.value, i64::from(self.primary).to_string()];
        Self::COLUMNS.into_iter().zip(values).chain([("CONTACTID", id)]).collect()
    }

    /// The contact that a row describes; what is no number is 0.
    pub(crate) fn of_async<'r>(text: impl Fn(&str) -> &'r str) -> Self {
        let [kind, value, primary] = Self::COLUMNS.map(text);
        let number = |text: &str| text.parse().unwrap_or(0);
        Self { kind: number(kind), value: value.to_owned(), primary: number(primary) != 0 }
    }
}

/// The type of an attribute whose value is text (inferred).
const TEXT: i64 = 5;

/// The columns of an attribute's row.
pub(crate) const ATTRIBUTE: [&str; 2] = ["ATTRIBUTERECID", "ATTRIBUTEVALUESTRING"];

/// The values of a row of an attribute, by its RECID.
pub(crate) fn attribute_values(attribute: i64, value: &str) -> Values {
    let [id, text] = ATTRIBUTE;
    vec![
        (id, attribute.to_string()),
        ("ATTRIBUTEDATATYPE", TEXT.to_string()),
        (text, value.to_owned()),
    ]
}

/// The column that holds the RECID of an affiliation.
pub(crate) const AFFILIATION: &str = "RETAILAFFILIATIONID";

/// The column of ours that holds the name of one that the register does not know.
pub(crate) const AFFILIATION_NAME: &str = "cdx_NAME";
