//! The tables `reason` and `ground`: every sentence that says why, and what it rests on.

use std::collections::BTreeMap;

use wardround_model::{ConversationId, Ground, ObservationId, Reason, StatementId};

use crate::columns::Columns;
use crate::error::Trouble;
use crate::table::{By, Cell, Place, Reader, Table, TableWriter, Writer, shown};

static REASON: Table = Table {
    owner: "round_id",
    name: "reason",
    key: &["position"],
    values: &[
        "asset_position",
        "about",
        "finding_position",
        "finding_part",
        "unjudged_position",
        "settled_position",
        "text",
    ],
};
static GROUND: Table = Table {
    owner: "round_id",
    name: "ground",
    key: &["reason_position", "position"],
    values: &["observation_id", "conversation_id", "statement_id"],
};

/// The reasons of the claims of an asset, by its position.
pub(crate) const OF_CLAIMS: By = By::index("asset_position", "reason_of_claim");
/// The reasons of a finding, by its position.
pub(crate) const OF_FINDING: By = By::index("finding_position", "reason_of_finding");
/// The reason of something that could not be judged, by its position.
pub(crate) const OF_UNJUDGED: By = By::index("unjudged_position", "reason_of_unjudged");
/// The reason of something that was settled, by its position.
pub(crate) const OF_SETTLED: By = By::index("settled_position", "reason_of_settled");

/// What is said of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    Class,
    Maker,
    Model,
    Software,
    OperatingSystem,
    CareArea,
}

impl About {
    const ALL: [Self; 6] =
        [Self::Class, Self::Maker, Self::Model, Self::Software, Self::OperatingSystem, Self::CareArea];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Maker => "maker",
            Self::Model => "model",
            Self::Software => "software",
            Self::OperatingSystem => "operating-system",
            Self::CareArea => "care-area",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|about| about.code() == code)
    }
}

/// What a reason speaks for, by position in its list of the round.
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

impl Owner {
    fn cells(self) -> [Cell<'static>; 6] {
        let none = || Cell::Null;
        let mut cells = [none(), none(), none(), none(), none(), none()];
        let [asset, about, finding, part, unjudged, settled] = &mut cells;
        match self {
            Self::Claim(at, what) => (*asset, *about) = (at.into(), what.code().into()),
            Self::Weakness(at) => (*finding, *part) = (at.into(), "weakness".into()),
            Self::Judgement(at) => (*finding, *part) = (at.into(), "judgement".into()),
            Self::Unjudged(at) => *unjudged = at.into(),
            Self::Settled(at) => *settled = at.into(),
        }
        cells
    }

    fn read(columns: &mut Columns<'_>) -> Result<Self, Trouble> {
        let asset = columns.maybe_number()?;
        let about = columns.maybe_code(About::from_code)?;
        let finding = columns.maybe_number()?;
        let part = columns.maybe_str()?;
        let (unjudged, settled) = (columns.maybe_number()?, columns.maybe_number()?);
        match (asset, about, finding, part, unjudged, settled) {
            (Some(asset), Some(about), None, None, None, None) => Ok(Self::Claim(asset, about)),
            (None, None, Some(finding), Some("weakness"), None, None) => Ok(Self::Weakness(finding)),
            (None, None, Some(finding), Some("judgement"), None, None) => Ok(Self::Judgement(finding)),
            (None, None, None, None, Some(position), None) => Ok(Self::Unjudged(position)),
            (None, None, None, None, None, Some(position)) => Ok(Self::Settled(position)),
            _ => Err(columns.damaged()),
        }
    }
}

/// Writes reasons, numbered through the whole round in the order of writing.
pub(crate) struct ReasonWriter<'c> {
    reasons: TableWriter<'c>,
    grounds: TableWriter<'c>,
    next: usize,
}

impl<'c> ReasonWriter<'c> {
    pub(crate) fn new(writer: Writer<'c>) -> Result<Self, Trouble> {
        Ok(Self { reasons: writer.table(&REASON)?, grounds: writer.table(&GROUND)?, next: 0 })
    }

