use wardround_model::{AccountId, FactKind, ListedId, SourceKind, Subject};

use crate::recognise;
use crate::table::tests::{imported, values};
use crate::told::errors;

/// `Get-ADComputer -Filter * -Properties * | Select ... | Export-Csv -Delimiter ";"`, on a German server.
const COMPUTERS_GERMAN: &str = r#""Name";"DNSHostName";"OperatingSystem";"OperatingSystemVersion";"LastLogonDate";"Enabled";"IPv4Address";"WhenCreated"
"PACS01";"pacs01.klinik.example";"Windows Server 2012 R2 Standard";"6.3 (9600)";"20.11.2026 03:12:44";"True";"10.20.1.5";"01.02.2015 10:00:00"
"OP-WS-3";"op-ws-3.klinik.example";"Windows 7 Professional";"6.1 (7601)";"03.04.2023 08:00:00";"False";"";"01.02.2012 10:00:00"
"#;
/// `csvde -f computers.csv -r "(objectClass=computer)"`.
const COMPUTERS_CSVDE: &str = r#"DN,objectClass,cn,distinguishedName,operatingSystem,operatingSystemVersion,userAccountControl,lastLogonTimestamp,dNSHostName,sAMAccountName
"CN=PACS01,OU=Server,DC=klinik,DC=example",computer,PACS01,"CN=PACS01,OU=Server,DC=klinik,DC=example",Windows Server 2012 R2 Standard,6.3 (9600),4096,134085208890000000,pacs01.klinik.example,PACS01$
"CN=OP-WS-3,OU=OP,DC=klinik,DC=example",computer,OP-WS-3,"CN=OP-WS-3,OU=OP,DC=klinik,DC=example",Windows 7 Professional,6.1 (7601),4098,0,,OP-WS-3$
"#;

#[test]
fn computers_of_a_german_server() {
    let found = imported("AD-Computer.csv", COMPUTERS_GERMAN.as_bytes());
    assert_eq!(found.kind, SourceKind::DirectoryComputers);
    assert_eq!((found.rows, errors(&found)), (2, vec![]));
    let facts = values(&found);
    for fact in [
        "os.name Windows Server 2012 R2 Standard",
        "os.version 6.3.9600",
        "directory.computer-logon 2026-11-20T03:12:44Z",
        "directory.computer-logon 2023-04-03T08:00:00Z",
        "directory.computer-enabled no",
        "list.name pacs01.klinik.example",
    ] {
        assert!(facts.contains(&fact.to_owned()), "{fact}: {facts:#?}");
    }
    // The name without an address is what the second row is told by.
    assert!(found.observations.iter().any(|o| o.subject == Subject::Listed(ListedId::of_name("op-ws-3"))));
}

#[test]
fn computers_of_csvde() {
    let found = imported("computers.csv", COMPUTERS_CSVDE.as_bytes());
    assert_eq!((found.kind, found.rows, errors(&found)), (SourceKind::DirectoryComputers, 2, vec![]));
    let server = Subject::Listed(ListedId::of_name("PACS01"));
    let about = |kind| {
        let is = |o: &&wardround_model::Observation| o.subject == server && o.fact.kind() == kind;
        found.observations.iter().find(is).map(|o| o.fact.value().to_owned())
    };
    assert_eq!(about(FactKind::ComputerEnabled).as_deref(), Some("yes"));
    assert_eq!(about(FactKind::ComputerLogon).as_deref(), Some("2025-11-25T05:08:09Z"));
    assert!(values(&found).contains(&"directory.computer-enabled no".to_owned()));
}

#[test]
fn computers_of_the_console() {
    let text = "Name\tType\tDescription\r\nCT-2\tComputer\tRadiology\r\nDomain Users\tSecurity Group - Global\t\r\nPACS01\tComputer\t\r\n";
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let found = imported("export.txt", &utf16);
    assert_eq!(found.kind, SourceKind::DirectoryComputers);
    assert_eq!(values(&found).iter().filter(|fact| fact.starts_with("list.name")).count(), 2, "{found:?}");
}

/// `Get-ADUser -Filter * -Properties * | Export-Csv -NoTypeInformation`, on a server in the United States.
const ACCOUNTS: &str = r#""DistinguishedName","Enabled","LastLogonDate","MemberOf","Name","ObjectClass","PasswordLastSet","PasswordNeverExpires","PasswordNotRequired","SamAccountName","ServicePrincipalNames","UserPrincipalName"
"CN=Erika Muster,OU=Staff,DC=klinik,DC=example","True","11/20/2026 8:01:02 AM","CN=Domain Admins,CN=Users,DC=klinik,DC=example;CN=Ward 3,DC=klinik,DC=example","Erika Muster","user","1/2/2019 10:00:00 AM","True","False","emuster","","emuster@klinik.example"
"CN=svc-pacs,OU=Services,DC=klinik,DC=example","True","11/21/2026 4:00:00 PM","","svc-pacs","user","3/4/2014 9:00:00 AM","True","True","svc-pacs","MSSQLSvc/pacs01.klinik.example:1433",""
"#;

