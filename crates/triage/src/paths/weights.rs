//! The weight of each step: whole numbers, small where a step is likely.
//!
//! They order ways and claim no probability. A known attack weighs little, a way that nobody published much; a weakness
//! that is not sure weighs more than one that was seen; a way that was seen weighs less than one that is only likely.

use wardround_model::{Automatable, Exploitation, Finding, Grade, TechnicalImpact};

/// Going to a device of the same network where nobody was seen to go.
pub(super) const SAME_NETWORK: u32 = 15;

/// Going where the rules of a firewall let packets through and nobody was seen to go.
pub(super) const ALLOWED: u32 = 20;

/// The same, where a rule was not understood whole.
pub(super) const ALLOWED_PERHAPS: u32 = 35;

/// What it weighs to take a device by this finding.
pub(super) fn of(finding: &Finding) -> u32 {
    let judgement = &finding.judgement;
    let attack = match judgement.exploitation {
        Exploitation::Active => 5,
        Exploitation::PublicPoc => 20,
        Exploitation::None => 50,
    };
    let by_hand = match judgement.automatable {
        Automatable::Yes => 0,
        Automatable::No => 10,
    };
    let gains = match judgement.technical_impact {
        TechnicalImpact::Total => 0,
        TechnicalImpact::Partial => 15,
    };
    let sure = match finding.grade {
        Grade::Seen | Grade::ExactVersion => 0,
        Grade::Reported | Grade::Listed => 10,
        Grade::NeedsPlatform | Grade::VersionUnknown => 25,
        Grade::ModelFamily => 40,
        Grade::MakerOnly => 60,
    };
    attack + by_hand + gains + sure
}

/// How likely a way of this weight is, in a word.
pub(super) const fn word(weight: u32) -> &'static str {
    match weight {
        0..=60 => "likely",
        61..=120 => "possible",
        _ => "far-fetched",
    }
}
