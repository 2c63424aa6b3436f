//! The tables `walked_*`: what the rounds showed of each finding, as far as they were walked. It is derived, and can be
//! made again from the rounds at any time; it is kept so that a worklist need not read all of them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use wardround_model::{
    AssetId, Decision, Digest, FactKind, FindingId, ObservationId, Role, RoundId, Timestamp,
};
use wardround_remedy::{
    Change, Dated, Head, History, Item, LastLook, LeftOut, Property, Sight, TaskId, Turn,
};
use wardround_triage::{Goes, Visit, VisitWork};

use crate::columns::Columns;
use crate::error::Trouble;
use crate::table::{By, Cell, Reader, Table, TableWriter, Writer, shown};
use crate::visit;

/// How this program walks. A history that another program kept in another way is not read but made again.
const WAY: i64 = 1;

static HEAD: Table = Table {
    owner: "through_round",
    name: "walked_task",
    key: &["task_id"],
    values: &[
        "known_as",
        "asset_id",
        "device",
        "kind",
        "goes",
        "who",
        "work",
        "touches_care",
        "step_code",
        "step_title",
    ],
};
static ITEM: Table = Table {
    owner: "through_round",
    name: "walked_finding",
    key: &["position"],
    values: &[
        "finding_id",
        "known_as",
        "asset_id",
        "title",
        "code",
        "weakness",
        "decision",
        "task_id",
        "containment_id",
        "step_code",
        "step_title",
        "rests_on_traffic",
        "seen_in",
        "last_look",
    ],
};
static TURN: Table = Table {
    owner: "through_round",
    name: "walked_turn",
    key: &["finding_position", "position"],
    values: &["in_round", "at", "kind", "decision"],
};
static SIGHT: Table = Table {
    owner: "through_round",
    name: "walked_sight",
    key: &["finding_position", "turn_position", "side", "position"],
    values: &["observation_id", "kind", "value", "last_at", "property", "replaced"],
};

const SELECT: &str = "SELECT through_round, at FROM walked WHERE way = ?1";
const SELECT_RENAMED: &str = "
    SELECT task_id, known_as FROM walked_task INDEXED BY walked_task_renamed
    WHERE through_round = ?1 AND known_as <> ''";
const INSERT: &str = "INSERT INTO walked (through_round, at, way) VALUES (?1, ?2, ?3)";

/// The turn that the present proof stands under: one that no turn has.
const NOW: i64 = -1;

/// The sides of a turn.
const BEFORE: &str = "before";
const AFTER: &str = "after";

/// Keeps a history in the place of the one before it, with the visits of its latest round.
pub(crate) fn keep(connection: &mut Connection, history: &History, visits: &[Visit]) -> Result<(), Trouble> {
    let Some((through, at)) = history.through else { return Ok(()) };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("DELETE FROM walked", [])?;
    transaction.execute(INSERT, (through.0, at.nanoseconds(), WAY))?;
    let writer = Writer::new(&transaction, through.0);
    write(writer, history)?;
    visit::write(&transaction, writer, through, visits)?;
    transaction.commit()?;
    Ok(())
}

/// As far as which round a history was kept, and the moment that this one was judged at.
pub(crate) fn through(view: &Connection) -> Result<Option<(RoundId, Timestamp)>, Trouble> {
    let kept: Option<(i64, i64)> =
        view.query_row(SELECT, [WAY], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(kept.map(|(through, at)| (RoundId(through), Timestamp::from_nanoseconds(at))))
}

/// What was kept of these tasks: their heads, and the findings that they settle.
pub(crate) fn load_of(
    view: &Connection,
    (through, at): (RoundId, Timestamp),
    tasks: &BTreeSet<TaskId>,
) -> Result<History, Trouble> {
    let reader = Reader::new(view, through.0);
    let mut history = History { through: Some((through, at)), ..History::default() };
    let mut places = BTreeSet::new();
    for task in tasks {
        let task = task.to_string();
        for head in reader.each_where(&HEAD, (By::key("task_id"), &task), 1, read_head)? {
            history.heads.insert(head.id, head);
        }
        for by in [By::index("task_id", "walked_finding_by_task"), CONTAINED] {
            let place = |columns: &mut Columns<'_>| columns.number::<i64>();
            places.extend(reader.each_where(&ITEM, (by, &task), usize::MAX, place)?);
        }
    }
    // A task may have an id that another one had before it: what was said under that id is said of the other.
    for renamed in renamed(view, through, tasks)? {
        for head in reader.each_where(&HEAD, (By::key("task_id"), &renamed), 1, read_head)? {
            history.heads.insert(head.id, head);
        }
    }
    for place in places {
        let item = item_at(reader, place)?;
        history.items.insert(item.finding, item);
    }
    Ok(history)
}

/// By the task that keeps others away.
const CONTAINED: By = By::index("containment_id", "walked_finding_by_containment");

/// The tasks that had one of these ids.
fn renamed(view: &Connection, through: RoundId, tasks: &BTreeSet<TaskId>) -> Result<Vec<String>, Trouble> {
    let mut select = view.prepare_cached(SELECT_RENAMED)?;
    let mut rows = select.query([through.0])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let known_as: String = row.get(1)?;
        let mut ids = known_as.split_whitespace().filter_map(|id| id.strip_prefix("W-")?.parse().ok());
        if ids.any(|id| tasks.contains(&TaskId(id))) {
            all.push(row.get(0)?);
        }
    }
    Ok(all)
}