#[test]
fn accounts_of_an_american_server() {
    let found = imported("users.csv", ACCOUNTS.as_bytes());
    assert_eq!((found.kind, found.rows, errors(&found)), (SourceKind::DirectoryAccounts, 2, vec![]));
    let directory = ListedId::of_name("klinik.example");
    let erika = Subject::Account(AccountId::of(directory, "emuster"));
    let facts: Vec<String> = found
        .observations
        .iter()
        .filter(|o| o.subject == erika)
        .map(|o| format!("{} {}", o.fact.kind().code(), o.fact.value()))
        .collect();
    assert_eq!(
        facts,
        [
            format!("account.directory {directory}"),
            "account.enabled yes".to_owned(),
            "account.logon 2026-11-20T08:01:02Z".to_owned(),
            "account.password-set 2019-01-02T10:00:00Z".to_owned(),
            "account.password-forever yes".to_owned(),
            "account.password-not-needed no".to_owned(),
            "account.privilege domain-admins".to_owned(),
        ]
    );
    assert!(values(&found).contains(&"account.is-service yes".to_owned()));
    assert!(values(&found).contains(&"list.class account-directory".to_owned()));
}

#[test]
fn groups_that_were_not_exported_are_an_error_once() {
    let row = "True,Microsoft.ActiveDirectory.Management.ADPropertyValueCollection,";
    let text = format!("Enabled,MemberOf,SamAccountName\n{row}a\n{row}b\n");
    assert_eq!(
        errors(&imported("users.csv", text.as_bytes())),
        [
            "2 MemberOf: holds no groups but the name of a type: export @{n='MemberOf';e={$_.MemberOf -join ';'}}"
        ]
    );
}

#[test]
fn an_address_of_two_names_leads_to_none() {
    let text = "Name,OperatingSystem,Enabled,IPv4Address\nPACS01,Windows Server 2019,True,10.1.2.3\nOLD1,Windows 7,True,10.1.2.3\nCT-2,Windows 10,True,10.1.2.4\n";
    let found = imported("computers.csv", text.as_bytes());
    assert_eq!(
        errors(&found),
        [
            "3 ip: is the address of several names in this list, so it is used for none of them: renew the entries"
        ]
    );
    let addresses: Vec<String> = found
        .observations
        .iter()
        .filter(|o| o.subject.ip().is_some())
        .map(|o| o.subject.to_string())
        .collect();
    assert_eq!(addresses, ["10.1.2.4"]);
}

#[test]
fn no_name_of_an_account_is_kept() {
    let found = imported("users.csv", ACCOUNTS.as_bytes());
    let all = format!("{found:?}").to_lowercase();
    assert!(!all.contains("erika") && !all.contains("muster") && !all.contains("svc-pacs"), "{all}");
}

#[test]
fn accounts_of_csvde_and_of_entra() {
    let csvde = "DN,objectClass,sAMAccountName,userAccountControl,pwdLastSet,lastLogonTimestamp,adminCount,memberOf\n\
        \"CN=x,DC=klinik,DC=example\",user,x,66050,134085208890000000,0,1,\"CN=Dom\u{e4}nen-Admins,CN=Users,DC=klinik,DC=example\"\n";
    let found = imported("users.csv", csvde.as_bytes());
    let facts = values(&found);
    assert_eq!(found.kind, SourceKind::DirectoryAccounts);
    for fact in [
        "account.enabled no",
        "account.password-forever yes",
        "account.password-not-needed no",
        "account.privilege domain-admins",
        "account.privilege protected-group",
        "account.password-set 2025-11-25T05:08:09Z",
    ] {
        assert!(facts.contains(&fact.to_owned()), "{fact}: {facts:#?}");
    }
    let entra = "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,accountEnabled,creationType\n\
        x@klinik.example,X Y,Y,x@klinik.example,X,6f1c,Member,,True,\n";
    let found = imported("exportUsers_2026-11-23.csv", entra.as_bytes());
    assert_eq!((found.kind, found.rows_failed), (SourceKind::DirectoryAccounts, 0));
    let account = Subject::Account(AccountId::of(ListedId::of_name("klinik"), "x"));
    assert!(
        found.observations.iter().any(|o| o.subject == account && o.fact.kind() == FactKind::AccountEnabled)
    );
}

#[test]
fn second_factors_of_three_tenants() {
    let entra = "id,userPrincipalName,userDisplayName,isAdmin,isMfaRegistered,isMfaCapable,methodsRegistered\n\
        1,a@klinik.example,A,True,True,True,\"microsoftAuthenticatorPush,softwareOneTimePasscode\"\n\
        2,b@klinik.example,B,False,False,False,email\n";
    let microsoft = "DisplayName,UserPrincipalName,MFA Status,Default MFA Method\nA,a@klinik.example,Enforced,PhoneAppNotification\n\
        B,b@klinik.example,Disabled,\n";
    let google = "First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY],2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY]\n\
        A,A,a@klinik.example,Active,True,True\nB,B,b@klinik.example,Active,False,False\n";
    for (text, first) in [(entra, "registered"), (microsoft, "on"), (google, "on")] {
        assert_eq!(recognise("x.csv", text.as_bytes()).unwrap().kind, SourceKind::SecondFactors, "{text}");
        let found = imported("x.csv", text.as_bytes());
        assert_eq!(errors(&found), Vec::<String>::new());
        let state = |name| {
            let account = Subject::Account(AccountId::of(ListedId::of_name("klinik"), name));
            let is = |o: &&wardround_model::Observation| {
                o.subject == account && o.fact.kind() == FactKind::AccountSecondFactor
            };
            found.observations.iter().find(is).map(|o| o.fact.value().to_owned())
        };
        assert_eq!((state("a").as_deref(), state("b").as_deref()), (Some(first), Some("off")), "{text}");
    }
}
