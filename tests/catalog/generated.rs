//! The blocks of a document that the program writes:
//!
//! ```text
//! <!-- generated: exit codes -->
//! <!-- end -->
//! ```

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pgaudit::check::Needs;
use pgaudit::gate::{Exit, Gate, decide};
use pgaudit::needs::{Membership, Rights, unmet};
use pgaudit::render::{self, Format, Style};
use pgaudit::report::assess;
use pgaudit::server::{SUPPORTED, Server};
use pgaudit::snapshot::{Outcome, Snapshot};
use pgaudit::{cli, yaml};

use crate::{CATALOG, RUBRIC, read};

const BEGIN: &str = "<!-- generated: ";
const END: &str = "<!-- end -->";

/// Whether what is generated is to be written instead of compared.
pub(crate) fn bless() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value != "0")
}

/// A document with each marked block as it should be. An error begins with the line.
pub(crate) fn fill(text: &str) -> Result<String, String> {
    let mut filled = String::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let number = at + 1;
        filled.push_str(line);
        filled.push('\n');
        if line == END {
            return Err(format!("{number}: an end without a beginning"));
        }
        let Some(kind) = line.strip_prefix(BEGIN) else {
            continue;
        };
        let kind = kind
            .strip_suffix(" -->")
            .ok_or(format!("{number}: ` -->` is missing"))?;
        let block = generate(kind).map_err(|error| format!("{number}: {error}"))?;
        let old = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| !line.starts_with(BEGIN));
        if !old.into_iter().any(|line| line == END) {
            return Err(format!("{number}: `{END}` is missing"));
        }
        writeln!(filled, "{}\n{END}", block.trim_end()).unwrap();
    }
    Ok(filled)
}

fn generate(kind: &str) -> Result<String, String> {
    if let Some(path) = kind.strip_prefix("help") {
        return help(path.split_whitespace(), false);
    }
    if let Some(path) = kind.strip_prefix("long help") {
        return help(path.split_whitespace(), true);
    }
    match kind {
        "exit codes" => Ok(exit_codes()),
        "commands" => Ok(commands()),
        "sample score" => Ok(sample()),
        "role" => Ok(role()),
        "bloat" => Ok(benchmark()),
        _ => {
            let known = [
                "exit codes",
                "commands",
                "sample score",
                "role",
                "bloat",
                "help",
                "long help",
            ];
            let nearest =
                yaml::nearest(kind, known).map(|name| format!(", did you mean `{name}`?"));
            Err(format!(
                "nothing generates `{kind}`{}",
                nearest.unwrap_or_default()
            ))
        }
    }
}

fn block(kind: &str, text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(str::trim_end).collect();
    format!("```{kind}\n{}\n```\n", lines.join("\n"))
}

fn help<'a>(path: impl Iterator<Item = &'a str>, long: bool) -> Result<String, String> {
    let mut command = cli::command(CATALOG.areas()).term_width(80);
    command.build();
    let mut of = &mut command;
    for name in path {
        of = of
            .find_subcommand_mut(name)
            .ok_or(format!("there is no command `{name}`"))?;
    }
    let text = if long {
        of.render_long_help()
    } else {
        of.render_help()
    };
    Ok(block("text", &text.to_string()))
}

fn exit_codes() -> String {
    let mut table = String::from("| code | meaning |\n|---|---|\n");
    for exit in Exit::ALL {
        writeln!(table, "| `{}` | {} |", exit.code(), exit.meaning()).unwrap();
    }
    table
}

fn commands() -> String {
    let mut table = String::from("| command | what it does |\n|---|---|\n");
    let command = cli::command([]);
    for command in command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        writeln!(table, "| `pgaudit {}` | {about} |", command.get_name()).unwrap();
    }
    let areas: Vec<_> = CATALOG
        .areas()
        .into_iter()
        .map(|area| format!("`pgaudit {area}`"))
        .collect();
    writeln!(
        table,
        "| {} | Show the tables of one area |",
        areas.join(", ")
    )
    .unwrap();
    table
}

