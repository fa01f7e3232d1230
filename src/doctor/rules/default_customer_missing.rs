//! CDX505: a channel's default customer is not in headquarters, or not in the channel.

use crate::diagnosis::sources::CUSTOMERS_IN_STORES;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::default_customers::{another, brought};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};

const HEADER: Header = Header {
    code: "CDX505",
    name: "default-customer-missing",
    severity: Severity::Error,
    checks: "that headquarters and the channel have the customer that the channel names as its \
             default",
    why: "A new customer takes from the channel's default customer what is not given. Without it \
          nobody can be created there, by a real-time call where headquarters does not have it, \
          and asynchronously where the channel does not; and the batch cannot make a customer of \
          what has come up.",
    how_to_fix: "Bring it by 1010, or set another: `cdx channels set NAME --default-customer A`, then \
           1070.",
    since: "0.3.0",
    behaviours: &["R16"],
    sources: &[Source::documented(CUSTOMERS_IN_STORES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let defaults = x.hq.default_customers.as_ref()?;
    for (channel, facts) in x.online() {
        if let Err(why) = &facts.here {
            findings.unjudged(&channel.store.name, why);
            continue;
        }
        let Some(own) = defaults.get(&channel.store.id) else { continue };
        let account = &own.account;
        let here = facts.here.as_ref()?;
        let there = here.has_customer(account).unwrap_or(true);
        let (title, fix) = if account.is_empty() {
            ("the channel has no default customer".to_owned(), another(x, channel, facts)?)
        } else if !own.known {
            let title = format!("headquarters does not have the default customer {account}");
            (title, another(x, channel, facts)?)
        } else if !there && here.has_customers {
            let title = format!("the channel does not have its default customer {account}");
            (title, brought(x, channel, facts)?)
        } else {
            continue;
        };
        findings.report(Found {
            subject: Subject::channel(&channel.store.name).with_key("default customer"),
            title,
            evidence: vec![format!("RETAILCHANNELTABLE.DEFAULTCUSTACCOUNT is {account:?}")],
            effect: "no customer can be created for the channel".to_owned(),
            fix,
        });
    }
    x.tell_unreadable(findings);
    Ok(())
}
