//! Tables and columns as the shared reading `columns` tells them, and lists of them as findings show them.

use std::collections::BTreeSet;

use crate::layout::whole;
use crate::snapshot::Row;
use crate::value::Value;

/// How many names a finding lists.
const SHOWN: usize = 10;

/// Words in the names of tables whose rows tell of something that happened, or that come and go.
const PASSING: [&str; 17] = [
    "log",
    "event",
    "histor",
    "audit",
    "snapshot",
    "metric",
    "statistic",
    "session",
    "token",
    "migration",
    "queue",
    "job",
    "cache",
    "setting",
    "config",
    "archive",
    "outbox",
];

/// A text of the reading; empty where there is none.
pub(crate) fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).text().unwrap_or_default()
}

/// The column of a table, of a view or of nothing: the number that it has.
pub(crate) fn number(row: &Row) -> Option<i64> {
    whole(row, "number")
}

/// The relation that a row is about.
pub(crate) fn relation(row: &Row) -> i64 {
    whole(row, "relation").unwrap_or_default()
}

/// Whether the rows of a table of this name are not meant to last or to change.
pub(crate) fn is_passing(table: &str) -> bool {
    let table = table.to_lowercase();
    PASSING.iter().any(|word| table.contains(word))
}

/// Whether it holds a moment or a day.
pub(crate) fn is_time(row: &Row) -> bool {
    ["date", "timestamp", "timestamptz"].contains(&text(row, "type"))
}

pub(crate) fn is_text(row: &Row) -> bool {
    ["text", "varchar", "bpchar"].contains(&text(row, "type"))
}

/// The words of a name in lower case; `camelCase` has two.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let begins =
            letter.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit());
        if letter == '_' || begins {
            words.push(String::new());
        }
        if letter != '_' {
            words
                .last_mut()
                .expect("there is one")
                .extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What `…_id` or `…Id` refers to, and the name of the column that would say of which kind that is.
pub(crate) fn referred(column: &str) -> Option<(&str, String)> {
    for (ending, kind) in [("_id", "_type"), ("Id", "Type"), ("ID", "Type")] {
        if let Some(stem) = column.strip_suffix(ending).filter(|stem| !stem.is_empty()) {
            return Some((stem, format!("{stem}{kind}")));
        }
    }
    None
}

/// The quoted name of a table or a column with all before it.
pub(crate) fn qualified(row: &Row) -> String {
    match number(row) {
        Some(_) => format!("{}.{}", row.object, text(row, "quoted")),
        None => row.object.clone(),
    }
}

/// Where a column stands among all others.
pub(crate) fn place(row: &Row) -> (String, i64) {
    (
        format!("{}\0{}", text(row, "schema"), text(row, "table")),
        number(row).unwrap_or_default(),
    )
}

/// Any number of names, of which the first are kept.
#[derive(Debug, Default, Clone)]
pub(crate) struct List {
    pub(crate) count: i64,
    first: BTreeSet<((String, i64), String)>,
}

impl List {
    pub(crate) fn add(&mut self, place: (String, i64), name: String) {
        self.count += 1;
        self.first.insert((place, name));
        if self.first.len() > SHOWN {
            self.first.pop_last();
        }
    }

    /// `a, b and 3 more`.
    pub(crate) fn text(&self) -> String {
        let names: Vec<_> = self.first.iter().map(|(_, name)| name.as_str()).collect();
        let shown = i64::try_from(names.len()).unwrap_or_default();
        let more = if self.count > shown {
            format!(" and {} more", self.count - shown)
        } else {
            String::new()
        };
        names.join(", ") + &more
    }
}

/// A row of a check.
pub(crate) fn told<const N: usize>(object: impl Into<String>, values: [(&str, Value); N]) -> Row {
    Row {
        object: object.into(),
        values: values.map(|(name, value)| (name.to_owned(), value)).into(),
    }
}

/// What the reading says of a column, for tests of what is computed from it.
#[cfg(test)]
pub(crate) fn sample(table: &str, column: Option<(i64, &str, &str)>, flags: &[&str]) -> Row {
    let mut row = told(
        format!("public.{table}"),
        [
            (
                "relation",
                Value::Int(i64::from(table.bytes().map(u32::from).sum::<u32>())),
            ),
            ("schema", Value::Text("public".into())),
            ("table", Value::Text(table.into())),
            ("quoted", Value::Text(table.into())),
        ],
    );
    if let Some((number, name, of)) = column {
        row.values.insert("number".into(), Value::Int(number));
        row.values.insert("type".into(), Value::Text(of.into()));
        for column in ["column", "quoted"] {
            row.values.insert(column.into(), Value::Text(name.into()));
        }
    }
    row.values.extend(
        flags
            .iter()
            .map(|flag| ((*flag).to_owned(), Value::Flag(true))),
    );
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_words() {
        assert_eq!(
            words("total_amountInCents2"),
            ["total", "amount", "in", "cents2"]
        );
        assert_eq!(words("_ID"), ["id"]);
        assert_eq!(
            referred("user_id"),
            Some(("user", String::from("user_type")))
        );
        assert_eq!(referred("userID"), Some(("user", String::from("userType"))));
        assert_eq!((referred("_id"), referred("paid")), (None, None));
    }

    #[test]
    fn a_list_tells_how_many_it_leaves_out() {
        let mut list = List::default();
        for n in (0..12).rev() {
            list.add((String::new(), n), format!("c{n}"));
        }
        assert_eq!(
            (list.count, list.text().as_str()),
            (12, "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more")
        );
    }
}
