//! What is not known stays not known.

use std::collections::BTreeSet;

use pgaudit::check::sql::{Kind, tokens};

use crate::none_of;
use crate::reviewed::HIDES_NULL;
use crate::sql::{closing, is, shipped};

/// The calls of `coalesce` that make a figure, a flag or an empty list of what is not known.
fn hides_null(sql: &str) -> Vec<String> {
    let tokens = tokens(sql).unwrap();
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if !(is(&tokens, at, "coalesce") && is(&tokens, at + 1, "(")) {
            continue;
        }
        let end = closing(&tokens, at + 1);
        let mut depth = 0;
        let mut last = at + 2;
        for (inner, token) in tokens.iter().enumerate().take(end).skip(at + 2) {
            match token.text {
                "(" | "[" => depth += 1,
                ")" | "]" => depth -= 1,
                "," if depth == 0 => last = inner + 1,
                _ => {}
            }
        }
        let mut last = tokens[last..end].iter();
        let first = last.find(|token| token.text != "-");
        let constant = first.is_some_and(|token| match token.kind {
            Kind::Number => !token.text.starts_with('$'),
            Kind::Word => ["true", "false"].contains(&token.text.to_lowercase().as_str()),
            Kind::Text => ["''", "'{}'", "'[]'", "'0'"].contains(&token.text),
            _ => false,
        });
        if constant {
            let call = &sql[tokens[at].at..=tokens[end].at];
            found.push(call.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    found
}

#[test]
fn not_known_is_never_made_a_figure() {
    for (sql, expected) in [
        ("select coalesce(a, 0)", vec!["coalesce(a, 0)"]),
        (
            "select COALESCE(f(a, 1),\n  -1::int8)",
            vec!["COALESCE(f(a, 1), -1::int8)"],
        ),
        (
            "select coalesce(a, false), coalesce(b, '[]')",
            vec!["coalesce(a, false)", "coalesce(b, '[]')"],
        ),
        ("select coalesce(coalesce(a, 0), b)", vec!["coalesce(a, 0)"]),
        (
            "select coalesce(a, 'nobody'), coalesce(a, b), 'coalesce(a, 0)'",
            vec![],
        ),
    ] {
        assert_eq!(hides_null(sql), expected, "{sql}");
    }
    let mut stale: BTreeSet<_> = HIDES_NULL
        .iter()
        .map(|(file, call, _)| (*file, *call))
        .collect();
    let mut wrong = Vec::new();
    for sql in shipped() {
        for call in hides_null(&sql.text) {
            let reviewed = HIDES_NULL
                .iter()
                .find(|(file, reviewed, _)| sql.file == *file && call == *reviewed);
            match reviewed {
                Some((file, call, _)) => drop(stale.remove(&(*file, *call))),
                None => wrong.push(format!("{}: {call}", sql.file)),
            }
        }
    }
    none_of(
        &wrong,
        "NULL means not known; where it does mean the constant, HIDES_NULL of tests/catalog/reviewed.rs says why",
    );
    let stale: Vec<_> = stale
        .iter()
        .map(|(file, call)| format!("{file}: {call}"))
        .collect();
    none_of(
        &stale,
        "in HIDES_NULL of tests/catalog/reviewed.rs, written nowhere",
    );
}
