//! Columns that are named after a table beside theirs, and refer to nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{number, referred, relation, text, told};
use crate::layout::{holds, whole};
use crate::snapshot::Row;
use crate::value::Value;

#[derive(Default)]
struct MissingForeignKeys {
    tables: BTreeMap<i64, Table>,
    /// The type of the only column of each primary key.
    keys: BTreeMap<i64, String>,
    candidates: Vec<Candidate>,
    /// Columns that could say of which kind a reference is.
    kinds: BTreeSet<(i64, String)>,
}

struct Table {
    object: String,
    schema: String,
    name: String,
    quoted: String,
}

struct Candidate {
    relation: i64,
    number: i64,
    quoted: String,
    /// What it refers to by its name, and the column that would make it one of a pair.
    stem: String,
    kind: String,
    of: String,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the reading `columns`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(MissingForeignKeys::default()))
}

/// A name without what writers of names differ in.
fn plain(name: &str) -> String {
    name.to_lowercase().replace('_', "")
}

/// What a name can be the plural of, itself included.
fn singulars(name: &str) -> impl Iterator<Item = String> {
    let cut = |ending: &str, instead: &str| {
        name.strip_suffix(ending)
            .map(|stem| format!("{stem}{instead}"))
    };
    [
        Some(name.to_owned()),
        cut("s", ""),
        cut("es", ""),
        cut("ies", "y"),
    ]
    .into_iter()
    .flatten()
}

impl Compute for MissingForeignKeys {
    fn row(&mut self, _: &str, row: &Row) {
        if holds(row, "view") {
            return;
        }
        let relation = relation(row);
        let (of, column, quoted) = (
            text(row, "type"),
            text(row, "column"),
            text(row, "quoted").to_owned(),
        );
        let Some(number) = number(row) else {
            let (schema, name) = (
                text(row, "schema").to_owned(),
                text(row, "table").to_owned(),
            );
            let object = row.object.clone();
            self.tables.insert(
                relation,
                Table {
                    object,
                    schema,
                    name,
                    quoted,
                },
            );
            return;
        };
        if whole(row, "key") == Some(1) {
            self.keys.insert(relation, of.to_owned());
        } else if column.ends_with("_type") || column.ends_with("Type") {
            self.kinds.insert((relation, column.to_owned()));
        } else if let (Some((stem, kind)), false) = (referred(column), holds(row, "refers"))
            && ["int2", "int4", "int8", "uuid"].contains(&of)
        {
            let (stem, of) = (plain(stem), of.to_owned());
            self.candidates.push(Candidate {
                relation,
                number,
                quoted,
                stem,
                kind,
                of,
            });
        }
    }

    fn finish(self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        let mut parents: BTreeMap<_, BTreeSet<(&str, i64)>> = BTreeMap::new();
        for (relation, of) in &self.keys {
            let Some(table) = self.tables.get(relation) else {
                continue;
            };
            for singular in singulars(&plain(&table.name)) {
                let parent = parents
                    .entry((table.schema.as_str(), singular, of.as_str()))
                    .or_default();
                parent.insert((&table.name, *relation));
            }
        }
        let mut found: BTreeMap<&str, BTreeMap<i64, String>> = BTreeMap::new();
        for candidate in &self.candidates {
            let Some(table) = self.tables.get(&candidate.relation) else {
                continue;
            };
            if self
                .kinds
                .contains(&(candidate.relation, candidate.kind.clone()))
            {
                continue;
            }
            let named = parents.get(&(
                table.schema.as_str(),
                candidate.stem.clone(),
                candidate.of.as_str(),
            ));
            let parent = named
                .into_iter()
                .flatten()
                .find(|(_, relation)| *relation != candidate.relation);
            if let Some((_, parent)) = parent {
                let told = format!(
                    "{} may refer to {}",
                    candidate.quoted, self.tables[parent].quoted
                );
                found
                    .entry(&table.object)
                    .or_default()
                    .insert(candidate.number, told);
            }
        }
        let row = |(object, columns): (&str, BTreeMap<i64, String>)| {
            let count = i64::try_from(columns.len()).unwrap_or(i64::MAX);
            let list: Vec<_> = columns.into_values().collect();
            told(
                object,
                [
                    ("columns", Value::Int(count)),
                    ("list", Value::Text(list.join(", "))),
                ],
            )
        };
        Computed {
            rows: found.into_iter().map(row).collect(),
            ..Computed::default()
        }
    }
}
