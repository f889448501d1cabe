//! No check ever runs outside of its read-only transaction, whatever somebody else cancels.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::Promise;
use crate::log::read_only;
use crate::place::{Database, literal};
use crate::program::{Tables, pgaudit, text};
use crate::session::run;
use crate::stops::library;

pub(crate) const TRIALS: &[Promise] = &[
    ("no cancel lets a check out of its transaction", cancelled),
    ("a role that has no time is audited", hasty),
];

/// Where a check runs: whether it may write, and what it would see first.
const WHERE: &str = "select current_setting('transaction_read_only') || ' ' || current_setting('search_path') \
     || ' ' || current_setting('lock_timeout') as object, 1::int8 as n from pg_sleep(0.0006);";

/// All that was measured was measured inside; how much that was.
#[track_caller]
fn inside(tables: &Tables) -> usize {
    let all = tables.0["checks"].as_array().unwrap().iter();
    let measured: Vec<_> = all.filter(|check| check["state"] == "measured").collect();
    for check in &measured {
        let objects = tables.objects(text(check, "id"));
        assert_eq!(
            objects.into_iter().collect::<Vec<_>>(),
            ["on pg_catalog, pg_temp 200ms"]
        );
    }
    measured.len()
}

struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn cancelled(major: u32) {
    let database = Database::new(major, "cancelled");
    database.run(&["ALTER DATABASE cancelled SET log_statement = 'all'"]);
    let many: Vec<_> = (0..300)
        .map(|n| (format!("inside/here_{n:03}.sql"), "kind: reading", WHERE))
        .collect();
    let library = library(&many);
    // Once it has begun, whatever comes.
    let cancel = format!(
        "DO $$ DECLARE audit int; BEGIN \
         SELECT pid INTO audit FROM pg_stat_activity WHERE application_name = 'pgaudit' AND datname = {} \
         AND query LIKE '%pgaudit:inside/%'; \
         IF FOUND THEN FOR n IN 1..200 LOOP PERFORM pg_cancel_backend(audit); PERFORM pg_sleep(0.0004); END LOOP; END IF; \
         END $$",
        literal(&database.name)
    );
    let done = &AtomicBool::new(false);
    let (mut measured, mut disturbed) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            run(&database.server.settings("postgres"), |client| async move {
                while !done.load(Ordering::Relaxed) {
                    client.batch_execute(&cancel).await.unwrap();
                    tokio::time::sleep(std::time::Duration::from_micros(700)).await;
                }
            });
        });
        // However this ends, the thread does as well.
        let _end = End(done);
        for _ in 0..4 {
            let audit = pgaudit(["check", "inside/*", "--format", "json"]);
            let ended = audit.args(["--queries".as_ref(), library.path().as_os_str()]);
            let ended = ended.on(&database.settings()).run();
            if ended.code == Some(3) {
                // It did not even begin.
                assert!(ended.err.contains("cancelled"), "{ended}");
                continue;
            }
            let tables = Tables(ended.exits(0).json());
            let inside = inside(&tables);
            measured += inside;
            disturbed += many.len() - inside;
            for (file, ..) in &many {
                let [state, reason, _] = tables.state(file.trim_end_matches(".sql"));
                assert!(
                    state == "measured" || reason == "somebody cancelled it",
                    "{reason}"
                );
            }
        }
    });
    read_only(&database);
    // Otherwise nothing was tried.
    assert!(disturbed > 20, "{disturbed} of {}", measured + disturbed);
}

fn hasty(major: u32) {
    let database = Database::new(major, "hasty");
    database.run(&[
        "CREATE TABLE t (id int PRIMARY KEY)",
        "ALTER ROLE pgaudit_plain IN DATABASE hasty SET statement_timeout = '1ms'",
        "ALTER ROLE pgaudit_plain IN DATABASE hasty SET lock_timeout = '1ms'",
        "ALTER ROLE pgaudit_plain IN DATABASE hasty SET idle_in_transaction_session_timeout = '1ms'",
        "ALTER ROLE pgaudit_plain IN DATABASE hasty SET search_path = public",
        "ALTER DATABASE hasty SET log_statement = 'all'",
    ]);
    let library = library(&[("inside/here.sql".to_owned(), "kind: reading", WHERE)]);
    let settings = database.settings_as(crate::server::PLAIN);
    for command in [
        &["score"][..],
        &["check", "--format", "json"],
        &["inside", "--format", "json"],
    ] {
        let ended = pgaudit(command)
            .args(["--queries".as_ref(), library.path().as_os_str()])
            .on(&settings)
            .run()
            .exits(0);
        if command[0] == "inside" {
            assert_eq!(inside(&Tables(ended.json())), 1);
        }
    }
    assert_eq!(read_only(&database).len(), 3);
}
