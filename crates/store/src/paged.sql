-- Rows of a round that are many: some of them together in one row, a page, so that keeping a round costs a tenth. Each column has the
-- cells of its rows, a line each; texts as TEXT, numbers as text in a column of ANY. `first` is the first number of the first row's
-- key. A null is the character U+001B alone; within a text U+001B U+0001 is a line feed and U+001B U+0002 a U+001B (`pages.rs`).
-- What a line means, and what fits, is checked when it is read.

-- Ids of observations and conversations stand in `lookup` alone: they follow from the rows.
CREATE TABLE observation (
    round_id        INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first           INTEGER NOT NULL CHECK (first >= 0),
    position        ANY NOT NULL,
    -- About a card (mac), a host (ip), a service (ip, transport, port), or a thing of a list, an account or a model
    -- (subject_id: `L-...`, `U-...`, `M-...`).
    subject_id      TEXT NOT NULL,
    mac             TEXT NOT NULL,
    ip              TEXT NOT NULL,
    transport       TEXT NOT NULL,
    port            ANY NOT NULL,
    kind            TEXT NOT NULL,
    value           TEXT NOT NULL,
    evidence_source ANY NOT NULL,
    evidence_record ANY NOT NULL,
    evidence_offset ANY NOT NULL,
    first_at        ANY NOT NULL,
    last_at         ANY NOT NULL,
    count           ANY NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversation (
    round_id          INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first             INTEGER NOT NULL CHECK (first >= 0),
    position          ANY NOT NULL,
    client_ip         TEXT NOT NULL,
    server_ip         TEXT NOT NULL,
    transport         TEXT NOT NULL,
    port              ANY NOT NULL,
    protocol          TEXT NOT NULL,
    roles_known_by    TEXT NOT NULL,
    connections       ANY NOT NULL,
    already_open      ANY NOT NULL,
    to_server_packets ANY NOT NULL,
    to_server_bytes   ANY NOT NULL,
    to_client_packets ANY NOT NULL,
    to_client_bytes   ANY NOT NULL,
    evidence_source   ANY NOT NULL,
    evidence_record   ANY NOT NULL,
    evidence_offset   ANY NOT NULL,
    first_at          ANY NOT NULL,
    last_at           ANY NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_mac (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first          INTEGER NOT NULL CHECK (first >= 0),
    asset_position ANY NOT NULL,
    position       ANY NOT NULL,
    mac            TEXT NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_name (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first          INTEGER NOT NULL CHECK (first >= 0),
    asset_position ANY NOT NULL,
    position       ANY NOT NULL,
    name           TEXT NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

-- What is said of an asset (`class`, `maker`, `model`, `serial`, `software`, `operating-system`, `care-area`), and how surely (per
-- cent). Its class is always said; rounds that were kept before serial numbers were claimed say none.
CREATE TABLE claim (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first          INTEGER NOT NULL CHECK (first >= 0),
    asset_position ANY NOT NULL,
    about          ANY NOT NULL,
    value          TEXT NOT NULL,
    confidence     ANY NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE service (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first          INTEGER NOT NULL CHECK (first >= 0),
    asset_position ANY NOT NULL,
    position       ANY NOT NULL,
    ip             TEXT NOT NULL,
    transport      TEXT NOT NULL,
    port           ANY NOT NULL,
    protocol       TEXT NOT NULL,
    clients        ANY NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE product (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first          INTEGER NOT NULL CHECK (first >= 0),
    asset_position ANY NOT NULL,
    position       ANY NOT NULL,
    -- The service that showed it, if one did.
    ip             TEXT NOT NULL,
    transport      TEXT NOT NULL,
    port           ANY NOT NULL,
    text           TEXT NOT NULL,
    observation_id TEXT NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

-- Why something is said, as lists of sentences, numbered within the round; things that have the same reasons share a list.
CREATE TABLE reason (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first    INTEGER NOT NULL CHECK (first >= 0),
    list     ANY NOT NULL,
    position ANY NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

-- What a reason rests on: a fact or traffic that was seen, or what a person said.
CREATE TABLE ground (
    round_id        INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first           INTEGER NOT NULL CHECK (first >= 0),
    list            ANY NOT NULL,
    reason_position ANY NOT NULL,
    position        ANY NOT NULL,
    observation_id  TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    statement_id    ANY NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

-- Which list of reasons speaks for a claim.
CREATE TABLE reasons_of_claim (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first          INTEGER NOT NULL CHECK (first >= 0),
    asset_position ANY NOT NULL,
    about          ANY NOT NULL,
    list           ANY NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

-- The peers of an asset that it exchanged the most with, the most first: another asset, or an address of none. `asks` where it asked
-- the peer, `is_asked` where the peer asked it.
CREATE TABLE peer (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first          INTEGER NOT NULL CHECK (first >= 0),
    asset_position ANY NOT NULL,
    position       ANY NOT NULL,
    peer_position  ANY NOT NULL,
    ip             TEXT NOT NULL,
    asks           ANY NOT NULL,
    is_asked       ANY NOT NULL,
    conversations  ANY NOT NULL,
    bytes          ANY NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

-- From what something is looked up by to the positions of its rows: entries of 10 bytes (a key of 48 bits, a position of 32) in their
-- order, some hundred in a row, whose first one is `first_key` and `first_position`. What `which` counts is in `lookup.rs`. A key may
-- be that of several things: who looks up looks at the rows too.
CREATE TABLE lookup (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    which          INTEGER NOT NULL CHECK (which > 0),
    first_key      INTEGER NOT NULL CHECK (first_key >= 0),
    first_position INTEGER NOT NULL CHECK (first_position >= 0),
    entries        BLOB NOT NULL,
    PRIMARY KEY (round_id, which, first_key, first_position)
) STRICT, WITHOUT ROWID;
