//! Lists alone, and lists beside traffic: what is one thing, and whose word counts.

use proptest::prelude::*;
use wardround_model::{
    AccountId, AssetId, CareRole, DeviceClass, Ground, ListedId, ModelId, Role, Says, Statement, StatementId,
    Subject, Timestamp,
};

use super::notation::{Hospital, check, id, things};
use crate::Inventory;

/// A pump in the inventory, in the leases and in no traffic; a computer in the directory alone.
const LISTS: &str = "
    tag=4711 is serial=B. Braun/123 ~inventory @10
    tag=4711 is name=pump-1 ~inventory @10
    tag=4711 list.tag 4711 ~inventory @10
    tag=4711 list.class infusion-pump ~inventory @10
    tag=4711 list.maker B. Braun Melsungen AG ~inventory @10
    tag=4711 list.model SpaceCom ~inventory @10
    tag=4711 list.department ICU ~inventory @10
    00:12:21:00:00:01 is name=pump-1 ~kea-leases @20
    00:12:21:00:00:01 owns 10.1.4.1 ~kea-leases @20
    name=srv-1 is name=srv-1 ~directory-computers @15
    name=srv-1 os.name Windows Server 2012 R2 ~directory-computers @15
    name=srv-1 os.version 6.3.9600 ~directory-computers @15
";

fn only(inventory: &Inventory, class: DeviceClass) -> &wardround_model::Asset {
    let mut found = inventory.assets.iter().filter(|asset| asset.class.value == class);
    let first = found.next().unwrap_or_else(|| panic!("no {}: {:#?}", class.label(), inventory.assets));
    assert!(found.next().is_none(), "several of {}", class.plural());
    first
}

#[test]
fn lists_alone_give_assets_with_all_that_they_say() {
    let inventory = Hospital::read(LISTS).inventory();
    assert_eq!(inventory.assets.len(), 2);
    let pump = only(&inventory, DeviceClass::InfusionPump);
    assert_eq!(pump.title(), "B. Braun SpaceCom at 10.1.4.1");
    assert_eq!(pump.care_area.as_ref().unwrap().value, "ICU");
    assert!(!pump.seen_directly);
    assert_eq!(inventory.asset_of(&Subject::Listed(ListedId::of_serial("b. braun", "123"))), Some(pump.id));
    assert_eq!(inventory.assets_of_model(ModelId::of("B. Braun", "SpaceCom")), [pump.id]);
    let server = only(&inventory, DeviceClass::Server);
    assert_eq!(server.operating_system.as_ref().unwrap().value, "Windows Server 2012 R2 6.3.9600");
    assert_eq!(inventory.networks, []);
}

#[test]
fn a_thing_of_a_list_is_the_one_that_traffic_shows() {
    let traffic = "
        00:12:21:00:00:01 owns 10.1.4.7 @30
        10.1.4.7 ntlm.computer pump-1 @30
    ";
    let inventory = Hospital::read(&[LISTS, traffic].concat()).inventory();
    let pump = only(&inventory, DeviceClass::InfusionPump);
    assert_eq!(id(&inventory, "10.1.4.7"), Some(pump.id));
    assert!(pump.seen_directly);
    // The list's day is no sight of it.
    assert_eq!(pump.first_seen, Timestamp::from_seconds(30));
}

#[test]
fn a_name_that_is_no_name_joins_nothing() {
    let line = |tag: u32, name: &str| {
        format!("tag={tag} list.tag {tag} ~inventory\ntag={tag} is name={name} ~inventory\n")
    };
    for name in ["Infusion pump", "localhost", "n/a"] {
        let list: String = (0..6).map(|tag| line(tag, name)).collect();
        assert_eq!(Hospital::read(&list).inventory().assets.len(), 6, "{name}");
    }
    let cards: String = (0..9).map(|n| format!("00:12:21:00:00:0{n} is name=ct ~kea-leases\n")).collect();
    assert_eq!(things(&cards).len(), 9);
}

#[test]
fn two_cards_of_one_name_are_one_computer() {
    let list = "
        00:12:21:00:00:01 is name=cart-1 ~kea-leases
        50:81:40:00:00:02 is name=cart-1 ~kea-leases
    ";
    assert_eq!(things(list), ["00:12:21:00:00:01 50:81:40:00:00:02"]);
}

