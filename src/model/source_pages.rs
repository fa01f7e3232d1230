//! The pages that statements rest on: what each is called in sources, where it stands, and what it
//! carries.

use schemars::JsonSchema;
use serde::Serialize;

/// A page that somebody can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SourcePage {
    /// What it is called there.
    pub(crate) title: &'static str,
    /// Where it stands.
    pub(crate) url: &'static str,
    /// Of when the text is that was read, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) date: Option<&'static str>,
    /// What it carries here, in a sentence of ours.
    pub(crate) carries: &'static str,
    /// What sources call it beside its title.
    #[serde(skip)]
    names: &'static [&'static str],
}

macro_rules! pages {
    ($(
        $name:ident = $title:literal, $url:literal $(, $date:literal)?;
            [$($short:literal),*] $carries:literal;
    )+) => {
        $(
            #[doc = $title]
            pub(crate) const $name: SourcePage = SourcePage {
                title: $title,
                url: $url,
                date: pages!(@ $($date)?),
                carries: $carries,
                names: &[$($short),*],
            };
        )+

        /// Every page, in the order written.
        pub(crate) const ALL: &[SourcePage] = &[$($name),+];
    };
    (@) => { None };
    (@ $date:literal) => { Some($date) };
}

pages! {
    ASYNC_FAQ = "Asynchronous customer creation mode FAQ",
        "https://learn.microsoft.com/dynamics365/commerce/async-customer-mode-faq", "2026-01-15";
        ["async customer mode FAQ"]
        "Asynchronous editing can be enabled once three other features are on, and reaches a channel \
         with jobs 1110, 1010 and 1070.";
    ASYNC_MODE = "Asynchronous customer creation mode",
        "https://learn.microsoft.com/dynamics365/commerce/async-customer-mode", "2022-10-18";
        ["async customer mode"]
        "A register that is offline, and a real-time creation that cannot reach headquarters, make \
         the customer asynchronously, so that every environment needs the three recurring jobs.";
    CUSTOMERS_IN_STORES = "Customer management in stores",
        "https://learn.microsoft.com/dynamics365/commerce/customer-mgmt-stores", "2021-09";
        []
        "A new customer takes what is not given from the store's default customer.";
    CONVERT = "Convert asynchronous customers to synchronous customers",
        "https://learn.microsoft.com/dynamics365/commerce/convert-async-to-sync";
        ["convert asynchronous customers to synchronous",
         "convert async customers to sync customers"]
        "A batch in headquarters gives an asynchronous customer an account, and 1010 brings it to \
         the channels.";
    AUDIT = "Audit synchronization of customer operations in headquarters",
        "https://learn.microsoft.com/dynamics365/commerce/async-customer-audit", "2022-10-18";
        ["audit synchronization of customer operations"]
        "A form in headquarters shows each customer operation with its status; one that failed is \
         edited, saved and synchronized there.";
    FEATURES = "Feature management overview",
        "https://learn.microsoft.com/dynamics365/fin-ops-core/fin-ops/get-started/feature-management/feature-management-overview";
        []
        "A feature is turned on now or at the midnight of a date, and a mandatory one stays on.";
    CDX_IMPLEMENTATION = "Commerce Data Exchange implementation guidance",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/implementation-considerations-cdx";
        ["implementation considerations for CDX"]
        "Each job brings its part of headquarters' data to the channels, what has changed or all of it.";
    CDX_PRACTICES = "Commerce Data Exchange best practices",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/cdx-best-practices", "2024-07-05";
        ["CDX best practices"]
        "Few tries, one P-job at a time, exclusions from offline databases and the order of sessions \
         are settings that keep the exchange healthy.";
    CDX_TROUBLE = "Commerce Data Exchange troubleshooting",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/cdx-troubleshooting", "2025-10";
        ["CDX troubleshooting", "troubleshoot CDX", "troubleshoot Commerce Data Exchange"]
        "A session that was tried too often is canceled, and what its message says leads to the cause.";
    CDX_EXTENSIBILITY = "Enable custom Commerce Data Exchange synchronization via extension",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/cdx-extensibility";
        ["CDX extensibility"]
        "Seed data of an extension adds tables and fields to jobs when the scheduler is initialized.";
    CDX_COMMUNICATIONS = "Commerce Data Exchange and commerce channel communications",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/define-retail-channel-communications-cdx";
        ["define retail channel communications (CDX)"]
        "Changes are tracked for each group and job, and go to its channel databases in sessions with \
         a status each.";
    CHANNEL_EXTENSIONS = "Channel database extensions",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/channel-db-extensions";
        ["channel database extensions"]
        "Scripts run in the order of their names, each once for a channel database; a published one \
         is never changed, and everything stands in the schema ext.";
    UPLOAD_WARNINGS = "Upload session warnings",
        "https://learn.microsoft.com/troubleshoot/dynamics-365/commerce/data-synchronization/upload-session-warnings",
        "2026-09-23";
        []
        "The Async Client makes upload sessions and the P-job's batch applies them; one that waits \
         for 15 minutes is warned about, by cause.";
    DATA_ACTION_CACHE = "Data action cache settings",
        "https://learn.microsoft.com/dynamics365/commerce/e-commerce-extensibility/data-action-cache-settings";
        []
        "The e-commerce application holds feature states and channel configuration for hours.";
    SCHEMA = "The public channel database schema 9.23",
        "https://github.com/madmonkey/RetailSDK";
        ["channel database schema 9.23", "channel schema 9.23"]
        "The runtime joins a feature's state row with its metadata row, and counters, operations and \
         temporary accounts have columns of their own.";
    FIDELITY = "What is shown, and what it rests on",
        "docs/fidelity.md";
        []
        "What no public source says is ours, and is called assumed.";
}