fn item_at(reader: Reader<'_>, place: i64) -> Result<Item, Trouble> {
    let (mut turns, mut sights) = (BTreeMap::new(), BTreeMap::new());
    let at_item = (By::key("finding_position"), place);
    reader.each_where(&TURN, at_item, usize::MAX, |columns| add_turn(&mut turns, columns))?;
    reader.each_where(&SIGHT, at_item, usize::MAX, |columns| add_sight(&mut sights, columns))?;
    let items = reader.each_where(&ITEM, (By::key("position"), place), 1, |columns| {
        let place = columns.number()?;
        read_item(columns, turns.remove(&place).unwrap_or_default(), sights.remove(&place))
    })?;
    items.into_iter().next().ok_or(Trouble::Damaged(ITEM.place(0)))
}

/// The history that was kept; an empty one where there is none.
pub(crate) fn load(view: &Connection) -> Result<History, Trouble> {
    let Some((through, at)) = through(view)? else { return Ok(History::default()) };
    let reader = Reader::new(view, through.0);
    let mut heads = BTreeMap::new();
    reader.each(&HEAD, |columns| {
        let head = read_head(columns)?;
        heads.insert(head.id, head);
        Ok(())
    })?;
    let mut turns = read_turns(reader)?;
    let mut sights = read_sights(reader)?;
    let mut position = 0_i64;
    let items = reader.list(&ITEM, |columns| {
        let item = read_item(columns, turns.remove(&position).unwrap_or_default(), sights.remove(&position))?;
        position += 1;
        Ok(item)
    })?;
    Ok(History {
        through: Some((through, at)),
        heads,
        items: items.into_iter().map(|item| (item.finding, item)).collect(),
    })
}

fn write(writer: Writer<'_>, history: &History) -> Result<(), Trouble> {
    let mut heads = writer.table(&HEAD)?;
    for head in history.heads.values() {
        let step = head.containment.as_ref();
        heads.row(&[
            shown(head.id),
            joined(&head.known_as),
            shown(head.asset),
            (&head.device).into(),
            (&head.kind).into(),
            goes_code(head.goes).into(),
            head.who.code().into(),
            work_code(head.work).into(),
            head.touches_care.into(),
            step.map(|(code, _)| code.as_str()).into(),
            step.map(|(_, title)| title.as_str()).into(),
        ])?;
    }
    let (mut items, mut turns) = (writer.table(&ITEM)?, writer.table(&TURN)?);
    let mut sights = SightWriter(writer.table(&SIGHT)?);
    for (position, item) in (0_i64..).zip(history.items.values()) {
        items.row(&item_cells(position, item))?;
        sights.all(position, NOW, BEFORE, &item.proof)?;
        for (turn, dated) in (0_i64..).zip(&item.turns) {
            let (kind, decision) = turn_code(&dated.turn);
            turns.row(&[
                number(position),
                number(turn),
                number(dated.round.0),
                dated.at.into(),
                kind.into(),
                decision.map(Decision::code).into(),
            ])?;
            sights.turn(position, turn, &dated.turn)?;
        }
    }
    Ok(())
}

fn number(number: i64) -> Cell<'static> {
    Cell::Integer(number)
}

fn item_cells(position: i64, item: &Item) -> [Cell<'_>; 15] {
    [
        number(position),
        shown(item.finding),
        joined(&item.known_as),
        shown(item.asset),
        (&item.title).into(),
        (&item.code).into(),
        (&item.weakness).into(),
        item.decision.code().into(),
        shown(item.task),
        item.containment.map_or(Cell::Null, shown),
        (&item.step.0).into(),
        (&item.step.1).into(),
        item.rests_on_traffic.into(),
        number(item.seen_in.0),
        look_code(item.last_look).into(),
    ]
}

/// Writes what was seen.
struct SightWriter<'c>(TableWriter<'c>);

