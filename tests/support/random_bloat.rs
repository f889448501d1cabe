//! Random tables and indexes with random bloat on a throwaway server, what the estimators say about them, and the
//! truth: their size after VACUUM FULL. For `benches/bloat.rs` and for the trial that holds its bound.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::too_many_lines
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pgaudit::catalog::Catalog;
use pgaudit::check::{Check, CheckId, parse};
use pgaudit::collect::units;
use pgaudit::compute;
use pgaudit::connect::Connection;
use pgaudit::connect::settings::Settings;
use pgaudit::server::{SUPPORTED, Server};
use pgaudit::snapshot::Row;
use pgaudit::value::{Unit, Value};
use tokio::time::{Duration, Instant};
use tokio_postgres::Client;

/// Smaller relations are a matter of single pages.
const LEAST_PAGES: f64 = 10.0;

/// One relation: shares from 0 to 1 of its size that a rewrite frees.
#[derive(Debug)]
pub struct Trial {
    pub object: String,
    /// How it was made.
    pub made: String,
    pub index: bool,
    pub pages: f64,
    pub truth: f64,
    pub ours: f64,
    pub ioguix: f64,
    pub check_postgres: f64,
}

/// Mean absolute error in points, and the misses above ten points.
#[derive(Debug, Clone, Copy)]
pub struct Score {
    pub count: usize,
    pub error: f64,
    pub misses: usize,
}

pub fn score(trials: &[&Trial], estimate: impl Fn(&Trial) -> f64) -> Score {
    let errors: Vec<f64> = trials
        .iter()
        .map(|trial| (estimate(trial) - trial.truth).abs() * 100.0)
        .collect();
    Score {
        count: errors.len(),
        error: errors.iter().sum::<f64>() / errors.len().max(1) as f64,
        misses: errors.iter().filter(|error| **error > 10.0).count(),
    }
}

/// SplitMix64: the same sequence for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `n` − 1.
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// With a probability of so many per cent.
    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// A column: its type and an expression over `g` and `random()` for its values.
#[derive(Clone)]
struct Made {
    name: String,
    of: &'static str,
    value: String,
    /// What an expression index may be on.
    expression: Option<String>,
    indexable: bool,
}

fn column(dice: &mut Dice, name: String) -> Made {
    let many = dice.of(&[2_u64, 7, 30, 100, 1000, 20_000, 1_000_000_000]);
    let length = 1 + dice.below(60);
    let random = format!("(random() * {many})::int");
    let skewed = format!("({many} * random() ^ 3)::int");
    let number = format!("({name} % 10)");
    let (of, value, expression) = match dice.below(22) {
        0 => ("bigint", String::from("g"), Some(format!("({name} + 1)"))),
        1 => ("int", random, Some(number)),
        2 => ("int", skewed, Some(number)),
        3 => ("int", format!("g % {many}"), Some(number)),
        4 => ("int", format!("g / {}", 1 + dice.below(50)), Some(number)),
        5 => ("smallint", String::from("(random() * 300)::int"), None),
        6 => (
            "boolean",
            String::from("random() < 0.2"),
            Some(format!("(not {name})")),
        ),
        7 => ("float8", String::from("random() * 1000"), None),
        8 => ("real", format!("({random})::real"), None),
        9 => (
            "numeric",
            format!("(random() * {many})::numeric({}, {})", 20, dice.below(6)),
            None,
        ),
        10 => ("uuid", String::from("md5(random()::text || g)::uuid"), None),
        11 => (
            "date",
            format!("date '2020-01-01' + ({random} % 3000)"),
            None,
        ),
        12 => (
            "timestamptz",
            String::from("timestamptz '2020-01-01' + g * interval '37 s'"),
            None,
        ),
        13 => (
            "text",
            format!("left(md5(g::text) || md5(random()::text), {length})"),
            Some(format!("upper({name})")),
        ),
        14 => (
            "text",
            format!(
                "left(repeat(md5(random()::text), 8), (random() * {})::int)",
                length * 4
            ),
            Some(format!("left({name}, 4)")),
        ),
        15 => (
            "text",
            format!("'status ' || {random} % 40"),
            Some(format!("upper({name})")),
        ),
        16 => (
            "varchar(200)",
            format!("'user' || {random} || '@example.test'"),
            Some(format!("lower({name})")),
        ),
        17 => ("char(12)", format!("'c' || {random}"), None),
        18 => (
            "bytea",
            format!(
                "decode(left(md5(g::text), {}), 'hex')",
                2 * (1 + dice.below(16))
            ),
            None,
        ),
        19 => (
            "inet",
            String::from("'10.0.0.0'::inet + (random() * 60000)::int"),
            None,
        ),
        20 => (
            "jsonb",
            format!(
                "jsonb_build_object('k', {random}, 'name', left(md5(g::text), {}))",
                1 + length / 2
            ),
            None,
        ),
        _ => {
            let width = 150 + dice.below(1500);
            let spread = dice.below(3) * width / 4;
            let value = format!(
                "left(repeat(md5(random()::text), 60), {width} + (random() * {spread})::int)"
            );
            return Made {
                name,
                of: "text",
                value,
                expression: None,
                indexable: false,
            };
        }
    };
    let nulls = dice.of(&[0, 0, 0, 0, 1, 10, 30, 50, 90]);
    let value = if nulls == 0 {
        value
    } else {
        format!("case when random() >= 0.{nulls:02} then {value} end")
    };
    Made {
        name,
        of,
        value,
        expression,
        indexable: true,
    }
}

