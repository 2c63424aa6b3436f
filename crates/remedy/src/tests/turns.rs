//! What rounds show: found, fixed, back, and what proves nothing.

use super::*;

#[test]
fn only_another_value_seen_later_verifies_with_what_was_seen_before_and_after() {
    let seen = told(&[Sees::Weak(0), Sees::Strong(10)], Some(2));
    let list = worklist(&seen, 10);
    let State::Verified(verified) = state(only(&list)) else { panic!("{:?}", state(only(&list))) };
    assert_eq!((verified.round, verified.at), (RoundId(2), moment(10)));
    assert_eq!(verified.claim.as_ref().unwrap().said.by, person("R. Ferreira"));
    let [change] = verified.changes.as_slice() else { panic!("{:?}", verified.changes) };
    assert_eq!(change.before.value, "Windows Server 2008 Standard");
    assert_eq!(change.after.value, "Windows Server 2022 Standard");
    assert!(change.replaced);
    assert_eq!(list.moves(RoundId(2)).verified.len(), 1);
}

#[test]
fn silence_an_absent_device_and_an_older_list_prove_nothing() {
    for sees in [Sees::Nothing, Sees::Device, Sees::Strong(-3)] {
        let seen = told(&[Sees::Weak(0), sees], Some(2));
        let list = worklist(&seen, 10);
        assert!(matches!(state(only(&list)), State::Claimed(_)), "{sees:?}");
        let without = told(&[Sees::Weak(0), sees], None);
        assert_eq!(*state(only(&worklist(&without, 10))), State::Open, "{sees:?}");
    }
}

/// The first round shows a weakness by this fact, the second has no finding and shows that.
fn shown_then(kind: FactKind, before: &str, after: &str, traffic: bool) -> History {
    let shown = |value: &str, day| {
        let fact = Fact::new(kind, value.as_bytes()).unwrap();
        Observation { fact, ..observation(1, "Windows", day) }
    };
    let (one, two) = (shown(before, 0), shown(after, 10));
    let mut found = finding(1, &one, Decision::Act);
    if traffic {
        let talked = Ground::Conversation(ConversationId(Digest::of(&["talk"])));
        found.reasons.push(Reason::new("others talk with it", [talked]));
    }
    let mut rounds = [0, 10].map(|day| round(day, SERVER, &[Sees::Device]));
    rounds[0].findings.push(found);
    rounds[0].observations.push(one);
    rounds[1].observations.push(two);
    assert_eq!(
        diff(&rounds[0], &rounds[1]).findings[0].0 == FindingChange::Fixed,
        matches!(
            work(&rounds, Vec::new()).history.items.values().next().unwrap().turns.last().unwrap().turn,
            Turn::Fixed(_)
        )
    );
    work(&rounds, Vec::new()).history
}

fn last_turn(history: &History) -> (Turn, LastLook) {
    let item = history.items.values().next().unwrap();
    (item.turns.last().unwrap().turn.clone(), item.last_look)
}

#[test]
fn how_one_talk_went_who_it_is_and_less_traffic_prove_nothing() {
    let banner = shown_then(FactKind::SshBanner, "SSH-2.0-OpenSSH_7.2", "SSH-2.0-OpenSSH_9.9", false);
    assert!(matches!(last_turn(&banner).0, Turn::Fixed(_)));
    for history in [
        shown_then(FactKind::SmbDialect, "1.0", "3.1.1", false),
        shown_then(FactKind::TlsVersion, "1.0", "1.3", false),
        shown_then(FactKind::ListedTag, "4711", "4712", false),
        shown_then(FactKind::SshBanner, "SSH-2.0-OpenSSH_7.2", "SSH-2.0-OpenSSH_9.9", true),
        shown_then(FactKind::SshBanner, "SSH-2.0-OpenSSH_7.2", "SSH-2.0-OpenSSH_7.2", true),
    ] {
        assert_eq!(last_turn(&history), (Turn::Found(Decision::Act), LastLook::NotSeenAgain));
        assert!(!history.items.values().any(Item::can_be_verified));
    }
    assert!(banner.items.values().all(Item::can_be_verified));
}

#[test]
fn a_package_that_is_gone_from_its_list_is_told_so_and_one_that_is_newer_too() {
    let newer = shown_then(
        FactKind::Package,
        "pkg:deb/debian/openssl@3.0.11",
        "pkg:deb/debian/openssl@3.0.15",
        false,
    );
    let Turn::Fixed(changes) = last_turn(&newer).0 else { panic!("{newer:?}") };
    assert!(changes[0].replaced);
    let mut rounds = [0, 10].map(|day| round(day, SERVER, &[Sees::Device]));
    let has = |package: &str, day| Observation {
        fact: Fact::new(FactKind::Package, package.as_bytes()).unwrap(),
        ..observation(1, "Windows", day)
    };
    let weak = has("pkg:deb/debian/openssl@3.0.11", 0);
    rounds[0].findings.push(finding(1, &weak, Decision::Act));
    rounds[0].observations.push(weak);
    rounds[1].observations = vec![has("pkg:deb/debian/bash@5.2", 10), has("pkg:deb/debian/openvpn@2.6", 10)];
    let Turn::Fixed(changes) = last_turn(&work(&rounds, Vec::new()).history).0 else { panic!() };
    assert!(!changes[0].replaced);
    // Another kind of list that does not have it says nothing.
    rounds[1].coverage.sources[0].kind = SourceKind::Inventory;
    let other = work(&rounds, Vec::new()).history;
    assert_eq!(last_turn(&other), (Turn::Found(Decision::Act), LastLook::NotSeenAgain));
}

