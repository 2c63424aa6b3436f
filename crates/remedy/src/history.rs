//! What the rounds showed of each finding, round after round: found, more urgent, fixed, back. Facts alone; what people say
//! of them is in [`crate::Event`].
//!
//! A [`History`] is derived: walking the same rounds in their order gives the same history.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use wardround_model::{
    AssetId, Decision, Digest, Finding, FindingId, Role, Round, RoundId, Timestamp, Weakness,
};
use wardround_triage::{Efforts, Goes, Visit, VisitWork, visits};

use crate::identity;
use crate::proof::{Change, Look, Seen, Sight, can_be_shown, newest, rests_on_traffic};

/// The id of a task, as `W-1a2b3c4d5e6f`: the same work of the same team at the same device has it in every round. It has
/// another letter than a task of the plan (`T-`), which is one change for many devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub Digest);

impl TaskId {
    /// The id of this work at this device.
    #[must_use]
    pub fn of(asset: AssetId, goes: Goes, work: VisitWork) -> Self {
        let goes = match goes {
            Goes::Owner => "owner",
            Goes::Team(role) => role.code(),
        };
        let work = match work {
            VisitWork::Change => "change",
            VisitWork::Containment => "containment",
        };
        Self(Digest::of(&["work", &asset.to_string(), goes, work]))
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "W-{}", self.0)
    }
}

/// What a task is about, as the latest round that had it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its id.
    pub id: TaskId,
    /// The ids that it had while less was known of the device, the oldest first.
    pub known_as: Vec<TaskId>,
    /// At which device.
    pub asset: AssetId,
    /// The device, as people know it.
    pub device: String,
    /// The device's maker and model, else what it is.
    pub kind: String,
    /// Who goes there.
    pub goes: Goes,
    /// The team that this is.
    pub who: Role,
    /// What is done there.
    pub work: VisitWork,
    /// Whether a device that touches patients is changed, so that its clinical owner must sign.
    pub touches_care: bool,
    /// The step of a task that keeps others away: its code in the file of efforts, and in words. Other tasks have the steps
    /// of their findings.
    pub containment: Option<(String, String)>,
}

/// What a round showed of a finding that it had not shown before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is there.
    Found(Decision),
    /// It is more urgent than it was.
    Raised(Decision),
    /// What it rested on was seen again with another value, and it is there no longer.
    Fixed(Vec<Change>),
    /// It is there again after it was fixed: what was seen when it was fixed, and what is seen now.
    Back(Vec<Sight>, Vec<Sight>),
    /// It is left out, although nothing else was seen.
    LeftOut(LeftOut),
    /// It was left out, and is not any more.
    Again(Decision),
}

/// Why a finding is left out although what it rests on is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// An answer of a person or a maker settled it, or the device is said to be gone.
    Answer,
    /// It is judged otherwise: by newer intelligence, another table or what else is known of the device.
    Judgement,
}

/// A turn, and the round that showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Which round.
    pub round: RoundId,
    /// The moment that it was judged at.
    pub at: Timestamp,
    /// What it showed.
    pub turn: Turn,
}

/// How the latest round saw a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastLook {
    /// It is there.
    There,
    /// The device was seen, but not what would show the finding: this proves nothing.
    NotSeenAgain,
    /// The device was not seen: this proves nothing.
    DeviceNotSeen,
    /// It is not there, as its last turn tells.
    NotThere,
}

/// One finding, through the rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which finding.
    pub finding: FindingId,
    /// The ids that it had while less was known of the device, the oldest first.
    pub known_as: Vec<FindingId>,
    /// On which device.
    pub asset: AssetId,
    /// What is weak, in one line.
    pub title: String,
    /// Its code: a CVE number, or the kind of weakness (CWE).
    pub code: String,
    /// The weakness itself, as a [`Weakness`] is shown.
    pub weakness: String,
    /// How urgent it is, as last decided.
    pub decision: Decision,
    /// The task that settles it.
    pub task: TaskId,
    /// The task that keeps others away meanwhile.
    pub containment: Option<TaskId>,
    /// The change that settles it: its code in the file of efforts, and in words.
    pub step: (String, String),
    /// What it rested on when it was seen last.
    pub proof: Vec<Sight>,
    /// Whether it also rests on traffic, of which a later look may simply have seen less.
    pub rests_on_traffic: bool,
    /// The round that saw it last.
    pub seen_in: RoundId,
    /// How the latest round saw it.
    pub last_look: LastLook,
    /// What happened to it, the oldest first; the first is [`Turn::Found`].
    pub turns: Vec<Dated>,
}

impl Item {
    fn last(&self) -> Option<&Turn> {
        self.turns.last().map(|dated| &dated.turn)
    }

