//! The command line. Area commands come from the catalog.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::check::Severity;
use crate::output::{Color, Destination};
use crate::render::Format;
use crate::server::SUPPORTED;
use crate::value::parse_seconds;

/// Audits a live PostgreSQL server with read-only queries, scores it from 0 to 100 and says what to do first.
///
/// It changes nothing on the server, waits for nobody's lock, and says what it could not see. It is not the pgAudit logging extension.
#[derive(Debug, Parser)]
#[command(
    name = "pgaudit",
    version,
    disable_help_flag = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Print help
    #[arg(long, short = '?', global = true, action = clap::ArgAction::Help, help_heading = "General")]
    help: Option<bool>,
    /// Add the checks of a folder that is laid out like `queries/`. Their SQL runs as it stands, in a read-only
    /// transaction; what its functions do is your responsibility
    #[arg(long, value_name = "DIR", global = true, help_heading = "General")]
    pub queries: Vec<PathBuf>,
    /// When to use colour
    #[arg(
        long,
        value_enum,
        default_value_t,
        global = true,
        hide_possible_values = true,
        value_name = "auto|always|never",
        help_heading = "General"
    )]
    pub color: Color,
    /// Log to standard error; twice for more. `PGAUDIT_LOG` takes filters
    #[arg(long, short, global = true, action = clap::ArgAction::Count, help_heading = "General")]
    pub verbose: u8,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Audit a database: score, what costs points, what to do next
    Score(Score),
    /// Show the tables of checks, by id, area or pattern
    Check(Check),
    /// List the checks
    List(List),
    /// Explain a check, or the arithmetic of a score
    Explain(Explain),
    /// Print the SQL of a check
    Sql(Sql),
    /// Show or check a rubric
    #[command(subcommand)]
    Rubric(Rubric),
    /// Save what an audit sees, to be scored and shown later with --from
    Collect(Collect),
    /// Tell what this role can see on this server, and the one GRANT that mends each gap
    Doctor(Doctor),
    /// Audit a throwaway local server with planted problems
    Demo(Demo),
    /// Print a completion script
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    Man,
}

/// Where to connect to. The environment (PG*), ~/.pgpass and sockets are used as psql uses them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub struct Connect {
    /// Host name, address, or folder of the socket
    #[arg(long, short = 'h')]
    pub host: Option<String>,
    #[arg(long, short, help = "Port")]
    pub port: Option<String>,
    /// Role to audit as
    #[arg(long, short = 'U', value_name = "ROLE")]
    pub username: Option<String>,
    /// Database, URI or key=value string. A password in it shows in the list of processes
    #[arg(
        long = "dbname",
        short = 'd',
        visible_alias = "dsn",
        value_name = "DATABASE"
    )]
    pub dbname: Option<String>,
    /// Never ask for a password
    #[arg(long, short = 'w')]
    pub no_password: bool,
    /// Ask for a password before connecting
    #[arg(long, short = 'W', conflicts_with = "no_password")]
    pub password: bool,
    /// End the whole audit after this time, connecting included
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    pub timeout: Duration,
    /// End a single statement after this time
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time)]
    pub statement_timeout: Duration,
    /// Wait for a lock no longer than this
    #[arg(long, value_name = "TIME", default_value = "200ms", value_parser = time)]
    pub lock_timeout: Duration,
    /// Let all checks together take no more of the server's time than this; the dearest are asked last, and left out
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub budget: Option<Duration>,
    /// Look at these schemas only; `*` stands for any characters, `?` for one; may be repeated
    #[arg(long, value_name = "PATTERN", help_heading = "Scope")]
    pub schema: Vec<String>,
    /// Do not look at these schemas; may be repeated
    #[arg(long, value_name = "PATTERN", help_heading = "Scope")]
    pub exclude_schema: Vec<String>,
    /// A standby of the server, as URI or key=value string: an index counts as unused only where it does not use it
    /// either; may be repeated
    #[arg(long, value_name = "DSN", help_heading = "Scope")]
    pub replica: Vec<String>,
}

