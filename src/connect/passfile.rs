//! The password file, by the rules of the manual, "The Password File".

use std::fs;
use std::path::Path;

/// What a line of the file has to match.
pub(super) struct Entry<'a> {
    /// Any of these names will do.
    pub hosts: &'a [String],
    pub port: u16,
    pub dbname: &'a str,
    pub user: &'a str,
}

/// The password of the first line that matches. A file that others could read is ignored, as libpq
/// does, and `warnings` says so.
pub(super) fn find(file: &Path, entry: &Entry<'_>, warnings: &mut Vec<String>) -> Option<String> {
    let metadata = fs::metadata(file).ok()?;
    if !metadata.is_file() {
        warnings.push(format!(
            "password file {} is not a plain file and is ignored",
            file.display()
        ));
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o077 != 0 {
            warnings.push(format!(
                "password file {} is ignored: others can read it; chmod 600 {0}",
                file.display()
            ));
            return None;
        }
    }
    let text = match fs::read(file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            warnings.push(format!(
                "cannot read password file {}: {error}",
                file.display()
            ));
            return None;
        }
    };
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| password(line, entry))
}

fn password(line: &str, entry: &Entry<'_>) -> Option<String> {
    let others = [&entry.port.to_string(), entry.dbname, entry.user];
    let hosts: Vec<&str> = entry.hosts.iter().map(String::as_str).collect();
    let wanted = [hosts].into_iter().chain(others.map(|one| vec![one]));
    let mut rest = line;
    for wanted in wanted {
        let (value, after) = field(rest);
        if !(rest.starts_with("*:") || wanted.contains(&value.as_str())) {
            return None;
        }
        rest = after?;
    }
    Some(field(rest).0)
}

/// The text up to the next colon that no backslash protects, unescaped, and what follows the colon.
fn field(line: &str) -> (String, Option<&str>) {
    let mut value = String::new();
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            ':' => return (value, Some(&line[at + 1..])),
            c => value.push(c),
        }
    }
    (value, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_matches_gives_the_password() {
        let entry = Entry {
            hosts: &["db".to_owned(), "/sock".to_owned()],
            port: 5432,
            dbname: "a:b",
            user: "me",
        };
        for (line, expected) in [
            (r"db:5432:a\:b:me:se\\cret\:x", Some(r"se\cret:x")),
            ("*:*:*:*:any", Some("any")),
            ("/sock:*:*:me:of the socket", Some("of the socket")),
            ("db:5433:*:me:no", None),
            ("db:*:*:you:no", None),
            ("db:5432", None),
            ("", None),
        ] {
            assert_eq!(password(line, &entry).as_deref(), expected, "{line}");
        }
    }
}
