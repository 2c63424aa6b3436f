//! What answers changed in what is known, against the round that the plan was made from.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{Endpoint, FactKind, Observation, Round, Subject};

use crate::plan::Plan;

/// Facts that tell which version of what answers.
const VERSIONS: &[FactKind] = &[
    FactKind::SshBanner,
    FactKind::FtpBanner,
    FactKind::HttpServer,
    FactKind::ServerSoftware,
    FactKind::IppFirmware,
    FactKind::SnmpSystemDescription,
    FactKind::BacnetFirmware,
    FactKind::BacnetSoftware,
];

/// What was known of the places that a plan asks.
#[derive(Clone, Debug, Default)]
pub struct Known {
    services: BTreeSet<Endpoint>,
    versions: BTreeMap<(Subject, FactKind), BTreeSet<String>>,
}

/// What answers changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Services that were known, and answered.
    pub confirmed: usize,
    /// Services that nobody had seen.
    pub new: usize,
    /// Versions that were not known, or were other ones.
    pub versions: usize,
}

impl Known {
    /// What a round knows of the places in a plan.
    #[must_use]
    pub fn of(round: &Round, plan: &Plan) -> Self {
        let asked: BTreeSet<Endpoint> = plan.exchanges.iter().map(crate::Exchange::endpoint).collect();
        let services = round.assets.iter().flat_map(|asset| &asset.services).map(|service| service.endpoint);
        let mut known =
            Self { services: services.filter(|one| asked.contains(one)).collect(), ..Self::default() };
        let here = |subject: &Subject| match subject {
            Subject::Service(endpoint) => asked.contains(endpoint),
            Subject::Ip(ip) => asked.iter().any(|place| place.ip == *ip),
            _ => false,
        };
        for one in
            round.observations.iter().filter(|one| VERSIONS.contains(&one.fact.kind()) && here(&one.subject))
        {
            let values = known.versions.entry((one.subject, one.fact.kind())).or_default();
            values.insert(one.fact.value().to_owned());
        }
        known
    }

    /// What these observations add to it.
    #[must_use]
    pub fn learned(&self, found: &[Observation]) -> Learned {
        let answered: BTreeSet<Endpoint> = found
            .iter()
            .filter(|one| one.fact.kind() == FactKind::ServiceOpen)
            .filter_map(|one| match one.subject {
                Subject::Service(endpoint) => Some(endpoint),
                _ => None,
            })
            .collect();
        let confirmed = answered.intersection(&self.services).count();
        let tells = |one: &&Observation| {
            let (kind, value) = (one.fact.kind(), one.fact.value());
            let was_known =
                self.versions.get(&(one.subject, kind)).is_some_and(|values| values.contains(value));
            VERSIONS.contains(&kind) && value.bytes().any(|byte| byte.is_ascii_digit()) && !was_known
        };
        let versions: BTreeSet<_> = found.iter().filter(tells).map(|one| (one.subject, &one.fact)).collect();
        Learned { confirmed, new: answered.len().saturating_sub(confirmed), versions: versions.len() }
    }
}
