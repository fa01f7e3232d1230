//! What columns refer to: in headquarters a name stands for the same thing in every table.

/// Columns of these names, in any table, and the table and column of headquarters that they refer
/// to.
const KNOWN: &[(&str, &str, &str)] = &[
    ("ACCOUNTNUM CUSTACCOUNT CUSTACCOUNTNUM DEFAULTCUSTACCOUNT", "CUSTTABLE", "ACCOUNTNUM"),
    ("CUSTGROUP", "CUSTGROUP", "CUSTGROUP"),
    ("CURRENCY CURRENCYCODE", "CURRENCY", "CURRENCYCODE"),
    ("LANGUAGEID", "LANGUAGETABLE", "LANGUAGEID"),
    (
        "COUNTRY COUNTRYREGIONID COUNTRYREGIONCODE",
        "LOGISTICSADDRESSCOUNTRYREGION",
        "COUNTRYREGIONID",
    ),
    ("PARTY", "DIRPARTYTABLE", "RECID"),
    ("PERSON", "DIRPERSON", "RECID"),
    ("LOCATION", "LOGISTICSLOCATION", "RECID"),
    ("CHANNEL RETAILCHANNEL STORERECID ORIGINATINGCHANNEL", "RETAILCHANNELTABLE", "RECID"),
    ("FUNCTIONALITYPROFILE", "RETAILFUNCTIONALITYPROFILE", "PROFILEID"),
    ("STORENUMBER", "RETAILSTORETABLE", "STORENUMBER"),
    ("TERMINALID", "RETAILTERMINALTABLE", "TERMINALID"),
    ("AFFILIATIONID RETAILAFFILIATIONID", "RETAILAFFILIATION", "RECID"),
    ("ATTRIBUTE ATTRIBUTERECID", "ECORESATTRIBUTE", "RECID"),
    (
        "ATTRIBUTEGROUP CUSTOMERATTRIBUTEGROUP CLIENTBOOKATTRIBUTEGROUP",
        "ECORESATTRIBUTEGROUP",
        "RECID",
    ),
];

/// What a filter's channel refers to.
pub(crate) const CHANNELS: (&str, &str) = ("RETAILCHANNELTABLE", "RECID");

/// The table and the column of headquarters that a column of this name refers to.
pub(crate) fn of_name(column: &str) -> Option<(&'static str, &'static str)> {
    let named = |names: &str| names.split(' ').any(|name| name.eq_ignore_ascii_case(column));
    let found = KNOWN.iter().find(|(names, ..)| named(names));
    found.map(|(_, table, column)| (*table, *column))
}

/// Columns that say what a row asks for, and the value that asks for something: a creation that
/// nobody has carried out.
const ASKING: &[(&str, i64)] = &[("OPERATION", 1), ("ONLINEOPERATIONCOMPLETED", 0)];

/// The value of a column in a row that asks for something.
pub(crate) fn asking(column: &str) -> Option<i64> {
    let found = ASKING.iter().find(|(name, _)| name.eq_ignore_ascii_case(column));
    found.map(|(_, value)| *value)
}

/// What headquarters gives to a row once it has come up: until then the column is empty.
const GIVEN_LATER: &[(&str, &str)] = &[("RETAILASYNCCUSTOMERV2", "CUSTACCOUNT")];

/// Whether headquarters gives a column its value later.
pub(crate) fn is_given_later(table: &str, column: &str) -> bool {
    let is = |(one, other): &(&str, &str)| {
        one.eq_ignore_ascii_case(table) && other.eq_ignore_ascii_case(column)
    };
    GIVEN_LATER.iter().any(is)
}

/// Tables of which a row that is referred to has one row at most, though no key says so, and the
/// column that refers to it: a channel has one functionality profile (assumed).
const ONE_EACH: &[(&str, &str)] = &[("RETAILSTORETABLE", "RETAILCHANNEL")];

/// The columns of a table that no two rows may have the same of, beyond what its keys say.
pub(crate) fn one_each(table: &str) -> impl Iterator<Item = &'static str> {
    let of =
        |(name, column): &(&str, &'static str)| name.eq_ignore_ascii_case(table).then_some(*column);
    ONE_EACH.iter().filter_map(of)
}
