//! What is asked: statements of checks, shared readings, details, and the two questions of the engine's own.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::join_all;
use tokio_postgres::Client;
use tokio_postgres::types::{FromSql, Type};

use crate::check::{Check, CheckId};
use crate::collect::pipeline::{Attempt, Job};
use crate::collect::session::{Decoder, Failure, Param, Told, ask};
use crate::compute::{self, Compute};
use crate::needs::{Membership, Rights, Wanted};
use crate::schemas::Schemas;
use crate::server::{Server, marked};
use crate::snapshot::{Part, Row};
use crate::value::{Unit, Value};

/// The statement of one check or fact.
pub(super) struct Statement<'a> {
    check: &'a Check,
    sql: String,
}

impl<'a> Statement<'a> {
    /// Before anything is known about the server: the statement has no variants and names no extension.
    pub(super) fn plain(check: &'a Check) -> Self {
        let sql = check.variants.first().map_or("", |variant| &variant.sql);
        Self {
            check,
            sql: marked(check.id.as_str(), sql),
        }
    }

    pub(super) fn new(check: &'a Check, server: &Server, schemas: &Schemas) -> Self {
        let sql = server.variant(check).map_or("", |variant| &variant.sql);
        Self {
            check,
            sql: server.statement(check.id.as_str(), &schemas.narrow(sql)),
        }
    }

    async fn ask(&self, client: &Client, envelope: &str) -> Result<(Vec<Row>, Told), Failure> {
        let mut decoder = Decoder::new(self.check);
        let mut rows = Vec::new();
        let told = ask(client, envelope, &self.sql, &[], |row| {
            rows.push(decoder.row(row)?);
            Ok(())
        })
        .await?;
        Ok((rows, told))
    }
}

/// Which of the wanted rights and settings are there.
pub(super) struct RightsProbe {
    wanted: Wanted,
    sql: String,
}

impl RightsProbe {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            sql: marked("rights", include_str!("rights.sql")),
        }
    }

    async fn ask(&self, client: &Client, envelope: &str) -> Result<(Rights, Told), Failure> {
        let Wanted {
            roles,
            functions,
            relations,
            settings,
            extensions,
        } = &self.wanted;
        let lists = [roles, functions, relations, settings, extensions];
        let params = lists.map(|list| -> Param { (Box::new(list.clone()), Type::TEXT_ARRAY) });
        let mut rights = Rights::default();
        let told = ask(client, envelope, &self.sql, &params, |row| {
            let text = |column| {
                row.try_get::<_, String>(column)
                    .map_err(|error| error.to_string())
            };
            let flag = |column| {
                row.try_get::<_, Option<bool>>(column)
                    .map(|flag| flag == Some(true))
                    .map_err(|e| e.to_string())
            };
            let (kind, name) = (text("kind")?, text("name")?);
            if !flag("found")? {
                return Ok(());
            }
            match kind.as_str() {
                "role" => {
                    let membership = match (flag("granted")?, flag("member")?) {
                        (true, _) => Membership::Effective,
                        (false, true) => Membership::Dormant,
                        (false, false) => Membership::None,
                    };
                    rights.roles.insert(name, membership);
                }
                "function" => {
                    rights.functions.insert(name, flag("granted")?);
                }
                "relation" => {
                    rights.relations.insert(name, flag("granted")?);
                }
                "setting" => {
                    rights.settings.insert(name, text("value")?);
                }
                _ => rights.available.push(name),
            }
            Ok(())
        })
        .await?;
        Ok((rights, told))
    }
}

/// Shared readings, streamed into the computations that want their rows.
pub(super) struct Shared<'a> {
    readings: Vec<(&'a Check, String)>,
    pub(super) checks: Vec<&'a Check>,
}

/// The computations that have seen all their rows, or why one of their readings failed.
pub(super) type SharedAnswer = BTreeMap<CheckId, Result<Box<dyn Compute>, Failure>>;

