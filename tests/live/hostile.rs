use crate::Promise;
pub(crate) const TRIALS: &[Promise] = &[];
pub(crate) const ENDS: &[Promise] = &[];
