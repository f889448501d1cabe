//! Tables whose rows may say nothing.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{number, relation, told};
use crate::layout::holds;
use crate::snapshot::Row;
use crate::value::Value;

#[derive(Default)]
struct LooseTables {
    tables: BTreeMap<i64, Table>,
}

#[derive(Default)]
struct Table {
    /// Empty for what is not asked.
    name: String,
    of_key: u32,
    required: u32,
    others: u32,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the reading `columns`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(LooseTables::default()))
}

impl Table {
    fn state(&self) -> Option<String> {
        match (self.of_key, self.required + self.others) {
            (0, 0) => Some(String::from("it has no column")),
            (0, 1) => Some(String::from("it has a single column, which is no key")),
            (1.., others @ 3..) if self.required == 0 => Some(format!(
                "all {others} columns outside of its key may be NULL"
            )),
            _ => None,
        }
    }
}

impl Compute for LooseTables {
    fn row(&mut self, _: &str, row: &Row) {
        let table = self.tables.entry(relation(row)).or_default();
        if number(row).is_none() {
            if !holds(row, "view") && !holds(row, "inherits") {
                table.name.clone_from(&row.object);
            }
        } else if *row.get("key") != Value::Null {
            table.of_key += 1;
        } else if holds(row, "not_null") {
            table.required += 1;
        } else {
            table.others += 1;
        }
    }

    fn finish(self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        let tables = self
            .tables
            .into_values()
            .filter(|table| !table.name.is_empty());
        let loose = tables.filter_map(|table| {
            Some(told(
                table.name.clone(),
                [("state", Value::Text(table.state()?))],
            ))
        });
        let mut rows: Vec<_> = loose.collect();
        rows.sort_by(|a, b| a.object.cmp(&b.object));
        Computed {
            rows,
            ..Computed::default()
        }
    }
}
