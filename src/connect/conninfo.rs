//! Connection strings, read as libpq reads them: URIs and `key=value`. What is wrong is told without
//! repeating anything that may be a part of a password.

use percent_encoding::percent_decode_str;

use crate::connect::keywords::{self, Origin};
use crate::connect::settings::Error;

/// Key and value, in order; a later one wins.
pub(super) type Pairs = Vec<(&'static str, String)>;

/// What `-d` means: a connection string, or else the name of a database.
pub(super) fn parse(text: &str) -> Result<Option<(Origin, Pairs)>, Error> {
    let uri = ["postgresql://", "postgres://"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix));
    // libpq takes it for the name of a database, which the server then repeats, and logs.
    if uri.is_none() && looks_like_uri(text) {
        return Err(Error(String::from(
            "a connection URI begins with postgresql:// or postgres://",
        )));
    }
    Ok(match uri {
        Some(rest) => Some((Origin::Uri, self::uri(rest)?)),
        None if text.contains('=') => Some((Origin::Text, key_values(text)?)),
        None => None,
    })
}

/// Whether it begins as URIs do, of whichever kind.
pub(super) fn looks_like_uri(text: &str) -> bool {
    text.split_once(":/").is_some_and(|(scheme, _)| {
        scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == ':')
    })
}

/// What is told of arguments in place of the passwords in them.
pub fn concealed<'a>(message: &str, arguments: impl Iterator<Item = &'a str>) -> String {
    let mut message = message.to_owned();
    for argument in arguments {
        let login = argument
            .split_once(":/")
            .and_then(|(_, rest)| rest.rsplit_once('@'));
        if let Some((_, password)) = login.and_then(|(login, _)| login.split_once(':')) {
            message = message.replace(&format!(":{password}@"), ":…@");
        }
        if let Some((_, password)) = argument.split_once("password=") {
            message = message.replace(&format!("password={password}"), "password=…");
        }
    }
    message
}

/// The options whose values nobody may see.
const SECRETS: [&str; 2] = ["password", "sslpassword"];

fn accept(key: &str, value: String, into: &mut Pairs, of: &Origin) -> Result<(), Error> {
    let known = keywords::find(key).map_err(|hint| {
        Error(match into.last() {
            // It may be the rest of a password.
            Some((last, _)) if SECRETS.contains(last) => format!(
                "invalid connection option behind the value of `{last}` in {of}; a value with spaces needs single quotes, and in a URI `&` is written %26"
            ),
            _ => format!("invalid connection option `{key}` in {of}{hint}"),
        })
    })?;
    into.push((known.name, value));
    Ok(())
}

/// `host=db port=5433 password='it\'s'`: quotes and backslashes protect.
fn key_values(text: &str) -> Result<Pairs, Error> {
    let mut found = Pairs::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace());
        let (key, after) = rest.split_at(end.unwrap_or(rest.len()));
        let Some(after) = after.trim_start().strip_prefix('=') else {
            return Err(Error(match found.last() {
                Some((last, _)) => format!(
                    "missing `=` behind the value of `{last}` in the connection string: a value with spaces needs single quotes"
                ),
                None => String::from("missing `=` behind the first word of the connection string"),
            }));
        };
        let after = after.trim_start();
        let quoted = after.starts_with('\'');
        let mut value = String::new();
        let mut end = after.len();
        let mut closed = !quoted;
        let mut chars = after.char_indices().skip(usize::from(quoted));
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => value.extend(chars.next().map(|(_, c)| c)),
                '\'' if quoted => {
                    (closed, end) = (true, at + 1);
                    break;
                }
                c if !quoted && c.is_ascii_whitespace() => {
                    end = at;
                    break;
                }
                c => value.push(c),
            }
        }
        if !closed {
            return Err(Error(format!(
                "unterminated quote in the value of `{key}` in the connection string"
            )));
        }
        accept(key, value, &mut found, &Origin::Text)?;
        rest = after[end..].trim_start();
    }
    Ok(found)
}

const ESCAPES: &str =
    "in a user or password, `:`, `/`, `@`, `?` and `%` are written %3A, %2F, %40, %3F and %25";

