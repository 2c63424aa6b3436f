//! State of endpoint protection: `Get-MpComputerStatus`, exports of Defender, Intune, CrowdStrike, Sophos, ESET and the like.

use wardround_model::{FactKind, SourceKind, Subject};

use crate::table::{self, Field, Line, Schema, plain};
use crate::{ImportError, Request, Rows};

/// Definitions older than this are out of date.
const DAYS_CURRENT: i64 = 7;
const DAY: i64 = 86_400;

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::EndpointProtection,
    columns: &[
        (
            Field::Name,
            &[
                "pscomputername",
                "devicename",
                "computername",
                "hostname",
                "computer",
                "endpointname",
                "endpoint",
                "name",
                "machinename",
                "device",
                "host",
                "rechner",
                "rechnername",
                "nomdelordinateur",
                "equipo",
            ],
        ),
        (Field::Ip, &["ipaddress", "localip", "lastip", "ip", "ipaddresses", "ipv4address", "lastipaddress"]),
        (Field::Mac, &["macaddress", "mac", "macaddresses"]),
        (Field::Serial, &["serialnumber"]),
        (
            Field::Protection,
            &[
                "antivirusstatus",
                "antivirusenabled",
                "protectionstatus",
                "protection",
                "avstatus",
                "securitystatus",
                "onboardingstatus",
                "healthstatus",
                "health",
                "status",
                "defenderstatus",
                "malwareprotectionenabled",
                "sensorhealthstate",
                "sensorstate",
                "agentstatus",
                "schutzstatus",
                "status0",
                "productstatus",
                "amserviceenabled",
                "virenschutz",
                "antivirus",
                "protectionstate",
                "agenthealth",
            ],
        ),
        (
            Field::RealTime,
            &[
                "realtimeprotectionenabled",
                "realtimeprotection",
                "realtimescanning",
                "onaccessscanning",
                "realtimeprotectionstatus",
                "echtzeitschutz",
                "protectionentempsreel",
            ],
        ),
        (
            Field::Definitions,
            &[
                "antivirussignaturelastupdated",
                "signaturelastupdated",
                "definitionsdate",
                "lastupdated",
                "lastupdate",
                "definitiondate",
                "detectionenginedate",
                "lastsuccessfulupdate",
                "avsignaturelastupdated",
                "signaturedate",
            ],
        ),
        (Field::DefinitionsAge, &["antivirussignatureage", "signatureage", "definitionage"]),
        (
            Field::UpToDate,
            &[
                "uptodate",
                "isuptodate",
                "definitionsuptodate",
                "modulesuptodate",
                "signaturesuptodate",
                "aktuell",
            ],
        ),
        (
            Field::Overdue,
            &[
                "signatureupdateoverdue",
                "defendersignaturesoutofdate",
                "outofdate",
                "definitionsoutofdate",
                "antivirussignaturesoutofdate",
            ],
        ),
        (Field::Reduced, &["reducedfunctionalitymode", "rfm"]),
        (
            Field::Seen,
            &[
                "lastseen",
                "lastactive",
                "lastcontact",
                "lastconnected",
                "lastreporteddatetime",
                "lastcheckin",
                "lastcommunication",
                "lastconnection",
                "lastactivity",
                "lastreported",
                "zuletztgesehen",
                "derniereconnexion",
                "lastlogged",
            ],
        ),
        (Field::System, &["operatingsystem", "os", "osplatform", "osproductname"]),
        (Field::SystemVersion, &["osversion", "operatingsystemversion"]),
    ],
    needs: &[
        &[Field::Name, Field::Ip],
        &[Field::Protection, Field::RealTime, Field::UpToDate, Field::Reduced, Field::DefinitionsAge],
        &[
            Field::Seen,
            Field::RealTime,
            Field::Definitions,
            Field::DefinitionsAge,
            Field::UpToDate,
            Field::Overdue,
            Field::Reduced,
        ],
    ],
    telling: &[
        "realtimeprotectionenabled",
        "antivirussignatureage",
        "antivirussignaturelastupdated",
        "amserviceenabled",
        "sensorversion",
        "agentversion",
        "healthstatus",
        "onboardingstatus",
        "tamperprotection",
        "reducedfunctionalitymode",
        "signatureupdateoverdue",
        "antivirusstatus",
        "protectionstatus",
        "securityproduct",
        "quarantined",
    ],
};

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    table::read_named(request, rows, &SCHEMA, &mut read_line)
}

