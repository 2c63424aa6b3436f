//! Rounds that the site runs: one at a time, on a thread of their own, with progress that anyone may watch.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;
use wardround_capture::{Input, Progress};
use wardround_model::{Round, RoundId, Timestamp};
use wardround_round::{Sources, kept_lists, kept_statements};
use wardround_store::{Judged, Store};

use crate::ears::Heard;
use crate::events::Happening;
use crate::hospital::Hospital;
use crate::log;
use crate::site::{Site, count, now};
use crate::uploads::Upload;

/// How far the round is that runs, or how the last one went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// None was run since the site was started.
    Idle,
    /// One runs.
    Running(Running),
    /// The last one is kept.
    Done(RoundId),
    /// The last one could not be run or kept; a sentence says why.
    Failed(String),
}

/// How far a round is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    /// Since when.
    pub(crate) since: Timestamp,
    /// What is being done.
    pub(crate) doing: Doing,
}

/// What a round is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It reads captures: so many per cent, where that is known.
    Reading(Option<u8>),
    /// It works out who is there and what is weak.
    Judging,
}

/// What a round is to read beside the kept lists.
#[derive(Debug, Default)]
pub(crate) struct Job {
    /// Captures that lie in a folder.
    pub(crate) files: Vec<PathBuf>,
    /// Captures that were sent, each deleted when the round is done.
    pub(crate) uploads: Vec<Arc<Upload>>,
    /// Nothing at all: what this round saw is judged again.
    pub(crate) again: Option<RoundId>,
}

/// A round runs already.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Busy;

/// The one worker.
pub(crate) struct Worker(watch::Sender<State>);

impl Worker {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(State::Idle))
    }

    /// How far it is; the receiver is told of each change.
    pub(crate) fn watch(&self) -> watch::Receiver<State> {
        self.0.subscribe()
    }

    /// Whether it works.
    pub(crate) fn is_running(&self) -> bool {
        matches!(*self.0.borrow(), State::Running(_))
    }

    /// Takes the worker for one round, unless it works already.
    fn take(&self, since: Timestamp) -> Result<(), Busy> {
        let taken = self.0.send_if_modified(|state| match state {
            State::Running(_) => false,
            _ => {
                *state = State::Running(Running { since, doing: Doing::Reading(None) });
                true
            }
        });
        if taken { Ok(()) } else { Err(Busy) }
    }

    /// Notes what is being done; whether that is something else than before.
    fn doing(&self, doing: Doing) -> bool {
        self.0.send_if_modified(|state| match state {
            State::Running(running) if running.doing != doing => {
                running.doing = doing;
                true
            }
            _ => false,
        })
    }
}

/// Notes what is being done, and tells those who follow.
fn doing(site: &Site, doing: Doing) {
    if site.rounds.doing(doing) {
        site.tell(match doing {
            Doing::Reading(part) => Happening::RoundReads(part),
            Doing::Judging => Happening::RoundJudges,
        });
    }
}

/// Begins a round; it goes on after this returns.
pub(crate) fn start(site: &Site, job: Job) -> Result<(), Busy> {
    let began = now();
    site.rounds.take(began)?;
    site.tell(Happening::RoundStarted);
    let (site, hospital) = (site.clone(), site.hospital());
    tokio::task::spawn_blocking(move || {
        // Also a fault of ours must give the worker back.
        let run = std::panic::AssertUnwindSafe(|| run(&site, &hospital, &job, began));
        let ended =
            std::panic::catch_unwind(run).unwrap_or_else(|_| Err("It is a fault of Wardround.".to_owned()));
        match &ended {
            Ok(id) => drop(log::event("round-done").round(*id)),
            Err(_) => drop(log::event("round-failed")),
        }
        drop(job);
        let happening = ended.as_ref().map_or(Happening::RoundFailed, |id| Happening::RoundKept(*id));
        site.rounds.0.send_replace(ended.map_or_else(State::Failed, State::Done));
        site.tell(happening);
    });
    Ok(())
}

