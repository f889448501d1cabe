//! A network between the program and its server: slow, or one that breaks in the middle.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use pgaudit::connect::settings::{Host, Settings};
use serde_json::Value;

use crate::Promise;
use crate::place::{Database, Entry, plant_problems};
use crate::program::{Ended, Program, pgaudit};

pub(crate) const ENDS: &[Promise] = &[
    ("a slow link costs a handful of round trips", slow),
    (
        "a connection that breaks once is opened once more",
        breaks_once,
    ),
    (
        "a connection that breaks again leaves what was measured",
        breaks_always,
    ),
];

/// What a link does to whatever goes through it.
#[derive(Clone, Copy)]
struct Nature {
    /// Each way.
    delay: Duration,
    /// After so many bytes of the server the connection is closed.
    cut: usize,
    /// How many connections are cut.
    cuts: usize,
}

const GOOD: Nature = Nature {
    delay: Duration::ZERO,
    cut: usize::MAX,
    cuts: usize::MAX,
};

/// A port of this machine that leads to a server's socket.
struct Link {
    port: u16,
    /// How often somebody connected.
    connected: Arc<AtomicUsize>,
}

impl Link {
    fn to(server: &Settings, nature: Nature) -> Self {
        let Host::Socket(folder) = &server.servers[0].host else {
            panic!("not on a socket");
        };
        let socket = folder.join(format!(".s.PGSQL.{}", server.servers[0].port));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connected = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connected);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), UnixStream::connect(&socket).unwrap());
                client.set_nodelay(true).unwrap();
                let before = count.fetch_add(1, Ordering::SeqCst);
                let cut = if before < nature.cuts {
                    nature.cut
                } else {
                    usize::MAX
                };
                let ends = [client.try_clone().unwrap(), client];
                let [to, from] = ends;
                let server_end = server.try_clone().unwrap();
                thread::spawn(move || carry(from, server_end, nature.delay, usize::MAX));
                thread::spawn(move || carry(server, to, nature.delay, cut));
            }
        });
        Self { port, connected }
    }

    /// The program through it.
    fn run(&self, program: Program, server: &Settings) -> Ended {
        program
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string()])
            .args(["-U", &server.user, "-d", &server.dbname])
            .run()
    }
}

/// An end of a connection that both its directions share.
trait End: Read + Write + Send + 'static {
    fn close(&self);
}

impl End for TcpStream {
    fn close(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }
}

impl End for UnixStream {
    fn close(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }
}

