//! Lists of a directory: its computers, its accounts, and the second factors of a mail tenant. Names of accounts are used to tell
//! them apart and are not kept.

pub(crate) mod accounts;
pub(crate) mod computers;
mod domain;
mod privilege;
pub(crate) mod second_factors;

#[cfg(test)]
mod tests;
