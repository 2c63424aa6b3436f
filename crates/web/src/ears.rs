//! The interfaces that the site listens at, and the addresses that exporters send flow records to: which were chosen, who listens, and what was heard and no round has read yet.
//!
//! What was heard lies in files beside the store ([`pieces`]): a week's hearing takes no memory, and a killed site loses an hour of it at
//! most. Packets are never kept. Not here: reading packets (`live`), rounds (`rounds`).

mod narrowing;
mod pieces;
mod silence;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use wardround_capture::Captured;
use wardround_live::{Link, Pulse, ReaderCommand, Sensor, SensorError, links};
use wardround_model::{SkipReason, Timestamp};
use wardround_store::{Store, StoreError};

use self::narrowing::Narrowing;
use self::silence::Silence;
use crate::events::Happening;
use crate::hospital::{locked, waiting};
use crate::keys::{KeyError, make_folder};
use crate::log;
use crate::problem::Problem;
use crate::rounds::{self, Job};
use crate::site::{Site, now};

/// The name of the setting: names with spaces between.
const SETTING: &str = "interfaces";
/// The most interfaces that are listened at: each takes a process and its memory.
const MOST: usize = 16;
/// How long one piece is, in nanoseconds.
const PIECE: i64 = 3_600 * 1_000_000_000;
/// How long pieces wait for a round, in nanoseconds: 31 days.
const WAITS_FOR: i64 = 31 * 24 * PIECE;
/// How often sensors are looked after.
const LOOK: Duration = Duration::from_secs(5);
/// How long a new site listens before its first round, in nanoseconds.
const FIRST: i64 = 20 * 1_000_000_000;

/// How processes are started that read what comes over the network.
pub struct Readers {
    /// Those that read the frames of an interface.
    pub frames: ReaderCommand,
    /// Those that read flow records.
    pub flows: ReaderCommand,
}

impl Readers {
    /// Listens at an interface, or where the name is an address, for flow records there.
    fn start(&self, name: &str) -> Result<Sensor, SensorError> {
        match flows_at(name) {
            Some(address) => Sensor::start_flows(address, ReaderCommand::clone(&self.flows)),
            None => Sensor::start(name, ReaderCommand::clone(&self.frames)),
        }
    }
}

/// The address for flow records that this name is; none where it is an interface, whose names have no room for one.
fn flows_at(name: &str) -> Option<SocketAddr> {
    name.parse().ok()
}

/// The interfaces, and what was heard there.
pub(crate) struct Ears {
    /// How readers are run; nothing where the program has none.
    readers: Option<Readers>,
    folder: PathBuf,
    /// Held as long as anything is started, ended or taken, which may be seconds.
    sensors: Mutex<BTreeMap<String, Sensor>>,
    /// Held for moments alone: pages read it.
    known: Mutex<Known>,
}

/// What pages tell of the interfaces that were chosen.
#[derive(Default)]
struct Known {
    chosen: BTreeSet<String>,
    pulses: BTreeMap<String, Pulse>,
    /// Why an interface is not listened at, in words.
    troubles: BTreeMap<String, String>,
    /// Since when it is listened.
    since: Option<Timestamp>,
    /// When pieces were taken last.
    taken: Option<Timestamp>,
    dropped: BTreeMap<String, u64>,
    silences: BTreeMap<String, Silence>,
    narrowings: BTreeMap<String, Narrowing>,
    /// Packets of pieces that could not be written down, and that no round has told of yet.
    unkept: BTreeMap<String, u64>,
    /// Of sensors that had to be started anew: frames and restarts.
    before: BTreeMap<String, (u64, u64)>,
}

/// How it stands with an interface that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ear {
    pub(crate) name: String,
    /// Frames that were read, since the site was started.
    pub(crate) frames: u64,
    /// Frames that nobody could read, as far as that is known yet.
    pub(crate) dropped: u64,
    /// How often its reader had to be started again.
    pub(crate) restarts: u64,
    pub(crate) is_reading: bool,
    /// Why it is not listened at.
    pub(crate) trouble: Option<String>,
    /// For how many minutes it is listened at and nothing is heard, where that is too long.
    pub(crate) silent_minutes: Option<u64>,
    /// Whether others were heard before, and are no more.
    pub(crate) hears_no_others: bool,
}

