//! The few rows that are reported, measured one by one, each in a transaction of its own.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::error::SqlState;

use crate::check::{Check, CheckId};
use crate::collect::Error;
use crate::collect::jobs::{Detail, Locked};
use crate::collect::outcome::{failed, not_asked};
use crate::collect::pipeline::{Answered, Pipeline};
use crate::collect::session::{Failure, Limits};
use crate::compute::by_figure;
use crate::needs::{Rights, unmet};
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
}

impl Wanted<'_> {
    fn of<'r>(&self, answers: &'r BTreeMap<CheckId, Answer>) -> &'r Row {
        match answers.get(&self.check.id).map(|answer| &answer.outcome) {
            Some(Outcome::Measured { rows, .. }) if self.row < rows.len() => &rows[self.row],
            _ => &NO_ROW,
        }
    }
}

static NO_ROW: Row = Row {
    object: String::new(),
    values: BTreeMap::new(),
};

pub(super) async fn details(
    pipeline: &mut Pipeline<'_>,
    checks: &[&Check],
    envelope: &str,
    limits: Limits,
    server: &Server,
    rights: &Rights,
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
        .map(|wanted| {
            let sql = wanted.check.detail.as_deref().unwrap_or_default();
            Detail::new(wanted.check, sql, wanted.oid, wanted.of(answers), server)
        })
        .collect();
    let found = pipeline.run(&jobs, envelope).await?;

    let found = found.into_iter().map(|answer| detail(answer, limits));
    let locked = behind.iter().map(|_| Err(behind_a_lock()));
    let mut gone = BTreeSet::new();
    for (wanted, detail) in free.iter().zip(found).chain(behind.iter().zip(locked)) {
        let Some((rows, unknown)) = measured(answers, &wanted.check.id) else {
            continue;
        };
        let (reason, remedy) = match detail.map(judged) {
            Ok(Ok(values)) => {
                rows[wanted.row].values.extend(values);
                continue;
            }
            // What is known now says that the row's figures are none.
            Ok(Err(why)) => {
                gone.insert((&wanted.check.id, wanted.row));
                why
            }
            Err(why) => why,
        };
        unknown.push(Unknown {
            object: rows[wanted.row].object.clone(),
            reason,
            remedy,
        });
    }
    let measurable = free
        .into_iter()
        .filter(|wanted| !gone.contains(&(&wanted.check.id, wanted.row)))
        .collect();
    measure(pipeline, measurable, rights, envelope, server, answers).await?;
    for (id, row) in gone.into_iter().rev() {
        if let Some((rows, _)) = measured(answers, id) {
            rows.remove(row);
        }
    }
    for check in checks {
        if let (Some(column), Some((rows, _))) =
            (&check.largest_first, measured(answers, &check.id))
        {
            // Those of the same figure stay as they came.
            rows.sort_by(by_figure(column));
        }
    }
    Ok(())
}

/// The rows of a check, and the objects that it could not judge.
fn measured<'a>(
    answers: &'a mut BTreeMap<CheckId, Answer>,
    check: &CheckId,
) -> Option<(&'a mut Vec<Row>, &'a mut Vec<Unknown>)> {
    match &mut answers.get_mut(check)?.outcome {
        Outcome::Measured { rows, unknown, .. } => Some((rows, unknown)),
        _ => None,
    }
}

/// Replaces figures of the first rows by measured ones, as far as the budget of each check allows. What could not be
/// measured, for want of time or of rights, keeps the figures that it has.
async fn measure(
    pipeline: &mut Pipeline<'_>,
    wanted: Vec<Wanted<'_>>,
    rights: &Rights,
    envelope: &str,
    server: &Server,
    answers: &mut BTreeMap<CheckId, Answer>,
) -> Result<(), Error> {
    let mut spent: BTreeMap<&CheckId, f64> = BTreeMap::new();
    let mut asked = Vec::new();
    let mut jobs = Vec::new();
    for wanted in wanted {
        let Some(measure) = &wanted.check.measure else {
            continue;
        };
        let row = wanted.of(answers);
        let reads = row.get(&measure.reads).number().unwrap_or(f64::INFINITY);
        let spent = spent.entry(&wanted.check.id).or_default();
        if unmet(&measure.needs, server, rights).is_none() && *spent + reads <= measure.bytes() {
            *spent += reads;
            jobs.push(Detail::new(
                wanted.check,
                &measure.sql,
                wanted.oid,
                row,
                server,
            ));
            asked.push(wanted);
        }
    }
    if jobs.is_empty() {
        return Ok(());
    }
    for (wanted, answer) in asked.iter().zip(pipeline.run(&jobs, envelope).await?) {
        if let (Some((Ok(Some(found)), _)), Some((rows, _))) =
            (answer, measured(answers, &wanted.check.id))
        {
            rows[wanted.row].values.extend(found.values);
        }
    }
    Ok(())
}

/// The values of a detail, or why the object cannot be judged after all.
fn judged(mut detail: Row) -> Result<BTreeMap<String, Value>, Unmeasured> {
    let remedy = detail.values.remove("remedy");
    match detail.values.remove("unknown") {
        Some(Value::Text(reason)) => Err((
            reason,
            remedy.and_then(|remedy| remedy.text().map(str::to_owned)),
        )),
        _ => Ok(detail.values),
    }
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
        None => match not_asked(None, limits) {
            Outcome::Skipped { reason, remedy } if limits.budget.is_some() => Err((reason, remedy)),
            _ => Err((
                String::from("the audit ended before it was measured"),
                Some(String::from("give the audit more time: --timeout")),
            )),
        },
    }
}
