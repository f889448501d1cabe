//! Answers and failures → outcomes.

use std::time::Duration;

use tokio_postgres::error::SqlState;

use crate::check::{Check, Kind};
use crate::collect::jobs::MainAnswer;
use crate::collect::pipeline::Answered;
use crate::collect::session::{Failure, Limits, is_reserved};
use crate::compute::Computed;
use crate::render::escape::visible;
use crate::snapshot::{Answer, Outcome, Row, Stopped, Unknown};
use crate::value::{Value, duration};

/// The outcome of a statement that was or was not answered.
pub(super) fn settle(
    check: &Check,
    answer: Answered<MainAnswer>,
    limits: Limits,
    stopped: Option<Stopped>,
) -> Answer {
    let ms = |took: Duration| Some(took.as_secs_f64() * 1000.0);
    match answer {
        Some((Ok(MainAnswer::Rows(rows)), took)) => Answer {
            outcome: measured(check, rows),
            ms: ms(took),
        },
        Some((Err(failure), took)) => Answer {
            outcome: failed(&failure, limits),
            ms: ms(took),
        },
        Some((Ok(_), _)) | None => Answer {
            outcome: not_asked(stopped, limits),
            ms: None,
        },
    }
}

/// For what was still waiting when the audit ended.
pub(super) fn not_asked(stopped: Option<Stopped>, limits: Limits) -> Outcome {
    if let (None, Some(budget)) = (stopped, limits.budget) {
        return Outcome::Skipped {
            reason: format!(
                "the checks before it had used up the {} of --budget",
                duration(budget.as_secs_f64())
            ),
            remedy: Some(String::from(
                "give the checks more of the server's time: --budget",
            )),
        };
    }
    let (reason, remedy) = match stopped {
        Some(Stopped::Interrupt | Stopped::Terminate) => (
            "the audit was interrupted before it was answered",
            "let the audit run to its end",
        ),
        Some(Stopped::Lost) => (
            "the connection was lost before it was answered",
            "audit again; the server's log, or that of a pooler before it, says why it ended",
        ),
        Some(Stopped::Deadline) | None => (
            "the deadline passed before it was answered",
            "give the audit more time: --timeout",
        ),
    };
    Outcome::Skipped {
        reason: reason.into(),
        remedy: Some(remedy.into()),
    }
}

pub(super) fn failed(failure: &Failure, limits: Limits) -> Outcome {
    let skipped = |reason: String, remedy: &str| Outcome::Skipped {
        reason,
        remedy: Some(remedy.to_owned()),
    };
    let time = |limit: Duration| duration(limit.as_secs_f64());
    match failure {
        failure if failure.is_cancelled() => skipped(
            format!("it took longer than {}", time(limits.statement)),
            "give a statement more time: --statement-timeout",
        ),
        Failure::Refused { code, .. } if *code == SqlState::LOCK_NOT_AVAILABLE => skipped(
            format!(
                "it had to wait for a lock longer than {}",
                time(limits.lock)
            ),
            "audit again when the lock is gone",
        ),
        Failure::Stalled(limit) => skipped(
            format!("the server gave no answer for {}", time(*limit)),
            "audit again; behind a pooler, see whether it has server connections free",
        ),
        Failure::Disturbed => skipped(
            String::from("somebody cancelled it"),
            "audit again, and see who calls pg_cancel_backend() for this role",
        ),
        Failure::Refused { code, .. } if *code == SqlState::T_R_SERIALIZATION_FAILURE => {
            in_the_way()
        }
        Failure::Ousted(_) => in_the_way(),
        Failure::Refused { code, message } => Outcome::Failed {
            error: format!("{message} ({})", code.code()),
        },
        Failure::Lost(message) | Failure::Contract(message) => Outcome::Failed {
            error: message.clone(),
        },
    }
}

fn in_the_way() -> Outcome {
    Outcome::Skipped {
        reason: String::from(
            "the standby ended it again and again, for what the primary did meanwhile",
        ),
        remedy: Some(String::from(
            "audit again when the primary is less busy; on the standby, max_standby_streaming_delay and hot_standby_feedback give queries more time",
        )),
    }
}

/// What to tell when not even the first transaction could begin.
pub(super) fn not_begun(failure: &Failure) -> String {
    if failure.is_cancelled() {
        return String::from(
            "each BEGIN was cancelled: by somebody with pg_cancel_backend(), or by a statement_timeout of this role or database that is too short for anything (ALTER ROLE … SET statement_timeout)",
        );
    }
    refused(failure)
}

/// What to tell when already the first question failed.
pub(super) fn refused(failure: &Failure) -> String {
    match failure {
        // PgBouncer with pool_mode=statement.
        Failure::Refused { message, .. } if message.contains("statement pooling mode") => {
            String::from(
                "the pooler runs in statement mode, which allows no transactions; connect to the server itself, or through a pool in transaction or session mode",
            )
        }
        Failure::Refused { code, .. } if *code == SqlState::QUERY_CANCELED => String::from(
            "already the first question took longer than --statement-timeout allows; give it more time",
        ),
        Failure::Refused { code, message } => {
            format!(
                "the server refused the first question: {} ({})",
                visible(message),
                code.code()
            )
        }
        Failure::Stalled(limit) => format!(
            "the server took the connection but gave no answer for {}; a pooler may have no server connection free",
            duration(limit.as_secs_f64())
        ),
        Failure::Disturbed => String::from("somebody cancelled the first question; audit again"),
        Failure::Lost(message) | Failure::Ousted(message) | Failure::Contract(message) => {
            visible(message)
        }
    }
}

/// Sorts rows into measurements and unknown objects by the reserved columns.
fn measured(check: &Check, found: Vec<Row>) -> Outcome {
    let mut computed = Computed::default();
    for mut row in found {
        if let Some(Value::Int(n)) = row.values.remove("population") {
            computed.population = u64::try_from(n).ok();
        }
        let reason = row.values.remove("unknown");
        let remedy = row.values.remove("remedy");
        match reason {
            Some(Value::Text(reason)) => {
                let remedy = remedy.and_then(|remedy| remedy.text().map(str::to_owned));
                computed.unknown.push(Unknown {
                    object: row.object,
                    reason,
                    remedy,
                });
            }
            _ if row.object.is_empty() && check.kind != Kind::Fact => {}
            _ => {
                row.values
                    .retain(|name, value| !(is_reserved(name) && *value == Value::Null));
                computed.rows.push(row);
            }
        }
    }
    assessed(check, computed)
}

/// The outcome of a check that was computed; of the readings' columns it keeps those that it declares.
pub(super) fn computed(check: &Check, mut computed: Computed) -> Outcome {
    for row in &mut computed.rows {
        row.values
            .retain(|name, _| check.column(name).is_some() || is_reserved(name));
    }
    assessed(check, computed)
}

/// Puts in the number of objects that a fact counted.
pub(super) fn counted(check: &Check, count: Option<&Value>, answer: &mut Answer) {
    if let (Outcome::Measured { rows, unknown, .. }, Some(Value::Int(count))) =
        (&mut answer.outcome, count)
    {
        let computed = Computed {
            rows: std::mem::take(rows),
            unknown: std::mem::take(unknown),
            population: u64::try_from(*count).ok(),
        };
        answer.outcome = assessed(check, computed);
    }
}

fn assessed(
    check: &Check,
    Computed {
        rows,
        unknown,
        population,
    }: Computed,
) -> Outcome {
    if population == Some(0) {
        let reason = format!("there is no {} that it could be about", check.about);
        return Outcome::NotApplicable { reason };
    }
    Outcome::Measured {
        rows,
        unknown,
        population,
    }
}
