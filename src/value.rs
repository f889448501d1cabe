//! Values with units: what a column holds, how PostgreSQL types it and how people read it.

use std::fmt;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use tokio_postgres::types::Type;

/// The unit of a column. It decides the type that the statement has to return, the alignment in a
/// table and the text that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A name of something, quoted where PostgreSQL would quote it.
    Name,
    /// Free text.
    Text,
    /// A size in bytes.
    Bytes,
    /// A whole number.
    Count,
    /// A share of a whole, where 1 is all of it.
    Ratio,
    /// A multiple of something, where 1 is once.
    Times,
    /// A figure without a unit.
    Number,
    /// A duration in seconds.
    Seconds,
    /// A duration in milliseconds.
    Milliseconds,
    /// A moment.
    Time,
    /// A moment in the past, read and compared by how long ago it is.
    Since,
    /// Yes or no.
    Flag,
    /// The oid of a relation: feeds a `detail` statement and is never shown or saved.
    Oid,
}

impl std::fmt::Display for Unit {
    /// As headers write it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", format!("{self:?}").to_lowercase())
    }
}

impl Unit {
    /// Whether a result column of this PostgreSQL type carries the unit.
    pub fn accepts(self, of: &Type) -> bool {
        match self {
            Self::Name | Self::Text => *of == Type::TEXT,
            Self::Bytes | Self::Count => *of == Type::INT8,
            Self::Ratio | Self::Times | Self::Number | Self::Seconds | Self::Milliseconds => {
                *of == Type::FLOAT8
            }
            Self::Time | Self::Since => *of == Type::TIMESTAMPTZ,
            Self::Flag => *of == Type::BOOL,
            Self::Oid => *of == Type::OID,
        }
    }

    /// Whether a saved value can be one of this unit.
    pub fn holds(self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Flag(_) => self == Self::Flag,
            Value::Text(text) => match self {
                Self::Name | Self::Text => true,
                Self::Time | Self::Since => text.parse::<Timestamp>().is_ok(),
                _ => false,
            },
            Value::Int(n) => match self {
                Self::Bytes | Self::Count | Self::Oid => *n >= 0,
                _ => self.is_number(),
            },
            Value::Float(_) => {
                self.is_number() && !matches!(self, Self::Bytes | Self::Count | Self::Oid)
            }
        }
    }

    /// The type that a statement has to cast the column to.
    pub fn sql_type(self) -> &'static str {
        match self {
            Self::Name | Self::Text => "text",
            Self::Bytes | Self::Count => "int8",
            Self::Ratio | Self::Times | Self::Number | Self::Seconds | Self::Milliseconds => {
                "float8"
            }
            Self::Time | Self::Since => "timestamptz",
            Self::Flag => "bool",
            Self::Oid => "oid",
        }
    }

    /// Whether figures of this unit are aligned to the right and can be folded and compared.
    pub fn is_number(self) -> bool {
        !matches!(
            self,
            Self::Name | Self::Text | Self::Time | Self::Flag | Self::Oid
        )
    }

    /// The value as people read it; `now` is the moment that ages are counted from.
    pub fn show(self, value: &Value, now: Timestamp) -> String {
        let number = || self.number(value, now);
        match (self, value) {
            (_, Value::Null) => String::from("–"),
            (Self::Bytes, _) => number().map_or_else(|| value.to_string(), bytes),
            (Self::Count, Value::Int(n)) => grouped(*n),
            (Self::Ratio, _) => number().map_or_else(|| value.to_string(), percent),
            (Self::Times, _) => {
                number().map_or_else(|| value.to_string(), |n| format!("{}×", short(n)))
            }
            (Self::Number, _) => number().map_or_else(|| value.to_string(), short),
            (Self::Seconds | Self::Since, _) => {
                number().map_or_else(|| value.to_string(), duration)
            }
            (Self::Milliseconds, _) => {
                number().map_or_else(|| value.to_string(), |n| duration(n / 1000.0))
            }
            (Self::Time, _) => match value.moment() {
                Some(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
                None => value.to_string(),
            },
            (Self::Flag, Value::Flag(flag)) => String::from(if *flag { "yes" } else { "no" }),
            _ => value.to_string(),
        }
    }

    /// The value as the number that conditions and curves compare; `None` when it is not known.
    pub fn number(self, value: &Value, now: Timestamp) -> Option<f64> {
        match self {
            Self::Since => value
                .moment()
                .map(|at| now.duration_since(at).as_secs_f64()),
            _ => value.number(),
        }
    }

    /// A figure that a rubric writes for a column of this unit: `1 MB`, `20 %`, `5 min`, `10000`.
    pub fn parse(self, text: &str) -> Result<f64, String> {
        let text = text.trim();
        let plain = || {
            text.replace('_', "")
                .parse::<f64>()
                .ok()
                .filter(|n| n.is_finite())
        };
        match self {
            Self::Bytes => parse_bytes(text)
                .or_else(plain)
                .ok_or("a size such as 512 kB, 1 MB or 8 GB"),
            Self::Ratio => {
                let percent = text
                    .strip_suffix('%')
                    .and_then(|n| n.trim().parse::<f64>().ok());
                percent
                    .map(|n| n / 100.0)
                    .or_else(plain)
                    .ok_or("a share such as 0.2 or 20 %")
            }
            Self::Seconds | Self::Since => {
                parse_seconds(text).ok_or("a duration such as 30 s, 5 min or 7 days")
            }
            Self::Milliseconds => parse_seconds(text)
                .map(|s| s * 1000.0)
                .ok_or("a duration such as 20 ms, 1 s or 5 min"),
            Self::Count | Self::Times | Self::Number => plain().ok_or("a number"),
            _ => Err("a column that holds a figure"),
        }
        .map_err(|wanted| format!("`{text}` is not {wanted}"))
    }
}

