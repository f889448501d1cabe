//! Each statement is one SELECT that finds its relations where it means to.

use std::collections::BTreeSet;

use pgaudit::check::sql::{Kind, Token, statement, tokens};

use crate::none_of;
use crate::sql::{before, closing, is, is_with_query, name, shipped};

/// Relations of extensions: without their schema they are found by nobody, or are somebody else's.
const OF_EXTENSIONS: [&str; 5] = [
    "pg_buffercache",
    "pg_qualstats",
    "pg_stat_kcache",
    "pg_stat_statements",
    "pg_stat_statements_info",
];

#[test]
fn each_is_one_select_that_changes_and_locks_nothing() {
    let mut wrong = Vec::new();
    for sql in shipped() {
        let tokens = sql.tokens();
        if !is(&tokens, 0, "select") && !is(&tokens, 0, "with") {
            wrong.push(format!("{}: begins with {:?}", sql.file, tokens[0].text));
        }
        if let Err((_, fault)) = statement(&sql.text) {
            wrong.push(format!("{}: {fault}", sql.file));
        }
        wrong.extend(acts(&tokens).map(|word| format!("{}: {word}", sql.file)));
    }
    none_of(&wrong, "not a mere SELECT");
}

/// Words by which even a SELECT changes or locks something.
fn acts<'a>(tokens: &'a [Token<'a>]) -> impl Iterator<Item = String> + 'a {
    let locks = |at: usize| {
        let strength = ["update", "share", "no", "key"];
        is(tokens, at, "for") && strength.into_iter().any(|word| is(tokens, at + 1, word))
    };
    let changes = |at: usize| {
        // All of these but INTO only begin a statement, with or without a WITH, or what a WITH query holds.
        let begins = at == 0 || ["(", ")", ";"].iter().any(|text| before(tokens, at, text));
        let word = [
            "insert", "update", "delete", "merge", "truncate", "create", "alter", "drop",
        ]
        .into_iter()
        .any(|word| is(tokens, at, word));
        (word && begins) || (is(tokens, at, "into") && !before(tokens, at, "."))
    };
    (0..tokens.len())
        .filter(move |at| locks(*at) || changes(*at))
        .map(|at| tokens[at].text.to_lowercase())
}

#[test]
fn a_select_that_acts_is_seen() {
    for (sql, expected) in [
        (
            "with x as (DELETE from t returning *) select",
            vec!["delete"],
        ),
        ("with x as (select) update t set a = 1", vec!["update"]),
        ("select 1 INTO t", vec!["into"]),
        ("select from t for update", vec!["for"]),
        ("select from t for no key update", vec!["for"]),
        (
            "select substring(a from 1 for 2), b.update, 'delete', x as into_x",
            vec![],
        ),
    ] {
        assert_eq!(
            acts(&tokens(sql).unwrap()).collect::<Vec<_>>(),
            expected,
            "{sql}"
        );
    }
}

/// Where the items of FROM begin.
fn places(tokens: &[Token<'_>]) -> Vec<usize> {
    let ends = [
        "where",
        "group",
        "having",
        "window",
        "union",
        "except",
        "intersect",
        "order",
        "limit",
        "offset",
        "fetch",
    ];
    let mut places = Vec::new();
    for at in 0..tokens.len() {
        let of_expression = before(tokens, at, "distinct")
            || at > 2
                && is(tokens, at - 2, "(")
                && ["extract", "substring", "trim"]
                    .iter()
                    .any(|f| is(tokens, at - 3, f));
        if is(tokens, at, "join") {
            places.push(at + 1);
        } else if is(tokens, at, "from") && !of_expression {
            places.push(at + 1);
            let mut next = at + 1;
            while next < tokens.len()
                && tokens[next].text != ")"
                && !ends.iter().any(|end| is(tokens, next, end))
            {
                match tokens[next].text {
                    "(" => next = closing(tokens, next),
                    "," => places.push(next + 1),
                    _ => {}
                }
                next += 1;
            }
        }
    }
    places
}

/// A relation that is not in `pg_catalog`, a WITH query or of a named schema would be found in no schema, or in a stranger's.
fn strays(tokens: &[Token<'_>]) -> Vec<String> {
    let queries: BTreeSet<_> = (0..tokens.len())
        .filter(|at| is_with_query(tokens, *at))
        .filter_map(|at| name(&tokens[at]))
        .collect();
    let mut strays = Vec::new();
    for mut next in places(tokens) {
        while is(tokens, next, "lateral") || is(tokens, next, "only") {
            next += 1;
        }
        let Some(relation) = tokens.get(next).and_then(name) else {
            continue;
        };
        let known = if is(tokens, next + 1, "(") || tokens[next].kind == Kind::Placeholder {
            true
        } else if is(tokens, next + 1, ".") {
            ["pg_catalog", "information_schema"].contains(&relation.as_str())
        } else {
            let of_extension = OF_EXTENSIONS.contains(&relation.as_str());
            queries.contains(&relation) || relation.starts_with("pg_") && !of_extension
        };
        if !known {
            strays.push(relation);
        }
    }
    let public = tokens
        .iter()
        .any(|token| token.text.eq_ignore_ascii_case("public"));
    strays.extend(public.then(|| String::from("public")));
    strays
}

#[test]
fn every_relation_is_found_in_the_schema_that_was_meant() {
    for (sql, expected) in [
        (
            "select from pg_class c join pg_catalog.pg_index i on true",
            vec![],
        ),
        (
            "with q as (select) select from q join information_schema.tables on true",
            vec![],
        ),
        (
            "select from {ext:pg_stat_statements}.pg_stat_statements",
            vec![],
        ),
        (
            "select extract(epoch from since), a is distinct from b",
            vec![],
        ),
        (
            "select from unnest(x) u cross join lateral (select) s",
            vec![],
        ),
        ("select from pg_stat_statements", vec!["pg_stat_statements"]),
        (
            "select from pg_class c, lateral (select a, b) s, f(x, y) g, users where a in (b, c)",
            vec!["users"],
        ),
        (
            "select from users join app.things on true",
            vec!["users", "app"],
        ),
        ("select public.x", vec!["public"]),
    ] {
        assert_eq!(strays(&tokens(sql).unwrap()), expected, "{sql}");
    }
    let mut wrong = Vec::new();
    for sql in shipped() {
        let strays = strays(&sql.tokens());
        wrong.extend(strays.iter().map(|stray| format!("{}: {stray}", sql.file)));
    }
    none_of(
        &wrong,
        "write `{ext:name}.relation` for what belongs to an extension",
    );
}
