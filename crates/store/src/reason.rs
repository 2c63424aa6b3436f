//! The tables `reason` and `ground`, and which lists of reasons speak for what.
//!
//! A round says the same of many findings: thousands of them are often judged by a hundred lists of sentences. So lists are
//! written once, and what they speak for names them by their number in the round.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use wardround_model::{ConversationId, Ground, ObservationId, Reason, StatementId};

use crate::columns::Columns;
use crate::error::Trouble;
use crate::pages::PageWriter;
use crate::table::{Cell, Kept, Paged, Place, Reader, Table, TableWriter, Writer, shown};

pub(crate) static REASON: Paged =
    Paged(Table { owner: "round_id", name: "reason", key: &["list", "position"], values: &["text"] });
pub(crate) static GROUND: Paged = Paged(Table {
    owner: "round_id",
    name: "ground",
    key: &["list", "reason_position", "position"],
    values: &["observation_id", "conversation_id", "statement_id"],
});
pub(crate) static OF_CLAIM: Paged = Paged(Table {
    owner: "round_id",
    name: "reasons_of_claim",
    key: &["asset_position", "about"],
    values: &["list"],
});
static OF_FINDING: Table = Table {
    owner: "round_id",
    name: "reasons_of_finding",
    key: &["finding_position"],
    values: &["weakness_list", "judgement_list"],
};
static OF_UNJUDGED: Table =
    Table { owner: "round_id", name: "reasons_of_unjudged", key: &["unjudged_position"], values: &["list"] };
static OF_SETTLED: Table =
    Table { owner: "round_id", name: "reasons_of_settled", key: &["settled_position"], values: &["list"] };

/// What is said of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    Class,
    Maker,
    Model,
    Serial,
    Software,
    OperatingSystem,
    CareArea,
}

impl About {
    const ALL: [Self; 7] = [
        Self::Class,
        Self::Maker,
        Self::Model,
        Self::Serial,
        Self::Software,
        Self::OperatingSystem,
        Self::CareArea,
    ];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Maker => "maker",
            Self::Model => "model",
            Self::Serial => "serial",
            Self::Software => "software",
            Self::OperatingSystem => "operating-system",
            Self::CareArea => "care-area",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|about| about.code() == code)
    }
}

/// What reasons speak for, by position in its list of the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// What is said of an asset.
    Claim(usize, About),
    /// That a finding's weakness is there.
    Weakness(usize),
    /// A finding's judgement.
    Judgement(usize),
    /// That something could not be judged.
    Unjudged(usize),
    /// That an answer settled something.
    Settled(usize),
}

/// Writes reasons; lists are numbered in the order of writing, and written once.
pub(crate) struct ReasonWriter<'c, 'r> {
    reasons: PageWriter<'c>,
    grounds: PageWriter<'c>,
    of_claims: PageWriter<'c>,
    of_findings: TableWriter<'c>,
    of_unjudged: TableWriter<'c>,
    of_settled: TableWriter<'c>,
    lists: HashMap<&'r [Reason], usize, RandomState>,
}

impl<'c, 'r> ReasonWriter<'c, 'r> {
    pub(crate) fn new(writer: Writer<'c>) -> Result<Self, Trouble> {
        Ok(Self {
            reasons: writer.pages(&REASON)?,
            grounds: writer.pages(&GROUND)?,
            of_claims: writer.pages(&OF_CLAIM)?,
            of_findings: writer.table(&OF_FINDING)?,
            of_unjudged: writer.table(&OF_UNJUDGED)?,
            of_settled: writer.table(&OF_SETTLED)?,
            lists: HashMap::default(),
        })
    }

    /// Why something is said of an asset.
    pub(crate) fn claim(&mut self, asset: usize, about: About, why: &'r [Reason]) -> Result<(), Trouble> {
        match self.list(why)? {
            Some(list) => self.of_claims.row(&[asset.into(), about.code().into(), list.into()]),
            None => Ok(()),
        }
    }

    /// Why a finding's weakness is there, and why it is judged so.
    pub(crate) fn finding(
        &mut self,
        position: usize,
        weakness: &'r [Reason],
        judgement: &'r [Reason],
    ) -> Result<(), Trouble> {
        let (weakness, judgement) = (self.list(weakness)?, self.list(judgement)?);
        if weakness.or(judgement).is_none() {
            return Ok(());
        }
        self.of_findings.row(&[position.into(), weakness.into(), judgement.into()])
    }

    /// Why something could not be judged.
    pub(crate) fn unjudged(&mut self, position: usize, why: &'r Reason) -> Result<(), Trouble> {
        let list = self.list(std::slice::from_ref(why))?;
        self.of_unjudged.row(&[position.into(), list.into()])
    }