/// A live server or a saved snapshot.
#[derive(Debug, Clone, Args)]
pub struct Source {
    #[command(flatten)]
    pub connect: Connect,
    /// Read a snapshot that `collect` saved, instead of a server; - is standard input
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Connection",
        conflicts_with = "Connect"
    )]
    pub from: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// What the report is written as
    #[arg(long, value_enum, default_value_t = Format::Table, hide_possible_values = true, value_name = "table|json|markdown")]
    pub format: Format,
    /// Write to a file, as [FORMAT=]PATH; may be repeated; - is standard output
    #[arg(long, short, value_name = "[FORMAT=]PATH")]
    pub output: Vec<Destination>,
    /// Show long lists whole
    #[arg(long)]
    pub all: bool,
}

impl Output {
    /// Whether a report goes to standard output.
    pub fn to_standard_output(&self) -> bool {
        self.output.is_empty() || self.output.iter().any(Destination::is_standard_output)
    }
}

#[derive(Debug, Clone, Args)]
pub struct Timings {
    /// Tell what the audit itself cost: milliseconds, rows and bytes of all that was asked
    #[arg(long, help_heading = "Output")]
    pub timings: bool,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Rubric")]
pub struct RubricFile {
    /// A rubric of your own; `extends: default` in it changes only what differs
    #[arg(long, value_name = "FILE")]
    pub rubric: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct Score {
    /// Database, URI or key=value string
    #[arg(conflicts_with_all = ["from", "dbname"])]
    pub dsn: Option<String>,
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub timings: Timings,
    #[command(flatten)]
    pub rubric: RubricFile,
    #[command(flatten)]
    pub profile: Profile,
    /// Show the arithmetic to the last digit
    #[arg(long, help_heading = "Output", conflicts_with_all = ["format", "output"])]
    pub explain: bool,
    #[command(flatten)]
    pub several: Several,
    #[command(flatten)]
    pub gates: Gates,
}

/// More than one database.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Scope")]
pub struct Several {
    /// Audit every database of the server, with a report for each and a summary
    #[arg(long, conflicts_with_all = ["from", "explain"])]
    pub all_databases: bool,
    /// Audit the databases of a file that holds a URI or key=value string a line
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "explain", "dsn", "dbname"])]
    pub targets: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct Profile {
    /// What to look at: `default`, `health` (vital signs) or `ci` (only what is the same on a fresh database)
    #[arg(
        long,
        default_value = "default",
        value_name = "NAME",
        help_heading = "Rubric"
    )]
    pub profile: String,
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Gates")]
pub struct Gates {
    /// Exit with 1 when the low end of the score is below this
    #[arg(long, value_name = "SCORE", value_parser = points)]
    pub fail_under: Option<f64>,
    /// Exit with 1 on a finding of this severity or worse; with 4 when one may hide in what was not assessed
    #[arg(long, value_parser = severity, value_name = "info|warning|critical")]
    pub fail_on: Option<Severity>,
    /// Exit with 4 when less than this share, in per cent, could be assessed
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub min_coverage: Option<f64>,
    /// Exit with 4 when anything could not be assessed
    #[arg(long)]
    pub require_complete: bool,
}

#[derive(Debug, Clone, Args)]
pub struct Check {
    /// Ids, areas or patterns such as 'tables/*'; all without one
    #[arg(value_name = "CHECK")]
    pub checks: Vec<String>,
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub timings: Timings,
    #[command(flatten)]
    pub rubric: RubricFile,
}

/// `pgaudit tables` and the like: all checks of an area.
#[derive(Debug, Clone, Args)]
pub struct Area {
    /// Database, URI or key=value string
    #[arg(conflicts_with_all = ["from", "dbname"])]
    pub dsn: Option<String>,
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub timings: Timings,
    #[command(flatten)]
    pub rubric: RubricFile,
}

#[derive(Debug, Clone, Args)]
pub struct List {
    /// Ids, areas or patterns such as 'tables/*'; all without one
    #[arg(value_name = "CHECK")]
    pub checks: Vec<String>,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub rubric: RubricFile,
}

