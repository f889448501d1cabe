//! What a statement needs, held against what the server says is there. Pure: asked before trying,
//! so that nothing that is bound to fail is ever sent.

use std::collections::BTreeMap;

use crate::check::{Check, Needs};
use crate::server::Server;
use crate::snapshot::Outcome;

/// What the server answered when it was asked for rights and settings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rights {
    /// Roles that exist, by name.
    pub roles: BTreeMap<String, Membership>,
    /// Functions that exist, and whether this role may execute them.
    pub functions: BTreeMap<String, bool>,
    /// Relations that exist, and whether this role may read them.
    pub relations: BTreeMap<String, bool>,
    /// Settings that this role can see, with their values.
    pub settings: BTreeMap<String, String>,
    /// Extensions that could be created.
    pub available: Vec<String>,
}

/// How far this role has the rights of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// Its rights are in effect.
    Effective,
    /// A member, but without inheriting.
    Dormant,
    None,
}

/// Everything that a set of checks needs, each thing once.
#[derive(Debug, Default, PartialEq)]
pub struct Wanted {
    pub roles: Vec<String>,
    pub functions: Vec<String>,
    pub relations: Vec<String>,
    pub settings: Vec<String>,
    pub extensions: Vec<String>,
}

/// Settings that are asked for whether or not a check names them.
const ALWAYS: [&str; 2] = ["shared_preload_libraries", "track_counts"];

impl Wanted {
    pub fn by<'a>(checks: impl IntoIterator<Item = &'a Check>) -> Self {
        let mut wanted = Self {
            settings: ALWAYS.map(String::from).to_vec(),
            ..Self::default()
        };
        let needs = checks.into_iter().flat_map(|check| {
            let measure = check.measure.as_ref().map(|measure| &measure.needs);
            [Some(&check.needs), measure].into_iter().flatten()
        });
        for needs in needs {
            wanted.roles.extend_from_slice(&needs.role.0);
            wanted.functions.extend_from_slice(&needs.execute.0);
            wanted.relations.extend_from_slice(&needs.select.0);
            wanted
                .settings
                .extend(needs.setting.keys().map(str::to_owned));
            wanted.extensions.extend_from_slice(&needs.extension.0);
        }
        for list in [
            &mut wanted.roles,
            &mut wanted.functions,
            &mut wanted.relations,
            &mut wanted.settings,
            &mut wanted.extensions,
        ] {
            list.sort();
            list.dedup();
        }
        wanted
    }
}

/// The outcome of a check whose needs are not met, or `None` where it can be asked.
pub fn unmet(needs: &Needs, server: &Server, rights: &Rights) -> Option<Outcome> {
    if needs.primary && server.standby {
        let reason =
            "a standby: its own counters say nothing about the use on the primary".to_owned();
        return Some(Outcome::NotApplicable { reason });
    }
    if let Some(version) = needs.version.filter(|version| server.major() < *version) {
        return Some(skipped(
            format!(
                "PostgreSQL {} does not tell; {version} and later do",
                server.major()
            ),
            format!("upgrade to PostgreSQL {version} or later"),
        ));
    }
    let library = needs
        .library
        .0
        .iter()
        .find_map(|name| library(name, server, rights));
    let extension = || {
        needs
            .extension
            .0
            .iter()
            .find_map(|name| extension(name, server, rights))
    };
    let role = || {
        needs
            .role
            .0
            .iter()
            .find_map(|name| role(name, server, rights))
    };
    let function = || {
        needs
            .execute
            .0
            .iter()
            .find_map(|name| function(name, server, rights))
    };
    let relation = || {
        needs
            .select
            .0
            .iter()
            .find_map(|name| relation(name, server, rights))
    };
    let settings = || {
        needs
            .setting
            .iter()
            .find_map(|(name, values)| setting(name, &values.0, server, rights))
    };
    let counters = || {
        needs.counters?;
        setting("track_counts", &[String::from("on")], server, rights)
    };
    library
        .or_else(extension)
        .or_else(role)
        .or_else(function)
        .or_else(relation)
        .or_else(settings)
        .or_else(counters)
}

fn skipped(reason: impl Into<String>, remedy: impl Into<String>) -> Outcome {
    Outcome::Skipped {
        reason: reason.into(),
        remedy: Some(remedy.into()),
    }
}

