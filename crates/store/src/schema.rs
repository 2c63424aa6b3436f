//! The schema's version: making a new store, bringing an older one up to date, refusing a newer one.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::Trouble;
use crate::{into_pages, rounds};

/// Marks a file as ours, in the place that SQLite has for it: `Ward`.
pub(crate) const APPLICATION_ID: i32 = 0x5761_7264;

/// What version 3 added: new tables alone, so that its step is the rest of the schema.
macro_rules! version_3 {
    () => {
        concat!(include_str!("site.sql"), include_str!("summary.sql"), include_str!("work.sql"))
    };
}

/// What version 4 added: new tables alone.
macro_rules! version_4 {
    () => {
        concat!(
            include_str!("judged_again.sql"),
            include_str!("exploited.sql"),
            include_str!("saved_view.sql"),
            include_str!("token.sql")
        )
    };
}

/// What version 5 added as new tables and indexes alone.
macro_rules! version_5 {
    () => {
        concat!(
            include_str!("import_conversation.sql"),
            include_str!("walked_visit.sql"),
            include_str!("api_answer.sql"),
            include_str!("notice.sql"),
            include_str!("attachment.sql")
        )
    };
}

/// The current schema.
const SCHEMA: &str = concat!(
    include_str!("schema.sql"),
    version_3!(),
    version_4!(),
    version_5!(),
    include_str!("searched.sql"),
    include_str!("paged.sql"),
    include_str!("hours.sql")
);

/// What brings a store of version 1 to 2, of 2 to 3 and so on. [`SCHEMA`] always is the result of all of them.
const STEPS: &[Step] = &[
    Step::sql(include_str!("from_1_to_2.sql")),
    Step::sql(concat!(
        version_3!(),
        include_str!("from_2_to_3_rows.sql"),
        include_str!("from_2_to_3_search.sql")
    )),
    Step::sql(version_4!()),
    Step {
        first: concat!(include_str!("from_4_to_5.sql"), include_str!("searched.sql")),
        each_round: include_str!("from_4_to_5_each_round.sql"),
        fill_round: None,
        last: concat!(include_str!("from_4_to_5_after.sql"), version_5!()),
    },
    Step {
        first: concat!(include_str!("from_5_to_6.sql"), include_str!("paged.sql")),
        each_round: "",
        fill_round: Some(into_pages::move_round),
        last: include_str!("from_5_to_6_after.sql"),
    },
    Step::sql(include_str!("hours.sql")),
];

/// Fills what a step made for one round.
type FillRound = fn(&Connection, i64) -> Result<(), Trouble>;

/// What brings a store from one version to the next.
struct Step {
    first: &'static str,
    /// Taken once for each round, whose id stands in the table `this_round` meanwhile; may be empty.
    each_round: &'static str,
    /// What SQL alone cannot do for each round, after that.
    fill_round: Option<FillRound>,
    last: &'static str,
}

impl Step {
    /// One that takes all rounds at once.
    const fn sql(sql: &'static str) -> Self {
        Self { first: sql, each_round: "", fill_round: None, last: "" }
    }

    fn take(&self, transaction: &Connection) -> Result<(), Trouble> {
        transaction.execute_batch(self.first)?;
        if !self.each_round.is_empty() || self.fill_round.is_some() {
            transaction.execute_batch("CREATE TEMP TABLE this_round (id INTEGER PRIMARY KEY)")?;
            let rounds: Vec<i64> = {
                let mut select = transaction.prepare("SELECT id FROM round ORDER BY id")?;
                let ids = select.query_map([], |row| row.get(0))?;
                ids.collect::<Result<_, _>>()?
            };
            for round in rounds {
                transaction.execute("DELETE FROM this_round", [])?;
                transaction.execute("INSERT INTO this_round VALUES (?1)", [round])?;
                transaction.execute_batch(self.each_round)?;
                if let Some(fill) = self.fill_round {
                    fill(transaction, round)?;
                }
            }
            transaction.execute_batch("DROP TABLE this_round")?;
        }
        transaction.execute_batch(self.last)?;
        Ok(())
    }
}

/// Fills tables of an older store, in the transaction that made them.
type Fill = fn(&Connection) -> Result<(), Trouble>;

/// What a file is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// A store of the current version.
    Current,
    /// A store of an earlier version.
    Older(i64),
    /// A store of a later version.
    Newer(i64),
    /// Nothing yet.
    Empty,
    /// Something else, or a store whose version makes no sense.
    Foreign,
}

/// The current version.
pub(crate) fn current_version() -> i64 {
    version_after(STEPS)
}

/// Versions count from 1; each step adds one.
fn version_after(steps: &[Step]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX).saturating_add(1)
}

/// What this file is.
pub(crate) fn state(connection: &Connection) -> Result<State, Trouble> {
    state_for(connection, current_version())
}

/// In one statement, so that it is one view of the file: another program may be making the store just now.
const SELECT_STATE: &str = "
    SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
           (SELECT count(*) FROM sqlite_schema)";

