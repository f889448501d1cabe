//! The few rows that are reported, measured one by one, each in a transaction of its own.

use std::collections::BTreeMap;

use tokio_postgres::error::SqlState;

use crate::check::{Check, CheckId};
use crate::collect::Error;
use crate::collect::jobs::{Detail, Locked};
use crate::collect::outcome::failed;
use crate::collect::pipeline::{Answered, Pipeline};
use crate::collect::session::{Failure, Limits};
use crate::server::Server;
use crate::snapshot::{Answer, Outcome, Row, Unknown};
use crate::value::{Unit, Value};

/// Rows of one check that are measured one by one.
const ROWS: usize = 20;

/// A row that wants its detail.
struct Wanted<'a> {
    check: &'a Check,
    row: usize,
    oid: u32,
    object: String,
}

pub(super) async fn details(
    pipeline: &mut Pipeline<'_>,
    checks: &[&Check],
    envelope: &str,
    limits: Limits,
    server: &Server,
    answers: &mut BTreeMap<CheckId, Answer>,
) -> Result<(), Error> {
    let wanted = wanted(checks, answers);
    if wanted.is_empty() {
        return Ok(());
    }
    let locked = match pipeline.run(&[Locked], envelope).await?.pop().flatten() {
        Some((Ok(locked), _)) => locked,
        // Who holds locks is not known: then nothing is opened that might wait.
        _ => wanted.iter().map(|wanted| wanted.oid).collect(),
    };
    let (behind, free): (Vec<_>, Vec<_>) = wanted
        .into_iter()
        .partition(|wanted| locked.contains(&wanted.oid));
    let jobs: Vec<_> = free
        .iter()
        .map(|wanted| Detail::new(wanted.check, wanted.oid, &wanted.object, server))
        .collect();
    let measured = pipeline.run(&jobs, envelope).await?;

    let measured = measured.into_iter().map(|answer| detail(answer, limits));
    let locked = behind.iter().map(|_| Err(behind_a_lock()));
    for (wanted, detail) in free.iter().zip(measured).chain(behind.iter().zip(locked)) {
        let answer = answers
            .get_mut(&wanted.check.id)
            .map(|answer| &mut answer.outcome);
        let Some(Outcome::Measured { rows, unknown, .. }) = answer else {
            continue;
        };
        match detail {
            Ok(detail) => rows[wanted.row].values.extend(detail.values),
            Err((reason, remedy)) => {
                let object = rows[wanted.row].object.clone();
                unknown.push(Unknown {
                    object,
                    reason,
                    remedy,
                });
            }
        }
    }
    for check in checks {
        let answer = answers.get_mut(&check.id).map(|answer| &mut answer.outcome);
        if let (Some(column), Some(Outcome::Measured { rows, .. })) = (&check.largest_first, answer)
        {
            let figure = |row: &Row| row.get(column).number().unwrap_or(f64::NEG_INFINITY);
            rows.sort_by(|a, b| figure(b).total_cmp(&figure(a)));
        }
    }
    Ok(())
}

fn wanted<'a>(checks: &[&'a Check], answers: &BTreeMap<CheckId, Answer>) -> Vec<Wanted<'a>> {
    let mut wanted = Vec::new();
    for check in checks.iter().filter(|check| check.detail.is_some()) {
        let column = check.columns.iter().find(|column| column.unit == Unit::Oid);
        let outcome = answers.get(&check.id).map(|answer| &answer.outcome);
        if let (Some(column), Some(Outcome::Measured { rows, .. })) = (column, outcome) {
            let oid = |row: &Row| match row.get(&column.name) {
                Value::Int(oid) => u32::try_from(*oid).ok(),
                _ => None,
            };
            let rows = rows.iter().enumerate().take(ROWS);
            wanted.extend(rows.filter_map(|(row, of)| {
                Some(Wanted {
                    check,
                    row,
                    oid: oid(of)?,
                    object: of.object.clone(),
                })
            }));
        }
    }
    wanted
}

/// Why a detail is not known, and what would change that.
type Unmeasured = (String, Option<String>);

fn behind_a_lock() -> Unmeasured {
    (
        String::from(
            "its exact size was not read: a session holds or waits for an ACCESS EXCLUSIVE lock on it",
        ),
        Some(String::from("audit again when that session is done")),
    )
}

fn detail(answer: Answered<Option<Row>>, limits: Limits) -> Result<Row, Unmeasured> {
    let again = || Some(String::from("audit again"));
    match answer {
        Some((Ok(Some(row)), _)) => Ok(row),
        Some((Ok(None), _)) => Err((String::from("it was dropped during the audit"), again())),
        Some((Err(Failure::Refused { code, .. }), _)) if code == SqlState::LOCK_NOT_AVAILABLE => {
            Err(behind_a_lock())
        }
        Some((Err(failure), _)) => match failed(&failure, limits) {
            Outcome::Skipped { reason, remedy } => Err((reason, remedy)),
            Outcome::Failed { error } => Err((error, again())),
            Outcome::Measured { .. } | Outcome::NotApplicable { .. } => {
                Err((String::from("it was not measured"), again()))
            }
        },
        None => Err((
            String::from("the audit ended before it was measured"),
            Some(String::from("give the audit more time: --timeout")),
        )),
    }
}
