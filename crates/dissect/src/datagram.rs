//! Protocols over UDP: what a dissector is given and what it answers.

use std::net::SocketAddr;

use wardround_model::Protocol;

use crate::{
    Facts, Role, bacnet, coap, dhcp, dns, ethernet_ip, hl7, intellivue, kerberos, knx, nbns, quic, radius,
    signature, sip, snmp, ssdp, syslog, tftp, ws_discovery,
};

/// One UDP payload.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// The payload, perhaps cut short by the capture.
    pub payload: &'a [u8],
    /// Who sent it.
    pub sender: SocketAddr,
    /// Whom it was sent to.
    pub receiver: SocketAddr,
}

/// One protocol over UDP.
#[derive(Clone, Copy, Debug)]
pub struct DatagramDissector {
    /// What it recognises.
    pub protocol: Protocol,
    /// Ports that it is looked for at; the bytes must agree all the same.
    pub ports: &'static [u16],
    /// Reads one payload; `None` when it is not this protocol.
    ///
    /// Facts told together with `None` are thrown away by the caller.
    pub dissect: fn(&Datagram<'_>, &mut Facts) -> Option<Role>,
}

/// All protocols over UDP.
pub const DATAGRAM_DISSECTORS: &[DatagramDissector] = &[
    DatagramDissector { protocol: Protocol::Dhcp, ports: &[67, 68], dissect: dhcp::dissect },
    DatagramDissector { protocol: Protocol::Dhcpv6, ports: dhcp::v6::PORTS, dissect: dhcp::v6::dissect },
    DatagramDissector { protocol: Protocol::Mdns, ports: &[5353], dissect: dns::dissect_mdns },
    DatagramDissector { protocol: Protocol::Dns, ports: &[53], dissect: dns::dissect },
    DatagramDissector { protocol: Protocol::Llmnr, ports: &[5355], dissect: dns::dissect_llmnr },
    DatagramDissector { protocol: Protocol::Nbns, ports: &[137], dissect: nbns::dissect },
    DatagramDissector { protocol: Protocol::Ssdp, ports: ssdp::PORTS, dissect: ssdp::dissect },
    DatagramDissector {
        protocol: Protocol::WsDiscovery,
        ports: ws_discovery::PORTS,
        dissect: ws_discovery::dissect,
    },
    DatagramDissector { protocol: Protocol::Snmp, ports: &[161, 162], dissect: snmp::dissect },
    DatagramDissector { protocol: Protocol::Bacnet, ports: &[47_808], dissect: bacnet::dissect },
    DatagramDissector {
        protocol: Protocol::EthernetIp,
        ports: ethernet_ip::PORTS,
        dissect: ethernet_ip::dissect,
    },
    DatagramDissector {
        protocol: Protocol::Intellivue,
        ports: intellivue::PORTS,
        dissect: intellivue::dissect,
    },
    DatagramDissector { protocol: Protocol::Hl7, ports: hl7::MONITOR_PORTS, dissect: hl7::dissect_announced },
    DatagramDissector { protocol: Protocol::Coap, ports: coap::PORTS, dissect: coap::dissect },
    DatagramDissector { protocol: Protocol::Knx, ports: knx::PORTS, dissect: knx::dissect },
    DatagramDissector { protocol: Protocol::Quic, ports: quic::PORTS, dissect: quic::dissect },
    DatagramDissector { protocol: Protocol::Kerberos, ports: kerberos::PORTS, dissect: kerberos::dissect },
    DatagramDissector { protocol: Protocol::Sip, ports: sip::PORTS, dissect: sip::dissect },
    DatagramDissector { protocol: Protocol::Radius, ports: radius::PORTS, dissect: radius::dissect },
    DatagramDissector { protocol: Protocol::Syslog, ports: syslog::PORTS, dissect: syslog::dissect },
    DatagramDissector { protocol: Protocol::Tftp, ports: tftp::PORTS, dissect: tftp::dissect },
    DatagramDissector { protocol: Protocol::Ntp, ports: &[123], dissect: signature::ntp },
];
