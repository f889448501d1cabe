//! Reports of several databases, as they are drawn and as they end.

use pgaudit::catalog::Catalog;
use pgaudit::gate::{Exit, Gate, decide};
use pgaudit::overview::{Audited, Overview};
use pgaudit::render::{self, Format, Style};
use pgaudit::report::assess;
use pgaudit::rubric::Rubric;
use pgaudit::snapshot::Snapshot;

use crate::program::saved;
use crate::schema::fitting;

/// Saved snapshots, then databases that could not be audited.
fn of<T>(files: &[&str], failures: &[Exit], see: impl Fn(&Overview<'_>) -> T) -> T {
    let catalog = Catalog::bundled().unwrap();
    let rubric = Rubric::bundled(&catalog).unwrap();
    let profile = rubric.profile("default").unwrap();
    let snapshots = files
        .iter()
        .map(|file| Snapshot::from_json(&saved(file)).unwrap());
    let snapshots: Vec<_> = snapshots.collect();
    let reports = snapshots.iter().map(|snapshot| {
        let report = assess(snapshot, &catalog, &rubric, profile);
        let verdict = decide(&report, &Gate::default());
        Audited {
            database: snapshot.server.database.clone(),
            target: snapshot.target.clone(),
            report: Ok((report, verdict)),
        }
    });
    let failed = failures.iter().map(|exit| Audited {
        database: "gone\u{1b}[2J".into(),
        target: "127.0.0.1:1".into(),
        report: Err(("cannot connect".into(), *exit)),
    });
    see(&Overview {
        audits: reports.chain(failed).collect(),
    })
}

fn drawn(format: Format) -> String {
    let style = Style {
        width: 80,
        unicode: true,
        all: false,
    };
    of(
        &["healthy.json", "empty.json", "sick.json"],
        &[Exit::NoAudit],
        |overview| render::scores(overview, format, style),
    )
}

#[test]
fn several_scores_are_told_in_each_format() {
    fitting(&drawn(Format::Json), "scores");
    let table = anstream::adapter::strip_str(&drawn(Format::Table)).to_string();
    let (_, summary) = table.split_once("cannot connect\n").unwrap();
    insta::with_settings!({ snapshot_path => "../snapshots/cli", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("scores_table", summary);
        let markdown = drawn(Format::Markdown);
        let (summary, _) = markdown.split_once("\n## ").unwrap();
        insta::assert_snapshot!("scores_markdown", summary);
    });
}

#[test]
fn the_worst_of_several_ends_counts_and_an_empty_database_does_not() {
    for (files, failures, expected) in [
        (&["healthy.json", "empty.json"][..], &[][..], Exit::Done),
        (&["empty.json"], &[], Exit::Incomplete),
        (
            &["empty.json", "healthy.json"],
            &[Exit::NoAudit],
            Exit::NoAudit,
        ),
        (
            &["sick.json"],
            &[Exit::NoAudit, Exit::Interrupted],
            Exit::Interrupted,
        ),
        (
            &[],
            &[Exit::Interrupted, Exit::Usage, Exit::NoAudit],
            Exit::Usage,
        ),
    ] {
        assert_eq!(
            of(files, failures, |overview| overview.exit().code()),
            expected.code(),
            "{files:?} {failures:?}"
        );
    }
}
