//! What the commands beside `score` show: tables of checks, the library, and what a role can see.

use std::collections::BTreeMap;

use crate::assess::Judged;
use crate::catalog::Catalog;
use crate::check::Check;
use crate::rubric::Rubric;
use crate::server::{COLUMN_STATISTICS, Server};
use crate::snapshot::{Outcome, Snapshot, Unknown};

/// The tables of selected checks.
pub struct Tables<'a> {
    pub snapshot: &'a Snapshot,
    pub judged: Vec<Judged<'a>>,
}

/// The library, for `list`.
pub struct Library<'a> {
    pub checks: Vec<&'a Check>,
    pub rubric: &'a Rubric,
}

/// What this role can see on this server.
pub struct Doctor<'a> {
    pub server: &'a Server,
    pub target: &'a str,
    pub areas: Vec<Sight<'a>>,
}

/// A script that makes `role` one that sees what the checks look at, and no rows.
pub fn least_privilege(role: &str) -> String {
    let quoted = |quote: &str| format!("{quote}{}{quote}", role.replace(quote, &quote.repeat(2)));
    include_str!("listing/role.sql")
        .replace("{statistics}", COLUMN_STATISTICS)
        .replace("{literal}", &quoted("'"))
        .replace("{role}", &quoted("\""))
}

/// One area, for `doctor`.
pub struct Sight<'a> {
    pub area: &'a str,
    pub checks: usize,
    /// Checks that this role cannot ask at all.
    blocked: Vec<Hidden<'a>>,
    /// What is missing from those that it can ask.
    partly: Vec<Hidden<'a>>,
}

/// What a check cannot see, why, and what mends it.
pub struct Hidden<'a> {
    pub check: &'a Check,
    pub reason: String,
    pub remedy: Option<String>,
}

impl<'a> Hidden<'a> {
    fn new(check: &'a Check, reason: &str, remedy: Option<&str>) -> Self {
        Self {
            check,
            reason: reason.to_owned(),
            remedy: remedy.map(str::to_owned),
        }
    }
}

/// How much of an area can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    All,
    Part,
    Nothing,
}

impl Extent {
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Part => "part",
            Self::Nothing => "nothing",
        }
    }
}

impl<'a> Sight<'a> {
    /// What does not apply here is no gap in sight.
    pub fn extent(&self) -> Extent {
        match self.hidden().count() {
            0 => Extent::All,
            _ if self.blocked.len() == self.checks => Extent::Nothing,
            _ => Extent::Part,
        }
    }

    /// How many checks see everything that they look at.
    pub fn seen(&self) -> usize {
        let mut partly: Vec<_> = self.partly.iter().map(|hidden| &hidden.check.id).collect();
        partly.dedup();
        self.checks - self.blocked.len() - partly.len()
    }

    pub fn hidden(&self) -> impl Iterator<Item = &Hidden<'a>> {
        self.blocked.iter().chain(&self.partly)
    }
}

/// What a remedy speaks of where the rights of the role are what is missing. Other gaps of a check, such as
/// a table that was never analyzed, are nothing that another role would see.
const OF_RIGHTS: [&str; 3] = ["GRANT ", "pgaudit doctor --sql", "row security"];

impl<'a> Doctor<'a> {
    /// Sorts out what an audit by this role did not see.
    pub fn new(snapshot: &'a Snapshot, catalog: &'a Catalog) -> Self {
        let areas = catalog.areas().into_iter().map(|area| {
            let checks: Vec<_> = catalog
                .checks()
                .filter(|check| check.id.area() == area)
                .collect();
            let answers = checks
                .iter()
                .filter_map(|check| Some((*check, &snapshot.checks.get(&check.id)?.outcome)));
            let (mut blocked, mut partly) = (Vec::new(), Vec::new());
            for (check, outcome) in answers {
                match outcome {
                    Outcome::Skipped { reason, remedy } => {
                        blocked.push(Hidden::new(check, reason, remedy.as_deref()));
                    }
                    Outcome::Failed { error } => blocked.push(Hidden::new(check, error, None)),
                    Outcome::Measured { unknown, .. } => partly.extend(objects(check, unknown)),
                    Outcome::NotApplicable { .. } => {}
                }
            }
            Sight {
                area,
                checks: checks.len(),
                blocked,
                partly,
            }
        });
        Self {
            server: &snapshot.server,
            target: &snapshot.target,
            areas: areas.collect(),
        }
    }
}

/// The objects of a check that this role may not look into, one gap for each remedy.
fn objects<'a>(check: &'a Check, unknown: &'a [Unknown]) -> Vec<Hidden<'a>> {
    let mut groups: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for Unknown {
        object,
        reason,
        remedy,
    } in unknown
    {
        let remedy = remedy.as_deref().unwrap_or_default();
        if OF_RIGHTS.iter().any(|word| remedy.contains(word)) {
            groups.entry((reason, remedy)).or_default().push(object);
        }
    }
    let told = groups
        .into_iter()
        .map(|((reason, remedy), objects)| Hidden {
            check,
            reason: match &objects[..] {
                [object] => format!("{object}: {reason}"),
                [object, ..] => format!("{object} and {} more: {reason}", objects.len() - 1),
                [] => reason.to_owned(),
            },
            remedy: Some(remedy.to_owned()),
        });
    told.collect()
}
