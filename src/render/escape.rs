//! Names of objects and texts of queries are input: nothing in them reaches a terminal or a page raw.

use std::fmt::Write as _;

use crate::check::sql::tokens;

/// The text with control characters and direction marks made visible, on one line.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            // Format characters that turn the direction of text or hide in it: CVE-2021-42574.
            c if c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{f8ff}') =>
            {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    shown
}

/// A statement to copy: names and strings that hold what must not be shown are written as `U&"…"`, which means the
/// same to the server (The SQL Language, 4.1.2.3).
pub fn statement(sql: &str) -> String {
    let mut shown = String::with_capacity(sql.len());
    let mut rest = 0;
    for token in tokens(sql).unwrap_or_default() {
        if token.text.starts_with(['"', '\'']) {
            shown.push_str(&visible(&sql[rest..token.at]));
            shown.push_str(&quoted(token.text));
            rest = token.at + token.text.len();
        }
    }
    shown + &visible(&sql[rest..])
}

/// A name or a string with its quotes.
fn quoted(text: &str) -> String {
    if visible(text) == text {
        return text.to_owned();
    }
    let quote = &text[..1];
    let mut shown = format!("U&{quote}");
    for c in text[1..text.len() - 1].chars() {
        if c == '\\' {
            shown.push_str("\\\\");
        } else if visible(c.encode_utf8(&mut [0; 4])).chars().eq([c]) {
            shown.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\+{:06x}", u32::from(c));
        }
    }
    shown + quote
}

/// The text for a place in Markdown where it must mean nothing but itself.
pub fn markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            // A mention or an issue number would notify somebody.
            '@' => shown.push_str("&#64;"),
            '#' => shown.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                shown.push('\\');
                shown.push(c);
            }
            c => shown.push(c),
        }
    }
    shown
}

/// The text as a code span of Markdown, within a table.
pub fn cell(text: &str) -> String {
    // A backslash would escape the one that escapes the bar, and a code span knows no other way.
    if text.contains("\\|") {
        return markdown(text);
    }
    code(text).replace('|', "\\|")
}

/// The text as a code span of Markdown, outside of tables: there a backslash is a character like any other.
pub fn code(text: &str) -> String {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_raw_gets_through() {
        assert_eq!(
            visible("a\u{1b}[31mb\nc\u{202e}d\u{7}é"),
            "a\\u{1b}[31mb\\nc\\u{202e}d\\u{7}é"
        );
        assert_eq!(
            markdown("<b>*x*|@me #1"),
            "&lt;b&gt;\\*x\\*\\|&#64;me &#35;1"
        );
        assert_eq!(code("a`|b"), "``a`|b``");
        assert_eq!(cell("a`|b"), "``a`\\|b``");
        assert_eq!(cell("a\\|b"), "a\\\\\\|b");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn a_statement_can_be_shown_and_still_be_run() {
        let plain = "DROP INDEX \"a \"\"b\"\"\".c; -- it's";
        assert_eq!(statement(plain), plain);
        assert_eq!(
            statement("VACUUM app.\"a\n\\b\"\"\u{1b}\";"),
            "VACUUM app.U&\"a\\+00000a\\\\b\"\"\\+00001b\";"
        );
    }
}
