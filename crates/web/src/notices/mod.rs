//! What the site tells by itself: gathered as it comes to be known, kept until it was told, and told again where that fails.
//!
//! Mail comes as one digest a day, at seven in the morning, but for what cannot wait; programs are told each notice at once. A notice
//! and the memory that it was made are written together, so that a site that is killed tells it after its next start. Not here: how
//! a notice looks and how it is sent (`notice`), what is worth telling ([`made`]).

mod made;

use std::time::Duration;

use wardround_model::Timestamp;
use wardround_notice::{Kind, Notice, Receiver, Sender, Way};
use wardround_store::{Failed, KeptReceiver, NewReceiver, NewWaiting, ReceiverId, Store, Waiting};

use crate::hospital::waiting;
use crate::log;
use crate::problem::Problem;
use crate::schedule::{self, Schedule};
use crate::site::{Site, now};

/// How often it is looked whether there is something to tell.
const LOOK: Duration = Duration::from_secs(5);
/// The most receivers.
pub(crate) const MOST: usize = 10;
/// Letters of a receiver's name.
pub(crate) const LONGEST_NAME: usize = 60;
/// When digests go out, in the time zone of the rounds.
const DIGEST_AT: &str = "07:00";
/// What was not told for so long is lost, in seconds: a week.
const LOST_AFTER: i64 = 7 * 86_400;
/// After the first failure it is tried again in so many seconds, then after twice as long each time.
const FIRST_PAUSE: i64 = 60;
/// The longest pause between two tries, in seconds.
const LONGEST_PAUSE: i64 = 6 * 3_600;

/// Gathers and tells as long as the site runs.
pub(crate) async fn keep(site: Site) {
    let mut looks = tokio::time::interval(LOOK);
    let mut memory = made::Memory::default();
    loop {
        looks.tick().await;
        // What fails is in the log by then, and is tried again soon.
        let _ = gather(&site, &mut memory).await;
        let _ = tell_due(&site).await;
    }
}

/// Lets what came to be known wait for everyone who is to know.
async fn gather(site: &Site, memory: &mut made::Memory) -> Result<(), Problem> {
    let made = made::all(site, memory).await?;
    if made.notices.is_empty() && made.choices.is_empty() {
        return Ok(());
    }
    let at = now();
    site.home
        .write(move |store| {
            let morning = morning(store, at)?;
            let new = waiting_for(&store.receiver_list()?, &made.notices, at, morning);
            store.notices_add(&new, &made.choices, at)
        })
        .await?;
    memory.settle();
    Ok(())
}

/// When the next digest goes out.
fn morning(store: &Store, at: Timestamp) -> Result<Timestamp, wardround_store::StoreError> {
    let zone = schedule::chosen(store)?.unwrap_or_else(Schedule::usual).zone;
    let daily = Schedule::parse("daily", DIGEST_AT, &zone);
    let next = daily.and_then(|daily| daily.next_after(at));
    Ok(next.unwrap_or(at))
}

/// Each notice for each receiver that is not switched off.
fn waiting_for(
    receivers: &[KeptReceiver],
    notices: &[Notice],
    at: Timestamp,
    morning: Timestamp,
) -> Vec<NewWaiting> {
    let mut new = Vec::new();
    for receiver in receivers.iter().filter(|receiver| receiver.off_at.is_none()) {
        for notice in notices {
            let is_digest = receiver.kind == MAIL && !cannot_wait(notice.kind);
            new.push(NewWaiting {
                receiver: receiver.id,
                known_as: notice.id.clone(),
                due_at: if is_digest { morning } else { at },
                // Texts and numbers alone: there is nothing that JSON cannot say.
                told: serde_json::to_string(notice).unwrap_or_default(),
            });
        }
    }
    new
}

/// The kind of a receiver as the store keeps it.
pub(crate) fn kind(way: &Way) -> &'static str {
    match way {
        Way::Mail(_) => MAIL,
        Way::Webhook(_) => "webhook",
        Way::Syslog(_) => "syslog",
    }
}

const MAIL: &str = "mail";

/// Whether people are told at once, and not with the digest.
fn cannot_wait(kind: Kind) -> bool {
    matches!(kind, Kind::ActNow | Kind::Exploited | Kind::AskingStopped | Kind::BreakGlass | Kind::Trial)
}

/// Tells each receiver what it waits for.
async fn tell_due(site: &Site) -> Result<(), Problem> {
    for receiver in site.home.read(Store::receiver_list).await? {
        if receiver.off_at.is_some() || receiver.waiting == 0 {
            continue;
        }
        let (id, at) = (receiver.id, now());
        let due = site.home.read(move |store| store.notices_due(id, at)).await?;
        if !due.is_empty() {
            tell(site, &receiver, due).await?;
        }
    }
    Ok(())
}

/// Tells one receiver, and remembers how that went.
async fn tell(site: &Site, receiver: &KeptReceiver, due: Vec<Waiting>) -> Result<(), Problem> {
    // What was redacted to something else than a notice is let go of.
    let (notices, ids): (Vec<Notice>, Vec<i64>) =
        due.iter().filter_map(|it| Some((serde_json::from_str(&it.told).ok()?, it.id))).unzip();
    let damaged: Vec<i64> = due.iter().map(|it| it.id).filter(|id| !ids.contains(id)).collect();
    let tries = due.iter().map(|it| it.tries).max().unwrap_or_default();
    let (id, at) = (receiver.id, now());
    let went = if notices.is_empty() { Ok(None) } else { send(site, receiver, notices).await? };
    let unreadable =
        (!damaged.is_empty()).then(|| format!("{} could not be read, and were let go of.", damaged.len()));
    let event = log::event("notices").number("receiver", u64::try_from(id.0).unwrap_or_default());
    drop(event.word("went", if went.is_ok() { "well" } else { "badly" }));
    let change = move |store: &mut Store| match went {
        Ok(note) => store.notices_told(id, &[ids, damaged].concat(), at, note.or(unreadable).as_deref()),
        Err((told, why)) => {
            let (told, failed) = ids.split_at_checked(told).unwrap_or((&[], &ids));
            if !told.is_empty() {
                store.notices_told(id, told, at, None)?;
            }
            let later = |seconds: i64| Timestamp::from_seconds(at.seconds().saturating_add(seconds));
            let (again, oldest) = (later(pause(tries)), later(-LOST_AFTER));
            store.notices_failed(id, &Failed { waiting: failed, at, again, oldest, why: &why })
        }
    };
    site.home.write(change).await
}

