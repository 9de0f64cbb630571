//! One reusable test suite per port, and builders for tests.

pub mod sessions;
