//! What management tools say of the care of systems: missing updates, endpoint protection, backups. Not here: installed software.

pub(crate) mod backups;
pub(crate) mod endpoint;
pub(crate) mod updates;

#[cfg(test)]
mod tests;
