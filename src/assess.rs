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
    let mut judged: Vec<_> = checks.iter().map(|check| one(snapshot, check, rubric)).collect();
    one_cause_one_finding(&mut judged, catalog);
    judged
}

fn one<'a>(snapshot: &'a Snapshot, check: &'a Check, rubric: &Rubric) -> Judged<'a> {
    let mut judged = Judged { check, state: State::Measured, rows: Vec::new(), unknown: Vec::new(), population: None };
    let unseen = |reason: String, remedy: Option<String>| State::Unseen(Unseen { reason, remedy });
    let (rows, unknown, population) = match snapshot.checks.get(&check.id).map(|answer| &answer.outcome) {
        Some(Outcome::Measured { rows, unknown, population }) => (rows, unknown, population),
        Some(Outcome::NotApplicable { reason }) => {
            judged.state = State::NotApplicable(reason.clone());
            return judged;
        }
        Some(Outcome::Skipped { reason, remedy }) => {
            judged.state = unseen(reason.clone(), remedy.clone());
            return judged;
        }
        Some(Outcome::Failed { error }) => {
            judged.state = unseen(format!("it failed: {error}"), None);
            return judged;
        }
        None => {
            let reason = String::from("this snapshot does not hold it");
            judged.state = unseen(reason, Some(String::from("take the snapshot again with this version of pgaudit")));
            return judged;
        }
    };
    if let Some(young) = too_young(snapshot, check, rubric) {
        judged.state = State::Unseen(young);
        return judged;
    }
    let enough = rubric.grade(check.id.as_str()).map_or(&[][..], |grade| &grade.enough);
    for condition in enough.iter().filter(|condition| condition.is_fact()) {
        let value = snapshot.facts.get(&condition.name);
        if !value.is_some_and(|value| condition.holds(value, snapshot.taken())) {
            let found = value.map_or(String::from("not known"), |value| condition.unit.show(value, snapshot.taken()));
            let reason =
                format!("too little evidence: {} is {found}, and {} is wanted", condition.name, condition.text);
            judged.state = unseen(reason, Some(String::from("audit again when the server has done more work")));
            return judged;
        }
    }

    judged.unknown.clone_from(unknown);
    judged.population = *population;
    let counted = check.needs.counters.is_some();
    for row in rows {
        if let Some(reason) = too_little(snapshot, check, row, enough) {
            let remedy = Some(String::from("audit again when the server has done more work"));
            judged.unknown.push(Unknown { object: row.object.clone(), reason, remedy });
        } else if let Some(age) = row.get("age").number().filter(|age| counted && *age < rubric.min_counter_age) {
            let wanted = duration(rubric.min_counter_age);
            let reason = format!("it is {} old, and its counters have to be {wanted} old to tell", duration(age));
            let remedy = Some(format!("audit again when it is {wanted} old"));
            judged.unknown.push(Unknown { object: row.object.clone(), reason, remedy });
        } else {
            let severity = rubric.severity(check, row, snapshot.taken());
            judged.rows.push(Graded { row, severity, yielded: None, also: Vec::new() });
        }
    }
    judged
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
        None => Some(Unseen { reason: String::from("the age of its counters is not known"), remedy: None }),
    }
}

fn too_little(snapshot: &Snapshot, check: &Check, row: &Row, enough: &[Condition]) -> Option<String> {
    let lacking = enough.iter().find(|c| !c.is_fact() && !c.holds(row.get(&c.name), snapshot.taken()))?;
    let unit = check.unit(&lacking.name).unwrap_or(Unit::Text);
    let found = unit.show(row.get(&lacking.name), snapshot.taken());
    Some(format!("too little evidence: {found} {}, and {} is wanted", lacking.name.replace('_', " "), lacking.text))
}

/// A row whose object another listed check reports folds into that finding.
fn one_cause_one_finding(judged: &mut [Judged<'_>], catalog: &Catalog) {
    let mut found: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for (at, check) in judged.iter().enumerate() {
        for (row, graded) in check.rows.iter().enumerate().filter(|(_, graded)| graded.severity.is_some()) {
            found.insert((check.check.id.to_string(), graded.row.object.clone()), (at, row));
        }
    }
    let target = |check: &Check, object: &str| {
        let named = |id: &String| catalog.check(id).map_or_else(|| id.clone(), |check| check.id.to_string());
        check.yields_to.iter().find_map(|id| found.get(&(named(id), object.to_owned())).copied())
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
