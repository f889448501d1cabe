//! An audit leaves no error in the server's log, and writes nothing.

use std::collections::BTreeMap;

use crate::Promise;
use crate::place::{Database, Entry, plant_problems};
use crate::program::pgaudit;
use crate::server::{MONITOR, PLAIN, READER};

pub(crate) const TRIALS: &[Promise] = &[(
    "no audit leaves an error in the log, each reads only",
    quiet_and_read_only,
)];

/// Fails on any entry about this database that speaks of an error.
#[track_caller]
pub(crate) fn no_errors(database: &Database) {
    let log = database.log();
    let errors: Vec<_> = log
        .iter()
        .filter(|entry| ["WARNING", "ERROR", "FATAL", "PANIC"].contains(&entry.level.as_str()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn quiet_and_read_only(major: u32) {
    let database = Database::new(major, "log");
    plant_problems(&database);
    // What a role may not see, and kinds of relations that have no counters or no storage.
    database.run(&[
        "CREATE SCHEMA hidden; \
         CREATE TABLE hidden.t (id serial PRIMARY KEY, at date) ; \
         INSERT INTO hidden.t (at) SELECT '2026-01-01' FROM generate_series(1, 20000); \
         CREATE INDEX ON hidden.t (at); \
         CREATE TABLE parted (at date) PARTITION BY RANGE (at); \
         CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); \
         CREATE INDEX ON parted (at); \
         CREATE MATERIALIZED VIEW unfilled AS SELECT 1 AS one WITH NO DATA; \
         CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY); \
         CREATE FOREIGN DATA WRAPPER nothing; \
         CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing; \
         CREATE FOREIGN TABLE far (id int) SERVER nowhere",
    ]);
    database.run(&["ALTER DATABASE log SET log_statement = 'all'"]);
    let areas = pgaudit(["list", "--format", "json"]).run().exits(0).json();
    let mut commands: Vec<String> = areas["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| {
            check["id"]
                .as_str()
                .unwrap()
                .split_once('/')
                .unwrap()
                .0
                .to_owned()
        })
        .collect();
    commands.dedup();
    assert!(commands.len() >= 5, "{commands:?}");
    commands.extend(["score", "doctor", "collect", "check"].map(str::to_owned));
    let roles = ["postgres", MONITOR, READER, PLAIN];
    for role in roles {
        for command in &commands {
            pgaudit([command])
                .on(&database.settings_as(role))
                .run()
                .exits(0);
        }
    }
    no_errors(&database);
    let sessions = read_only(&database);
    assert_eq!(sessions.len(), commands.len() * roles.len());
    let left: Vec<_> = sessions
        .iter()
        .filter(|(_, at)| **at != At::Outside)
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Where a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum At {
    #[default]
    Outside,
    /// In a transaction that may only read.
    Inside,
}

/// The sessions that said anything, all of it in transactions that may only read, by process.
/// It needs `log_statement = all`.
#[track_caller]
pub(crate) fn read_only(database: &Database) -> BTreeMap<String, At> {
    let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;";
    let chain = "COMMIT AND CHAIN;";
    let mut sessions: BTreeMap<String, At> = BTreeMap::new();
    for Entry {
        pid,
        level,
        message,
        ..
    } in database.log()
    {
        let at = sessions.entry(pid).or_default();
        let (how, statement) = match level.as_str() {
            // What an error was about.
            "STATEMENT" if message.starts_with(begin) => {
                *at = At::Outside;
                continue;
            }
            "LOG" => message.split_once(": ").unwrap_or_default(),
            _ => continue,
        };
        if how != "statement" && !how.starts_with("execute ") {
            continue;
        }
        *at = match (how, statement, *at) {
            ("statement", statement, At::Outside) if statement.starts_with(begin) => At::Inside,
            ("statement", "COMMIT", _) => At::Outside,
            ("execute <unnamed>", _, At::Inside) => At::Inside,
            ("statement", set, At::Inside)
                if set.starts_with("SET LOCAL ") || set.starts_with(chain) =>
            {
                At::Inside
            }
            (_, _, at) => {
                panic!("{at:?} of a transaction that may only read: {how}: {statement}")
            }
        };
    }
    sessions
}