#[test]
fn an_old_lease_moves_no_address() {
    let week = 7 * 86_400;
    let line = |owner: &str, at: i64| format!("{owner} owns 10.1.4.1 ~kea-leases @{at}\n");
    // Of two lists the later counts.
    let both = line("00:12:21:00:00:01", 10) + &line("00:12:21:00:00:02", 20);
    assert_eq!(things(&both), ["00:12:21:00:00:01", "00:12:21:00:00:02 10.1.4.1"]);
    // What traffic shows stays, whatever the list's day.
    let seen = "00:12:21:00:00:03 owns 10.1.4.1 @15\n";
    assert!(things(&(both.clone() + seen)).contains(&"00:12:21:00:00:03 10.1.4.1".to_owned()));
    // An address behind a router goes to the card of a list of the same days, not to one of long ago.
    let behind = "
        00:a0:57:00:00:01 owns 10.1.9.1
        00:a0:57:00:00:01 sends 10.1.4.1
        00:a0:57:00:00:01 sends 10.1.4.2
    ";
    let fresh = things(&(behind.to_owned() + &line("00:12:21:00:00:01", 10)));
    assert!(fresh.contains(&"00:12:21:00:00:01 10.1.4.1".to_owned()), "{fresh:?}");
    let old = things(&(behind.to_owned() + &line("00:12:21:00:00:01", week + 10)));
    assert!(old.contains(&"10.1.4.1".to_owned()), "{old:?}");
}

#[test]
fn what_a_directory_says_of_an_address_that_moved_is_not_said_of_who_has_it() {
    let list = "
        00:12:21:00:00:01 is name=pc-1 ~kea-leases @20
        00:12:21:00:00:01 owns 10.1.4.1 ~kea-leases @20
        00:12:21:00:00:02 is name=pc-2 ~kea-leases @20
        00:12:21:00:00:02 owns 10.1.4.2 ~kea-leases @20
        10.1.4.2 is name=pc-1 ~directory-computers @10
        10.1.4.2 os.name Windows 7 Professional ~directory-computers @10
    ";
    let inventory = Hospital::read(list).inventory();
    let system = |about: &str| {
        let asset = inventory.assets.iter().find(|asset| Some(asset.id) == id(&inventory, about)).unwrap();
        asset.operating_system.as_ref().map(|claim| claim.value.clone())
    };
    assert_eq!(system("10.1.4.1").as_deref(), Some("Windows 7 Professional"));
    assert_eq!(system("10.1.4.2"), None);
}

#[test]
fn traffic_comes_before_lists_and_an_inventory_before_a_directory() {
    check(
        "a list cannot make a scanner a printer",
        "
        10.1.2.21 > 10.1.2.10:104/tcp dicom
        10.1.2.21 dicom.command C-STORE-RQ
        10.1.2.21 dicom.modality CT
        10.1.2.21 dicom.manufacturer SIEMENS
        10.1.2.21 dicom.model SOMATOM
        10.1.2.21 dicom.station-name CT1
        10.1.2.21 list.class printer ~inventory
        ",
        &[("10.1.2.21", DeviceClass::ImagingModality)],
    );
    check(
        "an ultrasound runs Windows",
        "
        10.1.2.30 list.class imaging-modality ~inventory
        10.1.2.30 os.name Windows 10 Enterprise ~directory-computers
        10.1.2.31 list.class business-system ~inventory
        10.1.2.31 os.name Windows Server 2019 Standard ~directory-computers
        10.1.2.32 list.name pacs-1 ~directory-computers
        ",
        &[
            ("10.1.2.30", DeviceClass::ImagingModality),
            ("10.1.2.31", DeviceClass::BusinessSystem),
            ("10.1.2.32", DeviceClass::ImagingArchive),
        ],
    );
}

#[test]
fn what_lists_call_gone_is_left_out_unless_something_else_shows_it() {
    let gone = "
        tag=1 list.state retired ~inventory
        tag=1 list.class ventilator ~inventory
        name=pc-9 directory.computer-enabled no ~directory-computers
    ";
    assert_eq!(Hospital::read(gone).inventory().assets.len(), 0);
    let shown = "
        name=pc-9 os.name Windows 10 ~endpoint-protection
        00:12:21:00:00:01 list.state retired ~inventory
        00:12:21:00:00:01 owns 10.1.4.1
    ";
    assert_eq!(Hospital::read(&[gone, shown].concat()).inventory().assets.len(), 2);
}

