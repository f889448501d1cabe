//! What each command prints in each format.

use crate::program::{DATA, assert_shown, edited, output, run, score, scored, scoring};
use serde_json::{Value, json};

/// Checks whose tables show each kind of row, of gap and of column.
const TABLES: &str =
    "cache/hit_ratio connections/usage indexes/unused statements/slowest tables/largest";

#[test]
fn a_score_is_told_in_each_format() {
    for file in DATA {
        let name = file.trim_end_matches(".json");
        assert_shown(&format!("score_{name}_80"), &score(file, "").stdout);
        let wide = output(crate::program::command(&scoring(file, "")).env("COLUMNS", "160"));
        assert_shown(&format!("score_{name}_160"), &wide.stdout);
        for format in ["markdown", "json"] {
            let text = score(file, &format!("--format {format}")).stdout;
            assert_shown(&format!("score_{name}_{format}"), &text);
        }
    }
}

#[test]
fn the_arithmetic_of_a_score_is_told() {
    let told = score("sick.json", "--explain").stdout;
    assert_shown("score_sick_explained", &told);
    let asked = run("explain score --rubric rubric.yaml --from sick.json");
    assert_eq!((asked.stdout, asked.code), (told, 0));
}

#[test]
fn a_cap_is_told_with_its_cost() {
    let (_folder, busy) = edited("healthy.json", |snapshot| {
        let row = &mut snapshot["checks"]["connections/usage"]["outcome"]["rows"][0]["values"];
        row["active_share"] = json!(0.95);
    });
    let score = &scored(&busy)["score"];
    assert_eq!(
        (score["total"].as_f64(), score["caps"][0]["total"].as_f64()),
        (Some(59.0), Some(59.0))
    );
    let text = crate::program::score(&busy, "").stdout;
    let told = format!("(without it {:.1})", score["uncapped"].as_f64().unwrap());
    for part in [
        "Score   59.0  Needs work\n",
        "Capped at 59: nearly all connections are busy",
        &told,
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_table_is_told_in_each_format() {
    for (name, format) in [
        "sick table",
        "sick markdown",
        "partial table",
        "partial markdown",
        "partial json",
    ]
    .map(|case| case.split_once(' ').unwrap())
    {
        let line =
            format!("check {TABLES} --rubric rubric.yaml --from {name}.json --format {format}");
        assert_shown(&format!("check_{name}_{format}"), &run(&line).stdout);
    }
    for area in ["tables", "cache"] {
        let named = run(&format!("{area} --from sick.json"));
        let asked = run(&format!("check {area} --from sick.json"));
        assert_eq!((named.stdout, named.code), (asked.stdout, 0));
    }
}

#[test]
fn the_library_is_listed_and_explained() {
    for format in ["table", "markdown", "json"] {
        let line = format!("list {TABLES} --rubric rubric.yaml --format {format}");
        assert_shown(&format!("list_{format}"), &run(&line).stdout);
    }
    let explained = run("explain tables/dead_rows --rubric rubric.yaml").stdout;
    let (explained, sql) = explained.split_once("\n```sql\n").unwrap();
    assert_shown("explain_check", explained);
    assert!(sql.contains("\n-- queries/readings/tables.sql\n"), "{sql}");
}

#[test]
fn every_check_explains_itself_and_shows_its_sql() {
    let listed: Value = serde_json::from_str(&run("list --format json").stdout).unwrap();
    for check in listed["checks"].as_array().unwrap() {
        let id = check["id"].as_str().unwrap();
        let explained = run(&format!("explain {id}")).stdout;
        assert!(explained.starts_with(&format!("## {id}\n")), "{explained}");
        let sql = run(&format!("sql {id}")).stdout;
        let (last, rest) = (sql.lines().last().unwrap(), sql.starts_with("-- "));
        assert!(
            rest && (last.ends_with(';') || last.starts_with("-- ")),
            "{id}: {sql}"
        );
        // `psql -f` runs it: what wants a parameter is a comment.
        let runs = sql.lines().filter(|line| !line.starts_with("--"));
        assert!(
            runs.into_iter().all(|line| !line.contains("$1")),
            "{id}: {sql}"
        );
        assert!(!sql.contains("{ext:"), "{id}: {sql}");
    }
    let file = include_str!("../../queries/connections/usage.sql");
    let statement = file.split_once("*/\n").unwrap().1;
    let sql = run("sql connections/usage --server-version 13").stdout;
    assert_eq!(
        sql,
        format!("-- queries/connections/usage.sql\n{statement}")
    );
}

#[test]
fn scripts_pages_and_the_rubric_are_printed() {
    for line in [
        "completions bash",
        "completions zsh",
        "completions fish",
        "man",
        "--help",
    ] {
        let printed = run(line);
        assert_eq!((printed.code, printed.stderr.as_str()), (0, ""), "{line}");
        for command in ["score", "indexes"] {
            assert!(
                printed.stdout.contains(command),
                "{line}: {}",
                printed.stdout
            );
        }
    }
    assert_eq!(run("rubric show").stdout, include_str!("../../rubric.yaml"));
    let version = concat!("pgaudit ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(run("--version").stdout, version);
}
