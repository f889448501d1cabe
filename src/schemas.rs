//! Which schemas an audit looks at, where it does not look at all.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use crate::check::sql::{Kind, tokens};

/// Schemas by pattern: `*` stands for any characters, `?` for one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schemas {
    /// Those alone; all where there is none.
    pub only: Vec<String>,
    /// Not those.
    pub without: Vec<String>,
}

impl Schemas {
    pub fn is_all(&self) -> bool {
        self.only.is_empty() && self.without.is_empty()
    }

    /// A statement that looks at these schemas only. Each place that tells relations of users from others does it in
    /// the same words, which a test of the library holds.
    pub fn narrow(&self, sql: &str) -> String {
        let mut narrow = sql.to_owned();
        if self.is_all() {
            return narrow;
        }
        let tokens = tokens(sql).unwrap_or_default();
        for words in tokens.windows(6).rev() {
            let [alias, dot, column, less, greater, name] = words else {
                continue;
            };
            let texts = [dot, column, less, greater, name].map(|token| token.text);
            if alias.kind == Kind::Word
                && texts == [".", "nspname", "<", ">", "'information_schema'"]
            {
                narrow.insert_str(name.at + name.text.len(), &self.condition(alias.text));
            }
        }
        narrow
    }

    fn condition(&self, alias: &str) -> String {
        let mut condition = String::new();
        for (operator, patterns) in [("~", &self.only), ("!~", &self.without)] {
            if !patterns.is_empty() {
                let patterns: Vec<_> = patterns.iter().map(|pattern| regex(pattern)).collect();
                let any = patterns.join("|").replace('\'', "''");
                // Writing to a String cannot fail.
                let _ = write!(condition, " and {alias}.nspname {operator} '^({any})$'");
            }
        }
        condition
    }
}

impl fmt::Display for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.only.is_empty(), self.without.is_empty()) {
            (true, true) => f.write_str("all schemas"),
            (false, true) => write!(f, "schemas {}", self.only.join(", ")),
            (true, false) => write!(f, "all schemas but {}", self.without.join(", ")),
            (false, false) => write!(
                f,
                "schemas {} but not {}",
                self.only.join(", "),
                self.without.join(", ")
            ),
        }
    }
}

/// A pattern as a regular expression of PostgreSQL.
fn regex(pattern: &str) -> String {
    let mut regex = String::new();
    for c in pattern.chars() {
        match c {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            c if c.is_alphanumeric() || c == '_' => regex.push(c),
            c => regex.extend(['\\', c]),
        }
    }
    regex
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemas(only: &[&str], without: &[&str]) -> Schemas {
        let owned = |patterns: &[&str]| patterns.iter().map(|p| (*p).to_owned()).collect();
        Schemas {
            only: owned(only),
            without: owned(without),
        }
    }

    #[test]
    fn each_place_that_tells_relations_of_users_is_narrowed() {
        let sql = "select 'n.nspname <> ''information_schema''' where n.nspname <> 'information_schema' or (x.nspname <> 'information_schema')";
        assert_eq!(Schemas::default().narrow(sql), sql);
        assert_eq!(
            schemas(&["app*", "it's?"], &["a.b"]).narrow(sql),
            "select 'n.nspname <> ''information_schema''' \
             where n.nspname <> 'information_schema' and n.nspname ~ '^(app.*|it\\''s.)$' and n.nspname !~ '^(a\\.b)$' \
             or (x.nspname <> 'information_schema' and x.nspname ~ '^(app.*|it\\''s.)$' and x.nspname !~ '^(a\\.b)$')"
        );
    }
}
