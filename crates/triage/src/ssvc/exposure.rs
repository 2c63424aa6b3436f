//! System exposure: from where an asset can be reached, from the conversations that were really seen.
//!
//! Only what was seen counts, and silence is never read as safety: an asset that was not seen to talk is judged like one
//! that other networks reach. Not here: which rules of a firewall allow what.

use std::net::IpAddr;

use wardround_model::{Asset, AssetId, Conversation, ConversationId, Ground, is_to_many};

use super::Point;

/// From where an asset was seen to be reached, the least exposed first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exposure {
    /// It was not seen to talk with anybody.
    #[default]
    NoneSeen,
    /// Only devices of its own network talked with it.
    OwnNetwork,
    /// Devices of other networks talked with it.
    AcrossNetworks,
    /// It asks hosts of the Internet.
    AsksInternet,
    /// Hosts of the Internet ask it.
    Internet,
}

impl Exposure {
    /// Its name in data files and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoneSeen => "none-seen",
            Self::OwnNetwork => "own-network",
            Self::AcrossNetworks => "across-networks",
            Self::AsksInternet => "asks-internet",
            Self::Internet => "internet",
        }
    }

    /// In a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoneSeen => "It was not seen to talk, so who can reach it is not known",
            Self::OwnNetwork => "Only devices of its own network were seen to talk with it",
            Self::AcrossNetworks => "Devices of other networks were seen to talk with it",
            Self::AsksInternet => "It was seen to ask hosts on the Internet",
            Self::Internet => "Hosts on the Internet were seen to reach it",
        }
    }

    /// The place among the words of the deployer table: small, controlled, open.
    pub(super) const fn place(self) -> usize {
        match self {
            Self::OwnNetwork => 0,
            Self::NoneSeen | Self::AcrossNetworks | Self::AsksInternet => 1,
            Self::Internet => 2,
        }
    }
}

/// The exposure of every asset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exposures {
    /// By id: the worst that was seen, and the first conversation that shows it.
    by_asset: Vec<(AssetId, Exposure, Option<ConversationId>)>,
}

impl Exposures {
    pub(crate) fn new(assets: &[Asset], conversations: &[Conversation]) -> Self {
        let mut owners: Vec<(IpAddr, usize)> = assets
            .iter()
            .enumerate()
            .flat_map(|(place, asset)| asset.ips.iter().map(move |ip| (*ip, place)))
            .collect();
        owners.sort_unstable();
        let owner = |ip: IpAddr| {
            let place = owners.binary_search_by_key(&ip, |(ip, _)| *ip).ok()?;
            owners.get(place).map(|(_, owner)| *owner)
        };
        let mut worst: Vec<(Exposure, Option<&Conversation>)> =
            vec![(Exposure::NoneSeen, None); assets.len()];
        for conversation in conversations.iter().filter(|conversation| !conversation.is_unanswered()) {
            let (client, server) = (conversation.client, conversation.server.ip);
            if is_to_many(server) {
                continue;
            }
            let [asks, answers] = both(client, server);
            for (ip, exposure) in [(client, asks), (server, answers)] {
                if let Some(worst) = owner(ip).and_then(|place| worst.get_mut(place))
                    && is_worse(exposure, conversation, *worst)
                {
                    *worst = (exposure, Some(conversation));
                }
            }
        }
        let of = |(asset, (exposure, shown)): (&Asset, (Exposure, Option<&Conversation>))| {
            (asset.id, exposure, shown.map(Conversation::id))
        };
        let mut by_asset: Vec<_> = assets.iter().zip(worst).map(of).collect();
        by_asset.sort_unstable_by_key(|(id, ..)| *id);
        Self { by_asset }
    }

    /// From where this asset can be reached, and what shows it.
    pub(crate) fn of(&self, asset: AssetId) -> Point<Exposure> {
        let place = self.by_asset.binary_search_by_key(&asset, |(id, ..)| *id).ok();
        let (exposure, shown) = place
            .and_then(|place| self.by_asset.get(place))
            .map_or((Exposure::NoneSeen, None), |(_, exposure, shown)| (*exposure, *shown));
        let mut point = Point::by_rule(exposure, exposure.sentence());
        point.reason.grounds.extend(shown.map(Ground::Conversation));
        point
    }
}

/// Whether a conversation shows more than the one so far; of equals the first by its ends, whatever their order.
fn is_worse(
    exposure: Exposure,
    conversation: &Conversation,
    (worst, by): (Exposure, Option<&Conversation>),
) -> bool {
    let ends = |one: &Conversation| (one.client, one.server);
    exposure > worst || exposure == worst && by.is_some_and(|by| ends(conversation) < ends(by))
}

/// What one conversation shows of its client and of its server.
fn both(client: IpAddr, server: IpAddr) -> [Exposure; 2] {
    let asks = if is_public(server) { Exposure::AsksInternet } else { network(client, server) };
    let answers = if is_public(client) { Exposure::Internet } else { network(client, server) };
    [asks, answers]
}

fn network(one: IpAddr, other: IpAddr) -> Exposure {
    if prefix(one) == prefix(other) { Exposure::OwnNetwork } else { Exposure::AcrossNetworks }
}

/// The network that an address is taken to be in, as its first address: 24 bits of IPv4, 64 of IPv6. A guess, as masks
/// are not seen.
pub(crate) fn prefix(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            IpAddr::from([a, b, c, 0])
        }
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// Whether an address is one of the Internet: not kept for private, local, shared or test use (RFC 6890).
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let kept = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_documentation();
            !(kept || shared || v4.is_multicast() || a == 0 || a >= 240 || (a == 198 && (b == 18 || b == 19)))
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            first & 0xe000 == 0x2000 && !(first == 0x2001 && second == 0x0db8)
        }
    }
}

#[cfg(test)]
mod tests {
    use wardround_model::{DeviceClass, Protocol};

    use super::*;
    use crate::hospital::Hospital;

    #[test]
    fn exposure_is_the_worst_that_was_seen() {
        let ward = Hospital::default()
            .host("10.1.1.1", DeviceClass::Server)
            .host("10.1.1.2", DeviceClass::Workstation)
            .host("10.1.1.3", DeviceClass::InfusionPump)
            .host("10.1.1.4", DeviceClass::Printer)
            .host("10.1.1.5", DeviceClass::Server)
            .talk("10.1.1.2", "10.1.1.1:443/tcp", Protocol::Tls)
            .talk("10.1.2.2", "10.1.1.1:443/tcp", Protocol::Tls)
            .talk("10.1.1.3", "8.8.8.8:443/tcp", Protocol::Tls)
            .talk("9.9.9.9", "10.1.1.5:443/tcp", Protocol::Tls);
        let exposures = Exposures::new(&ward.assets, &ward.conversations);
        let of = |place: usize| exposures.of(ward.assets[place].id).value;
        use Exposure as E;
        assert_eq!([of(0), of(1), of(2)], [E::AcrossNetworks, E::OwnNetwork, E::AsksInternet]);
        assert_eq!([of(3), of(4)], [E::NoneSeen, E::Internet]);
        assert_eq!(exposures.of(ward.assets[4].id).reason.grounds.len(), 1);
    }

    #[test]
    fn addresses_kept_for_private_use_are_not_of_the_internet() {
        for ip in [
            "10.0.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.1.1",
            "127.0.0.1",
            "fe80::1",
            "fd00::1",
            "192.0.2.1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["8.8.8.8", "100.128.0.1", "2606:4700::1111"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
