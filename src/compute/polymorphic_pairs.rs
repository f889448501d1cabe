//! Pairs of columns that name a row of one of several tables.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{is_passing, is_text, number, referred, relation, text, told};
use crate::layout::holds;
use crate::snapshot::Row;
use crate::value::Value;

#[derive(Default)]
struct PolymorphicPairs {
    tables: BTreeMap<i64, Table>,
}

#[derive(Default)]
struct Table {
    name: String,
    /// The quoted names by plain ones.
    kinds: BTreeMap<String, String>,
    /// The name that the kind would have, and the quoted name of the reference.
    references: BTreeSet<(String, String)>,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the reading `columns`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(PolymorphicPairs::default()))
}

impl Compute for PolymorphicPairs {
    fn row(&mut self, _: &str, row: &Row) {
        let column = text(row, "column");
        // What happened is kept when what it happened to is gone.
        if number(row).is_none() || holds(row, "view") || is_passing(text(row, "table")) {
            return;
        }
        let quoted = || text(row, "quoted").to_owned();
        if (column.ends_with("_type") || column.ends_with("Type"))
            && is_text(row)
            && !holds(row, "refers")
        {
            let table = self.tables.entry(relation(row)).or_default();
            table.kinds.insert(column.to_owned(), quoted());
            table.name.clone_from(&row.object);
        } else if let (Some((_, kind)), false) = (referred(column), holds(row, "refers"))
            && (["int4", "int8", "uuid"].contains(&text(row, "type")) || is_text(row))
        {
            self.tables
                .entry(relation(row))
                .or_default()
                .references
                .insert((kind, quoted()));
        }
    }

    fn finish(self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        let told = |table: Table| {
            let pair =
                |(kind, id): &(String, String)| Some(format!("({}, {id})", table.kinds.get(kind)?));
            let pairs: Vec<_> = table.references.iter().filter_map(pair).collect();
            (!pairs.is_empty()).then(|| {
                told(
                    table.name.clone(),
                    [("pairs", Value::Text(pairs.join(", ")))],
                )
            })
        };
        let mut rows: Vec<_> = self.tables.into_values().filter_map(told).collect();
        rows.sort_by(|a, b| a.object.cmp(&b.object));
        Computed {
            rows,
            ..Computed::default()
        }
    }
}
