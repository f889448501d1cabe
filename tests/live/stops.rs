//! An audit that is ended early reports what it has, says so by its exit code, and leaves nothing
//! running on the server.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use serde_json::Value;
use tempfile::TempDir;

use crate::Promise;
use crate::log::{no_errors, read_only};
use crate::place::{Database, literal};
use crate::program::{Ended, Program, Running, Tables, pgaudit, pid};

pub(crate) const TRIALS: &[Promise] = &[
    ("a reader that goes away is no error", closed_pipe),
    (
        "signals end an audit at once, with what was measured",
        signals,
    ),
    ("a signal between two statements cancels none", between),
    (
        "the deadline ends an audit, with what was measured",
        deadline,
    ),
];

pub(crate) const ENDS: &[Promise] = &[("a server that hangs keeps nobody", hangs)];

/// How long the program may take from the signal on: answers that are owed get two seconds.
const AT_ONCE: Duration = Duration::from_secs(3);

fn closed_pipe(major: u32) {
    let database = Database::new(major, "closed_pipe");
    database.run(&["CREATE TABLE t (id int PRIMARY KEY)"]);
    for arguments in [
        &["score"][..],
        &["score", "--format", "markdown"],
        &["check", "--format", "json"],
        &["tables"],
        &["doctor"],
        &["collect"],
    ] {
        let mut program = pgaudit(arguments).on(&database.settings());
        let command = program
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Before a line is written, so that the first one fails.
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(
            (ended.status.code(), err.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }

    let settings = database.settings();
    let folder = settings.host_folder();
    let pipe = format!(
        "set -o pipefail; {} check -h {folder} -U postgres -d {} | head -1",
        env!("CARGO_BIN_EXE_pgaudit"),
        database.name
    );
    let ended = std::process::Command::new("bash")
        .args(["-c", &pipe])
        .output()
        .unwrap();
    let err = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), err.as_str()), (Some(0), ""));
    assert_eq!(String::from_utf8(ended.stdout).unwrap().lines().count(), 1);
}

/// The folder of a server's socket, for a shell.
trait HostFolder {
    fn host_folder(&self) -> String;
}

impl HostFolder for pgaudit::connect::settings::Settings {
    fn host_folder(&self) -> String {
        self.place().rsplit_once('/').unwrap().0.to_owned()
    }
}

/// A library with these files, as `path: (header, SQL)`.
pub(crate) fn library(files: &[(String, &str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, header, sql) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = format!(
            "/*\ntitle: Takes long\nabout: nothing\nwhy: It has to.\nevidence: runtime\n\
             columns: {{ object: name, n: count }}\n{header}\n*/\n{sql}\n"
        );
        fs::write(path, text).unwrap();
    }
    folder
}

/// A check and a shared reading that take half a minute; other checks come before and after them.
pub(crate) fn slow_library() -> TempDir {
    let sleep = "select 'slept' as object, 1::int8 as n from pg_sleep(30);";
    library(&[
        ("slow/sleep.sql".to_owned(), "kind: reading", sleep),
        ("readings/sleepy.sql".to_owned(), "kind: shared", sleep),
        (
            "slow/computed.sql".to_owned(),
            "kind: reading\nfrom: [sleepy]\ncompute: top\nwith: { by: n, rows: 5 }",
            "",
        ),
    ])
}

fn slow_audit(database: &Database, library: &TempDir, command: &[&str]) -> Program {
    pgaudit(command)
        .args(["--statement-timeout", "40s", "--queries"])
        .args([library.path()])
        .on(&database.settings())
}

/// Starts it, and waits until the slow statement runs.
pub(crate) fn start_slow(database: &Database, program: Program) -> Running {
    let running = program.start();
    database.wait_until(&format!(
        "EXISTS (SELECT FROM pg_stat_activity WHERE datname = {} \
         AND query LIKE '%pg_sleep%' AND wait_event = 'PgSleep')",
        literal(&database.name)
    ));
    running
}

fn signals(major: u32) {
    let database = Database::new(major, "signals");
    database.run(&["CREATE TABLE t (id int PRIMARY KEY)"]);
    let library = slow_library();
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        for command in ["score", "check", "collect"] {
            let running = start_slow(&database, slow_audit(&database, &library, &[command]));
            let asked = Instant::now();
            running.signal(signal);
            let ended = running.wait().exits(code);
            assert!(asked.elapsed() < AT_ONCE, "it took {:?}", asked.elapsed());
            database.wait_until(&format!("{} = 0", database.audits()));
            if command == "collect" {
                let saved = ended.json();
                assert_eq!(
                    saved["stopped"],
                    if code == 130 {
                        "interrupt"
                    } else {
                        "terminate"
                    }
                );
                assert_eq!(
                    saved["checks"]["connections/usage"]["outcome"]["is"],
                    "measured"
                );
            } else {
                partial(&ended.says("cut short: interrupted"));
            }
        }
    }
    let json = slow_audit(&database, &library, &["check", "--format", "json"]);
    let running = start_slow(&database, json);
    running.signal(Signal::SIGINT);
    let tables = Tables(running.wait().exits(130).json());
    cut_short(&tables, "the audit was interrupted before it was answered");

    // A cancel request that comes between two statements ends nothing: another one has to follow.
    for wait in (0..60).step_by(6) {
        let running = slow_audit(&database, &library, &["check"]).start();
        sleep(Duration::from_millis(wait));
        let asked = Instant::now();
        running.signal(Signal::SIGINT);
        let ended = running.wait();
        // Until it listens, the signal itself is the end.
        assert!(matches!(ended.code, Some(130) | None), "{ended}");
        let took = asked.elapsed();
        assert!(took < AT_ONCE, "after {wait} ms it took {took:?}");
        database.wait_until(&format!("{} = 0", database.audits()));
    }
}

