//! How large tables would be after VACUUM FULL, from the catalogs alone, and what that would free.

use std::collections::BTreeMap;

use crate::bloat::{self, Estimate, Keep, Unsure};
use crate::check::Params;
use crate::compute::{Compute, Computed};
use crate::layout::{
    Column, LINE_POINTER, Missing, PAGE_HEADER, Size, data, holds, items_per_page, max_aligned,
    number, whole,
};
use crate::snapshot::Row;
use crate::value::Value;

/// `offsetof(HeapTupleHeaderData, t_bits)` (`access/htup_details.h`).
const TUPLE_HEADER: f64 = 23.0;

/// ANALYZE reads all pages of a table up to this size (300 × the default of `default_statistics_target`, `std_typanalyze`
/// in `analyze.c`) and so counts its rows.
const COUNTED: f64 = 30_000.0;

/// How near to a whole number the rows of a page have to be where ANALYZE only estimated them.
const NEAR: f64 = 0.005;

struct HeapBloat {
    keep: Keep,
    heaps: Vec<Row>,
    columns: BTreeMap<i64, Vec<Row>>,
    population: Option<u64>,
}

/// From the readings `heaps` and `widths`; the parameters are those of [`Keep`].
pub(super) fn new(params: &Params) -> Result<Box<dyn Compute>, String> {
    let keep = Keep::new(params)?;
    Ok(Box::new(HeapBloat {
        keep,
        heaps: Vec::new(),
        columns: BTreeMap::new(),
        population: None,
    }))
}

/// A table as a rewrite would leave it.
#[derive(Debug, PartialEq)]
struct Rewritten {
    pages: f64,
    /// The share of a full page that is taken: what fill factor and the rest of each page leave is not to be had.
    fill: f64,
}

/// The size of a table of `tuples` rows after VACUUM FULL (`raw_heap_insert` in `rewriteheap.c`).
///
/// `attributes` counts dropped columns as well (`natts` of the null bitmap), `holes` those that are NULL in each row; `stored` is the number of pages that it has.
fn rewritten(
    columns: &[Column],
    tuples: f64,
    attributes: f64,
    holes: bool,
    fillfactor: f64,
    block: f64,
    stored: f64,
) -> Rewritten {
    // A row has a null bitmap if any of its columns is NULL.
    let complete: f64 = columns
        .iter()
        .map(|column| 1.0 - column.null_frac)
        .product();
    let with_bitmap = if holes { 1.0 } else { 1.0 - complete };
    let header = with_bitmap * max_aligned(TUPLE_HEADER + (attributes / 8.0).ceil())
        + (1.0 - with_bitmap) * max_aligned(TUPLE_HEADER);
    let Size { mean, variance } = data(
        columns
            .iter()
            .map(|column| (column, 1.0 - column.null_frac)),
    );
    let item = Size {
        mean: header + mean + LINE_POINTER,
        variance,
    };
    // `RelationGetTargetPageFreeSpace` (`utils/rel.h`).
    let reserve = (block * (100.0 - fillfactor) / 100.0).floor();
    let room = block - PAGE_HEADER - reserve;
    // Statistics do not tell how far long values differ. Where each page holds just as many rows as would fit if they
    // did not, they do not.
    let even = (room / item.mean).floor().max(1.0);
    // The last page may hold less.
    let near = if stored <= COUNTED {
        1.5 / stored
    } else {
        NEAR
    };
    let fit = if (tuples / stored / even - 1.0).abs() < near {
        even
    } else {
        items_per_page(room, item)
    };
    Rewritten {
        pages: (tuples / fit).ceil(),
        fill: (PAGE_HEADER + fit * item.mean) / block,
    }
}

