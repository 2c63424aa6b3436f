-- From version 4: rounds that were judged again when other intelligence came, and which of them may go.

-- What a round was judged again from: the one that was observed. The row outlives the round, so that what names the round
-- still leads somewhere. A round that is not here was observed, or was saved before version 4.
CREATE TABLE judged_again (
    round_id   INTEGER PRIMARY KEY CHECK (round_id > from_round),
    from_round INTEGER NOT NULL CHECK (from_round > 0),
    removed_at INTEGER, -- since when the round is there no more; its rows go little by little ...
    swept      INTEGER NOT NULL DEFAULT 0 CHECK (swept IN (0, 1)) -- ... until none is left
) STRICT;

-- Rounds that a report named which somebody took away: they stay.
CREATE TABLE named_round (
    round_id INTEGER PRIMARY KEY REFERENCES round (id) ON DELETE CASCADE
) STRICT;
