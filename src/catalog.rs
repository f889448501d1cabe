//! The library: every file below `queries/`, bundled or from a folder of the user's, by its path.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use globset::GlobBuilder;

use crate::check::{self, Applies, Check, CheckId, Column, Kind, Variant};
use crate::compute;
use crate::render::escape::visible;
use crate::snapshot::{Outcome, Row, Snapshot};
use crate::value::{Unit, Value};
use crate::yaml;

static BUNDLED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/queries.rs"));

/// The file that tells who the server is. It runs before anything is known about versions.
pub const SERVER: &str = "server";

/// Why a library could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Header(#[from] Box<yaml::Error>),
    #[error("{file}: {message}")]
    File { file: String, message: String },
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
}

impl Error {
    fn file(file: &str, message: impl Into<String>) -> Self {
        Self::File {
            file: file.to_owned(),
            message: message.into(),
        }
    }
}

/// No check has this name.
#[derive(Debug, thiserror::Error)]
#[error("no check, area or pattern `{pattern}`{}; `pgaudit list` shows them all", hint(.nearest.as_deref()))]
pub struct UnknownCheck {
    pattern: String,
    nearest: Option<String>,
}

fn hint(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!(", did you mean `{name}`?"))
        .unwrap_or_default()
}

/// Every check, fact and shared reading that there is.
#[derive(Debug, Clone)]
pub struct Catalog {
    entries: BTreeMap<CheckId, Check>,
}

impl Catalog {
    /// The library that is part of the program.
    pub fn bundled() -> Result<Self, Error> {
        let mut catalog = Self {
            entries: BTreeMap::new(),
        };
        catalog.add(
            BUNDLED.iter().map(|(path, text)| (*path, *text)),
            "queries/",
            true,
            &[],
        )?;
        Ok(catalog)
    }

    /// Adds the checks of a folder that is laid out like `queries/`. `commands` are names that no area may have.
    pub fn add_folder(&mut self, folder: &Path, commands: &[&str]) -> Result<(), Error> {
        let mut files = Vec::new();
        list(folder, folder, &mut files)?;
        if files.is_empty() {
            let message = "no check in this folder: a check is a file `<area>/<name>.sql`";
            return Err(Error::file(&folder.display().to_string(), message));
        }
        let prefix = format!("{}/", folder.display());
        let files = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        self.add(files, &prefix, false, commands)
    }