/// A cancel request may meet the beginning of the next transaction, which leaves errors in the log.
fn between(major: u32) {
    let database = Database::new(major, "between");
    database.run(&["ALTER DATABASE between SET log_statement = 'all'"]);
    let sleep = "select 'slept' as object, 1::int8 as n from pg_sleep(0.05);";
    let many: Vec<_> = (0..40)
        .map(|n| (format!("brief/nap_{n:02}.sql"), "kind: reading", sleep))
        .collect();
    let library = library(&many);
    let running = start_slow(
        &database,
        slow_audit(&database, &library, &["brief", "--format", "json"]),
    );
    running.signal(Signal::SIGINT);
    let tables = Tables(running.wait().exits(130).json());
    let measured = many
        .iter()
        .filter(|(file, ..)| tables.state(file.trim_end_matches(".sql"))[0] == "measured");
    // What was sent is let run out.
    assert!((8..40).contains(&measured.count()), "{:#}", tables.0);
    no_errors(&database);
    assert_eq!(read_only(&database).len(), 1);
}

/// Something was measured and is told, and what was not is told as well.
#[track_caller]
pub(crate) fn partial(ended: &Ended) {
    let told = |texts: &[&str]| texts.iter().any(|text| ended.out.contains(text));
    assert!(told(&[" % seen", "used share"]), "{ended}");
    assert!(ended.flat().contains("before it was answered"), "{ended}");
    assert!(!told(&["it took longer than", "it failed"]), "{ended}");
    assert!(ended.err.is_empty(), "{ended}");
}

/// What was not answered says why; quick ones behind it may have been.
#[track_caller]
fn cut_short(tables: &Tables, reason: &str) {
    assert_eq!(tables.state("connections/usage")[0], "measured");
    for slow in ["slow/sleep", "slow/computed"] {
        assert_eq!(tables.state(slow)[..2], ["not_assessed", reason], "{slow}");
    }
    for answered_or_not in ["cache/hit_ratio", "tables/dead_rows", "tables/largest"] {
        let [state, why, _] = tables.state(answered_or_not);
        assert!(
            state == "measured" || why == reason,
            "{answered_or_not}: {why}"
        );
    }
    assert_ne!(tables.0["audit"]["stopped"], Value::Null);
}

fn deadline(major: u32) {
    let database = Database::new(major, "deadline");
    database.run(&["CREATE TABLE t (id int PRIMARY KEY)"]);
    let library = slow_library();
    let limit = ["--timeout", "1500ms"];
    for command in ["score", "check"] {
        let ended = slow_audit(&database, &library, &[command])
            .args(limit)
            .run();
        let ended = ended.exits(4).within(Duration::from_millis(1500) + AT_ONCE);
        partial(&ended.says("cut short: the deadline passed"));
        database.wait_until(&format!("{} = 0", database.audits()));
    }
    let json = slow_audit(&database, &library, &["check", "--format", "json"]).args(limit);
    cut_short(
        &Tables(json.run().exits(4).json()),
        "the deadline passed before it was answered",
    );
}

/// A process of the server that does not move at all, cancel requests included.
fn hangs(major: u32) {
    let database = Database::new(major, "hangs");
    database.run(&["CREATE TABLE t (id int PRIMARY KEY)"]);
    let library = slow_library();
    let find =
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'pgaudit' AND datname = 'hangs'";
    for (arguments, signal, code) in [
        (&["check"][..], Some(Signal::SIGINT), 130),
        (&["check", "--timeout", "3s"], None, 4),
    ] {
        let running = start_slow(&database, slow_audit(&database, &library, arguments));
        let backend = pid(database.ask(find).parse().unwrap());
        kill(backend, Signal::SIGSTOP).unwrap();
        let asked = Instant::now();
        if let Some(signal) = signal {
            running.signal(signal);
        }
        let ended = running.wait();
        let took = asked.elapsed();
        kill(backend, Signal::SIGCONT).unwrap();
        partial(&ended.exits(code));
        assert!(took < Duration::from_secs(7), "it took {took:?}");
        database.wait_until(&format!("{} = 0", database.audits()));
    }
}
