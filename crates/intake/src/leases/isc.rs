//! `dhcpd.leases` of ISC dhcpd: blocks of declarations (dhcpd.leases(5)).

use std::net::IpAddr;

use super::{Book, Lease};
use crate::table::{Order, decode, decode_beginning, mac, moment};
use crate::{ImportError, Request, Row, Rows};

/// Whether a text looks like it: a lease with a body.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 14);
    let is_lease = |line: &str| {
        line.trim_start().strip_prefix("lease ").is_some_and(|rest| rest.trim_end().ends_with('{'))
    };
    text.lines().any(is_lease)
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let (mut book, mut open): (Book, Option<(IpAddr, Lease)>) = (Book::default(), None);
    let mut last = 0;
    for (number, line) in (1..).zip(text.lines()) {
        last = number;
        let (row, line) = (Row(number), line.trim());
        if let Some(ip) = line.strip_prefix("lease ").and_then(|rest| rest.strip_suffix('{')) {
            rows.count_row();
            if open.is_some() {
                rows.error(
                    row,
                    Some("lease"),
                    "begins inside another lease, which is not closed: the file is damaged there",
                );
            }
            let ip: Option<IpAddr> = ip.trim().parse().ok();
            if ip.is_none() {
                rows.error(row, Some("lease"), "is for no IP address");
            }
            let lease = Lease { row, at: 0, mac: None, name: None, vendor: None, is_active: false };
            open = ip.map(|ip| (ip, lease));
        } else if line == "}" {
            if let Some((ip, lease)) = open.take() {
                book.add(rows, ip, lease);
            }
        } else if let Some((_, lease)) = &mut open {
            read_statement(line, lease, row, rows);
        }
    }
    if open.is_some() {
        rows.error(Row(last), Some("lease"), "is not closed: the file was cut off. Copy it again");
    }
    book.tell(rows);
    Ok(())
}

fn read_statement(line: &str, lease: &mut Lease, row: Row, rows: &mut Rows<'_>) {
    let line = line.trim_end_matches(';');
    let quoted = |text: &str| text.trim().trim_matches('"').to_owned();
    if let Some(at) = line.strip_prefix("starts ") {
        // A weekday's number, then the day and the hour; or `epoch` and seconds.
        let at = at.split('#').next().unwrap_or(at).trim();
        let at = at.split_once(' ').map_or(at, |(_, moment)| moment);
        lease.at = moment(at, Order::DayFirst).map_or(0, |at| at.seconds());
    } else if let Some(state) = line.strip_prefix("binding state ") {
        lease.is_active = state.trim() == "active";
    } else if let Some(card) = line.strip_prefix("hardware ethernet ") {
        lease.mac = mac(card).filter(|card| card.is_one_card());
        if lease.mac.is_none() {
            rows.error(row, Some("hardware ethernet"), "is no card's address");
        }
    } else if let Some(name) = line.strip_prefix("client-hostname ") {
        lease.name = Some(quoted(name));
    } else if let Some(vendor) = line.strip_prefix("set vendor-class-identifier = ") {
        lease.vendor = Some(quoted(vendor));
    }
}
