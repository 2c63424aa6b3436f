use std::collections::BTreeSet;

use proptest::prelude::*;
use wardround_model::*;

use super::efforts::Touches;
use super::*;
use crate::hospital::{AS_OF, Hospital, vulnerability};

fn statement(number: i64, address: &str, by: Role, says: Says) -> Statement {
    Statement {
        id: StatementId(number),
        asset: AssetId::of_anchor(address),
        says,
        by,
        at: "2026-11-02".parse().unwrap(),
        because: "so it is".to_owned(),
        until: None,
    }
}

fn approved(number: i64, address: &str) -> Statement {
    let document = "PSB-12".to_owned();
    let says = Says::MakerPosition { position: MakerPosition::Approved, document };
    statement(number, address, Role::Biomedical, says)
}

fn off_patients(number: i64, address: &str, by: Role) -> Statement {
    statement(number, address, by, Says::OffPatients("Sundays 02:00 to 04:00".to_owned()))
}

/// A round of this hospital, its weak settings and these further findings.
fn round(ward: &Hospital, more: Vec<Finding>, statements: Vec<Statement>) -> Round {
    let mut findings = ward.triage().findings;
    findings.extend(more);
    let moment = AS_OF.parse().unwrap();
    Round {
        run_at: moment,
        as_of: moment,
        program: String::new(),
        coverage: Coverage::default(),
        observations: Vec::new(),
        conversations: ward.conversations.clone(),
        statements,
        networks: Vec::new(),
        assets: ward.assets.clone(),
        findings,
        unjudged: Vec::new(),
        settled: Vec::new(),
        plan: Vec::new(),
        intelligence: Vec::new(),
    }
}

fn plan(round: &Round, minutes: u32, teams: &[(Role, u32)]) -> HourPlan {
    plan_hours(round, &Budget::new(minutes, teams).unwrap(), &Efforts::default())
}

fn on<'a>(ward: &'a Hospital, address: &str) -> &'a Asset {
    ward.assets.iter().find(|asset| asset.ips[0].to_string() == address).unwrap()
}

fn weak(ward: &Hospital, address: &str, cve: &str, product: &str) -> Finding {
    vulnerability(on(ward, address), cve, product, Grade::ExactVersion, true)
}

/// Tasks as `title (who, minutes)`.
fn tasks(plan: &HourPlan) -> Vec<String> {
    plan.tasks.iter().map(|task| format!("{} ({}, {})", task.title, task.who.code(), task.minutes)).collect()
}

fn server_and_pump() -> Hospital {
    Hospital::default()
        .host("10.1.1.1", DeviceClass::Server)
        .host("10.1.1.2", DeviceClass::Server)
        .host("10.1.1.3", DeviceClass::InfusionPump)
        .made_by("Acme", "Drip 3")
}

#[test]
fn one_update_settles_forty_findings_on_one_visit() {
    let ward = server_and_pump();
    let cves = (0..40).map(|number| format!("CVE-2020-{:04}", 1_000 + number));
    let forty = cves.map(|cve| weak(&ward, "10.1.1.1", &cve, "openbsd:openssh")).collect();
    let plan = plan(&round(&ward, forty, Vec::new()), 360, &[]);
    assert_eq!(tasks(&plan), ["Update OpenSSH: server at 10.1.1.1 (server, 60)"]);
    assert_eq!(plan.tasks[0].findings.len(), 40);
    assert_eq!((plan.share_of_all(), plan.share_of_best(), plan.left.len()), (100, 100, 0));
}

#[test]
fn one_change_on_two_devices_is_one_task() {
    let ward = server_and_pump();
    let two =
        ["10.1.1.1", "10.1.1.2"].map(|address| weak(&ward, address, "CVE-2020-0001", "openbsd:openssh"));
    let plan = plan(&round(&ward, two.to_vec(), Vec::new()), 360, &[]);
    assert_eq!(tasks(&plan), ["Update OpenSSH: server at 10.1.1.1 and server at 10.1.1.2 (server, 90)"]);
}

fn pump_round(statements: Vec<Statement>) -> Round {
    let ward = server_and_pump();
    let finding = weak(&ward, "10.1.1.3", "CVE-2020-0001", "Drip 3");
    round(&ward, vec![finding], statements)
}

#[test]
fn a_change_that_is_not_approved_becomes_a_letter_and_containment() {
    let plan = plan(&pump_round(Vec::new()), 360, &[(Role::Biomedical, 60), (Role::Network, 120)]);
    assert_eq!(
        tasks(&plan),
        ["Let only those computers reach it that need to: Acme Drip 3 at 10.1.1.3 (network, 50)"]
    );
    let Work::Containment(Some(letter)) = &plan.tasks[0].work else { panic!("{:?}", plan.tasks[0].work) };
    assert_eq!((letter.by, letter.minutes), (Role::Biomedical, 20));
    assert_eq!(plan.left[0].because, LeftBecause::NeedsMaker);
    assert!(plan.left[0].contained);
    let used: Vec<_> = plan.teams.iter().map(|team| (team.role, team.used)).collect();
    assert_eq!(used, [(None, 0), (Some(Role::Biomedical), 20), (Some(Role::Network), 50)]);
}

