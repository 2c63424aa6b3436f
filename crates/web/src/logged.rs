//! What the log calls each thing that was asked of the site, and what people read for it. `docs/security/events.md` lists the same.

/// Actions by their name in the log, in order, each with its words.
pub(crate) const ACTIONS: &[(&str, &str)] = &[
    ("account.password", "another password"),
    ("account.prove", "proof of who it is"),
    ("account.recovery", "new recovery codes"),
    ("account.sessions", "ended their other sessions"),
    ("ask.after", "looked whether hosts still speak"),
    ("ask.approve", "approved questions to hosts"),
    ("ask.key", "made or took away the key that reads servers"),
    ("ask.log", "took the log of questions to hosts"),
    ("ask.name", "named a model with its one question, or took that back"),
    ("ask.plan", "planned questions to hosts"),
    ("ask.regular", "switched regular questions on or off"),
    ("ask.regular.approve", "approved regular questions"),
    ("ask.resume", "allowed questions to hosts again"),
    ("ask.run", "started questions to hosts"),
    ("ask.scope", "said who may be asked"),
    ("ask.stop", "stopped questions to hosts"),
    ("asking.log", "took the log of questions to hosts"),
    ("asking.stop", "stopped questions to hosts"),
    ("audit.list", "looked at the log"),
    ("break-glass.make", "made the emergency account"),
    ("break-glass.open", "opened the emergency account"),
    ("demo.leave", "deleted the demo"),
    ("demo.show", "showed the demo"),
    ("device.said-many", "looked at what was said of several devices"),
    ("device.say", "said something of a device"),
    ("device.say-many", "said something of several devices"),
    ("device.take-back", "took back what was said"),
    ("device.take-back-many", "took back what was said of several devices"),
    ("device.view", "looked at a device"),
    ("devices.say", "said something of a device"),
    ("devices.say-many", "said something of several devices"),
    ("events.follow", "followed what happens"),
    ("finding.view", "looked at a finding"),
    ("findings.say", "said whether a weakness is there"),
    ("hospital.name", "named the hospital"),
    ("import.check", "looked at a file again"),
    ("import.drop", "threw a file away"),
    ("import.forget", "forgot a list"),
    ("import.keep", "kept a list"),
    ("import.send", "sent files"),
    ("imports.forget", "forgot a list"),
    ("interfaces.choose", "chose interfaces"),
    ("join", "joined"),
    ("notices.add", "added a receiver"),
    ("notices.off", "switched a receiver off"),
    ("notices.on", "switched a receiver on"),
    ("notices.remove", "removed a receiver"),
    ("notices.try", "tried a receiver"),
    ("page", "a page"),
    ("paths.view", "looked at ways in"),
    ("people.change", "changed a role or an end"),
    ("people.close", "closed an account"),
    ("people.get", "looked at an account"),
    ("people.invitations", "looked at invitations"),
    ("people.invite", "invited somebody"),
    ("people.list", "looked at people"),
    ("people.role", "who comes to be what"),
    ("people.sign-out", "signed somebody out"),
    ("people.withdraw", "took back an invitation"),
    ("receivers.add-mail", "added a receiver"),
    ("receivers.add-syslog", "added a receiver"),
    ("receivers.add-webhook", "added a receiver"),
    ("receivers.off", "switched a receiver off"),
    ("receivers.on", "switched a receiver on"),
    ("receivers.remove", "removed a receiver"),
    ("receivers.try", "tried a receiver"),
    ("report.board", "took the board's page"),
    ("report.round", "took the report of a round"),
    ("report.work", "took work sheets"),
    ("round.remove", "removed a round that only judged again"),
    ("round.run", "ran a round"),
    ("rounds.run", "ran a round"),
    ("schedule.change", "changed the schedule"),
    ("settings.hospital", "named the hospital"),
    ("settings.interfaces", "chose interfaces"),
    ("settings.schedule", "changed the schedule"),
    ("sign-in", "signed in"),
    ("sign-out", "signed out"),
    ("statements.take-back", "took back what was said"),
    ("statements.take-back-many", "took back what was said of several devices"),
    ("task.assign", "said who does a task"),
    ("task.attach", "sent files for a task"),
    ("task.comment", "remarked on a task"),
    ("task.done", "said that a task is done"),
    ("task.download", "took a file of a task"),
    ("task.except", "accepted a risk"),
    ("task.file", "added a file to a task"),
    ("task.letter", "looked at a letter"),
    ("task.letter-answered", "recorded a maker's answer"),
    ("task.letter-sent", "recorded a letter"),
    ("task.reopen", "opened a task again"),
    ("task.sign-off", "recorded a clinical owner's word"),
    ("task.undo", "took back what was said of a task"),
    ("task.view", "looked at a task"),
    ("token.end", "ended a token"),
    ("token.make", "made a token"),
    ("tokens.end", "ended a token"),
    ("uploads.drop", "threw a file away"),
    ("uploads.keep", "kept a list"),
    ("uploads.look", "looked at a file again"),
    ("uploads.round", "ran a round"),
    ("uploads.send", "sent a file"),
    ("view.change", "changed a saved view"),
    ("view.delete", "deleted a saved view"),
    ("view.restore", "brought a saved view back"),
    ("view.save", "saved a view"),
    ("views.change", "changed a saved view"),
    ("views.delete", "deleted a saved view"),
    ("views.restore", "brought a saved view back"),
    ("views.save", "saved a view"),
    ("work.assign", "said who does a task"),
    ("work.attach", "attached a file to a task"),
    ("work.comment", "remarked on a task"),
    ("work.done", "said that a task is done"),
    ("work.except", "accepted a risk"),
    ("work.export", "exported the worklist"),
    ("work.file", "took a file of a task"),
    ("work.letter-answered", "recorded a maker's answer"),
    ("work.letter-sent", "recorded a letter"),
    ("work.reopen", "opened a task again"),
    ("work.sign-off", "recorded a clinical owner's word"),
    ("work.undo", "took back what was said of a task"),
];

