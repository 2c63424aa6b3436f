-- From version 5: files of tasks. Each belongs to the event of the kind 'attached' that brought it, whose text is its name.

CREATE TABLE attachment (
    event_id INTEGER PRIMARY KEY REFERENCES work_event (id) ON DELETE CASCADE,
    bytes    INTEGER NOT NULL CHECK (bytes > 0),
    digest   TEXT NOT NULL, -- SHA-256 of the bytes, in hexadecimal
    gone_at  INTEGER        -- when the bytes were taken out for good
) STRICT;

-- Its bytes, in pieces that are handed out one by one.
CREATE TABLE attachment_piece (
    event_id INTEGER NOT NULL REFERENCES attachment (event_id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    content  BLOB NOT NULL,
    PRIMARY KEY (event_id, position)
) STRICT;
