//! What the reading of a server leaves: the key by which it is known from then on, what it showed, and a line for the log.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};

use anyhow::Result;
use wardround_ask::reading::{HostKey, Read, Reading, Told};
use wardround_ask::{Exchange, Outcome, Plan, Question};
use wardround_model::{FactKind, Observation, Subject, Timestamp, Transport};
use wardround_report::page::count;
use wardround_send::Answer;

use super::folder::Folder;

/// Keys of servers by their address, as they were seen first or as a person gave them.
pub(super) const HOST_KEYS: &str = "host-keys.json";

/// Servers that were read, and whose keys are known.
#[derive(Debug)]
pub(super) struct Servers {
    folder: Folder,
    known: BTreeMap<SocketAddrV4, HostKey>,
    read: BTreeSet<Ipv4Addr>,
}

/// What a reading leaves.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// For the log.
    pub(super) text: String,
    pub(super) observations: Vec<Observation>,
}

/// Fills in the keys that are known of the servers that are named. What a person gave counts before what was seen.
pub(super) fn with_known_keys(folder: &Folder, reading: &mut Reading) -> Result<()> {
    let known: BTreeMap<SocketAddrV4, HostKey> = folder.read(HOST_KEYS)?.unwrap_or_default();
    for host in &mut reading.hosts {
        host.host_key = host.host_key.or_else(|| known.get(&host.to).copied());
    }
    Ok(())
}

impl Servers {
    pub(super) fn of(folder: &Folder) -> Result<Self> {
        let known = folder.read(HOST_KEYS)?.unwrap_or_default();
        Ok(Self { folder: folder.clone(), known, read: BTreeSet::new() })
    }

    /// Takes what came of a reading; `record` is its line in the log.
    pub(super) fn take(
        &mut self,
        plan: &Plan,
        exchange: &Exchange,
        answer: &Answer,
        at: Timestamp,
        record: u64,
    ) -> std::io::Result<Left> {
        let Some(reading) = answer.reading.as_ref().filter(|_| exchange.question == Question::LinuxRead)
        else {
            return Ok(Left::default());
        };
        let mut words = Vec::new();
        let wanted = plan.listed.reading.at(exchange.ip, exchange.port).and_then(|named| named.host_key);
        if let Some(shown) = reading.host_key {
            words.push(self.key_in_words(exchange, wanted, shown)?);
        }
        words.extend(why_not(answer.outcome).map(str::to_owned));
        let mut observations = Vec::new();
        if answer.outcome == Outcome::Answered {
            let text = String::from_utf8_lossy(&reading.told);
            match Told::of(&text).map(|told| told.read(exchange.ip, at, record)) {
                Some(read) if read.packages > 0 => {
                    self.read.insert(exchange.ip);
                    words.push(in_words(&read));
                    observations = read.observations;
                }
                _ => words.push(
                    "it told no list of packages, so nothing is kept: is it Linux, and does its key allow the command?".to_owned(),
                ),
            }
        }
        Ok(Left { text: words.join("; "), observations })
    }

    /// What is said of the key that a server showed. The first one is kept.
    fn key_in_words(
        &mut self,
        exchange: &Exchange,
        wanted: Option<HostKey>,
        shown: HostKey,
    ) -> std::io::Result<String> {
        let to = SocketAddrV4::new(exchange.ip, exchange.port);
        match wanted {
            Some(wanted) if !wanted.is(shown) => {
                return Ok(format!("it showed {shown}, and {wanted} is known of it; nobody logged in"));
            }
            _ if self.known.get(&to) == Some(&shown) => return Ok(String::from("its key is the known one")),
            _ => {}
        }
        self.known.insert(to, shown);
        let listed: BTreeMap<String, HostKey> =
            self.known.iter().map(|(to, key)| (to.to_string(), *key)).collect();
        self.folder.write(HOST_KEYS, &listed).map_err(std::io::Error::other)?;
        Ok(match wanted {
            Some(_) => format!("it showed {shown}, as it was given; that is kept"),
            None => format!(
                "it showed {shown}, which was seen first now and is kept; compare it with `ssh-keygen -l` there"
            ),
        })
    }

