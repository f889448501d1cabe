//! Where the servers of the tests come from: a URL, binaries on this machine, or containers.
//!
//! - `PGAUDIT_TEST_URL_<major>`: a superuser's connection string.
//! - `PGAUDIT_TEST_BINDIR_<major>`: a folder with `initdb` and `postgres`; without it, what is found.
//! - `PGAUDIT_TEST_BACKEND`: `url`, `binaries` or `containers` forces one of the three.
//! - `PGAUDIT_TEST_MAJORS`: the majors that have to be tested, `13 14 15`; one that is missing is a
//!   failure. Without it, every supported major that is found is tested, and none at all is a failure.

#![allow(dead_code, unreachable_pub)]

use std::env;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use pgaudit::connect::settings::{Environment, Flags, Host, Settings};
use pgaudit::local_server::{Binaries, LocalServer};
use pgaudit::server::SUPPORTED;
use testcontainers::core::{IntoContainerPort as _, WaitFor};
use testcontainers::runners::SyncRunner as _;
use testcontainers::{Container, GenericImage, ImageExt as _};

const PASSWORD: &str = "throwaway";

/// What every server of the tests runs with: nothing happens by itself.
const SETTINGS: [(&str, &str); 4] = [
    ("shared_preload_libraries", "pg_stat_statements"),
    ("autovacuum", "off"),
    ("max_connections", "60"),
    ("log_min_messages", "warning"),
];

/// A way to get a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Url,
    Binaries,
    Containers,
}

/// A running server; it ends with the value.
pub enum TestServer {
    Url(Box<Settings>),
    Local(Box<LocalServer>),
    Container {
        container: Box<Container<GenericImage>>,
        port: u16,
    },
}

fn forced() -> Option<Backend> {
    match env::var("PGAUDIT_TEST_BACKEND")
        .ok()
        .filter(|name| !name.is_empty())?
        .as_str()
    {
        "url" => Some(Backend::Url),
        "binaries" => Some(Backend::Binaries),
        "containers" => Some(Backend::Containers),
        other => panic!("PGAUDIT_TEST_BACKEND={other}: url, binaries or containers is expected"),
    }
}

fn url(major: u32) -> Option<String> {
    env::var(format!("PGAUDIT_TEST_URL_{major}"))
        .ok()
        .filter(|url| !url.is_empty())
}

/// The server binaries of a major, if this machine has them.
pub fn binaries(major: u32) -> Option<Binaries> {
    static FOUND: OnceLock<Vec<Binaries>> = OnceLock::new();
    if let Ok(folder) = env::var(format!("PGAUDIT_TEST_BINDIR_{major}")) {
        let binaries = Binaries::at(Path::new(&folder));
        return Some(binaries.unwrap_or_else(|| {
            panic!("PGAUDIT_TEST_BINDIR_{major}={folder}: no server binaries that run")
        }));
    }
    let found = FOUND.get_or_init(Binaries::find);
    found
        .iter()
        .find(|b| b.major == major && b.has_library("pg_stat_statements"))
        .cloned()
}

