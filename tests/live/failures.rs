//! What cannot be connected to is told in one line that says what, where and what to do, with exit
//! code 3 and in time.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use pgaudit::connect::settings::{Host, Settings, SslMode};

use crate::Promise;
use crate::place::Database;
use crate::program::{Ended, pgaudit, pid};
use crate::server::{PLAIN, TestServer};
use crate::session::{block_on, open};

pub(crate) const TRIALS: &[Promise] = &[
    ("what a server refuses is told with what to do", refusals),
    ("a full server is told as such", full),
    (
        "a server that is shutting down is told as such",
        shutting_down,
    ),
];

pub(crate) const ONCE: &[Promise] = &[("what is no server is told with what to do", no_server)];

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

/// Both commands that connect.
#[track_caller]
fn fails(settings: &Settings, texts: &[&str]) {
    for command in ["score", "doctor"] {
        let run = pgaudit([command, "--timeout", "5s"]).on(settings).run();
        one_line(run.within(Duration::from_secs(5)), texts);
    }
}

fn refusals(major: u32) {
    // Readable by whoever the server runs as.
    let rules = tempfile::Builder::new()
        .permissions(readable())
        .tempfile()
        .unwrap();
    let text = format!(
        "local all rejected reject\nlocal all {PLAIN},secretive scram-sha-256\nlocal all all trust\n"
    );
    std::fs::write(rules.path(), text).unwrap();
    let path = rules.path().to_str().unwrap();
    let own = [("hba_file", path), ("password_encryption", "scram-sha-256")];
    let database = Database::with(major, "refusals", &own);
    database.run(&[
        "CREATE ROLE rejected LOGIN; CREATE ROLE no_login; CREATE ROLE limited LOGIN CONNECTION LIMIT 0; \
         CREATE ROLE plain LOGIN; CREATE ROLE secretive LOGIN PASSWORD 'right'",
        "CREATE DATABASE closed ALLOW_CONNECTIONS false",
        "CREATE DATABASE forbidden",
        "REVOKE CONNECT ON DATABASE forbidden FROM PUBLIC",
    ]);
    let place = database.settings().place();
    let place = place.as_str();
    let role = |user: &str| Settings {
        user: user.to_owned(),
        ..database.settings()
    };
    let named = |dbname: &str| Settings {
        dbname: dbname.to_owned(),
        ..role("plain")
    };
    let right = |password: Option<&str>| Settings {
        password: password.map(str::to_owned),
        ..role("secretive")
    };

    pgaudit(["doctor"]).on(&right(Some("right"))).run().exits(0);
    fails(
        &right(Some("wrong")),
        &[
            place,
            "password authentication failed for user \"secretive\"",
            "check the user (-U) and the password (~/.pgpass, PGPASSWORD)",
        ],
    );
    fails(
        &right(None),
        &[place, "asks for a password", "~/.pgpass or PGPASSWORD"],
    );
    fails(
        &role("rejected"),
        &[
            place,
            "pg_hba.conf",
            "has to allow this user, database and host",
        ],
    );
    fails(
        &role("nobody_at_all"),
        &[
            place,
            "role \"nobody_at_all\" does not exist",
            "check the user (-U)",
        ],
    );
    fails(
        &role("no_login"),
        &[
            place,
            "role \"no_login\" is not permitted to log in",
            "ALTER ROLE",
        ],
    );
    fails(
        &role("limited"),
        &[
            place,
            "too many connections for role \"limited\"",
            "ALTER ROLE",
        ],
    );
    fails(
        &named("nowhere"),
        &[
            place,
            "database \"nowhere\" does not exist",
            "check the name of the database (-d)",
        ],
    );
    fails(
        &named("forbidden"),
        &[
            place,
            "permission denied for database \"forbidden\"",
            "GRANT CONNECT ON DATABASE",
        ],
    );
    fails(
        &named("closed"),
        &[
            place,
            "database \"closed\" is not currently accepting connections",
            "ALLOW_CONNECTIONS",
        ],
    );
}

fn readable() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o644)
}