    fn add<'a>(
        &mut self,
        files: impl Iterator<Item = (&'a str, &'a str)>,
        prefix: &str,
        bundled: bool,
        commands: &[&str],
    ) -> Result<(), Error> {
        let mut variants = Vec::new();
        let mut added = BTreeMap::new();
        for (path, text) in files {
            let file = format!("{prefix}{path}");
            let (id, applies) = name(&file, path, bundled, commands)?;
            if applies != Applies::Everywhere {
                variants.push((id, applies, file, text));
                continue;
            }
            if let Some(other) = self.entries.get(&id) {
                return Err(Error::file(
                    &file,
                    format!("{} already has this name", other.file),
                ));
            }
            let check = check::parse(id.clone(), &file, text, bundled).map_err(Box::new)?;
            self.entries.insert(id.clone(), check);
            added.insert(id, text);
        }
        for (id, applies, file, text) in variants {
            let check = self.entries.get_mut(&id);
            let Some(check) = check.filter(|_| added.contains_key(&id)) else {
                let message = format!(
                    "a variant of `{id}`, which has no `{}.sql` beside it",
                    id.name()
                );
                return Err(Error::file(&file, message));
            };
            add_variant(check, applies, file, text)?;
        }
        for (id, text) in added {
            self.validate(&self.entries[&id], text)?;
        }
        Ok(())
    }

    /// What a header says about other files, and names that would mean two checks.
    fn validate(&self, check: &Check, text: &str) -> Result<(), Error> {
        let source = || check::source(&check.file, text).map_err(Box::new);
        if let Some(function) = &check.compute
            && let Err(message) = compute::create(function, &check.params)
        {
            let key = message.split(':').next().unwrap_or_default().to_owned();
            return Err(Box::new(source()?.error_at(&[&key], message)).into());
        }
        for (at, reading) in check.from.iter().enumerate() {
            let id = CheckId::new(format!("readings/{reading}"));
            if !self.entries.contains_key(&id) {
                let known = self
                    .entries
                    .keys()
                    .filter(|id| id.area() == "readings")
                    .map(CheckId::name);
                let (path, message) = (
                    ["from", &at.to_string()],
                    format!("there is no shared reading `{reading}`"),
                );
                return Err(Box::new(source()?.unknown_at(&path, message, reading, known)).into());
            }
        }
        if let Some(fact) = &check.population
            && self.fact(fact).is_none()
        {
            let known: Vec<_> = self.fact_names().map(|(name, _)| name).collect();
            let message = format!("there is no fact `{fact}`");
            let known = known.iter().map(String::as_str);
            return Err(
                Box::new(source()?.unknown_at(&["population"], message, fact, known)).into(),
            );
        }
        for (at, id) in check.yields_to.iter().enumerate() {
            let known = || {
                self.checks()
                    .filter(|other| other.id != check.id)
                    .map(|other| other.id.as_str())
            };
            if !known().any(|known| known == id) {
                let (path, message) = (
                    ["yields_to", &at.to_string()],
                    format!("there is no other check `{id}`"),
                );
                return Err(Box::new(source()?.unknown_at(&path, message, id, known())).into());
            }
        }
        for (at, alias) in check.aliases.iter().enumerate() {
            let fault = if alias.split_once('/').is_none() {
                Some(String::from("an alias is a former id, `<area>/<name>`"))
            } else {
                let same = |other: &&Check| {
                    let also = |of: &Check| of.aliases.iter().filter(|a| *a == alias).count();
                    other.id.as_str() == alias || also(other) > usize::from(other.id == check.id)
                };
                let other = self.entries.values().find(same);
                other.map(|other| format!("`{alias}` also names {}", other.file))
            };
            if let Some(message) = fault {
                let path = ["aliases", &at.to_string()];
                return Err(Box::new(source()?.error_at(&path, message)).into());
            }
        }
        Ok(())
    }

    /// The checks, in the order of their names.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        self.entries.values().filter(|check| check.is_public())
    }

    /// Everything that asks the server: checks, facts and shared readings.
    pub fn entries(&self) -> impl Iterator<Item = &Check> {
        self.entries.values()
    }

    /// What every audit reads first, whatever is selected.
    pub fn facts(&self) -> impl Iterator<Item = &Check> {
        self.entries
            .values()
            .filter(|check| check.kind == Kind::Fact && check.id.as_str() != SERVER)
    }

    /// What in a saved snapshot cannot be what its check or fact holds.
    pub fn misfit(&self, snapshot: &Snapshot) -> Option<String> {
        let wrong = |unit: Option<Unit>, value: &Value| unit.filter(|unit| !unit.holds(value));
        let fact = snapshot.facts.iter().find_map(|(name, value)| {
            let unit = wrong(self.fact(name), value)?;
            Some(format!("the fact {name} is {value}, where {unit} belongs"))
        });
        let row = |check: &Check, row: &Row| {
            row.values.iter().find_map(|(name, value)| {
                let unit = wrong(check.unit(name), value)?;
                Some(format!(
                    "{} of {}: `{name}` is {value}, where {unit} belongs",
                    check.id,
                    visible(&row.object)
                ))
            })
        };
        let mut answers = snapshot.checks.iter();
        fact.or_else(|| {
            answers.find_map(|(id, answer)| match (self.entry(id), &answer.outcome) {
                (Some(check), Outcome::Measured { rows, .. }) => {
                    rows.iter().find_map(|of| row(check, of))
                }
                _ => None,
            })
        })
    }

    /// The extensions that some entry reads, some more than once.
    pub fn extensions(&self) -> impl Iterator<Item = &String> {
        self.entries().flat_map(|entry| &entry.needs.extension.0)
    }

    /// What rubric and headers call each fact, with its unit.
    pub fn fact_names(&self) -> impl Iterator<Item = (String, Unit)> {
        self.facts().flat_map(|entry| {
            let name =
                |column: &Column| (format!("{}.{}", entry.id.name(), column.name), column.unit);
            entry.columns.iter().map(name)
        })
    }

    /// The unit of a fact.
    pub fn fact(&self, name: &str) -> Option<Unit> {
        self.fact_names()
            .find(|(fact, _)| fact == name)
            .map(|(_, unit)| unit)
    }

    /// The first statement of every audit.
    ///
    /// # Panics
    /// If the bundled library lacks it, which the catalog's tests rule out.
    pub fn server(&self) -> &Check {
        self.entries
            .get(&CheckId::new(SERVER))
            .expect("queries/server.sql is bundled")
    }

    /// A check by its name or by one that it had before.
    pub fn check(&self, id: &str) -> Option<&Check> {
        let named = self
            .entries
            .get(&CheckId::new(id))
            .filter(|check| check.is_public());
        named.or_else(|| {
            self.checks()
                .find(|check| check.aliases.iter().any(|alias| alias == id))
        })
    }

    pub fn entry(&self, id: &CheckId) -> Option<&Check> {
        self.entries.get(id)
    }

    /// The folders of checks.
    pub fn areas(&self) -> BTreeSet<&str> {
        self.checks().map(|check| check.id.area()).collect()
    }

    /// The checks that any of the patterns names: an id, an area or a glob. No pattern names all.
    pub fn select(&self, patterns: &[String]) -> Result<Vec<&Check>, UnknownCheck> {
        let mut selected = BTreeSet::new();
        for pattern in patterns {
            let before = selected.len();
            let glob = GlobBuilder::new(pattern)
                .literal_separator(true)
                .build()
                .ok()
                .map(|glob| glob.compile_matcher());
            let alias = self.check(pattern).map(|check| &check.id);
            let named = |id: &CheckId| {
                id.area() == pattern
                    || alias == Some(id)
                    || glob.as_ref().is_some_and(|glob| glob.is_match(id.as_str()))
            };
            let ids: Vec<_> = self
                .checks()
                .map(|check| &check.id)
                .filter(|id| named(id))
                .collect();
            let known = ids.iter().any(|id| selected.contains(id));
            selected.extend(ids);
            if selected.len() == before && !known {
                return Err(self.unknown(pattern));
            }
        }
        let all = patterns.is_empty();
        Ok(self
            .checks()
            .filter(|check| all || selected.contains(&check.id))
            .collect())
    }

    /// The error for a name that no check has.
    pub fn unknown(&self, pattern: &str) -> UnknownCheck {
        let names = self
            .checks()
            .map(|check| check.id.as_str())
            .chain(self.areas());
        UnknownCheck {
            pattern: pattern.to_owned(),
            nearest: yaml::nearest(pattern, names),
        }
    }
}