#[test]
fn a_maker_that_forbids_is_asked_for_another_way() {
    let says = Says::MakerPosition { position: MakerPosition::Forbidden, document: "FSN-7".to_owned() };
    let plan = plan(&pump_round(vec![statement(1, "10.1.1.3", Role::Biomedical, says)]), 360, &[]);
    let Work::Containment(Some(letter)) = &plan.tasks[0].work else { panic!("{:?}", plan.tasks[0].work) };
    assert!(letter.text.contains("it forbids the change, so what else does it offer"), "{}", letter.text);
    let maker = plan.tasks[0].devices[0].maker.as_ref().unwrap();
    assert_eq!(maker_in_words(maker), "forbidden by the maker (FSN-7, 2026-11-02)");
}

#[test]
fn an_approved_change_waits_for_the_clinical_owner() {
    let contained = plan(&pump_round(vec![approved(1, "10.1.1.3")]), 360, &[]);
    assert_eq!(contained.tasks[0].work, Work::Containment(None));
    assert_eq!(contained.left[0].because, LeftBecause::NoWindow);
    // The word of somebody else is no leave to touch it.
    let by_others = vec![approved(1, "10.1.1.3"), off_patients(2, "10.1.1.3", Role::Biomedical)];
    assert_eq!(plan(&pump_round(by_others), 360, &[]).left[0].because, LeftBecause::NoWindow);
    let by_owner = vec![approved(1, "10.1.1.3"), off_patients(2, "10.1.1.3", Role::ClinicalOwner)];
    let changed = plan(&pump_round(by_owner), 360, &[]);
    assert_eq!(
        tasks(&changed),
        ["Install the maker's update of the Drip 3: Acme Drip 3 at 10.1.1.3 (biomedical, 120)"]
    );
    let window = changed.tasks[0].devices[0].window.as_ref().unwrap();
    assert_eq!((window.when.as_str(), window.statement), ("Sundays 02:00 to 04:00", StatementId(2)));
}

#[test]
fn a_device_that_nobody_knows_is_not_changed() {
    let ward = Hospital::default().host("10.1.1.1", DeviceClass::Unknown);
    let finding = weak(&ward, "10.1.1.1", "CVE-2020-0001", "openbsd:openssh");
    let plan = plan(&round(&ward, vec![finding], Vec::new()), 360, &[]);
    assert_eq!(plan.tasks[0].work, Work::Containment(None));
    assert_eq!(plan.left[0].because, LeftBecause::NotIdentified);
}

#[test]
fn what_is_left_says_why() {
    let ward = server_and_pump();
    let one = || vec![weak(&ward, "10.1.1.1", "CVE-2020-0001", "openbsd:openssh")];
    let because = |minutes, teams: &[(Role, u32)]| {
        plan(&round(&ward, one(), Vec::new()), minutes, teams).left.first().map(|left| left.because)
    };
    assert_eq!(because(60, &[]), None);
    assert_eq!(because(59, &[]), Some(LeftBecause::TooLong));
    assert_eq!(because(60, &[(Role::Network, 60)]), Some(LeftBecause::NoPeople));
    let two = vec![
        weak(&ward, "10.1.1.1", "CVE-2020-0001", "openbsd:openssh"),
        weak(&ward, "10.1.1.2", "CVE-2020-0001", "f5:nginx"),
    ];
    let plan = plan(&round(&ward, two, Vec::new()), 60, &[]);
    assert_eq!((plan.tasks.len(), plan.left[0].because), (1, LeftBecause::NoTime));
}

#[test]
fn retired_devices_do_not_count_unless_they_were_seen_since() {
    let mut ward = server_and_pump();
    let finding = weak(&ward, "10.1.1.1", "CVE-2020-0001", "openbsd:openssh");
    let retired = vec![statement(1, "10.1.1.1", Role::Server, Says::Retired)];
    let seen_since = plan(&round(&ward, vec![finding.clone()], retired.clone()), 360, &[]);
    assert_eq!((seen_since.not_counted, seen_since.tasks.len()), (0, 1));
    for asset in &mut ward.assets {
        asset.last_seen = "2026-11-01".parse().unwrap();
    }
    let gone = plan(&round(&ward, vec![finding], retired), 360, &[]);
    assert_eq!((gone.harm, gone.not_counted, gone.tasks.len()), (0, 1, 0));
}