    pub(crate) fn write(&mut self, owner: Owner, reasons: &[Reason]) -> Result<(), Trouble> {
        for reason in reasons {
            let position = self.next;
            let [asset, about, finding, part, unjudged, settled] = owner.cells();
            self.reasons.row(&[
                position.into(),
                asset,
                about,
                finding,
                part,
                unjudged,
                settled,
                (&reason.text).into(),
            ])?;
            self.write_grounds(position, &reason.grounds)?;
            self.next += 1;
        }
        Ok(())
    }

    fn write_grounds(&mut self, reason: usize, grounds: &[Ground]) -> Result<(), Trouble> {
        for (position, ground) in grounds.iter().enumerate() {
            let [observation, conversation, statement] = match ground {
                Ground::Observation(id) => [shown(id), Cell::Null, Cell::Null],
                Ground::Conversation(id) => [Cell::Null, shown(id), Cell::Null],
                Ground::Statement(id) => [Cell::Null, Cell::Null, Cell::Integer(id.0)],
            };
            self.grounds.row(&[reason.into(), position.into(), observation, conversation, statement])?;
        }
        Ok(())
    }
}

/// All reasons of a round, until what they speak for takes them.
pub(crate) struct Reasons(BTreeMap<Owner, Vec<Reason>>);

impl Reasons {
    pub(crate) fn read(reader: Reader<'_>) -> Result<Self, Trouble> {
        let rows = reader.list(&REASON, |columns| Ok((Owner::read(columns)?, columns.text()?)))?;
        let grounds = reader.lists(&GROUND, rows.len(), read_ground)?;
        let mut reasons: BTreeMap<Owner, Vec<Reason>> = BTreeMap::new();
        for ((owner, text), grounds) in rows.into_iter().zip(grounds) {
            reasons.entry(owner).or_default().push(Reason { text, grounds });
        }
        Ok(Self(reasons))
    }

    /// The reasons that hang on one row.
    pub(crate) fn read_of(reader: Reader<'_>, by: By, position: usize) -> Result<Self, Trouble> {
        let of_row = (by, i64::try_from(position).unwrap_or(i64::MAX));
        let rows = reader.each_where(&REASON, of_row, usize::MAX, |columns| {
            Ok((columns.number::<i64>()?, Owner::read(columns)?, columns.text()?))
        })?;
        let mut reasons: BTreeMap<Owner, Vec<Reason>> = BTreeMap::new();
        for (place, owner, text) in rows {
            let grounds =
                reader.each_where(&GROUND, (By::key("reason_position"), place), usize::MAX, |columns| {
                    let _key: (i64, i64) = (columns.number()?, columns.number()?);
                    read_ground(columns)
                })?;
            reasons.entry(owner).or_default().push(Reason { text, grounds });
        }
        Ok(Self(reasons))
    }

    /// The reasons for this, in their order.
    pub(crate) fn take(&mut self, owner: Owner) -> Vec<Reason> {
        self.0.remove(&owner).unwrap_or_default()
    }

    /// The only reason for this.
    pub(crate) fn take_one(&mut self, owner: Owner) -> Result<Reason, Trouble> {
        match <[Reason; 1]>::try_from(self.take(owner)) {
            Ok([reason]) => Ok(reason),
            Err(_) => Err(Self::damaged()),
        }
    }

    /// That every reason spoke for something.
    pub(crate) fn all_taken(&self) -> Result<(), Trouble> {
        if self.0.is_empty() { Ok(()) } else { Err(Self::damaged()) }
    }

    fn damaged() -> Trouble {
        Trouble::Damaged(Place { table: REASON.name, column: "position" })
    }
}

fn read_ground(columns: &mut Columns<'_>) -> Result<Ground, Trouble> {
    match (columns.maybe_id("O-")?, columns.maybe_id("C-")?, columns.maybe_number()?) {
        (Some(digest), None, None) => Ok(Ground::Observation(ObservationId(digest))),
        (None, Some(digest), None) => Ok(Ground::Conversation(ConversationId(digest))),
        (None, None, Some(number)) => Ok(Ground::Statement(StatementId(number))),
        _ => Err(columns.damaged()),
    }
}
