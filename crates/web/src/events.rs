//! What happens at the site, for programs that follow it (Server-Sent Events, HTML Living Standard 9.2): the latest of it in a ring, so
//! that who was away for a moment misses nothing, and who was away for longer learns that.
//!
//! An event says that something changed, with ids and numbers. What it is then is read by its id. Not here: who may follow
//! ([`crate::api`]).

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;
use wardround_model::{AssetId, RoundId, Timestamp};
use wardround_remedy::TaskId;
use wardround_store::TokenId;

use crate::hospital::locked;
use crate::site::now;

/// Events that are kept.
const KEPT: usize = 1_000;
/// Programs that follow with one token.
const MOST_OF_TOKEN: usize = 4;
/// Programs that follow in all.
const MOST: usize = 64;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    /// A round began.
    RoundStarted,
    /// It reads: so many per cent, where that is known.
    RoundReads(Option<u8>),
    /// It works out who is there and what is weak.
    RoundJudges,
    /// It is kept.
    RoundKept(RoundId),
    /// It could not be run or kept.
    RoundFailed,
    /// Somebody said something of this task.
    TaskChanged(TaskId),
    /// A round changed the worklist.
    WorklistChanged(RoundId),
    /// Somebody said something of these devices, or took it back.
    DevicesChanged(Vec<AssetId>),
    /// Lists were kept or forgotten.
    ListsChanged,
    /// Another index of weaknesses is in place.
    IntelligenceChanged,
    /// An interface is not listened at.
    ListeningTrouble(String, String),
    /// It is listened at again.
    ListeningMended(String),
}

impl Happening {
    /// The names of all kinds, with what each means.
    pub(crate) const KINDS: &[(&'static str, &'static str)] = &[
        ("round.started", "A round began."),
        ("round.progress", "It got further: `percent` of what it reads, or judging."),
        ("round.kept", "It is kept as `round`."),
        ("round.failed", "It could not be run or kept."),
        ("work.changed", "Somebody said something of `task`, or `round` changed the worklist."),
        ("devices.changed", "Somebody said something of `devices`, or took it back."),
        ("lists.changed", "A list was kept or forgotten."),
        (
            "intelligence.changed",
            "Another index of weaknesses is in place; the newest round is judged again.",
        ),
        ("listening.trouble", "`interface` is not listened at; `detail` says why."),
        ("listening.mended", "`interface` is listened at again."),
        ("missed", "Events are gone that you did not get: read anew what you follow."),
    ];

    fn kind(&self) -> &'static str {
        match self {
            Self::RoundStarted => "round.started",
            Self::RoundReads(_) | Self::RoundJudges => "round.progress",
            Self::RoundKept(_) => "round.kept",
            Self::RoundFailed => "round.failed",
            Self::TaskChanged(_) | Self::WorklistChanged(_) => "work.changed",
            Self::DevicesChanged(_) => "devices.changed",
            Self::ListsChanged => "lists.changed",
            Self::IntelligenceChanged => "intelligence.changed",
            Self::ListeningTrouble(..) => "listening.trouble",
            Self::ListeningMended(_) => "listening.mended",
        }
    }

    fn told(self, demo: bool, at: Timestamp) -> Told {
        let mut told = Told { at: at.to_string(), demo, ..Told::default() };
        match self {
            Self::RoundReads(percent) => told.percent = percent,
            Self::RoundJudges => told.judging = Some(true),
            Self::RoundKept(round) | Self::WorklistChanged(round) => told.round = Some(round.to_string()),
            Self::TaskChanged(task) => told.task = Some(task.to_string()),
            Self::DevicesChanged(devices) => {
                told.devices = Some(devices.iter().map(ToString::to_string).collect());
            }
            Self::ListeningTrouble(interface, detail) => {
                (told.interface, told.detail) = (Some(interface), Some(detail));
            }
            Self::ListeningMended(interface) => told.interface = Some(interface),
            Self::RoundStarted | Self::RoundFailed | Self::ListsChanged | Self::IntelligenceChanged => {}
        }
        told
    }
}

/// What an event tells, as JSON.
#[derive(Default, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub(crate) struct Told {
    at: String,
    /// Whether the made-up demo hospital is shown instead of your own.
    demo: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judging: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    round: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Told {
    /// That events are gone.
    pub(crate) fn missed(demo: bool) -> Self {
        Self { at: now().to_string(), demo, ..Self::default() }
    }
}

/// An event, as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Happened {
    /// Its number; they count up from 1.
    pub(crate) number: u64,
    pub(crate) kind: &'static str,
    pub(crate) data: String,
}

/// What comes next for somebody who follows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// This.
    Event(Arc<Happened>),
    /// What came up to this number is gone.
    Missed(u64),
    /// Nothing yet.
    Nothing,
}

/// All that is kept, and who follows.
pub(crate) struct Events {
    /// When the site was started: numbers of another start mean nothing.
    began: i64,
    ring: Mutex<Ring>,
    newest: watch::Sender<u64>,
    followers: Mutex<BTreeMap<TokenId, usize>>,
}

#[derive(Default)]
struct Ring {
    newest: u64,
    kept: VecDeque<Arc<Happened>>,
}

impl Events {
    pub(crate) fn new(began: Timestamp) -> Arc<Self> {
        Arc::new(Self {
            began: began.nanoseconds(),
            ring: Mutex::default(),
            newest: watch::Sender::new(0),
            followers: Mutex::default(),
        })
    }

