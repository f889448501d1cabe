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

/// Arguments | variables | where both end up, or nothing for a refusal. Two spaces part what is listed.
const CASES: &str = r"
-h  127.0.0.1  -p  {port}  -U  me  -d  shop | | me shop 127.0.0.1 plain
-h  {socket}  -p  {port}  -U  me  -d  shop | | me shop socket plain
-d  {tcp} user=me dbname=shop | | me shop 127.0.0.1 plain
-U  me  -h  none.invalid  -d  {tcp} dbname=shop | | me shop 127.0.0.1 plain
-d  postgresql://me@127.0.0.1:{port}/shop | | me shop 127.0.0.1 plain
-d  postgresql://me@127.0.0.1:{port}/sh%6Fp?sslmode=disable | | me shop 127.0.0.1 plain
-d  postgresql://me@127.0.0.1:{port}/sh%zz | |
-d  postgresql://{encoded}:{port}/shop?user=me | | me shop socket plain
-d  postgresql:///shop?host={socket}&port={port}&user=me | | me shop socket plain
-d  {tcp} user=secretive dbname=shop password='p@ss w:o/r\\d' | | secretive shop 127.0.0.1 plain
-d  postgresql://secretive:p%40ss%20w%3Ao%2Fr%5Cd@127.0.0.1:{port}/shop | | secretive shop 127.0.0.1 plain
-d  postgresql://secretive:wrong@127.0.0.1:{port}/shop | |
-d  host=none.invalid  -h  127.0.0.1 | |
-d  shop | PGHOST=127.0.0.1  PGPORT={port}  PGUSER=me | me shop 127.0.0.1 plain
 | PGHOST=127.0.0.1  PGPORT={port}  PGUSER=me  PGDATABASE=shop | me shop 127.0.0.1 plain
 | PGHOST=127.0.0.1  PGPORT={port}  PGUSER=me |
-h  127.0.0.1 | PGHOST=none.invalid  PGPORT={port}  PGUSER=me  PGDATABASE=shop | me shop 127.0.0.1 plain
-d  {tcp} | {secretive}  PGPASSWORD=p@ss w:o/r\d | secretive shop 127.0.0.1 plain
-d  {tcp} | {secretive}  PGPASSFILE={passfile} | secretive shop 127.0.0.1 plain
-d  {tcp} passfile={passfile} | {secretive} | secretive shop 127.0.0.1 plain
-d  {tcp} dbname=other | {secretive}  PGPASSFILE={passfile} |
-h  {socket}  -p  {port} | {secretive}  PGPASSFILE={passfile} | secretive shop socket plain
-d  host=name.invalid hostaddr=127.0.0.1 port={port} | {secretive}  PGPASSFILE={passfile} |
-d  {tcp} | {secretive}  PGPASSFILE={readable} |
-d  {tcp} | {secretive} |
 | PGSERVICE=here  PGSERVICEFILE={services}  PGUSER=nobody | me shop 127.0.0.1 plain
-d  service=here user=postgres | PGSERVICEFILE={services} | postgres shop 127.0.0.1 plain
-d  service=there | PGSERVICEFILE={services} |
-d  service=nowhere | PGSERVICEFILE={services} |
-d  service=here | PGSERVICEFILE=/nonexistent |
-d  host=127.0.0.1,127.0.0.1 port={nobody},{port} {me} | | me shop 127.0.0.1 plain
-d  postgresql://me@127.0.0.1:{nobody},127.0.0.1:{port}/shop | | me shop 127.0.0.1 plain
-d  host=/nonexistent,{socket} port={port} {me} | | me shop socket plain
-d  host=127.0.0.1,{socket} port={port} user=secretive dbname=shop password=wrong | |
-d  host=127.0.0.1 port={port},{port} {me} | |
-d  hostaddr=127.0.0.1 port={port} {me} | | me shop 127.0.0.1 plain
-d  host=name.invalid hostaddr=127.0.0.1 port={port} {me} | | me shop 127.0.0.1 plain
-d  {tcp} {me} target_session_attrs=read-write | | me shop 127.0.0.1 plain
-d  {tcp} {me} target_session_attrs=primary | | me shop 127.0.0.1 plain
-d  {tcp} {me} target_session_attrs=standby | |
-d  {tcp} {me} target_session_attrs=prefer-standby | | me shop 127.0.0.1 plain
-d  {tcp} {me} target_session_attrs=read-only | |
-d  {tcp} {me} target_session_attrs=read-only | PGOPTIONS=-c default_transaction_read_only=on | me shop 127.0.0.1 plain
-d  {tcp} {me} options='-c role=nobody' | |
-d  {tcp} {me} sslmode=require | |
-h  {socket}  -p  {port}  -U  me  -d  shop | PGSSLMODE=verify-full | me shop socket plain
-h  {socket}  -p  {port}  -U  me  -d  shop | PGREQUIREPEER=root |
-d  {tcp} {me} gssencmode=prefer | PGAPPNAME=x  PGCLIENTENCODING=LATIN1  PGCONNECT_TIMEOUT=5 | me shop 127.0.0.1 plain
-d  {tcp} {me} connect_timeout=x | |
-d  {tcp} {me} channel_binding=require | |
-d  {tcp} {me} prot=1 | |
";

