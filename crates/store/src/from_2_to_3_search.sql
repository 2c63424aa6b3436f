-- What assets were looked for by in versions 3 and 4, a row for each; version 5 has lines instead (searched.sql).

-- The texts that an asset is looked for by, in lower case, and beside them what lists filter and sort by: a search reads this
-- table from end to end, and no other.
CREATE TABLE asset_search (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    asset_position INTEGER NOT NULL CHECK (asset_position >= 0),
    class          TEXT NOT NULL,
    worst          INTEGER NOT NULL CHECK (worst BETWEEN 0 AND 4),
    network        TEXT NOT NULL,
    care_area      TEXT NOT NULL,
    by_urgency     INTEGER NOT NULL CHECK (by_urgency >= 0),
    by_title       INTEGER NOT NULL CHECK (by_title >= 0),
    by_address     INTEGER NOT NULL CHECK (by_address >= 0),
    by_last        INTEGER NOT NULL CHECK (by_last >= 0),
    text           TEXT NOT NULL,
    PRIMARY KEY (round_id, asset_position)
) STRICT, WITHOUT ROWID;