fn run(site: &Site, hospital: &Arc<Hospital>, job: &Job, began: Timestamp) -> Result<RoundId, String> {
    let mut heard = Heard::default();
    let round = match job.again {
        Some(id) => judged_again(site, hospital, id, began)?,
        None => read(site, hospital, job, &mut heard)?,
    };
    doing(site, Doing::Judging);
    // Another index may have been put in place meanwhile.
    let known = site.judge.known().filter(|known| known.sources == round.intelligence);
    let judged =
        Judged { again_from: job.again, exploited: known.as_ref().map(|known| known.exploited.as_slice()) };
    // Whoever asks for the worklist meanwhile waits for this one, and does not make it a second time.
    let folding = hospital.folding.blocking_lock();
    let id = hospital.change(|store| store.round_save_judged(&round, judged)).map_err(told)?;
    site.ears.forget(&heard);
    count(&site.counters.rounds);
    hospital.remember(id, &round);
    // What cannot be worked out now is when somebody looks.
    if let Ok(work) = hospital.change(|store| store.work_catch_up(Some((id, &round)))) {
        drop((judged, round));
        let _whoever_looks_tries_again = hospital.desk_of_kept(work, &site.policy);
    }
    drop(folding);
    site.tell(Happening::WorklistChanged(id));
    Ok(id)
}

fn told(error: wardround_store::StoreError) -> String {
    error.to_string()
}

/// What a round saw, judged by what is known now.
fn judged_again(site: &Site, hospital: &Hospital, id: RoundId, began: Timestamp) -> Result<Round, String> {
    doing(site, Doing::Judging);
    let load = |store: &Store| Ok((store.round_load(id)?, kept_statements(store)?));
    let (round, statements) = hospital.look(load).map_err(told)?;
    site.judge.again(round, &statements, began.to_whole_second())
}

/// A round over the kept lists, what was sent, and what was heard.
fn read(site: &Site, hospital: &Hospital, job: &Job, heard: &mut Heard) -> Result<Round, String> {
    let (lists, statements) =
        hospital.look(|store| Ok((kept_lists(store)?, kept_statements(store)?))).map_err(told)?;
    let files = job.files.iter().cloned().map(Input::File);
    let uploads = job.uploads.iter().map(|upload| Input::File(upload.path().to_owned()));
    let captures: Vec<Input> = files.chain(uploads).collect();
    // The demo hospital has nothing to do with the network that this computer is at.
    if !site.is_demo() {
        *heard = site.ears.heard(now());
    }
    let captured = heard.captured.take();
    if captures.is_empty() && lists.is_empty() && captured.is_none() {
        return Err("There is nothing to read yet. Add a list or a capture first.".to_owned());
    }
    let sources = Sources { captures: &captures, lists: &lists, statements: &statements };
    // After all that was heard: nothing of it is of the future.
    let run_at = now().to_whole_second();
    let mut outcome =
        site.judge.round(&sources, captured, run_at, &Told { site, captures: captures.len() })?;
    // People know a file by the name that they sent it under.
    let names = job.uploads.iter().map(|upload| (upload.path().file_name(), &upload.name));
    for (kept, name) in names {
        for source in &mut outcome.round.coverage.sources {
            if kept.is_some_and(|kept| kept.to_string_lossy() == source.name.as_str()) {
                source.name.clone_from(name);
            }
        }
    }
    Ok(outcome.round)
}

/// Tells those who watch how far reading is.
struct Told<'a> {
    site: &'a Site,
    captures: usize,
}

impl Progress for Told<'_> {
    fn read(&self, source: usize, bytes: u64, of: Option<u64>) {
        let part = of.filter(|of| *of > 0).map(|of| bytes.saturating_mul(100) / of);
        let is_last = source + 1 >= self.captures && part.is_some_and(|part| part >= 100);
        let whole = |part: u64| {
            let before = u64::try_from(source).unwrap_or_default().saturating_mul(100);
            let captures = u64::try_from(self.captures.max(1)).unwrap_or(1);
            u8::try_from((before.saturating_add(part.min(100)) / captures).min(100)).unwrap_or(100)
        };
        doing(self.site, if is_last { Doing::Judging } else { Doing::Reading(part.map(whole)) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_never_a_second_round_beside_the_first() {
        let worker = Worker::new();
        let at = Timestamp::from_seconds(1);
        assert_eq!(worker.take(at), Ok(()));
        assert_eq!(worker.take(at), Err(Busy));
        let mut seen = worker.watch();
        assert!(worker.doing(Doing::Reading(Some(40))) && !worker.doing(Doing::Reading(Some(40))));
        assert!(seen.has_changed().unwrap());
        assert!(
            matches!(&*seen.borrow_and_update(), State::Running(it) if it.doing == Doing::Reading(Some(40)))
        );
        worker.0.send_replace(State::Done(RoundId(1)));
        assert_eq!(worker.take(at), Ok(()));
    }
}
