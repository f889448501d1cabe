//! Pure functions that headers name: rows of shared readings in, rows of a check out.
//!
//! Each stands in a file of its own below `src/compute/` and has a function
//! `new(&Params) -> Result<Box<dyn Compute>, String>`; the build finds it there by its name.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::check::Params;
use crate::snapshot::{Row, Unknown};
use crate::value::Value;
use crate::yaml;

/// Makes a computation from the parameters of a header.
type New = fn(&Params) -> Result<Box<dyn Compute>, String>;

include!(concat!(env!("OUT_DIR"), "/compute.rs"));

/// A computation over the rows of shared readings. It sees each row once and keeps what it needs.
pub trait Compute {
    /// Takes the next row of `reading`.
    fn row(&mut self, reading: &str, row: &Row);

    /// The answer, when all rows were seen. `facts` are those of the snapshot.
    fn finish(self: Box<Self>, facts: &BTreeMap<String, Value>) -> Computed;
}

/// The answer of a computation.
#[derive(Debug, Default, PartialEq)]
pub struct Computed {
    pub rows: Vec<Row>,
    pub unknown: Vec<Unknown>,
    /// How many objects were judged, the unknown ones included.
    pub population: Option<u64>,
}

/// Puts the rows with the largest figures in a column first, those of the same one by name.
pub(crate) fn largest_first(rows: &mut [Row], column: &str) {
    let by_figure = by_figure(column);
    rows.sort_by(|a, b| by_figure(a, b).then_with(|| a.object.cmp(&b.object)));
}

/// The order in which the largest figures in a column come first; rows without any come last.
pub(crate) fn by_figure(column: &str) -> impl Fn(&Row, &Row) -> Ordering {
    let figure = move |row: &Row| row.get(column).number().unwrap_or(f64::NEG_INFINITY);
    move |a, b| figure(b).total_cmp(&figure(a))
}

/// What a reading says about an object that could not be judged.
pub(crate) fn unknown(row: &Row) -> Option<Unknown> {
    let text = |name: &str| row.get(name).text().map(str::to_owned);
    Some(Unknown {
        object: row.object.clone(),
        reason: text("unknown")?,
        remedy: text("remedy"),
    })
}

/// The computation that a header names.
pub fn create(name: &str, params: &Params) -> Result<Box<dyn Compute>, String> {
    if let Some((_, new)) = REGISTRY.iter().find(|(known, _)| *known == name) {
        new(params).map_err(|message| format!("with: {message}"))
    } else {
        let nearest = yaml::nearest(name, REGISTRY.iter().map(|(known, _)| *known));
        let hint = nearest
            .map(|name| format!("; did you mean `{name}`?"))
            .unwrap_or_default();
        Err(format!("compute: there is no function `{name}`{hint}"))
    }
}
