//! How PostgreSQL lays values out in tuples and tuples in pages, as far as the catalogs tell: the ground on
//! which the size of a table or a B-tree after a rewrite is computed.
//!
//! All sizes are in bytes. File names are those of PostgreSQL's source tree.

use crate::snapshot::Row;
use crate::value::Value;

/// `MAXIMUM_ALIGNOF` on each 64-bit platform (`pg_config.h`): what tuples are aligned to.
pub(crate) const MAX_ALIGN: usize = 8;

/// `sizeof(ItemIdData)` (`storage/itemid.h`): the line pointer that each tuple has besides itself.
pub(crate) const LINE_POINTER: f64 = 4.0;

/// `SizeOfPageHeaderData` (`storage/bufpage.h`), already aligned.
pub(crate) const PAGE_HEADER: f64 = 24.0;

/// `VARATT_SHORT_MAX` (`varatt.h`; before 16 `postgres.h`): up to this size, length byte included, a value has one
/// byte of length and no alignment.
const SHORT_MAX: f64 = 127.0;

/// `VARHDRSZ` (`c.h`): the length word of a value that is longer than that.
const LONG_HEADER: f64 = 4.0;

/// Rounded up to `MAXIMUM_ALIGNOF`.
pub(crate) fn max_aligned(size: f64) -> f64 {
    (size / 8.0).ceil() * 8.0
}

/// What a whole number of the catalog is as a figure: sizes and row counts stay below 2^53.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn figure(n: i64) -> f64 {
    n as f64
}

/// A column of a reading as a figure; `None` where it is not known.
pub(crate) fn number(row: &Row, column: &str) -> Option<f64> {
    row.get(column).number()
}

/// A column of a reading as a whole number.
pub(crate) fn whole(row: &Row, column: &str) -> Option<i64> {
    match row.get(column) {
        Value::Int(n) => Some(*n),
        _ => None,
    }
}

/// Whether a column of a reading is known and true.
pub(crate) fn holds(row: &Row, column: &str) -> bool {
    *row.get(column) == Value::Flag(true)
}

/// A column of a table or an index, with its statistics.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    /// The share of the rows in which it is NULL.
    pub(crate) null_frac: f64,
    width: Width,
    /// How often its values occur, where that is known.
    pub(crate) values: Option<Values>,
}

/// How much room a value takes.
#[derive(Debug, Clone, PartialEq)]
enum Width {
    /// The same for each value, at this alignment.
    Fixed { size: f64, align: usize },
    /// So many bytes with this share of the values, as they are stored and aligned.
    Known(Vec<(f64, usize, f64)>),
    /// Only the mean is known.
    Mean { size: f64, align: usize },
}

/// The distribution of the values of a column that are not NULL.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Values {
    /// `pg_stats.n_distinct`: a number of values, or negative a share of the rows.
    pub(crate) distinct: f64,
    /// `pg_stats.most_common_freqs`: shares of all rows, NULL included.
    pub(crate) frequencies: Vec<f64>,
    /// The share of all rows that are not NULL.
    pub(crate) known: f64,
}

/// Why the statistics do not tell how wide a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// There are none.
    Statistics,
    /// This role does not see them.
    Unseen,
    /// `SET STATISTICS 0` keeps ANALYZE from writing any.
    NotSampled,
    /// Its type is stored in an index in another way than in the table.
    Unlike,
}

