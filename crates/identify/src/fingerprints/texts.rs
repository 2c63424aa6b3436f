//! The texts that fingerprints are for, and which facts keep them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use wardround_model::{Endpoint, FactKind, Observation, Protocol};

use crate::portrait::{Portrait, endpoint};

/// A kind of text that is kept.
pub(super) struct Text {
    /// What `matches` of a file says; of files without it, what `protocol` says.
    pub(super) matches: &'static str,
    kind: FactKind,
    /// Of a service that speaks this alone, where a kind of fact is of many protocols.
    protocol: Option<Protocol>,
}

const fn text(matches: &'static str, kind: FactKind) -> Text {
    Text { matches, kind, protocol: None }
}

const fn of(protocol: Protocol, matches: &'static str) -> Text {
    Text { matches, kind: FactKind::ServerSoftware, protocol: Some(protocol) }
}

/// All of them. Of mail servers the product alone is kept, never the greeting, so that few patterns for greetings match.
pub(super) const TEXTS: &[Text] = &[
    text("snmp.sys_description", FactKind::SnmpSystemDescription),
    text("snmp.sys_object_id", FactKind::SnmpObjectId),
    text("mdns.device-info.txt", FactKind::MdnsModel),
    text("sip_header.user_agent", FactKind::SipProduct),
    text("sip_header.server", FactKind::SipProduct),
    text("ssdp_header.server", FactKind::UpnpServer),
    text("dhcp_vendor_class", FactKind::DhcpVendorClass),
    text("telnet", FactKind::TelnetBanner),
    text("ftp.banner", FactKind::FtpBanner),
    text("ssh.banner", FactKind::SshBanner),
    text("http_header.server", FactKind::HttpServer),
    of(Protocol::Smtp, "smtp.banner"),
    of(Protocol::Imap, "imap4.banner"),
    of(Protocol::Pop3, "pop3.banner"),
    of(Protocol::Rtsp, "rtsp_header.server"),
];

/// The place of the text of this name.
pub(super) fn place(matches: &str) -> Option<usize> {
    TEXTS.iter().position(|text| text.matches == matches)
}

impl Text {
    /// The facts about a thing that are such texts.
    pub(super) fn facts<'p, 'a>(
        &'p self,
        p: &'p Portrait<'a>,
    ) -> impl Iterator<Item = &'a Observation> + use<'p, 'a> {
        let spoken: Option<BTreeSet<Endpoint>> = self
            .protocol
            .map(|protocol| p.serving(protocol).iter().map(|talk| talk.conversation.server).collect());
        let is_spoken = move |it: &&Observation| {
            spoken.as_ref().is_none_or(|spoken| endpoint(it).is_some_and(|at| spoken.contains(&at)))
        };
        p.facts(self.kind).iter().copied().filter(is_spoken)
    }

    /// A value as patterns expect it: of SSH what follows the version of the protocol (RFC 4253, 4.2), of mDNS with the key of the record.
    pub(super) fn as_matched<'v>(&self, value: &'v str) -> Cow<'v, str> {
        match self.kind {
            FactKind::MdnsModel => Cow::Owned(format!("model={value}")),
            FactKind::SshBanner => {
                let software = value.strip_prefix("SSH-").and_then(|rest| rest.split_once('-'));
                Cow::Borrowed(software.map_or(value, |(_, software)| software))
            }
            _ => Cow::Borrowed(value),
        }
    }
}
