//! Models that people named with a question (P2), and nothing else of them.

use super::*;
use crate::Named;

const CT: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 70);

fn claim(model: &str) -> Claim<String> {
    Claim { value: model.to_owned(), confidence: Confidence::percent(90), reasons: Vec::new() }
}

/// An imaging device of this model that speaks DICOM, and has a page of its own.
fn device(class: DeviceClass, sure: u8, model: &str) -> Round {
    let services = [(104, Some(Protocol::Dicom)), (80, Some(Protocol::Http))];
    round(vec![Asset { model: Some(claim(model)), ..asset(CT, class, sure, &services) }])
}

fn named(model: &str, question: Question, called: &str) -> Listed {
    let named = Named { model: model.to_owned(), question, called: called.to_owned() };
    Listed { named: vec![named], ..Listed::default() }
}

fn plan_of(round: &Round, listed: Listed) -> Plan {
    Plan::make(ID, round, scope(&["10.20.1.0/24"]), listed, Pace::default())
}

#[test]
fn p2_a_model_that_was_named_is_asked_its_one_question_and_two_people_approve() {
    let round = device(DeviceClass::ImagingModality, 90, "Example CT 9000");
    let plan = plan_of(&round, named(" example ct 9000", Question::DicomEcho, "CT1"));
    let asked: Vec<_> =
        plan.exchanges.iter().map(|one| (one.port, one.question, one.called.as_str())).collect();
    assert_eq!(asked, [(104, Question::DicomEcho, "CT1")], "its page is not asked");
    assert_eq!(breaches(&plan, ID, &round), []);
    let by = |by: &str| Approval { plan: plan.mark(), by: by.to_owned() };
    assert_eq!(
        approve(plan.clone(), ID, &round, &[by("Ann"), by(" ann")]).unwrap_err(),
        Refused::Unapproved { wanted: 2, given: 1 }
    );
    assert!(approve(plan.clone(), ID, &round, &[by("Ann"), by("Ben")]).is_ok());
    // By a newer round it is another model, or something that must never be asked.
    let approved = approve(plan.clone(), ID, &round, &[by("Ann"), by("Ben")]).unwrap();
    for newer in [
        device(DeviceClass::ImagingModality, 90, "Example CT 9001"),
        device(DeviceClass::ImagingModality, 60, "Example CT 9000"),
        device(DeviceClass::InfusionPump, 90, "Example CT 9000"),
    ] {
        assert_eq!(approved.breach_since(&plan.exchanges[0], &newer).unwrap().rule, "P2");
    }
}

#[test]
fn p2_nothing_is_asked_that_was_not_named_or_can_not_be() {
    let ct = device(DeviceClass::ImagingModality, 90, "Example CT 9000");
    let left = |round: &Round, listed: Listed| {
        let plan = plan_of(round, listed);
        assert_eq!(plan.exchanges, []);
        plan.left_out[0].reason.clone()
    };
    let reason = "it takes part in care; a person must name its model and question";
    assert_eq!(left(&ct, Listed::default()), reason);
    assert_eq!(left(&ct, named("Example MR", Question::DicomEcho, "")), reason);
    let never = "its kind is never asked this question, whoever names it";
    assert_eq!(left(&ct, named("Example CT 9000", Question::ModbusIdentity, "")), never);
    // Questions that are no native ones of a device cannot be named for it.
    for question in Question::ALL.iter().filter(|question| question.native().is_none()) {
        assert!(named("x", *question, "").named[0].check().is_err());
        assert_eq!(
            left(&ct, named("Example CT 9000", *question, "")),
            "what was named is no question to a model"
        );
    }
    // What keeps somebody alive is asked nothing, whoever names it.
    for class in DeviceClass::ALL.iter().filter(|class| class.is_medical()) {
        let may = matches!(class, DeviceClass::ImagingModality | DeviceClass::ImagingArchive);
        let plan = plan_of(&device(*class, 90, "M"), named("M", Question::DicomEcho, ""));
        assert_eq!(plan.exchanges.len(), usize::from(may), "{class:?}");
    }
    assert_eq!(
        left(&device(DeviceClass::InfusionPump, 90, "M"), Listed::default()),
        "it takes part in care, and its kind is asked nothing"
    );
    let mut silent = ct.clone();
    silent.assets[0].services.clear();
    let unheard = "it was not heard to speak the protocol of the question that was named";
    assert_eq!(left(&silent, named("Example CT 9000", Question::DicomEcho, "")), unheard);
    for title in ["TITLE-OF-17-BYTES", "a\\b", "a\n", "\u{e9}"] {
        assert!(named("x", Question::DicomEcho, title).named[0].check().is_err(), "{title:?}");
    }
    assert!(named("x", Question::ModbusIdentity, "T").named[0].check().is_err());
    assert!(named(" ", Question::DicomEcho, "").named[0].check().is_err());
}

