//! What is worth telling: of rounds that were kept since, of work that came to be late or is open again, of interfaces that are not
//! heard, and of intelligence that is old. Each is told once.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{Decision, FindingChange, FindingId, RoundId, Timestamp};
use wardround_notice::{Kind, Notice};
use wardround_remedy::TaskState;
use wardround_report::page::{count, number};
use wardround_store::view::{FindingFilter, FindingRow, MOST_ROWS, RoundView, Turn};
use wardround_store::{Store, StoreError};

use crate::desk::Row;
use crate::ears::Ear;
use crate::glass::State;
use crate::layout::plain;
use crate::pages::parts::without_codes;
use crate::problem::Problem;
use crate::site::{Site, now};
use crate::standing::{self, Standing};

/// Up to which round it was told.
const THROUGH: &str = "notices.through";
/// The tasks that were told to be late, and those that were told to be open again.
const LATE: &str = "notices.late";
const REOPENED: &str = "notices.reopened";
/// When the emergency account was opened that was told.
const GLASS: &str = "notices.glass";
/// Whether it was told that asking hosts is stopped.
const STOPPED: &str = "notices.asking";
/// The day of which old intelligence was told last.
const OLD: &str = "notices.old";
/// Rounds that are told at most when many were kept at once: the latest ones.
const MOST_ROUNDS: usize = 5;
/// Devices or tasks that a notice names.
const NAMED: usize = 10;
/// How often work and intelligence are looked at where no round came, in seconds.
const AGAIN: i64 = 600;
/// An interface that is not heard for so long is told, in seconds.
const DEAF_FOR: i64 = 60;
const NOT_HEARD: &str =
    "An interface that was chosen is not heard: the next round will not see what passes there.";
const SILENT: &str = "Nothing was heard for ten minutes where Wardround listens: look at the cable, the mirror port or what sends flow records.";
const ALONE: &str = "Others were heard before where Wardround listens, and are no more: look whether the mirror port of the switch is on.";
/// Intelligence older than so many seconds is told: two weeks.
const TOO_OLD: i64 = 14 * 86_400;

/// What was made, and what is to be remembered of it in the same moment.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) notices: Vec<Notice>,
    pub(super) choices: Vec<(&'static str, String)>,
}

/// What is known between two looks.
#[derive(Default)]
pub(super) struct Memory {
    /// When work and intelligence were looked at last.
    looked: Option<Timestamp>,
    /// Interfaces that are not heard: since when, and whether that was told.
    deaf: Vec<(String, Timestamp, bool)>,
}

impl Memory {
    /// What was made is in the store.
    pub(super) fn settle(&mut self) {
        for (_, since, is_told) in &mut self.deaf {
            *is_told |= now().since(*since) >= DEAF_FOR * 1_000_000_000;
        }
    }
}

/// All that is to be told and was not.
pub(super) async fn all(site: &Site, memory: &mut Memory) -> Result<Made, Problem> {
    // While a round is being kept, its worklist is not there yet.
    if site.rounds.is_running() {
        return Ok(Made::default());
    }
    let mut made = site.home.read(rounds).await?;
    let at = now();
    made.notices.extend(deaf(site.ears.all(), memory, at));
    glass(site, &mut made, at).await?;
    stopped(site, &mut made, at).await?;
    let is_time = memory.looked.is_none_or(|looked| at.since(looked) >= AGAIN * 1_000_000_000);
    if is_time || !made.choices.is_empty() {
        work(site, &mut made, at).await?;
        old(site, &mut made, at).await?;
        memory.looked = Some(at);
    }
    Ok(made)
}

/// What rounds showed that were kept since the last one that was told.
fn rounds(store: &Store) -> Result<Made, StoreError> {
    let latest = store.round_latest()?.unwrap_or(RoundId(0));
    let through = store.setting(THROUGH)?.and_then(|text| text.parse().ok()).map(RoundId);
    if through == Some(latest) {
        return Ok(Made::default());
    }
    let mut made = Made { notices: Vec::new(), choices: vec![(THROUGH, latest.0.to_string())] };
    // Whoever is asked for the first time tells nothing of long ago.
    let Some(through) = through else { return Ok(made) };
    let mut ids: Vec<RoundId> =
        store.round_list()?.iter().map(|head| head.id).filter(|id| *id > through).collect();
    ids.sort_unstable();
    let surplus = ids.len().saturating_sub(MOST_ROUNDS);
    for id in ids.split_off(surplus) {
        let view = store.round_view(id)?;
        of_round(store, &view, &mut made.notices)?;
    }
    Ok(made)
}

