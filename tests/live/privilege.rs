//! The script of `doctor --sql` makes a role that sees what a superuser does, and no rows.

use std::collections::BTreeMap;

use pgaudit::connect::settings::Settings;
use tokio_postgres::error::SqlState;

use crate::Promise;
use crate::place::Database;
use crate::program::{pgaudit, tables, text};
use crate::server::PLAIN;
use crate::session::{execute, run};

pub(crate) const TRIALS: &[Promise] = &[(
    "the role that doctor makes sees all and reads nothing",
    all_but_rows,
)];

const ROLE: &str = "least 'of\" all";

const CHECKS: [&str; 4] = [
    "bloat/heap",
    "bloat/btree",
    "schema/key_exhaustion",
    "migrations/state",
];

/// How much `doctor` says of each area, with the remedies.
fn sight(settings: &Settings) -> BTreeMap<String, (String, Vec<String>)> {
    let told = pgaudit(["doctor", "--format", "json"]).on(settings).run();
    let told = told.exits(0).json();
    let areas = told["areas"].as_array().unwrap().iter().map(|area| {
        let hidden = area["hidden"].as_array().unwrap().iter();
        let mut remedies: Vec<_> = hidden.map(|gap| text(gap, "remedy").to_owned()).collect();
        remedies.dedup();
        (
            text(area, "area").to_owned(),
            (text(area, "sees").to_owned(), remedies),
        )
    });
    areas.collect()
}

fn all_but_rows(major: u32) {
    let database = Database::new(major, "least \"privilege");
    database.run(&[
        "CREATE TABLE customers (id int GENERATED ALWAYS AS IDENTITY (START 2000000000) PRIMARY KEY, name text) \
         WITH (autovacuum_enabled = off)",
        "INSERT INTO customers (name) SELECT md5(g::text) FROM generate_series(1, 400000) g",
        "DELETE FROM customers WHERE id % 5 > 0",
        "VACUUM ANALYZE customers",
        "CREATE EXTENSION pg_stat_statements",
        "CREATE SCHEMA \"the 'app\"; CREATE TABLE \"the 'app\".schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); \
         INSERT INTO \"the 'app\".schema_migrations VALUES (7, true)",
    ]);
    database.settle();
    let script = pgaudit(["doctor", "--sql", "--username", ROLE])
        .run()
        .exits(0)
        .out;
    for _ in 0..2 {
        execute(&database.settings(), &script);
    }
    let role = database.settings_as(ROLE);
    let plain = sight(&database.settings_as(PLAIN));
    for (area, remedy) in [
        (
            "bloat",
            "let a superuser run what `pgaudit doctor --sql` prints",
        ),
        ("connections", "GRANT pg_monitor TO pgaudit_plain;"),
        (
            "schema",
            "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO pgaudit_plain;",
        ),
    ] {
        let (sees, remedies) = &plain[area];
        let expected = if area == "connections" {
            "nothing"
        } else {
            "part"
        };
        assert_eq!(
            (sees.as_str(), remedies.join(" ")),
            (expected, remedy.to_owned()),
            "{area}"
        );
    }
    for (area, (sees, remedies)) in sight(&role) {
        assert_eq!(sees, "all", "{area}: {remedies:?}");
    }
    let [all, seen] = [&database.settings(), &role].map(tables);
    for check in seen.0["checks"].as_array().unwrap() {
        let reason = check["reason"].as_str().unwrap_or_default();
        assert!(!reason.contains("failed"), "{check:#}");
    }
    for check in CHECKS {
        assert_eq!(seen.state(check), all.state(check));
        assert_eq!(seen.objects(check), all.objects(check));
        assert!(!seen.objects(check).is_empty(), "{check}");
    }
    for denied in [
        "TABLE customers",
        "TABLE pg_statistic",
        "SELECT nextval('customers_id_seq')",
    ] {
        let error = run(&role, |client| async move {
            client.batch_execute(denied).await.unwrap_err()
        });
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    }

    // Whoever reads as little as the auditor could only have it lie.
    database.run(&[
        "ALTER SCHEMA pgaudit OWNER TO pgaudit_plain",
        "ALTER FUNCTION pgaudit.column_statistics(oid, int2) OWNER TO pgaudit_plain",
    ]);
    let seen = tables(&role);
    let unknown = seen.unknown("bloat/heap");
    assert_eq!(
        unknown,
        [(
            "public.customers",
            "this role does not see its column statistics"
        )],
        "{PLAIN}"
    );
}
