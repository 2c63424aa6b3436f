//! Where an asset stands, in the words of CVSS: how much hangs on its data, its correctness and its being there, and
//! from how far it can be reached (CVSS 3.1, section 4; 4.0, section 4; 2.0, section 2.3).

use wardround_model::{CareRole, MissionWellbeing};

use super::{Metric, Vector, Version};

/// How much hangs on one of the three aims (metrics CR, IR and AR).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requirement {
    /// Little.
    Low,
    /// A serious loss.
    Medium,
    /// A catastrophic loss.
    High,
}

impl Requirement {
    fn letter(self) -> &'static str {
        match self {
            Self::Low => "L",
            Self::Medium => "M",
            Self::High => "H",
        }
    }

    fn of(mission: MissionWellbeing) -> Self {
        match mission {
            MissionWellbeing::Low => Self::Low,
            MissionWellbeing::Medium => Self::Medium,
            MissionWellbeing::High => Self::High,
        }
    }
}

/// From where an asset can be reached; the order is that of distance, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// By whoever touches it.
    Physical,
    /// From the asset itself.
    Local,
    /// From its own part of the network.
    Adjacent,
    /// From other parts of the network, or from outside.
    Network,
}

impl Reach {
    fn letter(self) -> &'static str {
        match self {
            Self::Physical => "P",
            Self::Local => "L",
            Self::Adjacent => "A",
            Self::Network => "N",
        }
    }

    fn from_letter(letter: &str) -> Option<Self> {
        [Self::Physical, Self::Local, Self::Adjacent, Self::Network]
            .into_iter()
            .find(|one| one.letter() == letter)
    }
}

/// What a score may know of the place where an asset stands. `None`: not known, so the standard's own default holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Environment {
    /// How much hangs on its data staying secret.
    pub confidentiality: Option<Requirement>,
    /// How much hangs on what it shows and does being right.
    pub integrity: Option<Requirement>,
    /// How much hangs on it being there.
    pub availability: Option<Requirement>,
    /// From where it can be reached. A vulnerability that needs an attacker nearer than this stays as it is.
    pub reach: Option<Reach>,
}

impl Environment {
    /// The environment of an asset: `role` is what it does for patients, `mission` how much care hangs on it, `reach`
    /// from where it was seen to be reached. Give no `reach` where too little was seen to tell.
    #[must_use]
    pub fn of(role: CareRole, mission: MissionWellbeing, reach: Option<Reach>) -> Self {
        let by_mission = Requirement::of(mission);
        let confidentiality = match role {
            CareRole::PatientDataStore => Requirement::High,
            CareRole::Support => by_mission.min(Requirement::Medium),
            // They show patients' names and values, but keep few.
            CareRole::LifeSustaining
            | CareRole::Therapeutic
            | CareRole::Monitoring
            | CareRole::Diagnostic => Requirement::Medium,
        };
        let integrity = match role {
            CareRole::Support => by_mission,
            // Patients are treated by what these say.
            _ => Requirement::High,
        };
        let availability = match role {
            CareRole::LifeSustaining => Requirement::High,
            _ => by_mission,
        };
        Self {
            confidentiality: Some(confidentiality),
            integrity: Some(integrity),
            availability: Some(availability),
            reach,
        }
    }

    /// The metrics that say this for a vector.
    pub(super) fn metrics(&self, vector: &Vector) -> Vec<Metric> {
        let aims = [("CR", self.confidentiality), ("IR", self.integrity), ("AR", self.availability)];
        let aims = aims.into_iter().filter_map(|(name, aim)| Some((name, aim?.letter())));
        let reach = self.reach_of(vector).map(|letter| ("MAV", letter));
        aims.chain(reach).map(|(name, value)| (name.into(), value.into())).collect()
    }

    /// The reach, where it is nearer than what the vulnerability allows; else `X`, "as the vulnerability has it".
    fn reach_of(&self, vector: &Vector) -> Option<&'static str> {
        let reach = self.reach.filter(|_| vector.version() != Version::V2)?;
        let allowed = Reach::from_letter(vector.metric("AV")?)?;
        Some(if reach < allowed { reach.letter() } else { "X" })
    }
}
