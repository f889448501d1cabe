//! The built program, run as somebody at a shell would run it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pgaudit::connect::settings::{Host, Settings};
use pgaudit::snapshot::Snapshot;
use pgaudit::value::Value as Number;
use serde_json::Value;

/// Nothing that is run here may take longer.
const PATIENCE: Duration = Duration::from_secs(90);

/// A command line that is being written.
pub(crate) struct Program(Command);

/// What became of it.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) took: Duration,
}

/// A run that has not ended.
pub(crate) struct Running {
    child: Child,
    started: Instant,
    out: thread::JoinHandle<String>,
    err: thread::JoinHandle<String>,
}

/// `pgaudit` with these arguments, in an environment that says nothing about servers.
pub(crate) fn pgaudit<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgaudit"));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/nonexistent")
        .env("LC_ALL", "C.UTF-8")
        .args(arguments)
        .stdin(Stdio::null());
    Program(command)
}

impl Program {
    /// Against this database.
    pub(crate) fn on(self, settings: &Settings) -> Self {
        self.at(settings).args(["-d", &settings.dbname])
    }

    /// Against this server.
    pub(crate) fn at(mut self, settings: &Settings) -> Self {
        let server = &settings.servers[0];
        match &server.host {
            Host::Socket(folder) => self.0.arg("-h").arg(folder),
            Host::Tcp { name, .. } => self.0.args(["-h", name]),
        };
        self.0
            .args(["-p", &server.port.to_string(), "-U", &settings.user]);
        if let Some(password) = &settings.password {
            self.0.env("PGPASSWORD", password);
        }
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.0.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// The command itself, for what is not said here.
    pub(crate) fn command(&mut self) -> &mut Command {
        &mut self.0
    }

    pub(crate) fn run(self) -> Ended {
        self.start().wait()
    }

    pub(crate) fn start(mut self) -> Running {
        let started = Instant::now();
        self.0.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.0.spawn().expect("the program is built");
        let out = read(child.stdout.take().unwrap());
        let err = read(child.stderr.take().unwrap());
        Running {
            child,
            started,
            out,
            err,
        }
    }
}

/// Reads to the end in the background, so that a full pipe stops nobody.
fn read(mut from: impl std::io::Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("a pipe can be read");
        String::from_utf8(bytes).expect("the program writes UTF-8")
    })
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it is there and no zombie.
    pub(crate) fn runs(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/stat", self.id()));
        status.is_ok_and(|status| !status.contains(") Z "))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(pid(self.id()), signal).expect("the program runs");
    }

    pub(crate) fn wait(mut self) -> Ended {
        let until = Instant::now() + PATIENCE;
        let status = loop {
            match self.child.try_wait().expect("it is our child") {
                Some(status) => break status,
                None if Instant::now() > until => {
                    let _ = self.child.kill();
                    panic!("the program runs for more than {} s", PATIENCE.as_secs());
                }
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        let took = self.started.elapsed();
        Ended {
            code: status.code(),
            out: self.out.join().unwrap(),
            err: self.err.join().unwrap(),
            took,
        }
    }
}

/// A process id as signals want it.
pub(crate) fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).unwrap())
}

impl Ended {
    /// Holds the exit code against the expected one.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Holds the time that it took against a limit.
    #[track_caller]
    pub(crate) fn within(self, limit: Duration) -> Self {
        assert!(self.took < limit, "it took {:?}\n{self}", self.took);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.flat().contains(text), "`{text}` is missing\n{self}");
        self
    }

    /// Fails if anything in the output could do something to a terminal, beyond colours.
    #[track_caller]
    pub(crate) fn printable(&self) {
        // What JSON allows, programs get as it is.
        let json = self.out.starts_with('{');
        let hidden = |c: char| match c {
            '\n' => false,
            c if json => c < ' ',
            c => c.is_control() || c == '\u{202e}',
        };
        for text in [&self.out, &self.err] {
            let text = uncoloured(text);
            let raw: Vec<_> = text.lines().filter(|line| line.contains(hidden)).collect();
            assert!(raw.is_empty(), "{raw:?}");
        }
    }

    /// Standard output without its line breaks: tables wrap where they like.
    pub(crate) fn flat(&self) -> String {
        self.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }
}

/// The text without sequences that only set colours.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        match rest.strip_prefix('m') {
            Some(rest) => plain.push_str(rest),
            None => plain.extend(["\u{1b}[", part]),
        }
    }
    plain
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, out, err, .. } = self;
        write!(f, "exit {code:?}\n--- stdout\n{out}\n--- stderr\n{err}")
    }
}