/// What is wrong, and what is told of it.
const WRONG: &str = r"
-p  many | | invalid port `many` in -p
-d  port=many | | invalid port `many` in the connection string
-d  postgresql://h/?sslmode=none | | invalid sslmode `none` in the connection URI
 | PGPORT=many | invalid port `many` in PGPORT
 | PGTARGETSESSIONATTRS=prefer-stanby | in PGTARGETSESSIONATTRS: did you mean `prefer-standby`?
 | PGSERVICE=bad  PGSERVICEFILE={services} | services:3: a number from 1 to 65535 is expected
-d  host=h gssencmode=require | | pgaudit does not speak GSSAPI
-d  host=h replication=database | | an audit needs an ordinary session
-W  -h  h | | there is no terminal to ask on
";

/// Arguments, variables and what is expected.
type Row = (Vec<String>, Vec<(String, String)>, &'static str);

/// The calls of a table, with what is expected of each.
fn calls(table: &'static str, names: &[(&str, &str)]) -> Vec<Row> {
    let filled = |text: &str| {
        names.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
    };
    let rows = table.lines().filter(|line| !line.is_empty()).map(|line| {
        let mut fields = line.splitn(3, '|').map(str::trim);
        let mut list = || -> Vec<String> {
            let parts = filled(fields.next().unwrap());
            parts
                .split("  ")
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let (arguments, variables) = (list(), list());
        let variables = variables.iter().map(|variable| {
            let (name, value) = variable.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        });
        (arguments, variables.collect(), fields.next().unwrap())
    });
    rows.collect()
}

/// The same, borrowed.
fn borrowed<'a>(arguments: &'a [String], variables: &'a [(String, String)]) -> Call<'a> {
    Call {
        arguments: arguments.iter().map(String::as_str).collect(),
        variables: variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect(),
    }
}

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
    let names = [
        ("{encoded}", socket.replace('/', "%2F")),
        ("{me}", "user=me dbname=shop".to_owned()),
        ("{nobody}", nobody.clone()),
        ("{passfile}", passfile.clone()),
        ("{readable}", readable),
        (
            "{secretive}",
            "PGUSER=secretive  PGDATABASE=shop".to_owned(),
        ),
        ("{services}", services.clone()),
        ("{socket}", socket.clone()),
        ("{tcp}", tcp.clone()),
        ("{port}", port.clone()),
    ];
    let names = names
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    for (arguments, variables, expected) in calls(CASES, &names) {
        let expected = Some(expected).filter(|expected| !expected.is_empty());
        both(&reach, &borrowed(&arguments, &variables), expected);
    }
    unnamed(&reach, &services, &passfile, &tcp);
    several(&reach, socket, port, &nobody);
}

fn unnamed(reach: &Reach, services: &str, passfile: &str, tcp: &str) {
    let me = Some("me shop 127.0.0.1 plain");
    // Where files are looked for that nothing names.
    fs::rename(services, reach.home.path().join(".pg_service.conf")).unwrap();
    both(reach, &call(&["-d", "service=here"], &[]), me);
    fs::rename(
        reach.home.path().join(".pg_service.conf"),
        reach.home.path().join("pg_service.conf"),
    )
    .unwrap();
    let system = reach.home.path().to_str().unwrap();
    both(
        reach,
        &call(&["-d", "service=here"], &[("PGSYSCONFDIR", system)]),
        me,
    );
    fs::rename(passfile, reach.home.path().join(".pgpass")).unwrap();
    let as_secretive = [("PGUSER", "secretive"), ("PGDATABASE", "shop")];
    both(
        reach,
        &call(&["-d", tcp], &as_secretive),
        Some("secretive shop 127.0.0.1 plain"),
    );
    let told = both(
        reach,
        &call(&["-d", &format!("{tcp} dbname=other")], &as_secretive),
        None,
    );
    assert!(
        told.contains("the password is that of") && told.contains("/.pgpass)"),
        "{told}"
    );
}

fn several(reach: &Reach, socket: &str, port: &str, nobody: &str) {
    // All that was tried is told.
    let none = format!("host=none.invalid,127.0.0.1 port={nobody} user=me");
    let told = both(reach, &call(&["-d", &none], &[]), None);
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

fn wrong(_: u32) {
    let reach = Reach::new();
    let services = reach.write("services", "[bad]\nhost=h\nport=many\n");
    for (arguments, variables, text) in calls(WRONG, &[("{services}", &services)]) {
        let told = reach
            .pgaudit(&borrowed(&arguments, &variables))
            .unwrap_err();
        assert!(told.contains(text), "{told}");
    }
}
