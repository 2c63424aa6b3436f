-- From version 5: the visits of the latest round that was walked. Derived like the tables `walked_*` of `work.sql`, and made again
-- with them; with indexes by which the worklist of a few tasks is read without the rest.

CREATE TABLE walked_with (
    through_round INTEGER PRIMARY KEY REFERENCES walked (through_round) ON DELETE CASCADE,
    made_by       TEXT NOT NULL -- the program and its efforts; visits that another one made are made again
) STRICT;

CREATE TABLE walked_visit (
    through_round    INTEGER NOT NULL REFERENCES walked (through_round) ON DELETE CASCADE,
    position         INTEGER NOT NULL CHECK (position >= 0),
    task_id          TEXT NOT NULL,
    asset_id         TEXT NOT NULL,
    title            TEXT NOT NULL,
    kind             TEXT NOT NULL,
    goes             TEXT NOT NULL,
    who              TEXT NOT NULL,
    work             TEXT NOT NULL,
    touches_care     INTEGER NOT NULL CHECK (touches_care IN (0, 1)),
    maker_position   TEXT,
    maker_document   TEXT,
    maker_at         INTEGER,
    window_when      TEXT,
    window_because   TEXT,
    window_at        INTEGER,
    window_statement INTEGER,
    PRIMARY KEY (through_round, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX walked_visit_by_task ON walked_visit (through_round, task_id);

CREATE TABLE walked_step (
    through_round  INTEGER NOT NULL,
    visit_position INTEGER NOT NULL,
    position       INTEGER NOT NULL CHECK (position >= 0),
    code           TEXT NOT NULL,
    title          TEXT NOT NULL,
    minutes        INTEGER NOT NULL,
    downtime       INTEGER NOT NULL,
    decision       TEXT NOT NULL,
    why            TEXT NOT NULL,
    waits          TEXT,
    finding_ids    TEXT NOT NULL,
    PRIMARY KEY (through_round, visit_position, position),
    FOREIGN KEY (through_round, visit_position) REFERENCES walked_visit (through_round, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX walked_task_by_kind ON walked_task (through_round, kind);
CREATE INDEX walked_task_renamed ON walked_task (through_round, task_id, known_as) WHERE known_as <> '';
CREATE INDEX walked_finding_by_task ON walked_finding (through_round, task_id);
CREATE INDEX walked_finding_by_containment ON walked_finding (through_round, containment_id)
    WHERE containment_id IS NOT NULL;
CREATE INDEX walked_finding_by_id ON walked_finding (through_round, finding_id);
CREATE INDEX walked_finding_renamed ON walked_finding (through_round, known_as) WHERE known_as <> '';

CREATE INDEX work_event_by_task ON work_event (task_id);
CREATE INDEX work_event_by_undone ON work_event (undone_event) WHERE undone_event IS NOT NULL;
