//! On a standby an audit works, says so, and claims nothing that only the primary knows.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use pgaudit::catalog::Catalog;
use pgaudit::connect::settings::{Host, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Promise;
use crate::place::{Database, plant_problems};
use crate::program::{Score, Tables, aged, collected, pgaudit, pid, told};
use crate::server::{TestServer, binaries};
use crate::session::{block_on, open, run};

pub(crate) const ENDS: &[Promise] = &[
    ("a standby is audited as what it is", audited),
    ("an index that a standby uses is kept", kept),
    ("a standby under load is audited to the end", under_load),
];

/// A streaming standby of a server; it ends with the value.
struct Standby {
    folder: TempDir,
    child: Child,
}

impl Standby {
    fn of(primary: &Database) -> Self {
        Self::with(primary, &[])
    }

    /// With settings beside the usual ones.
    fn with(primary: &Database, own: &[&str]) -> Self {
        let TestServer::Local(server) = &*primary.server else {
            panic!("not a process of ours");
        };
        let root = server.socket_folder();
        let owner = fs::metadata(root).unwrap();
        let folder = tempfile::Builder::new()
            .prefix("pgaudit-standby-")
            .tempdir_in("/tmp")
            .unwrap();
        let data = folder.path().join("data");
        let label = back_up(primary, &root.join("data"), &data);
        fs::write(data.join("backup_label"), label).unwrap();
        fs::write(data.join("standby.signal"), "").unwrap();
        for left in ["postmaster.pid", "postmaster.opts"] {
            fs::remove_file(data.join(left)).unwrap();
        }
        let all = [
            folder.path().to_owned(),
            data.join("backup_label"),
            data.join("standby.signal"),
        ];
        for path in all {
            std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();

        let log = fs::File::create(folder.path().join("log")).unwrap();
        let program = binaries(primary.major).unwrap().folder.join("postgres");
        let mut postgres = Command::new(program);
        // Whoever owns the primary: PostgreSQL refuses root.
        if nix::unistd::geteuid().is_root() {
            postgres.uid(owner.uid()).gid(owner.gid());
        }
        postgres
            .current_dir(folder.path())
            .env_clear()
            .env("LC_ALL", "C");
        postgres
            .args(["-p", "5432", "-k"])
            .arg(folder.path())
            .arg("-D")
            .arg(&data);
        for setting in [
            "listen_addresses=",
            "fsync=off",
            "shared_preload_libraries=pg_stat_statements",
            "max_connections=60",
            &format!(
                "primary_conninfo=host={} port=5432 user=postgres",
                root.display()
            ),
        ]
        .iter()
        .chain(own)
        {
            postgres.args(["-c", setting]);
        }
        let output = [log.try_clone().unwrap(), log];
        let [out, err] = output;
        let child = postgres
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .unwrap();
        let standby = Self { folder, child };
        standby.wait(primary);
        standby
    }

    /// Until it takes connections and has all that the primary wrote.
    fn wait(&self, primary: &Database) {
        primary.run(&["CREATE TABLE streamed (id int)"]);
        let until = Instant::now() + Duration::from_secs(20);
        let status = || {
            fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default()
        };
        let ready = || {
            status()
                .lines()
                .nth(7)
                .is_some_and(|line| line.trim() == "ready")
        };
        let caught_up = "SELECT to_regclass('public.streamed') IS NOT NULL";
        loop {
            if ready() {
                let settings = self.settings(&primary.settings());
                let row = run(&settings, |client| async move {
                    client.query_one(caught_up, &[]).await.unwrap()
                });
                if row.get(0) {
                    return;
                }
            }
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap();
            assert!(
                Instant::now() < until,
                "the standby does not follow:\n{}",
                log()
            );
            sleep(Duration::from_millis(50));
        }
    }

    fn settings(&self, primary: &Settings) -> Settings {
        let mut settings = primary.clone();
        settings.servers[0].host = Host::Socket(self.folder.path().to_owned());
        settings
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        let _ = kill(pid(self.child.id()), Signal::SIGQUIT);
        let _ = self.child.wait();
    }
}

/// Copies a running cluster, and says what belongs into the copy's label.
fn back_up(primary: &Database, from: &Path, to: &Path) -> String {
    let (start, stop) = if primary.major < 15 {
        (
            "SELECT pg_start_backup('copy', true, false)",
            "SELECT labelfile FROM pg_stop_backup(false, false)",
        )
    } else {
        (
            "SELECT pg_backup_start('copy', true)",
            "SELECT labelfile FROM pg_backup_stop(false)",
        )
    };
    let [from, to]: [PathBuf; 2] = [from.to_owned(), to.to_owned()];
    run(&primary.settings(), |client| async move {
        client.batch_execute(start).await.unwrap();
        let copied = Command::new("cp")
            .arg("-a")
            .arg(from)
            .arg(to)
            .output()
            .unwrap();
        assert!(
            copied.status.success(),
            "{}",
            String::from_utf8_lossy(&copied.stderr)
        );
        client.query_one(stop, &[]).await.unwrap().get(0)
    })
}

fn audited(major: u32) {
    let primary = Database::with(major, "standby", &[]);
    plant_problems(&primary);
    let standby = Standby::of(&primary);
    let there = standby.settings(&primary.settings());
    let library = Catalog::bundled().unwrap();

    for command in ["score", "check"] {
        pgaudit([command])
            .on(&there)
            .run()
            .exits(0)
            .says(", standby · role postgres");
    }
    let on_primary = Score(told(&aged(collected(&primary.settings())), "score"));
    let snapshot = aged(collected(&there));
    assert!(snapshot.server.standby);
    let report = Score(told(&snapshot, "score"));
    let tables = Tables(told(&snapshot, "check"));

    let about_primary: Vec<_> = library
        .checks()
        .filter(|check| check.needs.primary)
        .collect();
    assert!(about_primary.len() > 3);
    for check in about_primary {
        let id = check.id.as_str();
        let reason = "a standby: its own counters say nothing about the use on the primary";
        assert_eq!(tables.state(id), ["not_applicable", reason, ""], "{id}");
        let criteria: Vec<_> = report.criteria().filter(|c| c["check"] == id).collect();
        assert!(
            criteria
                .iter()
                .all(|c| c["state"] == "not_applicable" && c["points"].is_null()),
            "{criteria:#?}"
        );
        // Else there would be nothing that could be missed.
        let found = on_primary.findings().any(|finding| finding["check"] == id);
        assert!(
            found || !["tables/dead_rows", "indexes/unused"].contains(&id),
            "{id}"
        );
    }
    // Sizes are the primary's, and are known; counts of rows are not.
    let largest = tables.of("tables/largest")["rows"].as_array().unwrap();
    assert!(!largest.is_empty());
    for row in largest {
        assert!(row["values"]["heap"].as_i64() > Some(0), "{row:#}");
        assert!(
            row["values"]["dead"].is_null() && row["values"]["live"].is_null(),
            "{row:#}"
        );
    }
    // What is neither measured nor without meaning says what to do.
    for check in tables.0["checks"].as_array().unwrap() {
        assert!(
            check["state"] != "not_assessed" || check["reason"].is_string(),
            "{check:#}"
        );
    }
    // A gate on it is decided by what a standby can tell.
    assert!(report.number("low") <= report.number("high"));

    // Of both, the one that is asked for.
    let places = [primary.settings(), there].map(|settings| settings.place());
    let folders = places
        .each_ref()
        .map(|place| place.rsplit_once('/').unwrap().0);
    for (attrs, at) in [
        ("any", 0),
        ("primary", 0),
        ("read-write", 0),
        ("standby", 1),
        ("prefer-standby", 1),
        ("read-only", 1),
    ] {
        let both = format!(
            "host={} user=postgres dbname=standby target_session_attrs={attrs}",
            folders.join(",")
        );
        let seen = pgaudit(["collect", "-d", &both]).run().exits(0).json();
        assert_eq!(seen["target"], places[at], "{attrs}");
    }
    drop(standby);
}

/// The indexes that the primary does not use, one of which the standby does.
fn kept(major: u32) {
    let primary = Database::with(major, "kept", &[]);
    primary.run(&[
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        "INSERT INTO t SELECT g, g, g FROM generate_series(1, 60000) g",
        "CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b)",
        "VACUUM ANALYZE t",
    ]);
    let standby = Standby::of(&primary);
    let there = standby.settings(&primary.settings());
    for _ in 0..3 {
        run(&there, |client| async move {
            client
                .batch_execute("SELECT id FROM t WHERE a = 7")
                .await
                .unwrap();
        });
    }
    primary.settle();
    let unused = |seen: &Value| {
        let rows = seen["checks"]["indexes/unused"]["outcome"]["rows"]
            .as_array()
            .unwrap()
            .iter();
        let rows: Vec<_> = rows
            .map(|row| row["object"].as_str().unwrap().to_owned())
            .collect();
        rows
    };
    let audit = |arguments: &[&str]| {
        let run = pgaudit(["collect"]).args(arguments);
        run.on(&primary.settings()).run().exits(0).json()
    };
    assert_eq!(unused(&audit(&[])), ["public.t_a", "public.t_b"]);

    let place = there.place();
    let folder = format!("host={}", place.rsplit_once('/').unwrap().0);
    let seen = audit(&["--replica", &folder]);
    assert_eq!(unused(&seen), ["public.t_b"]);
    assert_eq!(seen["replicas"][0]["kept"], json!({ "public.t_a": 3 }));
    pgaudit(["score", "--replica", &folder])
        .on(&primary.settings())
        .run()
        .exits(0)
        .says("public.t_a (3 scans)");

    // What was not asked, nobody knows.
    for (replica, reason) in [
        ("host=127.0.0.1 port=1", "cannot connect"),
        ("", "this is no standby"),
    ] {
        let seen = audit(&["--replica", replica]);
        assert_eq!(unused(&seen), [""; 0]);
        let unknown = &seen["checks"]["indexes/unused"]["outcome"]["unknown"];
        assert_eq!(unknown.as_array().unwrap().len(), 2, "{unknown}");
        let error = seen["replicas"][0]["error"].as_str().unwrap();
        assert!(error.contains(reason), "{error}");
    }
    drop(standby);
}

/// Changes rows, moves them and cuts tables, as often as it can until it is told to end.
fn load(settings: Settings, ended: Arc<AtomicBool>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        block_on(async {
            let session = open(&settings).await;
            while !ended.load(Ordering::SeqCst) {
                for sql in LOAD {
                    session.client.batch_execute(sql).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(60)).await;
                }
            }
            session.close().await;
        });
    })
}

