-- What pages over a round need at once: made from the round's other tables in the transaction that saves it, so that no
-- page has to read a whole round. Nothing stands here that does not follow from those tables (`summary.rs`).

-- From what people see to its rows.
CREATE INDEX asset_of_id ON asset (id, round_id);
CREATE INDEX asset_of_ip ON asset_ip (round_id, ip);
CREATE INDEX finding_of_id ON finding (id, round_id);
CREATE INDEX finding_of_cve ON finding (round_id, cve) WHERE cve IS NOT NULL;
CREATE INDEX unjudged_of_asset ON unjudged (round_id, asset_id);
CREATE INDEX settled_of_asset ON settled (round_id, asset_id);

-- How many of everything.
CREATE TABLE round_summary (
    round_id      INTEGER PRIMARY KEY REFERENCES round (id) ON DELETE CASCADE,
    assets        INTEGER NOT NULL CHECK (assets >= 0),
    from_afar     INTEGER NOT NULL CHECK (from_afar >= 0), -- assets whose own card was not seen
    act           INTEGER NOT NULL CHECK (act >= 0), -- findings by decision
    attend        INTEGER NOT NULL CHECK (attend >= 0),
    track_star    INTEGER NOT NULL CHECK (track_star >= 0),
    track         INTEGER NOT NULL CHECK (track >= 0),
    unjudged      INTEGER NOT NULL CHECK (unjudged >= 0),
    settled       INTEGER NOT NULL CHECK (settled >= 0),
    observations  INTEGER NOT NULL CHECK (observations >= 0),
    conversations INTEGER NOT NULL CHECK (conversations >= 0),
    recognised    INTEGER NOT NULL CHECK (recognised >= 0),   -- conversations whose protocol is known ...
    clinical      INTEGER NOT NULL CHECK (clinical >= 0),     -- ... and carries care itself
    encrypted     INTEGER NOT NULL CHECK (encrypted >= 0),
    one_way       INTEGER NOT NULL CHECK (one_way >= 0),
    unanswered    INTEGER NOT NULL CHECK (unanswered >= 0),
    already_open  INTEGER NOT NULL CHECK (already_open >= 0), -- connections
    -- The round before it, which the tables `asset_change` and `finding_change` compare it with; none for the first.
    compared_with  INTEGER REFERENCES round (id) ON DELETE SET NULL,
    still          INTEGER NOT NULL CHECK (still >= 0),          -- findings that both rounds have ...
    new            INTEGER NOT NULL CHECK (new >= 0),            -- ... and the others, by what became of them
    fixed          INTEGER NOT NULL CHECK (fixed >= 0),
    not_seen_again INTEGER NOT NULL CHECK (not_seen_again >= 0),
    asset_not_seen INTEGER NOT NULL CHECK (asset_not_seen >= 0)
) STRICT;

