//! Where to connect to: flags, connection string, service file, environment and defaults, in libpq's order.
//! The rules are those of the manual, "Database Connection Control Functions".

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::connect::keywords::{self, KEYWORDS, Origin, Use};
use crate::connect::{conninfo, passfile, service};
use crate::yaml::nearest;

/// A server that gives no sign of life is given up after this, unless `connect_timeout` says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What is wrong with the connection settings.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(pub(super) String);

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

/// What the certificate of a server is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// Nothing: any certificate will do.
    None,
    File(PathBuf),
    /// What the operating system trusts.
    System,
}

/// A version of TLS that rustls speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    V12,
    V13,
}

/// How connections are encrypted, and how much of it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    pub mode: SslMode,
    pub roots: Roots,
    /// The client's own certificate and its key.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Files of revoked certificates.
    pub revoked: Vec<PathBuf>,
    /// Whether the server is told which name it was looked for under.
    pub sni: bool,
    pub versions: (TlsVersion, TlsVersion),
    /// Without asking in PostgreSQL's protocol first.
    pub direct: bool,
}

impl Tls {
    /// No TLS at all.
    pub const fn off() -> Self {
        Self {
            mode: SslMode::Disable,
            roots: Roots::None,
            certificate: None,
            revoked: Vec::new(),
            sni: true,
            versions: (TlsVersion::V12, TlsVersion::V13),
            direct: false,
        }
    }
}

/// Which of several servers is taken. The names are those of `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionAttrs {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelBinding {
    Disable,
    Prefer,
    Require,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A folder that holds the socket; with `@` in front, a name in Linux's abstract space.
    Socket(PathBuf),
    /// A name, and the address to use instead of looking it up.
    Tcp {
        name: String,
        address: Option<String>,
    },
}

/// One server.
#[derive(Clone)]
pub struct Endpoint {
    pub host: Host,
    pub port: u16,
    /// What the password file has for it, and where.
    pub password: Option<(String, PathBuf)>,
}

impl Endpoint {
    /// Host and port or socket, as messages name it.
    pub fn place(&self) -> String {
        match &self.host {
            Host::Socket(folder) => format!("{}/.s.PGSQL.{}", folder.display(), self.port),
            Host::Tcp { name, .. } if name.contains(':') => format!("[{name}]:{}", self.port),
            Host::Tcp { name, .. } => format!("{name}:{}", self.port),
        }
    }
}

/// Everything that is needed to connect.
#[derive(Clone)]
pub struct Settings {
    /// The servers, of which the first that answers is taken.
    pub servers: Vec<Endpoint>,
    pub user: String,
    pub dbname: String,
    /// For all servers, whatever the password file says.
    pub password: Option<String>,
    pub tls: Tls,
    pub channel_binding: ChannelBinding,
    pub session_attrs: SessionAttrs,
    /// Whether the servers are tried in random order.
    pub load_balance: bool,
    /// For each address; `None` waits until the audit's own deadline.
    pub connect_timeout: Option<Duration>,
    pub options: Option<String>,
    /// Who has to own the server process behind a socket.
    pub require_peer: Option<String>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {} to {}", self.place(), self.user, self.dbname)
    }
}

impl Settings {
    /// One server, with libpq's defaults and without TLS.
    pub fn at(host: Host, port: u16, user: &str, dbname: &str) -> Self {
        let password = None;
        Self {
            servers: vec![Endpoint {
                host,
                port,
                password,
            }],
            user: user.to_owned(),
            dbname: dbname.to_owned(),
            password: None,
            tls: Tls::off(),
            channel_binding: ChannelBinding::Prefer,
            session_attrs: SessionAttrs::Any,
            load_balance: false,
            connect_timeout: Some(CONNECT_TIMEOUT),
            options: None,
            require_peer: None,
        }
    }

    /// Host and port or socket of each server, as messages name them.
    pub fn place(&self) -> String {
        let places: Vec<_> = self.servers.iter().map(Endpoint::place).collect();
        places.join(", ")
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

impl Environment<'_> {
    /// CI systems export variables that are empty: empty is unset.
    fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }
}

struct Given {
    value: String,
    origin: Origin,
}