    fn is_fixed(&self) -> bool {
        matches!(self.last(), Some(Turn::Fixed(_)))
    }

    fn is_left_out(&self) -> bool {
        matches!(self.last(), Some(Turn::LeftOut(_)))
    }

    /// Whether this is its id, or was.
    #[must_use]
    pub fn is(&self, id: FindingId) -> bool {
        self.finding == id || self.known_as.contains(&id)
    }

    /// Whether a later round could verify it at all. Where not, somebody has to look at the device.
    #[must_use]
    pub fn can_be_verified(&self) -> bool {
        !self.rests_on_traffic && can_be_shown(&self.proof)
    }

    /// The latest moment that what it rests on was seen.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        newest(&self.proof)
    }

    /// Since when the clock of its present decision runs.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        let starts =
            self.turns.iter().rev().find(|dated| !matches!(dated.turn, Turn::Fixed(_) | Turn::LeftOut(_)));
        starts.map_or(Timestamp::EPOCH, |dated| dated.at)
    }
}

/// What all rounds so far showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The latest round that was walked, and the moment that it was judged at.
    pub through: Option<(RoundId, Timestamp)>,
    /// Every task that there ever was.
    pub heads: BTreeMap<TaskId, Head>,
    /// Every finding that there ever was, and that a change settles.
    pub items: BTreeMap<FindingId, Item>,
}

/// Where a round has a finding.
struct Place<'v> {
    task: TaskId,
    containment: Option<TaskId>,
    step: (&'v str, &'v str),
}

impl History {
    /// The history of these rounds, in their order.
    #[must_use]
    pub fn of<'r>(rounds: impl IntoIterator<Item = (RoundId, &'r Round)>, efforts: &Efforts) -> Self {
        let mut history = Self::default();
        for (id, round) in rounds {
            history.see(id, round, &visits(round, efforts));
        }
        history
    }

    /// Walks one more round with its visits. One that is not later than those before is left out.
    pub fn see(&mut self, id: RoundId, round: &Round, visits: &[Visit]) {
        if self.through.is_some_and(|(walked, _)| id <= walked) {
            return;
        }
        self.through = Some((id, round.as_of));
        identity::follow(self, round);
        let places = self.place(visits);
        let sight = RoundSight::new(id, round);
        let mut met = BTreeSet::new();
        for finding in &round.findings {
            // Two findings can only have one id where somebody made it so; the first counts.
            if let Some(place) = places.get(&finding.id).filter(|_| met.insert(finding.id)) {
                self.there(&sight, finding, place);
            }
        }
        for item in self.items.values_mut().filter(|item| !met.contains(&item.finding)) {
            sight.not_there(item);
        }
    }

    /// The tasks of these visits, and where each finding is.
    fn place<'v>(&mut self, visits: &'v [Visit]) -> BTreeMap<FindingId, Place<'v>> {
        let mut places = BTreeMap::new();
        let mut contained = BTreeMap::new();
        for visit in visits {
            let task = TaskId::of(visit.asset, visit.goes, visit.work);
            let known_as = self.heads.remove(&task).map(|head| head.known_as).unwrap_or_default();
            self.heads.insert(task, Head { known_as, ..head(task, visit) });
            for step in &visit.steps {
                for finding in &step.findings {
                    match visit.work {
                        VisitWork::Containment => drop(contained.insert(*finding, task)),
                        VisitWork::Change => {
                            let step = (step.code.as_str(), step.title.as_str());
                            places.insert(*finding, Place { task, containment: None, step });
                        }
                    }
                }
            }
        }
        for (finding, task) in contained {
            if let Some(place) = places.get_mut(&finding) {
                place.containment = Some(task);
            }
        }
        places
    }

    fn there(&mut self, sight: &RoundSight<'_>, finding: &Finding, place: &Place<'_>) {
        let proof = sight.seen.proof(finding);
        match self.items.get_mut(&finding.id) {
            None => {
                let mut item = new_item(sight, finding, place, proof);
                item.turns.push(sight.dated(Turn::Found(finding.judgement.decision)));
                self.items.insert(finding.id, item);
            }
            Some(item) => sight.there_again(item, finding, place, proof),
        }
    }
}

fn head(id: TaskId, visit: &Visit) -> Head {
    Head {
        id,
        known_as: Vec::new(),
        asset: visit.asset,
        device: visit.title.clone(),
        kind: visit.kind.clone(),
        goes: visit.goes,
        who: visit.who,
        work: visit.work,
        touches_care: visit.touches_care,
        containment: visit
            .steps
            .first()
            .filter(|_| visit.work == VisitWork::Containment)
            .map(|step| (step.code.clone(), step.title.clone())),
    }
}

