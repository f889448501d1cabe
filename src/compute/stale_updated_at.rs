//! Times of the last change that no trigger sets, where triggers set the others.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{is_time, number, relation, text, told};
use crate::layout::holds;
use crate::snapshot::Row;
use crate::value::Value;

/// What the time is called, without underscores and in lower case.
const UPDATED: [&str; 9] = [
    "updatedat",
    "updatedon",
    "modifiedat",
    "modifiedon",
    "changedat",
    "lastmodified",
    "lastmodifiedat",
    "updatedate",
    "dateupdated",
];

/// So many tables whose trigger sets it make it a rule.
const RULE: usize = 3;

#[derive(Default)]
struct StaleUpdatedAt {
    tables: BTreeMap<i64, Table>,
}

struct Table {
    name: String,
    column: String,
    touched: bool,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the reading `columns`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(StaleUpdatedAt::default()))
}

impl Compute for StaleUpdatedAt {
    fn row(&mut self, _: &str, row: &Row) {
        let name = text(row, "column").to_lowercase().replace('_', "");
        if number(row).is_some()
            && !holds(row, "view")
            && is_time(row)
            && UPDATED.contains(&name.as_str())
        {
            let (name, column) = (row.object.clone(), text(row, "quoted").to_owned());
            self.tables.insert(
                relation(row),
                Table {
                    name,
                    column,
                    touched: holds(row, "touched"),
                },
            );
        }
    }

    fn finish(self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        let touched = self.tables.values().filter(|table| table.touched).count();
        let all = self.tables.len();
        // Otherwise the application sets it, and nobody can tell where it forgot.
        let is_rule = touched >= RULE && touched * 2 > all;
        let forgotten = self
            .tables
            .into_values()
            .filter(|table| is_rule && !table.touched);
        let mut rows: Vec<_> = forgotten
            .map(|table| told(table.name, [("column", Value::Text(table.column))]))
            .collect();
        rows.sort_by(|a, b| a.object.cmp(&b.object));
        Computed {
            rows,
            unknown: Vec::new(),
            population: u64::try_from(all).ok(),
        }
    }
}
