use wardround_model::SourceKind;

use crate::table::tests::{imported, values};
use crate::table::xlsx::tests::workbook_of;
use crate::told::{errors, facts};

#[test]
fn an_american_list_of_medical_equipment() {
    let sheet = workbook_of(&[
        &["Example Hospital: equipment, exported 2026-11-20"],
        &[],
        &[
            "Asset Tag",
            "Device Description",
            "Manufacturer",
            "Model",
            "Serial Number",
            "Department",
            "Location",
            "IP Address",
            "MAC Address",
            "Status",
            "Last PM Date",
            "Software Version",
            "End of Support",
        ],
        &[
            "BM-1001",
            "Infusion Pumps, Multichannel",
            "Example Medical",
            "IP-200",
            "SN123",
            "ICU",
            "Room 12",
            "10.20.5.7",
            "00:1B:2C:03:4E:5F",
            "In Use",
            "2026-05-04",
            "4.1.2",
            "2027-12-31",
        ],
        &["BM-1002", "Stethoscope", "Example Medical", "S1", "SN124", "", "", "", "", "Retired", "", "", ""],
        &["Total", "2"],
    ]);
    let found = imported("equipment.xlsx", &sheet);
    assert_eq!((found.kind, found.rows, errors(&found)), (SourceKind::Inventory, 2, vec![]));
    let about_pump: Vec<String> = facts(&found)
        .into_iter()
        .filter_map(|fact| fact.strip_prefix("00:1b:2c:03:4e:5f ").map(str::to_owned))
        .collect();
    for fact in [
        "address.owns 10.20.5.7",
        "list.class infusion-pump",
        "list.type Infusion Pumps, Multichannel",
        "list.maker Example Medical",
        "list.model IP-200",
        "list.serial SN123",
        "list.tag BM-1001",
        "list.department ICU",
        "list.state in-use",
        "list.serviced 2026-05-04T00:00:00Z",
        "list.software 4.1.2",
        "list.support-ends 2027-12-31T00:00:00Z",
    ] {
        assert!(about_pump.contains(&fact.to_owned()), "{fact}: {about_pump:#?}");
    }
    assert!(values(&found).contains(&"list.type Stethoscope".to_owned()));
    assert!(values(&found).contains(&"list.state retired".to_owned()));
}

#[test]
fn lists_in_german_french_and_spanish() {
    let german = "Inventarnummer;Bezeichnung;Hersteller;Typbezeichnung;Seriennummer;Abteilung;Raum;Status;Letzte Wartung\r\n\
        1001;Beatmungsgerät;Example Medical;V500;A1;Intensivstation;2.14;in Betrieb;04.05.2026\r\n";
    let latin1: Vec<u8> = german.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let french = "N° d'inventaire;Désignation;Fabricant;Modèle;N° de série;Service;Statut;Dernière maintenance\n\
        1001;Respirateur;Example Medical;V500;A1;Réanimation;En service;04/05/2026\n";
    let spanish = "Número de inventario;Descripción;Fabricante;Modelo;Número de serie;Departamento;Estado;Último mantenimiento\n\
        1001;Ventilador mecánico;Example Medical;V500;A1;UCI;En uso;04/05/2026\n";
    for (language, bytes) in
        [("de", latin1.as_slice()), ("fr", french.as_bytes()), ("es", spanish.as_bytes())]
    {
        let found = imported("list.csv", bytes);
        assert_eq!(
            (found.kind, found.rows, errors(&found)),
            (SourceKind::Inventory, 1, vec![]),
            "{language}"
        );
        let values = values(&found);
        for fact in [
            "list.class ventilator",
            "list.maker Example Medical",
            "list.model V500",
            "list.serial A1",
            "list.tag 1001",
            "list.state in-use",
            "list.serviced 2026-05-04T00:00:00Z",
        ] {
            assert!(values.contains(&fact.to_owned()), "{language} {fact}: {values:#?}");
        }
    }
}

#[test]
fn words_in_place_of_numbers_join_nothing() {
    let table = "Asset Tag,Serial Number,Manufacturer,Model\nT1,Unknown,Example,A\nT2,0000,Example,B\n,To be filled by O.E.M.,Example,C\n";
    let found = imported("list.csv", table.as_bytes());
    assert!(!values(&found).iter().any(|value| value.starts_with("list.serial")));
    assert_eq!(errors(&found).len(), 1, "{:?}", errors(&found));
}

#[test]
fn a_row_that_names_no_device_and_a_state_that_is_not_known() {
    let table = "Asset Tag,Serial Number,Manufacturer,Status\n,,Example,In Use\nT1,,Example,somewhere\n";
    assert_eq!(
        errors(&imported("list.csv", table.as_bytes())),
        [
            "2: nothing says which device it is: give it a name, an address, a card or a number",
            "3 Status: is no known state: write in-use, spare, in-repair or retired",
        ]
    );
}