/// Whether a Docker engine answers.
pub fn engine() -> bool {
    static ANSWERS: OnceLock<bool> = OnceLock::new();
    let ask = || {
        std::process::Command::new("docker")
            .arg("info")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    *ANSWERS.get_or_init(ask)
}

/// How a server of this major can be had.
fn backend(major: u32) -> Option<Backend> {
    let has = |backend| match backend {
        Backend::Url => url(major).is_some(),
        Backend::Binaries => binaries(major).is_some(),
        Backend::Containers => engine(),
    };
    match forced() {
        Some(backend) => Some(backend).filter(|backend| has(*backend)),
        None => [Backend::Url, Backend::Binaries, Backend::Containers]
            .into_iter()
            .find(|backend| has(*backend)),
    }
}

/// The majors to test.
///
/// # Panics
/// If a demanded one is missing, or there is none at all.
pub fn majors() -> Vec<u32> {
    let demanded = env::var("PGAUDIT_TEST_MAJORS").unwrap_or_default();
    let demanded: Vec<u32> = demanded
        .split_whitespace()
        .map(|major| {
            major
                .parse()
                .expect("PGAUDIT_TEST_MAJORS holds major versions")
        })
        .collect();
    let found: Vec<u32> = SUPPORTED
        .filter(|major| backend(*major).is_some())
        .collect();
    if let Some(missing) = demanded.iter().find(|major| !found.contains(major)) {
        panic!(
            "no PostgreSQL {missing} to test with: run `bash .ci/postgres {missing}`, or see tests/support/server.rs"
        );
    }
    assert!(
        !found.is_empty(),
        "no PostgreSQL to test with: run `bash .ci/test`, which installs what is missing, or see tests/support/server.rs"
    );
    if demanded.is_empty() { found } else { demanded }
}

/// The oldest and the newest of the majors to test.
pub fn oldest_and_newest() -> Vec<u32> {
    let majors = majors();
    let mut ends = vec![majors[0], majors[majors.len() - 1]];
    ends.dedup();
    ends
}

impl TestServer {
    /// Starts a server of its own, with settings beside the usual ones.
    pub fn start(major: u32, settings: &[(&str, &str)]) -> Self {
        let all: Vec<_> = SETTINGS
            .iter()
            .filter(|(name, _)| settings.iter().all(|(own, _)| own != name))
            .chain(settings)
            .copied()
            .collect();
        let backend = backend(major).unwrap_or_else(|| panic!("no PostgreSQL {major}"));
        let server = match backend {
            Backend::Url => {
                assert!(
                    settings.is_empty(),
                    "this test needs a server of its own: binaries or a Docker engine"
                );
                Self::Url(Box::new(resolve(
                    &url(major).expect("a backend by URL has one"),
                )))
            }
            Backend::Binaries => {
                let binaries = binaries(major).expect("a backend by binaries has them");
                Self::Local(Box::new(
                    LocalServer::start(&binaries, &all).unwrap_or_else(|error| panic!("{error}")),
                ))
            }
            Backend::Containers => Self::container(major, &all),
        };
        server.prepare();
        server
    }

    fn container(major: u32, settings: &[(&str, &str)]) -> Self {
        let arguments = settings
            .iter()
            .chain(&[("fsync", "off")])
            .flat_map(|(name, value)| [String::from("-c"), format!("{name}={value}")]);
        // The server that sets itself up logs to standard output, the one that stays to standard error.
        let container = GenericImage::new("postgres", &major.to_string())
            .with_exposed_port(5432.tcp())
            .with_wait_for(WaitFor::message_on_stderr(
                "database system is ready to accept connections",
            ))
            .with_env_var("POSTGRES_PASSWORD", PASSWORD)
            .with_cmd(arguments)
            .start()
            .unwrap_or_else(|error| {
                panic!(
                    "no container of postgres:{major}: {error}; run `bash .ci/containers {major}`"
                )
            });
        let port = container
            .get_host_port_ipv4(5432)
            .unwrap_or_else(|error| panic!("{error}"));
        Self::Container {
            container: Box::new(container),
            port,
        }
    }

    /// The roles that the tests audit as.
    fn prepare(&self) {
        super::session::run(&self.settings("postgres"), |client| async move {
            for (role, grant) in [
                (MONITOR, "GRANT pg_monitor TO"),
                (PLAIN, "REVOKE pg_monitor FROM"),
                (READER, "GRANT pg_monitor TO"),
            ] {
                client
                    .batch_execute(&format!(
                        "DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$; {grant} {role}"
                    ))
                    .await
                    .expect("roles can be made");
            }
            // 13 has no role that reads all rows.
            client
                .batch_execute(&format!(
                    "DO $$ BEGIN GRANT pg_read_all_data TO {READER}; EXCEPTION WHEN undefined_object THEN NULL; END $$"
                ))
                .await
                .expect("roles can be granted");
        });
    }

    /// How to connect as superuser.
    pub fn settings(&self, dbname: &str) -> Settings {
        match self {
            Self::Url(settings) => Settings {
                dbname: dbname.to_owned(),
                ..(**settings).clone()
            },
            Self::Local(server) => server.settings(dbname),
            Self::Container { port, .. } => Settings {
                password: Some(PASSWORD.to_owned()),
                ..Settings::at(
                    Host::Tcp {
                        name: "127.0.0.1".to_owned(),
                        address: None,
                    },
                    *port,
                    "postgres",
                    dbname,
                )
            },
        }
    }

    /// How to connect as another role.
    pub fn settings_as(&self, role: &str, dbname: &str) -> Settings {
        Settings {
            user: role.to_owned(),
            password: Some(PASSWORD.to_owned()),
            ..self.settings(dbname)
        }
    }

    /// What it has logged; empty for a server by URL.
    pub fn log(&self) -> String {
        match self {
            Self::Url(_) => String::new(),
            Self::Local(server) => server.log(),
            Self::Container { container, .. } => {
                String::from_utf8_lossy(&container.stderr_to_vec().expect("the log of a container"))
                    .into_owned()
            }
        }
    }
}

/// A role with `pg_monitor` and nothing else.
pub const MONITOR: &str = "pgaudit_monitor";

/// A role with nothing.
pub const PLAIN: &str = "pgaudit_plain";

/// A role that reads all rows, from 14 on.
pub const READER: &str = "pgaudit_reader";

fn resolve(url: &str) -> Settings {
    let flags = Flags {
        dbname: Some(url.to_owned()),
        ..Flags::default()
    };
    let env = Environment {
        variable: &|_| None,
        home: None,
        user: None,
    };
    Settings::resolve(&flags, &env, &mut Vec::new()).unwrap_or_else(|error| panic!("{error}"))
}

/// One shared server a major, started when it is first wanted.
pub struct Pool(Mutex<Vec<(u32, std::sync::Arc<TestServer>)>>);

impl Pool {
    pub const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    pub fn server(&self, major: u32) -> std::sync::Arc<TestServer> {
        let mut servers = self
            .0
            .lock()
            .expect("no test panics while it starts a server");
        if let Some((_, server)) = servers.iter().find(|(known, _)| *known == major) {
            return std::sync::Arc::clone(server);
        }
        let server = std::sync::Arc::new(TestServer::start(major, &[]));
        servers.push((major, std::sync::Arc::clone(&server)));
        server
    }

    /// Stops all servers: what is static is never dropped.
    pub fn clear(&self) {
        self.0
            .lock()
            .map(|mut servers| servers.clear())
            .unwrap_or_default();
    }
}
