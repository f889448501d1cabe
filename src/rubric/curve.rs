//! Straight lines between breakpoints.

/// Points by measure: straight between the breakpoints, flat outside them.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve(Vec<(f64, f64)>);

impl Curve {
    /// Breakpoints with rising measures and points from 0 to 10.
    pub fn new(breakpoints: Vec<(f64, f64)>) -> Result<Self, String> {
        if breakpoints.is_empty() {
            return Err(String::from(
                "a curve needs at least one breakpoint `[measure, points]`",
            ));
        }
        for pair in breakpoints.windows(2) {
            if pair[1].0 <= pair[0].0 {
                return Err(format!(
                    "the measures of a curve have to rise: {} does not follow {}",
                    pair[1].0, pair[0].0
                ));
            }
        }
        if let Some((_, points)) = breakpoints
            .iter()
            .find(|(_, points)| !(0.0..=10.0).contains(points))
        {
            return Err(format!("points lie between 0 and 10, not at {points}"));
        }
        Ok(Self(breakpoints))
    }

    pub fn points(&self, measure: f64) -> f64 {
        let after = self.0.partition_point(|(x, _)| *x <= measure);
        match (after.checked_sub(1).map(|at| self.0[at]), self.0.get(after)) {
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (measure - x0) / (x1 - x0),
            (Some((_, y)), None) | (None, Some(&(_, y))) => y,
            (None, None) => 0.0,
        }
    }

    pub fn breakpoints(&self) -> &[(f64, f64)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_between_and_flat_outside() {
        let curve = Curve::new(vec![(0.8, 0.0), (0.9, 4.0), (0.99, 10.0)]).unwrap();
        for (measure, points) in [
            (0.0, 0.0),
            (0.8, 0.0),
            (0.85, 2.0),
            (0.9, 4.0),
            (0.945, 7.0),
            (0.99, 10.0),
            (1.0, 10.0),
        ] {
            assert!((curve.points(measure) - points).abs() < 1e-9, "{measure}");
        }
        Curve::new(vec![(0.5, 1.0), (0.5, 2.0)]).unwrap_err();
        Curve::new(vec![(0.5, 11.0)]).unwrap_err();
        Curve::new(Vec::new()).unwrap_err();
    }
}
