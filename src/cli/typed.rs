//! What people type of customers and addresses: `FIELD=VALUE` and its like, as values.

use super::CommandError;
use crate::model::customer::{
    AddressField, AttributeValue, Contact, ContactType, CustomerEdit, CustomerField, ReceiptOption,
    TITLES, title_number,
};
use crate::model::nearest::nearest;
use crate::model::operation::OperationKind;
use crate::model::suggestion::{OfCustomers, Prose, Suggestion};

/// What a customer has beside its fields.
#[derive(Debug, clap::Args)]
pub(super) struct More {
    /// The value of a customer attribute; may be given again.
    #[arg(long, value_name = "NAME=VALUE")]
    attribute: Vec<String>,
    /// Another contact, of the type email, phone or url; may be given again.
    #[arg(long, value_name = "TYPE=LOCATOR")]
    contact: Vec<String>,
}

/// How a field is set.
const EXAMPLE: &str = "for example --set last-name=Jones";

pub(super) fn help() -> Suggestion {
    Suggestion::Help(Some("pos".to_owned()))
}

pub(super) fn known_title(title: &str) -> Result<(), CommandError> {
    if title_number(title).is_some() {
        return Ok(());
    }
    let titles: Vec<&str> = TITLES.iter().map(|(_, name)| *name).collect();
    Err(CommandError::usage(
        "unknown-title",
        format!("not a title: {title:?}, expected one of {}", titles.join(", ")),
        Prose::hint("for example --title Ms; see what there is", help()),
    ))
}

/// `FIELD=VALUE` as a field and its value.
fn assignment(text: &str) -> Result<(&str, &str), CommandError> {
    text.split_once('=').ok_or_else(|| {
        CommandError::usage(
            "assignment",
            format!("{text:?} sets nothing, expected FIELD=VALUE"),
            Prose::hint(format!("{EXAMPLE}; see the customers"), OfCustomers::List),
        )
    })
}

/// A customer without a name is none.
pub(super) fn nameless(field: &str) -> CommandError {
    CommandError::usage(
        "empty-name",
        format!("{field} is empty, expected a name"),
        Prose::hint(format!("{EXAMPLE}; see the customers"), OfCustomers::List),
    )
}

fn unknown_field(name: &str, known: &[&str]) -> CommandError {
    let near = nearest(name, known.iter().copied());
    let hint = near.map_or_else(
        || EXAMPLE.to_owned(),
        |near| format!("did you mean {near:?}? write --set {near}=VALUE"),
    );
    let hint = Prose::hint(format!("{hint}; see what there is"), help());
    let expected = known.join(", ");
    CommandError::usage(
        "unknown-field",
        format!("unknown field {name:?}, expected one of {expected}"),
        hint,
    )
}

/// The values of attributes, from `NAME=VALUE` texts.
pub(super) fn attributes(more: &More) -> Result<Vec<AttributeValue>, CommandError> {
    let value = |text: &String| {
        let (name, value) = pair(text, "NAME=VALUE", "for example --attribute Newsletter=yes")?;
        Ok(AttributeValue { name: name.to_owned(), value: value.to_owned() })
    };
    more.attribute.iter().map(value).collect()
}

/// Contacts, from `TYPE=LOCATOR` texts.
pub(super) fn contacts(more: &More) -> Result<Vec<Contact>, CommandError> {
    let example = "for example --contact email=ada@example.com";
    let contact = |text: &String| {
        let (name, locator) = pair(text, "TYPE=LOCATOR", example)?;
        let Some(kind) = ContactType::parse(name) else {
            let known: Vec<&str> = ContactType::ALL.iter().map(|kind| kind.as_str()).collect();
            return Err(unknown_word("contact type", name, &known));
        };
        if locator.trim().is_empty() {
            return Err(CommandError::usage(
                "empty-contact",
                format!("{text:?} has no locator, expected TYPE=LOCATOR"),
                Prose::hint(format!("{example}; see what there is"), help()),
            ));
        }
        Ok(Contact { kind: kind.number(), value: locator.to_owned(), primary: false })
    };
    more.contact.iter().map(contact).collect()
}

