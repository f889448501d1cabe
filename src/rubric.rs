//! The rubric: which rows are findings, how many points they cost, and what each profile looks at.
//! Opinion stands here and in `rubric.yaml` alone; checks only measure.

mod curve;
mod grammar;

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::check::{Check, Evidence, Severity};
use crate::snapshot::Row;
use crate::value::{Unit, Value};
use jiff::Timestamp;

pub use curve::Curve;
pub use grammar::Error;

/// The rubric that is part of the program.
pub const DEFAULT: &str = include_str!("../rubric.yaml");

/// A validated rubric.
#[derive(Debug, Clone)]
pub struct Rubric {
    /// Seconds that counters have to be old before their silence means anything.
    pub min_counter_age: f64,
    /// The most points that a criterion keeps with a finding of the severity.
    pub at_most: AtMost,
    /// From the lowest to the highest.
    pub bands: Vec<Band>,
    pub dimensions: Vec<Dimension>,
    pub grades: Vec<Grade>,
    pub caps: Vec<Cap>,
    pub profiles: Vec<Profile>,
    /// Check and reason.
    pub unscored: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy)]
pub struct AtMost {
    pub warning: f64,
    pub critical: f64,
}

/// A name for a range of totals, which begins at `from`.
#[derive(Debug, Clone)]
pub struct Band {
    pub title: String,
    pub from: f64,
}

/// One of the subjects of the score.
#[derive(Debug, Clone)]
pub struct Dimension {
    pub id: String,
    pub title: String,
    pub weight: f64,
    pub criteria: Vec<Criterion>,
}

/// One figure that gives 0 to 10 points.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// `dimension/criterion`.
    pub id: String,
    pub title: String,
    pub check: String,
    pub fold: Fold,
    /// Whether only findings are folded, or all rows.
    pub findings_only: bool,
    /// The fact that the fold is divided by.
    pub per: Option<String>,
    pub weight: f64,
    pub curve: Curve,
    /// A second curve over the number of folded rows; the lower of the two counts.
    pub count_curve: Option<Curve>,
    /// The unit of the measure.
    pub unit: Unit,
}

/// How the rows of a check become one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fold {
    Count,
    Sum(String),
    Min(String),
    Max(String),
    /// The column of the only row.
    Only(String),
}

/// What makes the rows of a check findings.
#[derive(Debug, Clone)]
pub struct Grade {
    pub check: String,
    /// How much evidence there has to be.
    pub enough: Vec<Condition>,
    /// From the worst to the least severity.
    pub severities: Vec<(Severity, Vec<Condition>)>,
}

/// A comparison of one column, or of one fact when the name has a dot.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub name: String,
    pub comparison: Comparison,
    pub operand: Operand,
    /// The unit of the name.
    pub unit: Unit,
    /// As the rubric writes it.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    Number(f64),
    Text(String),
}

impl Condition {
    /// Whether the value fulfils it. What is not known fulfils nothing.
    pub fn holds(&self, value: &Value, now: Timestamp) -> bool {
        match &self.operand {
            Operand::Number(limit) => {
                self.unit
                    .number(value, now)
                    .is_some_and(|n| match self.comparison {
                        Comparison::Less => n < *limit,
                        Comparison::AtMost => n <= *limit,
                        Comparison::More => n > *limit,
                        Comparison::AtLeast => n >= *limit,
                        Comparison::Equal => (n - limit).abs() < f64::EPSILON,
                        Comparison::Unequal => (n - limit).abs() >= f64::EPSILON,
                    })
            }
            Operand::Text(wanted) => match value {
                Value::Null => false,
                value => (value.to_string() == *wanted) == (self.comparison == Comparison::Equal),
            },
        }
    }

    pub fn is_fact(&self) -> bool {
        self.name.contains('.')
    }
}

/// A limit of the total.
#[derive(Debug, Clone)]
pub struct Cap {
    pub id: String,
    pub check: String,
    pub when: Vec<Condition>,
    pub total: f64,
    pub because: String,
}

/// What an audit looks at.
#[derive(Debug, Clone)]
pub struct Profile {
    pub id: String,
    pub evidence: BTreeSet<Evidence>,
    /// The dimensions that count, with their weights here; `None` takes all with their own.
    pub weights: Option<Vec<(String, f64)>>,
    /// Dimensions or criteria that count; `None` takes all.
    pub only: Option<Vec<String>>,
    /// Below this share there is no total.
    pub min_coverage: f64,
    /// Ids of the caps that hold.
    pub caps: Vec<String>,
}

impl Profile {
    /// The weight of a dimension here, or `None` where it does not count.
    pub fn weight(&self, dimension: &Dimension) -> Option<f64> {
        match &self.weights {
            None => Some(dimension.weight),
            Some(weights) => weights
                .iter()
                .find(|(id, _)| *id == dimension.id)
                .map(|(_, weight)| *weight),
        }
    }

