//! Laws that hold whatever rounds see and people say.

use proptest::prelude::*;

use super::people::excepted;
use super::*;

/// Something that may be in a store, made by this program or by somebody's hand.
#[derive(Clone, Debug)]
struct Word {
    after: i64,
    day: i64,
    device: u8,
    what: What,
}

fn word() -> impl Strategy<Value = Word> {
    let what = prop_oneof![
        Just(What::Done),
        Just(What::SignedOff),
        Just(What::Assigned(person("R. Ferreira"))),
        Just(What::Reopened(note("it is not"))),
        Just(What::Commented(note("hm"))),
        Just(What::Attached(file())),
        (0_i64..80).prop_map(|until| What::Excepted(excepted(until))),
        (1_i64..8).prop_map(|event| What::Undone(EventId(event))),
    ];
    (1_i64..6, 0_i64..60, 1_u8..3, what).prop_map(|(after, day, device, what)| Word {
        after,
        day,
        device,
        what,
    })
}

fn file() -> Attachment {
    Attachment::of(FileName::cleaned("a.txt"), b"a", String::new()).unwrap()
}

fn sees() -> impl Strategy<Value = Sees> {
    prop_oneof![
        Just(Sees::Nothing),
        Just(Sees::Device),
        (0_i64..60).prop_map(Sees::Weak),
        (0_i64..60).prop_map(Sees::Strong),
    ]
}

fn class() -> impl Strategy<Value = DeviceClass> {
    prop_oneof![Just(DeviceClass::Server), Just(DeviceClass::InfusionPump), Just(DeviceClass::Unknown)]
}

fn rounds(class: DeviceClass, seen: &[(Sees, Sees)]) -> Vec<Round> {
    (0..).zip(seen).map(|(number, (one, two))| round(number * 10, class, &[*one, *two])).collect()
}

/// Every event about the one task of its device that changes it, with all its findings.
fn events(work: &Work, words: &[Word]) -> Vec<Event> {
    let task = |device| {
        let item = work.history.items.values().find(|item| item.asset == asset_id(device))?;
        Some((item.task, item.finding))
    };
    let event = |(number, word): (i64, &Word)| {
        let (task, finding) = task(word.device)?;
        Some(Event {
            id: EventId(number),
            task,
            after: RoundId(word.after),
            at: moment(word.day),
            by: person("A"),
            what: word.what.clone(),
            findings: vec![finding],
        })
    };
    (1..).zip(words).filter_map(event).collect()
}

