//! pg_stat_statements: each way in which it is not there has a message and a remedy of its own, and
//! an old version in a schema with an odd name works.

use std::collections::BTreeSet;

use pgaudit::connect::settings::Settings;

use crate::Promise;
use crate::place::{Database, plant_problems};
use crate::program::{Score, Tables, aged, collected, score, tables, text, told};
use crate::server::MONITOR;

pub(crate) const TRIALS: &[Promise] = &[
    (
        "a server without pg_stat_statements is told what to load",
        not_loaded,
    ),
    (
        "each lack of pg_stat_statements has a remedy that works",
        lacks,
    ),
    ("statements that were dropped are told", evicted),
    (
        "any version of pg_stat_statements in any schema works",
        versions,
    ),
];

/// Reason and remedy that all checks of statements agree on.
fn lack(settings: &Settings) -> [String; 2] {
    let tables = tables(settings);
    let checks = tables.0["checks"].as_array().unwrap().iter();
    let checks = checks
        .map(|check| text(check, "id"))
        .filter(|id| id.starts_with("statements/"));
    let lacks: BTreeSet<_> = checks
        // Without the right to see them, statements can still be counted.
        .filter(|id| *id != "statements/evicted" || tables.state(id)[0] == "not_assessed")
        .map(|id| {
            let [state, reason, remedy] = tables.state(id);
            assert_eq!(state, "not_assessed", "{id}");
            [reason, remedy].map(str::to_owned)
        })
        .collect();
    assert_eq!(lacks.len(), 1, "{lacks:#?}");
    lacks.into_iter().next().unwrap()
}

fn not_loaded(major: u32) {
    let database = Database::with(major, "not_loaded", &[("shared_preload_libraries", "")]);
    database.run(&["CREATE TABLE t (id int)"]);
    let remedy = "set shared_preload_libraries = 'pg_stat_statements' in postgresql.conf, \
                  restart the server, then CREATE EXTENSION pg_stat_statements;";
    for created in [false, true] {
        let lacking = lack(&database.settings());
        assert_eq!(
            lacking,
            ["the server does not load pg_stat_statements", remedy],
            "created: {created}"
        );
        database.run(&["CREATE EXTENSION IF NOT EXISTS pg_stat_statements"]);
    }
}

/// One after the other, each mended by what its remedy says.
fn lacks(major: u32) {
    let database = Database::new(major, "lacks");
    database.run(&["CREATE TABLE t (id int); CREATE ROLE lacking LOGIN PASSWORD 'throwaway'"]);
    let role = database.settings_as("lacking");

    let [reason, remedy] = lack(&role);
    assert_eq!(
        reason,
        "the extension pg_stat_statements is not created in database lacks"
    );
    assert_eq!(remedy, "CREATE EXTENSION pg_stat_statements;");
    database.run(&[&remedy]);

    let [reason, remedy] = lack(&role);
    assert!(reason.starts_with("lacking ") && reason.ends_with(" rights of pg_read_all_stats"));
    assert_eq!(remedy, "GRANT pg_monitor TO lacking;");
    database.run(&[&remedy]);

    let heaviest = tables(&role);
    assert_eq!(heaviest.state("statements/evicted")[0], "measured");
    let [_, reason, _] = heaviest.state("statements/heaviest");
    assert!(reason.starts_with("its counters are only "), "{reason}");
    database.run(&["DROP ROLE lacking"]);
}

fn evicted(major: u32) {
    let own = [
        ("pg_stat_statements.max", "1000"),
        ("pg_stat_statements.track", "all"),
    ];
    let database = Database::with(major, "evicted", &own);
    database.run(&[
        "CREATE EXTENSION pg_stat_statements; CREATE TABLE t (id int)",
        // Each pattern of plus and minus is another statement.
        "DO $$ BEGIN FOR i IN 1 .. 1500 LOOP \
         EXECUTE 'SELECT 1' || (SELECT string_agg(CASE WHEN i >> g & 1 = 1 THEN '+1' ELSE '-1' END, '') \
         FROM generate_series(0, 10) g); END LOOP; END $$",
    ]);
    let report = score(&database.settings());
    let found: Vec<_> = report
        .findings()
        .filter(|finding| finding["check"] == "statements/evicted")
        .collect();
    let [finding] = found[..] else {
        panic!("{:#}", report.0);
    };
    assert!(
        text(finding, "evidence").contains(" of 1,000 places taken"),
        "{finding:#}"
    );
    assert!(
        text(&finding["fix"], "advice").starts_with("raise pg_stat_statements.max (now 1000)"),
        "{finding:#}"
    );
}

fn versions(major: u32) {
    for (number, version) in ["VERSION '1.7'", ""].iter().enumerate() {
        let database = Database::new(major, &format!("versions_{number}"));
        database.run(&[&format!(
            "CREATE SCHEMA \"my \"\"stats.\"; CREATE EXTENSION pg_stat_statements SCHEMA \"my \"\"stats.\" {version}"
        )]);
        plant_problems(&database);

        let role = database.settings_as(MONITOR);
        let [reason, remedy] = lack(&role);
        assert_eq!(
            reason,
            format!("{MONITOR} may not read \"my \"\"stats.\".pg_stat_statements")
        );
        database.run(&[&remedy]);

        for settings in [database.settings(), role] {
            let snapshot = aged(collected(&settings));
            let report = Score(told(&snapshot, "score"));
            let slow: Vec<_> = report
                .findings()
                .filter(|finding| finding["check"] == "statements/slowest")
                .collect();
            let [slow] = slow[..] else {
                panic!("{:#}", report.0);
            };
            assert!(
                text(&slow["values"], "query").contains("pg_sleep"),
                "{slow:#}"
            );
            let tables = Tables(told(&snapshot, "statements"));
            for check in [
                "statements/slowest",
                "statements/heaviest",
                "statements/evicted",
            ] {
                assert_eq!(tables.state(check)[0], "measured", "{check}");
            }
        }
    }
}
