//! Rounds kept in SQLite.
