//! Service files, by the rules of the manual, "The Connection Service File".

use std::fs;
use std::path::{Path, PathBuf};

use crate::connect::keywords;
use crate::connect::settings::Error;

/// Where packages look for the file of the whole system.
const SYSTEM: [&str; 3] = [
    "/etc/postgresql-common",
    "/etc/sysconfig/pgsql",
    "/usr/local/pgsql/etc",
];

/// Where service files are looked for.
pub(super) struct Places {
    /// Named by the user: it has to be there.
    pub(super) file: Option<PathBuf>,
    pub(super) home: Option<PathBuf>,
    pub(super) system: Option<PathBuf>,
}

/// A line of a service: key, value, file and number of the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: &'static str,
    pub(super) value: String,
    pub(super) file: String,
    pub(super) number: usize,
}

/// The settings of a service, from the first file that has it.
pub(super) fn find(service: &str, places: &Places) -> Result<Vec<Line>, Error> {
    let of_user = match (&places.file, &places.home) {
        (Some(file), _) => Some(file.clone()),
        (None, Some(home)) => Some(home.join(".pg_service.conf")).filter(|file| file.exists()),
        (None, None) => None,
    };
    let of_system = match &places.system {
        Some(folder) => vec![folder.clone()],
        None => SYSTEM.iter().map(PathBuf::from).collect(),
    };
    let of_system = of_system
        .into_iter()
        .map(|folder| folder.join("pg_service.conf"))
        .filter(|file| file.exists());
    let files: Vec<_> = of_user.into_iter().chain(of_system).collect();
    for file in &files {
        if let Some(lines) = read(service, file)? {
            return Ok(lines);
        }
    }
    let looked = if files.is_empty() {
        String::from("there is no service file; ~/.pg_service.conf or PGSERVICEFILE can be one")
    } else {
        let files: Vec<_> = files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        format!("it was looked for in {}", files.join(" and "))
    };
    Err(Error(format!(
        "definition of service `{service}` not found: {looked}"
    )))
}

fn read(service: &str, file: &Path) -> Result<Option<Vec<Line>>, Error> {
    let shown = file.display();
    let bytes = fs::read(file)
        .map_err(|error| Error(format!("cannot read the service file {shown}: {error}")))?;
    let text = String::from_utf8_lossy(&bytes);
    let mut found = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let number = at + 1;
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(head) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            if head
                .strip_prefix(service)
                .is_some_and(|rest| rest.starts_with(']'))
            {
                found = Some(Vec::new());
            }
            continue;
        }
        let Some(lines) = &mut found else { continue };
        if line.starts_with("ldap") {
            return Err(Error(format!(
                "{shown}:{number}: pgaudit asks no LDAP server; write the settings themselves into the service"
            )));
        }
        // Not the line itself: it may hold a password.
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| Error(format!("{shown}:{number}: `key=value` is expected")))?;
        if ["service", "servicefile"].contains(&key) {
            return Err(Error(format!(
                "{shown}:{number}: a service cannot name another one"
            )));
        }
        let known = keywords::find(key).map_err(|hint| {
            Error(format!(
                "{shown}:{number}: invalid connection option `{key}`{hint}"
            ))
        })?;
        lines.push(Line {
            key: known.name,
            value: value.to_owned(),
            file: shown.to_string(),
            number,
        });
    }
    Ok(found)
}
