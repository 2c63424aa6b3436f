//! What every hospital already has: lists to a round, alone and beside traffic.

use serde_json::Value;

use crate::canaries::{assert_clean, files};
use crate::program::{Place, assert_fails, clinic, error};

const COMPUTERS: &str = "\
Name,DNSHostName,OperatingSystem,OperatingSystemVersion,Enabled,LastLogonDate,IPv4Address
DC01,dc01.klinik.example,Windows Server 2012 R2 Standard,6.3 (9600),True,2026-11-20,10.20.1.5
PACS01,pacs01.klinik.example,Windows Server 2019 Standard,10.0 (17763),True,2026-11-21,10.20.2.10
MARYS-LAPTOP,marys-laptop.klinik.example,Windows 10 Enterprise,10.0 (19045),True,2026-11-22,
OLD-PC,old-pc.klinik.example,Windows 7 Professional,6.1 (7601),False,2019-01-01,
";

const ACCOUNTS: &str = "\
SamAccountName,UserPrincipalName,Enabled,LastLogonDate,PasswordNeverExpires,PasswordLastSet,MemberOf
erika.mustermann,erika.mustermann@klinik.example,True,2024-01-02,True,2019-02-03,\"CN=Domain Admins,CN=Users,DC=klinik,DC=example\"
zbigniew.qwertz,zbigniew.qwertz@klinik.example,True,2026-11-20,False,2026-10-03,
";

const INVENTORY: &str = "\
Inventory number,Type,Manufacturer,Model,Serial number,IP address,MAC address,Department,Software version,Status
4711,Infusion pump,B. Braun,SpaceCom,SN123,,00:12:21:00:00:01,ICU,012U000050,in use
4712,Infusion pump,B. Braun,SpaceCom,SN124,,,ICU,012U000050,in use
4713,Patient monitor,Philips,IntelliVue MX800,SN9,10.20.3.7,,ICU,,in use
4714,Payroll server,Dell,PowerEdge R740,SN77,,,Administration,,in use
4715,Ventilator,Example,Breeze,SN78,,,ICU,,retired
";

/// `dnsmasq.leases`: expiry, card, address, name.
const LEASES: &str = "\
1795600000 00:12:21:00:00:01 10.20.3.9 pump-1 *
1795600000 f4:4d:30:11:22:33 10.20.5.5 MARYS-LAPTOP 01:f4:4d:30:11:22:33
";

const ALL: [(&str, &str); 4] = [
    ("computers.csv", COMPUTERS),
    ("accounts.csv", ACCOUNTS),
    ("inventory.csv", INVENTORY),
    ("dnsmasq.leases", LEASES),
];

/// The lists, imported in this order.
fn imported(order: [usize; 4]) -> Place {
    let place = Place::new();
    for at in order {
        let (name, text) = ALL[at];
        place.file(name, text.as_bytes());
        place.ok(&["import", name, "--day", "2026-11-23"]);
    }
    place
}

fn round(place: &Place, more: &[&str]) -> Value {
    let words = [&["round", "--format", "json", "--as-of", "2026-11-24T00:00:00Z"], more].concat();
    serde_json::from_str(&place.ok(&words)).unwrap()
}

fn asset<'a>(round: &'a Value, title: &str) -> &'a Value {
    let all = round["assets"].as_array().unwrap();
    let titles: Vec<&str> = all.iter().map(|asset| asset["title"].as_str().unwrap()).collect();
    let found = titles.iter().position(|known| known.contains(title));
    assert!(found.is_some(), "no {title} in {titles:?}");
    &all[found.unwrap()]
}

#[test]
fn lists_alone_give_a_round_of_all_parts_of_the_hospital() {
    let place = imported([0, 1, 2, 3]);
    let round = round(&place, &[]);
    let classes: Vec<&str> =
        round["assets"].as_array().unwrap().iter().map(|asset| asset["class"].as_str().unwrap()).collect();
    for class in
        ["infusion-pump", "patient-monitor", "business-system", "account-directory", "workstation", "server"]
    {
        assert!(classes.contains(&class), "{class} is missing in {classes:?}");
    }
    // One is in the leases too; the retired ventilator and the computer that is switched off are no assets.
    assert_eq!(classes.iter().filter(|class| **class == "infusion-pump").count(), 2);
    assert!(!classes.contains(&"ventilator") && classes.len() == 8, "{classes:?}");
    let pump = asset(&round, "B. Braun SpaceCom at 10.20.3.9");
    assert_eq!(pump["addresses"], serde_json::json!(["00:12:21:00:00:01", "10.20.3.9"]));
    assert_eq!(pump["serial"]["value"], "SN123");
    assert_eq!(pump["software"]["value"], "012U000050");
    assert_eq!(pump["care_area"]["value"], "ICU");
    assert_eq!(pump["seen_directly"], false);
    let laptop = asset(&round, "10.20.5.5");
    assert!(laptop["operating_system"]["value"].as_str().unwrap().starts_with("Windows 10 Enterprise"));
    let kinds: Vec<&str> = round["coverage"]["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| source["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["directory-computers", "directory-accounts", "dnsmasq-leases", "inventory"]);
}