/// What the demo prints. A check that was added since is left out, so that it changes no document but its own.
fn sample() -> String {
    let snapshot = Snapshot::from_json(&read("tests/data/demo.json")).unwrap();
    let mut rubric = RUBRIC.clone();
    for check in CATALOG
        .checks()
        .filter(|check| !snapshot.checks.contains_key(&check.id))
    {
        let id = check.id.as_str();
        for dimension in &mut rubric.dimensions {
            dimension.criteria.retain(|criterion| criterion.check != id);
        }
        rubric.caps.retain(|cap| cap.check != id);
        rubric
            .unscored
            .push((id.to_owned(), String::from("not in this snapshot")));
    }
    let profile = rubric.profile("default").unwrap();
    let report = assess(&snapshot, &CATALOG, &rubric, profile);
    let verdict = decide(&report, &Gate::default());
    let style = Style {
        width: 80,
        unicode: true,
        all: false,
    };
    let text = render::score(&report, &verdict, Format::Table, style);
    block("text", &anstream::adapter::strip_str(&text).to_string())
}

/// The figures that the benchmark of bloat holds itself to, as it documents them.
fn benchmark() -> String {
    let source = crate::read("benches/bloat.rs");
    let figures = source.lines().filter_map(|line| line.strip_prefix("//! "));
    let figures: Vec<_> = figures.filter(|line| line.contains("pgaudit  ")).collect();
    block("text", &figures.join("\n"))
}

/// What the program says to a role that has no rights at all.
fn role() -> String {
    let mut server = Server::like(*SUPPORTED.end(), std::iter::empty());
    server.role = String::from("auditor");
    let mut grants = BTreeSet::new();
    for entry in CATALOG.entries() {
        let role = entry.needs.role.clone();
        let roles = role.0.iter().map(|name| (name.clone(), Membership::None));
        let rights = Rights {
            roles: roles.collect(),
            ..Rights::default()
        };
        let needs = Needs {
            role,
            ..Needs::default()
        };
        if let Some(Outcome::Skipped { remedy, .. }) = unmet(&needs, &server, &rights) {
            grants.extend(remedy);
        }
    }
    let grants: Vec<_> = grants.into_iter().collect();
    block(
        "sql",
        &format!("CREATE ROLE auditor LOGIN;\n{}", grants.join("\n")),
    )
}

/// `cargo test --test catalog take_the_sample -- --ignored`, when the demo shows more than README does.
#[test]
#[ignore = "starts a server and writes tests/data/demo.json"]
fn take_the_sample() {
    let checks: Vec<_> = CATALOG.checks().collect();
    let (mut snapshot, _) = pgaudit::demo::run(&CATALOG, &checks, None, false).unwrap();
    // The folder of a throwaway server has another name each time.
    snapshot.target = String::from("/tmp/pgaudit/.s.PGSQL.5432");
    std::fs::write(
        crate::root().join("tests/data/demo.json"),
        snapshot.to_json(),
    )
    .unwrap();
}

#[test]
fn a_marked_block_is_replaced_and_nothing_else() {
    let text = "a\n<!-- generated: role -->\nold\n<!-- end -->\nb\n";
    let once = fill(text).unwrap();
    let expected = "a\n<!-- generated: role -->\n```sql\nCREATE ROLE auditor LOGIN;\nGRANT pg_monitor TO auditor;\n```\n<!-- end -->\nb\n";
    assert_eq!(once, expected);
    assert_eq!(fill(&once).unwrap(), once);
}

#[test]
fn a_block_that_cannot_be_generated_is_an_error_with_its_line() {
    for (text, expected) in [
        (
            "a\n<!-- generated: exit code -->\n<!-- end -->",
            "2: nothing generates `exit code`, did you mean `exit codes`?",
        ),
        (
            "<!-- generated: help scor -->\n<!-- end -->",
            "1: there is no command `scor`",
        ),
        (
            "<!-- generated: role -->\na",
            "1: `<!-- end -->` is missing",
        ),
        (
            "<!-- generated: role -->\n<!-- generated: role -->\n<!-- end -->",
            "1: `<!-- end -->` is missing",
        ),
        ("a\n<!-- end -->", "2: an end without a beginning"),
    ] {
        assert_eq!(fill(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn every_kind_of_block_says_something() {
    for (kind, expected) in [
        ("help", "\n  score "),
        ("help score", "Usage: pgaudit score [OPTIONS] [DSN]\n"),
        ("help rubric check", "Usage: pgaudit rubric check "),
        (
            "long help score",
            "\n          Exit with 1 when the low end",
        ),
        ("exit codes", "\n| `143` | ended by SIGTERM"),
        ("commands", "| `pgaudit doctor` |"),
        ("sample score", "\nBy points to gain ("),
    ] {
        let block = generate(kind).unwrap();
        assert!(block.contains(expected), "{kind}: {block}");
        assert!(
            block
                .lines()
                .all(|line| line.starts_with('|') || line.chars().count() <= 80),
            "{kind}: {block}"
        );
    }
}
