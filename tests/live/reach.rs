//! Where pgaudit and psql end up with the same arguments, variables and files.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

use pgaudit::local_server::SUPERUSER;
use tempfile::TempDir;

use crate::place::Database;
use crate::program::{Tables, pgaudit};
use crate::server::TestServer;

/// Who is connected where, told by the server.
const HERE: &str = "concat_ws(' ', session_user, current_database(), \
     coalesce(host(inet_server_addr()), 'socket'), \
     (SELECT CASE WHEN ssl THEN 'tls' ELSE 'plain' END FROM pg_stat_ssl WHERE pid = pg_backend_pid()))";

/// What somebody calls the program with.
#[derive(Clone, Default)]
pub(crate) struct Call<'a> {
    pub(crate) arguments: Vec<&'a str>,
    pub(crate) variables: Vec<(&'a str, &'a str)>,
}

/// The arguments of a call, and its variables.
pub(crate) fn call<'a>(arguments: &[&'a str], variables: &[(&'a str, &'a str)]) -> Call<'a> {
    Call {
        arguments: arguments.to_vec(),
        variables: variables.to_vec(),
    }
}

/// Where a home is, and a library with the one check that asks.
pub(crate) struct Reach {
    pub(crate) home: TempDir,
}

impl Reach {
    pub(crate) fn new() -> Self {
        let home = open_folder();
        let area = home.path().join("queries/reached");
        fs::create_dir_all(&area).unwrap();
        let check = format!(
            "/*\ntitle: Where it is\nkind: reading\nabout: nothing\nwhy: It is asked.\nevidence: runtime\n\
             columns: {{ object: name, n: count }}\n*/\nselect {HERE} as object, 1::int8 as n;\n"
        );
        fs::write(area.join("here.sql"), check).unwrap();
        Self { home }
    }

    /// A file below the home that nobody else can read.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Where pgaudit ends up, or its message.
    pub(crate) fn pgaudit(&self, call: &Call<'_>) -> Result<String, String> {
        let mut program = pgaudit(["check", "reached/here", "--format", "json"])
            .args([
                OsStr::new("--queries"),
                self.home.path().join("queries").as_os_str(),
            ])
            .args(
                call.arguments
                    .iter()
                    .filter(|argument| !argument.is_empty()),
            )
            .env("HOME", self.home.path());
        for (name, value) in &call.variables {
            program = program.env(name, value);
        }
        let ended = program.run();
        if ended.code == Some(0) {
            let objects = Tables(ended.json()).objects("reached/here");
            return Ok(objects
                .into_iter()
                .next()
                .unwrap_or_else(|| panic!("{ended}")));
        }
        assert!(matches!(ended.code, Some(2 | 3)), "{ended}");
        Err(ended.err)
    }

    /// Where psql ends up, where there is one.
    pub(crate) fn psql(&self, call: &Call<'_>) -> Option<Result<String, String>> {
        let psql = |arguments: &[&str]| {
            let mut command = Command::new("psql");
            command
                .env_clear()
                .env("PATH", "/usr/local/bin:/usr/bin:/bin")
                .env("HOME", self.home.path())
                .env("LC_ALL", "C.UTF-8")
                .args(arguments)
                .stdin(Stdio::null());
            command
        };
        // Debian's wrapper may be there without a psql behind it.
        let there = psql(&["--version"]).output();
        there.ok().filter(|output| output.status.success())?;
        let output = psql(&["-X", "-At", "-w", "-c", &format!("SELECT {HERE}")])
            .envs(call.variables.iter().copied())
            .args(
                call.arguments
                    .iter()
                    .filter(|argument| !argument.is_empty()),
            )
            .output()
            .ok()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        Some(if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        })
    }
}

/// A folder that the user of a server can look into.
pub(crate) fn open_folder() -> TempDir {
    let all = fs::Permissions::from_mode(0o755);
    tempfile::Builder::new()
        .prefix("pgaudit-reach-")
        .permissions(all)
        .tempdir_in("/tmp")
        .unwrap()
}

/// A port that nobody listens on at the moment.
pub(crate) fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// A server of its own that listens on the network of this machine, too, with its rules of access.
pub(crate) struct Listening {
    pub(crate) database: Database,
    pub(crate) port: String,
    pub(crate) socket: String,
}

impl Listening {
    pub(crate) fn new(major: u32, name: &str, rules: &str) -> Self {
        let port = free_port();
        let own = [
            ("listen_addresses", "127.0.0.1"),
            ("port", port.as_str()),
            ("password_encryption", "scram-sha-256"),
        ];
        let database = Database::with(major, name, &own);
        let socket = database.settings().place();
        let socket = socket.rsplit_once("/.s.PGSQL.").unwrap().0.to_owned();
        let listening = Self {
            database,
            port,
            socket,
        };
        let hba = Path::new(&listening.socket).join("data/pg_hba.conf");
        fs::write(hba, format!("local all {SUPERUSER} trust\n{rules}")).unwrap();
        listening.reload(&[]);
        listening
    }

    /// Changes settings, and waits until new sessions have them.
    pub(crate) fn reload(&self, settings: &[(&str, &str)]) {
        let reloaded = || {
            self.database
                .server
                .log()
                .matches("reloading configuration files")
                .count()
        };
        let before = reloaded();
        for (name, value) in settings {
            self.database
                .run(&[&format!("ALTER SYSTEM SET {name} = '{value}'")]);
        }
        self.database.run(&["SELECT pg_reload_conf()"]);
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while reloaded() == before && std::time::Instant::now() < until {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        // It is told before the keys are read anew.
        std::thread::sleep(std::time::Duration::from_millis(200));
    }

    /// A file that only the server's user can read.
    pub(crate) fn secret(&self, name: &str, text: &str) -> String {
        let TestServer::Local(server) = &*self.database.server else {
            panic!("not a process of ours");
        };
        let path = server.socket_folder().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let owner = fs::metadata(server.socket_folder()).unwrap();
        std::os::unix::fs::chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
        path.to_str().unwrap().to_owned()
    }
}
