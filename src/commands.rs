//! What each command does, and how the program ends.

mod several;

use std::ffi::OsString;
use std::future::Future;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::FromArgMatches as _;
use tokio::time::Instant;

use crate::assess::judge;
use crate::catalog::Catalog;
use crate::check::Check;
use crate::cli::{self, Cli, Command, Connect, Output, Source};
use crate::collect::{self, Limits, Options, Stop};
use crate::connect;
use crate::connect::settings::{Environment, Flags, Settings};
use crate::demo;
use crate::explain;
use crate::gate::{Exit, Gate, decide};
use crate::listing::{self, Doctor, Library, Tables};
use crate::output::{self, Color, Readers, note};
use crate::render::escape::visible;
use crate::render::{self, Format, Style};
use crate::replicas;
use crate::report::assess;
use crate::rubric::{self, Rubric};
use crate::schemas::Schemas;
use crate::server::{SUPPORTED, Server};
use crate::snapshot::{Snapshot, Stopped};

/// Why a command ended without doing what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{0:#}")]
    Usage(anyhow::Error),
    #[error(transparent)]
    Audit(#[from] collect::Error),
    #[error(transparent)]
    Output(#[from] output::Error),
    #[error("{0:#}")]
    Demo(anyhow::Error),
    #[error("interrupted")]
    Interrupted(Stopped),
}

impl Failure {
    fn exit(&self) -> Exit {
        match self {
            Self::Audit(collect::Error::Stopped(Stopped::Deadline)) => Exit::NoAudit,
            Self::Audit(collect::Error::Stopped(stopped)) | Self::Interrupted(stopped) => {
                Exit::stopped(*stopped)
            }
            Self::Usage(_) | Self::Output(_) => Exit::Usage,
            Self::Audit(_) | Self::Demo(_) => Exit::NoAudit,
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Usage(error)
    }
}

/// Runs the command line, and tells an error with its next step.
pub fn main(args: &[OsString]) -> Exit {
    match run(args) {
        Ok(exit) => exit,
        Err(failure) => {
            note(format_args!(
                "pgaudit: {}",
                concealed(&failure.to_string(), args)
            ));
            failure.exit()
        }
    }
}

/// What is wrong with the arguments is told with them; a connection string may be where it does not belong.
fn concealed(message: &str, args: &[OsString]) -> String {
    connect::concealed(message, args.iter().filter_map(|arg| arg.to_str()))
}

fn run(args: &[OsString]) -> Result<Exit, Failure> {
    let catalog = catalog(args)?;
    let areas: Vec<String> = catalog.areas().into_iter().map(str::to_owned).collect();
    let mut command = cli::command(areas.iter().map(String::as_str));
    let parsed = command.try_get_matches_from_mut(args).and_then(|matches| {
        if let Some((area, of)) = matches
            .subcommand()
            .filter(|(name, _)| areas.iter().any(|area| area == name))
        {
            let global = cli::Global::from_arg_matches(&matches)?;
            return Ok((
                global,
                Some((area.to_owned(), cli::Area::from_arg_matches(of)?)),
                None,
            ));
        }
        let Cli { global, command } = Cli::from_arg_matches(&matches)?;
        Ok((global, None, Some(command)))
    });
    let (global, area, chosen) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, args),
    };
    log(global.verbose);
    let app = App {
        catalog,
        color: global.color,
    };
    match (area, chosen) {
        (Some((area, args)), _) => app.check(
            &[area],
            &args.source.with(args.dsn),
            &args.output,
            &args.timings,
            args.rubric.rubric.as_deref(),
        ),
        (None, Some(command)) => app.run(command),
        (None, None) => Ok(Exit::Usage),
    }
}

/// Help and version go to standard output and are no error; all else is a wrong command line.
fn usage(error: &clap::Error, args: &[OsString]) -> Result<Exit, Failure> {
    let text = error.render();
    if error.use_stderr() {
        note(concealed(text.ansi().to_string().trim_end(), args));
        return Ok(Exit::Usage);
    }
    output::print(&text.ansi().to_string(), Color::Auto)?;
    Ok(Exit::Done)
}

