//! Snapshot × rubric → judged checks: what is a finding, and what could not be assessed. Pure.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::check::{Check, Severity};
use crate::rubric::{Condition, Rubric};
use crate::snapshot::{Outcome, Row, Snapshot, Unknown};
use crate::value::{Unit, duration};

/// One check with its verdict on each row.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    pub check: &'a Check,
    pub state: State,
    /// Measured rows; none where the state is another.
    pub rows: Vec<Graded<'a>>,
    /// Objects that could not be judged.
    pub unknown: Vec<Unknown>,
    /// How many objects there were, the unknown ones included.
    pub population: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Measured,
    /// There is nothing here that it could be about: it leaves the score.
    NotApplicable(String),
    /// It could not be seen: it opens a range.
    Unseen(Unseen),
}

/// Why something could not be seen, and what would change that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unseen {
    pub reason: String,
    pub remedy: Option<String>,
}

/// A row with its severity.
#[derive(Debug, Clone)]
pub struct Graded<'a> {
    pub row: &'a Row,
    /// `None` where it is no finding.
    pub severity: Option<Severity>,
    /// The check that reports the same object for the same cause.
    pub yielded: Option<&'a Check>,
    /// Checks that would report the object as well.
    pub also: Vec<&'a Check>,
}

impl Graded<'_> {
    /// Whether it is told as a finding of its own.
    pub fn is_finding(&self) -> bool {
        self.severity.is_some() && self.yielded.is_none()
    }
}

/// Judges the given checks by what the snapshot says of them.
pub fn judge<'a>(
    snapshot: &'a Snapshot,
    checks: &[&'a Check],
    catalog: &'a Catalog,
    rubric: &Rubric,
) -> Vec<Judged<'a>> {
    let mut judged: Vec<_> = checks
        .iter()
        .map(|check| one(snapshot, check, rubric))
        .collect();
    one_cause_one_finding(&mut judged, catalog);
    judged
}

fn one<'a>(snapshot: &'a Snapshot, check: &'a Check, rubric: &Rubric) -> Judged<'a> {
    let mut judged = Judged {
        check,
        state: State::Measured,
        rows: Vec::new(),
        unknown: Vec::new(),
        population: None,
    };
    let (rows, unknown, population) = match answer(snapshot, check) {
        Ok(answer) => answer,
        Err(state) => return Judged { state, ..judged },
    };
    let enough = rubric
        .grade(check.id.as_str())
        .map_or(&[][..], |grade| &grade.enough);
    let unseen = too_young(snapshot, check, rubric).or_else(|| too_little_work(snapshot, enough));
    if let Some(unseen) = unseen {
        return Judged {
            state: State::Unseen(unseen),
            ..judged
        };
    }
    judged.unknown.clone_from(unknown);
    judged.population = *population;
    for row in rows {
        let unseen = too_little(snapshot, check, row, enough)
            .or_else(|| younger_than_counters(check, row, rubric));
        if let Some(Unseen { reason, remedy }) = unseen {
            let object = row.object.clone();
            judged.unknown.push(Unknown {
                object,
                reason,
                remedy,
            });
            continue;
        }
        let severity = rubric.severity(check, row, snapshot.taken());
        let undecided = || rubric.undecided(check, row, snapshot.taken());
        if let (None, Some(column)) = (severity, undecided()) {
            // Where collecting knows why, its reason stands already.
            if unknown.iter().all(|unknown| unknown.object != row.object) {
                judged.unknown.push(Unknown {
                    object: row.object.clone(),
                    reason: format!("its {} is not known", column.replace('_', " ")),
                    remedy: None,
                });
            }
        } else {
            judged.rows.push(Graded {
                row,
                severity,
                yielded: None,
                also: Vec::new(),
            });
        }
    }
    judged
}

/// What a measured check holds.
type Measured<'a> = (&'a Vec<Row>, &'a Vec<Unknown>, &'a Option<u64>);

fn answer<'a>(snapshot: &'a Snapshot, check: &Check) -> Result<Measured<'a>, State> {
    let unseen = |reason: String, remedy| State::Unseen(Unseen { reason, remedy });
    match snapshot.checks.get(&check.id).map(|answer| &answer.outcome) {
        Some(Outcome::Measured {
            rows,
            unknown,
            population,
        }) => Ok((rows, unknown, population)),
        Some(Outcome::NotApplicable { reason }) => Err(State::NotApplicable(reason.clone())),
        Some(Outcome::Skipped { reason, remedy }) => Err(unseen(reason.clone(), remedy.clone())),
        Some(Outcome::Failed { error }) => Err(unseen(format!("it failed: {error}"), None)),
        None => {
            let remedy = "take the snapshot again with this version of pgaudit";
            Err(unseen(
                String::from("this snapshot does not hold it"),
                Some(remedy.to_owned()),
            ))
        }
    }
}

