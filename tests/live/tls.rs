//! TLS under every sslmode: never weaker than psql, and as good wherever rustls can be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::Promise;
use crate::certificates::{Authority, Pair, self_signed};
use crate::reach::{Listening, Reach, call};

pub(crate) const ENDS: &[Promise] = &[
    ("certificates are checked as psql checks them", certificates),
    ("TLS is left and taken as psql does", hands),
    ("client certificates and channel binding log in", identities),
    (
        "versions, negotiation and names of TLS are those asked for",
        handshakes,
    ),
];

const RULES: &str = "hostnossl all tls_only all reject\n\
     hostssl all plain_only all reject\n\
     hostssl all certified all cert\n\
     host all secretive all scram-sha-256\n\
     host all all all trust\n";

const ROLES: &str = "CREATE ROLE me LOGIN; CREATE ROLE tls_only LOGIN; CREATE ROLE plain_only LOGIN; \
     CREATE ROLE certified LOGIN; CREATE ROLE secretive LOGIN PASSWORD 'p'";

struct Trial {
    server: Listening,
    reach: Reach,
    authority: Authority,
}

impl Trial {
    fn new(major: u32) -> Self {
        let server = Listening::new(major, "shop", RULES);
        server.database.run(&[ROLES]);
        let (reach, authority) = (Reach::new(), Authority::new("the authority"));
        reach.write("ca.crt", authority.certificate());
        reach.write("other.crt", Authority::new("another one").certificate());
        Self {
            server,
            reach,
            authority,
        }
    }

    /// Lets the server show this certificate from now on.
    fn show(&self, pair: &Pair, more: &[(&str, &str)]) {
        let key = self.server.secret("server.key", &pair.key);
        let certificate = self.server.secret("server.crt", &pair.certificate);
        let own = [
            ("ssl", "on"),
            ("ssl_cert_file", certificate.as_str()),
            ("ssl_key_file", key.as_str()),
        ];
        self.server.reload(&[&own, more].concat());
        self.reach.write("server.crt", &pair.certificate);
    }

    fn file(&self, name: &str) -> String {
        self.reach.home.path().join(name).display().to_string()
    }

    /// Where both programs end up: `tls`, `plain`, or a message of ours.
    fn both(&self, user: &str, more: &str) -> [Result<String, String>; 2] {
        let target = format!(
            "host=localhost hostaddr=127.0.0.1 port={} dbname=shop user={user} {more}",
            self.server.port
        );
        let call = call(&["-d", &target], &[]);
        let last = |told: String| told.rsplit(' ').next().unwrap_or_default().to_owned();
        let ours = self.reach.pgaudit(&call).map(last);
        let theirs = self.reach.psql(&call).map(|told| told.map(last));
        [ours.clone(), theirs.unwrap_or(ours)]
    }

    /// Both do the same.
    #[track_caller]
    fn same(&self, user: &str, more: &str, expected: Option<&str>) -> String {
        let [ours, theirs] = self.both(user, more);
        assert_eq!(ours.as_deref().ok(), expected, "{user} {more}: {ours:?}");
        assert_eq!(
            theirs.as_deref().ok(),
            expected,
            "{user} {more}: psql: {theirs:?}"
        );
        ours.err().unwrap_or_default()
    }

    /// Ours alone, where the psql that is here may be too old to ask.
    #[track_caller]
    fn ours(&self, user: &str, more: &str, expected: Option<&str>) -> String {
        let [ours, _] = self.both(user, more);
        assert_eq!(ours.as_deref().ok(), expected, "{user} {more}: {ours:?}");
        ours.err().unwrap_or_default()
    }
}

const TLS: Option<&str> = Some("tls");
const PLAIN: Option<&str> = Some("plain");

