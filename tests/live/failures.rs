//! What cannot be connected to is told in one line that says what, where and what to do, with exit
//! code 3 and in time.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use pgaudit::connect::settings::{Host, Settings};
use tempfile::NamedTempFile;
use tokio::net::TcpSocket;

use crate::Promise;
use crate::place::Database;
use crate::program::{Ended, pgaudit, pid};
use crate::server::{PLAIN, TestServer};
use crate::session::{block_on, open};

pub(crate) const TRIALS: &[Promise] = &[
    ("what a server refuses is told with what to do", refusals),
    ("a server that takes nobody is told as such", takes_nobody),
];

pub(crate) const ONCE: &[Promise] = &[
    ("a port that is no server is told with what to do", ports),
    ("an address that is none is told with what to do", addresses),
];

/// Fails unless the message is one line that holds all these texts.
#[track_caller]
fn one_line(run: Ended, texts: &[&str]) {
    let run = run.exits(3);
    assert_eq!(run.err.lines().count(), 1, "{run}");
    assert!(run.err.starts_with("pgaudit: "), "{run}");
    for text in texts {
        assert!(run.err.contains(text), "`{text}` is missing\n{run}");
    }
    assert!(run.out.is_empty(), "{run}");
}

/// All commands that connect fail, and say where and these texts.
#[track_caller]
fn fails(settings: &Settings, texts: &[&str]) {
    let place = settings.place();
    for command in ["score", "doctor"] {
        let run = pgaudit([command, "--timeout", "5s"]).on(settings).run();
        let texts = [&[place.as_str()], texts].concat();
        one_line(run.within(Duration::from_secs(5)), &texts);
    }
}

/// Role, password and database, and what is told of them.
type Refusal = (
    &'static str,
    Option<&'static str>,
    &'static str,
    [&'static str; 2],
);

const REFUSALS: &[Refusal] = &[
    (
        "secretive",
        Some("wrong"),
        "refusals",
        [
            "password authentication failed for user \"secretive\"",
            "check the user (-U) and the password (~/.pgpass, PGPASSWORD)",
        ],
    ),
    (
        "secretive",
        None,
        "refusals",
        ["asks for a password", "~/.pgpass or PGPASSWORD"],
    ),
    (
        "rejected",
        None,
        "refusals",
        ["pg_hba.conf", "has to allow this user, database and host"],
    ),
    (
        "nobody_at_all",
        None,
        "refusals",
        [
            "role \"nobody_at_all\" does not exist",
            "check the user (-U)",
        ],
    ),
    (
        "no_login",
        None,
        "refusals",
        ["role \"no_login\" is not permitted to log in", "ALTER ROLE"],
    ),
    (
        "limited",
        None,
        "refusals",
        [
            "too many connections for role \"limited\"",
            "CONNECTION LIMIT",
        ],
    ),
    (
        "plain",
        None,
        "nowhere",
        [
            "database \"nowhere\" does not exist",
            "check the name of the database (-d)",
        ],
    ),
    (
        "plain",
        None,
        "forbidden",
        [
            "permission denied for database \"forbidden\"",
            "GRANT CONNECT ON DATABASE",
        ],
    ),
    (
        "plain",
        None,
        "closed",
        [
            "database \"closed\" is not currently accepting connections",
            "ALLOW_CONNECTIONS",
        ],
    ),
];

fn refusals(major: u32) {
    let rules = rules(
        "local all rejected reject\nlocal all secretive scram-sha-256\nlocal all all trust\n",
    );
    let path = rules.path().to_str().unwrap();
    let own = [("hba_file", path), ("password_encryption", "scram-sha-256")];
    let database = Database::with(major, "refusals", &own);
    database.run(&[
        "CREATE ROLE rejected LOGIN; CREATE ROLE no_login; CREATE ROLE plain LOGIN; \
         CREATE ROLE limited LOGIN CONNECTION LIMIT 0; \
         CREATE ROLE secretive LOGIN PASSWORD 'right'",
        "CREATE DATABASE closed ALLOW_CONNECTIONS false",
        "CREATE DATABASE forbidden",
        "REVOKE CONNECT ON DATABASE forbidden FROM PUBLIC",
    ]);
    let settings = |user: &str, password: Option<&str>, dbname: &str| Settings {
        user: user.to_owned(),
        password: password.map(str::to_owned),
        dbname: dbname.to_owned(),
        ..database.settings()
    };
    let right = settings("secretive", Some("right"), "refusals");
    pgaudit(["doctor"]).on(&right).run().exits(0);
    for (user, password, dbname, texts) in REFUSALS {
        fails(&settings(user, *password, dbname), texts);
    }
}

/// A file that whoever the server runs as can read.
fn rules(text: &str) -> NamedTempFile {
    let readable = std::fs::Permissions::from_mode(0o644);
    let file = tempfile::Builder::new()
        .permissions(readable)
        .tempfile_in("/tmp")
        .unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// First it is full, then it is shutting down.
fn takes_nobody(major: u32) {
    let own = [
        ("max_connections", "6"),
        ("superuser_reserved_connections", "2"),
        ("max_wal_senders", "0"),
    ];
    let server = TestServer::start(major, &own);
    let settings = server.settings("postgres");
    let full = "all connections are in use: that itself is worth an alarm";
    block_on(async {
        let mut sessions = Vec::new();
        for _ in 0..4 {
            sessions.push(open(&settings).await);
        }
        fails(
            &server.settings_as(PLAIN, "postgres"),
            &["reserved for", full],
        );
        for _ in 0..2 {
            sessions.push(open(&settings).await);
        }
        fails(&settings, &["sorry, too many clients already", full]);

        // A smart shutdown waits for the sessions.
        kill(pid(postmaster(&server)), Signal::SIGTERM).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let texts = ["the database system is shutting down", "try again"];
        fails(&settings, &texts);
        drop(sessions);
    });
}

fn postmaster(server: &TestServer) -> u32 {
    let TestServer::Local(local) = server else {
        panic!("not a process of ours");
    };
    let file = local.socket_folder().join("data/postmaster.pid");
    let status = std::fs::read_to_string(file).unwrap();
    status.lines().next().unwrap().parse().unwrap()
}

/// Listens on a port of its own, and does this with whoever connects.
fn listen(behaviour: fn(TcpStream)) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || behaviour(stream.unwrap()));
        }
    });
    port
}

