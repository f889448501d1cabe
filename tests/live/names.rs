//! Names are input: nothing in them reaches a terminal, and a printed fix works as it stands.

use pgaudit::connect::settings::Settings;

use crate::Promise;
use crate::place::{Database, quoted};
use crate::program::{Score, aged, collected, pgaudit, replay, told};

pub(crate) const TRIALS: &[Promise] = &[
    (
        "no control character of a name reaches the output",
        harmless,
    ),
    (
        "a printed fix works as it stands, whatever the names",
        fixes,
    ),
];

/// Names of a database, role, schema, table and index that are up to something.
const NAMES: [&str; 5] = [
    "da\"ta\u{1b}[2J\nb\u{7}ase",
    "ro\"le\u{1b}[1A\r\n; x",
    "sche\"ma\u{1b}c\n; DROP TABLE x; --",
    "ta\"b'l\u{1b}]0;title\u{7}\u{202e}e",
    "in\"de\tx  $$; --\n\u{9b}",
];

/// One large index that nothing uses, and dead rows.
fn plant(database: &Database, schema: &str, table: &str, index: &str) {
    let [schema, table, index] = [schema, table, index].map(quoted);
    database.run(&[
        &format!(
            "CREATE SCHEMA {schema}; CREATE TABLE {schema}.{table} (id int PRIMARY KEY, note text); \
             INSERT INTO {schema}.{table} SELECT g, repeat('n', 40) || g FROM generate_series(1, 40000) g; \
             CREATE INDEX {index} ON {schema}.{table} (note)"
        ),
        "VACUUM ANALYZE",
        &format!("UPDATE {schema}.{table} SET id = id + 1000000"),
    ]);
    database.settle();
}

fn harmless(major: u32) {
    let [name, role, schema, table, index] = NAMES;
    let database = Database::new(major, name);
    plant(&database, schema, table, index);
    database.run(&[&format!(
        "CREATE ROLE {} LOGIN PASSWORD 'throwaway'",
        quoted(role)
    )]);
    let limited = database.settings_as(role);
    for settings in [&database.settings(), &limited] {
        // As on a terminal: elsewhere escape sequences are taken out on the way.
        let on = |arguments: &[&str]| pgaudit(arguments).args(["--color", "always"]);
        let live = |arguments: &[&str]| on(arguments).on(settings).run();
        for command in ["score", "check", "doctor"] {
            for format in ["table", "markdown", "json"] {
                live(&[command, "--format", format, "--all"])
                    .exits(0)
                    .printable();
            }
        }
        let snapshot = aged(collected(settings));
        for command in [&["score", "--all"][..], &["check"], &["explain", "score"]] {
            let color = ["--color", "always"];
            replay(&snapshot, &[command, &color].concat())
                .exits(0)
                .printable();
        }
        let nowhere = Settings {
            dbname: "\u{1b}[2Jnowhere\u{7}".to_owned(),
            ..settings.clone()
        };
        let refused = on(&["score"]).env("CLICOLOR_FORCE", "1").on(&nowhere).run();
        refused.exits(3).printable();
    }

    let doctor = || {
        pgaudit(["doctor", "--format", "json"])
            .on(&limited)
            .run()
            .exits(0)
            .json()
    };
    let remedies = |doctor: &serde_json::Value| -> Vec<String> {
        let areas = doctor["areas"].as_array().unwrap().iter();
        let hidden = areas.flat_map(|area| area["hidden"].as_array().unwrap());
        hidden
            .filter_map(|hidden| hidden["remedy"].as_str().map(str::to_owned))
            .collect()
    };
    let remedy = remedies(&doctor())
        .into_iter()
        .find(|remedy| remedy.starts_with("GRANT"));
    database.run(&[&remedy.expect("a role without rights is told of a GRANT")]);
    assert!(
        remedies(&doctor())
            .iter()
            .all(|remedy| !remedy.starts_with("GRANT"))
    );
    database.run(&[&format!("DROP ROLE {}", quoted(role))]);
}

fn fixes(major: u32) {
    let [_, _, schema, table, index] = NAMES;
    let database = Database::new(major, "fixes");
    plant(&database, schema, table, index);
    let report = || Score(told(&aged(collected(&database.settings())), "score"));
    let fixes = |report: &Score| -> Vec<String> {
        let fixes = report
            .findings()
            .filter_map(|finding| finding["fix"]["sql"].as_str());
        fixes.map(str::to_owned).collect()
    };
    let sql = fixes(&report());
    assert_eq!(sql.len(), 2, "{sql:?}");
    for statement in &sql {
        database.run(&[statement]);
    }
    database.settle();
    assert_eq!(fixes(&report()), Vec::<String>::new());

    // As somebody would copy it from the table: one line, whatever is in the name.
    plant(&database, "Sch e\"m;a", "ta  b'l\"e", "in  d\"e;x");
    let printed = replay(&aged(collected(&database.settings())), &["score", "--all"]).exits(0);
    let lines = printed.out.lines().map(str::trim);
    let mut lines: Vec<_> = lines
        .filter(|line| line.starts_with("DROP INDEX") || line.starts_with("VACUUM"))
        .collect();
    lines.dedup();
    assert_eq!(lines.len(), 2, "{printed}");
    for line in lines {
        database.run(&[line]);
    }
    database.settle();
    assert_eq!(fixes(&report()), Vec::<String>::new());
}