/// What became of the weakness of a device, told plainly: the latest sight in the order of rounds that counts.
fn is_fixed(seen: &[Sees]) -> bool {
    // The day of the weak sight that a strong one must not be older than, or of the strong one, and which it is.
    let mut now: Option<(bool, i64)> = None;
    for sees in seen {
        now = match (now, sees) {
            (None, Sees::Weak(day)) => Some((true, *day)),
            (Some((true, weak)), Sees::Weak(day)) => Some((true, weak.max(*day))),
            (Some((true, weak)), Sees::Strong(day)) if *day >= weak => Some((false, *day)),
            (Some((false, strong)), Sees::Weak(day)) if *day >= strong => Some((true, *day)),
            (now, _) => now,
        };
    }
    matches!(now, Some((false, _)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Verified is a fact: it is what rounds saw, and nothing that anybody says makes or unmakes it.
    #[test]
    fn what_is_verified_is_what_a_later_round_saw(
        class in class(),
        seen in prop::collection::vec((sees(), sees()), 1..6),
        words in prop::collection::vec(word(), 0..8),
        now in 0_i64..100,
    ) {
        let rounds = rounds(class, &seen);
        let silent = work(&rounds, Vec::new());
        let told = work(&rounds, events(&silent, &words));
        let list = worklist(&told, now);
        for task in &list.tasks {
            let device = if task.asset() == asset_id(1) { 0 } else { 1 };
            let of_device: Vec<Sees> = seen.iter().map(|(one, two)| if device == 0 { *one } else { *two }).collect();
            for part in task.parts() {
                let verified = matches!(part.state, State::Verified(_));
                prop_assert_eq!(verified, is_fixed(&of_device), "{:?}", part);
            }
        }
    }

    /// What stands in a store by somebody's hand makes no claim where a clinical owner has to sign, and holds no exception
    /// beyond its end.
    #[test]
    fn a_claim_on_a_pump_has_a_signature_and_an_exception_has_an_end(
        class in class(),
        seen in prop::collection::vec((sees(), sees()), 1..6),
        words in prop::collection::vec(word(), 0..8),
        now in 0_i64..100,
    ) {
        let rounds = rounds(class, &seen);
        let silent = work(&rounds, Vec::new());
        let told = work(&rounds, events(&silent, &words));
        for task in &worklist(&told, now).tasks {
            for part in task.parts() {
                match &part.state {
                    State::Claimed(claim) if task.head.touches_care => prop_assert!(claim.signed.is_some()),
                    State::Excepted(exception) => prop_assert!(exception.until >= moment(now)),
                    State::Reopened(Reopening::Regression { before, after, .. }) => {
                        prop_assert!(!before.is_empty() && !after.is_empty());
                    }
                    _ => {}
                }
            }
            prop_assert!(!task.head.touches_care || !task.needs_sign_off() || task.done(person("A")).is_err());
        }
    }

    /// The same rounds and words give the same list, in whatever order the words are handed over, and a round that was
    /// walked already changes nothing.
    #[test]
    fn the_order_of_equal_input_does_not_show(
        seen in prop::collection::vec((sees(), sees()), 1..6),
        words in prop::collection::vec(word(), 0..8),
        turn in 0_usize..8,
    ) {
        let rounds = rounds(DeviceClass::Server, &seen);
        let silent = work(&rounds, Vec::new());
        let events = events(&silent, &words);
        let mut turned = events.clone();
        turned.reverse();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        let (one, mut two) = (work(&rounds, events), work(&rounds, turned));
        for (id, round) in (1..).zip(&rounds) {
            two.history.see(RoundId(id), round, &visits(round, &Efforts::default()));
        }
        prop_assert_eq!(&one.history, &two.history);
        let (one, two) = (worklist(&one, 50), worklist(&two, 50));
        prop_assert_eq!(csv(&one), csv(&two));
        let states = |list: &Worklist<'_>| -> Vec<_> {
            list.tasks.iter().flat_map(|task| task.parts().map(|part| part.state.clone()).collect::<Vec<_>>()).collect()
        };
        prop_assert_eq!(states(&one), states(&two));
    }

    /// Every word can be taken back, as if it had not been; and that can be taken back too.
    #[test]
    fn what_is_taken_back_leaves_no_trace_in_the_states(
        seen in prop::collection::vec((sees(), sees()), 1..6),
        words in prop::collection::vec(word(), 1..8),
        which in 0_usize..8,
    ) {
        let rounds = rounds(DeviceClass::InfusionPump, &seen);
        let silent = work(&rounds, Vec::new());
        let all: Vec<Event> = events(&silent, &words)
            .into_iter()
            .filter(|event| !matches!(event.what, What::Undone(_)))
            .collect();
        prop_assume!(!all.is_empty());
        let gone = all[which % all.len()].clone();
        let without: Vec<Event> = all.iter().filter(|event| event.id != gone.id).cloned().collect();
        let undo = |id, event| Event { id: EventId(id), what: What::Undone(event), findings: Vec::new(), ..gone.clone() };
        let mut undone = all.clone();
        undone.push(undo(100, gone.id));
        let mut redone = undone.clone();
        redone.push(undo(101, EventId(100)));
        let table = |events: Vec<Event>| csv(&worklist(&work(&rounds, events), 50));
        prop_assert_eq!(table(undone), table(without));
        prop_assert_eq!(table(redone), table(all));
    }

    /// The same work at the same device has one id through all rounds.
    #[test]
    fn a_task_has_one_id_over_rounds(seen in prop::collection::vec((sees(), sees()), 2..6)) {
        let rounds = rounds(DeviceClass::Server, &seen);
        let mut ids = std::collections::BTreeMap::new();
        for round in &rounds {
            let alone = work(std::slice::from_ref(round), Vec::new());
            for task in &worklist(&alone, 50).tasks {
                let known = *ids.entry(task.asset()).or_insert(task.id());
                prop_assert_eq!(known, task.id());
            }
        }
        let all = work(&rounds, Vec::new());
        for task in &worklist(&all, 50).tasks {
            prop_assert_eq!(ids.get(&task.asset()), Some(&task.id()));
        }
    }
}
