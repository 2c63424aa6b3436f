//! Accounts that several hosts use at one server: who logs in by which, while captures are read, and nothing of it afterwards but that an
//! account is shared.
//!
//! A login in clear shows its name. [`Account`] tells only whether two names are the same, and only as long as this program runs; what is
//! kept of it are facts about the hosts.

use std::collections::HashMap;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use wardround_dissect::{Account, Facts};
use wardround_model::{Fact, FactKind, Observation, Protocol, Sighting, SkipReason, Subject};

use crate::flow::{FlowKey, Side};
use crate::skips::Skips;

/// So many hosts make an account a shared one: two may be a device and its spare, or a person at two desks.
const SHARED_BY: usize = 3;
/// The most hosts of one account that are told.
const MOST_HOSTS: usize = 64;
/// The most hosts of all accounts, of all shards together: whoever makes up names and senders fills some megabytes, and no more.
const MOST_USERS: usize = 16_384;

/// An account at a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct At {
    server: IpAddr,
    account: Account,
}

/// A host that logged in, when it was first seen to, and whether that was told.
#[derive(Clone, Copy, Debug)]
struct User {
    host: IpAddr,
    first: Sighting,
    is_told: bool,
}

/// Who logs in by which account.
#[derive(Debug)]
pub(crate) struct AccountTable {
    users: HashMap<At, Vec<User>, RandomState>,
    /// Hosts of all accounts.
    count: usize,
    limit: usize,
}

impl Default for AccountTable {
    fn default() -> Self {
        Self::new(1)
    }
}

impl AccountTable {
    /// One of so many tables that share the limit.
    pub(crate) fn new(of: usize) -> Self {
        Self { users: HashMap::default(), count: 0, limit: MOST_USERS.checked_div(of).unwrap_or(MOST_USERS) }
    }

    /// What it holds; it begins anew.
    pub(crate) fn take(&mut self) -> Self {
        Self {
            users: std::mem::take(&mut self.users),
            count: std::mem::take(&mut self.count),
            limit: self.limit,
        }
    }

    /// Keeps by which accounts the sender logs in at the receiver.
    pub(crate) fn keep(
        &mut self,
        found: &mut Facts,
        (key, sender): (&FlowKey, Side),
        first: Sighting,
        skips: &mut Skips,
    ) {
        let (server, host) = (key.ip(sender.other()), key.ip(sender));
        for account in found.take_accounts() {
            self.add(At { server, account }, User { host, first, is_told: false }, skips);
        }
    }

    fn add(&mut self, at: At, user: User, skips: &mut Skips) {
        let known =
            self.users.get_mut(&at).and_then(|users| users.iter_mut().find(|it| it.host == user.host));
        if let Some(known) = known {
            known.first = known.first.min(user.first);
        } else if self.count >= self.limit {
            skips.count(SkipReason::TooManyFacts, user.first.evidence);
        } else {
            let users = self.users.entry(at).or_default();
            if users.len() < MOST_HOSTS {
                users.push(user);
                self.count = self.count.saturating_add(1);
            }
        }
    }

    /// Adds what another table holds.
    pub(crate) fn merge(&mut self, other: Self, skips: &mut Skips) {
        for (at, users) in other.users {
            for user in users {
                self.add(at, user, skips);
            }
        }
    }

    /// Tells of each host that uses a shared account, once.
    pub(crate) fn tell_shared(&mut self) -> Vec<Observation> {
        let mut told = Vec::new();
        for (at, users) in self.users.iter_mut().filter(|(_, users)| users.len() >= SHARED_BY) {
            for user in users.iter_mut().filter(|user| !user.is_told) {
                user.is_told = true;
                told.extend(observation(user.host, at.account.protocol, user.first));
            }
        }
        told
    }
}

fn observation(host: IpAddr, protocol: Protocol, first: Sighting) -> Option<Observation> {
    let fact = Fact::new(FactKind::SharedLogin, protocol.code().as_bytes()).ok()?;
    Some(Observation { subject: Subject::Ip(host), fact, first, last: first.at, count: 1 })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use wardround_model::{Evidence, SourceIndex, Timestamp};

    use super::*;
    use crate::flow::{Kind, View};

    const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 1, 0, 5));

    fn host(last: u8) -> IpAddr {
        Ipv4Addr::new(10, 1, 0, last).into()
    }

    fn seen(record: u64) -> Sighting {
        Sighting {
            evidence: Evidence { source: SourceIndex(0), record, offset: 0 },
            at: Timestamp::from_seconds(1),
        }
    }

    /// Logins of hosts at the server, by name.
    fn table(logins: &[(u8, &str)]) -> AccountTable {
        let (mut table, mut skips) = (AccountTable::default(), Skips::default());
        for (record, (client, name)) in logins.iter().enumerate() {
            let mut facts = Facts::default();
            facts.logs_in(Protocol::Ftp, name.as_bytes());
            let view = View { point: 0, segment: 0 };
            let (key, sender) = FlowKey::new(Kind::Tcp, (host(*client), 40_000), (SERVER, 21), view);
            table.keep(&mut facts, (&key, sender), seen(record as u64), &mut skips);
        }
        table
    }

    fn told(table: &mut AccountTable) -> Vec<String> {
        let mut told: Vec<_> =
            table.tell_shared().iter().map(|it| format!("{:?} {}", it.subject, it.fact.value())).collect();
        told.sort();
        told
    }

    #[test]
    fn three_hosts_with_one_account_are_told_once() {
        let mut shared =
            table(&[(10, "modality"), (11, "Modality "), (12, "MODALITY"), (12, "modality"), (13, "other")]);
        let expected = [10, 11, 12].map(|last| format!("Ip(10.1.0.{last}) ftp"));
        assert_eq!(told(&mut shared), expected);
        assert_eq!(told(&mut shared), [""; 0], "it was told");
        shared.merge(table(&[(14, "modality")]), &mut Skips::default());
        assert_eq!(told(&mut shared), ["Ip(10.1.0.14) ftp"], "a fourth comes later");
    }

    #[test]
    fn two_hosts_and_empty_names_are_nobodys_account() {
        assert_eq!(told(&mut table(&[(10, "modality"), (11, "modality"), (10, "modality")])), [""; 0]);
        assert_eq!(told(&mut table(&[(10, " "), (11, " "), (12, " ")])), [""; 0]);
    }

    #[test]
    fn hosts_beyond_the_limit_are_counted() {
        let (mut full, mut skips) = (AccountTable::new(MOST_USERS), Skips::default());
        full.merge(table(&[(10, "one"), (10, "two"), (11, "one")]), &mut skips);
        let counted: Vec<_> = skips.list().map(|skip| (skip.reason, skip.count)).collect();
        assert_eq!(counted, [(SkipReason::TooManyFacts, 2)]);
    }
}
