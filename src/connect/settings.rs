//! Where to connect to: flags, connection string, environment and defaults, in libpq's order.
//! The rules are those of the manual, "Database Connection Control Functions".

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::connect::passfile;
use crate::yaml::nearest;

/// The keywords of a connection string that are understood, and the variable that sets each.
const KEYWORDS: [(&str, Option<&str>); 14] = [
    ("host", Some("PGHOST")),
    ("hostaddr", Some("PGHOSTADDR")),
    ("port", Some("PGPORT")),
    ("dbname", Some("PGDATABASE")),
    ("user", Some("PGUSER")),
    ("password", Some("PGPASSWORD")),
    ("passfile", Some("PGPASSFILE")),
    ("sslmode", Some("PGSSLMODE")),
    ("sslrootcert", Some("PGSSLROOTCERT")),
    ("connect_timeout", Some("PGCONNECT_TIMEOUT")),
    ("channel_binding", Some("PGCHANNELBINDING")),
    ("target_session_attrs", Some("PGTARGETSESSIONATTRS")),
    ("service", Some("PGSERVICE")),
    ("options", Some("PGOPTIONS")),
];

/// Keywords of libpq that change nothing for an audit.
const IGNORED: [&str; 12] = [
    "application_name",
    "fallback_application_name",
    "client_encoding",
    "gssencmode",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "sslcompression",
    "sslsni",
    "load_balance_hosts",
];

/// What is wrong with the connection settings.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

/// How far TLS goes. The names are libpq's `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A folder that holds the socket.
    Socket(PathBuf),
    /// A name, and the address to use instead of looking it up.
    Tcp {
        name: String,
        address: Option<String>,
    },
}

/// Everything that is needed to connect.
#[derive(Clone)]
pub struct Settings {
    pub host: Host,
    pub port: u16,
    pub user: String,
    pub dbname: String,
    pub password: Option<String>,
    pub ssl_mode: SslMode,
    pub ssl_root_cert: Option<PathBuf>,
    pub channel_binding: Option<String>,
    pub connect_timeout: Option<Duration>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {} to {}", self.place(), self.user, self.dbname)
    }
}

impl Settings {
    /// Host and port or socket, as messages name it.
    pub fn place(&self) -> String {
        match &self.host {
            Host::Socket(folder) => format!("{}/.s.PGSQL.{}", folder.display(), self.port),
            Host::Tcp { name, .. } if name.contains(':') => format!("[{name}]:{}", self.port),
            Host::Tcp { name, .. } => format!("{name}:{}", self.port),
        }
    }
}

/// What the command line says about the connection.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub host: Option<String>,
    pub port: Option<String>,
    pub user: Option<String>,
    /// A database, a URI or a `key=value` string.
    pub dbname: Option<String>,
}

/// What the process was started with.
pub struct Environment<'a> {
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    pub home: Option<PathBuf>,
    /// The name of the user at the operating system.
    pub user: Option<String>,
}

impl Settings {
    /// Resolves flags, connection string, environment and defaults. Warnings are added to `warnings`.
    pub fn resolve(
        flags: &Flags,
        env: &Environment<'_>,
        warnings: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let mut given = match &flags.dbname {
            Some(text) if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                uri(text)?
            }
            Some(text) if text.contains('=') => key_values(text)?,
            Some(name) => BTreeMap::from([("dbname".to_owned(), name.clone())]),
            None => BTreeMap::new(),
        };
        // As in psql, a connection string wins over the flags beside it.
        for (key, flag) in [
            ("host", &flags.host),
            ("port", &flags.port),
            ("user", &flags.user),
        ] {
            if let Some(value) = flag {
                given.entry(key.to_owned()).or_insert_with(|| value.clone());
            }
        }
        // CI systems export variables that are empty: empty is unset.
        let value = |key: &str| -> Option<String> {
            let variable = KEYWORDS
                .iter()
                .find(|(name, _)| *name == key)
                .and_then(|(_, variable)| *variable);
            let given = given.get(key).cloned().filter(|value| !value.is_empty());
            given.or_else(|| {
                variable
                    .and_then(|name| (env.variable)(name))
                    .filter(|value| !value.is_empty())
            })
        };

