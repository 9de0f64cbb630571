//! Many rows at once, the way years of trading would leave them.