-- One asset as a line of a list. `worst` is its most urgent decision: 0 none, 1 track, 2 track-star, 3 attend, 4 act.
-- The columns `by_...` are its place among all assets of the round in an order of that kind, from 0, each once.
CREATE TABLE asset_summary (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    asset_position INTEGER NOT NULL CHECK (asset_position >= 0),
    class          TEXT NOT NULL,
    worst          INTEGER NOT NULL CHECK (worst BETWEEN 0 AND 4),
    network        TEXT NOT NULL, -- of its address; empty without one
    care_area      TEXT NOT NULL, -- empty where it is not known
    owner          TEXT NOT NULL, -- who looks after it
    by_urgency     INTEGER NOT NULL CHECK (by_urgency >= 0),
    by_title       INTEGER NOT NULL CHECK (by_title >= 0),
    by_address     INTEGER NOT NULL CHECK (by_address >= 0),
    by_last        INTEGER NOT NULL CHECK (by_last >= 0),
    act            INTEGER NOT NULL CHECK (act >= 0),
    attend         INTEGER NOT NULL CHECK (attend >= 0),
    track_star     INTEGER NOT NULL CHECK (track_star >= 0),
    track          INTEGER NOT NULL CHECK (track >= 0),
    unjudged       INTEGER NOT NULL CHECK (unjudged >= 0),
    peers          INTEGER NOT NULL CHECK (peers >= 0),
    address        TEXT NOT NULL, -- empty without one
    title          TEXT NOT NULL,
    PRIMARY KEY (round_id, asset_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX asset_by_class ON asset_summary (round_id, asset_position, class, worst);
CREATE UNIQUE INDEX asset_by_urgency ON asset_summary (round_id, by_urgency, class, worst);
CREATE UNIQUE INDEX asset_by_title ON asset_summary (round_id, by_title, class, worst);
CREATE UNIQUE INDEX asset_by_address ON asset_summary (round_id, by_address, class, worst);
CREATE UNIQUE INDEX asset_by_last ON asset_summary (round_id, by_last, class, worst);
CREATE INDEX asset_of_network ON asset_summary (round_id, network, class, worst);
CREATE INDEX asset_of_care_area ON asset_summary (round_id, care_area, class, worst);

-- How many assets of each class are how urgent.
CREATE TABLE asset_count (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    class    TEXT NOT NULL,
    worst    INTEGER NOT NULL CHECK (worst BETWEEN 0 AND 4),
    count    INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (round_id, class, worst)
) STRICT, WITHOUT ROWID;

-- How many assets stand in each network and care area, and the most urgent decision there.
CREATE TABLE place_count (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL CHECK (kind IN ('network', 'care-area')),
    place    TEXT NOT NULL,
    count    INTEGER NOT NULL CHECK (count > 0),
    worst    INTEGER NOT NULL CHECK (worst BETWEEN 0 AND 4),
    PRIMARY KEY (round_id, kind, place)
) STRICT, WITHOUT ROWID;

-- Findings that say the same of many assets, but for the CVE number; in the order of their most urgent finding.
CREATE TABLE finding_group (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    title    TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('vulnerability', 'setting')),
    worst    INTEGER NOT NULL CHECK (worst BETWEEN 1 AND 4),
    first    INTEGER NOT NULL CHECK (first >= 0), -- the position of its most urgent finding
    assets   INTEGER NOT NULL CHECK (assets > 0),
    cves     INTEGER NOT NULL CHECK (cves >= 0),
    search   TEXT NOT NULL,                       -- the title in lower case
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

-- How many findings of a group are how urgent, by who looks after their assets.
CREATE TABLE finding_count (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    group_position INTEGER NOT NULL CHECK (group_position >= 0),
    decision       TEXT NOT NULL,
    owner          TEXT NOT NULL,
    count          INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (round_id, group_position, decision, owner)
) STRICT, WITHOUT ROWID;

-- The same of all findings together.
CREATE TABLE finding_total (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    decision TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('vulnerability', 'setting')),
    owner    TEXT NOT NULL,
    count    INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (round_id, decision, kind, owner)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding_summary (
    round_id         INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    finding_position INTEGER NOT NULL CHECK (finding_position >= 0),
    group_position   INTEGER NOT NULL CHECK (group_position >= 0),
    asset_position   INTEGER, -- null where the round has no such asset
    decision         TEXT NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('vulnerability', 'setting')),
    owner            TEXT NOT NULL,
    PRIMARY KEY (round_id, finding_position)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_of_group ON finding_summary (round_id, group_position, finding_position, decision, kind, owner);
CREATE INDEX finding_of_asset ON finding_summary (round_id, asset_position, finding_position);
CREATE INDEX finding_of_decision ON finding_summary (round_id, decision, finding_position, kind, owner);
CREATE INDEX finding_of_owner ON finding_summary (round_id, owner, finding_position, decision, kind);

CREATE TABLE zone_pair (
    round_id      INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    client_zone   TEXT NOT NULL,
    server_zone   TEXT NOT NULL,
    conversations INTEGER NOT NULL CHECK (conversations > 0),
    clinical      INTEGER NOT NULL CHECK (clinical >= 0),
    bytes         INTEGER NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (round_id, client_zone, server_zone)
) STRICT, WITHOUT ROWID;

-- What is different from the round before.
CREATE TABLE asset_change (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    change   TEXT NOT NULL CHECK (change IN ('new', 'not-seen')),
    position INTEGER NOT NULL CHECK (position >= 0),
    asset_id TEXT NOT NULL,
    PRIMARY KEY (round_id, change, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding_change (
    round_id   INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    change     TEXT NOT NULL CHECK (change IN ('new', 'fixed', 'not-seen-again', 'asset-not-seen')),
    position   INTEGER NOT NULL CHECK (position >= 0),
    finding_id TEXT NOT NULL,
    asset_id   TEXT NOT NULL,
    title      TEXT NOT NULL,
    decision   TEXT NOT NULL,
    PRIMARY KEY (round_id, change, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_change_of_asset ON finding_change (asset_id, round_id);
