//! What the estimates of heaps and B-trees share: when there is no figure, and which figures are kept.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::Computed;
use crate::layout::{Missing, whole};
use crate::snapshot::{Row, Unknown};
use crate::value::Value;

/// Rows that the counters may have seen go into a relation that nobody has counted before its size matters: at 80
/// bytes a row this is 8 MB, the size from which the readings list relations.
pub(crate) const UNCOUNTED_ROWS: f64 = 100_000.0;

/// What is known about a relation that could be estimated, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    /// As the catalog has it.
    pub(crate) size: f64,
    /// After a rewrite.
    pub(crate) expected: f64,
    /// The share of each page that a rewrite would fill.
    pub(crate) fill: f64,
    /// Why the figure may be off.
    pub(crate) doubt: Option<&'static str>,
}

impl Estimate {
    fn reclaimable(&self) -> f64 {
        (self.size - self.expected).max(0.0)
    }

    fn ratio(&self) -> f64 {
        if self.size > 0.0 {
            self.reclaimable() / self.size
        } else {
            0.0
        }
    }

    fn values(&self) -> impl Iterator<Item = (String, Value)> {
        let bytes = |n: f64| {
            // Sizes of relations: at most 32 TB.
            #[allow(clippy::cast_possible_truncation)]
            Value::Int(n.round() as i64)
        };
        let text = |text: &str| Value::Text(text.to_owned());
        [
            ("size", bytes(self.size)),
            ("cataloged", bytes(self.size)),
            ("expected", bytes(self.expected)),
            ("reclaimable", bytes(self.reclaimable())),
            ("ratio", Value::Float(self.ratio())),
            ("fill", Value::Float(self.fill)),
            ("method", text("estimated")),
            ("doubt", self.doubt.map_or(Value::Null, text)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
    }
}

/// Why there is no figure, and the one statement that mends it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unsure {
    reason: String,
    remedy: Option<String>,
}

impl Unsure {
    pub(crate) fn new(reason: &str, remedy: Option<String>) -> Self {
        Self {
            reason: reason.to_owned(),
            remedy,
        }
    }

    pub(crate) fn never_analyzed(table: &str) -> Self {
        Self::new(
            "it has never been analyzed",
            Some(format!("ANALYZE {table};")),
        )
    }

    /// Statistics of a column of `table` are missing.
    pub(crate) fn statistics(missing: Missing, table: &str) -> Self {
        match missing {
            Missing::Statistics => Self::never_analyzed(table),
            Missing::Unseen => Self::new(
                "this role does not see its column statistics",
                Some(String::from(
                    "let a superuser run what `pgaudit doctor --sql` prints",
                )),
            ),
            Missing::NotSampled => Self::new(
                "one of its columns is kept out of the statistics",
                Some(format!(
                    "ALTER TABLE {table} ALTER column SET STATISTICS -1, then ANALYZE {table};"
                )),
            ),
            Missing::Unlike => Self::new(
                "an index stores this type in another way than the statistics tell",
                None,
            ),
        }
    }
}

/// An error if more than the share `stale` of the rows changed since ANALYZE counted them.
pub(crate) fn fresh(
    table: &str,
    tuples: f64,
    modified: Option<f64>,
    stale: f64,
) -> Result<(), Unsure> {
    let Some(modified) = modified else {
        return Err(Unsure::new(
            "how many rows changed since ANALYZE is not known",
            None,
        ));
    };
    if modified <= stale * tuples.max(1.0) {
        return Ok(());
    }
    Err(Unsure::new(
        "too many of its rows changed since it was analyzed",
        Some(format!("ANALYZE {table};")),
    ))
}

/// How many objects there are, as each row of a reading tells.
pub(crate) fn population(row: &Row) -> Option<u64> {
    whole(row, "population").and_then(|n| u64::try_from(n).ok())
}

/// What a header asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keep {
    /// So many relations are listed whatever their figures, those with most to reclaim first.
    pub(crate) rows: usize,
    /// … and all others from this ratio on.
    pub(crate) ratio: f64,
    /// The share of the rows that may have changed since ANALYZE.
    pub(crate) stale: f64,
}