/// How long it is left after so many failures, in seconds.
fn pause(tries: u32) -> i64 {
    1_i64
        .checked_shl(tries.min(20))
        .map_or(LONGEST_PAUSE, |times| FIRST_PAUSE.saturating_mul(times))
        .min(LONGEST_PAUSE)
}

/// How sending went: what is to be known of it, or how many were told before it failed, and why it did.
type Sent = Result<Option<String>, (usize, String)>;

/// Sends these notices now.
async fn send(site: &Site, receiver: &KeptReceiver, notices: Vec<Notice>) -> Result<Sent, Problem> {
    let Some(reached) = unsealed(site, receiver) else {
        let why = "how it is reached cannot be read with the key of this site; add it anew".to_owned();
        return Ok(Err((0, why)));
    };
    let sender = sender(site);
    let seconds = now().seconds();
    let tell = move || {
        let told = reached.tell(&notices, &sender, seconds);
        Ok(told.map_err(|(told, error)| (told, error.to_string())))
    };
    waiting(tell).await
}

/// Tries a receiver now; a sentence says why it could not be told.
pub(crate) async fn try_now(site: &Site, receiver: &KeptReceiver) -> Result<Sent, Problem> {
    let number: [u8; 8] = site.keys.random().map_err(|_| Problem::Fault)?;
    let trial = Notice::trial(format!("trial.{}", crate::codes::hex(&number)), now().seconds());
    let went = send(site, receiver, vec![trial]).await?;
    let (id, at, kept) = (receiver.id, now(), went.clone());
    let change = move |store: &mut Store| match kept {
        Ok(note) => store.notices_told(id, &[], at, note.as_deref()),
        Err((_, why)) => {
            let oldest = Timestamp::from_seconds(at.seconds().saturating_sub(LOST_AFTER));
            store.notices_failed(id, &Failed { waiting: &[], at, again: at, oldest, why: &why })
        }
    };
    site.home.write(change).await?;
    Ok(went)
}

fn sender(site: &Site) -> Sender {
    let computer = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    Sender {
        hospital: site.naming.name(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        computer: computer.trim().to_owned(),
    }
}

/// What a receiver's settings are sealed for.
const PURPOSE: &str = "receiver of notices";

/// Keeps a receiver; its secrets are never shown again.
pub(crate) async fn add(site: &Site, name: &str, receiver: &Receiver) -> Result<ReceiverId, Problem> {
    let bytes = serde_json::to_vec(receiver).map_err(|_| Problem::Fault)?;
    let new = NewReceiver {
        kind: kind(&receiver.way).to_owned(),
        name: name.to_owned(),
        sealed: site.keys.seal(PURPOSE, &bytes).map_err(|_| Problem::Fault)?,
        made_at: now(),
    };
    site.home.write(move |store| store.receiver_save(&new)).await
}

/// How a receiver is reached; nothing where the key is another one.
pub(crate) fn unsealed(site: &Site, receiver: &KeptReceiver) -> Option<Receiver> {
    serde_json::from_slice(&site.keys.unseal(PURPOSE, &receiver.sealed)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn receiver(id: i64, kind: &str, off_at: Option<Timestamp>) -> KeptReceiver {
        KeptReceiver {
            id: ReceiverId(id),
            kind: kind.to_owned(),
            name: "IT".to_owned(),
            sealed: String::new(),
            made_at: at(0),
            off_at,
            told_at: None,
            trouble: None,
            lost: 0,
            waiting: 0,
        }
    }

    #[test]
    fn people_get_a_digest_but_for_what_cannot_wait_and_programs_get_all_at_once() {
        let receivers =
            [receiver(1, "mail", None), receiver(2, "syslog", None), receiver(3, "mail", Some(at(1)))];
        let of = |kind| Notice { kind, ..Notice::trial("x".to_owned(), 5) };
        let due = |kind| {
            let all = waiting_for(&receivers, &[of(kind)], at(5), at(100));
            all.iter().map(|it| (it.receiver.0, it.due_at.seconds())).collect::<Vec<_>>()
        };
        assert_eq!(due(Kind::RoundDone), [(1, 100), (2, 5)]);
        assert_eq!(due(Kind::ActNow), [(1, 5), (2, 5)]);
    }

    #[test]
    fn pauses_grow_to_a_quarter_of_a_day() {
        assert_eq!([0, 1, 5, 9, 40].map(pause), [60, 120, 1_920, 21_600, 21_600]);
    }

    #[test]
    fn the_digest_is_at_seven_by_the_clock_of_the_rounds() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path().join("s.sqlite")).unwrap();
        let chosen = Schedule::parse("monday", "05:00", "Europe/Berlin");
        schedule::choose(&mut store, chosen.as_ref(), at(0)).unwrap();
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        let next = morning(&store, moment("2026-10-24T06:00:00Z")).unwrap();
        assert_eq!(next, moment("2026-10-25T06:00:00Z"));
    }
}
