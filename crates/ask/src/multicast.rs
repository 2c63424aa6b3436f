//! The one question to all devices of a network at once: which kinds of service they offer (mDNS, RFC 6762; RFC 6763, 9).
//!
//! It reaches devices that are never asked otherwise. So the owner of a network switches it on, it is on in no other, it is not put
//! where a device that treats a patient is known, and two people approve it.

use std::net::{IpAddr, Ipv4Addr};

use wardround_model::{Asset, Round};

use crate::named;
use crate::plan::{Exchange, Plan};
use crate::question::Question;
use crate::scope::Net;
use crate::who;

/// Where all listen (RFC 6762, 3). No router sends on what goes there.
pub(crate) const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
pub(crate) const PORT: u16 = 5353;
/// The list of kinds of service, type PTR, class IN, answered to us alone (RFC 6762, 5.4).
const SERVICES: &[u8] = b"\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\x80\x01";
/// What plans tell of it.
const REASON: &str = "its owner switched multicast on; every device there hears it";

/// The question. `id` comes back.
pub(crate) fn services([a, b, ..]: [u8; 8]) -> Vec<u8> {
    [&[a, b, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], SERVICES].concat()
}

/// Whether it is a response to the question with this `id`; whoever answers as to a resolver of mDNS tells none (RFC 6762, 18.1).
pub(crate) fn answers(bytes: &[u8], [a, b, ..]: [u8; 8]) -> bool {
    matches!(bytes, [c, d, flags, _, ..] if ([*c, *d] == [a, b] || [*c, *d] == [0, 0]) && flags & 0x80 != 0)
}

/// Addresses of a device in a network, or near to it: a wire often is wider than what may be asked on it.
fn near(asset: &Asset, net: Net) -> impl Iterator<Item = Ipv4Addr> + '_ {
    asset.ips.iter().filter_map(move |ip| match ip {
        IpAddr::V4(ip) => {
            Some(*ip).filter(|ip| net.contains(*ip) || Net::subnet_of(net.first_host()).contains(*ip))
        }
        IpAddr::V6(_) => None,
    })
}

impl Plan {
    /// The question to all of a network, or why it is not put.
    pub(crate) fn multicast(&self, net: Net, round: &Round) -> Result<Exchange, &'static str> {
        if !self.listed.multicast || !self.scope.multicast.contains(&net) {
            return Err("its owner did not switch multicast on");
        }
        if !self.scope.networks.iter().any(|other| other.holds(net)) {
            return Err("multicast is switched on for a network that may not be asked");
        }
        let treats = |asset: &&Asset| {
            let class = asset.class.value;
            class.is_medical() && !named::may_be_named(class) && near(asset, net).next().is_some()
        };
        if round.assets.iter().any(|asset| treats(&asset)) {
            return Err(
                "a device that treats a patient is there, and a multicast reaches all; nothing is asked of all",
            );
        }
        let clinical =
            round.assets.iter().flat_map(|asset| near(asset, net)).any(|ip| who::is_clinical(round, ip));
        let question = Question::MdnsServices;
        Ok(Exchange {
            asset: String::new(),
            ip: GROUP,
            port: PORT,
            question,
            seen: false,
            clinical,
            cards: Vec::new(),
            reason: REASON.to_owned(),
            packets: question.packets(),
            called: String::new(),
            net: Some(net),
        })
    }

    /// Whether all devices of a network are asked at once: two people must approve.
    #[must_use]
    pub fn is_multicast(&self) -> bool {
        self.exchanges.iter().any(|exchange| exchange.question.is_multicast())
    }
}

impl Exchange {
    /// The same as a question to one of those who answered it.
    #[must_use]
    pub fn answered_by(&self, ip: Ipv4Addr) -> Self {
        Self { ip, net: None, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

    #[test]
    fn it_is_one_question_that_is_answered_to_us_alone() {
        let asked = services(ID);
        assert_eq!(&asked[..12], [1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(&asked[12..], b"\x09_services\x07_dns-sd\x04_udp\x05local\x00\x00\x0c\x80\x01");
        let mut answer = asked.clone();
        assert!(!answers(&answer, ID), "a question is no answer");
        answer[2] = 0x84;
        assert!(answers(&answer, ID) && !answers(&answer, [9; 8]) && !answers(&answer[..3], ID));
        answer[..2].fill(0);
        assert!(answers(&answer, ID));
    }
}
