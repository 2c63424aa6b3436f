//! What every request shares.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::sync::{Semaphore, watch};
use wardround_model::Timestamp;
use wardround_remedy::Policy;

use crate::asking::Asking;
use crate::demo::Demo;
use crate::ears::Ears;
use crate::events::{Events, Happening};
use crate::glass::Glass;
use crate::hospital::Hospital;
use crate::keys::Keys;
use crate::log::Seldom;
use crate::naming::Naming;
use crate::pace::Pace;
use crate::problem::Problem;
use crate::rounds::Worker;
use crate::routes::{Menu, MenuItem};
use crate::uploads::Uploads;
use crate::{Judge, Printer};

/// What every request shares; cheap to clone.
#[derive(Clone)]
pub(crate) struct Site(Arc<Shared>);

/// What is shared.
pub(crate) struct Shared {
    /// The hospital's own store: people, sessions and the log are always here.
    pub(crate) home: Arc<Hospital>,
    /// What the hospital is called.
    pub(crate) naming: Naming,
    pub(crate) keys: Keys,
    /// The account for emergencies.
    pub(crate) glass: Glass,
    /// The demo hospital, while it is shown.
    pub(crate) demo: Demo,
    /// Files that wait for somebody to decide.
    pub(crate) uploads: Uploads,
    /// The one worker of rounds.
    pub(crate) rounds: Worker,
    /// Questions to hosts.
    pub(crate) asking: Asking,
    /// The folder that scheduled rounds read, if there is one.
    pub(crate) watched: Option<PathBuf>,
    /// What it listens at.
    pub(crate) ears: Ears,
    /// Interfaces, and addresses for flow records, that it was started with.
    pub(crate) listened: Vec<String>,
    /// By when work is due.
    pub(crate) policy: Policy,
    /// How rounds are judged.
    pub(crate) judge: Arc<dyn Judge>,
    /// How reports come on paper.
    pub(crate) printer: Arc<dyn Printer>,
    /// Whether connections are protected, so that cookies may say so.
    pub(crate) tls: bool,
    /// The menu, from the table of routes.
    pub(crate) menu: Vec<MenuItem>,
    /// Password digests that are worked out at once: each needs 19 MiB and a core.
    pub(crate) hashing: Semaphore,
    /// Lists that are read or reports that are told at once: each may need hundreds of megabytes.
    pub(crate) listing: Semaphore,
    /// Ways of an attacker that are found at once.
    pub(crate) ways: Arc<Semaphore>,
    /// What happens, for programs that follow it.
    pub(crate) events: Arc<Events>,
    /// Told when tokens or accounts end, to those who follow with one.
    pub(crate) tokens_ended: watch::Sender<u64>,
    /// Keys of programs whose requests are being done.
    pub(crate) keys_in_use: Mutex<BTreeSet<String>>,
    pub(crate) counters: Counters,
    /// How fast accounts may change things.
    pub(crate) pace: Pace,
    /// Told when the site stops, to those who would listen for ever.
    pub(crate) stopping: watch::Sender<bool>,
}

/// What the site counts, for metrics.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) requests: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) sign_ins: AtomicU64,
    pub(crate) sign_ins_failed: AtomicU64,
    pub(crate) rounds: AtomicU64,
    pub(crate) forms_refused: AtomicU64,
    /// When a refused form was written down last.
    pub(crate) form_told: Seldom,
}

/// Adds one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Site {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// The hospital that pages show.
    pub(crate) fn hospital(&self) -> Arc<Hospital> {
        self.0.demo.shown().unwrap_or_else(|| Arc::clone(&self.0.home))
    }

    /// The page at this place of the menu, where there is one.
    pub(crate) fn page_of(&self, menu: Menu) -> Option<&'static str> {
        self.0.menu.iter().find(|item| item.menu == menu).map(|item| item.path)
    }

    /// Tells programs that follow what happened.
    pub(crate) fn tell(&self, happening: Happening) {
        self.0.events.tell(happening, self.is_demo());
    }

    /// A token or an account ended.
    pub(crate) fn token_ended(&self) {
        self.0.tokens_ended.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Whether pages show the demo hospital.
    pub(crate) fn is_demo(&self) -> bool {
        self.0.demo.shown().is_some()
    }
}

impl std::ops::Deref for Site {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The moment.
pub(crate) fn now() -> Timestamp {
    let now = jiff::Timestamp::now().as_nanosecond();
    Timestamp::from_nanoseconds(i64::try_from(now).unwrap_or(i64::MAX))
}

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Peer {
    /// Its address; one of IPv4 as such also where it comes through IPv6.
    pub(crate) fn address(self) -> IpAddr {
        self.0.ip().to_canonical()
    }
}

impl FromRequestParts<Site> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or(Problem::Fault)
    }
}
