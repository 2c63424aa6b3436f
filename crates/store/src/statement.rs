//! The tables `statement` and `round_statement`: what people said, and what they had said when a round was run.
//!
//! What is taken back is marked and stays: who said what, when and why is part of a hospital's proof.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use wardround_model::{
    AssetId, CareRole, DeviceClass, Justification, MakerPosition, Role, Says, Statement, StatementId,
    Timestamp, VexStatus,
};

use crate::columns::Columns;
use crate::error::{StoreError, Trouble};
use crate::table::{Cell, Reader, Table, Writer, shown};
use crate::{Store, rounds};

/// What people had said when a round was run.
pub(crate) static OF_ROUND: Table = Table {
    owner: "round_id",
    name: "round_statement",
    key: &["position"],
    values: &["id", "asset_id", "kind", "cve", "value", "detail", "by_role", "at", "because", "until_at"],
};

/// The columns of [`SELECT`], for errors.
static STATEMENT: Table = Table {
    owner: "",
    name: "statement",
    key: &["id"],
    values: &[
        "asset_id",
        "kind",
        "cve",
        "value",
        "detail",
        "by_role",
        "at",
        "because",
        "until_at",
        "taken_back_at",
    ],
};
const SELECT: &str = "
    SELECT id, asset_id, kind, cve, value, detail, by_role, at, because, until_at, taken_back_at
    FROM statement ORDER BY id";
const INSERT: &str = "
    INSERT INTO statement (asset_id, kind, cve, value, detail, by_role, at, because, until_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

/// Something that a person says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStatement {
    /// Of which device.
    pub asset: AssetId,
    /// What.
    pub says: Says,
    /// In which role the person speaks.
    pub by: Role,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: String,
    /// Until when it holds, where it ends by itself.
    pub until: Option<Timestamp>,
}

/// What a person said, and when it was taken back, if it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptStatement {
    /// What was said.
    pub statement: Statement,
    /// When it was taken back.
    pub taken_back: Option<Timestamp>,
}

impl Store {
    /// Keeps what a person says; on the disk before this returns.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn statement_save(&mut self, new: &NewStatement) -> Result<StatementId, StoreError> {
        rounds::within(&mut self.connection, |transaction| save(transaction, new))
            .map_err(|trouble| trouble.at(&self.path))
    }

    /// Keeps all that a person says in one go, or nothing of it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn statement_save_all(&mut self, new: &[NewStatement]) -> Result<Vec<StatementId>, StoreError> {
        let all = |transaction: &Connection| new.iter().map(|new| save(transaction, new)).collect();
        rounds::within(&mut self.connection, all).map_err(|trouble| trouble.at(&self.path))
    }

    /// All that people said, the oldest first; also what was taken back.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn statement_list(&self) -> Result<Vec<KeptStatement>, StoreError> {
        list(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// Marks what a person said as taken back; rounds that were run before keep it.
    ///
    /// # Errors
    /// When there is no such statement, it was taken back already, or the store cannot be written.
    pub fn statement_take_back(&mut self, id: StatementId, at: Timestamp) -> Result<(), StoreError> {
        let marked = take_back(&mut self.connection, id, at).map_err(|trouble| trouble.at(&self.path))?;
        let none = || StoreError::NoSuchStatement { path: self.path.clone(), statement: id };
        if marked { Ok(()) } else { Err(none()) }
    }
}

fn save(transaction: &Connection, new: &NewStatement) -> Result<StatementId, Trouble> {
    let [cve, value, detail] = says_cells(&new.says);
    transaction.execute(
        INSERT,
        rusqlite::params![
            shown(new.asset),
            new.says.code(),
            cve,
            value,
            detail,
            new.by.code(),
            new.at.nanoseconds(),
            new.because,
            new.until.map(Timestamp::nanoseconds),
        ],
    )?;
    Ok(StatementId(transaction.last_insert_rowid()))
}

/// All of them.
pub(crate) fn list(connection: &Connection) -> Result<Vec<KeptStatement>, Trouble> {
    let mut select = connection.prepare(SELECT)?;
    let mut rows = select.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let mut columns = Columns::new(row, &STATEMENT);
        let statement = read_statement(&mut columns)?;
        all.push(KeptStatement { statement, taken_back: columns.maybe_moment()? });
    }
    Ok(all)
}