impl HeapBloat {
    fn estimate(&self, row: &Row) -> Result<Option<Estimate>, Unsure> {
        let object = &row.object;
        if !holds(row, "heap") {
            return Err(Unsure::new(
                "it is not stored as a heap, and nothing else can be estimated",
                None,
            ));
        }
        let (Some(block), Some(relation)) = (number(row, "block"), whole(row, "relation")) else {
            return Err(Unsure::new("its size is not known", None));
        };
        let Some(tuples) = number(row, "tuples") else {
            return match number(row, "inserted") {
                // Nobody has counted it and nobody has filled it.
                Some(inserted) if inserted < bloat::UNCOUNTED_ROWS => Ok(None),
                _ => Err(Unsure::never_analyzed(object)),
            };
        };
        let size = number(row, "pages").unwrap_or_default() * block;
        bloat::fresh(object, tuples, number(row, "modified"), self.keep.stale)?;
        let found = self
            .columns
            .get(&relation)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let columns: Result<Vec<_>, _> = found
            .iter()
            .map(|column| Column::new(column, None))
            .collect();
        let columns = columns.map_err(|missing| Unsure::statistics(missing, object))?;
        let holes = number(row, "holes").unwrap_or_default();
        let attributes = number(row, "attributes").unwrap_or_default();
        if f64::from(u32::try_from(found.len()).unwrap_or(u32::MAX)) + holes < attributes {
            return Err(Unsure::statistics(Missing::Statistics, object));
        }
        let fillfactor = number(row, "fillfactor").unwrap_or(100.0);
        let Rewritten { pages, fill } = rewritten(
            &columns,
            tuples,
            attributes,
            holes > 0.0,
            fillfactor,
            block,
            size / block,
        );
        let later = number(row, "later").is_some_and(|later| later > 0.0);
        let doubt =
            later.then_some("a column was added with a default: a rewrite writes it into each row");
        Ok(Some(Estimate {
            size,
            expected: pages * block,
            fill,
            doubt,
        }))
    }
}

impl Compute for HeapBloat {
    fn row(&mut self, reading: &str, row: &Row) {
        if reading == "widths" {
            if let (Some(relation), Value::Null) = (whole(row, "relation"), row.get("key")) {
                self.columns.entry(relation).or_default().push(row.clone());
            }
            return;
        }
        self.population = bloat::population(row).or(self.population);
        if !row.object.is_empty() {
            self.heaps.push(row.clone());
        }
    }

    fn finish(mut self: Box<Self>, _: &BTreeMap<String, Value>) -> Computed {
        for columns in self.columns.values_mut() {
            columns.sort_by_key(|column| whole(column, "number"));
        }
        let answers = self.heaps.iter().map(|row| (row, self.estimate(row)));
        self.keep.answer(answers, self.population)
    }
}

