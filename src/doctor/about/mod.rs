//! What several rules share: how a channel gets what it lacks, and what stands in the way.

pub(super) mod calls;
pub(super) mod default_customers;
pub(super) mod features;
pub(super) mod jobs;
pub(super) mod obstacle;
pub(super) mod schedules;
pub(super) mod schemas;
pub(super) mod storefront;
pub(super) mod uploads;