/// One value of a row. `Null` always means *not known*, never zero.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Flag(bool),
    Int(i64),
    Float(f64),
    /// Text, or a moment in RFC 3339.
    Text(String),
}

impl Value {
    pub fn number(&self) -> Option<f64> {
        match self {
            // Catalog figures stay far below 2^53, where f64 begins to round.
            #[allow(clippy::cast_precision_loss)]
            Self::Int(n) => Some(*n as f64),
            Self::Float(n) => Some(*n),
            Self::Flag(flag) => Some(f64::from(u8::from(*flag))),
            Self::Null | Self::Text(_) => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn moment(&self) -> Option<Timestamp> {
        self.text()?.parse().ok()
    }
}

impl From<f64> for Value {
    /// A figure that is no number (NaN, infinity) is not known.
    fn from(number: f64) -> Self {
        if number.is_finite() {
            Self::Float(number)
        } else {
            Self::Null
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("–"),
            Self::Flag(flag) => flag.fmt(f),
            Self::Int(n) => n.fmt(f),
            Self::Float(n) => n.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Int(n) => serializer.serialize_i64(*n),
            Self::Float(n) => serializer.serialize_f64(*n),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, true, false, a number or a text")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
                Ok(Value::Flag(flag))
            }

            fn visit_i64<E>(self, n: i64) -> Result<Value, E> {
                Ok(Value::Int(n))
            }

            fn visit_u64<E: de::Error>(self, n: u64) -> Result<Value, E> {
                i64::try_from(n)
                    .map(Value::Int)
                    .map_err(|_| E::custom("a number beyond 2^63"))
            }

            fn visit_f64<E>(self, n: f64) -> Result<Value, E> {
                Ok(Value::from(n))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A duration in seconds, as a rubric or a command line writes it: `200 ms`, `5 min`, `7 days`.
pub fn parse_seconds(text: &str) -> Option<f64> {
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds.is_finite() && seconds >= 0.0).then_some(seconds);
    }
    let span: Span = text.parse().ok()?;
    let duration: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(duration.as_secs_f64()).filter(|s| *s >= 0.0)
}

const SIZES: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];

fn parse_bytes(text: &str) -> Option<f64> {
    let digits = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(digits);
    let step = SIZES
        .iter()
        .position(|size| size.eq_ignore_ascii_case(unit))?;
    let number: f64 = number.trim().replace('_', "").parse().ok()?;
    Some(number * 1024_f64.powi(i32::try_from(step).ok()?))
}

/// A size as PostgreSQL's own `pg_size_pretty` writes it, with one more digit below ten.
fn bytes(n: f64) -> String {
    let mut size = n;
    let mut unit = 0;
    while size.abs() >= 1024.0 && unit + 1 < SIZES.len() {
        size /= 1024.0;
        unit += 1;
    }
    match unit {
        0 => format!("{size:.0} {}", SIZES[unit]),
        _ if size.abs() < 9.95 => format!("{size:.1} {}", SIZES[unit]),
        _ => format!("{size:.0} {}", SIZES[unit]),
    }
}

/// A share in per cent. What is not all of it never reads as 100 %, what is not nothing never as 0 %.
pub fn percent(share: f64) -> String {
    let n = share * 100.0;
    match n {
        n if n > 99.0 && n < 100.0 => format!("{:.2} %", (n * 100.0).floor() / 100.0),
        n if n > 0.0 && n < 0.1 => String::from("< 0.1 %"),
        n if n.fract().abs() < 1e-9 || n >= 1000.0 => format!("{n:.0} %"),
        n => format!("{n:.1} %"),
    }
}

fn short(n: f64) -> String {
    if n.abs() < 9.95 {
        format!("{n:.1}")
    } else {
        grouped_float(n.round())
    }
}

fn grouped_float(n: f64) -> String {
    // Rounded by the caller; beyond i64 there is nothing to group.
    #[allow(clippy::cast_possible_truncation)]
    grouped(n as i64)
}

/// A whole number with thousands apart: `1,234,567`.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::from(if n < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration in its one or two largest units that matter: `250 ms`, `4.2 s`, `12 min`, `3 h`, `32 days`.
pub fn duration(seconds: f64) -> String {
    let s = seconds.max(0.0);
    match s {
        s if s < 0.001 => format!("{:.2} ms", s * 1000.0),
        s if s < 0.0995 => format!("{:.1} ms", s * 1000.0),
        s if s < 0.9995 => format!("{:.0} ms", s * 1000.0),
        s if s < 59.95 => format!("{s:.1} s"),
        s if s < 3600.0 => format!("{:.0} min", (s / 60.0).floor()),
        s if s < 48.0 * 3600.0 => format!("{:.0} h", (s / 3600.0).floor()),
        s => format!("{:.0} days", (s / 86400.0).floor()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(unit: Unit, value: &Value) -> String {
        unit.show(value, "2026-01-02T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(show(Unit::Bytes, &Value::Int(512)), "512 bytes");
        assert_eq!(show(Unit::Bytes, &Value::Int(8192)), "8.0 kB");
        assert_eq!(show(Unit::Bytes, &Value::Int(1_258_291_200)), "1.2 GB");
        assert_eq!(show(Unit::Count, &Value::Int(-1_234_567)), "-1,234,567");
        assert_eq!(show(Unit::Ratio, &Value::Float(0.2)), "20 %");
        assert_eq!(show(Unit::Ratio, &Value::Float(0.999_99)), "99.99 %");
        assert_eq!(show(Unit::Ratio, &Value::Float(0.000_1)), "< 0.1 %");
        assert_eq!(show(Unit::Times, &Value::Float(2.34)), "2.3×");
        assert_eq!(show(Unit::Milliseconds, &Value::Float(1234.0)), "1.2 s");
        assert_eq!(
            show(Unit::Since, &Value::Text("2026-01-01T23:48:00Z".into())),
            "12 min"
        );
        assert_eq!(show(Unit::Count, &Value::Null), "–");
    }

    #[test]
    fn figures_of_a_rubric_are_read_in_the_unit_of_their_column() {
        assert_eq!(Unit::Bytes.parse("1 MB"), Ok(1_048_576.0));
        assert_eq!(Unit::Bytes.parse("8192"), Ok(8192.0));
        assert_eq!(Unit::Ratio.parse("20 %"), Ok(0.2));
        assert_eq!(Unit::Ratio.parse("0.95"), Ok(0.95));
        assert_eq!(Unit::Seconds.parse("7 days"), Ok(604_800.0));
        assert_eq!(Unit::Since.parse("5 min"), Ok(300.0));
        assert_eq!(Unit::Milliseconds.parse("100 ms"), Ok(100.0));
        assert_eq!(Unit::Count.parse("10_000"), Ok(10_000.0));
        for (unit, text) in [
            (Unit::Bytes, "1 XB"),
            (Unit::Ratio, "much"),
            (Unit::Seconds, "7 moons"),
            (Unit::Count, "NaN"),
        ] {
            unit.parse(text).unwrap_err();
        }
        Unit::Text.parse("1").unwrap_err();
    }
}