#[test]
fn every_weakness_has_one_change_and_every_change_says_how_it_is_checked() {
    let efforts = Efforts::default();
    for setting in WeakSetting::ALL {
        let settled = efforts.changes.iter().filter(|change| change.settles.contains(setting)).count();
        assert_eq!(settled, 1, "{}", setting.code());
    }
    for change in efforts.changes.iter().chain([&efforts.containment]) {
        let texts = [&change.title, &change.before, &change.after, &change.back];
        assert!(texts.iter().all(|text| !text.is_empty() && !text.ends_with('.')), "{}", change.code);
        assert!(change.visit > 0 && (1..=100).contains(&change.closes), "{}", change.code);
    }
    for code in [efforts::UPDATE_DEVICE, efforts::UPDATE_SOFTWARE] {
        assert!(efforts.changes.iter().any(|change| change.code == code));
    }
    let page = include_str!("../../../../docs/planning.md");
    for change in &efforts.changes {
        assert!(
            page.contains(&format!("`{}`", change.code)),
            "docs/planning.md does not name {}",
            change.code
        );
    }
}

#[test]
fn a_reader_of_fourteen_understands_the_words_of_a_plan() {
    let efforts = Efforts::default();
    let changes = efforts.changes.iter().chain([&efforts.containment]);
    for change in changes {
        let text = [&change.before, &change.after, &change.back].map(|text| format!("{text}.\n")).concat();
        let grade = crate::phrases::tests::grade(&text);
        assert!(grade <= 8.0, "{}: grade {grade:.1}", change.code);
    }
    use LeftBecause as L;
    let left = [L::NeedsMaker, L::NoWindow, L::NotIdentified, L::NoPeople, L::TooLong, L::NoTime];
    let text: String = left.iter().map(|because| format!("{}.\n", because.sentence())).collect();
    let grade = crate::phrases::tests::grade(&text);
    assert!(grade <= 8.0, "what is left: grade {grade:.1}");
}

#[test]
fn a_hospital_puts_in_its_own_minutes() {
    let own = "[letter]\nminutes = 45\n[containment]\nclose = 1\n";
    let error = |text: &str| Efforts::default().with(text).unwrap_err().to_string();
    assert!(error(own).starts_with("line 4: unknown field"), "{}", error(own));
    assert!(error("[change.update-softwear]\nvisit = 3").contains("there is no change \"update-softwear\""));
    assert!(
        error("[change.update-software]\nvisit = 3000")
            .contains("visit of update-software must be 0 to 2400")
    );
    assert!(error("[change.update-software]\ncloses = 101").contains("0 to 100 per cent"));
    assert!(
        error("[change.update-software]\nwho = \"cook\"").contains("`who` is `owner` or the code of a role")
    );
    assert!(error("not toml").starts_with("line 1"));
    let efforts = Efforts::default()
        .with("[change.update-software]\nvisit = 5\nonce = 10\nwho = \"network\"\n[letter]\nminutes = 45")
        .unwrap();
    let ward = server_and_pump();
    let round = round(&ward, vec![weak(&ward, "10.1.1.1", "CVE-2020-0001", "openbsd:openssh")], Vec::new());
    let plan = plan_hours(&round, &Budget::new(60, &[]).unwrap(), &efforts);
    assert_eq!(tasks(&plan), ["Update OpenSSH: server at 10.1.1.1 (network, 15)"]);
}

#[test]
fn what_if_tells_before_and_after() {
    let ward = server_and_pump()
        .talk("10.1.1.1", "8.8.8.8:443/tcp", Protocol::Tls)
        .talk("8.8.8.8", "10.1.1.1:443/tcp", Protocol::Tls)
        .talk("10.1.1.2", "10.1.1.3:80/tcp", Protocol::Http);
    let (server, pump) = (
        weak(&ward, "10.1.1.1", "CVE-2020-0001", "openbsd:openssh"),
        weak(&ward, "10.1.1.3", "CVE-2020-0002", "Drip 3"),
    );
    let round = round(&ward, vec![server.clone(), pump.clone()], Vec::new());
    let ask = |asked| what_if(&round, &Efforts::default(), &asked);
    let fixed = ask(WhatIf::Fix(server.id));
    assert_eq!((fixed.before.ways, fixed.after.ways), (1, 0));
    assert!(fixed.after.harm < fixed.before.harm);
    assert_eq!(fixed.settled, [server.id]);
    let product = ask(WhatIf::Product("OpenSSH".to_owned()));
    assert_eq!((product.settled, product.after), (fixed.settled, fixed.after));
    let pump_id = ward.assets[2].id;
    let retired = ask(WhatIf::Retire(pump_id));
    assert_eq!((retired.after.goals, retired.settled), (0, vec![pump.id]));
    assert_eq!(retired.would_lose, [ward.assets[1].id]);
    let cut_off = ask(WhatIf::Isolate(pump_id));
    // It is still weak, so what must be done stays; but nobody reaches it over the network.
    assert_eq!((cut_off.after.act, cut_off.after.ways, cut_off.settled.len()), (cut_off.before.act, 0, 0));
    assert!(retired.after.harm < cut_off.after.harm && cut_off.after.harm < cut_off.before.harm);
}

