//! Observations to assets.
