//! Assets: one device or system each, however many addresses it has (NIST CSF 2.0, ID.AM).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{Claim, DeviceClass, Digest, Endpoint, MacAddr, ObservationId, Protocol, Reason, Timestamp};

/// The id of an asset, as `A-1a2b3c4d5e6f`: made from its lowest card address, else its lowest address, else the thing of a
/// list that it is, so that it is the same in every round that knows as much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetId(pub Digest);

impl AssetId {
    /// The id of the asset with this anchor.
    #[must_use]
    pub fn of_anchor(anchor: &str) -> Self {
        Self(Digest::of(&["asset", anchor]))
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A-{}", self.0)
    }
}

/// A service that an asset offers: it was seen to answer there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    /// Where.
    pub endpoint: Endpoint,
    /// What is spoken there, where it was recognised.
    pub protocol: Option<Protocol>,
    /// How many different hosts used it.
    pub clients: u64,
}

/// A product text that an asset showed, such as a banner, still as it was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenProduct {
    /// Where it was shown, if by a service.
    pub endpoint: Option<Endpoint>,
    /// The text as seen.
    pub text: String,
    /// The proof.
    pub observation: ObservationId,
}

/// One device or system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// Its cards, sorted.
    pub macs: Vec<MacAddr>,
    /// Its addresses, sorted.
    pub ips: Vec<IpAddr>,
    /// Names that it gives itself, masked where they may name a person; sorted, each once.
    pub names: Vec<String>,
    /// What kind of thing it is.
    pub class: Claim<DeviceClass>,
    /// Who made it.
    pub maker: Option<Claim<String>>,
    /// Its model.
    pub model: Option<Claim<String>>,
    /// Its serial number, as it tells it itself or a list does.
    pub serial: Option<Claim<String>>,
    /// Version of the device's own software (DICOM Software Versions and the like), as its maker writes it.
    pub software: Option<Claim<String>>,
    /// Its operating system with its version, as its own tools or a directory name it.
    pub operating_system: Option<Claim<String>>,
    /// The department or care area that it serves.
    pub care_area: Option<Claim<String>>,
    /// What it offers, sorted.
    pub services: Vec<Service>,
    /// Product texts that it showed, sorted.
    pub products: Vec<SeenProduct>,
    /// The first time that it was seen in this round.
    pub first_seen: Timestamp,
    /// The last time that it was seen in this round.
    pub last_seen: Timestamp,
    /// Whether its own card was seen, or only traffic that a router had forwarded.
    pub seen_directly: bool,
}

impl Asset {
    /// How people know it: maker and model, else its class, with one address; without one, with its name, else its id.
    #[must_use]
    pub fn title(&self) -> String {
        let maker = self.maker.as_ref().map(|claim| claim.value.as_str());
        let model = self.model.as_ref().map(|claim| claim.value.as_str());
        let what = match (maker, model) {
            (Some(maker), Some(model)) if model.to_lowercase().starts_with(&maker.to_lowercase()) => {
                model.to_owned()
            }
            (Some(maker), Some(model)) => format!("{maker} {model}"),
            (None, Some(model)) => model.to_owned(),
            (Some(maker), None) if self.class.value != DeviceClass::Unknown => {
                format!("{maker} {}", self.class.value.label())
            }
            (Some(maker), None) => format!("device by {maker}"),
            (None, None) => self.class.value.label().to_owned(),
        };
        match (self.address(), self.names.first()) {
            (Some(address), _) => format!("{what} at {address}"),
            (None, Some(name)) => format!("{what} ({name})"),
            (None, None) => format!("{what} ({})", self.id),
        }
    }

    /// Whether several devices seem to be behind one of its addresses, so that what they are was not decided.
    #[must_use]
    pub fn hides_several(&self) -> bool {
        self.class.reasons.iter().any(|reason| reason.text.starts_with(Reason::SEVERAL_BEHIND))
    }

    /// One address to find it by: its lowest IPv4 address, else its lowest address, else its card.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let ip = self.ips.iter().find(|ip| ip.is_ipv4()).or(self.ips.first());
        ip.map(ToString::to_string).or_else(|| self.macs.first().map(ToString::to_string))
    }
}

/// A stretch of addresses that the capture shows, and how well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// The stretch: 24 bits of an IPv4 address or 64 bits of an IPv6 address, as `10.20.1.0/24`. A guess: masks are not seen.
    pub prefix: String,
    /// Assets in it whose own card was seen.
    pub seen_directly: u64,
    /// Assets in it of which only forwarded traffic was seen.
    pub seen_from_afar: u64,
}

impl Network {
    /// The stretch around an address, as `10.20.1.0/24` or `fd00::/64`.
    #[must_use]
    pub fn prefix_of(ip: IpAddr) -> String {
        match ip {
            IpAddr::V4(v4) => format!("{}/24", Ipv4Addr::from_bits(v4.to_bits() & !0xff)),
            IpAddr::V6(v6) => format!("{}/64", Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        }
    }
}