/// Findings on devices of several kinds, and what people said of them.
fn any_round() -> impl Strategy<Value = Round> {
    let classes =
        [DeviceClass::Server, DeviceClass::InfusionPump, DeviceClass::ImagingArchive, DeviceClass::Unknown];
    let findings = prop::collection::vec((0..6_usize, 0..WeakSetting::ALL.len() + 4, any::<bool>()), 0..24);
    let said = prop::collection::vec((0..6_usize, 0..4_u8), 0..8);
    (prop::collection::vec(0..4_usize, 6), findings, said).prop_map(move |(kinds, findings, said)| {
        let mut ward = Hospital::default();
        for (place, kind) in kinds.iter().enumerate() {
            ward = ward.host(&format!("10.1.1.{place}"), classes[*kind]);
        }
        let finding = |(asset, what, exploited): &(usize, usize, bool)| {
            let asset = &ward.assets[*asset];
            let cve = format!("CVE-2020-{what:04}");
            let mut finding = vulnerability(asset, &cve, "a:b", Grade::ExactVersion, *exploited);
            if let Some(setting) = WeakSetting::ALL.get(*what) {
                finding.weakness = Weakness::Setting { setting: *setting, protocol: "tls".to_owned() };
                finding.id = FindingId::of(asset.id, &finding.weakness);
            }
            finding
        };
        let mut findings: Vec<_> = findings.iter().map(finding).collect();
        findings.sort_by_key(|finding| finding.id);
        findings.dedup_by_key(|finding| finding.id);
        let said = (1..).zip(&said).map(|(number, (asset, what))| {
            let address = format!("10.1.1.{asset}");
            match what {
                0 => approved(number, &address),
                1 => off_patients(number, &address, Role::ClinicalOwner),
                2 => off_patients(number, &address, Role::Biomedical),
                _ => statement(number, &address, Role::Server, Says::Retired),
            }
        });
        round(&ward, findings, said.collect())
    })
}

proptest! {
    // Each case chooses among many sets of visits; more cases cost more than they find.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The first law: nothing on a device that touches patients, or that nobody knows, is changed without its maker's
    /// approval and its clinical owner's time.
    #[test]
    fn no_device_is_changed_without_leave(round in any_round(), hours in 0..12_u32) {
        let plan = plan(&round, hours * 60, &[]);
        let efforts = Efforts::default();
        for task in plan.tasks.iter().filter(|task| task.work == Work::Change) {
            let touched = efforts.changes.iter().filter(|change| change.touches == Touches::Device);
            let touches = touched.filter(|change| change.before == task.before && change.after == task.after).count() > 0;
            for device in task.devices.iter().filter(|_| touches) {
                let class = round.asset(device.asset).unwrap().class.value;
                prop_assert!(class != DeviceClass::Unknown);
                let asked = device.maker.as_ref().is_none_or(|says| says.position == MakerPosition::Approved);
                prop_assert!(asked && (device.maker.is_none() || device.window.is_some()), "{:?}", device);
            }
        }
    }

    /// Hours are kept to, harm adds up, and every finding is done, left or told as not counted.
    #[test]
    fn a_plan_adds_up(round in any_round(), biomed in 0..6_u32, network in 0..6_u32, others in 0..6_u32) {
        let teams = [(Role::Biomedical, biomed * 60), (Role::Network, network * 60)];
        let plan = plan(&round, (biomed + network + others) * 60, &teams);
        prop_assert!(plan.teams.iter().all(|team| team.used <= team.minutes), "{:?}", plan.teams);
        prop_assert!(plan.removed <= plan.bound && plan.bound <= plan.harm);
        let removed: u64 = plan.tasks.iter().map(|task| task.removes).sum();
        prop_assert!(plan.removed.abs_diff(removed) <= u64::try_from(plan.tasks.len()).unwrap());
        let done = plan.tasks.iter().flat_map(|task| &task.findings);
        let told: BTreeSet<_> = done.chain(plan.left.iter().flat_map(|left| &left.findings)).collect();
        prop_assert_eq!(told.len() + plan.not_counted, round.findings.len());
    }

    #[test]
    fn the_order_of_the_input_changes_nothing(round in any_round(), hours in 0..12_u32) {
        let mut turned = round.clone();
        turned.assets.reverse();
        turned.findings.reverse();
        prop_assert_eq!(plan(&round, hours * 60, &[]), plan(&turned, hours * 60, &[]));
    }

    #[test]
    fn any_text_as_efforts_is_judged_without_panic(text: String) {
        let _ = Efforts::default().with(&text);
    }
}
