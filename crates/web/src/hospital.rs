//! A store as the site uses it: a few connections that read, one that writes, and what was worked out last.
//!
//! SQLite waits for disks and locks, so all of it runs on threads that may wait, never on those that serve.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;
use wardround_store::{Store, StoreError};

use crate::desk::Desk;
use crate::ground::{KeptGround, Question};
use crate::planned::Planned;
use crate::problem::Problem;
use crate::room::Room;
use crate::standing::{Sights, Standing};

/// Connections that read at once.
const READERS: usize = 4;

/// A store, for reading and writing.
pub(crate) struct Hospital {
    path: PathBuf,
    reading: Semaphore,
    readers: Mutex<Vec<Store>>,
    writer: Mutex<Store>,
    /// What is left of the disk for what must be done also when it is full; the demo has none.
    room: Option<Room>,
    /// What was worked out last.
    pub(crate) standing: Mutex<Option<Arc<Standing>>>,
    /// What the round saw that was read last.
    pub(crate) sights: Mutex<Option<Arc<Sights>>>,
    /// Plans for hours that were asked for.
    pub(crate) plans: Mutex<Vec<Arc<Planned>>>,
    /// What ways of an attacker are found in, of the round that was asked for last.
    pub(crate) ground: Mutex<KeptGround>,
    /// What was answered last of ways.
    pub(crate) answers: Mutex<Vec<(Question, String)>>,
    /// Held by whoever reads a whole round for one of these, so that there is one in memory and not one for each who asks.
    pub(crate) working_out: Arc<tokio::sync::Mutex<()>>,
    /// The worklist that was folded last.
    pub(crate) desk: Mutex<Option<Arc<Desk>>>,
    /// Held by whoever folds it.
    pub(crate) folding: Arc<tokio::sync::Mutex<()>>,
    /// Held by whoever says something of a task, so that it is held against what was said before.
    pub(crate) speaking: tokio::sync::Mutex<()>,
}

impl Hospital {
    /// Opens the site's own store, and makes it where it is not there; with room for a disk that is full.
    pub(crate) fn open_home(path: &Path) -> Result<Arc<Self>, StoreError> {
        let room = Room::beside(path.parent().unwrap_or(Path::new("")));
        let writer = match Store::open(path) {
            // SQLite needs some room to begin with, and a full disk must not keep the emergency account out.
            Err(StoreError::Full { .. }) if room.give_up() => Store::open(path)?,
            opened => opened?,
        };
        room.take();
        Ok(Self::of(writer, Some(room)))
    }

    /// Opens the store, and makes it where it is not there.
    pub(crate) fn open(path: &Path) -> Result<Arc<Self>, StoreError> {
        Ok(Self::of(Store::open(path)?, None))
    }

    fn of(writer: Store, room: Option<Room>) -> Arc<Self> {
        Arc::new(Self {
            path: writer.path().to_owned(),
            reading: Semaphore::new(READERS),
            readers: Mutex::default(),
            writer: Mutex::new(writer),
            room,
            standing: Mutex::default(),
            sights: Mutex::default(),
            plans: Mutex::default(),
            ground: Mutex::default(),
            answers: Mutex::default(),
            working_out: Arc::default(),
            desk: Mutex::default(),
            folding: Arc::default(),
            speaking: tokio::sync::Mutex::default(),
        })
    }

    /// The folder of the store.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// Looks something up.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        look: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let _one_of_few = self.reading.acquire().await.map_err(|_| Problem::Fault)?;
        let this = Arc::clone(self);
        waiting(move || Ok(this.look(look)?)).await
    }

    /// Changes something; whoever else writes waits.
    pub(crate) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let this = Arc::clone(self);
        waiting(move || Ok(this.change(change)?)).await
    }

    /// The same, also where the disk is full: then in the room that is kept for that. For leaving and for what takes back alone.
    pub(crate) async fn write_at_any_rate<T: Send + 'static>(
        self: &Arc<Self>,
        change: impl Fn(&mut Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let this = Arc::clone(self);
        waiting(move || {
            let mut store = locked(&this.writer);
            let mut changed = change(&mut store);
            let is_full = matches!(changed, Err(StoreError::Full { .. }));
            if let Some(room) = this.room.as_ref().filter(|room| is_full && room.give_up()) {
                changed = change(&mut store);
                room.take();
            }
            Ok(changed?)
        })
        .await
    }

    /// Changes something unless somebody else writes just now, such as a large round: then it is left.
    pub(crate) async fn write_if_free(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Store) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), Problem> {
        let this = Arc::clone(self);
        waiting(move || match this.writer.try_lock() {
            Ok(mut store) => Ok(change(&mut store)?),
            Err(_) => Ok(()),
        })
        .await
    }

    /// Looks something up, on a thread that may wait.
    pub(crate) fn look<T>(
        &self,
        look: impl FnOnce(&Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = locked(&self.readers).pop();
        let store = match idle {
            Some(store) => store,
            None => Store::open_read_only(&self.path)?,
        };
        let found = look(&store)?;
        locked(&self.readers).push(store);
        Ok(found)
    }

    /// Changes something, on a thread that may wait.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        change(&mut locked(&self.writer))
    }
}

/// A lock that stays usable when a thread that held it failed: what it guards is whole at every step.
pub(crate) fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs what may wait on a thread for that.
pub(crate) async fn waiting<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Problem::Fault))
}