/// What follows `postgresql://`: `user:password@host:port,host:port/dbname?key=value`, every part optional.
fn uri(text: &str) -> Result<Pairs, Error> {
    let mut found = Pairs::new();
    let put = |key: &str, part: &str, found: &mut Pairs| {
        if part.is_empty() {
            return Ok(());
        }
        accept(key, decode(key, part)?, found, &Origin::Uri)
    };

    // As libpq does: the first `@` before any `/` ends user and password.
    let login = text
        .find(['@', '/'])
        .filter(|at| text[*at..].starts_with('@'));
    let place = match login {
        Some(at) => {
            let (user, password) = text[..at].split_once(':').unwrap_or((&text[..at], ""));
            put("user", user, &mut found)?;
            put("password", password, &mut found)?;
            &text[at + 1..]
        }
        None => text,
    };
    let (mut hosts, mut ports) = (String::new(), String::new());
    let mut rest = place;
    loop {
        let (host, after) = if let Some(inside) = rest.strip_prefix('[') {
            let (host, after) = inside.split_once(']').ok_or_else(|| {
                Error(String::from(
                    "missing `]` after the IPv6 address in the connection URI",
                ))
            })?;
            if host.is_empty() {
                return Err(Error(String::from(
                    "the IPv6 address in the connection URI is empty",
                )));
            }
            if !after.is_empty() && !after.starts_with([':', '/', '?', ',']) {
                return Err(Error(String::from(
                    "the IPv6 address in the connection URI is followed by neither a port nor a database",
                )));
            }
            (host, after)
        } else {
            rest.split_at(rest.find([':', '/', '?', ',']).unwrap_or(rest.len()))
        };
        let (port, after) = match after.strip_prefix(':') {
            Some(after) => after.split_at(after.find(['/', '?', ',']).unwrap_or(after.len())),
            None => ("", after),
        };
        // Part of a password that was not encoded may stand where the host or port is looked for.
        let number =
            port.trim().is_empty() || port.trim().bytes().all(|byte| byte.is_ascii_digit());
        if host.contains('@') || !(number || port.contains('%')) {
            return Err(misplaced());
        }
        hosts.push_str(host);
        ports.push_str(port);
        rest = after;
        match rest.strip_prefix(',') {
            Some(next) => {
                hosts.push(',');
                ports.push(',');
                rest = next;
            }
            None => break,
        }
    }
    put("host", &hosts, &mut found)?;
    put("port", &ports, &mut found)?;
    let (dbname, query) = rest.split_once('?').unwrap_or((rest, ""));
    // A number and a `/` at the beginning of a password look like a port and a database.
    if login.is_none() && !ports.trim_matches(',').is_empty() && dbname.contains('@') {
        return Err(misplaced());
    }
    put(
        "dbname",
        dbname.strip_prefix('/').unwrap_or(dbname),
        &mut found,
    )?;
    parameters(query, &mut found)?;
    Ok(found)
}

fn misplaced() -> Error {
    Error(format!(
        "the connection URI has no host and port where they belong; {ESCAPES}"
    ))
}

fn parameters(query: &str, found: &mut Pairs) -> Result<(), Error> {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Error(format!(
                "a parameter of the connection URI has no `=`; {ESCAPES}"
            )));
        };
        let key = decode("", key)?;
        if value.contains('=') {
            return Err(Error(format!(
                "a second `=` in the parameter `{key}` of the connection URI; within a value it is written %3D"
            )));
        }
        match (key.as_str(), decode(&key, value)?) {
            // JDBC's spelling, which libpq takes too.
            ("ssl", value) if value == "true" => {
                accept("sslmode", String::from("require"), found, &Origin::Uri)?;
            }
            (key, value) => accept(key, value, found, &Origin::Uri)?,
        }
    }
    Ok(())
}