impl SightWriter<'_> {
    fn all(&mut self, item: i64, turn: i64, side: &str, sights: &[Sight]) -> Result<(), Trouble> {
        for (position, sight) in (0_i64..).zip(sights) {
            self.one(item, turn, side, position, sight, true)?;
        }
        Ok(())
    }

    fn turn(&mut self, item: i64, turn: i64, told: &Turn) -> Result<(), Trouble> {
        match told {
            Turn::Fixed(changes) => {
                for (position, change) in (0_i64..).zip(changes) {
                    self.one(item, turn, BEFORE, position, &change.before, change.replaced)?;
                    self.one(item, turn, AFTER, position, &change.after, change.replaced)?;
                }
                Ok(())
            }
            Turn::Back(before, after) => {
                self.all(item, turn, BEFORE, before)?;
                self.all(item, turn, AFTER, after)
            }
            Turn::Found(_) | Turn::Raised(_) | Turn::LeftOut(_) | Turn::Again(_) => Ok(()),
        }
    }

    fn one(
        &mut self,
        item: i64,
        turn: i64,
        side: &str,
        position: i64,
        sight: &Sight,
        replaced: bool,
    ) -> Result<(), Trouble> {
        self.0.row(&[
            number(item),
            number(turn),
            side.into(),
            number(position),
            shown(sight.observation),
            sight.kind.code().into(),
            (&sight.value).into(),
            sight.last.into(),
            shown(sight.property.0),
            replaced.into(),
        ])
    }
}

fn read_head(columns: &mut Columns<'_>) -> Result<Head, Trouble> {
    let id = TaskId(columns.id("W-")?);
    let known_as = ids(columns, "W-")?.into_iter().map(TaskId).collect();
    let asset = AssetId(columns.id("A-")?);
    let (device, kind) = (columns.text()?, columns.text()?);
    let goes = columns.code(goes_from_code)?;
    let (who, work) = (columns.code(Role::from_code)?, columns.code(work_from_code)?);
    let touches_care = columns.flag()?;
    let containment = columns.maybe_text()?.zip(columns.maybe_text()?);
    Ok(Head { id, known_as, asset, device, kind, goes, who, work, touches_care, containment })
}

/// What was seen in one turn, or now: before and after, each with whether it stands in place of the other.
type Sides = (Vec<(Sight, bool)>, Vec<(Sight, bool)>);

/// All that was seen of one finding, by turn.
type Sights = BTreeMap<i64, Sides>;

fn read_sights(reader: Reader<'_>) -> Result<BTreeMap<i64, Sights>, Trouble> {
    let mut all: BTreeMap<i64, Sights> = BTreeMap::new();
    reader.each(&SIGHT, |columns| add_sight(&mut all, columns))?;
    Ok(all)
}

fn add_sight(all: &mut BTreeMap<i64, Sights>, columns: &mut Columns<'_>) -> Result<(), Trouble> {
    let (item, turn) = (columns.number()?, columns.number()?);
    let is_after = columns.code(|side| [BEFORE, AFTER].contains(&side).then_some(side == AFTER))?;
    let sides = all.entry(item).or_default().entry(turn).or_default();
    let side = if is_after { &mut sides.1 } else { &mut sides.0 };
    columns.position(side.len())?;
    let (observation, kind) = (ObservationId(columns.id("O-")?), columns.code(FactKind::from_code)?);
    let (value, last) = (columns.text()?, columns.moment()?);
    let property = Property(columns.id("")?);
    side.push((Sight { observation, kind, value, last, property }, columns.flag()?));
    Ok(())
}

