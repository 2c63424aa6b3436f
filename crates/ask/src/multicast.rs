//! Questions to all devices of a network at once: which kinds of service they offer (mDNS, RFC 6762; RFC 6763, 9), and what they are
//! (SSDP, UPnP Device Architecture 2.0, 1.3; WS-Discovery of 2005, which printers, cameras and Windows speak).
//!
//! Each reaches devices that are never asked otherwise. So the owner of a network switches it on, it is on in no other, it is not put
//! where a device that treats a patient is known, and two people approve it.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use wardround_model::{Asset, Round};

use crate::named;
use crate::plan::{Exchange, Plan};
use crate::question::Question;
use crate::scope::Net;
use crate::who;

/// One way in which devices look for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discovery {
    /// Multicast DNS: every phone and computer asks so all day.
    Mdns,
    /// SSDP of UPnP.
    Ssdp,
    /// WS-Discovery.
    WsDiscovery,
}

impl Discovery {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mdns, Self::Ssdp, Self::WsDiscovery];

    /// Its name in plans and on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mdns => "mdns",
            Self::Ssdp => "ssdp",
            Self::WsDiscovery => "ws-discovery",
        }
    }

    /// The question that is put.
    #[must_use]
    pub const fn question(self) -> Question {
        match self {
            Self::Mdns => Question::MdnsServices,
            Self::Ssdp => Question::SsdpSearch,
            Self::WsDiscovery => Question::WsDiscoveryProbe,
        }
    }

    /// Where all listen (RFC 6762, 3; UPnP, 1.1.3; WS-Discovery, 2.4). No router sends on a datagram with a time to live of 1.
    const fn group(self) -> (Ipv4Addr, u16) {
        match self {
            Self::Mdns => (Ipv4Addr::new(224, 0, 0, 251), 5353),
            Self::Ssdp => (Ipv4Addr::new(239, 255, 255, 250), 1900),
            Self::WsDiscovery => (Ipv4Addr::new(239, 255, 255, 250), 3702),
        }
    }
}

impl FromStr for Discovery {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|one| one.code() == text);
        known.ok_or_else(|| format!("{text:?} is none of mdns, ssdp and ws-discovery"))
    }
}

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

/// A search for root devices, each of which answers once, within three seconds (UPnP, 1.3.2).
pub(crate) fn search() -> Vec<u8> {
    format!(
        "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 3\r\nST: upnp:rootdevice\r\n\
         USER-AGENT: Wardround/{} UPnP/2.0\r\n\r\n",
        env!("CARGO_PKG_VERSION")
    )
    .into_bytes()
}

/// Whether it answers a search.
pub(crate) fn answers_search(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/1.1 200 ")
}

/// The name of a probe, made from its number.
fn message_id(id: [u8; 8]) -> String {
    let [a, b, c, d, e, f, g, h] = id.map(|byte| format!("{byte:02x}"));
    format!("urn:uuid:{a}{b}{c}{d}-{e}{f}-4{g}{}-8{h}{}-{a}{b}{c}{d}{e}{f}", &h[..1], &g[..1])
}

/// A probe for devices of any type (WS-Discovery of 2005, 5.2).
pub(crate) fn probe(id: [u8; 8]) -> Vec<u8> {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\">\
         <s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action><a:MessageID>{}</a:MessageID>\
         <a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header><s:Body><d:Probe/></s:Body></s:Envelope>",
        message_id(id)
    )
    .into_bytes()
}

/// Whether it answers the probe with this number.
pub(crate) fn answers_probe(bytes: &[u8], id: [u8; 8]) -> bool {
    let (name, matches) = (message_id(id), b"/ProbeMatches");
    bytes.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name.as_bytes()))
        && bytes.windows(matches.len()).any(|window| window == matches)
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
    pub(crate) fn multicast(&self, net: Net, by: Discovery, round: &Round) -> Result<Exchange, &'static str> {
        if !self.listed.multicast.contains(&by) || !self.scope.multicast.contains(&net) {
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
        let (question, (group, port)) = (by.question(), by.group());
        Ok(Exchange {
            asset: String::new(),
            ip: group,
            port,
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

    #[test]
    fn a_search_and_a_probe_are_told_from_other_answers() {
        let search = String::from_utf8(search()).unwrap();
        assert!(search.starts_with("M-SEARCH * HTTP/1.1\r\n") && search.ends_with("\r\n\r\n"));
        assert!(search.contains("ST: upnp:rootdevice\r\n") && answers_search(b"HTTP/1.1 200 OK\r\n\r\n"));
        assert!(!answers_search(search.as_bytes()));
        let probe = String::from_utf8(probe(ID)).unwrap();
        let name = "urn:uuid:01020304-0506-4070-8080-010203040506";
        assert!(probe.contains(&format!("<a:MessageID>{name}</a:MessageID>")), "{probe}");
        assert!(!answers_probe(probe.as_bytes(), ID), "a probe is no answer");
        let answer =
            format!("<a:Action>x/ProbeMatches</a:Action><a:RelatesTo>{}</a:RelatesTo>", name.to_uppercase());
        let answer = answer.replace("URN:UUID:", "urn:uuid:");
        assert!(answers_probe(answer.as_bytes(), ID) && !answers_probe(answer.as_bytes(), [9; 8]));
    }

    #[test]
    fn each_way_is_known_by_its_name() {
        for one in Discovery::ALL {
            assert_eq!(one.code().parse(), Ok(one));
            assert!(one.question().is_multicast());
        }
        assert!("dns".parse::<Discovery>().is_err());
    }
}
