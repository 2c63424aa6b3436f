//! Addresses that a list gives for devices which it tells by name. A directory's or a tool's last known address is often an old one,
//! or one of a network at home, and then several names have it. It leads to a device only where one name alone has it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{FactKind, ListedId, Subject};

use crate::{Row, Rows};

/// Who has an address.
#[derive(Debug)]
enum Claim {
    One(Row, ListedId),
    Several(Row),
}

/// Addresses and who has them.
#[derive(Debug, Default)]
pub(crate) struct Claims(BTreeMap<IpAddr, Claim>);

impl Claims {
    /// Notes that a row gives this address for this thing.
    pub(super) fn add(&mut self, row: Row, id: ListedId, ip: IpAddr) {
        let room = self.0.len() < Rows::MOST_HELD;
        match self.0.get_mut(&ip) {
            Some(Claim::One(_, known)) if *known == id => {}
            Some(claim) => *claim = Claim::Several(row),
            None if room => {
                self.0.insert(ip, Claim::One(row, id));
            }
            None => {}
        }
    }

    /// Adds which thing each address leads to; an address of several is an error of the last row that gives it.
    pub(crate) fn tell(self, rows: &mut Rows<'_>) {
        for (ip, claim) in self.0 {
            match claim {
                Claim::One(row, id) => rows.fact(row, Subject::Ip(ip), FactKind::ListedAs, &id.to_string()),
                Claim::Several(row) => {
                    let message = "is the address of several names in this list, so it is used for none of them: renew the entries";
                    rows.error(row, Some("ip"), message);
                }
            }
        }
    }
}