fn of_round(store: &Store, view: &RoundView<'_>, notices: &mut Vec<Notice>) -> Result<(), StoreError> {
    let standing = standing::of(view)?;
    let at = view.summary()?.run_at.seconds();
    let id = |what: &str| format!("{}.{what}", standing.round);
    if let Some(exploited) = &standing.exploited {
        let (kind, title) = exploited_title(exploited.published, exploited.places);
        let named = exploited.named.iter();
        let named = named.map(|place| line(&place.title, &place.device)).collect();
        notices.push(Notice { id: id("exploited"), at, kind, title, named, path: "/".to_owned() });
    }
    let new = newly_urgent(store, view, &standing)?;
    if !new.is_empty() {
        let title = format!(
            "{} to act on at once.",
            count(size(new.len()), "new weak place is there", "new weak places are there")
        );
        let named = named(new.iter().map(|row| line(&row.title, &row.asset_title)));
        let path = "/findings?decision=act".to_owned();
        notices.push(Notice { id: id("act-now"), at, kind: Kind::ActNow, title, named, path });
    }
    let title = round_title(&standing);
    notices.push(Notice {
        id: id("round"),
        at,
        kind: Kind::RoundDone,
        title,
        named: Vec::new(),
        path: "/".to_owned(),
    });
    Ok(())
}

/// The question of the day, and its answer.
fn exploited_title(published: u64, places: u64) -> (Kind, String) {
    let what = match published {
        1 => "A weakness that is being exploited was published".to_owned(),
        many => format!("{} weaknesses that are being exploited were published", number(many)),
    };
    let them = if published == 1 { "it" } else { "them" };
    match places {
        0 => (Kind::NotHere, format!("{what}: do we have {them}? No, nothing that was seen has {them}.")),
        places => (
            Kind::Exploited,
            format!("{what}: do we have {them}? Yes, in {}.", count(places, "place", "places")),
        ),
    }
}

