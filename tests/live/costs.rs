//! What an audit costs the server: told with `--timings`, bounded with `--budget`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Promise;
use crate::log::no_errors;
use crate::place::{Database, plant_problems};
use crate::program::{Tables, pgaudit};

pub(crate) const ENDS: &[Promise] = &[
    ("an audit tells what it cost itself", timings),
    ("a budget leaves out the dearest checks and says so", budget),
];

fn timings(major: u32) {
    let database = Database::new(major, "timings");
    plant_problems(&database);
    let settings = database.settings();
    let saved = pgaudit(["collect"]).on(&settings).run().exits(0);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &saved.out).unwrap();
    for command in ["score", "check", "indexes"] {
        let json = [command, "--format", "json", "--timings"];
        for source in [None, Some(file.path())] {
            let run = match source {
                None => pgaudit(json).on(&settings),
                Some(file) => pgaudit(json).args(["--from".as_ref(), file.as_os_str()]),
            };
            let seen = run.run().exits(0).json();
            let costs = seen["audit"]["timings"].as_array().unwrap().iter();
            let parts: BTreeSet<_> = costs
                .clone()
                .map(|cost| cost["part"].as_str().unwrap())
                .collect();
            let of = |name: &str| {
                costs
                    .clone()
                    .find(|cost| cost["name"] == name)
                    .unwrap_or_else(|| panic!("{command}: {name}"))
            };
            assert_eq!(
                parts,
                BTreeSet::from(["check", "detail", "reading", "rest"]),
                "{command}"
            );
            let mut checks = costs.clone().filter(|cost| cost["part"] == "check");
            assert!(checks.any(|cost| cost["rows"].as_u64() > Some(0)));
            assert!(of("readings/indexes")["bytes"].as_u64() > Some(40));
            assert!(costs.clone().all(|cost| cost["ms"].as_f64() > Some(0.0)));
        }
        let text = pgaudit([command, "--timings"]).on(&settings).run().exits(0);
        text.says("all readings").says("sum");
        let silent = pgaudit([command, "--format", "json"]).on(&settings).run();
        assert_eq!(
            silent.exits(0).json()["audit"]["timings"],
            Value::Array(vec![])
        );
    }
    let markdown = ["score", "--format", "markdown", "--timings"];
    pgaudit(markdown)
        .on(&settings)
        .run()
        .exits(0)
        .says("| readings/columns |");
}

fn budget(major: u32) {
    let database = Database::new(major, "budget");
    plant_problems(&database);
    let seen = |budget: &[&str]| {
        let check = pgaudit(["check", "--format", "json", "--timings"]).args(budget);
        Tables(check.on(&database.settings()).run().exits(0).json())
    };
    let left_out = |tables: &Tables| -> BTreeSet<String> {
        let checks = tables.0["checks"].as_array().unwrap().iter();
        let without = checks.filter(|check| {
            let reason = check["reason"].as_str().unwrap_or_default();
            let budget = reason.contains("of --budget");
            assert!(!budget || check["remedy"].as_str().unwrap().ends_with("--budget"));
            budget
        });
        without
            .map(|check| check["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let tiny = seen(&["--budget", "1ms"]);
    let out = left_out(&tiny);
    // All that is computed from readings is dear.
    for dear in [
        "tables/largest",
        "bloat/heap",
        "schema/names",
        "statements/heaviest",
    ] {
        assert!(out.contains(dear), "{dear} was asked: {out:?}");
    }
    let costs = tiny.0["audit"]["timings"].as_array().unwrap().iter();
    let asked = costs.filter(|cost| cost["part"] != "rest").count();
    assert!((1..=12).contains(&asked), "{asked}");
    // Facts are no checks, and what was measured stands.
    assert!(tiny.0["audit"]["facts"].as_object().unwrap().len() > 10);
    assert!(out.len() < tiny.0["checks"].as_array().unwrap().len());

    let large = seen(&["--budget", "60s"]);
    assert!(left_out(&large).is_empty());
    let states = |tables: &Tables| -> Vec<(Value, Value)> {
        let checks = tables.0["checks"].as_array().unwrap().iter();
        checks
            .map(|check| (check["id"].clone(), check["state"].clone()))
            .collect()
    };
    assert_eq!(states(&large), states(&seen(&[])));
    pgaudit(["score", "--budget", "1ms"])
        .on(&database.settings())
        .run()
        .says("--budget");
    no_errors(&database);
}
