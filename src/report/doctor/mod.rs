//! A diagnosis as text for people.

mod text;
