//! The files of our own rules are whole: every row is read, none can never match, and a wrong one is told by file, line and column.

use std::collections::BTreeSet;
use std::path::Path;

use wardround_model::{DeviceClass, Fact};

use crate::cards::Cards;
use crate::claims::Source;
use crate::families::{Family, ObjectId, Text};
use crate::kinds::Word;
use crate::makers::Maker;
use crate::model_numbers::ModelNumber;
use crate::rules::{Rule, line, rows};
use crate::signs::{self, Sign};
use crate::telephones::Telephone;
use crate::terms::Listed;

/// Reads a file, and says what is wrong with it.
fn whole<R: Rule>(files: &mut BTreeSet<&'static str>) {
    let wrong: Vec<String> =
        rows::<R>(R::TEXT).filter_map(Result::err).map(|wrong| wrong.to_string()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let written = R::TEXT.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    assert_eq!(rows::<R>(R::TEXT).count() + 1, written.count(), "rules/{}: rows and their heading", R::FILE);
    assert!(rows::<R>(R::TEXT).count() > 0, "rules/{} has no rows", R::FILE);
    assert!(R::TEXT.ends_with('\n') && !R::TEXT.contains('\r'), "rules/{}: ends of lines", R::FILE);
    files.insert(R::FILE);
}

#[test]
fn every_row_of_every_file_is_read() {
    let mut read = BTreeSet::from(["README.md"]);
    whole::<Sign>(&mut read);
    whole::<Family>(&mut read);
    whole::<Text>(&mut read);
    whole::<ObjectId>(&mut read);
    whole::<Telephone>(&mut read);
    whole::<Maker>(&mut read);
    whole::<Word>(&mut read);
    whole::<Listed>(&mut read);
    whole::<Cards>(&mut read);
    whole::<Source>(&mut read);
    whole::<ModelNumber>(&mut read);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let there = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    let there: BTreeSet<String> = there.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(
        there,
        read.iter().map(ToString::to_string).collect(),
        "files that are there, and that are read"
    );
    let told = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for class in DeviceClass::ALL.iter().filter(|class| **class != DeviceClass::Unknown) {
        assert!(
            told.contains(&format!("`{}`", class.code())),
            "rules/README.md is silent of {}",
            class.code()
        );
    }
    for file in read {
        assert!(
            told.contains(&format!("`{file}`")) || file == "README.md",
            "rules/README.md is silent of {file}"
        );
    }
}

#[test]
fn a_wrong_sign_is_told_by_file_line_and_column() {
    for (row, expected) in [
        ("printer | 60 | -", "row: has 3 cells where the columns are 5"),
        ("printer | 60 |  | card | Its card", "clinical: is empty"),
        (
            "printer | 60 | - | card | Its\tcard",
            "sentence: is empty (write - for nothing), or has a character",
        ),
        ("printr | 60 | - | card | Its card", "class: there is no kind of device called printr"),
        ("printer | 96 | - | card | Its card", "weight: must be a number from 1 to 95"),
        ("printer | 0 | - | card | Its card", "weight: must be a number from 1 to 95"),
        ("unknown | 5 | - | card | Its card", "weight: must be 0 for \"unknown\""),
        ("printer | 60 | yes | card | Its card", "clinical: must be \"clinical\", \"no-peer\" or -"),
        (
            "ventilator | 60 | clinical | called vent | It",
            "clinical: a name or a card is no clinical traffic",
        ),
        ("ventilator | 60 | clinical | card | Its card", "clinical: a name or a card is no clinical traffic"),
        ("printer | 60 | - | ipp.modell | It", "sign: there is no kind of fact called ipp.modell"),
        ("printer | 60 | - | ipp.model has x | It", "sign: \"has\" is none of: is, begins, in"),
        ("printer | 60 | - | ipp.model is x;; y | It", "sign: has nothing between two semicolons"),
        (
            "printer | 60 | - | ipp.model is x; x | It",
            "sign: has nothing between two semicolons, or the same",
        ),
        ("printer | 60 | - | ipp.model is | It", "sign: has nothing between two semicolons"),
        ("printer | 60 | - | ipp.model in inks | It", "sign: terms.txt has no list called inks"),
        ("printer | 60 | - | serves ippp | It", "sign: there is no protocol called ippp"),
        ("printer | 60 | - | serves ipp to many | It", "sign: there is no protocol called ipp to many"),
        ("printer | 60 | - | called Printer | It", "sign: words have small letters from a to z alone"),
        ("printer | 60 | - | code prints | -", "sign: no test is called prints"),
        ("printer | 75 | - | code prints-film | It", "sentence: stands in code for a test in code: write -"),
        ("printer | 60 | - | card | -", "sentence: must say something"),
        ("printer | 60 | - | card | It is {value}", "sentence: has a blank that nothing of this sign is for"),
        ("printer | 60 | - | uses ipp | {hosts}", "sentence: has a blank that nothing of this sign is for"),
    ] {
        refused::<Sign>(row, expected);
    }
    let headless = rows::<Sign>("printer | 60 | - | card | Its card is {maker}'s").find_map(Result::err);
    let told = headless.map(|wrong| wrong.to_string());
    assert_eq!(told.unwrap(), "rules/signs.txt, line 1, row: does not name the columns, as the first must");
}

#[test]
fn a_wrong_row_of_another_file_is_told_so_too() {
    for (row, expected) in [
        ("Acme | printer | Acme | -", "text: must be in lower case"),
        ("acme | unknown | Acme | -", "class: must be known"),
        ("acme | printer | Acme | last word", "model: must be -, or one of"),
        ("acme | printer | Acme | word LJ", "model: must be -, or one of"),
    ] {
        refused::<Family>(row, expected);
    }
    refused::<Text>("ipp.models | 75 | - | answer", "fact: there is no kind of fact called ipp.models");
    refused::<Text>("ipp.model | 75 | peer | answer", "peer: must be \"no-peer\" or -");
    refused::<ObjectId>(
        "1.3.6.1.4.1.9 | printer | 60 | Acme",
        "begins: must be numbers with a dot behind each",
    );
    refused::<ObjectId>(
        "1.3.6. | infusion-pump | 60 | Acme",
        "class: a number of a maker makes no medical device",
    );
    refused::<Telephone>("acme | voice-phone | 80 | Acme | - | X", "before: goes with \"next word\" alone");
    refused::<Telephone>("acme | voice-phone | 80 | Acme | word | -", "model: must be -, or one of");
    refused::<Telephone>("acme | nurse-call | 80 | Acme | - | -", "class: must be known, and no medical one");
    refused::<Maker>("Acme | Acme | -", "begins: must be in lower case");
    refused::<Maker>("acme | Acme | printer; inks", "makes: there is no kind of device called inks");
    refused::<ModelNumber>("ipp.model | LaserJet | LaserJet", "number: must have a digit");
    refused::<Word>("title | acme | printer", "in: title is none of: name, system, recog");
    refused::<Word>("recog | Pump | infusion-pump", "class: no word means");
    refused::<Listed>("inks | black", "list: inks is none of: browsers");
    refused::<Listed>("browsers | Chrome/", "terms: must be in lower case");
    refused::<Listed>("gateways | gate-way", "terms: must be words of letters in lower case");
    refused::<Listed>("phone-leases | 1,300", "terms: must be options of DHCP");
    refused::<Listed>("results | oru", "terms: must be in upper case");
    refused::<Word>("name | pacs-1 | imaging-archive", "word: must be one word of letters");
    refused::<Cards>("00:05:6 | virtual | Acme", "begins: must be bytes in hex");
    refused::<Cards>("00:05 | virtual | Acme", "begins: must be three to five bytes");
    refused::<Source>("maker | code inks | 80 | -", "source: no code is called inks");
    refused::<Source>("maker | code card | - | -", "percent: must say something");
    refused::<Source>("maker | code lists | 80 | -", "percent: is not asked for");
    refused::<Source>(
        "maker | bacnet.vendor without x | 80 | BACnet",
        "source: there is no kind of fact called x",
    );
}

/// A file of this row alone is wrong, and this is told of it.
fn refused<R: Rule>(row: &str, expected: &str) {
    let text: &'static str = format!("# Columns\n\n{}\n{row}\n", R::COLUMNS.join(" | ")).leak();
    let wrong = rows::<R>(text).find_map(Result::err).map(|wrong| wrong.to_string());
    let wrong = wrong.unwrap_or_else(|| panic!("{}: {row} was read", R::FILE));
    assert!(wrong.starts_with(&format!("rules/{}, line 4, {expected}", R::FILE)), "{row}: {wrong}");
}

#[test]
fn tests_in_code_and_the_file_name_each_other_once() {
    let named: Vec<&str> = cells().filter_map(|[_, sign]| sign.strip_prefix("code ")).collect();
    let known: Vec<&str> = signs::tests().collect();
    for name in &known {
        let times = named.iter().filter(|other| *other == name).count();
        assert_eq!(times, 1, "rules/signs.txt must name the test {name} once");
    }
    assert_eq!(known.len(), named.len());
    assert_eq!(known.iter().collect::<BTreeSet<_>>().len(), known.len(), "two tests have one name");
}

#[test]
fn no_sign_is_there_twice_or_can_never_be_seen() {
    let mut seen = BTreeSet::new();
    for (place, cells) in cells().enumerate() {
        assert!(seen.insert(cells), "{}, sign: is there twice", line::<Sign>(place));
    }
    for (place, kind, value) in signs::values() {
        let fact = Fact::new(kind, value.as_bytes());
        let kept = fact.as_ref().map(Fact::value);
        assert_eq!(kept, Ok(value), "{}, sign: no fact is ever so", line::<Sign>(place));
    }
}

/// Class and sign of every row.
fn cells() -> impl Iterator<Item = [&'static str; 2]> {
    let rows = Sign::TEXT.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        [cells[0], cells[3]]
    })
}
