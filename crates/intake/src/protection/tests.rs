use wardround_model::SourceKind;

use crate::table::tests::{imported, values};
use crate::told::errors;

fn has(name: &str, text: &str, kind: SourceKind, expected: &[&str]) {
    let found = imported(name, text.as_bytes());
    assert_eq!((found.kind, errors(&found)), (kind, vec![]), "{name}");
    let values = values(&found);
    let told: Vec<&String> =
        values.iter().filter(|value| !value.starts_with("list.") && !value.starts_with("address.")).collect();
    assert_eq!(told, expected, "{name}");
}

#[test]
fn missing_updates_of_four_tools() {
    has(
        "wsus.csv",
        "Computername,UpdateTitle,TargetGroup,UpdateKB,UpdateInstallationState\n\
        PACS01,2024-01 Cumulative Update (KB5034441),Servers,5034441,NotInstalled\n\
        PACS01,2023-12 Cumulative Update (KB5033371),Servers,5033371,Installed\n\
        PACS01,Old one,Servers,4012212,NotApplicable\n",
        SourceKind::MissingUpdates,
        &["software.installed-update KB5033371", "software.missing-update KB5034441"],
    );
    has(
        "sccm.csv",
        "Netbios_Name0,Title,ArticleID,BulletinID,Status,LastScanTime\nPACS01,Security Update,5034441,,Update is required,11/20/2026 3:00:00 AM\n",
        SourceKind::MissingUpdates,
        &["software.missing-update KB5034441", "software.updates-checked 2026-11-20T03:00:00Z"],
    );
    has(
        "wu.csv",
        "\"ComputerName\",\"Status\",\"KB\",\"Size\",\"Title\"\n\"PACS01\",\"-------\",\"KB5034441\",\"50MB\",\"2024-01 Security Update (KB5034441)\"\n",
        SourceKind::MissingUpdates,
        &["software.missing-update KB5034441"],
    );
    has(
        "defender.csv",
        "deviceName,osPlatform,osVersion,recommendedSecurityUpdate,recommendedSecurityUpdateId,severity\npacs01.klinik.example,WindowsServer2019,10.0.17763.1,January 2024 Security Updates,5034768,High\n",
        SourceKind::MissingUpdates,
        &["os.name WindowsServer2019", "os.version 10.0.17763.1", "software.missing-update KB5034768"],
    );
}

#[test]
fn an_update_without_a_number_is_an_error() {
    let found = imported(
        "wsus.csv",
        b"Computername,UpdateTitle,UpdateKB,UpdateInstallationState\nPACS01,Driver,,NotInstalled\nPACS01,Driver,5034441,perhaps\nPACS01,Driver,5034441,\n",
    );
    assert_eq!(
        errors(&found),
        [
            "2 UpdateKB: names no number of an update such as KB5034441: export the KB or article column",
            "3 UpdateInstallationState: is no known state of an update: write missing or installed",
            "4 UpdateInstallationState: is no known state of an update: write missing or installed",
        ]
    );
}

#[test]
fn endpoint_protection_of_five_tools() {
    has(
        "mp.csv",
        "\"PSComputerName\",\"AMServiceEnabled\",\"AntivirusEnabled\",\"RealTimeProtectionEnabled\",\"AntivirusSignatureAge\"\n\
        \"PACS01\",\"True\",\"True\",\"True\",\"1\"\n\"PACS02\",\"True\",\"True\",\"False\",\"0\"\n\"PACS03\",\"True\",\"True\",\"True\",\"40\"\n",
        SourceKind::EndpointProtection,
        &["protection.state off", "protection.state on", "protection.state out-of-date"],
    );
    has(
        "devices.csv",
        "Device Name,OS Platform,Health Status,Onboarding Status,Last Seen,Antivirus status\n\
        pacs01,Windows10,Active,Onboarded,2026-11-20T08:00:00Z,Not updated\npacs02,Windows10,,Can be onboarded,,\n",
        SourceKind::EndpointProtection,
        &[
            "os.name Windows10",
            "protection.seen 2026-11-20T08:00:00Z",
            "protection.state absent",
            "protection.state out-of-date",
        ],
    );
    has(
        "crowdstrike.csv",
        "Hostname,Last Seen,Platform,OS Version,Status,Sensor Version,Local IP,MAC Address,Serial Number,Reduced Functionality Mode\n\
        PACS01,2026-11-20T08:00:00Z,Windows,10.0.17763,Normal,7.18,10.1.2.3,00-1b-2c-03-4e-5f,SN1,No\n",
        SourceKind::EndpointProtection,
        &["os.version 10.0.17763", "protection.seen 2026-11-20T08:00:00Z", "protection.state on"],
    );
    has(
        "sophos.csv",
        "Name,Online,Last Active,Health Status,Up to date\nPACS01,Yes,\"Nov 20, 2026 8:00 AM\",Good,No\n",
        SourceKind::EndpointProtection,
        &["protection.seen 2026-11-20T08:00:00Z", "protection.state out-of-date"],
    );
    has(
        "eset.csv",
        "Computer name;Status;Last connected;Security product\nPACS01;OK;2026 Nov 20 08:00:00;ESET Server Security\n",
        SourceKind::EndpointProtection,
        &["protection.seen 2026-11-20T08:00:00Z", "protection.state on"],
    );
}

#[test]
fn backups_of_three_tools_and_a_list_of_restores() {
    has(
        "veeam.csv",
        "Job Name,VM Name,Status,Start Time,End Time\nNightly,PACS01,Success,11/19/2026 1:00:00 AM,11/19/2026 2:00:00 AM\n\
        Nightly,PACS01,Failed,11/20/2026 1:00:00 AM,11/20/2026 2:00:00 AM\nNightly,PACS01,Running,11/21/2026 1:00:00 AM,\n",
        SourceKind::BackupJobs,
        &["backup.done 2026-11-19T02:00:00Z", "backup.state failed"],
    );
    has(
        "wsb.csv",
        "\"PSComputerName\",\"LastSuccessfulBackupTime\",\"LastBackupTime\",\"LastBackupResultHR\"\n\"PACS01\",\"2026-11-19 02:00:00\",\"2026-11-19 02:00:00\",\"0\"\n",
        SourceKind::BackupJobs,
        &["backup.done 2026-11-19T02:00:00Z", "backup.state done"],
    );
    has(
        "bacula.csv",
        "jobid,client,starttime,type,level,jobfiles,jobbytes,jobstatus\n1,pacs01-fd,2026-11-19 02:00:00,B,F,10,100,T\n",
        SourceKind::BackupJobs,
        &["backup.done 2026-11-19T02:00:00Z", "backup.state done"],
    );
    has(
        "restores.csv",
        "Server;Last backup;Last restore test;Offline\nPACS01;19.11.2026;03.04.2026;ja\n",
        SourceKind::BackupJobs,
        &["backup.offline yes", "backup.restore-tried 2026-04-03T00:00:00Z"],
    );
}
