//! How many of the blocks that queries asked for were in shared buffers, for tables and for indexes.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::snapshot::Row;
use crate::value::Value;

#[derive(Default)]
struct HitRatio {
    heap: Blocks,
    index: Blocks,
}

#[derive(Default)]
struct Blocks {
    fetched: i64,
    hit: i64,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the readings `tables` and `indexes`, with their columns `fetched` and `hit`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(HitRatio::default()))
}

impl Blocks {
    fn row(&self, object: &str) -> Row {
        // Both counters are read one after the other, so that a hit may be counted that is not fetched yet.
        let hit = self.hit.min(self.fetched);
        let ratio = match self.fetched {
            0 => Value::Null,
            // Block counts stay below 2^53.
            #[allow(clippy::cast_precision_loss)]
            fetched => Value::Float(hit as f64 / fetched as f64),
        };
        let values = [
            ("blocks", Value::Int(self.fetched)),
            ("hits", Value::Int(hit)),
            ("ratio", ratio),
        ];
        Row {
            object: object.into(),
            values: values.map(|(name, value)| (name.to_owned(), value)).into(),
        }
    }
}

impl Compute for HitRatio {
    fn row(&mut self, reading: &str, row: &Row) {
        let of = if reading == "indexes" {
            &mut self.index
        } else {
            &mut self.heap
        };
        for (column, sum) in [("fetched", &mut of.fetched), ("hit", &mut of.hit)] {
            if let Value::Int(n) = row.get(column) {
                *sum = sum.saturating_add(*n);
            }
        }
    }

    fn finish(self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        let rows = vec![self.heap.row("heap"), self.index.row("index")];
        Computed {
            rows,
            unknown: Vec::new(),
            population: Some(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_tables_and_indexes_apart() {
        let row = |fetched, hit| Row {
            object: String::new(),
            values: BTreeMap::from([
                ("fetched".into(), Value::Int(fetched)),
                ("hit".into(), Value::Int(hit)),
            ]),
        };
        let mut ratio = Box::new(HitRatio::default());
        ratio.row("tables", &row(100, 90));
        ratio.row("tables", &row(100, 100));
        ratio.row("indexes", &row(0, 0));
        let rows = ratio.finish(&BTreeMap::new()).rows;
        assert_eq!(rows[0].get("ratio"), &Value::Float(0.95));
        assert_eq!(rows[1].get("ratio"), &Value::Null, "no traffic is no ratio");
    }
}
