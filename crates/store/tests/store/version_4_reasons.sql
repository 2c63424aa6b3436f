-- As versions 2 to 4 had it.

-- Why something is said: of an asset (a claim), of a finding (that the weakness is there; each point of its
-- judgement), of what could not be judged, or of what an answer settled.
CREATE TABLE reason (
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

-- From a claim or a finding to its reasons, for other tools and for deleting.
CREATE INDEX reason_of_claim ON reason (round_id, asset_position, about) WHERE asset_position IS NOT NULL;
CREATE INDEX reason_of_finding ON reason (round_id, finding_position) WHERE finding_position IS NOT NULL;
CREATE INDEX reason_of_unjudged ON reason (round_id, unjudged_position) WHERE unjudged_position IS NOT NULL;
CREATE INDEX reason_of_settled ON reason (round_id, settled_position) WHERE settled_position IS NOT NULL;

-- What a reason rests on: a fact or traffic that was seen, or what a person said.
CREATE TABLE ground (
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
