use wardround_model::SourceKind;

use crate::table::tests::imported;
use crate::told::{errors, facts};

const ISC: &str = "\
# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;

lease 10.20.3.7 {
  starts 4 2026/11/19 10:00:00;
  ends 4 2026/11/19 22:00:00;
  cltt 4 2026/11/19 10:00:00;
  binding state active;
  next binding state free;
  hardware ethernet 00:1b:2c:03:4e:5f;
  uid \"\\001\\000\\033\";
  set vendor-class-identifier = \"MSFT 5.0\";
  client-hostname \"CT-2\";
}
lease 10.20.3.8 {
  starts 4 2026/11/19 10:00:00;
  binding state active;
  hardware ethernet 00:1b:2c:03:4e:60;
}
lease 10.20.3.8 {
  starts 5 2026/11/20 10:00:00;
  binding state free;
  hardware ethernet 00:1b:2c:03:4e:60;
}
";

const CT: [&str; 4] = [
    "00:1b:2c:03:4e:5f address.owns 10.20.3.7",
    "00:1b:2c:03:4e:5f dhcp.host-name CT-2",
    "00:1b:2c:03:4e:5f dhcp.vendor-class MSFT 5.0",
    "00:1b:2c:03:4e:5f list.name CT-2",
];

fn without_id(facts: Vec<String>) -> Vec<String> {
    facts.into_iter().filter(|fact| !fact.contains("list.same-as")).collect()
}

fn expected(with_vendor: bool) -> Vec<String> {
    let wanted = |fact: &&str| with_vendor || !fact.contains("vendor");
    CT.iter().copied().filter(wanted).map(str::to_owned).collect()
}

#[test]
fn the_last_word_on_an_address_counts() {
    let found = imported("dhcpd.leases", ISC.as_bytes());
    assert_eq!((found.kind, found.rows, errors(&found)), (SourceKind::IscLeases, 3, vec![]));
    assert_eq!(without_id(facts(&found)), expected(true));
}

#[test]
fn a_file_that_was_cut_off_says_so() {
    let cut = ISC.get(..ISC.len() - 3).unwrap();
    let found = imported("dhcpd.leases", cut.as_bytes());
    assert_eq!(errors(&found), ["23 lease: is not closed: the file was cut off. Copy it again"]);
}

#[test]
fn kea_and_dnsmasq_and_windows_say_the_same() {
    let kea = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n\
        10.20.3.7,00:1b:2c:03:4e:5f,01:00:1b:2c:03:4e:5f,3600,1795393200,1,0,0,ct-2,0,,0\n\
        10.20.3.7,00:1b:2c:03:4e:5f,01:00:1b:2c:03:4e:5f,3600,1795396800,1,0,0,CT-2,0,,0\n\
        10.20.3.9,00:1b:2c:03:4e:61,,3600,1795393200,1,0,0,old,2,,0\n";
    let dnsmasq = "1795393200 00:1b:2c:03:4e:5f 10.20.3.7 CT-2 01:00:1b:2c:03:4e:5f\n\
        duid 00:01:00:01:2e:1f\n";
    let windows = "\"IPAddress\",\"ScopeId\",\"ClientId\",\"HostName\",\"AddressState\",\"LeaseExpiryTime\"\n\
        \"10.20.3.7\",\"10.20.3.0\",\"00-1b-2c-03-4e-5f\",\"CT-2\",\"Active\",\"11/27/2026 8:00:00 AM\"\n\
        \"10.20.3.9\",\"10.20.3.0\",\"00-1b-2c-03-4e-61\",\"old\",\"Expired\",\"11/17/2026 8:00:00 AM\"\n";
    let console = "Client-IP-Adresse\tName\tLeaseablauf\tTyp\tEindeutige ID\tBeschreibung\n\
        10.20.3.7\tCT-2\t27.11.2026 08:00:00\tDHCP\t001b2c034e5f\t\n";
    for (text, kind) in [
        (kea, SourceKind::KeaLeases),
        (dnsmasq, SourceKind::DnsmasqLeases),
        (windows, SourceKind::WindowsLeases),
        (console, SourceKind::WindowsLeases),
    ] {
        let found = imported("leases", text.as_bytes());
        assert_eq!((found.kind, errors(&found)), (kind, vec![]), "{text}");
        assert_eq!(without_id(facts(&found)), expected(false), "{text}");
    }
}
