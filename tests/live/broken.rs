//! A check of a user's own that breaks is named, and stops no other.

use std::fs;

use pgaudit::snapshot::Snapshot;
use tempfile::TempDir;

use crate::Promise;
use crate::place::{Database, plant_problems};
use crate::program::{Tables, aged, pgaudit, replay, tables, text};

pub(crate) const TRIALS: &[Promise] =
    &[("a check that breaks is named and stops no other", broken)];

/// Statements, and what is told of each.
const BROKEN: &[(&str, &str, &str)] = &[
    (
        "divides",
        "select 'x' as object, (1 / (n - n))::int8 as n from generate_series(1, 3) n",
        "it failed: division by zero (22012)",
    ),
    (
        "divides_late",
        "select n::text as object, (10 / (5000 - n))::int8 as n from generate_series(1, 9000) n",
        "it failed: division by zero (22012)",
    ),
    (
        "sleeps",
        "select 'x' as object, 1::int8 as n from pg_sleep(30)",
        "it took longer than 300 ms",
    ),
    ("misspelt", "selec 1", "it failed: syntax error"),
    (
        "other_columns",
        "select 'x' as object, 1::int8 as surprise",
        "it failed: column `surprise` of the statement is not declared",
    ),
    (
        "other_types",
        "select 'x' as object, 1::int4 as n",
        "it failed: column `n` is int4, and its header needs int8",
    ),
    (
        "missing",
        "select 'x' as object, n from nowhere.nothing",
        "it failed: relation \"nowhere.nothing\" does not exist",
    ),
    (
        "writes",
        "with gone as (delete from public.items returning 1) select 'x' as object, count(*) as n from gone",
        "it failed: cannot execute SELECT in a read-only transaction",
    ),
    (
        "waits",
        "select 'x' as object, count(*) as n from pg_advisory_xact_lock(42)",
        "it had to wait for a lock longer than 200 ms",
    ),
];

fn library() -> TempDir {
    let folder = tempfile::Builder::new()
        .prefix("od'd \"folder, ")
        .tempdir()
        .unwrap();
    // One area before the bundled ones, one behind them.
    for area in ["aaa", "zzz"] {
        fs::create_dir(folder.path().join(area)).unwrap();
        let fine = (
            "fine",
            "select E'\\x1b[2J\"a\\n|b' as object, 1::int8 as n",
            "",
        );
        for (name, sql, _) in BROKEN.iter().chain([&fine]) {
            let check = format!(
                "/*\ntitle: The check {name}\nkind: finding\nabout: thing\nwhy: It is tried.\n\
                 evidence: runtime\ncolumns: {{ object: name, n: count }}\n*/\n{sql};\n"
            );
            fs::write(folder.path().join(format!("{area}/{name}.sql")), check).unwrap();
        }
    }
    folder
}

fn broken(major: u32) {
    let database = Database::new(major, "broken");
    plant_problems(&database);
    let library = library();
    let queries = [library.path().to_str().unwrap()];
    let on = |arguments: &[&str]| {
        let limit = ["--statement-timeout", "300ms", "--queries"];
        pgaudit(arguments)
            .args(limit)
            .args(queries)
            .on(&database.settings())
            .run()
    };
    let alone = tables(&database.settings());
    let (together, printed) = crate::session::block_on(async {
        let holder = crate::session::open(&database.settings()).await;
        holder
            .client
            .batch_execute("SELECT pg_advisory_lock(42)")
            .await
            .unwrap();
        (
            on(&["check", "--format", "json"]),
            on(&["check", "--color", "always"]),
        )
    });

    let together = Tables(together.exits(0).json());
    let printed = printed.exits(0);
    printed.printable();
    for area in ["aaa", "zzz"] {
        for (name, _, told) in BROKEN {
            let [state, reason, _] = together.state(&format!("{area}/{name}"));
            assert_eq!(state, "not_assessed", "{name}");
            assert!(reason.starts_with(told), "{name}: {reason}");
            assert!(
                printed.flat().contains(&format!("The check {name}")),
                "{printed}"
            );
        }
        assert_eq!(together.state(&format!("{area}/fine"))[0], "measured");
    }
    assert_eq!(database.count("items"), 20_000);
    for table in alone.0["checks"].as_array().unwrap() {
        let id = text(table, "id");
        assert_eq!(together.state(id)[0], alone.state(id)[0], "{id}");
        if !id.starts_with("connections/") {
            assert_eq!(together.objects(id), alone.objects(id), "{id}");
        }
    }

    // With everything else assessed, what broke is all that is missing.
    let snapshot =
        |arguments: &[&str]| aged(Snapshot::from_json(&on(arguments).exits(0).out).unwrap());
    let snapshot = snapshot(&["collect"]);
    let gate = ["score", "--require-complete"];
    replay(&snapshot, &gate).exits(0);
    let run = replay(&snapshot, &[&gate[..], &["--queries", queries[0]]].concat());
    run.exits(4)
        .says("and --require-complete was given")
        .says("division by zero (22012)");
}