fn decode(key: &str, part: &str) -> Result<String, Error> {
    let secret = key == "user" || SECRETS.contains(&key);
    let of = if key.is_empty() {
        "name of a parameter"
    } else {
        key
    };
    let bytes = part.as_bytes();
    for (at, _) in part.match_indices('%') {
        let token = bytes.get(at + 1..at + 3);
        if !token.is_some_and(|token| token.iter().all(u8::is_ascii_hexdigit)) {
            let shown = if secret {
                String::new()
            } else {
                let end = part[at..]
                    .char_indices()
                    .nth(3)
                    .map_or(part.len(), |(end, _)| at + end);
                format!(" `{}`", &part[at..end])
            };
            return Err(Error(format!(
                "invalid percent-encoding{shown} in the {of} of the connection URI; a `%` itself is written %25"
            )));
        }
        if token == Some(b"00") {
            return Err(Error(format!(
                "%00 in the {of} of the connection URI: no value holds a zero byte"
            )));
        }
    }
    percent_decode_str(part)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| {
            Error(format!(
                "the {of} of the connection URI holds percent-encoded bytes that are no UTF-8"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text) {
            Ok(Some((_, pairs))) => {
                let pairs: Vec<_> = pairs
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                pairs.join(" | ")
            }
            Ok(None) => String::from("a name"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn strings_are_read_as_libpq_reads_them() {
        for (text, expected) in [
            ("shop", "a name"),
            ("a:b@/c", "a name"),
            ("postgres://", ""),
            ("postgresql://h", "host=h"),
            ("postgresql://u@", "user=u"),
            (
                "postgresql://u:p%40%3Aw@h:1/d%20b?sslmode=require",
                "user=u | password=p@:w | host=h | port=1 | dbname=d b | sslmode=require",
            ),
            (
                "postgresql://a:1,[::1]:2,/d",
                "host=a,::1, | port=1,2, | dbname=d",
            ),
            ("postgresql://a,b/", "host=a,b | port=,"),
            ("postgresql://h?ssl=true", "host=h | sslmode=require"),
            (
                "postgresql:///d?host=/s&port=",
                "dbname=d | host=/s | port=",
            ),
            ("postgresql://%2Fsock/d@e", "host=/sock | dbname=d@e"),
            (
                r"host=h user='a b' password='it\'s \\' dbname = d",
                r"host=h | user=a b | password=it's \ | dbname=d",
            ),
            ("host='' port=1", "host= | port=1"),
            ("host='a'port=1", "host=a | port=1"),
            (r"user=a\ b", "user=a b"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_what_may_be_secret() {
        for (text, expected) in [
            (
                "host=h prot=1",
                "invalid connection option `prot` in the connection string; did you mean `port`?",
            ),
            (
                "host=h password='x",
                "unterminated quote in the value of `password` in the connection string",
            ),
            (
                "password=top secret",
                "missing `=` behind the value of `password` in the connection string: a value with spaces needs single quotes",
            ),
            (
                "host=h password=top secret=1",
                "invalid connection option behind the value of `password` in the connection string; a value with spaces needs single quotes, and in a URI `&` is written %26",
            ),
            (
                "POSTGRES://u:secret@h",
                "a connection URI begins with postgresql:// or postgres://",
            ),
            (
                "secret host=h",
                "missing `=` behind the first word of the connection string",
            ),
            (
                "postgresql://h/d?pgbouncer=true",
                "invalid connection option `pgbouncer` in the connection URI",
            ),
            (
                "postgresql://h/%zz",
                "invalid percent-encoding `%zz` in the dbname of the connection URI; a `%` itself is written %25",
            ),
            (
                "postgresql://u:secret%zz@h",
                "invalid percent-encoding in the password of the connection URI; a `%` itself is written %25",
            ),
            (
                "postgresql://u@h/%4",
                "invalid percent-encoding `%4` in the dbname of the connection URI; a `%` itself is written %25",
            ),
            (
                "postgresql://u@h/a%00",
                "%00 in the dbname of the connection URI: no value holds a zero byte",
            ),
            (
                "postgresql://u@h/%ff",
                "the dbname of the connection URI holds percent-encoded bytes that are no UTF-8",
            ),
            (
                "postgresql://[::1",
                "missing `]` after the IPv6 address in the connection URI",
            ),
            (
                "postgresql://[]:1",
                "the IPv6 address in the connection URI is empty",
            ),
            (
                "postgresql://[::1]x",
                "the IPv6 address in the connection URI is followed by neither a port nor a database",
            ),
            (
                "postgresql://h?user",
                &format!("a parameter of the connection URI has no `=`; {ESCAPES}"),
            ),
            (
                "postgresql://h?user=a=b",
                "a second `=` in the parameter `user` of the connection URI; within a value it is written %3D",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        for text in [
            "postgresql://u:se@cret@h/d",
            "postgresql://u:se/cret@h/d",
            "postgresql://u:s@e:cret@h/d",
            "postgresql://u:5/ecret@h/d",
        ] {
            assert_eq!(
                shown(text),
                format!("the connection URI has no host and port where they belong; {ESCAPES}"),
                "{text}"
            );
        }
    }
}