    /// Why an answer settled something.
    pub(crate) fn settled(&mut self, position: usize, why: &'r Reason) -> Result<(), Trouble> {
        let list = self.list(std::slice::from_ref(why))?;
        self.of_settled.row(&[position.into(), list.into()])
    }

    /// Writes what is left.
    pub(crate) fn finish(self) -> Result<(), Trouble> {
        [self.reasons, self.grounds, self.of_claims].into_iter().try_for_each(PageWriter::finish)
    }

    /// The number of the list with these reasons; none for no reasons.
    fn list(&mut self, reasons: &'r [Reason]) -> Result<Option<usize>, Trouble> {
        if reasons.is_empty() {
            return Ok(None);
        }
        if let Some(list) = self.lists.get(reasons) {
            return Ok(Some(*list));
        }
        let list = self.lists.len();
        self.lists.insert(reasons, list);
        for (position, reason) in reasons.iter().enumerate() {
            self.reasons.row(&[list.into(), position.into(), (&reason.text).into()])?;
            self.write_grounds(list, position, &reason.grounds)?;
        }
        Ok(Some(list))
    }

    fn write_grounds(&mut self, list: usize, reason: usize, grounds: &[Ground]) -> Result<(), Trouble> {
        for (position, ground) in grounds.iter().enumerate() {
            let [observation, conversation, statement] = match ground {
                Ground::Observation(id) => [shown(id), Cell::Null, Cell::Null],
                Ground::Conversation(id) => [Cell::Null, shown(id), Cell::Null],
                Ground::Statement(id) => [Cell::Null, Cell::Null, Cell::Integer(id.0)],
            };
            let (list, reason, position) = (list.into(), reason.into(), position.into());
            self.grounds.row(&[list, reason, position, observation, conversation, statement])?;
        }
        Ok(())
    }
}

/// Reasons of a round, until what they speak for takes them.
#[derive(Default)]
pub(crate) struct Reasons {
    lists: BTreeMap<usize, Vec<Reason>>,
    owners: BTreeMap<Owner, usize>,
}

impl Reasons {
    /// All of them.
    pub(crate) fn read(reader: Reader<'_>) -> Result<Self, Trouble> {
        let mut all = Self::default();
        reader.each(&REASON, |columns| {
            let list = all.lists.entry(columns.number()?).or_default();
            columns.position(list.len())?;
            list.push(Reason { text: columns.text()?, grounds: Vec::new() });
            Ok(())
        })?;
        reader.each(&GROUND, |columns| {
            let (list, reason): (usize, usize) = (columns.number()?, columns.number()?);
            let reason = all.lists.get_mut(&list).and_then(|list| list.get_mut(reason));
            let grounds = &mut reason.ok_or_else(|| columns.damaged())?.grounds;
            columns.position(grounds.len())?;
            grounds.push(read_ground(columns)?);
            Ok(())
        })?;
        all.take_owners(reader, &CLAIMS)?;
        for of in [FINDINGS, UNJUDGED, SETTLED] {
            all.take_owners(reader, &of)?;
        }
        Ok(all)
    }

    fn take_owners(&mut self, reader: Reader<'_>, of: &Of<impl Kept>) -> Result<(), Trouble> {
        reader.each(of.table, |columns| {
            self.owners.extend((of.read)(columns)?.into_iter().flatten());
            Ok(())
        })
    }

    /// Those of the claims of an asset.
    pub(crate) fn of_claims(reader: Reader<'_>, asset: usize) -> Result<Self, Trouble> {
        Self::of(reader, &CLAIMS, asset)
    }

    /// Those of a finding.
    pub(crate) fn of_finding(reader: Reader<'_>, finding: usize) -> Result<Self, Trouble> {
        Self::of(reader, &FINDINGS, finding)
    }

    /// That of something that could not be judged.
    pub(crate) fn of_unjudged(reader: Reader<'_>, unjudged: usize) -> Result<Self, Trouble> {
        Self::of(reader, &UNJUDGED, unjudged)
    }

    /// That of something that was settled.
    pub(crate) fn of_settled(reader: Reader<'_>, settled: usize) -> Result<Self, Trouble> {
        Self::of(reader, &SETTLED, settled)
    }

    /// Those that speak for one row, which a table's key begins with.
    fn of(reader: Reader<'_>, of: &Of<impl Kept>, position: usize) -> Result<Self, Trouble> {
        let owners = reader.each_of(of.table, position, of.read)?;
        let owners: BTreeMap<Owner, usize> = owners.into_iter().flatten().flatten().collect();
        let mut lists = BTreeMap::new();
        for list in owners.values() {
            lists.insert(*list, read_list(reader, *list)?);
        }
        Ok(Self { lists, owners })
    }

