//! ARP and neighbour tables: `ip neigh` and `arp` of Linux, `arp -a` of Windows and BSD, `show ip arp` of Cisco, `show arp` of Juniper
//! and others, and tables with headings.

use wardround_model::SourceKind;

use super::entry::entry_of;
use crate::table::{self, Field, Schema, decode, decode_beginning};
use crate::{ImportError, Request, Row, Rows, Thing};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::ArpTable,
    columns: &[
        (
            Field::Ip,
            &[
                "ip",
                "ipaddress",
                "address",
                "ipv4address",
                "protocoladdress",
                "ipadresse",
                "internetaddress",
                "adresseip",
                "direccionip",
            ],
        ),
        (
            Field::Mac,
            &[
                "mac",
                "macaddress",
                "hardwareaddress",
                "hwaddress",
                "hardwareaddr",
                "physicaladdress",
                "linklayeraddress",
                "lladdr",
                "macadresse",
                "adressemac",
                "direccionmac",
            ],
        ),
        (Field::Name, &["hostname", "name", "host", "dnsname"]),
        (Field::Port, &["interface", "port", "iface", "schnittstelle"]),
        (Field::Vlan, &["vlan", "vlanid"]),
        (Field::LeaseState, &["state", "status", "type", "typ"]),
    ],
    needs: &[&[Field::Ip], &[Field::Mac]],
    telling: &["lladdr", "hwaddress", "hardwareaddress", "linklayeraddress"],
};

/// Words of entries that name no card because nothing answered.
const UNANSWERED: [&str; 5] = ["incomplete", "FAILED", "INCOMPLETE", "Incomplete", "NOARP"];

/// Whether a text looks like it: most of its lines with an address also name a card.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 14);
    let (mut both, mut other) = (0_usize, 0_usize);
    for line in text.lines().filter(|line| !line.trim().is_empty()).take(100) {
        let entry = entry_of(line);
        match (entry.mac, entry.ip) {
            (Some(_), Some(_)) if !line.contains([',', ';', '\t', '=']) => both = both.saturating_add(1),
            _ => other = other.saturating_add(1),
        }
    }
    both >= 1 && both.saturating_mul(2) >= other
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    if !looks(request.name, request.bytes) {
        return table::read(request, rows, &SCHEMA, &mut |line, rows| {
            line.thing(rows);
        });
    }
    let text = decode(request.bytes);
    for (number, line) in (1..).zip(text.lines()) {
        let (row, entry) = (Row(number), entry_of(line));
        match (entry.mac, entry.ip) {
            (Some(mac), Some(_)) => {
                rows.count_row();
                if mac.is_one_card() {
                    let _ = rows.thing(row, &Thing { mac: Some(mac), ip: entry.ip, ..Thing::default() });
                }
            }
            (None, Some(_)) if is_title(line) => {}
            (None, Some(_)) => {
                rows.count_row();
                if !UNANSWERED.iter().any(|word| line.contains(word)) {
                    rows.error(
                        row,
                        None,
                        "names an address but no card: print the table again with whole columns",
                    );
                }
            }
            // A group's addresses are no neighbours; words alone are headings.
            (_, None) => {}
        }
    }
    Ok(())
}

/// `Interface: 10.1.2.3 --- 0x4`, in the language of the computer; the prompt of a router.
fn is_title(line: &str) -> bool {
    line.contains(" --- 0x") || line.contains(['#', '>'])
}