/// What an action is called; one without words stands as it is in the log.
pub(crate) fn words(action: &str) -> &str {
    let found = ACTIONS.binary_search_by(|(name, _)| (*name).cmp(action));
    found.ok().and_then(|place| ACTIONS.get(place)).map_or(action, |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::routes::{self, Needs};

    const DOCUMENT: &str = include_str!("../../../docs/security/events.md");

    /// The texts that stand right behind this in the sources of the site.
    fn behind(opening: &str) -> BTreeSet<String> {
        fn walk(folder: &Path, opening: &str, found: &mut BTreeSet<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, opening, found);
                } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("logged.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let names =
                        text.split(opening).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
                    found.extend(names.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
                }
            }
        }
        let mut found = BTreeSet::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), opening, &mut found);
        found
    }

    #[test]
    fn each_action_of_a_page_has_words_and_a_row_of_the_document() {
        assert!(ACTIONS.is_sorted_by(|one, next| one.0 < next.0));
        let of_pages = routes::all().into_iter().filter(|route| !matches!(route.gate.needs, Needs::Token(_)));
        let mut actions: BTreeSet<String> =
            of_pages.filter_map(|route| route.gate.logged.map(str::to_owned)).collect();
        actions.extend(behind("Entry::new("));
        assert!(actions.len() > 60, "{actions:?}");
        for action in &actions {
            assert_ne!(words(action), action, "{action} has no words");
        }
        for (action, words) in ACTIONS {
            let row = format!("| `{action}` | {words} |");
            assert!(DOCUMENT.contains(&row), "docs/security/events.md lacks {row}");
        }
    }

    #[test]
    fn each_event_has_a_row_of_the_document() {
        let mut events = behind("log::event(");
        events.extend(["asking-ended", "asking-failed"].map(str::to_owned));
        assert!(events.len() > 25, "{events:?}");
        for event in events {
            assert!(DOCUMENT.contains(&format!("| `{event}` |")), "docs/security/events.md lacks {event}");
        }
    }
}
