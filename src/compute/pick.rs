//! The rows of one reading that a flag marks.

use std::collections::BTreeMap;

use crate::check::Params;
use crate::compute::{Compute, Computed, largest_first, unknown};
use crate::snapshot::{Row, Unknown};
use crate::value::Value;

struct Pick {
    flag: String,
    by: Option<String>,
    /// Columns of the check by those of the reading that they are called there.
    renamed: Vec<(String, String)>,
    sparse: bool,
    seen: u64,
    rows: Vec<Row>,
    unknown: Vec<Unknown>,
}

/// `where: flag`; if given `by: column`, to put the largest first, and `as: { column: column of the reading }`. A row
/// that the flag does not mark is unknown where the reading says so. Where the flag is NULL, the row is about something
/// else and not counted. `sparse: true`: the reading holds faults alone, and how many objects there are is not known.
pub(super) fn new(params: &Params) -> Result<Box<dyn Compute>, String> {
    let text = |name: &str| {
        params
            .get(name)
            .and_then(serde_yaml::Value::as_str)
            .map(str::to_owned)
    };
    let renamed = match params.get("as") {
        None => Vec::new(),
        Some(names) => {
            let names: BTreeMap<String, String> =
                serde_yaml::from_value(names.clone()).map_err(|error| format!("`as`: {error}"))?;
            names.into_iter().collect()
        }
    };
    Ok(Box::new(Pick {
        flag: text("where").ok_or("`where` names the flag that marks a row")?,
        by: text("by"),
        renamed,
        sparse: params.get("sparse").and_then(serde_yaml::Value::as_bool) == Some(true),
        seen: 0,
        rows: Vec::new(),
        unknown: Vec::new(),
    }))
}

impl Compute for Pick {
    fn row(&mut self, _: &str, row: &Row) {
        let Value::Flag(marked) = *row.get(&self.flag) else {
            return;
        };
        self.seen += 1;
        let mut picked = row.clone();
        for (name, of) in &self.renamed {
            picked.values.insert(name.clone(), row.get(of).clone());
        }
        if !marked {
            self.unknown.extend(unknown(&picked));
            return;
        }
        // The reading may not know what another check wants, and still know this.
        picked.values.retain(|name, value| match name.as_str() {
            "unknown" | "remedy" => false,
            "advice" => *value != Value::Null,
            _ => true,
        });
        self.rows.push(picked);
    }

    fn finish(mut self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        // Where nothing ranks them, by name.
        largest_first(&mut self.rows, self.by.as_deref().unwrap_or_default());
        self.unknown.sort();
        Computed {
            rows: self.rows,
            unknown: self.unknown,
            population: (!self.sparse).then_some(self.seen),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_what_is_marked_and_tells_what_is_unknown() {
        let params = "{ where: due, by: dead, as: { times: due_times, advice: hint } }";
        let mut pick = new(&serde_yaml::from_str(params).unwrap()).unwrap();
        let row =
            |pick: &mut Box<dyn Compute>, object: &str, due: bool, dead: i64, unknown: Value| {
                let values = [
                    ("due", Value::Flag(due)),
                    ("dead", Value::Int(dead)),
                    ("due_times", Value::Int(2)),
                    ("unknown", unknown),
                ];
                pick.row(
                    "tables",
                    &Row {
                        object: object.into(),
                        values: values.map(|(name, value)| (name.to_owned(), value)).into(),
                    },
                );
            };
        row(&mut pick, "few", true, 1, Value::Text("of another".into()));
        row(&mut pick, "none", false, 0, Value::Null);
        row(
            &mut pick,
            "blind",
            false,
            0,
            Value::Text("nobody knows".into()),
        );
        row(&mut pick, "many", true, 9, Value::Null);
        pick.row(
            "tables",
            &Row {
                object: "other".into(),
                values: BTreeMap::from([("unknown".into(), Value::Text("not ours".into()))]),
            },
        );
        let computed = pick.finish(&BTreeMap::new());
        let objects: Vec<_> = computed
            .rows
            .iter()
            .map(|row| row.object.as_str())
            .collect();
        assert_eq!(
            (objects, computed.population),
            (vec!["many", "few"], Some(4))
        );
        assert_eq!(computed.rows[0].get("times"), &Value::Int(2));
        assert!(
            computed.rows.iter().all(
                |row| !row.values.contains_key("unknown") && !row.values.contains_key("advice")
            )
        );
        assert_eq!(computed.unknown[0].object, "blind");
        assert!(new(&Params::default()).is_err());
    }
}