/// A page that a text names, and where.
struct Mention {
    from: usize,
    to: usize,
    page: &'static SourcePage,
}

/// The pages that a text names, in its order; of names that begin at one place the longest counts.
fn mentions(text: &str) -> Vec<Mention> {
    let lower = text.to_ascii_lowercase();
    let is_word = |at: usize| lower.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric);
    let mut found = Vec::new();
    let mut from = 0;
    while from < lower.len() {
        let begins = lower.is_char_boundary(from) && (from == 0 || !is_word(from - 1));
        let named = |name: &str| {
            let to = from + name.len();
            (lower[from..].starts_with(&name.to_ascii_lowercase()) && !is_word(to)).then_some(to)
        };
        let longest = ALL.iter().filter(|_| begins).flat_map(|page| {
            page.names
                .iter()
                .chain([&page.title])
                .filter_map(move |name| Some((named(name)?, page)))
        });
        match longest.max_by_key(|(to, _)| *to) {
            Some((to, page)) => {
                found.push(Mention { from, to, page });
                from = to;
            }
            None => from += 1,
        }
    }
    found
}

/// The pages that texts name, each once, in their order.
pub(crate) fn named_in<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<SourcePage> {
    let mut found: Vec<SourcePage> = Vec::new();
    for mention in texts.into_iter().flat_map(mentions) {
        if !found.contains(mention.page) {
            found.push(*mention.page);
        }
    }
    found
}

/// A text in Markdown, with the pages that it names as links.
pub(crate) fn linked(text: &str) -> String {
    let mut done = String::new();
    let mut at = 0;
    for Mention { from, to, page } in mentions(text) {
        let (before, name) = (&text[at..from], &text[from..to]);
        done.extend([before, "[", name, "](", page.url, ")"]);
        at = to;
    }
    done + &text[at..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_page_carries_a_sentence_of_its_own() {
        let mut seen = BTreeSet::new();
        for page in ALL {
            assert!(page.carries.ends_with('.') && page.carries.len() > 20, "{}", page.title);
            assert!(seen.insert(page.carries), "{}", page.title);
            assert!(seen.insert(page.url), "{}", page.title);
            for name in page.names.iter().chain([&page.title]) {
                assert!(seen.insert(name), "{name} names two pages");
                assert_eq!(named_in([*name]), [*page], "{name}");
            }
        }
    }

    #[test]
    fn the_longest_name_is_meant_and_a_part_of_a_word_is_none() {
        let text = "msdocs: async customer mode FAQ (2026-01-15), Async customer mode; é CDX troubleshooting";
        assert_eq!(named_in([text]), [ASYNC_FAQ, ASYNC_MODE, CDX_TROUBLE]);
        assert_eq!(named_in(["async customer modes", "implementation considerations offline"]), []);
        let expected = format!("see [CDX extensibility]({}) sample", CDX_EXTENSIBILITY.url);
        assert_eq!(linked("see CDX extensibility sample"), expected);
    }
}