/// The statements of one table; each batch is a session, since counters are written when one ends.
fn table(dice: &mut Dice, name: &str) -> (Vec<Vec<String>>, BTreeMap<String, String>) {
    let rows = 4000 + dice.below(36_000);
    let columns: Vec<Made> = (0..=dice.below(8))
        .map(|n| column(dice, format!("c{n}")))
        .collect();
    let mut definition = String::from("id int, churn int");
    for column in &columns {
        let _ = write!(definition, ", {} {}", column.name, column.of);
    }
    let fill = if dice.chance(30) {
        50 + dice.below(50)
    } else {
        100
    };
    let dropped: Vec<String> = (0..if dice.chance(20) {
        1 + dice.below(4)
    } else {
        0
    })
        .map(|n| format!("d{n}"))
        .collect();
    for column in &dropped {
        let _ = write!(definition, ", {column} int");
    }
    let create = format!(
        "CREATE TABLE {name} ({definition}) WITH (fillfactor = {fill}, autovacuum_enabled = off)"
    );
    let values: Vec<&str> = columns.iter().map(|column| column.value.as_str()).collect();
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let insert = |from: u64, to: u64| {
        let list = |items: &[&str]| {
            items
                .iter()
                .fold(String::new(), |all, item| format!("{all}, {item}"))
        };
        let from = format!(
            "INSERT INTO {name} (id, churn{}) SELECT g, g{} FROM generate_series({from}, {to}) g",
            list(&names),
            list(&values)
        );
        from
    };
    let mut made = BTreeMap::from([(
        name.to_owned(),
        format!(
            "fillfactor {fill}, dropped {}, {definition}: {}",
            dropped.len(),
            values.join(", ")
        ),
    )]);
    let mut indexes = Vec::new();
    let usable: Vec<&Made> = columns.iter().filter(|column| column.indexable).collect();
    for n in 0..2 + dice.below(4) {
        let index = format!("{name}_i{n}");
        let mut keys: Vec<String> = Vec::new();
        let mut include = String::new();
        let mut unique = "";
        match dice.below(10) {
            0 => {
                keys.push(String::from("id"));
                unique = "UNIQUE";
            }
            1 | 2 if usable.len() > 1 => {
                let at = dice.below(usable.len() as u64) as usize;
                keys = (0..2 + dice.below(2))
                    .map(|n| usable[(at + n as usize) % usable.len()].name.clone())
                    .collect();
                keys.dedup();
            }
            3 if usable.len() > 1 => {
                keys.push(usable[0].name.clone());
                include = format!(" INCLUDE ({})", usable[1].name);
            }
            4 if usable.iter().any(|column| column.expression.is_some()) => {
                keys.extend(usable.iter().find_map(|column| column.expression.clone()));
            }
            _ if usable.is_empty() => keys.push(String::from("id")),
            _ => keys.push(dice.of(&usable).name.clone()),
        }
        let fill = if dice.chance(20) {
            50 + dice.below(50)
        } else {
            90
        };
        let dedup = if dice.chance(10) {
            ", deduplicate_items = off"
        } else {
            ""
        };
        let predicate = match dice.below(12) {
            0 => String::from(" WHERE id % 3 = 0"),
            1 if !usable.is_empty() => format!(" WHERE {} IS NOT NULL", dice.of(&usable).name),
            _ => String::new(),
        };
        let definition = format!(
            "({}){include} WITH (fillfactor = {fill}{dedup}){predicate}",
            keys.join(", ")
        );
        indexes.push(format!(
            "CREATE {unique} INDEX {index} ON {name} {definition}"
        ));
        made.insert(
            index,
            format!(
                "{definition} on {}",
                columns
                    .iter()
                    .map(|c| format!("{} {} {}", c.name, c.of, c.value))
                    .collect::<Vec<_>>()
                    .join("; ")
            ),
        );
    }

    let mut load = vec![create];
    let early = dice.chance(50);
    if early {
        load.extend(indexes.iter().cloned());
    }
    load.push(insert(1, rows));
    if !early {
        load.extend(indexes);
    }
    for column in &dropped {
        load.push(format!("ALTER TABLE {name} DROP COLUMN {column}"));
    }
    let mut churn = Vec::new();
    let part = 5 + dice.below(90);
    match dice.below(6) {
        0 => {}
        1 => churn.push(format!("DELETE FROM {name} WHERE random() < 0.{part:02}")),
        2 => churn.push(format!(
            "DELETE FROM {name} WHERE id < {}",
            rows * part / 100
        )),
        3 => churn.push(format!(
            "UPDATE {name} SET churn = churn + 1 WHERE random() < 0.{part:02}"
        )),
        4 => {
            churn.push(format!("DELETE FROM {name} WHERE random() < 0.{part:02}"));
            churn.push(format!("VACUUM {name}"));
            churn.push(insert(rows + 1, rows + 1 + rows * dice.below(60) / 100));
        }
        _ => {
            churn.push(format!("UPDATE {name} SET churn = churn + 1"));
            churn.push(format!("VACUUM {name}"));
            churn.push(format!(
                "UPDATE {name} SET churn = churn + 1 WHERE random() < 0.{part:02}"
            ));
        }
    }
    if dice.chance(8) {
        churn.push(format!("ALTER TABLE {name} ADD COLUMN added int DEFAULT 7"));
    }
    let analyze = if dice.chance(85) {
        "VACUUM (ANALYZE)"
    } else {
        "ANALYZE"
    };
    (vec![load, churn, vec![format!("{analyze} {name}")]], made)
}