/// The library, with the folders of `--queries`: their areas are commands, so they are read before the rest.
fn catalog(args: &[OsString]) -> Result<Catalog, Failure> {
    let mut catalog =
        Catalog::bundled().context("the bundled library is broken; this is a bug of pgaudit")?;
    let reserved = cli::reserved();
    let reserved: Vec<&str> = reserved.iter().map(String::as_str).collect();
    let mut args = args.iter().skip(1);
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy();
        let folder = match text.strip_prefix("--queries") {
            Some("") => args.next().map(PathBuf::from),
            Some(rest) => rest.strip_prefix('=').map(PathBuf::from),
            None if text == "--" => break,
            None => None,
        };
        if let Some(folder) = folder {
            catalog
                .add_folder(&folder, &reserved)
                .map_err(anyhow::Error::from)?;
        }
    }
    Ok(catalog)
}

/// `PGAUDIT_LOG`, not `RUST_LOG`: that one belongs to whatever else runs here.
fn log(verbose: u8) {
    let level = ["off", "pgaudit=info", "pgaudit=debug", "trace"][usize::from(verbose.min(3))];
    let wanted = std::env::var("PGAUDIT_LOG")
        .ok()
        .filter(|filter| !filter.is_empty());
    let filter = match wanted
        .as_deref()
        .map(tracing_subscriber::EnvFilter::try_new)
    {
        Some(Ok(filter)) => filter,
        Some(Err(error)) => {
            note(format_args!("pgaudit: PGAUDIT_LOG is ignored: {error}"));
            tracing_subscriber::EnvFilter::new(level)
        }
        None => tracing_subscriber::EnvFilter::new(level),
    };
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(output::watched())
        .try_init();
}

impl Source {
    /// The positional argument is another way to write `-d`.
    fn with(mut self, dsn: Option<String>) -> Self {
        self.connect = self.connect.with(dsn);
        self
    }
}

impl Connect {
    fn with(mut self, dsn: Option<String>) -> Self {
        self.dbname = dsn.or(self.dbname);
        self
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let flags = Flags {
            host: self.host.clone(),
            port: self.port.clone(),
            user: self.username.clone(),
            dbname: self.dbname.clone(),
        };
        let user = nix::unistd::User::from_uid(nix::unistd::geteuid())
            .ok()
            .flatten();
        let env = Environment {
            variable: &|name| std::env::var(name).ok(),
            home: std::env::var_os("HOME")
                .map(PathBuf::from)
                .or_else(|| user.as_ref().map(|user| user.dir.clone())),
            user: user.map(|user| user.name),
        };
        let mut warnings = Vec::new();
        let settings =
            Settings::resolve(&flags, &env, &mut warnings).map_err(anyhow::Error::from)?;
        for warning in warnings {
            note(format_args!("pgaudit: {warning}"));
        }
        Ok(settings)
    }

    fn options(&self) -> Options {
        Options {
            limits: Limits {
                statement: self.statement_timeout,
                lock: self.lock_timeout,
                budget: self.budget,
            },
            schemas: Schemas {
                only: self.schema.clone(),
                without: self.exclude_schema.clone(),
            },
            deadline: Instant::now() + self.timeout,
        }
    }

    fn may_ask(&self) -> bool {
        !self.no_password && output::watched()
    }
}

impl cli::Timings {
    /// Reports tell what there is: without the flag, nothing.
    fn applied(&self, mut snapshot: Snapshot) -> Snapshot {
        if !self.timings {
            snapshot.costs.clear();
        } else if snapshot.costs.is_empty() {
            note("pgaudit: the snapshot holds no timings");
        }
        snapshot
    }
}

impl cli::Gates {
    fn gate(&self) -> Gate {
        Gate {
            fail_under: self.fail_under,
            fail_on: self.fail_on,
            min_coverage: self.min_coverage,
            require_complete: self.require_complete,
        }
    }
}

/// Runs something that needs the network. What still looks up a name in the background is not waited for.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.context("cannot start the runtime")?;
    let result = runtime.block_on(future);
    runtime.shutdown_timeout(Duration::ZERO);
    Ok(result)
}

/// Runs something that asks a server, and that Ctrl-C or SIGTERM may stop.
pub(crate) fn on_server<T>(ask: impl AsyncFnOnce(&mut Stop) -> T) -> Result<T, Failure> {
    block_on(async {
        let mut stop = Stop::on_signals().context("cannot listen for signals")?;
        Ok(ask(&mut stop).await)
    })?
}

