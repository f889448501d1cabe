//! A throwaway PostgreSQL server from binaries that are on this machine: for the demo and for the tests.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use tempfile::TempDir;

use crate::connect::settings::{Host, Settings};

/// The superuser of a throwaway server.
pub const SUPERUSER: &str = "postgres";

const PORT: u16 = 5432;

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder with `initdb` and `postgres` of one major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    pub major: u32,
    pub folder: PathBuf,
}

/// Why there is no throwaway server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot run {what}: {source}")]
    Run { what: String, source: io::Error },
    #[error("{what} failed:\n{output}")]
    Failed { what: String, output: String },
    #[error(
        "PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody` to step down to"
    )]
    NoUser,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Binaries {
    /// The binaries in `folder`, if they are complete and run here.
    pub fn at(folder: &Path) -> Option<Self> {
        if !folder.join("initdb").exists() {
            return None;
        }
        let output = Command::new(folder.join("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        // `postgres (PostgreSQL) 18.4`, or with `18beta1` and the packager's name behind it.
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let version = text.split_once("(PostgreSQL) ")?.1;
        let major = version
            .split(|c: char| !c.is_ascii_digit())
            .next()?
            .parse()
            .ok()?;
        Some(Self {
            major,
            folder: folder.to_owned(),
        })
    }

    /// All binaries that this machine has, each major once, the newest first.
    pub fn find() -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for folder in folders() {
            if let Some(binaries) = Self::at(&folder)
                && found.iter().all(|known| known.major != binaries.major)
            {
                found.push(binaries);
            }
        }
        found.sort_by_key(|binaries| std::cmp::Reverse(binaries.major));
        found
    }

    /// Whether the contrib library is beside these binaries.
    pub fn has_library(&self, name: &str) -> bool {
        let root = self.folder.parent().unwrap_or(&self.folder);
        ["lib", "lib/postgresql", "lib64", "lib/pgsql"]
            .iter()
            .any(|lib| root.join(lib).join(format!("{name}.so")).exists())
    }
}

/// Folders in which packages of PostgreSQL put their server binaries.
fn folders() -> Vec<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let mut folders = Vec::new();
    let below = |root: PathBuf, folders: &mut Vec<PathBuf>| {
        let entries = fs::read_dir(root).into_iter().flatten().flatten();
        folders.extend(
            entries
                .map(|entry| entry.path().join("bin"))
                .filter(|folder| folder.is_dir()),
        );
    };
    // Both variables mean here what they mean to `.ci/postgres`.
    let system = set("PGAUDIT_POSTGRES_SYSTEM").is_none_or(|value| value != "no");
    if system {
        if let Ok(output) = Command::new("pg_config")
            .arg("--bindir")
            .stderr(Stdio::null())
            .output()
        {
            folders.push(PathBuf::from(
                String::from_utf8_lossy(&output.stdout).trim(),
            ));
        }
        for root in [
            "/usr/lib/postgresql",
            "/usr",
            "/opt/homebrew/opt",
            "/usr/local/opt",
            "/Library/PostgreSQL",
        ] {
            below(PathBuf::from(root), &mut folders);
        }
    }
    // Where `.ci/postgres` puts what a machine lacks.
    if let Some(cache) = set("PGAUDIT_POSTGRES_CACHE") {
        below(PathBuf::from(cache), &mut folders);
    } else {
        below(PathBuf::from("/var/cache/pgaudit/postgresql"), &mut folders);
        let home = || set("HOME").map(|home| PathBuf::from(home).join(".cache"));
        if let Some(cache) = set("XDG_CACHE_HOME").map(PathBuf::from).or_else(home) {
            below(cache.join("pgaudit/postgresql"), &mut folders);
        }
    }
    if system {
        folders.push(PathBuf::from("/usr/bin"));
    }
    folders
}

/// A running server, which is stopped and removed when it is dropped.
#[derive(Debug)]
pub struct LocalServer {
    pub major: u32,
    folder: Option<TempDir>,
    root: PathBuf,
    port: u16,
    child: Child,
}

