//! How many of all columns are NOT NULL.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{number, told};
use crate::layout::{figure, holds};
use crate::snapshot::Row;
use crate::value::Value;

#[derive(Default)]
struct NotNullShare {
    columns: i64,
    not_null: i64,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the reading `columns`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(NotNullShare::default()))
}

impl Compute for NotNullShare {
    fn row(&mut self, _: &str, row: &Row) {
        if number(row).is_some() && !holds(row, "view") {
            self.columns += 1;
            self.not_null += i64::from(holds(row, "not_null") || holds(row, "always"));
        }
    }

    fn finish(self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        let share = figure(self.not_null) / figure(self.columns.max(1));
        let values = [
            ("columns", Value::Int(self.columns)),
            ("not_null", Value::Int(self.not_null)),
            ("share", Value::Float(share)),
        ];
        Computed {
            rows: vec![told("all columns", values)],
            unknown: Vec::new(),
            population: u64::try_from(self.columns).ok(),
        }
    }
}