fn add_variant(check: &mut Check, applies: Applies, file: String, text: &str) -> Result<(), Error> {
    if check.compute.is_some() {
        let message = format!("a variant of {}, which has no statement", check.file);
        return Err(Error::file(&file, message));
    }
    if check::split(text)
        .0
        .is_some_and(|comment| comment.contains("title:"))
    {
        let message = format!("a variant has no header: it obeys that of {}", check.file);
        return Err(Error::file(&file, message));
    }
    let sql = check::sql::statement(text)
        .map_err(|(at, fault)| Box::new(yaml::Error::at(&file, text, at, fault)))?;
    if sql.is_empty() {
        return Err(Error::file(&file, "no statement"));
    }
    let sql = sql.to_owned();
    check.variants.push(Variant { applies, sql, file });
    check
        .variants
        .sort_by_key(|variant| Reverse(rank(&variant.applies)));
    let axes: BTreeSet<_> = check
        .variants
        .iter()
        .filter_map(|v| axis(&v.applies))
        .collect();
    if axes.len() > 1 {
        let message = format!(
            "the variants of `{}` differ by more than one thing: the server or one extension",
            check.id
        );
        return Err(Error::file(&check.file, message));
    }
    Ok(())
}

/// Which of two variants is newer, and which thing they differ by.
fn rank(applies: &Applies) -> Vec<u32> {
    match applies {
        Applies::Everywhere => Vec::new(),
        Applies::Server(major) => vec![*major],
        Applies::Extension { version, .. } => version.clone(),
    }
}

fn axis(applies: &Applies) -> Option<&str> {
    match applies {
        Applies::Everywhere => None,
        Applies::Server(_) => Some("server"),
        Applies::Extension { name, .. } => Some(name),
    }
}

/// Reads the id and the range of versions out of `area/name[.variant].sql`.
fn name(
    file: &str,
    path: &str,
    bundled: bool,
    commands: &[&str],
) -> Result<(CheckId, Applies), Error> {
    let stem = path.strip_suffix(".sql").unwrap_or(path);
    let (id, variant) = match stem.split_once('.') {
        Some((id, variant)) => (id, Some(variant)),
        None => (stem, None),
    };
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let parts: Vec<_> = id.split('/').collect();
    let depth = if bundled && id == SERVER { 1 } else { 2 };
    if parts.len() != depth || !parts.iter().all(|part| plain(part)) {
        let message = "a check is a file `<area>/<name>.sql`, both of lower-case letters, digits and underscores";
        return Err(Error::file(file, message));
    }
    if commands.contains(&parts[0]) {
        return Err(Error::file(
            file,
            format!(
                "`{}` is a command of pgaudit and cannot be an area",
                parts[0]
            ),
        ));
    }
    let applies = match variant {
        None => Applies::Everywhere,
        Some(variant) => self::variant(variant).ok_or_else(|| {
            let message = format!(
                "`{variant}` is no range of versions; write `pg17` or `pg_stat_statements-1.8`"
            );
            Error::file(file, message)
        })?,
    };
    Ok((CheckId::new(id), applies))
}

fn variant(text: &str) -> Option<Applies> {
    if let Some(major) = text.strip_prefix("pg").and_then(|n| n.parse().ok()) {
        return Some(Applies::Server(major));
    }
    let (name, version) = text.rsplit_once('-')?;
    Some(Applies::Extension {
        name: name.to_owned(),
        version: self::version(version)?,
    })
}

/// A version of an extension as numbers that compare: `1.11` is newer than `1.8`.
pub fn version(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

fn list(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), Error> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Read { path, source }
    };
    let mut entries = fs::read_dir(folder)
        .map_err(unreadable(folder))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable(folder))?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            list(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            let name = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .to_string_lossy()
                .into_owned();
            files.push((name, text));
        }
    }
    Ok(())
}