fn hold(stream: TcpStream) {
    thread::sleep(Duration::from_secs(30));
    drop(stream);
}

/// Takes what comes first, and answers this.
fn answer(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.read(&mut [0; 64]);
    let _ = stream.write_all(bytes);
}

fn ports(_: u32) {
    let silent = listen(hold);
    let no_tls_then_silent = listen(|mut stream| {
        answer(&mut stream, b"N");
        hold(stream);
    });
    let no_tls_then_closed = listen(|mut stream| {
        answer(&mut stream, b"N");
        let _ = stream.read(&mut [0; 64]);
    });
    let closed = listen(drop);
    let web = listen(|mut stream| answer(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\nno\n"));
    // Bound, so that nobody else takes it, but not listening.
    let bound = TcpSocket::new_v4().unwrap();
    bound.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let refused = bound.local_addr().unwrap().port();

    let silence = &["no answer from 127.0.0.1:", "the port is not PostgreSQL's"][..];
    let protocol = &["127.0.0.1:", "check host and port"][..];
    let refusal = &[
        "cannot connect to 127.0.0.1:",
        "is the server running there",
    ][..];
    let no_tls = &["127.0.0.1:", "server does not support TLS", "sslmode"][..];
    let cases = [
        (silent, silence, silence),
        (no_tls_then_silent, silence, no_tls),
        (no_tls_then_closed, protocol, no_tls),
        (closed, protocol, protocol),
        (web, protocol, no_tls),
        (refused, refusal, refusal),
    ];
    for (mode, demanded) in [("disable", false), ("prefer", false), ("require", true)] {
        for (port, texts, with_tls) in cases {
            let target = ["-h", "127.0.0.1", "-U", "somebody", "-p", &port.to_string()];
            let run = pgaudit(["score", "--timeout", "2s"])
                .args(target)
                .env("PGSSLMODE", mode)
                .env("PGPASSWORD", "secret")
                .run()
                .within(Duration::from_secs(3));
            assert!(!run.err.contains("secret"), "{run}");
            one_line(run, if demanded { with_tls } else { texts });
        }
    }
}

fn addresses(major: u32) {
    let on = |host: &str| {
        let target = ["-h", host, "-p", "5555", "-U", "me"];
        let run = pgaudit(["score", "--timeout", "2s"]).args(target).run();
        run.within(Duration::from_secs(3))
    };
    // Where names are looked up slowly, the deadline comes first.
    one_line(on("no-such-host.invalid"), &["no-such-host.invalid"]);
    let advice = "is this its socket folder (-h) and port (-p)?";
    let socket = "/nonexistent/folder/.s.PGSQL.5555";
    one_line(on("/nonexistent/folder"), &[socket, advice]);
    // A folder that is there, without a socket of that number.
    let server = crate::POOL.server(major);
    let Host::Socket(folder) = &server.settings("postgres").servers[0].host else {
        panic!("not on a socket");
    };
    one_line(on(folder.to_str().unwrap()), &["/.s.PGSQL.5555", advice]);
}
