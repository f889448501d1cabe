//! Gates and exit codes: what a pipeline is told. Pure.

use crate::assess::State;
use crate::check::Severity;
use crate::report::Report;
use crate::snapshot::{Outcome, Snapshot, Stopped};

/// How the program ends. The numbers are part of its interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The audit was done, and the gate holds if one was asked for.
    Done,
    /// A gate does not hold.
    Gate,
    /// The command line, the configuration or the rubric is wrong, or the report cannot be written where it should.
    Usage,
    /// Nothing could be audited: no connection, no TLS, no authentication, no answer by the deadline.
    NoAudit,
    /// Completeness was demanded, or is needed to decide a gate, and something could not be seen.
    Incomplete,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl Exit {
    /// All of them, as the README lists them.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Gate,
        Self::Usage,
        Self::NoAudit,
        Self::Incomplete,
        Self::Interrupted,
        Self::Terminated,
    ];

    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Gate => 1,
            Self::Usage => 2,
            Self::NoAudit => 3,
            Self::Incomplete => 4,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "audited, and the gate (if one was asked for) holds",
            Self::Gate => "a gate does not hold",
            Self::Usage => {
                "wrong usage, configuration or rubric, or an output that cannot be written"
            }
            Self::NoAudit => "could not audit: connection, TLS, authentication or deadline",
            Self::Incomplete => {
                "incomplete: nothing to assess, the deadline cut the audit short, or less could be seen than was demanded or a gate needs"
            }
            Self::Interrupted => "interrupted by Ctrl-C; what was measured is reported",
            Self::Terminated => "ended by SIGTERM; what was measured is reported",
        }
    }

    /// Of several audits; the README tells the order.
    pub fn worst(exits: impl Iterator<Item = Self>) -> Self {
        const ORDER: [Exit; 7] = [
            Exit::Usage,
            Exit::Terminated,
            Exit::Interrupted,
            Exit::NoAudit,
            Exit::Gate,
            Exit::Incomplete,
            Exit::Done,
        ];
        let place = |exit: &Self| ORDER.iter().position(|other| other == exit);
        exits.min_by_key(place).unwrap_or(Self::Done)
    }

    /// For an audit that was cut short.
    pub fn stopped(by: Stopped) -> Self {
        match by {
            Stopped::Deadline | Stopped::Lost => Self::Incomplete,
            Stopped::Interrupt => Self::Interrupted,
            Stopped::Terminate => Self::Terminated,
        }
    }
}

/// What was asked to hold.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    /// The least total, compared with the low end of the range.
    pub fail_under: Option<f64>,
    /// The least severity that must not occur.
    pub fail_on: Option<Severity>,
    /// The least coverage, as a share.
    pub min_coverage: Option<f64>,
    /// Whether each check has to be assessed.
    pub require_complete: bool,
}

/// How the gates came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub exit: Exit,
    /// One line for each gate that does not hold or cannot be decided.
    pub reasons: Vec<String>,
    /// Whether any gate was asked for.
    pub asked: bool,
}

/// Decides the gates.
pub fn decide(report: &Report<'_>, gate: &Gate) -> Verdict {
    let mut failed = Vec::new();
    let mut incomplete = Vec::new();
    match &report.score {
        None => incomplete.push(nothing(report.snapshot)),
        Some(card) => {
            // A profile's own floor can be raised, never lowered.
            let floor = gate.min_coverage.unwrap_or(0.0).max(card.min_coverage);
            let thin = card.coverage + 1e-9 < floor;
            if thin && (gate.min_coverage.is_some() || gate.fail_under.is_some()) {
                let (seen, wanted) = (
                    crate::value::percent(card.coverage),
                    crate::value::percent(floor),
                );
                incomplete.push(format!("coverage {seen} is below {wanted}"));
            }
            if let Some(limit) = gate.fail_under.filter(|limit| !thin && card.low < *limit) {
                let (low, reach) = (card.low, card.reach());
                failed.push(if limit > reach {
                    format!("score {low:.1} is below {limit}, which no database can reach: {reach:.1} is the most while dimensions have no checks")
                } else {
                    format!("score {low:.1} is below {limit}: {}", low_end(card.total, low))
                });
            }
        }
    }
    if let Some(limit) = gate.fail_on {
        let count = report
            .findings
            .iter()
            .filter(|finding| finding.severity >= limit)
            .count();
        if count > 0 {
            let findings = if count == 1 { "finding" } else { "findings" };
            failed.push(format!("{count} {findings} of severity {limit} or worse"));
        }
        let hidden = report.judged.iter().filter(|judged| {
            let unseen = matches!(judged.state, State::Unseen(_)) || !judged.unknown.is_empty();
            unseen && report.rubric.worst(judged.check) >= Some(limit)
        });
        let hidden: Vec<_> = hidden.map(|judged| judged.check.id.as_str()).collect();
        if !hidden.is_empty() {
            incomplete.push(format!(
                "findings of severity {limit} may hide in what was not assessed: {}",
                hidden.join(", ")
            ));
        }
    }
    if gate.require_complete && !report.not_assessed.is_empty() {
        let count: usize = report
            .not_assessed
            .iter()
            .map(|group| group.checks.len() + group.objects.len())
            .sum();
        incomplete.push(format!(
            "{count} not assessed, and --require-complete was given"
        ));
    }
    let exit = match report.snapshot.stopped {
        Some(stopped @ (Stopped::Interrupt | Stopped::Terminate)) => Exit::stopped(stopped),
        _ if nothing_answered(report) => Exit::NoAudit,
        _ if !failed.is_empty() => Exit::Gate,
        Some(Stopped::Deadline | Stopped::Lost) => Exit::Incomplete,
        None if !incomplete.is_empty() => Exit::Incomplete,
        None => Exit::Done,
    };
    let asked = gate.fail_under.is_some()
        || gate.fail_on.is_some()
        || gate.min_coverage.is_some()
        || gate.require_complete;
    failed.append(&mut incomplete);
    Verdict {
        exit,
        reasons: failed,
        asked,
    }
}

/// What an audit of a database without tables says.
pub fn nothing(snapshot: &Snapshot) -> String {
    let database = &snapshot.server.database;
    if snapshot.schemas.is_all() {
        format!(
            "nothing to assess in database {database}: it has no table of a user; did the migrations run here?"
        )
    } else {
        let schemas = &snapshot.schemas;
        format!("nothing to assess in database {database}: no table of a user in {schemas}")
    }
}

fn low_end(total: Option<f64>, low: f64) -> &'static str {
    match total {
        Some(total) if total > low => {
            "the low end of the range counts, where all that could not be seen is bad"
        }
        _ => "see the findings by points to gain",
    }
}

/// Whether an audit that broke off, or broke, has not a single answer.
fn nothing_answered(report: &Report<'_>) -> bool {
    let outcomes = || {
        report
            .judged
            .iter()
            .filter_map(|judged| Some(&report.snapshot.checks.get(&judged.check.id)?.outcome))
    };
    let broken = report.snapshot.stopped.is_some()
        || outcomes().any(|outcome| matches!(outcome, Outcome::Failed { .. }));
    broken
        && !outcomes().any(|outcome| {
            matches!(
                outcome,
                Outcome::Measured { .. } | Outcome::NotApplicable { .. }
            )
        })
}
