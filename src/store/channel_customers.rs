//! Customers as a channel database has them, synchronous and asynchronous.

use rusqlite::types::Value;
use rusqlite::{Row, named_params, params_from_iter};

use super::catalogue::column_list;
use super::db::{ChannelDatabase, quoted};
use super::error::StoreError;
use super::lengths::refuse_row;
use crate::model::customer::{Address, Customer, PENDING_SYNC, title_name};
use crate::model::pos::FoundCustomer;
use crate::world::ids;

/// A customer that a channel knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// One with an account, and the GUID it came with, if it did.
    Sync {
        /// The account.
        account: String,
        /// The GUID, or empty.
        guid: String,
    },
    /// One whose account has not come back (R08).
    Async {
        /// The temporary GUID.
        guid: String,
    },
}

impl Known {
    /// The account commands take for it.
    pub fn account(&self) -> &str {
        match self {
            Self::Sync { account, .. } => account,
            Self::Async { guid } => guid,
        }
    }

    /// What people see for it (R08).
    pub fn display(&self) -> &str {
        match self {
            Self::Sync { account, .. } => account,
            Self::Async { .. } => PENDING_SYNC,
        }
    }

    /// CUSTACCOUNT and CUSTACCOUNTASYNC of a V2 row about it (R10).
    pub fn columns(&self) -> (&str, &str) {
        match self {
            Self::Sync { account, guid } => (account, guid),
            Self::Async { guid } => ("", guid),
        }
    }

    /// Whether its account has not come back.
    pub fn is_async(&self) -> bool {
        matches!(self, Self::Async { .. })
    }
}

/// Finds a customer by account or GUID; a GUID that maps to an account is that customer (R11).
pub fn know(channel: &ChannelDatabase, word: &str) -> Result<Option<Known>, StoreError> {
    let word = word.trim();
    if ids::is_guid(word) {
        let guid = word.to_uppercase();
        let sql = "SELECT ACCOUNTNUM FROM ax_RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = ?1";
        if let Some(account) = channel.text(sql, [&guid])? {
            return Ok(Some(Known::Sync { account, guid }));
        }
        let sql = "SELECT count(*) FROM ax_RETAILASYNCCUSTOMERV2 WHERE CUSTACCOUNTASYNC = ?1";
        let known = channel.number(sql, [&guid])? > 0;
        return Ok(known.then_some(Known::Async { guid }));
    }
    let sql = "SELECT c.ACCOUNTNUM, coalesce(r.CUSTACCOUNTASYNC, '') FROM ax_CUSTTABLE c \
               LEFT JOIN ax_RETAILCUSTTABLE r ON r.ACCOUNTNUM = c.ACCOUNTNUM \
               WHERE c.ACCOUNTNUM = ?1";
    channel.first(sql, [word], |row| Ok(Known::Sync { account: row.get(0)?, guid: row.get(1)? }))
}

/// A customer's values as the channel shows them: what was downloaded, under its own last
/// asynchronous row (R10).
pub fn state(channel: &ChannelDatabase, known: &Known) -> Result<Customer, StoreError> {
    let latest = channel.first(
        "SELECT * FROM ax_RETAILASYNCCUSTOMERV2 WHERE CUSTACCOUNT = :account AND :account <> ''
         OR CUSTACCOUNTASYNC = :guid AND :guid <> ''
         ORDER BY REPLICATIONCOUNTERFROMORIGIN DESC LIMIT 1",
        named_params! { ":account": known.columns().0, ":guid": known.columns().1 },
        |row| Ok((async_customer(row)?, row.get::<_, String>("MODIFIEDDATETIME")?)),
    )?;
    let Known::Sync { account, .. } = known else {
        return Ok(latest.map(|(customer, _)| customer).unwrap_or_default());
    };
    let downloaded = channel.first(include_str!("sql/channel_customer.sql"), [account], |row| {
        Ok((sync_customer(row)?, row.get::<_, String>("MODIFIEDDATETIME")?))
    })?;
    Ok(match (downloaded, latest) {
        // What has been downloaded since is newer than the channel's own row.
        (Some((customer, brought)), Some((_, made))) if made < brought => customer,
        (Some((customer, _)), Some((own, _))) => {
            Customer { account: customer.account, currency: customer.currency, ..own }
        }
        (Some((customer, _)), None) => customer,
        (None, latest) => latest.map(|(customer, _)| customer).unwrap_or_default(),
    })
}