    /// What was found earlier, without what a reading now told anew: packages that are gone are gone, and so are services.
    pub(super) fn without_old(
        &self,
        mut earlier: Vec<Observation>,
        found: &[Observation],
    ) -> Vec<Observation> {
        let listens: BTreeSet<Subject> = found
            .iter()
            .filter(|one| one.fact.kind() == FactKind::ListensOn)
            .map(|one| one.subject)
            .collect();
        let is_read = |ip: IpAddr| matches!(ip, IpAddr::V4(ip) if self.read.contains(&ip));
        earlier.retain(|old| match old.subject {
            Subject::Ip(ip) => !(is_read(ip) && Question::LinuxRead.shows(old.fact.kind())),
            Subject::Service(at) => {
                let is_gone = at.transport == Transport::Tcp || old.fact.kind() == FactKind::ListensOn;
                !(is_read(at.ip) && is_gone && !listens.contains(&old.subject))
            }
            _ => true,
        });
        earlier
    }
}

/// Why nothing was read, where the outcome alone does not say it.
const fn why_not(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::NotAllowed => {
            Some("the server does not take this key for this account, or does not run the command")
        }
        Outcome::NotUnderstood => {
            Some("it is no OpenSSH that we can talk with, or it did not run the command that reads")
        }
        _ => None,
    }
}

fn in_words(read: &Read) -> String {
    let mut words = format!(
        "{} and {}",
        count(read.packages, "package", "packages"),
        count(read.services.len() as u64, "service that listens", "services that listen")
    );
    if read.failed > 0 {
        words.push_str(&format!(", {} not understood", count(read.failed, "line", "lines")));
    }
    if let Some(kernel) = &read.kernel_waiting {
        words.push_str(&format!(", and the kernel {kernel} waits for a restart"));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use wardround_model::{Endpoint, Evidence, Fact, Sighting, SourceIndex};

    fn seen(subject: Subject, kind: FactKind, value: &str) -> Observation {
        let evidence = Evidence { source: SourceIndex(0), record: 1, offset: 0 };
        let at = Timestamp::from_seconds(9);
        let fact = Fact::new(kind, value.as_bytes()).unwrap();
        Observation { subject, fact, first: Sighting { evidence, at }, last: at, count: 1 }
    }

    #[test]
    fn a_reading_takes_away_what_is_no_longer_there_on_its_own_server_alone() {
        let place = tempfile::tempdir().unwrap();
        let mut servers = Servers::of(&Folder::beside(&place.path().join("store"))).unwrap();
        servers.read.insert([10, 20, 1, 9].into());
        let service = |last, port| {
            Subject::Service(Endpoint { ip: [10, 20, 1, last].into(), transport: Transport::Tcp, port })
        };
        let host = |last| Subject::Ip([10, 20, 1, last].into());
        let earlier = vec![
            seen(host(9), FactKind::KernelWaiting, "6.1.0-28-amd64"),
            seen(host(9), FactKind::SnmpName, "server"),
            seen(service(9, 80), FactKind::HttpServer, "nginx/1.22.1"),
            seen(service(9, 81), FactKind::HttpServer, "nginx/1.18.0"),
            seen(host(8), FactKind::KernelWaiting, "6.1.0-28-amd64"),
            seen(service(8, 81), FactKind::HttpServer, "nginx/1.18.0"),
        ];
        let found = [seen(service(9, 80), FactKind::ListensOn, "tcp")];
        let left = servers.without_old(earlier.clone(), &found);
        assert_eq!(left, [earlier[1].clone(), earlier[2].clone(), earlier[4].clone(), earlier[5].clone()]);
    }
}
