//! Several databases in one run: all of a server, or those of a file.

use std::fs;

use serde_json::Value;

use crate::Promise;
use crate::place::Database;
use crate::program::{Ended, pgaudit, text};
use crate::server::MONITOR;
use crate::session::execute;

pub(crate) const TRIALS: &[Promise] = &[
    ("all databases of a server are audited, each by itself", all),
    (
        "a target that cannot be audited keeps no other from it",
        targets,
    ),
];

fn all(major: u32) {
    // A server of its own: the shared one has databases of other trials.
    let first = Database::with(major, "first", &[]);
    first.run(&["CREATE TABLE t (id int)"]);
    for (name, sql) in [
        ("the \"second\"", "CREATE TABLE t (id int PRIMARY KEY)"),
        ("closed", "CREATE TABLE t (id int)"),
    ] {
        let database = Database::on(&first.server, major, name);
        database.run(&[sql]);
        std::mem::forget(database);
    }
    first.run(&["REVOKE CONNECT ON DATABASE closed FROM PUBLIC"]);
    let run = |role| {
        let settings = first.server.settings_as(role, "postgres");
        pgaudit(["score", "--all-databases", "--format", "json"])
            .on(&settings)
            .run()
    };

    let seen = audits(&run("postgres").exits(0));
    let names: Vec<_> = seen.iter().map(|audit| text(audit, "database")).collect();
    assert_eq!(names, ["closed", "first", "postgres", "the \"second\""]);
    let keyless = |audit: &Value| {
        let findings = audit["report"]["findings"].as_array().unwrap();
        findings
            .iter()
            .any(|finding| finding["check"] == "schema/no_primary_key")
    };
    assert_eq!(
        seen.iter().map(keyless).collect::<Vec<_>>(),
        [true, true, false, false]
    );
    // Asked once, told of each.
    let of_server = |audit: &Value| {
        let dimensions = audit["report"]["dimensions"].as_array().unwrap().iter();
        let mut criteria = dimensions.flat_map(|d| d["criteria"].as_array().unwrap());
        criteria
            .find(|c| c["check"] == "connections/usage")
            .unwrap()["measure"]
            .clone()
    };
    assert_eq!(of_server(&seen[0]), of_server(&seen[3]));
    assert!(of_server(&seen[0]).is_number());
    // There is no table in `postgres`, which no run is incomplete for.
    assert_eq!(seen[2]["report"]["score"], Value::Null);

    let seen = audits(&run(MONITOR).exits(3));
    let error = text(&seen[0], "error");
    assert!(
        error.contains("may not connect") && error.contains("GRANT CONNECT"),
        "{error}"
    );
    assert_eq!(
        seen.iter().filter(|audit| audit["error"].is_null()).count(),
        3
    );
}

fn targets(major: u32) {
    let database = Database::new(major, "targeted");
    execute(&database.settings(), "CREATE TABLE t (id int)");
    let file = tempfile::NamedTempFile::new().unwrap();
    let run = |lines: &str| {
        fs::write(file.path(), lines).unwrap();
        let settings = database.server.settings("postgres");
        pgaudit(["score", "--format", "json", "--targets"])
            .args([file.path()])
            .at(&settings)
            .run()
    };
    let seen = audits(
        &run("# production\n\ndbname=targeted\n  dbname=targeted host=127.0.0.1 port=1\ndbname=targeted nonsense=1\n").exits(2),
    );
    assert!(seen[0]["report"]["score"].is_object());
    assert!(
        text(&seen[1], "error").contains("127.0.0.1"),
        "{:#}",
        seen[1]
    );
    assert!(
        text(&seen[2], "error").contains("nonsense"),
        "{:#}",
        seen[2]
    );
    let seen = audits(&run("dbname=targeted host=127.0.0.1 port=1\ndbname=targeted\n").exits(3));
    assert!(seen[1]["report"]["score"].is_object());
    let nothing = run("# nothing\n").exits(2);
    assert!(nothing.err.contains("names no database"), "{}", nothing.err);
}

fn audits(ended: &Ended) -> Vec<Value> {
    ended.json()["audits"].as_array().unwrap().clone()
}
