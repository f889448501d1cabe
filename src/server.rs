//! Who the server is: the facts that Rust itself reads, and the majors that are supported.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog;
use crate::check::{Applies, Check, Variant, sql};
use crate::value::Value;

/// The major versions that are supported and tested. This is the one place that says so.
pub const SUPPORTED: RangeInclusive<u32> = 13..=18;

/// An extension that is created in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    pub version: String,
    /// Its schema, quoted where PostgreSQL would quote it.
    pub schema: String,
}

/// What `queries/server.sql` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// As `server_version_num`: 180004.
    pub version_num: u32,
    /// As `server_version`, without what the packager adds.
    pub version: String,
    pub database: String,
    /// The current role, quoted where PostgreSQL would quote it.
    pub role: String,
    pub superuser: bool,
    pub standby: bool,
    /// When the postmaster started.
    pub started: Timestamp,
    /// The server's own clock when it was asked.
    pub now: Timestamp,
    pub extensions: BTreeMap<String, Extension>,
    /// Prefixes of the settings that loaded libraries have defined.
    pub libraries: BTreeSet<String>,
    /// Which of the settings that some majors lack are there.
    pub settings: BTreeSet<String>,
    /// Whether the function that `pgaudit doctor --sql` creates may be used.
    #[serde(default)]
    pub column_statistics: bool,
}

impl Server {
    /// Reads the one row of `queries/server.sql`.
    pub fn new(row: &BTreeMap<String, Value>) -> Result<Self, String> {
        let missing = |name: &str| format!("the server gave no usable `{name}`");
        let text = |name: &str| {
            row.get(name)
                .and_then(Value::text)
                .map(str::to_owned)
                .ok_or_else(|| missing(name))
        };
        let flag = |name: &str| match row.get(name) {
            Some(Value::Flag(flag)) => Ok(*flag),
            _ => Err(missing(name)),
        };
        let moment = |name: &str| {
            row.get(name)
                .and_then(Value::moment)
                .ok_or_else(|| missing(name))
        };
        let version_num = match row.get("version_num") {
            Some(Value::Int(n)) => u32::try_from(*n).map_err(|_| missing("version_num"))?,
            _ => return Err(missing("version_num")),
        };
        Ok(Self {
            version_num,
            version: text("version")?
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned(),
            database: text("database")?,
            role: text("role")?,
            superuser: flag("superuser")?,
            standby: flag("standby")?,
            started: moment("started")?,
            now: moment("now")?,
            extensions: serde_json::from_str(&text("extensions")?)
                .map_err(|_| missing("extensions"))?,
            libraries: serde_json::from_str(&text("libraries")?)
                .map_err(|_| missing("libraries"))?,
            settings: serde_json::from_str(&text("settings")?).map_err(|_| missing("settings"))?,
            column_statistics: flag("column_statistics")?,
        })
    }

    /// A server of the given major with the newest version of each extension in its usual schema: for printing
    /// statements without a server.
    pub fn like<'a>(major: u32, extensions: impl Iterator<Item = &'a String>) -> Self {
        let shipped = |name: &str| Extension {
            version: shipped(name, major).unwrap_or_else(|| u32::MAX.to_string()),
            schema: String::from("public"),
        };
        Self {
            version_num: major * 10_000,
            version: major.to_string(),
            database: String::new(),
            role: String::new(),
            superuser: false,
            standby: false,
            started: Timestamp::UNIX_EPOCH,
            now: Timestamp::UNIX_EPOCH,
            extensions: extensions
                .map(|name| (name.clone(), shipped(name)))
                .collect(),
            libraries: BTreeSet::new(),
            settings: BTreeSet::new(),
            column_statistics: false,
        }
    }

    pub fn major(&self) -> u32 {
        self.version_num / 10_000
    }

    /// `primary` or `standby`.
    pub fn node(&self) -> &'static str {
        if self.standby { "standby" } else { "primary" }
    }

    /// A text of a check as it is sent to this server: `{ext:name}` becomes the schema of that extension, `{statistics}`
    /// where column statistics are read from.
    pub fn resolve(&self, text: &str) -> String {
        let mut resolved = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{ext:") {
            resolved.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let extension = self.extensions.get(name);
            resolved.push_str(extension.map_or(name, |extension| &extension.schema));
            rest = after;
        }
        resolved.push_str(rest);
        if self.column_statistics {
            resolved.replace(
                "{statistics}",
                "pgaudit.column_statistics(relation, number::int2)",
            )
        } else {
            resolved.replace("{statistics}", &format!("(\n{COLUMN_STATISTICS})"))
        }
    }

    /// The statement of a check as it is sent to this server, marked.
    pub fn statement(&self, id: &str, sql: &str) -> String {
        marked(id, &self.resolve(sql))
    }

    /// The statement of a check for this server: its newest variant that is not newer than what is here.
    pub fn variant<'a>(&self, check: &'a Check) -> Option<&'a Variant> {
        check
            .variants
            .iter()
            .find(|variant| match &variant.applies {
                Applies::Everywhere => true,
                Applies::Server(major) => self.major() >= *major,
                Applies::Extension { name, version } => self
                    .extensions
                    .get(name)
                    .and_then(|extension| catalog::version(&extension.version))
                    .is_some_and(|installed| installed >= *version),
            })
    }
}

/// The version of an extension that a major brings, from its control file; `None` where that does not matter.
fn shipped(extension: &str, major: u32) -> Option<String> {
    let minor = match (extension, major) {
        ("pg_stat_statements", ..=13) => 8,
        ("pg_stat_statements", 14) => 9,
        ("pg_stat_statements", 15 | 16) => 10,
        ("pg_stat_statements", 17) => 11,
        _ => return None,
    };
    Some(format!("1.{minor}"))
}

/// A statement with a mark behind its first word, where `pg_stat_statements` keeps it: so we know our own.
pub fn marked(id: &str, sql: &str) -> String {
    let (before, after) = sql.split_at(sql::first_word(sql));
    format!("{before} /* pgaudit:{id} */{after}")
}

/// What the column statistics of `relation` and its attribute `number` tell, without any value.
pub(crate) const COLUMN_STATISTICS: &str = include_str!("collect/column_statistics.sql");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_marked_behind_its_first_word() {
        let mut server = Server::like(18, [].iter());
        let schema = Extension {
            version: "1.10".into(),
            schema: "\"my ext\"".into(),
        };
        server.extensions.insert("pgss".to_owned(), schema);
        assert_eq!(
            server.statement("a/b", "-- why\nselect 1 from {ext:pgss}.x, {ext:pgss}.y"),
            "-- why\nselect /* pgaudit:a/b */ 1 from \"my ext\".x, \"my ext\".y"
        );
        assert_eq!(
            server.statement("a/b", "/* x */ with q as (select 1) table q"),
            "/* x */ with /* pgaudit:a/b */ q as (select 1) table q"
        );
    }

    #[test]
    fn column_statistics_are_read_through_the_function_where_there_is_one() {
        let mut server = Server::like(18, [].iter());
        let text = "select from c cross join lateral {statistics} s";
        assert!(server.resolve(text).contains("lateral (\nselect"));
        server.column_statistics = true;
        assert_eq!(
            server.resolve(text),
            "select from c cross join lateral pgaudit.column_statistics(relation, number::int2) s"
        );
    }
}
