//! One statement in its own short read-only transaction, and its rows by the header's columns.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join3;
use futures_util::{TryStreamExt as _, pin_mut};
use jiff::Timestamp;
use tokio::time::Instant;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::check::{Check, RESERVED};
use crate::connect;
use crate::server::{Server, marked};
use crate::snapshot::Row;
use crate::value::{Unit, Value};

/// The node that a transaction ran on. Behind a balancer each may meet another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    standby: bool,
    started: String,
}

/// What a statement was answered with, beside its rows.
pub(super) struct Told {
    pub(super) node: Node,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) at: Instant,
    /// Of a statement that is one of several in a job.
    pub(super) name: Option<String>,
}

/// What became of one attempt.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    /// The server refused it, and the session lives on.
    Refused { code: SqlState, message: String },
    /// The session is gone.
    Lost(String),
    /// A standby ended the session, since it stood in the way of what the primary did. That says nothing about the
    /// connection: as long as the primary is busy, it may happen again.
    Ousted(String),
    /// The server did not answer for longer than any statement may take.
    Stalled(Duration),
    /// Somebody else cancelled it, or what opens its transaction, so that nothing ran in that.
    Disturbed,
    /// The statement does not keep what its header promises.
    Contract(String),
}

impl Failure {
    pub(super) fn of(error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db)
                if matches!(
                    db.parsed_severity(),
                    Some(Severity::Fatal | Severity::Panic)
                ) =>
            {
                let told = format!("the server ended the session: {}", db.message());
                if *db.code() == SqlState::T_R_SERIALIZATION_FAILURE {
                    Self::Ousted(told)
                } else {
                    Self::Lost(told)
                }
            }
            Some(db) => Self::Refused {
                code: db.code().clone(),
                message: db.message().to_owned(),
            },
            None if error.is_closed() => {
                Self::Lost(String::from("the server closed the connection"))
            }
            None => Self::Lost(format!("the connection broke: {}", connect::chain(error))),
        }
    }

    /// Whether a time-out of the server or a cancel request ended the statement.
    pub(super) fn is_cancelled(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if *code == SqlState::QUERY_CANCELED)
    }

    /// How often the same statement is worth another try.
    pub(super) fn retries(&self) -> u8 {
        match self {
            // The primary goes on with what it did, and the dearest statements are hit most often.
            Self::Refused { code, .. } if *code == SqlState::T_R_SERIALIZATION_FAILURE => 3,
            failure => u8::from(failure.is_passing()),
        }
    }

    /// Whether the same statement may well succeed a moment later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            // A recovery conflict on a standby, or a relation that was dropped between two look-ups.
            Self::Refused { code, message } => {
                *code == SqlState::T_R_SERIALIZATION_FAILURE
                    || *code == SqlState::UNDEFINED_TABLE
                    || *code == SqlState::UNDEFINED_OBJECT
                    || (*code == SqlState::INTERNAL_ERROR
                        && (message.contains("cache lookup failed")
                            || message.contains("could not open relation")))
            }
            Self::Disturbed => true,
            _ => false,
        }
    }
}

/// Time-outs of a transaction, for the server.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub statement: Duration,
    pub lock: Duration,
    /// For all checks together.
    pub budget: Option<Duration>,
}

/// Begins the first transaction of a session. Nothing is sent behind it before it is answered.
///
/// A cancel request or a time-out of the role may hit any statement, this one as well. Were anything
/// sent behind it unseen, that would run without READ ONLY, limits and search path. From here on the
/// session never leaves a transaction until its end: each is ended by `COMMIT AND CHAIN`, which opens the
/// next one of the same kind. Whatever is cancelled in between leaves a transaction that has failed, in
/// which the server runs nothing, and which the next `COMMIT AND CHAIN` replaces by a new one.
pub(super) async fn begin(client: &Client) -> Result<(), Failure> {
    let first = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; {}",
        patience()
    );
    let begun = client.batch_execute(&first).await;
    begun.map_err(|error| Failure::of(&error))
}

