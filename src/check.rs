//! A check: the header of its file, read and validated, and its statements.

pub mod sql;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::Unit;
use crate::yaml::{self, Ordered, Words};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth planning.
    Warning,
    /// Worth doing now.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        })
    }
}

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Each row is a fault.
    Finding,
    /// Each row is a measurement; it is a fault where a threshold of the rubric holds.
    Reading,
    /// One row, whose columns are facts about the server that checks, rubric and report use.
    Fact,
    /// Rows that several checks compute from: read once, streamed, never kept.
    Shared,
}

/// Where the answer of a check holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    #[default]
    Database,
    /// Once a server, whichever database is audited.
    Cluster,
}

/// What an answer rests on, from what never moves by itself to what moves each second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// Definitions, and what migration tools recorded when they made them: the same wherever the same migrations ran.
    Catalog,
    /// Configuration of the server.
    Settings,
    /// What vacuum and analyze wrote down.
    Planner,
    /// Cumulative statistics, which begin at a reset or a crash.
    Counters,
    /// What happens at this moment.
    Runtime,
}

/// The counters whose age decides whether an answer means anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The statistics of the audited database.
    Database,
    /// The statistics of the whole server.
    Cluster,
    /// `pg_stat_statements`.
    Statements,
}

impl Clock {
    /// The fact that holds the age of these counters, in seconds.
    pub fn fact(self) -> &'static str {
        match self {
            Self::Database => "counters.database",
            Self::Cluster => "counters.cluster",
            Self::Statements => "statements.age",
        }
    }
}

/// What has to be there before a statement is tried.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a mapping such as `{ role: pg_monitor }`"
)]
pub struct Needs {
    /// Roles whose rights have to be in effect.
    pub role: Words,
    /// Functions, with their argument types, that have to be executable.
    pub execute: Words,
    /// Schema-qualified relations that have to be readable.
    pub select: Words,
    /// Extensions that have to be created in the database.
    pub extension: Words,
    /// Libraries that have to be loaded by the server.
    pub library: Words,
    /// Settings and the values that each may have.
    pub setting: Ordered<Words>,
    /// Whether the answer means nothing on a standby.
    pub primary: bool,
    /// The first major version whose catalogs hold the answer.
    pub version: Option<u32>,
    /// The counters that have to be old enough; the age stands in the rubric.
    pub counters: Option<Clock>,
}

/// What to do about a finding. Exactly one of the two is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "`{ sql: … }` or `{ advice: … }`")]
pub struct Fix {
    /// A statement that mends it; `{column}` stands for the value of a column.
    pub sql: Option<String>,
    /// What a person has to decide or do.
    pub advice: Option<String>,
}

impl Fix {
    pub fn template(&self) -> &str {
        self.sql
            .as_deref()
            .or(self.advice.as_deref())
            .unwrap_or_default()
    }
}

/// A statement that measures a reported object by reading it, where that is possible and cheap enough.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `sql`, `reads` and `budget`"
)]
pub struct Measure {
    /// What has to be there beyond the needs of the check. Where it is not, nothing is measured.
    #[serde(default)]
    pub needs: Needs,
    /// The column that says how many bytes the statement reads at most.
    pub reads: String,
    /// How many bytes may be read for all objects of the check together: `1 GB`.
    pub budget: String,
    /// As in `detail`, `$1` is the oid of the object.
    pub sql: String,
}

impl Measure {
    /// The budget in bytes.
    pub fn bytes(&self) -> f64 {
        Unit::Bytes.parse(&self.budget).unwrap_or(0.0)
    }
}

/// The parameters of a compute function.
pub type Params = Ordered<serde_yaml::Value>;

/// A declared column of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    pub unit: Unit,
}

impl Column {
    /// The column as a heading.
    pub fn heading(&self) -> String {
        self.name.replace('_', " ")
    }
}

/// Columns that mean the same in every statement, and need no declaration.
pub const RESERVED: [(&str, Unit); 5] = [
    // How many objects were judged. It stands in each row; a row without an object holds only this.
    ("population", Unit::Count),
    // Why this object could not be judged. Such a row is no measurement.
    ("unknown", Unit::Text),
    // What to do so that it can be.
    ("remedy", Unit::Text),
    // What to do about this object where the fix of the header would be wrong.
    ("advice", Unit::Text),
    // How old the object is, in seconds, where that is known: counters cannot be older than what they count.
    ("age", Unit::Seconds),
];