/// Takes a snapshot of a live server, asking for a password where one is wanted and somebody is there.
fn audit(connect: &Connect, catalog: &Catalog, checks: &[&Check]) -> Result<Snapshot, Failure> {
    with_password(connect, |settings| {
        audit_at(settings, connect, catalog, checks)
    })
}

fn audit_at(
    settings: &Settings,
    connect: &Connect,
    catalog: &Catalog,
    checks: &[&Check],
) -> Result<Snapshot, Failure> {
    let options = &connect.options();
    let progress = progress(checks.len());
    let told = |name: &str| {
        progress.inc(1);
        progress.set_message(name.to_owned());
    };
    let snapshot = on_server(async |stop| {
        collect::collect(settings, catalog, checks, options, stop, &told).await
    });
    progress.finish_and_clear();
    let mut snapshot = snapshot??;
    for dsn in &connect.replica {
        let replica = Settings {
            dbname: settings.dbname.clone(),
            ..connect.clone().with(Some(dsn.clone())).settings()?
        };
        let usage = on_server(async |stop| collect::usage(&replica, catalog, options, stop).await)?;
        if let Err(error) = &usage {
            note(format_args!("pgaudit: {}: {error}", replica.place()));
        }
        let usage = usage.map_err(|error| error.to_string());
        replicas::merge(&mut snapshot, replica.place(), &usage);
    }
    if snapshot.server.major() > *SUPPORTED.end() {
        note(format_args!(
            "pgaudit: PostgreSQL {} is newer than this version of pgaudit knows (up to {}); look for a newer pgaudit",
            snapshot.server.version,
            SUPPORTED.end()
        ));
    }
    Ok(snapshot)
}

fn with_password<T>(
    connect: &Connect,
    mut run: impl FnMut(&Settings) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut settings = connect.settings()?;
    if connect.password {
        if !connect.may_ask() {
            return Err(anyhow!("-W asks for a password, and there is no terminal to ask on; put it into ~/.pgpass or PGPASSWORD").into());
        }
        settings.password = Some(ask(&settings)?);
    }
    match run(&settings) {
        Err(Failure::Audit(collect::Error::Connect(error)))
            if error.wants_password() && connect.may_ask() =>
        {
            settings.password = Some(ask(&settings)?);
            run(&settings)
        }
        result => result,
    }
}

fn ask(settings: &Settings) -> Result<String, Failure> {
    let prompt = format!("Password for user {}: ", visible(&settings.user));
    Ok(rpassword::prompt_password(prompt).context("cannot ask for a password")?)
}

/// A line on standard error while somebody looks at it.
fn progress(checks: usize) -> indicatif::ProgressBar {
    if !output::watched() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new(u64::try_from(checks).unwrap_or(u64::MAX));
    if let Ok(style) = indicatif::ProgressStyle::with_template("{pos:>3} answers  {wide_msg}") {
        bar.set_style(style);
    }
    bar
}

struct App {
    catalog: Catalog,
    color: Color,
}

