//! Names and types of columns that break a rule: one row for each rule, with the names that it is about.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::declared::{List, is_text, number, place, qualified, text, told, words};
use crate::layout::{figure, holds, whole};
use crate::snapshot::Row;
use crate::value::Value;

/// What the word of an amount of money can be, in the singular.
const AMOUNTS: [&str; 18] = [
    "price", "amount", "cost", "balance", "salary", "wage", "fee", "tax", "subtotal", "revenue",
    "refund", "deposit", "payout", "invoice", "invoiced", "budget", "taxe", "salarie",
];

/// Words beside it that make a measurement or a proportion of it.
const MEASURES: [&str; 16] = [
    "rate",
    "index",
    "ratio",
    "pct",
    "percent",
    "percentage",
    "share",
    "score",
    "factor",
    "weight",
    "estimate",
    "estimated",
    "avg",
    "count",
    "startup",
    "planner",
];

/// The length of a UUID in text, as `atttypmod` has it.
const UUID: Option<i64> = Some(36 + 4);

struct ColumnRules {
    rules: Vec<Rule>,
    columns: i64,
}

struct Rule {
    name: String,
    broken: fn(&Row) -> bool,
    instead: String,
    found: List,
}

/// From the reading `columns`; each parameter is the name of a rule, with what to do instead.
pub(super) fn new(params: &Params) -> Result<Box<dyn Compute>, String> {
    let rules = params.iter().map(|(name, instead)| {
        let instead = instead
            .as_str()
            .ok_or_else(|| format!("`{name}` says what to do instead"))?;
        let broken = rule(name).ok_or_else(|| format!("there is no rule `{name}`"))?;
        Ok(Rule {
            name: name.clone(),
            broken,
            instead: instead.to_owned(),
            found: List::default(),
        })
    });
    Ok(Box::new(ColumnRules {
        rules: rules.collect::<Result<_, String>>()?,
        columns: 0,
    }))
}

fn rule(name: &str) -> Option<fn(&Row) -> bool> {
    Some(match name {
        "money" => |row| is_typed(row, &["money"]),
        "time with time zone" => |row| is_typed(row, &["timetz"]),
        // A local time has its zone beside it, and none of its own.
        "timestamp without time zone" => |row| {
            is_typed(row, &["timestamp"])
                && !words(text(row, "column"))
                    .iter()
                    .any(|word| word == "local")
        },
        "floating point for amounts" => {
            |row| is_typed(row, &["float4", "float8"]) && is_amount(text(row, "column"))
        }
        "uuid as text" => |row| is_typed(row, &["text", "varchar", "bpchar"]) && is_uuid(row),
        "json" => |row| is_typed(row, &["json"]) && !holds(row, "domain"),
        // Codes of up to three letters have their length by nature.
        "char(n)" => |row| {
            is_typed(row, &["bpchar"])
                && !holds(row, "domain")
                && whole(row, "modifier") > Some(7)
                && whole(row, "modifier") != UUID
        },
        "IP address as text" => is_address,
        "varchar(n)" => |row| {
            is_typed(row, &["varchar"])
                && !holds(row, "domain")
                && whole(row, "modifier") > Some(0)
                && whole(row, "modifier") != UUID
                && !is_address(row)
        },
        "serial" => |row| holds(row, "serial"),
        "needs quotes" => |row| {
            let mut letters = own(row).bytes();
            !letters
                .next()
                .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
                || letters.any(|b| {
                    !(b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'$')
                })
        },
        "reserved word" => |row| holds(row, "reserved"),
        "63 bytes long" => |row| own(row).len() >= 63,
        _ => return None,
    })
}

/// Whether it is the column of a table and of one of these types.
fn is_typed(row: &Row, types: &[&str]) -> bool {
    number(row).is_some() && !holds(row, "view") && types.contains(&text(row, "type"))
}

fn own(row: &Row) -> &str {
    text(
        row,
        if number(row).is_some() {
            "column"
        } else {
            "table"
        },
    )
}

fn is_amount(name: &str) -> bool {
    let words = words(name);
    let amounts = words.iter().any(|word| {
        let singular = word.strip_suffix('s').unwrap_or(word);
        AMOUNTS.contains(&word.as_str()) || AMOUNTS.contains(&singular)
    });
    (amounts || words == ["total"] || words == ["grand", "total"])
        && !words.iter().any(|word| MEASURES.contains(&word.as_str()))
}

