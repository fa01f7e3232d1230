//! What a gate file may hold.

use crate::definitions::form::form;
use crate::definitions::schemas::{OfFile, of_file};
use crate::gates::gate::Restart;
use crate::model::evidence::Grade;
use crate::model::version::Version;

/// The schema of a gate file.
pub(crate) const SCHEMA: OfFile =
    ("gate", "A file of gates/: a feature and what it demands", of_file::<GateForm>);

form! {
    /// A feature of the Feature management workspace, and everything it demands.
    pub(crate) struct GateForm {
        /// The feature.
        feature: FeatureForm = "feature",
        /// Since which versions it has which stage; it is in every version when left out.
        lifecycle: Option<LifecycleForm> = "lifecycle",
        /// Features that it needs.
        requires: Option<Vec<RequirementForm>> = "requires",
        /// What must be set up by hand.
        configuration: Option<Vec<ConfigurationForm>> = "configuration",
        /// What must be done, in order, until it is in effect.
        step: Option<Vec<StepForm>> = "step",
    }
}

form! {
    /// The feature.
    pub(super) struct FeatureForm {
        /// A short name.
        #[schemars(regex(pattern = "^[a-z0-9-]*$"))]
        slug: String = "slug",
        /// Its class, where that is public.
        class: Option<String> = "class",
        /// How well the class is supported; as the feature when left out.
        class_grade: Option<Grade> = "class-grade",
        /// Where the class was read; as the feature when left out.
        class_source: Option<String> = "class-source",
        /// The display name.
        name: String = "name",
        /// The Spanish display name.
        name_es: Option<String> = "name-es",
        /// Other names that pages and people have for it.
        also: Option<Vec<String>> = "also",
        /// The module that the workspace lists it under.
        module: Option<String> = "module",
        /// How well the module is supported; as the feature when left out.
        module_grade: Option<Grade> = "module-grade",
        /// Where the module was read; as the feature when left out.
        module_source: Option<String> = "module-source",
        /// Whether it can be turned off again; true when left out.
        can_disable: Option<bool> = "can-disable",
        /// Whether turning it on cannot be undone, which must be accepted.
        one_way: Option<bool> = "one-way",
        /// What must be confirmed before it is turned on.
        confirmation: Option<String> = "confirmation",
        /// The configuration key without which it is not listed.
        #[schemars(regex(pattern = "^[A-Za-z0-9_-]+$"))]
        configuration_key: Option<String> = "configuration-key",
        /// Slugs of features that cannot be enabled together with it.
        excludes: Option<Vec<String>> = "excludes",
        /// What is worth knowing of it.
        notes: Option<Vec<String>> = "notes",
        /// Where its sources differ, and what was chosen here.
        differ: Option<String> = "differ",
        /// How well it is supported.
        grade: Grade = "grade",
        /// Where it was read.
        #[schemars(regex(pattern = r"\S"))]
        source: String = "source",
    }
}

form! {
    /// Since which versions it has which stage; one at least, each later than the one before.
    #[schemars(extend("anyOf" = [
        { "required": ["preview"] }, { "required": ["released"] },
        { "required": ["on-by-default"] }, { "required": ["mandatory"] },
    ]))]
    pub(super) struct LifecycleForm {
        /// Can be tried since; off unless enabled.
        preview: Option<Version> = "preview",
        /// Released since; off unless enabled.
        released: Option<Version> = "released",
        /// Turned on by the update to this version; can be disabled.
        on_by_default: Option<Version> = "on-by-default",
        /// On since, and not to be turned off.
        mandatory: Option<Version> = "mandatory",
        /// The oldest scale unit that it works with.
        scale_unit: Option<Version> = "scale-unit",
        /// How well the first version is supported; as the others when left out.
        first_grade: Option<Grade> = "first-grade",
        /// Where the first version was read; as the others when left out.
        first_source: Option<String> = "first-source",
        /// How well the versions are supported; as the feature when left out.
        grade: Option<Grade> = "grade",
        /// Where they were read; as the feature when left out.
        source: Option<String> = "source",
    }
}

form! {
    /// A feature that it needs.
    pub(super) struct RequirementForm {
        /// Its slug.
        feature: String = "feature",
        /// Whether it must be on before; false where it only must be on in the end.
        first: Option<bool> = "first",
        /// The fact under which alone it is needed.
        #[schemars(regex(pattern = "^[A-Za-z0-9_-]+$"))]
        when: Option<String> = "when",
        /// How well that is supported; as the feature when left out.
        grade: Option<Grade> = "grade",
        /// Where it was read; as the feature when left out.
        source: Option<String> = "source",
    }
}

form! {
    /// What must be set up by hand.
    pub(super) struct ConfigurationForm {
        /// The fact that says it is set up, as `cdx params set` takes it.
        #[schemars(regex(pattern = "^[A-Za-z0-9_-]+$"))]
        name: String = "name",
        /// Before what: enable, or a job's id.
        before: String = "before",
        /// What must be set up.
        text: String = "text",
        /// What goes wrong without.
        effect: String = "effect",
        /// How well that is supported; as the feature when left out.
        grade: Option<Grade> = "grade",
        /// Where it was read; as the feature when left out.
        source: Option<String> = "source",
    }
}

form! {
    /// One thing to be done: exactly one of job, fact, restart and initialize.
    #[schemars(extend("oneOf" = [
        { "required": ["job"] }, { "required": ["fact"] }, { "required": ["restart"] },
        { "required": ["initialize"], "properties": { "initialize": { "const": true } } },
    ]))]
    pub(super) struct StepForm {
        /// The job that is run.
        job: Option<String> = "job",
        /// Whether what follows counts only once the job is Applied.
        wait: Option<bool> = "wait",
        /// The commerce scheduler is initialized.
        initialize: Option<bool> = "initialize",
        /// The fact that says that something was done by hand.
        #[schemars(regex(pattern = "^[A-Za-z0-9_-]+$"))]
        fact: Option<String> = "fact",
        /// What is done by hand.
        text: Option<String> = "text",
        /// What is restarted.
        restart: Option<Restart> = "restart",
        /// How well that is supported; as the feature when left out.
        grade: Option<Grade> = "grade",
        /// Where it was read; as the feature when left out.
        source: Option<String> = "source",
    }
}