/// All values, each from the first place that has it.
struct Found(BTreeMap<&'static str, Given>);

impl Found {
    fn new(flags: &Flags, env: &Environment<'_>) -> Result<Self, Error> {
        let mut found = Self(BTreeMap::new());
        let string = flags.dbname.as_deref().filter(|text| !text.is_empty());
        match string.map(conninfo::parse).transpose()?.flatten() {
            // Within one string, the last of two counts.
            Some((origin, pairs)) => {
                for (key, value) in pairs.into_iter().rev() {
                    found.add(key, value, origin.clone());
                }
            }
            None => found.flag("dbname", "-d", flags.dbname.as_deref()),
        }
        // As in psql, a connection string wins over the flags beside it.
        found.flag("host", "-h", flags.host.as_deref());
        found.flag("port", "-p", flags.port.as_deref());
        found.flag("user", "-U", flags.user.as_deref());
        let variable = |keyword: &keywords::Keyword| {
            let name = keyword.variable?;
            Some((keyword.name, env.set(name)?, Origin::Variable(name)))
        };
        let of_services = ["service", "servicefile"];
        for keyword in KEYWORDS.iter().filter(|k| of_services.contains(&k.name)) {
            if let Some((key, value, origin)) = variable(keyword) {
                found.add(key, value, origin);
            }
        }
        if let Some(service) = found.get("service") {
            let places = service::Places {
                file: found.get("servicefile").map(PathBuf::from),
                home: env.home.clone(),
                system: env.set("PGSYSCONFDIR").map(PathBuf::from),
            };
            for line in service::find(service, &places)? {
                let (file, number) = (line.file, line.number);
                found.add(line.key, line.value, Origin::Service { file, line: number });
            }
        }
        for (key, value, origin) in KEYWORDS.iter().filter_map(variable) {
            found.add(key, value, origin);
        }
        Ok(found)
    }

    fn flag(&mut self, key: &'static str, flag: &'static str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.add(key, value.to_owned(), Origin::Flag(flag));
        }
    }

    fn add(&mut self, key: &'static str, value: String, origin: Origin) {
        self.0.entry(key).or_insert(Given { value, origin });
    }

    /// What is given empty takes the default, without asking the environment.
    fn get(&self, key: &str) -> Option<&str> {
        let value = self.0.get(key).map(|given| given.value.as_str());
        value.filter(|value| !value.is_empty())
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        self.get(key).map(PathBuf::from)
    }

    /// `key=value` and where it came from; never of what may be secret.
    fn wrong(&self, key: &str, expected: &str) -> Error {
        match self.0.get(key) {
            // A password that was not encoded may have become a part of it.
            Some(Given {
                origin: origin @ Origin::Uri,
                ..
            }) if key == "port" => Error(format!("invalid port in {origin}: {expected}")),
            Some(Given { value, origin }) => {
                Error(format!("invalid {key} `{value}` in {origin}: {expected}"))
            }
            None => Error(format!("invalid {key}: {expected}")),
        }
    }

    /// One of a list of words.
    fn choice<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Result<Option<T>, Error> {
        let Some(given) = self.0.get(key) else {
            return Ok(None);
        };
        let found = words.iter().find(|(word, _)| *word == given.value);
        found.map(|(_, of)| Some(*of)).ok_or_else(|| {
            let names = words.iter().map(|(word, _)| *word);
            let expected = match nearest(&given.value, names.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it can be {}", names.collect::<Vec<_>>().join(", ")),
            };
            self.wrong(key, &expected)
        })
    }

    fn number(&self, key: &str) -> Result<Option<i64>, Error> {
        let parsed = self.get(key).map(|text| text.trim().parse::<i64>());
        parsed
            .transpose()
            .map_err(|_| self.wrong(key, "a whole number is expected"))
    }

    /// What is neither done nor without effect is refused rather than ignored.
    fn refuse(&self) -> Result<(), Error> {
        for keyword in KEYWORDS {
            if let (Use::Only(values, because), Some(value)) = (keyword.of, self.get(keyword.name))
                && !values.contains(&value)
            {
                let origin = &self.0[keyword.name].origin;
                return Err(Error(format!(
                    "{} in {origin} cannot be honoured: {because}",
                    keyword.name
                )));
            }
        }
        // Whatever a name is looked up with, or the server's log, would get the password in it.
        for key in ["host", "dbname"] {
            if let Some(Given { value, origin }) = self.0.get(key)
                && conninfo::looks_like_uri(value)
            {
                return Err(Error(format!(
                    "a URI in place of the {key} in {origin}; -d takes it"
                )));
            }
        }
        Ok(())
    }
}

