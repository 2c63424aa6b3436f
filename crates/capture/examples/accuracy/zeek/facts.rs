//! Fields of Zeek's logs that we keep as facts.

use wardround_model::words::MASK;
use wardround_model::{Fact, FactKind, MacAddr, Subject};

use super::SOURCE;
use crate::icsnpp::done;
use crate::reading::{Pair, Reading, compare as compare_values};
use crate::score::{Outcome, Scores};
use crate::table::Row;

/// What one field of a log is to us.
struct Field {
    log: &'static str,
    field: &'static str,
    told_as: &'static str,
    kind: FactKind,
    about: AboutWhom,
}

#[derive(Clone, Copy)]
enum AboutWhom {
    Client,
    Server,
    Service,
}

const fn field(
    log: &'static str,
    field: &'static str,
    told_as: &'static str,
    kind: FactKind,
    about: AboutWhom,
) -> Field {
    Field { log, field, told_as, kind, about }
}

const FIELDS: &[Field] = &[
    field("ssh", "client", "ssh client", FactKind::SshClientBanner, AboutWhom::Client),
    field("ssh", "server", "ssh server", FactKind::SshBanner, AboutWhom::Service),
    field("ntlm", "server_nb_computer_name", "ntlm computer", FactKind::NtlmComputer, AboutWhom::Server),
    field("snmp", "version", "snmp version", FactKind::SnmpVersion, AboutWhom::Service),
    field("snmp", "display_string", "snmp description", FactKind::SnmpSystemDescription, AboutWhom::Service),
    field("http", "user_agent", "http user agent", FactKind::HttpUserAgent, AboutWhom::Client),
];

/// Compares the fields of a row that we keep as facts.
pub(super) fn compare(log: &str, row: &Row<'_>, pair: Pair, reading: &Reading, scores: &mut Scores) {
    for Field { field, told_as, kind, about, .. } in FIELDS.iter().filter(|it| it.log == log) {
        let Some(theirs) = row.get(field) else { continue };
        let subject = match about {
            AboutWhom::Client => Subject::Ip(pair.client),
            AboutWhom::Server => Subject::Ip(pair.server.ip),
            AboutWhom::Service => Subject::Service(pair.server),
        };
        // An agent that did not answer has no version; Zeek tells that of the question.
        if log == "snmp" && row.number("get_responses") == 0 {
            continue;
        }
        let outcome = reading.compare(subject, *kind, of_wire(log, &wire_text(theirs)));
        scores.add((SOURCE, told_as), (&reading.file, &format!("{subject} {theirs}")), outcome);
    }
    match log {
        "modbus" => modbus(row, pair, reading, scores),
        "kerberos" => kerberos(row, pair, reading, scores),
        "sip" => sip(row, pair, reading, scores),
        "quic" => server_name(row, pair, reading, scores),
        _ => {}
    }
}

/// We keep the software of an SSH identification, without the version of the protocol before it.
fn of_wire<'a>(log: &str, text: &'a str) -> &'a str {
    let software =
        text.strip_prefix("SSH-").and_then(|rest| rest.split_once('-')).map(|(_, software)| software);
    software.filter(|_| log == "ssh").unwrap_or(text)
}

/// Zeek writes bytes that are not printable as `\x0a`.
fn wire_text(cell: &str) -> String {
    let mut parts = cell.split("\\x");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(code) => {
                text.push(char::from(code));
                text.push_str(part.get(2..).unwrap_or_default());
            }
            None => text.push_str(part),
        }
    }
    text
}

fn modbus(row: &Row<'_>, pair: Pair, reading: &Reading, scores: &mut Scores) {
    let is_answer = row.get("pdu_type") == Some("RESP") && row.get("exception").is_none();
    let (true, Some(function)) = (is_answer, row.get("func").and_then(done)) else { return };
    let outcome = reading.compare(Subject::Service(pair.server), FactKind::ModbusAnswers, function);
    scores.add((SOURCE, "modbus answers"), (&reading.file, &pair.to_string()), outcome);
}