#[test]
fn the_page_over_lists_reads_well() {
    let place = imported([0, 1, 2, 3]);
    let page = place.ok(&["round", "--as-of", "2027-01-24T00:00:00Z"]);
    let page: Vec<&str> = page.lines().filter(|line| !line.starts_with("Run ")).collect();
    let page = page.join("\n");
    // What is judged and known is told elsewhere.
    let page = page.split("\nWhat to do first").next().unwrap().to_owned();
    insta::assert_snapshot!(page);
}

#[test]
fn the_order_of_importing_does_not_show() {
    let told = |order| {
        let mut json = round(&imported(order), &[]);
        json.as_object_mut().unwrap().remove("round").unwrap();
        serde_json::to_string(&json).unwrap()
    };
    let one = told([0, 1, 2, 3]);
    assert!(told([3, 2, 1, 0]) == one, "the other way round gives other bytes");
    assert!(told([2, 0, 3, 1]) == one, "another order gives other bytes");
}

#[test]
fn why_leads_to_the_row() {
    let place = imported([0, 1, 2, 3]);
    let round = round(&place, &[]);
    let pump = asset(&round, "10.20.3.9")["id"].as_str().unwrap();
    let why = place.ok(&["why", pump]);
    assert!(why.contains("first in row 2 of inventory.csv, of 23 Nov 2026"), "{why}");
    assert!(why.contains("We say that it has the serial number: SN123 ("), "{why}");
    let shown = place.ok(&["asset", "show", pump]);
    assert!(shown.contains("lists name it; no traffic of it was seen"), "{shown}");
    assert!(shown.contains("Serial     SN123"), "{shown}");
}

#[test]
fn lists_and_traffic_meet_in_one_asset() {
    let clinic_alone = Place::new().clinic_json(&[]);
    let seen = &clinic_alone["assets"][0];
    let mac = seen["addresses"][0].as_str().unwrap();
    let place = Place::new();
    let list = format!(
        "Inventory number,Type,Manufacturer,Model,MAC address,Department\n1,MRI scanner,Example,Other,{mac},ICU\n"
    );
    place.file("inventory.csv", list.as_bytes());
    place.ok(&["import", "inventory.csv", "--day", "2026-11-20"]);
    let both = place.clinic_json(&[]);
    assert_eq!(both["assets"].as_array().unwrap().len(), clinic_alone["assets"].as_array().unwrap().len());
    let asset = asset(&both, seen["title"].as_str().unwrap());
    assert_eq!((&asset["id"], &asset["class"]), (&seen["id"], &seen["class"]));
    assert_eq!(asset["care_area"]["value"], "ICU");
    // The day of a list is no sight of the device.
    assert_eq!((&asset["first_seen"], &asset["last_seen"]), (&seen["first_seen"], &seen["last_seen"]));
    let without = place.clinic_json(&["--no-imports"]);
    for part in ["assets", "findings", "plan", "coverage"] {
        assert_eq!(without[part], clinic_alone[part], "{part}");
    }
}

#[test]
fn a_dry_run_shows_what_is_understood_and_keeps_nothing() {
    let place = Place::new();
    place.file("computers.csv", COMPUTERS.as_bytes());
    let told = place.ok(&["import", "computers.csv", "--dry-run", "--day", "2026-11-23"]);
    for words in [
        "list of computers of a directory",
        "23 Nov 2026",
        "4 rows read",
        "OperatingSystem",
        "Nothing was kept",
    ] {
        assert!(told.contains(words), "{words:?} is missing in {told}");
    }
    assert!(!place.path(".local/share/wardround/rounds.sqlite").exists());
}