fn take_back(connection: &mut Connection, id: StatementId, at: Timestamp) -> Result<bool, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let held: Option<i64> = transaction
        .query_row("SELECT id FROM statement WHERE id = ?1 AND taken_back_at IS NULL", [id.0], |row| {
            row.get(0)
        })
        .optional()?;
    if held.is_some() {
        transaction
            .execute("UPDATE statement SET taken_back_at = ?2 WHERE id = ?1", (id.0, at.nanoseconds()))?;
        transaction.commit()?;
    }
    Ok(held.is_some())
}

/// Writes what people had said when a round was run.
pub(crate) fn write(writer: Writer<'_>, all: &[Statement]) -> Result<(), Trouble> {
    let mut table = writer.table(&OF_ROUND)?;
    for (position, statement) in all.iter().enumerate() {
        let [cve, value, detail] = says_cells(&statement.says);
        table.row(&[
            position.into(),
            Cell::Integer(statement.id.0),
            shown(statement.asset),
            statement.says.code().into(),
            cve,
            value,
            detail,
            statement.by.code().into(),
            statement.at.into(),
            (&statement.because).into(),
            statement.until.into(),
        ])?;
    }
    Ok(())
}

/// What people had said when a round was run.
pub(crate) fn read(reader: Reader<'_>) -> Result<Vec<Statement>, Trouble> {
    reader.list(&OF_ROUND, read_statement)
}

/// What is said: the weakness, the value and what stands beside it.
fn says_cells(says: &Says) -> [Cell<'_>; 3] {
    let none = || Cell::Null;
    match says {
        Says::Vex { cve, status, justification } => {
            [shown(cve), status.code().into(), justification.map(Justification::code).into()]
        }
        Says::Class(class) => [none(), class.code().into(), none()],
        Says::CareRole(role) => [none(), role.code().into(), none()],
        Says::CareArea(text) | Says::OffPatients(text) => [none(), text.into(), none()],
        Says::Spares(number) => [none(), shown(number), none()],
        Says::Owner(role) => [none(), role.code().into(), none()],
        Says::MakerPosition { position, document } => [none(), position.code().into(), document.into()],
        Says::Retired => [none(), none(), none()],
    }
}

/// A statement, its id first.
pub(crate) fn read_statement(columns: &mut Columns<'_>) -> Result<Statement, Trouble> {
    let id = StatementId(columns.number()?);
    let asset = AssetId(columns.id("A-")?);
    let says = read_says(columns)?;
    let (by, at) = (columns.code(Role::from_code)?, columns.moment()?);
    Ok(Statement { id, asset, says, by, at, because: columns.text()?, until: columns.maybe_moment()? })
}

fn read_says(columns: &mut Columns<'_>) -> Result<Says, Trouble> {
    let (kind, cve) = (columns.text()?, columns.maybe_shown()?);
    let (value, detail) = (columns.maybe_text()?, columns.maybe_text()?);
    let says = match (kind.as_str(), cve, value.as_deref(), detail) {
        ("vex", Some(cve), Some(status), detail) => VexStatus::from_code(status).and_then(|status| {
            let justification = match detail {
                None => None,
                Some(code) => Some(Justification::from_code(&code)?),
            };
            Some(Says::Vex { cve, status, justification })
        }),
        ("class", None, Some(code), None) => DeviceClass::from_code(code).map(Says::Class),
        ("care-role", None, Some(code), None) => CareRole::from_code(code).map(Says::CareRole),
        ("care-area", None, Some(text), None) => Some(Says::CareArea(text.to_owned())),
        ("spares", None, Some(number), None) => number.parse().ok().map(Says::Spares),
        ("owner", None, Some(code), None) => Role::from_code(code).map(Says::Owner),
        ("maker-position", None, Some(code), Some(document)) => {
            MakerPosition::from_code(code).map(|position| Says::MakerPosition { position, document })
        }
        ("off-patients", None, Some(text), None) => Some(Says::OffPatients(text.to_owned())),
        ("retired", None, None, None) => Some(Says::Retired),
        _ => None,
    };
    says.ok_or_else(|| columns.damaged())
}