fn library(name: &str, server: &Server, rights: &Rights) -> Option<Outcome> {
    if server.libraries.contains(name) {
        return None;
    }
    let preloaded = rights
        .settings
        .get("shared_preload_libraries")
        .map_or("", |value| value.trim());
    let all = if preloaded.is_empty() {
        name.to_owned()
    } else {
        format!("{preloaded}, {name}")
    };
    let install =
        if server.extensions.contains_key(name) || rights.available.iter().any(|a| a == name) {
            ""
        } else {
            "install the contrib package of PostgreSQL, "
        };
    Some(skipped(
        format!("the server does not load {name}"),
        format!(
            "{install}set shared_preload_libraries = '{all}' in postgresql.conf, restart the server, then CREATE EXTENSION {name};"
        ),
    ))
}

fn extension(name: &str, server: &Server, rights: &Rights) -> Option<Outcome> {
    if server.extensions.contains_key(name) {
        return None;
    }
    let create = format!("CREATE EXTENSION {name};");
    let remedy = if rights.available.iter().any(|available| available == name) {
        create
    } else {
        format!("install the package that brings the extension {name}, then {create}")
    };
    Some(skipped(
        format!(
            "the extension {name} is not created in database {}",
            server.database
        ),
        remedy,
    ))
}

/// Predefined roles that `pg_monitor` contains: one GRANT then mends whatever needs any of them.
const IN_PG_MONITOR: [&str; 3] = [
    "pg_read_all_settings",
    "pg_read_all_stats",
    "pg_stat_scan_tables",
];

fn role(name: &str, server: &Server, rights: &Rights) -> Option<Outcome> {
    let membership = rights.roles.get(name);
    if server.superuser || membership == Some(&Membership::Effective) {
        return None;
    }
    let grant = if IN_PG_MONITOR.contains(&name) {
        "pg_monitor"
    } else {
        name
    };
    let me = &server.role;
    Some(match membership {
        None => skipped(
            format!(
                "the role {name} does not exist on PostgreSQL {}",
                server.major()
            ),
            format!("audit as a superuser, or upgrade to a PostgreSQL that has {name}"),
        ),
        Some(Membership::Dormant) => skipped(
            format!("{me} is a member of {name} but does not inherit its rights"),
            if server.major() >= 16 {
                format!("GRANT {grant} TO {me} WITH INHERIT TRUE;")
            } else {
                format!("ALTER ROLE {me} INHERIT;")
            },
        ),
        Some(_) => skipped(
            format!("{me} does not have the rights of {name}"),
            format!("GRANT {grant} TO {me};"),
        ),
    })
}

fn function(name: &str, server: &Server, rights: &Rights) -> Option<Outcome> {
    match rights.functions.get(name) {
        Some(true) => None,
        Some(false) => Some(skipped(
            format!("{} may not execute {name}", server.role),
            format!("GRANT EXECUTE ON FUNCTION {name} TO {};", server.role),
        )),
        None => Some(Outcome::Skipped {
            reason: format!("this server has no function {name}"),
            remedy: None,
        }),
    }
}

fn relation(name: &str, server: &Server, rights: &Rights) -> Option<Outcome> {
    let shown = server.resolve(name);
    match rights.relations.get(name) {
        Some(true) => None,
        Some(false) => {
            let schema = shown
                .rsplit_once('.')
                .map_or("pg_catalog", |(schema, _)| schema);
            let me = &server.role;
            Some(skipped(
                format!("{me} may not read {shown}"),
                format!("GRANT USAGE ON SCHEMA {schema} TO {me}; GRANT SELECT ON {shown} TO {me};"),
            ))
        }
        None => Some(Outcome::Skipped {
            reason: format!("this server has no relation {shown}"),
            remedy: None,
        }),
    }
}