/// Passes on so many bytes, each after a while, and closes both ends behind the last one.
fn carry(mut from: impl End, mut to: impl End, delay: Duration, mut left: usize) {
    let (sent, due) = channel::<(Instant, Vec<u8>)>();
    let writer = thread::spawn(move || {
        for (at, bytes) in due {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        to.close();
    });
    let mut buffer = [0; 8192];
    while left > 0
        && let Ok(read @ 1..) = from.read(&mut buffer)
    {
        let some = read.min(left);
        left -= some;
        if sent
            .send((Instant::now() + delay, buffer[..some].to_vec()))
            .is_err()
        {
            break;
        }
    }
    drop(sent);
    let _ = writer.join();
    from.close();
}

/// A database in which checks have rows and details.
fn planted(major: u32, name: &str) -> Database {
    let database = Database::new(major, name);
    plant_problems(&database);
    database
}

/// What they add to an audit without any: the log-in, the questions before the first check, the checks in a window,
/// and what is asked about the rows that are reported.
const HANDFUL: u32 = 10;

fn slow(major: u32) {
    let database = planted(major, "slow_link");
    let settings = database.settings();
    let round_trip = Duration::from_millis(50);
    let through = |delay| {
        let link = Link::to(&settings, Nature { delay, ..GOOD });
        let run = link.run(pgaudit(["score"]), &settings).exits(0);
        assert_eq!(link.connected.load(Ordering::SeqCst), 1);
        run.took
    };
    // The best of some: other trials run beside it, and make a run longer, never shorter.
    let direct = (0..5).map(|_| through(Duration::ZERO)).min().unwrap();
    let mut added = Duration::MAX;
    for _ in 0..20 {
        added = added.min(through(round_trip / 2).saturating_sub(direct));
        if added < HANDFUL * round_trip {
            return;
        }
    }
    panic!("{added:?}");
}

/// What was measured, and the errors of the rest.
fn outcomes(collected: &Value) -> (usize, Vec<&str>) {
    let checks = collected["checks"].as_object().unwrap().values();
    let outcomes: Vec<_> = checks.map(|check| &check["outcome"]).collect();
    let failed = outcomes
        .iter()
        .filter(|outcome| outcome["is"] == "failed")
        .map(|outcome| outcome["error"].as_str().unwrap())
        .collect();
    let measured = outcomes
        .iter()
        .filter(|outcome| outcome["is"] == "measured");
    (measured.count(), failed)
}

/// What the server says of a client that is gone, and nothing else.
#[track_caller]
fn nothing_else(database: &Database) {
    let told =
        |entry: &Entry| ["WARNING", "ERROR", "FATAL", "PANIC"].contains(&entry.level.as_str());
    let log = database.log().into_iter().filter(told);
    let errors: Vec<_> = log
        .filter(|entry| entry.message != "connection to client lost")
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// So much the server says before a session is ready, and somewhat more.
const LOG_IN: usize = 300;

/// Nothing is waited for where nobody answers any more.
const AT_ONCE: Duration = Duration::from_secs(20);

/// From within the log-in to far behind the last check.
const CUTS: [usize; 14] = [
    1, 20, 200, LOG_IN, 600, 900, 1500, 3000, 5000, 8000, 13_000, 20_000, 40_000, 80_000,
];

/// Whoever is cut off during the log-in is told that; a half-open session is nothing to resume.
#[track_caller]
fn not_logged_in(run: Ended) {
    let run = run.exits(3);
    assert!(
        run.err
            .contains("closed the connection before anybody was logged in"),
        "{run}"
    );
    assert!(run.out.is_empty(), "{run}");
}

fn breaks_once(major: u32) {
    let database = planted(major, "breaks_once");
    let settings = database.settings();
    let whole = outcomes(&pgaudit(["collect"]).on(&settings).run().exits(0).json()).0;
    let mut resumed = 0;
    for cut in CUTS {
        let link = Link::to(
            &settings,
            Nature {
                cut,
                cuts: 1,
                ..GOOD
            },
        );
        let run = link.run(pgaudit(["collect"]), &settings).within(AT_ONCE);
        let connected = link.connected.load(Ordering::SeqCst);
        if cut <= LOG_IN {
            not_logged_in(run);
            continue;
        }
        let seen = run.exits(0).json();
        assert_eq!(outcomes(&seen), (whole, Vec::new()), "{cut}");
        assert_eq!(seen["stopped"], Value::Null, "{cut}");
        resumed += connected - 1;
    }
    assert!(resumed >= 8, "{resumed}");
    nothing_else(&database);
}

fn breaks_always(major: u32) {
    let database = planted(major, "breaks_always");
    let settings = database.settings();
    let mut partly = 0;
    for cut in CUTS {
        for command in ["score", "check", "collect", "doctor"] {
            let link = Link::to(&settings, Nature { cut, ..GOOD });
            let run = link.run(pgaudit([command]), &settings).within(AT_ONCE);
            let connected = link.connected.load(Ordering::SeqCst);
            assert!(
                connected <= 2 && !run.err.contains("panicked"),
                "{cut}: {run}"
            );
            if cut <= LOG_IN {
                not_logged_in(run);
                continue;
            }
            match run.code {
                // It came to its end before that.
                Some(0) => assert!(cut > 20_000, "{cut}: {run}"),
                Some(4) if command == "collect" => {
                    let seen = run.json();
                    let (measured, failed) = outcomes(&seen);
                    assert_eq!(seen["stopped"], "lost", "{cut}");
                    assert!(!failed.is_empty(), "{cut}");
                    partly += usize::from(measured > 0);
                }
                Some(4) if command == "doctor" => {}
                Some(3 | 4) if !run.out.is_empty() => {
                    run.says("cut short: the connection was lost twice");
                }
                Some(3) => assert!(run.err.contains("closed the connection"), "{cut}: {run}"),
                _ => panic!("{cut}: {run}"),
            }
        }
    }
    assert!(partly >= 3, "{partly}");
    nothing_else(&database);
}
