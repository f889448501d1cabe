//! What the commands beside `score` show: tables of checks, the library, and what a role can see.

use crate::assess::Judged;
use crate::catalog::Catalog;
use crate::check::Check;
use crate::needs::{self, Rights};
use crate::rubric::Rubric;
use crate::server::{COLUMN_STATISTICS, Server};
use crate::snapshot::{Outcome, Snapshot};

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
    /// Checks that cannot be asked, with reason and remedy.
    pub blocked: Vec<(&'a Check, Outcome)>,
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

impl Sight<'_> {
    /// What does not apply here is no gap in sight.
    pub fn extent(&self) -> Extent {
        let hidden = self.hidden().count();
        match hidden {
            0 => Extent::All,
            hidden if hidden == self.checks => Extent::Nothing,
            _ => Extent::Part,
        }
    }

    /// Checks that would need something, as opposed to those that mean nothing here.
    pub fn hidden(&self) -> impl Iterator<Item = (&Check, &str, Option<&str>)> {
        self.blocked
            .iter()
            .filter_map(|(check, outcome)| match outcome {
                Outcome::Skipped { reason, remedy } => {
                    Some((*check, reason.as_str(), remedy.as_deref()))
                }
                _ => None,
            })
    }
}

impl<'a> Doctor<'a> {
    /// Holds what every check needs against what the server says.
    pub fn new(server: &'a Server, target: &'a str, rights: &Rights, catalog: &'a Catalog) -> Self {
        let unmet = |check: &Check| {
            let readings = check.from.iter().filter_map(|from| {
                catalog.entry(&crate::check::CheckId::new(format!("readings/{from}")))
            });
            needs::unmet(&check.needs, server, rights).or_else(|| {
                readings
                    .into_iter()
                    .find_map(|reading| needs::unmet(&reading.needs, server, rights))
            })
        };
        let areas = catalog.areas().into_iter().map(|area| {
            let checks: Vec<_> = catalog
                .checks()
                .filter(|check| check.id.area() == area)
                .collect();
            let blocked = checks
                .iter()
                .filter_map(|check| Some((*check, unmet(check)?)))
                .collect();
            Sight {
                area,
                checks: checks.len(),
                blocked,
            }
        });
        Self {
            server,
            target,
            areas: areas.collect(),
        }
    }
}
