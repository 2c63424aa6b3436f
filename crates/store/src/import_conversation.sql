-- From version 5: who talked to whom, as an imported log says it.

CREATE TABLE import_conversation (
    import_id         INTEGER NOT NULL REFERENCES import (id) ON DELETE CASCADE,
    position          INTEGER NOT NULL CHECK (position >= 0),
    client_ip         TEXT NOT NULL,
    server_ip         TEXT NOT NULL,
    transport         TEXT NOT NULL CHECK (transport IN ('tcp', 'udp')),
    port              INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
    protocol          TEXT,
    roles_known_by    TEXT NOT NULL,
    connections       INTEGER NOT NULL CHECK (connections >= 0),
    already_open      INTEGER NOT NULL CHECK (already_open >= 0),
    to_server_packets INTEGER NOT NULL CHECK (to_server_packets >= 0),
    to_server_bytes   INTEGER NOT NULL CHECK (to_server_bytes >= 0),
    to_client_packets INTEGER NOT NULL CHECK (to_client_packets >= 0),
    to_client_bytes   INTEGER NOT NULL CHECK (to_client_bytes >= 0),
    record            INTEGER NOT NULL CHECK (record >= 0),
    first_at          INTEGER NOT NULL,
    last_at           INTEGER NOT NULL,
    PRIMARY KEY (import_id, position)
) STRICT, WITHOUT ROWID;
