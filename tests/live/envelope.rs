//! No check ever runs outside of its read-only transaction, whatever somebody else cancels.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
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

pub(crate) const ONCE: &[Promise] = &[(
    "nothing is sent behind a BEGIN that was not answered",
    refused_beginning,
)];

/// A server that lets everybody in and cancels whatever it is asked, and what it was sent.
fn cancels_all(mut stream: TcpStream) -> Vec<(u8, String)> {
    let body = |stream: &mut TcpStream| {
        let mut length = [0; 4];
        stream.read_exact(&mut length).ok()?;
        let mut body = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap() - 4];
        stream.read_exact(&mut body).ok()?;
        Some(
            String::from_utf8_lossy(&body)
                .trim_end_matches('\0')
                .to_owned(),
        )
    };
    let ready = b"Z\0\0\0\x05I";
    body(&mut stream).unwrap();
    stream.write_all(b"R\0\0\0\x08\0\0\0\0").unwrap();
    stream.write_all(ready).unwrap();
    let mut sent = Vec::new();
    let mut kind = [0];
    while stream.read_exact(&mut kind).is_ok() {
        let Some(text) = body(&mut stream) else { break };
        sent.push((kind[0], text));
        if kind == *b"Q" {
            let fields = b"SERROR\0C57014\0Mcanceling statement due to user request\0\0";
            let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
            stream
                .write_all(&[b"E", &length[..], fields, ready].concat())
                .unwrap();
        }
    }
    sent
}

fn refused_beginning(_: u32) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let server = thread::spawn(move || cancels_all(listener.accept().unwrap().0));
    let target = ["-h", "127.0.0.1", "-p", &port, "-U", "somebody"];
    let audit = pgaudit(["score"]).args(target).env("PGSSLMODE", "disable");
    let ended = audit.run().exits(3);
    assert!(ended.err.contains("each BEGIN was cancelled"), "{ended}");
    let mut sent = server.join().unwrap();
    // The one farewell, and before it nothing but the same again.
    let last = sent.pop().unwrap();
    assert_eq!(last.0, b'X', "{last:?}");
    assert!(sent.len() > 1, "{sent:?}");
    for (kind, text) in sent {
        let begin = text.starts_with("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;");
        assert!(kind == b'Q' && begin, "{kind}: {text}");
    }
}

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
    // A session that this role's limits end is opened again, once an audit.
    let sessions = read_only(&database).len();
    assert!((3..=6).contains(&sessions), "{sessions}");
}
