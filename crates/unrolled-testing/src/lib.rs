//! Dev-only helpers of the tests: f64 oracles, gradient check, tolerances, fixtures.