fn async_customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer {
        account: row.get("CUSTACCOUNT")?,
        async_account: row.get("CUSTACCOUNTASYNC")?,
        first_name: row.get("FIRSTNAME")?,
        middle_name: row.get("MIDDLENAME")?,
        last_name: row.get("LASTNAME")?,
        title: title_name(row.get("TITLERECORDID")?).to_owned(),
        group: row.get("CUSTGROUP")?,
        currency: row.get("CURRENCY")?,
        language: row.get("LANGUAGEID")?,
        email: row.get("EMAIL")?,
        phone: row.get("PHONE")?,
        receipt_email: row.get("RECEIPTEMAIL")?,
        ..Customer::default()
    })
}

fn sync_customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer {
        account: row.get("ACCOUNTNUM")?,
        async_account: row.get("CUSTACCOUNTASYNC")?,
        first_name: row.get("FIRSTNAME")?,
        middle_name: row.get("MIDDLENAME")?,
        last_name: row.get("LASTNAME")?,
        title: title_name(row.get("PERSONALTITLE")?).to_owned(),
        group: row.get("CUSTGROUP")?,
        currency: row.get("CURRENCY")?,
        language: row.get("LANGUAGEID")?,
        email: row.get("EMAIL")?,
        phone: row.get("PHONE")?,
        receipt_email: row.get("RECEIPTEMAIL")?,
        ..Customer::default()
    })
}

/// The addresses in force of a customer: downloaded ones, under their last asynchronous row; one
/// whose last row is a deactivation is left out (R10).
pub fn addresses(channel: &ChannelDatabase, known: &Known) -> Result<Vec<Address>, StoreError> {
    let mut found: Vec<Address> = match known {
        Known::Sync { account, .. } => {
            channel.rows(include_str!("sql/channel_addresses.sql"), [account], |row| {
                Ok(Address {
                    id: row.get::<_, i64>("RECID")?.to_string(),
                    ..read_address(row, "ZIPCODE", "COUNTRYREGIONID")?
                })
            })?
        }
        Known::Async { .. } => Vec::new(),
    };
    let own = channel.rows(
        include_str!("sql/channel_async_addresses.sql"),
        named_params! { ":account": known.columns().0, ":guid": known.columns().1 },
        |row| {
            let address =
                Address { id: row.get("ADDRESSID")?, ..read_address(row, "ZIP", "COUNTRY")? };
            Ok((address, row.get::<_, i64>("OPERATION")?))
        },
    )?;
    for (address, operation) in own {
        found.retain(|known| known.id != address.id);
        // A created address that has come back from headquarters is there under its RECID.
        let back = found.iter().any(|known| {
            Address { id: String::new(), ..known.clone() }
                == Address { id: String::new(), ..address.clone() }
        });
        if operation != crate::model::customer::DEACTIVATE && !back {
            found.push(address);
        }
    }
    Ok(found)
}

fn read_address(row: &Row<'_>, zip: &str, country: &str) -> rusqlite::Result<Address> {
    Ok(Address {
        id: String::new(),
        street: row.get("STREET")?,
        city: row.get("CITY")?,
        state: row.get("STATE")?,
        zip: row.get(zip)?,
        county: row.get("COUNTY")?,
        country: row.get(country)?,
    })
}

