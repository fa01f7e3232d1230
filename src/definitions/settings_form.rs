//! What `cdx.toml` and `cdx-check.toml` may hold.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::form::{DateText, DurationText, form};
use crate::model::settings::{CHECK_PARTS, SUBJECT_PARTS, UploadTopology};

form! {
    /// The settings of an environment, cdx.toml. What is left out has its default.
    pub(super) struct SettingsForm {
        /// The environment as a whole.
        environment: Option<EnvironmentForm> = "environment",
        /// The scale units.
        scale_unit: Option<ScaleUnitForm> = "scale-unit",
        /// The e-commerce application of online stores.
        e_commerce: Option<StorefrontForm> = "e-commerce",
        /// How rows go up.
        upload: Option<UploadForm> = "upload",
        /// How long a package can still be fetched. After it, a session needs a full
        /// synchronization.
        packages: Option<RetentionForm> = "packages",
        /// How far the change tracking reaches back. After it, a run is full.
        change_tracking: Option<RetentionForm> = "change-tracking",
        /// What the doctor goes by.
        doctor: Option<DoctorForm> = "doctor",
        /// Findings of the doctor that are known and accepted.
        suppress: Option<Vec<SuppressionForm<SubjectScope>>> = "suppress",
        /// The extensions that are rehearsed.
        extension: Option<Vec<ExtensionForm>> = "extension",
    }
}

form! {
    /// The environment as a whole.
    pub(super) struct EnvironmentForm {
        /// The legal entity that rows belong to (DATAAREAID).
        #[schemars(length(min = 1, max = 4))]
        company: Option<String> = "company",
        /// The time zone in which features fall due at midnight: an IANA name, Europe/Madrid.
        time_zone: Option<String> = "time-zone",
    }
}

form! {
    /// The scale units.
    pub(super) struct ScaleUnitForm {
        /// How many instances answer for each channel; each has a cache of its own.
        #[schemars(range(min = 1, max = 16))]
        instances: Option<u32> = "instances",
        /// How long an instance answers from what it has loaded.
        cache_ttl: Option<DurationText> = "cache-ttl",
    }
}

form! {
    /// The e-commerce application of online stores.
    pub(super) struct StorefrontForm {
        /// How long it answers from the feature states that it has loaded.
        feature_ttl: Option<DurationText> = "feature-ttl",
        /// How long it answers from the channel's configuration that it has loaded.
        configuration_ttl: Option<DurationText> = "configuration-ttl",
    }
}

form! {
    /// How rows go up.
    pub(super) struct UploadForm {
        /// Who collects uploads, and who applies them.
        topology: Option<UploadTopology> = "topology",
    }
}

form! {
    /// How long something is kept.
    pub(super) struct RetentionForm {
        /// How long.
        retention: Option<DurationText> = "retention",
    }
}

form! {
    /// What the doctor goes by.
    pub(super) struct DoctorForm {
        /// How long a session, or a row on its way to headquarters, may wait before it is
        /// mentioned.
        stuck_after: Option<DurationText> = "stuck-after",
        /// How many sessions a database that is added now may inherit before it is mentioned.
        #[schemars(range(min = 0))]
        session_budget: Option<u64> = "session-budget",
    }
}

form! {
    /// An extension that is rehearsed.
    pub(super) struct ExtensionForm {
        /// A folder or a package, from the environment's folder.
        path: String = "path",
    }
}

form! {
    /// What a repository accepts of `cdx check`, cdx-check.toml.
    pub(super) struct CheckForm {
        /// Findings that are known and accepted.
        suppress: Option<Vec<SuppressionForm<PlaceScope>>> = "suppress",
    }
}

/// A finding that is known and accepted.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "SuppressionOf{Scope}")]
#[expect(dead_code, reason = "a reader walks the file key by key, and tells every problem")]
pub(super) struct SuppressionForm<Scope> {
    /// The rule, by code or name: CDX303.
    code: String,
    /// What it is about; everything when left out.
    scope: Option<Scope>,
    /// Why it is accepted.
    #[schemars(regex(pattern = r"\S"))]
    reason: String,
    /// The first day on which it is not accepted any more.
    expires: Option<DateText>,
}

/// The keys of a suppression.
pub(super) const SUPPRESSION: &[&str] = &["code", "scope", "reason", "expires"];

/// What a finding about an environment is about.
pub(super) struct SubjectScope;

/// What a finding about a repository is about.
pub(super) struct PlaceScope;

/// A table with these keys, each a text.
fn texts(keys: &[&str]) -> Schema {
    let text = |key: &&str| ((*key).to_owned(), json_schema!({ "type": "string" }).to_value());
    let keys: serde_json::Map<_, _> = keys.iter().map(text).collect();
    json_schema!({ "type": "object", "properties": keys, "additionalProperties": false })
}

impl JsonSchema for SubjectScope {
    fn schema_name() -> Cow<'static, str> {
        "SubjectScope".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        texts(SUBJECT_PARTS)
    }
}

impl JsonSchema for PlaceScope {
    fn schema_name() -> Cow<'static, str> {
        "PlaceScope".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        texts(CHECK_PARTS)
    }
}