impl Ear {
    /// Whether it is an address that flow records are sent to.
    pub(crate) fn is_of_flows(&self) -> bool {
        flows_at(&self.name).is_some()
    }

    /// What is listened at, for the beginning of a line.
    pub(crate) fn what(&self) -> String {
        format!("{} {}", if self.is_of_flows() { "Flow records at" } else { "Interface" }, self.name)
    }

    /// Whether the next round will not see what passes there now.
    pub(crate) fn is_deaf(&self) -> bool {
        self.trouble.is_some() || self.silent_minutes.is_some() || self.hears_no_others
    }
}

/// What was heard and no round has read, and the files that it came from.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) captured: Option<Captured>,
    files: Vec<PathBuf>,
    unkept: BTreeMap<String, u64>,
}

impl Ears {
    /// Uses the folder; nothing is listened at yet.
    pub(crate) fn open(folder: PathBuf, readers: Option<Readers>) -> Result<Self, KeyError> {
        make_folder(&folder)?;
        Ok(Self { readers, folder, sensors: Mutex::default(), known: Mutex::default() })
    }

    /// The interfaces of this computer.
    pub(crate) fn links(&self) -> Vec<Link> {
        if self.readers.is_some() { links().unwrap_or_default() } else { Vec::new() }
    }

    /// Listens at these interfaces from now on, and at no other.
    pub(crate) fn choose(&self, names: &BTreeSet<String>, at: Timestamp) {
        let chosen: BTreeSet<_> = names.iter().take(MOST).cloned().collect();
        let mut sensors = locked(&self.sensors);
        let away = sensors.extract_if(.., |name, _| !chosen.contains(name)).collect();
        self.end_and_keep(away, at);
        {
            let mut known = locked(&self.known);
            known.troubles.retain(|name, _| chosen.contains(name));
            known.pulses.retain(|name, _| chosen.contains(name));
            known.silences.retain(|name, _| chosen.contains(name));
            known.narrowings.retain(|name, _| chosen.contains(name));
            known.since = known.since.filter(|_| !chosen.is_empty());
            known.chosen = chosen;
        }
        self.start_missing(&mut sensors, at);
    }

    /// Starts what should listen and does not; takes the pieces of an hour that is over; lets go of what waited too long.
    pub(crate) fn look_after(&self, at: Timestamp) {
        let mut sensors = locked(&self.sensors);
        self.start_missing(&mut sensors, at);
        let is_over = {
            let mut known = locked(&self.known);
            known.look(at);
            let is_over = known.taken.or(known.since).is_some_and(|taken| at.since(taken) >= PIECE);
            known.taken = if is_over { Some(at) } else { known.taken };
            is_over
        };
        if is_over {
            self.take_pieces(&mut sensors, at);
            for path in pieces::all(&self.folder)
                .iter()
                .filter(|path| pieces::began(path).is_none_or(|it| at.since(it) > WAITS_FOR))
            {
                log::event("heard-too-long-ago");
                let _ = fs::remove_file(path);
            }
        }
    }

    /// All that was heard and no round has read.
    pub(crate) fn heard(&self, at: Timestamp) -> Heard {
        let mut sensors = locked(&self.sensors);
        self.take_pieces(&mut sensors, at);
        let files = pieces::all(&self.folder);
        let unkept = locked(&self.known).unkept.clone();
        Heard { captured: pieces::together(&files, &unkept), files, unkept }
    }

    /// Whether there is anything that no round has read.
    pub(crate) fn has_heard(&self) -> bool {
        let is_waiting = |pulse: &Pulse| pulse.health().waiting > 0;
        locked(&self.known).pulses.values().any(is_waiting) || !pieces::all(&self.folder).is_empty()
    }

    /// A round has read and kept it.
    pub(crate) fn forget(&self, heard: &Heard) {
        let _alone = locked(&self.sensors);
        for path in &heard.files {
            // What cannot be deleted is read once more, which shows nothing new.
            let _ = fs::remove_file(path);
        }
        for (name, told) in &heard.unkept {
            if let Some(count) = locked(&self.known).unkept.get_mut(name) {
                *count = count.saturating_sub(*told);
            }
        }
    }

