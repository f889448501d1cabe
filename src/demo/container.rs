//! The demo's server in a container, where a machine has an engine but no binaries.

use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};

use crate::connect::settings::{Host, Settings};
use crate::local_server::SUPERUSER;

/// How long the server in a new container may take, pulling the image not included.
const PATIENCE: Duration = Duration::from_secs(60);

/// The command of an engine that answers.
pub(super) fn engine() -> Option<&'static str> {
    let answers = |engine: &&str| {
        let status = Command::new(engine)
            .arg("info")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    ["docker", "podman"].into_iter().find(answers)
}

/// A running container, which is removed when it is dropped.
pub(super) struct Container {
    engine: &'static str,
    id: String,
    port: u16,
    password: String,
    kept: bool,
}

impl Container {
    pub(super) fn start(
        engine: &'static str,
        major: u32,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        // Only this machine reaches the port, but every user of it does.
        let password = format!(
            "{:x}{:x}",
            std::process::id(),
            jiff::Timestamp::now().as_nanosecond()
        );
        let mut run = Command::new(engine);
        run.args(["run", "--rm", "--detach", "--publish", "127.0.0.1::5432"])
            .args(["--env", "POSTGRES_PASSWORD"])
            .env("POSTGRES_PASSWORD", &password)
            .arg(format!("postgres:{major}"));
        for (name, value) in settings.iter().chain(&[("fsync", "off")]) {
            run.arg("-c").arg(format!("{name}={value}"));
        }
        let id = text(run.output(), engine)?;
        let mut container = Self {
            engine,
            id,
            port: 0,
            password,
            kept: false,
        };
        let published = text(
            Command::new(engine)
                .args(["port", &container.id, "5432/tcp"])
                .output(),
            engine,
        )?;
        let port = published
            .lines()
            .next()
            .and_then(|line| line.rsplit(':').next())
            .and_then(|port| port.parse().ok());
        container.port = port.ok_or_else(|| anyhow!("{engine} published no port: {published}"))?;
        container.wait_until_ready()?;
        Ok(container)
    }

    /// The image starts twice, once to set itself up; only the second time it listens on the network.
    fn wait_until_ready(&self) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            let log = Command::new(self.engine)
                .args(["logs", &self.id])
                .output()
                .context("cannot read the container's log")?;
            let ready = |bytes: &[u8]| {
                String::from_utf8_lossy(bytes)
                    .matches("database system is ready to accept connections")
                    .count()
            };
            if ready(&log.stdout) + ready(&log.stderr) >= 2 {
                return Ok(());
            }
            if Instant::now() > until {
                let log = String::from_utf8_lossy(&log.stderr).into_owned();
                return Err(anyhow!(
                    "the server in the container was not ready after {} s:\n{log}",
                    PATIENCE.as_secs()
                ));
            }
            sleep(Duration::from_millis(200));
        }
    }

    pub(super) fn settings(&self, dbname: &str) -> Settings {
        Settings {
            password: Some(self.password.clone()),
            ..Settings::at(Host::loopback(), self.port, SUPERUSER, dbname)
        }
    }

    pub(super) fn farewell(mut self, database: &str) -> String {
        self.kept = true;
        let Self {
            engine,
            id,
            port,
            password,
            ..
        } = &self;
        format!(
            "The server runs on. Look around:  PGPASSWORD={password} pgaudit score -h 127.0.0.1 -p {port} -U postgres -d {database}\n\
             Be rid of it:                     {engine} rm --force {id}"
        )
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if !self.kept {
            let remove = Command::new(self.engine)
                .args(["rm", "--force", &self.id])
                .stdout(Stdio::null())
                .status();
            if let Err(error) = remove {
                tracing::warn!("the container {} was not removed: {error}", self.id);
            }
        }
    }
}

fn text(output: std::io::Result<Output>, engine: &str) -> anyhow::Result<String> {
    let output = output.with_context(|| format!("cannot run {engine}"))?;
    if !output.status.success() {
        return Err(anyhow!(
            "{engine} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
