//! The limiter's suite in memory.

use ef_embedded::EmbeddedRateLimiter;

ef_contract::rate_limiter_tests!((EmbeddedRateLimiter::new(), ()));
