//! What people say of a device: answers to open questions, spares, care areas, what its maker allows. Each with who, when
//! and why, and each can be taken back. Not here: what devices and lists say ([`crate::Observation`]).

use std::fmt;

use crate::coded::coded;
use crate::{AssetId, CareRole, CveId, DeviceClass, Role, Timestamp};

/// The id of a statement in its store, as `S-3`; they count up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementId(pub i64);

impl fmt::Display for StatementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-{}", self.0)
    }
}

coded! {
    /// Whether a weakness is there (VEX status; CISA, Minimum Requirements for VEX, 2023).
    enum VexStatus, label {
        /// It is not.
        NotAffected = "not_affected", "not affected";
        /// It is.
        Affected = "affected", "affected";
        /// It was, and has been mended.
        Fixed = "fixed", "fixed";
        /// Not known yet.
        UnderInvestigation = "under_investigation", "under investigation";
    }
}

coded! {
    /// Why a device is not affected (VEX status justifications; CISA 2022).
    enum Justification, label {
        /// The weak part is not in it.
        ComponentNotPresent = "component_not_present", "the weak part is not in it";
        /// The weak code is not in it.
        VulnerableCodeNotPresent = "vulnerable_code_not_present", "the weak code is not in it";
        /// The weak code is never run.
        VulnerableCodeNotInExecutePath = "vulnerable_code_not_in_execute_path", "the weak code is never run";
        /// An attacker cannot reach or steer the weak code.
        VulnerableCodeCannotBeControlledByAdversary =
            "vulnerable_code_cannot_be_controlled_by_adversary", "an attacker cannot reach or steer the weak code";
        /// Something already stops the attack.
        InlineMitigationsAlreadyExist = "inline_mitigations_already_exist", "something already stops the attack";
    }
}

coded! {
    /// What a device's maker says of a change to it.
    enum MakerPosition, label {
        /// The maker approved it.
        Approved = "approved", "approved by the maker";
        /// The maker forbids it.
        Forbidden = "forbidden", "forbidden by the maker";
        /// Nobody has asked yet.
        NotAsked = "not-asked", "the maker was not asked yet";
    }
}

/// What is said of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Whether it has a weakness.
    Vex {
        /// Which weakness.
        cve: CveId,
        /// Whether it is there.
        status: VexStatus,
        /// Why not, where it is not.
        justification: Option<Justification>,
    },
    /// What kind of device it is.
    Class(DeviceClass),
    /// What it does for patients.
    CareRole(CareRole),
    /// The department or care area that it serves.
    CareArea(String),
    /// How many others can take its place at once.
    Spares(u32),
    /// Who looks after it.
    Owner(Role),
    /// What its maker says of changes to it, with the document that says so.
    MakerPosition {
        /// The position.
        position: MakerPosition,
        /// The document, letter or page; empty for [`MakerPosition::NotAsked`].
        document: String,
    },
    /// A time at which it is off patients, in the hospital's own words, as `Sundays 02:00 to 04:00`: confirmed by its clinical
    /// owner.
    OffPatients(String),
    /// It does not count: gone, or none of the hospital's.
    Retired,
}

impl Says {
    /// Its kind, in the store and JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Vex { .. } => "vex",
            Self::Class(_) => "class",
            Self::CareRole(_) => "care-role",
            Self::CareArea(_) => "care-area",
            Self::Spares(_) => "spares",
            Self::Owner(_) => "owner",
            Self::MakerPosition { .. } => "maker-position",
            Self::OffPatients(_) => "off-patients",
            Self::Retired => "retired",
        }
    }
}

/// Something that a person said of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// Of which device.
    pub asset: AssetId,
    /// What.
    pub says: Says,
    /// In which role the person spoke.
    pub by: Role,
    /// When.
    pub at: Timestamp,
    /// Why, in the person's own words; at most 500 characters.
    pub because: String,
    /// Until when it holds, where it ends by itself.
    pub until: Option<Timestamp>,
}

impl Statement {
    /// The most characters of a reason.
    pub const LONGEST: usize = 500;

    /// Whether it holds at this moment.
    #[must_use]
    pub fn holds_at(&self, moment: Timestamp) -> bool {
        self.until.is_none_or(|until| moment <= until)
    }
}
