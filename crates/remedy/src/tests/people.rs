//! What people say: exceptions, signatures, letters, and the table of it all.

use super::*;

pub(super) fn excepted(until: i64) -> Exception {
    Exception {
        owner: person("K. Ito"),
        because: note("it is replaced soon"),
        control: note("a network of its own"),
        until: moment(until),
    }
}

#[test]
fn an_exception_holds_for_what_was_known_ends_by_itself_and_not_too_late() {
    let rounds = [round(0, SERVER, &[Sees::Weak(0)])];
    let first = work(&rounds, Vec::new());
    let list = worklist(&first, 0);
    let policy = Policy::default();
    let except = |until| only(&list).except(person("K. Ito"), excepted(until), &policy, moment(0));
    assert_eq!(except(0), Err(Refused::EndsBefore));
    assert!(matches!(except(400), Err(Refused::TooLong(_))));
    let seen = work(&rounds, vec![said(1, 1, 0, &except(30).unwrap())]);
    let list = worklist(&seen, 29);
    assert_eq!((only(&list).state, only(&list).overdue), (TaskState::Excepted, false));
    let list = worklist(&seen, 31);
    assert!(matches!(state(only(&list)), State::Reopened(Reopening::ExceptionEnded(_))));
    assert!(only(&list).overdue);
}

#[test]
fn what_is_found_later_is_not_in_an_exception() {
    let first = round(0, SERVER, &[Sees::Weak(0)]);
    let mut second = round(5, SERVER, &[Sees::Weak(5)]);
    let mut more = second.findings[0].clone();
    more.weakness = Weakness::Setting { setting: WeakSetting::Unsupported, protocol: "other".to_owned() };
    more.id = FindingId::of(more.asset, &more.weakness);
    second.findings.push(more.clone());
    let rounds = [first, second];
    let known = work(&rounds[..1], Vec::new());
    let list = worklist(&known, 0);
    let except = only(&list).except(person("K. Ito"), excepted(60), &Policy::default(), moment(1)).unwrap();
    let seen = work(&rounds, vec![said(1, 1, 1, &except)]);
    let list = worklist(&seen, 5);
    let stands = |id| only(&list).parts().find(|part| part.item.finding == id).unwrap().state.clone();
    assert_eq!((only(&list).state, stands(more.id)), (TaskState::Open, State::Open));
    assert!(matches!(stands(rounds[0].findings[0].id), State::Excepted(_)));
    assert_eq!(only(&list).done(person("A")).unwrap().findings(), [more.id]);
}

#[test]
fn an_accepted_risk_that_grows_is_open_again() {
    let mut earlier = round(0, SERVER, &[Sees::Weak(0)]);
    earlier.findings[0].judgement.decision = Decision::Track;
    let rounds = [earlier, round(10, SERVER, &[Sees::Weak(10)])];
    let first = work(&rounds[..1], Vec::new());
    let list = worklist(&first, 0);
    assert_eq!(only(&list).due, None);
    let new = only(&list).except(person("K. Ito"), excepted(90), &Policy::default(), moment(1)).unwrap();
    let seen = work(&rounds, vec![said(1, 1, 1, &new)]);
    let list = worklist(&seen, 10);
    assert!(matches!(
        state(only(&list)),
        State::Reopened(Reopening::RiskRaised { round: RoundId(2), decision: Decision::Act, .. })
    ));
}

/// A round of one ward's pump, whose maker approves changes where `approved`.
fn pump_round(approved: bool) -> Round {
    let mut round = round(0, DeviceClass::InfusionPump, &[Sees::Weak(0)]);
    let says = |position, document: &str| Says::MakerPosition { position, document: document.to_owned() };
    let says = match approved {
        true => says(MakerPosition::Approved, "PSB-12"),
        false => says(MakerPosition::NotAsked, ""),
    };
    let statement = |id, by, says| Statement {
        id: StatementId(id),
        asset: asset_id(1),
        says,
        by,
        at: moment(0),
        because: "so it is".to_owned(),
        until: None,
    };
    let window = Says::OffPatients("Sundays 02:00 to 04:00".to_owned());
    round.statements = vec![statement(1, Role::Biomedical, says), statement(2, Role::ClinicalOwner, window)];
    round
}

