//! The SQL that ships, in pieces that its tests look at.

use pgaudit::check::sql::{Kind, Token, tokens};

use crate::{CATALOG, read, root};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The statement of a check, a fact or a reading.
    Query,
    /// Runs for a single relation that is reported.
    Detail,
    /// Of the engine.
    Engine,
}

pub(crate) struct Sql {
    pub(crate) file: String,
    pub(crate) role: Role,
    pub(crate) text: String,
}

impl Sql {
    pub(crate) fn tokens(&self) -> Vec<Token<'_>> {
        tokens(&self.text).unwrap_or_else(|(at, fault)| panic!("{} at {at}: {fault}", self.file))
    }
}

/// All SQL that an audit may send, apart from the transaction around it.
pub(crate) fn shipped() -> Vec<Sql> {
    let mut all = Vec::new();
    for entry in CATALOG.entries() {
        all.extend(entry.variants.iter().map(|variant| Sql {
            file: variant.file.clone(),
            role: Role::Query,
            text: variant.sql.clone(),
        }));
        all.extend(entry.detail.iter().map(|detail| Sql {
            file: entry.file.clone(),
            role: Role::Detail,
            text: detail.clone(),
        }));
        all.extend(entry.measure.iter().map(|measure| Sql {
            file: entry.file.clone(),
            role: Role::Detail,
            text: measure.sql.clone(),
        }));
    }
    for entry in std::fs::read_dir(root().join("src/collect")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            all.push(Sql {
                text: read(&path),
                file: path.strip_prefix(root()).unwrap().display().to_string(),
                role: Role::Engine,
            });
        }
    }
    all
}

/// The word of a token as PostgreSQL folds it.
pub(crate) fn name(token: &Token<'_>) -> Option<String> {
    match token.kind {
        Kind::Word => Some(token.text.to_lowercase()),
        Kind::Quoted => Some(token.text.trim_matches('"').replace("\"\"", "\"")),
        Kind::Placeholder => Some(token.text.to_owned()),
        Kind::Text | Kind::Number | Kind::Sign => None,
    }
}

pub(crate) fn is(tokens: &[Token<'_>], at: usize, text: &str) -> bool {
    tokens
        .get(at)
        .is_some_and(|token| token.kind != Kind::Quoted && token.text.eq_ignore_ascii_case(text))
}

pub(crate) fn before(tokens: &[Token<'_>], at: usize, text: &str) -> bool {
    at > 0 && is(tokens, at - 1, text)
}

/// Where the parenthesis that opens at `open` closes.
pub(crate) fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("a parenthesis without its end")
}

/// Whether `at` is the name that a WITH query is given.
pub(crate) fn is_with_query(tokens: &[Token<'_>], at: usize) -> bool {
    let mut next = at + 1;
    if is(tokens, next, "(") {
        next = closing(tokens, next) + 1;
    }
    if !is(tokens, next, "as") {
        return false;
    }
    next += 1;
    next += usize::from(is(tokens, next, "not"));
    next += usize::from(is(tokens, next, "materialized"));
    let begins = |word| is(tokens, next + 1, word);
    is(tokens, next, "(") && ["select", "with", "values"].into_iter().any(begins)
}