/// The name of a check: `area/name`, the path of its file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckId(String);

impl CheckId {
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn area(&self) -> &str {
        self.0.split_once('/').map_or("", |(area, _)| area)
    }

    pub fn name(&self) -> &str {
        self.0
            .rsplit_once('/')
            .map_or(self.0.as_str(), |(_, name)| name)
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a statement's file name says about where it applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applies {
    /// From the oldest supported server on.
    Everywhere,
    /// From this major version of the server on.
    Server(u32),
    /// From this version of an extension on.
    Extension { name: String, version: Vec<u32> },
}

/// One way to ask, for a range of versions.
#[derive(Debug, Clone)]
pub struct Variant {
    pub applies: Applies,
    /// The statement, without the header.
    pub sql: String,
    pub file: String,
}

/// A file below `queries/`: its header and its statements.
#[derive(Debug, Clone)]
pub struct Check {
    pub id: CheckId,
    /// Where it was read from, for messages.
    pub file: String,
    pub title: String,
    pub kind: Kind,
    pub scope: Scope,
    /// The least severity of its findings.
    pub severity: Severity,
    pub why: String,
    /// A sentence about one row; `{column}` stands for the value of a column.
    pub says: Option<String>,
    pub fix: Option<Fix>,
    /// The lock that the fix takes, and for how long.
    pub fix_lock: Option<String>,
    pub evidence: Evidence,
    pub needs: Needs,
    /// The fact that counts the objects, where the statement does not.
    pub population: Option<String>,
    /// Without the reserved ones.
    pub columns: Vec<Column>,
    /// What kind of thing `object` names.
    pub about: String,
    /// Checks whose finding about the same object makes one of this check superfluous.
    pub yields_to: Vec<String>,
    /// Names that this check had before.
    pub aliases: Vec<String>,
    /// A sentence that stands below the table.
    pub note: Option<String>,
    /// A statement that measures one reported object exactly; `$1` is its oid.
    pub detail: Option<String>,
    /// The column by which the rows are ordered once `detail` has measured them, the largest first.
    pub largest_first: Option<String>,
    /// Columns that serve fix, `detail` and `measure` only, and that no table shows.
    pub hidden: Vec<String>,
    /// Columns whose values `detail` and `measure` take as `$2`, `$3` and so on.
    pub takes: Vec<String>,
    /// A statement that replaces figures of the worst rows by measured ones.
    pub measure: Option<Measure>,
    /// The shared readings that it is computed from.
    pub from: Vec<String>,
    pub compute: Option<String>,
    pub params: Params,
    /// Newest first; empty where the check is computed.
    pub variants: Vec<Variant>,
    /// Whether it came with pgaudit or from a folder of the user's.
    pub bundled: bool,
}

impl Check {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The unit of a column, reserved ones included.
    pub fn unit(&self, name: &str) -> Option<Unit> {
        let reserved = || {
            RESERVED
                .iter()
                .find(|(reserved, _)| *reserved == name)
                .map(|(_, unit)| *unit)
        };
        self.column(name)
            .map(|column| column.unit)
            .or_else(reserved)
    }

    /// The columns that people see.
    pub fn shown(&self) -> impl Iterator<Item = &Column> {
        self.columns
            .iter()
            .filter(|column| column.unit != Unit::Oid && !self.hidden.contains(&column.name))
    }