/// Ends the last transaction of a session, as far as that can be done without waiting.
pub(super) fn end(client: &Client) {
    let _ = client.batch_execute("COMMIT").now_or_never();
}

/// What each transaction starts with. `server` adds what only some majors know; it is absent before the
/// server was asked.
pub(super) fn envelope(limits: Limits, server: Option<&Server>) -> String {
    let has = |setting: &str| server.is_some_and(|server| server.settings.contains(setting));
    let mut text = format!(
        "SET LOCAL statement_timeout = {statement};\n\
         SET LOCAL search_path = pg_catalog, pg_temp;\n\
         SET LOCAL lock_timeout = {lock};\n\
         SET LOCAL jit = off;\n\
         SET LOCAL max_parallel_workers_per_gather = 0;\n\
         SET LOCAL quote_all_identifiers = off;\n\
         SET LOCAL standard_conforming_strings = on;\n\
         SET LOCAL TimeZone = 'UTC';\n\
         SET LOCAL DateStyle = 'ISO';\n\
         SET LOCAL extra_float_digits = 1;\n",
        statement = limits.statement.as_millis().max(1),
        lock = limits.lock.as_millis().max(1),
    );
    if has("transaction_timeout") {
        let limit = limits.statement + IDLE_LIMIT;
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "SET LOCAL transaction_timeout = {};",
            limit.as_millis()
        );
    }
    text.push_str(&marked(
        "node",
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.pg_postmaster_start_time()",
    ));
    text
}

/// How long a transaction of ours may sit idle before the server ends it, should we die in between.
const IDLE_LIMIT: Duration = Duration::from_secs(15);

/// Sent together with what opens a transaction: the role's own limit may be shorter than the way to here.
fn patience() -> String {
    format!(
        "SET LOCAL idle_in_transaction_session_timeout = {}",
        IDLE_LIMIT.as_millis()
    )
}

/// A parameter with its type, since nothing is ever prepared.
pub(super) type Param = (Box<dyn ToSql + Sync + Send>, Type);

/// Runs one statement between `envelope` and the end of its transaction, all three sent at once, and gives
/// each row to `each`.
pub(super) async fn ask(
    client: &Client,
    envelope: &str,
    sql: &str,
    params: &[Param],
    mut each: impl FnMut(&tokio_postgres::Row) -> Result<(), String>,
) -> Result<Told, Failure> {
    let (mut count, mut bytes) = (0, 0);
    let rows = async {
        let params = params
            .iter()
            .map(|(value, of)| (&**value as &(dyn ToSql + Sync), of.clone()));
        let stream = client
            .query_typed_raw(sql, params)
            .await
            .map_err(|error| Failure::of(&error))?;
        pin_mut!(stream);
        let mut wrong = None;
        while let Some(row) = stream
            .try_next()
            .await
            .map_err(|error| Failure::of(&error))?
        {
            count += 1;
            bytes += u64::try_from(row.raw_size_bytes()).unwrap_or(0);
            if wrong.is_none() {
                wrong = each(&row).err();
            }
        }
        wrong.map_or(Ok(()), |message| Err(Failure::Contract(message)))
    };
    let end = format!("COMMIT AND CHAIN; {}", patience());
    // Polled in this order, hence sent in this order: three messages and one round trip.
    let (begun, answered, ended) = join3(
        client.simple_query(envelope),
        rows,
        client.simple_query(&end),
    )
    .await;
    let begun = begun.map_err(|error| match Failure::of(&error) {
        Failure::Refused { code, .. }
            if code == SqlState::QUERY_CANCELED || code == SqlState::IN_FAILED_SQL_TRANSACTION =>
        {
            Failure::Disturbed
        }
        failure => failure,
    })?;
    answered?;
    // Its rows stand, even where somebody cancelled the end.
    if let Err(error) = ended
        && let failure @ (Failure::Lost(_) | Failure::Ousted(_)) = Failure::of(&error)
    {
        return Err(failure);
    }
    let node = begun.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(Node {
            standby: row.get(0) == Some("t"),
            started: row.get(1).unwrap_or_default().to_owned(),
        }),
        _ => None,
    });
    let node = node.ok_or_else(|| {
        Failure::Contract(String::from("the server did not say which node it is"))
    })?;
    Ok(Told {
        node,
        rows: count,
        bytes,
        at: Instant::now(),
        name: None,
    })
}