/// Two parts of a text with an equals sign between.
fn pair<'t>(text: &'t str, form: &str, example: &str) -> Result<(&'t str, &'t str), CommandError> {
    text.split_once('=').filter(|(name, _)| !name.trim().is_empty()).ok_or_else(|| {
        CommandError::usage(
            "assignment",
            format!("{text:?} sets nothing, expected {form}"),
            Prose::hint(format!("{example}; see what there is"), help()),
        )
    })
}

/// A word that is none of a few.
fn unknown_word(what: &str, word: &str, known: &[&str]) -> CommandError {
    let near = nearest(word, known.iter().copied());
    let hint = near.map_or_else(String::new, |near| format!("did you mean {near:?}? "));
    CommandError::usage(
        "unknown-word",
        format!("unknown {what} {word:?}, expected one of {}", known.join(", ")),
        Prose::hint(format!("{hint}see what there is"), help()),
    )
}

/// The value of a customer's field, named so, as rows keep it.
fn stored(field: CustomerField, name: &str, value: &str) -> Result<String, CommandError> {
    if field.is_required() && value.trim().is_empty() {
        return Err(nameless(name));
    }
    if field == CustomerField::Title && !value.is_empty() {
        known_title(value)?;
    }
    if field == CustomerField::ReceiptOption && ReceiptOption::parse(value).is_none() {
        let known: Vec<&str> = ReceiptOption::ALL.iter().map(|one| one.as_str()).collect();
        return Err(unknown_word("receipt option", value, &known));
    }
    Ok(field.stored(value))
}

/// What a word and a value set in the row of an operation: the column that holds the field of this
/// name, with the value as the row keeps it; else the word is a column of its own.
pub(super) fn row_value<'t>(
    kind: OperationKind,
    word: &'t str,
    value: &str,
) -> Result<(&'t str, String), CommandError> {
    match kind {
        OperationKind::Customer => {
            if let Some(field) = CustomerField::parse(word) {
                return Ok((field.column(), stored(field, word, value)?));
            }
        }
        OperationKind::Address => {
            if let Some(field) = AddressField::parse(word) {
                return Ok((field.column(), value.to_owned()));
            }
        }
        OperationKind::Contact | OperationKind::Affiliation | OperationKind::Attribute => {}
    }
    Ok((word, value.to_owned()))
}

/// What is set of a customer, from `FIELD=VALUE` texts and what there is beside them.
pub(super) fn customer_edits(
    texts: &[String],
    more: &More,
) -> Result<Vec<CustomerEdit>, CommandError> {
    let edit = |text: &String| -> Result<CustomerEdit, CommandError> {
        let (name, value) = assignment(text)?;
        if name.eq_ignore_ascii_case(CustomerEdit::AFFILIATION) {
            return Ok(CustomerEdit::Affiliation(value.to_owned()));
        }
        let field = CustomerField::parse(name)
            .ok_or_else(|| unknown_field(name, &CustomerEdit::names()))?;
        let value = field.shown(&stored(field, name, value)?);
        Ok(CustomerEdit::Field(field, value.clone()))
    };
    let mut edits: Vec<CustomerEdit> = texts.iter().map(edit).collect::<Result<_, _>>()?;
    edits.extend(contacts(more)?.into_iter().map(CustomerEdit::Contact));
    edits.extend(attributes(more)?.into_iter().map(CustomerEdit::Attribute));
    Ok(edits)
}

pub(super) fn address_names() -> Vec<&'static str> {
    AddressField::ALL.iter().map(|field| field.as_str()).collect()
}

pub(super) fn address_fields(
    texts: &[String],
) -> Result<Vec<(AddressField, String)>, CommandError> {
    texts
        .iter()
        .map(|text| {
            let (name, value) = assignment(text)?;
            let field =
                AddressField::parse(name).ok_or_else(|| unknown_field(name, &address_names()))?;
            Ok((field, value.to_owned()))
        })
        .collect()
}