    /// Whether the library tells people about it: facts and shared readings only serve others.
    pub fn is_public(&self) -> bool {
        matches!(self.kind, Kind::Finding | Kind::Reading)
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `title`, `kind` and so on"
)]
struct Header {
    title: String,
    kind: Kind,
    #[serde(default)]
    scope: Scope,
    severity: Option<Severity>,
    why: String,
    says: Option<String>,
    fix: Option<Fix>,
    fix_lock: Option<String>,
    evidence: Evidence,
    #[serde(default)]
    needs: Needs,
    population: Option<String>,
    columns: Ordered<Unit>,
    about: Option<String>,
    #[serde(default)]
    yields_to: Words,
    #[serde(default)]
    aliases: Words,
    note: Option<String>,
    detail: Option<String>,
    largest_first: Option<String>,
    #[serde(default)]
    hidden: Words,
    #[serde(default)]
    takes: Words,
    measure: Option<Measure>,
    #[serde(default)]
    from: Words,
    compute: Option<String>,
    #[serde(default)]
    with: Params,
}

/// Splits a file into the YAML of its leading comment and what follows.
pub fn split(text: &str) -> (Option<&str>, &str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(rest) = text.strip_prefix("/*") else {
        return (None, text);
    };
    rest.split_once("*/")
        .map_or((None, text), |(header, statement)| {
            (Some(header), statement)
        })
}

/// The header of a file, with the place of each of its keys.
pub fn source(file: &str, text: &str) -> Result<yaml::Source, yaml::Error> {
    if let (Some(header), _) = split(text) {
        return yaml::Source::new(file, header);
    }
    let message = if text.trim_start_matches('\u{feff}').starts_with("/*") {
        "the comment that holds the header is not closed: `*/` is missing"
    } else {
        "no header: a check begins with a block comment `/* … */` that holds YAML"
    };
    Err(yaml::Error::at(file, text, 0, message))
}

/// The statement behind the header, if there is one.
pub fn statement<'a>(file: &str, text: &'a str) -> Result<&'a str, yaml::Error> {
    let (_, behind) = split(text);
    let before = text.len() - behind.len();
    sql::statement(behind).map_err(|(at, fault)| yaml::Error::at(file, text, before + at, fault))
}

/// Reads one file with a header.
pub fn parse(id: CheckId, file: &str, text: &str, bundled: bool) -> Result<Check, yaml::Error> {
    let source = source(file, text)?;
    let mut header: Header = source.parse()?;
    let statement = statement(file, text)?;

    validate(&id, &header, statement, &source)?;
    if let Some(detail) = &mut header.detail {
        *detail = within(detail, &["detail"], &source)?;
    }
    if let Some(measure) = &mut header.measure {
        measure.sql = within(&measure.sql, &["measure", "sql"], &source)?;
    }

    let columns = header
        .columns
        .0
        .into_iter()
        .map(|(name, unit)| Column { name, unit })
        .collect();
    let everywhere = || Variant {
        applies: Applies::Everywhere,
        sql: statement.to_owned(),
        file: file.to_owned(),
    };
    Ok(Check {
        variants: if statement.is_empty() {
            Vec::new()
        } else {
            vec![everywhere()]
        },
        about: header.about.unwrap_or_else(|| String::from("object")),
        file: file.to_owned(),
        title: header.title,
        kind: header.kind,
        scope: header.scope,
        severity: header.severity.unwrap_or(Severity::Warning),
        why: header.why.trim().to_owned(),
        says: header.says,
        fix: header.fix,
        fix_lock: header.fix_lock,
        evidence: header.evidence,
        needs: header.needs,
        population: header.population,
        columns,
        yields_to: header.yields_to.0,
        aliases: header.aliases.0,
        note: header.note,
        detail: header.detail,
        largest_first: header.largest_first,
        hidden: header.hidden.0,
        takes: header.takes.0,
        measure: header.measure,
        from: header.from.0,
        compute: header.compute,
        params: header.with,
        bundled,
        id,
    })
}

/// The one statement that stands within a header.
fn within(text: &str, path: &[&str], source: &yaml::Source) -> Result<String, yaml::Error> {
    match sql::statement(text) {
        Ok("") => Err(source.error_at(path, "there is no statement")),
        Ok(statement) => Ok(statement.to_owned()),
        Err((_, fault)) => Err(source.error_at(path, fault)),
    }
}

