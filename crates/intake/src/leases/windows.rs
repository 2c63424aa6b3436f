//! Leases of a Windows DHCP server: `Get-DhcpServerv4Lease | Export-Csv`, and the list that its console exports.

use wardround_model::SourceKind;

use super::{Lease, card_of_identifier};
use crate::table::{Field, Line, Schema, mac, plain};
use crate::{ImportError, Request, Rows};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::WindowsLeases,
    columns: &[
        (
            Field::Ip,
            &[
                "ipaddress",
                "clientipaddress",
                "clientipadresse",
                "adresseipduclient",
                "direccionipdelcliente",
            ],
        ),
        (Field::Mac, &["clientid", "uniqueid", "eindeutigeid", "idunique", "idunico", "iddecliente"]),
        (Field::Name, &["hostname", "name", "nom", "nombre"]),
        (Field::LeaseState, &["addressstate", "type", "typ"]),
        (
            Field::LeaseEnds,
            &["leaseexpirytime", "leaseexpiration", "leaseablauf", "leaseablaufdatum", "expirationdubail"],
        ),
    ],
    needs: &[&[Field::Ip], &[Field::Mac], &[Field::LeaseEnds, Field::LeaseState]],
    telling: &[
        "scopeid",
        "addressstate",
        "leaseexpirytime",
        "leaseexpiration",
        "uniqueid",
        "clientid",
        "eindeutigeid",
    ],
};

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    super::read_table(request, rows, &SCHEMA, lease_of)
}

fn lease_of(line: &Line<'_>, rows: &mut Rows<'_>) -> Lease {
    let state = plain(line.text(Field::LeaseState));
    let is_over = ["expired", "inactive", "declined"].iter().any(|word| state.starts_with(word));
    // A client may be told by something else than its card, such as a remote access server's.
    let id = line.text(Field::Mac);
    let mac = mac(id).or_else(|| card_of_identifier(id)).filter(|mac| mac.is_one_card());
    let at = line.moment(Field::LeaseEnds, rows).map_or(0, |at| at.seconds());
    let name = Some(line.text(Field::Name).to_owned()).filter(|name| !name.is_empty());
    Lease { row: line.row, at, mac, name, vendor: None, is_active: !is_over }
}