#[cfg(test)]
// Pages are whole.
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    const BLOCK: f64 = 8192.0;

    fn row(values: &[(&str, Value)]) -> Row {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        Row {
            object: "t".into(),
            values,
        }
    }

    fn column(
        length: i64,
        align: &str,
        null_frac: f64,
        width: i64,
        lengths: Option<&str>,
    ) -> Column {
        let lengths = lengths.map_or(Value::Null, |lengths| Value::Text(lengths.into()));
        let row = row(&[
            ("length", Value::Int(length)),
            ("align", Value::Text(align.into())),
            ("null_frac", Value::Float(null_frac)),
            ("width", Value::Int(width)),
            ("lengths", lengths),
        ]);
        Column::new(&row, None).unwrap()
    }

    fn pages(columns: &[Column], tuples: f64, holes: bool, fillfactor: f64) -> f64 {
        rewritten(columns, tuples, 8.0, holes, fillfactor, BLOCK, 1e6).pages
    }

    /// Page counts of VACUUM FULL on PostgreSQL 13 and 18, all with 100,000 rows.
    #[test]
    fn agrees_with_what_vacuum_full_leaves() {
        let (int, big, flag) = (
            column(4, "i", 0.0, 4, None),
            column(8, "d", 0.0, 8, None),
            column(1, "c", 0.0, 1, None),
        );
        assert_eq!(pages(std::slice::from_ref(&int), 1e5, false, 100.0), 443.0);
        assert_eq!(
            pages(
                &[flag.clone(), big.clone(), flag.clone(), big, flag],
                1e5,
                false,
                100.0
            ),
            834.0
        );
        assert_eq!(pages(&[int.clone(), int.clone()], 1e5, false, 50.0), 885.0);
        // A dropped column gives each row a null bitmap, which needs eight bytes more when there are more than eight.
        let nine: Vec<_> = std::iter::repeat_n(int, 9).collect();
        assert_eq!(
            rewritten(&nine, 1e5, 10.0, true, 100.0, BLOCK, 1e6).pages,
            935.0
        );
    }

    #[test]
    fn lengths_decide_where_only_few_rows_fit() {
        // 1,600 bytes and 28 around them: five fit exactly, whatever the mean says.
        let exact = column(-1, "i", 0.0, 1600, Some("1596:1"));
        assert_eq!(pages(&[exact], 1000.0, false, 100.0), 200.0);
        let varied = column(-1, "i", 0.0, 1604, Some("800:0.5 2400:0.5"));
        let mixed = pages(&[varied], 1000.0, false, 100.0);
        assert!(mixed > 215.0 && mixed < 260.0, "{mixed}");
    }

    fn heap(extra: &[(&str, Value)]) -> Row {
        let mut heap = row(&[
            ("relation", Value::Int(1)),
            ("block", Value::Int(8192)),
            ("pages", Value::Int(1000)),
            ("tuples", Value::Float(1e5)),
            ("modified", Value::Int(0)),
            ("inserted", Value::Int(1_000_000)),
            ("attributes", Value::Int(1)),
            ("holes", Value::Int(0)),
            ("heap", Value::Flag(true)),
            ("population", Value::Int(3)),
        ]);
        heap.values.extend(
            extra
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        heap
    }

    fn judged(heap: &Row, widths: &[Row]) -> Computed {
        let keep = Keep {
            rows: 20,
            ratio: 0.2,
            stale: 0.2,
        };
        let mut compute = Box::new(HeapBloat {
            keep,
            heaps: Vec::new(),
            columns: BTreeMap::new(),
            population: None,
        });
        compute.row("heaps", heap);
        for row in widths {
            compute.row("widths", row);
        }
        compute.finish(&BTreeMap::new())
    }

    #[test]
    fn what_is_not_known_is_no_figure() {
        let width = |extra: &[(&str, Value)]| {
            let mut width = row(&[
                ("relation", Value::Int(1)),
                ("number", Value::Int(1)),
                ("length", Value::Int(4)),
                ("align", Value::Text("i".into())),
                ("sampled", Value::Flag(true)),
                ("null_frac", Value::Float(0.0)),
                ("width", Value::Int(4)),
            ]);
            width.values.extend(
                extra
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.clone())),
            );
            width
        };
        let fresh = judged(&heap(&[]), &[width(&[])]);
        assert_eq!(
            (fresh.rows.len(), fresh.unknown.len(), fresh.population),
            (1, 0, Some(3))
        );
        assert_eq!(fresh.rows[0].get("expected"), &Value::Int(8192 * 443));

        let unread = width(&[("null_frac", Value::Null), ("width", Value::Null)]);
        for (heap, widths, remedy) in [
            (
                heap(&[("modified", Value::Int(30_000))]),
                vec![width(&[])],
                Some("ANALYZE t;"),
            ),
            (heap(&[("modified", Value::Null)]), vec![width(&[])], None),
            (heap(&[("tuples", Value::Null)]), vec![], Some("ANALYZE t;")),
            (heap(&[("heap", Value::Flag(false))]), vec![], None),
            (heap(&[]), vec![], Some("ANALYZE t;")),
            (heap(&[]), vec![unread.clone()], Some("ANALYZE t;")),
            (
                heap(&[]),
                vec![width(&[
                    ("null_frac", Value::Null),
                    ("width", Value::Null),
                    ("readable", Value::Flag(false)),
                ])],
                Some("let a superuser run what `pgaudit doctor --sql` prints"),
            ),
        ] {
            let computed = judged(&heap, &widths);
            assert!(computed.rows.is_empty(), "{heap:?}");
            assert_eq!(
                computed.unknown[0].remedy.as_deref(),
                remedy,
                "{:?}",
                computed.unknown
            );
        }
        // Nobody ever filled it, or it needs no statistics.
        let empty = heap(&[("tuples", Value::Null), ("inserted", Value::Int(0))]);
        assert_eq!(judged(&empty, &[]).unknown, []);
        let mandatory = width(&[
            ("null_frac", Value::Null),
            ("width", Value::Null),
            ("mandatory", Value::Flag(true)),
        ]);
        assert_eq!(judged(&heap(&[]), &[mandatory]).rows.len(), 1);
    }
}
