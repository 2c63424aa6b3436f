//! A file of each kind that can be imported, with the name wherever such a file may name somebody.

use std::path::Path;

use wardround_model::SourceKind;

use super::{NAME, name, put};

/// A seed of the fuzz targets; those of `lists` begin with a byte that chooses the kind.
fn seed(path: &str) -> Vec<u8> {
    let whole =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(path)).unwrap();
    if path.starts_with("lists/") { whole[1..].to_vec() } else { whole }
}

/// A seed with other texts in the place of some; `NAME` is the name.
fn with(path: &str, texts: &[(&str, &str)]) -> Vec<u8> {
    texts.iter().fold(seed(path), |bytes, (old, new)| {
        put(&bytes, old.as_bytes(), new.replace("NAME", NAME).as_bytes())
    })
}

fn behind(bytes: Vec<u8>, text: &str) -> Vec<u8> {
    [bytes, text.replace("NAME", NAME).into_bytes()].concat()
}

fn text(text: &str) -> Vec<u8> {
    text.replace("NAME", NAME).into_bytes()
}

/// A workbook whose sheets are stored as they are: the checksum of a changed sheet is changed with it.
fn workbook(path: &str, old: &str) -> Vec<u8> {
    let whole = seed(path);
    let place =
        |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).position(|window| window == text).unwrap();
    let (from, to) = (place(&whole, b"<worksheet>"), place(&whole, b"</worksheet>") + 12);
    let sheet = put(&whole[from..to], old.as_bytes(), name(old.len()).as_bytes());
    let sum = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    let changed = [&whole[..from], &sheet, &whole[to..]].concat();
    put(&changed, &sum(&whole[from..to]), &sum(&sheet))
}