/// A JSON report of `pgaudit score`.
pub(crate) struct Score(pub(crate) Value);

/// A JSON report of `pgaudit check` or of an area.
pub(crate) struct Tables(pub(crate) Value);

/// What a server says of all its checks.
pub(crate) fn tables(settings: &Settings) -> Tables {
    let run = pgaudit(["check", "--format", "json"]).on(settings).run();
    Tables(run.exits(0).json())
}

/// The score of a server.
pub(crate) fn score(settings: &Settings) -> Score {
    let run = pgaudit(["score", "--format", "json"]).on(settings).run();
    Score(run.exits(0).json())
}

impl Score {
    pub(crate) fn number(&self, name: &str) -> f64 {
        let number = self.0["score"][name].as_f64();
        number.unwrap_or_else(|| panic!("no score.{name} in {:#}", self.0))
    }

    /// The points of a dimension.
    pub(crate) fn points(&self, dimension: &str) -> f64 {
        let mut dimensions = self.0["dimensions"].as_array().unwrap().iter();
        let found = dimensions.find(|found| found["id"] == dimension);
        let points = found.and_then(|found| found["points"].as_f64());
        points.unwrap_or_else(|| panic!("no points of {dimension} in {:#}", self.0))
    }

    /// Check and object of each finding.
    pub(crate) fn fingerprints(&self) -> BTreeSet<String> {
        texts(&self.0["findings"], "fingerprint")
    }

    pub(crate) fn findings(&self) -> impl Iterator<Item = &Value> {
        self.0["findings"].as_array().unwrap().iter()
    }

    pub(crate) fn criteria(&self) -> impl Iterator<Item = &Value> {
        let dimensions = self.0["dimensions"].as_array().unwrap().iter();
        dimensions.flat_map(|dimension| dimension["criteria"].as_array().unwrap())
    }
}

impl Tables {
    #[track_caller]
    pub(crate) fn of(&self, check: &str) -> &Value {
        let mut checks = self.0["checks"].as_array().unwrap().iter();
        let found = checks.find(|table| table["id"] == check);
        found.unwrap_or_else(|| panic!("no table of {check}"))
    }

    /// State, reason and remedy of a check.
    #[track_caller]
    pub(crate) fn state(&self, check: &str) -> [&str; 3] {
        let table = self.of(check);
        ["state", "reason", "remedy"].map(|name| table[name].as_str().unwrap_or(""))
    }

    /// The objects of a check that could not be judged, with the reasons.
    #[track_caller]
    pub(crate) fn unknown(&self, check: &str) -> Vec<(&str, &str)> {
        let unknown = self.of(check)["unknown"].as_array().unwrap().iter();
        unknown
            .map(|unknown| (text(unknown, "object"), text(unknown, "reason")))
            .collect()
    }

    #[track_caller]
    pub(crate) fn objects(&self, check: &str) -> BTreeSet<String> {
        texts(&self.of(check)["rows"], "object")
    }
}

#[track_caller]
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    let found = value[name].as_str();
    found.unwrap_or_else(|| panic!("no text `{name}` in {value}"))
}

fn texts(list: &Value, name: &str) -> BTreeSet<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|value| text(value, name).to_owned()).collect()
}

/// The facts that say how old counters are.
const AGES: [&str; 3] = ["counters.database", "counters.cluster", "statements.age"];

/// What an audit of a server saw, as `collect` saves it.
pub(crate) fn collected(settings: &Settings) -> Snapshot {
    let run = pgaudit(["collect"]).on(settings).run().exits(0);
    Snapshot::from_json(&run.out).unwrap()
}

/// The same with counters that are a month old.
pub(crate) fn aged(mut snapshot: Snapshot) -> Snapshot {
    for age in AGES {
        // Only what was seen can be old.
        if let Some(fact) = snapshot.facts.get_mut(age) {
            *fact = Number::Float(30.0 * 86_400.0);
        }
    }
    snapshot
}

/// A command over a saved snapshot.
pub(crate) fn replay(snapshot: &Snapshot, arguments: &[&str]) -> Ended {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), snapshot.to_json()).unwrap();
    let from = [OsStr::new("--from"), file.path().as_os_str()];
    pgaudit(arguments).args(from).run()
}

/// What a command tells programs about a saved snapshot.
pub(crate) fn told(snapshot: &Snapshot, command: &str) -> Value {
    replay(snapshot, &[command, "--format", "json"])
        .exits(0)
        .json()
}