fn full(major: u32) {
    let own = [
        ("max_connections", "6"),
        ("superuser_reserved_connections", "2"),
        ("max_wal_senders", "0"),
    ];
    let server = TestServer::start(major, &own);
    let settings = server.settings("postgres");
    block_on(async {
        let mut open_ones = Vec::new();
        for _ in 0..4 {
            open_ones.push(open(&settings).await);
        }
        let advice = "all connections are in use: that itself is worth an alarm";
        fails(
            &server.settings_as(PLAIN, "postgres"),
            &[&settings.place(), "reserved for", advice],
        );
        for _ in 0..2 {
            open_ones.push(open(&settings).await);
        }
        fails(
            &settings,
            &[&settings.place(), "sorry, too many clients already", advice],
        );
        drop(open_ones);
    });
}

fn shutting_down(major: u32) {
    let server = TestServer::start(major, &[]);
    let TestServer::Local(local) = &server else {
        panic!("not a process of ours");
    };
    let status =
        std::fs::read_to_string(local.socket_folder().join("data/postmaster.pid")).unwrap();
    let postmaster = status.lines().next().unwrap().parse().unwrap();
    let settings = server.settings("postgres");
    block_on(async {
        let session = open(&settings).await;
        // A smart shutdown waits for the session.
        kill(pid(postmaster), Signal::SIGTERM).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        fails(
            &settings,
            &[
                &settings.place(),
                "the database system is shutting down",
                "try again",
            ],
        );
        session.close().await;
    });
}

/// What a port does with whoever connects.
type Behaviour = fn(TcpStream);

fn no_server(_: u32) {
    let timeout = Duration::from_secs(2);
    let listen = |behaviour: Behaviour| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                thread::spawn(move || behaviour(stream.unwrap()));
            }
        });
        port
    };
    let hold = |stream: TcpStream| {
        thread::sleep(Duration::from_secs(30));
        drop(stream);
    };
    let silent = listen(hold);
    let refuses_tls_then_silent = listen(|mut stream| {
        let _ = stream.read(&mut [0; 8]);
        let _ = stream.write_all(b"N");
        thread::sleep(Duration::from_secs(30));
    });
    let web = listen(|mut stream| {
        let _ = stream.read(&mut [0; 64]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno\n");
    });
    let closes = listen(drop);
    let closes_later = listen(|mut stream| {
        let _ = stream.read(&mut [0; 8]);
        let _ = stream.write_all(b"N");
        let _ = stream.read(&mut [0; 8]);
    });
    // Bound and let go at once: nobody else takes it so soon.
    let refused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();

    let silence = &["no answer from 127.0.0.1:", "the port is not PostgreSQL's"][..];
    let protocol = &["127.0.0.1:", "check host and port"][..];
    let refusal = &[
        "cannot connect to 127.0.0.1:",
        "is the server running there",
    ][..];
    let cases = [
        (silent, silence),
        (refuses_tls_then_silent, silence),
        (web, protocol),
        (closes, protocol),
        (closes_later, protocol),
        (refused, refusal),
    ];
    for mode in ["disable", "prefer", "require"] {
        for (port, texts) in cases {
            let refuses_tls = [refuses_tls_then_silent, closes_later, web].contains(&port);
            let texts = match mode {
                "require" if refuses_tls => {
                    &["127.0.0.1:", "server does not support TLS", "sslmode"]
                }
                _ => texts,
            };
            let settings = Settings {
                host: Host::Tcp {
                    name: String::from("127.0.0.1"),
                    address: None,
                },
                port,
                user: String::from("somebody"),
                dbname: String::from("something"),
                password: Some(String::from("secret")),
                ssl_mode: SslMode::Disable,
                ssl_root_cert: None,
                channel_binding: None,
                connect_timeout: None,
            };
            let run = pgaudit(["score", "--timeout", "2s"])
                .on(&settings)
                .env("PGSSLMODE", mode)
                .run();
            let run = run.within(timeout + Duration::from_secs(1));
            assert!(!run.err.contains("secret"), "{run}");
            one_line(run, texts);
        }
    }
    let run = pgaudit([
        "score",
        "--timeout",
        "2s",
        "-h",
        "no-such-host.invalid",
        "-U",
        "me",
    ])
    .run();
    one_line(
        run.within(timeout + Duration::from_secs(1)),
        &["no-such-host.invalid"],
    );
    let run = pgaudit([
        "score",
        "-h",
        "/nonexistent/folder",
        "-p",
        "5555",
        "-U",
        "me",
    ])
    .run();
    one_line(
        run,
        &[
            "/nonexistent/folder/.s.PGSQL.5555",
            "is this its socket folder (-h) and port (-p)?",
        ],
    );
}