/// The realm of a Kerberos server that gave a ticket for itself, and weak encryption of a ticket; strong encryption we do not keep.
fn kerberos(row: &Row<'_>, pair: Pair, reading: &Reading, scores: &mut Scores) {
    let place = (reading.file.as_str(), &*pair.to_string());
    let server = Subject::Service(pair.server);
    let realm = row.get("service").and_then(|service| service.strip_prefix("krbtgt/"));
    if let (Some(realm), Some("T")) = (realm, row.get("success")) {
        let outcome = reading.compare(server, FactKind::KerberosRealm, realm);
        scores.add((SOURCE, "kerberos realm"), place, outcome);
    }
    let computer = row.get("service").and_then(|service| service.strip_prefix("cifs/"));
    if let (Some(computer), Some("AP")) = (computer, row.get("request_type")) {
        let subject = Subject::Ip(pair.server.ip);
        let outcome = known_name(computer, subject, FactKind::KerberosComputer, reading);
        scores.add((SOURCE, "kerberos computer"), place, outcome);
        return;
    }
    if let Some(cipher) =
        row.get("cipher").filter(|cipher| cipher.starts_with("rc4") || cipher.starts_with("des"))
    {
        let outcome = reading.compare(server, FactKind::KerberosWeakEncryption, cipher);
        scores.add((SOURCE, "kerberos weak cipher"), place, outcome);
    }
}

/// A host's name. One whose first word is masked we do not keep.
fn known_name(theirs: &str, subject: Subject, kind: FactKind, reading: &Reading) -> Outcome {
    match Fact::new(kind, theirs.as_bytes()) {
        Ok(fact) if !fact.value().starts_with(MASK) => reading.compare(subject, kind, theirs),
        _ => Outcome::KeptBack,
    }
}

/// The product of who sent a request that nobody had passed on, which one `Via` shows; Zeek lists those of repeated requests too, which
/// are all the same then.
fn sip(row: &Row<'_>, pair: Pair, reading: &Reading, scores: &mut Scores) {
    let Some(agent) = row.get("user_agent") else { return };
    let mut hops =
        row.get("request_path").unwrap_or_default().split(',').map(|hop| hop.split([':', ';']).next());
    let first = hops.next().flatten();
    if first.is_none() || hops.any(|hop| hop != first) {
        return;
    }
    let outcome = reading.compare(Subject::Ip(pair.client), FactKind::SipProduct, agent);
    scores.add((SOURCE, "sip user agent"), (&reading.file, &pair.to_string()), outcome);
}

/// The name that a server is asked for.
pub(super) fn server_name(row: &Row<'_>, pair: Pair, reading: &Reading, scores: &mut Scores) {
    let Some(theirs) = row.get("server_name") else { return };
    let subject = Subject::Service(pair.server);
    let outcome = known_name(theirs, subject, FactKind::TlsServerName, reading);
    scores.add((SOURCE, "tls server name"), (&reading.file, &pair.to_string()), outcome);
}

/// A DHCP client: its name, and the address that it was given.
pub(super) fn dhcp(row: &Row<'_>, reading: &Reading, scores: &mut Scores) {
    let Some(card) = row.get("mac").and_then(|mac| mac.parse::<MacAddr>().ok()) else { return };
    let subject = Subject::Mac(card);
    let place = (reading.file.as_str(), &*subject.to_string());
    if let Some(name) = row.get("host_name") {
        scores.add((SOURCE, "dhcp host name"), place, reading.compare(subject, FactKind::DhcpHostName, name));
    }
    let was_given = row.get("msg_types").is_some_and(|types| types.contains("ACK"));
    if let (Some(ip), true) = (row.get("assigned_addr"), was_given) {
        let ours = reading.values(subject, FactKind::OwnsIp);
        scores.add((SOURCE, "dhcp address"), place, compare_values(&ours, FactKind::OwnsIp, ip));
    }
    if row.get("client_fqdn").is_some() && row.get("host_name").is_none() {
        let ours = reading.values(subject, FactKind::DhcpHostName);
        let name = row.get("client_fqdn").unwrap_or_default();
        let outcome = compare_values(&ours, FactKind::DhcpHostName, name);
        scores.add((SOURCE, "dhcp client name"), place, outcome);
    }
    let lease = row.get("lease_time").map(|_| Outcome::NotRead);
    lease.into_iter().for_each(|outcome| scores.add((SOURCE, "dhcp lease time"), place, outcome));
}
