//! Bytes of one protocol to device facts; one module a protocol, all of one shape.
//!
//! A dissector is a pure function over the bytes that one side sent. It keeps no state, reads no clock, allocates
//! nothing whose size a packet can choose, never panics, and can tell only what the allow-list knows ([`wardround_model::FactKind`]).
//! Not here: connections, reassembly and time (`capture`), or what the facts mean (`identify`).
//!
//! Each module has the same shape: what it is for and its standard, the entry `dissect`, the parts of the wire format in
//! their order, tests with bytes.

mod base64;
mod ber;
mod datagram;
pub mod export;
mod facts;
mod greeting;
mod head;
#[cfg(test)]
mod laws;
mod lines;
mod ntlm;
pub mod packet;
mod reader;
mod recent;
mod stream;

mod astm;
mod bacnet;
mod coap;
mod dhcp;
mod dicom;
mod dns;
mod ethernet_ip;
mod ftp;
mod hl7;
mod http;
mod imap;
mod intellivue;
mod kerberos;
mod knx;
mod ldap;
mod modbus;
mod mongodb;
mod mqtt;
mod nbns;
mod opc_ua;
mod poct1a;
mod pop3;
mod quic;
mod radius;
mod rdp;
mod redis;
mod rpc;
mod rtp;
mod s7;
mod signature;
mod sip;
mod smb;
mod smtp;
mod snmp;
mod ssdp;
mod ssh;
mod syslog;
mod telnet;
mod tftp;
mod tls;
mod vnc;
mod ws_discovery;

pub use datagram::{DATAGRAM_DISSECTORS, Datagram, DatagramDissector};
pub use facts::{About, Account, Facts, Words};
pub use quic::QuicHello;
pub use rtp::Following;
pub use stream::{Half, Role, STREAM_DISSECTORS, Start, StreamDissector, Verdict};