    /// Ends all sensors and keeps what they heard: the site stops.
    pub(crate) fn end(&self, at: Timestamp) {
        let sensors = std::mem::take(&mut *locked(&self.sensors));
        self.end_and_keep(sensors, at);
    }

    /// How it stands with each interface that was chosen.
    pub(crate) fn all(&self) -> Vec<Ear> {
        let known = locked(&self.known);
        let ear = |name: &String| {
            let health = known.pulses.get(name).map(Pulse::health).unwrap_or_default();
            let (frames, restarts) = known.before.get(name).copied().unwrap_or_default();
            Ear {
                name: name.clone(),
                frames: health.frames.saturating_add(frames),
                dropped: known.dropped.get(name).copied().unwrap_or(0),
                restarts: health.restarts.saturating_add(restarts),
                is_reading: health.is_reading,
                trouble: health.ended.or_else(|| known.troubles.get(name).cloned()),
                silent_minutes: known.silences.get(name).and_then(Silence::minutes),
                hears_no_others: known.narrowings.get(name) == Some(&Narrowing::Lost),
            }
        };
        known.chosen.iter().map(ear).collect()
    }

    /// Whether a first round may run: there is something, and it was listened for a moment.
    fn is_ready_for_first(&self, at: Timestamp) -> bool {
        let waited = locked(&self.known).since.is_some_and(|since| at.since(since) >= FIRST);
        waited && self.all().iter().any(|ear| ear.frames > 0)
    }

    fn start_missing(&self, sensors: &mut BTreeMap<String, Sensor>, at: Timestamp) {
        let Some(readers) = &self.readers else { return };
        let ended = sensors
            .extract_if(.., |_, sensor| sensor.pulse().health().ended.is_some() || !sensor.is_attached())
            .collect();
        self.note_ended(&ended);
        self.end_and_keep(ended, at);
        let chosen = locked(&self.known).chosen.clone();
        for name in chosen.into_iter().filter(|name| !sensors.contains_key(name)).collect::<Vec<_>>() {
            let started = readers.start(&name);
            let mut known = locked(&self.known);
            match started {
                Ok(sensor) => {
                    known.pulses.insert(name.clone(), sensor.pulse());
                    known.troubles.remove(&name);
                    known.since.get_or_insert(at);
                    sensors.insert(name, sensor);
                }
                Err(error) => {
                    known.pulses.remove(&name);
                    // Why it is not listened at is told instead.
                    known.silences.remove(&name);
                    known.troubles.insert(name, error.to_string());
                }
            }
        }
    }

    fn note_ended(&self, ended: &BTreeMap<String, Sensor>) {
        let mut known = locked(&self.known);
        for (name, sensor) in ended {
            let health = sensor.pulse().health();
            let (frames, restarts) = known.before.entry(name.clone()).or_default();
            *frames = frames.saturating_add(health.frames);
            *restarts = restarts.saturating_add(health.restarts).saturating_add(1);
        }
    }

    fn end_and_keep(&self, sensors: BTreeMap<String, Sensor>, at: Timestamp) {
        for (name, sensor) in sensors {
            if let Ok(piece) = sensor.end() {
                self.keep(&name, &piece, at);
            }
        }
    }

    fn take_pieces(&self, sensors: &mut BTreeMap<String, Sensor>, at: Timestamp) {
        for (name, sensor) in sensors {
            match sensor.take() {
                Ok(piece) => self.keep(name, &piece, at),
                Err(error) => {
                    locked(&self.known).troubles.insert(name.clone(), error.to_string());
                }
            }
        }
    }

    /// Counts what a piece lost, and writes it down; an empty one that nothing happened to is none.
    fn keep(&self, name: &str, piece: &Captured, at: Timestamp) {
        let lost = piece.coverage.skipped.iter().filter(|skip| skip.reason == SkipReason::Dropped);
        let lost = lost.fold(0_u64, |sum, skip| sum.saturating_add(skip.count));
        let went_well = piece.coverage.sources.iter().all(|source| source.ended_early.is_none());
        let is_nothing = piece.coverage.packets() == 0 && piece.coverage.skipped.is_empty() && went_well;
        let is_kept = is_nothing || pieces::write(&self.folder, name, piece, at).is_ok();
        let unkept = if is_kept { 0 } else { piece.coverage.packets().saturating_add(lost) };
        let add = |counts: &mut BTreeMap<String, u64>, more: u64| {
            let count = counts.entry(name.to_owned()).or_default();
            *count = count.saturating_add(more);
        };
        let mut known = locked(&self.known);
        // Flow records are of others always.
        if flows_at(name).is_none() {
            known.narrowings.entry(name.to_owned()).or_default().look(piece);
        }
        add(&mut known.dropped, if is_kept { lost } else { unkept });
        if !is_kept {
            add(&mut known.unkept, unkept);
            log::event("heard-not-kept");
        }
    }
}

