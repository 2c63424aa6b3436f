-- From version 7: the hours of the week in which there were packets, as `7-18,31` (hour 0 is Monday 00:00 to 00:59 in UTC): of conversations
-- where they are more than those of the first packet and of the last, and of each asset that took part in any, all of them together.
-- In pages, as in `paged.sql`.

CREATE TABLE active_hours (
    round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first    INTEGER NOT NULL CHECK (first >= 0),
    position ANY NOT NULL, -- of the conversation
    hours    TEXT NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_hours (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    first          INTEGER NOT NULL CHECK (first >= 0),
    asset_position ANY NOT NULL,
    hours          TEXT NOT NULL,
    PRIMARY KEY (round_id, first)
) STRICT, WITHOUT ROWID;

ALTER TABLE import_conversation ADD COLUMN hours TEXT;
