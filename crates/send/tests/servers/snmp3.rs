//! A real agent of SNMP 3 (`lab/snmp3`) is asked as a user that it knows, and as others that it does not.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use wardround_ask::{Listed, Outcome, Question, observations};
use wardround_model::{Protocol, Timestamp};
use wardround_send::{Answer, Ended, run};

use crate::switch::datagrams;
use crate::{CONTACT, Notes, Servers, hospital};

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
    let this = std::env::current_exe().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount"]).env("IN_LAB", "yes").arg(this);
    command.args(["--exact", "snmp3::agent_in_a_namespace", "--ignored", "--nocapture"]);
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert!(output.status.success(), "{told}");
    println!("{told}");
}

#[test]
#[ignore = "run by the test above, in namespaces"]
fn agent_in_a_namespace() {
    assert!(std::env::var_os("IN_LAB").is_some(), "only in namespaces of its own: servers are started");
    let folder = std::env::temp_dir().join(format!("ask-snmp3-{}", std::process::id()));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../lab/snmp3");
    let mut command = Command::new(script);
    let mut child = command.arg(&folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let lines: Vec<String> = lines.take_while(|line| line != "ready").collect();
    let _servers = Servers(child);
    if lines != ["agent 10.20.1.196 161"] {
        println!("skipped: {lines:?}");
        assert!(std::env::var_os("ALL_SERVERS").is_none(), "{lines:?}");
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
    let _ = std::fs::remove_dir_all(folder);
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