    /// Tells those who follow.
    pub(crate) fn tell(&self, happening: Happening, demo: bool) {
        let kind = happening.kind();
        // It has nothing that could not be written.
        let Ok(data) = serde_json::to_string(&happening.told(demo, now())) else { return };
        let number = {
            let mut ring = locked(&self.ring);
            ring.newest = ring.newest.saturating_add(1);
            let number = ring.newest;
            ring.kept.push_back(Arc::new(Happened { number, kind, data }));
            if ring.kept.len() > KEPT {
                ring.kept.pop_front();
            }
            number
        };
        self.newest.send_replace(number);
    }

    /// The number of the newest one.
    pub(crate) fn newest(&self) -> u64 {
        locked(&self.ring).newest
    }

    /// Is told of each new one.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// The id of an event, as programs know it.
    pub(crate) fn id(&self, number: u64) -> String {
        format!("{:x}-{number}", self.began)
    }

    /// The number that an id of this start of the site has; nothing where it is none.
    pub(crate) fn number(&self, id: &str) -> Option<u64> {
        let number = id.strip_prefix(&format!("{:x}-", self.began))?.parse().ok()?;
        Some(number).filter(|number| *number <= self.newest())
    }

    /// What comes after this number.
    pub(crate) fn after(&self, number: u64) -> Next {
        let ring = locked(&self.ring);
        let Some(first) = ring.kept.front().filter(|_| number < ring.newest) else { return Next::Nothing };
        let gone = first.number.saturating_sub(1);
        if number < gone {
            return Next::Missed(gone);
        }
        let place = usize::try_from(number.saturating_sub(gone)).unwrap_or(usize::MAX);
        ring.kept.get(place).map_or(Next::Nothing, |event| Next::Event(Arc::clone(event)))
    }

    /// Lets one more program follow with this token; nothing where there are as many as may.
    pub(crate) fn follow(self: &Arc<Self>, token: TokenId) -> Option<Following> {
        let mut followers = locked(&self.followers);
        let all: usize = followers.values().sum();
        let of_token = followers.entry(token).or_default();
        if all >= MOST || *of_token >= MOST_OF_TOKEN {
            return None;
        }
        *of_token += 1;
        Some(Following { events: Arc::clone(self), token })
    }
}

/// A program that follows, until this is dropped.
pub(crate) struct Following {
    events: Arc<Events>,
    token: TokenId,
}

impl Drop for Following {
    fn drop(&mut self) {
        let mut followers = locked(&self.events.followers);
        if let Some(count) = followers.get_mut(&self.token) {
            *count = count.saturating_sub(1);
        }
        followers.retain(|_, count| *count > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events() -> Arc<Events> {
        Events::new(Timestamp::from_seconds(1))
    }

    fn number(next: Next) -> u64 {
        match next {
            Next::Event(event) => event.number,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_was_away_gets_what_is_kept_and_learns_what_is_gone() {
        let events = events();
        assert_eq!(events.after(0), Next::Nothing);
        for _ in 0..KEPT {
            events.tell(Happening::RoundStarted, false);
        }
        assert_eq!(number(events.after(0)), 1);
        assert_eq!(number(events.after(998)), 999);
        assert_eq!(events.after(1_000), Next::Nothing);
        events.tell(Happening::RoundKept(RoundId(3)), true);
        assert_eq!(events.after(0), Next::Missed(1));
        assert_eq!(number(events.after(1)), 2);
        let Next::Event(last) = events.after(1_000) else { panic!("it is the newest") };
        assert_eq!((last.number, last.kind), (1_001, "round.kept"));
        assert!(last.data.ends_with(r#""demo":true,"round":"R-3"}"#), "{}", last.data);
    }

    #[test]
    fn an_id_of_another_start_or_of_nothing_is_none() {
        let events = events();
        events.tell(Happening::RoundStarted, false);
        assert_eq!(events.number(&events.id(1)), Some(1));
        let other = Events::new(Timestamp::from_seconds(2));
        for wrong in [other.id(1), events.id(2), String::new(), "1".to_owned(), format!("{}x", events.id(1))]
        {
            assert_eq!(events.number(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_more_follow_than_may() {
        let events = events();
        let mut following: Vec<_> = (0..MOST_OF_TOKEN).map(|_| events.follow(TokenId(1)).unwrap()).collect();
        assert!(events.follow(TokenId(1)).is_none());
        following.pop();
        following.push(events.follow(TokenId(1)).unwrap());
        for token in 2..=16 {
            following.extend((0..MOST_OF_TOKEN).map(|_| events.follow(TokenId(token)).unwrap()));
        }
        assert_eq!(following.len(), MOST);
        assert!(events.follow(TokenId(99)).is_none());
        drop(following);
        assert!(locked(&events.followers).is_empty());
    }

    #[test]
    fn every_kind_is_described() {
        let all = [
            Happening::RoundStarted,
            Happening::RoundReads(None),
            Happening::RoundJudges,
            Happening::RoundKept(RoundId(1)),
            Happening::RoundFailed,
            Happening::TaskChanged(TaskId("1a2b3c4d5e6f".parse().unwrap())),
            Happening::DevicesChanged(Vec::new()),
            Happening::ListsChanged,
            Happening::IntelligenceChanged,
            Happening::ListeningTrouble(String::new(), String::new()),
            Happening::ListeningMended(String::new()),
        ];
        for one in all {
            assert!(Happening::KINDS.iter().any(|(kind, _)| *kind == one.kind()), "{one:?}");
        }
    }
}
