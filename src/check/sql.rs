//! The words of a statement, without its comments: enough to see where it ends and what it calls.

/// What a piece of a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A key word or a name without quotes.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A string, in any notation.
    Text,
    /// A number, or a parameter such as `$1`.
    Number,
    /// Where something is put in: the schema of an extension, `{ext:name}`; the relation that a detail is about,
    /// `{object}`; where column statistics are read from, `{statistics}`.
    Placeholder,
    /// A single character of an operator or of punctuation.
    Sign,
}

/// A piece of a statement, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub at: usize,
}

/// What is wrong with a statement, and where.
pub type Fault = (usize, &'static str);

/// The pieces of a statement.
pub fn tokens(sql: &str) -> Result<Vec<Token<'_>>, Fault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if rest.starts_with("--") || rest.starts_with("/*") {
            at += comment(rest).ok_or((at, "this comment is not closed"))?;
            continue;
        }
        let (kind, length) = piece(rest, first).ok_or((at, "this quote is not closed"))?;
        tokens.push(Token {
            kind,
            text: &rest[..length],
            at,
        });
        at += length;
    }
    Ok(tokens)
}

/// What begins a statement that ends a transaction.
const ENDING: [&str; 5] = ["abort", "commit", "end", "prepare", "rollback"];

/// The one statement of a text, without what stands around it; empty where there is none.
pub fn statement(text: &str) -> Result<&str, Fault> {
    let tokens = tokens(text)?;
    let end = tokens.iter().position(|token| token.text == ";");
    let (own, after) = tokens.split_at(end.unwrap_or(tokens.len()));
    if let Some(second) = after.iter().find(|token| token.text != ";") {
        return Err((second.at, "a second statement begins; a check has one"));
    }
    let (Some(first), Some(last)) = (own.first(), own.last()) else {
        return Ok("");
    };
    if ENDING
        .iter()
        .any(|word| first.text.eq_ignore_ascii_case(word))
    {
        return Err((
            first.at,
            "a check cannot end the read-only transaction that it runs in",
        ));
    }
    // A comment in front of it belongs to it.
    Ok(text[..last.at + last.text.len()].trim_start())
}

/// Where the first word ends.
pub fn first_word(text: &str) -> usize {
    let first = tokens(text).ok().and_then(|tokens| tokens.first().copied());
    first.map_or(0, |first| first.at + first.text.len())
}

/// The length of the comment that `text` begins with.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("--") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    // Comments nest in PostgreSQL.
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        match text.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn piece(text: &str, first: char) -> Option<(Kind, usize)> {
    let second = text[first.len_utf8()..].chars().next();
    if first == '"' {
        return Some((Kind::Quoted, quoted(text, '"', false)?));
    }
    if first == '\'' {
        return Some((Kind::Text, quoted(text, '\'', false)?));
    }
    if matches!(first, 'e' | 'E') && second == Some('\'') {
        return Some((Kind::Text, 1 + quoted(&text[1..], '\'', true)?));
    }
    if first == '$' {
        if let Some(tag) = dollar(text) {
            let end = text[tag.len()..].find(tag)?;
            return Some((Kind::Text, end + 2 * tag.len()));
        }
        return Some((Kind::Number, 1 + run(&text[1..], |c| c.is_ascii_digit())));
    }
    if ["{ext:", "{object}", "{statistics}"]
        .iter()
        .any(|begin| text.starts_with(begin))
    {
        return Some((Kind::Placeholder, text.find('}')? + 1));
    }
    if first.is_alphabetic() || first == '_' {
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        return Some((Kind::Word, run(text, word)));
    }
    if first.is_ascii_digit() {
        let number = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_';
        return Some((Kind::Number, run(text, number)));
    }
    Some((Kind::Sign, first.len_utf8()))
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// The length of what stands in quotes; the quote itself is written twice, or behind a backslash.
fn quoted(text: &str, quote: char, backslash: bool) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if backslash && c == '\\' {
            chars.next();
        } else if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + 1);
        }
    }
    None
}

/// The `$tag$` that a text begins with.
fn dollar(text: &str) -> Option<&str> {
    let end = 1 + text[1..].find('$')?;
    let tag = &text[1..end];
    let plain = tag.chars().all(|c| c.is_alphanumeric() || c == '_');
    (plain && !tag.starts_with(|c: char| c.is_ascii_digit())).then(|| &text[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_comments_hide_what_stands_in_them() {
        let sql = "select 'a;''b' , E'\\';', $x$ ; $x$, \"q;\"\"r\", $1, 1.5e3 -- ; f(\n/* ; /* ; */ g( */ from {ext:x}.t;";
        let tokens = tokens(sql).unwrap();
        let of = |kind| -> Vec<_> {
            let of = tokens.iter().filter(|token| token.kind == kind);
            of.map(|token| token.text).collect()
        };
        assert_eq!(of(Kind::Word), ["select", "from", "t"]);
        assert_eq!(of(Kind::Text), ["'a;''b'", "E'\\';'", "$x$ ; $x$"]);
        assert_eq!(of(Kind::Quoted), ["\"q;\"\"r\""]);
        assert_eq!(of(Kind::Number), ["$1", "1.5e3"]);
        assert_eq!(of(Kind::Placeholder), ["{ext:x}"]);
        assert_eq!(of(Kind::Sign).concat(), ",,,,,.;");
    }

    #[test]
    fn a_text_holds_one_statement() {
        for (text, expected) in [
            ("", Ok("")),
            (" ;\n", Ok("")),
            ("-- nothing\n;", Ok("")),
            (
                "\n-- why\nselect ';' ;; -- done ;\n",
                Ok("-- why\nselect ';'"),
            ),
            ("select 'é'", Ok("select 'é'")),
            (
                "select 1; select 2",
                Err((10, "a second statement begins; a check has one")),
            ),
            (
                "/* x */ Commit",
                Err((
                    8,
                    "a check cannot end the read-only transaction that it runs in",
                )),
            ),
            ("select 'a", Err((7, "this quote is not closed"))),
            ("select \"a", Err((7, "this quote is not closed"))),
            ("select $a$ $b$", Err((7, "this quote is not closed"))),
            ("select /* /* */ 1", Err((7, "this comment is not closed"))),
        ] {
            assert_eq!(statement(text), expected, "{text}");
        }
    }
}
