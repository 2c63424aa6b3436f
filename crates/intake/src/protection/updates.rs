//! Updates that a management tool says are missing: WSUS, Configuration Manager (SCCM), Intune, `Get-WindowsUpdate`, and vulnerability
//! management that names the update to install.

use wardround_model::{FactKind, SourceKind, Subject};

use crate::software::kb_number;
use crate::table::{self, Field, Line, Schema, plain};
use crate::{ImportError, Request, Rows};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::MissingUpdates,
    columns: &[
        (
            Field::Name,
            &[
                "computername",
                "pscomputername",
                "computer",
                "devicename",
                "device",
                "machinename",
                "netbiosname0",
                "netbiosname",
                "name0",
                "hostname",
                "host",
                "fulldomainname",
                "computertarget",
                "client",
                "rechner",
                "rechnername",
                "computername0",
                "ordinateur",
                "equipo",
            ],
        ),
        (Field::Ip, &["ipaddress", "ip"]),
        (
            Field::Update,
            &[
                "kb",
                "kbnumber",
                "kbarticle",
                "kbarticleid",
                "knowledgebasearticle",
                "knowledgebasearticles",
                "articleid",
                "updatekb",
                "hotfixid",
                "missingkb",
                "missingkbs",
                "recommendedsecurityupdateid",
                "recommendedsecurityupdate",
                "updateid",
                "kbartikel",
                "patchid",
                "advisory",
            ],
        ),
        (
            Field::UpdateTitle,
            &[
                "updatetitle",
                "title",
                "update",
                "updatename",
                "patch",
                "patchname",
                "titel",
                "titre",
                "displayname",
                "missingupdates",
            ],
        ),
        (
            Field::UpdateState,
            &[
                "updateinstallationstate",
                "installationstate",
                "updatestate",
                "state",
                "status",
                "compliancestate",
                "compliancestatus",
                "updatestatus",
                "installstate",
                "zustand",
                "etat",
                "estado",
                "patchstatus",
            ],
        ),
        (
            Field::Checked,
            &[
                "lastscantime",
                "lastscan",
                "lastscandate",
                "lastreportedstatustime",
                "lastsynctime",
                "lastreported",
                "laststatusreport",
                "lastsynced",
                "scantime",
                "lastchecked",
                "letzterstatusbericht",
            ],
        ),
        (
            Field::System,
            &["operatingsystem", "os", "osdescription", "osname", "osplatform", "betriebssystem"],
        ),
        (Field::SystemVersion, &["osversion", "operatingsystemversion", "clientversion", "osbuild"]),
    ],
    needs: &[
        &[Field::Name, Field::Ip],
        &[Field::Update, Field::UpdateTitle],
        &[Field::UpdateState, Field::Update],
    ],
    telling: &[
        "updateinstallationstate",
        "updatetitle",
        "updatekb",
        "articleid",
        "kb",
        "missingkb",
        "missingkbs",
        "recommendedsecurityupdateid",
        "kbarticle",
        "lastscantime",
        "severity",
        "bulletinid",
        "targetgroup",
        "classification",
        "msrcseverity",
    ],
};

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    table::read_named(request, rows, &SCHEMA, &mut read_line)
}

/// What a tool says of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Missing,
    Installed,
    /// It is not for this system.
    NotFor,
}

fn read_line(line: &Line<'_>, rows: &mut Rows<'_>, subject: Subject) {
    line.tell(rows, subject, Field::System, FactKind::OperatingSystem);
    line.tell(rows, subject, Field::SystemVersion, FactKind::OperatingSystemVersion);
    line.tell_moment(rows, subject, Field::Checked, FactKind::UpdatesChecked);
    let (numbers, title, state) =
        (line.text(Field::Update), line.text(Field::UpdateTitle), line.text(Field::UpdateState));
    // A system that lacks nothing is listed with an empty cell.
    if numbers.is_empty() && title.is_empty() {
        return;
    }
    // A list without such a column lists what is missing.
    let state = if line.has(Field::UpdateState) { state_of(state) } else { Some(State::Missing) };
    let kind = match state {
        Some(State::Missing) => FactKind::MissingUpdate,
        Some(State::Installed) => FactKind::InstalledUpdate,
        Some(State::NotFor) => return,
        None => {
            return line.error(
                rows,
                Field::UpdateState,
                "is no known state of an update: write missing or installed",
            );
        }
    };
    let mut numbers: Vec<String> =
        numbers.split([',', ';', ' ', '\n', '{', '}', '|']).filter_map(number_of).collect();
    if numbers.is_empty() {
        numbers.extend(kb_number(title));
    }
    if numbers.is_empty() {
        return line.error(
            rows,
            Field::Update,
            "names no number of an update such as KB5034441: export the KB or article column",
        );
    }
    for number in numbers {
        rows.fact(line.row, subject, kind, &number);
    }
}

/// `KB5034441`, `5034441`, `RHSA-2024:1234`, `USN-6000-1`, `MS17-010`.
fn number_of(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_uppercase();
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_digits(&text) && matches!(text.len(), 6..=8) {
        return Some(format!("KB{text}"));
    }
    const ADVISORIES: [&str; 9] =
        ["RHSA-", "RHBA-", "USN-", "DSA-", "DLA-", "SUSE-SU-", "ALSA-", "ELSA-", "RLSA-"];
    let is_bulletin = text.len() == 8 && text.starts_with("MS") && text.get(4..5) == Some("-");
    let is_advisory = ADVISORIES.iter().any(|beginning| text.starts_with(beginning));
    kb_number(&text).or_else(|| (is_advisory || is_bulletin).then_some(text))
}

fn state_of(text: &str) -> Option<State> {
    let word = plain(text);
    match word.as_str() {
        "missing"
        | "required"
        | "needed"
        | "notinstalled"
        | "downloaded"
        | "failed"
        | "pending"
        | "pendingreboot"
        | "installedpendingreboot"
        | "updateisrequired"
        | "noncompliant"
        | "detected"
        | "available"
        | "overdue"
        | "error"
        | "fehlt"
        | "fehlend"
        | "erforderlich"
        | "nichtinstalliert"
        | "fehlgeschlagen"
        | "manquant"
        | "requis"
        | "noninstalle"
        | "falta"
        | "noinstalado"
        | "open"
        | "outstanding"
        | "applicable" => Some(State::Missing),
        "installed" | "updateisinstalled" | "compliant" | "success" | "succeeded" | "installiert"
        | "installe" | "instalado" | "uptodate" => Some(State::Installed),
        "notapplicable"
        | "installednotapplicable"
        | "updateisnotrequired"
        | "notrequired"
        | "notneeded"
        | "superseded"
        | "declined"
        | "nichtzutreffend"
        | "nonapplicable"
        | "noaplicable" => Some(State::NotFor),
        // PSWindowsUpdate marks updates that wait by letters such as `-------` and `--I----`.
        _ if text.len() == 7 && text.contains('-') => Some(State::Missing),
        _ => None,
    }
}
