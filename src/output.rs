//! Where output goes: standard output or files, with or without colour, and what a closed pipe means.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use clap::ValueEnum as _;

use crate::render::{Format, Style};

/// Colour on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set or TERM is dumb
    #[default]
    Auto,
    Always,
    Never,
}

/// One place for a report, as `[FORMAT=]PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// As it was named, or as the ending of the path tells.
    pub format: Option<Format>,
    /// `-` is standard output.
    pub path: PathBuf,
}

impl Destination {
    pub fn is_standard_output(&self) -> bool {
        self.path == Path::new("-")
    }
}

impl std::str::FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = match text.split_once('=') {
            Some((format, path)) if Format::from_str(format, false).is_ok() => {
                (Format::from_str(format, false).ok(), path)
            }
            // A file of that name can still be written as ./name.
            Some((format, _))
                if !format.is_empty() && format.chars().all(|c| c.is_ascii_alphanumeric()) =>
            {
                let known = Format::value_variants()
                    .iter()
                    .filter_map(clap::ValueEnum::to_possible_value);
                let known: Vec<_> = known.map(|value| value.get_name().to_owned()).collect();
                return Err(format!(
                    "there is no format `{format}`; {} are known, and ./{text} is a path",
                    known.join(", ")
                ));
            }
            _ => (Format::of(Path::new(text)), text),
        };
        if path.is_empty() {
            return Err(String::from("a path is expected, as in `json=report.json`"));
        }
        // Nobody who writes `-o json` wants a file of that name.
        if format.is_none() && Format::from_str(path, false).is_ok() {
            return Err(format!(
                "a path is expected; `--format {path}` prints it, `-o {path}=PATH` writes it to a file"
            ));
        }
        Ok(Self {
            format,
            path: PathBuf::from(path),
        })
    }
}

/// Why something could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// A reader that went away, as `head` does: nobody wants the rest, and nothing is wrong.
fn quietly(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    })
}

/// Writes to standard output; styles are stripped where they do not belong.
pub fn print(text: &str, color: Color) -> Result<(), Error> {
    let choice = match color {
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
        Color::Auto => anstream::AutoStream::choice(&io::stdout()),
    };
    let mut out = anstream::AutoStream::new(io::stdout().lock(), choice);
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    quietly(written).map_err(|source| Error::Write {
        path: PathBuf::from("standard output"),
        source,
    })
}

/// Who may read a file, the umask permitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    All,
    /// A snapshot holds the texts of statements.
    Owner,
}

/// Writes a file as a whole or not at all.
pub fn write(path: &Path, text: &str, readers: Readers) -> Result<(), Error> {
    let failed = |source: io::Error| {
        // The name of a temporary file, which `tempfile` adds, says nothing to anybody.
        let text = source.to_string();
        let text = text.split(" at path ").next().unwrap_or_default();
        Error::Write {
            path: path.to_owned(),
            source: io::Error::new(source.kind(), text),
        }
    };
    let text = anstream::adapter::strip_str(text).to_string();
    // A device or a pipe cannot be replaced, only written to.
    if path.exists() && !path.is_file() {
        return quietly(std::fs::write(path, text)).map_err(failed);
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = match readers {
            Readers::All => 0o666,
            Readers::Owner => 0o600,
        };
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A line on standard error. Nothing can be done about one that cannot be written.
pub fn note(text: impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Columns of the output: the terminal's, or COLUMNS, or 100 for mails and files.
pub fn width() -> usize {
    let terminal =
        terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    terminal.or(columns).unwrap_or(100).clamp(40, 140)
}

/// Whether the locale says that signs beyond ASCII show.
fn unicode() -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL")
        .or_else(|| set("LC_CTYPE"))
        .or_else(|| set("LANG"))
        .unwrap_or_default()
        .to_lowercase();
    let dumb = set("TERM").as_deref() == Some("dumb");
    !dumb && (locale.contains("utf-8") || locale.contains("utf8"))
}

/// How tables for people are drawn here.
pub fn style(all: bool) -> Style {
    Style {
        width: width(),
        unicode: unicode(),
        all,
    }
}

/// Whether somebody looks at standard error.
pub fn watched() -> bool {
    io::stderr().is_terminal()
}
