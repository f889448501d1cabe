//! Audits a live PostgreSQL server and scores what it finds.
//!
//! ```text
//! Client ──collect──▶ Snapshot ──assess──▶ Report ──render──▶ bytes
//!  impure              saved, versioned     pure               pure
//! ```
//!
//! A [`catalog`] of checks, each a file below `queries/`, says what to ask. [`collect`] is the only code that
//! talks to the server; it asks each statement in a short read-only transaction and writes down what became of
//! it in a [`snapshot`]. [`report::assess`] holds that against the [`rubric`]: which rows are findings, how many
//! points they cost, and what could not be seen. [`render`] draws the result, [`gate`] turns it into an exit code.
//! Everything behind the snapshot works without a server.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod assess;
mod bloat;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod collect;
pub mod commands;
pub mod compute;
pub mod connect;
mod declared;
pub mod demo;
pub mod explain;
pub mod gate;
mod layout;
pub mod listing;
pub mod local_server;
pub mod needs;
pub mod output;
pub mod overview;
pub mod render;
pub mod replicas;
pub mod report;
pub mod rubric;
pub mod schemas;
pub mod score;
pub mod server;
pub mod snapshot;
pub mod value;
pub mod yaml;