impl App {
    fn run(&self, command: Command) -> Result<Exit, Failure> {
        match command {
            Command::Score(args) => self.score(args),
            Command::Check(args) => self.check(
                &args.checks,
                &args.source,
                &args.output,
                &args.timings,
                args.rubric.rubric.as_deref(),
            ),
            Command::List(args) => self.list(&args),
            Command::Explain(args) => self.explain(&args),
            Command::Sql(args) => self.sql(&args),
            Command::Rubric(cli::Rubric::Show) => self.print(rubric::DEFAULT),
            Command::Rubric(cli::Rubric::Check { file }) => {
                self.rubric(Some(&file))?;
                self.print(&format!("{}: good\n", file.display()))
            }
            Command::Collect(args) => {
                let checks: Vec<_> = self.catalog.checks().collect();
                let snapshot = audit(&args.connect.with(args.dsn), &self.catalog, &checks)?;
                self.put(&args.output, &snapshot.to_json(), Readers::Owner)?;
                Ok(snapshot.stopped.map_or(Exit::Done, Exit::stopped))
            }
            Command::Doctor(args) => self.doctor(args),
            Command::Demo(args) => self.demo(&args),
            Command::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut self.command(), "pgaudit", &mut script);
                self.print(&String::from_utf8_lossy(&script))
            }
            Command::Man => {
                let mut page = Vec::new();
                clap_mangen::Man::new(self.command())
                    .render(&mut page)
                    .context("cannot write the manual page")?;
                self.print(&String::from_utf8_lossy(&page))
            }
        }
    }

    fn command(&self) -> clap::Command {
        cli::command(self.catalog.areas())
    }

    fn print(&self, text: &str) -> Result<Exit, Failure> {
        output::print(text, self.color)?;
        Ok(Exit::Done)
    }

    /// Standard output for `-`, a file for anything else.
    fn put(&self, path: &Path, text: &str, readers: Readers) -> Result<(), Failure> {
        if path == Path::new("-") {
            output::print(text, self.color)?;
        } else {
            output::write(path, text, readers)?;
        }
        Ok(())
    }

    /// Draws a report for each destination that was asked for.
    fn deliver(
        &self,
        output: &Output,
        draw: impl Fn(Format, Style) -> String,
    ) -> Result<(), Failure> {
        if output.output.is_empty() {
            return self.put(
                Path::new("-"),
                &draw(output.format, output::style(output.all)),
                Readers::All,
            );
        }
        // One that cannot be written keeps nothing from the others.
        let mut written = Ok(());
        for destination in &output.output {
            let format = destination.format.unwrap_or(output.format);
            let text = draw(format, output::style(output.all));
            written = written.and(self.put(&destination.path, &text, Readers::All));
        }
        written
    }

    fn rubric(&self, file: Option<&Path>) -> Result<Rubric, Failure> {
        let rubric = match file {
            None => Rubric::bundled(&self.catalog),
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("cannot read the rubric {}", file.display()))?;
                Rubric::parse(&file.display().to_string(), &text, &self.catalog)
            }
        };
        Ok(rubric.map_err(|error| anyhow!(*error))?)
    }

    fn profile<'r>(rubric: &'r Rubric, name: &str) -> Result<&'r rubric::Profile, Failure> {
        rubric.profile(name).ok_or_else(|| {
            let known: Vec<_> = rubric
                .profiles
                .iter()
                .map(|profile| profile.id.as_str())
                .collect();
            let hint = crate::yaml::nearest(name, known.iter().copied())
                .map(|name| format!(", did you mean `{name}`?"));
            anyhow!(
                "there is no profile `{name}`{}; there are {}",
                hint.unwrap_or_default(),
                known.join(", ")
            )
            .into()
        })
    }

    /// The snapshot of a server, or a saved one.
    fn snapshot(&self, source: &Source, checks: &[&Check]) -> Result<Snapshot, Failure> {
        let Some(file) = &source.from else {
            return audit(&source.connect, &self.catalog, checks);
        };
        let reading = || format!("cannot read the snapshot {}", file.display());
        let mut text = String::new();
        if file == Path::new("-") {
            io::stdin()
                .read_to_string(&mut text)
                .with_context(reading)?;
        } else {
            text = std::fs::read_to_string(file).with_context(reading)?;
        }
        let snapshot = Snapshot::from_json(&text)
            .map_err(|error| anyhow!(error).context(file.display().to_string()))?;
        match self.catalog.misfit(&snapshot) {
            Some(misfit) => Err(anyhow!("{}: {misfit}", file.display()))?,
            None => Ok(snapshot),
        }
    }

    fn score(&self, args: cli::Score) -> Result<Exit, Failure> {
        let rubric = self.rubric(args.rubric.rubric.as_deref())?;
        let profile = Self::profile(&rubric, &args.profile.profile)?;
        let checks = self.wanted(&rubric, profile);
        if args.several.all_databases || args.several.targets.is_some() {
            return self.scores(args, &rubric, profile, &checks);
        }
        let snapshot = self.snapshot(&args.source.with(args.dsn), &checks)?;
        let snapshot = args.timings.applied(snapshot);
        let report = assess(&snapshot, &self.catalog, &rubric, profile);
        let verdict = decide(&report, &args.gates.gate());
        if args.explain {
            self.print(&explain::score(&report))?;
        } else {
            self.deliver(&args.output, |format, style| {
                render::score(&report, &verdict, format, style)
            })?;
            // Else nobody who looks at the run learns why it failed.
            if !args.output.to_standard_output() {
                for reason in &verdict.reasons {
                    note(format_args!("pgaudit: {}", visible(reason)));
                }
            }
        }
        Ok(verdict.exit)
    }

    /// The checks of a profile, and of the vital signs that are told beside `default`.
    fn wanted<'a>(&'a self, rubric: &'a Rubric, profile: &'a rubric::Profile) -> Vec<&'a Check> {
        let mut checks = rubric.checks(profile, &self.catalog);
        if let Some(vitals) = rubric
            .profile(crate::report::VITALS)
            .filter(|_| profile.id == "default")
        {
            checks.extend(rubric.checks(vitals, &self.catalog));
        }
        checks.sort_by(|a, b| a.id.cmp(&b.id));
        checks.dedup_by(|a, b| a.id == b.id);
        checks
    }

    fn check(
        &self,
        patterns: &[String],
        source: &Source,
        output: &Output,
        timings: &cli::Timings,
        rubric: Option<&Path>,
    ) -> Result<Exit, Failure> {
        let rubric = self.rubric(rubric)?;
        let checks = self.catalog.select(patterns).map_err(anyhow::Error::from)?;
        let snapshot = timings.applied(self.snapshot(source, &checks)?);
        let tables = Tables {
            judged: judge(&snapshot, &checks, &self.catalog, &rubric),
            snapshot: &snapshot,
        };
        self.deliver(output, |format, style| {
            render::tables(&tables, format, style)
        })?;
        Ok(snapshot.stopped.map_or(Exit::Done, Exit::stopped))
    }

    fn list(&self, args: &cli::List) -> Result<Exit, Failure> {
        let rubric = self.rubric(args.rubric.rubric.as_deref())?;
        let checks = self
            .catalog
            .select(&args.checks)
            .map_err(anyhow::Error::from)?;
        let library = Library {
            checks,
            rubric: &rubric,
        };
        self.deliver(&args.output, |format, style| {
            render::library(&library, format, style)
        })?;
        Ok(Exit::Done)
    }

    fn explain(&self, args: &cli::Explain) -> Result<Exit, Failure> {
        let rubric = self.rubric(args.rubric.rubric.as_deref())?;
        if args.what == "score" {
            let profile = Self::profile(&rubric, &args.profile.profile)?;
            let snapshot = self.snapshot(&args.source, &self.wanted(&rubric, profile))?;
            return self.print(&explain::score(&assess(
                &snapshot,
                &self.catalog,
                &rubric,
                profile,
            )));
        }
        let check = self.named(&args.what)?;
        let text = explain::check(check, &rubric, &self.catalog);
        self.print(&explain::reflowed(&text, output::width()))
    }

    fn named(&self, id: &str) -> Result<&Check, Failure> {
        Ok(self
            .catalog
            .check(id)
            .ok_or_else(|| anyhow::Error::from(self.catalog.unknown(id)))?)
    }

    fn sql(&self, args: &cli::Sql) -> Result<Exit, Failure> {
        let server = Server::like(args.server_version, self.catalog.extensions());
        self.print(&explain::statements(
            self.named(&args.check)?,
            &self.catalog,
            &server,
        ))
    }

    fn doctor(&self, args: cli::Doctor) -> Result<Exit, Failure> {
        if args.sql {
            return self.print(&listing::least_privilege(
                args.connect.username.as_deref().unwrap_or("pgaudit"),
            ));
        }
        let connect = args.connect.with(args.dsn);
        let checks: Vec<_> = self.catalog.checks().collect();
        let snapshot = audit(&connect, &self.catalog, &checks)?;
        let doctor = Doctor::new(&snapshot, &self.catalog);
        self.deliver(&args.output, |format, style| {
            render::doctor(&doctor, format, style)
        })?;
        Ok(snapshot.stopped.map_or(Exit::Done, Exit::stopped))
    }

    fn demo(&self, args: &cli::Demo) -> Result<Exit, Failure> {
        let rubric = self.rubric(None)?;
        let profile = Self::profile(&rubric, "default")?;
        let checks = self.wanted(&rubric, profile);
        let (snapshot, farewell) =
            demo::run(&self.catalog, &checks, args.server_version, args.keep)?;
        let report = assess(&snapshot, &self.catalog, &rubric, profile);
        let verdict = decide(&report, &Gate::default());
        self.deliver(&args.output, |format, style| {
            render::score(&report, &verdict, format, style)
        })?;
        if let Some(farewell) = farewell {
            note(farewell);
        }
        Ok(verdict.exit)
    }
}
