//! Relations of users are told from those of PostgreSQL and of extensions in the same words everywhere.

use std::collections::BTreeSet;

use pgaudit::check::sql::{Kind, Token, tokens};

use crate::none_of;
use crate::reviewed::OTHER_SCHEMAS;
use crate::sql::{Role, before, is, shipped};

/// What every query over `pg_class` that reports relations of users says, with any two aliases.
const OF_USERS: &str = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";
const OF_NO_EXTENSION: &str = "not exists (
  select from pg_depend d
  where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
)";

/// The ranges of tokens that say the same as `pattern`, in which `n` and `c` stand for any alias.
fn occurrences(tokens: &[Token<'_>], pattern: &str) -> Vec<std::ops::Range<usize>> {
    let pattern = pgaudit::check::sql::tokens(pattern).unwrap();
    let same = |at: usize| {
        let mut aliases: [Option<&str>; 2] = [None, None];
        let mut pairs = tokens[at..].iter().zip(&pattern);
        let all = tokens.len() >= at + pattern.len();
        all && pairs.all(|(token, wanted)| match wanted.text {
            "n" | "c" => {
                let alias = &mut aliases[usize::from(wanted.text == "c")];
                token.kind == Kind::Word && *alias.get_or_insert(token.text) == token.text
            }
            text => token.text == text,
        })
    };
    (0..tokens.len())
        .filter(|at| same(*at))
        .map(|at| at..at + pattern.len())
        .collect()
}

fn reads_pg_class(tokens: &[Token<'_>]) -> bool {
    (0..tokens.len()).any(|at| is(tokens, at, "pg_class") && !before(tokens, at, "."))
}

/// What is wrong with how a query tells relations of users from others.
fn scope(tokens: &[Token<'_>]) -> Option<&'static str> {
    let of_users = occurrences(tokens, OF_USERS);
    if reads_pg_class(tokens) {
        if of_users.is_empty() {
            return Some("does not leave out the schemas of PostgreSQL");
        }
        if occurrences(tokens, OF_NO_EXTENSION).is_empty() {
            return Some("does not leave out what belongs to an extension");
        }
    }
    let names_schema = |text: &str| {
        ["'information_schema'", "'pg_catalog'"].contains(&text)
            || ["'^pg_", "'pg\\_", "'pg_toast", "'pg_temp"]
                .iter()
                .any(|begin| text.starts_with(begin))
    };
    let private = tokens.iter().enumerate().any(|(at, token)| {
        token.kind == Kind::Text
            && names_schema(token.text)
            && !of_users.iter().any(|range| range.contains(&at))
    });
    private.then_some("tells the schemas of PostgreSQL in words of its own")
}

#[test]
fn relations_of_users_are_told_from_others_everywhere_in_the_same_words() {
    let canonical = format!(
        "select from pg_class r join pg_namespace s on true where {} and {}",
        OF_USERS.replace("n.", "s."),
        OF_NO_EXTENSION.replace("c.", "r.")
    );
    for (sql, good) in [
        (canonical.as_str(), true),
        ("select from pg_proc", true),
        ("select 'pg_class'::regclass", true),
        ("select from pg_class c", false),
        (&canonical.replace("s.nspname <>", "t.nspname <>"), false),
        (&canonical.replace("'e'", "'i'"), false),
        (
            &format!("{canonical} and s.nspname not like 'pg\\_%'"),
            false,
        ),
        (
            "select from pg_namespace n where n.nspname <> 'pg_catalog'",
            false,
        ),
    ] {
        assert_eq!(scope(&tokens(sql).unwrap()).is_none(), good, "{sql}");
    }
    let mut stale: BTreeSet<_> = OTHER_SCHEMAS.iter().map(|(file, _)| *file).collect();
    let mut wrong = Vec::new();
    for sql in shipped().iter().filter(|sql| sql.role == Role::Query) {
        let Some(fault) = scope(&sql.tokens()) else {
            continue;
        };
        match OTHER_SCHEMAS.iter().find(|(file, _)| sql.file == *file) {
            Some((file, _)) => drop(stale.remove(file)),
            None => wrong.push(format!("{}: {fault}", sql.file)),
        }
    }
    none_of(
        &wrong,
        "copy the condition from queries/facts/population.sql, or give the reason in OTHER_SCHEMAS of tests/catalog/reviewed.rs",
    );
    let stale: Vec<_> = stale.iter().map(ToString::to_string).collect();
    none_of(
        &stale,
        "in OTHER_SCHEMAS of tests/catalog/reviewed.rs without need",
    );
}

/// The names of the tables in which migration tools keep their state.
fn tool_tables(tokens: &[Token<'_>]) -> BTreeSet<String> {
    let texts = tokens.iter().filter(|token| token.kind == Kind::Text);
    texts
        .filter(|token| token.text.starts_with("'{databasechangelog"))
        .map(|token| token.text.to_owned())
        .collect()
}

#[test]
fn tables_of_migration_tools_are_told_by_the_same_names_everywhere() {
    let mut lists = BTreeSet::new();
    for sql in shipped() {
        lists.extend(tool_tables(&sql.tokens()));
    }
    let script = crate::read("src/listing/role.sql");
    lists.extend(tool_tables(&tokens(&script).unwrap()));
    assert_eq!(lists.len(), 1, "{lists:#?}");
}
