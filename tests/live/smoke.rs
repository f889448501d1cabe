use crate::Promise;
pub(crate) const TRIALS: &[Promise] = &[];
