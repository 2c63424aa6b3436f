//! Addresses in a line that a router or switch prints, whatever its maker's order of columns.

use std::net::IpAddr;

use wardround_model::MacAddr;

use crate::table::{ips, mac};

/// The addresses of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) mac: Option<MacAddr>,
    pub(super) ip: Option<IpAddr>,
}

/// The first card's address and the first host's address of a line.
pub(super) fn entry_of(line: &str) -> Entry {
    let mut entry = Entry::default();
    for word in line.split_whitespace().take(24) {
        let word = word.trim_matches(['(', ')', '[', ']', ',', '<', '>', '*']);
        entry.mac = entry.mac.or_else(|| mac_of(word));
        entry.ip = entry.ip.or_else(|| if word.contains(['.', ':']) { ip_of(word) } else { None });
    }
    entry
}

/// Only with marks between: twelve digits alone may be any number.
fn mac_of(word: &str) -> Option<MacAddr> {
    if word.contains([':', '-', '.']) { mac(word) } else { None }
}

fn ip_of(word: &str) -> Option<IpAddr> {
    ips(word).and_then(|ips| ips.into_iter().next())
}
