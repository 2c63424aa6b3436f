//! MAC address tables of switches: `show mac address-table` of Cisco, HP, Aruba, Juniper and others, and tables with headings. What
//! they say is that a card is in use, and at which port of the switch, where a person says whose table it is.

use std::net::IpAddr;

use wardround_model::{FactKind, MacAddr, Port, SourceKind, Subject, SwitchPort};

use super::entry::entry_of;
use crate::table::{self, Field, Line, Schema, decode, decode_beginning, mac};
use crate::{About, ImportError, Request, Row, Rows};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::MacTable,
    columns: &[
        (Field::Mac, &["mac", "macaddress", "hardwareaddress", "macadresse", "adressemac", "direccionmac"]),
        (Field::Port, &["port", "ports", "interface", "destinationport", "locatedonport", "bridgeport"]),
        (Field::Vlan, &["vlan", "vlanid", "vlanname"]),
        (Field::LeaseState, &["type", "status", "state", "macflags", "typ"]),
    ],
    needs: &[&[Field::Mac], &[Field::Port, Field::Vlan]],
    telling: &["vlan", "port", "ports", "destinationport"],
};

/// Whether a text looks like it: a heading that names cards and ports, and lines with a card and no address.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 14).to_lowercase();
    let is_heading = |line: &str| {
        line.contains("mac") && (line.contains("vlan") || line.contains("port") || line.contains("interface"))
    };
    let is_entry = |line: &str| {
        let entry = entry_of(line);
        entry.mac.is_some() && entry.ip.is_none() && !line.contains([',', ';', '\t', '|'])
    };
    text.lines().take(30).any(is_heading) && text.lines().take(60).any(is_entry)
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    if !looks(request.name, request.bytes) {
        let switch = switch_of(request);
        return table::read(request, rows, &SCHEMA, &mut |line, rows| read_line(switch, line, rows));
    }
    let text = decode(request.bytes);
    for (number, line) in (1..).zip(text.lines()) {
        let Some(mac) = entry_of(line).mac else { continue };
        rows.count_row();
        // The switch's own cards, and addresses of groups.
        let is_own = line.split_whitespace().any(is_switch_itself);
        if mac.is_one_card() && !is_own {
            learned(mac, switch_of(request), port_in(line), Row(number), rows);
        }
    }
    Ok(())
}

/// Whose table it is, where a person said so.
fn switch_of(request: &Request<'_>) -> Option<IpAddr> {
    match &request.about {
        Some(About::Thing(switch)) => switch.ip,
        _ => None,
    }
}

/// The port in a line, whatever its maker's order of columns. A number alone may be a VLAN.
fn port_in(line: &str) -> Option<Port> {
    let words =
        line.split_whitespace().filter(|word| word.contains('/') || word.starts_with(char::is_alphabetic));
    words.filter(|word| entry_of(word).mac.is_none()).find_map(Port::named)
}

fn learned(card: MacAddr, switch: Option<IpAddr>, port: Option<Port>, row: Row, rows: &mut Rows<'_>) {
    rows.fact(row, Subject::Mac(card), FactKind::ListedState, "in-use");
    if let Some(switch) = switch {
        let at = SwitchPort { switch, port }.to_string();
        rows.fact(row, Subject::Mac(card), FactKind::SwitchPort, &at);
    }
}

fn read_line(switch: Option<IpAddr>, line: &Line<'_>, rows: &mut Rows<'_>) {
    let Some(mac) = mac(line.text(Field::Mac)) else {
        return line.error(rows, Field::Mac, "is no card's address: write it as 00:1b:2c:3d:4e:5f");
    };
    if mac.is_one_card() && !is_switch_itself(line.text(Field::Port)) {
        learned(mac, switch, Port::named(line.text(Field::Port)), line.row, rows);
    }
}

fn is_switch_itself(port: &str) -> bool {
    matches!(port, "CPU" | "Self" | "self" | "Router" | "Switch" | "Sup")
}
