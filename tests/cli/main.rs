//! The command line as its users meet it; one binary, modules named after what they test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod advice;
mod batch;
mod ci;
mod commands;
mod crash;
mod definitions;
mod docs;
mod doctor;
mod doctor_accepted;
mod doctor_features;
mod doctor_fix;
mod doctor_foreign;
mod doctor_life;
mod doctor_quiet;
mod doctor_rules;
mod doctor_states;
mod doctor_uploads;
mod download;
mod errors;
mod extensions;
mod features;
mod fixture;
mod gates_entity;
mod gates_own;
mod gates_plan;
mod gates_schedule;
mod gates_script;
mod harness;
mod hints;
mod inputs;
mod keys;
mod names;
mod newer;
mod places;
mod printed;
mod rehearsal;
mod replaced;
mod runtime;
mod schedules;
mod scope;
mod scripts;
mod troubles;
mod unfinished;
mod upload;
