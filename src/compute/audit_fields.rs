//! How many of the tables that describe something know when a row was made.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{List, is_passing, is_time, number, place, relation, text, told};
use crate::layout::{figure, holds, whole};
use crate::snapshot::Row;
use crate::value::Value;

/// What a time of creation is called, without underscores and in lower case.
const CREATED: [&str; 20] = [
    "created",
    "createdat",
    "createdon",
    "createddate",
    "createdtime",
    "createdtimestamp",
    "createdate",
    "createtime",
    "creationdate",
    "creationtime",
    "datecreated",
    "timecreated",
    "insertedat",
    "insertedon",
    "addedat",
    "addedon",
    "registeredat",
    "registeredon",
    "datejoined",
    "joinedat",
];

/// How the time begins of what happened at a moment, and is its own record.
const HAPPENED: [&str; 14] = [
    "occurred",
    "happened",
    "recorded",
    "logged",
    "sent",
    "received",
    "measured",
    "visited",
    "viewed",
    "clicked",
    "paid",
    "placed",
    "uploaded",
    "submitted",
];

#[derive(Default)]
struct AuditFields {
    tables: BTreeMap<i64, Table>,
}

#[derive(Default)]
struct Table {
    name: String,
    place: (String, i64),
    /// Whether it can be asked at all.
    is_entity: bool,
    /// Columns that are neither key nor foreign key.
    described: u32,
    created: bool,
    happened: bool,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the reading `columns`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(AuditFields::default()))
}

impl Compute for AuditFields {
    fn row(&mut self, _: &str, row: &Row) {
        let table = self.tables.entry(relation(row)).or_default();
        if number(row).is_none() {
            table.name.clone_from(&row.object);
            table.place = place(row);
            table.is_entity = !holds(row, "view")
                && whole(row, "key") == Some(1)
                && !is_passing(text(row, "table"));
            return;
        }
        table.described += u32::from(*row.get("key") == Value::Null && !holds(row, "refers"));
        if is_time(row) {
            let name = text(row, "column").to_lowercase().replace('_', "");
            let happened = name.strip_prefix("date").unwrap_or(&name);
            table.created |= CREATED.contains(&name.as_str());
            table.happened |=
                holds(row, "not_null") && HAPPENED.iter().any(|begin| happened.starts_with(begin));
        }
    }

    fn finish(self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        let asked = self
            .tables
            .into_values()
            .filter(|table| table.is_entity && table.described >= 3 && !table.happened);
        let (mut tables, mut without) = (0, List::default());
        for table in asked {
            tables += 1;
            if !table.created {
                without.add(table.place, table.name);
            }
        }
        let share = figure(tables - without.count) / figure(tables.max(1));
        let list = if without.count == 0 {
            String::from("none is without")
        } else {
            format!("without: {}", without.text())
        };
        let values = [
            ("tables", Value::Int(tables)),
            ("share", Value::Float(share)),
            ("without", Value::Text(list)),
        ];
        Computed {
            rows: vec![told("all tables", values)],
            unknown: Vec::new(),
            population: u64::try_from(tables).ok(),
        }
    }
}
