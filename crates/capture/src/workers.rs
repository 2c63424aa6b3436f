//! Shards and the threads that work on them: one thread does everything by itself; of more, one reads, and where the others do not keep up it
//! works, too. What comes out is the same: every shard takes every batch, in the order of reading, whoever works on it.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, ScopedJoinHandle};

use crate::batch::Batch;
use crate::limits::CHUNK;
use crate::shard::{Findings, SHARDS, Shard};

/// Batches that are under way at a time, beyond one for each thread.
const QUEUE: usize = 2;

/// Takes full batches and gives empty ones.
pub(crate) trait Crew {
    /// A batch to fill.
    fn empty(&mut self) -> Batch;

    /// A batch to work on, in the order of reading.
    fn take(&mut self, batch: Batch);
}

/// Runs `read` with a crew of `threads` threads, that of the caller included; answers what `read` answered and what the
/// shards found.
pub(crate) fn run<T>(
    threads: usize,
    mut shard: impl FnMut() -> Shard,
    read: impl FnOnce(&mut dyn Crew) -> T,
) -> (T, Vec<Findings>) {
    let shards: Vec<Shard> = (0..SHARDS).map(|_| shard()).collect();
    if threads <= 1 {
        let mut alone = Alone { shards, batch: None };
        let result = read(&mut alone);
        return (result, alone.shards.into_iter().map(Shard::finish).collect());
    }
    let shared = Shared::new(shards);
    let (result, mut findings) = thread::scope(|scope| {
        let (told, done) = channel();
        let (mut queues, mut working) = (Vec::new(), Vec::new());
        for nth in 1..threads.min(SHARDS.saturating_add(1)) {
            let (queue, batches) = channel();
            let (shared, told) = (&shared, told.clone());
            queues.push(queue);
            working.push(scope.spawn(move || work(shared, nth, &batches, &told)));
        }
        drop(told);
        let most = queues.len().saturating_add(QUEUE).saturating_add(1);
        let mut threads =
            Threads { shared: &shared, sent: 0, most, queues, under_way: VecDeque::new(), done };
        let result = read(&mut threads);
        drop(threads);
        (result, working.into_iter().flat_map(join).collect::<Vec<_>>())
    });
    findings.sort_by_key(|(number, _)| *number);
    (result, findings.into_iter().map(|(_, findings)| findings).collect())
}

/// Everything in the caller's thread.
struct Alone {
    shards: Vec<Shard>,
    batch: Option<Batch>,
}

impl Crew for Alone {
    fn empty(&mut self) -> Batch {
        self.batch.take().unwrap_or_else(|| Batch::with_room_for(CHUNK))
    }

    fn take(&mut self, mut batch: Batch) {
        batch.deal();
        for (number, shard) in self.shards.iter_mut().enumerate() {
            take_all(shard, number, &batch);
        }
        self.batch = Some(batch);
    }
}

fn take_all(shard: &mut Shard, number: usize, batch: &Batch) {
    for packet in batch.of_shard(number) {
        shard.take(packet, batch);
    }
}

/// A batch and how many came before it.
struct Numbered {
    nth: u64,
    batch: Batch,
}

/// A shard, and how many batches it took; no shard once it is finished.
struct Place {
    shard: Option<Shard>,
    taken: u64,
}

/// The shards, of which each is one thread's at a time.
struct Shared {
    places: Vec<Mutex<Place>>,
}

impl Shared {
    fn new(shards: Vec<Shard>) -> Self {
        let place = |shard| Mutex::new(Place { shard: Some(shard), taken: 0 });
        Self { places: shards.into_iter().map(place).collect() }
    }

    /// Lets each shard take a batch that did not, beginning with the nth, as far as no other thread has it; whether any took it.
    fn pass(&self, batch: &Numbered, nth: usize) -> bool {
        let mut any = false;
        for number in rotated(nth) {
            let Some(place) = self.places.get(number) else { continue };
            let place = match place.try_lock() {
                Ok(place) => place,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => continue,
            };
            any |= take(place, number, batch);
        }
        any
    }

    /// Lets each shard take a batch that did not, and waits for those that other threads have: then all of them took it.
    fn complete(&self, batch: &Numbered, nth: usize) {
        self.pass(batch, nth);
        for number in rotated(nth) {
            let Some(place) = self.places.get(number) else { continue };
            take(place.lock().unwrap_or_else(PoisonError::into_inner), number, batch);
        }
    }

    /// Finishes the shards that no other thread finishes.
    fn finish(&self, nth: usize) -> Vec<(usize, Findings)> {
        let finished = rotated(nth).filter_map(|number| {
            let mut place = self.places.get(number)?.try_lock().ok()?;
            Some((number, place.shard.take()?.finish()))
        });
        finished.collect()
    }
}

/// All shards, each thread beginning elsewhere.
fn rotated(nth: usize) -> impl Iterator<Item = usize> {
    (0..SHARDS).map(move |number| number.wrapping_add(nth.wrapping_mul(7)) % SHARDS)
}

/// Takes the batch where it is the next one of this shard.
fn take(mut place: MutexGuard<'_, Place>, number: usize, batch: &Numbered) -> bool {
    let Place { shard: Some(shard), taken } = &mut *place else { return false };
    let is_next = *taken == batch.nth;
    if is_next {
        take_all(shard, number, &batch.batch);
        *taken = taken.saturating_add(1);
    }
    is_next
}

fn work(
    shared: &Shared,
    nth: usize,
    batches: &Receiver<Arc<Numbered>>,
    told: &Sender<()>,
) -> Vec<(usize, Findings)> {
    for batch in batches {
        shared.complete(&batch, nth);
        drop(batch);
        let _ = told.send(());
    }
    shared.finish(nth)
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Batches go to all threads, each of which sees to it that all shards take them.
struct Threads<'s> {
    shared: &'s Shared,
    sent: u64,
    most: usize,
    queues: Vec<Sender<Arc<Numbered>>>,
    /// The oldest first.
    under_way: VecDeque<Arc<Numbered>>,
    /// Told by a thread that is done with a batch.
    done: Receiver<()>,
}

impl Threads<'_> {
    /// The oldest batch, if all threads are done with it.
    fn free(&mut self) -> Option<Batch> {
        match Arc::try_unwrap(self.under_way.pop_front()?) {
            Ok(numbered) => Some(numbered.batch),
            Err(batch) => {
                self.under_way.push_front(batch);
                None
            }
        }
    }

    /// Works on what is under way; whether there was anything that no other thread has.
    fn help(&self) -> bool {
        self.under_way.iter().any(|batch| self.shared.pass(batch, 0))
    }
}

impl Crew for Threads<'_> {
    fn empty(&mut self) -> Batch {
        while self.under_way.len() >= self.most {
            // What was told before is seen below. What is told from here on ends the waiting.
            self.done.try_iter().for_each(drop);
            if let Some(batch) = self.free() {
                return batch;
            }
            // Threads that are gone have panicked: their panic is passed on when they are joined.
            if !self.help() && self.done.recv().is_err() {
                break;
            }
        }
        Batch::with_room_for(CHUNK)
    }

    fn take(&mut self, mut batch: Batch) {
        batch.deal();
        let batch = Arc::new(Numbered { nth: self.sent, batch });
        self.sent = self.sent.saturating_add(1);
        let sent = self.queues.iter().filter(|queue| queue.send(Arc::clone(&batch)).is_ok()).count();
        // Of threads that are all gone nobody takes it.
        if sent > 0 {
            self.under_way.push_back(batch);
        }
    }
}
