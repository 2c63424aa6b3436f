-- The site, from version 3: who works with it, and what they did there.

-- People who sign in. What proves who they are is kept as digests, or sealed with a key that is not in the store.
CREATE TABLE account (
    id            INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- shown as P-3; never used again
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    password      TEXT NOT NULL, -- Argon2id, with its own salt and costs
    second_factor TEXT NOT NULL, -- the secret of RFC 6238, sealed
    last_step     INTEGER NOT NULL CHECK (last_step >= 0), -- the step of the last code that was used: none works twice
    made_at       INTEGER NOT NULL,
    ends_at       INTEGER,
    closed_at     INTEGER
) STRICT;
-- A name is somebody's until their account is closed.
CREATE UNIQUE INDEX account_of_name ON account (name) WHERE closed_at IS NULL;

-- Codes for who lost the second factor; each works once.
CREATE TABLE recovery_code (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    digest     TEXT NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (account_id, digest)
) STRICT, WITHOUT ROWID;

-- One-time codes for making an account. A code that was used is gone.
CREATE TABLE invitation (
    digest          TEXT PRIMARY KEY,
    role            TEXT NOT NULL,
    until_at        INTEGER NOT NULL,
    account_ends_at INTEGER
) STRICT, WITHOUT ROWID;

-- Who is signed in now, by the digest of a token that only their browser has.
CREATE TABLE session (
    digest     TEXT PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    made_at    INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sign-ins that failed since the last good one, by digests of a name or an address.
CREATE TABLE failed_sign_in (
    digest  TEXT PRIMARY KEY,
    count   INTEGER NOT NULL CHECK (count > 0),
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What people asked of the site. Rows are added, never changed; each carries the digest of itself and the row before.
CREATE TABLE audit_entry (
    id         INTEGER PRIMARY KEY CHECK (id > 0),
    at         INTEGER NOT NULL,
    account_id INTEGER,
    name       TEXT,
    address    TEXT,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    digest     TEXT NOT NULL
) STRICT;

-- Signed statements of how long the log was and how it ended (Ed25519).
CREATE TABLE audit_checkpoint (
    entry_id  INTEGER PRIMARY KEY CHECK (entry_id > 0),
    at        INTEGER NOT NULL,
    digest    TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;

-- What administrators chose: the schedule of rounds and the like.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