const MORE_WORK: &str = "audit again when the server has done more work";

/// Why a fact says that there is too little to judge by.
fn too_little_work(snapshot: &Snapshot, enough: &[Condition]) -> Option<Unseen> {
    let value = |condition: &Condition| snapshot.facts.get(&condition.name);
    let now = snapshot.taken();
    let holds = |c: &Condition| value(c).is_some_and(|value| c.holds(value, now));
    let lacking = enough.iter().find(|c| c.is_fact() && !holds(c))?;
    let found = value(lacking).map(|value| lacking.unit.show(value, now));
    let found = found.unwrap_or_else(|| String::from("not known"));
    let (name, wanted) = (&lacking.name, &lacking.text);
    Some(Unseen {
        reason: format!("too little evidence: {name} is {found}, and {wanted} is wanted"),
        remedy: Some(MORE_WORK.to_owned()),
    })
}

/// Why the counters that a check rests on do not go back far enough.
fn too_young(snapshot: &Snapshot, check: &Check, rubric: &Rubric) -> Option<Unseen> {
    let clock = check.needs.counters?;
    let wanted = duration(rubric.min_counter_age);
    match snapshot.fact(clock.fact()) {
        Some(age) if age >= rubric.min_counter_age => None,
        Some(age) => Some(Unseen {
            reason: format!(
                "its counters are only {} old, since a reset, a crash or the start of the server",
                duration(age)
            ),
            remedy: Some(format!("audit again when they are {wanted} old")),
        }),
        None => Some(Unseen {
            reason: String::from("the age of its counters is not known"),
            remedy: None,
        }),
    }
}

/// Why a row has too little in it to be judged.
fn too_little(
    snapshot: &Snapshot,
    check: &Check,
    row: &Row,
    enough: &[Condition],
) -> Option<Unseen> {
    let now = snapshot.taken();
    let lacking = enough
        .iter()
        .find(|c| !c.is_fact() && !c.holds(row.get(&c.name), now))?;
    let unit = check.unit(&lacking.name).unwrap_or(Unit::Text);
    let (found, wanted) = (unit.show(row.get(&lacking.name), now), &lacking.text);
    let name = lacking.name.replace('_', " ");
    Some(Unseen {
        reason: format!("too little evidence: {found} {name}, and {wanted} is wanted"),
        remedy: Some(MORE_WORK.to_owned()),
    })
}

/// Counters cannot go back further than what they count.
fn younger_than_counters(check: &Check, row: &Row, rubric: &Rubric) -> Option<Unseen> {
    check.needs.counters?;
    let age = row
        .get("age")
        .number()
        .filter(|age| *age < rubric.min_counter_age)?;
    let (age, wanted) = (duration(age), duration(rubric.min_counter_age));
    Some(Unseen {
        reason: format!("its own counters are only {age} old"),
        remedy: Some(format!("audit again when they are {wanted} old")),
    })
}

/// A row whose object another listed check reports folds into that finding.
fn one_cause_one_finding(judged: &mut [Judged<'_>], catalog: &Catalog) {
    let mut found: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for (at, check) in judged.iter().enumerate() {
        for (row, graded) in check
            .rows
            .iter()
            .enumerate()
            .filter(|(_, graded)| graded.severity.is_some())
        {
            found.insert(
                (check.check.id.to_string(), graded.row.object.clone()),
                (at, row),
            );
        }
    }
    let target = |check: &Check, object: &str| {
        let named = |id: &String| {
            catalog
                .check(id)
                .map_or_else(|| id.clone(), |check| check.id.to_string())
        };
        check
            .yields_to
            .iter()
            .find_map(|id| found.get(&(named(id), object.to_owned())).copied())
    };
    for at in 0..judged.len() {
        let check = judged[at].check;
        for row in 0..judged[at].rows.len() {
            if judged[at].rows[row].severity.is_none() {
                continue;
            }
            if let Some((other, other_row)) = target(check, &judged[at].rows[row].row.object) {
                judged[at].rows[row].yielded = Some(judged[other].check);
                judged[other].rows[other_row].also.push(check);
            }
        }
    }
}
