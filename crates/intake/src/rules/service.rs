//! Ports by the names that rules give them. Only names that every vendor uses alike; another name is not understood.

use wardround_model::{PortRange, RuleProtocol};

/// Name and port, sorted by name (IANA's registry, with the short names of Cisco).
const NAMES: &[(&str, u16)] = &[
    ("bgp", 179),
    ("bootpc", 68),
    ("bootps", 67),
    ("cifs", 445),
    ("domain", 53),
    ("ftp", 21),
    ("ftp-data", 20),
    ("h323", 1720),
    ("http", 80),
    ("https", 443),
    ("imap", 143),
    ("imap4", 143),
    ("imaps", 993),
    ("isakmp", 500),
    ("kerberos", 88),
    ("ldap", 389),
    ("ldaps", 636),
    ("lpd", 515),
    ("microsoft-ds", 445),
    ("ms-sql-s", 1433),
    ("mysql", 3306),
    ("netbios-dgm", 138),
    ("netbios-ns", 137),
    ("netbios-ss", 139),
    ("netbios-ssn", 139),
    ("non500-isakmp", 4500),
    ("ntp", 123),
    ("pop3", 110),
    ("pop3s", 995),
    ("postgresql", 5432),
    ("radius", 1812),
    ("radius-acct", 1813),
    ("rdp", 3389),
    ("rtsp", 554),
    ("sip", 5060),
    ("smtp", 25),
    ("snmp", 161),
    ("snmptrap", 162),
    ("sqlnet", 1521),
    ("ssh", 22),
    ("sunrpc", 111),
    ("syslog", 514),
    ("tacacs", 49),
    ("telnet", 23),
    ("tftp", 69),
    ("www", 80),
];

/// A port by number or name.
pub(super) fn port(word: &str) -> Option<u16> {
    if let Ok(number) = word.parse() {
        return Some(number);
    }
    let place = NAMES.binary_search_by_key(&word, |(name, _)| *name).ok()?;
    NAMES.get(place).map(|(_, port)| *port)
}

/// `443`, `8000:8010`, `8000-8010`, `https`, of a protocol.
pub(super) fn ports(protocol: RuleProtocol, text: &str) -> Option<PortRange> {
    if let Some(port) = port(text) {
        return Some(PortRange { protocol, first: port, last: port });
    }
    let (first, last) = text.split_once([':', '-'])?;
    let first = if first.is_empty() { 0 } else { port(first)? };
    let last = if last.is_empty() { u16::MAX } else { port(last)? };
    (first <= last).then_some(PortRange { protocol, first, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted_by(|one, next| one.0 < next.0));
    }

    #[test]
    fn ports_are_read_as_rules_write_them() {
        let check = |text: &str, wanted: Option<(u16, u16)>| {
            let found = ports(RuleProtocol::Tcp, text).map(|ports| (ports.first, ports.last));
            assert_eq!(found, wanted, "{text}");
        };
        check("443", Some((443, 443)));
        check("www", Some((80, 80)));
        check("1:10", Some((1, 10)));
        check("1024-", Some((1024, 65535)));
        check("10:1", None);
        check("70000", None);
        check("nonsense", None);
        check("", None);
    }
}
