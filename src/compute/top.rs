//! The rows of one reading with the largest figures in one column.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed, largest_first, unknown};
use crate::snapshot::{Row, Unknown};
use crate::value::Value;

struct Top {
    by: String,
    rows: usize,
    seen: u64,
    best: Vec<Row>,
    unknown: Vec<Unknown>,
}

/// `by: column` and `rows: number`. Rows with zero are left out; those without a figure as well, where the reading
/// does not say that they are unknown.
pub(super) fn new(params: &Params) -> Result<Box<dyn Compute>, String> {
    let by = params
        .get("by")
        .and_then(serde_yaml::Value::as_str)
        .ok_or("`by` names the column to rank by")?;
    let rows = params
        .get("rows")
        .and_then(serde_yaml::Value::as_u64)
        .ok_or("`rows` says how many to keep")?;
    let rows = usize::try_from(rows).map_err(|error| error.to_string())?;
    Ok(Box::new(Top {
        by: by.to_owned(),
        rows,
        seen: 0,
        best: Vec::new(),
        unknown: Vec::new(),
    }))
}

impl Top {
    fn cut(&mut self) {
        largest_first(&mut self.best, &self.by);
        self.best.truncate(self.rows);
    }
}

impl Compute for Top {
    fn row(&mut self, _: &str, row: &Row) {
        self.seen += 1;
        if row.get(&self.by).number() > Some(0.0) {
            self.best.push(row.clone());
        } else if *row.get(&self.by) == Value::Null {
            self.unknown.extend(unknown(row));
        }
        // Sorted in batches: one pass over any number of relations with a bounded memory.
        if self.best.len() > 16 * self.rows.max(64) {
            self.cut();
        }
    }

    fn finish(mut self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        self.cut();
        // Those that are shown for one figure although another is not known.
        self.unknown.extend(self.best.iter().filter_map(unknown));
        for row in &mut self.best {
            row.values
                .retain(|name, _| name != "unknown" && name != "remedy");
        }
        Computed {
            rows: self.best,
            unknown: self.unknown,
            // A reading without rows may just as well have had nothing to count yet.
            population: (self.seen > 0).then_some(self.seen),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_largest_in_order() {
        let mut top = Box::new(Top {
            by: "size".into(),
            rows: 3,
            seen: 0,
            best: Vec::new(),
            unknown: Vec::new(),
        });
        for n in (0..5000).rev() {
            let size = if n % 7 == 0 {
                Value::Null
            } else {
                Value::Int(n % 1000)
            };
            top.row(
                "tables",
                &Row {
                    object: format!("t{n:04}"),
                    values: BTreeMap::from([("size".into(), size)]),
                },
            );
        }
        let computed = top.finish(&BTreeMap::new());
        let objects: Vec<_> = computed
            .rows
            .iter()
            .map(|row| row.object.as_str())
            .collect();
        assert_eq!(
            (objects, computed.population),
            (vec!["t0999", "t1999", "t2999"], Some(5000))
        );
    }
}