fn is_uuid(row: &Row) -> bool {
    let name = text(row, "column");
    let lower = name.to_lowercase();
    let is_id = lower == "id" && name.starts_with('i') || name.ends_with("_id") || {
        let stem = name.strip_suffix("Id").or_else(|| name.strip_suffix("ID"));
        stem.is_some_and(|stem| stem.ends_with(|c: char| c.is_ascii_lowercase()))
    };
    lower.ends_with("uuid") || lower.ends_with("guid") || is_id && whole(row, "modifier") == UUID
}

fn is_address(row: &Row) -> bool {
    let words = words(text(row, "column"));
    let last: Vec<_> = words.iter().rev().map(String::as_str).take(2).collect();
    is_typed(row, &["text", "varchar"])
        && is_text(row)
        && !holds(row, "domain")
        && matches!(
            last[..],
            ["ip" | "ipaddr" | "ipaddress", ..] | ["addr" | "address", "ip"]
        )
}

impl Compute for ColumnRules {
    fn row(&mut self, _: &str, row: &Row) {
        self.columns += i64::from(number(row).is_some() && !holds(row, "view"));
        for rule in self.rules.iter_mut().filter(|rule| (rule.broken)(row)) {
            rule.found.add(place(row), qualified(row));
        }
    }

    fn finish(mut self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        self.rules.retain(|rule| rule.found.count > 0);
        self.rules.sort_by(|a, b| {
            b.found
                .count
                .cmp(&a.found.count)
                .then_with(|| a.name.cmp(&b.name))
        });
        let columns = self.columns;
        let rows = self.rules.into_iter().map(
            |Rule {
                 name,
                 instead,
                 found,
                 ..
             }| {
                let share = Value::Float(figure(found.count) / figure(columns.max(1)));
                let count = Value::Int(found.count);
                told(
                    name,
                    [
                        ("columns", count.clone()),
                        ("names", count),
                        ("share", share),
                        ("list", Value::Text(found.text())),
                        ("instead", Value::Text(instead)),
                    ],
                )
            },
        );
        Computed {
            rows: rows.collect(),
            unknown: Vec::new(),
            population: u64::try_from(columns).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declared::sample;

    fn broken(name: &str, column: &str, of: &str, modifier: i64) -> bool {
        let mut row = sample("t", Some((1, column, of)), &[]);
        row.values.insert("modifier".into(), Value::Int(modifier));
        rule(name).unwrap()(&row)
    }

    #[test]
    fn names_tell_what_a_column_means() {
        for (column, is) in [
            ("totalAmount", true),
            ("total", true),
            ("unit_prices", true),
            ("taxes", true),
            ("total_time", false),
            ("tax_rate", false),
            ("cost_factor", false),
            ("price_index", false),
            ("latitude", false),
        ] {
            assert_eq!(
                broken("floating point for amounts", column, "float8", -1),
                is,
                "{column}"
            );
        }
        for (column, is) in [("starts_at", true), ("local_time", false)] {
            assert_eq!(
                broken("timestamp without time zone", column, "timestamp", -1),
                is,
                "{column}"
            );
        }
        for (column, of, modifier, is) in [
            ("id", "bpchar", 40, true),
            ("otherId", "varchar", 40, true),
            ("external_uuid", "text", -1, true),
            ("token", "varchar", 40, false),
            ("paid", "varchar", 40, false),
            ("stripe_id", "text", -1, false),
        ] {
            assert_eq!(broken("uuid as text", column, of, modifier), is, "{column}");
        }
        for (column, is) in [
            ("ip", true),
            ("clientIp", true),
            ("ip_address", true),
            ("remote_ipaddr", true),
            ("ship", false),
            ("ip_version", false),
        ] {
            assert_eq!(
                broken("IP address as text", column, "varchar", 49),
                is,
                "{column}"
            );
            assert_eq!(broken("varchar(n)", column, "varchar", 49), !is, "{column}");
        }
        assert!(new(&crate::yaml::Ordered(vec![("monney".into(), "x".into())])).is_err());
    }
}