impl Column {
    /// From a row of the reading `widths`; in an index, `stored` is that row of its own attribute and `row` that of
    /// the table's column.
    pub(crate) fn new(row: &Row, stored: Option<&Row>) -> Result<Self, Missing> {
        let of = stored.unwrap_or(row);
        let length = whole(of, "length").unwrap_or(-1);
        let align = match of.get("align").text() {
            Some("c") => 1,
            Some("s") => 2,
            Some("i") => 4,
            _ => MAX_ALIGN,
        };
        let statistics = number(row, "null_frac").zip(number(row, "width"));
        let missing = || match (row.get("readable"), row.get("sampled")) {
            (Value::Flag(false), _) => Missing::Unseen,
            (_, Value::Flag(false)) => Missing::NotSampled,
            _ => Missing::Statistics,
        };
        if length > 0 {
            let null_frac = match statistics {
                Some((null_frac, _)) => null_frac,
                None if holds(row, "mandatory") => 0.0,
                None => return Err(missing()),
            };
            let size = figure(length);
            return Ok(Self {
                null_frac,
                width: Width::Fixed { size, align },
                values: Values::new(row),
            });
        }
        let (null_frac, mean) = statistics.ok_or_else(missing)?;
        let lengths = row.get("lengths").text().map(lengths).unwrap_or_default();
        let width = if length == -2 {
            // A `cstring`: what an index keeps of a `name`, with its closing zero.
            let stored: Vec<_> = lengths
                .iter()
                .map(|&(bytes, share)| (bytes + 1.0, 1, share))
                .collect();
            if stored.is_empty() {
                return Err(Missing::Unlike);
            }
            Width::Known(stored)
        } else {
            Width::varying(&lengths, mean, align)
        };
        Ok(Self {
            null_frac,
            width,
            values: Values::new(row),
        })
    }

    /// In an index whose predicate keeps NULL out: in each row of the index it is there.
    pub(crate) fn present_everywhere(&mut self) {
        self.null_frac = 0.0;
    }

    /// Moves `place` past the column, where it is there.
    fn walk(&self, place: &mut Place, present: f64) {
        match &self.width {
            Width::Fixed { size, align } => place.step(&[(*size, *align, 1.0)], present),
            Width::Known(sizes) => place.step(sizes, present),
            Width::Mean { size, align } => place.step_about(*size, *align, present),
        }
    }
}

impl Width {
    /// `mean` is `pg_stats.avg_width`, which includes the length word and is cut to a whole number (`analyze.c`).
    fn varying(lengths: &[(f64, f64)], mean: f64, align: usize) -> Self {
        let stored: Vec<_> = lengths
            .iter()
            .map(|&(bytes, share)| {
                if bytes < SHORT_MAX {
                    (bytes + 1.0, 1, share)
                } else {
                    (bytes + LONG_HEADER, align, share)
                }
            })
            .collect();
        let measured: f64 = stored.iter().map(|(size, _, share)| size * share).sum();
        // Statistics leave out values above 1 kB (`WIDTH_THRESHOLD`), and compressed ones are shorter than their text.
        if !stored.is_empty() && (measured - mean).abs() <= 1.0 + mean * 0.1 {
            return Self::Known(stored);
        }
        if mean < SHORT_MAX {
            Self::Mean {
                size: mean + 0.5,
                align: 1,
            }
        } else {
            Self::Mean {
                size: mean + 0.5,
                align,
            }
        }
    }
}

impl Values {
    fn new(row: &Row) -> Option<Self> {
        let distinct = number(row, "distinct")?;
        let frequencies = row.get("frequencies").text().unwrap_or_default();
        let frequencies = frequencies
            .trim_matches(['{', '}'])
            .split(',')
            .filter_map(|f| f.parse().ok())
            .collect();
        let known = 1.0 - number(row, "null_frac")?;
        Some(Self {
            distinct,
            frequencies,
            known,
        })
    }
}

/// `bytes:share bytes:share …`, made to add up to one.
fn lengths(text: &str) -> Vec<(f64, f64)> {
    let pair = |pair: &str| {
        let (bytes, share) = pair.split_once(':')?;
        Some((bytes.parse().ok()?, share.parse::<f64>().ok()?))
    };
    let mut pairs: Vec<(f64, f64)> = text
        .split(' ')
        .filter_map(pair)
        .filter(|(_, share)| *share > 0.0)
        .collect();
    let all: f64 = pairs.iter().map(|(_, share)| share).sum();
    for (_, share) in &mut pairs {
        *share /= all;
    }
    pairs
}

/// Where a tuple ends, over all rows: how far from its start, and how likely it is to stand at each offset from
/// an aligned one. Padding follows from the latter.
#[derive(Debug, Clone)]
struct Place {
    mean: f64,
    variance: f64,
    residues: [f64; MAX_ALIGN],
}

impl Place {
    fn start() -> Self {
        let mut residues = [0.0; MAX_ALIGN];
        residues[0] = 1.0;
        Self {
            mean: 0.0,
            variance: 0.0,
            residues,
        }
    }

