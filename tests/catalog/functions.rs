//! Statements call only what somebody reviewed.

use std::collections::BTreeSet;

use pgaudit::check::sql::{Kind, Token, tokens};

use crate::none_of;
use crate::reviewed::{FORBIDDEN, FUNCTIONS, WAITS_FOR_LOCKS};
use crate::sql::{Role, before, is, is_with_query, name, shipped};

/// Key words that stand before an opening parenthesis without being called.
const KEY_WORDS: [&str; 44] = [
    "all",
    "and",
    "any",
    "array",
    "as",
    "between",
    "by",
    "case",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "filter",
    "from",
    "group",
    "having",
    "ilike",
    "in",
    "intersect",
    "is",
    "join",
    "lateral",
    "like",
    "limit",
    "materialized",
    "not",
    "offset",
    "on",
    "or",
    "order",
    "over",
    "recursive",
    "row",
    "select",
    "similar",
    "some",
    "then",
    "union",
    "using",
    "values",
    "when",
    "where",
    "with",
];

/// The functions that are called, with their schema where it is given; `pg_catalog` goes without saying.
fn calls(tokens: &[Token<'_>]) -> Vec<String> {
    let mut called = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = name(token).filter(|_| is(tokens, at + 1, "(")) else {
            continue;
        };
        if before(tokens, at, ".") {
            let schema = at
                .checked_sub(2)
                .and_then(|at| crate::sql::name(&tokens[at]));
            called.push(match schema.as_deref() {
                Some("pg_catalog") => name,
                schema => format!("{}.{name}", schema.unwrap_or("?")),
            });
            continue;
        }
        let key_word = token.kind == Kind::Word && KEY_WORDS.contains(&name.as_str());
        // `f() as t (a, b)`, `(select …) t (a, b)`, and the type in `x::numeric(10, 2)`; a slice has one colon.
        let names_something = ["as", ")"].iter().any(|text| before(tokens, at, text))
            || before(tokens, at, ":") && before(tokens, at - 1, ":");
        if !key_word && !names_something && !is_with_query(tokens, at) {
            called.push(name);
        }
    }
    called
}

fn forbidden(function: &str) -> bool {
    let name = function.rsplit('.').next().unwrap_or(function);
    FORBIDDEN
        .iter()
        .any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == *pattern,
        })
}

#[test]
fn calls_are_seen_however_they_are_written() {
    for (sql, expected) in [
        ("select f(1)", vec!["f"]),
        ("SELECT Pg_Sleep (1)", vec!["pg_sleep"]),
        ("select pg_sleep /* ( */ -- (\n (1)", vec!["pg_sleep"]),
        ("select pg_catalog.f(g(h()))", vec!["f", "g", "h"]),
        (
            "select \"pg_sleep\"(1), public.f()",
            vec!["pg_sleep", "public.f"],
        ),
        ("select {ext:x}.f()", vec!["{ext:x}.f"]),
        ("select 'f(1)', \"g(1)\", $$ h(1) $$ /* i(1) */", vec![]),
        (
            "select a::numeric(10, 2), cast(b as varchar(9)), c[1:f(2)]",
            vec!["cast", "f"],
        ),
        (
            "select from f(x) as (a int), g(y) t (b), h() as u (c)",
            vec!["f", "g", "h"],
        ),
        (
            "with a (x) as (select 1), b as not materialized (select f()) select",
            vec!["f"],
        ),
        (
            "select count(*) filter (where a in (1)) over (order by b)",
            vec!["count"],
        ),
        (
            "select where exists (select) and not (a = any (array(select 1)))",
            vec![],
        ),
        (
            "select from (values (1)) v (a) cross join lateral (select 1) s (b)",
            vec![],
        ),
    ] {
        assert_eq!(calls(&tokens(sql).unwrap()), expected, "{sql}");
    }
}

#[test]
fn only_reviewed_functions_are_called() {
    let reviewed: BTreeSet<_> = FUNCTIONS.iter().copied().collect();
    let mut called = BTreeSet::new();
    let mut wrong = BTreeSet::new();
    for sql in shipped() {
        for function in calls(&sql.tokens()) {
            if !reviewed.contains(function.as_str()) {
                wrong.insert(format!("{}: {function}()", sql.file));
            }
            called.insert(function);
        }
    }
    none_of(
        &Vec::from_iter(wrong),
        "not in FUNCTIONS of tests/catalog/reviewed.rs: does it only read, wait for nobody, and is it STABLE?",
    );
    let stale: Vec<_> = FUNCTIONS
        .iter()
        .filter(|function| !called.contains(**function))
        .map(ToString::to_string)
        .collect();
    none_of(
        &stale,
        "in FUNCTIONS of tests/catalog/reviewed.rs, called by nothing",
    );
    assert!(
        FUNCTIONS.is_sorted(),
        "FUNCTIONS is sorted, so that a review sees one line"
    );
}

#[test]
fn nothing_that_acts_can_be_reviewed_by_mistake() {
    for function in ["pg_sleep_for", "public.dblink_exec", "pg_stat_reset_shared"] {
        assert!(forbidden(function), "{function}");
    }
    let wrong: Vec<_> = FUNCTIONS
        .iter()
        .filter(|function| forbidden(function))
        .map(ToString::to_string)
        .collect();
    none_of(
        &wrong,
        "changes something, waits, or runs SQL that nobody reviewed",
    );
}

/// A size opens the relation, and would wait for whoever changes it: details look at the locks first.
#[test]
fn only_details_ask_for_what_waits_for_a_lock() {
    let mut wrong = Vec::new();
    for sql in shipped().iter().filter(|sql| sql.role != Role::Detail) {
        for function in calls(&sql.tokens()) {
            if WAITS_FOR_LOCKS.contains(&function.as_str()) {
                wrong.push(format!("{}: {function}()", sql.file));
            }
        }
    }
    none_of(&wrong, "belongs into `detail:`");
}
