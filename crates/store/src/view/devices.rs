//! The list of devices: in pages, filtered, sorted, searched.

use wardround_model::{Area, AssetId, Decision, DeviceClass, Role, Timestamp};

use super::filter::{Conditions, words};
use super::page::{Around, Listing};
use super::{Page, RoundView, Turn, Urgency};
use crate::columns::Columns;
use crate::error::{StoreError, Trouble};
use crate::table::Table;

/// How urgent a device is: its most urgent decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worst {
    /// No finding is known.
    Nothing,
    /// This one.
    Decision(Decision),
}

impl Worst {
    /// All of them, the least urgent first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        std::iter::once(Self::Nothing).chain(Decision::ALL.iter().copied().map(Self::Decision)).collect()
    }

    /// Its name in addresses of pages.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Decision(decision) => decision.code(),
        }
    }

    /// The one with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().into_iter().find(|worst| worst.code() == code)
    }

    pub(super) fn rank(self) -> i64 {
        let decision = match self {
            Self::Nothing => None,
            Self::Decision(decision) => Some(decision),
        };
        i64::try_from(crate::summary::rank(decision)).unwrap_or(i64::MAX)
    }
}

impl From<Option<Decision>> for Worst {
    fn from(decision: Option<Decision>) -> Self {
        decision.map_or(Self::Nothing, Self::Decision)
    }
}

/// Which devices a list shows: those that all of these hold for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceFilter {
    /// Of this class.
    pub class: Option<DeviceClass>,
    /// Of a class that belongs to this part of the hospital.
    pub area: Option<Area>,
    /// This urgent.
    pub worst: Option<Worst>,
    /// With their address in this network.
    pub network: Option<String>,
    /// That serve this care area; empty for those of which it is not known.
    pub care_area: Option<String>,
    /// With each of these words in title, name, address, maker, model, serial number or id.
    pub text: String,
}

/// The order of a list of devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceSort {
    /// The most urgent first: by findings of each decision, then by open questions.
    #[default]
    Urgency,
    /// By title.
    Title,
    /// By class, medical first, then by address.
    Class,
    /// By address.
    Address,
    /// The one that was seen last first.
    LastSeen,
}

impl DeviceSort {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Urgency, Self::Title, Self::Class, Self::Address, Self::LastSeen];

    /// Its name in addresses of pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Urgency => "urgency",
            Self::Title => "title",
            Self::Class => "class",
            Self::Address => "address",
            Self::LastSeen => "last-seen",
        }
    }

    /// The one with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sort| sort.code() == code)
    }

    /// Where a list in this order reads from, unless a filter knows better.
    const fn from(self) -> &'static str {
        match self {
            Self::Urgency => "asset_summary INDEXED BY asset_by_urgency",
            Self::Title => "asset_summary INDEXED BY asset_by_title",
            Self::Class => "asset_summary INDEXED BY asset_by_class",
            Self::Address => "asset_summary INDEXED BY asset_by_address",
            Self::LastSeen => "asset_summary INDEXED BY asset_by_last",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Urgency => "by_urgency",
            Self::Title => "by_title",
            // A round keeps its assets in this order.
            Self::Class => "asset_position",
            Self::Address => "by_address",
            Self::LastSeen => "by_last",
        }
    }
}

/// A device as one line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its id.
    pub id: AssetId,
    /// How people know it.
    pub title: String,
    /// What kind of thing it is.
    pub class: DeviceClass,
    /// The address to find it by; empty without one.
    pub address: String,
    /// The network of that address; empty without one.
    pub network: String,
    /// The care area that it serves; empty where it is not known.
    pub care_area: String,
    /// Who looks after it.
    pub owner: Role,
    /// Its most urgent decision.
    pub worst: Worst,
    /// Its findings.
    pub findings: Urgency,
    /// What could not be judged of it.
    pub unjudged: u64,
    /// How many others it talks with.
    pub peers: u64,
    /// The first time that it was seen in this round.
    pub first_seen: Timestamp,
    /// The last time that it was seen in this round.
    pub last_seen: Timestamp,
    /// Whether its own card was seen.
    pub seen_directly: bool,
}