#[derive(Debug, Clone, Args)]
pub struct Explain {
    /// A check, or `score` for the arithmetic of a score
    #[arg(value_name = "CHECK|score")]
    pub what: String,
    #[command(flatten)]
    pub source: Source,
    #[command(flatten)]
    pub rubric: RubricFile,
    #[command(flatten)]
    pub profile: Profile,
}

#[derive(Debug, Clone, Args)]
pub struct Sql {
    /// A check
    #[arg(value_name = "CHECK")]
    pub check: String,
    /// The major version of the server that it is for
    #[arg(long, value_name = "MAJOR", default_value_t = *SUPPORTED.end(), value_parser = major())]
    pub server_version: u32,
}

#[derive(Debug, Subcommand)]
pub enum Rubric {
    /// Print the default rubric
    Show,
    /// Say what is wrong in a rubric, with file, line, column and the nearest valid name
    Check { file: PathBuf },
}

#[derive(Debug, Clone, Args)]
pub struct Collect {
    /// Database, URI or key=value string
    #[arg(conflicts_with = "dbname")]
    pub dsn: Option<String>,
    #[command(flatten)]
    pub connect: Connect,
    /// Write to a file; - is standard output
    #[arg(
        long,
        short,
        value_name = "PATH",
        default_value = "-",
        value_parser = snapshot_path,
        help_heading = "Output"
    )]
    pub output: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct Doctor {
    /// Database, URI or key=value string
    #[arg(conflicts_with = "dbname")]
    pub dsn: Option<String>,
    /// Print the script that makes the role of --username [default: pgaudit] one that sees what pgaudit looks at and
    /// no rows; connects to nothing
    #[arg(long, conflicts_with_all = ["dsn", "dbname", "host", "port"])]
    pub sql: bool,
    #[command(flatten)]
    pub connect: Connect,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// Leave the server running and say how to connect and how to stop it
    #[arg(long)]
    pub keep: bool,
    /// The major version to use, of those that are found here
    #[arg(long, value_name = "MAJOR", value_parser = major())]
    pub server_version: Option<u32>,
    #[command(flatten)]
    pub output: Output,
}

fn time(text: &str) -> Result<Duration, String> {
    let seconds = parse_seconds(text).filter(|seconds| *seconds > 0.0 && *seconds < 1e9);
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| String::from("a time such as 500ms, 10s or 2min is expected"))
}

fn points(text: &str) -> Result<f64, String> {
    let points = text
        .parse()
        .ok()
        .filter(|points| (0.0..=100.0).contains(points));
    points.ok_or_else(|| String::from("a number from 0 to 100 is expected"))
}

fn percent(text: &str) -> Result<f64, String> {
    points(text.trim_end_matches('%').trim()).map(|percent| percent / 100.0)
}

fn severity(text: &str) -> Result<Severity, String> {
    match text {
        "info" => Ok(Severity::Info),
        "warning" => Ok(Severity::Warning),
        "critical" => Ok(Severity::Critical),
        _ => Err(String::from("info, warning or critical is expected")),
    }
}

/// A major version that pgaudit supports.
fn major() -> clap::builder::RangedI64ValueParser<u32> {
    let (first, last) = (SUPPORTED.start(), SUPPORTED.end());
    clap::value_parser!(u32).range(i64::from(*first)..=i64::from(*last))
}

fn snapshot_path(text: &str) -> Result<PathBuf, String> {
    match text.parse::<Destination>()? {
        Destination {
            format: None | Some(Format::Json),
            path,
        } => Ok(path),
        Destination { .. } => Err(String::from(
            "a snapshot is JSON; `pgaudit score --from` draws it in other formats",
        )),
    }
}

/// Names that no area may have.
pub fn reserved() -> Vec<String> {
    Cli::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .chain([String::from("help")])
        .collect()
}

/// The command line with a command for each area.
pub fn command<'a>(areas: impl IntoIterator<Item = &'a str>) -> clap::Command {
    areas.into_iter().fold(Cli::command(), |command, area| {
        let about = format!("Show the tables of all {area} checks");
        let area = Area::augment_args(clap::Command::new(area.to_owned()));
        // Behind the arguments, which bring the doc comment of their type.
        command.subcommand(area.about(about).long_about(None))
    })
}
