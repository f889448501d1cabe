//! What the bundled library promises beyond what its loader demands.

use std::collections::BTreeSet;

use pgaudit::check::{Check, Clock, Kind};
use pgaudit::needs::{self, Rights};
use pgaudit::server::{SUPPORTED, Server};
use pgaudit::snapshot::Outcome;
use pgaudit::value::Unit;

use crate::{CATALOG, RUBRIC, none_of};

fn graded(check: &Check) -> bool {
    RUBRIC.worst(check).is_some()
}

#[test]
fn every_check_is_scored_or_unscored_with_a_reason() {
    let criteria = RUBRIC.dimensions.iter().flat_map(|d| &d.criteria);
    let scored: BTreeSet<_> = criteria
        .map(|criterion| &criterion.check)
        .chain(RUBRIC.caps.iter().map(|cap| &cap.check))
        .collect();
    let reason = |id: &String| {
        let entry = RUBRIC.unscored.iter().find(|(unscored, _)| unscored == id);
        entry.is_some_and(|(_, reason)| reason.split_whitespace().count() > 2)
    };
    let wrong: Vec<_> = CATALOG
        .checks()
        .map(|check| check.id.to_string())
        .filter(|id| !scored.contains(id) && !reason(id))
        .collect();
    none_of(
        &wrong,
        "neither scored nor in `unscored` with a reason in rubric.yaml",
    );
}

#[test]
fn a_scored_share_of_findings_has_something_that_makes_a_finding() {
    let criteria = RUBRIC.dimensions.iter().flat_map(|d| &d.criteria);
    let wrong: Vec<_> = criteria
        .filter(|criterion| criterion.findings_only)
        .filter(|criterion| !graded(CATALOG.check(&criterion.check).unwrap()))
        .map(|criterion| criterion.id.clone())
        .collect();
    none_of(
        &wrong,
        "folds the findings of a check that has none: `findings:` lacks it",
    );
}

#[test]
fn no_area_is_the_name_of_a_command() {
    let reserved = pgaudit::cli::reserved();
    let wrong: Vec<_> = CATALOG
        .areas()
        .into_iter()
        .filter(|area| reserved.iter().any(|name| name == area))
        .map(str::to_owned)
        .collect();
    none_of(&wrong, "areas that hide a command");
}

#[test]
fn headers_read_well_where_they_are_printed() {
    let mut wrong = Vec::new();
    for entry in CATALOG.entries() {
        let mut demand = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{}: {what}", entry.file));
            }
        };
        let title = &entry.title;
        demand(
            !title.contains('\n') && !title.ends_with('.') && title.chars().count() <= 60,
            "the title is one line of at most 60 characters without a full stop",
        );
        demand(
            entry.why.ends_with('.'),
            "`why` is made of sentences and ends with a full stop",
        );
        demand(!entry.columns.is_empty(), "no columns");
        let sql = entry.fix.as_ref().and_then(|fix| fix.sql.as_deref());
        demand(
            sql.is_some() || entry.fix_lock.is_none(),
            "`fix_lock` without a fix in SQL",
        );
        demand(
            sql.is_none_or(|sql| sql.trim_end().ends_with(';')),
            "the SQL of a fix ends with `;`",
        );
        if graded(entry) {
            demand(
                entry.says.is_some(),
                "a finding without `says` has no evidence",
            );
            demand(entry.fix.is_some(), "a finding without `fix` helps nobody");
        }
    }
    none_of(&wrong, "headers");
}

#[test]
fn every_shared_reading_serves_a_check() {
    let used: BTreeSet<_> = CATALOG.checks().flat_map(|check| &check.from).collect();
    let wrong: Vec<_> = CATALOG
        .entries()
        .filter(|entry| entry.kind == Kind::Shared && !used.contains(&entry.id.name().to_owned()))
        .map(|entry| entry.file.clone())
        .collect();
    none_of(&wrong, "read by nobody");
}

#[test]
fn who_needs_a_setting_of_a_library_is_told_to_load_it() {
    // As the server of a superuser who could see every setting that there is.
    let server = Server {
        superuser: true,
        ..Server::like(*SUPPORTED.end(), std::iter::empty())
    };
    let mut wrong = Vec::new();
    for entry in CATALOG.entries() {
        let libraries = entry
            .needs
            .setting
            .keys()
            .filter_map(|name| name.split_once('.'));
        for (library, _) in libraries {
            let told = format!("the server does not load {library}");
            match needs::unmet(&entry.needs, &server, &Rights::default()) {
                Some(Outcome::Skipped { reason, .. }) if reason == told => {}
                other => wrong.push(format!("{}: {library}: {other:?}", entry.file)),
            }
        }
    }
    none_of(
        &wrong,
        "without it nobody sees the setting, whatever their rights",
    );
}

#[test]
fn the_facts_that_rust_reads_exist() {
    let clocks = [Clock::Database, Clock::Cluster, Clock::Statements];
    let ages = clocks.map(|clock| (clock.fact(), Unit::Seconds));
    let drawn = [
        ("population.tables", Unit::Count),
        ("population.bytes", Unit::Bytes),
    ];
    for (fact, unit) in ages.into_iter().chain(drawn) {
        let (file, column) = fact.split_once('.').unwrap();
        let id = pgaudit::check::CheckId::new(format!("facts/{file}"));
        let found = CATALOG.entry(&id).and_then(|entry| entry.unit(column));
        assert_eq!(found, Some(unit), "{fact}");
    }
}
