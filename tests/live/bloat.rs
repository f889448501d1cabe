//! Estimates of bloat are held against the truth on random tables and indexes, more coarsely than in `benches/bloat.rs`.

use crate::Promise;
use crate::place::Database;
use crate::random_bloat::{Trial, score, trials};
use crate::session::block_on;

pub(crate) const TRIALS: &[Promise] = &[("estimates of bloat are near the truth", near)];

/// Few tables make a coarse mean: twice what the benchmark demands, in points.
const HEAP: f64 = 3.0;
const BTREE: f64 = 4.0;

fn near(major: u32) {
    let database = Database::new(major, "estimates");
    let trials = block_on(trials(&database.settings(), 42, 16)).unwrap();
    for (index, bound) in [(false, HEAP), (true, BTREE)] {
        let these: Vec<&Trial> = trials.iter().filter(|trial| trial.index == index).collect();
        let (ours, ioguix) = (score(&these, |t| t.ours), score(&these, |t| t.ioguix));
        assert!(these.len() >= 12, "{}", these.len());
        assert!(
            ours.error <= bound && ours.misses * 10 <= these.len(),
            "{ours:?}"
        );
        assert!(ours.error < ioguix.error, "{ours:?} against {ioguix:?}");
    }
}