        refuse_what_is_not_supported(&value, warnings)?;
        let port_text = value("port").unwrap_or_else(|| String::from("5432"));
        let port = port_text.parse().ok().filter(|port| *port > 0);
        let port: u16 = port.ok_or_else(|| {
            Error(format!(
                "invalid port `{port_text}`: a number from 1 to 65535 is expected"
            ))
        })?;
        let host = host(value("host"), value("hostaddr"), port)?;
        let user = value("user").or_else(|| env.user.clone());
        let user =
            user.ok_or_else(|| Error(String::from("no user: give one with -U or PGUSER")))?;
        let dbname = value("dbname").unwrap_or_else(|| user.clone());
        if dbname == "pgbouncer" {
            return Err(Error(String::from(
                "`pgbouncer` is the console of the pooler, not a database; name the database to audit with -d",
            )));
        }
        let password = if let Some(password) = value("password") {
            Some(password)
        } else {
            let file = value("passfile")
                .map(PathBuf::from)
                .or_else(|| Some(env.home.as_ref()?.join(".pgpass")));
            let entry = passfile::Entry {
                host: &passfile_host(&host),
                port,
                dbname: &dbname,
                user: &user,
            };
            file.and_then(|file| passfile::find(&file, &entry, warnings))
        };
        let (ssl_mode, ssl_root_cert) = tls(
            &host,
            value("sslmode").as_deref(),
            value("sslrootcert").as_deref(),
            env.home.as_deref(),
        )?;
        let channel_binding = value("channel_binding");
        if let Some(mode) = channel_binding
            .as_deref()
            .filter(|mode| !["disable", "prefer", "require"].contains(mode))
        {
            return Err(Error(format!(
                "invalid channel_binding `{mode}`: disable, prefer or require"
            )));
        }
        let connect_timeout = value("connect_timeout")
            .map(|text| seconds(&text))
            .transpose()?
            .flatten();
        Ok(Self {
            host,
            port,
            user,
            dbname,
            password,
            ssl_mode,
            ssl_root_cert,
            channel_binding,
            connect_timeout,
        })
    }
}

/// What would change which server is audited, or how, is refused rather than ignored.
fn refuse_what_is_not_supported(
    value: &dyn Fn(&str) -> Option<String>,
    warnings: &mut Vec<String>,
) -> Result<(), Error> {
    if let Some(service) = value("service") {
        return Err(Error(format!(
            "service `{service}`: service files are not supported yet; give host, port, user and database instead, and unset PGSERVICE"
        )));
    }
    if let Some(attrs) = value("target_session_attrs").filter(|attrs| attrs != "any") {
        return Err(Error(format!(
            "target_session_attrs={attrs} is not supported yet; name the one server to audit with -h"
        )));
    }
    if value("options").is_some() {
        // Poolers refuse it or drop it silently, and an audit sets all it needs by itself.
        warnings.push("PGOPTIONS and `options` are ignored: an audit sets its own".to_owned());
    }
    Ok(())
}

/// libpq: zero, negative or absent waits without a limit; ours ends with --timeout.
fn seconds(text: &str) -> Result<Option<Duration>, Error> {
    let seconds: i64 = text.trim().parse().map_err(|_| {
        Error(format!(
            "invalid connect_timeout `{text}`: a number of seconds is expected"
        ))
    })?;
    Ok(u64::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs))
}

/// Folders in which servers put their sockets: Debian's and the one of PostgreSQL itself.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

fn host(host: Option<String>, address: Option<String>, port: u16) -> Result<Host, Error> {
    if host.iter().chain(&address).any(|host| host.contains(',')) {
        return Err(Error(String::from(
            "several hosts are not supported yet; name the one server to audit with -h",
        )));
    }
    Ok(match (host, address) {
        (Some(name), address) if !name.starts_with('/') && !name.starts_with('@') => {
            Host::Tcp { name, address }
        }
        (Some(folder), None) => Host::Socket(PathBuf::from(folder)),
        (_, Some(address)) => Host::Tcp {
            name: address.clone(),
            address: Some(address),
        },
        (None, None) => {
            let socket =
                |folder: &&str| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists();
            match SOCKET_FOLDERS.iter().find(|folder| socket(folder)) {
                Some(folder) => Host::Socket(PathBuf::from(folder)),
                None => Host::Tcp {
                    name: String::from("localhost"),
                    address: None,
                },
            }
        }
    })
}

/// A default socket counts as `localhost` in the password file, any other by its folder.
fn passfile_host(host: &Host) -> String {
    match host {
        Host::Tcp { name, .. } => name.clone(),
        Host::Socket(folder)
            if SOCKET_FOLDERS
                .iter()
                .any(|default| Path::new(default) == folder) =>
        {
            String::from("localhost")
        }
        Host::Socket(folder) => folder.display().to_string(),
    }
}

