//! Opening a store: how SQLite is set, and what it refuses.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, TransactionBehavior};

use crate::error::{StoreError, Trouble};
use crate::place;
use crate::schema::{self, State};

/// How long we wait for another program that holds the store.
const PATIENCE: Duration = Duration::from_secs(5);

/// The largest row, in bytes: a page with all services of a host that answers at every port needs 3 MB, and a damaged file may claim far
/// more.
const MAX_ROW: i32 = 1 << 24;

/// Statements that a connection keeps ready: those of all pages. Reading and planning one takes longer than most of them run.
const PREPARED: usize = 64;

const READ_ONLY: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY;

/// A connection for writing, and the store's real path; the store is made if it is not there.
pub(crate) fn for_writing(path: &Path) -> Result<(Connection, PathBuf), StoreError> {
    let path = place::prepare(path)?;
    refuse_foreign(&path)?;
    place::close_to_others(&path)?;
    match writable(&path).map_err(|trouble| trouble.at(&path))? {
        Ok(connection) => Ok((connection, path)),
        Err(state) => Err(refused(state, path)),
    }
}

/// Refuses what is no store before anything about it could be changed.
fn refuse_foreign(path: &Path) -> Result<(), StoreError> {
    // In this order: whoever makes the store now writes its journal before the file, so that a file with something in
    // it and no journal beside it is finished.
    if place::is_empty(path) {
        return Ok(());
    }
    let unfinished = place::is_unfinished(path);
    let looked = if unfinished { readable(path, READ_ONLY) } else { readable_unchanging(path) };
    match looked {
        Ok((_, State::Foreign)) => Err(StoreError::NotAStore { path: path.to_owned() }),
        // Another program is making it just now, or was killed while it did.
        Ok((_, State::Empty)) if unfinished => Ok(()),
        Ok((_, State::Empty)) => Err(StoreError::NotAStore { path: path.to_owned() }),
        Ok(_) => Ok(()),
        // Only writing can put it right; it is judged again then.
        Err(trouble) if unfinished && wants_to_write(&trouble) => Ok(()),
        Err(trouble) if trouble.code() == Some(ErrorCode::CannotOpen) => {
            let reason = io::ErrorKind::PermissionDenied.into();
            Err(StoreError::NotOpened { path: path.to_owned(), reason })
        }
        Err(trouble) => Err(trouble.at(path)),
    }
}

/// Whether reading failed because SQLite had to write for it: a file beside the store, or what a journal undoes.
fn wants_to_write(trouble: &Trouble) -> bool {
    matches!(trouble.code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

fn writable(path: &Path) -> Result<Result<Connection, State>, Trouble> {
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let state = schema::bring_up_to_date(&mut connection)?;
    if state != State::Current {
        return Ok(Err(state));
    }
    write_ahead(&connection)?;
    // Whether the store can be written is known now, not only after a long round.
    connection.transaction_with_behavior(TransactionBehavior::Immediate)?.rollback()?;
    Ok(Ok(connection))
}

/// Switches to a write-ahead log, in which readers never wait for a writer. The switch is part of the file, so one
/// program does it once; SQLite does not wait for others there, so we do.
fn write_ahead(connection: &Connection) -> Result<(), Trouble> {
    let started = std::time::Instant::now();
    loop {
        let switched =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match switched.map_err(Trouble::from) {
            Err(trouble) if is_busy(&trouble) && started.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(trouble) => return Err(trouble),
            // On file systems without shared memory SQLite keeps its rollback journal, which is as durable.
            Ok(_) => return Ok(()),
        }
    }
}

fn is_busy(trouble: &Trouble) -> bool {
    matches!(trouble.code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// A connection for reading, and the store's real path; nothing is made or changed.
pub(crate) fn for_reading(path: &Path) -> Result<(Connection, PathBuf), StoreError> {
    let path = place::find(path)?;
    refuse_foreign(&path)?;
    let (connection, state) = match readable(&path, READ_ONLY) {
        Err(trouble) if wants_to_write(&trouble) || trouble.is_full() => readable_alone(&path, trouble),
        other => other.map_err(|trouble| trouble.at(&path)),
    }?;
    match state {
        State::Current => Ok((connection, path)),
        state => Err(refused(state, path)),
    }
}

/// Reads a store that SQLite could put nothing beside, as reading a write-ahead log needs: on a disc, in a folder of
/// somebody else's, on a full disk. Its file alone holds everything, or it is refused.
fn readable_alone(path: &Path, trouble: Trouble) -> Result<(Connection, State), StoreError> {
    match place::is_unfinished(path) {
        false => readable_unchanging(path).map_err(|trouble| trouble.at(path)),
        true if trouble.is_full() => Err(trouble.at(path)),
        true => Err(StoreError::Unfinished { path: path.to_owned() }),
    }
}

fn readable(path: &Path, flags: OpenFlags) -> Result<(Connection, State), Trouble> {
    let connection = connect(path, flags)?;
    let state = schema::state(&connection)?;
    Ok((connection, state))
}

/// Reads the file as if nothing could ever change it: no lock, no file beside it.
fn readable_unchanging(path: &Path) -> Result<(Connection, State), Trouble> {
    let uri = format!("file:{}?immutable=1", percent_encoded(path));
    readable(Path::new(&uri), READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
}

/// A path as SQLite's URIs want it (RFC 3986).
fn percent_encoded(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                text.push(char::from(*byte))
            }
            _ => write!(text, "%{byte:02X}").unwrap_or_default(),
        }
        text
    })
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Trouble> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // The file may have been changed by somebody: nothing that it says is run, nothing is believed about sizes.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_ROW)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A commit is on the disk before it returns.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Nothing of a round is written outside the store's own folder.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    let wanted_writing = flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE);
    if wanted_writing && connection.is_readonly(MAIN_DB)? {
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY),
            None,
        )
        .into());
    }
    Ok(connection)
}

fn refused(state: State, path: PathBuf) -> StoreError {
    let known = schema::current_version();
    match state {
        State::Newer(found) => StoreError::Newer { path, found, known },
        State::Older(found) => StoreError::Older { path, found, known },
        State::Empty => StoreError::Empty { path },
        State::Foreign | State::Current => StoreError::NotAStore { path },
    }
}
