//! Nobody's lock delays an audit, and what was skipped for one is named.

use std::sync::Arc;
use std::time::Duration;

use crate::Promise;
use crate::log::no_errors;
use crate::place::Database;
use crate::program::{Tables, pgaudit};
use crate::session::{block_on, open};

pub(crate) const TRIALS: &[Promise] = &[("locks of others do not delay an audit", no_delay)];

const LIMIT: Duration = Duration::from_secs(3);

fn no_delay(major: u32) {
    let database = Database::new(major, "locks");
    database.run(&[
        "CREATE TABLE held AS SELECT g AS id FROM generate_series(1, 5000) g; \
         CREATE TABLE queued AS TABLE held; \
         CREATE TABLE free AS TABLE held",
        "VACUUM ANALYZE",
    ]);
    block_on(async {
        let settings = database.settings();
        let [holder, reader, waiter] = [
            open(&settings).await,
            open(&settings).await,
            open(&settings).await,
        ];
        let begin = "BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE";
        holder.client.batch_execute(begin).await.unwrap();
        let read = "BEGIN; SELECT count(*) FROM queued";
        reader.client.batch_execute(read).await.unwrap();
        let client = Arc::clone(&waiter.client);
        let waiting = tokio::spawn(async move {
            let _ = client.batch_execute("DROP TABLE queued").await;
        });
        // Another thread's runtime: this one has to go on driving the sessions.
        tokio::task::spawn_blocking(move || {
            database.wait_until(
                "EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                 WHERE d.datname = 'locks' AND NOT l.granted AND l.mode = 'AccessExclusiveLock')",
            );
            audit(&database);
            drop(database);
        })
        .await
        .unwrap();
        waiting.abort();
        drop((holder, reader, waiter));
    });
}

fn audit(database: &Database) {
    let on = |arguments: &[&str]| pgaudit(arguments).on(&database.settings()).run();
    for command in ["score", "check", "tables", "indexes", "bloat"] {
        on(&[command]).exits(0).within(LIMIT);
    }

    let reason =
        "its exact size was not read: a session holds or waits for an ACCESS EXCLUSIVE lock on it";
    on(&["tables"])
        .says(reason)
        .says("public.held")
        .says("public.queued")
        .says("audit again when that session is done");
    let tables = Tables(on(&["tables", "--format", "json"]).json());
    let mut skipped = tables.unknown("tables/largest");
    skipped.sort_unstable();
    assert_eq!(
        skipped,
        [("public.held", reason), ("public.queued", reason)]
    );
    assert!(tables.objects("tables/largest").contains("public.free"));
    // Had it tried and waited, the server would say so.
    no_errors(database);
}