const MODES: [(&str, SslMode); 6] = [
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

const ATTRS: [(&str, SessionAttrs); 6] = [
    ("any", SessionAttrs::Any),
    ("read-write", SessionAttrs::ReadWrite),
    ("read-only", SessionAttrs::ReadOnly),
    ("primary", SessionAttrs::Primary),
    ("standby", SessionAttrs::Standby),
    ("prefer-standby", SessionAttrs::PreferStandby),
];

const BINDINGS: [(&str, ChannelBinding); 3] = [
    ("disable", ChannelBinding::Disable),
    ("prefer", ChannelBinding::Prefer),
    ("require", ChannelBinding::Require),
];

impl Settings {
    /// Resolves flags, connection string, service, environment and defaults. Warnings are added to `warnings`.
    pub fn resolve(
        flags: &Flags,
        env: &Environment<'_>,
        warnings: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let found = Found::new(flags, env)?;
        found.refuse()?;
        let mut servers = servers(&found)?;
        let user = found.get("user").map(str::to_owned);
        let user = user
            .or_else(|| env.user.clone())
            .ok_or_else(|| Error(String::from("no user: give one with -U or PGUSER")))?;
        let dbname = found.get("dbname").unwrap_or(&user).to_owned();
        let password = found.get("password").map(str::to_owned);
        let passfile = found
            .path("passfile")
            .or_else(|| Some(env.home.as_ref()?.join(".pgpass")));
        if let (None, Some(file)) = (&password, passfile) {
            for server in &mut servers {
                let entry = passfile::Entry {
                    hosts: &passfile_hosts(&server.host),
                    port: server.port,
                    dbname: &dbname,
                    user: &user,
                };
                let found = passfile::find(&file, &entry, warnings);
                server.password = found.map(|password| (password, file.clone()));
            }
        }
        let tcp = |server: &Endpoint| matches!(server.host, Host::Tcp { .. });
        let tls = if servers.iter().any(tcp) {
            tls(&found, env.home.as_deref(), warnings)?
        } else {
            // As libpq does: there is no network to protect.
            found.choice("sslmode", &MODES)?;
            Tls::off()
        };
        let channel_binding = found.choice("channel_binding", &BINDINGS)?;
        let session_attrs = found.choice("target_session_attrs", &ATTRS)?;
        let balance = [("disable", false), ("random", true)];
        let load_balance = found.choice("load_balance_hosts", &balance)?;
        let connect_timeout = match found.number("connect_timeout")? {
            None => Some(CONNECT_TIMEOUT),
            // libpq waits without a limit; --timeout ends that.
            Some(..=0) => None,
            // As libpq does: a rounded second would be too short.
            Some(seconds) => Some(Duration::from_secs(seconds.max(2).unsigned_abs())),
        };
        warnings.dedup();
        Ok(Self {
            servers,
            user,
            dbname,
            password,
            tls,
            channel_binding: channel_binding.unwrap_or(ChannelBinding::Prefer),
            session_attrs: session_attrs.unwrap_or(SessionAttrs::Any),
            load_balance: load_balance.unwrap_or(false),
            connect_timeout,
            options: found.get("options").map(str::to_owned),
            require_peer: found.get("requirepeer").map(str::to_owned),
        })
    }
}

/// Folders in which servers put their sockets: Debian's and the one of PostgreSQL itself.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Host, address and port are lists that belong together; an element may be empty.
fn servers(found: &Found) -> Result<Vec<Endpoint>, Error> {
    let list = |key| -> Vec<&str> {
        found
            .get(key)
            .map(|text| text.split(',').collect())
            .unwrap_or_default()
    };
    let (hosts, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = hosts.len().max(addresses.len()).max(1);
    let unequal = |key: &str, n: usize, beside: &str| {
        Err(found.wrong(
            key,
            &format!("{n} values do not fit {count} {beside}; give one for each"),
        ))
    };
    if !addresses.is_empty() && !hosts.is_empty() && hosts.len() != addresses.len() {
        return unequal("hostaddr", addresses.len(), "hosts");
    }
    if ports.len() > 1 && ports.len() != count {
        return unequal("port", ports.len(), "hosts");
    }
    (0..count)
        .map(|at| {
            let one = |list: &[&str]| {
                let text = list.get(at).copied().filter(|text| !text.is_empty());
                text.map(str::to_owned)
            };
            let port = if ports.len() == 1 {
                ports[0]
            } else {
                ports.get(at).copied().unwrap_or("")
            };
            let port =
                match port.trim() {
                    "" => 5432,
                    text => text.parse().ok().filter(|port| *port > 0).ok_or_else(|| {
                        found.wrong("port", "a number from 1 to 65535 is expected")
                    })?,
                };
            let host = host(one(&hosts), one(&addresses), port);
            Ok(Endpoint {
                host,
                port,
                password: None,
            })
        })
        .collect()
}

fn host(host: Option<String>, address: Option<String>, port: u16) -> Host {
    match (host, address) {
        (Some(folder), None) if folder.starts_with(['/', '@']) => {
            Host::Socket(PathBuf::from(folder))
        }
        (Some(name), address) => Host::Tcp { name, address },
        (None, Some(address)) => Host::Tcp {
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
    }
}

/// A socket counts by its folder, and the default one as `localhost` as well.
fn passfile_hosts(host: &Host) -> Vec<String> {
    match host {
        Host::Tcp { name, .. } => vec![name.clone()],
        Host::Socket(folder) => {
            let mut names = vec![folder.display().to_string()];
            if SOCKET_FOLDERS.contains(&names[0].as_str()) {
                names.push(String::from("localhost"));
            }
            names
        }
    }
}

fn tls(found: &Found, home: Option<&Path>, warnings: &mut Vec<String>) -> Result<Tls, Error> {
    let of_home = |name: &str| Some(home?.join(".postgresql").join(name));
    let given = found.choice("sslmode", &MODES)?;
    // The ancestor of sslmode.
    let legacy = (found.get("requiressl") == Some("1")).then_some(SslMode::Require);
    let system = found.get("sslrootcert") == Some("system");
    let mode = match given.or(legacy) {
        None if system => SslMode::VerifyFull,
        Some(mode) if system && mode != SslMode::VerifyFull => {
            return Err(found.wrong(
                "sslmode",
                "sslrootcert=system needs sslmode=verify-full: anybody can get a certificate that the system trusts",
            ));
        }
        mode => mode.unwrap_or(SslMode::Prefer),
    };
    let negotiation = [("postgres", false), ("direct", true)];
    let direct = found
        .choice("sslnegotiation", &negotiation)?
        .unwrap_or(false);
    if direct && matches!(mode, SslMode::Disable | SslMode::Allow | SslMode::Prefer) {
        return Err(found.wrong(
            "sslnegotiation",
            "it needs sslmode=require, verify-ca or verify-full",
        ));
    }
    let there = |key: &str, default: &str, says: &str, warnings: &mut Vec<String>| {
        let named = found.path(key);
        if let Some(file) = named.as_ref().filter(|file| !file.exists()) {
            warnings.push(format!(
                "{key}: there is no file {}; {says}",
                file.display()
            ));
        }
        named
            .or_else(|| of_home(default))
            .filter(|file| file.exists())
    };
    let verified = matches!(mode, SslMode::VerifyCa | SslMode::VerifyFull);
    let roots = if system {
        Roots::System
    } else {
        let says = "the server's certificate is not verified";
        // Where it has to be there, its absence is an error below.
        let mut unsaid = Vec::new();
        let warnings = if verified || mode == SslMode::Disable {
            &mut unsaid
        } else {
            &mut *warnings
        };
        there("sslrootcert", "root.crt", says, warnings).map_or(Roots::None, Roots::File)
    };
    if verified && roots == Roots::None {
        let file = found
            .path("sslrootcert")
            .map(|file| format!("; {} does not exist", file.display()));
        return Err(Error(format!(
            "sslmode=verify-ca and verify-full need a root certificate: put it into ~/.postgresql/root.crt or name its file in sslrootcert (`system` takes what the operating system trusts){}",
            file.unwrap_or_default()
        )));
    }
    let certificate = there(
        "sslcert",
        "postgresql.crt",
        "no client certificate is sent",
        warnings,
    );
    let certificate = certificate.map(|certificate| {
        let key = found.path("sslkey").or_else(|| of_home("postgresql.key"));
        (certificate, key.unwrap_or_default())
    });
    let mut revoked = Vec::new();
    if roots != Roots::None {
        let says = "revoked certificates are not recognised";
        revoked.extend(there("sslcrl", "root.crl", says, warnings));
        if let Some(folder) = found.path("sslcrldir") {
            let files = std::fs::read_dir(&folder)
                .map_err(|error| found.wrong("sslcrldir", &error.to_string()))?;
            revoked.extend(
                files
                    .flatten()
                    .map(|file| file.path())
                    .filter(|file| file.is_file()),
            );
        }
    }
    Ok(Tls {
        mode,
        roots,
        certificate,
        revoked,
        sni: found
            .choice("sslsni", &[("0", false), ("1", true)])?
            .unwrap_or(true),
        versions: versions(found)?,
        direct,
    })
}

fn versions(found: &Found) -> Result<(TlsVersion, TlsVersion), Error> {
    let version = |key: &str| -> Result<Option<TlsVersion>, Error> {
        match found.get(key).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("tlsv1.3") => Ok(Some(TlsVersion::V13)),
            Some("tlsv1.2") => Ok(Some(TlsVersion::V12)),
            // Older ones are not spoken at all, which is stricter than what was asked for.
            Some("tlsv1" | "tlsv1.1") if key == MIN => Ok(Some(TlsVersion::V12)),
            Some(_) => Err(found.wrong(key, "it can be TLSv1.2 or TLSv1.3")),
        }
    };
    let (least, most) = (version(MIN)?, version(MAX)?);
    let versions = (
        least.unwrap_or(TlsVersion::V12),
        most.unwrap_or(TlsVersion::V13),
    );
    if versions.0 > versions.1 {
        return Err(found.wrong(MIN, "it is above ssl_max_protocol_version"));
    }
    Ok(versions)
}

const MIN: &str = "ssl_min_protocol_version";
const MAX: &str = "ssl_max_protocol_version";

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
        format!("{s:?} {:?} {:?}", s.password, s.tls.mode)
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
                "host=h application_name=x connect_timeout=3",
                &[("PGPASSWORD", "env")],
                "h:5432 as os to os Some(\"env\") Prefer",
            ),
            ("host=a host=b", &[], "b:5432 as os to os None Prefer"),
            (
                "host=a,b port=5433",
                &[],
                "a:5433, b:5433 as os to os None Prefer",
            ),
            (
                "postgresql://a:1,[::1],c:3/",
                &[("PGREQUIRESSL", "1")],
                "a:1, [::1]:5432, c:3 as os to os None Require",
            ),
            (
                "host=a,/sock hostaddr=10.0.0.1,",
                &[],
                "a:5432, /sock/.s.PGSQL.5432 as os to os None Prefer",
            ),
            (
                "hostaddr=10.0.0.1",
                &[("PGHOST", "no")],
                "flag:5432 as os to os None Prefer",
            ),
            (
                "port='' user=''",
                &[("PGPORT", "7"), ("PGUSER", "u")],
                "flag:5432 as os to os None Prefer",
            ),
            (
                "sslrootcert=system",
                &[],
                "flag:5432 as os to os None VerifyFull",
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
                "host=h port=70000",
                &[][..],
                "invalid port `70000` in the connection string: a number from 1 to 65535 is expected",
            ),
            (
                "",
                &[("PGPORT", "x")],
                "invalid port `x` in PGPORT: a number from 1 to 65535 is expected",
            ),
            (
                "host=h sslmode=verify-ful",
                &[],
                "invalid sslmode `verify-ful` in the connection string: did you mean `verify-full`?",
            ),
            (
                "host=h sslmode=",
                &[("PGSSLMODE", "verify-full")],
                "invalid sslmode `` in the connection string: it can be disable, allow, prefer, require, verify-ca, verify-full",
            ),
            (
                "host=h",
                &[("PGCONNECT_TIMEOUT", "5s")],
                "invalid connect_timeout `5s` in PGCONNECT_TIMEOUT: a whole number is expected",
            ),
            (
                "host=a,b port=1,2,3",
                &[],
                "invalid port `1,2,3` in the connection string: 3 values do not fit 2 hosts; give one for each",
            ),
            (
                "host=a hostaddr=1,2",
                &[],
                "invalid hostaddr `1,2` in the connection string: 2 values do not fit 2 hosts; give one for each",
            ),
            (
                "host=h",
                &[("PGREQUIREAUTH", "scram-sha-256")],
                "require_auth in PGREQUIREAUTH cannot be honoured: pgaudit cannot restrict the method; channel_binding=require demands SCRAM over TLS, which is the strictest",
            ),
            (
                "host=h sslmode=require sslrootcert=system",
                &[],
                "invalid sslmode `require` in the connection string: sslrootcert=system needs sslmode=verify-full: anybody can get a certificate that the system trusts",
            ),
            (
                "host=h sslnegotiation=direct",
                &[],
                "invalid sslnegotiation `direct` in the connection string: it needs sslmode=require, verify-ca or verify-full",
            ),
            (
                "host=h ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2",
                &[],
                "invalid ssl_min_protocol_version `TLSv1.3` in the connection string: it is above ssl_max_protocol_version",
            ),
            (
                "host=h ssl_max_protocol_version=TLSv1.1",
                &[],
                "invalid ssl_max_protocol_version `TLSv1.1` in the connection string: it can be TLSv1.2 or TLSv1.3",
            ),
            (
                "host=h sslmode=verify-full",
                &[],
                "sslmode=verify-ca and verify-full need a root certificate: put it into ~/.postgresql/root.crt or name its file in sslrootcert (`system` takes what the operating system trusts)",
            ),
            (
                "",
                &[("PGSERVICE", "prod")],
                "definition of service `prod` not found: it was looked for in /nonexistent/pg_service.conf",
            ),
        ] {
            let told = resolve(dsn, variables).unwrap_err();
            let told = told.replace(
                "there is no service file; ~/.pg_service.conf or PGSERVICEFILE can be one",
                "it was looked for in /nonexistent/pg_service.conf",
            );
            assert_eq!(told, message);
        }
    }

    #[test]
    fn a_service_stands_between_the_string_and_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("services");
        std::fs::write(
            &file,
            "# mine\n[other]\nhost=no\n[prod]\n host=s \nport=1\nport=2\nuser=service\npassword=a=b\n[prod2]\nuser=no\n\
             [bad]\nprot=1\n[worse]\nnothing\n[ldap]\nldap://x\n[nested]\nservice=prod\n[number]\nport=x\n",
        )
        .unwrap();
        let file = file.to_str().unwrap();
        let on = |dsn: &str| {
            resolve(
                dsn,
                &[
                    ("PGSERVICEFILE", file),
                    ("PGUSER", "env"),
                    ("PGDATABASE", "env"),
                ],
            )
        };
        let told = on("service=prod host=string").unwrap();
        assert_eq!(
            format!("{told:?} {:?}", told.password),
            "string:1 as service to env Some(\"a=b\")"
        );
        for (service, message) in [
            (
                "bad",
                format!("{file}:13: invalid connection option `prot`; did you mean `port`?"),
            ),
            ("worse", format!("{file}:15: `key=value` is expected")),
            (
                "ldap",
                format!(
                    "{file}:17: pgaudit asks no LDAP server; write the settings themselves into the service"
                ),
            ),
            (
                "nested",
                format!("{file}:19: a service cannot name another one"),
            ),
            (
                "number",
                format!("invalid port `x` in {file}:21: a number from 1 to 65535 is expected"),
            ),
            (
                "nope",
                format!("definition of service `nope` not found: it was looked for in {file}"),
            ),
        ] {
            let told = on(&format!("service={service}")).unwrap_err();
            assert_eq!(told.split(" and /").next().unwrap(), message);
        }
        let missing = resolve("service=x", &[("PGSERVICEFILE", "/nonexistent")]).unwrap_err();
        assert!(
            missing.starts_with("cannot read the service file /nonexistent: "),
            "{missing}"
        );
    }
}
