//! Whether a change may be made on a device: what its maker says, and when its clinical owner says that it is off patients.
//!
//! The rule is "do no harm": a device that touches patients, or runs clinical software, is changed only with its maker's
//! approval and in a time that its clinical owner has confirmed. A device that nobody knows is changed by nobody. Silence
//! on the network is no such time (`quiet`).

use wardround_model::{Asset, DeviceClass, MakerPosition, Role, Says, StatementId, Timestamp};

use super::efforts::{Change, Touches};
use crate::ssvc::said::Said;

/// What a device's maker says, with the document that says so and its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakerSays {
    /// The position.
    pub position: MakerPosition,
    /// The document, as people named it; empty where nobody asked.
    pub document: String,
    /// The day of the statement.
    pub at: Option<Timestamp>,
}

impl MakerSays {
    fn not_asked() -> Self {
        Self { position: MakerPosition::NotAsked, document: String::new(), at: None }
    }
}

/// A time at which a device is off patients, in the hospital's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// When, as its clinical owner wrote it.
    pub when: String,
    /// Why, or who: the reason that stands with the statement.
    pub because: String,
    /// When it was confirmed.
    pub at: Timestamp,
    /// The statement that confirmed it.
    pub statement: StatementId,
}

/// Whether a change may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Permission {
    /// It may.
    Given,
    /// Only when its maker approves it.
    NeedsMaker,
    /// Its maker approved it, but no time off patients is confirmed.
    NeedsWindow,
    /// Nobody knows what it is.
    NeedsIdentity,
}

/// What the maker of this device says; `None` where no maker has to be asked.
pub(crate) fn maker_says(asset: &Asset, said: &Said<'_>) -> Option<MakerSays> {
    let latest = said.latest(asset.id, |statement| match &statement.says {
        Says::MakerPosition { position, document } => {
            Some(MakerSays { position: *position, document: document.clone(), at: Some(statement.at) })
        }
        _ => None,
    });
    Role::of(said.class(asset))
        .needs_maker()
        .then(|| latest.map_or_else(MakerSays::not_asked, |(says, _)| says))
}

/// The time off patients that its clinical owner confirmed. What anybody else says of it is no confirmation.
pub(crate) fn window(asset: &Asset, said: &Said<'_>) -> Option<Window> {
    let latest = said.latest(asset.id, |statement| match &statement.says {
        Says::OffPatients(when) if statement.by == Role::ClinicalOwner => Some(when.clone()),
        _ => None,
    });
    latest.map(|(when, statement)| {
        let because = statement.because.clone();
        Window { when, because, at: statement.at, statement: statement.id }
    })
}

/// Whether this change may be made on this device.
pub(crate) fn permission(change: &Change, asset: &Asset, said: &Said<'_>) -> Permission {
    if change.touches != Touches::Device {
        return Permission::Given;
    }
    if said.class(asset) == DeviceClass::Unknown {
        return Permission::NeedsIdentity;
    }
    match maker_says(asset, said).map(|says| says.position) {
        None => Permission::Given,
        Some(MakerPosition::NotAsked | MakerPosition::Forbidden) => Permission::NeedsMaker,
        Some(MakerPosition::Approved) if window(asset, said).is_none() => Permission::NeedsWindow,
        Some(MakerPosition::Approved) => Permission::Given,
    }
}
