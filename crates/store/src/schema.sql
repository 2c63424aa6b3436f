-- The store: rounds as they were, one immutable snapshot each; lists that were imported; what people said. Readable with
-- any SQLite tool. What came with version 3 is the rest of it: `site.sql`, `summary.sql` and `work.sql`.
--
-- * But for the last tables, every row belongs to one round (`round_id`) and has its place in it (`position`, from 0), so that a round reads
--   back in the order that it was saved in. `asset_position` and the like name the row of the same round that a row
--   belongs to, and are enforced.
-- * Ids as people see them (`A-1a2b3c4d5e6f`, `F-...`, `O-...`, `C-...`) are digests. They can be joined on, but are
--   neither unique nor foreign keys: hostile traffic can be made so that two digests are equal, and that must not
--   keep a hospital from saving its round.
-- * Moments are nanoseconds since 1970-01-01T00:00:00Z. Yes and no are 1 and 0.
-- * Kinds, classes, protocols and the like are stored as the codes of the program's JSON. Vocabularies that grow with
--   the program are checked when a round is read; those that a standard closes are checked here.
--
-- Apart from STRICT, WITHOUT ROWID and AUTOINCREMENT this is plain SQL.

CREATE TABLE round (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- shown as R-3; never used again
    run_at             INTEGER NOT NULL,
    as_of              INTEGER NOT NULL,
    program            TEXT NOT NULL,
    values_not_allowed INTEGER NOT NULL CHECK (values_not_allowed >= 0)
) STRICT;

-- What could be seen and what could not.