// A header has many keys, and each line here is one of their rules.
#[allow(clippy::too_many_lines)]
fn validate(
    id: &CheckId,
    header: &Header,
    statement: &str,
    source: &yaml::Source,
) -> Result<(), yaml::Error> {
    for (key, text) in [("title", &header.title), ("why", &header.why)] {
        if text.trim().is_empty() {
            return Err(source.error_at(&[key], format!("`{key}` says nothing")));
        }
    }
    let first = header.columns.first();
    let object = |(name, unit): &(String, Unit)| name == "object" && *unit == Unit::Name;
    if header.kind != Kind::Fact && !first.is_some_and(object) {
        return Err(source.error_at(
            &["columns", "object"],
            "the first column is `object: name`: what a row is about",
        ));
    }
    for (name, unit) in header.columns.iter() {
        if header.kind != Kind::Fact && RESERVED.iter().any(|(reserved, _)| reserved == name) {
            let message = format!(
                "`{name}` is a reserved column: it means the same in every check and is not declared"
            );
            return Err(source.error_at(&["columns", name], message));
        }
        if *unit == Unit::Oid && header.detail.is_none() && header.kind != Kind::Shared {
            return Err(source.error_at(
                &["columns", name],
                "an oid only serves a `detail` statement, and there is none",
            ));
        }
    }
    if header.detail.is_some() && !header.columns.iter().any(|(_, unit)| *unit == Unit::Oid) {
        return Err(source.error_at(
            &["detail"],
            "`detail` needs a column of the unit `oid`, which becomes its `$1`",
        ));
    }

    if let Some(name) = &header.largest_first
        && !header.columns.iter().any(|(column, _)| column == name)
    {
        let known = header.columns.iter().map(|(column, _)| column.as_str());
        let message = format!("there is no column `{name}`");
        return Err(source.unknown_at(&["largest_first"], message, name, known));
    }
    for (key, names) in [("takes", &header.takes.0), ("hidden", &header.hidden.0)] {
        if let Some(name) = names.iter().find(|name| header.columns.get(name).is_none()) {
            let message = format!("`{name}` names no column");
            return Err(source.unknown_at(&[key], message, name, header.columns.keys()));
        }
    }
    if header.detail.is_none() && !header.takes.0.is_empty() {
        return Err(source.error_at(&["takes"], "`takes` only serves `detail` and `measure`"));
    }
    if let Some(measure) = &header.measure {
        if header.detail.is_none() {
            let message = "`measure` comes after a `detail`, which tells the exact size";
            return Err(source.error_at(&["measure"], message));
        }
        if header.columns.get(&measure.reads) != Some(&Unit::Bytes) {
            let message = format!("`{}` is no column of the unit `bytes`", measure.reads);
            return Err(source.error_at(&["measure", "reads"], message));
        }
        if let Err(message) = Unit::Bytes.parse(&measure.budget) {
            return Err(source.error_at(&["measure", "budget"], message));
        }
    }

    let folder = match id.area() {
        "facts" | "" => Some(Kind::Fact),
        "readings" => Some(Kind::Shared),
        _ => None,
    };
    let fits = match folder {
        Some(kind) => header.kind == kind,
        None => matches!(header.kind, Kind::Finding | Kind::Reading),
    };
    if !fits {
        let message =
            "facts stand in `facts/`, shared readings in `readings/`, checks in any other folder";
        return Err(source.error_at(&["kind"], message));
    }

    if let Some(fix) = &header.fix {
        if fix.sql.is_some() == fix.advice.is_some() {
            return Err(source.error_at(&["fix"], "a fix is either `sql` or `advice`"));
        }
        if fix.sql.is_some() && header.fix_lock.is_none() {
            return Err(source.error_at(
                &["fix"],
                "a fix in SQL says in `fix_lock` which lock it takes",
            ));
        }
        templates(header, fix.template(), "fix", source)?;
    }
    if let Some(says) = &header.says {
        templates(header, says, "says", source)?;
    }

    let (own, from, compute) = (
        !statement.is_empty(),
        !header.from.0.is_empty(),
        header.compute.is_some(),
    );
    match (own, from, compute) {
        (true, false, false) | (false, true, true) => Ok(()),
        (false, false, false) => Err(source.error_at(
            &[],
            "no statement after the header, and no `from:` with a `compute:`",
        )),
        _ => {
            let key = if compute { "compute" } else { "from" };
            let message = "a check has a statement of its own, or both `from:` and `compute:` and no statement";
            Err(source.error_at(&[key], message))
        }
    }
}

fn templates(
    header: &Header,
    template: &str,
    key: &str,
    source: &yaml::Source,
) -> Result<(), yaml::Error> {
    let unclosed = |part: &str| !part.contains('}');
    if template.split('{').skip(1).any(unclosed) {
        let message = "a `{` without its `}`: `{column}` stands for the value of a column";
        return Err(source.error_at(&[key], message));
    }
    for name in placeholders(template) {
        if header.columns.get(name).is_none() {
            let message = format!("`{{{name}}}` names no column");
            return Err(source.unknown_at(&[key], message, name, header.columns.keys()));
        }
    }
    Ok(())
}

/// The names in braces of a template.
pub fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// A template with each `{name}` replaced by what `value` gives for it.
pub fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        if let Some((name, after)) = after.split_once('}') {
            filled.push_str(&value(name));
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}
