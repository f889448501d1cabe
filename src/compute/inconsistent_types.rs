//! References and times of one name that have different types in different tables.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{List, is_passing, is_text, number, place, qualified, referred, text, told};
use crate::layout::holds;
use crate::snapshot::Row;
use crate::value::Value;

/// What names another thing in each table.
const GENERIC: [&str; 24] = [
    "external",
    "remote",
    "foreign",
    "reference",
    "ref",
    "entity",
    "object",
    "record",
    "source",
    "target",
    "parent",
    "root",
    "original",
    "previous",
    "next",
    "subject",
    "item",
    "resource",
    "aggregate",
    "stream",
    "content",
    "related",
    "owner",
    "request",
];

/// Types that may be compared; what users made is meant to differ.
const TYPES: [&str; 7] = [
    "int2",
    "int4",
    "int8",
    "numeric",
    "uuid",
    "date",
    "timestamptz",
];

#[derive(Default)]
struct InconsistentTypes {
    names: BTreeMap<String, Named>,
}

#[derive(Default)]
struct Named {
    types: BTreeMap<String, List>,
    /// Whether one of them refers to nothing: a foreign key holds the others to the type of what they refer to.
    loose: bool,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the reading `columns`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(InconsistentTypes::default()))
}

/// Whether a name means the same wherever it stands.
fn is_shared(column: &str) -> bool {
    referred(column).is_some_and(|(stem, _)| {
        !GENERIC
            .iter()
            .any(|word| stem.to_lowercase().ends_with(word))
    }) || ["_at", "At"].iter().any(|ending| column.ends_with(ending))
}

impl Compute for InconsistentTypes {
    fn row(&mut self, _: &str, row: &Row) {
        let (column, of) = (text(row, "column"), text(row, "type"));
        // A time without its zone is told as that.
        let kind = match of {
            _ if is_text(row) => "text",
            "timestamp" => "timestamptz",
            of => of,
        };
        if number(row).is_none()
            || holds(row, "view")
            // What a log refers to may be of any kind.
            || is_passing(text(row, "table"))
            || !is_shared(column)
            || !(kind == "text" || TYPES.contains(&kind))
        {
            return;
        }
        let named = self
            .names
            .entry(text(row, "quoted").to_owned())
            .or_default();
        named.loose |= !holds(row, "refers");
        named
            .types
            .entry(kind.to_owned())
            .or_default()
            .add(place(row), qualified(row));
    }

    fn finish(self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        let told = |(name, Named { types, loose }): (String, Named)| {
            if types.len() < 2 || !loose {
                return None;
            }
            let mut types: Vec<_> = types.into_iter().collect();
            types.sort_by_key(|(_, columns)| -columns.count);
            let list: Vec<_> = types
                .iter()
                .map(|(of, columns)| format!("{of} in {}", columns.text()))
                .collect();
            let columns = types.iter().map(|(_, columns)| columns.count).sum();
            Some(told(
                name,
                [
                    ("columns", Value::Int(columns)),
                    ("list", Value::Text(list.join("; "))),
                ],
            ))
        };
        Computed {
            rows: self.names.into_iter().filter_map(told).collect(),
            ..Computed::default()
        }
    }
}
