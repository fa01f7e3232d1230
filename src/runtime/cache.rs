//! What a scale unit answers from, against what its channel's database says (R12, R13).

use schemars::JsonSchema;
use serde::Serialize;

use crate::gates::Catalogue;
use crate::model::scale_unit::View;

/// One answer that is older than the database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub(crate) struct Difference {
    /// What is answered, `feature async-customer-editing`.
    pub(crate) what: String,
    /// What the instance answers.
    pub(crate) cached: String,
    /// What the database says.
    pub(crate) database: String,
}

/// Where an instance answers otherwise than its database would.
pub(crate) fn differences(catalogue: &Catalogue, held: &View, now: &View) -> Vec<Difference> {
    let on = |view: &View, name: &str| yes(view.features.get(name).copied().unwrap_or(false));
    let mut found = Vec::new();
    let mut add = |what: String, cached: String, database: String| {
        if cached != database {
            found.push(Difference { what, cached, database });
        }
    };
    for gate in &catalogue.gates {
        let name = gate.table_name();
        add(format!("feature {}", gate.slug), on(held, &name), on(now, &name));
    }
    let channel = |view: &View| view.channel.clone().unwrap_or_default();
    let (held, now) = (channel(held), channel(now));
    add(
        "create customer in async mode".to_owned(),
        yes(held.async_customers),
        yes(now.async_customers),
    );
    add(
        "create customer order in async mode".to_owned(),
        yes(held.async_orders),
        yes(now.async_orders),
    );
    add(
        "default customer".to_owned(),
        held.default_customer.to_string(),
        now.default_customer.to_string(),
    );
    add(
        "days transactions exist".to_owned(),
        held.days_transactions_exist.to_string(),
        now.days_transactions_exist.to_string(),
    );
    found
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}
