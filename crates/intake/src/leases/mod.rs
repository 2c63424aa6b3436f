//! Leases of DHCP servers: which card has which address, and the name that it gave. Servers append to their files, so the last word on
//! an address counts. Not here: requests and answers on the wire (`dissect`).

pub(crate) mod dnsmasq;
pub(crate) mod isc;
pub(crate) mod kea;
pub(crate) mod windows;

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{FactKind, MacAddr};

use crate::table::{self, Field, Line, Schema, host_name, ips};
use crate::{ImportError, Request, Row, Rows, Thing};

/// One lease.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lease {
    row: Row,
    /// When it begins or ends: the later one is the newer one.
    at: i64,
    mac: Option<MacAddr>,
    name: Option<String>,
    vendor: Option<String>,
    is_active: bool,
}

/// The newest lease of each address.
#[derive(Debug, Default)]
struct Book(BTreeMap<IpAddr, Lease>);

impl Book {
    fn add(&mut self, rows: &mut Rows<'_>, ip: IpAddr, lease: Lease) {
        let known = self.0.get(&ip).map(|known| (known.at, known.row.0));
        if known.is_none() && self.0.len() >= Rows::MOST_HELD {
            rows.error(lease.row, None, "is for one address more than are read: split the file");
        } else if known.is_none_or(|known| known <= (lease.at, lease.row.0)) {
            self.0.insert(ip, lease);
        }
    }

    /// Adds what active leases say.
    fn tell(self, rows: &mut Rows<'_>) {
        for (ip, lease) in self.0.into_iter().filter(|(_, lease)| lease.is_active) {
            let name = lease.name.as_deref().map(host_name).filter(|name| !matches!(*name, "" | "*"));
            let thing =
                Thing { mac: lease.mac, ip: Some(ip), name: name.map(str::to_owned), ..Thing::default() };
            let Some(subject) = rows.thing(lease.row, &thing) else { continue };
            if lease.mac.is_none() {
                continue;
            }
            for (kind, text) in
                [(FactKind::DhcpHostName, name), (FactKind::DhcpVendorClass, lease.vendor.as_deref())]
            {
                if let Some(text) = text {
                    rows.fact(lease.row, subject, kind, text);
                }
            }
        }
    }
}

/// Reads a table of leases.
fn read_table(
    request: &Request<'_>,
    rows: &mut Rows<'_>,
    schema: &Schema,
    lease_of: fn(&Line<'_>, &mut Rows<'_>) -> Lease,
) -> Result<(), ImportError> {
    let mut book = Book::default();
    table::read(request, rows, schema, &mut |line, rows| match ips(line.text(Field::Ip))
        .and_then(|ips| ips.into_iter().next())
    {
        Some(ip) => {
            let lease = lease_of(line, rows);
            book.add(rows, ip, lease);
        }
        None => line.error(rows, Field::Ip, "is no IP address: write it as 10.1.2.3"),
    })?;
    book.tell(rows);
    Ok(())
}

/// The card of a client identifier: a hardware type of one, and an Ethernet address (RFC 2132, 9.14).
fn card_of_identifier(text: &str) -> Option<MacAddr> {
    let rest = text.strip_prefix("01:").or_else(|| text.strip_prefix("01-"))?;
    crate::table::mac(rest)
}

#[cfg(test)]
mod tests;
