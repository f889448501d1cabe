//! Reads our YAML (headers, rubrics): every error names its file, line and column and the nearest
//! valid name, and a key that stands twice is refused.

use std::fmt;
use std::ops::Deref;

use saphyr::{LoadableYamlNode as _, MarkedYamlOwned};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};

/// What is wrong in a YAML text, and where.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}{}{}", pointed(.excerpt, *.line, *.column), hint(.nearest.as_deref()))]
pub struct Error {
    /// The file, as the user or the library names it.
    pub file: String,
    /// Line in that file, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    pub message: String,
    /// The valid name that looks most like the one that was found.
    pub nearest: Option<String>,
    excerpt: String,
}

impl Error {
    /// At the byte `at` of the text of a file.
    pub fn at(file: &str, text: &str, at: usize, message: impl Into<String>) -> Self {
        let before = &text[..at];
        let begin = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[begin..].chars().count() + 1,
            message: message.into(),
            nearest: None,
            excerpt: text[begin..].lines().next().unwrap_or_default().to_owned(),
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!("\n  did you mean `{name}`?"))
        .unwrap_or_default()
}

fn pointed(text: &str, line: usize, column: usize) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let number = line.to_string();
    format!(
        "\n  {number} | {text}\n  {0:1$} | {0:2$}^",
        "",
        number.len(),
        column.saturating_sub(1)
    )
}

/// A YAML text with the place of each of its nodes.
pub struct Source {
    file: String,
    text: String,
    /// Lines that stand before the text in its file.
    root: Option<MarkedYamlOwned>,
}

impl Source {
    /// Reads `text`, which is `file` or begins on its first line.
    pub fn new(file: impl Into<String>, text: &str) -> Result<Self, Error> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let mut source = Self {
            file: file.into(),
            text,
            root: None,
        };
        if let Some(line) = source.text.lines().position(too_deep) {
            return Err(source.error(line + 1, DEEPEST, "nested too deeply"));
        }
        match MarkedYamlOwned::load_from_str(&source.text) {
            Ok(documents) => {
                if let Some(second) = documents.get(1) {
                    let place = second.span.start;
                    let message = "a second document begins; one is expected";
                    return Err(source.error(place.line(), place.col(), message));
                }
                source.root = documents.into_iter().next();
                Ok(source)
            }
            Err(error) => {
                let (line, column) = (error.marker().line(), error.marker().col());
                let text = error.info().to_owned();
                let message = match text.strip_prefix("duplicated key in mapping") {
                    Some(_) => format!(
                        "`{}` stands twice in this mapping",
                        source.word(line, column)
                    ),
                    None => text,
                };
                Err(source.error(line, column, message))
            }
        }
    }

    /// The text as a `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_yaml::from_str(&self.text).map_err(|error| self.translated(&error))
    }

    fn translated(&self, error: &serde_yaml::Error) -> Error {
        let place = error
            .location()
            .map_or((1, 0), |l| (l.line(), l.column().saturating_sub(1)));
        let mut message = error.to_string();
        if let Some(at) = message.rfind(" at line ") {
            message.truncate(at);
        }
        // The names of Rust's types mean nothing to who writes a rubric.
        for (of_rust, plain) in [
            ("recursion limit exceeded", "nested too deeply"),
            ("unit value", "nothing"),
            ("expected f64", "expected a number"),
            ("expected u32", "expected a whole number"),
        ] {
            message = message.replace(of_rust, plain);
        }
        let nearest = unexpected(&message).and_then(|(found, valid)| nearest(found, valid));
        Error {
            nearest,
            ..self.error(place.0, place.1, message)
        }
    }

    /// An error at the node that `path` leads to, or at the last of its parents that exists.
    pub fn error_at(&self, path: &[&str], message: impl Into<String>) -> Error {
        let (line, column) = self.place(path);
        self.error(line, column, message)
    }

    /// The same, with the valid name nearest to `found`.
    pub fn unknown_at<'a>(
        &self,
        path: &[&str],
        message: impl Into<String>,
        found: &str,
        valid: impl IntoIterator<Item = &'a str>,
    ) -> Error {
        Error {
            nearest: nearest(found, valid),
            ..self.error_at(path, message)
        }
    }

    fn place(&self, path: &[&str]) -> (usize, usize) {
        let mut place = (1, 0);
        let mut node = self.root.as_ref();
        for key in path {
            let Some(current) = node else { break };
            node = if let Some(mapping) = current.data.as_mapping() {
                let entry = mapping.iter().find(|(k, _)| k.data.as_str() == Some(key));
                if let Some((k, _)) = entry {
                    place = (k.span.start.line(), k.span.start.col());
                }
                entry.map(|(_, value)| value)
            } else if let Some(items) = current.data.as_vec() {
                let item = key.parse().ok().and_then(|index: usize| items.get(index));
                if let Some(item) = item {
                    place = (item.span.start.line(), item.span.start.col());
                }
                item
            } else {
                None
            };
        }
        place
    }

    fn error(&self, line: usize, column: usize, message: impl Into<String>) -> Error {
        let excerpt = self
            .text
            .lines()
            .nth(line.saturating_sub(1))
            .unwrap_or_default()
            .to_owned();
        Error {
            file: self.file.clone(),
            line: line.max(1),
            column: column + 1,
            message: message.into(),
            nearest: None,
            excerpt,
        }
    }

    fn word(&self, line: usize, column: usize) -> String {
        let text = self
            .text
            .lines()
            .nth(line.saturating_sub(1))
            .unwrap_or_default();
        text.chars()
            .skip(column)
            .take_while(|c| *c != ':')
            .collect::<String>()
            .trim()
            .to_owned()
    }
}

/// The deepest indentation. The reader that knows places goes one call deeper with each level of a block, without
/// a limit of its own; only brackets it counts.
const DEEPEST: usize = 200;

fn too_deep(line: &str) -> bool {
    let indents = |c: &char| matches!(c, ' ' | '-' | '?' | ':');
    line.chars().take_while(indents).count() > DEEPEST
}

/// The unexpected name in a message of serde's, and the names that it would have taken.
fn unexpected(message: &str) -> Option<(&str, impl Iterator<Item = &str>)> {
    let rest = message
        .split_once("unknown field ")
        .or_else(|| message.split_once("unknown variant "))?
        .1;
    let mut quoted = rest.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted))
}

/// The one of `valid` that `found` was probably meant to be.
pub fn nearest<'a>(found: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let (likeness, name) = valid
        .into_iter()
        .map(|name| (strsim::jaro_winkler(found, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    (likeness > 0.75).then(|| name.to_owned())
}

/// A YAML mapping whose order is kept.
#[derive(Debug, Clone)]
pub struct Ordered<V>(pub Vec<(String, V)>);

impl<V> Default for Ordered<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Deref for Ordered<V> {
    type Target = [(String, V)];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<V> Ordered<V> {
    pub fn get(&self, key: &str) -> Option<&V> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Ordered<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = Ordered<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

/// One word, or a list of words.
#[derive(Debug, Clone, Default)]
pub struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a list of words")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Words, E> {
                Ok(Words(vec![word.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(Words(words))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}