fn tls(
    host: &Host,
    mode: Option<&str>,
    root: Option<&str>,
    home: Option<&Path>,
) -> Result<(SslMode, Option<PathBuf>), Error> {
    let mode = match mode {
        Some("disable") => SslMode::Disable,
        Some("allow") => SslMode::Allow,
        None | Some("prefer") => SslMode::Prefer,
        Some("require") => SslMode::Require,
        Some("verify-ca") => SslMode::VerifyCa,
        Some("verify-full") => SslMode::VerifyFull,
        Some(other) => {
            let modes = [
                "disable",
                "allow",
                "prefer",
                "require",
                "verify-ca",
                "verify-full",
            ];
            let hint = nearest(other, modes)
                .map(|mode| format!("; did you mean `{mode}`?"))
                .unwrap_or_default();
            return Err(Error(format!("invalid sslmode `{other}`{hint}")));
        }
    };
    if matches!(host, Host::Socket(_)) {
        // As libpq does: there is no network to protect.
        return Ok((SslMode::Disable, None));
    }
    if root == Some("system") {
        return Err(Error(String::from(
            "sslrootcert=system is not supported yet; give the file of the certificate authority in sslrootcert",
        )));
    }
    let root = root
        .map(PathBuf::from)
        .or_else(|| Some(home?.join(".postgresql/root.crt")));
    let root = root.filter(|file| file.exists());
    Ok(match (mode, root) {
        // libpq: with a root certificate at hand, `require` checks against it.
        (SslMode::Require, Some(root)) => (SslMode::VerifyCa, Some(root)),
        (SslMode::VerifyCa | SslMode::VerifyFull, None) => {
            return Err(Error(String::from(
                "sslmode=verify-ca and verify-full need a root certificate: put it into ~/.postgresql/root.crt or name its file in sslrootcert",
            )));
        }
        (mode, root) => (mode, root),
    })
}

fn accept(key: &str, value: String, into: &mut BTreeMap<String, String>) -> Result<(), Error> {
    if KEYWORDS.iter().any(|(name, _)| *name == key) {
        into.insert(key.to_owned(), value);
    } else if !IGNORED.contains(&key) {
        let names = KEYWORDS.iter().map(|(name, _)| *name);
        let hint = nearest(key, names)
            .map(|name| format!("; did you mean `{name}`?"))
            .unwrap_or_default();
        return Err(Error(format!("invalid connection option `{key}`{hint}")));
    }
    Ok(())
}

/// `host=db port=5433 password='it''s'`, as libpq reads it: quotes and backslashes protect.
fn key_values(text: &str) -> Result<BTreeMap<String, String>, Error> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or_else(|| {
            let key = rest.split_whitespace().next().unwrap_or_default();
            Error(format!(
                "missing `=` after `{key}` in the connection string"
            ))
        })?;
        let key = key.trim();
        let after = after.trim_start();
        let quoted = after.starts_with('\'');
        let mut value = String::new();
        let mut end = after.len();
        let mut closed = !quoted;
        let mut chars = after.char_indices().skip(usize::from(quoted));
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => value.extend(chars.next().map(|(_, c)| c)),
                '\'' if quoted => {
                    (closed, end) = (true, at + 1);
                    break;
                }
                c if !quoted && c.is_whitespace() => {
                    end = at;
                    break;
                }
                c => value.push(c),
            }
        }
        if !closed {
            return Err(Error(format!(
                "unterminated quote in the value of `{key}` in the connection string"
            )));
        }
        accept(key, value, &mut found)?;
        rest = after[end..].trim_start();
    }
    Ok(found)
}