impl<'a> Shared<'a> {
    /// The readings in as many groups as have no check in common: each is asked, and asked again, by itself.
    pub(super) fn groups(
        readings: &[&'a Check],
        checks: &[&'a Check],
        server: &Server,
        schemas: &Schemas,
    ) -> Vec<Self> {
        let feeds =
            |reading: &Check, check: &Check| check.from.iter().any(|f| f == reading.id.name());
        let fed = |check: &&&Check| {
            let there = |from: &String| readings.iter().any(|reading| reading.id.name() == from);
            check.from.iter().all(there)
        };
        let mut groups: Vec<Self> = Vec::new();
        for check in checks.iter().filter(fed) {
            let (of_check, others): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group: &Self| {
                    let mut of_group = group.readings.iter();
                    of_group.any(|(reading, _)| feeds(reading, check))
                });
            let mut group = Self {
                readings: Vec::new(),
                checks: Vec::new(),
            };
            for other in of_check {
                group.readings.extend(other.readings);
                group.checks.extend(other.checks);
            }
            for reading in readings.iter().filter(|reading| feeds(reading, check)) {
                if group
                    .readings
                    .iter()
                    .all(|(known, _)| known.id != reading.id)
                {
                    let sql = Statement::new(reading, server, schemas).sql;
                    group.readings.push((reading, sql));
                }
            }
            group.checks.push(check);
            groups = others;
            groups.push(group);
        }
        for group in &mut groups {
            group.readings.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        }
        groups
    }

    pub(super) fn statements(&self) -> u32 {
        u32::try_from(self.readings.len())
            .unwrap_or(u32::MAX)
            .max(1)
    }

    async fn ask(
        &self,
        client: &Client,
        envelope: &str,
    ) -> Result<(SharedAnswer, Vec<Told>), Failure> {
        let mut computes = Vec::new();
        for check in &self.checks {
            let name = check.compute.as_deref().unwrap_or_default();
            let compute = compute::create(name, &check.params).map_err(Failure::Contract)?;
            computes.push(RefCell::new(compute));
        }
        let streams = self.readings.iter().map(|(reading, sql)| {
            let (checks, computes) = (&self.checks, &computes);
            async move {
                let mut decoder = Decoder::new(reading);
                ask(client, envelope, sql, &[], |row| {
                    let row = decoder.row(row)?;
                    let wanting = checks
                        .iter()
                        .zip(computes)
                        .filter(|(check, _)| check.from.iter().any(|f| f == reading.id.name()));
                    for (_, compute) in wanting {
                        compute.borrow_mut().row(reading.id.name(), &row);
                    }
                    Ok(())
                })
                .await
            }
        });
        let mut told = Vec::new();
        let mut failures = BTreeMap::new();
        for ((reading, _), result) in self.readings.iter().zip(join_all(streams).await) {
            match result {
                Ok(of) => told.push(Told {
                    name: Some(reading.id.to_string()),
                    ..of
                }),
                Err(failure @ (Failure::Lost(_) | Failure::Ousted(_))) => return Err(failure),
                Err(failure) if failure.is_passing() => return Err(failure),
                Err(failure) => {
                    failures.insert(reading.id.name(), failure);
                }
            }
        }
        if told.is_empty() {
            let failure = failures.into_values().next();
            return Err(failure
                .unwrap_or_else(|| Failure::Contract(String::from("no reading could be asked"))));
        }
        let answer = self.checks.iter().zip(computes).map(|(check, compute)| {
            let failed = check
                .from
                .iter()
                .find_map(|from| failures.get(from.as_str()));
            (
                check.id.clone(),
                failed.map_or_else(|| Ok(compute.into_inner()), |failure| Err(failure.clone())),
            )
        });
        Ok((answer.collect(), told))
    }
}

/// What the main run asks.
pub(super) enum Main<'a> {
    Statement(Statement<'a>),
    Rights(RightsProbe),
    Shared(Shared<'a>),
}

pub(super) enum MainAnswer {
    Rows(Vec<Row>),
    Rights(Rights),
    Shared(SharedAnswer),
}

impl Job for Main<'_> {
    type Answer = MainAnswer;

    fn attempt<'a>(&'a self, client: Arc<Client>, envelope: &'a str) -> Attempt<'a, MainAnswer> {
        Box::pin(async move {
            Ok(match self {
                Self::Statement(statement) => {
                    let (rows, told) = statement.ask(&client, envelope).await?;
                    (MainAnswer::Rows(rows), vec![told])
                }
                Self::Rights(probe) => {
                    let (rights, told) = probe.ask(&client, envelope).await?;
                    (MainAnswer::Rights(rights), vec![told])
                }
                Self::Shared(shared) => {
                    let (answer, told) = shared.ask(&client, envelope).await?;
                    (MainAnswer::Shared(answer), told)
                }
            })
        })
    }

    fn part(&self) -> Part {
        match self {
            Self::Statement(statement) if statement.check.is_public() => Part::Check,
            Self::Shared(_) => Part::Reading,
            Self::Statement(_) | Self::Rights(_) => Part::Rest,
        }
    }

    fn statements(&self) -> u32 {
        match self {
            Self::Shared(shared) => shared.statements(),
            _ => 1,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Statement(statement) => statement.check.id.as_str(),
            Self::Rights(_) => "rights",
            Self::Shared(_) => "readings",
        }
    }
}

/// The relations on which a size function would wait.
pub(super) struct Locked;

impl Job for Locked {
    type Answer = BTreeSet<u32>;

