//! `--schema` and `--exclude-schema` hold for every check.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Promise;
use crate::place::Database;
use crate::program::{Score, pgaudit};

pub(crate) const TRIALS: &[Promise] = &[("schemas can be chosen and left out", chosen)];

/// Findings of several checks, and tables that are ranked.
const PROBLEMS: &str = "CREATE TABLE keyless (a int, b int); \
    CREATE TABLE parent (id int PRIMARY KEY); \
    CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent (id)); \
    CREATE INDEX a1 ON child (parent_id); CREATE INDEX a2 ON child (parent_id); \
    INSERT INTO keyless SELECT g, g FROM generate_series(1, 5000) g; \
    ALTER TABLE child ADD CONSTRAINT late CHECK (id > 0) NOT VALID";

const SCHEMAS: [&str; 3] = ["app_one", "app_two", "it's (odd|name) 50%"];

fn chosen(major: u32) {
    let database = Database::new(major, "chosen");
    for schema in SCHEMAS {
        let path =
            format!("CREATE SCHEMA \"{schema}\"; SET search_path = \"{schema}\"; {PROBLEMS}");
        database.run(&[&path]);
    }
    let all = schemas(&database, &[]);
    assert_eq!(all, SCHEMAS.map(String::from).into());
    for (options, expected) in [
        (&["--schema", "app*"][..], &SCHEMAS[..2]),
        (
            &["--schema", "app_one", "--schema", SCHEMAS[2]],
            &[SCHEMAS[0], SCHEMAS[2]],
        ),
        (&["--exclude-schema", "app?one"], &SCHEMAS[1..]),
        (
            &["--schema", "app*", "--exclude-schema", "*two"],
            &SCHEMAS[..1],
        ),
        (&["--exclude-schema", "*'s (*|*) *%"], &SCHEMAS[..2]),
    ] {
        let expected: BTreeSet<_> = expected.iter().map(|schema| (*schema).to_owned()).collect();
        assert_eq!(schemas(&database, options), expected, "{options:?}");
    }
    pgaudit(["score", "--schema", "nowhere"])
        .on(&database.settings())
        .run()
        .exits(4)
        .says("no table of a user in schemas nowhere");
}

/// The schemas of all that is reported, by checks and by findings.
fn schemas(database: &Database, options: &[&str]) -> BTreeSet<String> {
    let run = |command: &str| {
        let run = pgaudit([command, "--format", "json"]).args(options);
        run.on(&database.settings()).run().exits(0).json()
    };
    let tables = run("check");
    let rows = tables["checks"].as_array().unwrap().iter();
    let rows = rows.flat_map(|check| {
        check["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| &row["object"])
    });
    let score = Score(run("score"));
    let found = score.findings().map(|finding| &finding["object"]);
    let objects: Vec<&str> = rows.chain(found).filter_map(Value::as_str).collect();
    let of = |schema: &String| {
        let quoted = format!("\"{schema}\".");
        let plain = format!("{schema}.");
        objects
            .iter()
            .any(|object| object.contains(&quoted) || object.contains(&plain))
    };
    assert!(objects.len() > 5, "{objects:?}");
    SCHEMAS.map(String::from).into_iter().filter(of).collect()
}
