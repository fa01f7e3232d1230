//! Where what the rules say was read.

use serde::Serialize;

use crate::model::evidence::Grade;

/// A page, and how well it supports a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The page.
    pub(crate) url: &'static str,
    /// documented, inferred or assumed.
    pub(crate) grade: Grade,
}

impl Source {
    /// The page says it.
    pub(crate) const fn documented(url: &'static str) -> Self {
        Self { url, grade: Grade::Documented }
    }

    /// It follows from the page.
    pub(crate) const fn inferred(url: &'static str) -> Self {
        Self { url, grade: Grade::Inferred }
    }

    /// No public source says it; the page is the nearest.
    pub(crate) const fn assumed(url: &'static str) -> Self {
        Self { url, grade: Grade::Assumed }
    }
}

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident = $url:literal;)+) => {
        $($(#[$doc])* pub const $name: &str = $url;)+
    };
}

pages! {
    /// Asynchronous customer mode: frequent questions.
    ASYNC_FAQ = "https://learn.microsoft.com/dynamics365/commerce/async-customer-mode-faq";
    /// Asynchronous customer mode.
    ASYNC_MODE = "https://learn.microsoft.com/dynamics365/commerce/async-customer-mode";
    /// Customer management in stores.
    CUSTOMERS_IN_STORES = "https://learn.microsoft.com/dynamics365/commerce/customer-mgmt-stores";
    /// Converting asynchronous customers to synchronous ones.
    CONVERT = "https://learn.microsoft.com/dynamics365/commerce/convert-async-to-sync";
    /// Auditing the synchronization of customer operations.
    AUDIT = "https://learn.microsoft.com/dynamics365/commerce/async-customer-audit";
    /// Feature management.
    FEATURES = "https://learn.microsoft.com/dynamics365/fin-ops-core/fin-ops/get-started/feature-management/feature-management-overview";
    /// Implementation considerations for CDX.
    CDX_IMPLEMENTATION = "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/implementation-considerations-cdx";
    /// CDX best practices.
    CDX_PRACTICES = "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/cdx-best-practices";
    /// CDX troubleshooting.
    CDX_TROUBLE = "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/cdx-troubleshooting";
    /// CDX extensibility.
    CDX_EXTENSIBILITY = "https://learn.microsoft.com/dynamics365/commerce/dev-itpro/cdx-extensibility";
    /// How headquarters and channels talk to each other.
    CDX_COMMUNICATIONS = "https://learn.microsoft.com/dynamics365/commerce/define-retail-channel-communications-cdx";
    /// Upload session warnings.
    UPLOAD_WARNINGS = "https://learn.microsoft.com/troubleshoot/dynamics-365/commerce/upload-session-warnings";
    /// What the e-commerce application keeps of the answers it gets, and for how long.
    DATA_ACTION_CACHE = "https://learn.microsoft.com/dynamics365/commerce/e-commerce-extensibility/data-action-cache-settings";
    /// The public channel database schema.
    SCHEMA = "https://github.com/madmonkey/RetailSDK";
    /// This project's own list of what it shows and why.
    FIDELITY = "docs/fidelity.md";
}