/// `postgresql://user:password@host:port/dbname?key=value`, every part optional and percent-encoded.
fn uri(text: &str) -> Result<BTreeMap<String, String>, Error> {
    let decode = |part: &str| {
        percent_decode_str(part)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| {
                Error(String::from(
                    "the connection URI holds percent-encoded bytes that are no UTF-8",
                ))
            })
    };
    let mut found = BTreeMap::new();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (rest, query) = rest
        .split_once('?')
        .map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let (authority, dbname) = rest
        .split_once('/')
        .map_or((rest, None), |(authority, dbname)| {
            (authority, Some(dbname))
        });
    let (login, place) = authority
        .rsplit_once('@')
        .map_or((None, authority), |(login, place)| (Some(login), place));
    if let Some(login) = login {
        let (user, password) = login
            .split_once(':')
            .map_or((login, None), |(user, password)| (user, Some(password)));
        accept("user", decode(user)?, &mut found)?;
        if let Some(password) = password {
            accept("password", decode(password)?, &mut found)?;
        }
    }
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or_else(|| {
                Error(String::from(
                    "missing `]` after the IPv6 address in the connection URI",
                ))
            })?;
            (host, after.strip_prefix(':'))
        }
        None => place
            .split_once(':')
            .map_or((place, None), |(host, port)| (host, Some(port))),
    };
    for (key, part) in [("host", Some(host)), ("port", port), ("dbname", dbname)] {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            accept(key, decode(part)?, &mut found)?;
        }
    }
    for pair in query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
    {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| Error(format!("missing `=` after `{pair}` in the connection URI")))?;
        match (decode(key)?.as_str(), decode(value)?) {
            // JDBC's spelling, which libpq takes too.
            ("ssl", value) if value == "true" => {
                accept("sslmode", String::from("require"), &mut found)?;
            }
            (key, value) => accept(key, value, &mut found)?,
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(dsn: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        };
        let env = Environment {
            variable: &variable,
            home: None,
            user: Some("os".into()),
        };
        let flags = Flags {
            dbname: (!dsn.is_empty()).then(|| dsn.to_owned()),
            host: Some("flag".into()),
            ..Flags::default()
        };
        Settings::resolve(&flags, &env, &mut Vec::new()).map_err(|e| e.to_string())
    }

    fn shown(dsn: &str, variables: &[(&str, &str)]) -> String {
        let s = resolve(dsn, variables).unwrap();
        format!("{s:?} {:?} {:?}", s.password, s.ssl_mode)
    }

    #[test]
    fn strings_flags_variables_and_defaults_have_libpq_s_order() {
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
        let cases: &[Case<'_>] = &[
            ("", &[], "flag:5432 as os to os None Prefer"),
            (
                "shop",
                &[("PGPORT", "5433"), ("PGUSER", "u"), ("PGDATABASE", "no")],
                "flag:5433 as u to shop None Prefer",
            ),
            (
                "",
                &[("PGHOST", "no"), ("PGPORT", ""), ("PGSSLMODE", "")],
                "flag:5432 as os to os None Prefer",
            ),
            (
                "postgresql://u:p%40%3Aw@h:1/d%20b?sslmode=require",
                &[],
                "h:1 as u to d b Some(\"p@:w\") Require",
            ),
            (
                "postgres://[::1]:5/d",
                &[],
                "[::1]:5 as os to d None Prefer",
            ),
            (
                "postgresql:///d?host=/sock&port=7",
                &[],
                "/sock/.s.PGSQL.7 as os to d None Disable",
            ),
            (
                "postgresql://%2Fsock/d",
                &[("PGSSLMODE", "verify-full")],
                "/sock/.s.PGSQL.5432 as os to d None Disable",
            ),
            (
                r"host=h user='a b' password='it\'s \\' dbname = d",
                &[],
                r#"h:5432 as a b to d Some("it's \\") Prefer"#,
            ),
            (
                "host=h application_name=x connect_timeout=3",
                &[("PGPASSWORD", "env")],
                "h:5432 as os to os Some(\"env\") Prefer",
            ),
        ];
        for (dsn, variables, expected) in cases {
            assert_eq!(shown(dsn, variables), *expected, "{dsn}");
        }
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_and_never_weakened() {
        for (dsn, variables, message) in [
            (
                "host=h prot=1",
                &[][..],
                "invalid connection option `prot`; did you mean `port`?",
            ),
            (
                "host=h port=70000",
                &[],
                "invalid port `70000`: a number from 1 to 65535 is expected",
            ),
            (
                "host=h sslmode=verify-ful",
                &[],
                "invalid sslmode `verify-ful`; did you mean `verify-full`?",
            ),
            (
                "host=h password='x",
                &[],
                "unterminated quote in the value of `password` in the connection string",
            ),
            (
                "host=a,b",
                &[],
                "several hosts are not supported yet; name the one server to audit with -h",
            ),
            (
                "",
                &[("PGSERVICE", "prod")],
                "service `prod`: service files are not supported yet; give host, port, user and database instead, and unset PGSERVICE",
            ),
            (
                "host=h sslmode=verify-full",
                &[],
                "sslmode=verify-ca and verify-full need a root certificate: put it into ~/.postgresql/root.crt or name its file in sslrootcert",
            ),
            (
                "pgbouncer",
                &[],
                "`pgbouncer` is the console of the pooler, not a database; name the database to audit with -d",
            ),
        ] {
            assert_eq!(resolve(dsn, variables).unwrap_err(), message);
        }
    }
}
