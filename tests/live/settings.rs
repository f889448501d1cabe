//! Whatever makes psql connect makes pgaudit connect, to the same place as the same user.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::Promise;
use crate::reach::{Call, Listening, Reach, call, free_port};

pub(crate) const ENDS: &[Promise] = &[
    ("settings are read as psql reads them", as_psql),
    ("a wrong setting is named with its place", wrong),
];

const RULES: &str = "local all secretive scram-sha-256\n\
     host all secretive all scram-sha-256\n\
     local all all trust\n\
     host all all all trust\n";

/// Holds both programs against what is expected; `None` is a refusal.
#[track_caller]
fn both(reach: &Reach, call: &Call<'_>, expected: Option<&str>) -> String {
    let shown = format!("{:?} {:?}", call.arguments, call.variables);
    let ours = reach.pgaudit(call);
    assert_eq!(ours.as_deref().ok(), expected, "{shown}: {ours:?}");
    if let Some(theirs) = reach.psql(call) {
        assert_eq!(ours.is_ok(), theirs.is_ok(), "{shown}: psql: {theirs:?}");
        assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "{shown}");
    }
    ours.err().unwrap_or_default()
}

fn as_psql(major: u32) {
    let server = Listening::new(major, "shop", RULES);
    server.database.run(&[
        "CREATE ROLE me LOGIN; CREATE ROLE secretive LOGIN PASSWORD 'p@ss w:o/r\\d'",
        "CREATE DATABASE other",
    ]);
    let reach = Reach::new();
    let Listening { port, socket, .. } = &server;
    let nobody = free_port();
    let passfile = reach.write(
        "passwords",
        format!(
            "# comment\nelsewhere:*:*:*:no\n127.0.0.1:{port}:shop:secretive:p@ss w\\:o/r\\\\d\n\
             *:*:other:secretive:wrong\n{}:*:*:secretive:p@ss w\\:o/r\\\\d\n",
            socket.replace(':', "\\:")
        ),
    );
    let readable = reach.write("readable", "*:*:*:*:p@ss w\\:o/r\\\\d\n");
    fs::set_permissions(&readable, fs::Permissions::from_mode(0o640)).unwrap();
    let services = reach.write(
        "services",
        format!("[here]\nhost=127.0.0.1\nport={port}\nuser=me\ndbname=shop\n\n[there]\nhost=none.invalid\n"),
    );

    let tcp = format!("host=127.0.0.1 port={port}");
    let uri = |rest: &str| format!("postgresql://{rest}");
    let me = Some("me shop 127.0.0.1 plain");
    let by_socket = Some("me shop socket plain");
    let secretive = Some("secretive shop 127.0.0.1 plain");
    let cases: &[(&[&str], &[(&str, &str)], Option<&str>)] = &[
        (
            &["-h", "127.0.0.1", "-p", port, "-U", "me", "-d", "shop"],
            &[],
            me,
        ),
        (
            &["-h", socket, "-p", port, "-U", "me", "-d", "shop"],
            &[],
            by_socket,
        ),
        (&["-d", &format!("{tcp} user=me dbname=shop")], &[], me),
        (
            &[
                "-U",
                "me",
                "-h",
                "none.invalid",
                "-d",
                &format!("{tcp} dbname=shop"),
            ],
            &[],
            me,
        ),
        (&["-d", &uri(&format!("me@127.0.0.1:{port}/shop"))], &[], me),
        (
            &[
                "-d",
                &uri(&format!("me@127.0.0.1:{port}/sh%6Fp?sslmode=disable")),
            ],
            &[],
            me,
        ),
        (
            &["-d", &uri(&format!("me@127.0.0.1:{port}/sh%zz"))],
            &[],
            None,
        ),
        (
            &[
                "-d",
                &uri(&format!(
                    "{}:{port}/shop?user=me",
                    socket.replace('/', "%2F")
                )),
            ],
            &[],
            by_socket,
        ),
        (
            &[
                "-d",
                &uri(&format!("/shop?host={socket}&port={port}&user=me")),
            ],
            &[],
            by_socket,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=secretive dbname=shop password='p@ss w:o/r\\\\d'"),
            ],
            &[],
            secretive,
        ),
        (
            &[
                "-d",
                &uri(&format!(
                    "secretive:p%40ss%20w%3Ao%2Fr%5Cd@127.0.0.1:{port}/shop"
                )),
            ],
            &[],
            secretive,
        ),
        (
            &[
                "-d",
                &uri(&format!("secretive:wrong@127.0.0.1:{port}/shop")),
            ],
            &[],
            None,
        ),
        (&["-d", "host=none.invalid", "-h", "127.0.0.1"], &[], None),
        (
            &["-d", "shop"],
            &[("PGHOST", "127.0.0.1"), ("PGPORT", port), ("PGUSER", "me")],
            me,
        ),
        (
            &[],
            &[
                ("PGHOST", "127.0.0.1"),
                ("PGPORT", port),
                ("PGUSER", "me"),
                ("PGDATABASE", "shop"),
            ],
            me,
        ),
        (
            &[],
            &[("PGHOST", "127.0.0.1"), ("PGPORT", port), ("PGUSER", "me")],
            None,
        ),
        (
            &["-h", "127.0.0.1"],
            &[
                ("PGHOST", "none.invalid"),
                ("PGPORT", port),
                ("PGUSER", "me"),
                ("PGDATABASE", "shop"),
            ],
            me,
        ),
        (
            &["-d", &tcp],
            &[
                ("PGUSER", "secretive"),
                ("PGDATABASE", "shop"),
                ("PGPASSWORD", "p@ss w:o/r\\d"),
            ],
            secretive,
        ),
        (
            &["-d", &tcp],
            &[
                ("PGUSER", "secretive"),
                ("PGDATABASE", "shop"),
                ("PGPASSFILE", &passfile),
            ],
            secretive,
        ),
        (
            &["-d", &format!("{tcp} passfile={passfile}")],
            &[("PGUSER", "secretive"), ("PGDATABASE", "shop")],
            secretive,
        ),
        (
            &["-d", &tcp],
            &[
                ("PGUSER", "secretive"),
                ("PGDATABASE", "other"),
                ("PGPASSFILE", &passfile),
            ],
            None,
        ),
        (
            &["-h", socket, "-p", port],
            &[
                ("PGUSER", "secretive"),
                ("PGDATABASE", "shop"),
                ("PGPASSFILE", &passfile),
            ],
            Some("secretive shop socket plain"),
        ),
        (
            &[
                "-d",
                &format!("host=name.invalid hostaddr=127.0.0.1 port={port}"),
            ],
            &[
                ("PGUSER", "secretive"),
                ("PGDATABASE", "shop"),
                ("PGPASSFILE", &passfile),
            ],
            None,
        ),
        (
            &["-d", &tcp],
            &[
                ("PGUSER", "secretive"),
                ("PGDATABASE", "shop"),
                ("PGPASSFILE", &readable),
            ],
            None,
        ),
        (
            &["-d", &tcp],
            &[("PGUSER", "secretive"), ("PGDATABASE", "shop")],
            None,
        ),
        (
            &[],
            &[
                ("PGSERVICE", "here"),
                ("PGSERVICEFILE", &services),
                ("PGUSER", "nobody"),
            ],
            me,
        ),
        (
            &["-d", "service=here user=postgres"],
            &[("PGSERVICEFILE", &services)],
            Some("postgres shop 127.0.0.1 plain"),
        ),
        (
            &["-d", "service=there"],
            &[("PGSERVICEFILE", &services)],
            None,
        ),
        (
            &["-d", "service=nowhere"],
            &[("PGSERVICEFILE", &services)],
            None,
        ),
        (
            &["-d", "service=here"],
            &[("PGSERVICEFILE", "/nonexistent")],
            None,
        ),
        (
            &[
                "-d",
                &format!("host=127.0.0.1,127.0.0.1 port={nobody},{port} user=me dbname=shop"),
            ],
            &[],
            me,
        ),
        (
            &[
                "-d",
                &uri(&format!("me@127.0.0.1:{nobody},127.0.0.1:{port}/shop")),
            ],
            &[],
            me,
        ),
        (
            &[
                "-d",
                &format!("host=/nonexistent,{socket} port={port} user=me dbname=shop"),
            ],
            &[],
            by_socket,
        ),
        // Whoever is refused is not asked for elsewhere.
        (
            &[
                "-d",
                &format!(
                    "host=127.0.0.1,{socket} port={port} user=secretive dbname=shop password=wrong"
                ),
            ],
            &[],
            None,
        ),
        (
            &[
                "-d",
                &format!("host=127.0.0.1 port={port},{port} user=me dbname=shop"),
            ],
            &[],
            None,
        ),
        (
            &[
                "-d",
                &format!("hostaddr=127.0.0.1 port={port} user=me dbname=shop"),
            ],
            &[],
            me,
        ),
        (
            &[
                "-d",
                &format!("host=name.invalid hostaddr=127.0.0.1 port={port} user=me dbname=shop"),
            ],
            &[],
            me,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop target_session_attrs=read-write"),
            ],
            &[],
            me,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop target_session_attrs=primary"),
            ],
            &[],
            me,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop target_session_attrs=standby"),
            ],
            &[],
            None,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop target_session_attrs=prefer-standby"),
            ],
            &[],
            me,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop target_session_attrs=read-only"),
            ],
            &[],
            None,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop target_session_attrs=read-only"),
            ],
            &[("PGOPTIONS", "-c default_transaction_read_only=on")],
            me,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop options='-c role=nobody'"),
            ],
            &[],
            None,
        ),
        (
            &["-d", &format!("{tcp} user=me dbname=shop sslmode=require")],
            &[],
            None,
        ),
        (
            &["-h", socket, "-p", port, "-U", "me", "-d", "shop"],
            &[("PGSSLMODE", "verify-full")],
            by_socket,
        ),
        (
            &["-h", socket, "-p", port, "-U", "me", "-d", "shop"],
            &[("PGREQUIREPEER", "root")],
            None,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop gssencmode=prefer"),
            ],
            &[
                ("PGAPPNAME", "x"),
                ("PGCLIENTENCODING", "LATIN1"),
                ("PGCONNECT_TIMEOUT", "5"),
            ],
            me,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop connect_timeout=x"),
            ],
            &[],
            None,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop channel_binding=require"),
            ],
            &[],
            None,
        ),
        (
            &[
                "-d",
                &format!("{tcp} user=me dbname=shop replication=x prot=1"),
            ],
            &[],
            None,
        ),
    ];
    for (arguments, variables, expected) in cases {
        both(&reach, &call(arguments, variables), *expected);
    }

    // Where files are looked for that nothing names.
    fs::rename(&services, reach.home.path().join(".pg_service.conf")).unwrap();
    both(&reach, &call(&["-d", "service=here"], &[]), me);
    fs::rename(
        reach.home.path().join(".pg_service.conf"),
        reach.home.path().join("pg_service.conf"),
    )
    .unwrap();
    let system = reach.home.path().to_str().unwrap();
    both(
        &reach,
        &call(&["-d", "service=here"], &[("PGSYSCONFDIR", system)]),
        me,
    );
    fs::rename(&passfile, reach.home.path().join(".pgpass")).unwrap();
    let as_secretive = [("PGUSER", "secretive"), ("PGDATABASE", "shop")];
    both(&reach, &call(&["-d", &tcp], &as_secretive), secretive);
    let told = both(
        &reach,
        &call(&["-d", &format!("{tcp} dbname=other")], &as_secretive),
        None,
    );
    assert!(
        told.contains("the password is that of") && told.contains("/.pgpass)"),
        "{told}"
    );

    // All that was tried is told.
    let none = format!("host=none.invalid,127.0.0.1 port={nobody} user=me");
    let told = both(&reach, &call(&["-d", &none], &[]), None);
    for text in ["none.invalid", &format!("127.0.0.1:{nobody}")] {
        assert!(told.contains(text), "{told}");
    }
    let balanced = format!(
        "host=127.0.0.1,{socket} port={port} user=me dbname=shop load_balance_hosts=random"
    );
    let found: std::collections::BTreeSet<_> = (0..40)
        .map(|_| reach.pgaudit(&call(&["-d", &balanced], &[])).unwrap())
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
}

