//! A real agent of SNMP 3 (`lab/snmp3`) is asked as a user that it knows, and as others that it does not.

use wardround_ask::{Listed, Outcome, Question, observations};
use wardround_model::{Protocol, Timestamp};
use wardround_send::{Answer, Ended, run};

use crate::lab::{Lab, in_namespaces};
use crate::switch::datagrams;
use crate::{CONTACT, Notes, hospital};

/// A user's lines, what comes of asking as that user, and a word of why.
const USERS: &[(&str, Outcome, &str)] = &[
    (
        "user monitor\nauthentication sha-256 sesame-4711\nprivacy aes-128 open-sesame-4711",
        Outcome::Answered,
        "",
    ),
    ("user plain\nauthentication sha-1 sesame-4712", Outcome::Answered, ""),
    ("user nobody\nauthentication sha-256 sesame-4711", Outcome::NotAllowed, "does not know this user"),
    (
        "user monitor\nauthentication sha-256 sesame-4712",
        Outcome::NotAllowed,
        "passphrase for authentication",
    ),
    ("user monitor\nauthentication sha-1 sesame-4711", Outcome::NotAllowed, "passphrase for authentication"),
    (
        "user plain\nauthentication sha-1 sesame-4712\nprivacy aes-128 open-sesame-4711",
        Outcome::NotAllowed,
        "other kinds of security",
    ),
    (
        "user monitor\nauthentication sha-256 sesame-4711\nprivacy aes-128 open-sesame-4712",
        // It says nothing to what it cannot read: the one sign that a device in distress gives, too.
        Outcome::FellSilent,
        "passphrase for privacy",
    ),
];

#[test]
#[ignore = "needs an agent that `make test` does not install; `make ask-servers` runs it"]
fn an_agent_answers_the_users_that_it_knows() {
    in_namespaces("snmp3::agent_in_a_namespace");
}

#[test]
#[ignore = "run by the test above, in namespaces"]
fn agent_in_a_namespace() {
    let lab = Lab::start("snmp3", &[]);
    if lab.lines != ["agent 10.20.1.196 161"] {
        Lab::skip(&format!("{:?}", lab.lines));
        return;
    }
    for (user, outcome, why) in USERS {
        let before = datagrams();
        let (answer, told) = asked(user);
        println!("{} {:?}: {told:?}", answer.outcome.code(), answer.why);
        assert_eq!(answer.outcome, *outcome, "{user}: {}", answer.why);
        assert!(answer.why.contains(why), "{}", answer.why);
        // The engine's name, and the question, each answered from this same namespace.
        assert_eq!(datagrams() - before, if *outcome == Outcome::FellSilent { 3 } else { 4 });
        let has = |fact: &str| told.iter().any(|told| told.starts_with(fact));
        for fact in
            ["snmp.version 3", "snmp.system-description Linux * ", "snmp.object-id 1.3.6", "scan.open snmp"]
        {
            assert_eq!(has(fact), *outcome == Outcome::Answered, "{fact}: {told:?}");
        }
        let all = format!("{told:?} {:?}", answer.bytes);
        assert!(!all.contains(CONTACT) && !all.contains("sesame"), "{all}");
        let name = user.lines().next().unwrap().strip_prefix("user ").unwrap().as_bytes();
        assert!(!answer.bytes.windows(name.len()).any(|window| window == name), "its name is in no answer");
    }
}

/// Asks as this user, and what the answer tells.
fn asked(user: &str) -> (Answer, Vec<String>) {
    let offers = [("10.20.1.196".parse().unwrap(), vec![(161, Protocol::Snmp)])];
    let listed = Listed { user: true, ..Listed::default() };
    let approved = hospital::approved(&offers, listed);
    assert!(approved.lacks_user());
    let approved = approved.with_user(user.parse().ok());
    assert!(!approved.lacks_user());
    let mut notes = Notes::default();
    let ended = run(&approved, &mut notes);
    let (exchange, answer) = notes.0.remove(0);
    let in_distress = usize::from(answer.outcome == Outcome::FellSilent);
    assert!(matches!(&ended, Ended::Done(distress) if distress.len() == in_distress), "{ended:?}");
    assert_eq!(exchange.question, Question::Snmp3System);
    let facts = observations(&exchange, &answer.bytes, Timestamp::EPOCH, 1);
    let facts = facts.into_iter().filter(|_| !answer.bytes.is_empty());
    let told = facts.map(|it| format!("{} {}", it.fact.kind().code(), it.fact.value())).collect();
    (answer, told)
}
