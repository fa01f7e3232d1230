//! The scale unit and the register: what an operation does, which way it goes, and why.

mod about_customer;
mod addresses;
pub(crate) mod cache;
pub(crate) mod channel_sight;
mod customers;
mod decide;
mod error;
pub(crate) mod features;
pub(crate) mod ground;
mod inquiries;
pub(crate) mod obstacle;
pub(crate) mod operation;
pub(crate) mod plan;
pub(crate) mod prospects;
mod shift;
mod site;

pub use customers::NewCustomer;
pub use decide::{Circumstances, Decision, Kind, Switch, decide};
pub use error::PosError;
pub(crate) use ground::{Answerer, ChannelGround, Ground, HeadquartersGround, Outlook, Sides, Who};
pub use obstacle::{MissingGround, Obstacle};
pub use operation::{Request, perform, rehearse, rehearse_each};
pub use site::{AnsweredBy, Place};
