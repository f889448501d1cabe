//! Tables that keep rows of many tenants, and lack what the others of their kind have.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{number, relation, text, told};
use crate::layout::{holds, whole};
use crate::snapshot::Row;
use crate::value::Value;

/// What a tenant is called, without underscores and in lower case.
const TENANTS: [&str; 8] = [
    "tenantid",
    "tenantuuid",
    "organizationid",
    "organisationid",
    "orgid",
    "workspaceid",
    "companyid",
    "accountid",
];

/// So many tables with the column, and this share of them with what the rest lacks, make it a rule.
const TABLES: usize = 5;
const RULE: (usize, usize) = (3, 4);

#[derive(Default)]
struct TenantColumns {
    /// The column of each table, by its plain name.
    columns: BTreeMap<String, BTreeMap<i64, Row>>,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the reading `columns`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(TenantColumns::default()))
}

/// Whether most of them have it.
fn is_rule(tables: &BTreeMap<i64, Row>, flag: &str) -> bool {
    tables.values().filter(|column| holds(column, flag)).count() * RULE.1 >= tables.len() * RULE.0
}

impl Compute for TenantColumns {
    fn row(&mut self, _: &str, row: &Row) {
        let name = text(row, "column").to_lowercase().replace('_', "");
        // The table of the tenants themselves has it as its key.
        let is_own = whole(row, "key") == Some(1);
        if number(row).is_some()
            && !holds(row, "view")
            && TENANTS.contains(&name.as_str())
            && !is_own
        {
            self.columns
                .entry(name)
                .or_default()
                .insert(relation(row), row.clone());
        }
    }

    fn finish(mut self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        // Where nearly all say NOT NULL it is what rows are told apart by, not just a reference.
        self.columns
            .retain(|_, tables| tables.len() >= TABLES && is_rule(tables, "not_null"));
        let most = self
            .columns
            .into_values()
            .max_by_key(BTreeMap::len)
            .unwrap_or_default();
        let (indexed, secured) = (is_rule(&most, "indexed"), is_rule(&most, "row_security"));
        let granted = is_rule(&most, "granted");
        let tell = |column: &Row| {
            // Where roles are let in by GRANT, nobody but the owner reads a table without one.
            let reachable = !granted || holds(column, "granted");
            let exposed = secured && reachable && !holds(column, "row_security");
            // A foreign key without an index is told as that.
            let scanned = indexed && !holds(column, "indexed") && !holds(column, "refers");
            let lacks = [
                (!holds(column, "not_null"), "NOT NULL"),
                (scanned, "an index that begins with it"),
                (exposed, "row level security"),
            ];
            let lacks: Vec<_> = lacks
                .iter()
                .filter(|(lacks, _)| *lacks)
                .map(|(_, what)| *what)
                .collect();
            let values = [
                ("column", column.get("quoted").clone()),
                ("lacks", Value::Text(lacks.join(", "))),
                ("exposed", Value::Flag(exposed)),
            ];
            (!lacks.is_empty()).then(|| told(column.object.clone(), values))
        };
        let mut rows: Vec<_> = most.values().filter_map(tell).collect();
        rows.sort_by(|a, b| a.object.cmp(&b.object));
        Computed {
            rows,
            unknown: Vec::new(),
            population: u64::try_from(most.len()).ok(),
        }
    }
}