// Most of it is a table.
#[allow(clippy::too_many_lines)]
fn certificates(major: u32) {
    let trial = Trial::new(major);
    let authority = &trial.authority;
    let constrained = Authority::only_for("Constrained", "db.example");
    fs::write(trial.file("constrained.crt"), constrained.certificate()).unwrap();
    // What the root file is, whether the chain and whether the name are good, and what is told.
    let cases = [
        (
            "good",
            authority.good("localhost"),
            "ca.crt",
            [TLS, TLS],
            "",
        ),
        (
            "expired",
            authority.expired("localhost"),
            "ca.crt",
            [None, None],
            "the server's certificate has expired",
        ),
        (
            "of another name",
            authority.good("db.example"),
            "ca.crt",
            [TLS, None],
            "connect by a name that the certificate has",
        ),
        (
            "of another authority",
            authority.good("localhost"),
            "other.crt",
            [None, None],
            "sslrootcert has to name the certificate of its authority",
        ),
        (
            "only a common name",
            authority.common_name("localhost"),
            "ca.crt",
            [TLS, TLS],
            "",
        ),
        (
            "another common name",
            authority.common_name("db.example"),
            "ca.crt",
            [TLS, None],
            "connect by a name that the certificate has",
        ),
        (
            "a common name of a whole domain",
            authority.common_name("*.localhost"),
            "ca.crt",
            [TLS, None],
            "connect by a name",
        ),
        (
            "only a common name, by an authority for other names",
            constrained.common_name("shop.elsewhere.test"),
            "constrained.crt",
            [None, None],
            "",
        ),
        (
            "self-signed",
            self_signed("localhost"),
            "server.crt",
            [TLS, TLS],
            "",
        ),
        (
            "self-signed for another name",
            self_signed("db.example"),
            "server.crt",
            [TLS, None],
            "connect by a name that the certificate has",
        ),
        (
            "self-signed by somebody",
            self_signed("localhost"),
            "ca.crt",
            [None, None],
            "sslrootcert",
        ),
    ];
    for (name, pair, root, [chain, whole], told) in cases {
        trial.show(&pair, &[]);
        trial.same("me", "sslmode=disable", PLAIN);
        trial.same("me", "sslmode=allow", PLAIN);
        trial.same("me", "sslmode=prefer", TLS);
        trial.same("me", "sslmode=require", TLS);
        let root = format!("sslrootcert={}", trial.file(root));
        // As libpq: a root certificate that is there is used in every mode, and `prefer` goes on without.
        trial.same("me", &format!("sslmode=prefer {root}"), chain.or(PLAIN));
        for (mode, expected) in [
            ("require", chain),
            ("verify-ca", chain),
            ("verify-full", whole),
        ] {
            let message = trial.same("me", &format!("sslmode={mode} {root}"), expected);
            assert!(
                expected.is_some() || message.contains(told),
                "{name}: {message}"
            );
        }
    }

    version_1(&trial);
    revoked(&trial);
    unnamed(&trial);
}

fn version_1(trial: &Trial) {
    // webpki reads no certificates of version 1. Where nothing is verified they work, the handshake's
    // signature included; where something is, they are refused with the remedy, never let go unseen.
    trial.show(&trial.authority.version_1("localhost"), &[]);
    trial.same("me", "sslmode=require", TLS);
    trial.same("me", "sslmode=prefer", TLS);
    let root = format!("sslrootcert={}", trial.file("ca.crt"));
    for mode in ["prefer", "require", "verify-ca", "verify-full"] {
        let message = trial.ours("me", &format!("sslmode={mode} {root}"), None);
        assert!(
            message.contains("issue it again with extensions"),
            "{mode}: {message}"
        );
    }
    trial
        .server
        .reload(&[("ssl_max_protocol_version", "TLSv1.2")]);
    for mode in ["prefer", "require"] {
        let message = trial.ours("me", &format!("sslmode={mode}"), None);
        assert!(
            message.contains("issue it again with extensions"),
            "{mode}: {message}"
        );
    }
    trial.server.reload(&[("ssl_max_protocol_version", "")]);
}

