//! Backup jobs: reports of Veeam, Windows Server Backup (`Get-WBSummary`), Bacula and the like, and a hospital's own list of restores.

use std::collections::BTreeMap;

use wardround_model::{FactKind, SourceKind, Subject, Timestamp};

use crate::table::{self, Field, Line, Schema, plain};
use crate::{ImportError, Request, Row, Rows};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::BackupJobs,
    columns: &[
        (
            Field::Name,
            &[
                "vmname",
                "objectname",
                "machinename",
                "pscomputername",
                "computername",
                "computer",
                "server",
                "servername",
                "clientname",
                "client",
                "hostname",
                "host",
                "machine",
                "protectedcomputer",
                "workload",
                "vm",
                "object",
                "agent",
                "system",
                "rechner",
                "serveur",
                "servidor",
                "name",
                "jobname",
                "job",
            ],
        ),
        (Field::Ip, &["ipaddress", "ip"]),
        (
            Field::Result,
            &[
                "lastresult",
                "result",
                "jobstatus",
                "jobresult",
                "laststatus",
                "lastbackupresulthr",
                "lastbackupstatus",
                "status",
                "outcome",
                "ergebnis",
                "resultat",
                "resultado",
                "state",
                "backupstatus",
            ],
        ),
        (
            Field::LastGood,
            &[
                "lastsuccessfulbackuptime",
                "lastsuccess",
                "lastsuccessfulbackup",
                "lastgoodbackup",
                "letztesbackup",
                "letztesicherung",
                "dernieresauvegarde",
            ],
        ),
        (
            Field::Ended,
            &[
                "endtime",
                "lastbackuptime",
                "lastbackup",
                "lastrun",
                "finishtime",
                "end",
                "stoptime",
                "completiontime",
                "endtimestamp",
                "lastruntime",
                "creationtime",
                "starttime",
                "start",
                "ende",
                "endzeit",
                "fin",
                "date",
                "datum",
            ],
        ),
        (
            Field::RestoreTried,
            &[
                "lastrestoretest",
                "restoretested",
                "lastrestore",
                "restoretest",
                "lastrecoverytest",
                "surebackup",
                "letzterrestoretest",
                "letztewiederherstellung",
                "rucksicherungstest",
            ],
        ),
        (
            Field::Offline,
            &[
                "offline",
                "offlinecopy",
                "immutable",
                "airgapped",
                "isimmutable",
                "unveranderlich",
                "horsligne",
            ],
        ),
    ],
    needs: &[
        &[Field::Name, Field::Ip],
        &[Field::Result, Field::LastGood, Field::RestoreTried],
        &[Field::Ended, Field::LastGood, Field::RestoreTried],
    ],
    telling: &[
        "jobname",
        "jobstatus",
        "vmname",
        "lastsuccessfulbackuptime",
        "lastbackuptime",
        "jobtype",
        "jobbytes",
        "backupsize",
        "repository",
        "restoretested",
        "lastbackup",
        "immutable",
        "restorepoints",
        "level",
    ],
};

/// How a job ended; the worse is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Done,
    None,
    Failed,
}

impl Outcome {
    const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::None => "none",
            Self::Failed => "failed",
        }
    }
}

/// The last job of a system: a later end counts, of jobs that end together the worse outcome.
type Last = BTreeMap<Subject, (Option<Timestamp>, Outcome, Row)>;

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let mut last = Last::new();
    table::read_named(request, rows, &SCHEMA, &mut |line, rows, subject| {
        read_line(line, rows, subject, &mut last);
    })?;
    for (subject, (_, outcome, row)) in last {
        rows.fact(row, subject, FactKind::Backup, outcome.code());
    }
    Ok(())
}

fn read_line(line: &Line<'_>, rows: &mut Rows<'_>, subject: Subject, last: &mut Last) {
    line.tell_moment(rows, subject, Field::LastGood, FactKind::BackupDone);
    line.tell_moment(rows, subject, Field::RestoreTried, FactKind::RestoreTried);
    line.tell_flag(rows, subject, Field::Offline, FactKind::BackupOffline);
    let ended = line.moment(Field::Ended, rows);
    let text = line.text(Field::Result);
    let outcome = match outcome_of(text) {
        Told::Outcome(outcome) => outcome,
        // A job that still runs says nothing yet.
        Told::Running => return,
        Told::Unknown if text.is_empty() => return,
        Told::Unknown => {
            return line.error(
                rows,
                Field::Result,
                "is no known outcome of a job: write done, failed or none",
            );
        }
    };
    if outcome == Outcome::Done
        && let Some(ended) = ended
    {
        rows.moment(line.row, subject, FactKind::BackupDone, ended);
    }
    let new = (ended, outcome, line.row);
    let known = last.entry(subject).or_insert(new);
    if (new.0, new.1) > (known.0, known.1) {
        *known = new;
    }
}

enum Told {
    Outcome(Outcome),
    Running,
    Unknown,
}

/// Words of several tools, and the letters of Bacula (`T`, `W`, `f`, `E`, `A`); a warning is a backup that was made.
fn outcome_of(text: &str) -> Told {
    if matches!(text, "T" | "W") {
        return Told::Outcome(Outcome::Done);
    }
    if matches!(text, "f" | "E" | "e" | "A" | "B") {
        return Told::Outcome(Outcome::Failed);
    }
    match plain(text).as_str() {
        "success"
        | "successful"
        | "succeeded"
        | "completed"
        | "ok"
        | "done"
        | "warning"
        | "warnings"
        | "completedwithwarnings"
        | "0"
        | "backupok"
        | "erfolgreich"
        | "erfolg"
        | "warnung"
        | "reussi"
        | "succes"
        | "avertissement"
        | "correcto"
        | "exito"
        | "finished"
        | "completedsuccessfully"
        | "terminated" => Told::Outcome(Outcome::Done),
        "failed"
        | "failure"
        | "error"
        | "errors"
        | "fatal"
        | "aborted"
        | "canceled"
        | "cancelled"
        | "missed"
        | "fehlgeschlagen"
        | "fehler"
        | "abgebrochen"
        | "echec"
        | "erreur"
        | "fallido"
        | "fallo"
        | "completedwitherrors"
        | "partial" => Told::Outcome(Outcome::Failed),
        "none" | "never" | "nobackup" | "notrun" | "neverrun" | "keine" | "nie" | "disabled"
        | "notprotected" | "unprotected" | "jamais" => Told::Outcome(Outcome::None),
        "running" | "inprogress" | "working" | "pending" | "r" | "c" | "lauft" | "encours" | "queued" => {
            Told::Running
        }
        // A code of Windows that is not 0 is an error.
        code if code.len() >= 3 && code.bytes().all(|b| b.is_ascii_digit()) => Told::Outcome(Outcome::Failed),
        _ => Told::Unknown,
    }
}
