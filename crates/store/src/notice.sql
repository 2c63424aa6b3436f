-- From version 5: whom the site tells by itself, and what waits to be told.

-- Who is told. How they are reached has secrets and addresses of people, and is sealed as a whole with a key that is not in the store.
CREATE TABLE receiver (
    id         INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- shown as N-3; never used again
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    off_at     INTEGER, -- since when it is switched off
    told_at    INTEGER, -- when it was last told something
    trouble    TEXT,    -- why it could not be told, since it was last told
    trouble_at INTEGER,
    lost       INTEGER NOT NULL CHECK (lost >= 0) -- notices that it was never told
) STRICT;

-- What waits for whom: a row goes when its receiver was told.
CREATE TABLE waiting_notice (
    id          INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
    receiver_id INTEGER NOT NULL REFERENCES receiver (id) ON DELETE CASCADE,
    known_as    TEXT NOT NULL,    -- the notice's own id: a receiver waits for each once
    made_at     INTEGER NOT NULL,
    due_at      INTEGER NOT NULL, -- not to be told before
    tries       INTEGER NOT NULL CHECK (tries >= 0),
    told        TEXT NOT NULL,    -- the notice
    UNIQUE (receiver_id, known_as)
) STRICT;
