//! What the server costs, as ratios to ceilings taken in the same run.
