//! The index in use, and the swap to a newer one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use crate::file::{Identity, MapError, MappedIndex};

/// The index in use, shared by all who read. A swap replaces it for those who ask from then on; who has it keeps it, and
/// it is unmapped when the last lets go.
#[derive(Debug)]
pub struct Current {
    path: PathBuf,
    held: RwLock<Arc<MappedIndex>>,
}

impl Current {
    /// Maps the index at this path; only its header is read, as it was checked when it was written.
    ///
    /// # Errors
    /// As `MappedIndex::open`.
    pub fn open(path: &Path) -> Result<Self, MapError> {
        let held = RwLock::new(Arc::new(MappedIndex::open(path)?));
        Ok(Self { path: path.to_owned(), held })
    }

    /// The index in use. Never waits for a swap's checks.
    #[must_use]
    pub fn get(&self) -> Arc<MappedIndex> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// True when another file stands at the path by now.
    ///
    /// # Errors
    /// When the file cannot be looked at.
    pub fn is_replaced(&self) -> Result<bool, MapError> {
        let metadata = std::fs::metadata(&self.path)
            .map_err(|source| MapError::Unreadable { path: self.path.clone(), source })?;
        Ok(Identity::of(&metadata) != self.get().identity())
    }

    /// When another file stands at the path, checks all of it and swaps it in; gives the one that it replaces, so that
    /// what differs can be judged again (`wardround_intel::index::changed_since`). `None`: nothing is new.
    ///
    /// # Errors
    /// When the new file cannot be used; the old index stays in use.
    pub fn refresh(&self) -> Result<Option<Arc<MappedIndex>>, MapError> {
        if !self.is_replaced()? {
            return Ok(None);
        }
        let new = Arc::new(MappedIndex::open_checked(&self.path)?);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Some(std::mem::replace(&mut *held, new)))
    }
}