impl LocalServer {
    /// Makes a cluster in a temporary folder and starts it with the given settings, on a socket only.
    pub fn start(binaries: &Binaries, settings: &[(&str, &str)]) -> Result<Self, Error> {
        // Directly below /tmp: the path of a socket is limited to 107 bytes.
        let folder = tempfile::Builder::new()
            .prefix("pgaudit-")
            .tempdir_in("/tmp")?;
        let root = folder.path().to_owned();
        let user = unprivileged()?;
        if let Some(user) = &user {
            chown(&root, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
        }
        let command = |name: &str| {
            let mut command = Command::new(binaries.folder.join(name));
            if let Some(user) = &user {
                command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
            }
            // Of the caller's folder and environment, a server of ours wants nothing. A group of its own:
            // Ctrl-C in the terminal is for pgaudit, which then stops the server in order.
            command
                .process_group(0)
                .current_dir(&root)
                .env_clear()
                .env("LC_ALL", "C")
                .env("PATH", "/usr/bin:/bin")
                .stdin(Stdio::null());
            command
        };
        let data = root.join("data");
        let what = || binaries.folder.join("initdb").display().to_string();
        let output = command("initdb")
            .arg("-D")
            .arg(&data)
            .args([
                "--username",
                SUPERUSER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .output()
            .map_err(|source| Error::Run {
                what: what(),
                source,
            })?;
        if !output.status.success() {
            let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::Failed {
                what: what(),
                output,
            });
        }

        let own = settings.iter().find(|(name, _)| *name == "port");
        let port = own.and_then(|(_, port)| port.parse().ok()).unwrap_or(PORT);
        let log = File::create(root.join("log"))?;
        let mut postgres = command("postgres");
        postgres
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&root)
            .arg("-p")
            .arg(port.to_string());
        let ours = [
            ("listen_addresses", ""),
            ("fsync", "off"),
            ("logging_collector", "off"),
            ("log_line_prefix", "%m [%p] %q%u@%d "),
        ];
        for (name, value) in ours.iter().chain(settings) {
            postgres.arg("-c").arg(format!("{name}={value}"));
        }
        postgres.stdout(log.try_clone()?).stderr(log);
        let what = binaries.folder.join("postgres").display().to_string();
        let child = postgres.spawn().map_err(|source| Error::Run {
            what: what.clone(),
            source,
        })?;
        let mut server = Self {
            major: binaries.major,
            folder: Some(folder),
            root,
            port,
            child,
        };
        server.wait_until_ready(&what)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, what: &str) -> Result<(), Error> {
        let until = Instant::now() + PATIENCE;
        let failed = |server: &Self| Error::Failed {
            what: what.to_owned(),
            output: server.log(),
        };
        loop {
            // Since PostgreSQL 10, the eighth line tells the postmaster's state.
            let status =
                fs::read_to_string(self.root.join("data/postmaster.pid")).unwrap_or_default();
            if status
                .lines()
                .nth(7)
                .is_some_and(|line| line.trim() == "ready")
            {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || Instant::now() > until {
                return Err(failed(self));
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// How to connect to one of its databases as superuser.
    pub fn settings(&self, dbname: &str) -> Settings {
        let host = Host::Socket(self.root.clone());
        Settings::at(host, self.port, SUPERUSER, dbname)
    }

    /// The folder of its socket.
    pub fn socket_folder(&self) -> &Path {
        &self.root
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.root.join("log")).unwrap_or_default()
    }

    /// Leaves it running, with its folder, and says its process id.
    pub fn keep(mut self) -> u32 {
        if let Some(folder) = self.folder.take() {
            let _ = folder.keep();
        }
        self.child.id()
    }

    fn signal(&self, signal: Signal) {
        if let Ok(pid) = i32::try_from(self.child.id()) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        if self.folder.is_none() {
            return;
        }
        // An immediate shutdown: nothing of it is ever read again.
        self.signal(Signal::SIGQUIT);
        let until = Instant::now() + PATIENCE;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > until {
                let _ = self.child.kill();
                let _ = self.child.wait();
                break;
            }
            sleep(Duration::from_millis(10));
        }
    }
}

/// Whom to step down to: PostgreSQL refuses root. `None` for everybody else.
fn unprivileged() -> Result<Option<User>, Error> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let found = ["postgres", "nobody"]
        .iter()
        .find_map(|name| User::from_name(name).ok().flatten());
    found.map(Some).ok_or(Error::NoUser)
}