#[test]
fn p2_of_two_questions_that_were_named_a_controller_is_asked_the_one_whose_protocol_it_speaks() {
    let controller = |services: &[(u16, Option<Protocol>)]| {
        let asset = asset(CT, DeviceClass::BuildingController, 90, services);
        round(vec![Asset { model: Some(claim("EX-4712")), ..asset }])
    };
    let both = || {
        let mut both = named("EX-4712", Question::ModbusIdentity, "");
        both.named.extend(named("EX-4712", Question::BacnetDevice, "").named);
        both
    };
    let round = controller(&[(47808, Some(Protocol::Bacnet)), (80, Some(Protocol::Http))]);
    let plan = plan_of(&round, both());
    let asked: Vec<_> = plan.exchanges.iter().map(|one| (one.place(), one.question)).collect();
    assert_eq!(asked, [("10.20.1.70:47808/udp".to_owned(), Question::BacnetDevice)]);
    assert_eq!((breaches(&plan, ID, &round), crate::wanted_approvals(&plan)), (vec![], 2));
    // The same where it speaks over another carrier, or is none of the building.
    let tcp = controller(&[(502, Some(Protocol::Modbus))]);
    assert_eq!(plan_of(&tcp, named("EX-4712", Question::BacnetDevice, "")).exchanges, []);
    let pump = device(DeviceClass::InfusionPump, 90, "EX-4712");
    assert_eq!(plan_of(&pump, both()).exchanges, []);
}

#[test]
fn p5_p6_a_plan_that_somebody_changed_asks_no_other_port_title_or_model() {
    let round = device(DeviceClass::ImagingModality, 90, "Example CT 9000");
    let plan = plan_of(&round, named("Example CT 9000", Question::DicomEcho, "CT1"));
    let broken = |change: fn(&mut Plan)| {
        let mut changed = plan.clone();
        change(&mut changed);
        breaches(&changed, ID, &round).iter().map(|breach| breach.rule).collect::<Vec<_>>()
    };
    assert_eq!(broken(|plan| plan.exchanges[0].called = "CT2".to_owned()), ["P2"]);
    assert_eq!(broken(|plan| plan.listed.named.clear()), ["P2"]);
    assert_eq!(broken(|plan| plan.exchanges[0].port = 80), ["P6"]);
    assert_eq!(broken(|plan| plan.exchanges[0].port = 11112), ["P5", "P6"]);
    assert!(broken(|plan| plan.exchanges[0].question = Question::ModbusIdentity).contains(&"P2"));
}

proptest! {
    #[test]
    fn p2_whatever_is_named_no_thing_is_asked_that_treats_a_patient(
        assets in proptest::collection::vec((some_asset(), select(vec!["A", "B"])), 0..30),
        named in proptest::collection::vec((select(vec!["A", "b"]), select(Question::ALL)), 0..6),
    ) {
        let model = |(asset, model): (Asset, &str)| Asset { model: Some(claim(model)), ..asset };
        let round = round(assets.into_iter().map(model).collect());
        let one = |(model, question): &(&str, Question)| Named { model: (*model).to_owned(), question: *question, called: String::new() };
        let listed = Listed { named: named.iter().map(one).collect(), ..Listed::default() };
        let plan = plan_of(&round, listed);
        prop_assert_eq!(breaches(&plan, ID, &round), vec![]);
        for exchange in plan.exchanges.iter().filter(|exchange| exchange.question.native().is_some()) {
            prop_assert_eq!(crate::wanted_approvals(&plan), 2);
            let holder = round.assets.iter().find(|asset| asset.ips.contains(&IpAddr::V4(exchange.ip))).unwrap();
            let fits = match exchange.question {
                Question::DicomEcho => holder.class.value.is_medical() == matches!(holder.class.value, DeviceClass::ImagingModality | DeviceClass::ImagingArchive),
                _ => holder.class.value.area() == wardround_model::Area::Plant,
            };
            prop_assert!(fits, "{:?} {:?}", exchange.question, holder.class.value);
            let is_model = |(model, question): &(&str, Question)| {
                *question == exchange.question && model.eq_ignore_ascii_case(&holder.model.as_ref().unwrap().value)
            };
            prop_assert!(named.iter().any(is_model));
            // Where it was heard to speak that protocol, by that carrier.
            let speaks = |it: &Service| it.endpoint == exchange.endpoint() && it.protocol == exchange.question.native();
            prop_assert!(holder.services.iter().any(speaks));
        }
    }
}