impl Keep {
    /// `rows`, `ratio` and `stale`.
    pub(crate) fn new(params: &Params) -> Result<Self, String> {
        let share = |name: &str| {
            let value = params.get(name).and_then(serde_yaml::Value::as_f64);
            value
                .filter(|share| (0.0..=1.0).contains(share))
                .ok_or(format!("`{name}` is a share from 0 to 1"))
        };
        let rows = params.get("rows").and_then(serde_yaml::Value::as_u64);
        let rows = rows
            .and_then(|rows| usize::try_from(rows).ok())
            .ok_or("`rows` says how many to keep")?;
        Ok(Self {
            rows,
            ratio: share("ratio")?,
            stale: share("stale")?,
        })
    }

    /// The rows of the check. `Ok(None)` is an object that is known to be small.
    pub(crate) fn answer<'r>(
        self,
        answers: impl Iterator<Item = (&'r Row, Result<Option<Estimate>, Unsure>)>,
        population: Option<u64>,
    ) -> Computed {
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        for (row, answer) in answers {
            match answer {
                Ok(Some(estimate)) => found.push((row, estimate)),
                Ok(None) => {}
                Err(Unsure { reason, remedy }) => unknown.push(Unknown {
                    object: row.object.clone(),
                    reason,
                    remedy,
                }),
            }
        }
        unknown.sort();
        found.sort_by(|(a, one), (b, other)| {
            other
                .reclaimable()
                .total_cmp(&one.reclaimable())
                .then_with(|| a.object.cmp(&b.object))
        });
        let kept = found
            .into_iter()
            .enumerate()
            .filter(|(at, (_, estimate))| *at < self.rows || estimate.ratio() >= self.ratio);
        let rows = kept.map(|(_, (row, estimate))| {
            let mut values: BTreeMap<_, _> = estimate.values().collect();
            for name in ["relation", "table", "online"] {
                values.insert(name.to_owned(), row.get(name).clone());
            }
            Row {
                object: row.object.clone(),
                values,
            }
        });
        Computed {
            rows: rows.collect(),
            unknown,
            population,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::number;

    #[test]
    fn what_is_stale_has_no_figure() {
        assert_eq!(fresh("t", 1000.0, Some(200.0), 0.2), Ok(()));
        assert_eq!(
            fresh("t", 1000.0, Some(201.0), 0.2)
                .unwrap_err()
                .remedy
                .as_deref(),
            Some("ANALYZE t;")
        );
        assert_eq!(fresh("t", 0.0, Some(0.0), 0.2), Ok(()));
        fresh("t", 1000.0, None, 0.2).unwrap_err();
    }

    #[test]
    fn keeps_the_worst_and_whatever_may_be_a_finding() {
        let keep = Keep {
            rows: 1,
            ratio: 0.5,
            stale: 0.2,
        };
        let rows: Vec<_> = ["small", "large", "half", "unsure"]
            .map(|object| Row {
                object: object.into(),
                values: BTreeMap::new(),
            })
            .into();
        let estimate = |size, expected| {
            Ok(Some(Estimate {
                size,
                expected,
                fill: 1.0,
                doubt: None,
            }))
        };
        let answers = [
            estimate(8192.0, 8000.0),
            estimate(819_200.0, 800_000.0),
            estimate(8192.0, 4096.0),
            Err(Unsure::never_analyzed("unsure")),
        ];
        let computed = keep.answer(rows.iter().zip(answers), Some(9));
        let objects: Vec<_> = computed
            .rows
            .iter()
            .map(|row| row.object.as_str())
            .collect();
        assert_eq!(objects, ["large", "half"]);
        assert_eq!(
            computed.unknown[0].remedy.as_deref(),
            Some("ANALYZE unsure;")
        );
        assert_eq!(
            (number(&computed.rows[1], "ratio"), computed.population),
            (Some(0.5), Some(9))
        );
    }
}