    fn attempt<'a>(&'a self, client: Arc<Client>, envelope: &'a str) -> Attempt<'a, BTreeSet<u32>> {
        Box::pin(async move {
            let sql = marked("locked", include_str!("locked.sql"));
            let mut locked = BTreeSet::new();
            let told = ask(&client, envelope, &sql, &[], |row| {
                locked.insert(
                    row.try_get::<_, u32>(0)
                        .map_err(|error| error.to_string())?,
                );
                Ok(())
            })
            .await?;
            Ok((locked, vec![told]))
        })
    }

    fn name(&self) -> &'static str {
        "locks"
    }
}

/// A question of the engine's own whose answer is names, each with one value.
pub(super) struct Names<T> {
    name: &'static str,
    sql: &'static str,
    value: PhantomData<T>,
}

/// The databases of the server that hold something of users, and whether this role may connect to them.
pub(super) const DATABASES: Names<bool> = Names {
    name: "databases",
    sql: include_str!("databases.sql"),
    value: PhantomData,
};

/// The indexes that were scanned, and how often.
pub(super) const SCANS: Names<i64> = Names {
    name: "scans",
    sql: include_str!("scans.sql"),
    value: PhantomData,
};

impl<T: for<'r> FromSql<'r>> Job for Names<T> {
    type Answer = Vec<(String, T)>;

    fn attempt<'a>(&'a self, client: Arc<Client>, envelope: &'a str) -> Attempt<'a, Self::Answer> {
        Box::pin(async move {
            let sql = marked(self.name, self.sql);
            let mut names = Vec::new();
            let told = ask(&client, envelope, &sql, &[], |row| {
                let name = row.try_get(0).map_err(|error| error.to_string())?;
                let value = row.try_get(1).map_err(|error| error.to_string())?;
                names.push((name, value));
                Ok(())
            })
            .await?;
            Ok((names, vec![told]))
        })
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

/// The detail statement of a check for one relation.
pub(super) struct Detail<'a> {
    check: &'a Check,
    params: Vec<Param>,
    sql: String,
}

impl<'a> Detail<'a> {
    /// `sql` is the `detail` or `measure` of `check`, for the object of `row`.
    pub(super) fn new(check: &'a Check, sql: &str, oid: u32, row: &Row, server: &Server) -> Self {
        let mut params: Vec<Param> = vec![(Box::new(oid), Type::OID)];
        params.extend(
            check
                .takes
                .iter()
                .map(|name| param(check.unit(name), row.get(name))),
        );
        Self {
            check,
            params,
            // The relation as the server quoted it, where its rows are read.
            sql: server
                .statement(check.id.as_str(), sql)
                .replace("{object}", &row.object),
        }
    }
}

/// A value of a row as a parameter of the type that its unit has.
fn param(unit: Option<Unit>, value: &Value) -> Param {
    match (unit, value) {
        (Some(Unit::Bytes | Unit::Count), Value::Int(n)) => (Box::new(*n), Type::INT8),
        (Some(Unit::Bytes | Unit::Count), _) => (Box::new(None::<i64>), Type::INT8),
        (Some(unit), value) if unit.accepts(&Type::FLOAT8) => {
            (Box::new(value.number()), Type::FLOAT8)
        }
        (_, value) => (Box::new(value.text().map(str::to_owned)), Type::TEXT),
    }
}

impl Job for Detail<'_> {
    type Answer = Option<Row>;

    fn attempt<'a>(&'a self, client: Arc<Client>, envelope: &'a str) -> Attempt<'a, Option<Row>> {
        Box::pin(async move {
            let mut decoder = Decoder::new(self.check);
            let mut found = None;
            let told = ask(&client, envelope, &self.sql, &self.params, |row| {
                found = Some(decoder.row(row)?);
                Ok(())
            })
            .await?;
            Ok((found, vec![told]))
        })
    }

    fn part(&self) -> Part {
        Part::Detail
    }

    fn name(&self) -> &str {
        self.check.id.as_str()
    }
}
