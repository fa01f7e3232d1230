//! Which jobs a change needs.
