//! What is found does not depend on the major, and an empty database is nothing to find anything in.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::Promise;
use crate::log::no_errors;
use crate::place::{Database, plant_problems};
use crate::program::{Score, aged, collected, pgaudit, replay, told};
use crate::server::{MONITOR, PLAIN};

pub(crate) const TRIALS: &[Promise] = &[
    ("the same problems are the same findings", same),
    ("an empty database is nothing to assess", empty),
];

/// A major with something that was seen on it, which all others have to see as well.
pub(crate) struct Agreed<T>(Mutex<Option<(u32, T)>>);

impl<T: PartialEq + std::fmt::Debug> Agreed<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    #[track_caller]
    pub(crate) fn hold(&self, major: u32, seen: T) {
        let mut known = self.0.lock().unwrap();
        if let Some((first, known)) = &*known {
            assert!(
                *known == seen,
                "on {first}:\n{known:#?}\non {major}:\n{seen:#?}"
            );
            return;
        }
        *known = Some((major, seen));
    }
}

fn same(major: u32) {
    static FOUND: Agreed<BTreeSet<String>> = Agreed::new();
    let database = Database::new(major, "same");
    plant_problems(&database);
    let report = Score(told(&aged(collected(&database.settings())), "score"));
    let mut found = report.fingerprints();
    for planted in [
        "indexes/unused public.items_note",
        "tables/dead_rows public.items",
        "tables/stale_statistics public.events",
    ] {
        assert!(found.contains(planted), "{found:?}");
    }
    assert!(
        found
            .iter()
            .any(|found| found.starts_with("statements/slowest ")),
        "{found:?}"
    );
    // They are about the whole server, which other trials use as well.
    found.retain(|found| !found.starts_with("connections/"));
    FOUND.hold(major, found);
}

fn empty(major: u32) {
    let database = Database::new(major, "empty");
    // What an extension brings is nobody's schema.
    database.run(&["CREATE EXTENSION pg_stat_statements; CREATE VIEW v AS SELECT 1 AS one"]);
    let nothing = "nothing to assess in database empty: it has no table of a user; did the migrations run here?";
    for role in ["postgres", MONITOR, PLAIN] {
        let on = |arguments: &[&str]| pgaudit(arguments).on(&database.settings_as(role)).run();
        for gate in [
            &["score"][..],
            &["score", "--fail-under", "0"],
            &["score", "--profile", "ci"],
        ] {
            on(gate).exits(4).says(nothing);
        }
        let json = on(&["score", "--format", "json"]).exits(4).json();
        assert!(json["score"].is_null(), "{json:#}");
        assert_eq!(json["gate"]["reasons"][0], nothing);
    }
    let snapshot = aged(collected(&database.settings()));
    replay(&snapshot, &["score"]).exits(4).says(nothing);
    no_errors(&database);

    database.run(&["CREATE TABLE t (id int)"]);
    pgaudit(["score"]).on(&database.settings()).run().exits(0);
}