/// A turn whose sights are not with it yet.
type BareTurn = (RoundId, Timestamp, &'static str, Option<Decision>);

fn read_turns(reader: Reader<'_>) -> Result<BTreeMap<i64, Vec<BareTurn>>, Trouble> {
    let mut all: BTreeMap<i64, Vec<BareTurn>> = BTreeMap::new();
    reader.each(&TURN, |columns| add_turn(&mut all, columns))?;
    Ok(all)
}

fn add_turn(all: &mut BTreeMap<i64, Vec<BareTurn>>, columns: &mut Columns<'_>) -> Result<(), Trouble> {
    let turns = all.entry(columns.number()?).or_default();
    columns.position(turns.len())?;
    let (round, at) = (RoundId(columns.number()?), columns.moment()?);
    let kind = columns.code(|code| TURNS.iter().copied().find(|known| *known == code))?;
    turns.push((round, at, kind, columns.maybe_code(Decision::from_code)?));
    Ok(())
}

fn read_item(
    columns: &mut Columns<'_>,
    bare: Vec<BareTurn>,
    sights: Option<Sights>,
) -> Result<Item, Trouble> {
    let mut sights = sights.unwrap_or_default();
    let finding = FindingId(columns.id("F-")?);
    let known_as = ids(columns, "F-")?.into_iter().map(FindingId).collect();
    let asset = AssetId(columns.id("A-")?);
    let (title, code, weakness) = (columns.text()?, columns.text()?, columns.text()?);
    let decision = columns.code(Decision::from_code)?;
    let task = TaskId(columns.id("W-")?);
    let containment = columns.maybe_id("W-")?.map(TaskId);
    let step = (columns.text()?, columns.text()?);
    let rests_on_traffic = columns.flag()?;
    let seen_in = RoundId(columns.number()?);
    let last_look = columns.code(look_from_code)?;
    let (proof, _) = sights.remove(&NOW).unwrap_or_default();
    let mut turns = Vec::with_capacity(bare.len());
    for (position, (round, at, kind, decision)) in (0_i64..).zip(bare) {
        let sides = sights.remove(&position).unwrap_or_default();
        let turn = read_turn(kind, decision, sides).ok_or_else(|| columns.damaged())?;
        turns.push(Dated { round, at, turn });
    }
    Ok(Item {
        finding,
        known_as,
        asset,
        title,
        code,
        weakness,
        decision,
        task,
        containment,
        step,
        proof: proof.into_iter().map(|(sight, _)| sight).collect(),
        rests_on_traffic,
        seen_in,
        last_look,
        turns,
    })
}

const TURNS: &[&str] =
    &["found", "raised", "fixed", "back", "left-out-answer", "left-out-judgement", "again"];

fn turn_code(turn: &Turn) -> (&'static str, Option<Decision>) {
    match turn {
        Turn::Found(decision) => ("found", Some(*decision)),
        Turn::Raised(decision) => ("raised", Some(*decision)),
        Turn::Fixed(_) => ("fixed", None),
        Turn::Back(..) => ("back", None),
        Turn::LeftOut(LeftOut::Answer) => ("left-out-answer", None),
        Turn::LeftOut(LeftOut::Judgement) => ("left-out-judgement", None),
        Turn::Again(decision) => ("again", Some(*decision)),
    }
}

fn read_turn(kind: &str, decision: Option<Decision>, (before, after): Sides) -> Option<Turn> {
    let sights = |side: Vec<(Sight, bool)>| side.into_iter().map(|(sight, _)| sight).collect();
    Some(match (kind, decision) {
        ("found", Some(decision)) => Turn::Found(decision),
        ("raised", Some(decision)) => Turn::Raised(decision),
        ("again", Some(decision)) => Turn::Again(decision),
        ("left-out-answer", None) => Turn::LeftOut(LeftOut::Answer),
        ("left-out-judgement", None) => Turn::LeftOut(LeftOut::Judgement),
        ("back", None) => Turn::Back(sights(before), sights(after)),
        ("fixed", None) if before.len() == after.len() => {
            let change = |((before, replaced), (after, _))| Change { before, after, replaced };
            Turn::Fixed(before.into_iter().zip(after).map(change).collect())
        }
        _ => return None,
    })
}

/// Ids with a space between.
pub(crate) fn joined(ids: &[impl std::fmt::Display]) -> Cell<'static> {
    Cell::Made(ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
}

/// What [`joined`] wrote.
pub(crate) fn ids(columns: &mut Columns<'_>, prefix: &str) -> Result<Vec<Digest>, Trouble> {
    let text = columns.str()?;
    let id = |word: &str| word.strip_prefix(prefix)?.parse().ok();
    text.split_whitespace().map(|word| id(word).ok_or_else(|| columns.damaged())).collect()
}

pub(crate) fn goes_code(goes: Goes) -> &'static str {
    match goes {
        Goes::Owner => "owner",
        Goes::Team(role) => role.code(),
    }
}

pub(crate) fn goes_from_code(code: &str) -> Option<Goes> {
    if code == "owner" { Some(Goes::Owner) } else { Role::from_code(code).map(Goes::Team) }
}

pub(crate) fn work_code(work: VisitWork) -> &'static str {
    match work {
        VisitWork::Change => "change",
        VisitWork::Containment => "containment",
    }
}

pub(crate) fn work_from_code(code: &str) -> Option<VisitWork> {
    [VisitWork::Change, VisitWork::Containment].into_iter().find(|work| work_code(*work) == code)
}

fn look_code(look: LastLook) -> &'static str {
    match look {
        LastLook::There => "there",
        LastLook::NotSeenAgain => "not-seen-again",
        LastLook::DeviceNotSeen => "device-not-seen",
        LastLook::NotThere => "not-there",
    }
}

fn look_from_code(code: &str) -> Option<LastLook> {
    [LastLook::There, LastLook::NotSeenAgain, LastLook::DeviceNotSeen, LastLook::NotThere]
        .into_iter()
        .find(|look| look_code(*look) == code)
}