/// Lists of revoked certificates, by the same rules.
fn revoked(trial: &Trial) {
    let authority = &trial.authority;
    let root = format!("sslrootcert={}", trial.file("ca.crt"));
    trial.show(&authority.good("localhost"), &[]);
    for (name, list, expected, told) in [
        ("empty", authority.list(false, 2100), TLS, ""),
        (
            "full",
            authority.list(true, 2100),
            None,
            "the server's certificate has been revoked",
        ),
        (
            "old",
            authority.list(false, 2021),
            None,
            "the list in sslcrl is out of date",
        ),
        (
            "other",
            Authority::new("another one").list(false, 2100),
            None,
            "the lists in sslcrl say nothing about its issuer",
        ),
    ] {
        let list = trial.reach.write("list.crl", list);
        for mode in ["require", "verify-ca", "verify-full"] {
            let message = trial.same(
                "me",
                &format!("sslmode={mode} {root} sslcrl={list}"),
                expected,
            );
            assert!(
                expected.is_some() || message.contains(told),
                "{name}: {message}"
            );
        }
    }
    // Without roots nothing is verified, as in libpq.
    trial.same("me", "sslmode=require sslcrl=/nonexistent", TLS);
}

/// The files that nothing names.
fn unnamed(trial: &Trial) {
    let authority = &trial.authority;
    let home = trial.authority.certificate();
    trial.reach.write(".postgresql/root.crt", home);
    trial.same("me", "sslmode=verify-full", TLS);
    trial
        .reach
        .write(".postgresql/root.crl", authority.list(true, 2100));
    trial.same("me", "sslmode=require", None);
    trial.same("me", "sslmode=prefer", PLAIN);
    fs::remove_dir_all(trial.reach.home.path().join(".postgresql")).unwrap();
    let message = trial.same("me", "sslmode=verify-ca", None);
    assert!(message.contains("~/.postgresql/root.crt"), "{message}");
    trial.reach.write("empty.crt", "nothing\n");
    let message = trial.same(
        "me",
        &format!("sslmode=verify-ca sslrootcert={}", trial.file("empty.crt")),
        None,
    );
    assert!(
        message.contains("it holds no certificate in PEM"),
        "{message}"
    );
}

fn hands(major: u32) {
    let trial = Trial::new(major);
    for mode in ["disable", "allow", "prefer"] {
        trial.same("me", &format!("sslmode={mode}"), PLAIN);
    }
    let message = trial.same("me", "sslmode=require", None);
    assert!(
        message.contains("server does not support TLS") && message.contains("ssl = on"),
        "{message}"
    );
    trial.show(&trial.authority.good("localhost"), &[]);
    for (user, mode, expected) in [
        ("tls_only", "disable", None),
        ("tls_only", "allow", TLS),
        ("tls_only", "prefer", TLS),
        ("tls_only", "require", TLS),
        ("plain_only", "disable", PLAIN),
        ("plain_only", "allow", PLAIN),
        ("plain_only", "prefer", PLAIN),
        ("plain_only", "require", None),
    ] {
        let message = trial.same(user, &format!("sslmode={mode}"), expected);
        assert!(
            expected.is_some() || message.contains("pg_hba.conf"),
            "{message}"
        );
    }
}

