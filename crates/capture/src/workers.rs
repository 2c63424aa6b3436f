//! Shards and the threads that work on them: one thread does everything by itself; more take batches from the reader
//! through bounded queues. What comes out is the same.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, ScopedJoinHandle};

use crate::batch::Batch;
use crate::limits::CHUNK;
use crate::shard::{Findings, SHARDS, Shard};

/// Batches on their way to one thread.
const QUEUE: usize = 2;

/// Takes full batches and gives empty ones.
pub(crate) trait Crew {
    /// A batch to fill.
    fn empty(&mut self) -> Batch;

    /// A batch to work on, in the order of reading.
    fn take(&mut self, batch: Batch);
}

/// The shards of one thread.
struct Team {
    /// Each in its place; none where another thread has it.
    shards: Vec<Option<Shard>>,
}

impl Team {
    fn take(&mut self, batch: &Batch) {
        for packet in &batch.packets {
            if let Some(Some(shard)) = self.shards.get_mut(usize::from(packet.shard)) {
                shard.take(packet, batch);
            }
        }
    }

    fn finish(self) -> Vec<Findings> {
        self.shards.into_iter().flatten().map(Shard::finish).collect()
    }
}

/// Runs `read` with a crew of `threads` threads, that of the caller included; answers what `read` answered and what the
/// shards found.
pub(crate) fn run<T>(
    threads: usize,
    shard: impl FnMut() -> Shard,
    read: impl FnOnce(&mut dyn Crew) -> T,
) -> (T, Vec<Findings>) {
    if threads <= 1 {
        let mut alone = Alone { team: teams(1, shard), batch: None };
        let result = read(&mut alone);
        return (result, alone.team.into_iter().flat_map(Team::finish).collect());
    }
    // The caller's thread reads, the others work.
    let teams = teams((threads - 1).min(SHARDS), shard);
    thread::scope(|scope| {
        let (used, back) = channel();
        let mut queues = Vec::new();
        let mut working = Vec::new();
        for team in teams {
            let (queue, batches) = sync_channel(QUEUE);
            let used = used.clone();
            queues.push(queue);
            working.push(scope.spawn(move || work(team, &batches, &used)));
        }
        let mut threads = Threads { made: 0, most: QUEUE.saturating_add(2), queues, back, spare: Vec::new() };
        let result = read(&mut threads);
        drop(threads);
        (result, working.into_iter().flat_map(join).collect())
    })
}

fn teams(threads: usize, mut shard: impl FnMut() -> Shard) -> Vec<Team> {
    let part = |team| (0..SHARDS).map(|number| (number % threads == team).then(&mut shard)).collect();
    (0..threads).map(part).map(|shards| Team { shards }).collect()
}

fn work(mut team: Team, batches: &Receiver<Arc<Batch>>, used: &Sender<Batch>) -> Vec<Findings> {
    for batch in batches {
        team.take(&batch);
        // The last to finish with a batch sends it back.
        if let Some(batch) = Arc::into_inner(batch) {
            let _ = used.send(batch);
        }
    }
    team.finish()
}

fn join(thread: ScopedJoinHandle<'_, Vec<Findings>>) -> Vec<Findings> {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Everything in the caller's thread.
struct Alone {
    team: Vec<Team>,
    batch: Option<Batch>,
}

impl Crew for Alone {
    fn empty(&mut self) -> Batch {
        self.batch.take().unwrap_or_else(|| Batch::with_room_for(CHUNK))
    }

    fn take(&mut self, batch: Batch) {
        for team in &mut self.team {
            team.take(&batch);
        }
        self.batch = Some(batch);
    }
}

/// Batches go to all threads; each works on the packets of its own shards.
struct Threads {
    made: usize,
    most: usize,
    queues: Vec<SyncSender<Arc<Batch>>>,
    back: Receiver<Batch>,
    spare: Vec<Batch>,
}

impl Crew for Threads {
    fn empty(&mut self) -> Batch {
        let spare = self.spare.pop().or_else(|| self.back.try_recv().ok());
        if spare.is_none() && self.made >= self.most {
            // All are under way; the queue ends only when this thread ends it.
            return self.back.recv().unwrap_or_else(|_| Batch::with_room_for(CHUNK));
        }
        spare.unwrap_or_else(|| {
            self.made = self.made.saturating_add(1);
            Batch::with_room_for(CHUNK)
        })
    }

    fn take(&mut self, batch: Batch) {
        let batch = Arc::new(batch);
        for queue in &self.queues {
            // A thread that is gone has panicked: its panic is passed on when it is joined.
            let _ = queue.send(Arc::clone(&batch));
        }
        // The threads may all be done with it already: then this is the last to let go of it.
        self.spare.extend(Arc::into_inner(batch));
    }
}