/// A file of this kind with the name in it; none of kinds that are not imported.
pub(super) fn listed(kind: SourceKind) -> Option<Vec<u8>> {
    Some(match kind {
        // Captures have a test of their own (`wire`), flow records carry no text, and answers to questions come as no file.
        SourceKind::Capture | SourceKind::Flows | SourceKind::Asked => return None,
        SourceKind::DirectoryComputers => text(
            "Name;DNSHostName;OperatingSystem;OperatingSystemVersion;LastLogonDate;Enabled;IPv4Address;ManagedBy;Description;DistinguishedName\n\
             NAME-PC;NAME.klinik.example;Windows Server 2012 R2;6.3 (9600);20.11.2026 03:12:44;True;10.20.1.5;CN=NAME;Room of NAME;CN=NAME-PC,OU=NAME,DC=klinik,DC=example\n",
        ),
        SourceKind::DirectoryAccounts => text(
            "DistinguishedName,Enabled,LastLogonDate,MemberOf,PasswordLastSet,PasswordNeverExpires,SamAccountName,UserPrincipalName,DisplayName,Mail\n\
             \"CN=NAME,DC=klinik,DC=example\",True,11/20/2026 8:01:02 AM,\"CN=Domain Admins,CN=Users\",1/2/2019 10:00:00 AM,True,NAME,NAME@klinik.example,NAME,NAME@klinik.example\n",
        ),
        SourceKind::SecondFactors => text(
            "userPrincipalName,userDisplayName,isAdmin,isMfaRegistered,methodsRegistered\nNAME@klinik.example,NAME,True,False,\n",
        ),
        SourceKind::SoftwareList => text(
            "Computer Name,DisplayName,DisplayVersion,Publisher,User,InstallSource\nNAME-PC,OpenSSL,1.1.1k,OpenSSL Team,NAME,C:\\Users\\NAME\n",
        ),
        SourceKind::Dpkg => {
            [text("Linux NAME 6.1.0-18-amd64 #1 SMP NAME@builder x86_64 GNU/Linux\n"), seed("lists/dpkg")]
                .concat()
        }
        SourceKind::Rpm => [
            text("Linux NAME 5.14.0-427.el9.x86_64 #1 SMP NAME@builder x86_64 GNU/Linux\n"),
            seed("lists/rpm"),
        ]
        .concat(),
        SourceKind::Apk => with(
            "lists/apk",
            &[("Linux host", "Linux NAME"), ("o:musl", "m:NAME <NAME@example.org>\no:musl")],
        ),
        SourceKind::Winget => [text("PS C:\\Users\\NAME> winget list\n"), seed("lists/winget")].concat(),
        SourceKind::Wmic => with(
            "lists/systeminfo",
            &[
                ("PACS01", "NAME-PC"),
                (
                    "OS Name:",
                    "Registered Owner:          NAME\r\nLogon Server:              \\\\NAME\r\nOS Name:",
                ),
            ],
        ),
        SourceKind::MissingUpdates => text(
            "Computername,UpdateTitle,UpdateKB,UpdateInstallationState,User\nNAME-PC,Update (KB5034441),5034441,NotInstalled,NAME\n",
        ),
        SourceKind::EndpointProtection => text(
            "PSComputerName,AntivirusEnabled,RealTimeProtectionEnabled,AntivirusSignatureAge,LoggedOnUser\nNAME-PC,True,True,1,NAME\n",
        ),
        SourceKind::BackupJobs => text(
            "Job Name,VM Name,Status,Start Time,End Time,Owner,Details\nNAME,NAME-PC,Success,11/19/2026 1:00:00 AM,11/19/2026 2:00:00 AM,NAME,NAME\n",
        ),
        SourceKind::IscLeases => with(
            "lists/isc",
            &[
                ("CT-2", "NAME"),
                (
                    "binding state active;",
                    "binding state active;\n  uid \"NAME\";\n  set ddns-fwd-name = \"NAME.klinik.example\";",
                ),
            ],
        ),
        SourceKind::KeaLeases => text(
            "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n10.20.3.7,00:1b:2c:03:4e:5f,,3600,1795393200,1,0,0,NAME.klinik.example,0,NAME\n",
        ),
        SourceKind::DnsmasqLeases => with("lists/dnsmasq", &[("CT-2", "NAME")]),
        SourceKind::WindowsLeases => text(
            "IPAddress,ScopeId,ClientId,HostName,AddressState,LeaseExpiryTime,Description\n10.20.3.7,10.20.3.0,00-1b-2c-03-4e-5f,NAME.klinik.example,Active,11/27/2026 8:00:00 AM,NAME\n",
        ),
        SourceKind::ArpTable => behind(seed("lists/arp"), "NAME (10.20.3.9) at 0:1b:2c:3:4e:61 on em0\n"),
        SourceKind::MacTable => {
            behind(seed("lists/macs"), "  20    001b.2c03.4e60    DYNAMIC     Gi1/0/6  NAME\n")
        }
        SourceKind::Inventory => text(
            "Asset Tag|Device Description|Manufacturer|Model|Serial Number|Status|Last PM Date|Assigned To|Responsible|Patient|Notes\nBM-1|Infusion Pumps|Example|IP-200|SN1|In Use|2026-05-04|NAME|NAME|NAME|Used by NAME\n",
        ),
        SourceKind::Nmap => with(
            "nmap/hosts",
            &[
                ("ct-2.example.org", "NAME.example.org"),
                ("name=\"typed\"", "name=\"NAME\""),
                ("Subject: commonName=ct-2", "Subject: commonName=NAME/emailAddress=NAME@example.org"),
                (
                    "<elem key=\"commonName\">ct-2</elem>",
                    "<elem key=\"commonName\">NAME</elem><elem key=\"emailAddress\">NAME@example.org</elem>",
                ),
                ("id=\"vulners\" output=\"...\"", "id=\"smb-enum-users\" output=\"NAME\""),
            ],
        ),
        SourceKind::Nessus => with(
            "nessus/wards",
            &[
                ("Erika Mustermann", "NAME"),
                ("PACS01", "NAME-PC"),
                ("name=\"Wards\"", "name=\"NAME\""),
                ("<policyName>Basic", "<policyName>NAME"),
            ],
        ),
        SourceKind::OpenVas => with(
            "openvas/report",
            &[
                ("Erika", "NAME"),
                ("<name>admin</name>", "<name>NAME</name>"),
                ("lis-1.example.org", "NAME.example.org"),
            ],
        ),
        SourceKind::CycloneDx => with(
            "cyclonedx/json",
            &[(
                "\"metadata\": {",
                "\"metadata\": {\"authors\": [{\"name\": \"NAME\", \"email\": \"NAME@example.org\"}], \"supplier\": {\"name\": \"Aldermed\", \"contact\": [{\"name\": \"NAME\", \"phone\": \"NAME\"}]}, ",
            )],
        ),
        SourceKind::Spdx => with(
            "spdx/tag-value",
            &[
                (
                    "Created: 2026",
                    "Creator: Person: NAME (NAME@example.org)\nCreatorComment: <text>NAME</text>\nCreated: 2026",
                ),
                (
                    "PackageName: busybox",
                    "PackageName: busybox\nPackageOriginator: Person: NAME\nPackageComment: <text>NAME</text>",
                ),
            ],
        ),
        SourceKind::Mds2 => workbook("mds2/workbook", "Display?"),
        SourceKind::IptablesRules => with(
            "lists/iptables",
            &[
                ("-A WARD -m", "-A WARD -m comment --comment \"for NAME\" -m"),
                ("*filter", "# made by NAME@firewall\n*filter"),
            ],
        ),
        SourceKind::CiscoRules => [
            text("hostname NAME\nusername NAME password 0 NAME\nsnmp-server contact NAME\n"),
            with(
                "lists/cisco",
                &[
                    ("access-list A", "access-list A remark for NAME\naccess-list A"),
                    ("object-group network G\n", "object-group network G\n description of NAME\n"),
                ],
            ),
        ]
        .concat(),
        SourceKind::RuleList => text(
            "Rule Name,Source,Destination,Protocol,Port,Action,Enabled,Owner,Comment\nNAME,10.20.0.0/16,10.20.3.7,tcp,104,allow,yes,NAME,asked for by NAME\n",
        ),
        SourceKind::Vex => with(
            "vex/openvex",
            &[
                ("\"author\": \"Aldermed\"", "\"author\": \"NAME\", \"role\": \"NAME\""),
                (
                    "\"status\": \"not_affected\"",
                    "\"status\": \"not_affected\", \"status_notes\": \"NAME\", \"impact_statement\": \"NAME\"",
                ),
            ],
        ),
        SourceKind::Zeek => text(
            "#separator \\x09\n#path\thttp\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tmethod\thost\turi\treferrer\tuser_agent\tusername\tpassword\tserver_name\n\
             1795420800.5\tC1\t10.20.1.5\t50001\t10.20.3.7\t80\tGET\tNAME.example\t/NAME?n=NAME\thttp://NAME/\tNAME/1.0\tNAME\tNAME\tApache/2.4.49\n",
        ),
        SourceKind::Eve => behind(
            seed("eve/flow.json"),
            concat!(
                "{\"timestamp\":\"2026-11-23T08:00:06.000001+0000\",\"event_type\":\"http\",\"src_ip\":\"10.20.1.5\",\"src_port\":50002,\"dest_ip\":\"10.20.3.7\",\"dest_port\":80,\"proto\":\"TCP\",",
                "\"http\":{\"hostname\":\"NAME.example\",\"url\":\"/NAME?n=NAME\",\"http_user_agent\":\"NAME/1.0\",\"http_refer\":\"http://NAME/\",\"http_method\":\"GET\"}}\n",
                "{\"timestamp\":\"2026-11-23T08:00:07.000001+0000\",\"event_type\":\"smtp\",\"src_ip\":\"10.20.1.5\",\"src_port\":50003,\"dest_ip\":\"10.20.3.7\",\"dest_port\":25,\"proto\":\"TCP\",",
                "\"smtp\":{\"helo\":\"NAME\",\"mail_from\":\"NAME@example.org\"},\"email\":{\"from\":\"NAME\",\"subject\":\"NAME\"}}\n",
            ),
        ),
    })
}