#[test]
fn what_was_said_stays_with_a_device_that_gets_a_card() {
    let card = MacAddr([0, 0x12, 0x21, 0, 0, 1]);
    let with_card = |mut round: Round| {
        let id = AssetId::of_anchor(&card.to_string());
        round.assets[0].id = id;
        round.assets[0].macs = vec![card];
        for finding in &mut round.findings {
            finding.asset = id;
            finding.id = FindingId::of(id, &finding.weakness);
        }
        round
    };
    let first = told(&[Sees::Weak(0)], Some(2));
    let old = only(&worklist(&first, 2)).id();
    let mut rounds = vec![round(0, SERVER, &[Sees::Weak(0)]), with_card(round(1, SERVER, &[Sees::Weak(1)]))];
    let moved = work(&rounds, first.events.clone());
    let list = worklist(&moved, 2);
    assert_ne!(only(&list).id(), old);
    assert_eq!(only(&list).head.known_as, [old]);
    assert!(matches!(state(only(&list)), State::Claimed(_)), "{:?}", state(only(&list)));
    assert_eq!(only(&list).parts().next().unwrap().item.turns.len(), 1);
    // A fix is seen under the new id, and what is said since then counts beside what was said before.
    let mut events = first.events.clone();
    events.push(said(2, 2, 3, &only(&list).comment(person("A"), note("hm"))));
    rounds.push(with_card(round(10, SERVER, &[Sees::Strong(10)])));
    let fixed = work(&rounds, events);
    let list = worklist(&fixed, 10);
    assert!(matches!(state(only(&list)), State::Verified(Verified { claim: Some(_), .. })));
    assert_eq!(only(&list).log.len(), 2);
}

#[test]
fn a_fix_is_seen_over_rounds_that_did_not_look() {
    let seen = told(&[Sees::Weak(0), Sees::Nothing, Sees::Device, Sees::Strong(30)], None);
    let list = worklist(&seen, 30);
    assert!(matches!(state(only(&list)), State::Verified(Verified { round: RoundId(4), claim: None, .. })));
}

#[test]
fn what_comes_back_is_open_again_with_both_sights() {
    let seen = told(&[Sees::Weak(0), Sees::Strong(10), Sees::Weak(20)], Some(2));
    let list = worklist(&seen, 20);
    let State::Reopened(Reopening::Regression { round, before, after }) = state(only(&list)) else {
        panic!("{:?}", state(only(&list)))
    };
    assert_eq!(*round, RoundId(3));
    assert_eq!((before[0].value.as_str(), before[0].last), ("Windows Server 2022 Standard", moment(10)));
    assert_eq!((after[0].value.as_str(), after[0].last), ("Windows Server 2008 Standard", moment(20)));
    // Its clock begins anew.
    assert_eq!(only(&list).due, Policy::default().due(Decision::Act, moment(20)));
    assert_eq!(list.moves(RoundId(3)).reopened.len(), 1);
}

#[test]
fn an_older_capture_opens_nothing_again() {
    let seen = told(&[Sees::Weak(0), Sees::Strong(10), Sees::Weak(5)], None);
    assert!(matches!(state(only(&worklist(&seen, 20))), State::Verified(_)));
}

#[test]
fn a_claim_that_a_later_look_contradicts_is_open_again() {
    let seen = told(&[Sees::Weak(0), Sees::Weak(10)], Some(2));
    let list = worklist(&seen, 10);
    assert!(matches!(state(only(&list)), State::Reopened(Reopening::StillThere { round: RoundId(2), .. })));
    // A list from before the claim says nothing against it.
    let seen = told(&[Sees::Weak(0), Sees::Weak(1)], Some(2));
    assert!(matches!(state(only(&worklist(&seen, 10))), State::Claimed(_)));
}

#[test]
fn an_answer_leaves_out_and_does_not_verify() {
    let mut later = round(10, SERVER, &[Sees::Weak(10)]);
    later.findings.clear();
    let seen = work(&[round(0, SERVER, &[Sees::Weak(0)]), later], Vec::new());
    let list = worklist(&seen, 10);
    assert!(matches!(state(only(&list)), State::LeftOut { round: RoundId(2), why: LeftOut::Judgement }));
    assert_eq!(list.moves(RoundId(2)), Moves::default());
}

#[test]
fn what_an_answer_settled_counts_again_when_the_answer_ends() {
    let settled = |mut round: Round| {
        let cve = CveId::new(2024, 1234).unwrap();
        let reason = Reason::new("somebody said so", [Ground::Statement(StatementId(1))]);
        let asset = asset_id(1);
        round.findings.clear();
        round.settled = vec![Settled { asset, cve, status: VexStatus::NotAffected, until: None, reason }];
        round
    };
    let known = |mut round: Round| {
        for finding in &mut round.findings {
            finding.weakness = Weakness::Vulnerability {
                cve: CveId::new(2024, 1234).unwrap(),
                product: "acme:box".to_owned(),
                version: None,
                advisory: None,
            };
            finding.id = FindingId::of(finding.asset, &finding.weakness);
        }
        round
    };
    let at = |day| known(round(day, SERVER, &[Sees::Weak(day)]));
    let rounds = [at(0), settled(at(10)), at(20)];
    let seen = work(&rounds[..2], Vec::new());
    assert!(matches!(state(only(&worklist(&seen, 10))), State::LeftOut { why: LeftOut::Answer, .. }));
    let seen = work(&rounds, Vec::new());
    let list = worklist(&seen, 20);
    let State::Reopened(Reopening::CountsAgain { round }) = state(only(&list)) else {
        panic!("{:?}", state(only(&list)))
    };
    assert_eq!((*round, list.moves(RoundId(3)).reopened.len()), (RoundId(3), 1));
}