    /// The reasons for this, in their order.
    pub(crate) fn take(&mut self, owner: Owner) -> Result<Vec<Reason>, Trouble> {
        let Some(list) = self.owners.remove(&owner) else { return Ok(Vec::new()) };
        self.lists.get(&list).filter(|list| !list.is_empty()).cloned().ok_or_else(Self::damaged)
    }

    /// The only reason for this.
    pub(crate) fn take_one(&mut self, owner: Owner) -> Result<Reason, Trouble> {
        match <[Reason; 1]>::try_from(self.take(owner)?) {
            Ok([reason]) => Ok(reason),
            Err(_) => Err(Self::damaged()),
        }
    }

    /// That every list spoke for something that is there.
    pub(crate) fn all_taken(&self) -> Result<(), Trouble> {
        if self.owners.is_empty() { Ok(()) } else { Err(Self::damaged()) }
    }

    fn damaged() -> Trouble {
        Trouble::Damaged(Place { table: REASON.0.name, column: "list" })
    }
}

/// What lists speak for: a table, and how one of its rows is read.
struct Of<K: 'static> {
    table: &'static K,
    read: fn(&mut Columns<'_>) -> Result<Owned, Trouble>,
}

/// Lists by number, each with what it speaks for.
type Owned = [Option<(Owner, usize)>; 2];

const CLAIMS: Of<Paged> = Of {
    table: &OF_CLAIM,
    read: |columns| {
        let owner = Owner::Claim(columns.number()?, columns.code(About::from_code)?);
        Ok([Some((owner, columns.number()?)), None])
    },
};
const FINDINGS: Of<Table> = Of {
    table: &OF_FINDING,
    read: |columns| {
        let position = columns.number()?;
        let (weakness, judgement) = (columns.maybe_number()?, columns.maybe_number()?);
        let weakness = weakness.map(|list| (Owner::Weakness(position), list));
        Ok([weakness, judgement.map(|list| (Owner::Judgement(position), list))])
    },
};
const UNJUDGED: Of<Table> = Of {
    table: &OF_UNJUDGED,
    read: |columns| Ok([Some((Owner::Unjudged(columns.number()?), columns.number()?)), None]),
};
const SETTLED: Of<Table> = Of {
    table: &OF_SETTLED,
    read: |columns| Ok([Some((Owner::Settled(columns.number()?), columns.number()?)), None]),
};

/// The reasons of one list, in their order.
fn read_list(reader: Reader<'_>, list: usize) -> Result<Vec<Reason>, Trouble> {
    let mut reasons = reader.each_of(&REASON, list, |columns| {
        let _key: (usize, usize) = (columns.number()?, columns.number()?);
        Ok(Reason { text: columns.text()?, grounds: Vec::new() })
    })?;
    for (reason, ground) in grounds_of(reader, list)? {
        reasons.get_mut(reason).ok_or_else(Reasons::damaged)?.grounds.push(ground);
    }
    Ok(reasons)
}

/// What the reasons of one list rest on, each with the position of its reason.
fn grounds_of(reader: Reader<'_>, list: usize) -> Result<Vec<(usize, Ground)>, Trouble> {
    reader.each_of(&GROUND, list, |columns| {
        let _list: usize = columns.number()?;
        let (reason, _position): (usize, usize) = (columns.number()?, columns.number()?);
        Ok((reason, read_ground(columns)?))
    })
}

/// What it rests on that the weakness of a finding is there.
pub(crate) fn grounds_of_weakness(reader: Reader<'_>, finding: usize) -> Result<Vec<Ground>, Trouble> {
    let mut grounds = Vec::new();
    for owned in reader.each_of(&OF_FINDING, finding, FINDINGS.read)? {
        for (owner, list) in owned.into_iter().flatten() {
            if matches!(owner, Owner::Weakness(_)) {
                grounds.extend(grounds_of(reader, list)?.into_iter().map(|(_, ground)| ground));
            }
        }
    }
    Ok(grounds)
}

fn read_ground(columns: &mut Columns<'_>) -> Result<Ground, Trouble> {
    match (columns.maybe_id("O-")?, columns.maybe_id("C-")?, columns.maybe_number()?) {
        (Some(digest), None, None) => Ok(Ground::Observation(ObservationId(digest))),
        (None, Some(digest), None) => Ok(Ground::Conversation(ConversationId(digest))),
        (None, None, Some(number)) => Ok(Ground::Statement(StatementId(number))),
        _ => Err(columns.damaged()),
    }
}
