//! MAC address tables of switches: `show mac address-table` of Cisco, HP, Aruba, Juniper and others, and tables with headings. What
//! they say is that a card is in use.

use wardround_model::{FactKind, SourceKind, Subject};

use super::entry::entry_of;
use crate::table::{self, Field, Line, Schema, decode, decode_beginning, mac};
use crate::{ImportError, Request, Row, Rows};

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
        return table::read(request, rows, &SCHEMA, &mut read_line);
    }
    let text = decode(request.bytes);
    for (number, line) in (1..).zip(text.lines()) {
        let Some(mac) = entry_of(line).mac else { continue };
        rows.count_row();
        // The switch's own cards, and addresses of groups.
        let is_own = line.split_whitespace().any(is_switch_itself);
        if mac.is_one_card() && !is_own {
            rows.fact(Row(number), Subject::Mac(mac), FactKind::ListedState, "in-use");
        }
    }
    Ok(())
}

fn read_line(line: &Line<'_>, rows: &mut Rows<'_>) {
    let Some(mac) = mac(line.text(Field::Mac)) else {
        return line.error(rows, Field::Mac, "is no card's address: write it as 00:1b:2c:3d:4e:5f");
    };
    if mac.is_one_card() && !is_switch_itself(line.text(Field::Port)) {
        rows.fact(line.row, Subject::Mac(mac), FactKind::ListedState, "in-use");
    }
}

fn is_switch_itself(port: &str) -> bool {
    matches!(port, "CPU" | "Self" | "self" | "Router" | "Switch" | "Sup")
}