/// The columns of [`AROUND`], for errors.
pub(super) static ROW: Table = Table {
    owner: "round_id",
    name: "asset_summary",
    key: &["position"],
    values: &[
        "id",
        "title",
        "class",
        "address",
        "network",
        "care_area",
        "owner",
        "worst",
        "act",
        "attend",
        "track_star",
        "track",
        "unjudged",
        "peers",
        "first_at",
        "last_at",
        "seen_directly",
    ],
};

/// A row, behind the key.
pub(super) const AROUND: Around = Around {
    columns: "asset.id, title, class, address, network, care_area, owner, worst, act, attend, track_star, track, unjudged,
        peers, asset.first_at, asset.last_at, asset.seen_directly",
    joined: "CROSS JOIN asset_summary ON asset_summary.round_id = chosen.round_id
             AND asset_summary.asset_position = chosen.position
         CROSS JOIN asset ON asset.round_id = chosen.round_id AND asset.position = chosen.position",
};

impl RoundView<'_> {
    /// A page of the list of devices.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn devices(
        &self,
        filter: &DeviceFilter,
        sort: DeviceSort,
        turn: Turn,
        rows: usize,
    ) -> Result<Page<DeviceRow>, StoreError> {
        if filter.has_words() {
            return Ok(self.devices_searched(filter, sort, turn, rows)?.1);
        }
        let (key, from) = (sort.column(), filter.from().unwrap_or_else(|| sort.from()));
        let select = format!("SELECT round_id, {key} AS key, asset_position AS position FROM {from}");
        let listing = Listing { table: &ROW, select: &select, key, around: Some(AROUND) };
        let conditions = filter.conditions(self, true);
        self.told(listing.page(self.connection(), conditions, turn, rows, read_row))
    }
}

impl DeviceFilter {
    /// Whether it looks for words.
    pub(super) fn has_words(&self) -> bool {
        !words(&self.text).is_empty()
    }

    /// Where the devices that it lets through are found the fastest, words aside; nothing where the order of the list decides.
    pub(super) fn from(&self) -> Option<&'static str> {
        if self.network.is_some() {
            Some("asset_summary INDEXED BY asset_of_network")
        } else if self.care_area.is_some() {
            Some("asset_summary INDEXED BY asset_of_care_area")
        } else {
            None
        }
    }

    /// The conditions, words aside; those on class and urgency can be left out, to count by them.
    pub(super) fn conditions(&self, view: &RoundView<'_>, with_counted: bool) -> Conditions {
        let mut conditions = Conditions::of_round("round_id", view.id());
        if with_counted {
            if self.class.is_some() || self.area.is_some() {
                let codes: Vec<&str> = self.classes().map(DeviceClass::code).collect();
                conditions.and_one_of("class", &codes);
            }
            if let Some(worst) = self.worst {
                conditions.and("worst = ?", worst.rank());
            }
        }
        if let Some(network) = &self.network {
            conditions.and("network = ?", network.clone());
        }
        if let Some(care_area) = &self.care_area {
            conditions.and("care_area = ?", care_area.clone());
        }
        conditions
    }

    /// The classes that it lets through.
    fn classes(&self) -> impl Iterator<Item = DeviceClass> {
        DeviceClass::ALL.iter().copied().filter(|class| self.has_class(*class))
    }

    /// Whether it lets this class through.
    pub(super) fn has_class(&self, class: DeviceClass) -> bool {
        self.class.is_none_or(|wanted| wanted == class) && self.area.is_none_or(|area| area == class.area())
    }
}

/// A row behind its key.
pub(super) fn read_row(_place: u64, columns: &mut Columns<'_>) -> Result<DeviceRow, Trouble> {
    Ok(DeviceRow {
        id: AssetId(columns.id("A-")?),
        title: columns.text()?,
        class: columns.code(DeviceClass::from_code)?,
        address: columns.text()?,
        network: columns.text()?,
        care_area: columns.text()?,
        owner: columns.code(Role::from_code)?,
        worst: columns.rank()?.into(),
        findings: Urgency::read(columns)?,
        unjudged: columns.number()?,
        peers: columns.number()?,
        first_seen: columns.moment()?,
        last_seen: columns.moment()?,
        seen_directly: columns.flag()?,
    })
}