/// Makes so many tables in a database, estimates them and their indexes and finds out the truth.
pub async fn trials(settings: &Settings, seed: u64, tables: u64) -> Result<Vec<Trial>, String> {
    let mut dice = Dice(seed);
    let mut made = BTreeMap::new();
    for n in 0..tables {
        let name = format!("t{n}");
        let (batches, described) = table(&mut dice, &name);
        made.extend(described);
        for batch in batches {
            let connection = open(settings).await?;
            let setup = format!(
                "SELECT setseed({}); SET synchronous_commit = off; SET maintenance_work_mem = '256MB'",
                dice.below(1000) as f64 / 1000.0
            );
            execute(&connection.client, &setup).await?;
            for statement in batch {
                execute(&connection.client, &statement).await?;
            }
            connection.close().await;
        }
    }
    // Up to 14, counters reach other sessions a moment later.
    tokio::time::sleep(Duration::from_millis(1200)).await;

    let connection = open(settings).await?;
    let client = &connection.client;
    let before = pages(client).await?;
    let catalog = Catalog::bundled().map_err(|error| error.to_string())?;
    let mut readings = BTreeMap::new();
    execute(client, "SET search_path = pg_catalog").await?;
    for name in ["heaps", "btrees", "widths"] {
        let reading = catalog
            .entry(&CheckId::new(format!("readings/{name}")))
            .ok_or("no such reading")?;
        readings.insert(name, read(client, reading).await?);
    }
    let ours = [
        ours(&catalog, "bloat/heap", &readings)?,
        ours(&catalog, "bloat/btree", &readings)?,
    ]
    .concat();
    let classical = classical(&readings);
    for n in 0..tables {
        execute(client, &format!("VACUUM FULL public.t{n}")).await?;
    }
    let after = pages(client).await?;
    connection.close().await;

    let mut trials = Vec::new();
    for (object, pages) in before
        .into_iter()
        .filter(|(_, pages)| *pages >= LEAST_PAGES)
    {
        let share = |expected: f64| (1.0 - expected / pages).clamp(0.0, 1.0);
        let expected = ours
            .iter()
            .find(|(name, _)| *name == object)
            .map(|(_, expected)| *expected);
        let expected = expected.ok_or(format!("{object} was not estimated"))?;
        let (ioguix, check_postgres) = classical
            .get(&object)
            .copied()
            .ok_or(format!("{object} is not classical"))?;
        trials.push(Trial {
            index: object.contains("_i"),
            made: made
                .get(object.trim_start_matches("public."))
                .cloned()
                .unwrap_or_default(),
            pages,
            truth: share(after.get(&object).copied().unwrap_or(pages)),
            ours: share(expected),
            ioguix: share(ioguix),
            check_postgres: share(check_postgres),
            object,
        });
    }
    Ok(trials)
}