fn wrong(major: u32) {
    let reach = Reach::new();
    let services = reach.write("services", "[bad]\nhost=h\nport=many\n");
    let cases: &[(&[&str], &[(&str, &str)], &str)] = &[
        (&["-p", "many"], &[], "invalid port `many` in -p"),
        (
            &["-d", "port=many"],
            &[],
            "invalid port `many` in the connection string",
        ),
        (
            &["-d", "postgresql://h/?sslmode=none"],
            &[],
            "invalid sslmode `none` in the connection URI",
        ),
        (&[], &[("PGPORT", "many")], "invalid port `many` in PGPORT"),
        (
            &[],
            &[("PGTARGETSESSIONATTRS", "prefer-stanby")],
            "in PGTARGETSESSIONATTRS: did you mean `prefer-standby`?",
        ),
        (
            &[],
            &[("PGSERVICE", "bad"), ("PGSERVICEFILE", &services)],
            "services:3: a number from 1 to 65535 is expected",
        ),
        (
            &["-d", "host=h gssencmode=require"],
            &[],
            "pgaudit does not speak GSSAPI",
        ),
        (
            &["-d", "host=h replication=database"],
            &[],
            "an audit needs an ordinary session",
        ),
        (&["-W", "-h", "h"], &[], "there is no terminal to ask on"),
    ];
    for (arguments, variables, text) in cases {
        let told = reach.pgaudit(&call(arguments, variables)).unwrap_err();
        assert!(told.contains(text), "{major}: {told}");
    }
}
