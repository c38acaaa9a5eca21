//! Boundary.
