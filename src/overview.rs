//! Several audits as one: a report for each, a summary, and the worst end. Pure.

use std::collections::BTreeSet;

use crate::check::Severity;
use crate::gate::{Exit, Verdict};
use crate::report::Report;
use crate::value::percent;

/// What was audited, in the order in which it was asked for.
#[derive(Debug)]
pub struct Overview<'a> {
    pub audits: Vec<Audited<'a>>,
}

/// One database.
#[derive(Debug)]
pub struct Audited<'a> {
    pub database: String,
    /// Host and port or socket, without any credential.
    pub target: String,
    /// Or why there is none, with what to do next.
    pub report: Result<(Report<'a>, Verdict), (String, Exit)>,
}

impl Audited<'_> {
    /// How its own audit would have ended.
    pub fn exit(&self) -> Exit {
        match &self.report {
            Ok((_, verdict)) => verdict.exit,
            Err((_, exit)) => *exit,
        }
    }

    /// A database that holds no table of a user, as `postgres` on most servers.
    pub fn is_empty(&self) -> bool {
        matches!(&self.report, Ok((report, _)) if report.score.is_none())
    }

    /// For a summary: score, range, coverage, and findings of each severity from the worst on.
    pub fn cells(&self) -> [String; 6] {
        let none = || String::from("–");
        let (report, card) = match &self.report {
            Err(_) => return ["not audited".into(), none(), none(), none(), none(), none()],
            Ok((report, _)) => (report, report.score.as_ref()),
        };
        let count = |severity| {
            let of = report
                .findings
                .iter()
                .filter(|finding| finding.severity == severity);
            of.count().to_string()
        };
        let total = card.and_then(|card| card.total);
        [
            total.map_or_else(
                || {
                    if card.is_some() {
                        "none".into()
                    } else {
                        "no tables".into()
                    }
                },
                |total| format!("{total:.1}"),
            ),
            card.map_or_else(none, |card| format!("{:.1}–{:.1}", card.low, card.high)),
            card.map_or_else(none, |card| percent(card.coverage)),
            count(Severity::Critical),
            count(Severity::Warning),
            count(Severity::Info),
        ]
    }
}

impl Overview<'_> {
    /// The names of the databases, with their servers where there are several.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let targets: BTreeSet<_> = self.audits.iter().map(|audited| &audited.target).collect();
        let several = targets.len() > 1;
        self.audits.iter().map(move |audited| {
            if several {
                format!("{} at {}", audited.database, audited.target)
            } else {
                audited.database.clone()
            }
        })
    }

    /// The worst of all ends. An empty database counts only where there is no other: there is one on most servers.
    pub fn exit(&self) -> Exit {
        let all_empty = self.audits.iter().all(Audited::is_empty);
        let counted = self
            .audits
            .iter()
            .filter(|audited| all_empty || !audited.is_empty());
        Exit::worst(counted.map(Audited::exit))
    }
}