    fn step(&mut self, sizes: &[(f64, usize, f64)], present: f64) {
        let mut residues = self.residues.map(|share| share * (1.0 - present));
        let (mut mean, mut square) = (0.0, 0.0);
        for (at, before) in self
            .residues
            .iter()
            .enumerate()
            .filter(|(_, before)| **before > 0.0)
        {
            for &(size, align, share) in sizes {
                let padding = (align - at % align) % align;
                let moved = pad(padding) + size;
                let share = before * share * present;
                mean += moved * share;
                square += moved * moved * share;
                // Sizes are whole and small.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let end = (at + padding + size as usize) % MAX_ALIGN;
                residues[end] += share;
            }
        }
        self.moved(mean, square, residues);
    }

    /// Past a value of which only the mean size is known: it may end anywhere.
    fn step_about(&mut self, size: f64, align: usize, present: f64) {
        let padding: f64 = self
            .residues
            .iter()
            .enumerate()
            .map(|(at, share)| share * pad((align - at % align) % align))
            .sum();
        let moved = padding + size;
        let residues = self
            .residues
            .map(|share| share * (1.0 - present) + present / pad(MAX_ALIGN));
        let spread = 1.0 + UNKNOWN_SPREAD * UNKNOWN_SPREAD;
        self.moved(moved * present, moved * moved * spread * present, residues);
    }

    fn moved(&mut self, mean: f64, square: f64, residues: [f64; MAX_ALIGN]) {
        self.mean += mean;
        self.variance += (square - mean * mean).max(0.0);
        self.residues = residues;
    }

    /// With the padding that the end of a tuple has.
    fn aligned(&self) -> Size {
        let padding: f64 = self
            .residues
            .iter()
            .enumerate()
            .map(|(at, share)| share * pad((MAX_ALIGN - at) % MAX_ALIGN))
            .sum();
        Size {
            mean: self.mean + padding,
            variance: self.variance,
        }
    }
}

/// How far sizes are taken to differ from their mean, as a share of it, where statistics tell only the mean. It
/// matters for rows of which a handful fits into a page: with this value [`items_per_page`] is within a tenth of what
/// rows of one size and rows that differ by half of it give.
const UNKNOWN_SPREAD: f64 = 0.1;

#[allow(clippy::cast_precision_loss)]
fn pad(bytes: usize) -> f64 {
    bytes as f64
}

/// The size of something that differs from row to row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Size {
    pub(crate) mean: f64,
    pub(crate) variance: f64,
}

/// The size of the columns of a tuple, in order, each with the probability that it is not NULL. The tuple's header
/// is aligned and not included.
pub(crate) fn data<'c>(columns: impl Iterator<Item = (&'c Column, f64)>) -> Size {
    let mut place = Place::start();
    for (column, present) in columns {
        column.walk(&mut place, present);
    }
    place.aligned()
}

/// How many items a page takes on average before the next one does not fit into `room` any more.
///
/// With items of one size that is a whole number. Otherwise the sum of `n` items is taken as normally distributed;
/// the first item of a page is the one that did not fit before, which larger ones are likelier to be.
pub(crate) fn items_per_page(room: f64, item: Size) -> f64 {
    if item.mean <= 0.0 || room < item.mean {
        return 1.0;
    }
    let most = (room / item.mean).floor();
    let spread = item.variance.sqrt();
    if spread < 1e-9 * item.mean {
        return most.max(1.0);
    }
    let larger_first = item.variance / item.mean;
    let mut expected = 0.0;
    let mut n = 1.0;
    loop {
        let (mean, deviation) = (n * item.mean + larger_first, spread * f64::sqrt(n));
        let fits = normal_below((room - mean) / deviation);
        expected += fits;
        if fits < 1e-6 && mean > room {
            return f64::max(expected, 1.0);
        }
        n += 1.0;
    }
}

/// The share of a normal distribution below `z` deviations, to three digits: the logistic approximation.
fn normal_below(z: f64) -> f64 {
    1.0 / (1.0 + (-1.5976 * z - 0.07056 * z.powi(3)).exp())
}