impl Known {
    /// Notes what was heard by now.
    fn look(&mut self, at: Timestamp) {
        for (name, pulse) in &self.pulses {
            let silence = self.silences.entry(name.clone()).or_insert_with(|| Silence::begins(at));
            silence.look(pulse.health().frames, at);
        }
    }
}

/// The interfaces that were chosen.
pub(crate) fn chosen(store: &Store) -> Result<BTreeSet<String>, StoreError> {
    Ok(store.setting(SETTING)?.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
}

/// Keeps which were chosen.
pub(crate) fn keep_chosen(store: &mut Store, names: &BTreeSet<String>) -> Result<(), StoreError> {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    store.setting_save(SETTING, &names.join(" "))
}

/// Looks after the sensors as long as the site runs, and runs the first round of a site that has heard something.
pub(crate) async fn listen(site: Site) {
    let named = site.listened.iter().cloned().collect::<BTreeSet<_>>();
    let names = match site.home.read(chosen).await {
        Ok(names) => names.union(&named).cloned().collect(),
        Err(_) => named,
    };
    let begun = site.clone();
    // What fails stands on the page, and is tried again.
    let _ = waiting(move || {
        begun.ears.choose(&names, now());
        Ok(())
    })
    .await;
    let mut looks = tokio::time::interval(LOOK);
    // One that fails is for people to look at, not to be tried for ever.
    let mut is_tried = false;
    let mut troubles = BTreeMap::new();
    loop {
        looks.tick().await;
        let looked = site.clone();
        let _ = waiting(move || {
            looked.ears.look_after(now());
            Ok(())
        })
        .await;
        tell_troubles(&site, &mut troubles);
        is_tried = is_tried || first_round(&site).await.unwrap_or(false);
    }
}

/// What programs are told of an interface that hears nothing.
const SILENT: &str = "it has heard nothing for ten minutes";
/// And of one that hears no others any more.
const ALONE: &str = "it hears broadcasts and at most one host, and heard others before";

/// Tells programs that follow which interfaces are not listened at, and which are again. `told` is what they know.
fn tell_troubles(site: &Site, told: &mut BTreeMap<String, String>) {
    let all = site.ears.all();
    let silent = |ear: &Ear| {
        let why =
            if ear.silent_minutes.is_some() { Some(SILENT) } else { ear.hears_no_others.then_some(ALONE) };
        why.map(str::to_owned)
    };
    let why = |ear: Ear| Some((ear.trouble.clone().or_else(|| silent(&ear))?, ear.name));
    let now: BTreeMap<String, String> =
        all.into_iter().filter_map(why).map(|(why, name)| (name, why)).collect();
    for (name, trouble) in now.iter().filter(|(name, trouble)| told.get(*name) != Some(*trouble)) {
        site.tell(Happening::ListeningTrouble(name.clone(), trouble.clone()));
    }
    for name in told.keys().filter(|name| !now.contains_key(*name)) {
        site.tell(Happening::ListeningMended(name.clone()));
    }
    *told = now;
}

/// Runs the first round, if its time has come and nobody has run any; whether it needs no second try.
async fn first_round(site: &Site) -> Result<bool, Problem> {
    if site.is_demo() || site.rounds.is_running() || !site.ears.is_ready_for_first(now()) {
        return Ok(false);
    }
    if site.home.read(Store::round_latest).await?.is_some() {
        return Ok(true);
    }
    let is_started = rounds::start(site, Job::default()).is_ok();
    if is_started {
        log::event("round-first-heard");
    }
    Ok(is_started)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use wardround_model::Source;

    use super::pieces::{interface, source};
    use super::*;

    fn piece(records: u64) -> Captured {
        let mut piece = Captured::default();
        piece.coverage.sources.push(Source { records, interfaces: Vec::new(), ..source("eth0") });
        piece
    }

    #[test]
    fn pieces_of_an_interface_add_up_and_a_damaged_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let ears = Ears::open(folder.path().join("heard"), None).unwrap();
        for (name, records, at) in [("eth0", 5, 1), ("eth-1", 7, 1), ("eth0", 6, 2)] {
            ears.keep(name, &piece(records), Timestamp::from_seconds(at));
        }
        ears.keep("eth0", &piece(0), Timestamp::from_seconds(3));
        let told = |heard: &Heard| {
            let sources = heard.captured.iter().flat_map(|captured| &captured.coverage.sources);
            sources.map(|it| (it.name.clone(), it.records, it.ended_early.is_some())).collect::<Vec<_>>()
        };
        let row = |name: &str, records, damaged| (format!("interface {name}"), records, damaged);
        let heard = ears.heard(Timestamp::from_seconds(4));
        assert_eq!(told(&heard), [row("eth-1", 7, false), row("eth0", 11, false)]);
        assert_eq!(heard.files.len(), 3, "a piece without anything is none");
        fs::write(&heard.files[2], "wardround-harvest 1\nnonsense\n").unwrap();
        let damaged = ears.heard(Timestamp::from_seconds(5));
        assert_eq!(told(&damaged), [row("eth-1", 7, false), row("eth0", 5, true)]);
        ears.forget(&damaged);
        assert!(ears.heard(Timestamp::from_seconds(6)).captured.is_none());
    }

    #[test]
    fn what_cannot_be_written_down_is_told_as_lost_until_a_round_has_told_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("heard");
        let ears = Ears::open(place.clone(), None).unwrap();
        locked(&ears.known).chosen.insert("eth0".to_owned());
        fs::remove_dir(&place).unwrap();
        ears.keep("eth0", &piece(9), Timestamp::from_seconds(1));
        assert_eq!(ears.all()[0].dropped, 9);
        make_folder(&place).unwrap();
        ears.keep("eth0", &piece(4), Timestamp::from_seconds(2));
        assert!(ears.has_heard());
        let heard = ears.heard(Timestamp::from_seconds(3));
        let coverage = &heard.captured.as_ref().unwrap().coverage;
        let lost: u64 = coverage.skipped.iter().map(|skip| skip.count).sum();
        assert_eq!((coverage.packets(), lost), (4, 9));
        assert!(coverage.sources[0].ended_early.as_ref().unwrap().contains("is the disk full?"));
        ears.forget(&heard);
        assert!(ears.heard(Timestamp::from_seconds(4)).captured.is_none());
        assert!(!ears.has_heard());
    }

    #[test]
    fn a_piece_that_was_cut_by_a_kill_is_no_piece_and_one_that_was_cut_later_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let ears = Ears::open(folder.path().join("heard"), None).unwrap();
        ears.keep("eth0", &piece(5), Timestamp::from_seconds(1));
        let [path] = <[PathBuf; 1]>::try_from(pieces::all(&ears.folder)).unwrap();
        let whole = fs::read(&path).unwrap();
        for end in 0..whole.len() {
            // Written under another name until it is whole, so that a kill leaves this.
            fs::write(folder.path().join("heard/eth0.unfinished"), &whole[..end]).unwrap();
            fs::write(&path, &whole[..end]).unwrap();
            let heard = ears.heard(Timestamp::from_seconds(2)).captured.unwrap();
            let source = &heard.coverage.sources[0];
            assert_eq!((source.records, source.ended_early.is_some()), (0, true), "cut at {end}");
        }
        fs::write(&path, &whole).unwrap();
        let heard = ears.heard(Timestamp::from_seconds(2)).captured.unwrap();
        assert_eq!(heard.coverage.sources[0].records, 5);
    }

    #[test]
    fn other_files_of_the_folder_are_no_pieces() {
        for name in ["eth0.unfinished", "x-eth0.harvest", "00000000000000000001-eth0", ".harvest"] {
            assert_eq!(interface(Path::new(name)), None, "{name}");
        }
        assert_eq!(interface(Path::new("00000000000000000001-eth-0.harvest")), Some("eth-0"));
    }
}
