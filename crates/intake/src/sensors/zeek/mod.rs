//! Logs of Zeek, as text between tabs or as lines of JSON (Zeek's book, "Log Formats"). A file may hold several logs one after
//! the other; `ssl.log` and `x509.log` in one file are joined by the certificate's fingerprint.

mod connections;
mod facts;
mod plant;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use wardround_model::Endpoint;

use super::moment;
use super::record::{self, Record};
use super::talks::Talks;
use crate::table::{decode, decode_beginning};
use crate::{ImportError, Request, Row, Rows};

/// Whether a text looks like it: the heading of Zeek's own format, or an object with fields that only Zeek names so.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 14);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let is_headed = text.starts_with("#separator ") && text.contains("#fields\t");
    is_headed || lines.next().is_some_and(|line| line.starts_with('{') && is_object(line))
}

fn is_object(line: &str) -> bool {
    let has = |field: &str| line.contains(&format!("\"{field}\":"));
    has("ts")
        && !has("event_type")
        && (has("_path")
            || has("uid")
            || has("uids")
            || has("fingerprint")
            || has("software_type")
            || has("mac"))
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let mut reading = Reading::default();
    let named = path_of_name(request.name);
    let (mut path, mut fields): (&str, Vec<&str>) = (named, Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let row = Row(number);
        if let Some(known) = line.strip_prefix("#path\t") {
            path = known.trim();
        } else if let Some(names) = line.strip_prefix("#fields\t") {
            fields = names.split('\t').collect();
        } else if line.starts_with('{') {
            rows.count_row();
            match record::object(line) {
                Ok(record) => {
                    let known = record.get("_path").map(std::borrow::Cow::into_owned);
                    let path = known.as_deref().unwrap_or_else(|| path_of_fields(&record).unwrap_or(named));
                    reading.take(path, &record, row, rows);
                }
                Err(why) => rows.error(row, None, why),
            }
        } else if !line.starts_with('#') && !line.trim().is_empty() {
            rows.count_row();
            let cells: Vec<&str> = line.split('\t').take(fields.len().saturating_add(1)).collect();
            if cells.len() == fields.len() {
                reading.take(path, &Record::Cells { fields: &fields, cells }, row, rows);
            } else {
                rows.error(row, None, "has not as many cells as the heading has fields; export it again");
            }
        }
    }
    reading.finish(rows);
    Ok(())
}

/// `conn` of `conn.2026-11-23-08.log`.
fn path_of_name(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Which log a row without a path is of, by fields that no other log has.
fn path_of_fields(record: &Record<'_>) -> Option<&'static str> {
    const TELLING: &[(&str, &str)] = &[
        ("conn_state", "conn"),
        ("msg_types", "dhcp"),
        ("certificate.subject", "x509"),
        ("ssl_history", "ssl"),
        ("trans_depth", "http"),
        ("hasshVersion", "ssh"),
        ("auth_attempts", "ssh"),
        ("server_nb_computer_name", "ntlm"),
        ("get_responses", "snmp"),
        ("software_type", "software"),
        ("issuer_subject", "known_certs"),
        ("port_proto", "known_services"),
        ("dhcp_host_name", "known_devices"),
    ];
    TELLING.iter().find(|(field, _)| record.get(field).is_some()).map(|(_, path)| *path)
}

/// What rows say together.
#[derive(Debug, Default)]
struct Reading {
    talks: Talks,
    /// Servers by the fingerprint of their certificate, and certificates by theirs.
    servers: BTreeMap<String, (Row, Endpoint)>,
    certificates: BTreeMap<String, facts::Certificate>,
    devices: plant::Devices,
}

impl Reading {
    fn take(&mut self, path: &str, record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
        let at = record.get("ts").and_then(|text| moment(&text));
        let Some(at) = at else {
            rows.error(row, Some("ts"), "is no moment: seconds since 1970, or RFC 3339");
            return;
        };
        rows.seen_at(at);
        match path {
            "conn" => connections::read(record, at, row, rows, &mut self.talks),
            "ssl" => self.take_ssl(record, row, rows),
            "x509" => self.take_certificate(record),
            "modbus" => plant::modbus(record, row, rows),
            "bacnet" => plant::bacnet(record, row, rows),
            "bacnet_discovery" => self.devices.take(record, row, at),
            "bacnet_property" => self.devices.take_property(record, row, at),
            other => facts::read(other, record, row, rows),
        }
    }

    fn take_ssl(&mut self, record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
        let Some(server) = facts::ssl(record, row, rows) else { return };
        let chain = record.get("cert_chain_fps").or_else(|| record.get("cert_chain_fuids"));
        let first = chain.and_then(|chain| chain.split(',').next().map(str::to_owned));
        if let Some(first) = first.filter(|_| self.servers.len() < Rows::MOST_HELD) {
            self.servers.entry(first).or_insert((row, server));
        }
    }

    fn take_certificate(&mut self, record: &Record<'_>) {
        let name = record.get("fingerprint").or_else(|| record.get("id"));
        let room = self.certificates.len() < Rows::MOST_HELD;
        if let Some(name) = name.filter(|_| room)
            && let Entry::Vacant(place) = self.certificates.entry(name.into_owned())
        {
            place.insert(facts::Certificate::of(record));
        }
    }

    /// Tells what only several rows together say.
    fn finish(self, rows: &mut Rows<'_>) {
        for (fingerprint, (row, server)) in &self.servers {
            if let Some(certificate) = self.certificates.get(fingerprint) {
                certificate.tell(*row, *server, rows);
            }
        }
        self.devices.tell(rows);
        self.talks.tell(rows);
    }
}