fn identities(major: u32) {
    let trial = Trial::new(major);
    let authority = trial
        .server
        .secret("ca.crt", &trial.authority.certificate());
    trial.show(
        &trial.authority.good("localhost"),
        &[("ssl_ca_file", &authority)],
    );
    let Pair { certificate, key } = trial.authority.good("certified");
    let certificate = trial.reach.write("client.crt", certificate);
    let key_file = trial.reach.write("client.key", &key);
    let with = |key: &str| format!("sslmode=require sslcert={certificate} sslkey={key}");
    trial.same("certified", &with(&key_file), TLS);
    let message = trial.same("certified", "sslmode=require", None);
    assert!(
        message.contains("name the client's certificate in sslcert"),
        "{message}"
    );
    // Where no certificate is asked for by the rule, it does no harm.
    trial.same("me", &with(&key_file), TLS);
    trial.same("me", "sslmode=require sslcert=/nonexistent", TLS);

    let readable = trial.reach.write("readable.key", &key);
    fs::set_permissions(&readable, fs::Permissions::from_mode(0o644)).unwrap();
    let others = trial
        .reach
        .write("others.key", trial.authority.good("certified").key);
    let encrypted = trial.reach.write(
        "encrypted.key",
        key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
    );
    for (key, told) in [
        (readable.as_str(), "others can read it; chmod 600"),
        ("/nonexistent", "sslkey names it"),
        (&others, "does not belong to the private key"),
        (&encrypted, "openssl pkey -in"),
    ] {
        // OpenSSL reads what is only called encrypted.
        let message = trial.ours("certified", &with(key), None);
        assert!(message.contains(told), "{message}");
    }
    let stranger = Authority::new("a stranger").good("certified");
    let certificate = trial.reach.write("stranger.crt", stranger.certificate);
    let key = trial.reach.write("stranger.key", stranger.key);
    let message = trial.same(
        "certified",
        &format!("sslmode=require sslcert={certificate} sslkey={key}"),
        None,
    );
    assert!(
        message.contains("does not accept the client certificate"),
        "{message}"
    );

    for (mode, binding, expected) in [
        ("require", "require", TLS),
        ("require", "prefer", TLS),
        ("require", "disable", TLS),
        ("disable", "prefer", PLAIN),
        ("disable", "require", None),
    ] {
        let message = trial.same(
            "secretive",
            &format!("password=p sslmode={mode} channel_binding={binding}"),
            expected,
        );
        assert!(
            expected.is_some() || message.contains("channel_binding=require needs TLS"),
            "{message}"
        );
    }
    let message = trial.same("me", "sslmode=require channel_binding=require", None);
    assert!(
        message.contains("channel_binding=require needs TLS"),
        "{message}"
    );
    let message = trial.same("secretive", "password=q sslmode=require", None);
    assert!(
        message.contains("check the user (-U) and the password"),
        "{message}"
    );
    // The signature of version 1 is bound as well.
    trial.show(&trial.authority.version_1("localhost"), &[]);
    trial.same(
        "secretive",
        "password=p sslmode=require channel_binding=require",
        TLS,
    );
}

fn handshakes(major: u32) {
    let trial = Trial::new(major);
    trial.show(&trial.authority.good("localhost"), &[]);
    trial.same(
        "me",
        "sslmode=require ssl_min_protocol_version=TLSv1.3",
        TLS,
    );
    trial.same(
        "me",
        "sslmode=require ssl_max_protocol_version=TLSv1.2",
        TLS,
    );
    trial.same("me", "sslmode=require sslsni=0", TLS);
    trial
        .server
        .reload(&[("ssl_max_protocol_version", "TLSv1.2")]);
    trial.same("me", "sslmode=require", TLS);
    let message = trial.same(
        "me",
        "sslmode=require ssl_min_protocol_version=TLSv1.3",
        None,
    );
    assert!(
        message.contains("look at ssl_min_protocol_version"),
        "{message}"
    );
    trial.server.reload(&[("ssl_max_protocol_version", "")]);

    let direct = "sslmode=require sslnegotiation=direct";
    if major >= 17 {
        trial.ours("me", direct, TLS);
    } else {
        let message = trial.ours("me", direct, None);
        assert!(
            message.contains("needs PostgreSQL 17 or later"),
            "{message}"
        );
    }
    // What the operating system trusts, here said by a variable.
    let target = format!(
        "host=localhost hostaddr=127.0.0.1 port={} dbname=shop user=me sslrootcert=system",
        trial.server.port
    );
    for (file, trusted) in [("ca.crt", true), ("other.crt", false)] {
        let file = trial.file(file);
        let told = trial
            .reach
            .pgaudit(&call(&["-d", &target], &[("SSL_CERT_FILE", &file)]));
        assert_eq!(told.is_ok(), trusted, "{told:?}");
        assert!(
            trusted
                || told
                    .unwrap_err()
                    .contains("nothing in the system's store has signed")
        );
    }
}
