//! Protocols over TCP: what a dissector is given and what it answers.
//!
//! Each direction is read by itself, so that a mirror of one direction is enough.

use wardround_model::Protocol;

use crate::{
    Facts, astm, dicom, dns, ethernet_ip, ftp, hl7, http, imap, kerberos, knx, ldap, modbus, mongodb, mqtt,
    opc_ua, poct1a, pop3, rdp, redis, rpc, s7, signature, sip, smb, smtp, ssh, syslog, telnet, tls, vnc,
};

/// Whether the bytes begin where the connection began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The first byte that this side sent.
    Opening,
    /// Right behind a message that the same dissector understood.
    NextMessage,
    /// The start of some segment in a connection that was older than the capture, or had a gap.
    Middle,
}

/// Contiguous bytes that one side of a connection sent.
#[derive(Clone, Copy, Debug)]
pub struct Half<'a> {
    /// The bytes; more may follow.
    pub bytes: &'a [u8],
    /// Where they begin.
    pub start: Start,
    /// The port of the side that sent them.
    pub sender_port: u16,
    /// The port of the other side.
    pub receiver_port: u16,
    /// What the side that sent them is, by who opened the connection (TCP SYN), where that was seen.
    pub opened: Role,
}

/// What the side that sent the bytes is in the connection, as far as the bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It asks.
    Client,
    /// It answers.
    Server,
    /// The bytes do not tell.
    Unknown,
}

/// A dissector's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not this protocol, or no longer.
    NotThis,
    /// It may be, or a message is not complete: ask again when at least `wanted` bytes are there.
    More {
        /// Bytes wanted in all, counted from the same beginning; more than were given.
        wanted: usize,
    },
    /// A message of this protocol. The first `used` bytes are done with (1 or more, and perhaps beyond what was given: the
    /// rest of a payload that nobody needs); ask again with what follows.
    Message {
        /// Bytes that are done with.
        used: usize,
        /// What the sender is.
        sender: Role,
    },
    /// This protocol, and nothing more to learn from this side, for example because it is encrypted from here on.
    Finished {
        /// What the sender is.
        sender: Role,
    },
}

