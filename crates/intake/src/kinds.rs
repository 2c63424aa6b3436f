//! Which kind of file it is, and which reader reads it: one line a kind. Not here: the readers.

use wardround_model::SourceKind;

use crate::sbom::{cyclonedx, spdx};
use crate::scanners::{nessus, nmap, openvas};
use crate::sensors::{eve, zeek};
use crate::table::{self, Schema};
use crate::{
    ImportError, Request, Rows, directory, inventory, leases, mds2, neighbours, protection, rules, software,
    vex,
};

/// What a file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Its kind.
    pub kind: SourceKind,
}

/// How a reader looks at a file: its name and its first bytes. Most telling first.
type Looks = fn(name: &str, bytes: &[u8]) -> bool;
/// How a reader reads a file.
type Read = fn(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError>;

/// Every kind that can be imported, the most telling first.
const KINDS: &[(SourceKind, Looks, Read)] = &[
    (SourceKind::Nmap, nmap::looks, nmap::read),
    (SourceKind::Nessus, nessus::looks, nessus::read),
    (SourceKind::OpenVas, openvas::looks, openvas::read),
    (SourceKind::CycloneDx, cyclonedx::looks, cyclonedx::read),
    (SourceKind::Spdx, spdx::looks, spdx::read),
    (SourceKind::Vex, vex::looks, vex::read),
    (SourceKind::Zeek, zeek::looks, zeek::read),
    (SourceKind::Eve, eve::looks, eve::read),
    (SourceKind::Mds2, mds2::looks, mds2::read),
    (SourceKind::DirectoryComputers, directory::computers::looks_like_console, directory::computers::read),
    (SourceKind::Winget, software::winget::looks, software::winget::read),
    (SourceKind::Wmic, software::wmic::looks, software::wmic::read),
    (SourceKind::Dpkg, software::dpkg::looks, software::dpkg::read),
    (SourceKind::Rpm, software::rpm::looks, software::rpm::read),
    (SourceKind::Apk, software::apk::looks, software::apk::read),
    (SourceKind::IscLeases, leases::isc::looks, leases::isc::read),
    (SourceKind::DnsmasqLeases, leases::dnsmasq::looks, leases::dnsmasq::read),
    (SourceKind::IptablesRules, rules::iptables::looks, rules::iptables::read),
    (SourceKind::CiscoRules, rules::cisco::looks, rules::cisco::read),
    (SourceKind::ArpTable, neighbours::arp::looks, neighbours::arp::read),
    (SourceKind::MacTable, neighbours::cards::looks, neighbours::cards::read),
];

/// Every kind of table, known by its headings: the one whose headings fit best, the first of equals.
const TABLES: &[(&Schema, Read)] = &[
    (&directory::computers::SCHEMA, directory::computers::read),
    (&directory::accounts::SCHEMA, directory::accounts::read),
    (&directory::second_factors::SCHEMA, directory::second_factors::read),
    (&software::list::SCHEMA, software::list::read),
    (&leases::kea::SCHEMA, leases::kea::read),
    (&leases::windows::SCHEMA, leases::windows::read),
    (&neighbours::arp::SCHEMA, neighbours::arp::read),
    (&neighbours::cards::SCHEMA, neighbours::cards::read),
    (&protection::updates::SCHEMA, protection::updates::read),
    (&protection::endpoint::SCHEMA, protection::endpoint::read),
    (&protection::backups::SCHEMA, protection::backups::read),
    (&rules::list::SCHEMA, rules::list::read),
    (&inventory::SCHEMA, inventory::read),
];

/// What kind of file this is, by its name and contents.
///
/// # Errors
/// When it looks like none that can be imported.
pub fn recognise(name: &str, bytes: &[u8]) -> Result<Recognised, ImportError> {
    let found = KINDS.iter().find(|(_, looks, _)| looks(name, bytes));
    let schemas: Vec<&Schema> = TABLES.iter().map(|(schema, _)| *schema).collect();
    let kind = found.map(|(kind, ..)| *kind).or_else(|| table::recognise(bytes, &schemas));
    kind.map(|kind| Recognised { kind })
        .ok_or_else(|| ImportError::NotRecognised { name: name.to_owned(), hint: hint(bytes) })
}

/// What a file that is not recognised may be, so that people know what to do.
fn hint(bytes: &[u8]) -> String {
    let broken = || table::xlsx::Workbook::open(bytes).err().map(|error| format!(": {error}"));
    if table::xlsx::looks_like(bytes) { broken().unwrap_or_default() } else { String::new() }
}

pub(crate) fn read(kind: SourceKind, request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let of_table = || TABLES.iter().find(|(schema, _)| schema.kind == kind).map(|(_, read)| *read);
    let read = KINDS.iter().find(|(known, ..)| *known == kind).map(|(.., read)| *read).or_else(of_table);
    match read {
        Some(read) => read(request, rows),
        None => Err(ImportError::NotRecognised { name: request.name.to_owned(), hint: String::new() }),
    }
}

/// What each kind of table looks like.
#[cfg(test)]
pub(crate) fn schemas() -> impl Iterator<Item = &'static Schema> {
    TABLES.iter().map(|(schema, _)| *schema)
}
