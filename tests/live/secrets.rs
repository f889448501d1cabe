//! Passwords come in by many ways, and the server holds more of them: none is ever told.

use std::fs;

use crate::Promise;
use crate::program::{Ended, pgaudit};
use crate::reach::{Listening, Reach, free_port};
use crate::session::{block_on, open};

pub(crate) const ENDS: &[Promise] = &[
    ("no password is told, whichever way it came in", told),
    (
        "what is wrong is told without the password in it",
        malformed,
    ),
];

/// What every planted password holds, and nothing else.
const CANARY: &str = "c4narY5ecret";

/// Fails where anything that was written holds a password.
#[track_caller]
fn silent(run: &Ended, how: &str) {
    let lines = run.out.lines().chain(run.err.lines());
    let leaks: Vec<_> = lines.filter(|line| line.contains(CANARY)).collect();
    assert!(leaks.is_empty(), "{how}: {leaks:#?}");
}

/// All ways in which somebody gives a password: arguments and variables.
type Way = (Vec<String>, Vec<(&'static str, String)>);

fn ways(listening: &Listening, reach: &Reach, password: &str) -> Vec<Way> {
    let port = &listening.port;
    let place = format!("host=127.0.0.1 port={port} user=keeper dbname=secrets");
    let line = format!("*:*:*:keeper:{}\n", password.replace(':', "\\:"));
    let passfile = reach.write("passfile", line);
    let services = reach.write(
        "services",
        format!(
            "[here]\n{}\npassword={password}\n",
            place.replace(' ', "\n")
        ),
    );
    let encoded = password.replace(':', "%3A").replace('@', "%40");
    let target = |text: String| vec![String::from("-d"), text];
    vec![
        (
            target(format!(
                "postgresql://keeper:{encoded}@127.0.0.1:{port}/secrets"
            )),
            vec![],
        ),
        (
            target(format!(
                "postgresql://127.0.0.1:{port}/secrets?user=keeper&password={encoded}"
            )),
            vec![],
        ),
        (target(format!("{place} password='{password}'")), vec![]),
        (
            target(place.clone()),
            vec![("PGPASSWORD", password.to_owned())],
        ),
        (target(place.clone()), vec![("PGPASSFILE", passfile)]),
        (
            target(String::from("service=here")),
            vec![("PGSERVICEFILE", services)],
        ),
    ]
}

fn run(arguments: &[&str], (target, variables): &Way) -> Ended {
    let mut program = pgaudit(arguments).args(target);
    for (name, value) in variables {
        program = program.env(name, value);
    }
    let running = program.start();
    // What the command line holds, its writer was told that others see.
    let title = |file: &str| {
        let text = fs::read(format!("/proc/{}/{file}", running.id())).unwrap_or_default();
        String::from_utf8_lossy(&text).into_owned()
    };
    assert!(!title("comm").contains(CANARY));
    assert!(target.concat().contains(CANARY) || !title("cmdline").contains(CANARY));
    running.wait()
}

/// All that is written of an audit.
const AUDITS: &[&[&str]] = &[
    &["score", "--all"],
    &["score", "--all", "--format", "json"],
    &["score", "--all", "--format", "markdown"],
    &["score", "--explain"],
    &["score", "--all-databases"],
    &["check", "--all"],
    &["check", "--all", "--format", "json"],
    &["check", "--all", "--format", "markdown"],
    &["doctor"],
    &["doctor", "--format", "json"],
    &["doctor", "--format", "markdown"],
    &["collect"],
];

fn told(major: u32) {
    let rules = "local all keeper scram-sha-256\nhost all keeper all scram-sha-256\n\
                 local all all trust\nhost all all all trust\n";
    let listening = Listening::new(major, "secrets", rules);
    let database = &listening.database;
    let password = format!("{CANARY}@:1");
    database.run(&[
        "CREATE EXTENSION pg_stat_statements; CREATE TABLE t (id int PRIMARY KEY)",
        // As it was made, in whose utility statements texts are kept.
        "CREATE ROLE keeper LOGIN SUPERUSER",
        &format!("ALTER ROLE keeper PASSWORD '{password}'"),
        "CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing",
        &format!(
            "CREATE USER MAPPING FOR keeper SERVER nowhere OPTIONS (user 'x', password '{password}')"
        ),
        &format!(
            "CREATE SUBSCRIPTION fed CONNECTION 'host=127.0.0.1 password={CANARY}' PUBLICATION p \
             WITH (connect = false, slot_name = NONE)"
        ),
        &format!("ALTER ROLE keeper IN DATABASE secrets SET custom.secret = '{CANARY}'"),
        // The text is forgotten while it runs, and kept as it was sent.
        &format!(
            "SELECT pg_stat_statements_reset(), '{CANARY}', E'\\'{CANARY}', $a${CANARY}$a$, pg_sleep(0.3)"
        ),
        &format!("ALTER ROLE keeper PASSWORD '{password}'"),
    ]);
    listening.reload(&[
        (
            "primary_conninfo",
            &format!("host=127.0.0.1 user=x password={CANARY}"),
        ),
        ("archive_command", &format!("send --password={CANARY} %p")),
    ]);
    database.settle();
    let kept = "(SELECT count(*) FROM pg_stat_statements WHERE query LIKE '%c4narY5ecret%') >= 2";
    let seen = crate::session::run(&database.settings(), |client| async move {
        let row = client.query_one(&format!("SELECT {kept}"), &[]).await;
        row.unwrap().get::<_, bool>(0)
    });
    assert!(seen, "nothing that could be told");

    let reach = Reach::new();
    let ways = ways(&listening, &reach, &password);
    block_on(async {
        // Idle in a transaction behind it, so that a check has its eye on the session.
        let session = open(&database.settings()).await;
        let recorded = format!("BEGIN; ALTER ROLE keeper PASSWORD '{password}'");
        session.client.batch_execute(&recorded).await.unwrap();
        for audit in AUDITS {
            let all = run(&[*audit, &["-vv"]].concat(), &ways[3]).exits(0);
            silent(&all, &audit.join(" "));
        }
        for way in &ways {
            let run = run(&["collect", "-vvv"], way).exits(0);
            silent(&run, &format!("{way:?}"));
        }
        session.client.batch_execute("ROLLBACK").await.unwrap();
        session.close().await;
    });
    // Else it holds the database.
    database.run(&["DROP SUBSCRIPTION fed"]);

    for way in self::ways(&listening, &reach, CANARY) {
        for command in ["score", "check", "collect", "doctor"] {
            let run = self::run(&[command, "-vvv"], &way).exits(3);
            assert!(run.err.contains("password authentication failed"), "{run}");
            silent(&run, &format!("{way:?}"));
        }
    }
}

/// With a password in them, and somewhere an error.
const MALFORMED: &[&[&str]] = &[
    &["score", "postgresql://u:c4narY5ecret@127.0.0.1:1/d"],
    &["score", "postgresql://u:c4narY5ecret@no-such.invalid/d"],
    &["score", "postgresql://u:x@c4narY5ecret@h/d"],
    &["score", "postgresql://u:x/c4narY5ecret@h/d"],
    &["score", "postgresql://u:1/c4narY5ecret@127.0.0.1/d"],
    &["score", "postgresql://u:c4narY5ecret%zz@h/d"],
    &["score", "postgresql://u:c4narY5ecret@h/d?prot=1"],
    &["score", "postgresql://h/d?password=a&c4narY5ecret=b"],
    &["score", "postgresql://h/d?password=a=c4narY5ecret"],
    &["score", "Postgresql://u:c4narY5ecret@127.0.0.1:{port}/d"],
    &["score", "postgres:/u:c4narY5ecret@127.0.0.1:{port}/d"],
    &["score", "mysql://u:c4narY5ecret@h/d?sslmode=require"],
    &[
        "score",
        "jdbc:postgresql://h/d?user=u&password=c4narY5ecret",
    ],
    &["score", "host=h password='c4narY5ecret"],
    &["score", "host=h password=a c4narY5ecret"],
    &["score", "host=h password=a c4narY5ecret=b"],
    &["score", "-h", "postgresql://u:c4narY5ecret@h/d"],
    &["score", "-p", "postgresql://u:c4narY5ecret@h/d"],
    &["score", "--from", "postgresql://u:c4narY5ecret@h/d"],
    &["score", "--timeout", "postgresql://u:c4narY5ecret@h/d"],
    &["score", "--timeout=host=h password=c4narY5ecret"],
    &["score", "-d", "d", "postgresql://u:c4narY5ecret@h/d"],
    &["score", "d", "postgresql://u:c4narY5ecret@h/d"],
    &["check", "postgresql://u:c4narY5ecret@h/d"],
    &["check", "host=h password=c4narY5ecret"],
    &["explain", "postgresql://u:c4narY5ecret@h/d"],
    &["postgresql://u:c4narY5ecret@h/d"],
    &[
        "collect",
        "-o",
        "/nonexistent/x",
        "postgresql://u:c4narY5ecret@127.0.0.1:{port}/d",
    ],
];

fn malformed(major: u32) {
    let listening = Listening::new(major, "malformed", "host all all all trust\n");
    let port = listening.port.as_str();
    let filled = |text: &&str| text.replace("{port}", port);
    for arguments in MALFORMED {
        let arguments: Vec<_> = arguments.iter().map(filled).collect();
        let run = pgaudit(&arguments)
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", port)
            .env("PGUSER", "postgres")
            .run();
        assert_ne!(run.code, Some(0), "{arguments:?}");
        silent(&run, &format!("{arguments:?}"));
        // Nor does the server learn it by a name that it is none of.
        let log = listening.database.server.log();
        assert!(!log.contains(CANARY), "{arguments:?}: {log}");
    }

    let reach = Reach::new();
    let malformed = MALFORMED.iter().filter(|case| case.len() == 2);
    let lines: Vec<_> = malformed.map(|case| filled(&case[1])).collect();
    let targets = reach.write("targets", lines.join("\n"));
    let dead = free_port();
    for format in ["table", "json", "markdown"] {
        let program = pgaudit(["score", "--targets", &targets, "--format", format]);
        let run = program.env("PGPORT", &dead).run().exits(2);
        silent(&run, format);
    }
    // What a standby is called with goes into the snapshot.
    let settings = listening.database.settings();
    for line in &lines {
        let run = pgaudit(["collect", "--replica", line]).on(&settings).run();
        silent(&run, line);
    }
    let service = reach.write("services", format!("[here]\npassword=a\n{CANARY}\n"));
    let run = pgaudit(["score", "-d", "service=here"]).env("PGSERVICEFILE", service);
    silent(&run.run().exits(2), "service file");
}
