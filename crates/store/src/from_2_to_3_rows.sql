-- Of version 3, until version 6 put it into pages: rows of observations, conversations and peers, and what leads to them.

CREATE INDEX observation_of_id ON observation (round_id, id);
CREATE INDEX observation_of_subject ON observation (round_id, ip, mac, subject_id, transport, port, kind);
CREATE INDEX conversation_of_id ON conversation (round_id, id);
CREATE INDEX conversation_of_client ON conversation (round_id, client_ip);
CREATE INDEX conversation_of_server ON conversation (round_id, server_ip);

-- Conversations by the parts of the hospital that they join: the area of the asset's class, `elsewhere` for addresses of no
-- asset, `many` for multicast and broadcast.
CREATE TABLE conversation_summary (
    round_id              INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    client_zone           TEXT NOT NULL,
    server_zone           TEXT NOT NULL,
    conversation_position INTEGER NOT NULL CHECK (conversation_position >= 0),
    PRIMARY KEY (round_id, client_zone, server_zone, conversation_position)
) STRICT, WITHOUT ROWID;


-- The peers of an asset that it exchanged the most with, the most first: another asset, or an address of none.
CREATE TABLE peer (
    round_id       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    asset_position INTEGER NOT NULL CHECK (asset_position >= 0),
    position       INTEGER NOT NULL CHECK (position >= 0),
    peer_position  INTEGER,
    ip             TEXT,
    asks           INTEGER NOT NULL CHECK (asks IN (0, 1)),       -- it asked the peer
    is_asked       INTEGER NOT NULL CHECK (is_asked IN (0, 1)),   -- the peer asked it
    conversations  INTEGER NOT NULL CHECK (conversations > 0),
    bytes          INTEGER NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (round_id, asset_position, position),
    CHECK ((peer_position IS NULL) <> (ip IS NULL))
) STRICT, WITHOUT ROWID;