#[test]
fn accounts_belong_to_their_directory() {
    let hospital = Hospital::read("name=clinic.example list.class account-directory ~directory-accounts");
    let (directory, mut with_account) = (ListedId::of_name("clinic"), hospital.clone());
    let account = AccountId::of(directory, "erika");
    let fact = wardround_model::Fact::new(
        wardround_model::FactKind::AccountDirectory,
        directory.to_string().as_bytes(),
    );
    let mut told = hospital.observations[0].clone();
    (told.subject, told.fact) = (Subject::Account(account), fact.unwrap());
    with_account.observations.push(told);
    let inventory = with_account.inventory();
    let asset = only(&inventory, DeviceClass::AccountDirectory);
    assert_eq!(inventory.asset_of(&Subject::Account(account)), Some(asset.id));
    assert!(!asset.title().is_empty());
}

fn statement(asset: AssetId, says: Says, at: i64) -> Statement {
    Statement {
        id: StatementId(at),
        asset,
        says,
        by: Role::Biomedical,
        at: Timestamp::from_seconds(at),
        because: "we looked".to_owned(),
        until: None,
    }
}

#[test]
fn a_persons_word_changes_the_asset_under_any_id_that_it_had() {
    let mut hospital = Hospital::read(LISTS);
    // The pump was known from the inventory alone when the person spoke; now a lease names its card.
    let former = AssetId::of_anchor(&ListedId::of_tag("4711").to_string());
    hospital.statements = vec![
        statement(former, Says::Class(DeviceClass::MedicalDevice), 1),
        statement(former, Says::Class(DeviceClass::Ventilator), 2),
        statement(former, Says::CareArea("Ward 3".to_owned()), 3),
        statement(former, Says::CareRole(CareRole::LifeSustaining), 4),
    ];
    let inventory = hospital.inventory();
    let asset = only(&inventory, DeviceClass::Ventilator);
    assert_eq!(inventory.current(former), asset.id);
    assert_eq!(asset.class.reasons[0].grounds, [Ground::Statement(StatementId(2))]);
    assert_eq!(asset.class.reasons[0].text, "The biomedical engineer said so: we looked");
    assert_eq!(asset.care_area.as_ref().unwrap().value, "Ward 3");
}

#[test]
fn what_a_person_calls_gone_is_gone_unless_it_is_seen_again() {
    let mut hospital = Hospital::read("00:12:21:00:00:01 owns 10.1.4.1 @5-50");
    let asset = hospital.inventory().assets[0].id;
    for (at, left) in [(60, 0), (40, 1)] {
        hospital.statements = vec![statement(asset, Says::Retired, at)];
        let assets = hospital.inventory().assets;
        assert_eq!(assets.len(), left);
        assert!(
            assets.iter().all(|asset| asset.class.reasons.last().unwrap().text.contains("said to be gone"))
        );
    }
}

proptest! {
    #[test]
    fn the_order_of_lists_does_not_show(order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let hospital = Hospital::read(LISTS);
        let mut shuffled = hospital.clone();
        shuffled.observations = order.iter().map(|place| hospital.observations[*place].clone()).collect();
        prop_assert_eq!(shuffled.inventory().assets, hospital.inventory().assets);
    }
}

#[test]
fn many_rows_do_not_take_many_times_as_long() {
    let mut text = String::new();
    for n in 0..20_000_u32 {
        use std::fmt::Write as _;
        let _ = writeln!(
            text,
            "tag={n} is name=pc-{n} ~inventory\ntag={n} is serial=x/{n} ~inventory\nname=pc-{n} os.name Windows 10 ~directory-computers"
        );
    }
    let hospital = Hospital::read(&text);
    let started = std::time::Instant::now();
    assert_eq!(hospital.inventory().assets.len(), 20_000);
    assert!(started.elapsed() < std::time::Duration::from_secs(60), "{:?}", started.elapsed());
}