async fn open(settings: &Settings) -> Result<Connection, String> {
    Connection::open(settings, Instant::now() + Duration::from_secs(20))
        .await
        .map_err(|error| error.to_string())
}

async fn execute(client: &Client, sql: &str) -> Result<(), String> {
    let done = client.batch_execute(sql).await;
    done.map_err(|error| format!("{}: {sql}", message(&error)))
}

fn message(error: &tokio_postgres::Error) -> String {
    let of_server = error.as_db_error().map(|error| error.message().to_owned());
    of_server.unwrap_or_else(|| error.to_string())
}

async fn pages(client: &Client) -> Result<BTreeMap<String, f64>, String> {
    let sql = "SELECT 'public.' || relname, (pg_relation_size(oid) / 8192)::float8 FROM pg_class \
               WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')";
    let rows = client.query(sql, &[]).await.map_err(|e| message(&e))?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The rows of a reading, small relations included.
async fn read(client: &Client, reading: &Check) -> Result<Vec<Row>, String> {
    let server = Server::like(*SUPPORTED.start(), std::iter::empty());
    let sql = server.resolve(&reading.variants[0].sql.replace("8388608", "1"));
    let rows = client.query(&sql, &[]).await.map_err(|e| message(&e))?;
    let Some(first) = rows.first() else {
        return Ok(Vec::new());
    };
    let units = units(
        reading,
        first
            .columns()
            .iter()
            .map(|column| (column.name(), column.type_())),
    )?;
    let decode = |row: &tokio_postgres::Row| {
        let mut values = BTreeMap::new();
        for (at, (name, unit)) in units.iter().enumerate() {
            let value = match unit {
                Unit::Name | Unit::Text => row.get::<_, Option<String>>(at).map(Value::Text),
                Unit::Bytes | Unit::Count => row.get::<_, Option<i64>>(at).map(Value::Int),
                Unit::Flag => row.get::<_, Option<bool>>(at).map(Value::Flag),
                Unit::Oid => row
                    .get::<_, Option<u32>>(at)
                    .map(|oid| Value::Int(i64::from(oid))),
                _ => row.get::<_, Option<f64>>(at).map(Value::Float),
            };
            values.insert(name.clone(), value.unwrap_or(Value::Null));
        }
        let object = values
            .remove("object")
            .and_then(|object| object.text().map(str::to_owned))
            .unwrap_or_default();
        Row { object, values }
    };
    Ok(rows.iter().map(decode).collect())
}

/// What the check's own function expects, in pages, for each relation.
fn ours(
    catalog: &Catalog,
    id: &str,
    readings: &BTreeMap<&str, Vec<Row>>,
) -> Result<Vec<(String, f64)>, String> {
    let check = catalog.check(id).ok_or("no such check")?;
    let every = "/*\ntitle: x\nkind: reading\nwhy: x\nevidence: planner\nfrom: [x]\ncompute: x\nwith: { rows: 1000000, ratio: 0, stale: 1 }\ncolumns: { object: name }\n*/\n";
    let every = parse(CheckId::new("bloat/every"), "every", every, false)
        .map_err(|error| error.to_string())?;
    let mut compute = compute::create(check.compute.as_deref().unwrap_or_default(), &every.params)?;
    for from in &check.from {
        for row in readings.get(from.as_str()).into_iter().flatten() {
            compute.row(from, row);
        }
    }
    let computed = compute.finish(&BTreeMap::new());
    if let Some(unknown) = computed.unknown.first() {
        return Err(format!("{}: {}", unknown.object, unknown.reason));
    }
    let expected = |row: &Row| {
        (
            row.object.clone(),
            row.get("expected").number().unwrap_or_default() / 8192.0,
        )
    };
    Ok(computed.rows.iter().map(expected).collect())
}

/// ioguix' and check_postgres' estimates in pages, transcribed for 64-bit servers and over the same statistics. Of
/// ioguix', the part that adds TOAST to the table is left out, which is to its advantage.
fn classical(readings: &BTreeMap<&str, Vec<Row>>) -> BTreeMap<String, (f64, f64)> {
    let figure = |row: &Row, name: &str| row.get(name).number().unwrap_or_default();
    let up = |n: f64| (n / 8.0).ceil() * 8.0;
    // `n + ma - CASE WHEN n % ma = 0 THEN ma ELSE n % ma END`.
    let cut = |n: f64| n + 8.0 - if n % 8.0 == 0.0 { 8.0 } else { n % 8.0 };
    let widths = &readings["widths"];
    let mut pages = BTreeMap::new();
    for heap in readings["heaps"]
        .iter()
        .filter(|row| !row.object.is_empty())
    {
        let columns: Vec<_> = widths
            .iter()
            .filter(|row| row.get("relation") == heap.get("relation"))
            .collect();
        let tuples = figure(heap, "tuples");
        let width: f64 = columns
            .iter()
            .map(|c| (1.0 - figure(c, "null_frac")) * figure(c, "width"))
            .sum();
        let nulls = columns
            .iter()
            .map(|c| figure(c, "null_frac"))
            .fold(0.0, f64::max);
        let header = 23.0
            + if nulls > 0.0 {
                ((7.0 + columns.len() as f64) / 8.0).floor()
            } else {
                0.0
            };
        let tuple = 4.0 + up(header) + up(width.ceil());
        let ioguix =
            (tuples / ((8192.0 - 24.0) * figure(heap, "fillfactor") / (tuple * 100.0))).ceil();
        let with_nulls = columns
            .iter()
            .filter(|c| figure(c, "null_frac") > 0.0)
            .count() as f64;
        let bitmap = nulls * cut(23.0 + 1.0 + (with_nulls / 8.0).floor());
        let datahdr = width + cut(23.0);
        let otta = (tuples * (cut(datahdr) + bitmap + 4.0) / (8192.0 - 20.0)).ceil();
        pages.insert(heap.object.clone(), (ioguix, otta));
        for index in readings["btrees"]
            .iter()
            .filter(|row| row.get("heap") == heap.get("relation"))
        {
            let tuples = figure(index, "tuples");
            let stored = widths
                .iter()
                .filter(|row| row.get("relation") == index.get("relation"));
            let keys: Vec<_> = stored
                .map(|stored| match stored.get("key") {
                    Value::Int(key) if *key > 0 => columns
                        .iter()
                        .find(|c| c.get("number") == &Value::Int(*key))
                        .copied()
                        .unwrap_or(stored),
                    _ => stored,
                })
                .collect();
            let width: f64 = keys
                .iter()
                .map(|c| (1.0 - figure(c, "null_frac")) * figure(c, "width"))
                .sum();
            let nulls = keys.iter().any(|c| figure(c, "null_frac") > 0.0);
            let tuple = 4.0 + up(if nulls { 12.0 } else { 8.0 }) + up(width.round());
            let ioguix = 1.0
                + (tuples
                    / ((8192.0 - 16.0 - 24.0) * figure(index, "fillfactor") / (100.0 * tuple))
                        .floor())
                .ceil();
            let iotta = (tuples * (datahdr - 12.0) / (8192.0 - 20.0)).ceil();
            pages.insert(index.object.clone(), (ioguix, iotta));
        }
    }
    pages
}