fn new_item(sight: &RoundSight<'_>, finding: &Finding, place: &Place<'_>, proof: Vec<Sight>) -> Item {
    Item {
        finding: finding.id,
        known_as: Vec::new(),
        asset: finding.asset,
        title: finding.title.clone(),
        code: code(&finding.weakness),
        weakness: finding.weakness.to_string(),
        decision: finding.judgement.decision,
        task: place.task,
        containment: place.containment,
        step: (place.step.0.to_owned(), place.step.1.to_owned()),
        proof,
        rests_on_traffic: rests_on_traffic(finding),
        seen_in: sight.id,
        last_look: LastLook::There,
        turns: Vec::new(),
    }
}

fn code(weakness: &Weakness) -> String {
    match weakness {
        Weakness::Vulnerability { cve, .. } => cve.to_string(),
        Weakness::Setting { setting, .. } => format!("CWE-{}", setting.cwe()),
    }
}

/// One round, for walking it.
struct RoundSight<'r> {
    id: RoundId,
    at: Timestamp,
    seen: Seen<'r>,
    assets: BTreeSet<AssetId>,
    /// What is in the round although no visit has it: on devices that are said to be gone.
    without_visit: BTreeSet<FindingId>,
    settled: BTreeSet<(AssetId, String)>,
}

impl<'r> RoundSight<'r> {
    fn new(id: RoundId, round: &'r Round) -> Self {
        Self {
            id,
            at: round.as_of,
            seen: Seen::new(round),
            assets: round.assets.iter().map(|asset| asset.id).collect(),
            without_visit: round.findings.iter().map(|finding| finding.id).collect(),
            settled: round.settled.iter().map(|settled| (settled.asset, settled.cve.to_string())).collect(),
        }
    }

    fn dated(&self, turn: Turn) -> Dated {
        Dated { round: self.id, at: self.at, turn }
    }

    fn there_again(&self, item: &mut Item, finding: &Finding, place: &Place<'_>, proof: Vec<Sight>) {
        let decision = finding.judgement.decision;
        let turn = match item.last() {
            // What was seen before it was fixed says nothing of now.
            Some(Turn::Fixed(changes)) if is_older(&proof, changes) => {
                item.last_look = LastLook::NotThere;
                return;
            }
            Some(Turn::Fixed(changes)) => {
                let fixed = changes.iter().map(|change| change.after.clone()).collect();
                Some(Turn::Back(fixed, proof.clone()))
            }
            Some(Turn::LeftOut(_)) => Some(Turn::Again(decision)),
            _ if decision > item.decision => Some(Turn::Raised(decision)),
            _ => None,
        };
        item.turns.extend(turn.map(|turn| self.dated(turn)));
        let (turns, known_as) = (std::mem::take(&mut item.turns), std::mem::take(&mut item.known_as));
        // An older capture may come after a newer one; the newest sight is what a later look is held against.
        let proof = if newest(&proof) >= item.newest() { proof } else { std::mem::take(&mut item.proof) };
        *item = Item { turns, known_as, ..new_item(self, finding, place, proof) };
    }

    fn not_there(&self, item: &mut Item) {
        if item.is_fixed() {
            item.last_look = LastLook::NotThere;
            return;
        }
        let (looked, turn) = self.look(item);
        item.last_look = looked;
        item.turns.extend(turn.map(|turn| self.dated(turn)));
    }

    /// What this round, which does not have the finding, says of it.
    fn look(&self, item: &Item) -> (LastLook, Option<Turn>) {
        let device_seen = self.assets.contains(&item.asset);
        let left_out = |why| (LastLook::NotThere, Some(Turn::LeftOut(why)));
        match self.seen.look(&item.proof) {
            Look::Changed(changes) if device_seen && !item.rests_on_traffic => {
                (LastLook::NotThere, Some(Turn::Fixed(changes)))
            }
            _ if item.is_left_out() => (LastLook::NotThere, None),
            _ if self.is_answered(item) => left_out(LeftOut::Answer),
            _ if !device_seen => (LastLook::DeviceNotSeen, None),
            Look::Same if !item.rests_on_traffic => left_out(LeftOut::Judgement),
            _ => (LastLook::NotSeenAgain, None),
        }
    }

    fn is_answered(&self, item: &Item) -> bool {
        self.settled.contains(&(item.asset, item.code.clone())) || self.without_visit.contains(&item.finding)
    }
}

/// Whether all of this was seen before the change that fixed it.
fn is_older(proof: &[Sight], changes: &[Change]) -> bool {
    let fixed = changes.iter().map(|change| change.after.last).max();
    newest(proof).is_some_and(|newest| fixed.is_some_and(|fixed| newest < fixed))
}