fn state_for(connection: &Connection, current: i64) -> Result<State, Trouble> {
    let (application, version, tables): (i64, i64, i64) =
        connection.query_row(SELECT_STATE, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(if application == i64::from(APPLICATION_ID) {
        match version {
            ..1 => State::Foreign,
            version if version < current => State::Older(version),
            version if version > current => State::Newer(version),
            _ => State::Current,
        }
    } else if (application, version, tables) == (0, 0, 0) {
        State::Empty
    } else {
        State::Foreign
    })
}

/// Makes the tables of a new store, or brings an older one up to date, in one transaction: all or nothing.
///
/// The state is judged again inside the transaction, since another program may do the same at the same time. Returns
/// the state that was left to refuse, or [`State::Current`].
pub(crate) fn bring_up_to_date(connection: &mut Connection) -> Result<State, Trouble> {
    migrate(connection, SCHEMA, STEPS, rounds::summarise)
}

/// `fill` fills what the steps made and SQL alone cannot.
fn migrate(connection: &mut Connection, schema: &str, steps: &[Step], fill: Fill) -> Result<State, Trouble> {
    let current = version_after(steps);
    let state = state_for(connection, current)?;
    if !matches!(state, State::Empty | State::Older(_)) {
        return Ok(state);
    }
    // A step may make a table anew, and dropping the old one must not take along what hangs on it. SQLite lets this be
    // switched outside transactions only.
    connection.pragma_update(None, "foreign_keys", false)?;
    let state = take_steps(connection, schema, steps, fill);
    connection.pragma_update(None, "foreign_keys", true)?;
    state
}

fn take_steps(
    connection: &mut Connection,
    schema: &str,
    steps: &[Step],
    fill: Fill,
) -> Result<State, Trouble> {
    let current = version_after(steps);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match state_for(&transaction, current)? {
        State::Empty => {
            transaction.execute_batch(schema)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        }
        State::Older(version) => {
            let done = usize::try_from(version.saturating_sub(1)).unwrap_or(usize::MAX);
            for step in steps.iter().skip(done) {
                step.take(&transaction)?;
            }
            fill(&transaction)?;
        }
        state @ (State::Current | State::Newer(_) | State::Foreign) => return Ok(state),
    }
    transaction.pragma_update(None, "user_version", current)?;
    transaction.commit()?;
    Ok(State::Current)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE asset (id INTEGER PRIMARY KEY); INSERT INTO asset VALUES (7);";
    const ADD_NAME: Step = Step::sql("ALTER TABLE asset ADD COLUMN name TEXT;");
    const FILL_NAME: Step = Step::sql("UPDATE asset SET name = 'asset ' || id;");

    fn version(connection: &Connection) -> i64 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    fn columns(connection: &Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM pragma_table_info('asset')", [], |row| row.get(0)).unwrap()
    }

    fn made_with(steps: &[Step]) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        assert_eq!(migrate(&mut connection, FIRST, steps, |_| Ok(())).unwrap(), State::Current);
        connection
    }

    #[test]
    fn an_older_store_takes_the_steps_that_it_lacks() {
        let mut connection = made_with(&[]);
        assert_eq!(version(&connection), 1);
        assert_eq!(migrate(&mut connection, "", &[ADD_NAME], |_| Ok(())).unwrap(), State::Current);
        assert_eq!((version(&connection), columns(&connection)), (2, 2));
        // The first step would fail if it were taken again.
        assert_eq!(migrate(&mut connection, "", &[ADD_NAME, FILL_NAME], |_| Ok(())).unwrap(), State::Current);
        let name: String = connection.query_row("SELECT name FROM asset", [], |row| row.get(0)).unwrap();
        assert_eq!((version(&connection), name.as_str()), (3, "asset 7"));
    }

    #[test]
    fn a_step_that_fails_leaves_the_store_as_it_was() {
        let mut connection = made_with(&[]);
        assert!(
            migrate(&mut connection, "", &[ADD_NAME, Step::sql("UPDATE nothing SET x = 1;")], |_| Ok(()))
                .is_err()
        );
        assert_eq!((version(&connection), columns(&connection)), (1, 1));
    }

    #[test]
    fn newer_and_foreign_stores_are_left_alone() {
        let mut connection = made_with(&[ADD_NAME]);
        assert_eq!(migrate(&mut connection, "", &[], |_| Ok(())).unwrap(), State::Newer(2));
        connection.pragma_update(None, "user_version", 0).unwrap();
        assert_eq!(migrate(&mut connection, "", &[], |_| Ok(())).unwrap(), State::Foreign);
        connection.pragma_update(None, "application_id", 0).unwrap();
        assert_eq!(migrate(&mut connection, "", &[], |_| Ok(())).unwrap(), State::Foreign);
        assert_eq!((version(&connection), columns(&connection)), (0, 1));
    }
}