    /// Whether the evidence that a check rests on counts here.
    pub fn admits(&self, check: &Check) -> bool {
        self.evidence.contains(&check.evidence)
    }

    fn names(&self, criterion: &str) -> bool {
        let dimension = criterion
            .split_once('/')
            .map_or(criterion, |(dimension, _)| dimension);
        self.only.as_ref().is_none_or(|only| {
            only.iter()
                .any(|name| name == criterion || name == dimension)
        })
    }
}

impl Rubric {
    /// The bundled rubric.
    pub fn bundled(catalog: &Catalog) -> Result<Self, Error> {
        grammar::parse("rubric.yaml", DEFAULT, catalog)
    }

    /// A user's rubric, which may extend the bundled one.
    pub fn parse(file: &str, text: &str, catalog: &Catalog) -> Result<Self, Error> {
        grammar::parse(file, text, catalog)
    }

    pub fn profile(&self, id: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    pub fn grade(&self, check: &str) -> Option<&Grade> {
        self.grades.iter().find(|grade| grade.check == check)
    }

    /// The name of the range that a total falls into.
    pub fn band(&self, total: f64) -> &str {
        self.bands
            .iter()
            .rev()
            .find(|band| total >= band.from)
            .map_or("", |band| &band.title)
    }

    /// The criteria of a dimension that count in a profile.
    pub fn criteria<'a>(
        &'a self,
        dimension: &'a Dimension,
        profile: &'a Profile,
        catalog: &'a Catalog,
    ) -> impl Iterator<Item = (&'a Criterion, &'a Check)> {
        let known = |criterion: &'a Criterion| Some((criterion, catalog.check(&criterion.check)?));
        let counts = |(criterion, check): &(&Criterion, &Check)| {
            profile.names(&criterion.id) && profile.admits(check)
        };
        let any = profile.weight(dimension).is_some();
        dimension
            .criteria
            .iter()
            .filter(move |_| any)
            .filter_map(known)
            .filter(counts)
    }

    /// The checks that a profile's report rests on.
    pub fn checks<'a>(&'a self, profile: &'a Profile, catalog: &'a Catalog) -> Vec<&'a Check> {
        let scored: BTreeSet<&str> = self
            .dimensions
            .iter()
            .flat_map(|dimension| self.criteria(dimension, profile, catalog))
            .map(|(criterion, _)| criterion.check.as_str())
            .chain(
                self.caps
                    .iter()
                    .filter(|cap| profile.caps.contains(&cap.id))
                    .map(|cap| cap.check.as_str()),
            )
            .collect();
        let everything = profile.only.is_none();
        let wanted = |check: &&Check| {
            let id = check.id.as_str();
            // Findings outside of all criteria cost nothing but are told; mere orientation is not asked for.
            let told = everything
                && !self.is_criterion(id)
                && !self.unscored.iter().any(|(unscored, _)| unscored == id);
            profile.admits(check) && (scored.contains(id) || told)
        };
        catalog.checks().filter(wanted).collect()
    }

    fn is_criterion(&self, check: &str) -> bool {
        self.dimensions
            .iter()
            .flat_map(|dimension| &dimension.criteria)
            .any(|criterion| criterion.check == check)
    }

    /// The worst severity that a check's rows can have.
    pub fn worst(&self, check: &Check) -> Option<Severity> {
        let graded = self
            .grade(check.id.as_str())
            .and_then(|grade| grade.severities.first())
            .map(|(severity, _)| *severity);
        let by_kind = (check.kind == crate::check::Kind::Finding).then_some(check.severity);
        graded.max(by_kind)
    }

    /// The severity of one row, or `None` when it is no finding.
    pub fn severity(&self, check: &Check, row: &Row, now: Timestamp) -> Option<Severity> {
        let grade = self.grade(check.id.as_str());
        let graded = grade.and_then(|grade| {
            let holds = |conditions: &[Condition]| {
                conditions.iter().all(|c| c.holds(row.get(&c.name), now))
            };
            grade
                .severities
                .iter()
                .find(|(_, conditions)| holds(conditions))
                .map(|(severity, _)| *severity)
        });
        let by_kind = (check.kind == crate::check::Kind::Finding).then_some(check.severity);
        graded.max(by_kind)
    }

    /// The column without a value that alone keeps a row from being a finding. Such a row is not healthy.
    pub fn undecided(&self, check: &Check, row: &Row, now: Timestamp) -> Option<&str> {
        let unknown = |c: &Condition| *row.get(&c.name) == Value::Null;
        let may_hold = |conditions: &&Vec<Condition>| {
            let mut each = conditions.iter();
            each.all(|c| unknown(c) || c.holds(row.get(&c.name), now))
        };
        let grade = self.grade(check.id.as_str())?;
        let mut severities = grade.severities.iter().map(|(_, conditions)| conditions);
        let conditions = severities.find(may_hold)?;
        let lacking = conditions.iter().find(|c| unknown(c))?;
        Some(&lacking.name)
    }
}
