//! The scale unit and the register: what an operation does, which way it goes, and why.

mod about_customer;
mod addresses;
pub mod cache;
pub mod channel_sight;
mod customers;
mod decide;
mod error;
pub mod features;
pub mod ground;
mod inquiries;
pub mod obstacle;
pub mod operation;
pub mod plan;
pub mod prospects;
mod shift;
mod site;

pub use customers::NewCustomer;
pub use decide::{Circumstances, Decision, Kind, Switch, decide};
pub use error::PosError;
pub use ground::{Answerer, ChannelGround, Ground, HeadquartersGround, Outlook, Sides, Who, is_on};
pub use obstacle::{MissingGround, Obstacle};
pub use operation::{Request, perform, rehearse};
pub use site::Place;
