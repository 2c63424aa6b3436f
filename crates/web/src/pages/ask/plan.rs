//! The plan before anything is sent: who is asked what and why, whether it keeps to the limits, who approved it, and the start.

use maud::{Markup, html};
use wardround_ask::{Exchange, Plan, Question};
use wardround_report::page::count;

use super::{Around, asset, window};
use crate::asking::{AskStanding, Planned};
use crate::layout::{form_token, plain};
use crate::roles::Permission;
use crate::session::Person;
use crate::site::now;

/// Rows of a plan that are shown at once; the others are behind a line.
const ROWS: usize = 60;

pub(super) fn section(person: &Person, stands: &AskStanding, around: &Around) -> Markup {
    html! {
        section aria-labelledby="plan" {
            h2 id="plan" { "2. The plan" }
            @match &stands.plan {
                None => {
                    p { "There is none. A plan lists each question to come, with its reason and its packets. Nothing is sent by it." }
                    @if person.may(Permission::Ask) { (make(person)) }
                }
                Some(planned) => {
                    (told(&planned.plan))
                    (verdict(planned))
                    @if person.may(Permission::Ask) { details { summary { "Plan again" } (make(person)) } }
                }
            }
        }
        @if let Some(planned) = &stands.plan {
            section aria-labelledby="start" {
                h2 id="start" { "3. Approve and start" }
                (approvals(person, planned))
                (start(person, stands, planned, around))
            }
        }
    }
}

fn make(person: &Person) -> Markup {
    html! {
        form class="fields panel" method="post" action="/ask/plan" {
            (form_token(person))
            label { "What is asked" select name="what" { option value="all" { "All that may be asked" } option value="verify" { "Only what shows whether work is done" } } }
            details {
                summary { "More choices" }
                label { "Further ports" span class="hint" { "Asked at each host beside those that were seen; at most ten, as 22, 443." } input name="ports" autocomplete="off"; }
                label { "UDP services by address" span class="hint" { "DNS, NTP or SNMP that were not seen, as 10.20.1.9:53." } input name="udp" autocomplete="off"; }
                label { "Servers of FHIR" span class="hint" { "With the path of their base, as 10.20.1.9:8080/fhir." } input name="fhir" autocomplete="off"; }
                label { "Switches" span class="hint" { "Their tables of neighbours are read by SNMP, as 10.20.1.2. You give the community at the start." } input name="switches" autocomplete="off"; }
                label { "Seconds between two connections to one host" span class="hint" { "5 or more." } input type="number" name="pause" min="5" max="3600" value="5"; }
                label { "Linux servers to read" span class="hint" { "By address, as 10.20.1.9, with spaces between them. If you know the fingerprint of a server's key: 10.20.1.9=SHA256:..." } input name="read" autocomplete="off" spellcheck="false"; }
                label { "Directory to read (Active Directory)" span class="hint" { "A domain controller by address, with the SHA-256 fingerprint of its certificate, as 10.20.1.5=A1:B2:... Without one its certificate is only looked at. You give the login at the start." } input name="directories" autocomplete="off" spellcheck="false"; }
                label class="check" { input type="checkbox" name="snmp" value="yes"; " Ask by SNMP too; you give its community at the start" }
            }
            div { button { "Make a plan" } }
        }
    }
}

fn told(plan: &Plan) -> Markup {
    let (questions, hosts) = (plan.exchanges.len() as u64, plan.hosts() as u64);
    let minutes = plan.longest().as_secs().div_ceil(60);
    let (shown, more) = plan.exchanges.split_at(plan.exchanges.len().min(ROWS));
    html! {
        p {
            strong { (count(questions, "question", "questions")) " to " (count(hosts, "host", "hosts")) }
            ", at most " (count(plan.packets(), "packet", "packets")) " and at most " (count(minutes, "minute", "minutes"))
            ". One connection at a time, with " (plan.pace.host_gap().as_secs()) " seconds or more between two to one host. Made from round R-" (plan.round) "."
        }
        @if !shown.is_empty() { (table(shown)) }
        @if !more.is_empty() { details { summary { (count(more.len() as u64, "more question", "more questions")) } (table(more)) } }
        @if !plan.left_out.is_empty() {
            details {
                summary { (count(plan.left_out.len() as u64, "host of these networks is not asked", "hosts of these networks are not asked")) }
                div class="scroll" { table {
                    thead { tr { th scope="col" { "Host" } th scope="col" { "Why not" } } }
                    tbody { @for left in &plan.left_out { tr { th scope="row" { (left.ip) } td { (plain(&left.reason)) "." } } } }
                } }
            }
        }
    }
}

fn table(exchanges: &[Exchange]) -> Markup {
    html! {
        div class="scroll" { table {
            thead { tr { th scope="col" { "Host and port" } th scope="col" { "Question" } th scope="col" { "Why" } th scope="col" class="number" { "Packets" } } }
            tbody {
                @for one in exchanges {
                    tr {
                        th scope="row" class="nowrap" {
                            @match asset(&one.asset) { Some(asset) => { a href={ "/devices/" (asset) } { (one.place()) } } None => { (one.place()) } }
                        }
                        td { (words(one.question)) }
                        td { @if let Some(net) = one.net { "all of " (net) ": " } (plain(&one.reason)) @if one.clinical { "; clinical area" } }
                        td class="number" { (one.packets) }
                    }
                }
            }
        } }
    }
}