/// Each ends what a standby reads: rows of catalogs that nobody sees any more, locks, and pages that are given back.
const LOAD: &[&str] = &[
    "UPDATE items SET state = state || 'x' WHERE id % 10 = 0",
    "CREATE TABLE passing (id int PRIMARY KEY); DROP TABLE passing",
    "ALTER TABLE items SET (fillfactor = 90)",
    "ANALYZE items",
    "VACUUM items",
    "VACUUM pg_class, pg_attribute, pg_type, pg_depend, pg_index, pg_statistic, pg_constraint",
    "TRUNCATE events",
    "INSERT INTO events SELECT g, 'note' FROM generate_series(1, 500) g",
];

fn under_load(major: u32) {
    let primary = Database::with(major, "under_load", &[]);
    plant_problems(&primary);
    // More of a catalog than is read at once.
    primary.run(&[
        "DO $$ BEGIN FOR n IN 1..300 LOOP EXECUTE format('CREATE TABLE many_%s (id int PRIMARY KEY, a text, b text)', n); END LOOP; END $$",
    ]);
    let standby = Standby::with(&primary, &["max_standby_streaming_delay=0"]);
    let there = standby.settings(&primary.settings());
    let ended = Arc::new(AtomicBool::new(false));
    let load = load(primary.settings(), Arc::clone(&ended));
    let until = Instant::now() + Duration::from_secs(20);
    let (mut audits, mut whole) = (0_u32, 0_u32);
    while Instant::now() < until && audits < 12 {
        let seen = pgaudit(["collect"]).on(&there).run().exits(0).json();
        audits += 1;
        let answers = seen["checks"].as_object().unwrap().iter();
        let ended: Vec<_> = answers
            .filter(|(_, answer)| {
                let outcome = &answer["outcome"];
                assert_ne!(outcome["is"], "failed", "{outcome}");
                let reason = outcome["reason"].as_str().unwrap_or_default();
                reason.starts_with("the standby ended it again and again")
            })
            .map(|(id, _)| id)
            .collect();
        whole += u32::from(ended.is_empty());
    }
    ended.store(true, Ordering::SeqCst);
    load.join().unwrap();
    let log = fs::read_to_string(standby.folder.path().join("log")).unwrap();
    let told: Vec<_> = log
        .lines()
        .filter(|line| {
            ["ERROR: ", "FATAL: ", "PANIC: "]
                .iter()
                .any(|level| line.contains(level))
        })
        .collect();
    let conflict = |line: &&&str| line.ends_with("due to conflict with recovery");
    let conflicts = told.iter().filter(conflict).count();
    assert_eq!(conflicts, told.len(), "{told:#?}");
    assert!(conflicts > 0, "nothing came in the way");
    // A statement that is ended is asked once more, and that is enough unless it is in the way again.
    assert!(2 * whole > audits, "{whole} of {audits}");
    drop(standby);
}