/// The worse counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    On,
    OutOfDate,
    Off,
    Absent,
}

impl State {
    const fn code(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::OutOfDate => "out-of-date",
            Self::Off => "off",
            Self::Absent => "absent",
        }
    }
}

fn read_line(line: &Line<'_>, rows: &mut Rows<'_>, subject: Subject) {
    line.tell(rows, subject, Field::System, FactKind::OperatingSystem);
    line.tell(rows, subject, Field::SystemVersion, FactKind::OperatingSystemVersion);
    line.tell_moment(rows, subject, Field::Seen, FactKind::EndpointProtectionSeen);
    let states = [named(line, rows), watching(line, rows), current(line, rows)];
    if let Some(state) = states.into_iter().flatten().max() {
        rows.fact(line.row, subject, FactKind::EndpointProtection, state.code());
    }
}

/// What the column of its state says.
fn named(line: &Line<'_>, rows: &mut Rows<'_>) -> Option<State> {
    let text = line.text(Field::Protection);
    if text.is_empty() {
        return None;
    }
    let state = state_of(text);
    if state.is_none() {
        line.error(
            rows,
            Field::Protection,
            "says in no known way whether protection is on: write on, off, out-of-date or absent",
        );
    }
    state
}

/// Whether it watches at all times, and with all that it can do.
fn watching(line: &Line<'_>, rows: &mut Rows<'_>) -> Option<State> {
    let watches = line.flag(Field::RealTime, rows);
    let reduced = line.flag(Field::Reduced, rows).map(|reduced| !reduced);
    [watches, reduced].into_iter().flatten().map(|on| if on { State::On } else { State::Off }).max()
}

/// Whether its definitions are current: it says so, or their age does.
fn current(line: &Line<'_>, rows: &mut Rows<'_>) -> Option<State> {
    let told = line.flag(Field::UpToDate, rows);
    let overdue = line.flag(Field::Overdue, rows).map(|overdue| !overdue);
    let by_age = line.text(Field::DefinitionsAge).parse::<i64>().ok().map(|days| days <= DAYS_CURRENT);
    let day = rows.request().observed_at.seconds();
    let by_date = line
        .moment(Field::Definitions, rows)
        .map(|renewed| day.saturating_sub(renewed.seconds()) <= DAYS_CURRENT * DAY);
    let answers = [told, overdue, by_age, by_date];
    answers.into_iter().flatten().map(|current| if current { State::On } else { State::OutOfDate }).max()
}

fn state_of(text: &str) -> Option<State> {
    let word = plain(text);
    Some(match word.as_str() {
        "on" | "enabled" | "active" | "running" | "normal" | "good" | "medium" | "ok" | "healthy"
        | "protected" | "updated" | "uptodate" | "onboarded" | "true" | "yes" | "clean" | "secure"
        | "aktiv" | "aktiviert" | "ein" | "geschutzt" | "actif" | "activo" | "compliant" | "managed"
        | "contained" => State::On,
        "off"
        | "disabled"
        | "inactive"
        | "stopped"
        | "notrunning"
        | "paused"
        | "unprotected"
        | "notprotected"
        | "false"
        | "no"
        | "nosensordata"
        | "impairedcommunication"
        | "impairedcommunications"
        | "misconfigured"
        | "inaktiv"
        | "deaktiviert"
        | "aus"
        | "inactif"
        | "inactivo"
        | "notactive"
        | "snoozed" => State::Off,
        "outofdate"
        | "notupdated"
        | "outdated"
        | "overdue"
        | "expired"
        | "veraltet"
        | "obsolete"
        | "needsupdate"
        | "definitionsoutofdate"
        | "signaturesoutofdate"
        | "updaterequired" => State::OutOfDate,
        "none" | "absent" | "missing" | "notinstalled" | "canbeonboarded" | "notonboarded" | "unmanaged"
        | "uninstalled" | "nichtinstalliert" | "keine" | "noninstalle" | "noinstalado" => State::Absent,
        _ => return None,
    })
}