/// What a round changed, in a sentence.
fn round_title(standing: &Standing) -> String {
    let round = standing.round;
    let Some(changed) = &standing.changed else {
        return format!(
            "The first round ({round}) is done: {}, {} to act on at once.",
            count(standing.devices, "device", "devices"),
            number(standing.act)
        );
    };
    let parts = [
        (changed.new, "new weak place", "new weak places"),
        (changed.fixed, "was fixed", "were fixed"),
        (changed.devices_new, "new device", "new devices"),
        (changed.devices_not_seen, "device was not seen", "devices were not seen"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(value, ..)| *value > 0)
        .map(|(value, one, many)| count(*value, one, many))
        .collect();
    match parts.as_slice() {
        [] => format!("Round {round} is done: nothing changed."),
        parts => format!("Round {round} is done: {}.", parts.join(", ")),
    }
}

/// Findings to act on at once that the round before did not have, or called less urgent.
fn newly_urgent(
    store: &Store,
    view: &RoundView<'_>,
    standing: &Standing,
) -> Result<Vec<FindingRow>, StoreError> {
    let of = |view: &RoundView<'_>| {
        let filter = FindingFilter { decision: Some(Decision::Act), ..FindingFilter::default() };
        Ok::<_, StoreError>(view.findings(&filter, Turn::First, MOST_ROWS)?.rows)
    };
    let mut rows = of(view)?;
    let Some(changed) = &standing.changed else { return Ok(rows) };
    let before = match store.round_view(changed.since) {
        Ok(before) => of(&before)?,
        // It was removed since; what is new is in the list of changes.
        Err(StoreError::NoSuchRound { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    let known: BTreeSet<FindingId> = before.iter().map(|row| row.id).collect();
    rows.retain(|row| !known.contains(&row.id));
    // Where the list before was cut, only what is new as a whole can be told from what was beyond its end.
    if before.len() == MOST_ROWS {
        let new = view.difference(changed.since, FindingChange::New, Turn::First, MOST_ROWS)?.page.rows;
        let new: BTreeSet<FindingId> = new.iter().map(|row| row.id).collect();
        rows.retain(|row| new.contains(&row.id));
    }
    Ok(rows)
}

/// Work that came to be late, or is open again.
async fn work(site: &Site, made: &mut Made, at: Timestamp) -> Result<(), Problem> {
    let desk = site.home.desk(&site.policy).await?;
    let now_with = |is: fn(&Row) -> bool| desk.rows.iter().filter(move |row| is(row));
    let late = |row: &Row| row.overdue;
    let reopened = |row: &Row| row.state == TaskState::Reopened;
    for (name, is, kind, path) in [
        (LATE, late as fn(&Row) -> bool, Kind::Overdue, "/work?due=late"),
        (REOPENED, reopened as fn(&Row) -> bool, Kind::Reopened, "/work?state=reopened"),
    ] {
        let kept = site.home.read(move |store| store.setting(name)).await?;
        let ids: BTreeSet<String> = now_with(is).map(|row| row.id.to_string()).collect();
        let told: Option<BTreeSet<String>> =
            kept.map(|kept| kept.split_whitespace().map(str::to_owned).collect());
        if told.as_ref() == Some(&ids) {
            continue;
        }
        made.choices.push((name, ids.iter().map(String::as_str).collect::<Vec<_>>().join(" ")));
        // At the first look nothing is told of long ago.
        let Some(told) = told else { continue };
        let new: Vec<&Row> =
            now_with(is).filter(|row| !told.contains(&row.id.to_string())).map(|row| &**row).collect();
        if !new.is_empty() {
            made.notices.push(of_work(kind, &new, ids.len(), path, at));
        }
    }
    Ok(())
}

fn of_work(kind: Kind, new: &[&Row], all: usize, path: &str, at: Timestamp) -> Notice {
    let title = match kind {
        Kind::Overdue => format!(
            "{} late now. In all, {} late.",
            count(size(new.len()), "task is", "tasks are"),
            count(size(all), "task is", "tasks are")
        ),
        _ => format!(
            "{} open again.",
            count(size(new.len()), "task that was settled is", "tasks that were settled are")
        ),
    };
    let named = named(new.iter().map(|row| line(row.first_steps().next().unwrap_or_default(), &row.device)));
    Notice {
        id: format!("{}.{}", kind.code(), at.seconds()),
        at: at.seconds(),
        kind,
        title,
        named,
        path: path.to_owned(),
    }
}

/// The emergency account, when it was opened.
async fn glass(site: &Site, made: &mut Made, at: Timestamp) -> Result<(), Problem> {
    let State::Opened(opened) = site.glass.state(&site.keys) else { return Ok(()) };
    let moment = opened.seconds().to_string();
    if site.home.read(|store| store.setting(GLASS)).await?.as_ref() != Some(&moment) {
        let title = "The emergency account was opened. If nobody told you, ask at once.".to_owned();
        let (id, path) = (format!("break-glass.{moment}"), "/audit".to_owned());
        let kind = Kind::BreakGlass;
        made.notices.push(Notice { id, at: at.seconds(), kind, title, named: Vec::new(), path });
        made.choices.push((GLASS, moment));
    }
    Ok(())
}

/// Asking hosts, when it was stopped: a host may have shown distress while nobody was there.
async fn stopped(site: &Site, made: &mut Made, at: Timestamp) -> Result<(), Problem> {
    if site.is_demo() {
        return Ok(());
    }
    let why = site.asking.step(|asker| Ok(asker.stopped())).await?;
    let is_told = site.home.read(|store| store.setting(STOPPED)).await?.is_some_and(|told| told == "yes");
    match why {
        Some(why) if !is_told => {
            let title =
                "Asking hosts was stopped. Nothing more is asked until somebody has looked.".to_owned();
            // The reason may name a host.
            let named = Some(plain(&why)).filter(|why| !why.is_empty()).into_iter().collect();
            let (id, path) = (format!("asking-stopped.{}", at.seconds()), "/ask".to_owned());
            made.notices.push(Notice { id, at: at.seconds(), kind: Kind::AskingStopped, title, named, path });
            made.choices.push((STOPPED, "yes".to_owned()));
        }
        None if is_told => made.choices.push((STOPPED, "no".to_owned())),
        _ => {}
    }
    Ok(())
}

/// What is wrong with an interface.
fn title(ear: &Ear) -> &'static str {
    match (&ear.trouble, ear.silent_minutes) {
        (Some(_), _) => NOT_HEARD,
        (None, Some(_)) => SILENT,
        (None, None) => ALONE,
    }
}

/// Interfaces that were chosen and are not heard for a minute, hear no others any more, or hear nothing for too long.
fn deaf(ears: Vec<Ear>, memory: &mut Memory, at: Timestamp) -> Vec<Notice> {
    let deaf: BTreeMap<String, Ear> =
        ears.into_iter().filter(Ear::is_deaf).map(|ear| (ear.name.clone(), ear)).collect();
    memory.deaf.retain(|(name, ..)| deaf.contains_key(name));
    for name in deaf.keys() {
        if !memory.deaf.iter().any(|(known, ..)| known == name) {
            memory.deaf.push((name.clone(), at, false));
        }
    }
    let is_long = |since: &Timestamp| at.since(*since) >= DEAF_FOR * 1_000_000_000;
    let untold = memory.deaf.iter().filter(|(_, since, is_told)| !is_told && is_long(since));
    let known = untold.filter_map(|(name, since, _)| Some((name, since, deaf.get(name)?)));
    known
        .map(|(name, since, ear)| Notice {
            id: format!("not-listening.{name}.{}", since.seconds()),
            at: at.seconds(),
            kind: Kind::NotListening,
            title: title(ear).to_owned(),
            named: vec![plain(&ear.what())],
            path: "/settings/interfaces".to_owned(),
        })
        .collect()
}

/// Intelligence that is old or cannot be used, told once a week at most.
async fn old(site: &Site, made: &mut Made, at: Timestamp) -> Result<(), Problem> {
    let judge = site.judge.clone();
    let known = crate::hospital::waiting(move || Ok(judge.known())).await?;
    let week = (at.seconds() / (7 * 86_400)).to_string();
    let title = match &known {
        None => "What is known of weaknesses cannot be read: rounds cannot be run.".to_owned(),
        Some(known) => {
            let newest = known.sources.iter().filter_map(|source| source.as_of).max();
            let age = newest.map_or(0, |newest| at.since(newest) / 1_000_000_000);
            if age < TOO_OLD {
                return Ok(());
            }
            let days = u64::try_from(age / 86_400).unwrap_or_default();
            format!(
                "What is known of weaknesses is {} old: its update may have failed. Rounds cannot warn of what came since.",
                count(days, "day", "days")
            )
        }
    };
    let told = site.home.read(|store| store.setting(OLD)).await?;
    if told.as_ref() != Some(&week) {
        made.choices.push((OLD, week.clone()));
        let (id, path) = (format!("intelligence.{week}"), "/intelligence".to_owned());
        made.notices.push(Notice {
            id,
            at: at.seconds(),
            kind: Kind::Intelligence,
            title,
            named: Vec::new(),
            path,
        });
    }
    Ok(())
}

/// A weakness and where it is.
fn line(what: &str, device: &str) -> String {
    let device = plain(device);
    let what = without_codes(what, 1);
    if device.is_empty() { what } else { format!("{what}, {device}") }
}

/// The first lines, and how many more there are.
fn named(lines: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = lines.len().saturating_sub(NAMED);
    let mut named: Vec<String> = lines.take(NAMED).collect();
    if more > 0 {
        named.push(format!("and {}", count(size(more), "more", "more")));
    }
    named
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ear(trouble: Option<&str>, silent_minutes: Option<u64>) -> Vec<Ear> {
        let hears_no_others = false;
        let trouble = trouble.map(str::to_owned);
        let name = "mirror0".to_owned();
        vec![Ear {
            name,
            frames: 5,
            dropped: 0,
            restarts: 0,
            is_reading: true,
            trouble,
            silent_minutes,
            hears_no_others,
        }]
    }

    #[test]
    fn an_interface_that_hears_nothing_is_told_once_until_it_hears_again() {
        let at = |minute: i64| Timestamp::from_seconds(minute * 60);
        let mut memory = Memory::default();
        let mut told = |ears: Vec<Ear>, minute: i64| {
            let titles: Vec<String> =
                deaf(ears, &mut memory, at(minute)).into_iter().map(|one| one.title).collect();
            for (_, _, is_told) in &mut memory.deaf {
                *is_told |= !titles.is_empty();
            }
            titles
        };
        assert!(told(ear(None, None), 1).is_empty());
        assert!(told(ear(None, Some(10)), 2).is_empty());
        assert_eq!(told(ear(None, Some(11)), 3), [SILENT]);
        assert!(told(ear(None, Some(12)), 4).is_empty());
        assert!(told(ear(None, None), 5).is_empty());
        assert!(told(ear(Some("it is down"), None), 6).is_empty());
        assert_eq!(told(ear(Some("it is down"), None), 7), [NOT_HEARD]);
    }
}
