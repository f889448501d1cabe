//! What one audit saw: saved, versioned, and all that scoring and rendering ever read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::check::CheckId;
use crate::schemas::Schemas;
use crate::server::Server;
use crate::value::Value;

/// The number of the saved format. It rises with any change that an older program would misread.
pub const FORMAT: u32 = 1;

/// Everything that one audit of one database saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    pub format: u32,
    /// The version of pgaudit that took it.
    pub pgaudit: String,
    /// Host and port or socket, without any credential.
    pub target: String,
    pub server: Server,
    /// The schemas that were looked at.
    #[serde(default, skip_serializing_if = "Schemas::is_all")]
    pub schemas: Schemas,
    /// The standbys that were asked what they use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replicas: Vec<Replica>,
    /// Facts about server and database, as `file.column` below `queries/facts/`.
    pub facts: BTreeMap<String, Value>,
    pub checks: BTreeMap<CheckId, Answer>,
    /// Why the audit ended before all was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
    /// Facts that were not read from the server but set for a demonstration or a test.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub injected: Vec<String>,
    /// What asking cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub costs: Vec<Cost>,
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The statement of a check.
    Check,
    /// Rows of a check that were measured one by one.
    Detail,
    /// What several checks are computed from.
    Reading,
    /// Facts, rights and whatever else the audit itself wants to know.
    Rest,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Check, Self::Detail, Self::Reading, Self::Rest];

    pub fn title(self) -> &'static str {
        match self {
            Self::Check => "checks",
            Self::Detail => "details",
            Self::Reading => "readings",
            Self::Rest => "the rest",
        }
    }
}

/// What it cost to ask something, all its tries together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    pub part: Part,
    pub name: String,
    /// From the answer before it to its own, which is the server's time where the link is quick.
    pub ms: f64,
    pub rows: u64,
    /// Of the values in the rows.
    pub bytes: u64,
}

/// What became of a standby's part of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replica {
    /// Host and port or socket, without any credential.
    pub target: String,
    /// Why it was not asked.
    pub error: Option<String>,
    /// Scans of indexes that the primary has none of.
    pub kept: BTreeMap<String, i64>,
}

/// What ended an audit early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stopped {
    /// The deadline of `--timeout` passed.
    Deadline,
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// The connection broke, and again after it was opened once more.
    Lost,
}

/// The answer to one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub outcome: Outcome,
    /// How long the server took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<f64>,
}

/// What became of a check. None of the four is ever turned into another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Outcome {
    /// It was measured, for all objects but those in `unknown`.
    Measured {
        rows: Vec<Row>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unknown: Vec<Unknown>,
        /// How many objects there were to judge, the unknown ones included.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        population: Option<u64>,
    },
    /// There is nothing here that it could be about.
    NotApplicable { reason: String },
    /// It could not be seen, and this would mend it.
    Skipped {
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remedy: Option<String>,
    },
    /// It was tried and went wrong.
    Failed { error: String },
}

/// One measurement or one fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Stable and unique within its check: quoted, schema-qualified, never an oid or a pid.
    pub object: String,
    /// The other columns by name.
    pub values: BTreeMap<String, Value>,
}

impl Row {
    /// The value of a column; a column that is not there is not known.
    pub fn get(&self, column: &str) -> &Value {
        self.values.get(column).unwrap_or(&Value::Null)
    }
}

/// An object that could not be judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unknown {
    pub object: String,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// Why a saved snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not a snapshot of pgaudit ({0}); `pgaudit collect -o FILE` writes one")]
    Malformed(serde_json::Error),
    #[error(
        "a snapshot of format {0}, which this version does not read (it reads format {FORMAT}); use a newer pgaudit"
    )]
    Format(u64),
}

impl Snapshot {
    /// The saved form.
    ///
    /// # Panics
    /// Never: keys are texts and values plain.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("keys are texts and values plain");
        text.push('\n');
        text
    }

    pub fn from_json(text: &str) -> Result<Self, Error> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(Error::Malformed)?;
        // Asked before anything else: a newer format may differ in everything but this key.
        if let Some(format) = value.get("format").and_then(serde_json::Value::as_u64)
            && format != u64::from(FORMAT)
        {
            return Err(Error::Format(format));
        }
        serde_json::from_value(value).map_err(Error::Malformed)
    }

    /// When it was taken, by the server's clock.
    pub fn taken(&self) -> Timestamp {
        self.server.now
    }

    pub fn fact(&self, name: &str) -> Option<f64> {
        self.facts.get(name)?.number()
    }
}
