//! Views of a stored round: one page, one asset, one finding at a time, without reading the round whole.
//!
//! Everything here follows from the rows of the round and its summary (`summary.sql`) and says what [`crate::Store::round_load`]
//! would. A list comes in pages of at most [`MOST_ROWS`] rows; a page tells where the next one begins ([`Turn`]), so that the
//! last page costs what the first does. Not here: words for people, and what may be seen by whom.

mod changes;
mod conversations;
mod counts;
mod device;
mod devices;
mod evidence;
mod filter;
mod finding;
mod findings;
mod ground;
mod page;
mod rounds;
mod search;

use rusqlite::Connection;
use wardround_model::RoundId;

pub use changes::{AssetDifference, ChangeCounts, ChangeRow, RoundDifference};
pub(crate) use conversations::key_of_zones;
pub use conversations::{Flow, FlowEnd, Zone, ZonePair};
pub use counts::{DeviceCounts, FindingCounts, PlaceCount, PlaceKind};
pub use device::{DeviceChange, DeviceDetails, Peer, PeerEnd};
pub use devices::{DeviceFilter, DeviceRow, DeviceSort, Worst};
pub use evidence::Proof;
pub use finding::FindingDetails;
pub use findings::{FindingFilter, FindingKind, FindingRow, GroupRow};
pub use ground::WayGround;
pub use page::{MOST_ROWS, Page, Turn};
pub use rounds::RoundSummary;

use crate::Store;
use crate::error::{StoreError, Trouble};
use crate::table::Reader;

/// Findings by how urgent they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Urgency {
    /// Of decision Act.
    pub act: u64,
    /// Of decision Attend.
    pub attend: u64,
    /// Of decision Track*.
    pub track_star: u64,
    /// Of decision Track.
    pub track: u64,
}

impl Urgency {
    /// All of them.
    #[must_use]
    pub fn total(self) -> u64 {
        [self.act, self.attend, self.track_star, self.track].into_iter().fold(0, u64::saturating_add)
    }

    /// Reads four columns, the most urgent first.
    fn read(columns: &mut crate::columns::Columns<'_>) -> Result<Self, Trouble> {
        let (act, attend) = (columns.number()?, columns.number()?);
        Ok(Self { act, attend, track_star: columns.number()?, track: columns.number()? })
    }
}

/// One stored round, read piece by piece.
#[derive(Clone, Copy, Debug)]
pub struct RoundView<'s> {
    store: &'s Store,
    id: RoundId,
}

const HAS_ROUND: &str = "SELECT EXISTS (SELECT 1 FROM round WHERE id = ?1)";

impl Store {
    /// A round to be read piece by piece.
    ///
    /// # Errors
    /// When the store holds no such round, or cannot be read.
    pub fn round_view(&self, id: RoundId) -> Result<RoundView<'_>, StoreError> {
        let has = || -> Result<bool, Trouble> {
            Ok(self.connection.prepare_cached(HAS_ROUND)?.query_row([id.0], |row| row.get(0))?)
        };
        match has().map_err(|trouble| trouble.at(&self.path))? {
            true => Ok(RoundView { store: self, id }),
            false => Err(StoreError::NoSuchRound { path: self.path.clone(), round: id }),
        }
    }
}

impl<'s> RoundView<'s> {
    /// Which round.
    #[must_use]
    pub fn id(&self) -> RoundId {
        self.id
    }

    pub(crate) fn connection(&self) -> &'s Connection {
        &self.store.connection
    }

    fn reader(&self) -> Reader<'s> {
        Reader::new(self.connection(), self.id.0)
    }

    /// Names the file where something went wrong.
    pub(crate) fn told<T>(&self, read: Result<T, Trouble>) -> Result<T, StoreError> {
        read.map_err(|trouble| trouble.at(&self.store.path))
    }
}
