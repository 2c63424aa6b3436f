-- From version 4 to 5: reasons as lists that findings share, instead of rows of each. The round's own numbers of its reasons become
-- the numbers of the lists, each the number of its first reason; that two lists of an older round are equal is left as it is.

-- Why something is said, as lists of sentences, numbered within the round; things that have the same reasons share a list.
CREATE TABLE reason_5 (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    list     INTEGER NOT NULL CHECK (list >= 0),
    position INTEGER NOT NULL CHECK (position >= 0),
    text     TEXT NOT NULL,
    PRIMARY KEY (round_id, list, position)
) STRICT, WITHOUT ROWID;

-- What a reason rests on: a fact or traffic that was seen, or what a person said.
CREATE TABLE ground_5 (
    round_id        INTEGER NOT NULL,
    list            INTEGER NOT NULL,
    reason_position INTEGER NOT NULL,
    position        INTEGER NOT NULL CHECK (position >= 0),
    observation_id  TEXT,
    conversation_id TEXT,
    statement_id    INTEGER,
    PRIMARY KEY (round_id, list, reason_position, position),
    FOREIGN KEY (round_id, list, reason_position) REFERENCES reason_5 (round_id, list, position) ON DELETE CASCADE,
    CHECK ((observation_id IS NOT NULL) + (conversation_id IS NOT NULL) + (statement_id IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;

-- Which lists speak for what: for a claim, for a finding (that the weakness is there; each point of its judgement), for what
-- could not be judged, for what an answer settled. Without a list, nothing was said.
CREATE TABLE reasons_of_claim (
    round_id       INTEGER NOT NULL,
    asset_position INTEGER NOT NULL,
    about          TEXT NOT NULL,
    list           INTEGER NOT NULL,
    PRIMARY KEY (round_id, asset_position, about),
    FOREIGN KEY (round_id, asset_position, about) REFERENCES claim (round_id, asset_position, about) ON DELETE CASCADE
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