/// Customers whose account, name or e-mail has a word: downloaded ones, and this store's own
/// asynchronous ones whose account has not come back (R11).
pub fn search(
    channel: &ChannelDatabase,
    word: &str,
    own_channel: i64,
    limit: u32,
) -> Result<Vec<FoundCustomer>, StoreError> {
    channel.rows(
        include_str!("sql/channel_search.sql"),
        named_params! { ":pattern": format!("%{word}%"), ":own": own_channel, ":limit": limit },
        |row| {
            let account: String = row.get(0)?;
            let pending: bool = row.get(3)?;
            let display_account = if pending { PENDING_SYNC.to_owned() } else { account.clone() };
            Ok(FoundCustomer { account, display_account, name: row.get(1)?, email: row.get(2)? })
        },
    )
}

/// Appends a row to an asynchronous table; text is turned into the column's type by SQLite.
///
/// # Errors
/// [`StoreError::Sqlite`] when a value is longer than its column.
pub fn append(
    channel: &ChannelDatabase,
    table: &str,
    values: &[(&str, String)],
) -> Result<i64, StoreError> {
    let table = format!("ax_{table}");
    refuse_row(channel, &table, values)?;
    let columns: Vec<String> = values.iter().map(|(column, _)| (*column).to_owned()).collect();
    let marks = vec!["?"; values.len()].join(", ");
    let sql =
        format!("INSERT INTO {} ({}) VALUES ({marks})", quoted(&table), column_list(&columns));
    let values = values.iter().map(|(_, value)| Value::Text(value.clone()));
    channel.run(&sql, params_from_iter(values))?;
    Ok(channel.last_id())
}

/// The affiliations of a customer in the channel, by RECID.
pub fn affiliations(channel: &ChannelDatabase, account: &str) -> Result<Vec<i64>, StoreError> {
    channel.rows(
        "SELECT RETAILAFFILIATIONID FROM ax_RETAILCUSTAFFILIATION WHERE CUSTACCOUNTNUM = ?1
         ORDER BY RETAILAFFILIATIONID",
        [account],
        |row| row.get(0),
    )
}

/// The affiliation of this name, in any case.
pub fn affiliation_named(channel: &ChannelDatabase, name: &str) -> Result<i64, StoreError> {
    let found =
        channel.rows("SELECT RECID, NAME FROM ax_RETAILAFFILIATION ORDER BY NAME", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
    let known: Vec<String> = found.iter().map(|(_, name)| name.clone()).collect();
    found
        .into_iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(name))
        .map(|(recid, _)| recid)
        .ok_or_else(|| StoreError::unknown("affiliation", name, &known, "cdx customers list"))
}

/// Deletes asynchronous rows last changed before a time, uploaded or not (U06); how many, and how
/// many of them headquarters has not received.
pub fn purge(
    channel: &ChannelDatabase,
    tables: &[&str],
    before: &str,
) -> Result<(u64, u64), StoreError> {
    channel.write(|db| {
        let (mut gone, mut lost) = (0, 0);
        for table in tables {
            let name = format!("ax_{table}");
            let sent = super::uploads::sent(channel, &name)?;
            let sql = format!(
                "SELECT count(*) FROM {} WHERE MODIFIEDDATETIME < ?1
                 AND REPLICATIONCOUNTERFROMORIGIN > ?2",
                quoted(&name)
            );
            lost += db.number(&sql, rusqlite::params![before, sent])? as u64;
            let sql = format!("DELETE FROM {} WHERE MODIFIEDDATETIME < ?1", quoted(&name));
            gone += db.run(&sql, [before])?;
        }
        Ok((gone, lost))
    })
}

/// Keeps a loyalty card that was issued here.
pub fn issue_card(
    channel: &ChannelDatabase,
    card: &str,
    account: &str,
    now: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO cdx_LOYALTYCARD (CARDNUMBER, ACCOUNT, ISSUED) VALUES (?1, ?2, ?3)";
    channel.run(sql, [card, account, now]).map(|_| ())
}

/// Keeps a customer order that was taken here.
pub fn take_order(
    channel: &ChannelDatabase,
    order: &str,
    account: &str,
    kind: &str,
    now: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO cdx_CUSTOMERORDER (ORDERID, ACCOUNT, KIND, CREATED) \
               VALUES (?1, ?2, ?3, ?4)";
    channel.run(sql, [order, account, kind, now]).map(|_| ())
}
