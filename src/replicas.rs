//! What the standbys of a server use: an index is unused only where no server uses it. Pure.

use std::collections::BTreeMap;
use std::fmt;

use crate::check::CheckId;
use crate::snapshot::{Outcome, Replica, Row, Snapshot, Unknown};
use crate::value::{Value, grouped};

/// Its rows are indexes without a scan.
const UNUSED: &str = "indexes/unused";

/// Its rows are indexes with `scans`, and `writes_to_scans` times as many `writes`.
const RARELY_USED: &str = "indexes/rarely_used";

/// What a standby counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// How old its counters are, in seconds.
    pub age: Option<f64>,
    /// Scans by index; an index that is not there had none.
    pub scans: BTreeMap<String, i64>,
}

impl fmt::Display for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.target)?;
        if let Some(error) = &self.error {
            return write!(f, " was not asked: {error}");
        }
        if self.kept.is_empty() {
            return f.write_str(" uses no index that the primary does not use");
        }
        let kept = self.kept.iter().map(|(index, scans)| {
            let scans = grouped(*scans);
            format!("{index} ({scans} scans)")
        });
        let kept: Vec<_> = kept.collect();
        write!(
            f,
            " uses what the primary does not use: {}",
            kept.join(", ")
        )
    }
}

/// Adds what a standby counted, or that it is not known.
pub fn merge(snapshot: &mut Snapshot, target: String, usage: &Result<Usage, String>) {
    let mut kept = BTreeMap::new();
    for id in [UNUSED, RARELY_USED] {
        let answer = snapshot.checks.get_mut(&CheckId::new(id.to_owned()));
        let Some(Outcome::Measured { rows, unknown, .. }) =
            answer.map(|answer| &mut answer.outcome)
        else {
            continue;
        };
        for mut row in std::mem::take(rows) {
            match usage {
                Ok(usage) => {
                    let there = usage.scans.get(&row.object).copied().unwrap_or(0);
                    if id == UNUSED && there > 0 {
                        kept.insert(row.object, there);
                    } else {
                        add(&mut row, usage.age, there);
                        rows.push(row);
                    }
                }
                Err(_) => unknown.push(Unknown {
                    object: row.object,
                    reason: format!("whether {target} uses it is not known"),
                    remedy: Some(format!("let the audit connect to {target}")),
                }),
            }
        }
    }
    snapshot.replicas.push(Replica {
        target,
        error: usage.as_ref().err().cloned(),
        kept,
    });
}

/// Scans on a standby, which count for no longer than its counters did.
fn add(row: &mut Row, age: Option<f64>, scans: i64) {
    let ages = [row.get("age").number(), age];
    let age = ages.into_iter().flatten().reduce(f64::min);
    row.values
        .insert(String::from("age"), age.map_or(Value::Null, Value::Float));
    if let Value::Int(here) = *row.get("scans") {
        let scans = Value::Int(here + scans);
        if let (Some(writes), Some(scans)) = (row.get("writes").number(), scans.number()) {
            let times = Value::Float(writes / scans.max(1.0));
            let known = row.values.get_mut("writes_to_scans");
            if let Some(known) = known {
                *known = times;
            }
        }
        row.values.insert(String::from("scans"), scans);
    }
}
