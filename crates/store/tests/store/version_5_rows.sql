-- The tables that version 6 put into pages, as version 5 had them.

CREATE TABLE observation (
    round_id        INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL CHECK (position >= 0),
    id              TEXT NOT NULL,
    subject_id      TEXT,
    mac             TEXT,
    ip              TEXT,
    transport       TEXT CHECK (transport IN ('tcp', 'udp')),
    port            INTEGER CHECK (port BETWEEN 0 AND 65535),
    kind            TEXT NOT NULL,
    value           TEXT NOT NULL,
    evidence_source INTEGER NOT NULL CHECK (evidence_source BETWEEN 0 AND 65535),
    evidence_record INTEGER NOT NULL CHECK (evidence_record >= 0),
    evidence_offset INTEGER NOT NULL CHECK (evidence_offset >= 0),
    first_at        INTEGER NOT NULL,
    last_at         INTEGER NOT NULL,
    count           INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (round_id, position),
    CHECK ((subject_id IS NOT NULL) + (mac IS NOT NULL) + (ip IS NOT NULL) = 1),
    CHECK ((transport IS NULL) = (port IS NULL)),
    CHECK (port IS NULL OR ip IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversation (
    round_id          INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position          INTEGER NOT NULL CHECK (position >= 0),
    id                TEXT NOT NULL,
    client_ip         TEXT NOT NULL,
    server_ip         TEXT NOT NULL,
    transport         TEXT NOT NULL CHECK (transport IN ('tcp', 'udp')),
    port              INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
    protocol          TEXT,
    roles_known_by    TEXT NOT NULL CHECK (roles_known_by IN ('protocol', 'ports')),
    connections       INTEGER NOT NULL CHECK (connections >= 0),
    already_open      INTEGER NOT NULL CHECK (already_open >= 0),
    to_server_packets INTEGER NOT NULL CHECK (to_server_packets >= 0),
    to_server_bytes   INTEGER NOT NULL CHECK (to_server_bytes >= 0),
    to_client_packets INTEGER NOT NULL CHECK (to_client_packets >= 0),
    to_client_bytes   INTEGER NOT NULL CHECK (to_client_bytes >= 0),
    evidence_source   INTEGER NOT NULL CHECK (evidence_source BETWEEN 0 AND 65535),
    evidence_record   INTEGER NOT NULL CHECK (evidence_record >= 0),
    evidence_offset   INTEGER NOT NULL CHECK (evidence_offset >= 0),
    first_at          INTEGER NOT NULL,
    last_at           INTEGER NOT NULL,
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_mac (
    round_id       INTEGER NOT NULL,
    asset_position INTEGER NOT NULL,
    position       INTEGER NOT NULL CHECK (position >= 0),
    mac            TEXT NOT NULL,
    PRIMARY KEY (round_id, asset_position, position),
    FOREIGN KEY (round_id, asset_position) REFERENCES asset (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_name (
    round_id       INTEGER NOT NULL,
    asset_position INTEGER NOT NULL,
    position       INTEGER NOT NULL CHECK (position >= 0),
    name           TEXT NOT NULL,
    PRIMARY KEY (round_id, asset_position, position),
    FOREIGN KEY (round_id, asset_position) REFERENCES asset (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE claim (
    round_id       INTEGER NOT NULL,
    asset_position INTEGER NOT NULL,
    about          TEXT NOT NULL CHECK (about IN ('class', 'maker', 'model', 'software', 'operating-system', 'care-area')),
    value          TEXT NOT NULL,
    confidence     INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 100),
    PRIMARY KEY (round_id, asset_position, about),
    FOREIGN KEY (round_id, asset_position) REFERENCES asset (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE service (
    round_id       INTEGER NOT NULL,
    asset_position INTEGER NOT NULL,
    position       INTEGER NOT NULL CHECK (position >= 0),
    ip             TEXT NOT NULL,
    transport      TEXT NOT NULL CHECK (transport IN ('tcp', 'udp')),
    port           INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
    protocol       TEXT,
    clients        INTEGER NOT NULL CHECK (clients >= 0),
    PRIMARY KEY (round_id, asset_position, position),
    FOREIGN KEY (round_id, asset_position) REFERENCES asset (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE product (
    round_id       INTEGER NOT NULL,
    asset_position INTEGER NOT NULL,
    position       INTEGER NOT NULL CHECK (position >= 0),
    ip             TEXT,
    transport      TEXT CHECK (transport IN ('tcp', 'udp')),
    port           INTEGER CHECK (port BETWEEN 0 AND 65535),
    text           TEXT NOT NULL,
    observation_id TEXT NOT NULL,
    PRIMARY KEY (round_id, asset_position, position),
    FOREIGN KEY (round_id, asset_position) REFERENCES asset (round_id, position) ON DELETE CASCADE,
    CHECK ((ip IS NULL) = (port IS NULL) AND (transport IS NULL) = (port IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE reason (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    list     INTEGER NOT NULL CHECK (list >= 0),
    position INTEGER NOT NULL CHECK (position >= 0),
    text     TEXT NOT NULL,
    PRIMARY KEY (round_id, list, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE ground (
    round_id        INTEGER NOT NULL,
    list            INTEGER NOT NULL,
    reason_position INTEGER NOT NULL,
    position        INTEGER NOT NULL CHECK (position >= 0),
    observation_id  TEXT,
    conversation_id TEXT,
    statement_id    INTEGER,
    PRIMARY KEY (round_id, list, reason_position, position),
    FOREIGN KEY (round_id, list, reason_position) REFERENCES reason (round_id, list, position) ON DELETE CASCADE,
    CHECK ((observation_id IS NOT NULL) + (conversation_id IS NOT NULL) + (statement_id IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE reasons_of_claim (
    round_id       INTEGER NOT NULL,
    asset_position INTEGER NOT NULL,
    about          TEXT NOT NULL,
    list           INTEGER NOT NULL,
    PRIMARY KEY (round_id, asset_position, about),
    FOREIGN KEY (round_id, asset_position, about) REFERENCES claim (round_id, asset_position, about) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE conversation_summary (
    round_id              INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    client_zone           TEXT NOT NULL,
    server_zone           TEXT NOT NULL,
    conversation_position INTEGER NOT NULL CHECK (conversation_position >= 0),
    PRIMARY KEY (round_id, client_zone, server_zone, conversation_position)
) STRICT, WITHOUT ROWID;

CREATE TABLE peer (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    asset_position INTEGER NOT NULL CHECK (asset_position >= 0),
    position       INTEGER NOT NULL CHECK (position >= 0),
    peer_position  INTEGER,
    ip             TEXT,
    asks           INTEGER NOT NULL CHECK (asks IN (0, 1)),       -- it asked the peer
    is_asked       INTEGER NOT NULL CHECK (is_asked IN (0, 1)),   -- the peer asked it
    conversations  INTEGER NOT NULL CHECK (conversations > 0),
    bytes          INTEGER NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (round_id, asset_position, position),
    CHECK ((peer_position IS NULL) <> (ip IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX observation_of_id ON observation (round_id, id);
CREATE INDEX observation_of_subject ON observation (round_id, ip, mac, subject_id, transport, port, kind);
CREATE INDEX conversation_of_id ON conversation (round_id, id);
CREATE INDEX conversation_of_client ON conversation (round_id, client_ip);
CREATE INDEX conversation_of_server ON conversation (round_id, server_ip);
