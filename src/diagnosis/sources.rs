//! Where what the rules say was read.

use serde::Serialize;

use crate::model::evidence::Grade;

/// A page that somebody can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Page {
    /// What it is called there.
    pub(crate) title: &'static str,
    /// Where it stands.
    pub(crate) url: &'static str,
    /// Of when the text is that was read, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) date: Option<&'static str>,
}

/// A page, and how well it supports a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The page.
    #[serde(flatten)]
    pub(crate) page: Page,
    /// documented, inferred or assumed.
    pub(crate) grade: Grade,
}

impl Source {
    /// The page says it.
    pub(crate) const fn documented(page: Page) -> Self {
        Self { page, grade: Grade::Documented }
    }

    /// It follows from the page.
    pub(crate) const fn inferred(page: Page) -> Self {
        Self { page, grade: Grade::Inferred }
    }

    /// No public source says it; the page is the nearest.
    pub(crate) const fn assumed(page: Page) -> Self {
        Self { page, grade: Grade::Assumed }
    }
}

macro_rules! pages {
    ($($name:ident = $title:literal, $url:literal $(, $date:literal)?;)+) => {
        $(
            #[doc = $title]
            pub const $name: Page = Page { title: $title, url: $url, date: pages!(@ $($date)?) };
        )+
    };
    (@) => { None };
    (@ $date:literal) => { Some($date) };
}

pages! {
    ASYNC_FAQ = "Asynchronous customer creation mode FAQ",
        "https://learn.microsoft.com/dynamics365/commerce/async-customer-mode-faq", "2026-01-15";
    ASYNC_MODE = "Asynchronous customer creation mode",
        "https://learn.microsoft.com/dynamics365/commerce/async-customer-mode", "2022-10-18";
    CUSTOMERS_IN_STORES = "Customer management in stores",
        "https://learn.microsoft.com/dynamics365/commerce/customer-mgmt-stores", "2021-09";
    CONVERT = "Convert asynchronous customers to synchronous customers",
        "https://learn.microsoft.com/dynamics365/commerce/convert-async-to-sync";
    AUDIT = "Audit synchronization of customer operations in headquarters",
        "https://learn.microsoft.com/dynamics365/commerce/async-customer-audit", "2022-10-18";
    FEATURES = "Feature management overview",
        "https://learn.microsoft.com/dynamics365/fin-ops-core/fin-ops/get-started/feature-management/feature-management-overview";
    CDX_IMPLEMENTATION = "Commerce Data Exchange implementation guidance",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/implementation-considerations-cdx";
    CDX_PRACTICES = "Commerce Data Exchange best practices",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/cdx-best-practices", "2024-07-05";
    CDX_TROUBLE = "Commerce Data Exchange troubleshooting",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/cdx-troubleshooting", "2025-10";
    CDX_EXTENSIBILITY = "Enable custom Commerce Data Exchange synchronization via extension",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/cdx-extensibility";
    CDX_COMMUNICATIONS = "Commerce Data Exchange and commerce channel communications",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/define-retail-channel-communications-cdx";
    CHANNEL_EXTENSIONS = "Channel database extensions",
        "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/channel-db-extensions";
    UPLOAD_WARNINGS = "Upload session warnings",
        "https://learn.microsoft.com/troubleshoot/dynamics-365/commerce/data-synchronization/upload-session-warnings",
        "2026-09-23";
    DATA_ACTION_CACHE = "Data action cache settings",
        "https://learn.microsoft.com/dynamics365/commerce/e-commerce-extensibility/data-action-cache-settings";
    SCHEMA = "The public channel database schema 9.23",
        "https://github.com/madmonkey/RetailSDK";
    FIDELITY = "What is shown, and what it rests on",
        "docs/fidelity.md";
}
