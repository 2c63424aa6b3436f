-- A store of version 1 to version 2. Tables whose checks change are made anew; foreign keys are off meanwhile.

ALTER TABLE source RENAME COLUMN packets TO records;
ALTER TABLE source ADD COLUMN kind TEXT NOT NULL DEFAULT 'capture';
ALTER TABLE skip RENAME COLUMN evidence_packet TO evidence_record;
ALTER TABLE conversation RENAME COLUMN evidence_packet TO evidence_record;

CREATE TABLE observation_2 (
    round_id        INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL CHECK (position >= 0),
    id              TEXT NOT NULL,
    -- About a card (mac), a host (ip), a service (ip, transport, port), or a thing of a list, an account or a model
    -- (subject_id: `L-...`, `U-...`, `M-...`).
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
INSERT INTO observation_2 (round_id, position, id, mac, ip, transport, port, kind, value, evidence_source,
                           evidence_record, evidence_offset, first_at, last_at, count) SELECT round_id, position, id, mac, ip, transport, port, kind, value, evidence_source, evidence_packet, evidence_offset,
       first_at, last_at, count FROM observation;
DROP TABLE observation;
ALTER TABLE observation_2 RENAME TO observation;

CREATE TABLE claim_2 (
    round_id       INTEGER NOT NULL,
    asset_position INTEGER NOT NULL,
    about          TEXT NOT NULL CHECK (about IN ('class', 'maker', 'model', 'software', 'operating-system', 'care-area')),
    value          TEXT NOT NULL,
    confidence     INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 100),
    PRIMARY KEY (round_id, asset_position, about),
    FOREIGN KEY (round_id, asset_position) REFERENCES asset (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO claim_2 (round_id, asset_position, about, value, confidence) SELECT round_id, asset_position, about, value, confidence FROM claim;
DROP TABLE claim;
ALTER TABLE claim_2 RENAME TO claim;

CREATE TABLE ground_2 (
    round_id        INTEGER NOT NULL,
    reason_position INTEGER NOT NULL,
    position        INTEGER NOT NULL CHECK (position >= 0),
    observation_id  TEXT,
    conversation_id TEXT,
    statement_id    INTEGER,
    PRIMARY KEY (round_id, reason_position, position),
    FOREIGN KEY (round_id, reason_position) REFERENCES reason (round_id, position) ON DELETE CASCADE,
    CHECK ((observation_id IS NOT NULL) + (conversation_id IS NOT NULL) + (statement_id IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;
INSERT INTO ground_2 (round_id, reason_position, position, observation_id, conversation_id) SELECT round_id, reason_position, position, observation_id, conversation_id FROM ground;
DROP TABLE ground;
ALTER TABLE ground_2 RENAME TO ground;

ALTER TABLE unjudged ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE unjudged ADD COLUMN grade TEXT;
ALTER TABLE unjudged ADD COLUMN who TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE unjudged ADD COLUMN question TEXT NOT NULL DEFAULT '';

CREATE TABLE unjudged_cve (
    round_id          INTEGER NOT NULL,
    unjudged_position INTEGER NOT NULL,
    position          INTEGER NOT NULL CHECK (position >= 0),
    cve               TEXT NOT NULL,
    PRIMARY KEY (round_id, unjudged_position, position),
    FOREIGN KEY (round_id, unjudged_position) REFERENCES unjudged (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE settled (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    asset_id TEXT NOT NULL,
    cve      TEXT NOT NULL,
    status   TEXT NOT NULL,
    until_at INTEGER,
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE reason_2 (
    round_id          INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position          INTEGER NOT NULL CHECK (position >= 0),
    asset_position    INTEGER,
    about             TEXT,
    finding_position  INTEGER,
    finding_part      TEXT CHECK (finding_part IN ('weakness', 'judgement')),
    unjudged_position INTEGER,
    settled_position  INTEGER,
    text              TEXT NOT NULL,
    PRIMARY KEY (round_id, position),
    FOREIGN KEY (round_id, asset_position, about) REFERENCES claim (round_id, asset_position, about) ON DELETE CASCADE,
    FOREIGN KEY (round_id, finding_position) REFERENCES finding (round_id, position) ON DELETE CASCADE,
    FOREIGN KEY (round_id, unjudged_position) REFERENCES unjudged (round_id, position) ON DELETE CASCADE,
    FOREIGN KEY (round_id, settled_position) REFERENCES settled (round_id, position) ON DELETE CASCADE,
    CHECK ((asset_position IS NULL) = (about IS NULL) AND (finding_position IS NULL) = (finding_part IS NULL)),
    CHECK ((asset_position IS NOT NULL) + (finding_position IS NOT NULL) + (unjudged_position IS NOT NULL)
           + (settled_position IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;
INSERT INTO reason_2 (round_id, position, asset_position, about, finding_position, finding_part, unjudged_position, text)
    SELECT round_id, position, asset_position, about, finding_position, finding_part, unjudged_position, text FROM reason;
DROP TABLE reason;
ALTER TABLE reason_2 RENAME TO reason;
CREATE INDEX reason_of_claim ON reason (round_id, asset_position, about) WHERE asset_position IS NOT NULL;
CREATE INDEX reason_of_finding ON reason (round_id, finding_position) WHERE finding_position IS NOT NULL;
CREATE INDEX reason_of_unjudged ON reason (round_id, unjudged_position) WHERE unjudged_position IS NOT NULL;
CREATE INDEX reason_of_settled ON reason (round_id, settled_position) WHERE settled_position IS NOT NULL;

CREATE TABLE round_statement (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    id       INTEGER NOT NULL,
    asset_id TEXT NOT NULL,
    kind     TEXT NOT NULL,
    cve      TEXT,
    value    TEXT,
    detail   TEXT,
    by_role  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    because  TEXT NOT NULL,
    until_at INTEGER,
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE statement (
    id            INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- shown as S-3; never used again
    asset_id      TEXT NOT NULL,
    kind          TEXT NOT NULL,
    cve           TEXT,
    value         TEXT,
    detail        TEXT,
    by_role       TEXT NOT NULL,
    at            INTEGER NOT NULL,
    because       TEXT NOT NULL,
    until_at      INTEGER,
    taken_back_at INTEGER
) STRICT;

CREATE TABLE import (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- shown as I-3; never used again
    digest             TEXT NOT NULL, -- of the file and of what was said with it
    name               TEXT NOT NULL,
    kind               TEXT NOT NULL,
    about              TEXT NOT NULL DEFAULT '', -- the thing (L-...), address, card or model (M-...) that a person named
    mapping            TEXT,
    observed_at        INTEGER NOT NULL,
    imported_at        INTEGER NOT NULL,
    bytes              INTEGER NOT NULL CHECK (bytes >= 0),
    rows               INTEGER NOT NULL CHECK (rows >= 0),
    rows_failed        INTEGER NOT NULL CHECK (rows_failed >= 0),
    first_failed       INTEGER,
    values_not_allowed INTEGER NOT NULL CHECK (values_not_allowed >= 0),
    forgotten_at       INTEGER
) STRICT;

CREATE TABLE import_column (
    import_id INTEGER NOT NULL REFERENCES import (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL CHECK (position >= 0),
    heading   TEXT NOT NULL,
    field     TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_observation (
    import_id  INTEGER NOT NULL REFERENCES import (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL CHECK (position >= 0),
    subject_id TEXT,
    mac        TEXT,
    ip         TEXT,
    transport  TEXT CHECK (transport IN ('tcp', 'udp')),
    port       INTEGER CHECK (port BETWEEN 0 AND 65535),
    kind       TEXT NOT NULL,
    value      TEXT NOT NULL,
    record     INTEGER NOT NULL CHECK (record >= 0),
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    count      INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (import_id, position),
    CHECK ((subject_id IS NOT NULL) + (mac IS NOT NULL) + (ip IS NOT NULL) = 1),
    CHECK ((transport IS NULL) = (port IS NULL)),
    CHECK (port IS NULL OR ip IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE mapping_column (
    mapping  TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    heading  TEXT NOT NULL,
    field    TEXT NOT NULL,
    PRIMARY KEY (mapping, position)
) STRICT, WITHOUT ROWID;