CREATE TABLE source (
    round_id    INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL CHECK (position >= 0),
    name        TEXT NOT NULL,
    bytes       INTEGER NOT NULL CHECK (bytes >= 0),
    records     INTEGER NOT NULL CHECK (records >= 0),
    first_at    INTEGER,
    last_at     INTEGER,
    ended_early TEXT,
    kind        TEXT NOT NULL DEFAULT 'capture',
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE interface (
    round_id        INTEGER NOT NULL,
    source_position INTEGER NOT NULL,
    position        INTEGER NOT NULL CHECK (position >= 0),
    name            TEXT NOT NULL,
    PRIMARY KEY (round_id, source_position, position),
    FOREIGN KEY (round_id, source_position) REFERENCES source (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Evidence is one packet of a capture or one row of a list: `evidence_source` counts the sources from 0,
-- `evidence_record` the packets or rows from 1, `evidence_offset` is where a packet's record begins, in bytes.

CREATE TABLE skip (
    round_id        INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL CHECK (position >= 0),
    reason          TEXT NOT NULL,
    count           INTEGER NOT NULL CHECK (count >= 0),
    evidence_source INTEGER NOT NULL CHECK (evidence_source BETWEEN 0 AND 65535),
    evidence_record INTEGER NOT NULL CHECK (evidence_record >= 0),
    evidence_offset INTEGER NOT NULL CHECK (evidence_offset >= 0),
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

-- What was seen.

-- Who is there.

CREATE TABLE network (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position       INTEGER NOT NULL CHECK (position >= 0),
    prefix         TEXT NOT NULL,
    seen_directly  INTEGER NOT NULL CHECK (seen_directly >= 0),
    seen_from_afar INTEGER NOT NULL CHECK (seen_from_afar >= 0),
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset (
    round_id      INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position      INTEGER NOT NULL CHECK (position >= 0),
    id            TEXT NOT NULL,
    first_at      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    seen_directly INTEGER NOT NULL CHECK (seen_directly IN (0, 1)),
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_ip (
    round_id       INTEGER NOT NULL,
    asset_position INTEGER NOT NULL,
    position       INTEGER NOT NULL CHECK (position >= 0),
    ip             TEXT NOT NULL,
    PRIMARY KEY (round_id, asset_position, position),
    FOREIGN KEY (round_id, asset_position) REFERENCES asset (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What is weak, and what to do about it.

CREATE TABLE finding (
    round_id          INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position          INTEGER NOT NULL CHECK (position >= 0),
    id                TEXT NOT NULL,
    asset_id          TEXT NOT NULL,
    -- A published vulnerability of a product ...
    cve               TEXT,
    product           TEXT,
    version           TEXT,
    advisory          TEXT,
    -- ... or a weak setting, with the protocol that shows it.
    setting           TEXT,
    protocol          TEXT,
    -- The service that it is on, if it is on one.
    ip                TEXT,
    transport         TEXT CHECK (transport IN ('tcp', 'udp')),
    port              INTEGER CHECK (port BETWEEN 0 AND 65535),
    grade             TEXT NOT NULL,
    title             TEXT NOT NULL,
    -- CISA's SSVC: the decision, and the four points that it follows from.
    decision          TEXT NOT NULL CHECK (decision IN ('track', 'track-star', 'attend', 'act')),
    exploitation      TEXT NOT NULL CHECK (exploitation IN ('none', 'public-poc', 'active')),
    automatable       TEXT NOT NULL CHECK (automatable IN ('no', 'yes')),
    technical_impact  TEXT NOT NULL CHECK (technical_impact IN ('partial', 'total')),
    mission_wellbeing TEXT NOT NULL CHECK (mission_wellbeing IN ('low', 'medium', 'high')),
    PRIMARY KEY (round_id, position),
    CHECK ((cve IS NULL) <> (setting IS NULL)),
    CHECK ((cve IS NULL) = (product IS NULL) AND (setting IS NULL) = (protocol IS NULL)),
    CHECK (cve IS NOT NULL OR (version IS NULL AND advisory IS NULL)),
    CHECK ((ip IS NULL) = (port IS NULL) AND (transport IS NULL) = (port IS NULL))
) STRICT, WITHOUT ROWID;

-- What could not be judged.
CREATE TABLE unjudged (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    asset_id TEXT NOT NULL,
    about    TEXT NOT NULL DEFAULT '',
    grade    TEXT,
    who      TEXT NOT NULL DEFAULT 'unknown',
    question TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

-- The weaknesses that may be there.
CREATE TABLE unjudged_cve (
    round_id          INTEGER NOT NULL,
    unjudged_position INTEGER NOT NULL,
    position          INTEGER NOT NULL CHECK (position >= 0),
    cve               TEXT NOT NULL,
    PRIMARY KEY (round_id, unjudged_position, position),
    FOREIGN KEY (round_id, unjudged_position) REFERENCES unjudged (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What answers of people and makers took from the findings and the open questions.
CREATE TABLE settled (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    asset_id TEXT NOT NULL,
    cve      TEXT NOT NULL,
    status   TEXT NOT NULL,
    until_at INTEGER,
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE reasons_of_finding (
    round_id         INTEGER NOT NULL,
    finding_position INTEGER NOT NULL,
    weakness_list    INTEGER,
    judgement_list   INTEGER,
    PRIMARY KEY (round_id, finding_position),
    FOREIGN KEY (round_id, finding_position) REFERENCES finding (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE reasons_of_unjudged (
    round_id          INTEGER NOT NULL,
    unjudged_position INTEGER NOT NULL,
    list              INTEGER NOT NULL,
    PRIMARY KEY (round_id, unjudged_position),
    FOREIGN KEY (round_id, unjudged_position) REFERENCES unjudged (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE reasons_of_settled (
    round_id         INTEGER NOT NULL,
    settled_position INTEGER NOT NULL,
    list             INTEGER NOT NULL,
    PRIMARY KEY (round_id, settled_position),
    FOREIGN KEY (round_id, settled_position) REFERENCES settled (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What to do now.

CREATE TABLE plan_item (
    round_id  INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL CHECK (position >= 0),
    title     TEXT NOT NULL,
    what      TEXT NOT NULL,
    why       TEXT NOT NULL,
    how_sure  TEXT NOT NULL,
    next_step TEXT NOT NULL,
    decision  TEXT NOT NULL CHECK (decision IN ('track', 'track-star', 'attend', 'act')),
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_finding (
    round_id      INTEGER NOT NULL,
    item_position INTEGER NOT NULL,
    position      INTEGER NOT NULL CHECK (position >= 0),
    finding_id    TEXT NOT NULL,
    PRIMARY KEY (round_id, item_position, position),
    FOREIGN KEY (round_id, item_position) REFERENCES plan_item (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_asset (
    round_id      INTEGER NOT NULL,
    item_position INTEGER NOT NULL,
    position      INTEGER NOT NULL CHECK (position >= 0),
    asset_id      TEXT NOT NULL,
    PRIMARY KEY (round_id, item_position, position),
    FOREIGN KEY (round_id, item_position) REFERENCES plan_item (round_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What was known when the round was judged.
CREATE TABLE intelligence_source (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    name     TEXT NOT NULL,
    records  INTEGER NOT NULL CHECK (records >= 0),
    as_of    INTEGER,
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

-- What people had said when the round was run.
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

-- What people said, whatever the round. What is taken back is marked and stays.
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

-- Lists that were imported. Of those of one kind, name and matter (`about`) the one of the latest day is used, the later
-- import of two; the others are history. What is forgotten is marked, and its observations are gone.
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

-- Which column of it was read as which field.
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

-- Which column of a table means what, saved by name for the next import.
CREATE TABLE mapping_column (
    mapping  TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    heading  TEXT NOT NULL,
    field    TEXT NOT NULL,
    PRIMARY KEY (mapping, position)
) STRICT, WITHOUT ROWID;