/// One protocol over TCP.
#[derive(Clone, Copy, Debug)]
pub struct StreamDissector {
    /// What it recognises.
    pub protocol: Protocol,
    /// Reads one side's bytes.
    ///
    /// Facts told together with `NotThis` or `More` are thrown away by the caller.
    pub dissect: fn(&Half<'_>, &mut Facts) -> Verdict,
}

/// All protocols over TCP, the most certain to recognise first: the first that does not say `NotThis` is asked again.
pub const STREAM_DISSECTORS: &[StreamDissector] = &[
    // They look at their own port alone, where others could take their numbers for the beginning of theirs.
    StreamDissector { protocol: Protocol::Modbus, dissect: modbus::dissect },
    StreamDissector { protocol: Protocol::Dns, dissect: dns::dissect_stream },
    StreamDissector { protocol: Protocol::Dicom, dissect: dicom::dissect },
    StreamDissector { protocol: Protocol::Hl7, dissect: hl7::dissect },
    StreamDissector { protocol: Protocol::Astm, dissect: astm::dissect },
    StreamDissector { protocol: Protocol::Poct1a, dissect: poct1a::dissect },
    StreamDissector { protocol: Protocol::Tls, dissect: tls::dissect },
    StreamDissector { protocol: Protocol::Ssh, dissect: ssh::dissect },
    StreamDissector { protocol: Protocol::Smb, dissect: smb::dissect },
    StreamDissector { protocol: Protocol::Rpc, dissect: rpc::dissect },
    StreamDissector { protocol: Protocol::Kerberos, dissect: kerberos::dissect_stream },
    StreamDissector { protocol: Protocol::Rdp, dissect: rdp::dissect },
    StreamDissector { protocol: Protocol::S7, dissect: s7::dissect },
    StreamDissector { protocol: Protocol::Vnc, dissect: vnc::dissect },
    StreamDissector { protocol: Protocol::EthernetIp, dissect: ethernet_ip::dissect_stream },
    StreamDissector { protocol: Protocol::Knx, dissect: knx::dissect_stream },
    StreamDissector { protocol: Protocol::OpcUa, dissect: opc_ua::dissect },
    StreamDissector { protocol: Protocol::Ldap, dissect: ldap::dissect },
    StreamDissector { protocol: Protocol::Ipp, dissect: http::dissect_ipp },
    StreamDissector { protocol: Protocol::Winrm, dissect: http::dissect_winrm },
    StreamDissector { protocol: Protocol::Http, dissect: http::dissect },
    StreamDissector { protocol: Protocol::Http, dissect: http::dissect_v2 },
    StreamDissector { protocol: Protocol::Rtsp, dissect: signature::rtsp },
    StreamDissector { protocol: Protocol::Sip, dissect: sip::dissect_stream },
    StreamDissector { protocol: Protocol::Mqtt, dissect: mqtt::dissect },
    StreamDissector { protocol: Protocol::Mysql, dissect: signature::mysql },
    StreamDissector { protocol: Protocol::Postgresql, dissect: signature::postgresql },
    StreamDissector { protocol: Protocol::Mssql, dissect: signature::mssql },
    // A number begins each of these two, so that short messages of those above come first.
    StreamDissector { protocol: Protocol::Mongodb, dissect: mongodb::dissect },
    StreamDissector { protocol: Protocol::Oracle, dissect: signature::oracle },
    StreamDissector { protocol: Protocol::Fox, dissect: signature::fox },
    StreamDissector { protocol: Protocol::Redis, dissect: redis::dissect },
    StreamDissector { protocol: Protocol::RawPrint, dissect: signature::raw_print },
    StreamDissector { protocol: Protocol::Syslog, dissect: syslog::dissect_stream },
    StreamDissector { protocol: Protocol::Smtp, dissect: smtp::dissect },
    StreamDissector { protocol: Protocol::Imap, dissect: imap::dissect },
    StreamDissector { protocol: Protocol::Pop3, dissect: pop3::dissect },
    StreamDissector { protocol: Protocol::Ftp, dissect: ftp::dissect },
    StreamDissector { protocol: Protocol::Telnet, dissect: telnet::dissect },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Who does not say that it is something else, first of all.
    fn first(bytes: &[u8], (sender_port, receiver_port): (u16, u16)) -> Option<Protocol> {
        let half = Half { bytes, start: Start::Opening, sender_port, receiver_port, opened: Role::Unknown };
        let is_asked_again =
            |it: &&StreamDissector| (it.dissect)(&half, &mut Facts::default()) != Verdict::NotThis;
        STREAM_DISSECTORS.iter().find(is_asked_again).map(|it| it.protocol)
    }

    #[test]
    fn short_first_messages_are_not_held_back_by_others() {
        let bind = b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0";
        assert_eq!(first(bind, (40_000, 389)), Some(Protocol::Ldap));
        assert_eq!(first(b"\x20\x02\0\0", (1883, 40_000)), Some(Protocol::Mqtt));
        assert_eq!(first(b"\xff\xfd\x18", (23, 40_000)), Some(Protocol::Telnet));
        let again = b"\0\x08\0\0\x0b\0\0\0";
        assert_eq!(first(&[&again[..], &[0; 16]].concat(), (1521, 40_000)), Some(Protocol::Oracle));
        // Of a length that Oracle could have, and the number of a first question.
        let hello = b"\x0c\x01\0\0\x01\0\0\0\0\0\0\0\xdd\x07\0\0\0\0\0\0\0\xf7\0\0\0\x10hello\0\x01\0\0\0";
        let hello = [&hello[..], &[0; 300]].concat();
        for port in [27_017, 30_000] {
            assert_eq!(first(&hello, (40_000, port)), Some(Protocol::Mongodb));
        }
    }
}