/// A question in words.
pub(super) fn words(question: Question) -> &'static str {
    match question {
        Question::Banner => "listen to its greeting",
        Question::HttpHead => "the head of its page (HEAD /)",
        Question::TlsHello => "a TLS hello",
        Question::HttpsHead => "a TLS hello, and the head of its page (HEAD /)",
        Question::FhirMetadata => "what its server of FHIR is (GET metadata)",
        Question::FhirMetadataTls => "a TLS hello, and what its server of FHIR is (GET metadata)",
        Question::SmbNegotiate => "which SMB it speaks",
        Question::PostgresTls => "whether it offers TLS",
        Question::SshHello => "an SSH greeting",
        Question::RdpNegotiate => "how Remote Desktop is secured",
        Question::LdapRoot => "the root of its directory",
        Question::IppAttributes => "model and firmware (IPP)",
        Question::DnsVersion => "which DNS it is",
        Question::MdnsServices => "which services there are, of all at once (mDNS)",
        Question::SsdpSearch => "which devices there are, of all at once (SSDP)",
        Question::WsDiscoveryProbe => "which devices there are, of all at once (WS-Discovery)",
        Question::NtpTime => "what time it is (NTP)",
        Question::SnmpSystem => "its system group (SNMP)",
        Question::Snmp3System => "its system group (SNMP 3)",
        Question::Snmp3Tables => "its tables of neighbours (SNMP 3)",
        Question::SwitchTables => "its tables of neighbours (SNMP)",
        Question::DicomEcho => "whether it is there (DICOM echo)",
        Question::ModbusIdentity => "what it calls itself (Modbus)",
        Question::BacnetDevice => "what it calls itself (BACnet)",
        Question::LinuxRead => "read what it runs (SSH)",
        Question::DirectoryRead => "read computers and accounts (LDAP)",
    }
}

fn verdict(planned: &Planned) -> Markup {
    const MOST: usize = 10;
    html! {
        @if planned.wrong.is_empty() {
            div class="notice good" { p { "Checked: the plan keeps to every limit." } }
        } @else {
            div class="notice bad" {
                p { "Checked: the plan breaks the limits, so it cannot be started." }
                ul { @for wrong in planned.wrong.iter().take(MOST) { li { (plain(wrong)) "." } } }
                @if planned.wrong.len() > MOST { p { "And " (planned.wrong.len() - MOST) " more." } }
            }
        }
    }
}

fn approvals(person: &Person, planned: &Planned) -> Markup {
    let by = planned.approved.iter().map(|by| plain(by)).collect::<Vec<_>>().join(", ");
    let is_mine = planned.approved.iter().any(|by| by.trim().eq_ignore_ascii_case(&person.name));
    html! {
        @if planned.plan.is_multicast() { p { "It asks all devices of a network at once, also medical and unknown ones: " strong { "two different people" } " must approve it." } }
        @if planned.plan.is_named() { p { "It asks models that people named: " strong { "two different people" } " must approve it." } }
        @if planned.plan.is_clinical() { p { "It reaches a clinical area: " strong { "two different people" } " must approve it." } }
        p { "Approved by " (planned.approved.len().min(planned.wanted)) " of " (planned.wanted) @if !by.is_empty() { " (" (by) ")" } "." }
        @if person.may(Permission::ApproveAsking) && !is_mine && planned.wrong.is_empty() && !planned.plan.exchanges.is_empty() {
            form method="post" action="/ask/approve" class="step" { (form_token(person)) input type="hidden" name="plan" value=(planned.mark); button { "I approve this plan" } }
        }
    }
}

fn start(person: &Person, stands: &AskStanding, planned: &Planned, around: &Around) -> Markup {
    let scope = &planned.plan.scope;
    let is_current = stands.scope.as_ref().is_some_and(|set| scope.is_as(set));
    let is_ready =
        planned.wrong.is_empty() && planned.approved.len() >= planned.wanted && stands.stopped.is_none();
    html! {
        @if !is_current { p { "What may be asked has changed since. Plan again." } }
        @else if !scope.window.is_open(now()) { p { "It can be started while its window is open. " (window(scope, &around.zone)) } }
        @else if is_ready && person.may(Permission::Ask) {
            form class="fields" method="post" action="/ask/run" {
                (form_token(person)) input type="hidden" name="plan" value=(planned.mark);
                @if planned.plan.listed.community { label { "Community for SNMP" span class="hint" { "It is kept nowhere." } input type="password" name="community" autocomplete="off" required; } }
                @if planned.plan.wants_directory_login() {
                    label { "Account that reads the directory" span class="hint" { "As wardround-read@klinik.example. It is kept nowhere." } input name="directory-account" autocomplete="off" spellcheck="false" required; }
                    label { "Its password" span class="hint" { "It is sent to the domain controller with that certificate alone, and kept nowhere." } input type="password" name="directory-password" autocomplete="off" required; }
                }
                div { button { "Start asking" } " " span class="soft" { "Now questions are sent. You can stop them at any time." } }
            }
        }
        @else if is_ready { p { "Somebody who runs the network or looks after security can start it." } }
    }
}