#[test]
fn one_bad_file_does_not_keep_the_good_ones_out() {
    let place = Place::new();
    std::fs::create_dir(place.path("exports")).unwrap();
    let gzip = {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(COMPUTERS.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    place.file("exports/computers.csv.gz", &gzip);
    place.file("exports/letter.txt", b"Dear colleagues, this is no list at all.\n");
    std::fs::copy(clinic(), place.path("exports/mirror.pcapng")).unwrap();
    let output = place.run(&["import", "exports"]);
    let said = error(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("letter.txt looks like none of the files that can be imported"), "{said}");
    assert!(said.contains("is recorded traffic, not a list") && said.contains("wardround round "), "{said}");
    assert!(said.contains("2 of 3 files could not be imported; the others were"), "{said}");
    assert!(place.ok(&["import", "list"]).contains("computers.csv"));
}

#[test]
fn a_list_that_names_no_device_asks_for_one() {
    let place = Place::new();
    let list = "openssh-server\t1:9.2p1-2+deb12u2\nopenssl\t3.0.11-1~deb12u2\n";
    place.file("packages.txt", list.as_bytes());
    let output = place.run(&["import", "packages.txt", "--as", "dpkg"]);
    assert!(error(&output).contains("--for NAME"), "{}", error(&output));
    place.ok(&["import", "packages.txt", "--as", "dpkg", "--for", "10.20.2.10"]);
    assert_eq!(round(&place, &[])["assets"][0]["addresses"][0], "10.20.2.10");
    place.file("nothing.txt", b"just words\nand more words\n");
    let output = place.run(&["import", "nothing.txt", "--as", "dpkg", "--for", "10.20.2.10"]);
    assert!(error(&output).contains("nothing in it was understood"), "{}", error(&output));
}

#[test]
fn the_same_list_is_here_already_and_a_later_one_takes_its_place() {
    let place = imported([0, 1, 2, 3]);
    let again = place.ok(&["import", "computers.csv", "--day", "2026-11-23"]);
    assert!(again.contains("It is here already as I-1"), "{again}");
    place.file("computers.csv", COMPUTERS.replace("PACS01,pacs01", "PACS02,pacs02").as_bytes());
    let later = place.ok(&["import", "computers.csv", "--day", "2026-11-24"]);
    assert!(later.contains("Kept as I-5; rounds use it in the place of I-1"), "{later}");
    place.ok(&["import", "forget", "I-5"]);
    let list = place.ok(&["import", "list"]);
    assert!(list.contains("forgotten") && !list.contains("instead"), "{list}");
    assert_fails(&place.run(&["import", "forget", "I-9"]), 3, &["import list"]);
}

#[test]
fn columns_are_named_and_saved() {
    let place = Place::new();
    place.file("geraete.csv", "Kennung;Bauart;Werk\n4711;Infusion pump;B. Braun\n".as_bytes());
    let words = ["import", "geraete.csv", "--as", "inventory"];
    let columns = [
        "--column",
        "Kennung=tag",
        "--column",
        "Bauart=type",
        "--column",
        "Werk=maker",
        "--save-mapping",
        "ours",
    ];
    let told = place.ok(&[&words[..], &columns].concat());
    assert!(told.contains("Bauart") && told.contains("--mapping"), "{told}");
    place.file(
        "geraete.csv",
        "Kennung;Bauart;Werk\n4711;Infusion pump;B. Braun\n4712;Ventilator;Example\n".as_bytes(),
    );
    place.ok(&[&words[..], &["--mapping", "ours"]].concat());
    let round = round(&place, &[]);
    assert_eq!(round["assets"].as_array().unwrap().len(), 2, "{round}");
    let output = place.run(&["import", "geraete.csv", "--mapping", "theirs"]);
    assert_fails(&output, 3, &["theirs", "--save-mapping"]);
}

#[test]
fn without_lists_and_captures_there_is_nothing_to_run_over() {
    let place = Place::new();
    assert_fails(&place.run(&["round"]), 1, &["wardround import FILE", "wardround round FILE"]);
    assert!(!place.path(".local/share/wardround/rounds.sqlite").exists());
    let place = imported([0, 1, 2, 3]);
    assert_fails(&place.run(&["round", "--no-imports"]), 1, &["wardround import FILE"]);
}

#[test]
fn names_of_people_and_their_devices_are_nowhere() {
    let place = imported([3, 2, 1, 0]);
    let mut said = Vec::new();
    for words in [
        &["round", "--html", "round.html"][..],
        &["round", "--format", "json"],
        &["asset", "list"],
        &["finding", "list"],
        &["question", "list"],
        &["import", "list"],
        &["import", "accounts.csv", "--dry-run"],
    ] {
        let output = place.run(words);
        assert!(output.status.success(), "{}", error(&output));
        said.extend([output.stdout, output.stderr].concat());
    }
    let canaries =
        ["MARYS-LAPTOP", "erika.mustermann", "zbigniew.qwertz", "Mustermann", "Qwertz"].map(str::to_owned);
    assert_clean("the output", &said, &canaries);
    let kept = files(place.folder.path());
    let lists: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
    let own = |file: &&std::path::PathBuf| lists.iter().any(|name| file.ends_with(name));
    assert_eq!(kept.iter().filter(own).count(), 4);
    for file in kept.iter().filter(|file| !own(file)) {
        assert_clean(&file.display().to_string(), &std::fs::read(file).unwrap(), &canaries);
    }
}
