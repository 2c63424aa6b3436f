-- The room `remedy`, from version 3: tables that a store of version 2 gets and a new one has.

-- What people said and decided about tasks. Rows are only added; what is taken back is taken
-- back by one more row (`undone_event`).

CREATE TABLE work_event (
    id           INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- shown as E-3; never used again
    task_id      TEXT NOT NULL,
    after_round  INTEGER NOT NULL CHECK (after_round >= 0), -- the latest round at that time; 0: none yet
    at           INTEGER NOT NULL,
    by_name      TEXT NOT NULL, -- as the person typed it
    kind         TEXT NOT NULL,
    person       TEXT, -- who does it; who answers for the risk
    text         TEXT, -- why; a remark; the document of an answer
    control      TEXT, -- what keeps the risk small meanwhile
    until_at     INTEGER, -- when the exception ends
    device_kind  TEXT, -- whose maker is written to
    on_at        INTEGER, -- the day of the letter or the answer
    undone_event INTEGER
) STRICT;

-- The findings that a claim, a signature or an exception means; what was found later is not meant.
CREATE TABLE work_event_finding (
    event_id   INTEGER NOT NULL REFERENCES work_event (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL CHECK (position >= 0),
    finding_id TEXT NOT NULL,
    PRIMARY KEY (event_id, position)
) STRICT, WITHOUT ROWID;

-- What the rounds showed of each finding, walked in their order as far as `through_round`. All of it is derived: it may be
-- deleted, and is then made again from the rounds.

CREATE TABLE walked (
    through_round INTEGER PRIMARY KEY REFERENCES round (id) ON DELETE CASCADE,
    at            INTEGER NOT NULL,
    way           INTEGER NOT NULL -- how it was walked; of another way it is made again
) STRICT;

CREATE TABLE walked_task (
    through_round INTEGER NOT NULL REFERENCES walked (through_round) ON DELETE CASCADE,
    task_id       TEXT NOT NULL,
    known_as      TEXT NOT NULL, -- ids that it had while less was known of the device
    asset_id      TEXT NOT NULL,
    device        TEXT NOT NULL,
    kind          TEXT NOT NULL,
    goes          TEXT NOT NULL,
    who           TEXT NOT NULL,
    work          TEXT NOT NULL,
    touches_care  INTEGER NOT NULL CHECK (touches_care IN (0, 1)),
    step_code     TEXT,
    step_title    TEXT,
    PRIMARY KEY (through_round, task_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE walked_finding (
    through_round    INTEGER NOT NULL REFERENCES walked (through_round) ON DELETE CASCADE,
    position         INTEGER NOT NULL CHECK (position >= 0),
    finding_id       TEXT NOT NULL,
    known_as         TEXT NOT NULL, -- ids that it had while less was known of the device
    asset_id         TEXT NOT NULL,
    title            TEXT NOT NULL,
    code             TEXT NOT NULL,
    weakness         TEXT NOT NULL,
    decision         TEXT NOT NULL,
    task_id          TEXT NOT NULL,
    containment_id   TEXT,
    step_code        TEXT NOT NULL,
    step_title       TEXT NOT NULL,
    rests_on_traffic INTEGER NOT NULL CHECK (rests_on_traffic IN (0, 1)),
    seen_in          INTEGER NOT NULL,
    last_look        TEXT NOT NULL,
    PRIMARY KEY (through_round, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE walked_turn (
    through_round    INTEGER NOT NULL,
    finding_position INTEGER NOT NULL,
    position         INTEGER NOT NULL CHECK (position >= 0),
    in_round         INTEGER NOT NULL,
    at               INTEGER NOT NULL,
    kind             TEXT NOT NULL,
    decision         TEXT,
    PRIMARY KEY (through_round, finding_position, position),
    FOREIGN KEY (through_round, finding_position) REFERENCES walked_finding (through_round, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The evidence of a turn, before and after; of `turn_position` -1 what the finding rests on now.
CREATE TABLE walked_sight (
    through_round    INTEGER NOT NULL,
    finding_position INTEGER NOT NULL,
    turn_position    INTEGER NOT NULL CHECK (turn_position >= -1),
    side             TEXT NOT NULL CHECK (side IN ('before', 'after')),
    position         INTEGER NOT NULL CHECK (position >= 0),
    observation_id   TEXT NOT NULL,
    kind             TEXT NOT NULL,
    value            TEXT NOT NULL,
    last_at          INTEGER NOT NULL,
    property         TEXT NOT NULL,
    replaced         INTEGER NOT NULL CHECK (replaced IN (0, 1)),
    PRIMARY KEY (through_round, finding_position, turn_position, side, position),
    FOREIGN KEY (through_round, finding_position) REFERENCES walked_finding (through_round, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
