-- What programs show in place of a session, from version 4. Whoever made a token has it; here is its digest.
CREATE TABLE api_token (
    id         INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- shown as K-3; never used again
    digest     TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    scope      TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    until_at   INTEGER NOT NULL,
    used_at    INTEGER, -- to the minute
    ended_at   INTEGER
) STRICT;
