//! Lease files of Kea (memfile, `kea-leases4.csv` and `kea-leases6.csv`).

use wardround_model::SourceKind;

use super::Lease;
use crate::table::{Field, Line, Schema, mac};
use crate::{ImportError, Request, Rows};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::KeaLeases,
    columns: &[
        (Field::Ip, &["address"]),
        (Field::Mac, &["hwaddr"]),
        (Field::Name, &["hostname"]),
        (Field::LeaseEnds, &["expire"]),
        (Field::LeaseTime, &["validlifetime"]),
        (Field::LeaseState, &["state"]),
    ],
    needs: &[&[Field::Ip], &[Field::Mac], &[Field::LeaseEnds], &[Field::LeaseTime]],
    telling: &["validlifetime", "subnetid", "fqdnfwd", "fqdnrev"],
};

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    super::read_table(request, rows, &SCHEMA, lease_of)
}

fn lease_of(line: &Line<'_>, rows: &mut Rows<'_>) -> Lease {
    let card = line.text(Field::Mac);
    let mac = mac(card).filter(|mac| mac.is_one_card());
    if mac.is_none() && !card.is_empty() {
        line.error(rows, Field::Mac, "is no card's address");
    }
    // State 0 is a lease in use; a lifetime of 0 takes a lease back.
    let is_active = matches!(line.text(Field::LeaseState), "0" | "") && line.text(Field::LeaseTime) != "0";
    let at = line.text(Field::LeaseEnds).parse().unwrap_or(0);
    let name = Some(line.text(Field::Name).replace("&#x2c", ",")).filter(|name| !name.is_empty());
    Lease { row: line.row, at, mac, name, vendor: None, is_active }
}
