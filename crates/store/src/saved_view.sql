-- From version 4: filters and orders of lists that people named, field by field.

CREATE TABLE saved_view (
    id         INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- shown as V-3; never used again
    account_id INTEGER NOT NULL, -- who made it
    list       TEXT NOT NULL CHECK (list IN ('devices', 'findings')),
    name       TEXT NOT NULL,
    is_shared  INTEGER NOT NULL CHECK (is_shared IN (0, 1)), -- with everyone of the hospital
    made_at    INTEGER NOT NULL,
    deleted_at INTEGER -- null again when the deletion is undone
) STRICT;
CREATE INDEX saved_view_of_list ON saved_view (list, id);

CREATE TABLE saved_view_field (
    view_id INTEGER NOT NULL REFERENCES saved_view (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (view_id, name)
) STRICT, WITHOUT ROWID;
