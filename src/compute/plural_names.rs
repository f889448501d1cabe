//! Schemas in which some tables are named in the singular and some in the plural.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{List, number, place, text, told, words};
use crate::layout::{holds, whole};
use crate::snapshot::Row;
use crate::value::Value;

/// Words that are not one or the other, or whose plural ends otherwise.
const NEITHER: [&str; 38] = [
    "data",
    "info",
    "information",
    "metadata",
    "media",
    "news",
    "people",
    "children",
    "staff",
    "series",
    "history",
    "access",
    "analysis",
    "status",
    "address",
    "content",
    "feedback",
    "equipment",
    "inventory",
    "traffic",
    "work",
    "software",
    "storage",
    "support",
    "progress",
    "criteria",
    "log",
    "audit",
    "queue",
    "cache",
    "config",
    "archive",
    "backup",
    "summary",
    "stock",
    "auth",
    "security",
    "process",
];

/// Of fewer tables nobody can tell a habit.
const FEW: i64 = 3;

#[derive(Default)]
struct PluralNames {
    schemas: BTreeMap<String, Named>,
}

#[derive(Default)]
struct Named {
    singular: List,
    plural: List,
}

// Every computation has this form; most can be given wrong parameters.
#[allow(clippy::unnecessary_wraps)]
/// From the reading `columns`.
pub(super) fn new(_: &Params) -> Result<Box<dyn Compute>, String> {
    Ok(Box::new(PluralNames::default()))
}

/// Whether a name is a plural; `None` where its last word does not tell.
fn is_plural(name: &str) -> Option<bool> {
    let words = words(name);
    let last = words.last()?;
    let is_letters = last.len() > 2 && last.bytes().all(|b| b.is_ascii_lowercase());
    if !is_letters || NEITHER.contains(&last.as_str()) {
        return None;
    }
    match last.strip_suffix('s') {
        // Address, bus, analysis.
        Some(stem) if stem.ends_with(['s', 'u', 'i']) => None,
        stem => Some(stem.is_some()),
    }
}

impl Compute for PluralNames {
    fn row(&mut self, _: &str, row: &Row) {
        // A link is named after the two that it links, in whatever number.
        let is_link = whole(row, "key") > Some(1);
        if number(row).is_some() || holds(row, "view") || is_link {
            return;
        }
        if let Some(plural) = is_plural(text(row, "table")) {
            let schema = self
                .schemas
                .entry(text(row, "schema").to_owned())
                .or_default();
            let list = if plural {
                &mut schema.plural
            } else {
                &mut schema.singular
            };
            list.add(place(row), row.object.clone());
        }
    }

    fn finish(self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        let told = |(schema, Named { singular, plural }): (String, Named)| {
            let (few, most, number) = if singular.count < plural.count {
                (&singular, &plural, "singular")
            } else {
                (&plural, &singular, "plural")
            };
            // A few strangers are no mixture.
            let mixed = few.count >= FEW && few.count * 4 >= most.count;
            mixed.then(|| {
                let values = [
                    ("number", Value::Text(number.into())),
                    ("tables", Value::Int(few.count)),
                    ("others", Value::Int(most.count)),
                    ("list", Value::Text(few.text())),
                ];
                told(schema, values)
            })
        };
        Computed {
            rows: self.schemas.into_iter().filter_map(told).collect(),
            ..Computed::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_tells() {
        for (name, plural) in [
            ("users", Some(true)),
            ("user_profile", Some(false)),
            ("OrderLines", Some(true)),
            ("address", None),
            ("user_status", None),
            ("people", None),
            ("t_000001", None),
        ] {
            assert_eq!(is_plural(name), plural, "{name}");
        }
    }
}