fn change<'w, 'a>(list: &'w Worklist<'a>) -> &'w Task<'a> {
    list.tasks.iter().find(|task| task.head.work == wardround_triage::VisitWork::Change).unwrap()
}

#[test]
fn nobody_calls_work_on_a_pump_done_before_its_clinical_owner_signed() {
    let rounds = [pump_round(true)];
    let first = work(&rounds, Vec::new());
    let list = worklist(&first, 0);
    let task = change(&list);
    assert_eq!(task.done(person("A")), Err(Refused::NeedsSignOff(task.id())));
    let signs = said(1, 1, 1, &task.sign_off(ClinicalOwner(person("Sister Okafor"))).unwrap());
    let signed = work(&rounds, vec![signs.clone()]);
    let list = worklist(&signed, 1);
    let done = said(2, 1, 2, &change(&list).done(person("A")).unwrap());
    let both = work(&rounds, vec![signs, done.clone()]);
    let list = worklist(&both, 2);
    let State::Claimed(claim) = state(change(&list)) else { panic!("{:?}", state(change(&list))) };
    assert_eq!(claim.signed.as_ref().unwrap().by, person("Sister Okafor"));
    // A claim that somebody put into the store without a signature counts for nothing.
    let forged = work(&rounds, vec![done]);
    assert_eq!(*state(change(&worklist(&forged, 2))), State::Open);
}

#[test]
fn a_maker_that_was_not_asked_gets_a_letter_with_a_clock() {
    let rounds = [pump_round(false)];
    let first = work(&rounds, Vec::new());
    let list = worklist(&first, 0);
    let [letter] = list.letters.as_slice() else { panic!("{:?}", list.letters) };
    assert_eq!(letter.state, LetterState::ToWrite(Policy::default().send_by(moment(0))));
    let sent = said(1, 1, 2, &change(&list).letter_sent(person("A"), moment(1), moment(2)).unwrap());
    assert_eq!(change(&list).letter_sent(person("A"), moment(3), moment(2)), Err(Refused::NotYet));
    let seen = work(&rounds, vec![sent.clone()]);
    let letter = &worklist(&seen, 2).letters[0];
    assert_eq!(
        letter.state,
        LetterState::Sent { on: moment(1), answer_by: Policy::default().answer_by(moment(1)) }
    );
    assert!(!letter.overdue && worklist(&seen, 40).letters[0].overdue);
    let answered = change(&list).letter_answered(person("A"), moment(5), note("PSB-12"), moment(6)).unwrap();
    let seen = work(&rounds, vec![sent, said(2, 1, 6, &answered)]);
    assert!(matches!(worklist(&seen, 40).letters[0].state, LetterState::Answered { .. }));
}

#[test]
fn the_letter_to_a_maker_reads_well_and_names_no_place() {
    let first = work(&[pump_round(false)], Vec::new());
    let list = worklist(&first, 0);
    let text = list.letters[0].text(moment(30));
    assert!(!text.contains("10.0.0."), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn keeping_others_away_from_a_pump_is_a_claim_until_the_weakness_is_gone() {
    let rounds = [pump_round(false), {
        let mut later = pump_round(false);
        later.as_of = moment(9);
        later
    }];
    let first = work(&rounds[..1], Vec::new());
    let list = worklist(&first, 0);
    let contain = |list: &Worklist<'_>| {
        let found = list.tasks.iter().find(|task| task.who() == Role::Network);
        found.map(|task| (task.state, task.done(person("N")), task.id()))
    };
    let Some((TaskState::Open, Ok(done), id)) = contain(&list) else { panic!("{:?}", contain(&list)) };
    let seen = work(&rounds, vec![said(1, 1, 1, &done)]);
    let list = worklist(&seen, 9);
    assert_eq!(contain(&list).map(|(state, _, id)| (state, id)), Some((TaskState::Claimed, id)));
}

#[test]
fn the_table_for_spreadsheets_has_a_row_for_each_finding() {
    let seen = told(&[Sees::Weak(0), Sees::Strong(10), Sees::Weak(20)], Some(2));
    insta::assert_snapshot!(csv(&worklist(&seen, 20)));
}