fn setting(name: &str, values: &[String], server: &Server, rights: &Rights) -> Option<Outcome> {
    match rights.settings.get(name) {
        Some(value) if values.iter().any(|wanted| wanted == value) => None,
        Some(value) => Some(skipped(
            format!("{name} is {value}"),
            format!(
                "ALTER SYSTEM SET {name} = {}; SELECT pg_reload_conf();",
                values[0]
            ),
        )),
        None => name
            .split_once('.')
            // Nobody sees a setting of a library that is not loaded, whatever their rights.
            .and_then(|(of, _)| library(of, server, rights))
            .or_else(|| {
                Some(skipped(
                    format!("{} cannot see the setting {name}", server.role),
                    format!("GRANT pg_monitor TO {};", server.role),
                ))
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Source;

    fn server() -> Server {
        Server {
            version_num: 130_023,
            version: "13.23".into(),
            database: "shop".into(),
            role: "app".into(),
            superuser: false,
            standby: false,
            started: "2026-01-01T00:00:00Z".parse().unwrap(),
            now: "2026-02-01T00:00:00Z".parse().unwrap(),
            extensions: BTreeMap::new(),
            libraries: ["loaded".to_owned()].into(),
            settings: [].into(),
            column_statistics: false,
        }
    }

    fn rights() -> Rights {
        Rights {
            roles: BTreeMap::from([
                ("pg_read_all_stats".into(), Membership::None),
                ("pg_read_all_settings".into(), Membership::Dormant),
                ("held".into(), Membership::Effective),
            ]),
            functions: BTreeMap::from([("f()".into(), false), ("g()".into(), true)]),
            relations: BTreeMap::from([
                ("pg_catalog.pg_authid".into(), false),
                ("pg_catalog.pg_class".into(), true),
            ]),
            settings: BTreeMap::from([
                ("track_counts".into(), "off".into()),
                ("shared_preload_libraries".into(), "auto_explain".into()),
                ("track".into(), "top".into()),
            ]),
            available: vec!["there".into()],
        }
    }

    #[test]
    fn every_unmet_need_says_why_and_what_mends_it() {
        let table = [
            (
                "role: pg_read_all_stats",
                "app does not have the rights of pg_read_all_stats",
                "GRANT pg_monitor TO app;",
            ),
            (
                "role: pg_read_all_settings",
                "app is a member of pg_read_all_settings but does not inherit its rights",
                "ALTER ROLE app INHERIT;",
            ),
            (
                "role: pg_read_all_data",
                "the role pg_read_all_data does not exist on PostgreSQL 13",
                "audit as a superuser, or upgrade to a PostgreSQL that has pg_read_all_data",
            ),
            (
                "execute: f()",
                "app may not execute f()",
                "GRANT EXECUTE ON FUNCTION f() TO app;",
            ),
            ("execute: h()", "this server has no function h()", ""),
            (
                "select: pg_catalog.pg_authid",
                "app may not read pg_catalog.pg_authid",
                "GRANT USAGE ON SCHEMA pg_catalog TO app; GRANT SELECT ON pg_catalog.pg_authid TO app;",
            ),
            (
                "extension: there",
                "the extension there is not created in database shop",
                "CREATE EXTENSION there;",
            ),
            (
                "extension: away",
                "the extension away is not created in database shop",
                "install the package that brings the extension away, then CREATE EXTENSION away;",
            ),
            (
                "library: there",
                "the server does not load there",
                "set shared_preload_libraries = 'auto_explain, there' in postgresql.conf, restart the server, then CREATE EXTENSION there;",
            ),
            (
                "setting: { track: all }",
                "track is top",
                "ALTER SYSTEM SET track = all; SELECT pg_reload_conf();",
            ),
            (
                "setting: { hidden: on }",
                "app cannot see the setting hidden",
                "GRANT pg_monitor TO app;",
            ),
            (
                "setting: { loaded.hidden: on }",
                "app cannot see the setting loaded.hidden",
                "GRANT pg_monitor TO app;",
            ),
            (
                "setting: { there.track: on }",
                "the server does not load there",
                "set shared_preload_libraries = 'auto_explain, there' in postgresql.conf, restart the server, then CREATE EXTENSION there;",
            ),
            (
                "counters: database",
                "track_counts is off",
                "ALTER SYSTEM SET track_counts = on; SELECT pg_reload_conf();",
            ),
            (
                "version: 14",
                "PostgreSQL 13 does not tell; 14 and later do",
                "upgrade to PostgreSQL 14 or later",
            ),
        ];
        for (header, reason, remedy) in table {
            let needs: Needs = Source::new("test", header).unwrap().parse().unwrap();
            match unmet(&needs, &server(), &rights()) {
                Some(Outcome::Skipped {
                    reason: why,
                    remedy: mend,
                }) => {
                    assert_eq!(
                        (why.as_str(), mend.as_deref().unwrap_or("")),
                        (reason, remedy),
                        "{header}"
                    );
                }
                other => panic!("{header}: {other:?}"),
            }
        }
    }

    #[test]
    fn met_needs_are_none() {
        for header in [
            "role: held",
            "execute: g()",
            "select: pg_catalog.pg_class",
            "library: loaded",
            "setting: { track: [all, top] }",
            "version: 13",
            "primary: true",
        ] {
            let needs: Needs = Source::new("test", header).unwrap().parse().unwrap();
            assert_eq!(unmet(&needs, &server(), &rights()), None, "{header}");
        }
    }

    #[test]
    fn a_standby_is_no_place_for_a_check_of_the_primary() {
        let needs: Needs = Source::new("test", "primary: true")
            .unwrap()
            .parse()
            .unwrap();
        let standby = Server {
            standby: true,
            ..server()
        };
        assert!(matches!(
            unmet(&needs, &standby, &rights()),
            Some(Outcome::NotApplicable { .. })
        ));
    }
}
