//! The built program on saved snapshots: what it prints, how it ends and what it refuses, with no server at all.
//!
//! The snapshots in `tests/data/` were taken from real servers: `healthy` as pg_monitor, `sick` with hostile
//! names, `partial` as a role without any right, `empty` from a database without tables. The traces of their
//! machines are scrubbed and their counters made older. They are scored by `tests/data/rubric.yaml`, which names
//! its checks: a new check changes nothing here.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "cli/destinations.rs"]
mod destinations;
#[path = "cli/gates.rs"]
mod gates;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/refusals.rs"]
mod refusals;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/schema.rs"]
mod schema;
#[path = "cli/several.rs"]
mod several;
#[path = "cli/terminal.rs"]
mod terminal;
