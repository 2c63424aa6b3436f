//! What the reading of a directory leaves: the certificate by which it is known from then on, its lists, and a line for the log.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;

use anyhow::{Context as _, Result};
use wardround_ask::directory::{Certificate, DirectoryList, NamedDirectory};
use wardround_ask::{Exchange, Outcome, Plan, Question};
use wardround_intake::{Request, import};
use wardround_model::{SourceIndex, SourceKind, Timestamp};
use wardround_report::page::count;
use wardround_round::Said;
use wardround_send::Answer;
use wardround_store::Store;

use super::folder::Folder;

/// Certificates of directories by their address, as a person gave them and as a login was taken.
pub(super) const CERTIFICATES: &str = "directory-certificates.json";

/// Directories that were read.
#[derive(Debug)]
pub(super) struct Directories {
    folder: Folder,
    known: BTreeMap<SocketAddrV4, Certificate>,
    /// What they told, with the moment.
    lists: Vec<(DirectoryList, Timestamp)>,
}

/// Fills in the certificates that are known of the directories that are named. What a person gives counts before what is known.
pub(super) fn with_known_certificates(folder: &Folder, named: &mut [NamedDirectory]) -> Result<()> {
    let known: BTreeMap<SocketAddrV4, Certificate> = folder.read(CERTIFICATES)?.unwrap_or_default();
    for one in named {
        one.certificate = one.certificate.or_else(|| known.get(&one.to).copied());
    }
    Ok(())
}

impl Directories {
    pub(super) fn of(folder: &Folder) -> Result<Self> {
        let known = folder.read(CERTIFICATES)?.unwrap_or_default();
        Ok(Self { folder: folder.clone(), known, lists: Vec::new() })
    }

    /// Takes what came of a reading: what is to be said of it. Nothing of what was told is in that but counts.
    pub(super) fn take(
        &mut self,
        plan: &Plan,
        exchange: &Exchange,
        answer: &Answer,
        at: Timestamp,
    ) -> std::io::Result<Option<String>> {
        let Some(reading) =
            answer.directory.as_ref().filter(|_| exchange.question == Question::DirectoryRead)
        else {
            return Ok(None);
        };
        let to = SocketAddrV4::new(exchange.ip, exchange.port);
        let wanted = plan.listed.directories.iter().find(|one| one.to == to).and_then(|one| one.certificate);
        let mut words = Vec::new();
        if let Some(shown) = reading.certificate {
            words.push(certificate_in_words(to, wanted, shown));
        }
        words.extend(reading.fault.map(|fault| fault.to_string()));
        words.extend(why_not(answer.outcome).filter(|_| reading.fault.is_none()).map(str::to_owned));
        if let Some(told) = &reading.told {
            self.keep_certificate(to, wanted)?;
            words.extend(told.lists.iter().map(in_words));
            if told.is_cut_short {
                words.push("not all of it was read, and a list that was not read to its end is not kept: export it instead".to_owned());
            }
            self.lists.extend(told.lists.iter().filter(|list| list.rows > 0).map(|list| (list.clone(), at)));
        }
        Ok(Some(words.join("; ")))
    }

    /// A certificate that a person gave, and whose holder took the login, is known from now on.
    fn keep_certificate(&mut self, to: SocketAddrV4, given: Option<Certificate>) -> std::io::Result<()> {
        let Some(given) = given.filter(|given| self.known.get(&to) != Some(given)) else { return Ok(()) };
        self.known.insert(to, given);
        let listed: BTreeMap<String, Certificate> =
            self.known.iter().map(|(to, certificate)| (to.to_string(), *certificate)).collect();
        self.folder.write(CERTIFICATES, &listed).map_err(std::io::Error::other)
    }

    /// Keeps what was told as lists of their kinds, by the readers of exports, in the place of those of an earlier reading; how many facts.
    pub(super) fn keep(&self, store: &mut Store) -> Result<usize> {
        let mut facts = 0_usize;
        for (list, at) in &self.lists {
            let request = Request {
                name: &list.name,
                bytes: list.text.as_bytes(),
                kind: Some(list.kind),
                about: None,
                source: SourceIndex(0),
                observed_at: *at,
                mapping: None,
            };
            let imported = import(&request)?;
            // A list that is as it was has another day.
            let said = Said { day: Some(*at), ..Said::default() };
            let new = wardround_round::new_import(&said, &request, &imported, *at);
            let kept = store.import_save(&new, &imported.observations, &imported.conversations);
            kept.with_context(|| format!("{} could not be kept; what was sent is in the log", list.name))?;
            facts = facts.saturating_add(imported.observations.len());
        }
        Ok(facts)
    }
}

/// What is said of the certificate that a directory showed.
fn certificate_in_words(to: SocketAddrV4, wanted: Option<Certificate>, shown: Certificate) -> String {
    match wanted {
        Some(wanted) if wanted != shown => {
            format!("it showed the certificate {shown}, and {wanted} is known of it; nobody logged in")
        }
        Some(_) => "its certificate is the known one".to_owned(),
        None => format!(
            "it showed the certificate {shown}; nobody logged in. If the domain controller has the same one, name it with \
             that: {to}=FINGERPRINT"
        ),
    }
}

/// Why nothing was read, where the directory did not say it.
const fn why_not(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::NotAllowed => Some("there was no login for it"),
        Outcome::NotUnderstood => {
            Some("it is no LDAP within TLS that we can talk, or it ended in the middle")
        }
        _ => None,
    }
}

fn in_words(list: &DirectoryList) -> String {
    match list.kind {
        SourceKind::DirectoryComputers => count(list.rows, "computer", "computers"),
        _ => count(list.rows, "account", "accounts"),
    }
}
