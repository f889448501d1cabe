//! Counters that are too young are told with their age, never as health.

use pgaudit::catalog::Catalog;
use pgaudit::check::CheckId;
use pgaudit::snapshot::{Outcome, Snapshot};
use pgaudit::value::Value;

use crate::Promise;
use crate::place::{Database, plant_problems};
use crate::program::{Score, Tables, aged, collected, score, tables, text, told};

pub(crate) const TRIALS: &[Promise] = &[
    ("young counters are told, not judged", young_counters),
    (
        "an index younger than its counters is not judged",
        young_index,
    ),
];

fn young_counters(major: u32) {
    let database = Database::new(major, "young");
    plant_problems(&database);
    let tables = tables(&database.settings());
    let score = score(&database.settings());
    let library = Catalog::bundled().unwrap();
    let resting: Vec<_> = library
        .checks()
        .filter(|check| check.needs.counters.is_some())
        .map(|check| check.id.as_str())
        .collect();
    assert!(resting.contains(&"indexes/unused"), "{resting:?}");
    for id in resting {
        let [state, reason, remedy] = tables.state(id);
        assert_eq!(state, "not_assessed", "{id}");
        assert!(
            reason.starts_with("its counters are only "),
            "{id}: {reason}"
        );
        assert_eq!(remedy, "audit again when they are 7 days old", "{id}");
        let criteria: Vec<_> = score.criteria().filter(|c| c["check"] == id).collect();
        assert!(
            criteria.iter().all(|c| c["state"] == "not_assessed"),
            "{criteria:#?}"
        );
        assert!(score.findings().all(|finding| finding["check"] != id));
    }
    assert!(score.number("low") < score.number("high"));
    assert!(score.number("coverage") < 1.0);
}

fn young_index(major: u32) {
    let on = [("track_commit_timestamp", "on")];
    let database = Database::with(major, "young_index", &on);
    database.run(&[
        "CREATE TABLE t AS SELECT g AS id, repeat('n', 40) || g AS note FROM generate_series(1, 40000) g; \
         CREATE INDEX t_note ON t (note)",
        "VACUUM ANALYZE",
    ]);
    let mut snapshot = aged(collected(&database.settings()));
    let check = CheckId::new("indexes/unused");

    let tables = Tables(told(&snapshot, "indexes"));
    let [(object, reason)] = tables.unknown(check.as_str())[..] else {
        panic!("{:#}", tables.of(check.as_str()));
    };
    assert_eq!(object, "public.t_note");
    assert!(
        reason.starts_with("its own counters are only ") && reason.ends_with(" old"),
        "{reason}"
    );
    assert!(unused(&snapshot).is_empty());

    let outcome = snapshot
        .checks
        .get_mut(&check)
        .map(|answer| &mut answer.outcome);
    let Some(Outcome::Measured { rows, .. }) = outcome else {
        panic!("{outcome:?}");
    };
    rows[0]
        .values
        .insert("age".to_owned(), Value::Float(30.0 * 86_400.0));
    assert_eq!(unused(&snapshot), ["public.t_note"]);
}

/// The indexes that are reported as unused.
fn unused(snapshot: &Snapshot) -> Vec<String> {
    let report = Score(told(snapshot, "score"));
    let unused = report
        .findings()
        .filter(|finding| finding["check"] == "indexes/unused");
    unused
        .map(|finding| text(finding, "object").to_owned())
        .collect()
}
