//! Estimates of bloat are held against the truth on random tables and indexes, more coarsely than in `benches/bloat.rs`.

use std::fs;
use std::time::Duration;

use crate::Promise;
use crate::place::Database;
use crate::program::{Tables, pgaudit, text};
use crate::random_bloat::{Trial, score, trials};
use crate::session::block_on;

pub(crate) const TRIALS: &[Promise] = &[
    ("estimates of bloat are near the truth", near),
    ("measuring ends with its budget and its time", bounded),
];

/// Few tables make a coarse mean: twice what the benchmark demands, in points.
const HEAP: f64 = 3.0;
const BTREE: f64 = 4.0;

fn near(major: u32) {
    let database = Database::new(major, "estimates");
    let trials = block_on(trials(&database.settings(), 42, 16)).unwrap();
    for (index, bound) in [(false, HEAP), (true, BTREE)] {
        let these: Vec<&Trial> = trials.iter().filter(|trial| trial.index == index).collect();
        let (ours, ioguix) = (score(&these, |t| t.ours), score(&these, |t| t.ioguix));
        assert!(these.len() >= 12, "{}", these.len());
        assert!(
            ours.error <= bound && ours.misses * 10 <= these.len(),
            "{ours:?}"
        );
        assert!(ours.error < ioguix.error, "{ours:?} against {ioguix:?}");
    }
}

/// Two relations of 10 kB each, of which the budget allows one; the other check's measurement never ends.
const BOUNDED: [(&str, &str); 2] = [
    (
        "budget",
        "select 'measured' as method from pg_class c where c.oid = $1",
    ),
    (
        "time",
        "select 'measured' as method from pg_class c cross join pg_sleep(60) where c.oid = $1",
    ),
];

fn bounded(major: u32) {
    let database = Database::new(major, "measured");
    database.run(&["CREATE TABLE a (id int)", "CREATE TABLE b (id int)"]);
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("own")).unwrap();
    for (name, measure) in BOUNDED {
        let check = format!(
            "/*\ntitle: The check {name}\nkind: reading\nabout: table\nwhy: It is tried.\nevidence: catalog\n\
             columns: {{ object: name, relation: oid, size: bytes, method: text }}\n\
             detail: select 10000::int8 as size from pg_class c where c.oid = $1\n\
             measure:\n  reads: size\n  budget: 15 kB\n  sql: {measure}\n*/\n\
             select c.relname::text as object, c.oid as relation, 0::int8 as size, 'estimated' as method\n\
             from pg_class c where c.relname in ('a', 'b') order by 1;\n"
        );
        fs::write(folder.path().join(format!("own/{name}.sql")), check).unwrap();
    }
    let run = pgaudit(["check", "own", "--format", "json"])
        .args([
            "--statement-timeout",
            "300ms",
            "--queries",
            folder.path().to_str().unwrap(),
        ])
        .on(&database.settings())
        .run();
    let tables = Tables(run.exits(0).within(Duration::from_secs(5)).json());
    for (check, expected) in [
        ("own/budget", ["measured", "estimated"]),
        ("own/time", ["estimated", "estimated"]),
    ] {
        let rows = tables.of(check)["rows"].as_array().unwrap().iter();
        let methods: Vec<_> = rows.map(|row| text(&row["values"], "method")).collect();
        assert_eq!(methods, expected, "{check}: {:#}", tables.of(check));
    }
}
