//! A customer that is made in headquarters, as people type it.

use super::values::filled;
use crate::model::customer::Customer;

/// A customer to make.
#[derive(Debug, clap::Args)]
pub(super) struct NewCustomer {
    /// First name.
    #[arg(long, value_parser = filled)]
    first_name: String,
    /// Last name.
    #[arg(long, value_parser = filled)]
    last_name: String,
    /// E-mail address.
    #[arg(long, default_value = "")]
    email: String,
    /// Telephone number.
    #[arg(long, default_value = "")]
    phone: String,
    /// Customer group; else the default customer's.
    #[arg(long, value_name = "G", default_value = "")]
    group: String,
    /// Currency; else the default customer's.
    #[arg(long, value_name = "C", default_value = "")]
    currency: String,
    /// Language; else the default customer's.
    #[arg(long, value_name = "L", default_value = "")]
    language: String,
}

impl From<NewCustomer> for Customer {
    fn from(new: NewCustomer) -> Self {
        Self {
            first_name: new.first_name,
            last_name: new.last_name,
            receipt_email: new.email.clone(),
            email: new.email,
            phone: new.phone,
            group: new.group,
            currency: new.currency,
            language: new.language,
            ..Self::default()
        }
    }
}