/// Turns rows of the server into rows of a check.
pub(super) struct Decoder<'a> {
    check: &'a Check,
    units: Vec<(String, Unit)>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(check: &'a Check) -> Self {
        Self {
            check,
            units: Vec::new(),
        }
    }

    /// The row with all its columns; `object` is empty where the statement gave none.
    pub(super) fn row(&mut self, row: &tokio_postgres::Row) -> Result<Row, String> {
        if self.units.is_empty() {
            self.units = units(
                self.check,
                row.columns()
                    .iter()
                    .map(|column| (column.name(), column.type_())),
            )?;
        }
        let mut object = String::new();
        let mut values = BTreeMap::new();
        for (at, (name, unit)) in self.units.iter().enumerate() {
            let value =
                value(row, at, *unit).map_err(|error| format!("column `{name}`: {error}"))?;
            match value {
                Value::Text(text) if name == "object" => object = text,
                value if name != "object" => {
                    values.insert(name.clone(), value);
                }
                _ => {}
            }
        }
        Ok(Row { object, values })
    }
}

/// The unit of each result column, or how the statement breaks the promise of its header.
pub fn units<'c>(
    check: &Check,
    columns: impl Iterator<Item = (&'c str, &'c Type)>,
) -> Result<Vec<(String, Unit)>, String> {
    let mut units = Vec::new();
    for (name, of) in columns {
        let Some(unit) = check.unit(name) else {
            return Err(format!(
                "column `{name}` of the statement is not declared in the header"
            ));
        };
        if !unit.accepts(of) {
            return Err(format!(
                "column `{name}` is {of}, and its header needs {}: add a cast",
                unit.sql_type()
            ));
        }
        units.push((name.to_owned(), unit));
    }
    let missing = check
        .columns
        .iter()
        .find(|column| !units.iter().any(|(name, _)| *name == column.name));
    match missing.filter(|_| check.detail.is_none()) {
        Some(column) => Err(format!(
            "the statement has no column `{}`, which the header declares",
            column.name
        )),
        None => Ok(units),
    }
}

fn value(row: &tokio_postgres::Row, at: usize, unit: Unit) -> Result<Value, tokio_postgres::Error> {
    Ok(match unit {
        Unit::Name | Unit::Text => row
            .try_get::<_, Option<Lossy>>(at)?
            .map_or(Value::Null, |text| Value::Text(text.0)),
        Unit::Bytes | Unit::Count => row
            .try_get::<_, Option<i64>>(at)?
            .map_or(Value::Null, Value::Int),
        Unit::Ratio | Unit::Times | Unit::Number | Unit::Seconds | Unit::Milliseconds => row
            .try_get::<_, Option<f64>>(at)?
            .map_or(Value::Null, Value::from),
        // A moment beyond what a clock can show (`infinity`) is not known.
        Unit::Time | Unit::Since => row
            .try_get::<_, Option<Timestamp>>(at)
            .ok()
            .flatten()
            .map_or(Value::Null, |moment| Value::Text(moment.to_string())),
        Unit::Flag => row
            .try_get::<_, Option<bool>>(at)?
            .map_or(Value::Null, Value::Flag),
        Unit::Oid => row
            .try_get::<_, Option<u32>>(at)?
            .map_or(Value::Null, |oid| Value::Int(i64::from(oid))),
    })
}

/// Text that may not be UTF-8: a database in `SQL_ASCII` holds whatever was put into it.
struct Lossy(String);

impl<'a> FromSql<'a> for Lossy {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(String::from_utf8_lossy(raw).into_owned()))
    }

    fn accepts(of: &Type) -> bool {
        *of == Type::TEXT
    }
}

/// Whether a column of a row is one of the reserved ones.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|(reserved, _)| *reserved == name)
}
